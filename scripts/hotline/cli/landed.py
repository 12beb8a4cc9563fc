"""Judging what a branch brings: by the registry, the rules and the time of the branch that it
comes to, and only for what the merge itself breaks."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from hotline.audit.history import NOTHING, PLAIN, Change
from hotline.audit.tips import lost
from hotline.cli.common import RegistryIsBroken, now_of
from hotline.doors import git
from hotline.doors.commits import named
from hotline.doors.disk import is_case_name
from hotline.doors.fault import Unavailable
from hotline.doors.landing import Files
from hotline.doors.repository import Repository
from hotline.findings.engine import Engine
from hotline.findings.printers.text import line
from hotline.findings.subject import Subject
from hotline.reading.cases import read_case
from hotline.reading.registry import read_registry
from hotline.reading.strict_yaml import parse
from hotline.values.facts import Cases, Facts
from hotline.values.finding import Finding
from hotline.writing.branches import CannotLand
from hotline.writing.delta import newly_among

MOST = 20
"""So many faults of a branch are told."""


@dataclass(slots=True)
class _State:
    """The work orders as they stand, and what the others need to know of each."""

    engine: Engine
    blobs: Mapping[str, bytes]
    facts: dict[str, Facts | None] = field(default_factory=dict)

    def fact(self, path: str) -> Facts | None:
        if path not in self.facts:
            case, _ = read_case(path, self.blobs[path], self.engine.schema)
            subject = Subject(case, self.engine.rules, self.engine.now) if case else None
            self.facts[path] = subject.facts if subject else None
        return self.facts[path]

    def read_all(self) -> None:
        """So that a state that is made from this one need not read them again."""
        for path in self.blobs:
            if is_case_name(path):
                self.fact(path)

    def with_cases(self, cases: Files) -> _State:
        """The state with other case files."""
        new = {path: blob for path, blob in cases.items() if blob is not None}
        facts = {path: fact for path, fact in self.facts.items() if path not in cases}
        return _State(self.engine, {**self.blobs, **new}, facts)

    def findings(self, paths: Iterable[str]) -> dict[str, list[Finding]]:
        """The findings of each of ``paths``, those by comparison with all others too."""
        found: dict[str, list[Finding]] = {}
        names = {path.rpartition("/")[2] for path in self.blobs}
        known = [fact for path in self.blobs if is_case_name(path) and (fact := self.fact(path))]
        cases = Cases(known, None, lambda case: f"{case}.yaml" in names)
        for path in paths:
            if path not in self.blobs:
                continue
            if not is_case_name(path):
                found[path] = self.engine.stray(path)
                continue
            judged = self.engine.judge(path, self.blobs[path])
            facts = [judged.subject.facts] if judged.subject else []
            found[path] = [*judged.findings, *self.engine.across(facts, cases)]
        return found


class _Given(Repository):
    """A repository that is judged by these files of ``registry/`` and ``schema/``."""

    def __init__(self, root: Path, files: dict[str, bytes]) -> None:
        super().__init__(root)
        self._trusted = files


class Judge:
    """Begins with the commit ``tip``, and goes on with what was accepted."""

    def __init__(self, root: Path, args: argparse.Namespace, tip: str) -> None:
        self.root, self.now = root, now_of(args)
        self.trusted = git.files_at(root, tip, ("registry", "schema"))
        self.repository: Repository = _Given(root, self.trusted)
        rules, self.registry_findings = self.repository.rules()
        if rules is None:
            raise RegistryIsBroken(self.registry_findings)
        engine = Engine(rules, self.repository.case_schema, self.now)
        self.state = _State(engine, git.files_at(root, tip, ("cases",)))
        self.next: Callable[[], None] | None = None

    def faults(self, changed: Files) -> list[str]:
        """The errors that the change brings, a line each; none where it may land."""
        cases = {path: blob for path, blob in changed.items() if path.startswith("cases/")}
        self.state.read_all()
        after = self.state.with_cases(cases)
        wrong = self._new_errors(after, cases) + self._lost(cases)
        self.next = partial(setattr, self, "state", after)
        if cases.keys() != changed.keys():
            wrong += self._of_new_rules(after, changed)
        lines = list(dict.fromkeys(line(finding) for finding in wrong))
        return lines[:MOST] + ([f"……共 {len(lines)} 处"] if len(lines) > MOST else [])

    def accept(self, changed: Files) -> None:
        """What :meth:`faults` was asked of last has landed."""
        del changed
        assert self.next is not None, "judged before it lands"
        self.next()

    def _of_new_rules(self, after: _State, changed: Files) -> list[Finding]:
        """Another registry or schema: by the base's schema it must be whole, and by the new
        rules no order may become wrong."""
        trusted = _overlaid(self.trusted, changed)
        registry = {path: blob for path, blob in trusted.items() if path.endswith(".yaml")}
        _, by_the_base = read_registry(registry, self.repository.schema)
        wrong = _new_by_words(self.registry_findings, by_the_base)
        repository = _Given(self.root, trusted)
        try:
            rules, found = repository.rules()
            schema = repository.case_schema
        except Unavailable as fault:
            raise CannotLand(fault.in_chinese) from None
        if rules is None:
            return wrong or [finding for finding in found if finding.severity == "error"]
        state = _State(Engine(rules, schema, self.now), after.blobs)

        def accepted() -> None:
            self.trusted, self.repository, self.registry_findings = trusted, repository, found
            self.state = state

        self.next = accepted
        return wrong + self._new_errors(state, state.blobs)

    def _lost(self, cases: Files) -> list[Finding]:
        """What the change makes of what was recorded: a header is nobody's to change."""
        contents: dict[str, bytes] = {}

        def name(blob: bytes | None) -> str:
            if blob is None:
                return NOTHING
            own = named(b"blob", blob).decode()
            contents[own] = blob
            return own

        changes = [
            Change(path, PLAIN[0], PLAIN[0], name(self.state.blobs[path]), name(blob))
            for path, blob in cases.items()
            if path in self.state.blobs and blob is not None
        ]
        return lost(changes, contents.__getitem__, self.state.engine.rules.calendar)

    def _new_errors(self, after: _State, paths: Iterable[str]) -> list[Finding]:
        paths = list(paths)
        before = self.state.findings(paths)
        found: list[Finding] = []
        for path, findings in sorted(after.findings(paths).items()):
            old, root = before.get(path, []), self.state.blobs.get(path)
            new = newly_among(
                old, parse(root).root if root is not None else None,
                findings, parse(after.blobs[path]).root,
            )  # fmt: skip
            found += [finding for finding in new if finding.severity == "error"]
        return found


def _overlaid(files: Mapping[str, bytes], changed: Files) -> dict[str, bytes]:
    """The files of ``registry/`` and ``schema/`` after the change."""
    result = dict(files)
    for path, blob in changed.items():
        if path.startswith("cases/"):
            continue
        result.pop(path, None)
        if blob is not None:
            result[path] = blob
    return result


def _new_by_words(before: Iterable[Finding], after: Iterable[Finding]) -> list[Finding]:
    known = Counter(finding.fingerprint for finding in before)
    found = []
    for finding in after:
        known[finding.fingerprint] -= 1
        if known[finding.fingerprint] < 0 and finding.severity == "error":
            found.append(finding)
    return found
