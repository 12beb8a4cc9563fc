"""Bags held against a repository: whether they are whole, true, and all there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from hotline.archive.bag import DATA, INFO, NotABag, read_info
from hotline.archive.dossier import CASE, TIMELINE, Shelf
from hotline.archive.label import UNTIL, until_of
from hotline.doors import bags
from hotline.doors.commits import named
from hotline.doors.disk import shown
from hotline.doors.dossiers import Order, Over, Source
from hotline.doors.fault import Unavailable
from hotline.reading.limits import MAX_BYTES

_MOST_OF_TIMELINE = 8 * 1024 * 1024
"""Bytes; an order of 2,000 events has one."""
_COMMIT = re.compile("[0-9a-f]{40}")


class Scope(NamedTuple):
    """Which bags are asked for; None for all."""

    unit: str | None = None
    month: str | None = None

    def holds(self, unit: str, month: str) -> bool:
        return self.unit in (None, unit) and (self.month in (None, month) or not month)


class Problem(NamedTuple):
    """Something wrong with a dossier, or none where there should be one."""

    unit: str
    month: str
    case: str
    file: str
    problem: str


class Inspection:
    """``review`` are bags past the day until which they are kept; ``sound`` those without a
    fault, with the orders that they are due to hold."""

    def __init__(self, source: Source, over: Over, out: Path, scope: Scope) -> None:
        self._source = source
        self._over = over
        self._out = out
        self._scope = scope
        self._wanted = {s: own for s, own in over.shelves.items() if scope.holds(*s)}
        self.review: list[tuple[Shelf, date]] = []
        self.sound: dict[Shelf, Sequence[Order]] = {}
        self.bags = 0

    @property
    def due(self) -> int:
        """How many orders should have a dossier."""
        return sum(map(len, self._wanted.values()))

    def problems(self) -> list[Problem]:
        """All that is wrong, bag by bag, and then what is missing."""
        found: list[Problem] = []
        seen: set[Shelf] = set()
        for place in bags.listed(self._out):
            if self._scope.holds(*place):
                shelf = Shelf(*map(shown, place))
                seen.add(shelf)
                own = list(self._of_bag(Shelf(*place), shelf))
                found += own
                if not own and shelf in self._wanted:
                    self.sound[shelf] = self._wanted[shelf]
        for shelf, orders in self._wanted.items():
            if shelf not in seen:
                found += [Problem(*shelf, order.id, "", "缺少卷宗") for order in orders]
        return [*found, *self._unread()]

    def against(self, shelf: Shelf, wanted: Mapping[str, bytes]) -> Iterator[Problem]:
        """Where a sound bag has other bytes than ``wanted``."""
        bag = self._out / shelf.unit / shelf.month
        hashes = bags.look(bag).hashes
        for name in sorted(hashes.keys() | wanted.keys()):
            blob = wanted.get(name)
            is_same = name in hashes and blob == bags.read(bag, name, len(blob or b""))
            if not is_same:
                words = "与从历史重新生成的不同（被改动，或是别的版本的程序、名录、模板做的）"
                yield Problem(*shelf, _case_of(name), name, words)

    def _unread(self) -> Iterator[Problem]:
        for path in self._over.unreadable:
            yield Problem("", "", Path(path).stem, path, "工单读不出，不知道该不该有卷宗")
        for path in self._over.twice:
            yield Problem("", "", Path(path).stem, path, "工单编号与另一个文件相同，没有卷宗")

    # --- one bag ---------------------------------------------------------------------------

    def _of_bag(self, place: Shelf, shelf: Shelf) -> Iterator[Problem]:
        bag = self._out / place.unit / place.month
        self.bags += 1
        look = bags.look(bag)
        if look.faults:
            for name, words in look.faults:
                yield Problem(*shelf, _case_of(name), name, words)
            return
        yield from self._kept_until(shelf, look)
        due = {order.id: order for order in self._wanted.get(shelf, ())}
        held = set(look.cases)
        for case in sorted(due.keys() - held):
            yield Problem(*shelf, case, "", "缺少卷宗")
        for case in sorted(held - due.keys()):
            yield Problem(*shelf, case, "", self._elsewhere(case))
        both = [due[case] for case in sorted(held & due.keys())]
        yield from self._of_cases(shelf, bag, look, both)

    def _kept_until(self, shelf: Shelf, look: bags.Look) -> Iterator[Problem]:
        try:
            until = until_of(read_info(look.tags[INFO]))
        except NotABag:
            until = None
        if until is None:
            yield Problem(*shelf, "", INFO, f"没有写明保管到哪天（{UNTIL}）")
        elif self._source.rules.calendar.local(self._source.now).date() > until:
            self.review.append((shelf, until))

    def _elsewhere(self, case: str) -> str:
        """Why a dossier does not belong where it lies."""
        place = self._over.place_of(case)
        if place is not None:
            return f"卷宗已过时：工单后来又有变动，现在应在 {place.unit}/{place.month}"
        if case in self._over.open:
            return "卷宗已过时：工单又在办理，还没有办结"
        return "仓库里没有这件工单，或读不出"

    def _of_cases(
        self, shelf: Shelf, bag: Path, look: bags.Look, orders: Sequence[Order]
    ) -> Iterator[Problem]:
        """Dossiers that belong where they lie, against the commits that they name."""
        known: list[tuple[Order, str, str]] = []
        for order in orders:
            name, told = f"{DATA}{order.id}/{CASE}", f"{DATA}{order.id}/{TIMELINE}"
            commit = _commit_of(bag, told, look)
            if name not in look.hashes:
                yield Problem(*shelf, order.id, name, "缺少")
            elif commit is None:
                yield Problem(*shelf, order.id, told, "没有写明提交")
            else:
                own = named(b"blob", bags.read(bag, name, MAX_BYTES)).decode()
                known.append((order, commit, own))
        history = self._source.history
        then = history.blobs_at([(commit, order.path) for order, commit, _ in known])
        for (order, commit, own), blob in zip(known, then, strict=True):
            if own != blob:
                words = f"与所记提交 {commit[:10]} 里的工单不一致"
                yield Problem(*shelf, order.id, f"{DATA}{order.id}/{CASE}", words)
            elif own != order.blob:
                words = "卷宗已过时：工单后来又有变动，要重新立卷"
                yield Problem(*shelf, order.id, "", words)


def _case_of(name: str) -> str:
    """The order that a file of a bag belongs to, '' where to none."""
    parts = name.split("/")
    return parts[1] if len(parts) > 2 and name.startswith(DATA) else ""


def _commit_of(bag: Path, name: str, look: bags.Look) -> str | None:
    """The commit that a dossier names."""
    try:
        told = json.loads(bags.read(bag, name, _MOST_OF_TIMELINE)) if name in look.hashes else {}
        commit = told["commit"]
    except (ValueError, KeyError, TypeError, RecursionError, Unavailable):
        return None
    return commit if isinstance(commit, str) and _COMMIT.fullmatch(commit) else None
