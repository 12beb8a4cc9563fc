"""What a forge holds: issues, comments, labels, and what its lists show of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

START = 1_791_855_000.0
"""2026-10-13T01:30:00Z, half past nine in the county."""


class Clock:
    """Virtual time in seconds since 1970."""

    def __init__(self, start: float = START) -> None:
        self.time = start

    def __call__(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += seconds


@dataclass(frozen=True)
class User:
    login: str
    id: int
    type: str = "User"
    writer: bool = False
    """May label, close, edit and lock what others opened."""


@dataclass(frozen=True, eq=False)
class Label:
    id: int
    name: str
    color: str
    description: str = ""


@dataclass(frozen=True, eq=False)
class Issue:
    """One issue or pull request as it was at one time."""

    number: int
    id: int
    title: str
    body: str
    author: User
    created: float
    updated: float
    labels: tuple[Label, ...] = ()
    state: str = "open"
    state_reason: str | None = None
    closed: float | None = None
    closed_by: User | None = None
    locked: bool = False
    lock_reason: str | None = None
    comments: int = 0
    version: int = 0
    """How often the body was edited."""
    pull: bool = False
    gone: str = ""
    """``deleted`` or ``moved``."""

    @property
    def label_names(self) -> tuple[str, ...]:
        return tuple(label.name for label in self.labels)


@dataclass(frozen=True, eq=False)
class Comment:
    id: int
    number: int
    body: str
    author: User
    created: float
    updated: float
    gone: str = ""


Row = TypeVar("Row", Issue, Comment, Label)


class Table(Generic[Row]):
    """Rows as they are, and as lists show them: a replica that follows some time behind."""

    def __init__(self, key: Callable[[Row], int], group: Callable[[Row], int]) -> None:
        self._key: Callable[[Row], int] = key
        self._group: Callable[[Row], int] = group
        self.rows: dict[int, Row] = {}
        self._log: list[tuple[float, Row]] = []
        self._applied = 0
        self._shown: dict[int, dict[int, Row]] = {}
        self._cache: dict[Hashable, Any] = {}

    def put(self, now: float, row: Row) -> Row:
        self.rows[self._key(row)] = row
        self._log.append((now, row))
        return row

    def shown(self, until: float, group: int = 0) -> Iterable[Row]:
        """What a list shows that knows nothing younger than ``until``."""
        self._follow(until)
        return self._shown.get(group, {}).values()

    def cached(self, until: float, key: Hashable, make: Callable[[], Any]) -> Any:
        """``make()`` once for each state of what lists show."""
        self._follow(until)
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]

    def _follow(self, until: float) -> None:
        while self._applied < len(self._log) and self._log[self._applied][0] <= until:
            row = self._log[self._applied][1]
            rows = self._shown.setdefault(self._group(row), {})
            if getattr(row, "gone", ""):
                rows.pop(self._key(row), None)
            else:
                rows[self._key(row)] = row
            self._applied += 1
            self._cache.clear()
