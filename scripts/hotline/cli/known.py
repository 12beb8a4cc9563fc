"""``check`` with what was found before: only what changed is judged again."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from hotline.cli.common import Opened, progress
from hotline.doors import disk
from hotline.doors.cache import Cache, Row, settled
from hotline.doors.forked import FEW, default_jobs, shared_out
from hotline.doors.remembered import Remembered, facts_of, findings_of, known_row
from hotline.findings.engine import BATCH, Engine, Judged
from hotline.findings.subject import Subject
from hotline.reading.cases import read_case
from hotline.values.facts import Facts
from hotline.values.finding import Finding
from hotline.values.watched import ALWAYS, Watched

_RECALLED = 128
"""So many files' facts are held at a time."""


def known_or_judged(
    opened: Opened, engine: Engine, paths: Sequence[str], jobs: int
) -> tuple[list[Finding], Remembered]:
    """The findings of each file by itself, and the cases to compare."""
    inorder = _refreshed(opened, engine, paths, jobs)
    findings = [finding for row in inorder for finding in findings_of(row.findings)]
    return findings, Remembered(inorder, _recall(opened), opened.repository.holds)


def worth_reading(opened: Opened, *, grounds: bool = False) -> tuple[list[str], Remembered | None]:
    """The files of open orders, with ``grounds`` also those in which a ground stands, and all
    cases as far as they must be known; what is no case is among the files too.

    Where there are only a few files they are all read, and nothing need be remembered.
    """
    paths = opened.repository.listing.cases
    if opened.repository.is_trusting or len(paths) < FEW:
        return paths, None
    engine = Engine(opened.rules, opened.repository.case_schema, opened.now)
    rows = _refreshed(opened, engine, paths, default_jobs())
    kept = [row.path for row in rows if row.is_open or (grounds and row.has_ground)]
    return kept, Remembered(rows, _recall(opened), opened.repository.holds)


def _refreshed(opened: Opened, engine: Engine, paths: Sequence[str], jobs: int) -> list[Row]:
    """A row for each file, that holds now; what was not known is judged, and remembered."""
    cache = opened.repository.memory
    before = cache.rows(paths, are_all=True)
    rows = _rows(opened, engine, paths, before, jobs)
    gone = sorted(path for path in before if path not in rows)
    _remember(cache, rows, before, gone)
    return [rows[path] for path in paths]


def _remember(
    cache: Cache, rows: dict[str, Row], before: dict[str, Row], gone: Sequence[str] = ()
) -> None:
    """Writes down what is new, and of what is the same how it looks now."""
    fresh, same = [], []
    for path, row in rows.items():
        old = before.get(path)
        if (
            old is not None
            and row is not old
            and row._replace(mtime=old.mtime, size=old.size) == old
        ):
            same.append(row)
        elif row is not old:
            fresh.append(row)
    if same:
        cache.touch(same)
    if fresh or gone:
        cache.store(fresh, gone)


def few_known_or_judged(
    opened: Opened, engine: Engine, paths: Sequence[str]
) -> tuple[list[Finding], list[Facts], list[str]]:
    """As above for named files: findings, the facts of those that must be compared, and the files
    of other orders that had one of their ids when they were last looked at."""
    cache = opened.repository.memory
    before = cache.rows(paths)
    rows = _rows(opened, engine, paths, before, jobs=1)
    _remember(cache, rows, before)
    cases = [row for row in rows.values() if row.id]
    alike = {path for row in cases for path in cache.alike(row.id, row.upstream)} - set(paths)
    recall = _recall(opened)
    facts = [
        found
        for row in cases
        if (alike or not row.is_alone)
        and (found := facts_of(row.facts) if row.facts else recall(row.path)) is not None
    ]
    findings = [finding for path in paths for finding in findings_of(rows[path].findings)]
    return findings, facts, sorted(alike)


def _rows(
    opened: Opened, engine: Engine, paths: Sequence[str], before: dict[str, Row], jobs: int
) -> dict[str, Row]:
    started, moment = time.time(), opened.now.timestamp()
    root = opened.repository.root
    rows: dict[str, Row] = {}
    left = []
    for path in paths:
        row = before.get(path)
        if row and row.holds_at(moment) and row.has_stat(*disk.stat_of(root, path)):
            rows[path] = row
        else:
            left.append(path)
    judge = _Judge(opened, engine, before, started)
    pieces = shared_out(judge, left, jobs)
    for piece in progress(pieces, len(left), "检查", len):
        rows.update((row.path, row) for row in piece)
    return rows


def _recall(opened: Opened) -> Callable[[str], Facts | None]:
    """The facts of a file from the cache, and where it has lost them from the file."""
    cache = opened.repository.memory

    # Orders that share a number are each compared with all the others.
    @lru_cache(maxsize=_RECALLED)
    def recall(path: str) -> Facts | None:
        told = cache.facts(path)
        if told:
            return facts_of(told)
        blob = disk.read(opened.repository.root, path)
        case, _ = read_case(path, blob, opened.repository.case_schema)
        return Subject(case, opened.rules, opened.now).facts if case else None

    return recall


class _Judge:
    """Judges files, and notes how long what it found will hold."""

    def __init__(
        self, opened: Opened, engine: Engine, before: dict[str, Row], started: float
    ) -> None:
        self.engine = engine
        self.root = opened.repository.root
        self.now = opened.now
        self.before = before
        self.started = started

    def __call__(self, paths: Sequence[str]) -> list[Row]:
        return [
            row for n in range(0, len(paths), BATCH) for row in self._rows(paths[n : n + BATCH])
        ]

    def _rows(self, paths: Sequence[str]) -> Iterator[Row]:
        moment = self.now.timestamp()
        known: dict[str, Row] = {}
        files: list[tuple[str, bytes]] = []
        looks: list[tuple[int, int, bytes]] = []
        for path in paths:
            mtime, size = disk.stat_of(self.root, path)
            blob = disk.read(self.root, path)
            hashed = hashlib.sha1(blob, usedforsecurity=False).digest()
            mtime = settled(mtime, self.started)
            row = self.before.get(path)
            if row is not None and row.hash == hashed and row.holds_at(moment):
                known[path] = row._replace(mtime=mtime, size=size)
            else:
                files.append((path, blob))
                looks.append((mtime, size, hashed))
        judged = self.engine.judge_all(files, Watched.maker(self.now))
        for (path, _), look, one in zip(files, looks, judged, strict=True):
            known[path] = known_row(path, *look, *_bounds(one), one)
        return map(known.__getitem__, paths)


def _bounds(judged: Judged) -> tuple[float, float]:
    """From when until when it holds; what is no case is so at any moment."""
    now = judged.subject.now if judged.subject is not None else None
    return now.bounds if isinstance(now, Watched) else ALWAYS
