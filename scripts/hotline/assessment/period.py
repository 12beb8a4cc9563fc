"""The stretch of time that an assessment is about: a month, a quarter or a year."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from typing import NamedTuple

_FORM = re.compile("([0-9]{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?")
_FIRST, _LAST = 2000, 2100


class NotAPeriod(ValueError):
    """The text is no period; the message is Chinese."""


class Period(NamedTuple):
    """Months in a row, from the first."""

    text: str
    months: tuple[str, ...]
    """Each as 2026-10, in order."""

    @property
    def title(self) -> str:
        """2026年10月, 2026年第4季度, 2026年."""
        year, _, rest = self.text.partition("-")
        if rest.startswith("Q"):
            return f"{year}年第{rest[1:]}季度"
        return f"{year}年{int(rest)}月" if rest else f"{year}年"

    def since(self, zone: tzinfo) -> datetime:
        """Its first moment in the county's zone."""
        year, month = map(int, self.months[0].split("-"))
        return datetime(year, month, 1, tzinfo=zone)

    def until(self, zone: tzinfo) -> datetime:
        """The first moment after it."""
        year, month = map(int, after(self.months[-1]).split("-"))
        return datetime(year, month, 1, tzinfo=zone)

    @property
    def before(self) -> Period:
        """As many months, just before it."""
        months = list(self.months)
        for _ in self.months:
            months = [previous(months[0]), *months[:-1]]
        return Period(months[0] if len(months) == 1 else "", tuple(months))

    @property
    def a_year_ago(self) -> Period:
        months = tuple(f"{int(month[:4]) - 1}{month[4:]}" for month in self.months)
        return Period(months[0] if len(months) == 1 else "", months)


def parse_period(text: str) -> Period:
    """``2026-10``, ``2026-Q4`` or ``2026``; else :class:`NotAPeriod`."""
    found = _FORM.fullmatch(text)
    if found is None or not _FIRST <= int(found[1]) < _LAST:
        raise NotAPeriod("写成 2026-10（月）、2026-Q4（季度）或 2026（年）的样子")
    year, month, quarter = found[1], found[2], found[3]
    if month:
        return Period(text, (text,))
    first, count = (int(quarter) * 3 - 2, 3) if quarter else (1, 12)
    return Period(text, tuple(f"{year}-{n:02}" for n in range(first, first + count)))


def month_at(moment: datetime) -> str:
    """The month of a moment that carries the county's zone."""
    return f"{moment.year}-{moment.month:02}"


def after(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + 1}-01" if number == 12 else f"{year}-{number + 1:02}"


def previous(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02}"
