"""The parts of a cold check, timed inside one process, by batches of orders as a check goes."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orders

from hotline.doors.repository import Repository
from hotline.findings.engine import BATCH, Engine
from hotline.findings.subject import Subject
from hotline.reading.cases import case_of
from hotline.reading.places import Source
from hotline.reading.quick_yaml import values
from hotline.reading.registry import Rules
from hotline.rules.declare import LETTERS, Check, event_types, load, parameters
from hotline.values.case import Case
from hotline.values.facts import Cases, Facts

_ASKED_ACROSS = frozenset({"cases"})
_ASKED_OF_REGISTRY = frozenset({"registry", "policies", "cases"})
Checks = list[tuple[Check, tuple[str, ...], frozenset[str]]]


def one_process(hotline: Path) -> list[str]:
    """What keeps ``check`` in one process: the parts are timed in one, too."""
    told = subprocess.run([hotline, "check", "--help"], capture_output=True, text=True, check=True)
    return ["--jobs", "1"] if "--jobs" in told.stdout else []


def parts(root: Path, rounds: int) -> dict[str, float]:
    """Seconds of each part, the medians of ``rounds`` rounds, in the order of the work."""
    found: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for name, took in _Round(root).work().items():
            found[name].append(took)
    return {name: statistics.median(each) for name, each in found.items()}


class _Round:
    """One walk over all orders, with a watch for each part."""

    def __init__(self, root: Path) -> None:
        self.repository = Repository(root)
        self.schema = self.repository.case_schema
        rules, _ = self.repository.rules()
        assert rules is not None
        self.rules: Rules = rules
        self.now = datetime.fromisoformat(orders.NOW)
        self.letters = _by_letter()
        self.took: dict[str, float] = defaultdict(float)

    def work(self) -> dict[str, float]:
        paths = self.repository.listing.cases
        blobs = self.repository.blobs(paths)
        facts: list[Facts] = []
        for _ in range(0, len(paths), BATCH):
            files = self._timed("reading the file", lambda: list(islice(blobs, BATCH)))
            cases = self._cases(files)
            facts += self._judged([Subject(case, self.rules, self.now) for case in cases])
        self._timed("rules across files", lambda: self._across(facts))
        return self.took

    def _timed(self, name: str, work: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        result = work()
        self.took[name] += time.perf_counter() - started
        return result

    def _cases(self, files: list[tuple[str, bytes]]) -> list[Case]:
        data = self._timed("YAML, hidden characters", lambda: [values(blob) for _, blob in files])
        assert self._timed("schema", lambda: all(map(self.schema.fits, data)))
        cases: list[Case] = self._timed(
            "building the case",
            lambda: [
                case_of(path, one, Source(blob, beyond_doubt=True))
                for (path, blob), one in zip(files, data, strict=True)
            ],
        )
        return cases

    def _judged(self, subjects: list[Subject]) -> list[Facts]:
        self._timed("timeline", lambda: [one.course for one in subjects])
        self._timed("policy and rounds", lambda: [(one.policy, one.rounds) for one in subjects])
        self._timed("clocks", lambda: [one.clocks for one in subjects])
        facts: list[Facts] = self._timed("facts", lambda: [one.facts for one in subjects])
        for letter, checks in self.letters.items():
            self._timed(f"rules {letter}", lambda: _asked(checks, subjects))  # noqa: B023
        return facts

    def _across(self, facts: list[Facts]) -> None:
        engine = Engine(self.rules, self.schema, self.now)
        cases = Cases(facts, holds=self.repository.holds)
        engine.across(facts, cases)
        engine.of_registry(cases)


def _by_letter() -> dict[str, Checks]:
    """The checks about a single case, by the letter of their rule."""
    found: dict[str, Checks] = {letter: [] for letter in LETTERS}
    for rule in load().values():
        for check in rule.checks:
            names = parameters(check)
            alone = not _ASKED_ACROSS.intersection(names)
            if alone and not _ASKED_OF_REGISTRY.issuperset(names):
                found[rule.letter].append((check, names, event_types(check)))
    return {letter: checks for letter, checks in found.items() if checks}


def _asked(checks: Checks, subjects: list[Subject]) -> None:
    """Those that can find anything in a case with such events, as the engine chooses them."""
    for check, names, of in checks:
        for subject in subjects:
            if of and of.isdisjoint(subject.course.by_type.keys()):
                continue
            for _ in check(*[getattr(subject, name) for name in names]):
                pass
