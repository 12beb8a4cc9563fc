"""What the cache remembers, as the values that were written down: findings, facts, cases.

And the trees of the registry's files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from hotline.doors.cache import Row, upstream_of
from hotline.findings.engine import Judged
from hotline.values import node
from hotline.values.facts import Cases, Facts, Link
from hotline.values.finding import Finding
from hotline.values.node import Place


class Remembered(Cases):
    """The facts of all cases, made of their rows only where they are asked for; ``recall`` gives
    those that a row does not carry."""

    def __init__(
        self,
        rows: Sequence[Row],
        recall: Callable[[str], Facts | None],
        holds: Callable[[str], bool],
    ) -> None:
        super().__init__((), holds=holds)
        self._recall = recall
        self._rows = rows
        self._of_id = _Index((row.id, row) for row in rows if row.id)
        self._of_upstream = _Index((row.upstream, row) for row in rows if row.id)

    @property
    def ids(self) -> set[str]:
        return set(self._of_id.first)

    @property
    def comparable(self) -> list[Facts]:
        """The facts in which a rule that compares files may find something."""
        return [
            facts
            for row in self._rows
            if row.id
            and (
                not row.is_alone
                or row.id in self._of_id.more
                or row.upstream in self._of_upstream.more
            )
            for facts in self._facts(row)
        ]

    def _facts(self, *rows: Row) -> list[Facts]:
        found = (facts_of(r.facts) if r.facts else self._recall(r.path) for r in rows)
        return [facts for facts in found if facts is not None]

    def exists(self, case: str) -> bool:
        return case in self._of_id.first or super().exists(case)

    def with_id(self, case: str) -> list[Facts]:
        return self._facts(*self._of_id.all(case))

    def with_upstream(self, key: tuple[str, str, str]) -> list[Facts]:
        return self._facts(*self._of_upstream.all(upstream_of(key)))

    def get(self, case: str) -> Facts | None:
        return next(iter(self._facts(*self._of_id.all(case)[:1])), None)


class _Index:
    """Rows by a key that hardly any of them share: a list for each would be most of what all this
    takes."""

    def __init__(self, rows: Iterable[tuple[str, Row]]) -> None:
        self.first: dict[str, Row] = {}
        self.more: dict[str, list[Row]] = {}
        """Where there are several: those after the first."""
        for key, row in rows:
            if self.first.setdefault(key, row) is not row:
                self.more.setdefault(key, []).append(row)

    def all(self, key: str) -> list[Row]:
        first = self.first.get(key)
        return [] if first is None else [first, *self.more.get(key, ())]


def known_row(
    path: str, mtime: int, size: int, hash_: bytes, since: float, until: float, judged: Judged
) -> Row:
    """What is known of a file that was judged.

    A case that names no other is told by its ids: the rules that compare files can find nothing in
    it but another one of the same. Only of others the facts are written down. What is no case
    counts as open, for nobody knows.
    """
    found, subject = findings_as_json(judged.findings), judged.subject
    if subject is None:
        return Row(path, mtime, size, hash_, since, until, found, "", "", "", 1, 1)
    course = subject.course
    is_alone = not course.of("linked") and not course.of("terminated")
    return Row(
        path, mtime, size, hash_, since, until, found,
        "" if is_alone else facts_as_json(subject.facts),
        subject.case.id, upstream_of(subject.upstream_key), int(is_alone), int(course.is_open),
    )  # fmt: skip


# --- values as JSON -----------------------------------------------------------------------


def findings_as_json(findings: Sequence[Finding]) -> str:
    """Empty where there is none, as with nearly all files."""
    if not findings:
        return ""
    rows = [
        [f.code, f.severity, f.path, f.message, f.article, *f.place, f.case, f.subject]
        for f in findings
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def findings_of(text: str) -> list[Finding]:
    return [
        Finding(code, severity, path, message, article, Place(line, column), case, subject)
        for code, severity, path, message, article, line, column, case, subject in (
            json.loads(text) if text else ()
        )
    ]


def facts_as_json(facts: Facts) -> str:
    return json.dumps(_plain(tuple(facts)), ensure_ascii=False, separators=(",", ":"))


def facts_of(text: str) -> Facts:
    return Facts._make(_made(json.loads(text)))


def _plain(value: Any) -> Any:
    if isinstance(value, Place):
        return {"p": list(value)}
    if isinstance(value, Link):
        return {"l": [_plain(one) for one in value]}
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _made(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_made, value))
    if not isinstance(value, dict):
        return value
    [(kind, told)] = value.items()
    if kind == "p":
        return Place(*told)
    return Link(*map(_made, told)) if kind == "l" else datetime.fromisoformat(told)


# --- trees of YAML ------------------------------------------------------------------------

_BRANCHES = (dict, list)


def trees_as_json(trees: Mapping[str, Any]) -> str:
    """Trees by the paths of their files: each its plain data, and the lines and columns of its
    keys and values: those of a branch together, then those of the branches below it."""
    rows = {path: (tree, _numbers(tree)) for path, tree in trees.items()}
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def trees_of(text: str) -> dict[str, Any]:
    rows = json.loads(text).items()
    return {path: _tree(data, numbers) for path, (data, numbers) in rows}


def _numbers(tree: Any) -> list[int]:
    places = [node.place_of(tree)]
    _add_below(tree, places)
    return [number for place in places for number in place]


def _add_below(tree: Any, places: list[Place]) -> None:
    if isinstance(tree, node.Mapping):
        places += (place for key in tree for place in tree.marks[key])
    elif isinstance(tree, node.Items):
        places += tree.marks
    else:
        return
    for value in tree.values() if isinstance(tree, dict) else tree:
        _add_below(value, places)


def _tree(data: Any, numbers: list[int]) -> Any:
    each = iter(numbers)
    places = map(Place, each, each)
    return _below(data, next(places), places) if isinstance(data, _BRANCHES) else data


def _below(data: Any, place: Place, places: Iterator[Place]) -> node.Mapping | node.Items:
    """A branch that stands at ``place``, with the next of ``places`` for what is in it. What holds
    no branch itself is taken over as a whole: most of a registry."""
    if isinstance(data, dict):
        mapping = node.Mapping(place)
        mapping.update(data)
        own = islice(places, 2 * len(data))
        mapping.marks = dict(zip(data, zip(own, own, strict=True), strict=True))
        for key, value in data.items():
            if isinstance(value, _BRANCHES):
                mapping[key] = _below(value, mapping.marks[key][1], places)
        return mapping
    items = node.Items(place)
    items += data
    items.marks = list(islice(places, len(data)))
    for index, value in enumerate(data):
        if isinstance(value, _BRANCHES):
            items[index] = _below(value, items.marks[index], places)
    return items
