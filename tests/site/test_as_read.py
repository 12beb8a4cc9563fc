"""What clerks, a dispatcher and a supervisor tripped over when they read the pages, mended."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from hotline.pages.board import Board, board
from hotline.pages.case import CasePage, case_page
from hotline.pages.desks import desks
from hotline.pages.history import History
from hotline.pages.howto import steps
from hotline.pages.models import Row
from hotline.pages.overview import overview
from hotline.pages.reference import Reference, measure
from hotline.views.case_view import view_case
from tests.site import sample
from tests.site.conftest import County, Opened
from tests.site.test_pages import ACCEPTED, ASSIGNED, SIGNED, event, order, site_of
from tests.support import at, judge, shipped_rules

Hotline = Callable[..., tuple[int, str, str]]
CONTACTED = event("13T11:00", "housing-bureau", "contacted", method="phone", summary="已告知收悉。")


def page_of(case: dict[str, Any], now: str) -> CasePage:
    moment = at(now)
    subject = judge(case, moment).subject
    assert subject is not None
    row = site_of([case], now).rows[0]
    return case_page(view_case(subject, moment), row, subject.registry, History())


def row_of(case: dict[str, Any], now: str) -> Row:
    return site_of([case], now).rows[0]


# --- the overview -------------------------------------------------------------------------


def test_a_special_matter_that_waits_for_its_first_response_stands_first() -> None:
    """Two hours are little, however much of them is left (art. 7-4)."""
    overdue = order(ACCEPTED, ASSIGNED)
    special = order(
        {**ACCEPTED, "at": "2026-10-16T09:05:00+08:00"},
        {**ASSIGNED, "at": "2026-10-16T09:10:00+08:00"},
        id="LZ-20261016-0001", upstream_id="Z2", dispatched_at="2026-10-16T09:00:00+08:00",
        urgency="special",
    )  # fmt: skip
    page = overview(site_of([overdue, special], "2026-10-16T09:20:00+08:00"))
    first = page.burning[0]
    assert (first.row.id, first.clock.name, first.clock.status) == (
        "LZ-20261016-0001", "first_response", "running",
    )  # fmt: skip
    assert page.figures[3].detail == "最早 今天 11:00 到期"


def test_the_kinds_of_what_is_overdue_add_up() -> None:
    late = [
        order(ACCEPTED, ASSIGNED, SIGNED, CONTACTED, id=f"LZ-20261013-000{n}", upstream_id=f"Z{n}")
        for n in range(1, 4)
    ]
    late.append(order(ACCEPTED, ASSIGNED, id="LZ-20261013-0009", upstream_id="Z9"))
    figure = overview(site_of(late, "2026-10-23T09:00:00+08:00")).figures[1]
    assert figure.number == 4
    assert sum(map(int, re.findall(r"\d+", figure.detail))) == 4


def test_what_became_overdue_since_yesterday_is_counted() -> None:
    case = order(ACCEPTED, ASSIGNED, SIGNED, CONTACTED)
    assert overview(site_of([case], "2026-10-23T09:00:00+08:00")).fresh == 1
    assert overview(site_of([case], "2026-10-27T09:00:00+08:00")).fresh == 0


# --- how long is left ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-10-16T10:00:00+08:00", "还剩 4 个工作日"),  # a Friday; due on Thursday
        ("2026-10-21T10:00:00+08:00", "还剩 1 个工作日"),
        ("2026-10-22T10:00:00+08:00", "还剩 7 小时 0 分"),
        ("2026-10-22T18:00:00+08:00", "已过 1 小时 0 分"),
        ("2026-10-26T18:00:00+08:00", "已过 2 个工作日"),  # a weekend between
    ],
)
def test_what_is_left_is_told_as_limits_are_counted(now: str, words: str) -> None:
    case = order(ACCEPTED, ASSIGNED, SIGNED, CONTACTED)
    (reply,) = [c for c in row_of(case, now).clocks if c.name == "reply"]
    assert reply.left == words


def test_what_runs_day_and_night_is_told_by_the_clock_on_the_wall() -> None:
    case = order(ACCEPTED, ASSIGNED, urgency="special")
    (first,) = [
        c for c in row_of(case, "2026-10-15T12:30:00+08:00").clocks if c.name == "first_response"
    ]
    assert first.left == "已过 2 天 1 小时"


# --- the page of an order -----------------------------------------------------------------


def test_an_interim_closing_is_no_answer_in_time() -> None:
    case = order(
        ACCEPTED, ASSIGNED, SIGNED, CONTACTED,
        event("20T10:00", "housing-bureau", "interim_requested", ground="complex",
              situation="情况复杂", next_steps="继续协调", promised_on="2026-12-31"),
        event("20T15:00", "hotline-center", "interim_decided", approved=True),
    )  # fmt: skip
    page = page_of(case, "2026-10-23T09:00:00+08:00")
    (reply,) = [each for each in page.clocks if each.row.name == "reply"]
    assert reply.is_turned
    assert not any(each.is_turned for each in page.clocks if each is not reply)


def test_a_screening_that_was_asked_for_is_the_centers_to_decide() -> None:
    case = order(
        ACCEPTED, ASSIGNED, SIGNED, CONTACTED,
        event("20T10:00", "housing-bureau", "replied", template="ordinary", subject="夜间施工噪音",
              sections={"demand": "a", "findings": "b", "handling": "c", "communication": "d"}),
        event("21T10:00", "hotline-center", "callback", source="city", reached=True,
              process="satisfied", result="dissatisfied"),
        event("22T10:00", "housing-bureau", "screening_requested", ground="policy_limit",
              statement="超出政策"),
    )  # fmt: skip
    page = page_of(case, "2026-10-23T09:00:00+08:00")
    (screening,) = [each for each in page.clocks if each.row.name == "screening"]
    assert screening.row.unit == "hotline-center"
    assert screening.why_provisional == "暂按月末，测算时间未公布"


def test_an_open_order_has_skipped_no_stage() -> None:
    page = page_of(order(ACCEPTED, ASSIGNED, SIGNED), "2026-10-13T11:00:00+08:00")
    assert {stage.mark for stage in page.stages} == {"done", "current", "ahead"}


def test_next_steps_name_contact_and_what_may_be_asked_for() -> None:
    case = order(ACCEPTED, ASSIGNED, SIGNED)
    page = page_of(case, "2026-10-13T11:00:00+08:00")
    acts = [task.act for task in page.tasks]
    assert "联系诉求人，告知收悉" in acts
    extension = next(task for task in page.tasks if task.act.startswith("申请延期"))
    assert (extension.is_right, extension.note) == (True, "最迟 10月21日 17:00 申请")
    assert any(act.startswith("申请临时办结") for act in acts)
    later = page_of(order(ACCEPTED, ASSIGNED, SIGNED, CONTACTED), "2026-10-22T09:00:00+08:00")
    assert "联系诉求人，告知收悉" not in [task.act for task in later.tasks]
    (extension,) = [task for task in later.tasks if task.act.startswith("申请延期")]
    assert extension.note == "已过申请的时间"


@pytest.mark.parametrize("key", ["confidential", "anonymous"])
def test_nobody_is_told_to_contact_whom_nobody_may(key: str) -> None:
    wish = {"confidential": False, "anonymous": False, key: True}
    case = order(ACCEPTED, ASSIGNED, SIGNED, petitioner=wish)
    page = page_of(case, "2026-10-13T11:00:00+08:00")
    assert "联系诉求人，告知收悉" not in [task.act for task in page.tasks]


def test_an_offered_command_decides_nothing_and_every_blank_is_explained() -> None:
    """Whoever copies a command has still to say what happened."""
    seen: set[str] = set()
    for events in ((), (ACCEPTED,), (ACCEPTED, ASSIGNED), (ACCEPTED, ASSIGNED, SIGNED)):
        page = page_of(order(*events), "2026-10-13T11:00:00+08:00")
        for task in page.tasks:
            for word in re.findall(r"[a-z_.]+=\S*", task.command):
                name, _, value = word.partition("=")
                assert value in ("", "…") or value.startswith("@"), task.command
                seen.add(name)
        explained = {blank.field for step in page.howto for blank in step.blanks}
        asked = {n for task in page.tasks for n in re.findall(r"([a-z_.]+)=", task.command)}
        assert asked == explained
    assert {"lead", "basis", "delivery.method", "reviewed_by", "days"} <= seen


def test_what_may_be_written_stands_beside_each_blank() -> None:
    (step,) = steps(["hotline add LZ-20261013-0001 supervision_closed result=… outcome=…"])
    assert step.title == "督办销号"
    outcome = {blank.field: blank.values for blank in step.blanks}["outcome"]
    assert "effective（" in outcome and "ineffective（" in outcome
    assert steps(["hotline add LZ-20261013-0001 accepted", "echo nothing"]) == ()


# --- the board ----------------------------------------------------------------------------

OVERDUE = (ACCEPTED, ASSIGNED, SIGNED, CONTACTED)


def _opened(day: str, by: str, level: str, ground: str) -> dict[str, Any]:
    return event(
        day, by, "supervision_opened", level=level, ground=ground,
        due_at="2026-10-30T17:00:00+08:00",
    )  # fmt: skip


def test_supervisions_that_run_are_told_from_those_still_to_open() -> None:
    other = order(*OVERDUE, id="LZ-20261013-0002", upstream_id="Z2")
    case = order(*OVERDUE, _opened("23T09:00", "approval-bureau", "bureau", "E191"))
    page = board(site_of([case, other], "2026-10-23T10:00:00+08:00"))
    (section,) = [s for s in page.sections if s.level == "bureau"]
    assert (len(section.items), section.supervised) == (2, 1)
    (running,) = [each.supervision for each in section.items if each.supervision]
    assert (running.name, running.status) == ("supervision", "running")


def offered(page: Board) -> list[str]:
    """The commands that a board offers."""
    standing = (each for section in page.sections for each in section.items)
    return [c for each in standing for ground in each.grounds for c in ground.commands]


def test_no_closing_is_offered_as_effective() -> None:
    case = order(*OVERDUE, _opened("23T09:00", "approval-bureau", "bureau", "E191"))
    page = board(site_of([case], "2026-10-23T10:00:00+08:00"))
    commands = offered(page)
    assert [c for c in commands if "supervision_closed" in c]
    assert not [c for c in commands if "effective" in c]


def test_the_bureau_is_not_asked_again_while_the_county_supervises() -> None:
    case = order(*OVERDUE, _opened("23T09:00", "county-government", "county", "E205"))
    page = board(site_of([case], "2026-10-23T10:00:00+08:00"))
    commands = offered(page)
    assert not [c for c in commands if "level=bureau" in c]


# --- desks --------------------------------------------------------------------------------


def test_orders_that_wait_for_others_are_told_on_the_desk() -> None:
    answered = order(
        *OVERDUE,
        event("20T10:00", "tianchi-street", "support_opinion", text="同意"),
        event("20T11:00", "housing-bureau", "replied", template="ordinary", subject="夜间施工噪音",
              sections={"demand": "a", "findings": "b", "handling": "c", "communication": "d"}),
    )  # fmt: skip
    site = site_of([answered, order(ACCEPTED, ASSIGNED, id="LZ-20261013-0002", upstream_id="Z2")],
                   "2026-10-21T10:00:00+08:00")  # fmt: skip
    (desk,) = [desk for desk in desks(site) if desk.unit.id == "housing-bureau"]
    assert (desk.leads, desk.elsewhere) == (2, 1)


# --- reference ----------------------------------------------------------------------------


def test_all_limits_stand_in_one_table() -> None:
    rules = shipped_rules()
    page = measure(Reference([], [], [], {}, rules.policies[-1], "09:00–12:00、13:00–17:00"))
    rows = {row.title: (row.limit, row.article) for row in page.limits}
    assert rows["签收"] == ("5个工作小时", "art. 7-1")
    assert rows["答复：咨询"] == ("1个工作日", "art. 7-1")
    assert rows["答复：举报"] == ("7个工作日", "art. 7-1")
    assert rows["初步响应：特殊紧急事项"] == ("1小时", "art. 7-4")
    assert rows["延期：咨询"] == ("原则上不延期", "art. 7-3")
    assert rows["重办"] == ("与答复相同", "practice")
    assert measure(Reference([], [], [])).limits == ()


def test_an_example_of_what_is_told_does_not_teach_another_time(county: County) -> None:
    """A clerk who copies "the right way" of a late answer would write down a false time."""
    for code in ("D101", "D103", "D130", "W030"):
        html = (county.out / "rules" / code / "index.html").read_text("utf-8")
        assert "正确的写法" not in html
        assert "时间和经过要如实写" in html


def test_the_glossary_cites_in_chinese(county: County) -> None:
    html = (county.out / "glossary" / "index.html").read_text("utf-8")
    assert "art. A2" not in html
    assert "附件2第1个模板" in html


# --- assessments --------------------------------------------------------------------------


def test_a_month_says_what_the_report_says(county: County, hotline: Hotline) -> None:
    code, out, err = hotline(
        "report", "--repo", str(county.root), "--now", sample.NOW, "--period", "2026-09",
        "--format", "json",
    )  # fmt: skip
    assert code in (0, 1), err  # the county has files that nobody can read
    told = json.loads(out)
    html = (county.out / "assessment" / "2026-09" / "index.html").read_text("utf-8")
    rows = dict(re.findall(r'<tr id="([a-z-]+)">(.*?)</tr>', html, re.S))
    units = {u["unit"]: u for g in told["groups"] for u in g["units"]}
    assert rows.keys() == units.keys()
    for name, unit in units.items():
        shown = re.findall(r"<small>(\d+)/(\d+)</small>", rows[name])
        wanted = [
            (str(f["numerator"]), str(f["denominator"]))
            for f in unit["figures"].values()
            if f.get("denominator")
        ]
        assert shown == wanted
    assert f"派单 <b>{told['statistics']['orders']}</b> 件" in html


def test_the_list_of_months_leads_to_each(county: County) -> None:
    html = (county.out / "assessment" / "index.html").read_text("utf-8")
    months = re.findall(r'href="\.\./assessment/(\d{4}-\d{2})/"', html)
    there = {p.name for p in (county.out / "assessment").iterdir() if p.is_dir()}
    assert set(months) == there
    assert months == sorted(months, reverse=True)
    assert len(months) > 1


# --- in a browser -------------------------------------------------------------------------


def test_due_today_shows_what_is_due_today(opened: Opened) -> None:
    page = opened.open("cases/?status=today")
    page.wait_for_selector("[data-hl-ready]")
    texts = page.locator('.tabulator-cell[tabulator-field="due_key"]').all_inner_texts()
    assert texts and all("今天" in text for text in texts)
    opened.assert_clean()


def test_choices_stand_ready_with_their_numbers(opened: Opened, county: County) -> None:
    page = opened.open("cases/")
    page.wait_for_selector("[data-hl-ready]")
    rows = json.loads((county.out / "api/v1/cases.json").read_text("utf-8"))["cases"]
    waiting = [r for r in rows if r["state"] in ("new", "accepted")]
    button = page.locator('[data-hl-preset="state=waiting"]')
    assert button.locator("b").inner_text() == str(len(waiting))
    button.click()
    opened.until("location.search === '?state=waiting'")
    assert button.get_attribute("aria-pressed") == "true"
    assert f"符合条件 {len(waiting)} 件" in page.inner_text("[data-hl-count]")
    opened.assert_clean()


def test_orders_are_chosen_by_matter_and_day(opened: Opened, county: County) -> None:
    rows = json.loads((county.out / "api/v1/cases.json").read_text("utf-8"))["cases"]
    one = rows[len(rows) // 2]
    day = one["dispatched_at"][:10]
    wanted = [
        r for r in rows if r["category"] == one["category"] and r["dispatched_at"][:10] == day
    ]
    page = opened.open(f"cases/?category={one['category']}&since={day}&until={day}")
    page.wait_for_selector("[data-hl-ready]")
    assert f"符合条件 {len(wanted)} 件" in page.inner_text("[data-hl-count]")
    opened.assert_clean()


def test_a_place_of_the_hot_spots_leads_to_as_many_orders(opened: Opened) -> None:
    page = opened.open("hot/")
    for row in page.locator("[data-hl-table] tbody tr").all()[:4]:
        number = row.locator("td b").first.inner_text()
        target = row.locator("th a").get_attribute("href")
        with page.context.new_page() as other:
            other.goto(page.url + target)
            other.wait_for_selector("[data-hl-ready]")
            found = re.findall(r"\d+", other.inner_text("[data-hl-count]"))[-1]
        assert found == number, target


def test_a_unit_is_found_by_a_part_of_its_name(opened: Opened) -> None:
    page = opened.open("units/")
    page.fill("[data-hl-narrow]", "住建")
    shown = page.locator(".hl-units tbody tr:visible, .hl-idle li:visible").all_inner_texts()
    assert shown and all("住建" in text for text in shown)
    page.fill("[data-hl-narrow]", "")
    assert page.locator(".hl-units tbody tr:visible, .hl-idle li:visible").count() > len(shown)
    opened.assert_clean()


@pytest.mark.parametrize(
    ("now", "is_old"), [("2026-10-14T18:00", False), ("2026-10-15T09:00", True)]
)
def test_a_page_of_another_day_says_so(opened: Opened, now: str, is_old: bool) -> None:
    opened.page.clock.set_fixed_time(f"{now}:00+08:00")
    page = opened.open("")
    assert ("不是今天的数据" in page.inner_text("h1")) is is_old
    assert page.locator(".hl-asof.is-stale").count() == int(is_old)


def test_an_article_is_found_before_orders_that_cite_one(opened: Opened) -> None:
    page = opened.open("")
    page.keyboard.press("s")
    page.fill("[data-md-component=search-query]", "第七条")
    opened.until("document.querySelector('.md-search-result__list > li') !== null")
    opened.until("!document.querySelector('.hl-found')?.textContent.includes('正在查找')")
    page.wait_for_timeout(300)
    first = page.locator(".md-search-result a.md-search-result__link").first
    assert "measure/" in str(first.get_attribute("href"))


def test_the_button_of_today_shows_what_is_due_today(opened: Opened) -> None:
    """Rows that stand there already are drawn anew, and by the hour of today."""
    page = opened.open("cases/")
    page.wait_for_selector("[data-hl-ready]")
    page.click('[data-hl-preset="status=today"]')
    opened.until("location.search === '?status=today'")
    page.wait_for_timeout(200)
    texts = page.locator('.tabulator-cell[tabulator-field="due_key"]:visible').all_inner_texts()
    hours = [re.findall(r"今天 (\d\d:\d\d)", text) for text in texts]
    assert hours and all(hours)
    assert hours == sorted(hours)
    page.go_back()
    page.wait_for_selector("[data-hl-ready]")
    assert page.evaluate("location.search") == ""
    opened.assert_clean()


@pytest.mark.parametrize("opened", [(390, 844)], indirect=True)
def test_all_filters_can_be_reached_on_a_phone(opened: Opened) -> None:
    page = opened.open("cases/")
    page.wait_for_selector("[data-hl-ready]")
    assert not page.locator("select[name=unit]").is_visible()
    page.click("[data-hl-more] summary")
    for name in ("urgency", "unit", "category", "since", "until"):
        assert page.locator(f"[name={name}]").is_visible(), name
    opened.assert_clean()


def test_a_unit_and_a_limit_together_ask_whose_the_limit_is(opened: Opened, county: County) -> None:
    rows = json.loads((county.out / "api/v1/cases.json").read_text("utf-8"))["cases"]
    owed = [r["due"]["unit"] for r in rows if r["status"] == "overdue" and r["due"]["unit"]]
    unit = max(set(owed), key=owed.count)
    page = opened.open(f"cases/?status=overdue&unit={unit}")
    page.wait_for_selector("[data-hl-ready]")
    assert f"符合条件 {owed.count(unit)} 件" in page.inner_text("[data-hl-count]")


def test_dates_the_wrong_way_round_are_told(opened: Opened) -> None:
    page = opened.open("cases/?since=2026-10-12&until=2026-10-01")
    page.wait_for_selector("[data-hl-ready]")
    assert "起始日期晚于截止日期" in page.inner_text("[data-hl-count]")


def test_a_unit_is_found_by_its_full_name_and_nothing_is_said_to_be_nothing(
    opened: Opened,
) -> None:
    page = opened.open("units/")
    page.fill("[data-hl-narrow]", "住房和城乡建设")
    assert page.locator(".hl-units tbody tr:visible, .hl-idle li:visible").count() == 1
    page.fill("[data-hl-narrow]", "没有的单位")
    assert page.locator("[data-hl-nothing]").is_visible()


def test_an_assessment_is_sorted_and_taken_as_a_sheet(opened: Opened, tmp_path: Any) -> None:
    page = opened.open("assessment/2026-09/")
    table = page.locator("table[data-hl-table]").nth(1)
    column = table.locator("thead th").all_inner_texts().index("交办")
    head = table.locator("thead th").nth(column)
    head.focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    cells = [
        row.locator("td, th").nth(column).inner_text() for row in table.locator("tbody tr").all()
    ]
    numbers = [int(text) if text.isdigit() else -1 for text in cells]
    assert numbers == sorted(numbers, reverse=True)
    assert f"sort=1:{column}:desc" in page.evaluate("location.search")
    page.reload()
    assert head.get_attribute("aria-sort") == "descending"
    name = table.get_attribute("data-hl-table")
    with page.expect_download() as waiting:
        page.click(f'[data-hl-sheet="{name}"]')
    waiting.value.save_as(tmp_path / "a.csv")
    lines = (tmp_path / "a.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == len(cells) + 2  # a head, and the total
    opened.assert_clean()
