"""Who may read what is sealed in a case (arts. 16, 21 (4); contract P003)."""

from __future__ import annotations

from typing import NamedTuple

from hotline.procedure.timeline import Timeline
from hotline.values.registry import Registry

PARTS = ("person", "demand")
"""What can be sealed: who the petitioner is, and what was asked."""


class Readers(NamedTuple):
    """Unit ids for each part, the center first, then the lead, then the support."""

    person: tuple[str, ...]
    demand: tuple[str, ...]

    def of(self, part: str) -> tuple[str, ...]:
        return self.person if part == "person" else self.demand


def readers(course: Timeline, registry: Registry) -> Readers:
    """Who may read the case's parts as it stands: the center and the units that handle it now;
    who a confidential petitioner is, the center alone; nobody that the order is against."""
    against = set(course.header.get("against") or ())
    center = registry.center()
    handling = _handling(course, registry)

    def some(units: list[str]) -> tuple[str, ...]:
        return tuple([unit for unit in dict.fromkeys(units) if unit not in against])

    everyone = some([center, *handling])
    person = some([center]) if course.is_confidential else everyone
    return Readers(person, everyone)


def _handling(course: Timeline, registry: Registry) -> list[str]:
    """The units to which the center gave the order. An event that was refused gives nobody
    anything, though it is folded: who wrote it may well want to read."""
    units: list[str] = []
    for step in course.of("assigned", "return_decided"):
        event = step.event
        if not step.allowed or registry.role(event.by) != "center":
            continue
        if event.type == "assigned":
            units = [str(event.get("lead")), *(event.get("support") or ())]
        elif event.get("approved"):
            units = []
    return units


def seals_demand(course: Timeline) -> bool:
    """Whether the demand itself must be sealed: a report (举报), or a confidential petitioner.
    An order that ever was a report stays one: who it is about has not forgotten it."""
    kinds = {course.header.get("kind"), course.current("kind")}
    return "report" in kinds or course.is_confidential
