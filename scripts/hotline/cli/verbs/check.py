"""``hotline check``: every rule over the named files, or all."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import argparse

    from hotline.cli.changed import Previews
    from hotline.cli.parser import Parser
    from hotline.findings.engine import Selection
    from hotline.values.finding import Finding

from hotline.cli.common import (
    Opened,
    RegistryIsBroken,
    add_format,
    add_repo,
    now_of,
    open_repository,
    root_of,
)
from hotline.doors.fault import Unavailable
from hotline.findings.printers import FORMATS, printer, summarise


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
    parser.add_argument(
        "--jobs", type=int, metavar="个数", help="同时用几个进程，默认两个；文件不多时只用一个"
    )
    parser.add_argument(
        "--no-cache", action="store_true", help="不用以前的结果，每个文件都重新检查"
    )
    add_format(parser, *FORMATS)
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    started = time.perf_counter()
    known = _known(args)
    return _judge(args, started) if known is None else _tell(args, *known, started)


def run_plain(paths: Sequence[str]) -> int:
    """``check`` of a few files and nothing else, which need no parser of a command line. What was
    found in them before is for :mod:`hotline.cli.as_before`."""
    asked = SimpleNamespace(
        paths=list(paths), since=None, trust=None, select=[], ignore=[], jobs=None, no_cache=False,
        format=FORMATS[0], repo=None, now=None,
    )  # fmt: skip
    return _judge(cast("argparse.Namespace", asked), time.perf_counter())


def _judge(args: argparse.Namespace, started: float) -> int:
    try:
        opened = open_repository(args, args.trust, recalls=_is_whole(args))
    except RegistryIsBroken as broken:
        if args.format == "text":
            raise
        print(printer(args.format)(broken.findings, summarise(broken.findings, 0, 0)))
        return 2
    from hotline.cli.checking import check, scope_of

    scope = scope_of(args, opened)
    selection = _selection(args)
    previews = _previews(args, opened, scope.cases)
    see = previews.see if previews else None
    findings = check(opened, scope, selection, see, args.jobs, remember=not args.no_cache)
    return _tell(args, findings, len(scope.cases) + len(scope.strays), started, previews)


def _known(args: argparse.Namespace) -> tuple[list[Finding], int] | None:
    """What was found before in the named files, where all rules are asked and the work tree is
    trusted; None where they must be judged."""
    if not args.paths or args.since or not _is_whole(args) or args.format == "markdown":
        return None
    from hotline.cli.as_before import findings_as_before

    try:
        root, moment = root_of(args), now_of(args).timestamp()
    except Unavailable:
        return None  # whoever judges tells it better
    return findings_as_before(args.paths, root, moment)


def _is_whole(args: argparse.Namespace) -> bool:
    """Whether what was found before may be used, and is remembered: by all rules, of a work tree
    that is trusted."""
    return not (args.trust or args.select or args.ignore or args.no_cache)


def _tell(
    args: argparse.Namespace,
    findings: list[Finding],
    files: int,
    started: float,
    previews: Previews | None = None,
) -> int:
    summary = summarise(findings, files, time.perf_counter() - started)
    if previews:
        from hotline.findings.printers import markdown

        print(markdown.render(findings, summary, previews.found))
    else:
        print(printer(args.format)(findings, summary))
    return 1 if summary.errors else 0


def _selection(args: argparse.Namespace) -> Selection:
    """The codes and prefixes to keep and to leave out; Unavailable where there is no such."""
    from hotline.findings.engine import Selection
    from hotline.rules.declare import LETTERS, MODULES, load

    selection = Selection(_codes(args.select), _codes(args.ignore))
    for code in (*selection.select, *selection.ignore):
        if code[0] not in LETTERS or not (
            len(code) < 4 or code in load() or code[0] not in MODULES
        ):
            raise Unavailable(f"没有规则 {code[:20]}；全部规则：hotline rules")
    return selection


def _previews(args: argparse.Namespace, opened: Opened, cases: list[str]) -> Previews | None:
    """What collects letters for the one format that shows them."""
    if args.format != "markdown":
        return None
    from hotline.cli.changed import Previews

    return Previews(args, opened, cases)


def _codes(values: list[str]) -> tuple[str, ...]:
    return tuple(
        code.strip().upper() for value in values for code in value.split(",") if code.strip()
    )
