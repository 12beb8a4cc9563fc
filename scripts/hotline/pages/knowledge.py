"""The knowledge base (arts. 13, 14): what each unit answers for, and what is past its review."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hotline.pages.models import Site
from hotline.values.registry import Entry
from hotline.values.times import NotATime, parse_date

TYPES = {"basic": "基本信息", "business": "业务信息", "collected": "收集信息"}
"""The types of art. 14."""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as people read it. ``doubts`` say why it should not be relied on."""

    id: str
    path: str
    type: str
    title: str
    text: str
    source: str
    category: str
    review_by: str
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The entries of one unit."""

    unit: str
    items: tuple[Item, ...]

    @property
    def doubtful(self) -> int:
        return sum(bool(item.doubts) for item in self.items)


def shelves(site: Site) -> tuple[Shelf, ...]:
    """The knowledge base by unit, in the order of the registry."""
    own: dict[str, list[Item]] = {}
    for entry in site.registry.knowledge.values():
        own.setdefault(str(entry.data.get("owner") or ""), []).append(_item(site, entry))
    order = [*site.registry.units, *sorted(own.keys() - site.registry.units.keys())]
    return tuple(
        Shelf(unit, tuple(sorted(own[unit], key=lambda item: (item.type, item.id))))
        for unit in order
        if unit in own
    )


def _item(site: Site, entry: Entry) -> Item:
    data = entry.data
    category = site.registry.categories.get(str(data.get("category")))
    return Item(
        entry.id, entry.path, TYPES.get(str(data.get("type")), ""), str(data.get("title") or ""),
        str(data.get("text") or ""), str(data.get("source") or ""),
        category.name if category else "", str(data.get("review_by") or ""),
        tuple(_doubts(site, data)),
    )  # fmt: skip


def _doubts(site: Site, data: Any) -> Iterator[str]:
    try:
        if parse_date(str(data.get("review_by"))) < site.today:
            yield "过了核对期限，先向责任单位核实"
    except NotATime:
        yield "没有写明核对期限"
    if not data.get("source"):
        yield "没有写明来源"
    if data.get("type") == "collected" and not data.get("confirmed_by"):
        yield "还没有经责任单位确认"
