"""What the search finds: pages by the theme's index, orders by shards of their own.

The theme's index knows only whole tokens. jieba keeps 县委书记 as one, and 书记信箱 would find
nothing; a word that consists of words of the dictionary is therefore cut into these. It holds
pages alone, so that its size does not grow with the orders.

Orders lie in shards of bounded size, the open ones first, then those that are over by month,
the newest first. A browser loads the list of shards and then shard after shard, until it has
found enough or has loaded enough; whoever wants older ones goes on. What is asked for is looked
for as it stands, so that no word need be cut: 停水 is found wherever it is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from functools import cache, lru_cache
from html import escape
from typing import Any, NamedTuple

from hotline.pages.case import state_name
from hotline.pages.desks import ROLES
from hotline.pages.frame import unmarked
from hotline.pages.models import Row, Site
from hotline.procedure.lifecycle import CHANNELS, KINDS, URGENCIES
from hotline.rules.declare import Rule
from hotline.values.article import cite
from hotline.values.registry import Registry
from hotline.values.shown import on_terminal
from hotline.views.case_view import CaseView

SHARD = 128 * 1024
"""Bytes that a shard has at most, but for an order that is larger by itself."""
SHARDS = "search/orders.json"
"""The list of the shards."""
OPEN = "open"
_FOLDER = "search/orders/"
SEPARATOR = r"[\s\u200b\u3000\-、。，．？！；：（）《》“”·/]+"
_GAP = "\u200b"
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]+")
_QUOTED = re.compile("《[^《》]{2,40}》")
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


def entries(site: Site, rules: Mapping[str, Rule]) -> Iterator[tuple[str, str, str]]:
    """(address, title, text) of lists, desks and rules."""
    yield "./", "概览", "办理中 已超期 今日到期 特殊事项 现在最急的"
    yield "cases/", "工单", "全部工单 查找 筛选 状态 时限 主办单位"
    yield "units/", "单位", "各单位的办件 已超期 即将到期"
    yield "hot/", "热点", "热点 增多 事项 地点 镇街 季节 反映集中 第十五条"
    yield "assessment/", "考评", "考评 通报 排名 得分 及时率 满意率 重办率 延期率 第十八条"
    yield "ledger/", "台账", "临时办结台账 承诺办结 进展报送"
    for unit in site.registry.units.values():
        names = " ".join(dict.fromkeys((unit.label, unit.name)))
        text = f"{short_of(unit.label)} {ROLES.get(unit.role, '')} 现在要做什么"
        yield f"units/{unit.id}/", names, text
    for rule in rules.values():
        text = f"{cite(rule.article)} {rule.why}{rule.mend}"
        yield f"rules/{rule.code}/", f"{rule.code} {rule.title}", text


def words_of(view: CaseView, row: Row, registry: Registry) -> str:
    """What an order is found by, besides its id, title and state: kind, matter, place, units by
    all their names, where it came from, what is asked, and the statutes that were relied on."""
    category = registry.categories.get(row.category)
    names = (row.lead or "", *row.support)
    known = [registry.units[name] for name in names if name in registry.units]
    units = [name for unit in known for name in dict.fromkeys((unit.label, unit.name))]
    words = [
        URGENCIES[row.urgency] if row.is_special else "", KINDS[row.kind],
        category.name if category else row.category, row.location, *units,
        CHANNELS[row.channel], row.platform, row.upstream_id, _PLACEHOLDER.sub("诉求人", row.demand),
        *dict.fromkeys(_statutes(view)),
    ]  # fmt: skip
    return on_terminal(" · ".join(filter(None, words)))


def _statutes(view: CaseView) -> Iterator[str]:
    """The laws that events name: what a reply rests on, what sets another time, and titles
    quoted in a letter."""
    for event in view.subject.case.events:
        basis = event.get("legal_basis")
        yield from map(str, basis if isinstance(basis, list) else [basis] if basis else [])
        law = event.get("statutory")
        if isinstance(law, dict) and law.get("law"):
            yield str(law["law"])
        sections = event.get("sections")
        for text in sections.values() if isinstance(sections, dict) else ():
            yield from _QUOTED.findall(str(text))


class Found(NamedTuple):
    """An order as the search finds it, and its place among others."""

    at: str
    """When it was dispatched, in UTC."""
    path: str
    told: Sequence[str]


def found(row: Row, words: str) -> Found:
    """``words`` are those of :func:`words_of`."""
    at = row.dispatched_at.astimezone(UTC).isoformat()
    return Found(at, row.path, (row.slug, on_terminal(row.title), state_name(row), words))


def group_of(row: Row) -> str:
    """Whose shards hold an order: those of all that are open, or of a month of dispatch."""
    return OPEN if row.is_open else f"{row.dispatched_at:%Y-%m}"


def shards(group: str, orders: Iterable[Found]) -> Iterator[tuple[str, bytes, int]]:
    """(path, content, how many orders) of the shards of a group."""
    newest = sorted(orders, key=lambda one: one[:2], reverse=True)
    for number, (count, part) in enumerate(_pieces(newest)):
        name = f"{group}.json" if number == 0 else f"{group}-{number + 1}.json"
        yield f"{_FOLDER}{name}", part, count


def listed(groups: Mapping[str, Sequence[tuple[str, int, int]]]) -> bytes:
    """The list of all shards; of each its path, its orders and its bytes."""
    told = [
        [path.removeprefix(_FOLDER), count, size]
        for group in sorted(groups, reverse=True)  # the open ones stand before all months
        for path, count, size in groups[group]
    ]
    head = {"schema_version": 1, "shards": told}
    return (json.dumps(head, separators=(",", ":")) + "\n").encode()


def _pieces(orders: Iterable[Found]) -> Iterator[tuple[int, bytes]]:
    """(how many orders, the file), none larger than a shard may be."""
    lines: list[bytes] = []
    size = 0
    for order in orders:
        line = _line(order)
        if lines and size + len(line) > SHARD:
            yield len(lines), b"[\n" + b",\n".join(lines) + b"\n]\n"
            lines, size = [], 0
        lines.append(line)
        size += len(line) + 2
    if lines:
        yield len(lines), b"[\n" + b",\n".join(lines) + b"\n]\n"


def _line(order: Found) -> bytes:
    return json.dumps(order.told, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )


def index(written: str, site: Site, rules: Mapping[str, Rule]) -> str:
    """The index as the search plugin wrote it, cut finely and with ours added."""
    document = json.loads(unmarked(written))
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
