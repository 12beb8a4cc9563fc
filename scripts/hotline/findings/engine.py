"""The engine: rules over cases, one file at a time, then the facts across files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hotline.findings.subject import Subject
from hotline.reading.cases import read_case
from hotline.reading.inside import place_inside
from hotline.reading.registry import Rules
from hotline.reading.schema import Schema
from hotline.rules.declare import Check, Hit, Rule, load, parameters
from hotline.rules.structure import stray
from hotline.values.facts import Cases, Facts
from hotline.values.finding import Finding

_ACROSS = frozenset({"cases"})
_REGISTRY_ONLY = frozenset({"registry", "policies", "cases"})


@dataclass(frozen=True, slots=True)
class Selection:
    """Codes or prefixes to keep (all where empty), and to leave out."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def wants(self, code: str) -> bool:
        chosen = not self.select or code.startswith(self.select)
        return chosen and not (self.ignore and code.startswith(self.ignore))


@dataclass(frozen=True, slots=True)
class Judged:
    """What one file gave. ``subject`` is None where the file is no case."""

    findings: list[Finding]
    subject: Subject | None = None


class Engine:
    """Judges files by rules. Holds nothing of a file after it was judged."""

    def __init__(
        self, rules: Rules, schema: Schema, now: datetime, selection: Selection | None = None
    ) -> None:
        self.rules = rules
        self.schema = schema
        self.now = now
        self.selection = selection or Selection()
        self._by_case: list[tuple[Rule, Check, tuple[str, ...]]] = []
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
                    self._by_case.append((rule, check, names))

    def judge(self, path: str, blob: bytes) -> Judged:
        """The findings of one case file by itself."""
        case, findings = read_case(path, blob, self.schema)
        if case is None:
            return Judged(self._wanted(findings))
        subject = Subject(case, self.rules, self.now)
        findings.extend(self._of_case(subject, blob))
        return Judged(self._wanted(findings), subject)

    def _of_case(self, subject: Subject, blob: bytes | None) -> Iterator[Finding]:
        """What the rules about a single case find."""
        for rule, check, names in self._by_case:
            for hit in check(*[getattr(subject, name) for name in names]):
                if hit.inside is not None and blob is not None:
                    hit = hit._replace(place=place_inside(blob, hit.place, *hit.inside))
                yield _finding(rule, hit, subject.path, subject.case.id)

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


def _finding(rule: Rule, hit: Hit, path: str, case: str | None) -> Finding:
    mend = hit.mend or rule.mend
    mend = mend.replace("工单编号 ", f"{case} ") if case else mend
    message = f"{hit.words}。{mend}"
    return Finding(
        rule.code, hit.severity or rule.severity, hit.path or path, message, hit.article or rule.article,
        hit.place, case, hit.subject,
    )  # fmt: skip


Look = Callable[[str], Facts | None]
