"""``hotline audit``: whether history is what it was: nothing recorded was changed or lost."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Sequence
from typing import Any

from hotline.audit.judge import Fault
from hotline.cli.common import RegistryIsBroken, add_format, add_repo, now_of, root_of
from hotline.cli.parser import Parser
from hotline.doors.auditing import RegistryIsUnreadable, audit
from hotline.doors.commits import Repository
from hotline.findings.printers.json import row
from hotline.findings.printers.text import SEVERITIES
from hotline.values.article import cite
from hotline.values.shown import on_one_line

MOST = 200
"""Findings that are printed for people; all are counted."""


def configure(parser: Parser) -> None:
    parser.add_argument("--since", metavar="版本", help="只查这个版本以后的提交")
    parser.add_argument("--no-cache", action="store_true", help="不用上次的结果，全部提交重新审计")
    parser.add_argument("--anchor", metavar="文件", help="核对历史是否仍包含这个锚点")
    add_format(parser, "text", "json")
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    started = time.perf_counter()
    now = now_of(args)
    with Repository(root_of(args)) as repository:
        since = repository.resolve(args.since) if args.since else None
        beginning = _beginning(repository, args.anchor)
        try:
            found = audit(repository, now, since, beginning=beginning, remember=not args.no_cache)
        except RegistryIsUnreadable as broken:
            raise RegistryIsBroken(broken.findings) from None
        faults = [*_anchored(repository, found.head, args.anchor), *found.faults]
        hints = _hints(repository, args)
    summary = {
        "commits": found.commits,
        "cases": found.cases,
        "seconds": round(time.perf_counter() - started, 3),
    }
    if args.format == "json":
        print(_as_json(faults, summary))
    else:
        _tell(faults, summary, hints)
    return 1 if any(fault.finding.severity == "error" for fault in faults) else 0


def _anchored(repository: Repository, head: str, file: str | None) -> Iterable[Fault]:
    if not file:
        return ()
    from hotline.doors.anchors import compare

    return compare(repository, head, file)


def _beginning(repository: Repository, file: str | None) -> str | None:
    if not file:
        return None
    from hotline.doors.anchors import beginning

    return beginning(repository, repository.resolve("HEAD"), file)


def _hints(repository: Repository, args: argparse.Namespace) -> list[str]:
    """What a person should know beside the findings."""
    hints = []
    if repository.replacements:
        hints.append(f"仓库里有 {repository.replacements} 个替换引用（refs/replace），已不予理会。")
    if not args.anchor:
        hints.append("没有锚点，不能证明历史没有被整段重写：hotline audit --anchor 文件")
    return hints


def _as_json(faults: Sequence[Fault], summary: dict[str, Any]) -> str:
    findings = [
        {**row(fault.finding), "commit": fault.commit, "author": fault.author} for fault in faults
    ]
    told = {"schema_version": 1, "findings": findings, "summary": summary}
    # A name in git may be of any bytes; those that are no text are escaped as JSON has it.
    text = json.dumps(told, ensure_ascii=False, indent=2)
    return text.encode("utf-8", "backslashreplace").decode()


def _tell(faults: Sequence[Fault], summary: dict[str, Any], hints: Sequence[str]) -> None:
    for fault in faults[:MOST]:
        print(_line(fault))
    if len(faults) > MOST:
        print(f"……另有 {len(faults) - MOST} 处，全部见 --format json")
    errors = sum(fault.finding.severity == "error" for fault in faults)
    where = f"查了 {summary['commits']} 个提交、{summary['cases']} 件工单"
    rest = f"错误 {errors} 处，提醒 {len(faults) - errors} 处" if faults else "没有发现问题"
    print(f"{where}：{rest}。")
    for hint in hints:
        print(hint)


def _line(fault: Fault) -> str:
    finding = fault.finding
    where = f"{finding.path}:{finding.place.line}: " if finding.path else ""
    who = f"{fault.commit[:10]} {fault.author}"
    told = f"{SEVERITIES[finding.severity]} {finding.code} {finding.message}"
    return on_one_line(f"{who} {where}{told}（{cite(finding.article)}）")
