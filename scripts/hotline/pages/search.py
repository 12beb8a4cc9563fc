"""Search entries of the case pages, and Chinese cut so finely that parts of words are found.

The browser's index knows only whole tokens. jieba keeps 县委书记 as one, and 书记信箱 would
find nothing; a word that consists of words of the dictionary is therefore cut into these.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from html import escape
from typing import Any

from hotline.pages.case import state_name
from hotline.pages.desks import ROLES
from hotline.pages.models import Row, Site
from hotline.procedure.lifecycle import CHANNELS, KINDS, URGENCIES
from hotline.rules.declare import Rule
from hotline.values.article import cite
from hotline.values.shown import on_terminal

AT_MOST = 2000
_GAP = "\u200b"
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]+")
_PLACEHOLDER = re.compile(r"\{(?:petitioner|party)\.[a-z0-9_]+\}")


@cache
def segmenter() -> Any:
    """The segmenter, which else tells every process how it loads its dictionary."""
    import logging
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(logging.ERROR)
    return jieba


@lru_cache(maxsize=65536)
def _parts(word: str) -> tuple[str, ...]:
    """The words of the dictionary that ``word`` wholly consists of, else itself."""
    if len(word) < 4:
        return (word,)
    known = {part for part in segmenter().cut_for_search(word) if 2 <= len(part) < len(word)}
    parts, reached = [], 0
    while reached < len(word):
        part = next(
            (word[reached : reached + n] for n in (2, 3, 4) if word[reached : reached + n] in known),
            None,
        )
        if part is None:
            return (word,)
        parts.append(part)
        reached += len(part)
    return tuple(parts)


def segment(text: str) -> str:
    """``text`` with an invisible gap between the words of its Chinese stretches."""

    def cut(found: re.Match[str]) -> str:
        words = [part for word in segmenter().cut(found[0]) for part in _parts(word)]
        return f"{_GAP}{_GAP.join(words)}{_GAP}"

    return _HAN.sub(cut, text.replace(_GAP, "")).strip(_GAP)


def indexed(site: Site) -> list[Row]:
    """The orders that the search knows: all open ones first, then the newest others."""
    newest = sorted(site.rows, key=lambda row: (row.is_open, row.dispatched_at, row.id))
    return sorted(newest[::-1][:AT_MOST], key=lambda row: row.path)


def entries(site: Site, rules: Mapping[str, Rule]) -> Iterator[dict[str, Any]]:
    """Lists, desks, rules, then orders."""
    yield _entry("./", f"概览 {site.name}", "办理中 已超期 今日到期 特殊事项 现在最急的")
    yield _entry("cases/", "工单", "全部工单 查找 筛选 状态 时限 主办单位")
    yield _entry("units/", "单位", "各单位的办件 已超期 即将到期")
    yield _entry("ledger/", "台账", "临时办结台账 承诺办结 进展报送")
    for unit in site.registry.units.values():
        text = f"{unit.name} {ROLES.get(unit.role, '')} 现在要做什么"
        yield _entry(f"units/{unit.id}/", unit.label, text)
    for rule in rules.values():
        text = f"{cite(rule.article)} {rule.why}{rule.mend}"
        yield _entry(f"rules/{rule.code}/", f"{rule.code} {rule.title}", text)
    for row in indexed(site):
        yield _order(row, site)


def _order(row: Row, site: Site) -> dict[str, Any]:
    category = site.registry.categories.get(row.category)
    units = [
        name
        for unit in (row.lead, *row.support)
        if unit and (known := site.registry.units.get(unit))
        for name in dict.fromkeys((known.label, known.name))
    ]
    words = [
        URGENCIES[row.urgency] if row.is_special else "", state_name(row), KINDS[row.kind],
        category.name if category else row.category, row.location, *units,
        CHANNELS[row.channel], row.platform, _PLACEHOLDER.sub("诉求人", row.demand),
    ]  # fmt: skip
    return _entry(row.url, f"{row.id} {row.title}", " · ".join(filter(None, words)))


def _entry(location: str, title: str, text: str) -> dict[str, Any]:
    """The theme shows both as HTML."""
    return {
        "location": location,
        "title": segment(escape(on_terminal(title), quote=False)),
        "text": segment(escape(on_terminal(text), quote=False)),
    }


def index(written: str, site: Site, rules: Mapping[str, Rule]) -> str:
    """The index as the search plugin wrote it, cut finely and with ours added."""
    document = json.loads(written)
    for entry in document["docs"]:
        entry["title"] = segment(entry["title"])
        entry["text"] = segment(entry["text"])
    document["docs"].extend(entries(site, rules))
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
