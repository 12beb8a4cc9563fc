"""The orders of one build of the site: what still holds, what is judged, and their pages."""

from __future__ import annotations

import hashlib
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from hotline.doors import disk
from hotline.doors.cache import settled
from hotline.doors.fault import Unavailable
from hotline.doors.forked import shared_out
from hotline.doors.orders import Judge, Order, hash_of
from hotline.doors.publishing import Put
from hotline.doors.recollection import RecordedPaths
from hotline.doors.remembered import Remembered, facts_as_json, facts_of
from hotline.doors.repository import Repository
from hotline.findings.engine import Engine
from hotline.pages import data, search
from hotline.pages.casepages import CasePages, days_of, late_key
from hotline.pages.gather import Gather
from hotline.pages.models import Row, Site
from hotline.pages.templates import PageIsBroken
from hotline.pages.tree import Broken
from hotline.reading.registry import Rules
from hotline.values.facts import Facts
from hotline.values.finding import Finding
from hotline.views.case_view import CaseView

Watch = Callable[[Iterable[Any], int, str], Iterable[Any]]
"""Shows progress over an iterable (items, how many, words)."""


class Files(Protocol):
    """Where the files of the site go."""

    def put(self, path: str, content: bytes) -> None: ...
    def keep(self, path: str) -> bool: ...
    def told(self, path: str) -> Put: ...
    def adopt(self, path: str, put: Put) -> None: ...
    def drop(self, path: str) -> None: ...


class Looked(NamedTuple):
    """What is found in one file, by whatever process looked at it."""

    path: str
    order: Order | None
    """None where the disk does not give the file."""
    findings: Sequence[Finding]
    page: Put | None = None
    """Its page, where that could be made and put already."""
    line: bytes = b""
    """What the next build is told of it, where it has its page."""
    body: bytes = b""
    """Else the body of it, compressed: other orders may have a word in the rest."""


class Filling:
    """:meth:`read` looks at every order; :meth:`finish` sees to it that each has its page."""

    def __init__(
        self, repository: Repository, rules: Rules, now: datetime, pages: CasePages, empty: Site,
        made: Files, broken: Broken,
    ) -> None:  # fmt: skip
        self.gather = Gather(rules.registry, rules.calendar, now)
        self._repository = repository
        self._registry = rules.registry
        self._moment = now.timestamp()
        self._engine = Engine(rules, repository.case_schema, now)
        self._judge = Judge(self._engine, now, repository.root)
        self._pages = pages
        self._empty = empty
        self._made = made
        self._broken = broken
        self._stems: Counter[str] = Counter()
        self._orders: dict[str, Order] = {}
        self._lines: dict[str, bytes] = {}
        """Of orders that are told as before."""
        self._put: dict[str, int] = {}
        """Orders that no other is linked with, with a page of this build → how many findings it
        shows."""
        self._bodies: dict[str, bytes] = {}
        """Of new pages that other orders have a word in."""

    @property
    def root(self) -> Path:
        return self._repository.root

    def read(
        self, kept: Mapping[str, tuple[Order, bytes]], watch: Watch, jobs: int
    ) -> list[Finding]:
        """Looks at every file, those that changed in ``jobs`` processes; gives what is wrong with
        the registry."""
        paths = self._repository.listing.cases
        self._stems = Counter(map(_stem, paths))
        changed = [path for path in paths if not self._holds(path, kept)]
        asked, started = frozenset(changed), time.time()

        def look(some: Sequence[str]) -> list[Looked]:
            return [self._look(path, kept.get(path, (None, b""))[0], started) for path in some]

        looked = chain.from_iterable(shared_out(look, changed, jobs))
        for path in watch(paths, len(paths), "读取"):
            if path in asked:
                self._take(next(looked))
            else:
                self._again(*kept[path])
        for path in self._repository.listing.strays:
            self.gather.unreadable(path, self._engine.stray(path))
        rows = [order.known for order in self._orders.values()]
        cases = Remembered(rows, self._facts, self._repository.holds)
        self.gather.found(self._engine.across(cases.comparable, cases))
        return self._engine.of_registry(cases)

    def _holds(self, path: str, kept: Mapping[str, tuple[Order, bytes]]) -> bool:
        """Whether all holds that was found before, as far as the file's look tells."""
        old, _ = kept.get(path, (None, b""))
        if old is None or not old.holds(self._moment):
            return False
        return old.known.has_stat(*disk.stat_of(self.root, path))

    def _facts(self, path: str) -> Facts | None:
        """What other orders must know of one that is seldom asked for; kept from then on."""
        order = self._orders[path]
        if order.known.facts:
            return facts_of(order.known.facts)
        facts = self._judge.facts(path)
        if facts is not None:
            known = order.known._replace(facts=facts_as_json(facts))
            self._orders[path] = order._replace(known=known)
            self._lines.pop(path, None)
        return facts

    def _again(self, order: Order, told: bytes) -> None:
        """An order of which everything holds that was found before."""
        findings = order.findings
        if order.row is None:
            self.gather.unreadable(order.path, findings)
        else:
            row = self.gather.known(order.row, findings)
            if row is not order.row:
                order, told = order._replace(row=row, line=self._line(row)), b""
        self._orders[order.path] = order
        if told:
            self._lines[order.path] = told

    def _take(self, looked: Looked) -> None:
        """One that was looked at, in the order of the paths."""
        path, order = looked.path, looked.order
        if order is None:
            self.gather.unreadable(path, looked.findings)
            return
        if order.row is None:
            self.gather.unreadable(path, looked.findings)
        else:
            row = self.gather.known(order.row, looked.findings)
            if row is not order.row:  # its page lies elsewhere; what was made is another's
                if looked.page is not None:
                    self._made.drop(f"{order.row.url}index.html")
                order = order._replace(row=row, line=self._line(row), page="")
            elif looked.page is not None:
                self._made.adopt(f"{row.url}index.html", looked.page)
                self._put[path] = len(looked.findings)
                self._lines[path] = looked.line
            elif looked.body:
                self._bodies[path] = looked.body
        self._orders[path] = order

    # --- what any process does ------------------------------------------------------------

    def _look(self, path: str, old: Order | None, started: float) -> Looked:
        mtime, size = disk.stat_of(self.root, path)
        stat = settled(mtime, started), size
        try:
            blob = disk.read(self.root, path)
        except Unavailable as fault:
            # Told like a broken file, and not kept: the disk may give it tomorrow.
            return Looked(path, None, [Finding("S001", "error", path, str(fault), "practice")])
        if old is not None and old.holds(self._moment) and old.known.hash == hash_of(blob):
            same = old._replace(known=old.known._replace(mtime=stat[0], size=stat[1]))
            return Looked(path, same, same.findings)
        known, findings, view = self._judge.judged(path, blob, stat)
        if view is None:
            known, at = self._judge.held(known)
            return Looked(path, Order(known, at, None), findings)
        row = self.gather.row(view)
        running = data.running(view, self._registry) if row.is_open else None
        order = Order(
            known, None, row, running.due if running else "", running.duties if running else (),
            search.words_of(view, row, self._registry), days_of(view), line=self._line(row),
        )  # fmt: skip
        looked = self._first_page(Looked(path, order, findings), row, view)
        known, at = self._judge.held(known)
        assert looked.order is not None
        order = looked.order._replace(known=known, at=at)
        return looked._replace(order=order, line=order.told() if looked.page else b"")

    def _line(self, row: Row) -> str:
        return "" if row.is_open else data.line_head(row, self._empty)

    def _first_page(self, looked: Looked, row: Row, view: CaseView) -> Looked:
        """The page while its case is at hand; where others may have a word in it, its body."""
        order = looked.order
        assert order is not None
        own = sorted(looked.findings, key=lambda finding: finding.order)
        key = self._key(order, row, own, self._empty, {})
        try:
            body = self._pages.body(view, row)
            if not (order.known.is_alone and self._is_one(looked.path, row)):
                return looked._replace(body=zlib.compress(body.encode(), 1))
            page = self._pages.page(row, body, own, self._empty, {})
        except PageIsBroken as fault:
            return looked._replace(order=order._replace(page=key, broken=str(fault)))
        address = f"{row.url}index.html"
        self._made.put(address, page.encode())
        return looked._replace(order=order._replace(page=key), page=self._made.told(address))

    def _is_one(self, path: str, row: Row) -> bool:
        """Whether no other file can claim the same page, as far as names tell."""
        return _stem(path) == row.id and self._stems[row.id] == 1

    # --- when all are known ---------------------------------------------------------------

    def finish(self, site: Site) -> int:
        """Every page that is another than it was; gives how many there are."""
        by_id = site.by_id()
        count = 0
        for row in site.rows:
            order = self._orders[row.path]
            assert order.row is not None
            findings = site.findings.get(row.path, ())
            is_done = self._put.get(row.path) == len(findings) and row.id not in site.named_by
            key = "" if is_done else self._key(order, order.row, findings, site, by_id)
            if not is_done and not self._stands(order, key):
                order = self._page(order, order.row, key, findings, site, by_id)
                self._orders[row.path] = order
                self._lines.pop(row.path, None)
            if order.broken:
                self._broken.pages.append((row.url, order.broken))
            else:
                count += 1
        return count

    def _stands(self, order: Order, key: str) -> bool:
        """Whether the page is there as it must be."""
        if order.page != key:
            return False
        if order.broken or order.path in self._put:
            return True
        assert order.row is not None
        return self._made.keep(f"{order.row.url}index.html")

    def _page(
        self, order: Order, row: Row, key: str, findings: Sequence[Finding], site: Site,
        by_id: Mapping[str, Row],
    ) -> Order:  # fmt: skip
        try:
            packed = self._bodies.pop(order.path, None)
            if packed is not None:
                body = zlib.decompress(packed).decode()
            else:
                view = self._judge.view(order.path)
                if view is None:
                    raise PageIsBroken("文件在生成网站时被改动，请再生成一次")
                body = self._pages.body(view, row)
            page = self._pages.page(row, body, findings, site, by_id)
        except PageIsBroken as fault:
            return order._replace(page=key, broken=str(fault))
        self._made.put(f"{row.url}index.html", page.encode())
        return order._replace(page=key, broken="")

    def _key(
        self, order: Order, row: Row, findings: Sequence[Finding], site: Site,
        by_id: Mapping[str, Row],
    ) -> str:  # fmt: skip
        """Tells apart what a page is made from: the file, its folder, what history recorded of
        it, what it takes from the moment and from other orders."""
        recordings = self._empty.history.recordings
        told = recordings.told(order.path) if isinstance(recordings, RecordedPaths) else ""
        recorded = hashlib.blake2b(told.encode(), digest_size=8).hexdigest() if told else ""
        moment = self._pages.moment(row, order.days)
        late = late_key(row, findings, site, by_id)
        return f"{order.known.hash.hex()}/{row.slug}/{recorded}/{moment}/{late}"

    def data(self, site: Site) -> Iterator[tuple[str, bytes]]:
        """What programs and the search read of the orders."""
        running = [self._orders[row.path].running for row in site.rows if row.is_open]
        lines = [
            data.line(self._orders[row.path].line or data.line_head(row, site), row)
            for row in site.rows
        ]
        yield from data.files(site, running, lines)
        yield from search.shards(site.rows, {p: order.words for p, order in self._orders.items()})

    def __len__(self) -> int:
        return len(self._orders)

    def lines(self) -> Iterator[bytes]:
        """What the next build is told."""
        for path, order in self._orders.items():
            yield self._lines.get(path) or order.told()


def _stem(path: str) -> str:
    return path[path.rfind("/") + 1 :].removesuffix(".yaml")
