"""From a limit and a start to a due moment, with the reasons.

Pure arithmetic: values in, values out. A :class:`Due` keeps what it was computed
from, so that its derivation can be told when somebody asks, and costs nothing before.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from hotline.procedure.calendar import Calendar
from hotline.procedure.policy import Limit

NEXT_DAY_CLOSE = "next_day_close"
SAME_CLOCK = "same_clock"


class Due(NamedTuple):
    """A due moment. ``own_minutes`` is its length in its own time: working minutes, or
    wall-clock minutes where ``wall``."""

    at: datetime
    start: datetime
    rule: str
    """Chinese: by what the moment was found."""
    own_minutes: float
    wall: bool = False
    counted_from: date | None = None
    """The day that does not count; the days after it do. None where days are not counted."""
    days: int = 0
    is_working_hours: bool = False
    is_fixed: bool = False
    """Whether somebody named the day, or it follows from another due moment: then no days were
    counted from the start."""


def after_limit(
    limit: Limit, start: datetime, calendar: Calendar, *, day_count: str = NEXT_DAY_CLOSE,
    more_days: int = 0,
) -> Due:  # fmt: skip
    """The due moment of ``limit`` from ``start``.

    Working days: the day of the start does not count, the last ends at close of
    business (CC 201, 203); with ``same_clock`` it ends at the start's time of day, and a
    start outside hours counts from the next opening. ``more_days`` are granted
    extensions, counted on from the original due day.
    """
    start = calendar.local(start)
    if limit.unit == "hours":
        at = calendar.local(start + timedelta(hours=limit.amount))
        return Due(at, start, _rule(limit, 0, day_count), limit.amount * 60, wall=True)
    if limit.unit == "working_hours":
        at = calendar.after_working_hours(start, limit.amount)
        rule = _rule(limit, 0, day_count)
        return Due(at, start, rule, limit.amount * 60, is_working_hours=True)
    days = limit.amount + more_days
    begin = calendar.opening(start) if day_count == SAME_CLOCK else start
    day = begin.date()
    last = calendar.nth_working_day_after(day, days)
    if day_count == SAME_CLOCK:
        at = datetime.combine(last, begin.time(), calendar.zone)
    else:
        at = calendar.close(last)
    rule = _rule(limit, more_days, day_count)
    minutes = days * calendar.minutes_of(last)
    return Due(at, start, rule, minutes, counted_from=day, days=days)


@lru_cache(maxsize=256)
def _rule(limit: Limit, more_days: int, day_count: str) -> str:
    """How a limit is counted, in Chinese."""
    if limit.unit == "hours":
        return f"{limit.text}，昼夜连续计算"
    if limit.unit == "working_hours":
        return f"{limit.text}，只计工作时段"
    text = limit.text + (f"，延长{more_days}个工作日" if more_days else "")
    if day_count == SAME_CLOCK:
        return f"{text}，到期日同一时刻"
    return f"{text}，起算当日不计，末日下班时到期"


def until_day(day: date, start: datetime, calendar: Calendar, rule: str) -> Due:
    """Close of business of ``day``; a day off moves to the next working day (CC 203)."""
    last = calendar.working_day_from(day)
    moved = "" if last == day else "（当日不上班，顺延至下一工作日）"
    due = until(calendar.close(last), start, calendar, f"{rule}{moved}")
    first = due.start.date()
    days = calendar.working_days_between(first, last)
    return due._replace(counted_from=first, days=days, is_fixed=True)


def until(moment: datetime, start: datetime, calendar: Calendar, rule: str) -> Due:
    """A moment fixed by somebody; its own length is the working time up to it."""
    start, moment = calendar.local(start), calendar.local(moment)
    # Only "half of it, at most a working day" is ever asked, so two days are enough.
    cap = timedelta(minutes=2 * calendar.minutes_of(moment.date()))
    length = calendar.working_time(start, moment, cap)
    return Due(moment, start, rule, length.total_seconds() / 60)


def one_day_before(due: Due, calendar: Calendar, *, day_count: str) -> Due:
    """A support unit's due moment: one working day before the reply's (practice).

    Where the reply itself has one day, or the day before does not lie after the start, it
    is the reply's own: nobody is overdue at birth.
    """
    last = calendar.working_day_before(due.at.date())
    same_clock = day_count == SAME_CLOCK and due.days
    at = (
        datetime.combine(last, due.at.time(), calendar.zone) if same_clock else calendar.close(last)
    )
    if due.days == 1 or at <= due.start:
        return due
    days = max(due.days - 1, 1)
    return Due(
        at, due.start, "答复期限前1个工作日", days * calendar.minutes_of(last),
        counted_from=due.counted_from, days=days, is_fixed=True,
    )  # fmt: skip
