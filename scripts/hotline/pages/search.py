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
from hotline.values.registry import Registry
from hotline.values.shown import on_terminal

AT_MOST = 2000
SEPARATOR = r"[\s\u200b\u3000\-、。，．？！；：（）《》“”·/]+"
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
            (
                word[reached : reached + n]
                for n in (2, 3, 4)
                if word[reached : reached + n] in known
            ),
            None,
        )
        if part is None:
            return (word,)
        parts.append(part)
        reached += len(part)
    return tuple(parts)


class Words:
    """Cuts Chinese text. Names of the registry (县住建局, 童家镇) stay whole where they are
    short, which a general dictionary would tear apart."""

    def __init__(self, registry: Registry) -> None:
        units = {unit.label for unit in registry.units.values()}
        names = {category.name for category in registry.categories.values()} | units
        kept = {name for label in units if len(label) <= 5 for name in (label, short_of(label))}
        kept |= {name for name in names if len(name) <= 4}
        longest = sorted((n for n in kept if len(n) >= 3), key=lambda n: (-len(n), n))
        self._names = re.compile("(" + "|".join(map(re.escape, longest)) + ")") if longest else None

    def segment(self, text: str) -> str:
        """``text`` with an invisible gap between the words of its Chinese stretches."""
        return _HAN.sub(self._cut, text.replace(_GAP, "")).strip(_GAP)

    def _cut(self, found: re.Match[str]) -> str:
        words: list[str] = []
        parts = self._names.split(found[0]) if self._names else [found[0]]
        for number, part in enumerate(parts):
            if number % 2:
                words.append(part)
            elif part:
                words += [each for word in segmenter().cut(part) for each in _parts(word)]
        return f"{_GAP}{_GAP.join(words)}{_GAP}"


def short_of(name: str) -> str:
    """What people call it: 县住建局 → 住建局."""
    return name.removeprefix("县") if len(name) > 3 else name


def indexed(site: Site) -> list[Row]:
    """The orders that the search knows: all open ones first, then the newest others."""
    newest = sorted(site.rows, key=lambda row: (row.is_open, row.dispatched_at, row.id))
    return sorted(newest[::-1][:AT_MOST], key=lambda row: row.path)


def entries(site: Site, rules: Mapping[str, Rule]) -> Iterator[tuple[str, str, str]]:
    """(address, title, text) of lists, desks, rules, then orders."""
    yield "./", "概览", "办理中 已超期 今日到期 特殊事项 现在最急的"
    yield "cases/", "工单", "全部工单 查找 筛选 状态 时限 主办单位"
    yield "units/", "单位", "各单位的办件 已超期 即将到期"
    yield "ledger/", "台账", "临时办结台账 承诺办结 进展报送"
    for unit in site.registry.units.values():
        names = " ".join(dict.fromkeys((unit.label, unit.name)))
        text = f"{short_of(unit.label)} {ROLES.get(unit.role, '')} 现在要做什么"
        yield f"units/{unit.id}/", names, text
    for rule in rules.values():
        text = f"{cite(rule.article)} {rule.why}{rule.mend}"
        yield f"rules/{rule.code}/", f"{rule.code} {rule.title}", text
    for row in indexed(site):
        yield row.url, f"{row.id} {row.title}", _text_of(row, site)


def _text_of(row: Row, site: Site) -> str:
    category = site.registry.categories.get(row.category)
    names = (row.lead or "", *row.support)
    known = [site.registry.units[name] for name in names if name in site.registry.units]
    units = [name for unit in known for name in dict.fromkeys((unit.label, unit.name))]
    also = [name for unit in known if (name := short_of(unit.label)) != unit.label]
    words = [
        URGENCIES[row.urgency] if row.is_special else "", state_name(row), KINDS[row.kind],
        category.name if category else row.category, row.location, *units,
        CHANNELS[row.channel], row.platform, _PLACEHOLDER.sub("诉求人", row.demand), *also,
    ]  # fmt: skip
    return " · ".join(filter(None, words))


def index(written: str, site: Site, rules: Mapping[str, Rule]) -> str:
    """The index as the search plugin wrote it, cut finely and with ours added."""
    document = json.loads(written)
    document["config"]["separator"] = SEPARATOR
    segment = Words(site.registry).segment
    for entry in document["docs"]:
        entry["title"] = segment(entry["title"])
        entry["text"] = segment(entry["text"])
    for location, title, text in entries(site, rules):
        # The theme shows both as HTML.
        shown = [segment(escape(on_terminal(each), quote=False)) for each in (title, text)]
        document["docs"].append({"location": location, "title": shown[0], "text": shown[1]})
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


_LOSES_LAST = "o<t.length;o++)t.slice(s,o)in e"
_KEEPS_LAST = "o<=t.length;o++)t.slice(s,o)in e"


def mended(worker: str) -> str:
    """The theme's search script, which cuts a Chinese question into the words of the index
    but never looks at a word that ends where the question ends: 县住建局 became 县."""
    return worker.replace(_LOSES_LAST, _KEEPS_LAST)
