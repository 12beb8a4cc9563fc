"""The orders of one build of the site: what still holds, what is judged, and their pages.

A month in which nothing has changed is left as it was, and none of its orders looked at; those of
other months are taken one by one (:meth:`Filling.read`). Whether other orders have another word in
a month shows only when all are known (:meth:`Filling.open_more`).
"""

from __future__ import annotations

import hashlib
import json
import time
import zlib
from collections import Counter
from collections.abc import (
    Callable,
    Collection,
    Container,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import closing
from datetime import datetime
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from hotline.doors import disk, forked
from hotline.doors.cache import Row as Known
from hotline.doors.cache import settled
from hotline.doors.fault import Unavailable
from hotline.doors.forked import shared_out
from hotline.doors.keeping import PartIsGone, digest_of
from hotline.doors.months import (
    Kept,
    Month,
    Open,
    Parts,
    bounds_of,
    counts_as_json,
    counts_of,
    looks_of,
    open_as_json,
    open_of,
    rows_of,
)
from hotline.doors.orders import Judge, Order, Seen, hash_of
from hotline.doors.publishing import Put
from hotline.doors.recollection import RecordedPaths
from hotline.doors.remembered import Remembered, facts_as_json, facts_of
from hotline.doors.repository import Repository
from hotline.findings.engine import BATCH, Engine
from hotline.pages import assessment, data, search
from hotline.pages.case import CasePage
from hotline.pages.casepages import CasePages, days_of, late_key
from hotline.pages.feeds import Feed, feeds
from hotline.pages.gather import Gather
from hotline.pages.history import History
from hotline.pages.models import MonthShown, Row, Site
from hotline.pages.templates import PageIsBroken
from hotline.pages.tree import Broken
from hotline.reading.registry import Rules
from hotline.values.facts import Facts
from hotline.values.finding import Finding
from hotline.values.month import month_of

Watch = Callable[[Iterable[Any], int, str], Iterable[Any]]
"""Shows progress over an iterable (items, how many, words)."""


class Files(Protocol):
    """Where the files of the site go."""

    def begin(self) -> None: ...
    def put(self, path: str, content: bytes) -> None: ...
    def put_group(self, made_of: str, make: Callable[[], Iterable[tuple[str, bytes]]]) -> None: ...
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
    """:meth:`read` looks at the orders; :meth:`finish` sees to it that each has its page."""

    def __init__(
        self, repository: Repository, rules: Rules, now: datetime, pages: CasePages, empty: Site,
        history: Callable[[], History], made: Files, broken: Broken,
    ) -> None:  # fmt: skip
        self.gather = Gather(rules.registry, rules.calendar, now)
        self._repository = repository
        self._registry = rules.registry
        self._moment = now.timestamp()
        self._engine = Engine(rules, repository.case_schema, now)
        self._judge = Judge(self._engine, now, repository.root)
        self._pages = pages
        self._empty = empty
        self._history = history
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
        self._kept: Kept | None = None
        self._paths: dict[str, list[str]] = {}
        """Month → its files."""
        self._same: dict[str, Month] = {}
        """Months that are as they were."""
        self._across: set[str] = set()
        """Files in which something was found that follows from others."""
        self._parts: dict[str, Parts] = {}
        """Of all other months, when all is made."""
        self.shards: dict[str, tuple[str, list[tuple[str, int, int]]]] = {}
        """Group of the search → what its shards were made of, and of each the path, its orders
        and its bytes."""

    @property
    def root(self) -> Path:
        return self._repository.root

    def read(self, kept: Kept | None, watch: Watch, jobs: int) -> list[Finding]:
        """Looks at every file that may have changed, in ``jobs`` processes where they are many;
        gives what is wrong with the registry."""
        paths = self._repository.listing.cases
        self._kept = kept
        self._stems = Counter(map(_stem, paths))
        self._paths = {month: list(own) for month, own in groupby(paths, month_of)}
        self._same = dict(self._as_they_were())
        of_others = [path for path in paths if month_of(path) not in self._same]
        before = self._before()
        changed = [path for path in of_others if not self._holds(path, before)]
        with closing(self._looked(changed, before, jobs)) as looked:
            if self._same:
                few = list(looked)
                if self._is_id_twice([order for order, _ in before.values()], few):
                    self._same = {}
                    of_others, before = paths, self._before()
                self._take_all(of_others, iter(few), frozenset(changed), before, watch)
            else:
                self._take_all(of_others, looked, frozenset(changed), before, watch)
        for month, same in self._same.items():
            self.gather.month(month, same.shown)
        for path in self._repository.listing.strays:
            self.gather.unreadable(path, self._engine.stray(path))
        cases = Remembered(list(self._known()), self._facts, self._repository.holds)
        across = self._engine.across(cases.comparable, cases)
        self.gather.found(across)
        self._across = {finding.path for finding in across}
        return self._engine.of_registry(cases)

    def _take_all(
        self, paths: Sequence[str], looked: Iterator[Looked], changed: Container[str],
        before: Mapping[str, tuple[Order, bytes]], watch: Watch,
    ) -> None:  # fmt: skip
        for path in watch(paths, len(paths), "读取"):
            if path in changed:
                self._take(next(looked))
            else:
                self._again(*before[path])

    def _as_they_were(self) -> Iterator[tuple[str, Month]]:
        """The months of which all holds, as far as the looks of their files tell. A template of
        anybody's hand may show any order, so that none is left out then."""
        if self._kept is None or self._pages.is_foreign:
            return
        for name, paths in self._paths.items():
            month = self._kept.month(name)
            if month is None or not month.holds(self._moment):
                continue
            looks = looks_of([(path, *disk.stat_of(self.root, path)) for path in paths])
            if looks == month.looks and month.moment == self._moment_of(month.is_open, month.days):
                yield name, month

    def _moment_of(self, is_open: bool, days: Collection[str]) -> str:
        return self._pages.moment(is_open, days)

    def _before(self) -> dict[str, tuple[Order, bytes]]:
        """What is kept of the orders of all other months."""
        months = self._paths.keys() - self._same.keys()
        kept = (self._kept.orders(month) for month in months) if self._kept else ()
        return {path: one for orders in kept for path, one in orders.items()}

    def _is_id_twice(self, before: Iterable[Order], looked: Iterable[Looked]) -> bool:
        """Whether an order has the id of one in a month that is as it was: then the folders of
        their pages follow from all of them."""
        there = {id_ for month in self._same.values() for id_ in month.ids}
        orders = chain(before, (one.order for one in looked))
        return any(order.row.id in there for order in orders if order and order.row)

    def _looked(
        self, paths: Sequence[str], before: Mapping[str, tuple[Order, bytes]], jobs: int
    ) -> Generator[Looked]:
        """What is found in each file. To be closed: processes may be at work for it, and whoever
        is left over would end the work of the next build."""
        started = time.time()

        def look(some: Sequence[str]) -> list[Looked]:
            pieces = (some[n : n + BATCH] for n in range(0, len(some), BATCH))
            return [one for paths in pieces for one in self._look(paths, before, started)]

        if len(paths) >= forked.FEW:  # before there are other processes, which could not wait
            self._made.begin()
            self._history()
        for piece in shared_out(look, paths, jobs):
            yield from piece

    def _known(self) -> Iterator[Known]:
        """What rules that compare orders ask for, in the order of the paths."""
        for name, paths in self._paths.items():
            month = self._same.get(name)
            if month is not None:
                yield from month.known(paths)
            else:
                yield from (self._orders[path].known for path in paths if path in self._orders)

    def _holds(self, path: str, kept: Mapping[str, tuple[Order, bytes]]) -> bool:
        """Whether all holds that was found before, as far as the file's look tells."""
        old, _ = kept.get(path, (None, b""))
        if old is None or not old.holds(self._moment):
            return False
        return old.known.has_stat(*disk.stat_of(self.root, path))

    def open_more(self, site: Site) -> bool:
        """Looks at the orders of months in which history or other orders have another word than
        they had; says whether there were any."""
        by_id = site.by_id()
        shown = {row.path for row in site.rows}
        another = [
            name
            for name, month in self._same.items()
            if month.recorded != self._recorded(name)
            or month.late != self._late(month.shown.rows, site, by_id)
            or any(id_ in site.named_by and id_ not in by_id for id_ in month.ids)
            or any(path not in shown for path in self._across if month_of(path) == name)
        ]
        for name in another:
            self._open(name)
        return bool(another)

    def _open(self, name: str) -> None:
        """The orders of a month, one by one after all."""
        assert self._kept is not None
        del self._same[name]
        self.gather.opened(name)
        for order, told in self._kept.orders(name).values():
            self._again(order, told)

    def _recorded(self, month: str) -> str:
        """Tells apart what history recorded of a month."""
        recordings = self._history().recordings
        return recordings.digests.get(month, "") if isinstance(recordings, RecordedPaths) else ""

    def _late(self, rows: Iterable[Row], site: Site, by_id: Mapping[str, Row]) -> dict[str, str]:
        """Path → what the page shows that other orders have a word in."""
        return {
            row.path: late_key(row, site.findings.get(row.path, ()), site, by_id)
            for row in rows
            if row.links or row.id in site.named_by or row.path in self._across
        }

    def _facts(self, path: str) -> Facts | None:
        """What other orders must know of one that is seldom asked for; kept from then on."""
        if month_of(path) in self._same:
            self._open(month_of(path))
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

    def _look(
        self, paths: Sequence[str], before: Mapping[str, tuple[Order, bytes]], started: float
    ) -> list[Looked]:
        """What is found in a few files. What is done is done for all of them before the next thing
        is, as in judging (:meth:`~hotline.findings.engine.Engine.judge_all`)."""
        looked: dict[str, Looked] = {}
        files: list[tuple[str, bytes]] = []
        stats: list[tuple[int, int]] = []
        for path in paths:
            mtime, size = disk.stat_of(self.root, path)
            stat = settled(mtime, started), size
            try:
                blob = disk.read(self.root, path)
            except Unavailable as fault:
                # Told like a broken file, and not kept: the disk may give it tomorrow.
                unread = Finding("S001", "error", path, str(fault), "practice")
                looked[path] = Looked(path, None, [unread])
                continue
            old, _ = before.get(path, (None, b""))
            if old is not None and old.holds(self._moment) and old.known.hash == hash_of(blob):
                same = old._replace(known=old.known._replace(mtime=stat[0], size=stat[1]))
                looked[path] = Looked(path, same, same.findings)
            else:
                files.append((path, blob))
                stats.append(stat)
        seen = self._judge.judged(files, stats)
        orders = list(map(self._order, seen))
        shown = list(map(self._shown, seen, orders))
        bodies = list(map(self._body, orders, shown))
        pages = list(map(self._first_page, seen, orders, bodies))
        looked.update((one.path, one) for one in map(self._held, seen, pages))
        return [looked[path] for path in paths]

    def _order(self, seen: Seen) -> Order:
        known, findings, view = seen
        if view is None:
            return Order(known, None, None)
        row = self.gather.row(view, findings)
        running = data.running(view, self._registry) if row.is_open else None
        return Order(
            known, None, row, running.due if running else "", running.duties if running else (),
            search.words_of(view, row, self._registry), days_of(view), line=self._line(row),
        )  # fmt: skip

    def _held(self, seen: Seen, looked: Looked) -> Looked:
        """With how long it holds, all that was made of it."""
        assert looked.order is not None
        known, at = self._judge.held(seen)
        order = looked.order._replace(known=known, at=at)
        return looked._replace(order=order, line=order.told() if looked.page else b"")

    def _line(self, row: Row) -> str:
        return "" if row.is_open else data.line_head(row, self._empty)

    def _shown(self, seen: Seen, order: Order) -> CasePage | None:
        """What its page shows, while the case is at hand; None where it is none."""
        if seen.view is None or order.row is None:
            return None
        return self._pages.shown(seen.view, order.row)

    def _body(self, order: Order, page: CasePage | None) -> str | PageIsBroken:
        if page is None or order.row is None:
            return ""
        try:
            return self._pages.body(page, order.row)
        except PageIsBroken as fault:
            return fault

    def _first_page(self, seen: Seen, order: Order, body: str | PageIsBroken) -> Looked:
        """Its page; where others may have a word in it, the body."""
        row, path = order.row, order.path
        looked = Looked(path, order, seen.findings)
        if row is None:
            return looked
        if isinstance(body, str) and not (order.known.is_alone and self._is_one(path, row)):
            return looked._replace(body=zlib.compress(body.encode(), 1))
        own = sorted(seen.findings, key=lambda finding: finding.order)
        key = self._key(order, row, own, self._empty, {})
        try:
            if isinstance(body, PageIsBroken):
                raise body
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
            order = self._orders.get(row.path)
            if order is None:
                continue  # of a month that is as it was
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
        for month in self._same.values():
            for id_ in month.ids:
                if not self._made.keep(f"cases/{id_}/index.html"):
                    raise PartIsGone
            count += len(month.ids)
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
                body = self._pages.body(self._pages.shown(view, row), row)
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
        recordings = self._history().recordings
        told = recordings.told(order.path) if isinstance(recordings, RecordedPaths) else ""
        recorded = hashlib.blake2b(told.encode(), digest_size=8).hexdigest() if told else ""
        moment = self._moment_of(row.is_open, order.days)
        late = late_key(row, findings, site, by_id)
        return f"{order.known.hash.hex()}/{row.slug}/{recorded}/{moment}/{late}"

    # --- what programs and the search read, and what the next build is told ---------------

    def put_data(self, site: Site) -> None:
        """What programs and the search read of the orders."""
        own = {
            name: list(rows) for name, rows in groupby(site.rows, lambda row: month_of(row.path))
        }
        for name in self._paths.keys() - self._same.keys():
            self._parts[name] = self._part(name, own.get(name, ()), site)
        told_of_open = json.dumps([self._digest(name, "open") for name in self._paths])
        made_of = digest_of(f"{site.now.isoformat()} {told_of_open}".encode())
        self._made.put_group(
            f"open {made_of}",
            lambda: data.of_open(site, [one.running for one in self._open_orders()]),
        )
        self._made.put("api/v1/cases.json", data.cases(site, filter(None, self._lines_of_all())))
        for feed in feeds(site):
            told = digest_of(repr(feed).encode("utf-8", "surrogatepass"))
            self._made.put_group(f"{feed.path} {told}", partial(_document, feed))
        self._put_shards(told_of_open)

    def put_assessments(self, pages: assessment.AssessmentPages) -> int:
        """A page for each month that has begun and for which some order counts; gives how many.
        What a month's page shows follows from those months of dispatch whose orders count for it,
        for the month before or for the same month a year ago."""
        of: dict[str, list[str]] = {}
        for name in self._paths:
            own = self._parts[name] if name in self._parts else self._same[name]
            for month in own.assessed:
                of.setdefault(month, []).append(name)
        shown = pages.shown(of)
        for month in shown:
            names = sorted({name for one in pages.asks_for(month) for name in of.get(one, ())})
            digests = [self._digest(name, "counts") for name in names]
            made_of = json.dumps([month, pages.told(month, shown), digests])
            self._made.put_group(
                f"assessment {digest_of(made_of.encode())}",
                partial(self._assessment, pages, month, shown, names),
            )
        return len(shown)

    def _assessment(
        self, pages: assessment.AssessmentPages, month: str, shown: Sequence[str],
        names: Sequence[str],
    ) -> Iterator[tuple[str, bytes]]:  # fmt: skip
        counts = []
        for name in names:
            if name in self._parts:
                counts.append(counts_of(self._parts[name].counts))
            else:
                assert self._kept is not None
                counts.append(self._kept.counts(name))
        try:
            page = pages.page(month, counts, shown)
        except PageIsBroken as fault:
            self._broken.pages.append((assessment.url(month), str(fault)))
            return
        yield f"{assessment.url(month)}index.html", page.encode()

    def _part(self, name: str, rows: Sequence[Row], site: Site) -> Parts:
        orders = [self._orders[path] for path in self._paths[name] if path in self._orders]
        lines = [
            data.line(self._orders[row.path].line or data.line_head(row, site), row) for row in rows
        ]
        open_ = [
            Open(order.running, search.found(order.row, order.words))
            for order in orders
            if order.row is not None and order.row.is_open
        ]
        told = [self._lines.get(order.path) or order.told() for order in orders]
        all_rows = rows_of(orders)
        groups = frozenset(map(search.group_of, all_rows))
        counts = assessment.counts(all_rows, self._registry)
        return Parts(
            b"\n".join(told), data.lines(lines), open_as_json(open_), groups,
            counts_as_json(counts), counts.months,
        )  # fmt: skip

    def _digest(self, name: str, kind: str) -> str:
        if name in self._parts:
            return digest_of(getattr(self._parts[name], kind))
        assert self._kept is not None
        return self._kept.digest(name, kind)

    def _open_orders(self) -> Iterator[Open]:
        for name in self._paths:
            if name in self._parts:
                yield from open_of(self._parts[name].open)
            elif self._same[name].is_open:
                assert self._kept is not None
                yield from self._kept.open(name)

    def _lines_of_all(self) -> Iterator[bytes]:
        for name in self._paths:
            if name in self._parts:
                yield self._parts[name].lines
            else:
                assert self._kept is not None
                yield self._kept.lines(name)

    def _put_shards(self, told_of_open: str) -> None:
        """The shards of the search, group by group: those of a group follow from the months whose
        orders are in it."""
        months: dict[str, list[str]] = {}
        for name in self._paths:
            groups = self._parts[name].groups if name in self._parts else self._same[name].groups
            for group in groups:
                months.setdefault(group, []).append(name)
        for group, names in months.items():
            made_of = told_of_open
            if group != search.OPEN:
                made_of = json.dumps([self._digest(name, "orders") for name in names])
            self._put_group(group, f"{group} {digest_of(made_of.encode())}", names)
        shown = {group: listed for group, (_, listed) in self.shards.items()}
        self._made.put(search.SHARDS, search.listed(shown))

    def _put_group(self, group: str, made_of: str, names: Sequence[str]) -> None:
        old = self._kept.shards.get(group) if self._kept else None
        listed = old[1] if old and old[0] == made_of else []

        def make() -> Iterator[tuple[str, bytes]]:
            listed.clear()
            if group == search.OPEN:
                orders = [one.found for one in self._open_orders()]
            else:
                orders = [one for name in names for one in self._found(name, group)]
            for path, content, count in search.shards(group, orders):
                listed.append((path, count, len(content)))
                yield path, content

        self._made.put_group(made_of, make)
        self.shards[group] = made_of, listed

    def _found(self, name: str, group: str) -> Iterator[search.Found]:
        """The orders of a month that are in a group of the search."""
        if name in self._parts:
            orders = (self._orders[path] for path in self._paths[name] if path in self._orders)
        else:
            assert self._kept is not None
            orders = (order for order, _ in self._kept.orders(name).values())
        for order in orders:
            if order.row is not None and search.group_of(order.row) == group:
                yield search.found(order.row, order.words)

    def record(self, site: Site) -> tuple[dict[str, bytes], dict[str, str]]:
        """What the next build is told: parts that are new, and digests of those that are not."""
        by_id = site.by_id()
        own = {
            name: list(rows) for name, rows in groupby(site.rows, lambda row: month_of(row.path))
        }
        new: dict[str, bytes] = {}
        same: dict[str, str] = {}
        for name in self._paths:
            if name in self._parts:
                month = self._month(name, own.get(name, ()), site, by_id)
                new |= self._parts[name].told(name, month)
            else:
                assert self._kept is not None
                same |= self._kept.digests(name)
        return new, same

    def _month(
        self, name: str, rows: Sequence[Row], site: Site, by_id: Mapping[str, Row]
    ) -> bytes | None:
        """None where the next build must look at the orders one by one, whatever comes."""
        orders = [self._orders[path] for path in self._paths[name] if path in self._orders]
        is_whole = len(rows) == len(self._paths[name]) and not any(o.broken for o in orders)
        if self._pages.is_foreign or not is_whole or any(row.slug != row.id for row in rows):
            return None
        shown = {row.path for row in rows if row.is_shown or row.id in site.named_by}
        days = sorted({day for order in orders for day in order.days})
        is_open = any(row.is_open for row in rows)
        known = [order.known for order in orders]
        month = Month(
            looks_of([(one.path, one.mtime, one.size) for one in known]), *bounds_of(orders),
            is_open, days, self._moment_of(is_open, days), self._recorded(name),
            self._late(rows, site, by_id), sorted(self._parts[name].groups),
            self._parts[name].assessed, [one.id for one in known], [one.upstream for one in known],
            {one.path: (one.facts, one.is_alone) for one in known if one.facts},
            MonthShown(
                [_lean(row) for row in rows_of(orders) if row.path in shown], {},
                self.gather.tallies[name],
            ),
        )  # fmt: skip
        return month.told({k.path: k.findings for k in known if k.path in shown and k.findings})


def _document(feed: Feed) -> Iterator[tuple[str, bytes]]:
    yield f"{feed.path}.xml", feed.document()


def _lean(row: Row) -> Row:
    """A row without what is asked of no single order in lists, or counted already. Of an open one
    desks tell since when its answer waits."""
    answered = row.answered[-1:] if row.is_open else ()
    return row._replace(demand="", answered=answered, done=(), parts=())


def _stem(path: str) -> str:
    return path[path.rfind("/") + 1 :].removesuffix(".yaml")
