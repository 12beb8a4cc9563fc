"""A work order (工单) and the events that happened to it, as written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hotline.values.node import Mapping, Place, place_of


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """One thing that happened, at its place in the file.

    ``data`` is the mapping as written; ``at`` is its time with an offset.
    """

    type: str
    at: datetime
    by: str
    data: Mapping
    index: int

    def get(self, key: str, default: Any = None) -> Any:
        return self.data.get(key, default)

    def place(self, *path: str | int) -> Place:
        """Where the event, or a field of it, stands in the file."""
        return place_of(self.data, *path) if path else self.data.place


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One work order file that fits the schema: its header and its events."""

    path: str
    data: Mapping
    dispatched_at: datetime
    events: tuple[Event, ...] = field(default=())

    @property
    def id(self) -> str:
        return str(self.data["id"])

    def get(self, key: str, default: Any = None) -> Any:
        return self.data.get(key, default)

    def place(self, *path: str | int) -> Place:
        return place_of(self.data, *path)

    def of(self, *types: str) -> Iterator[Event]:
        """The events of the given types, in the order of the file."""
        return (event for event in self.events if event.type in types)
