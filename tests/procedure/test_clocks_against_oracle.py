"""The clocks against a second implementation that shares nothing with the first.

The oracle counts in a cumulative table of working minutes made from ``chinesecalendar``;
the product steps through the schedules in ``registry/calendar``.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from hotline.procedure.clocks import Clock, clocks, status
from hotline.procedure.timeline import timeline
from hotline.reading.cases import case_of
from hotline.reading.registry import Rules
from tests import oracle
from tests.procedure.stories import start, story
from tests.support import rules_with, shipped_rules

OTHER = {"day_count": "same_clock", "reassignment": "from_dispatch", "progress_rhythm": "fixed"}
NO_CITY = "people_daily"


def product(case: dict[str, Any], rules: Rules) -> tuple[Clock, ...]:
    return clocks(timeline(case_of("x", case)), rules.policies[0], rules.calendar)


def rows(found: tuple[Clock, ...], rules: Rules, now: datetime) -> list[tuple[Any, ...]]:
    return sorted(
        (c.name, c.unit or "", c.due_at, str(c.done_at), status(c, now, rules.calendar))
        for c in found
    )


def oracle_rows(
    case: dict[str, Any], switches: dict[str, str], now: datetime
) -> list[tuple[Any, ...]]:
    found = oracle.clocks(case, switches=switches, city_involved=case["channel"] != NO_CITY)
    return sorted(
        (r["name"], r["unit"] or "", r["due_at"], str(r["done_at"]), oracle.status(r, now))
        for r in found
    )


def compare_starts(seed: int, number: int) -> None:
    """Sign, return, first response and reply of orders that only came in."""
    dice = random.Random(seed)
    rules = shipped_rules()
    for _ in range(number):
        case = start(dice)
        now = datetime.fromisoformat(case["dispatched_at"]) + timedelta(hours=dice.randrange(300))
        assert rows(product(case, rules), rules, now) == oracle_rows(case, {}, now), case


def compare_stories(seed: int, number: int, switches: dict[str, str]) -> None:
    """Every clock of whole stories."""
    dice = random.Random(seed)
    rules = rules_with({"policy": switches})
    for _ in range(number):
        case = story(dice)
        events = case["events"]
        last = datetime.fromisoformat(events[-1]["at"] if events else case["dispatched_at"])
        now = last + timedelta(seconds=dice.choice((0, 1, 3600, 90_000, 500_000, 2_000_000)))
        mine, theirs = rows(product(case, rules), rules, now), oracle_rows(case, switches, now)
        assert mine == theirs, case


def test_starts_agree() -> None:
    compare_starts(1, 4_000)


@pytest.mark.parametrize("switches", [{}, OTHER], ids=["default", "other"])
def test_stories_agree(switches: dict[str, str]) -> None:
    compare_stories(2, 1_500, switches)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 110))
def test_a_hundred_thousand_starts_agree(seed: int) -> None:
    compare_starts(seed, 11_000)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200, 206))
def test_many_stories_agree(seed: int) -> None:
    compare_stories(seed, 5_000, {} if seed % 2 else OTHER)
