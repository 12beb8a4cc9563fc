"""Corrections (更正): what was written stays, what it should say is applied on top."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from hotline.procedure.identity import event_id
from hotline.values.case import Case, Event
from hotline.values.times import NotATime, parse_time


class Correction(NamedTuple):
    """What a ``corrected`` event mends: an event by its id, or the header (None)."""

    target: str | None
    field: str
    value: Any

    @property
    def path(self) -> list[str]:
        """``sections.demand`` names a field of a field."""
        return self.field.split(".")

    @property
    def is_allowed(self) -> bool:
        """What an event is, who wrote it and what a case is called are never mended: that
        would be another event, another case."""
        barred = ("id", "events") if self.target is None else ("type", "by")
        return self.path[0] not in barred


def correction(event: Mapping[str, Any]) -> Correction:
    """The correction that a ``corrected`` event states."""
    target = None if event.get("header") else event.get("event")
    return Correction(target, str(event.get("field")), event.get("value"))


def corrections(case: Case) -> list[Correction]:
    """The corrections of a case, in the order of the file."""
    return [correction(event.data) for event in case.of("corrected")]


def corrected(event: Event, given: list[Correction], *, moving: bool) -> Event:
    """The event as corrected; ``moving`` says whether a corrected ``at`` moves it."""
    if all(one.target is None for one in given):
        return event
    name = event_id(event.data)
    mine = [one for one in given if one.target == name and one.is_allowed]
    data: Any = event.data
    at = event.at
    for one in mine:
        if one.field == "at":
            at = _time(one.value, at) if moving else at
        else:
            data = mended(data, one.path, one.value)
    if not mine:
        return event
    return Event(event.type, at, event.by, data, event.index, event.source)


def corrected_header(case: Case, given: list[Correction]) -> tuple[Mapping[str, Any], datetime]:
    """The header in force and the moment of dispatch in force."""
    header: Any = case.data
    dispatched_at = case.dispatched_at
    for one in given:
        if one.target is None and one.is_allowed:
            if one.field == "dispatched_at":
                dispatched_at = _time(one.value, dispatched_at)
            header = mended(header, one.path, one.value)
    return header, dispatched_at


def _time(value: Any, otherwise: datetime) -> datetime:
    try:
        return parse_time(value) if isinstance(value, str) else otherwise
    except NotATime:
        return otherwise


def mended(node: Any, path: list[str], value: Any) -> Any:
    """A shallow copy of ``node`` that keeps its places, with ``value`` at ``path``."""
    if not isinstance(node, dict):
        return node
    copy: Any = node.copy()
    head, *rest = path
    if rest and not isinstance(node.get(head), dict):
        return node
    if rest and (inner := mended(node[head], rest, value)) is node[head]:
        return node
    copy[head] = inner if rest else value
    return copy
