"""The engine: rules over cases, a few files at a time, then the facts across files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, KeysView, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from hotline.findings.subject import Subject
from hotline.reading.cases import read_case
from hotline.reading.inside import place_inside
from hotline.reading.limits import MAX_BYTES
from hotline.reading.registry import Rules
from hotline.reading.schema import Schema
from hotline.rules.declare import Check, Hit, Rule, event_types, load, parameters
from hotline.rules.personal import in_comments, in_no_case, says_more_than_it_shows
from hotline.rules.structure import stray
from hotline.values.facts import Cases, Facts
from hotline.values.finding import Finding

_ACROSS = frozenset({"cases"})
_REGISTRY_ONLY = frozenset({"registry", "policies", "cases"})


_OF_EACH = ("running", "late")
"""A check that is called with these looks at nothing else: it is not called where there are none."""
_BY_CLOCK = ("policy", "rounds", "clocks")
"""What these, and the clocks themselves, are made of, one of the other."""
BATCH = 25
"""Files judged together: enough that the program stays in the processor's nearest memory, few enough
that what was read of them does so too."""
_PLANS = 512
"""So many plans are kept; the orders of a county have some dozens of sets of event types."""


class Selection(NamedTuple):
    """Codes or prefixes to keep (all where empty), and to leave out."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def wants(self, code: str) -> bool:
        chosen = not self.select or code.startswith(self.select)
        return chosen and not (self.ignore and code.startswith(self.ignore))


class Judged(NamedTuple):
    """What one file gave. ``subject`` is None where the file is no case."""

    findings: list[Finding]
    subject: Subject | None = None


class _Look(NamedTuple):
    """A check of a rule, what it is called with, and the event types that it needs."""

    rule: Rule
    check: Check
    names: tuple[str, ...]
    of: frozenset[str]


class _Plan(NamedTuple):
    """What is called for the cases with one set of event types, in the order of the rules.
    Checks that are called with the same things share a row."""

    names: tuple[str, ...]
    """All that any of them is called with."""
    steps: tuple[str, ...]
    """What these are made of, to be worked out before."""
    rows: tuple[Callable[[dict[str, Any]], Any], ...]
    """What checks are called with, from what is known of the case."""
    each: tuple[tuple[int, str], ...]
    """Rows that stand for nothing where this is empty."""
    calls: tuple[tuple[Rule, Check, int], ...]


class Engine:
    """Judges files by rules. Holds nothing of a file after it was judged."""

    def __init__(
        self, rules: Rules, schema: Schema, now: datetime, selection: Selection | None = None
    ) -> None:
        self.rules = rules
        self.schema = schema
        self.now = now
        self.selection = selection or Selection()
        self._by_case: list[_Look] = []
        self._plans: dict[frozenset[str], _Plan] = {}
        self._across: list[tuple[Rule, Check, tuple[str, ...]]] = []
        self._of_registry: list[tuple[Rule, Check, tuple[str, ...]]] = []
        for rule in load().values():
            for check in rule.checks if self.selection.wants(rule.code) else ():
                names = parameters(check)
                if _REGISTRY_ONLY.issuperset(names):
                    self._of_registry.append((rule, check, names))
                elif _ACROSS.intersection(names):
                    self._across.append((rule, check, names))
                else:
                    self._by_case.append(_Look(rule, check, names, event_types(check)))

    def judge(self, path: str, blob: bytes) -> Judged:
        """The findings of one case file by itself."""
        return self.judge_all([(path, blob)])[0]

    def judge_all(
        self, files: Sequence[tuple[str, bytes]], moment: Callable[[], datetime] | None = None
    ) -> list[Judged]:
        """The findings of each file by itself, in their order. ``moment`` makes a ``now`` for each
        case, where the one of the engine will not do.

        What is done is done for all files before the next thing is: a program that comes back to
        the same few functions runs a sixth faster than one that walks through all of them for
        each file. All files are held at a time, so these are a few (``BATCH``).
        """
        judged: list[Judged] = []
        blobs: list[bytes | None] = []
        for path, blob in files:
            case, found = read_case(path, blob, self.schema)
            if case is None:
                judged.append(Judged([*found, *self._in_no_case(path, blob)]))
            else:
                now = self.now if moment is None else moment()
                judged.append(Judged(found, Subject(case, self.rules, now)))
            blobs.append(blob)
        self._look_at(judged, blobs)
        for (path, blob), (findings, subject) in zip(files, judged, strict=True):
            if subject is not None:
                findings += self._in_comments(path, blob, subject.case.id, findings)
        return [one._replace(findings=self._wanted(one.findings)) for one in judged]

    @staticmethod
    def _in_no_case(path: str, blob: bytes) -> Iterator[Finding]:
        from hotline.reading.strict_yaml import parse  # with PyYAML, which good files never need

        if len(blob) <= MAX_BYTES:
            root = parse(blob).root if says_more_than_it_shows(blob) else None
            for code, hit in in_no_case(blob, root):
                yield _finding(load()[code], hit, path, None)

    @staticmethod
    def _in_comments(path: str, blob: bytes, case: str, found: list[Finding]) -> list[Finding]:
        """Personal data in comments, but for lines that have a finding of them already."""
        comments = list(in_comments(blob))
        if not comments:
            return []
        lines = {finding.place.line for finding in found if finding.code == "P001"}
        rule = load()["P001"]
        return [_finding(rule, hit, path, case) for hit in comments if hit.place.line not in lines]

    def _look_at(self, judged: Sequence[Judged], blobs: Sequence[bytes | None]) -> None:
        """Adds what the rules about a single case find, check by check. Without the bytes of its
        file, a finding stands at the place of its field."""
        looks: dict[int, tuple[_Plan, list[int]]] = {}
        for number, (_, subject) in enumerate(judged):
            if subject is not None:
                plan = self._plan(subject.course.by_type.keys())
                looks.setdefault(id(plan), (plan, []))[1].append(number)
        for plan, numbers in looks.values():
            given = _given(plan, [judged[number].subject for number in numbers])
            for rule, check, row in plan.calls:
                for number, rows in zip(numbers, given, strict=True):
                    values = rows[row]
                    if values is None:
                        continue
                    for hit in check(*values):
                        findings, subject = judged[number]
                        assert subject is not None
                        blob = blobs[number]
                        if hit.inside is not None and blob is not None:
                            hit = hit._replace(place=place_inside(blob, hit.place, *hit.inside))
                        findings.append(_finding(rule, hit, subject.path, subject.case.id))

    def _plan(self, types: KeysView[str]) -> _Plan:
        """The checks that can find anything in a case with these types of events."""
        key = frozenset(types)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            plan = self._plans[key] = _plan(self._by_case, key)
        return plan

    def of_subject(self, subject: Subject) -> list[Finding]:
        """What the rules find in a case that was read before, at the places of its fields."""
        judged = Judged([], subject)
        self._look_at([judged], [None])
        return judged.findings

    def across(self, facts: Iterable[Facts], cases: Cases) -> list[Finding]:
        """What the rules that compare files find, for each of ``facts``."""
        given: dict[str, Any] = {
            "cases": cases, "now": self.now, "calendar": self.rules.calendar,
        }  # fmt: skip
        found: list[Finding] = []
        for fact in facts:
            given["facts"] = fact
            for rule, check, names in self._across:
                hits = check(*[given[name] for name in names])
                found.extend(_finding(rule, hit, fact.path, fact.id) for hit in hits)
        return found

    def of_registry(self, cases: Cases) -> list[Finding]:
        """What the rules about the registry itself find."""
        given = {
            "registry": self.rules.registry,
            "policies": self.rules.policies,
            "cases": cases,
        }
        return [
            _finding(rule, hit, hit.path or "registry", None)
            for rule, check, names in self._of_registry
            for hit in check(*[given[name] for name in names])
        ]

    def stray(self, path: str) -> list[Finding]:
        """S020 for a file under ``cases/`` that is no work order."""
        return self._wanted([_finding(load()["S020"], stray(path), path, None)])

    def _wanted(self, findings: list[Finding]) -> list[Finding]:
        return [finding for finding in findings if self.selection.wants(finding.code)]


def _plan(looks: Iterable[_Look], types: frozenset[str]) -> _Plan:
    rows: dict[tuple[str, ...], int] = {}
    calls = [
        (look.rule, look.check, rows.setdefault(look.names, len(rows)))
        for look in looks
        if not look.of or look.of & types
    ]
    all_names = dict.fromkeys(name for names in rows for name in names)
    each = [(row, name) for names, row in rows.items() for name in _OF_EACH if name in names]
    steps = _BY_CLOCK if not all_names.keys().isdisjoint(("clocks", *_OF_EACH)) else ()
    return _Plan(tuple(all_names), steps, tuple(map(_row, rows)), tuple(each), tuple(calls))


def _given(plan: _Plan, subjects: Iterable[Subject | None]) -> list[list[Any]]:
    """What checks are called with, for each case by the plan's rows; None for a row that stands for
    nothing."""
    cases = [subject for subject in subjects if subject is not None]
    for name in plan.steps:
        for subject in cases:
            getattr(subject, name)
    given = []
    for subject in cases:
        known = {name: getattr(subject, name) for name in plan.names}
        rows = [row(known) for row in plan.rows]
        for row, name in plan.each:
            if not known[name]:
                rows[row] = None
        given.append(rows)
    return given


def _row(names: tuple[str, ...]) -> Callable[[dict[str, Any]], Any]:
    """``itemgetter`` gives no tuple of one."""
    if len(names) == 1:
        (name,) = names
        return lambda known: (known[name],)
    return itemgetter(*names)


def _finding(rule: Rule, hit: Hit, path: str, case: str | None) -> Finding:
    mend = hit.mend or rule.mend
    mend = mend.replace("工单编号 ", f"{case} ") if case else mend
    message = f"{hit.words}。{mend}"
    return Finding(
        rule.code, hit.severity or rule.severity, hit.path or path, message, hit.article or rule.article,
        hit.place, case, hit.subject,
    )  # fmt: skip


Look = Callable[[str], Facts | None]
