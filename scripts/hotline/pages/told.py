"""Rows of orders as plain JSON, and back: what a build keeps of them for the next.

The shape follows from the fields of the dataclasses, so that a new field of a row need not be
told here as well. Nothing but lists, numbers and text is ever read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from hotline.pages.models import Row

Turn = Callable[[Any], Any]


def as_plain(row: Row) -> Any:
    """A row as JSON can hold it."""
    told = _teller(Row)
    assert told is not None
    return told(row)


def row_of(told: list[Any]) -> Row:
    """The row that :func:`as_plain` told; :class:`ValueError`, :class:`TypeError` or
    :class:`AttributeError` where it is none."""
    row = _turn(Row)
    assert row is not None
    made: Row = row(told)
    return made


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


@cache
def _teller(kind: Any) -> Turn | None:
    """What makes a plain value of one of ``kind``; None where it is itself plain."""
    if dataclasses.is_dataclass(kind):
        return _fields_told(kind)
    if kind is datetime:
        return datetime.isoformat
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _tuple_told(arguments)
    if origin is UnionType and NoneType in arguments:
        (inner,) = (one for one in arguments if one is not NoneType)
        told = _teller(inner)
        return None if told is None else lambda value: None if value is None else told(value)
    return None


def _fields_told(kind: Any) -> Turn:
    hints = get_type_hints(kind)
    fields = attrgetter(*_names(kind))
    tellers = [_teller(hints[name]) for name in _names(kind)]
    told = [(place, teller) for place, teller in enumerate(tellers) if teller is not None]

    def plain(value: Any) -> list[Any]:
        values = list(fields(value))
        for place, teller in told:
            values[place] = teller(values[place])
        return values

    return plain


def _tuple_told(arguments: tuple[Any, ...]) -> Turn | None:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        teller = _teller(arguments[0])
        return None if teller is None else lambda value: [teller(one) for one in value]
    tellers = [_teller(one) or _same for one in arguments]
    return lambda value: [teller(one) for teller, one in zip(tellers, value, strict=True)]


@cache
def _turn(kind: Any) -> Turn | None:
    """What makes a value of ``kind`` of plain ones; None where it is itself plain."""
    if dataclasses.is_dataclass(kind):
        return _of_fields(kind)
    if kind is datetime:
        return datetime.fromisoformat
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _of_tuple(arguments)
    if origin is UnionType and NoneType in arguments:
        (inner,) = (one for one in arguments if one is not NoneType)
        turn = _turn(inner)
        return None if turn is None else lambda value: None if value is None else turn(value)
    if kind in (str, int, bool, float):
        return None
    raise TypeError(f"a row cannot be told: {kind}")


def _of_fields(kind: Any) -> Turn:
    hints = get_type_hints(kind)
    turns = [_turn(hints[name]) for name in _names(kind)]
    turned = [(place, turn) for place, turn in enumerate(turns) if turn is not None]
    count = len(turns)

    def made(told: Any) -> Any:
        if len(told) != count:
            raise ValueError("a row of another shape")
        values = list(told)
        for place, turn in turned:
            values[place] = turn(values[place])
        return kind(*values)

    return made


def _of_tuple(arguments: tuple[Any, ...]) -> Turn:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        turn = _turn(arguments[0])
        if turn is None:
            return tuple
        return lambda told: tuple([turn(one) for one in told]) if told else ()
    turns = [_turn(one) or _same for one in arguments]
    return lambda told: tuple([turn(one) for turn, one in zip(turns, told, strict=True)])


def _same(value: Any) -> Any:
    return value
