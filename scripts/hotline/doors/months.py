"""The orders of a month as a build leaves them to the next.

Nearly all months are as they were. Of such a month no order is looked at: what lists, programs
and the search need of it stands together, and whether it is as it was shows in few words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from hotline.assessment.count import came_as_plain, came_of_plain, sums_as_plain, sums_of_plain
from hotline.doors.cache import Row as Known
from hotline.doors.keeping import PartIsGone, Record, digest_of
from hotline.doors.orders import Order, orders_of
from hotline.doors.remembered import findings_of
from hotline.pages.assessment import Counts
from hotline.pages.data import Running
from hotline.pages.models import MonthShown, Row
from hotline.pages.search import Found
from hotline.pages.told import as_plain, row_of, tally_as_plain, tally_of_plain
from hotline.values.watched import EVER


class Month(NamedTuple):
    """What tells whether a month is as it was, and what is asked of its orders where it is."""

    looks: str
    """How its files lie on the disk; '' where one may have changed since it was looked at."""
    since: float
    until: float
    at: float | None
    """Where the bounds do not say it: the one moment at which its orders hold."""
    is_open: bool
    """Whether any order is."""
    days: Sequence[str]
    """The days on which clocks of its orders are due."""
    moment: str
    """What its pages take from the moment."""
    recorded: str
    """What history recorded of its files."""
    late: Mapping[str, str]
    """Path → what its page shows that other orders have a word in."""
    groups: Sequence[str]
    """Those of the search in which its orders are."""
    assessed: Sequence[str]
    """The months (2026-10) for which its orders count in assessments."""
    ids: Sequence[str]
    """In the order of the paths."""
    upstreams: Sequence[str]
    facts: Mapping[str, tuple[str, int]]
    """Path → what other orders must know of one, and whether it is alone (see ``Known``); of all
    that are not here nobody has asked, and they are."""
    shown: MonthShown

    def holds(self, moment: float) -> bool:
        return self.since < moment < self.until and self.at in (None, moment)

    def known(self, paths: Sequence[str]) -> Iterator[Known]:
        """What rules that compare orders ask for; ``paths`` are its files."""
        for path, id_, upstream in zip(paths, self.ids, self.upstreams, strict=True):
            facts, is_alone = self.facts.get(path, ("", 1))
            yield Known(path, 0, 0, b"", 0, 0, "", facts, id_, upstream, is_alone, 0)

    def told(self, own: Mapping[str, str]) -> bytes:
        """For the record; ``own`` are the findings of the orders that are shown."""
        rows = [as_plain(row) for row in self.shown.rows]
        plain = [*self[:-1], rows, own, tally_as_plain(self.shown.tally)]
        return _json(plain)


class Open(NamedTuple):
    """An open order as programs and the search are told of it."""

    running: Running
    found: Found


class Kept:
    """The months of a record."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self.shards: Mapping[str, tuple[str, list[tuple[str, int, int]]]] = record.head["shards"]
        self.orders = cache(self._orders)

    def month(self, name: str) -> Month | None:
        """None where the orders of the month must be looked at one by one."""
        if _part(name, "month") not in self._record.parts:
            return None
        try:
            *plain, rows, own, tally = self._record.plain(_part(name, "month"))
            findings = {path: findings_of(told) for path, told in own.items()}
            shown = MonthShown([row_of(row) for row in rows], findings, tally_of_plain(tally))
            return Month._make([*plain, shown])
        except (TypeError, ValueError, AttributeError) as error:
            raise PartIsGone from error

    def _orders(self, name: str) -> dict[str, tuple[Order, bytes]]:
        """By path, each with its line."""
        if _part(name, "orders") not in self._record.parts:
            return {}
        try:
            return orders_of(self._record.part(_part(name, "orders")).split(b"\n"))
        except (TypeError, ValueError, AttributeError) as error:
            raise PartIsGone from error

    def lines(self, name: str) -> bytes:
        return self._record.part(_part(name, "lines"))

    def open(self, name: str) -> list[Open]:
        return open_of(self._record.part(_part(name, "open")))

    def counts(self, name: str) -> Counts:
        return counts_of(self._record.part(_part(name, "counts")))

    def digests(self, name: str) -> dict[str, str]:
        """Of all parts of a month."""
        parts = (_part(name, kind) for kind in ("month", "orders", "lines", "open", "counts"))
        return {part: self._record.parts[part] for part in parts}

    def digest(self, name: str, kind: str) -> str:
        return self._record.parts[_part(name, kind)]


class Parts(NamedTuple):
    """A month that was looked at, as the record and the files for programs need it."""

    orders: bytes
    lines: bytes
    open: bytes
    groups: frozenset[str]
    counts: bytes
    assessed: Sequence[str]

    def told(self, name: str, month: bytes | None) -> dict[str, bytes]:
        """For the record; without ``month`` its orders will be looked at again."""
        own = {"orders": self.orders, "lines": self.lines, "open": self.open, "counts": self.counts}
        own |= {} if month is None else {"month": month}
        return {_part(name, kind): content for kind, content in own.items()}


def open_as_json(orders: Sequence[Open]) -> bytes:
    return _json([[list(one.running), list(one.found)] for one in orders])


def open_of(told: bytes) -> list[Open]:
    return [Open(Running(*running), Found(*found)) for running, found in json.loads(told)]


def counts_as_json(counts: Counts) -> bytes:
    return _json([sums_as_plain(counts.sums), came_as_plain(counts.came)])


def counts_of(told: bytes) -> Counts:
    try:
        sums, came = json.loads(told)
        return Counts(sums_of_plain(sums), came_of_plain(came))
    except (TypeError, ValueError, AttributeError) as error:
        raise PartIsGone from error


def bounds_of(orders: Sequence[Order]) -> tuple[float, float, float | None]:
    """From when until when all of them hold, or the one moment at which they do."""
    bounded = [order.known for order in orders if order.at is None]
    return (
        max((known.since for known in bounded), default=-EVER),
        min((known.until for known in bounded), default=EVER),
        next((order.at for order in orders if order.at is not None), None),
    )


def looks_of(looks: Sequence[tuple[str, int, int]]) -> str:
    """Tells apart paths, times and sizes of files; '' where one has no time."""
    if not all(mtime for _, mtime, _ in looks):
        return ""
    return digest_of(
        "\n".join([f"{path}\t{mtime}\t{size}" for path, mtime, size in looks]).encode()
    )


def rows_of(orders: Sequence[Order]) -> list[Row]:
    return [order.row for order in orders if order.row is not None]


def _part(name: str, kind: str) -> str:
    return f"{name}/{kind}"


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")
