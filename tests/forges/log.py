"""What the stand-in remembers of each request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Logged:
    """One request and what came of it."""

    ordinal: int
    at: float
    method: str
    target: str
    outcome: int | str
    """The status, or the fault's kind."""
    who: str
    done: int | None = None
    """The status of the work, also where the answer was lost; None where none was done."""
    wait_until: float | None = None


def hasty(rows: Iterable[Logged]) -> list[Logged]:
    """Requests made before a time that the forge had asked to wait for, by who was told."""
    told: dict[str, float] = {}
    found = []
    for row in rows:
        if row.at < told.get(row.who, 0.0):
            found.append(row)
        if row.wait_until is not None:
            told[row.who] = row.wait_until
    return found
