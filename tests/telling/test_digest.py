"""Who is told what, and when, as values: no clock, no network, nothing but numbers and names."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.escalation.digest import MAX_LINES, Matter, Message, is_quiet, matters, messages
from hotline.procedure.clocks import CLOCKS
from hotline.rules.declare import load
from hotline.rules.grounds import GROUNDS
from hotline.values.telling import Channel, Telling
from hotline.views.case_view import view_case
from tests.rules.examples import complete, judged
from tests.support import ROOT, at, judge, shipped_rules, strict
from tests.telling.conftest import overdue

RULES = shipped_rules()
REGISTRY, CALENDAR = RULES.registry, RULES.calendar
UNITS = [
    "housing-bureau", "tianchi-street", "hotline-center", "approval-bureau", "county-government",
    "supervision-commission",
]  # fmt: skip
ALL = Telling(tuple(Channel(unit, (unit.upper().replace("-", "_"),)) for unit in UNITS))
MORNING = at("2026-10-23T09:00")


def told(case: dict[str, Any], now: datetime, grounds: Any = ()) -> list[Matter]:
    """What is to be known of one order at ``now``; its own findings are the grounds."""
    subject = judge(case, now).subject
    assert subject is not None
    found = judge(case, now).findings if grounds == () else grounds
    standing = [finding for finding in found if finding.code[0] == "E"]
    return matters([view_case(subject, now)], REGISTRY, {case["id"]: standing})


# --- who ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "now", "expected"),
    [
        ({}, "2026-10-20T09:00", set()),
        ({}, "2026-10-22T10:00", {("housing-bureau", "due_soon", "reply")}),
        (
            {}, "2026-10-23T09:00",
            {
                ("housing-bureau", "overdue", "reply"),
                ("housing-bureau", "bureau", "E191"),
                ("approval-bureau", "bureau", "E191"),
            },
        ),
        (
            {"against": ["housing-bureau"]}, "2026-10-23T09:00",
            {("hotline-center", "overdue", "reply"), ("approval-bureau", "bureau", "E191")},
        ),
        (
            {"against": ["approval-bureau", "hotline-center", "housing-bureau"]},
            "2026-10-23T09:00", set(),
        ),
    ],
)  # fmt: skip
def test_who_is_told_of_a_clock(header: dict[str, Any], now: str, expected: set[Any]) -> None:
    assert {(m.unit, m.kind, m.name) for m in told(overdue(**header), at(now))} == expected


def test_before_an_order_is_assigned_the_center_has_to_act() -> None:
    case = {**complete("- {type: accepted}"), "events": []}
    assert {(m.unit, m.whose) for m in told(case, at("2026-10-13T15:00"))} == {
        ("hotline-center", None)
    }


ROLES = {"E19": {"bureau"}, "E20": {"center", "government"}, "E21": {"supervisor"}}


@pytest.mark.parametrize("code", list(GROUNDS))
def test_who_is_told_of_a_ground(code: str) -> None:
    rule = load()[code]
    case = complete(rule.bad)
    found = [found.finding for found in judged(rule.bad, rule.now)]
    standing = [finding for finding in found if finding.case == case["id"]]
    now = at(rule.now) if rule.now else MORNING
    about = [matter for matter in told(case, now, standing) if matter.name == code]
    lead = next(
        (e["lead"] for e in reversed(case["events"]) if e["type"] == "assigned"), None
    )  # fmt: skip
    others = {matter.unit for matter in about if matter.unit != lead}
    assert {REGISTRY.role(unit) for unit in others} == ROLES[code[:3]]
    # The unit whose order it is learns of the bureau's grounds; of nothing above them.
    assert any(m.unit == lead for m in about) == (code[:3] == "E19" and lead is not None)


def test_a_lead_is_never_a_verdict() -> None:
    matter = Matter(
        "supervision-commission", "LZ-20261013-0007", "accountability", "accountability", "E213",
        whose="housing-bureau", article="art. 21-3",
    )  # fmt: skip
    (message,) = messages([matter], ALL, REGISTRY, MORNING, CALENDAR)
    assert "追责线索 E213" in message.body and "只是线索，不是结论" in message.body


def test_a_channel_carries_its_levels_and_a_variable_stands_once() -> None:
    channels = (
        Channel("housing-bureau", ("A", "B"), frozenset({"unit"})),
        Channel("housing-bureau", ("B", "C"), frozenset({"bureau"})),
        Channel("no-such-unit", ("D",)),
    )
    made = messages(
        told(overdue(), MORNING), Telling(channels), REGISTRY, MORNING, CALENDAR
    )  # fmt: skip
    sent = {name: message.lines[0] for message in made for name in message.urls_from}
    assert sent == {
        "A": "已超期 1 件。",
        "B": "局督办情形 1 件，已超期 1 件。",
        "C": "局督办情形 1 件。",
    }
    assert sum(len(message.urls_from) for message in made) == 3


# --- how much -------------------------------------------------------------------------------


def test_the_most_serious_comes_first_and_the_rest_is_a_number() -> None:
    late = [
        Matter("housing-bureau", f"LZ-20261013-{n:04d}", "unit", "overdue", "reply", MORNING)
        for n in range(1, 33)
    ]
    soon = Matter("housing-bureau", "LZ-20260101-0001", "unit", "due_soon", "sign", MORNING)
    ground = Matter(
        "housing-bureau", "LZ-20261013-0032", "bureau", "bureau", "E191", article="art. 19-1"
    )
    (message,) = messages([soon, *late, ground], ALL, REGISTRY, MORNING, CALENDAR)
    assert message.lines[0] == "局督办情形 1 件，已超期 32 件，即将到期 1 件。"
    assert message.lines[1].startswith("1. LZ-20261013-0032 局督办情形")
    assert [line[:2] for line in message.lines[1:31]] == [f"{n}."[:2] for n in range(1, 31)]
    assert message.lines[31:] == ("另有 3 件", "看经过：hotline show LZ-20261013-0032")
    assert MAX_LINES == 30


@given(st.lists(st.text("甲a ", min_size=1, max_size=60), min_size=1, max_size=40))
def test_parts_hold_every_line_once_and_no_more_than_fits(lines: list[str]) -> None:
    message = Message("housing-bureau", "digest", "k", "题目", tuple(lines))
    parts = message.parts(300)
    assert "\n".join(body for _, body in parts) == message.body
    assert all(len(f"{title}\r\n{body}".encode()) <= 300 for title, body in parts)
    assert message.parts(1 << 20) == [("题目", message.body)]


def test_a_name_from_the_registry_is_inert() -> None:
    units = dict(REGISTRY.units)
    bad = '<at user_id="all"></at> @所有人 [x](http://a)\n{{ x }}'
    units["housing-bureau"] = units["housing-bureau"]._replace(short=bad)
    registry = REGISTRY._replace(units=units)
    for urgency in ("normal", "special"):
        case = overdue(urgency=urgency)
        subject = judge(case, MORNING).subject
        assert subject is not None
        found = matters([view_case(subject, MORNING)], registry, {})
        made = messages(found, ALL, registry, MORNING, CALENDAR)
        text = "\n".join(f"{message.title}\n{message.body}" for message in made)
        assert text and not re.search(r"[<>@\[\]{}]|\n\{", text)


# --- when -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quiet", "now", "expected"),
    [
        (None, "2026-10-23T08:59", True),
        (None, "2026-10-23T09:00", False),
        (None, "2026-10-23T12:00", True),
        (None, "2026-10-23T16:59", False),
        (None, "2026-10-23T17:00", True),
        (None, "2026-10-24T10:00", True),
        (None, "2026-10-01T10:00", True),
        ([("18:00", "08:00")], "2026-10-23T17:59", False),
        ([("18:00", "08:00")], "2026-10-23T18:00", True),
        ([("18:00", "08:00")], "2026-10-23T07:59", True),
        ([("18:00", "08:00")], "2026-10-23T08:00", False),
        ([("18:00", "08:00")], "2026-10-24T10:00", True),
        ([("12:00", "14:00"), ("18:00", "08:00")], "2026-10-23T13:00", True),
    ],
)
def test_when_digests_wait(quiet: Any, now: str, expected: bool) -> None:
    periods = quiet and tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in quiet)
    assert is_quiet(at(now), Telling(quiet=periods), CALENDAR) == expected


YEAR = strict((ROOT / "registry" / "calendar" / "2026.yaml").read_text("utf-8"))
HOURS = strict((ROOT / "registry" / "calendar" / "hours.yaml").read_text("utf-8"))


def is_working_time(moment: datetime) -> bool:
    """Counted from the files alone, not by the calendar of the product."""
    day = moment.date().isoformat()
    exceptions = {row["date"]: row["working"] for row in YEAR.get("exceptions") or ()}
    off = day in {row["date"] for row in YEAR["off"]}
    work = day in {row["date"] for row in YEAR["work"]}
    worked = exceptions.get(day, work or (moment.weekday() < 5 and not off))
    row = max((r for r in HOURS["hours"] if r["from"] <= day), key=lambda r: r["from"])
    clock = f"{moment:%H:%M:%S}"
    return worked and any(p[:5] + ":00" <= clock < p[6:] + ":00" for p in row["periods"])


kinds = {"accountability": "E213", "county": "E203", "bureau": "E192"}


@st.composite
def some_matter(draw: st.DrawFn) -> Matter:
    kind = draw(st.sampled_from(["overdue", "due_soon", *kinds]))
    is_clock = kind not in kinds
    due = at("2026-09-28T12:00") + timedelta(minutes=draw(st.integers(0, 20_000)))
    return Matter(
        draw(st.sampled_from(UNITS[:3])),
        f"LZ-20260928-000{draw(st.integers(1, 4))}",
        "unit" if is_clock else kind,
        kind,
        draw(st.sampled_from(list(CLOCKS))) if is_clock else kinds[kind],
        due if is_clock else None,
        urgency=draw(st.sampled_from(["normal", "normal", "special", "emergency"])),
        article="practice" if is_clock else "art. 19-1",
    )


LINE = re.compile(
    r"(?:[0-9]+\. )?(?:LZ-[0-9]{8}-[0-9]{4} )?"
    r"(?:[\u4e00-\u9fffA-Z0-9，、。；：（） :-]|hotline show LZ)+"
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(some_matter(), max_size=6), min_size=1, max_size=4),
    st.lists(st.integers(0, 14 * 96), min_size=1, max_size=30),
)
def test_over_days_of_runs_nobody_is_told_at_night_or_twice(
    stages: list[list[Matter]], quarters: list[int]
) -> None:
    """Runs a quarter of an hour apart over National Day, with what stands changing between."""
    memory: set[str] = set()
    sent: list[tuple[datetime, Message]] = []
    for number, quarter in enumerate(sorted(quarters)):
        now = at("2026-09-29T00:07") + timedelta(minutes=15 * quarter)
        standing = stages[number * len(stages) // len(quarters)]
        urgent = {(m.unit, m.case, m.key) for m in standing if m.urgency != "normal"}
        for message in messages(standing, ALL, REGISTRY, now, CALENDAR):
            assert message.unit in {matter.unit for matter in standing}
            if message.key not in memory:
                sent.append((now, message))
                memory.add(message.key)
        # What cannot wait was told now or before.
        assert {f"at_once/{unit}/{key}" for unit, _, key in urgent} <= memory
        # What can wait was told by now if it is working time.
        if is_working_time(now):
            calm = {m.unit for m in standing if m.urgency == "normal"}
            assert {f"digest/{unit}/{now:%Y-%m-%d}" for unit in calm} <= memory
    digests = [(now.date(), m.unit) for now, m in sent if m.kind == "digest"]
    assert len(digests) == len(set(digests))
    assert all(is_working_time(now) for now, m in sent if m.kind == "digest")
    assert len({message.key for _, message in sent}) == len(sent)
    for _, message in sent:
        assert all(LINE.fullmatch(line) for line in message.lines), message.lines


def test_what_was_told_at_once_is_not_in_the_digest() -> None:
    calm, urgent = (
        Matter("housing-bureau", case, "unit", "overdue", "reply", MORNING, urgency=urgency)
        for case, urgency in (("LZ-20261013-0001", "normal"), ("LZ-20261013-0002", "special"))
    )
    (alone,) = messages([urgent], ALL, REGISTRY, MORNING, CALENDAR)
    assert alone.kind == "at_once"
    first, second = messages([calm, urgent], ALL, REGISTRY, MORNING, CALENDAR)
    assert (first, second.kind) == (alone, "digest")
    assert "0001" in second.body and "0002" not in second.body


@settings(max_examples=40, deadline=None)
@given(
    st.sets(st.sampled_from(UNITS)),
    st.sampled_from(["normal", "special", "emergency"]),
    st.sampled_from(UNITS),
    st.lists(st.sampled_from(UNITS[:3]), max_size=2, unique=True),
    st.integers(0, 24 * 20),
)
def test_a_unit_complained_of_is_never_told(
    against: set[str], urgency: str, lead: str, support: list[str], hours: int
) -> None:
    case = overdue(urgency=urgency, **({"against": sorted(against)} if against else {}))
    case["events"][1] |= {"lead": lead, "support": [unit for unit in support if unit != lead]}
    now = at("2026-10-13T10:30") + timedelta(hours=hours)
    found = told(case, now)
    assert not {matter.unit for matter in found} & against
    made = messages(found, ALL, REGISTRY, now, CALENDAR)
    assert not {message.unit for message in made} & against


def test_a_correction_takes_nobody_off_the_list() -> None:
    """Whoever was once complained of, or is by a correction, learns nothing."""
    case = overdue(against=["housing-bureau"])
    correction = {
        "type": "corrected", "at": "2026-10-14T10:00:00+08:00", "by": "hotline-center",
        "header": True, "field": "against", "value": ["approval-bureau"], "reason": "记错",
    }  # fmt: skip
    case["events"].append(correction)
    units = {matter.unit for matter in told(case, MORNING)}
    assert units == {"hotline-center"}
