"""The orders that are over, as HEAD has them, and their dossiers made from its history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from hotline.archive.dossier import Kept, Letter, Shelf, Signed, shelf_of
from hotline.audit.judge import Fault
from hotline.doors import word
from hotline.doors.auditing import audit, recorded, worth_of
from hotline.doors.commits import Repository
from hotline.doors.disk import is_case_name
from hotline.doors.history import recorded_by_id
from hotline.doors.letters import press
from hotline.doors.templates import TEMPLATES
from hotline.findings.engine import Engine
from hotline.findings.subject import Subject
from hotline.procedure.identity import event_id
from hotline.procedure.timeline import Step
from hotline.reading.cases import read_case
from hotline.reading.registry import Rules
from hotline.reading.schema import Schema
from hotline.replies.letter import letter
from hotline.replies.paragraphs import Paragraph, as_text, paragraphs_of
from hotline.values.case import Event
from hotline.values.recording import Recorded, Recording

REPLACED = "已由后来的答复代替"
"""What a copy of a letter says at its head that a later one took the place of."""


class Order(NamedTuple):
    """An order that is over: its path and its blob in HEAD."""

    id: str
    path: str
    blob: str


@dataclass(slots=True)
class Over:
    """The orders of HEAD. ``shelves`` are those that are over, by where their dossiers belong;
    ``open`` those that are not; ``unreadable`` paths of which nobody can say, ``twice`` those
    of orders that another file has too (the dossier is of the first)."""

    shelves: dict[Shelf, list[Order]] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    unreadable: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)

    @property
    def known(self) -> set[str]:
        """The ids of all orders that can be read."""
        over = (order.id for orders in self.shelves.values() for order in orders)
        return self.open.union(over)

    def place_of(self, case: str) -> Shelf | None:
        """Where the dossier of this order belongs; None for an order that is not over."""
        for shelf, orders in self.shelves.items():
            if any(order.id == case for order in orders):
                return shelf
        return None


class Source(NamedTuple):
    """What dossiers are made from. ``now`` says only which are past their time: what is in them
    follows from HEAD alone."""

    history: Repository
    head: str
    rules: Rules
    schema: Schema
    now: datetime

    @property
    def made_at(self) -> datetime:
        """When HEAD was made. No other moment counts for what is in a dossier."""
        return datetime.fromtimestamp(self.history.commit(self.head).committed, UTC)


def case_files(source: Source) -> dict[str, str]:
    """Path → blob of every work order file in HEAD."""
    found = source.history.files(source.head, "cases")
    return {path: found[path] for path in sorted(found) if is_case_name(path)}


def over(source: Source, files: Iterable[tuple[str, str]]) -> Over:
    """What is over of these files (path, blob)."""
    found, known = Over(), set[str]()
    for path, blob in files:
        case, _ = read_case(path, source.history.blob(blob), source.schema)
        if case is None:
            found.unreadable.append(path)
        elif case.id in known:
            found.twice.append(path)
        else:
            known.add(case.id)
            shelf = shelf_of(Subject(case, source.rules, source.now))
            if shelf is None:
                found.open.add(case.id)
            else:
                found.shelves.setdefault(shelf, []).append(Order(case.id, path, blob))
    found.shelves = dict(sorted(found.shelves.items()))
    return found


class Maker:
    """Makes dossiers of orders that are over, with what all of them need read once."""

    def __init__(self, source: Source, orders: Sequence[Order]) -> None:
        history, moment = source.history, source.made_at
        self._source = source
        self._moment = moment
        self._told: Recorded = recorded(history, moment)
        paths = {order.path for order in orders}
        names = {one.commit for key, one in self._told.events.items() if key[0] in paths}
        names |= {self._told.files[path].commit for path in paths}
        self._worth: Mapping[str, tuple[str, str]] = worth_of(
            history, moment, names, source.rules.calendar
        )
        self._faults: dict[str, list[Fault]] = {}
        for fault in audit(history, moment).faults:
            self._faults.setdefault(fault.finding.path, []).append(fault)
        self._templates = history.contents(source.head, TEMPLATES)
        self._press = press(history.root, self._templates)

    def kept(self, order: Order) -> Kept:
        """Judged at the moment of the order's last change, so that its dossier does not age."""
        source, last = self._source, self._told.files[order.path]
        blob = source.history.blob(order.blob)
        judged = Engine(source.rules, source.schema, last.at).judge(order.path, blob)
        assert judged.subject is not None, "it was read before"
        alike = self._alike(order, judged.subject)

        def when(event: Event) -> Recording | None:
            key = (order.path, event.type, event.by, event.data["at"])
            return alike.get(event_id(event.data)) or self._told.events.get(key)

        letters = list(self._letters(judged.subject))
        faults = self._faults.get(order.path, ())
        return Kept(
            judged.subject, blob, judged.findings, letters, last, when, self._signed, faults
        )  # fmt: skip

    def _alike(self, order: Order, subject: Subject) -> dict[str, Recording]:
        """Event id → recording, where two events of an order have one type, author and time, so
        that only what they say tells them apart."""
        keys = [(event.type, event.by, event.data["at"]) for event in subject.case.events]
        if len(set(keys)) == len(keys):
            return {}
        history = self._source.history
        found = recorded_by_id(history, order.path, self._moment)
        return {
            name: Recording(commit, history.commit(commit).author, at)
            for name, (commit, at) in found.items()
        }

    def _signed(self, commit: str) -> Signed:
        return Signed(*self._worth.get(commit, ("none", "")))

    def _letters(self, subject: Subject) -> Iterator[Letter]:
        steps = subject.course.of("replied")
        for number, step in enumerate(steps, 1):
            yield self._letter(subject, step, "" if number == len(steps) else REPLACED)

    def _letter(self, subject: Subject, step: Step, head: str) -> Letter:
        finished = letter(subject.course, step, subject.registry, subject.calendar)
        given = paragraphs_of(self._press(finished))
        first = f"【{head}】\n" if head else ""
        text = f"{first}{as_text(given)}\n".encode()
        return Letter(text, self._in_word(finished.heading, given, head))

    def _in_word(self, heading: str, given: list[Paragraph], head: str) -> bytes | None:
        if word.is_too_long(given):
            return None
        root = self._source.history.root
        return word.document(root, heading, given, head, self._templates)
