"""A unit's desk: what to do now in legal order, what runs, what was done lately."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hotline.pages.board import board
from hotline.pages.howto import Step, steps
from hotline.pages.models import Handled, Row, Site, Task
from hotline.values.registry import Unit

ROLES = {
    "center": "热线管理机构",
    "bureau": "行政审批局",
    "government": "县人民政府",
    "supervisor": "监察机关",
    "unit": "承办单位",
}
_LEVELS = {"bureau": "bureau", "government": "county", "supervisor": "accountability"}
_GROUPS = (
    ("overdue", "已超期", "先办这些，办完仍记为逾期"),
    ("due_soon", "即将到期", "剩下的时间不到一半，且不多于 1 个工作日"),
    ("running", "计时中", "按到期先后排列"),
    ("none", "没有固定期限", "等着办的，先来的在前"),
    ("right", "可以申请", "是权利，不是义务，过期不再受理"),
)


@dataclass(frozen=True, slots=True)
class Item:
    row: Row
    task: Task


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    title: str
    hint: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    unit: Unit
    role: str
    parent: Unit | None
    groups: tuple[Group, ...]
    recent: Sequence[Handled]
    leads: int
    """Open orders that the unit leads."""
    supports: int
    overdue: int
    """Orders with something overdue for the unit, and so on."""
    soon: int
    today: int
    level: str = ""
    """The level of the board that is this body's own; '' for those that handle orders."""
    standing: int = 0
    """Orders that stand at that level."""
    elsewhere: int = 0
    """Open orders of the unit in which others have the next step."""

    @property
    def howto(self) -> tuple[Step, ...]:
        """How the commands of the tasks are filled in."""
        return steps(item.task.command for group in self.groups for item in group.items)

    @property
    def waiting(self) -> int:
        """Tasks without a clock: what waits for a managing body."""
        return sum(len(group.items) for group in self.groups if group.name == "none")

    @property
    def is_idle(self) -> bool:
        return not (self.groups or self.leads or self.supports or self.standing)


def desks(site: Site) -> Iterator[Desk]:
    """The desk of every unit of the registry, in its order."""
    items: dict[str, list[Item]] = {}
    leads: dict[str, int] = {}
    supports: dict[str, int] = {}
    open_of: dict[str, set[str]] = {}
    for row in site.rows:
        for task in row.tasks:
            items.setdefault(task.unit, []).append(Item(row, task))
        if row.is_open:
            for name in {row.lead, *row.support} - {None}:
                open_of.setdefault(str(name), set()).add(row.path)
            if row.lead:
                leads[row.lead] = leads.get(row.lead, 0) + 1
            for name in row.support:
                supports[name] = supports.get(name, 0) + 1
    units = site.registry.units
    standing = {section.level: len(section.items) for section in board(site).sections}
    for unit in units.values():
        level = _LEVELS.get(unit.role, "")
        own = items.get(unit.id, [])
        yield Desk(
            unit, ROLES.get(unit.role, unit.role),
            units.get(unit.parent) if unit.parent else None, tuple(_grouped(own)),
            site.tally.handled.get(unit.id, ()), leads.get(unit.id, 0), supports.get(unit.id, 0),
            len({i.row.path for i in own if _group(i) == "overdue"}),
            len({i.row.path for i in own if _group(i) == "due_soon"}),
            len({i.row.path for i in own if _is_due_today(i, site)}), level,
            standing.get(level, 0), len(open_of.get(unit.id, set()) - {i.row.path for i in own}),
        )  # fmt: skip


def _is_due_today(item: Item, site: Site) -> bool:
    clock = item.task.clock
    return bool(
        clock and clock.due_at.date() == site.today and _group(item) in ("due_soon", "running")
    )


def _group(item: Item) -> str:
    if item.task.is_right:
        return "right"
    return item.task.clock.status if item.task.clock else "none"


def _grouped(items: list[Item]) -> Iterator[Group]:
    for name, title, hint in _GROUPS:
        own = [item for item in items if _group(item) == name]
        if own:
            yield Group(name, title, hint, tuple(sorted(own, key=_order)))


def _order(item: Item) -> tuple[object, ...]:
    """By the due moment; what has none by how long it waits: since the answer, or the dispatch."""
    clock, row = item.task.clock, item.row
    since = row.answered[-1] if row.answered else row.dispatched_at
    return (clock.due_at if clock else since, row.id, item.task.act)
