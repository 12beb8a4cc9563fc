"""Parts of orders added up, and orders counted as they came: what an assessment is made of.

Sums of some orders add up to those of all, so that a site counts those months alone in which
something changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from hotline.assessment.parts import LEFT_OUT, Part


class Named(NamedTuple):
    """An order that is named under a figure, with the value and the words of its part."""

    case: str
    value: int
    note: str


@dataclass(slots=True)
class Cell:
    """A figure of a unit in a stretch of time: so many ``counted`` of so many ``over``."""

    counted: int = 0
    over: int = 0
    named: list[Named] = field(default_factory=list)


Sums = dict[str, dict[str, dict[str, Cell]]]
"""Stretch of time → unit → figure → its cell."""

KINDS_OF_COUNT = ("kind", "urgency", "channel", "category", "place", "spot")


@dataclass(slots=True)
class Came:
    """Orders that were dispatched in a stretch of time."""

    orders: int = 0
    open: int = 0
    """Of them, those that are not done at the moment of the count."""
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    """What is counted (see ``KINDS_OF_COUNT``) → which → orders."""


class Arrival(NamedTuple):
    """How an order came. ``place`` is a township's id, '' where none is named."""

    when: str
    kind: str
    urgency: str
    channel: str
    category: str
    place: str
    is_open: bool


def is_open_at(ended: datetime | None, moment: datetime, *, is_open: bool) -> bool:
    """Whether an order was still open at a moment that may lie before now; ``is_open`` says
    whether it is so now, ``ended`` when it ended."""
    return is_open or (ended is not None and ended > moment)


def add_parts(sums: Sums, case: str, parts: Iterable[Part]) -> None:
    """Adds one order's parts; of stretches without a name ('') nothing is kept."""
    for when, unit, figure, value, note in parts:
        if not when:
            continue
        cell = sums.setdefault(when, {}).setdefault(unit, {}).setdefault(figure, Cell())
        if value != LEFT_OUT:
            cell.counted += value
            cell.over += 1
        if note:
            cell.named.append(Named(case, value, note))


def add_sums(sums: Sums, more: Sums) -> None:
    for when, units in more.items():
        for unit, figures in units.items():
            own = sums.setdefault(when, {}).setdefault(unit, {})
            for figure, cell in figures.items():
                into = own.setdefault(figure, Cell())
                into.counted += cell.counted
                into.over += cell.over
                into.named += cell.named


def add_arrival(came: dict[str, Came], arrival: Arrival) -> None:
    if not arrival.when:
        return
    into = came.setdefault(arrival.when, Came())
    into.orders += 1
    into.open += arrival.is_open
    spot = f"{arrival.category}/{arrival.place}" if arrival.place else ""
    values = (
        arrival.kind, arrival.urgency, arrival.channel, arrival.category, arrival.place, spot,
    )  # fmt: skip
    for name, value in zip(KINDS_OF_COUNT, values, strict=True):
        if value:
            counts = into.counts.setdefault(name, {})
            counts[value] = counts.get(value, 0) + 1


def add_came(came: dict[str, Came], more: Mapping[str, Came]) -> None:
    for when, some in more.items():
        into = came.setdefault(when, Came())
        into.orders += some.orders
        into.open += some.open
        for name, counts in some.counts.items():
            own = into.counts.setdefault(name, {})
            for value, count in counts.items():
                own[value] = own.get(value, 0) + count


# --- as JSON can hold it ------------------------------------------------------------------


def sums_as_plain(sums: Sums) -> Any:
    return {
        when: {
            unit: {name: [c.counted, c.over, c.named] for name, c in figures.items()}
            for unit, figures in units.items()
        }
        for when, units in sums.items()
    }


def sums_of_plain(told: Any) -> Sums:
    return {
        when: {
            unit: {
                name: Cell(counted, over, [Named(*one) for one in named])
                for name, (counted, over, named) in figures.items()
            }
            for unit, figures in units.items()
        }
        for when, units in told.items()
    }


def came_as_plain(came: Mapping[str, Came]) -> Any:
    return {when: [one.orders, one.open, one.counts] for when, one in came.items()}


def came_of_plain(told: Any) -> dict[str, Came]:
    return {when: Came(*one) for when, one in told.items()}
