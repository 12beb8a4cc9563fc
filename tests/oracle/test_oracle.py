"""The oracle against every clock figure that was counted by hand, and its table against a count.

Times are written short: `2026-05-08 16:30` is that moment in the county's zone.
"""

import random
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from chinese_calendar import is_workday

from . import clocks, state, status
from .minutes import (
    MomentIsOutsideTheTable,
    after_working_seconds,
    close_of_day_or_next,
    close_of_nth_working_day_after,
    one_working_day_before,
    same_time_after_working_days,
    working_seconds_between,
)
from .rows import Row
from .story import event_id, moment

Case = dict[str, Any]


def rfc(text: str) -> str:
    """A short time as the order file would have it; a full one as it is."""
    return text if "T" in text else text.replace(" ", "T") + "+08:00"


def at(text: str) -> datetime:
    return moment(rfc(text))


def ev(when: str, type_: str, by: str = "center", **fields: Any) -> Case:
    return {"at": rfc(when), "by": by, "type": type_, **fields}


def order(dispatched: str, kind: str, *events: Case, urgency: str = "normal") -> Case:
    header = {"dispatched_at": rfc(dispatched), "kind": kind, "urgency": urgency}
    return {**header, "events": list(events)}


def begun(dispatched: str, kind: str, *events: Case, urgency: str = "normal") -> Case:
    """An order that was accepted, assigned to A with B in support, and signed, at once."""
    start = (
        ev(dispatched, "accepted"),
        ev(dispatched, "assigned", lead="A", support=["B"], basis="clear"),
        ev(dispatched, "signed", "A"),
    )
    return order(dispatched, kind, *start, *events, urgency=urgency)


def named(case: Case, name: str, **options: Any) -> list[Row]:
    return [row for row in clocks(case, **options) if row["name"] == name]


def days_more(asked: str, days: int, decided: str, approved: bool = True) -> tuple[Case, Case]:
    return (
        ev(asked, "extension_requested", "A", days=days, reason="x", petitioner_informed=True),
        ev(decided, "extension_decided", approved=approved, city_approved=approved),
    )


def interim(asked: str, decided: str, approved: bool = True, **fields: Any) -> tuple[Case, Case]:
    fields.setdefault("promised_on", "2026-08-31")
    return (
        ev(asked, "interim_requested", "A", ground="complex", **fields),
        ev(decided, "interim_decided", approved=approved),
    )


def replied(when: str) -> Case:
    return ev(when, "replied", "A")


# -- the cases of the scenarios -------------------------------------------------------------------

EXAMPLE = order(
    "2026-10-13 09:30",
    "complaint",
    ev("2026-10-13 09:40", "accepted"),
    ev("2026-10-13 09:50", "assigned", lead="A", support=["B"], basis="clear"),
    ev("2026-10-13 10:20", "signed", "A"),
)
S1 = order("2026-05-08 16:30", "complaint")
S1_ASSIGNED = (
    ev("2026-05-08 16:40", "accepted"),
    ev("2026-05-08 16:50", "assigned", lead="A", support=[]),
)
S1_SIGNED = order(
    "2026-05-08 16:30", "complaint", *S1_ASSIGNED, ev("2026-05-09 14:30:00", "signed", "A")
)
S1_SIGNED_LATE = order(
    "2026-05-08 16:30", "complaint", *S1_ASSIGNED, ev("2026-05-09 14:30:01", "signed", "A")
)
S3 = begun("2026-03-09 10:00", "complaint")
S3_A = begun(
    "2026-03-09 10:00", "complaint", *days_more("2026-03-17 17:00:00", 5, "2026-03-18 11:00")
)
S3_B = begun(
    "2026-03-09 10:00", "complaint", *days_more("2026-03-17 17:00:01", 5, "2026-03-18 11:00")
)
S3_D = begun(
    "2026-03-09 10:00", "complaint", *days_more("2026-03-18 17:00:01", 5, "2026-03-19 11:00")
)
S5_NORMAL = order("2026-06-18 23:40", "complaint")
S5_ASSIGNED = (
    ev("2026-06-18 23:45", "accepted"),
    ev("2026-06-18 23:50", "assigned", lead="A", support=[]),
)
S5 = order("2026-06-18 23:40", "complaint", *S5_ASSIGNED, urgency="special")
S5_MET = order(
    "2026-06-18 23:40",
    "complaint",
    *S5_ASSIGNED,
    ev("2026-06-19 01:40:00", "first_response", "A"),
    urgency="special",
)
S5_LATE = order(
    "2026-06-18 23:40",
    "complaint",
    *S5_ASSIGNED,
    ev("2026-06-19 01:41", "first_response", "A"),
    urgency="special",
)
S5_EMERGENCY = order("2026-06-18 23:40", "complaint", *S5_ASSIGNED, urgency="emergency")
S7_RETURN = ev("2026-04-07 09:05", "return_requested", "A")
S7 = begun("2026-04-02 14:00", "complaint", S7_RETURN)
S7_REFUSED = begun(
    "2026-04-02 14:00",
    "complaint",
    S7_RETURN,
    ev("2026-04-07 10:00", "return_decided", approved=False),
)
S7_APPROVED = begun(
    "2026-04-02 14:00",
    "complaint",
    S7_RETURN,
    ev("2026-04-07 10:00", "return_decided", approved=True),
)
S9_DISPATCHED = "2026-07-06 09:00"
S9_IN_TIME = interim("2026-07-15 16:00", "2026-07-15 16:30")
S9_REPORT = ev("2026-07-31 10:00", "progress", "A")
S9 = begun(S9_DISPATCHED, "complaint", *S9_IN_TIME)
S9_REPORTED = begun(S9_DISPATCHED, "complaint", *S9_IN_TIME, S9_REPORT)
S9_SUPPORT_REPORTS = begun(
    S9_DISPATCHED, "complaint", *S9_IN_TIME, ev("2026-07-31 10:00", "progress", "B")
)
S9_REPLIED = begun(S9_DISPATCHED, "complaint", *S9_IN_TIME, S9_REPORT, replied("2026-09-01 10:00"))
S9_REFUSED = begun(
    S9_DISPATCHED, "complaint", *interim("2026-07-15 16:00", "2026-07-15 16:30", approved=False)
)
S9_TOO_LATE = begun(S9_DISPATCHED, "complaint", *interim("2026-07-15 17:00:01", "2026-07-16 09:30"))
S9_TOO_LATE_REPLIED = begun(
    S9_DISPATCHED,
    "complaint",
    *interim("2026-07-15 17:00:01", "2026-07-16 09:30"),
    replied("2026-07-20 10:00"),
)


def screened(callback: str, *events: Case) -> Case:
    """Answered in time, then a dissatisfied callback."""
    voice = ev(callback, "callback", process="satisfied", result="dissatisfied")
    return begun("2026-10-22 10:00", "complaint", replied("2026-10-29 15:00"), voice, *events)


ASKED = ev("2026-11-25 10:00", "screening_requested", "A", ground="policy_limit")
S11 = screened("2026-11-24 10:00", ASKED)
S11_UPHELD = screened(
    "2026-11-24 10:00", ASKED, ev("2026-11-27 10:00", "screening_decided", upheld=True)
)
S11_UPHELD_LATE = screened(
    "2026-11-24 10:00", ASKED, ev("2026-12-01 09:00", "screening_decided", upheld=True)
)
S11_REDO = screened("2026-11-24 10:00", ev("2026-11-25 10:00", "redo_ordered", cause="other"))
S11_SATURDAY = screened("2026-10-31 10:00")
S13 = begun("2026-10-13 10:00", "complaint", ev("2026-10-20 10:00", "terminated", "A"))
S15_DISPATCHED = "2026-04-13 10:00"
S15_PENDING = begun(
    S15_DISPATCHED, "complaint", days_more("2026-04-21 17:00", 3, "2026-04-23 09:30")[0]
)
S15 = begun(S15_DISPATCHED, "complaint", *days_more("2026-04-21 17:00", 3, "2026-04-23 09:30"))
S15_REPLIED = begun(
    S15_DISPATCHED,
    "complaint",
    *days_more("2026-04-21 17:00", 3, "2026-04-23 09:30"),
    replied("2026-04-27 16:00"),
)
S15_REFUSED = begun(
    S15_DISPATCHED, "complaint", *days_more("2026-04-21 17:00", 3, "2026-04-23 09:30", False)
)
S17 = order("2026-03-12 15:00", "consultation", urgency="special")
S19 = order("2026-05-08T16:30:00Z", "consultation")
S25 = begun("2026-04-07 09:00", "complaint")
S25_BUREAU = ev("2026-04-17 10:00", "supervision_opened", "bureau", due_at=rfc("2026-04-21 17:00"))
S25_COUNTY = ev("2026-04-22 09:00", "supervision_opened", "county", due_at=rfc("2026-04-24 17:00"))
S25_SUPERVISED = begun("2026-04-07 09:00", "complaint", S25_BUREAU)
S25_REFERRED = begun("2026-04-07 09:00", "complaint", S25_BUREAU, S25_COUNTY)
S25_REPLIED = begun(
    "2026-04-07 09:00", "complaint", S25_BUREAU, S25_COUNTY, replied("2026-04-23 10:00")
)
S29 = order("2026-04-30 16:00", "consultation")
S29_COMPLAINT = begun(
    "2026-04-30 16:00", "consultation", ev("2026-05-06 10:00", "reclassified", kind="complaint")
)
S29_AFTER_DUE = begun(
    "2026-04-30 16:00", "consultation", ev("2026-05-07 09:00", "reclassified", kind="complaint")
)
S29_URGENT = begun(
    "2026-03-23 09:00", "help", ev("2026-03-24 14:00", "reclassified", urgency="emergency")
)
S29_AT_BIRTH = begun("2026-03-23 09:00", "help", urgency="emergency")
S31 = order(
    "2026-03-09 10:00",
    "help",
    ev("2026-03-09 10:10", "accepted"),
    ev("2026-03-09 11:00", "returned_upstream", reason="x"),
)
S33 = begun("2026-02-14 23:00", "consultation")

SAME_CLOCK = {"switches": {"day_count": "same_clock"}}
FIXED = {"switches": {"progress_rhythm": "fixed"}}
CUTOFF = {"cutoffs": [at("2026-11-30 17:00")]}

DUE: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("example", EXAMPLE, {}, "sign", "2026-10-13 15:30"),
    ("example", EXAMPLE, {}, "return", "2026-10-14 17:00"),
    ("example", EXAMPLE, {}, "reply", "2026-10-22 17:00"),
    ("example", EXAMPLE, {}, "support", "2026-10-21 17:00"),
    ("1 Friday before a make-up Saturday", S1, {}, "sign", "2026-05-09 14:30"),
    ("1", S1, {}, "return", "2026-05-09 17:00"),
    ("1", S1, {}, "reply", "2026-05-18 17:00"),
    ("1 same clock", S1, SAME_CLOCK, "reply", "2026-05-18 16:30"),
    ("3 not extended", S3, {}, "reply", "2026-03-18 17:00"),
    ("3a at the limit", S3_A, {}, "reply", "2026-03-25 17:00"),
    ("3b a second later", S3_B, {}, "reply", "2026-03-25 17:00"),
    ("3d after the due moment", S3_D, {}, "reply", "2026-03-18 17:00"),
    ("5 special by night", S5, {}, "first_response", "2026-06-19 01:40"),
    ("5", S5, {}, "sign", "2026-06-22 15:00"),
    ("5", S5, {}, "reply", "2026-06-23 17:00"),
    ("5 by the kind alone", S5_NORMAL, {}, "reply", "2026-06-30 17:00"),
    ("5 emergency", S5_EMERGENCY, {}, "first_response", "2026-06-19 00:40"),
    ("5 emergency", S5_EMERGENCY, {}, "reply", "2026-06-22 17:00"),
    ("7 before Qingming", S7, {}, "sign", "2026-04-03 11:00"),
    ("7", S7, {}, "return", "2026-04-03 17:00"),
    ("7", S7, {}, "reply", "2026-04-14 17:00"),
    ("7 refused", S7_REFUSED, {}, "reply", "2026-04-14 17:00"),
    ("9 interim closing", S9, {}, "reply", "2026-07-15 17:00"),
    ("9", S9, {}, "progress", "2026-08-05 17:00"),
    ("9", S9, {}, "promise", "2026-08-31 17:00"),
    ("9 after a report", S9_REPORTED, {}, "progress", "2026-08-21 17:00"),
    ("9 fixed rhythm", S9_REPORTED, FIXED, "progress", "2026-08-26 17:00"),
    ("9 the support's report", S9_SUPPORT_REPORTS, {}, "progress", "2026-08-05 17:00"),
    ("9 refused", S9_REFUSED, {}, "reply", "2026-07-15 17:00"),
    ("11 before the cutoff", S11, CUTOFF, "screening", "2026-11-30 17:00"),
    ("11 no cutoff known", S11, {}, "screening", "2026-11-30 17:00"),
    ("11 after the month's last", S11_SATURDAY, {}, "screening", "2026-11-30 17:00"),
    ("15 decided after the due", S15_PENDING, {}, "reply", "2026-04-22 17:00"),
    ("15", S15, {}, "reply", "2026-04-27 17:00"),
    ("15 refused", S15_REFUSED, {}, "reply", "2026-04-22 17:00"),
    ("17 special consultation", S17, {}, "first_response", "2026-03-12 17:00"),
    ("17", S17, {}, "sign", "2026-03-13 12:00"),
    ("17", S17, {}, "reply", "2026-03-13 17:00"),
    ("19 offset across midnight", S19, {}, "sign", "2026-05-09 15:00"),
    ("19", S19, {}, "reply", "2026-05-11 17:00"),
    ("25", S25, {}, "reply", "2026-04-16 17:00"),
    ("25", S25_SUPERVISED, {}, "supervision", "2026-04-21 17:00"),
    ("25", S25_REFERRED, {}, "supervision", "2026-04-24 17:00"),
    ("29 before Labour Day", S29, {}, "reply", "2026-05-06 17:00"),
    ("29", S29, {}, "sign", "2026-05-06 14:00"),
    ("29 a complaint", S29_COMPLAINT, {}, "reply", "2026-05-13 17:00"),
    ("29 after the due", S29_AFTER_DUE, {}, "reply", "2026-05-13 17:00"),
    ("29 made urgent", S29_URGENT, {}, "first_response", "2026-03-24 15:00"),
    ("29 made urgent", S29_URGENT, {}, "reply", "2026-03-25 17:00"),
    ("29 urgent from the start", S29_AT_BIRTH, {}, "first_response", "2026-03-23 10:00"),
    ("29 urgent from the start", S29_AT_BIRTH, {}, "reply", "2026-03-24 17:00"),
    ("33 one-day limit", S33, {}, "support", "2026-02-24 17:00"),
    ("33", S33, {}, "reply", "2026-02-24 17:00"),
    ("33 complaint", S3, {}, "support", "2026-03-17 17:00"),
]

STATUS: list[tuple[str, Case, str, str, str]] = [
    ("example", EXAMPLE, "sign", "2026-10-13 10:30", "met"),
    ("example", EXAMPLE, "return", "2026-10-13 10:30", "running"),
    ("example", EXAMPLE, "reply", "2026-10-13 10:30", "running"),
    ("example", EXAMPLE, "support", "2026-10-13 10:30", "running"),
    ("1", S1_SIGNED, "sign", "2026-05-11 09:00", "met"),
    ("1", S1_SIGNED_LATE, "sign", "2026-05-11 09:00", "late"),
    ("1 unsigned", S1, "sign", "2026-05-11 09:00", "overdue"),
    ("3d", S3_D, "reply", "2026-03-19 12:00", "overdue"),
    ("5 before signing", S5_MET, "first_response", "2026-06-19 02:00", "met"),
    ("5", S5_LATE, "first_response", "2026-06-19 02:00", "late"),
    ("5 none", S5, "first_response", "2026-06-19 02:00", "overdue"),
    ("7 asked late", S7, "return", "2026-04-07 09:10", "late"),
    ("9", S9, "reply", "2026-07-15 18:00", "met"),
    ("9 a second over", S9_REPORTED, "progress", "2026-08-21 17:00:01", "overdue"),
    ("9 broken promise", S9_REPLIED, "promise", "2026-09-01 10:00", "late"),
    ("9 refused", S9_REFUSED, "reply", "2026-07-15 17:00:01", "overdue"),
    ("9 filed late", S9_TOO_LATE, "reply", "2026-07-16 10:00", "overdue"),
    ("9 filed late", S9_TOO_LATE_REPLIED, "reply", "2026-07-20 10:00", "late"),
    ("11 undecided", S11, "screening", "2026-11-30 17:00:00", "due_soon"),
    ("11 undecided", S11, "screening", "2026-11-30 17:00:01", "overdue"),
    ("11 upheld", S11_UPHELD, "screening", "2026-11-30 18:00", "met"),
    ("11 upheld late", S11_UPHELD_LATE, "screening", "2026-12-01 09:00", "late"),
    ("11 redo", S11_REDO, "screening", "2026-11-26 09:00", "void"),
    ("11 not asked", S11_SATURDAY, "screening", "2026-11-30 16:00", "running"),
    ("11 not asked", S11_SATURDAY, "screening", "2026-11-30 17:00:01", "void"),
    ("13", S13, "reply", "2026-10-20 10:00", "met"),
    ("15 pending", S15_PENDING, "reply", "2026-04-22 18:00", "overdue"),
    ("15", S15_REPLIED, "reply", "2026-04-27 16:00", "met"),
    ("15 refused", S15_REFUSED, "reply", "2026-04-23 09:30", "overdue"),
    ("25", S25, "reply", "2026-04-16 17:00:00", "due_soon"),
    ("25", S25, "reply", "2026-04-16 17:00:01", "overdue"),
    ("25 bureau", S25_SUPERVISED, "supervision", "2026-04-21 17:00:00", "due_soon"),
    ("25 bureau", S25_SUPERVISED, "supervision", "2026-04-21 17:00:01", "overdue"),
    ("25 county", S25_REFERRED, "supervision", "2026-04-24 17:00:01", "overdue"),
    ("25 replied", S25_REPLIED, "reply", "2026-04-23 10:00", "late"),
    ("29 before", S29, "reply", "2026-05-06 17:00:01", "overdue"),
    ("29 after", S29_AFTER_DUE, "reply", "2026-05-07 09:00", "running"),
]

STATES: list[tuple[Case, str]] = [
    (order("2026-03-09 10:00", "help"), "new"),
    (EXAMPLE, "handling"),
    (S5, "assigned"),
    (S7_REFUSED, "handling"),
    (S7_APPROVED, "accepted"),
    (S9, "interim"),
    (S9_REFUSED, "handling"),
    (S9_REPLIED, "replied"),
    (S11, "screening"),
    (S11_UPHELD, "replied"),
    (S11_REDO, "handling"),
    (S13, "replied"),
    (S31, "returned"),
]


@pytest.mark.parametrize(("because", "case", "options", "name", "due"), DUE)
def test_due_moment(because: str, case: Case, options: dict[str, Any], name: str, due: str) -> None:
    assert named(case, name, **options)[-1]["due_at"] == at(due), because


@pytest.mark.parametrize(("because", "case", "name", "now", "expected"), STATUS)
def test_status(because: str, case: Case, name: str, now: str, expected: str) -> None:
    assert status(named(case, name)[-1], at(now)) == expected, because


@pytest.mark.parametrize(("case", "expected"), STATES)
def test_state(case: Case, expected: str) -> None:
    assert state(case) == expected


def test_the_last_moment_to_ask_an_extension_is_one_working_day_before_the_due() -> None:
    assert one_working_day_before(named(S1, "reply")[0]["due_at"]) == at("2026-05-15 17:00")
    assert one_working_day_before(named(S3, "reply")[0]["due_at"]) == at("2026-03-17 17:00")


def test_five_more_days_are_twelve_from_dispatch() -> None:
    twelve = close_of_nth_working_day_after(date(2026, 3, 9), 12)
    assert named(S3_A, "reply")[0]["due_at"] == twelve


def test_an_interim_closing_meets_the_reply_when_it_was_asked() -> None:
    assert named(S9, "reply")[0]["done_at"] == at("2026-07-15 16:00")


def test_the_special_consultation_keeps_the_earlier_day() -> None:
    assert named(S17, "reply")[0]["due_at"] != at("2026-03-16 17:00")


def test_an_order_sent_back_upstream_has_only_void_clocks() -> None:
    assert {status(row, at("2026-03-09 12:00")) for row in clocks(S31)} == {"void"}


# -- what the scenarios do not show ---------------------------------------------------------------

HANDED_ON = (
    ev("2026-03-10 10:00", "return_requested", "A"),
    ev("2026-03-11 10:00", "return_decided", approved=True),
    ev("2026-03-11 16:00", "assigned", lead="C", support=["D"]),
)


def test_the_second_lead_has_a_pair_of_its_own() -> None:
    case = begun("2026-03-09 10:00", "complaint", *HANDED_ON)
    first, second = named(case, "sign")
    assert (first["unit"], second["unit"]) == ("A", "C")
    assert second["due_at"] == at("2026-03-12 14:00")
    assert named(case, "return")[1]["due_at"] == at("2026-03-12 17:00")
    assert named(case, "reply")[0]["due_at"] == at("2026-03-18 17:00")
    assert named(case, "support")[-1]["started_at"] == at("2026-03-11 16:00")


def test_the_second_pair_may_count_from_dispatch() -> None:
    case = begun("2026-03-09 10:00", "complaint", *HANDED_ON)
    second = named(case, "sign", switches={"reassignment": "from_dispatch"})[1]
    assert second["due_at"] == at("2026-03-09 16:00")


@pytest.mark.parametrize(
    ("name", "now", "expected"),
    [
        ("sign", "2026-03-09 13:29:59", "running"),
        ("sign", "2026-03-09 13:30:00", "due_soon"),
        ("sign", "2026-03-09 16:00:00", "due_soon"),
        ("sign", "2026-03-09 16:00:01", "overdue"),
        ("return", "2026-03-10 17:00:00", "running"),
        ("return", "2026-03-10 17:00:01", "void"),
        ("reply", "2026-03-17 16:59:59", "running"),
        ("reply", "2026-03-17 17:00:00", "due_soon"),
    ],
)
def test_due_soon_at_the_second(name: str, now: str, expected: str) -> None:
    assert status(named(order("2026-03-09 10:00", "complaint"), name)[0], at(now)) == expected


def test_half_of_a_one_day_limit_is_due_soon() -> None:
    reply = named(order("2026-03-09 10:00", "consultation"), "reply")[0]
    assert status(reply, at("2026-03-10 13:29:59")) == "running"
    assert status(reply, at("2026-03-10 13:30")) == "due_soon"


def test_a_day_under_same_clock_outside_hours_counts_from_the_next_opening() -> None:
    evening = order("2026-03-09 20:00", "consultation")
    assert named(evening, "reply", **SAME_CLOCK)[0]["due_at"] == at("2026-03-11 09:00")
    noon = order("2026-03-09 12:00", "consultation")
    assert named(noon, "reply", **SAME_CLOCK)[0]["due_at"] == at("2026-03-10 13:00")


def test_support_follows_an_extension_and_keeps_its_time_of_day() -> None:
    assert named(S3_A, "support")[0]["due_at"] == at("2026-03-24 17:00")
    assert named(S3, "support", **SAME_CLOCK)[0]["due_at"] == at("2026-03-17 10:00")


def test_an_extension_needs_the_city_where_it_is_involved() -> None:
    asked, decided = days_more("2026-03-17 16:00", 5, "2026-03-18 11:00")
    case = begun("2026-03-09 10:00", "complaint", asked, {**decided, "city_approved": False})
    assert named(case, "reply")[0]["due_at"] == at("2026-03-18 17:00")
    assert named(case, "reply", city_involved=False)[0]["due_at"] == at("2026-03-25 17:00")


def test_a_law_lengthens_a_special_order_alone() -> None:
    law = {"law": "x", "due_on": "2026-04-04"}
    asked = ev("2026-03-10 10:00", "extension_requested", "A", statutory=law)
    decided = ev("2026-03-10 11:00", "extension_decided", approved=True, city_approved=True)
    special = begun("2026-03-09 10:00", "complaint", asked, decided, urgency="special")
    assert named(special, "reply")[0]["due_at"] == at("2026-04-07 17:00")
    normal = begun("2026-03-09 10:00", "complaint", asked, decided)
    assert named(normal, "reply")[0]["due_at"] == at("2026-03-18 17:00")


def test_a_law_with_an_earlier_day_rules_at_once() -> None:
    law = ev("2026-03-10 10:00", "deadline_set", law="x", due_on="2026-03-12")
    case = begun("2026-03-09 10:00", "complaint", law)
    assert named(case, "reply")[0]["due_at"] == at("2026-03-12 17:00")
    later = {**law, "due_on": "2026-03-31"}
    case = begun("2026-03-09 10:00", "complaint", later)
    assert named(case, "reply")[0]["due_at"] == at("2026-03-18 17:00")


def test_a_redo_has_the_limit_of_a_reply_and_its_own_extensions() -> None:
    events = (
        replied("2026-03-18 16:00"),
        ev("2026-03-20 10:00", "redo_ordered", cause="other"),
        *days_more("2026-03-30 17:00", 2, "2026-04-01 10:00"),
        replied("2026-04-02 16:00"),
    )
    case = begun("2026-03-09 10:00", "complaint", *events)
    assert named(case, "reply")[0]["due_at"] == at("2026-03-18 17:00")
    redo = named(case, "redo")[0]
    assert (redo["due_at"], redo["done_at"]) == (at("2026-04-02 17:00"), at("2026-04-02 16:00"))


def test_a_met_reply_is_not_touched_by_a_later_kind() -> None:
    later = ev("2026-03-18 16:30", "reclassified", kind="consultation")
    case = begun("2026-03-09 10:00", "complaint", replied("2026-03-18 16:00"), later)
    assert status(named(case, "reply")[0], at("2026-03-19 09:00")) == "met"


def test_no_progress_is_owed_where_a_law_sets_the_time() -> None:
    law = {"law": "x", "due_on": "2026-08-15"}
    case = begun(
        S9_DISPATCHED,
        "complaint",
        *interim("2026-07-15 16:00", "2026-07-15 16:30", statutory=law),
    )
    assert named(case, "progress") == []
    assert named(case, "promise")[0]["due_at"] == at("2026-08-17 17:00")


def test_closing_voids_what_is_undone() -> None:
    case = begun(
        S9_DISPATCHED,
        "complaint",
        *S9_IN_TIME,
        ev("2026-07-20 10:00", "withdrawn", reason="x"),
        ev("2026-07-20 11:00", "closed", ground="withdrawn"),
    )
    voids = {row["name"] for row in clocks(case) if row["void"]}
    assert voids == {"return", "support", "promise", "progress"}


def test_normal_again_voids_a_first_response() -> None:
    calm = ev("2026-06-19 00:10", "reclassified", urgency="normal")
    case = order("2026-06-18 23:40", "complaint", *S5_ASSIGNED, calm, urgency="special")
    assert [row["void"] for row in named(case, "first_response")] == [True]


def test_supervision_ends_with_the_closing_by_the_same_unit() -> None:
    closing = ev("2026-04-21 16:00", "supervision_closed", "bureau", outcome="effective")
    case = begun("2026-04-07 09:00", "complaint", S25_BUREAU, S25_COUNTY, closing)
    bureau, county = named(case, "supervision")
    assert (bureau["done_at"], county["done_at"]) == (at("2026-04-21 16:00"), None)
    assert bureau["unit"] == "A"


def test_a_corrected_time_never_turns_late_into_met() -> None:
    late = replied("2026-03-18 17:30")

    def corrected(to: str) -> Case:
        change = {"event": event_id(late), "field": "at", "value": rfc(to), "reason": "x"}
        correction = ev("2026-03-19 09:00", "corrected", **change)
        return begun("2026-03-09 10:00", "complaint", late, correction)

    now = at("2026-03-20 09:00")
    assert status(named(corrected("2026-03-18 16:30"), "reply")[0], now) == "late"
    moved = named(corrected("2026-03-18 17:10"), "reply")[0]
    assert moved["done_at"] == at("2026-03-18 17:10")


def test_no_clock_before_the_measure() -> None:
    assert clocks(order("2023-06-19 10:00", "help")) == []


def test_an_unknown_switch_is_refused() -> None:
    with pytest.raises(ValueError, match="no such switch"):
        clocks(S1, switches={"day_count": "natural"})


# -- the table itself -----------------------------------------------------------------------------


is_known_workday = cache(is_workday)


def is_working_minute(begin: datetime) -> bool:
    return is_known_workday(begin.date()) and (9 <= begin.hour < 12 or 13 <= begin.hour < 17)


def test_the_table_agrees_with_a_count_minute_by_minute() -> None:
    source = random.Random(12345)
    for _ in range(150):
        start = at("2023-01-02 00:00") + timedelta(minutes=source.randrange(4 * 365 * 1440 - 20000))
        minutes = source.randrange(1, 900)
        left, now = minutes, start
        while left:
            left -= is_working_minute(now)
            now += timedelta(minutes=1)
        assert after_working_seconds(start, minutes * 60) == now
        assert working_seconds_between(start, now) == minutes * 60


def test_seconds_are_kept() -> None:
    assert after_working_seconds(at("2026-03-09 11:59:59"), 2) == at("2026-03-09 13:00:01")
    assert after_working_seconds(at("2026-03-09 17:00:00"), 1) == at("2026-03-10 09:00:01")
    assert working_seconds_between(at("2026-03-09 16:59:58"), at("2026-03-10 09:00:01")) == 3.0


def test_a_day_off_moves_to_the_next_working_day() -> None:
    assert close_of_day_or_next(date(2026, 4, 4)) == at("2026-04-07 17:00")
    assert close_of_day_or_next(date(2026, 5, 9)) == at("2026-05-09 17:00")


def test_the_same_time_of_day_stays_an_opening() -> None:
    assert same_time_after_working_days(at("2026-03-09 09:00"), 1) == at("2026-03-10 09:00")
    assert one_working_day_before(at("2026-03-10 13:00")) == at("2026-03-09 13:00")


def test_outside_the_table_nothing_is_invented() -> None:
    with pytest.raises(MomentIsOutsideTheTable):
        close_of_nth_working_day_after(date(2026, 12, 31), 1)
    with pytest.raises(MomentIsOutsideTheTable):
        after_working_seconds(at("2022-12-31 10:00"), 60)
