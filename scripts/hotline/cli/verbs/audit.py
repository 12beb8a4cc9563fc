"""``hotline audit``: whether history is what it was: nothing recorded was changed or lost."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Sequence
from typing import Any

from hotline.audit.history import NOTHING, Times
from hotline.audit.judge import UNITS, Fault, Judge, placed
from hotline.audit.rights import Rights, read_rights
from hotline.audit.versions import Versions
from hotline.cli.common import RegistryIsBroken, add_format, add_repo, now_of, root_of
from hotline.cli.parser import Parser
from hotline.doors import package
from hotline.doors.commits import Repository
from hotline.doors.signatures import signed
from hotline.findings.printers.json import row
from hotline.findings.printers.text import SEVERITIES
from hotline.reading.registry import Rules, read_registry
from hotline.values.article import cite
from hotline.values.shown import on_one_line

MOST = 200
"""Findings that are printed for people; all are counted."""


def configure(parser: Parser) -> None:
    parser.add_argument("--since", metavar="版本", help="只查这个版本以后的提交")
    parser.add_argument("--anchor", metavar="文件", help="核对历史是否仍包含这个锚点")
    add_format(parser, "text", "json")
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    started = time.perf_counter()
    now = now_of(args)
    with Repository(root_of(args)) as repository:
        repository.refuse_incomplete()
        head = repository.resolve("HEAD")
        since = repository.resolve(args.since) if args.since else None
        faults = list(_anchored(repository, head, args.anchor)) if args.anchor else []
        times = repository.times(head, int(now.timestamp()))
        history = audited(repository, head, times, since)
        faults += history.faults
        hints = _hints(repository, args)
    summary = {
        "commits": history.commits,
        "cases": history.cases,
        "seconds": round(time.perf_counter() - started, 3),
    }
    if args.format == "json":
        print(_as_json(faults, summary))
    else:
        _tell(faults, summary, hints)
    return 1 if any(fault.finding.severity == "error" for fault in faults) else 0


class Audited:
    """What an audit found: faults in the order of commits, the first first."""

    def __init__(self, faults: list[Fault], commits: int, cases: int) -> None:
        self.faults = faults
        self.commits = commits
        self.cases = cases


def audited(repository: Repository, head: str, times: Times, since: str | None = None) -> Audited:
    """All commits that ``head`` holds (and ``since`` does not), judged."""
    rules = _rules(repository, head)
    files = repository.files(head)
    cases = [path for path in files if path.startswith("cases/") and path.endswith(".yaml")]
    known: dict[str, Rights] = {}

    def rights_of(blob: str) -> Rights:
        if blob not in known:
            known[blob] = read_rights(repository.blob(blob))
        return known[blob]

    policy = max(rules.policies, key=lambda one: one.effective)
    judge = Judge(
        Versions(repository.blob), rules.calendar, repository.bases, repository.blob_at,
        twins(cases), binding=policy.switch("signatures", "advisory") == "binding",
    )  # fmt: skip
    found: list[list[Fault]] = []
    count = 0
    steps = repository.steps(head, times, since)
    for one in signed(placed(steps, files.get(UNITS, NOTHING), rights_of), repository):
        count += 1
        if faults := list(judge.judge(one)):
            found.append(sorted(faults, key=_place))
    found.append(list(judge.of_all()))
    return Audited([fault for some in reversed(found) for fault in some], count, len(cases))


def _place(fault: Fault) -> tuple[str, int, int, str]:
    finding = fault.finding
    return finding.path, finding.place.line, finding.place.column, finding.code


def twins(paths: Sequence[str]) -> dict[str, str]:
    """Paths that differ from another one by case only, with that other one."""
    found: dict[str, str] = {}
    first: dict[str, str] = {}
    for path in paths:
        other = first.setdefault(path.casefold(), path)
        if other != path:
            found[path], found[other] = other, path
    return found


def _rules(repository: Repository, head: str) -> Rules:
    """Calendar and policies by the newest version."""
    contents = repository.contents(head, "registry")
    yaml = {path: blob for path, blob in contents.items() if path.endswith(".yaml")}
    rules, findings = read_registry(yaml, lambda name: package.schema(None, name))
    if rules is None:
        raise RegistryIsBroken(findings)
    return rules


def _anchored(repository: Repository, head: str, file: str) -> Iterable[Fault]:
    from hotline.doors.anchors import compare

    return compare(repository, head, file)


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
    return json.dumps(told, ensure_ascii=False, indent=2)


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
