"""Working days and working hours, from the schedules in the repository.

A day's nature comes from the county's exceptions, then the State Council's schedule,
then the plain week. A year without a schedule is *provisional*: plain weekends and
the statutory days, marked so wherever it is used.

Working periods are half-open: 12:00 and 17:00 lie outside as a start, and what falls
due at a period's end stays there.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from hotline.values.times import CHINA

_KEPT = 4096
"""So many answers of a kind are kept: orders of some years ask for no more."""


class Day(NamedTuple):
    """Whether a day is worked, why (Chinese), and by which notice."""

    working: bool
    reason: str = ""
    notice: str = ""
    provisional: bool = False


class Year(NamedTuple):
    """The published schedule of one year and the county's exceptions to it."""

    year: int
    notice: str
    off: Mapping[date, str]
    work: Mapping[date, str]
    exceptions: Mapping[date, tuple[bool, str]] = MappingProxyType({})
    cutoffs: tuple[datetime, ...] = ()
    """When satisfaction is measured (测算满意率, art. 10)."""


Period = tuple[time, time]


@lru_cache(maxsize=1)
def statutory_days() -> Mapping[date, str]:
    """The holidays that the law itself fixes, for years whose schedule is not published."""
    import json
    from importlib.resources import files

    text = files("hotline.procedure").joinpath("statutory_days.json").read_text("utf-8")
    return {
        date.fromisoformat(day): name
        for days in json.loads(text).values()
        for day, name in days.items()
    }


class Calendar:
    """The county's working time. Immutable; days are worked out once and kept."""

    def __init__(
        self,
        zone: tzinfo,
        hours: tuple[tuple[date, tuple[Period, ...]], ...],
        years: Mapping[int, Year],
    ) -> None:
        self.zone = CHINA if zone == CHINA else zone
        self.hours = tuple(sorted(hours))
        self.years = dict(years)
        self.cutoffs = tuple(sorted(c for year in years.values() for c in year.cutoffs))
        self._days: dict[date, Day] = {}
        self._from = self._until = date.min
        self._worked: list[int] = []
        self._nth: dict[tuple[date, int], date] = {}
        self._before: dict[date, date] = {}
        self._hours_of: dict[date, tuple[datetime, int]] = {}
        self._spans_of: dict[date, tuple[tuple[datetime, datetime], ...]] = {}

    # --- days ---------------------------------------------------------------------------

    def day(self, day: date) -> Day:
        """What kind of day ``day`` is."""
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = self._judge(day)
        return known

    def _judge(self, day: date) -> Day:
        year = self.years.get(day.year)
        weekend = day.weekday() >= 5
        if year is None:
            name = statutory_days().get(day)
            if name or weekend:
                return Day(False, name or "周末", provisional=True)
            return Day(True, provisional=True)
        if day in year.exceptions:
            working, reason = year.exceptions[day]
            return Day(working, reason, "县级例外")
        if day in year.work:
            return Day(True, year.work[day], year.notice)
        if day in year.off:
            return Day(False, year.off[day], year.notice)
        return Day(not weekend, "周末" if weekend else "")

    def is_provisional(self, day: date, other: date | None = None) -> bool:
        """Whether a computation between these days leans on an unpublished schedule."""
        first = day.year
        last = first if other is None else other.year
        if first == last:
            return first not in self.years
        years = range(min(first, last), max(first, last) + 1)
        return any(year not in self.years for year in years)

    def _reach(self, day: date) -> None:
        """Extends the table of working days to the end of the year of ``day``."""
        target = date(min(day.year + 1, 9999), 1, 1)
        while self._until < target:
            if self.day(self._until).working:
                self._worked.append(self._until.toordinal())
            self._until += timedelta(days=1)

    def _reach_back(self, day: date) -> None:
        """Extends the table to the year of ``day``; years without a schedule are provisional."""
        if not self._worked:
            self._from = self._until = date(day.year, 1, 1)  # it begins where somebody asks
        while day < self._from:
            first = date(self._from.year - 1, 1, 1)
            days = (date.fromordinal(n) for n in range(first.toordinal(), self._from.toordinal()))
            self._worked[:0] = [d.toordinal() for d in days if self.day(d).working]
            self._from = first

    def nth_working_day_after(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day``; ``day`` itself does not count (CC 201)."""
        known = self._nth.get((day, n))
        if known is None:
            if len(self._nth) >= _KEPT:
                self._nth.clear()
            known = self._nth[day, n] = self._count(day, n)
        return known

    def _count(self, day: date, n: int) -> date:
        self._reach_back(day)
        reach = day + timedelta(days=n * 2 + 30)
        self._reach(reach)
        place = bisect_right(self._worked, day.toordinal()) + n - 1
        while place >= len(self._worked):
            reach += timedelta(days=366)
            self._reach(reach)
        return date.fromordinal(self._worked[place])

    def working_day_before(self, day: date) -> date:
        """The last working day before ``day``."""
        known = self._before.get(day)
        if known is None:
            if len(self._before) >= _KEPT:
                self._before.clear()
            known = self._before[day] = self._last_before(day)
        return known

    def _last_before(self, day: date) -> date:
        self._reach_back(day - timedelta(days=31))
        self._reach(day)
        place = bisect_left(self._worked, day.toordinal()) - 1
        if place < 0:
            return day - timedelta(days=1)
        return date.fromordinal(self._worked[place])

    def working_days_between(self, day: date, last: date) -> int:
        """How many working days lie after ``day``, up to and with ``last``."""
        self._reach_back(day)
        self._reach(last)
        first = bisect_right(self._worked, day.toordinal())
        return max(bisect_right(self._worked, last.toordinal()) - first, 0)

    def working_day_from(self, day: date) -> date:
        """``day`` itself, or the next working day where it is a day off (CC 203)."""
        return self.nth_working_day_after(day - timedelta(days=1), 1)

    def last_working_day_of_month(self, day: date) -> date:
        after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        return self.working_day_before(after)

    # --- hours --------------------------------------------------------------------------

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def periods(self, day: date) -> tuple[Period, ...]:
        """The working periods of a working day, by the hours then in force."""
        place = bisect_right(self.hours, day, key=lambda row: row[0]) - 1
        return self.hours[max(place, 0)][1]

    def close(self, day: date) -> datetime:
        """Close of business of ``day``."""
        return self._full(day)[0]

    def minutes_of(self, day: date) -> int:
        """Working minutes of a full working day by the hours then in force."""
        return self._full(day)[1]

    def _full(self, day: date) -> tuple[datetime, int]:
        """(close of business, working minutes) of a full working day."""
        known = self._hours_of.get(day)
        if known is None:
            if len(self._hours_of) >= _KEPT:
                self._hours_of.clear()
            periods = self.periods(day)
            minutes = sum(
                (end.hour - begin.hour) * 60 + end.minute - begin.minute for begin, end in periods
            )
            close = datetime.combine(day, periods[-1][1], self.zone)
            known = self._hours_of[day] = (close, minutes)
        return known

    def spans(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working periods from ``since`` on; the first may be the rest of one."""
        since = self.local(since)
        day = since.date()
        for opens, closes in self._spans(day):
            if closes > since:
                yield (opens if opens > since else since), closes
        while day.year < 9000:
            day += timedelta(days=1)
            yield from self._spans(day)

    def _spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The working periods of a day as moments; none of a day off."""
        known = self._spans_of.get(day)
        if known is None:
            if len(self._spans_of) >= _KEPT:
                self._spans_of.clear()
            periods = self.periods(day) if self.day(day).working else ()
            known = self._spans_of[day] = tuple(
                (datetime.combine(day, begin, self.zone), datetime.combine(day, end, self.zone))
                for begin, end in periods
            )
        return known

    def after_working_hours(self, start: datetime, hours: float) -> datetime:
        """The moment ``hours`` working hours after ``start``."""
        left = timedelta(hours=hours)
        for opens, closes in self.spans(start):
            length = closes - opens
            if length >= left:
                return opens + left
            left -= length
        raise ValueError("the calendar ends")

    def opening(self, moment: datetime) -> datetime:
        """``moment`` itself inside working time, else the next opening."""
        return next(self.spans(moment))[0]

    def working_time(self, start: datetime, end: datetime, at_most: timedelta) -> timedelta:
        """Working time from ``start`` to ``end``; counting stops at ``at_most``."""
        total = timedelta()
        if end <= start:
            return total
        for opens, closes in self.spans(start):
            if opens >= end:
                break
            total += min(closes, end) - opens
            if total >= at_most:
                return at_most
        return total
