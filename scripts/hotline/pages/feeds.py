"""Atom feeds (RFC 4287): one for each unit, one for each level of the board.

An entry is a duty that presses, or a ground that stands, of one order: it has the same id as
long as it is the same, so that a reader shows it once. Same data, same bytes: nothing is dated
by the day of the build but the feed itself.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from hotline.pages.board import Standing, board
from hotline.pages.models import ClockRow, Row, Site
from hotline.procedure.clocks import STATUSES
from hotline.values.article import cite
from hotline.values.shown import on_one_line

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write."""
_PRESSING = ("overdue", "due_soon")


class _Entry(NamedTuple):
    id: str
    title: str
    updated: datetime
    url: str
    text: str


class Feed(NamedTuple):
    """What a feed is made of; ``path`` is that of the site without its ending."""

    path: str
    name: str
    page: str
    author: str
    now: datetime
    """When an empty one was made."""
    entries: Sequence[_Entry]

    def document(self) -> bytes:
        """As Atom."""
        newest = sorted(self.entries, key=lambda entry: (entry.updated, entry.id), reverse=True)
        root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "zh-CN"})
        _add(root, "id", f"urn:hotline:{self.path}")
        _add(root, "title", self.name)
        _add(root, "updated", _stamp(max((e.updated for e in newest), default=self.now)))
        ET.SubElement(root, "link", {"rel": "self", "href": self.path.rpartition("/")[2] + ".xml"})
        ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": self.page})
        _add(ET.SubElement(root, "author"), "name", self.author)
        for entry in newest:
            one = ET.SubElement(root, "entry")
            _add(one, "id", f"urn:hotline:{entry.id}")
            _add(one, "title", entry.title)
            _add(one, "updated", _stamp(entry.updated))
            ET.SubElement(one, "link", {"rel": "alternate", "type": "text/html", "href": entry.url})
            _add(one, "summary", entry.text)
        ET.indent(root)
        text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        return text + b"\n"


def feeds(site: Site) -> Iterator[Feed]:
    """All of them, empty ones too: a subscription must not break."""
    own: dict[str, list[_Entry]] = {unit: [] for unit in site.registry.units}
    for row in site.rows:
        for clock in row.clocks:
            if clock.unit in own and clock.status in _PRESSING and not clock.is_right:
                own[clock.unit].append(_of_clock(row, clock))
    for unit, entries in own.items():
        name = f"{site.registry.unit_name(unit)} 热线提醒"
        page = f"../units/{unit}/"
        yield Feed(f"feeds/{unit}", name, page, site.name, site.now, entries)
    for section in board(site).sections:
        name, path = f"{section.title} 督办看板", f"feeds/level-{section.level}"
        entries = [entry for each in section.items for entry in _of_standing(site, each)]
        yield Feed(path, name, "../board/", site.name, site.now, entries)


def _of_clock(row: Row, clock: ClockRow) -> _Entry:
    status = STATUSES[clock.status]
    changed = clock.due_at if clock.status == "overdue" else clock.started_at
    return _Entry(
        f"{row.slug}/{clock.name}/{clock.unit}/{clock.due_at:%Y%m%d%H%M}/{clock.status}",
        f"【{status}】{clock.title} {row.id} {row.title}", changed, f"../{row.url}",
        f"{clock.title}（{cite(clock.article)}）{clock.due_at:%Y-%m-%d %H:%M} 到期。",
    )  # fmt: skip


def _of_standing(site: Site, each: Standing) -> Iterator[_Entry]:
    row = each.row
    since = each.clock.due_at if each.clock else row.dispatched_at
    for ground in each.grounds:
        yield _Entry(
            f"{row.slug}/{ground.code}", f"【{ground.title}】{row.id} {row.title}", since,
            f"../{row.url}", f"{ground.title}（{cite(ground.article)}）：{ground.what}。",
        )  # fmt: skip
    if not each.grounds and each.clock is not None:
        yield _of_clock(row, each.clock)


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NOT_XML.sub("\ufffd", on_one_line(text))


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
