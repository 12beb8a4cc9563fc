"""The merge law: two versions of a work order become the union of their events.

The result does not depend on who is ours and who is theirs, nor on the order in which
several versions come together: every choice between two texts is made by the texts
themselves. What is in either version is in the result; a deletion never wins.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, TypeVar

import yaml

from hotline.procedure.identity import event_id
from hotline.procedure.lifecycle import ORDER
from hotline.values.times import NotATime, parse_time
from hotline.writing.pieces import (
    CannotTakeApart,
    Lines,
    Piece,
    Pieces,
    put_together,
    shallow,
    take_apart,
)
from hotline.writing.yaml_text import HEADER_KEYS

Parse = Callable[[bytes], Any]
Key = tuple[str, int]
"""An event's content, and which of its equals it is: two calls may have said the same."""
T = TypeVar("T")
P = TypeVar("P", str, int)
_RANK = {key: number for number, key in enumerate(HEADER_KEYS)}


class CannotMerge(ValueError):
    """The versions do not go together without a decision; the message is Chinese."""


@dataclass(frozen=True, slots=True)
class _Version:
    """A readable version: what it holds, and how that is written."""

    header: Mapping[str, str]
    """Each key's value as canonical JSON, so that 1 and true are not the same."""
    events: Mapping[Key, Piece]
    moments: Mapping[Key, tuple[Any, ...]]
    """By what events are ordered."""
    pieces: Pieces

    @property
    def is_in_order(self) -> bool:
        return all(a <= b for a, b in pairwise(self.moments.values()))


def merge(base: bytes | None, ours: bytes, theirs: bytes, parse: Parse) -> bytes:
    """The union of two versions of one work order; ``parse`` gives the root of a file.

    ``base`` is the version that both come from, None where there is no single one: then the
    headers must be equal. Raises :class:`CannotMerge` where a version cannot be read, where
    both changed the same key of the header, or where the texts have no safe union.
    """
    if ours == theirs:
        return ours
    one, other = _version(ours, parse), _version(theirs, parse)
    for unchanged, mine, changed, blob in ((ours, one, other, theirs), (theirs, other, one, ours)):
        if unchanged == base and _only_adds(mine, changed):
            return blob
    origin = _origin(base, parse)
    header = _header(origin, one, other)
    origin, one, other = _shallow(origin, one, other)
    events = _events(origin, one, other)
    try:
        merged = put_together(_pieces(origin, one, other, header, events)).encode("utf-8")
        after = _version(merged, parse)
    except (CannotMerge, ValueError) as why:
        raise CannotMerge(f"合并以后读不出：{why}") from why
    if after.header != header or list(after.events) != list(events):
        raise CannotMerge("文件的写法少见，自动合并会改变内容，请用编辑器合并")
    return merged


def loses_events(old: bytes, new: bytes, parse: Parse) -> bool:
    """Whether an event of ``old`` is not in ``new``, as far as both can be read."""
    before, after = parse(old), parse(new)
    if not all(isinstance(r, dict) and isinstance(r.get("events"), list) for r in (before, after)):
        return False
    return not set(_keys(before["events"])) <= set(_keys(after["events"]))


def _only_adds(old: _Version, new: _Version) -> bool:
    """Whether ``new`` is right as it stands: it lost no event, and brought none out of order."""
    return old.events.keys() <= new.events.keys() and (new.is_in_order or not old.is_in_order)


# --- reading ------------------------------------------------------------------------------


def _origin(base: bytes | None, parse: Parse) -> _Version | None:
    if base is None:
        return None
    try:
        return _version(base, parse)
    except CannotMerge:
        return None


def _shallow(
    origin: _Version | None, one: _Version, other: _Version
) -> tuple[_Version | None, _Version, _Version]:
    """The versions as their comments may stand beside each other's events. Where no text has
    several lines, none is a block that could swallow a comment, and all stay where they are."""
    keys = {*one.events, *other.events}
    if not any("\\n" in content for content, _ in keys):
        return origin, one, other
    column = _column(origin.pieces if origin else None, one.pieces, other.pieces) or 0

    def moved(version: _Version) -> _Version:
        pieces = shallow(version.pieces, column)
        events = dict(zip(version.events, pieces.events, strict=True))
        return replace(version, pieces=pieces, events=events)

    return origin and moved(origin), moved(one), moved(other)


def _version(blob: bytes, parse: Parse) -> _Version:
    root = parse(blob)
    if not isinstance(root, dict) or not isinstance(root.get("events"), list):
        raise CannotMerge("有一边的文件读不出，或没有 events 列表；先用 hotline check 查明")
    events = root["events"]
    keys = list(_keys(events))
    try:
        pieces = take_apart(blob, events)
    except (CannotTakeApart, UnicodeError) as why:
        raise CannotMerge(str(why)) from why
    except yaml.YAMLError as error:
        raise CannotMerge("有一边的文件不是合法的 YAML；先用 hotline check 查明") from error
    header = {key: _canonical(value) for key, value in root.items() if key != "events"}
    if header.keys() != pieces.header.keys() - {"events"}:
        raise CannotMerge("文件头的写法少见，请用编辑器合并")
    moments = {key: (*_moment(row), *key) for key, row in zip(keys, events, strict=True)}
    return _Version(header, dict(zip(keys, pieces.events, strict=True)), moments, pieces)


def _keys(events: Sequence[Any]) -> Iterator[Key]:
    seen: Counter[str] = Counter()
    for event in events:
        content = _canonical(event)
        yield content, seen[content]
        seen[content] += 1


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _moment(event: Any) -> tuple[Any, ...]:
    """The order of events: by ``at``, then by the lifecycle table, then by the id."""
    try:
        at = parse_time(event["at"])
    except (NotATime, TypeError, KeyError) as error:
        raise CannotMerge("有的事件没有合格的时间（at）；先用 hotline check 查明") from error
    return at, ORDER.get(str(event.get("type")), -1), event_id(event)


# --- what the result holds ----------------------------------------------------------------


def _header(origin: _Version | None, one: _Version, other: _Version) -> dict[str, str]:
    """Three-way by value: what only one changed is as that one has it."""
    found: dict[str, str] = {}
    for key in sorted({*one.header, *other.header}):
        a, b = one.header.get(key), other.header.get(key)
        if a != b:
            if origin is None or origin.header.get(key) not in (a, b):
                raise CannotMerge(f"两边的 {_named(key)} 不一样，只能留一个，要由人决定")
            a = b if origin.header.get(key) == a else a
        if a is not None:
            found[key] = a
    return found


def _named(key: str) -> str:
    return key if key in _RANK else "一个字段"


def _events(origin: _Version | None, one: _Version, other: _Version) -> dict[Key, Piece]:
    moments = {**one.moments, **other.moments}
    old = origin.events if origin else {}
    found: dict[Key, Piece] = {}
    for key in sorted(moments, key=moments.__getitem__):
        written = [version.events[key] for version in (one, other) if key in version.events]
        found[key] = _chosen(old.get(key), written)
    return found


# --- how it is written --------------------------------------------------------------------


def _pieces(
    origin: _Version | None,
    one: _Version,
    other: _Version,
    values: Mapping[str, str],
    events: Mapping[Key, Piece],
) -> Pieces:
    base, a, b = origin.pieces if origin else None, one.pieces, other.pieces
    header: dict[str, Piece] = {}
    for key in _order(base, a, b, values):
        written = [
            version.pieces.header[key]
            for version in (one, other)
            if key == "events" or version.header.get(key) == values[key]
        ]
        old = base.header.get(key) if base else None
        header[key] = _chosen(old, written)
    return Pieces(
        bom=_picked(base.bom if base else None, a.bom, b.bom),
        line_end=_picked(base.line_end if base else None, a.line_end, b.line_end),
        header=header,
        events=list(events.values()),
        column=_column(base, a, b),
        tail=_comments(base.tail if base else None, a.tail, b.tail),
        without_events=_longer(
            base.without_events if base else None, a.without_events, b.without_events
        ),
    )


def _order(base: Pieces | None, a: Pieces, b: Pieces, values: Mapping[str, str]) -> list[str]:
    """The keys as they stand in the base, new ones where the contract has them."""
    first = list(base.header) if base else min(list(a.header), list(b.header))
    order = [key for key in first if key in values or key == "events"]
    last = len(_RANK)
    for key in sorted(values.keys() - set(order), key=lambda key: (_RANK.get(key, last), key)):
        rank = _RANK.get(key, last)
        after = (n for n, known in enumerate(order) if _RANK.get(known, last + 1) > rank)
        order.insert(next(after, len(order)), key)
    return order


def _column(base: Pieces | None, a: Pieces, b: Pieces) -> int | None:
    """Where the dashes stand. A version without events has no say."""
    said = [pieces.column for pieces in (a, b) if pieces.column is not None]
    if not said:
        return None
    return _picked(base.column if base else None, said[0], said[-1])


def _chosen(old: Piece | None, written: Sequence[Piece]) -> Piece:
    """Of one or two writings of the same thing, by what each made of the ``old`` one."""
    one, other = written[0], written[-1]
    leading = _comments(old.leading if old else None, one.leading, other.leading)
    body = _longer(old.body if old else None, one.body, other.body)
    return Piece(leading, body)


def _changed(base: T | None, one: T, other: T) -> T | None:
    """The one that is chosen because the other is as it was; None where both changed."""
    if one == other or other == base:
        return one
    return other if one == base else None


def _picked(base: P | None, one: P, other: P) -> P:
    found = _changed(base, one, other)
    return min(one, other) if found is None else found


def _longer(base: Lines | None, one: Lines, other: Lines) -> Lines:
    """The longer text, for what it has more is most likely a comment; else the smaller bytes."""
    found = _changed(base, one, other)
    return min(one, other, key=lambda ls: (-_size(ls), ls)) if found is None else found


def _size(lines: Lines) -> int:
    return sum(len(line.text) for line in lines)


def _comments(base: Lines | None, one: Lines, other: Lines) -> Lines:
    """Comments of both, where both changed them: those of the base first, as they stood.

    Where both did nothing but delete, the longer stays: a union would be the base again, and
    then look as if nobody had changed it.
    """
    was, a, b = _texts(base), _texts(one), _texts(other)
    if a == b:
        return base if base is not None and a == was else min(one, other)
    if was in (a, b):
        return one if b == was else other
    old = base or ()
    known = {line.text for line in old} | {""}
    new = {line.text: line for line in sorted({*one, *other}) if line.text not in known}
    if base is not None and not new:
        return _longer(base, one, other)
    return (*old, *(new[text] for text in sorted(new)))


def _texts(lines: Lines | None) -> tuple[str, ...] | None:
    """Comments without their depth, which moves with the dashes."""
    return None if lines is None else tuple(line.text for line in lines)
