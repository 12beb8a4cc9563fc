"""The knowledge base shows who answers for an entry, and which ones not to rely on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hotline.pages.knowledge import Item, shelves
from hotline.values.registry import Entry
from tests.site.test_pages import site_of

GOOD = {
    "id": "x", "type": "business", "title": "题", "text": "答", "owner": "housing-bureau",
    "source": "法", "review_by": "2026-11-20",
}  # fmt: skip


def shown(**changes: Any) -> Item:
    site = site_of([], "2026-11-20T09:00:00+08:00")
    entry = Entry("x", "registry/knowledge/housing-bureau/x.yaml", {**GOOD, **changes})
    site = replace(site, registry=site.registry._replace(knowledge={"x": entry}))
    (shelf,) = shelves(site)
    (item,) = shelf.items
    assert shelf.doubtful == bool(item.doubts)
    return item


def test_an_entry_holds_through_its_last_day() -> None:
    assert shown().doubts == ()


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"review_by": "2026-11-19"}, "核对期限"), ({"review_by": None}, "核对期限"),
     ({"source": ""}, "来源"), ({"type": "collected"}, "确认")],
)  # fmt: skip
def test_what_is_doubtful_says_why(changes: dict[str, Any], word: str) -> None:
    (doubt,) = shown(**changes).doubts
    assert word in doubt


def test_collected_and_confirmed_is_fine() -> None:
    assert shown(type="collected", confirmed_by="housing-bureau").doubts == ()
