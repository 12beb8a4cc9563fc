"""Orders as the site needs them: what was found in a file before, or the file judged again.

What is kept of an order holds while its file is the same and the moment lies where every
comparison with the moment comes out alike (:mod:`hotline.values.watched`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from hotline.doors import disk
from hotline.doors.cache import Row as Known
from hotline.doors.remembered import findings_of, known_row
from hotline.findings.engine import Engine
from hotline.findings.subject import Subject
from hotline.pages.data import Running
from hotline.pages.models import Row
from hotline.pages.told import as_plain, row_of
from hotline.reading.cases import read_case
from hotline.values.facts import Facts
from hotline.values.finding import Finding
from hotline.values.watched import ALWAYS, Watched
from hotline.views.case_view import CaseView, view_case


class Order(NamedTuple):
    """What a build knows of one file."""

    known: Known
    at: float | None
    """The very moment at which it holds; None where the bounds of ``known`` say so."""
    row: Row | None
    """None where the file is no order."""
    due: str = ""
    duties: Sequence[Sequence[Any]] = ()
    words: str = ""
    """What the search finds it by."""
    days: Sequence[str] = ()
    """The days on which its clocks are due."""
    page: str = ""
    """What its page was made from."""
    broken: str = ""
    """Why it has no page."""
    line: str = ""
    """What programs are told of it, where it is over."""

    @property
    def path(self) -> str:
        return self.known.path

    @property
    def findings(self) -> list[Finding]:
        return findings_of(self.known.findings)

    @property
    def running(self) -> Running:
        return Running(self.known.id, self.known.path, self.due, self.duties)

    def holds(self, moment: float) -> bool:
        return self.known.holds_at(moment) if self.at is None else self.at == moment

    def told(self) -> bytes:
        """As a line of the record."""
        known = self.known._replace(hash=self.known.hash.hex())  # type: ignore[arg-type]
        row = as_plain(self.row) if self.row else None
        plain = [list(known), self.at, row, *self[3:]]
        text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "surrogatepass")


def orders_of(lines: Sequence[bytes]) -> dict[str, tuple[Order, bytes]]:
    """What a record tells, by path, each with its line."""
    found: dict[str, tuple[Order, bytes]] = {}
    for line in lines:
        known, at, row, *rest = json.loads(line.decode("utf-8", "surrogatepass"))
        known[3] = bytes.fromhex(known[3])
        order = Order(Known(*known), at, row_of(row) if row else None, *rest)
        found[order.path] = order, line
    return found


class Seen(NamedTuple):
    """What is found in a file; ``view`` is None where it is no case."""

    known: Known
    """Of which nobody knows yet how long it holds."""
    findings: list[Finding]
    view: CaseView | None


class Judge:
    """Judges files, each at a watched moment of its own."""

    def __init__(self, engine: Engine, now: datetime, root: Path) -> None:
        self._moment = now.timestamp()
        self._now = Watched.maker(now)
        self._engine = engine
        self._root = root

    def judged(
        self, files: Sequence[tuple[str, bytes]], stats: Sequence[tuple[int, int]]
    ) -> list[Seen]:
        """What is found in a few files. Whoever makes more of a view asks :meth:`held` after."""
        judged = self._engine.judge_all(files, self._now)
        known = [
            known_row(path, *stat, hash_of(blob), *ALWAYS, one)
            for (path, blob), stat, one in zip(files, stats, judged, strict=True)
        ]
        views = [_view(one.subject) if one.subject is not None else None for one in judged]
        return [
            Seen(row, one.findings, view)
            for row, one, view in zip(known, judged, views, strict=True)
        ]

    def view(self, path: str) -> CaseView | None:
        """A file that was judged before, for its page alone."""
        case, _ = read_case(path, disk.read(self._root, path), self._engine.schema)
        if case is None:
            return None
        return _view(Subject(case, self._engine.rules, self._now()))

    def facts(self, path: str) -> Facts | None:
        """What other files need to know of one."""
        view = self.view(path)
        return view.subject.facts if view else None

    def held(self, seen: Seen) -> tuple[Known, float | None]:
        """From when until when it holds, and what was made of its view since."""
        now = seen.view.now if seen.view else None
        if not isinstance(now, Watched):
            return seen.known, None
        if now.is_spent:
            return seen.known, self._moment
        since, until = now.bounds
        return seen.known._replace(since=since, until=until), None


def _view(subject: Subject) -> CaseView:
    return view_case(subject, subject.now)


def hash_of(blob: bytes) -> bytes:
    return hashlib.sha1(blob, usedforsecurity=False).digest()
