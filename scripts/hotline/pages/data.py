"""The same for programs: the clocks, the orders, a calendar and a feed for each unit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hotline.pages.feeds import feeds
from hotline.pages.models import ClockRow, Row, Site
from hotline.procedure.clocks import CLOCKS, STATUSES
from hotline.procedure.lifecycle import CHANNELS, KINDS, STATES, URGENCIES
from hotline.views.due import as_json, calendar_of, due_table


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    table = due_table(site.open_views, site.now, site.calendar)
    yield "api/v1/due.json", (as_json(table) + "\n").encode()
    yield "api/v1/cases.json", cases(site).encode()
    yield from calendars(site)
    yield from feeds(site)


def calendars(site: Site) -> Iterator[tuple[str, bytes]]:
    """A calendar per unit, an empty one too: a subscription must not break."""
    pairs: dict[str, list[Any]] = {unit: [] for unit in site.registry.units}
    for view in site.open_views:
        for each in view.clocks:
            if each.counts and not each.clock.is_right and each.clock.unit in pairs:
                pairs[each.clock.unit].append((view, each))
    for unit, own in pairs.items():
        name = f"{site.registry.unit_name(unit)} 热线时限"
        text = calendar_of(own, site.registry, name)
        yield f"calendars/{unit}.ics", text.encode()


def cases(site: Site) -> str:
    """Every order in one line each: what the table of orders shows."""
    used = {row.category for row in site.rows}
    named = {u for row in site.rows for u in (row.lead, *row.support)}
    named |= {clock.unit for row in site.rows for clock in row.clocks}
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
    lines = ",\n".join(_compact(_row(row, site)) for row in site.rows)
    return f'{_compact(head)[:-1]},"cases":[\n{lines}\n]}}\n'


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _row(row: Row, site: Site) -> dict[str, Any]:
    return {
        "id": row.id,
        "url": row.url,
        "path": row.path,
        "title": row.title,
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
        "due_today": bool(row.due_on(site.today)),
        "errors": row.errors,
        "warnings": row.findings - row.errors,
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
