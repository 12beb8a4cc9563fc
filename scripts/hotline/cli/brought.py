"""What a push or a commit brings, judged by the state that it comes to: only what it breaks
itself, never what stood before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from hotline.audit.history import Change
from hotline.audit.tips import lost
from hotline.cli.checking import Scope, check
from hotline.cli.common import Opened
from hotline.doors.disk import is_case_name, shown
from hotline.doors.repository import Repository
from hotline.doors.snapshot import Snapshot
from hotline.findings.engine import Engine, Selection
from hotline.reading.limits import MAX_BYTES
from hotline.reading.quick_yaml import values
from hotline.reading.registry import Rules
from hotline.reading.strict_yaml import parse
from hotline.reading.upstream import is_another
from hotline.rules.declare import load
from hotline.rules.personal import in_no_case
from hotline.values.finding import Finding
from hotline.writing.delta import newly_among

PERSONAL = Selection(select=("P",))
_NOT_RULES = ("registry/imports/", "registry/notify.yaml", "registry/norms.yaml")


@dataclass(frozen=True)
class Brought:
    """``changes`` lead from ``old`` to ``new``; ``by`` is whose registry, policies, calendar and
    schemas judge (None where there are none yet: then the new ones do)."""

    root: Path
    now: datetime
    old: Snapshot
    new: Snapshot
    changes: list[Change]
    by: Snapshot | None

    def errors(self) -> list[Finding]:
        """What the change breaks, in the order of the files."""
        if self._rules is None:
            return self._broken
        after = self._after
        found = [*self._new_errors(after, self._scope_of(after)), *self.lost(self.changes)]
        if any(change.path.startswith(("registry/", "schema/")) for change in self.changes):
            found += self._of_registry(after)
        gone = {finding.path for finding in found if finding.code == "A003"}
        found = [f for f in found if f.path not in gone or f.code != "S020"]  # one fault, once
        once = {(f.code, f.path, f.place, f.message): f for f in found}
        return sorted(once.values(), key=lambda finding: finding.order)

    # --- who judges -----------------------------------------------------------------------

    @cached_property
    def _judged_by(self) -> tuple[Snapshot, Rules | None, list[Finding]]:
        """A registry that is broken cannot keep back the push that mends it."""
        for by in filter(None, (self.by, self.new)):
            rules, findings = Repository(self.root, seen=by).rules()
            if rules is not None:
                break
        return by, rules, findings

    @property
    def _rules(self) -> Rules | None:
        return self._judged_by[1]

    @property
    def _broken(self) -> list[Finding]:
        return [finding for finding in self._judged_by[2] if finding.severity == "error"]

    def _opened(self, seen: Snapshot) -> Opened:
        by, rules, _ = self._judged_by
        assert rules is not None
        return Opened(Repository(self.root, trust=by, seen=seen), rules, [], self.now)

    @cached_property
    def _after(self) -> Opened:
        return self._opened(self.new)

    @cached_property
    def _before(self) -> Opened:
        return self._opened(self.old)

    # --- the orders -----------------------------------------------------------------------

    @cached_property
    def _changed(self) -> list[str]:
        """The files of orders that are there after the change."""
        return [
            change.path
            for change in self.changes
            if change.path.startswith("cases/") and change.new_mode.strip("0")
        ]

    def _scope_of(self, opened: Opened) -> Scope:
        changed = set(self._changed)
        listing = opened.repository.listing
        strays = {shown(path) for path in changed} & set(listing.strays)
        cases = sorted(path for path in changed if is_case_name(path) and self.new.has(path))
        return Scope(cases, sorted(strays), self._alike(cases), registry=False, alone=True)

    def _alike(self, cases: list[str]) -> list[str]:
        """Other files that may be of the same order: of the same name, or, for orders that are
        new or changed their number on the platform, of the same number there."""
        changed = set(cases)
        names = {path.rpartition("/")[2] for path in cases}
        others = [path for path in self.new.listing.cases if path not in changed]
        found = [path for path in others if path.rpartition("/")[2] in names]
        wanted = {number.encode() for path in cases if (number := self._new_number(path))}
        if wanted:
            found += [path for path in others if not is_another(self.new.read(path), wanted)]
        return sorted(set(found))

    def _new_number(self, path: str) -> str:
        new = _number(self.new.read(path))
        old = _number(self.old.read(path)) if self.old.has(path) else ""
        return "" if new == old else new

    def _new_errors(self, after: Opened, scope: Scope) -> Iterator[Finding]:
        """The errors of the files in ``scope`` that the same files had not before."""
        found = _errors(check(after, scope))
        by_path: dict[str, list[Finding]] = {}
        for finding in found:
            by_path.setdefault(finding.path, []).append(finding)
        old = [path for path in by_path if self.old.has(path)]
        known = self._known(old, scope)
        for path, findings in by_path.items():
            if path in known:
                roots = (_root(snapshot, path) for snapshot in (self.old, self.new))
                yield from newly_among(known[path], next(roots), findings, next(roots))
            else:
                yield from findings

    def _known(self, paths: list[str], scope: Scope) -> dict[str, list[Finding]]:
        """What was wrong before with files that are wrong now."""
        if not paths:
            return {}
        cases = [path for path in paths if is_case_name(path)]
        strays = [path for path in paths if not is_case_name(path)]
        others = [*scope.others, *(set(scope.cases) - set(paths))]
        there = sorted(path for path in others if self.old.has(path))
        before = check(self._before, Scope(cases, strays, there, registry=False, alone=True))
        known: dict[str, list[Finding]] = {path: [] for path in paths}
        for finding in before:
            known.setdefault(finding.path, []).append(finding)
        return known

    def lost(self, changes: Iterable[Change]) -> list[Finding]:
        """What is missing of an older version that ``changes`` (with paths from the data's top)
        lead away from."""
        rules = self._rules
        if rules is None:
            return []
        of_cases = [change for change in changes if change.path.startswith("cases/")]
        return lost(of_cases, self.new.objects.blob, rules.calendar)

    # --- the registry ---------------------------------------------------------------------

    def _of_registry(self, after: Opened) -> list[Finding]:
        """What is wrong with the registry that comes, and what it makes wrong of all orders."""
        own = Repository(self.root, seen=self.new)
        rules, told = own.rules()
        alone = Scope([], [], registry=True)
        known = {finding.fingerprint for finding in check(self._before, alone)}
        opened = after if rules is None else Opened(own, rules, [], self.now)
        found = _errors([*told, *check(opened, alone)])
        found = [finding for finding in found if finding.fingerprint not in known]
        is_judge = self._judged_by[0] is self.new
        if rules is None or is_judge or not any(map(_is_of_rules, self.changes)):
            return found
        scope = Scope(own.listing.cases, own.listing.strays, registry=False)
        return [*found, *self._new_errors(opened, scope)]

    # --- versions on the way ----------------------------------------------------------------

    def personal(self, versions: Iterable[tuple[str, str]]) -> list[Finding]:
        """Personal data that versions of orders (path, blob) bring into history, where the newest
        has them no more."""
        rules = self._rules
        if rules is None:
            return []
        engine = Engine(rules, self._after.repository.case_schema, self.now, PERSONAL)
        objects = self.new.objects
        found: list[Finding] = []
        for path, blob in versions:
            if not is_case_name(path):
                found += _in_other(path, objects.blob(blob))
                continue
            if self.new.has(path) and self.new.blob_of(path) == blob:
                continue
            content = objects.blob(blob)
            wrong = _errors(engine.judge(path, content).findings)
            if wrong and self.old.has(path):
                old = self.old.read(path)
                before = engine.judge(path, old).findings
                wrong = newly_among(before, parse(old).root, wrong, parse(content).root)
            found += wrong
        return found


def _in_other(path: str, blob: bytes) -> Iterator[Finding]:
    """P001 in a file that is no order. The list of units names the phones of offices."""
    if path == "registry/units.yaml" or b"\0" in blob or len(blob) > MAX_BYTES:
        return
    rule = load()["P001"]
    for code, hit in in_no_case(blob, None):
        if code == rule.code:
            words = f"{hit.words}。{rule.mend}"
            yield Finding(code, "error", path, words, rule.article, hit.place, None, hit.subject)


def _errors(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


def _root(snapshot: Snapshot, path: str) -> Any:
    return parse(snapshot.read(path)).root if is_case_name(path) else None


def _number(blob: bytes) -> str:
    """The order's number on its platform, '' where that cannot be read."""
    quick = values(blob)
    root = parse(blob).root if quick is None else quick
    return str(root.get("upstream_id") or "") if isinstance(root, dict) else ""


def _is_of_rules(change: Change) -> bool:
    return change.path.startswith(("registry/", "schema/")) and not change.path.startswith(
        _NOT_RULES
    )
