"""The first page: what is open, what burns, what falls due today, how the week went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hotline.pages.models import ClockRow, Row, Site
from hotline.procedure.clocks import CLOCKS

BURNING = 12
TREND_DAYS = 10
_HOT = ("overdue", "due_soon")
_URGENT_FIRST = {"emergency": 0, "special": 1, "normal": 2}


@dataclass(frozen=True, slots=True)
class Figure:
    """A big number, what it counts, and where to see what it counts."""

    number: int
    title: str
    detail: str
    query: str
    tone: str


@dataclass(frozen=True, slots=True)
class Duty:
    """One order with the duty that stands out, and the others that burn."""

    row: Row
    clock: ClockRow
    others: tuple[ClockRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A day of the trend: orders in and answered, with their heights of 100."""

    day: date
    came: int
    answered: int
    is_today: bool
    came_height: int = 0
    answered_height: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    figures: tuple[Figure, ...]
    burning: tuple[Duty, ...]
    burning_left: int
    """Overdue orders that the list leaves out."""
    practice_left: int
    """Of them, those where no limit of the measure is overdue."""
    fresh: int
    """Overdue orders that became so since the working day before."""
    today: tuple[Duty, ...]
    missed_today: int
    """Duties that fell due today and are overdue: they stand in the other list."""
    bars: tuple[Bar, ...]
    came: int
    answered: int
    day_off: str
    """Why today is no working day, '' where it is one."""


def overview(site: Site) -> Overview:
    open_ = [row for row in site.rows if row.is_open]
    burning = sorted(_burning(open_), key=_rank)
    practice = sum(
        duty.clock.status == "overdue" and duty.clock.article == "practice"
        for duty in burning[BURNING:]
    )
    overdue, shown = (
        sum(duty.row.worst == "overdue" for duty in some) for some in (burning, burning[:BURNING])
    )
    since = site.calendar.working_day_before(site.today)
    fresh = sum(d.clock.status == "overdue" and d.clock.due_at.date() >= since for d in burning)
    today = sorted(_today(open_, site), key=lambda d: (d.clock.due_at, d.row.id))
    missed = sum(
        clock.status == "overdue" and clock.due_at.date() == site.today and not clock.is_right
        for row in open_
        for clock in row.clocks
    )
    bars = trend(site)
    kind = site.calendar.day(site.today)
    return Overview(
        tuple(_figures(open_, today, missed, site.today)), tuple(burning[:BURNING]), overdue - shown, practice, fresh,
        tuple(today), missed, bars, sum(b.came for b in bars), sum(b.answered for b in bars),
        "" if kind.working else kind.reason or "休息日",
    )  # fmt: skip


def _figures(
    open_: Sequence[Row], today: Sequence[Duty], missed: int, day: date
) -> Iterator[Figure]:
    states = Counter(row.state for row in open_)
    waiting = (("new", "待受理"), ("accepted", "待交办"), ("interim", "临时办结"))
    detail = _list(*(f"{words} {states[name]}" for name, words in waiting if states[name]))
    yield Figure(len(open_), "未办结", detail, "state=open", "ink")
    overdue = [row for row in open_ if row.worst == "overdue"]
    kinds = Counter(row.burning.name for row in overdue if row.burning)
    detail = _list(*(f"{CLOCKS[name]} {count}" for name, count in kinds.most_common()))
    yield Figure(len(overdue), "已超期", detail, "status=overdue", "overdue")
    cases = {duty.row.id for duty in today}
    units = {duty.clock.unit for duty in today}
    detail = f"{len(today)} 个时限，{len(units)} 个单位" if today else "今天没有还要到期的时限"
    if missed:
        detail = f"另有 {missed} 个今天到期的已超期"
    yield Figure(len(cases), "今日到期", detail, "status=today", "soon")
    special = [row for row in open_ if row.is_special]
    emergency = sum(row.urgency == "emergency" for row in special)
    next_ = min((c.due_at for row in special for c in row.clocks if _is_to_come(c)), default=None)
    detail = _list(
        f"其中特殊紧急 {emergency} 件" if emergency else "",
        f"最早 {_shown(next_, day)} 到期" if next_ else "",
    )
    yield Figure(
        len(special), "特殊事项", detail, "state=open&urgency=special,emergency", "special"
    )


def _list(*parts: str) -> str:
    return "，".join(filter(None, parts))


def _is_to_come(clock: ClockRow) -> bool:
    return clock.counts and clock.status != "overdue" and not clock.is_right


def _shown(moment: datetime, day: date) -> str:
    date_ = "今天" if moment.date() == day else f"{moment.month}月{moment.day}日"
    return f"{date_} {moment:%H:%M}"


def _burning(open_: Sequence[Row]) -> Iterator[Duty]:
    """Each order that is overdue or close to it, with the duty that stands out; a special matter
    whose first response is awaited is close to it from the first minute (art. 7-4)."""
    for row in open_:
        first = next((c for c in row.clocks if c.name == "first_response" and c.counts), None)
        clock = first or row.burning
        if clock is not None and (first or clock.status in _HOT):
            hot = (c for c in row.clocks if c.status in _HOT and not c.is_right)
            yield Duty(row, clock, tuple(other for other in hot if other is not clock))


def _rank(duty: Duty) -> tuple[object, ...]:
    """An awaited first response before all; then what is overdue; special matters before others,
    what the measure limits before practice; then by the due moment."""
    clock = duty.clock
    return (
        clock.name != "first_response", clock.status != "overdue",
        _URGENT_FIRST[duty.row.urgency], clock.article == "practice", clock.due_at, duty.row.id,
    )  # fmt: skip


def _today(open_: Sequence[Row], site: Site) -> Iterator[Duty]:
    """What still falls due today; what is overdue stands in the other list."""
    for row in open_:
        for clock in row.due_on(site.today):
            yield Duty(row, clock)


def trend(site: Site) -> tuple[Bar, ...]:
    """Orders in and answered on each of the last working days. What comes on a day off
    counts with the next day shown; today is shown even if it is a day off."""
    last = site.calendar.working_day_before(site.today + timedelta(days=1))
    days = [last]
    while len(days) < TREND_DAYS:
        days.append(site.calendar.working_day_before(days[-1]))
    days.reverse()
    if last != site.today:
        days.append(site.today)
    before = site.calendar.working_day_before(days[0])
    came = dict.fromkeys(days, 0)
    answered = dict.fromkeys(days, 0)
    for day, matters in site.tally.matters.items():
        _count(came, days, before, date.fromisoformat(day), sum(matters.values()))
    for day, count in site.tally.answered.items():
        _count(answered, days, before, date.fromisoformat(day), count)
    top = max([*came.values(), *answered.values(), 1])
    return tuple(
        Bar(
            day, came[day], answered[day], day == site.today,
            round(came[day] * 100 / top), round(answered[day] * 100 / top),
        )
        for day in days
    )  # fmt: skip


def _count(
    into: dict[date, int], days: Sequence[date], before: date, day: date, count: int
) -> None:
    if before < day <= days[-1]:
        into[next(each for each in days if day <= each)] += count
