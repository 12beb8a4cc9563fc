"""Cells of a sheet as text: what is typed by hand, by Excel or by a platform, cleaned."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from hotline.writing.hidden import without_hidden

MAX_EXACT = 10**15
"""Excel keeps 15 digits of a number; of a longer one the last digits are lost."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that holds no value; ``reason`` is Chinese and says what to do."""

    reason: str


Cell = str | int | float | bool | datetime | date | time | timedelta | Unreadable | None


class BadCell(ValueError):
    """A cell that cannot become what its field asks for; the message is Chinese."""


class Cleaned(NamedTuple):
    text: str
    removed: int
    """How many hidden characters were taken out."""


def clean(text: str) -> Cleaned:
    """``text`` without what no editor shows, its line ends as LF, its trailing blanks gone."""
    removed = 0
    while True:  # a blank that went may have been what a selector of emoji stood by
        text, found = without_hidden(text)
        trimmed = "\n".join(line.rstrip() for line in text.split("\n")).strip()
        removed += found
        if trimmed == text:
            return Cleaned(text, removed)
        text = trimmed


def plain_number(text: str) -> str:
    """An upstream number as it is compared and written: of normal width, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def one_line(text: str) -> str:
    return " ".join(line.strip() for line in text.split("\n") if line.strip())


def as_text(cell: Cell) -> str:
    """A cell as a person sees it; :class:`BadCell` where that cannot be told."""
    if isinstance(cell, Unreadable):
        raise BadCell(cell.reason)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        shown = _rounded(cell).isoformat(" ")
        return shown.removesuffix(" 00:00:00")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _number(value: float) -> str:
    if abs(value) >= MAX_EXACT or value != value:
        raise BadCell("是超过 15 位的数字，表格已经丢了末几位；请把这一列设为“文本”再重新填写")
    return str(int(value)) if value.is_integer() else repr(value)


def as_moment(cell: Cell, epoch: datetime | None = None) -> datetime | None:
    """The time that a cell of Excel holds; None where it is text.

    A plain number is a time only where ``epoch`` is known and the year could be one.
    """
    if isinstance(cell, datetime):
        return _rounded(cell)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and epoch is not None:
        moment = epoch + timedelta(days=cell) if 0 < cell < 80_000 else None
        return _rounded(moment) if moment and 2000 <= moment.year <= 2100 else None
    return None


def _rounded(moment: datetime) -> datetime:
    """Excel keeps days as fractions: 09:30 may be 09:29:59.999."""
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
