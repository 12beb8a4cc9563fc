"""The clocks drawn: what stands where, what is shaded, and the same in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from hotline.pages.timeline import BY_THE_HOUR, MARGIN, TICKS, Drawing, Strip, drawing
from hotline.values.times import parse_time
from hotline.views.case_view import CaseView, view_case
from tests.site import sample
from tests.site.test_pages import ACCEPTED, ASSIGNED, SIGNED, event, order
from tests.support import judge, shipped_rules

REPLIED = {"template": "ordinary", "subject": "x", "sections": {"demand": "x"}}


def view(now: str, *events: dict[str, Any], **header: Any) -> CaseView:
    moment = parse_time(now)
    judged = judge(order(*events, **header), moment)
    assert judged.subject is not None, judged.findings
    return view_case(judged.subject, moment)


def drawn(now: str, *events: dict[str, Any], **header: Any) -> Drawing:
    seen = view(now, *events, **header)
    found = drawing(seen.clocks, seen.subject.calendar, seen.now)
    assert found is not None
    return found


def strip(name: str, now: str, *events: dict[str, Any], **header: Any) -> Strip:
    """The strip of the first clock of that name."""
    seen = view(now, *events, **header)
    found = drawing(seen.clocks, seen.subject.calendar, seen.now)
    assert found is not None
    return next(s for s, v in zip(found.strips, seen.clocks, strict=True) if v.clock.name == name)


def test_an_order_without_clocks_has_no_drawing() -> None:
    assert drawing((), shipped_rules().calendar, parse_time(sample.NOW)) is None


def test_a_running_clock_reaches_from_its_start_to_its_due_moment() -> None:
    reply = strip("reply", "2026-10-14T10:00:00+08:00", ACCEPTED, ASSIGNED, SIGNED)
    assert reply.start == MARGIN
    assert reply.due == 100 - MARGIN
    assert reply.limit.x == reply.start and reply.limit.end == reply.due
    assert reply.spent is not None and 0 < reply.spent.width < reply.limit.width
    assert reply.over is None and reply.done is None


def test_what_is_overdue_runs_on_to_now() -> None:
    late = drawn("2026-10-29T10:00:00+08:00", ACCEPTED, ASSIGNED, SIGNED)
    reply = strip("reply", "2026-10-29T10:00:00+08:00", ACCEPTED, ASSIGNED, SIGNED)
    assert reply.over is not None and reply.due is not None
    assert reply.over.x == reply.due
    assert reply.over.end == late.now == 100 - MARGIN
    assert reply.words.endswith("已超期")


@pytest.mark.parametrize(
    ("replied", "status", "runs_over"),
    [("14T11:00", "按时完成", False), ("23T11:00", "逾期完成", True)],
)
def test_what_is_done_is_marked_when_it_was_done(
    replied: str, status: str, runs_over: bool
) -> None:
    events = (ACCEPTED, ASSIGNED, SIGNED, event(replied, "housing-bureau", "replied", **REPLIED))
    reply = strip("reply", "2026-10-28T10:00:00+08:00", *events)
    assert reply.done is not None and reply.due is not None
    assert (reply.done > reply.due) is runs_over is (reply.over is not None)
    assert reply.words.endswith(f"完成，{status}")


def test_words_say_start_due_and_the_days_off_between() -> None:
    reply = strip("reply", "2026-10-14T10:00:00+08:00", ACCEPTED, ASSIGNED, SIGNED)
    assert reply.words == "10月13日 09:00 起算，10月22日 17:00 到期，其间休息日 2 天，计时中"


def test_days_off_are_shaded_and_no_others() -> None:
    """17 and 18 October 2026 are the only days off within seven working days of the 13th."""
    found = drawn("2026-10-14T10:00:00+08:00", ACCEPTED, ASSIGNED, SIGNED)
    (weekend,) = found.off
    since, until = parse_time("2026-10-13T09:00:00+08:00"), parse_time("2026-10-22T17:00:00+08:00")

    def place(moment: str) -> float:
        part = (parse_time(moment) - since) / (until - since)
        return MARGIN + (100 - 2 * MARGIN) * part

    assert weekend.x == pytest.approx(place("2026-10-17T00:00:00+08:00"), abs=0.1)
    assert weekend.end == pytest.approx(place("2026-10-19T00:00:00+08:00"), abs=0.1)
    assert not found.is_by_the_hour


def test_make_up_days_are_not_shaded() -> None:
    """The holiday of October 2026: the shading follows the schedule, not the week."""
    calendar = shipped_rules().calendar
    since = parse_time("2026-09-28T09:00:00+08:00")
    header = {"dispatched_at": since.isoformat(), "id": "LZ-20260928-0001"}
    found = drawn("2026-09-29T10:00:00+08:00", **header)
    until = max(v.clock.due_at for v in view("2026-09-29T10:00:00+08:00", **header).clocks)
    days = [since + timedelta(days=n) for n in range((until.date() - since.date()).days)]
    off = sum(1 for day in days if not calendar.day(day.date()).working)
    whole = (100 - 2 * MARGIN) * off * timedelta(days=1) / (until - since)
    assert off >= 5
    assert sum(each.width for each in found.off) == pytest.approx(whole, abs=1)


def test_a_short_drawing_shades_nights_and_a_wall_clock_nothing() -> None:
    now = "2026-10-13T10:30:00+08:00"
    found = drawn(now, ACCEPTED, ASSIGNED, SIGNED, urgency="emergency", kind="help")
    assert found.is_by_the_hour
    assert len(found.off) >= 2  # a noon and a night
    first = strip("first_response", now, ACCEPTED, ASSIGNED, SIGNED, urgency="emergency", kind="help")  # fmt: skip
    assert first.is_wall
    reply = strip("reply", now, ACCEPTED, ASSIGNED, SIGNED, urgency="emergency", kind="help")
    assert not reply.is_wall


def test_an_order_that_is_over_is_drawn_the_same_for_ever() -> None:
    events = (
        ACCEPTED, ASSIGNED, SIGNED, event("14T11:00", "housing-bureau", "replied", **REPLIED),
        event("14T15:00", "hotline-center", "callback", source="city", reached=True, process="satisfied", result="satisfied"),
        event("14T16:00", "hotline-center", "closed", ground="satisfied"),
    )  # fmt: skip
    soon = drawn("2026-10-15T10:00:00+08:00", *events)
    assert soon == drawn("2027-08-02T10:00:00+08:00", *events)
    assert soon.now is None


def test_a_clock_that_nobody_waited_for_does_not_stretch_the_axis() -> None:
    """A screening that was void long before its day is cut off at the edge."""
    events = (
        ACCEPTED, ASSIGNED, SIGNED, event("14T11:00", "housing-bureau", "replied", **REPLIED),
        event("14T15:00", "hotline-center", "callback", source="city", reached=True, process="dissatisfied", result="dissatisfied"),
        event("14T16:00", "hotline-center", "redo_ordered", cause="dissatisfied", reason="没有解决"),
    )  # fmt: skip
    screening = strip("screening", "2026-10-15T10:00:00+08:00", *events)
    assert screening.due is None
    assert screening.limit.end == 100 - MARGIN


LENGTHS = [("10-13T09:20", 1), ("10-13T18:00", 1), ("10-20T09:00", 2), ("12-01T09:00", 3), ("12-31T09:00", 3)]  # fmt: skip


@pytest.mark.parametrize(("now", "least"), [*LENGTHS, ("28-01T09:00", 3)])
def test_dates_on_the_axis_are_few_and_in_order(now: str, least: int) -> None:
    moment = f"2028-01-0{least}T09:00:00+08:00" if now.startswith("28") else f"2026-{now}:00+08:00"
    found = drawn(moment, ACCEPTED, ASSIGNED, SIGNED)
    places = [tick.x for tick in found.ticks]
    assert least <= len(places) <= TICKS + 1
    assert all(a < b for a, b in pairwise(places))
    assert all(MARGIN <= x <= 100 - MARGIN for x in places)
    assert sum(not tick.spare for tick in found.ticks) <= (TICKS + 2) // 2 + 1


def test_every_place_lies_within_the_drawing() -> None:
    """A county's worth of orders."""
    now = parse_time(sample.NOW)
    count = 0
    for case in sample.orders(60):
        judged = judge(case, now)
        assert judged.subject is not None
        seen = view_case(judged.subject, now)
        found = drawing(seen.clocks, seen.subject.calendar, now)
        if found is None:
            continue
        count += len(found.strips)
        for each in found.strips:
            stretches = [each.limit, each.spent, each.over, *each.lapses]
            for part in filter(None, stretches):
                assert MARGIN <= part.x <= part.end <= 100 - MARGIN + 0.1
            for mark in filter(None, (each.start, each.due, each.done, found.now)):
                assert MARGIN <= mark <= 100 - MARGIN
        for before, after in pairwise(found.off):
            assert before.end <= after.x + 0.1
    assert count > 150


def test_hours_are_shaded_up_to_four_days_only() -> None:
    assert timedelta(days=4) == BY_THE_HOUR
    start = datetime.fromisoformat("2026-10-13T09:00:00+08:00")
    assert drawn((start + timedelta(days=3)).isoformat(), kind="consultation").is_by_the_hour
    assert not drawn((start + timedelta(days=5)).isoformat(), kind="consultation").is_by_the_hour


def test_the_first_hour_says_of_which_day_it_is() -> None:
    found = drawn("2026-10-13T09:30:00+08:00", ACCEPTED, urgency="emergency", kind="help")
    assert found.ticks[0].text.startswith("10/13 ")
    assert not any(tick.text.startswith("10/13") for tick in found.ticks[1:])
