"""Who may write an event as things stand: the units that ``by`` could name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hotline.procedure.identity import event_id
from hotline.procedure.lifecycle import BASIS_ROLE, LEVEL_ROLE, TABLE
from hotline.procedure.timeline import Standing
from hotline.values.registry import Registry


def authors(
    event: str,
    data: Mapping[str, Any],
    standing: Standing,
    registry: Registry,
    written: Sequence[Mapping[str, Any]] = (),
) -> list[str]:
    """The units, the likeliest first. One unit: nobody needs to be asked."""
    found: list[str] = []
    for who in _roles(event, data):
        found += _units(who, data, standing, registry, written)
    return list(dict.fromkeys(found))


def _roles(event: str, data: Mapping[str, Any]) -> tuple[str, ...]:
    """The table's, narrowed by what only one of them may say (W011)."""
    if event == "assigned" and data.get("basis") in BASIS_ROLE:
        return (BASIS_ROLE[data["basis"]],)
    if event == "supervision_opened" and data.get("level") in LEVEL_ROLE:
        return (LEVEL_ROLE[data["level"]],)
    if event == "corrected":
        of_center = data.get("header") or data.get("field") == "at"
        return ("center",) if of_center else ("author",)
    return TABLE[event].who


def _units(
    who: str,
    data: Mapping[str, Any],
    standing: Standing,
    registry: Registry,
    written: Sequence[Mapping[str, Any]],
) -> list[str]:
    match who:
        case "lead":
            return [standing.lead] if standing.lead else []
        case "support":
            return list(standing.support)
        case "opener":
            return [event.by for event in standing.supervisions]
        case "author":
            wanted = data.get("event")
            return [str(event.get("by")) for event in written if event_id(event) == wanted]
        case "parent":
            unit = registry.units.get(standing.lead or "")
            return [unit.parent] if unit and unit.parent else []
    return [unit.id for unit in registry.units.values() if unit.role == who]
