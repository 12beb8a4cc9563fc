"""What was found at one moment holds between two: never longer than it does."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.values.watched import Watched

ZONE = timezone(timedelta(hours=8))
NOON = datetime(2026, 10, 13, 12, tzinfo=ZONE)
moments = st.integers(-50, 50).map(lambda hours: NOON + timedelta(hours=hours))


@given(now=moments, later=moments, others=st.lists(st.tuples(moments, st.integers(0, 5))))
def test_as_long_as_it_holds_every_comparison_comes_out_the_same(
    now: datetime, later: datetime, others: list[tuple[datetime, int]]
) -> None:
    watched = Watched.at(now)
    before = [compared(watched, other, how) for other, how in others]
    holds = (
        not watched.is_spent
        and (watched.since is None or watched.since < later)
        and (watched.until is None or later < watched.until)
    )
    if holds:
        assert [compared(later, other, how) for other, how in others] == before
    assert before == [compared(now, other, how) for other, how in others]


def compared(now: datetime, other: datetime, how: int) -> bool:
    return [now < other, now <= other, now > other, other > now, now == other, max(now, other) is now][how]  # fmt: skip


USES: list[Any] = [
    lambda now: now - NOON, lambda now: NOON - now, lambda now: now + timedelta(1), lambda now: now.date(),
    lambda now: now.year, lambda now: now.hour, lambda now: now.isoformat(), lambda now: f"{now:%Y}",
    lambda now: str(now), lambda now: now.astimezone(ZONE), lambda now: now.timestamp(),
    lambda now: now.replace(hour=1), lambda now: hash(now), lambda now: now.weekday(), lambda now: now == 1,
    lambda now: now.tzinfo, lambda now: now.strftime("%Y"), lambda now: now.utctimetuple(),
]  # fmt: skip


@pytest.mark.parametrize("use", USES)
def test_whatever_else_is_done_with_it_spends_it(use: Any) -> None:
    now = Watched.at(NOON)
    assert use(now) == use(NOON)
    assert now.is_spent


def test_what_is_made_of_it_is_a_plain_moment() -> None:
    made = Watched.at(NOON) + timedelta(hours=1)
    assert type(made) is datetime and made == NOON + timedelta(hours=1)


def test_a_moment_can_begin_anew() -> None:
    now = Watched.at(NOON)
    assert now > NOON - timedelta(1) and now.year
    now.forget()
    assert (now.since, now.until, now.is_spent) == (None, None, False)
