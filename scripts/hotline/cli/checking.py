"""Judging files: which, by what, and how they are compared. What ``check`` and ``run`` share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hotline.cli.as_before import plain_files
from hotline.cli.common import Opened, progress
from hotline.doors.fault import Unavailable
from hotline.doors.forked import default_jobs, shared_out
from hotline.findings.engine import BATCH, Engine, Selection
from hotline.findings.subject import Subject
from hotline.reading.cases import read_case
from hotline.values.facts import Cases, Facts
from hotline.values.finding import Finding

if TYPE_CHECKING:
    import argparse


class Scope(NamedTuple):
    """Which files are judged. ``others`` are read only for what they tell of themselves."""

    cases: list[str]
    strays: list[str]
    others: Sequence[str] = ()
    registry: bool = True
    alone: bool = False
    """Named files are compared with those that they name, and with those of the same ids as far
    as the cache knows them; not with all."""

    @property
    def is_whole(self) -> bool:
        return self.registry and not self.alone and not self.others


def check(
    opened: Opened,
    scope: Scope,
    selection: Selection | None = None,
    seen: Callable[[Subject], None] | None = None,
    jobs: int | None = 1,
    *,
    remember: bool = False,
) -> list[Finding]:
    """The findings in their order; one bad file never stops the others.

    ``seen`` is given every case that was read, so that nobody has to read it again. With
    ``remember``, what was found before is used where it still holds. ``jobs`` is the number of
    processes, None for as many as are usual.
    """
    engine = Engine(opened.rules, opened.repository.case_schema, opened.now, selection)
    jobs = jobs or default_jobs()
    findings: list[Finding]
    cases: Cases
    may = remember and seen is None and may_remember(opened, engine)
    if may and scope.is_whole:
        from hotline.cli.known import known_or_judged

        findings, remembered = known_or_judged(opened, engine, scope.cases, jobs)
        cases, facts = remembered, remembered.comparable
    else:
        alike: Sequence[str] = scope.others
        if may and scope.alone:
            from hotline.cli.known import few_known_or_judged

            findings, facts, alike = few_known_or_judged(opened, engine, scope.cases)
        else:
            findings, facts = _judged(opened, engine, scope, seen, jobs)
        others = [fact for path in alike if (fact := _facts(opened, path)) is not None]
        cases = Cases(
            [*facts, *others], lambda case: _look_up(opened, case), opened.repository.holds
        )
    for path in scope.strays:
        findings.extend(engine.stray(path))
    findings.extend(engine.across(facts, cases))
    if scope.registry:
        wanted = (f for f in opened.registry_findings if engine.selection.wants(f.code))
        findings.extend(wanted)
        own = opened.repository.own_registry_findings()
        findings.extend(f for f in own if engine.selection.wants(f.code))
        findings.extend(engine.of_registry(cases))
    return sorted(findings, key=lambda finding: finding.order)


def may_remember(opened: Opened, engine: Engine) -> bool:
    """Whether what was found before may be used: not for a pull request, whose judge trusts
    nothing that lies about, and not for a part of the rules."""
    return engine.selection == Selection() and not opened.repository.is_trusting


def _judged(
    opened: Opened,
    engine: Engine,
    scope: Scope,
    seen: Callable[[Subject], None] | None,
    jobs: int,
) -> tuple[list[Finding], list[Facts]]:
    """The findings of each file by itself, and the facts of those that are cases."""

    def judged(paths: Sequence[str]) -> tuple[list[Finding], list[Facts]]:
        found: list[Finding] = []
        known: list[Facts] = []
        blobs = opened.repository.blobs(paths)
        while files := list(islice(blobs, BATCH)):
            for one in engine.judge_all(files):
                found += one.findings
                if one.subject is not None:
                    known.append(one.subject.facts)
                    if seen is not None:
                        seen(one.subject)
        return found, known

    findings: list[Finding] = []
    facts: list[Facts] = []
    # Who wants to see the cases must have them in this process.
    pieces = shared_out(judged, scope.cases, 1 if seen is not None else jobs)
    for found, known in progress(pieces, len(scope.cases), "检查", lambda piece: len(piece[1])):
        findings += found
        facts += known
    return findings, facts


def everything(opened: Opened) -> Scope:
    return Scope(opened.repository.listing.cases, opened.repository.listing.strays)


def scope_of(args: argparse.Namespace, opened: Opened) -> Scope:
    if args.paths and args.since is None:
        plain = plain_files(args.paths, opened.repository.root)
        if plain is not None:
            return Scope(plain, [], registry=False, alone=True)
    everything_ = everything(opened)
    if args.since is not None:
        from hotline.doors import git

        changed = set(git.changed_since(opened.repository.root, args.since))
        named = [path for path in everything_.cases if path in changed]
        strays = [path for path in everything_.strays if path in changed]
        others = [path for path in everything_.cases if path not in changed]
        touched = any(path.startswith("registry/") for path in changed)
        return _narrowed(args, Scope(named, strays, others, touched), opened.repository.root)
    if not args.paths:
        return everything_
    return _named(args.paths, everything_, opened.repository.root)


def _narrowed(args: argparse.Namespace, scope: Scope, root: Path) -> Scope:
    if not args.paths:
        return scope
    named = _named(args.paths, scope, root)
    return Scope(named.cases, named.strays, scope.others, named.registry and scope.registry)


def _named(paths: list[str], all_: Scope, root: Path) -> Scope:
    cases: list[str] = []
    strays: list[str] = []
    registry = False
    for given in paths:
        path = _file_of(given, all_.cases, root)
        if path is None:
            raise Unavailable(f"没有文件 {given}")
        try:
            relative = path.parent.resolve().joinpath(path.name).relative_to(root).as_posix()
        except ValueError:
            raise Unavailable(f"{given} 不在仓库 {root} 里") from None
        inside = "" if relative == "." else f"{relative}/"
        cases += [c for c in all_.cases if c == relative or c.startswith(inside)]
        strays += [s for s in all_.strays if s == relative or s.startswith(inside)]
        registry = registry or inside == "" or relative.startswith("registry")
    return Scope(_once(cases), _once(strays), registry=registry, alone=True)


def _file_of(given: str, cases: list[str], root: Path) -> Path | None:
    """What a word names: the file of an order's id, else a path from here or from the root."""
    by_id = next((path for path in cases if path.endswith(f"/{given}.yaml")), None)
    places = [root / by_id] if by_id else [Path(given).absolute(), (root / given).absolute()]
    return next((path for path in places if path.exists() or path.is_symlink()), None)


def _once(paths: list[str]) -> list[str]:
    return sorted(set(paths))


def _facts(opened: Opened, path: str) -> Facts | None:
    if not opened.repository.has(path):
        return None  # the cache remembers it
    blob = next(opened.repository.blobs([path]))[1]
    case, _ = read_case(path, blob, opened.repository.case_schema)
    return Subject(case, opened.rules, opened.now).facts if case else None


def _look_up(opened: Opened, case: str) -> Facts | None:
    path = opened.repository.path_of(case)
    return _facts(opened, path) if path else None
