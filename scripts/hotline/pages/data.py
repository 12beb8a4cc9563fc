"""The same for programs: the clocks, the orders, a calendar and a feed for each unit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from hotline.pages.models import ClockRow, Row, Site
from hotline.procedure.clocks import CLOCKS, STATUSES
from hotline.procedure.lifecycle import CHANNELS, KINDS, STATES, URGENCIES
from hotline.values.registry import Registry
from hotline.views.case_view import CaseView, ClockView
from hotline.views.due import DueTable, as_json, calendar_of


class Running(NamedTuple):
    """What programs are told of an open order: its clocks for ``due.json``, and its duties for
    the calendars as (unit, due, name of the clock, event)."""

    id: str
    path: str
    due: str
    duties: Sequence[Sequence[Any]]


def running(view: CaseView, registry: Registry) -> Running:
    """Of one open order."""
    due = json.dumps(view.as_json(), ensure_ascii=False, indent=1)
    duties = [
        (
            each.clock.unit,
            each.clock.due_at.timestamp(),
            each.clock.name,
            _event(view, each, registry),
        )
        for each in view.clocks
        if each.counts and not each.clock.is_right and each.clock.unit in registry.units
    ]
    return Running(view.id, view.subject.path, due.replace("\n", "\n  "), duties)


def _event(view: CaseView, each: ClockView, registry: Registry) -> str:
    """One duty, as it stands in a calendar."""
    alone = calendar_of([(view, each)], registry, "")
    return alone[alone.index("BEGIN:VEVENT") : alone.rindex("END:VCALENDAR")]


def of_open(site: Site, open_: Sequence[Running]) -> Iterator[tuple[str, bytes]]:
    """The files that follow from the open orders alone."""
    yield "api/v1/due.json", due(site, open_).encode()
    yield from calendars(site, open_)


def due(site: Site, open_: Sequence[Running]) -> str:
    """The same text as ``hotline due --format json`` prints."""
    empty = as_json(DueTable(site.now, ()))
    told = ",\n  ".join(one.due for one in sorted(open_, key=lambda one: (one.id, one.path)))
    return (empty.replace('"cases": []', f'"cases": [\n  {told}\n ]') if told else empty) + "\n"


def calendars(site: Site, open_: Sequence[Running]) -> Iterator[tuple[str, bytes]]:
    """A calendar per unit, an empty one too: a subscription must not break."""
    own: dict[str, list[tuple[float, str, str, str]]] = {unit: [] for unit in site.registry.units}
    for order in sorted(open_, key=lambda one: (one.id, one.path)):
        for unit, at, clock, event in order.duties:
            if unit in own:
                own[unit].append((at, order.id, clock, event))
    for unit, events in own.items():
        empty = calendar_of((), site.registry, f"{site.registry.unit_name(unit)} 热线时限")
        head, end, tail = empty.rpartition("END:VCALENDAR")
        told = "".join(event for *_, event in sorted(events, key=lambda one: one[:3]))
        yield f"calendars/{unit}.ics", f"{head}{told}{end}{tail}".encode()


def cases(site: Site, months: Iterable[bytes]) -> bytes:
    """Every order in one line each, as :func:`lines` tells them of each month: what the table of
    orders shows."""
    used = {category for counts in site.tally.matters.values() for category in counts}
    named = frozenset(site.tally.units)
    head = {
        "schema_version": 1,
        "now": site.now.isoformat(),
        "labels": {
            "state": STATES,
            "status": STATUSES,
            "clock": CLOCKS,
            "kind": KINDS,
            "urgency": URGENCIES,
            "channel": CHANNELS,
            "category": {c.id: c.name for c in site.registry.categories.values() if c.id in used},
            "unit": {u.id: u.label for u in site.registry.units.values() if u.id in named},
        },
    }
    return b'%s,"cases":[\n%s\n]}\n' % (_compact(head)[:-1].encode(), b",\n".join(months))


def lines(told: Iterable[str]) -> bytes:
    """The orders of a month, of each what :func:`line` tells."""
    return ",\n".join(told).encode()


def line(head: str, row: Row) -> str:
    """One order, from what :func:`line_head` tells of it and what was found in it."""
    return f'{head},"errors":{row.errors},"warnings":{row.findings - row.errors}}}'


def line_head(row: Row, site: Site) -> str:
    """All but what was found. Of an order that is over nothing in it follows from the moment."""
    return _compact(_row(row, site))[:-1]


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _row(row: Row, site: Site) -> dict[str, Any]:
    today = row.due_on(site.today)
    return {
        "id": row.id,
        "url": row.url,
        "path": row.path,
        "upstream_id": row.upstream_id,
        "title": row.title,
        "location": row.location,
        "state": row.state,
        "kind": row.kind,
        "urgency": row.urgency,
        "category": row.category,
        "channel": row.channel,
        "lead": row.lead,
        "support": list(row.support),
        "dispatched_at": row.dispatched_at.isoformat(),
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "status": row.worst,
        "due": _due(row.burning),
        "due_today": bool(today),
        **({"redo": True} if row.stage == "redo" and row.state == "handling" else {}),
        **({"today": _due(min(today, key=lambda c: c.due_at))} if today else {}),
    }


def _due(clock: ClockRow | None) -> dict[str, Any] | None:
    if clock is None:
        return None
    return {
        "name": clock.name,
        "unit": clock.unit,
        "due_at": clock.due_at.isoformat(),
        "status": clock.status,
    }
