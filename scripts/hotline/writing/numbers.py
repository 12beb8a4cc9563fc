"""Which number the next order of a day gets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

ID = re.compile(r"([A-Z]{2,6})-([0-9]{8})-([0-9]{4,6})")
MOST = 999_999


class DayIsFull(ValueError):
    """A day's numbers are used up; the message is Chinese."""


class Numbers:
    """The numbers in use, by prefix and day. Never one before those already there: a gap
    may be an order that somebody else is about to land."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._last: dict[tuple[str, str], int] = {}
        for name in taken:
            if found := ID.fullmatch(name):
                key = (found[1], found[2])
                self._last[key] = max(self._last.get(key, 0), int(found[3]))

    def next(self, prefix: str, day: date) -> str:
        """The next id of ``day``; it is free until it is taken."""
        key = (prefix, f"{day:%Y%m%d}")
        number = self._last.get(key, 0) + 1
        if number > MOST:
            raise DayIsFull(f"{day} 的编号已经用到 {MOST}，请换一个编号前缀")
        return f"{prefix}-{key[1]}-{number:04d}"

    def take(self, case: str) -> None:
        prefix, day, number = case.split("-")
        self._last[prefix, day] = int(number)


def path_of(case: str) -> str:
    """Where the file of an order lies."""
    day = case.split("-")[1]
    return f"cases/{day[:4]}/{day[4:6]}/{case}.yaml"
