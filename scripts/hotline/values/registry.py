"""Who and what the county has: units, categories, precedents, knowledge."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from hotline.values.node import Place


class MemberKey(NamedTuple):
    """An SSH public key of a member, valid from the first day to the last (both included).
    ``owner`` is the member's e-mail."""

    owner: str
    ssh: str
    first: date | None = None
    last: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


class Unit(NamedTuple):
    """A body that takes part: role ``center``, ``bureau``, ``government``,
    ``supervisor`` or ``unit`` (承办单位)."""

    id: str
    name: str
    role: str
    parent: str | None = None
    short: str = ""
    group: str = ""
    administrative: bool = True
    around_the_clock: bool = False
    desk: str = ""
    phone: str = ""
    target_days: Mapping[str, int] = MappingProxyType({})
    members: tuple[str, ...] = ()
    age: str = ""
    """The unit's public key, to which seals are wrapped."""
    keys: tuple[MemberKey, ...] = ()

    @property
    def label(self) -> str:
        """The short name that tables show."""
        return self.short or self.name


class Category(NamedTuple):
    id: str
    name: str
    livelihood: bool = False
    parent: str | None = None
    suggests_urgency: str | None = None


class Precedent(NamedTuple):
    """A settled assignment that binds like matters from ``on`` (art. 6, last paragraph)."""

    id: str
    category: str
    lead: str
    on: date
    area: str | None = None
    support: tuple[str, ...] = ()
    decided_in: str | None = None


class Entry(NamedTuple):
    """An entry of the knowledge base (arts. 13, 14)."""

    id: str
    path: str
    data: Mapping[str, Any]


class Registry(NamedTuple):
    """Everything of ``registry/`` that names things; policies and calendar stand apart."""

    units: Mapping[str, Unit] = MappingProxyType({})
    categories: Mapping[str, Category] = MappingProxyType({})
    precedents: Mapping[str, Precedent] = MappingProxyType({})
    knowledge: Mapping[str, Entry] = MappingProxyType({})
    places: Mapping[tuple[str, str], tuple[str, Place]] = MappingProxyType({})
    """(kind, id) → (path, place), for findings about the registry itself."""

    def unit_name(self, unit: str | None) -> str:
        """The name a person reads; the id itself where the unit is unknown."""
        if unit is None:
            return "（未交办）"
        known = self.units.get(unit)
        return known.label if known else unit

    def role(self, unit: str) -> str | None:
        known = self.units.get(unit)
        return known.role if known else None

    def center(self) -> str:
        """The managing body (管理机构); the first of that role."""
        return next((u.id for u in self.units.values() if u.role == "center"), "hotline-center")

    def binding_precedents(self, category: str, location: str, day: date) -> list[Precedent]:
        """The precedents that bind an order of this category and place, dispatched on ``day``.

        One with an area binds only orders whose location names it; the more special
        (with an area) come first.
        """
        found = [
            p
            for p in self.precedents.values()
            if p.category == category and p.on <= day and (p.area is None or p.area in location)
        ]
        return sorted(found, key=lambda p: (p.area is None, p.id))
