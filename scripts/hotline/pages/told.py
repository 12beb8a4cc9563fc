"""Rows of orders as plain JSON, and back: what a build keeps of them for the next.

The shape follows from the fields of the named tuples, so that a new field of a row need not be
told here as well. Nothing but lists, numbers and text is ever read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from hotline.pages.models import Handled, Row, Tally

Turn = Callable[[Any], Any]


def as_plain(row: Row) -> Any:
    """A row as JSON can hold it."""
    return _rows(_TELLING)(row)


def row_of(told: list[Any]) -> Row:
    """The row that :func:`as_plain` told; :class:`ValueError`, :class:`TypeError` or
    :class:`AttributeError` where it is none."""
    made: Row = _rows(_READING)(told)
    return made


def tally_as_plain(tally: Tally) -> Any:
    """A tally as JSON can hold it."""
    handled = {
        unit: [[one.at.isoformat(), *one[1:]] for one in own] for unit, own in tally.handled.items()
    }
    return [*tally[:-1], handled]


def tally_of_plain(told: list[Any]) -> Tally:
    """The tally that :func:`tally_as_plain` told."""
    *counts, handled = told
    moment = datetime.fromisoformat
    made = {
        unit: [Handled(moment(at), *rest) for at, *rest in own] for unit, own in handled.items()
    }
    return Tally._make([*counts, made])


class _Way(NamedTuple):
    """One of the two directions."""

    moment: Turn
    items: Callable[[Iterable[Any]], Any]
    """What holds the items of a tuple."""
    whole: Callable[[type], Turn]
    """Gives of a named tuple what is made of the list of its values, once they are turned."""


def _made(kind: Any) -> Turn:
    made: Turn = kind._make  # refuses a list of another length
    return made


_TELLING = _Way(datetime.isoformat, list, lambda kind: list)
_READING = _Way(datetime.fromisoformat, tuple, _made)


@cache
def _rows(way: _Way) -> Turn:
    turn = _turn(Row, way)
    assert turn is not None
    return turn


def _turn(kind: Any, way: _Way) -> Turn | None:
    """What turns a value of ``kind``; None where it is itself plain."""
    if hasattr(kind, "_fields"):
        return _of_fields(kind, way)
    if kind is datetime:
        return way.moment
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _of_tuple(arguments, way)
    if origin is UnionType and NoneType in arguments:
        (inner,) = (one for one in arguments if one is not NoneType)
        turn = _turn(inner, way)
        return None if turn is None else lambda value: None if value is None else turn(value)
    if kind in (str, int, bool, float):
        return None
    raise TypeError(f"a row cannot be told: {kind}")


def _of_fields(kind: Any, way: _Way) -> Turn:
    hints = get_type_hints(kind)
    turns = [_turn(hints[name], way) for name in kind._fields]
    turned = [(place, turn) for place, turn in enumerate(turns) if turn is not None]
    whole = way.whole(kind)

    def made(value: Any) -> Any:
        values = list(value)
        for place, turn in turned:
            values[place] = turn(values[place])
        return whole(values)

    return made


def _of_tuple(arguments: tuple[Any, ...], way: _Way) -> Turn:
    items = way.items
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        turn = _turn(arguments[0], way)
        if turn is None:
            return items
        return lambda value: items([turn(one) for one in value]) if value else items(())
    turns = [_turn(one, way) or _same for one in arguments]
    return lambda value: items([turn(one) for turn, one in zip(turns, value, strict=True)])


def _same(value: Any) -> Any:
    return value
