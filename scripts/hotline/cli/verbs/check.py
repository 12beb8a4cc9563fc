"""``hotline check``: every rule over the named files, or all."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotline.cli.changed import Previews

from hotline.cli.common import (
    Opened,
    RegistryIsBroken,
    add_format,
    add_repo,
    open_repository,
    progress,
)
from hotline.cli.parser import Parser
from hotline.doors.fault import Unavailable
from hotline.findings.engine import Engine, Selection
from hotline.findings.printers import FORMATS, markdown, printer, summarise
from hotline.findings.subject import Subject
from hotline.reading.cases import read_case
from hotline.rules.declare import LETTERS, MODULES, load
from hotline.values.facts import Cases, Facts
from hotline.values.finding import Finding


def configure(parser: Parser) -> None:
    parser.add_argument("paths", nargs="*", metavar="文件", help="要检查的文件或文件夹，默认全部")
    parser.add_argument("--since", metavar="版本", help="只检查这个 git 版本以后改动的文件")
    parser.add_argument(
        "--trust", metavar="版本", help="名录、时限、放假安排和字段规定取自这个 git 版本"
    )
    parser.add_argument(
        "--select",
        metavar="代码",
        action="append",
        default=[],
        help="只查这些规则（代码或开头，逗号分隔）",
    )
    parser.add_argument(
        "--ignore", metavar="代码", action="append", default=[], help="不查这些规则"
    )
    add_format(parser, *FORMATS)
    add_repo(parser)


@dataclass(slots=True)
class Scope:
    """Which files are judged. ``others`` are read only for what they tell of themselves."""

    cases: list[str]
    strays: list[str]
    others: list[str] = field(default_factory=list)
    registry: bool = True
    alone: bool = False
    """Named files are compared with those that they name, not with all."""


def run(args: argparse.Namespace) -> int:
    started = time.perf_counter()
    try:
        opened = open_repository(args, args.trust)
    except RegistryIsBroken as broken:
        if args.format == "text":
            raise
        print(printer(args.format)(broken.findings, summarise(broken.findings, 0, 0)))
        return 2
    scope = _scope(args, opened)
    selection = Selection(_codes(args.select), _codes(args.ignore))
    for code in (*selection.select, *selection.ignore):
        if code[0] not in LETTERS or not (
            len(code) < 4 or code in load() or code[0] not in MODULES
        ):
            raise Unavailable(f"没有规则 {code[:20]}；全部规则：hotline rules")
    previews = _previews(args, opened, scope)
    findings = check(opened, scope, selection, previews.see if previews else None)
    files = len(scope.cases) + len(scope.strays)
    summary = summarise(findings, files, time.perf_counter() - started)
    if previews:
        print(markdown.render(findings, summary, previews.found))
    else:
        print(printer(args.format)(findings, summary))
    return 1 if summary.errors else 0


def _previews(args: argparse.Namespace, opened: Opened, scope: Scope) -> Previews | None:
    """What collects letters for the one format that shows them."""
    if args.format != "markdown":
        return None
    from hotline.cli.changed import Previews

    return Previews(args, opened, scope.cases)


def check(
    opened: Opened,
    scope: Scope,
    selection: Selection | None = None,
    seen: Callable[[Subject], None] | None = None,
) -> list[Finding]:
    """The findings in their order; one bad file never stops the others.

    ``seen`` is given every case that was read, so that nobody has to read it again.
    """
    engine = Engine(opened.rules, opened.repository.case_schema, opened.now, selection)
    findings: list[Finding] = []
    facts: list[Facts] = []
    blobs = opened.repository.blobs(scope.cases)
    for path, blob in progress(blobs, len(scope.cases), "检查"):
        judged = engine.judge(path, blob)
        findings.extend(judged.findings)
        if judged.subject is not None:
            facts.append(judged.subject.facts)
            if seen is not None:
                seen(judged.subject)
    for path in scope.strays:
        findings.extend(engine.stray(path))
    others = [fact for path in scope.others if (fact := _facts(opened, path)) is not None]
    cases = Cases([*facts, *others], lambda case: _look_up(opened, case), opened.repository.holds)
    findings.extend(engine.across(facts, cases))
    if scope.registry:
        wanted = (f for f in opened.registry_findings if engine.selection.wants(f.code))
        findings.extend(wanted)
        own = opened.repository.own_registry_findings()
        findings.extend(f for f in own if engine.selection.wants(f.code))
        findings.extend(engine.of_registry(cases))
    return sorted(findings, key=lambda finding: finding.order)


def everything(opened: Opened) -> Scope:
    return Scope(opened.repository.listing.cases, opened.repository.listing.strays)


def _scope(args: argparse.Namespace, opened: Opened) -> Scope:
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


def _codes(values: list[str]) -> tuple[str, ...]:
    return tuple(
        code.strip().upper() for value in values for code in value.split(",") if code.strip()
    )


def _facts(opened: Opened, path: str) -> Facts | None:
    blob = next(opened.repository.blobs([path]))[1]
    case, _ = read_case(path, blob, opened.repository.case_schema)
    return Subject(case, opened.rules, opened.now).facts if case else None


def _look_up(opened: Opened, case: str) -> Facts | None:
    path = opened.repository.path_of(case)
    return _facts(opened, path) if path else None
