"""The pages as functions: view models in, files out, without MkDocs and without a disk."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from hotline.findings.engine import Engine
from hotline.pages.case import _due_first, case_page
from hotline.pages.desks import desks
from hotline.pages.gather import Gather
from hotline.pages.history import History
from hotline.pages.models import Editing, Site
from hotline.pages.overview import overview
from hotline.pages.reference import Reference, diagram, flow, measure
from hotline.pages.search import Words, segmenter, short_of
from hotline.pages.shell import BODY, TITLE, Shell, ShellIsBroken
from hotline.pages.templates import PageIsBroken, Source, Templates, in_markdown, sealed
from hotline.pages.tree import NAV, Broken, tree
from hotline.procedure.lifecycle import STATES, TABLE
from hotline.values.times import parse_time
from hotline.views.case_view import view_case
from tests.site import sample
from tests.site.conftest import PAYLOADS, hostile_cases
from tests.support import ROOT, judge, path_of, schema, shipped_rules, to_yaml

TEMPLATES = ROOT / "site_templates"


def load(name: str) -> str | None:
    path = TEMPLATES / name
    return path.read_text("utf-8") if path.is_file() else None


SOURCE = Source(load, is_foreign=False)


def site_of(cases: list[dict[str, Any]], now: str = sample.NOW) -> Site:
    rules = shipped_rules()
    engine = Engine(rules, schema(), parse_time(now))
    gather = Gather(rules.registry, rules.calendar, engine.now)
    for case in cases:
        judged = engine.judge(path_of(case), to_yaml(case))
        assert judged.subject is not None, judged.findings
        gather.take(view_case(judged.subject, engine.now), judged.findings)
    return gather.finish(name="乐至县12345热线", editing=Editing("https://git.example/edit/"))


def order(*events: dict[str, Any], **header: Any) -> dict[str, Any]:
    return {
        "id": "LZ-20261013-0001",
        "channel": "city_12345",
        "upstream_id": "Z1",
        "dispatched_at": "2026-10-13T09:00:00+08:00",
        "kind": "complaint",
        "urgency": "normal",
        "category": "noise-construction",
        "title": "夜间施工噪音",
        "demand": "反映夜间施工。",
        "location": "天池街道",
        "petitioner": {"confidential": False, "anonymous": False},
        **header,
        "events": list(events),
    }


def event(at: str, by: str, type_: str, **fields: Any) -> dict[str, Any]:
    return {"at": f"2026-10-{at}:00+08:00", "by": by, "type": type_, **fields}


ACCEPTED = event("13T09:10", "hotline-center", "accepted")
ASSIGNED = event(
    "13T09:20", "hotline-center", "assigned", lead="housing-bureau", support=["tianchi-street"],
    basis="clear",
)  # fmt: skip
SIGNED = event("13T10:00", "housing-bureau", "signed")


# --- overview ---------------------------------------------------------------------------


def test_the_overview_counts_orders() -> None:
    page = overview(site_of([order(ACCEPTED, ASSIGNED)], "2026-10-13T11:00:00+08:00"))
    assert [(f.title, f.number) for f in page.figures] == [
        ("未办结", 1), ("已超期", 0), ("今日到期", 1), ("特殊事项", 0),
    ]  # fmt: skip
    late = overview(site_of([order(ACCEPTED, ASSIGNED)], "2026-10-16T09:00:00+08:00"))
    assert [f.number for f in late.figures] == [1, 1, 0, 0]
    assert late.burning[0].clock.name == "sign"
    assert late.burning[0].row.id == "LZ-20261013-0001"


def test_special_matters_burn_before_older_ones() -> None:
    older = order(ACCEPTED, ASSIGNED)
    special = order(
        id="LZ-20261014-0001", upstream_id="Z2", dispatched_at="2026-10-14T09:00:00+08:00",
        urgency="special",
    )  # fmt: skip
    page = overview(site_of([older, special], "2026-10-16T09:00:00+08:00"))
    assert [duty.row.urgency for duty in page.burning] == ["special", "normal"]


def test_a_limit_of_the_measure_burns_before_one_of_practice() -> None:
    """The opinion was due a day before the answer; the answer is what the county is asked about,
    and the other is named with its owner."""
    page = overview(site_of([order(ACCEPTED, ASSIGNED, SIGNED)], "2026-10-26T09:00:00+08:00"))
    (duty,) = page.burning
    assert (duty.clock.name, duty.clock.unit) == ("reply", "housing-bureau")
    assert ("support", "tianchi-street") in [(c.name, c.unit) for c in duty.others]


def test_what_fell_due_today_is_not_forgotten_after_closing_time() -> None:
    late = overview(site_of([order(ACCEPTED, ASSIGNED)], "2026-10-13T20:00:00+08:00"))
    today = next(figure for figure in late.figures if figure.title == "今日到期")
    assert (today.number, late.today) == (0, ())
    assert late.missed_today == 1
    assert today.detail == "另有 1 个今天到期的已超期"


def test_what_is_due_today_is_listed_by_the_hour() -> None:
    page = overview(site_of([order()], "2026-10-13T10:00:00+08:00"))
    assert [(d.clock.name, d.clock.due_at.hour) for d in page.today] == [("sign", 15)]


def test_days_off_count_with_the_next_working_day() -> None:
    """Orders of Saturday 2026-10-17 and Monday the 19th stand in one bar; today is shown."""
    cases = [
        order(id=f"LZ-202610{day}-0001", upstream_id=f"Z{day}", dispatched_at=f"2026-10-{day}T10:00:00+08:00")
        for day in (16, 17, 19)
    ]  # fmt: skip
    bars = overview(site_of(cases, "2026-10-19T12:00:00+08:00")).bars
    assert [(b.day, b.came) for b in bars][-2:] == [
        (date(2026, 10, 16), 1),
        (date(2026, 10, 19), 2),
    ]
    assert len(bars) == 10 and bars[-1].is_today
    sunday = overview(site_of(cases, "2026-10-18T12:00:00+08:00"))
    assert sunday.bars[-1].day == date(2026, 10, 18) and sunday.bars[-1].came == 1
    assert sunday.day_off == "周末"


# --- a case -----------------------------------------------------------------------------


def test_duties_stand_before_rights_and_in_the_order_of_their_time() -> None:
    site = site_of([order(ACCEPTED, ASSIGNED, SIGNED)], "2026-10-13T11:00:00+08:00")
    (row,) = site.rows
    shown = sorted(row.tasks, key=_due_first)
    assert [task.is_right for task in shown] == sorted(task.is_right for task in shown)
    assert any(task.is_right for task in shown)
    times = [task.clock.due_at for task in shown if task.clock and not task.is_right]
    assert times == sorted(times) and len(times) > 1


def test_the_command_for_a_reply_asks_for_what_the_checks_want() -> None:
    (row,) = site_of([order(ACCEPTED, ASSIGNED, SIGNED)], "2026-10-13T11:00:00+08:00").rows
    reply = next(task.command for task in row.tasks if " replied " in task.command)
    for name in (
        "subject=",
        "sections.demand=@",
        "reviewed_by=",
        "delivery.method=",
        "delivery.at=",
    ):
        assert name in reply


# --- desks ------------------------------------------------------------------------------


def desk_of(unit: str, cases: list[dict[str, Any]], now: str = sample.NOW) -> Any:
    return next(desk for desk in desks(site_of(cases, now)) if desk.unit.id == unit)


def acts(desk: Any) -> list[tuple[str, str]]:
    return [(group.name, item.task.act) for group in desk.groups for item in group.items]


def test_a_desk_lists_what_to_do_in_legal_order() -> None:
    desk = desk_of("housing-bureau", [order(ACCEPTED, ASSIGNED)], "2026-10-16T09:00:00+08:00")
    assert acts(desk) == [("overdue", "签收"), ("running", "答复诉求人并反馈")]
    assert desk.groups[0].items[0].task.command == "hotline add LZ-20261013-0001 signed"
    assert desk.groups[1].items[0].task.note == "先签收"
    assert (desk.leads, desk.overdue) == (1, 1)


def test_a_right_is_no_duty() -> None:
    desk = desk_of(
        "housing-bureau", [order(ACCEPTED, ASSIGNED, SIGNED)], "2026-10-13T11:00:00+08:00"
    )
    assert acts(desk) == [
        ("running", "答复诉求人并反馈"),
        ("none", "联系诉求人，告知收悉"),
        ("right", "申请退单（不属本单位职责时）"),
    ]


@pytest.mark.parametrize(
    ("events", "act"),
    [
        ((), "受理"),
        ((ACCEPTED,), "交办"),
        ((ACCEPTED, ASSIGNED, SIGNED, event("13T11:00", "housing-bureau", "extension_requested", days=2, reason="待检测", petitioner_informed=True)), "审核延期申请"),
        ((ACCEPTED, ASSIGNED, event("13T11:00", "housing-bureau", "return_requested", reason="非职责", legal_basis="三定", suggested_unit="城管")), "审核退单申请"),
        ((ACCEPTED, ASSIGNED, SIGNED, event("13T11:00", "housing-bureau", "replied", template="ordinary", subject="x", sections={"demand": "x"})), "登记回访"),
        ((event("13T09:30", "hotline-center", "withdrawn", reason="已解决"),), "办结（诉求人已撤回）"),
    ],
)  # fmt: skip
def test_the_center_sees_what_waits_for_it(events: tuple[dict[str, Any], ...], act: str) -> None:
    desk = desk_of("hotline-center", [order(*events)])
    assert act in [name for _, name in acts(desk)]


# --- a case -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "current"),
    [
        ((), "受理"),
        ((ACCEPTED,), "交办"),
        ((ACCEPTED, ASSIGNED), "办理"),
        ((ACCEPTED, ASSIGNED, SIGNED), "办理"),
        ((ACCEPTED, ASSIGNED, SIGNED, event("13T11:00", "housing-bureau", "replied", template="ordinary", subject="x", sections={"demand": "x"})), "反馈"),
        ((ACCEPTED, event("13T11:00", "hotline-center", "returned_upstream", reason="非本县")), "退回市平台"),
    ],
)  # fmt: skip
def test_the_strip_marks_the_current_stage(
    events: tuple[dict[str, Any], ...], current: str
) -> None:
    now = parse_time(sample.NOW)
    judged = judge(order(*events), now)
    assert judged.subject is not None
    view = view_case(judged.subject, now)
    rules = shipped_rules()
    row = Gather(rules.registry, rules.calendar, now).take(view, [])
    stages = case_page(view, row, rules.registry, History()).stages
    assert [s.title for s in stages if s.mark == "current"] == [current]


def test_sealed_data_is_named_and_nothing_else() -> None:
    html = str(sealed("{petitioner.name}、{party.2}和{petitioner.__init__}<b>"))
    assert "诉求人姓名" in html and "其他人员" in html
    assert "init" in html and "<b>" not in html
    assert html.count("<span") == 2


# --- text is text -----------------------------------------------------------------------


class _Tags(HTMLParser):
    """Every element with its attributes, but those whose words come from an order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(f"{tag} {sorted(name for name, _ in attrs)}")


def test_no_extension_of_markdown_sees_what_people_wrote(tmp_path: Path) -> None:
    """The pages of hostile orders hold no other elements than those of plain ones, with every
    extension switched on that a repository could have."""
    markdown = pytest.importorskip("markdown")
    secret = tmp_path / "secret.txt"
    secret.write_text("INCLUDED", "utf-8")
    extensions = [
        "extra", "admonition", "meta", "nl2br", "sane_lists", "smarty", "toc", "wikilinks",
        "pymdownx.extra", "pymdownx.superfences", "pymdownx.snippets", "pymdownx.magiclink",
        "pymdownx.tilde", "pymdownx.caret", "pymdownx.mark", "pymdownx.keys", "pymdownx.critic",
        "pymdownx.tasklist", "pymdownx.smartsymbols", "pymdownx.inlinehilite",
    ]  # fmt: skip
    snippets = {"pymdownx.snippets": {"base_path": [str(tmp_path)]}}

    def pages(cases: list[dict[str, Any]]) -> dict[str, str]:
        made: dict[str, str] = {}
        broken = Broken()
        for path, text in tree(site_of(cases), Reference([], [], []), SOURCE, broken):
            body = text.split("\n---\n", 1)[1]
            made[path] = markdown.markdown(body, extensions=extensions, extension_configs=snippets)
        assert not broken.pages
        return made

    hostile = hostile_cases()
    for case in hostile:
        case["title"] += '\n--8<-- "secret.txt"\n'
    plain = [{**c, "title": "平常", "location": "平常", "demand": "平常"} for c in hostile_cases()]
    for case in plain:
        case["events"] = [
            {k: (v if k in ("at", "by", "type", "lead", "basis", "ground", "promised_on", "template") or not isinstance(v, str) else "平常") for k, v in e.items()}
            for e in case["events"]
        ]  # fmt: skip
    before, after = pages(plain), pages(hostile)
    for path, html in after.items():
        assert "INCLUDED" not in html
        assert _Tags(html).seen <= _Tags(before[path]).seen, path


@pytest.mark.parametrize("payload", PAYLOADS)
def test_encoded_text_is_the_same_text(payload: str) -> None:
    from html import unescape

    assert unescape(str(in_markdown(payload))) == payload.replace("\x00", "")
    assert not set("<>&{}[]()*_`#-\"'!:\\|~") & set(
        in_markdown(payload).replace("&#", "").replace(";", "")
    )


@pytest.mark.parametrize(
    "text",
    ["{{ ''.__class__ }}", "{{ unknown }}", "{% include 'nothing' %}", "{{ 1 / }}", "{{ url.__globals__ }}"],
)  # fmt: skip
def test_a_foreign_template_cannot_break_out(text: str) -> None:
    source = Source(lambda name: text if name == "x" else None, is_foreign=True)
    with pytest.raises(PageIsBroken):
        Templates(source, markdown=False).render("x", {"url": lambda target: target})


# --- the rest ---------------------------------------------------------------------------


def test_the_shell_is_filled_without_reading_what_fills_it() -> None:
    shell = Shell(f"<title>{TITLE}</title><a href='/cases/shell/'>{BODY}</a>")
    html = shell.fill("cases/X/", f"{BODY}&lt;", f"{TITLE}")
    assert html == f"<title>{BODY}&lt;</title><a href='/cases/X/'>{TITLE}</a>"
    with pytest.raises(ShellIsBroken):
        Shell("<title></title>")


def test_the_diagram_is_the_lifecycle_table() -> None:
    """Every event that changes the state stands in the diagram, from each of its states."""
    text = diagram()
    for row in TABLE.values():
        for state in row.states if row.to else ():
            assert state == row.to or f"  {state} --> {row.to} : " in text, row.name
    assert all(f'"{title}" as {name}' in text for name, title in STATES.items())
    assert [row.name for row in flow().events] == list(TABLE)


def test_every_norm_stands_at_its_place() -> None:
    from hotline.doors.measure import read_articles, read_norms
    from hotline.rules.declare import load as rules

    norms = read_norms()
    page = measure(Reference(read_articles(), norms, [], rules()))
    shown = [n.id for a in page.articles for p in a.paragraphs for n in p.norms]
    assert sorted(shown) == sorted(norm.id for norm in norms)
    for article, row in zip(page.articles, read_articles(), strict=True):
        texts = ["".join(s.text for s in p.segments) for p in article.paragraphs]
        assert texts == row["text"]
    places = {name for a in page.articles for p in a.paragraphs for name in p.anchors}
    assert {"7-1", "7-3", "7-z", "11-2", "A2-n4"} <= places


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("县委书记信箱", ["县委", "书记", "信箱"]),
        ("县住建局", ["县住建局"]),
        ("童家镇场镇停水", ["童家镇", "场镇", "停水"]),
        ("LZ-20261013-0001 停水", ["LZ-20261013-0001 ", "停水"]),
    ],
)
def test_words_are_cut_finely(text: str, words: list[str]) -> None:
    segmenter()
    assert Words(shipped_rules().registry).segment(text).split("\u200b") == words


def test_short_names() -> None:
    assert short_of("县住建局") == "住建局"
    assert short_of("县政府") == "县政府"


def test_the_tree_is_bounded() -> None:
    """A hundred orders more make no page of Markdown more."""
    few, many = (
        {
            path
            for path, _ in tree(site_of(sample.orders(n)), Reference([], [], []), SOURCE, Broken())
        }
        for n in (5, 105)
    )
    assert few == many
    assert {path for _, path in NAV} <= few
