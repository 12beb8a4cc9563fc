"""The orders of one build of the site: what still holds, what is judged, and their pages."""

from __future__ import annotations

import hashlib
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from hotline.doors import disk
from hotline.doors.cache import settled
from hotline.doors.fault import Unavailable
from hotline.doors.orders import Judge, Order, hash_of
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


class Files(Protocol):
    """Where the files of the site go."""

    def put(self, path: str, content: bytes) -> None: ...
    def keep(self, path: str) -> bool: ...


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
        self._orders: dict[str, Order] = {}
        self._lines: dict[str, bytes] = {}
        """Of orders that are told as before."""
        self._put: set[str] = set()
        self._bodies: dict[str, bytes] = {}
        """Of new pages that other orders have a word in."""

    @property
    def root(self) -> Path:
        return self._repository.root

    def read(
        self, kept: Mapping[str, tuple[Order, bytes]], watched: Iterable[str]
    ) -> list[Finding]:
        """Looks at the files of ``watched``; gives what is wrong with the registry."""
        started = time.time()
        for path in watched:
            old, told = kept.get(path, (None, b""))
            stat = disk.stat_of(self.root, path)
            if old is not None and old.holds(self._moment) and old.known.has_stat(*stat):
                self._again(old, told)
            else:
                self._look(path, (settled(stat[0], started), stat[1]), old)
        for path in self._repository.listing.strays:
            self.gather.unreadable(path, self._engine.stray(path))
        rows = [order.known for order in self._orders.values()]
        cases = Remembered(rows, self._facts, self._repository.holds)
        self.gather.found(self._engine.across(cases.comparable, cases))
        return self._engine.of_registry(cases)

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

    def _again(self, order: Order, told: bytes = b"") -> None:
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

    def _look(self, path: str, stat: tuple[int, int], old: Order | None) -> None:
        try:
            blob = disk.read(self.root, path)
        except Unavailable as fault:
            # Told like a broken file, and not kept: the disk may give it tomorrow.
            found = Finding("S001", "error", path, str(fault), "practice")
            self.gather.unreadable(path, [found])
            return
        if old is not None and old.holds(self._moment) and old.known.hash == hash_of(blob):
            known = old.known._replace(mtime=stat[0], size=stat[1])
            self._again(old._replace(known=known))
            return
        known, findings, view = self._judge.judged(path, blob, stat)
        if view is None:
            known, at = self._judge.held(known)
            self.gather.unreadable(path, findings)
            self._orders[path] = Order(known, at, None)
            return
        row = self.gather.known(self.gather.row(view), findings)
        running = data.running(view, self._registry) if row.is_open else None
        order = Order(
            known, None, row, running.due if running else "", running.duties if running else (),
            search.words_of(view, row, self._registry), days_of(view), line=self._line(row),
        )  # fmt: skip
        order = self._first_page(order, view, findings)
        known, at = self._judge.held(known)
        self._orders[path] = order._replace(known=known, at=at)

    def _line(self, row: Row) -> str:
        return "" if row.is_open else data.line_head(row, self._empty)

    def _first_page(self, order: Order, view: CaseView, findings: Sequence[Finding]) -> Order:
        """The page while its case is at hand; where others may have a word in it, its body."""
        assert order.row is not None
        own = sorted(findings, key=lambda finding: finding.order)
        key = self._key(order, order.row, own, self._empty, {})
        try:
            body = self._pages.body(view, order.row)
            if order.known.is_alone:
                page = self._pages.page(order.row, body, own, self._empty, {})
                self._made.put(f"{order.row.url}index.html", page.encode())
                self._put.add(order.path)
            else:
                self._bodies[order.path] = zlib.compress(body.encode(), 1)
                key = ""
        except PageIsBroken as fault:
            return order._replace(page=key, broken=str(fault))
        return order._replace(page=key)

    # --- when all are known ---------------------------------------------------------------

    def finish(self, site: Site) -> int:
        """Every page that is another than it was; gives how many there are."""
        by_id = site.by_id()
        count = 0
        for row in site.rows:
            order = self._orders[row.path]
            assert order.row is not None
            findings = site.findings.get(row.path, ())
            key = self._key(order, order.row, findings, site, by_id)
            if not self._stands(order, key):
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
