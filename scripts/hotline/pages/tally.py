"""What lists show of orders only as numbers, and the newest duties that each unit has done.

Tallies of parts of the orders add up to that of all, so that a build counts the orders of those
months alone in which something changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from hotline.assessment.parts import LEFT_OUT
from hotline.pages.models import Handled, Row, Tally
from hotline.values.registry import Registry
from hotline.values.towns import Towns

RECENT = 10
"""Duties done that a desk shows."""


def tally_of(rows: Iterable[Row], registry: Registry) -> Tally:
    """Of these orders."""
    towns = Towns(registry)
    orders = 0
    matters: dict[str, dict[str, int]] = {}
    places: dict[str, dict[str, int]] = {}
    answered: dict[str, int] = {}
    leads: dict[str, int] = {}
    units: set[str] = set()
    handled: dict[str, list[Handled]] = {}
    figures: dict[str, dict[str, list[int]]] = {}
    for row in rows:
        orders += 1
        day = _day(row.dispatched_at)
        _add(matters.setdefault(day, {}), row.category)
        _add(places.setdefault(day, {}), towns.of(row.location))
        for moment in row.answered:
            _add(answered, _day(moment))
        if row.lead:
            _add(leads, row.lead)
            units.add(row.lead)
        units.update(row.support)
        units.update(clock.unit for clock in row.clocks if clock.unit)
        for part in row.parts:
            if part.value != LEFT_OUT:
                cell = figures.setdefault(part.when, {}).setdefault(part.figure, [0, 0])
                cell[0] += part.value
                cell[1] += 1
        for each in row.done:
            own = handled.setdefault(each.unit, [])
            own.append(Handled(each.at, each.act, each.in_time, row.id, row.url, row.title))
    recent = {unit: newest(own) for unit, own in handled.items()}
    return Tally(orders, matters, places, answered, leads, sorted(units), figures, recent)


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum."""
    orders = 0
    matters: dict[str, Counter[str]] = {}
    places: dict[str, Counter[str]] = {}
    answered: Counter[str] = Counter()
    leads: Counter[str] = Counter()
    units: set[str] = set()
    handled: dict[str, list[Handled]] = {}
    figures: dict[str, dict[str, list[int]]] = {}
    for each in tallies:
        orders += each.orders
        for into, some in ((matters, each.matters), (places, each.places)):
            for day, counts in some.items():
                into.setdefault(day, Counter()).update(counts)
        answered.update(each.answered)
        leads.update(each.leads)
        units.update(each.units)
        for month, cells in each.figures.items():
            for figure, (counted, over) in cells.items():
                cell = figures.setdefault(month, {}).setdefault(figure, [0, 0])
                cell[0] += counted
                cell[1] += over
        for unit, own in each.handled.items():
            handled.setdefault(unit, []).extend(own)
    recent = {unit: newest(own) for unit, own in handled.items()}
    return Tally(orders, matters, places, answered, leads, sorted(units), figures, recent)


def newest(handled: Sequence[Handled]) -> list[Handled]:
    """Those that a desk shows, the newest first."""
    return sorted(handled, key=lambda one: (-one.at.timestamp(), one.id, one.act))[:RECENT]


def _add(counts: dict[str, int], key: str) -> None:
    counts[key] = counts.get(key, 0) + 1


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
