"""Versions of a case file: what one holds, and what another added or lost.

Most versions are the beginning of a later one, for events are added at the end. Where the newest
is in the usual form, the git name of each beginning that ends where an event ends is worked out,
and so the older versions are known without being read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from hotline.audit.history import NOTHING
from hotline.audit.usual import events_of
from hotline.reading.quick_yaml import values
from hotline.reading.strict_yaml import parse

MOST = 40_000
"""So many files are remembered; then all are forgotten, which costs time only."""


class Mark(NamedTuple):
    """Of an event, what the audit asks first."""

    type: str
    by: str
    at: str
    number: int
    """Its place in the list of events, from 0."""


class Version(NamedTuple):
    """A whole version: the header, and the events by what they say, in their order. ``is_case``
    is False where it cannot be read as one."""

    is_case: bool
    header: dict[str, Any]
    events: dict[str, dict[str, Any]]


class Difference(NamedTuple):
    """What a version has that the one before had not. ``fields`` are header fields that
    differ."""

    added: tuple[Mark, ...] = ()
    lost: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    unreadable: bool = False


class _Family:
    """A version and those that are its beginnings: git name → how many events it has."""

    __slots__ = ("counts", "marks")

    def __init__(self, marks: tuple[Mark, ...], counts: dict[str, int]) -> None:
        self.marks = marks
        self.counts = counts


class Versions:
    """The versions of all case files, read through ``content`` (git name → bytes)."""

    def __init__(self, content: Callable[[str], bytes]) -> None:
        self._content = content
        self._families: dict[str, _Family] = {}
        self._last: tuple[str, Version] = (NOTHING, _NONE)
        self._asked: tuple[tuple[str, str], Difference] = ((NOTHING, NOTHING), Difference())

    def difference(self, old: str, new: str) -> Difference:
        """What ``new`` holds beyond ``old``; either may be :data:`NOTHING`."""
        if self._asked[0] != (old, new):  # of one commit more than one may ask
            self._asked = (old, new), self._difference(old, new)
        return self._asked[1]

    def _difference(self, old: str, new: str) -> Difference:
        family = self._families.get(new) or self._read(new)
        if old == NOTHING:
            self._forget(family)
            added = family.marks[: family.counts.get(new, 0)]
            return Difference(added, unreadable=new not in family.counts)
        before, now = family.counts.get(old), family.counts.get(new)
        if before is not None and now is not None and before <= now:
            return Difference(family.marks[before:now])
        return compared(self.version(old), self.version(new))

    def version(self, name: str) -> Version:
        """A version, read as a whole."""
        if self._last[0] != name:
            self._last = (name, read(self._content(name)) if name != NOTHING else _NONE)
        return self._last[1]

    def content(self, name: str) -> bytes:
        return self._content(name)

    def _read(self, name: str) -> _Family:
        family = _family(name, self._content(name))
        if len(self._families) > MOST:
            self._families.clear()
        for known in family.counts or (name,):
            self._families[known] = family
        return family

    def _forget(self, family: _Family) -> None:
        """The file did not exist before: none of these will be asked for again."""
        for name in family.counts:
            self._families.pop(name, None)


def read(blob: bytes) -> Version:
    """A version with its header and events."""
    root = _values(blob)
    if not isinstance(root, dict) or not isinstance(root.get("events"), list):
        return _NONE
    header = {key: value for key, value in root.items() if key != "events"}
    events = {said(event): event for event in root["events"] if isinstance(event, dict)}
    return Version(True, header, events)


def said(event: dict[str, Any]) -> str:
    """What an event says, so that two are the same where their ids are; much cheaper than an
    id, which few events are asked for."""
    return json.dumps(event, ensure_ascii=False, sort_keys=True, default=str)


def _values(blob: bytes) -> Any:
    quick = values(blob)
    return parse(blob).root if quick is None else quick


_NONE = Version(False, {}, {})


def marks_of(events: list[Any]) -> tuple[Mark, ...]:
    return tuple(
        mark_of(event, number) for number, event in enumerate(events) if isinstance(event, dict)
    )


def mark_of(event: dict[str, Any], number: int) -> Mark:
    get = event.get
    return Mark(str(get("type") or ""), str(get("by") or ""), str(get("at") or ""), number)


def compared(old: Version, new: Version) -> Difference:
    """What is new and what is lost, event by event; nothing can be said of the header where a
    side is no case."""
    numbered = {known: number for number, known in enumerate(new.events)}
    added = tuple(
        mark_of(event, numbered[known])
        for known, event in new.events.items()
        if known not in old.events
    )
    lost = tuple(known for known in old.events if known not in new.events)
    fields = tuple(_differing(old.header, new.header)) if old.is_case and new.is_case else ()
    return Difference(added, lost, fields, unreadable=not new.is_case)


def _differing(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Header fields that are not the same, of the petitioner by part."""
    for key in sorted(old.keys() | new.keys()):
        one, other = old.get(key), new.get(key)
        if (key in old) == (key in new) and said({"": one}) == said({"": other}):
            continue
        if key == "petitioner" and isinstance(one, dict) and isinstance(other, dict):
            parts = sorted(one.keys() | other.keys())
            yield from (f"{key}.{part}" for part in parts if one.get(part) != other.get(part))
        else:
            yield key


def _family(name: str, blob: bytes) -> _Family:
    events = events_of(blob)
    if not events:
        return _single(name, blob)
    marks = tuple([Mark(one.type, one.by, one.at, n) for n, one in enumerate(events)])
    counts = {name: len(marks)}
    for number, event in enumerate(events[1:], 1):
        counts.setdefault(_named(blob[: event.start]), number)
        if event.above != event.start:
            counts.setdefault(_named(blob[: event.above]), number)
    return _Family(marks, counts)


def _single(name: str, blob: bytes) -> _Family:
    """A version in another form stands for itself."""
    version = read(blob)
    marks = marks_of(list(version.events.values()))
    return _Family(marks, {name: len(marks)} if version.is_case else {})


def _named(blob: bytes) -> str:
    """The name that git gives a file with this content."""
    head = b"blob %d\0" % len(blob)
    return hashlib.sha1(head + blob, usedforsecurity=False).hexdigest()
