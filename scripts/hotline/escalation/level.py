"""Who is to act: the level of a case's grounds."""

from __future__ import annotations

from collections.abc import Iterable

LEVELS = ("none", "unit", "bureau", "county", "accountability")
"""In rising order. ``none`` asks for no issue."""
_OF_GROUND = {"E19": "bureau", "E20": "county", "E21": "accountability"}


def level_of(codes: Iterable[str], *, is_due: bool) -> str:
    """The highest level of these grounds; ``unit`` where only a clock is due soon or overdue."""
    found = [_OF_GROUND[code[:3]] for code in codes if code.startswith("E")]
    return max(["unit" if is_due else "none", *found], key=LEVELS.index)
