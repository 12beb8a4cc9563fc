"""The clocks of an order drawn to scale: one axis, one strip for each clock.

Whoever counts a limit asks three things: when did it begin, which days lay between that do
not count, when is it over. The strips answer them without a script. Places are percentages of
the width, so that a phone shows the same drawing as a wide screen, and text keeps its size.
Every strip is also told in words, for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from markupsafe import Markup

from hotline.procedure.calendar import Calendar
from hotline.procedure.clocks import STATUSES, Clock
from hotline.views.case_view import ClockView

MARGIN = 1.5
"""Per cent left free at both ends, so that a mark at an end is whole."""
TICKS = 9
"""At most so many dates stand on the axis; a phone shows every second one."""
BY_THE_HOUR = timedelta(days=4)
"""A shorter drawing shades nights and noons too; a longer one days off only."""
_STEPS = (1, 2, 3, 6, 12, 24, 48, 24 * 7, 24 * 14, 24 * 28, 24 * 91, 24 * 364)


class Stretch(NamedTuple):
    """From a place on the axis as far as a width, both in per cent."""

    x: float
    width: float

    @property
    def end(self) -> float:
        return round(self.x + self.width, 1)


class Tick(NamedTuple):
    x: float
    text: str
    anchor: str
    """``start``, ``middle`` or ``end``: which way the text may go."""
    spare: bool
    """May be left out where there is little room."""


class Strip(NamedTuple):
    """One clock. ``spent`` is what has run of the limit, ``over`` what ran beyond it."""

    start: float
    due: float | None
    """None where it lies beyond the drawing: a clock that was never to be waited for."""
    limit: Stretch
    spent: Stretch | None
    over: Stretch | None
    lapses: tuple[Stretch, ...]
    done: float | None
    is_late: bool
    """Done, and after the due moment."""
    is_wall: bool
    """Counts day and night, so that no time off is shaded."""
    words: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What all strips share, and the strips in the order of the clocks."""

    off: tuple[Stretch, ...]
    ticks: tuple[Tick, ...]
    now: float | None
    is_by_the_hour: bool
    strips: tuple[Strip, ...]


def drawing(clocks: Sequence[ClockView], calendar: Calendar, now: datetime) -> Drawing | None:
    """The clocks of an order as they stand at ``now``; None where it has none."""
    if not clocks:
        return None
    scale = _scale(clocks, calendar, now)
    by_the_hour = scale.length <= BY_THE_HOUR
    shown = _shows_now(clocks) and scale.since <= now <= scale.until
    return Drawing(
        tuple(_off(scale, calendar, by_the_hour)), tuple(_ticks(scale)),
        scale.at(now) if shown else None, by_the_hour,
        tuple(_strip(each, scale, calendar, now) for each in clocks),
    )  # fmt: skip


class _Scale(NamedTuple):
    since: datetime
    until: datetime
    length: timedelta

    def at(self, moment: datetime) -> float:
        """A moment's place; what lies outside stands at the edge."""
        part = (moment - self.since) / self.length
        return round(MARGIN + (100 - 2 * MARGIN) * min(max(part, 0.0), 1.0), 1)

    def stretch(self, since: datetime, until: datetime) -> Stretch:
        x = self.at(since)
        return Stretch(x, round(max(self.at(until) - x, 0.0), 1))


def _scale(clocks: Sequence[ClockView], calendar: Calendar, now: datetime) -> _Scale:
    """From the first start to the last moment that anybody waits for, or waited for."""
    since = min(each.clock.started_at for each in clocks)
    ends = [moment for each in clocks for moment in _ends(each)]
    if _shows_now(clocks):
        ends.append(now)
    until = max(ends, default=since)
    length = max(until - since, timedelta(hours=1))
    return _Scale(calendar.local(since), calendar.local(since + length), length)


def _ends(each: ClockView) -> Iterator[datetime]:
    clock = each.clock
    if clock.done_at is not None:
        yield clock.done_at
    if each.counts or (not clock.is_void and not clock.is_right):
        yield clock.due_at
    for lapse in clock.lapses:
        yield lapse.until


def _shows_now(clocks: Sequence[ClockView]) -> bool:
    return any(each.counts for each in clocks)


def _strip(each: ClockView, scale: _Scale, calendar: Calendar, now: datetime) -> Strip:
    clock = each.clock
    ran_until = clock.done_at or (now if each.counts else clock.started_at)
    late = each.status in ("overdue", "late")
    spent = scale.stretch(clock.started_at, min(ran_until, clock.due_at))
    return Strip(
        start=scale.at(clock.started_at),
        due=scale.at(clock.due_at) if clock.due_at <= scale.until else None,
        limit=scale.stretch(clock.started_at, clock.due_at),
        spent=spent if spent.width and not clock.is_right else None,
        over=scale.stretch(clock.due_at, ran_until) if late and ran_until > clock.due_at else None,
        lapses=tuple(scale.stretch(lapse.since, lapse.until) for lapse in clock.lapses),
        done=scale.at(clock.done_at) if clock.done_at is not None else None,
        is_late=each.status == "late",
        is_wall=clock.due.wall,
        words=_words(each, calendar),
    )


def _words(each: ClockView, calendar: Calendar) -> str:
    clock = each.clock
    told = [f"{_moment(clock.started_at)} 起算", f"{_moment(clock.due_at)} 到期"]
    off = 0 if clock.due.wall else _days_off(clock, calendar)
    if off:
        told.append(f"其间休息日 {off} 天")
    if clock.done_at is not None:
        told.append(f"{_moment(calendar.local(clock.done_at))} 完成")
    return "，".join([*told, STATUSES[each.status]])


def _days_off(clock: Clock, calendar: Calendar) -> int:
    """The days after the start, up to the due day, that are not worked."""
    first, last = clock.started_at.date(), clock.due_at.date()
    return (last - first).days - calendar.working_days_between(first, last) if first < last else 0


# --- the axis ---------------------------------------------------------------------------


def _off(scale: _Scale, calendar: Calendar, by_the_hour: bool) -> Iterator[Stretch]:
    """What is not worked, neighbours as one."""
    begun: datetime | None = None
    for opens, closes in _worked(scale, calendar, by_the_hour):
        begun = begun or scale.since
        if opens > begun:
            yield scale.stretch(begun, opens)
        begun = closes
    begun = begun or scale.since
    if begun < scale.until:
        yield scale.stretch(begun, scale.until)


def _worked(
    scale: _Scale, calendar: Calendar, by_the_hour: bool
) -> Iterator[tuple[datetime, datetime]]:
    """Working periods, or whole working days, that touch the axis."""
    day = scale.since.date()
    while day <= scale.until.date():
        if calendar.day(day).working:
            hours = calendar.periods(day) if by_the_hour else ((time.min, None),)
            for opens, closes in hours:
                since = _on(day, opens, calendar)
                until = _on(day, closes, calendar) if closes else _on(day, time.min, calendar, 1)
                if until > scale.since and since < scale.until:
                    yield max(since, scale.since), min(until, scale.until)
        day += timedelta(days=1)


def _on(day: date, at: time, calendar: Calendar, later: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=later), at, calendar.zone)


def _ticks(scale: _Scale) -> Iterator[Tick]:
    """Dates, or hours where the drawing is short; weeks begin on Monday."""
    hours = next((h for h in _STEPS if scale.length / timedelta(hours=h) <= TICKS), _STEPS[-1])
    step = timedelta(hours=hours)
    moment = datetime.combine(scale.since.date(), time.min, scale.since.tzinfo)
    if hours >= 24 * 7:
        moment -= timedelta(days=moment.weekday())
    number = 0
    while moment <= scale.until:
        if moment >= scale.since:
            x = scale.at(moment)
            anchor = "start" if x < 6 else "end" if x > 94 else "middle"
            spare = moment.hour % (2 * hours) != 0 if hours < 24 else number % 2 == 1
            words = _tick_words(moment, hours)
            if ":" in words and not number:  # the first hour says of which day it is
                words, anchor = f"{moment.month}/{moment.day} {words}", "start"
            yield Tick(x, words, anchor, spare)
            number += 1
        moment += step


def _tick_words(moment: datetime, hours: int) -> str:
    if hours < 24 and moment.time() != time.min:
        return f"{moment:%H:%M}"
    return f"{moment.month}/{moment.day}"


def _moment(moment: datetime) -> str:
    return f"{moment.month}月{moment.day}日 {moment.hour:02}:{moment.minute:02}"


# --- as a picture -----------------------------------------------------------------------
#
# Made here and not by a template: a strip is twenty numbers, and there are ten thousand orders.
# No text of a person comes into it.


def axis_svg(drawn: Drawing) -> Markup:
    """The dates, with what is not worked for the strips to use."""
    off = "".join(f'<rect x="{s.x}%" width="{s.width}%" height="100%"/>' for s in drawn.off)
    ticks = "".join(
        f'<g class="is-spare">{_tick_svg(tick)}</g>' if tick.spare else _tick_svg(tick)
        for tick in drawn.ticks
    )
    return Markup(
        f'<svg class="hl-axis" height="26" aria-hidden="true"><defs><g id="hl-off">{off}</g></defs>'
        f"{ticks}</svg>"
    )


def _tick_svg(tick: Tick) -> str:
    return (
        f'<line x1="{tick.x}%" x2="{tick.x}%" y1="21" y2="26"/>'
        f'<text x="{tick.x}%" y="17" text-anchor="{tick.anchor}">{tick.text}</text>'
    )


def strip_svg(drawn: Drawing, strip: Strip, title: str) -> Markup:
    """One clock; ``title`` is its name."""
    parts = [f'<svg class="hl-strip" height="18" role="img" aria-label="{title}：{strip.words}">']
    if not strip.is_wall:
        parts.append('<use href="#hl-off"/>')
    parts.append(_bar("limit", strip.limit))
    if strip.spent:
        parts.append(_bar("spent", strip.spent))
    parts += [_bar("over", lapse) for lapse in strip.lapses]
    if strip.over:
        parts.append(_bar("over", strip.over))
    parts.append(_mark("start", strip.start, 5, 13))
    if strip.due is not None:
        parts.append(_mark("due", strip.due, 2, 16))
    if drawn.now is not None:
        parts.append(_mark("now", drawn.now, 0, 18))
    if strip.done is not None:
        shape = '<path d="M-5-4H5L0 5z"/>' if strip.is_late else '<circle r="4.5"/>'
        parts.append(f'<svg class="hl-strip__done" x="{strip.done}%" y="9">{shape}</svg>')
    return Markup("".join([*parts, "</svg>"]))


def _bar(name: str, part: Stretch) -> str:
    return f'<line class="hl-strip__{name}" x1="{part.x}%" x2="{part.end}%" y1="9" y2="9"/>'


def _mark(name: str, x: float, top: int, bottom: int) -> str:
    return f'<line class="hl-strip__{name}" x1="{x}%" x2="{x}%" y1="{top}" y2="{bottom}"/>'
