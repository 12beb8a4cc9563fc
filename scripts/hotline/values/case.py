"""A work order (工单) and the events that happened to it, as written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, Protocol

from hotline.values.node import Place, place_of


class Source(Protocol):
    """Tells where things stand in a file that was read without places."""

    def place(self, *path: str | int) -> Place: ...

    def place_of_line(self, key: str, value: str) -> Place: ...


class Event:
    """One thing that happened, at its place in the file.

    ``data`` is the mapping as written; ``at`` is its time with an offset. ``source`` tells
    places where ``data`` does not. Two events are never equal, however much they say the same.
    """

    __slots__ = ("at", "by", "data", "index", "source", "type")

    def __init__(
        self, type: str, at: datetime, by: str, data: dict[str, Any], index: int,
        source: Source | None = None,
    ) -> None:  # fmt: skip
        self.type: Final = type
        self.at: Final = at
        self.by: Final = by
        self.data: Final = data
        self.index: Final = index
        self.source: Final = source

    def get(self, key: str, default: Any = None) -> Any:
        return self.data.get(key, default)

    def place(self, *path: str | int) -> Place:
        """Where the event, or a field of it, stands in the file."""
        if self.source is not None:
            return self.source.place("events", self.index, *path)
        return place_of(self.data, *path)


class Case:
    """One work order file that fits the schema: its header and its events."""

    __slots__ = ("data", "dispatched_at", "events", "path", "source")

    def __init__(
        self, path: str, data: dict[str, Any], dispatched_at: datetime,
        events: tuple[Event, ...] = (), source: Source | None = None,
    ) -> None:  # fmt: skip
        self.path: Final = path
        self.data: Final = data
        self.dispatched_at: Final = dispatched_at
        self.events: Final = events
        self.source: Final = source

    @property
    def id(self) -> str:
        return str(self.data["id"])

    def get(self, key: str, default: Any = None) -> Any:
        return self.data.get(key, default)

    def place(self, *path: str | int) -> Place:
        if self.source is not None:
            return self.source.place(*path)
        return place_of(self.data, *path)

    def place_of_line(self, key: str) -> Place:
        """The place of a value of the header that is text, in a cheap way where there is one."""
        if self.source is not None:
            return self.source.place_of_line(key, str(self.data[key]))
        return place_of(self.data, key)

    def of(self, *types: str) -> Iterator[Event]:
        """The events of the given types, in the order of the file."""
        return (event for event in self.events if event.type in types)
