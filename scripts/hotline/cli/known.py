"""``check`` with what was found before: only what changed is judged again."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from hotline.cli.common import Opened, progress
from hotline.doors import disk
from hotline.doors.cache import Cache, Row, settled, upstream_of
from hotline.doors.forked import FEW, default_jobs, shared_out
from hotline.doors.remembered import (
    Remembered,
    facts_as_json,
    facts_of,
    findings_as_json,
    findings_of,
)
from hotline.findings.engine import Engine
from hotline.findings.subject import Subject
from hotline.reading.cases import read_case
from hotline.values.facts import Facts
from hotline.values.finding import Finding
from hotline.values.watched import Watched

_EVER = 1e18
"""Seconds since 1970 that no clock shows."""

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
    before = cache.rows()
    rows = _rows(opened, engine, paths, before, jobs)
    gone = sorted(before.keys() - rows.keys())
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
        self.now = Watched.at(opened.now)
        self.engine = Engine(engine.rules, engine.schema, self.now, engine.selection)
        self.opened = opened
        self.before = before
        self.started = started

    def __call__(self, paths: Sequence[str]) -> list[Row]:
        return [self._row(path) for path in paths]

    def _row(self, path: str) -> Row:
        root = self.opened.repository.root
        mtime, size = disk.stat_of(root, path)
        blob = disk.read(root, path)
        hashed = hashlib.sha1(blob, usedforsecurity=False).digest()
        mtime = settled(mtime, self.started)
        row = self.before.get(path)
        if row is not None and row.hash == hashed and row.holds_at(_seconds(self.opened.now)):
            return row._replace(mtime=mtime, size=size)
        self.now.forget()
        judged = self.engine.judge(path, blob)
        since, until = self._bounds()
        found = findings_as_json(judged.findings)
        row = Row(path, mtime, size, hashed, since, until, found, "", "", "", 1, 1)
        return row if judged.subject is None else _of_case(row, judged.subject)

    def _bounds(self) -> tuple[float, float]:
        if self.now.is_spent:
            return _EVER, -_EVER
        since, until = self.now.since, self.now.until
        return (
            -_EVER if since is None else _seconds(since),
            _EVER if until is None else _seconds(until),
        )


def _of_case(row: Row, subject: Subject) -> Row:
    """A case that names no other is told by its ids: the rules that compare files can find
    nothing in it but another one of the same. Only then are its facts asked for."""
    course = subject.course
    is_alone = not course.of("linked") and not course.of("terminated")
    return row._replace(
        facts="" if is_alone else facts_as_json(subject.facts),
        id=subject.case.id, upstream=upstream_of(subject.upstream_key), is_alone=int(is_alone), is_open=int(course.is_open),
    )  # fmt: skip


def _seconds(moment: datetime) -> float:
    return moment.timestamp()
