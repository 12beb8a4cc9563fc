"""When orders come: more on working days and in the morning, more in summer and before
Spring Festival; those still open lie where their phase puts them, the rest fill the days."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

from hotline.demo.draw import pick
from hotline.demo.phases import Phase, dealt
from hotline.demo.plan import Plan
from hotline.procedure.calendar import Calendar

OPEN_SHARE = 0.07
A_YEAR = 9_000
"""Of more than a year's orders not more are open."""
_OFF_DAY = 0.3
_SEASON = {1: 1.15, 2: 0.95, 6: 1.05, 7: 1.2, 8: 1.2, 9: 1.05, 12: 1.05}
_WORKING_HOURS = (
    (0, 0.2), (1, 0.1), (2, 0.1), (3, 0.1), (4, 0.1), (5, 0.2), (6, 0.5), (7, 1.2), (8, 3),
    (9, 11), (10, 13), (11, 9), (12, 4), (13, 6), (14, 11), (15, 12), (16, 10), (17, 6),
    (18, 3.5), (19, 3), (20, 2.6), (21, 2), (22, 1.2), (23, 0.6),
)  # fmt: skip
_HOURS = list(accumulate(weight for _, weight in _WORKING_HOURS))


class Arrival(NamedTuple):
    """A dispatch. ``phase`` is how it stands now, None where its story is at its end."""

    at: datetime
    phase: Phase | None = None
    kind: str | None = None


def arrivals(plan: Plan) -> list[Arrival]:
    """Every dispatch, in the order of time."""
    random = Random(f"{plan.seed}/arrivals")
    number_open = round(min(plan.orders, A_YEAR) * OPEN_SHARE)
    still_open = [_open(plan, random, phase) for phase in dealt(number_open)]
    ended = _ended(plan, random, plan.orders - number_open, still_open)
    return sorted([*still_open, *ended], key=lambda arrival: arrival.at)


# --- those still open --------------------------------------------------------------------


def _open(plan: Plan, random: Random, phase: Phase) -> Arrival:
    kind = pick(random, phase.kinds)
    now, calendar = plan.local_now, plan.calendar
    if phase.minutes is not None:
        until = _at_desk(calendar, now) if phase.at_desk else now
        at = until - timedelta(minutes=random.randint(*phase.minutes))
    elif phase.due_in is not None:
        due = _shifted(calendar, _next_close(calendar, now), random.randint(*phase.due_in))
        limit = plan.policy(now.date()).limit("reply", kind).amount
        at = _moment(random, _shifted(calendar, due, -limit), calendar)
    else:
        low, high = phase.days or (1, 1)
        reach = max(round((now.date() - plan.start).days * 5 / 7) - 2, 1)
        back = random.randint(min(low, reach), min(high, reach))
        at = _moment(random, _shifted(calendar, now.date(), -back), calendar)
    latest = now - timedelta(minutes=40)
    if phase.minutes is None and at > latest:
        at = _moment(random, _shifted(calendar, now.date(), -1), calendar)
    first = datetime.combine(plan.start, time(9), calendar.zone)
    return Arrival(max(at, first), phase, kind)


def _at_desk(calendar: Calendar, now: datetime) -> datetime:
    """Now in office hours, else the last close of business."""
    if calendar.opening(now) == now:
        return now
    today = now.date()
    if calendar.day(today).working and now >= calendar.close(today):
        return calendar.close(today)
    return calendar.close(calendar.working_day_before(today))


def _next_close(calendar: Calendar, now: datetime) -> date:
    """The day whose close of business comes next."""
    today = now.date()
    if calendar.day(today).working and now < calendar.close(today):
        return today
    return calendar.nth_working_day_after(today, 1)


def _shifted(calendar: Calendar, day: date, days: int) -> date:
    """``day`` moved by so many working days."""
    if days > 0:
        return calendar.nth_working_day_after(day, days)
    for _ in range(-days):
        day = calendar.working_day_before(day)
    return day


# --- those whose story has ended ---------------------------------------------------------


def _ended(plan: Plan, random: Random, number: int, taken: list[Arrival]) -> Iterator[Arrival]:
    """Fills the days up to what each should hold, the open ones counted. What came in the
    last two working days cannot be at its end."""
    last = _shifted(plan.calendar, plan.local_now.date(), -2)
    days = [plan.start + timedelta(n) for n in range((last - plan.start).days + 1)]
    plain = [_weight(plan.calendar, day) for day in days]
    share = plan.orders / sum(plain)
    there: dict[date, int] = {}
    for arrival in taken:
        there[arrival.at.date()] = there.get(arrival.at.date(), 0) + 1
    weights = [
        max(weight * share - there.get(day, 0), 0.15 * weight * share)
        for day, weight in zip(days, plain, strict=True)
    ]
    total, reached, made = sum(weights), 0.0, 0
    for day, weight in zip(days, weights, strict=True):
        reached += weight
        wanted = round(number * reached / total)
        for _ in range(wanted - made):
            yield Arrival(_moment(random, day, plan.calendar))
        made = wanted


def _weight(calendar: Calendar, day: date) -> float:
    season = _SEASON.get(day.month, 1.0)
    return season * (1.0 if calendar.day(day).working else _OFF_DAY)


def _moment(random: Random, day: date, calendar: Calendar) -> datetime:
    """A moment of ``day``: most calls come in office hours."""
    hour = _WORKING_HOURS[bisect(_HOURS, random.random() * _HOURS[-1])][0]
    return datetime.combine(day, time(hour, int(random.random() * 60)), calendar.zone)
