"""Feeds are Atom, tell each thing once, and hold nothing that acts."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

from hotline.pages.feeds import feeds
from tests.site.conftest import PAYLOADS, hostile_cases
from tests.site.test_pages import order, site_of

ATOM = "{http://www.w3.org/2005/Atom}"
ACCEPTED = {"at": "2026-10-13T09:10:00+08:00", "by": "hotline-center", "type": "accepted"}
ASSIGNED = {
    "at": "2026-10-13T09:20:00+08:00", "by": "hotline-center", "type": "assigned",
    "lead": "housing-bureau", "support": [], "basis": "clear",
}  # fmt: skip


def documents(cases: list[dict[str, Any]], now: str) -> dict[str, ET.Element]:
    return {f"{one.path}.xml": ET.fromstring(one.document()) for one in feeds(site_of(cases, now))}


def titles(feed: ET.Element) -> list[str]:
    return [str(each.findtext(f"{ATOM}title")) for each in feed.iter(f"{ATOM}entry")]


def test_every_unit_and_level_has_one_even_if_empty() -> None:
    found = documents([], "2026-10-13T10:00:00+08:00")
    assert "feeds/housing-bureau.xml" in found
    assert "feeds/level-county.xml" in found
    for feed in found.values():
        assert feed.tag == f"{ATOM}feed"
        assert all(feed.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))


def test_what_presses_is_told_to_the_unit() -> None:
    cases = [order(ACCEPTED, ASSIGNED)]
    early = documents(cases, "2026-10-13T09:30:00+08:00")["feeds/housing-bureau.xml"]
    assert titles(early) == []
    late = documents(cases, "2026-10-14T09:30:00+08:00")["feeds/housing-bureau.xml"]
    assert any("已超期" in title and "签收" in title for title in titles(late))


def test_an_entry_keeps_its_id_while_it_is_the_same() -> None:
    cases = [order(ACCEPTED, ASSIGNED)]
    ids = [
        [e.findtext(f"{ATOM}id") for e in documents(cases, now)["feeds/housing-bureau.xml"].iter(f"{ATOM}entry")]
        for now in ("2026-10-14T09:30:00+08:00", "2026-10-14T15:30:00+08:00")
    ]  # fmt: skip
    assert ids[0]
    assert set(ids[0]) <= set(ids[1])
    assert len(ids[1]) == len(set(ids[1]))


def test_a_ground_is_told_to_its_level() -> None:
    feed = documents([order(ACCEPTED, ASSIGNED)], "2026-11-20T09:00:00+08:00")
    assert titles(feed["feeds/level-bureau.xml"])
    assert not titles(feed["feeds/level-county.xml"])


def test_hostile_texts_are_text() -> None:
    found = documents(hostile_cases(), "2026-12-30T09:00:00+08:00")
    told = [title for feed in found.values() for title in titles(feed)]
    waiting = [text for number, text in enumerate(PAYLOADS) if number % 3]  # not yet replied
    for text in waiting:
        assert any(" ".join(text.split()) in " ".join(title.split()) for title in told), text
    for feed in found.values():
        assert {each.tag for each in feed.iter()} <= {
            f"{ATOM}{name}" for name in ("feed", "entry", "id", "title", "updated", "link", "author", "name", "summary")
        }  # fmt: skip
        assert all(
            each.get("href", "").startswith(("../", "level-")) or each.get("rel") == "self"
            for each in feed.iter(f"{ATOM}link")
        )
