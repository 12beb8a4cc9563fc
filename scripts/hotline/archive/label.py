"""What a bag says of itself, in ``bag-info.txt``: all of it follows from its dossiers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from hotline.archive.dossier import Kept, Shelf, kept_until
from hotline.procedure.calendar import Calendar
from hotline.values.registry import Registry

UNTIL = "Retention-Until"
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def label(
    shelf: Shelf, kept: Sequence[Kept], registry: Registry, calendar: Calendar
) -> list[tuple[str, str]]:
    """The fields, of a bag with at least one dossier. The day of making is that of the newest
    commit: the same history gives the same bag."""
    newest = max((one.last for one in kept), key=lambda last: (last.at, last.commit))
    policies = sorted({one.subject.policy.path for one in kept if one.subject.policy})
    unit = registry.units.get(shelf.unit)
    name = unit.name if unit else shelf.unit
    until = max(kept_until(one.subject) for one in kept)
    year, month = shelf.month.split("-")
    about = f"{name}{year}年{int(month)}月办结的12345热线工单卷宗，{len(kept)}件，保管至{until}"
    return [
        ("Source-Organization", name),
        ("External-Identifier", f"{shelf.unit}/{shelf.month}"),
        ("External-Description", about),
        ("Bagging-Date", f"{calendar.local(newest.at).date()}"),
        ("Bag-Software-Agent", "hotline"),
        ("Hotline-Commit", newest.commit),
        ("Hotline-Policy", "、".join(policies) or "无"),
        ("Hotline-Cases", str(len(kept))),
        (UNTIL, f"{until}"),
    ]


def until_of(info: Mapping[str, str]) -> date | None:
    """Until when a bag says that it is kept; None where it says no day. Records are kept beyond
    the years in which orders lie."""
    text = info.get(UNTIL, "")
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
