"""Working time as one cumulative table, 2023-2026, read in both directions by bisection.

The table lists each opening and each closing with the working time accumulated until then. Between
an opening and its closing the total grows second by second, from a closing to the next opening it
stands still. So "how much has been worked until t" and "when has that much been worked" are one
look-up each, and nights, lunch hours, days off and make-up days need no code of their own.
"""

from bisect import bisect_left, bisect_right
from datetime import date, datetime, time, timedelta, timezone

from chinese_calendar import is_workday

ZONE = timezone(timedelta(hours=8))
FIRST_DAY, LAST_DAY = date(2023, 1, 1), date(2026, 12, 31)
PERIODS = ((time(9), time(12)), (time(13), time(17)))
WORKING_DAY = timedelta(hours=7)
ONE_DAY = timedelta(days=1)


class MomentIsOutsideTheTable(LookupError):
    """A moment before 2023 or after 2026, for which no schedule is known."""


def midnight_after(day: date) -> datetime:
    """The end of a calendar day."""
    return datetime.combine(day + ONE_DAY, time(), ZONE)


def _hinges() -> tuple[list[datetime], list[timedelta]]:
    """Openings at even places and closings at odd ones, beside the totals reached there."""
    moments: list[datetime] = []
    totals: list[timedelta] = []
    total = timedelta()
    for ordinal in range(FIRST_DAY.toordinal(), LAST_DAY.toordinal() + 1):
        day = date.fromordinal(ordinal)
        if not is_workday(day):
            continue
        for opening, closing in PERIODS:
            begin, end = (datetime.combine(day, hour, ZONE) for hour in (opening, closing))
            moments += [begin, end]
            totals += [total, total + (end - begin)]
            total = totals[-1]
    return moments, totals


MOMENTS, TOTALS = _hinges()
TABLE_BEGIN, TABLE_END = datetime.combine(FIRST_DAY, time(), ZONE), midnight_after(LAST_DAY)


def worked_until(moment: datetime) -> timedelta:
    """The working time between the beginning of the table and a moment."""
    if not TABLE_BEGIN <= moment <= TABLE_END:
        raise MomentIsOutsideTheTable(moment.isoformat())
    hinge = bisect_right(MOMENTS, moment) - 1
    if hinge < 0:
        return timedelta()
    is_open = hinge % 2 == 0
    return TOTALS[hinge] + (moment - MOMENTS[hinge] if is_open else timedelta())


def _earliest(total: timedelta) -> datetime:
    """The first moment at which a total is reached: at an edge the closing, not the opening."""
    hinge = bisect_left(TOTALS, total)
    if hinge == len(TOTALS):
        raise MomentIsOutsideTheTable(f"{total} of working time")
    return MOMENTS[hinge] - (TOTALS[hinge] - total)


def _latest(total: timedelta) -> datetime:
    """The last moment before a total is exceeded: at an edge the opening, not the closing."""
    hinge = bisect_right(TOTALS, total) - 1
    if hinge < 0 or hinge == len(TOTALS) - 1:
        raise MomentIsOutsideTheTable(f"{total} of working time")
    return MOMENTS[hinge] + (total - TOTALS[hinge])


def after_working_seconds(start: datetime, seconds: float) -> datetime:
    """When that much working time has passed; what falls on a period's end stays there."""
    if seconds <= 0:
        raise ValueError("a limit is longer than nothing")
    return _earliest(worked_until(start) + timedelta(seconds=seconds))


def working_seconds_between(begin: datetime, end: datetime) -> float:
    """Working seconds from one moment to another, negative where the second comes first."""
    return (worked_until(end) - worked_until(begin)).total_seconds()


def close_of_nth_working_day_after(day: date, n: int) -> datetime:
    """Close of business of the n-th working day after a day, which is itself not counted."""
    if n < 1:
        raise ValueError("the day itself is not counted")
    return _earliest(worked_until(midnight_after(day)) + n * WORKING_DAY)


def close_of_day_or_next(day: date) -> datetime:
    """Close of business of a day; a day off moves to the next working day (CC 203)."""
    return close_of_nth_working_day_after(day - ONE_DAY, 1)


def same_time_after_working_days(start: datetime, n: int) -> datetime:
    """The same time of day n working days on; outside hours from the next opening."""
    return _latest(worked_until(start) + n * WORKING_DAY)


def one_working_day_before(moment: datetime) -> datetime:
    """The same time of day on the working day before; a closing stays a closing."""
    total = worked_until(moment) - WORKING_DAY
    return _earliest(total) if _is_closing(moment) else _latest(total)


def _is_closing(moment: datetime) -> bool:
    hinge = bisect_left(MOMENTS, moment)
    return hinge % 2 == 1 and MOMENTS[hinge] == moment


def last_close_of_month(year: int, month: int) -> datetime:
    """Close of business of the last working day of a month; month 13 is the next January."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    next_month = date(year + month // 12, month % 12 + 1, 1)
    return _earliest(worked_until(datetime.combine(next_month, time(), ZONE)))


def working_days_after(day: date, last: date) -> int:
    """How many working days lie after a day up to and with the last one."""
    return (worked_until(midnight_after(last)) - worked_until(midnight_after(day))) // WORKING_DAY
