"""The engine: rules over cases, one file at a time, then the facts across files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, KeysView
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
        case, findings = read_case(path, blob, self.schema)
        if case is None:
            return Judged(self._wanted([*findings, *self._in_no_case(path, blob)]))
        subject = Subject(case, self.rules, self.now)
        findings.extend(self._of_case(subject, blob))
        if comments := list(in_comments(blob)):
            lines = {finding.place.line for finding in findings if finding.code == "P001"}
            findings += [
                _finding(load()["P001"], hit, path, case.id)
                for hit in comments
                if hit.place.line not in lines
            ]
        return Judged(self._wanted(findings), subject)

    @staticmethod
    def _in_no_case(path: str, blob: bytes) -> Iterator[Finding]:
        from hotline.reading.strict_yaml import parse  # with PyYAML, which good files never need

        if len(blob) <= MAX_BYTES:
            root = parse(blob).root if says_more_than_it_shows(blob) else None
            for code, hit in in_no_case(blob, root):
                yield _finding(load()[code], hit, path, None)

    def _of_case(self, subject: Subject, blob: bytes | None) -> Iterator[Finding]:
        """What the rules about a single case find."""
        plan = self._plan(subject.course.by_type.keys())
        known = {name: getattr(subject, name) for name in plan.names}
        given = [row(known) for row in plan.rows]
        for row, name in plan.each:
            if not known[name]:
                given[row] = None
        for rule, check, row in plan.calls:
            values = given[row]
            if values is None:
                continue
            for hit in check(*values):
                if hit.inside is not None and blob is not None:
                    hit = hit._replace(place=place_inside(blob, hit.place, *hit.inside))
                yield _finding(rule, hit, subject.path, subject.case.id)

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
        return list(self._of_case(subject, None))

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
    return _Plan(tuple(all_names), tuple(map(_row, rows)), tuple(each), tuple(calls))


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
