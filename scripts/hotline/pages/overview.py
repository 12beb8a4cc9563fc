"""The first page: what is open, what burns, what falls due today, how the week went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

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
    overdue = sum(duty.clock.status == "overdue" for duty in burning)
    today = sorted(_today(open_, site), key=lambda d: (d.clock.due_at, d.row.id))
    missed = sum(
        clock.status == "overdue" and clock.due_at.date() == site.today and not clock.is_right
        for row in open_
        for clock in row.clocks
    )
    bars = trend(site)
    kind = site.calendar.day(site.today)
    return Overview(
        tuple(_figures(open_, today, missed)), tuple(burning[:BURNING]), max(overdue - BURNING, 0),
        tuple(today), missed, bars, sum(b.came for b in bars), sum(b.answered for b in bars),
        "" if kind.working else kind.reason or "休息日",
    )  # fmt: skip


def _figures(open_: Sequence[Row], today: Sequence[Duty], missed: int) -> Iterator[Figure]:
    waiting = sum(row.lead is None for row in open_)
    interim = sum(row.state == "interim" for row in open_)
    yield Figure(
        len(open_), "办理中",
        _list(f"待交办 {waiting}" if waiting else "", f"临时办结 {interim}" if interim else ""),
        "state=open", "ink",
    )  # fmt: skip
    overdue = [row for row in open_ if row.worst == "overdue"]
    kinds = {name: sum(_has(row, name, "overdue") for row in overdue) for name in CLOCKS}
    top = sorted((n for n in kinds if kinds[n]), key=lambda n: -kinds[n])[:3]
    detail = _list(*(f"{CLOCKS[name]} {kinds[name]}" for name in top))
    yield Figure(len(overdue), "已超期", detail, "status=overdue", "overdue")
    cases = {duty.row.id for duty in today}
    units = {duty.clock.unit for duty in today}
    detail = f"涉及 {len(units)} 个单位" if today else "今天没有还要到期的时限"
    if missed:
        detail = f"另有 {missed} 个今天到期的已超期"
    yield Figure(len(cases), "今日到期", detail, "status=today", "soon")
    special = [row for row in open_ if row.is_special]
    emergency = sum(row.urgency == "emergency" for row in special)
    detail = f"其中特殊紧急 {emergency} 件" if emergency else ""
    yield Figure(
        len(special), "特殊事项", detail, "state=open&urgency=special,emergency", "special"
    )


def _list(*parts: str) -> str:
    return "，".join(filter(None, parts))


def _has(row: Row, name: str, status: str) -> bool:
    return any(c.name == name and c.status == status for c in row.clocks)


def _burning(open_: Sequence[Row]) -> Iterator[Duty]:
    """Each order that is overdue or close to it, with the duty that stands out."""
    for row in open_:
        clock = row.burning
        if clock is not None and clock.status in _HOT:
            hot = (c for c in row.clocks if c.status in _HOT and not c.is_right)
            yield Duty(row, clock, tuple(other for other in hot if other is not clock))


def _rank(duty: Duty) -> tuple[object, ...]:
    """Overdue first; special matters before others; then by the due moment."""
    return (
        duty.clock.status != "overdue", _URGENT_FIRST[duty.row.urgency], duty.clock.due_at, duty.row.id,
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
