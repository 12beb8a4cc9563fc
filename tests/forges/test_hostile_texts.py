"""What people write into orders is text on a forge: it links nothing, calls nobody, runs nowhere.

Orders whose titles, and units whose names, hold what a forge would take for a command go the
whole way from their files to the issues; and of reports and confidential orders nothing goes.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import yaml
from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options

from hotline.cli.common import RegistryIsBroken, open_repository, read_cases
from hotline.cli.verbs.escalate import make_plan
from hotline.escalation.issue import MAX_BODY, MAX_TITLE, key_of
from hotline.escalation.marker import read
from hotline.escalation.plan import Plan
from hotline.procedure.lifecycle import TABLE
from hotline.views.case_view import view_case
from tests.conftest import DataRepository
from tests.forges.bots import bot
from tests.forges.descriptions import Dialect
from tests.forges.model import Clock, Issue
from tests.forges.standin import StandIn
from tests.rules.examples import ACCEPTED, ASSIGNED, CONTACTED, HEADER, SIGNED, timed
from tests.support import ROOT, at, path_of, schema, to_yaml

BOTH: tuple[Dialect, ...] = ("github", "gitea")
NOW = "2026-10-23T09:00:00+08:00"
LATER = "2026-11-02T09:00:00+08:00"
"""By then even what came last should have been answered."""
ORDERS = 137
SHA = "5a3f1c9e0b7d2a4468ce13579bdf02468ace1357"
HOSTILE = {
    "everyone": "@everyone 快处理",
    "here": "@here 快处理",
    "team": "@lezhi/team 快处理",
    "person": "请@octocat处理",
    "wide at": "＠everyone 快处理",
    "number": "#12 同样",
    "GH-number": "GH-12 同样",
    "closes": "closes #3",
    "fixes": "Fixes: GH-3",
    "elsewhere": "owner/repo#5",
    "elsewhere with joiners": "owner/repo\u2060#5",
    "merge request": "owner/repo!5 !12",
    "sha": SHA,
    "short sha": "见 deadbee 和 0123abc",
    "sha elsewhere": f"owner/repo@{SHA}",
    "emoji name": ":tada: :+1:",
    "emoji": "🎉☎️",
    "family": "👨\u200d👩\u200d👧",
    "four bytes": "𠮷野家𠀀𪚥",
    "right to left": "噪音\u202e扰民",
    "link": "[点这里](http://evil.example/a)",
    "named link": "[点这里][1] [1]: http://evil.example/a",
    "image": "![图](http://evil.example/a.png)",
    "script link": "[点这里](javascript:alert(1))",
    "angle link": "<http://evil.example/a>",
    "url": "见 http://evil.example/a?b=1#c",
    "secure url": "HTTPS://evil.example/a",
    "www": "见 www.evil.example/a",
    "ftp": "见 ftp://evil.example/a",
    "mail": "clerk@evil.example",
    "mailto": "mailto:clerk@evil.example",
    "xmpp": "xmpp:clerk@evil.example/a",
    "issue url": "https://github.com/lezhi/cases/issues/1",
    "own mark": "<!-- hotline v1 case=LZ-20261013-0001 key=0 repository=lezhi/cases state=closed "
    "level=unit grounds= reopened=0 by=1 nonce= mac= -->",
    "mark on a line": "噪音\n<!-- hotline v1 case=LZ-20261013-0001 key=0 state=closed -->",
    "end mark": "噪音\n<!-- /hotline -->\n扰民",
    "note mark": "<!-- hotline-note 0123456789abcdef -->",
    "comment": "<!-- 看不见的 -->",
    "open comment": "<!-- 吞掉后文",
    "script": "<script>alert(1)</script>",
    "img": "<img src=x onerror=alert(1)>",
    "iframe": '<iframe src="http://evil.example"></iframe>',
    "details": "<details><summary>x</summary>\n\n吞掉后文",
    "svg": "<svg/onload=alert(1)>",
    "cdata": "<![CDATA[x]]> <?php x ?> <!DOCTYPE x>",
    "entities": "&#64;everyone &lt;script&gt; &#35;12 &commat;here",
    "heading": "# 大标题",
    "heading on a line": "噪音\n# 大标题\n\n## 小标题",
    "underlined": "噪音\n===\n扰民\n---",
    "rule": "---\n***\n___",
    "table": "甲|乙\n-|-\n1|2",
    "list": "- 甲\n- 乙\n1. 丙",
    "task": "- [ ] 未办 - [x] 已办",
    "quote": "> [!CAUTION]\n> 请立即转账",
    "fence": "```\n吞掉后文",
    "tilde fence": "~~~\n吞掉后文",
    "backticks": "`甲` ``乙 ` 丙",
    "indented": "\n\n    缩进的代码",
    "emphasis": "**重** __要__ *通* _知_ ~~作废~~",
    "footnote": "[^1] [^1]: 脚注",
    "formula": "$x$ $$y$$ $`z`$",
    "mermaid": "```mermaid\ngraph TD\n```",
    "expression": "{{ 7 * 7 }}{% for x in y %}{# z #}",
    "workflow": "::set-output name=a::b\n::error::x ${{ secrets.TOKEN }}",
    "backslashes": "噪音\\",
    "escaped": "\\@everyone \\#12 \\<b>",
    "return": "噪音\r\n# 扰民",
    "separators": "噪音\u2028# 扰\u0085民",
    "command": "hotline add LZ-20261013-0001 closed ground=`satisfied`。@everyone",
    "long": "夜间施工噪音扰民" * 400,
    "long without a break": "@everyone#12" * 3_000,
}
"""What it tries → the text."""
JOINER = "\u2060"
"""What the product itself puts into a text, so that a forge links nothing."""
AROUND = (("反映 ", " 的问题"), ("反映", "的问题"), ("（", "）"))
HIDDEN = {"elsewhere with joiners", "family", "right to left", "separators"}
"""What only an order may hold, with a finding: a registry with hidden characters is refused."""
UNITS = [name for name in HOSTILE if name not in HIDDEN and len(HOSTILE[name]) < 10_000]
"""Unit names come from the county's own registry; a pasted one may be like these all the same."""


# --- what a forge makes of a text --------------------------------------------------------

ELEMENTS = frozenset({"p", "ul", "li", "h2", "h3", "strong", "em", "code"})
REFERENCES = {
    "mention": r"@[A-Za-z0-9]",
    "number": r"(?<![A-Za-z0-9_&])[#!][0-9]",
    "number elsewhere": r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+[#!@][0-9a-f]",
    "GH-number": r"(?i)(?<![A-Za-z0-9_])GH-[0-9]",
    "commit": r"(?<![0-9A-Za-z_-])(?=[0-9]*[a-f])[0-9a-f]{7,64}(?![0-9A-Za-z_-])",
    "emoji": r":(?![0-9]{2}:)[a-z0-9_+-]+:",
    "closing word": r"(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:#|GH-|https?:)[0-9/]",
    "address": r"(?i)(?:https?|ftp)://[a-z0-9]|(?<![a-z0-9])(?:www\.|mailto:|xmpp:)[a-z0-9]",
}
"""What GitHub or Gitea links in running text; where they differ, what either does."""


class Rendered(HTMLParser):
    """A Markdown text as a forge shows it with raw HTML allowed: elements, and the running
    text outside of code."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.attributes: list[str] = []
        self.running: list[str] = []
        self.hidden: list[str] = []
        self._code = 0
        self.feed(github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        self.attributes += [f"{tag} {name}={value}" for name, value in attrs]
        self._code += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag == "code"

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.running.append(data)

    def handle_comment(self, data: str) -> None:
        self.hidden.append(data)

    def handle_decl(self, decl: str) -> None:
        self.hidden.append(decl)

    def handle_pi(self, data: str) -> None:
        self.hidden.append(data)

    def unknown_decl(self, data: str) -> None:
        self.hidden.append(data)


def active(markdown: str, *, comments: int) -> list[str]:
    """Whatever in a text is more than text; ``comments`` of ours are hidden in it."""
    shown = Rendered(markdown)
    found = [f"element {tag}" for tag in shown.elements.keys() - ELEMENTS]
    found += shown.attributes
    found += [f"hidden {text}" for text in shown.hidden[comments:]]
    return found + [one for text in shown.running for one in references(text)]


def references(text: str) -> list[str]:
    return [
        f"{name}: {match[0]}"
        for name, pattern in REFERENCES.items()
        for match in re.finditer(pattern, text)
    ]


@pytest.mark.parametrize(
    "name", ["everyone", "number", "GH-number", "sha", "emoji name", "url", "www", "image"]
)
def test_the_model_of_a_forge_knows_what_is_active(name: str) -> None:
    assert active(HOSTILE[name], comments=0)


def test_the_model_of_a_forge_leaves_our_own_texts_alone() -> None:
    own = f"工单 **LZ-20261013-0007** 2026-10-22 17:00:01 `@x #12` {key_of('LZ-20261013-0007')[:6]}"
    assert not active(own, comments=0)
    assert active("<b>x</b> <!-- x -->", comments=0) == ["element b", "hidden  x "]


# --- 137 orders on a forge ---------------------------------------------------------------


@dataclass
class Posted:
    """What three runs leave on a forge: two at the same moment, one days later."""

    standin: StandIn
    tries: dict[str, str]
    """Order → what its title tries, ``unit …`` where its unit's name does."""
    second: Plan
    written: tuple[int, int]
    """Writes after the first and after the second run."""
    rows: list[Issue]
    """The open issues after the second run."""

    def of(self, what: str) -> Iterator[Issue]:
        """The issues of the orders that try this, as they were and as they became."""
        for row in [*self.rows, *self.standin.open_issues()]:
            marker = read(row.body).marker
            if marker is not None and self.tries[marker.case] == what:
                yield row

    def comments_of(self, what: str) -> Iterator[str]:
        for number in dict.fromkeys(row.number for row in self.of(what)):
            yield from (comment.body for comment in self.standin.comments_of(number))


def run(root: Path, standin: StandIn, clock: Clock, now: str) -> Plan:
    clock.time = max(clock.time, at(now).timestamp())
    opened = open_repository(argparse.Namespace(repo=str(root), now=now))
    unreadable: set[str] = set()
    views = [view_case(s, opened.now) for s in read_cases(opened, unreadable)]
    assert not unreadable
    forge = bot(standin, clock)
    made = make_plan(opened, views, forge, unreadable)
    report = forge.apply(made)
    assert report.is_sure, report
    return made


def days() -> Iterator[date]:
    """Every other day of half a year, so that the orders lie in many folders; every fifth order
    came two days ago, and only its signing is overdue."""
    for number in cycle(range(90)):
        recent = number % 5 == 4
        yield date(2026, 10, 21) if recent else date(2026, 4, 1) + timedelta(days=2 * number)


def an_order(number: int, day: date, title: str, lead: str, *, signed: bool) -> dict[str, Any]:
    name = f"LZ-{day:%Y%m%d}-{number:04d}"
    case = {
        **HEADER, "id": name, "upstream_id": f"ZY{number:012d}", "title": title,
        "dispatched_at": f"{day}T09:30:00+08:00",
    }  # fmt: skip
    course = [ACCEPTED, {**ASSIGNED, "lead": lead}, *([SIGNED, CONTACTED] if signed else [])]
    return {**case, "events": timed([dict(event) for event in course], case)}


@cache
def orders() -> tuple[tuple[str, dict[str, Any]], ...]:
    """Each hostile text as a title, then amid a title and as the lead's name too."""
    rows = [(name, HOSTILE[name], "housing-bureau") for name in HOSTILE]
    for number, (name, (before, after)) in enumerate(zip(UNITS, cycle(AROUND), strict=False)):
        title = f"{before}{HOSTILE[name]}{after}"
        rows.append((f"unit {name}", title, f"hostile-{number}"))
    return tuple(
        (what, an_order(n, day, title, lead, signed=day < date(2026, 10, 21)))
        for n, ((what, title, lead), day) in enumerate(zip(rows, days(), strict=False), 1)
    )


def put_orders(root: Path) -> None:
    (root / "registry").mkdir(parents=True)
    for path in (ROOT / "registry").rglob("*.yaml"):
        copy = root / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (root / "registry" / "precedents.yaml").write_text("precedents: []\n", "utf-8")
    more = [
        {"id": f"hostile-{n}", "name": f"县局{n}", "short": HOSTILE[name], "role": "unit"}
        for n, name in enumerate(UNITS)
    ]
    units = root / "registry" / "units.yaml"
    shipped = yaml.safe_load(units.read_text("utf-8"))["units"]
    units.write_text(yaml.safe_dump({"units": [*shipped, *more]}, allow_unicode=True), "utf-8")
    for _, case in orders():
        path = root / path_of(case)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(to_yaml(case))


@pytest.fixture(scope="module")
def hostile_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile") / "data"
    put_orders(root)
    return root


def post(root: Path, dialect: Dialect) -> Posted:
    clock = Clock()
    standin = StandIn(dialect, clock, lag=0.0, page_max=30)
    run(root, standin, clock, NOW)
    first = standin.writes
    second = run(root, standin, clock, NOW)
    written, rows = (first, standin.writes), standin.open_issues()
    run(root, standin, clock, LATER)
    tries = {case["id"]: what for what, case in orders()}
    return Posted(standin, tries, second, written, rows)


@pytest.fixture(scope="module")
def everywhere(hostile_repository: Path) -> list[Posted]:
    return [post(hostile_repository, dialect) for dialect in BOTH]


@pytest.fixture(params=range(len(BOTH)), ids=BOTH)
def posted(request: pytest.FixtureRequest, everywhere: list[Posted]) -> Posted:
    which: int = request.param
    return everywhere[which]


def test_each_order_has_one_issue_and_a_second_run_writes_nothing(posted: Posted) -> None:
    assert len(posted.tries) == len(orders()) == ORDERS
    assert len(posted.rows) == len(posted.standin.issues) == ORDERS
    markers = {m.case: m.key for row in posted.rows if (m := read(row.body).marker)}
    assert markers == {case: key_of(case) for case in posted.tries}
    assert not [posted.tries[a.case] for a in posted.second.actions if a.action != "keep"]
    assert posted.written[0] == posted.written[1]
    assert not posted.standin.refused


def test_every_title_says_which_order_and_every_mark_stands_first_and_once(posted: Posted) -> None:
    for row in [*posted.rows, *posted.standin.open_issues()]:
        body = read(row.body)
        assert body.marker is not None
        assert re.match(rf"【(提请局督办|已超期)】{body.marker.case} \S", row.title), row.title
        assert len(row.title) <= MAX_TITLE and len(body.ours) <= MAX_BODY + 100
        marks = re.findall(r"<!-- /?hotline.*?-->", row.body)
        assert len(marks) == 2
        assert row.body.startswith(marks[0]) and row.body.endswith("<!-- /hotline -->")
        assert (body.before, body.after) == ("", "")


WHATS = list(dict.fromkeys(what for what, _ in orders()))


@pytest.mark.parametrize("what", WHATS)
def test_a_body_is_text_and_nothing_else(everywhere: list[Posted], what: str) -> None:
    rows = [row for posted in everywhere for row in posted.of(what)]
    assert rows
    assert not [one for row in rows for one in active(row.body, comments=2)]


@pytest.mark.parametrize("what", WHATS)
def test_a_title_is_one_line_that_links_nothing(everywhere: list[Posted], what: str) -> None:
    for row in (row for posted in everywhere for row in posted.of(what)):
        assert not references(row.title)
        assert row.title.replace(JOINER, "").isprintable(), "one line, nothing hidden"


def test_a_comment_is_text_and_nothing_else(posted: Posted) -> None:
    told = [text for what in set(posted.tries.values()) for text in posted.comments_of(what)]
    assert len(told) > 20
    assert not [one for text in told for one in active(text, comments=1)]
    assert all(text.startswith("<!-- hotline-note ") for text in told)


# --- a single order ----------------------------------------------------------------------


@dataclass
class One:
    """A data repository and a forge for one order or a few."""

    repository: DataRepository
    standin: StandIn
    clock: Clock

    def run(self, now: str = NOW) -> Plan:
        return run(self.repository.root, self.standin, self.clock, now)

    @property
    def posted(self) -> str:
        """All that lies on the forge."""
        rows = self.standin.issues
        texts = [text for row in rows for text in (row.title, row.body)]
        return "\n".join(
            [*texts, *(c.body for r in rows for c in self.standin.comments_of(r.number))]
        )


@pytest.fixture
def one(repository: DataRepository) -> One:
    clock = Clock()
    return One(repository, StandIn("github", clock, lag=0.0), clock)


def with_a_unit(one: One, short: str) -> str:
    """The registry with one more unit of that name."""
    units = one.repository.root / "registry" / "units.yaml"
    rows = yaml.safe_load(units.read_text("utf-8"))["units"]
    rows.append({"id": "one-more", "name": "县局", "short": short, "role": "unit"})
    units.write_text(yaml.safe_dump({"units": rows}, allow_unicode=True), "utf-8")
    return "one-more"


DAY = date(2026, 10, 13)


def test_a_title_that_is_cut_at_a_blank_is_written_once(one: One) -> None:
    """GitHub takes blanks at the end of a title away."""
    lead = with_a_unit(one, f"局{' ' * 200}长")
    for number, title in enumerate(("甲", "乙", "丙"), 1):
        one.repository.put(an_order(number, DAY, title, lead, signed=number != 1))
    one.run()
    assert {a.action for a in one.run().actions} == {"keep"}


def test_a_long_title_leaves_room_for_what_is_to_be_done(one: One) -> None:
    one.repository.put(an_order(1, DAY, "夜间施工噪音" * 8_000, "housing-bureau", signed=True))
    one.run()
    [row] = one.standin.open_issues()
    assert "hotline add LZ-20261013-0001 replied" in row.body


@pytest.mark.parametrize("name", sorted(HIDDEN))
def test_a_registry_with_hidden_characters_is_refused(one: One, name: str) -> None:
    with_a_unit(one, HOSTILE[name])
    with pytest.raises(RegistryIsBroken):
        one.run()


def test_a_file_with_a_hostile_name_is_no_order(one: One) -> None:
    path = one.repository.put(an_order(1, DAY, "噪音", "housing-bureau", signed=True))
    path.rename(path.with_name("LZ-20261013-0001` @everyone #12 <img src=x> `.yaml"))
    assert not one.run().actions
    assert not one.posted


def test_a_corrected_title_takes_the_place_of_the_first(one: One) -> None:
    """A title that named somebody by mistake is mended, and then it is gone everywhere."""
    case = an_order(1, DAY, "张三反映噪音", "housing-bureau", signed=True)
    mend = {"type": "corrected", "at": "2026-10-14T09:00:00+08:00", "by": "hotline-center",
            "header": True, "field": "title", "value": "夜间施工噪音", "reason": "写了姓名"}  # fmt: skip
    one.repository.put({**case, "events": [*case["events"], mend]})
    one.run()
    assert "张三" not in one.posted
    assert "夜间施工噪音" in one.posted


# --- what no issue may say ---------------------------------------------------------------

PERSON: dict[str, Any] = {"confidential": False, "anonymous": False, "fingerprint": "fa" * 16}
CONFIDENTIAL = {"petitioner": {**PERSON, "confidential": True}}
SPEAKING: dict[str, dict[str, Any]] = {
    "report": {"kind": "report"},
    "confidential": CONFIDENTIAL,
    "confidential report": {"kind": "report", **CONFIDENTIAL},
    "ordinary": {},
}
"""Orders that say much, and what is in their headers besides."""


@dataclass
class Birds:
    """A value for whatever the schema lets one write, with a canary for each free text."""

    flock: str
    sung: dict[str, str] = field(default_factory=dict)
    """Canary → where it sits."""

    def text(self, where: str) -> str:
        bird = f"金丝雀 {self.flock} {len(self.sung):03d} 号"
        self.sung[bird] = where
        return bird

    def value(self, spec: dict[str, Any], where: str) -> Any:
        if "const" in spec or "enum" in spec:
            return spec["const"] if "const" in spec else spec["enum"][0]
        match spec.get("type", "string"):
            case "object":
                return {k: self.value(v, f"{where}.{k}") for k, v in spec["properties"].items()}
            case "array":
                return [self.value(spec["items"], where)]
            case "boolean":
                return True
            case "integer":
                return spec["minimum"]
        return FORMS.get(spec.get("format") or spec.get("pattern", "")) or self.text(where)


FORMS = {
    "date-time": "2026-10-16T09:00:00+08:00",
    "date": "2026-12-31",
    r"^[a-z][a-z0-9-]*$": "housing-bureau",
    r"^[A-Z]{2,6}-[0-9]{8}-[0-9]{4,6}$": "LZ-20260901-0001",
    r"^[0-9a-f]{8}$": "deadbeef",
    r"^[0-9a-f]{32}$": "fa" * 16,
    r"^[A-Za-z0-9-]+$": "K-0001",
}
"""Formats and patterns of the schema that leave no room for a text → a value."""
EITHER_OR = {"extension_requested": ("days", "statutory"), "corrected": ("event", "header")}
"""Event → fields of which it has one."""


def a_speaking_order(number: int, birds: Birds, header: dict[str, Any]) -> dict[str, Any]:
    """Every field that an order may have, and every event there is with every field."""
    document = schema().document
    case: dict[str, Any] = birds.value({"type": "object", "properties": document["properties"] | {
        "events": {"const": []}}}, "header")  # fmt: skip
    case |= {
        "id": f"LZ-20261013-{number:04d}", "kind": "complaint", "petitioner": PERSON,
        "dispatched_at": HEADER["dispatched_at"], "category": HEADER["category"], **header,
        "demand": case["demand"] + "{petitioner.name}，{petitioner.phone}",
    }  # fmt: skip
    for name in TABLE:
        for without in EITHER_OR.get(name, ("",)):
            event = birds.value(document["$defs"][name], name)
            event.pop(without, None)
            event["at"] = (
                at("2026-10-13T10:00") + timedelta(minutes=len(case["events"]))
            ).isoformat()
            event |= {"kind": case["kind"]} if name == "reclassified" else {}
            event |= {"field": "location"} if name == "corrected" else {}
            case["events"].append(event)
    return case


def test_nothing_of_a_report_or_a_confidential_order_is_told(one: One) -> None:
    """Whatever the order has come to: after each of its events. Of any other, only the title."""
    birds = {name: Birds(name) for name in SPEAKING}
    orders = {
        name: a_speaking_order(n, birds[name], SPEAKING[name])
        for n, name in enumerate(SPEAKING, 1)
    }  # fmt: skip
    title = birds["ordinary"].sung.pop(orders["ordinary"]["title"])
    assert title == "header.title" and all(len(b.sung) > 60 for b in birds.values())
    for number in range(len(orders["ordinary"]["events"])):
        for case in orders.values():
            one.repository.put({**case, "events": case["events"][: number + 1]})
        one.run()
        told = one.posted
        for flock in birds.values():
            assert not [(bird, where) for bird, where in flock.sung.items() if bird in told]
        assert PERSON["fingerprint"] not in told and "petitioner" not in told
    assert len(one.standin.issues) == len(SPEAKING)
    assert all(len(one.standin.comments_of(row.number)) > 3 for row in one.standin.issues)
    assert one.posted.count(orders["ordinary"]["title"]) == 1
