"""``hotline run``: the daily job. Check, escalate to files, build the site."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from hotline.cli.checking import check, everything
from hotline.cli.common import Opened, add_repo, open_repository, progress
from hotline.cli.parser import Parser
from hotline.cli.verbs.escalate import make_plan, refuse_mass_close
from hotline.doors.forges.files import FOLDER, Files
from hotline.escalation import printers
from hotline.findings.printers import summarise, verdict
from hotline.findings.printers.text import line
from hotline.rules.declare import load
from hotline.values.finding import Finding
from hotline.views.case_view import CaseView, view_case

SHOWN = 20
"""Errors that are printed whole; ``hotline check`` prints all."""


def configure(parser: Parser) -> None:
    parser.add_argument("--out", metavar="目录", help="网站写到哪里，默认仓库的 site/")
    parser.add_argument("--allow-mass-close", action="store_true", help="允许一次关闭大量提醒")
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    opened = open_repository(args)
    print("一、检查工单")
    views: list[CaseView] = []
    errors = _check(opened, views)
    print("\n二、升级提醒")
    _escalate(opened, views, allow_mass_close=args.allow_mass_close)
    print("\n三、生成网站")
    built = _site(opened, Path(args.out) if args.out else None)
    return 1 if errors or not built else 0


def _check(opened: Opened, views: list[CaseView]) -> int:
    """The number of errors; ``views`` takes every case that was read."""
    started = time.perf_counter()
    scope = everything(opened)
    findings = check(
        opened, scope, seen=lambda subject: views.append(view_case(subject, opened.now))
    )
    files = len(scope.cases) + len(scope.strays)
    summary = summarise(findings, files, time.perf_counter() - started)
    errors = [finding for finding in findings if finding.severity == "error"]
    for finding in errors[:SHOWN]:
        print(f"  {line(finding)}")
    if len(errors) > SHOWN:
        print(f"  另有错误 {len(errors) - SHOWN} 处，运行 hotline check 查看。")
    for words in _most(findings):
        print(f"  {words}")
    print(f"  {verdict(summary)}")
    return summary.errors


def _most(findings: Sequence[Finding]) -> list[str]:
    """The warnings, counted by rule, most first."""
    counts = Counter(finding.code for finding in findings if finding.severity == "warning")
    rules = load()
    return [
        f"提醒 {code} {rules[code].title if code in rules else ''}：{number} 处"
        for code, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _escalate(opened: Opened, views: list[CaseView], *, allow_mass_close: bool) -> None:
    read = {view.subject.path for view in views}
    unreadable = {Path(p).stem for p in opened.repository.listing.cases if p not in read}
    forge = Files(opened.repository.root)
    made = make_plan(opened, views, forge, unreadable)
    refuse_mass_close(made, allowed=allow_mass_close)
    written = forge.apply(made)
    for words in printers.as_text(made).splitlines():
        print(f"  {words}")
    print(f"  写了 {written} 个文件，在 {FOLDER.as_posix()}/。")


def _site(opened: Opened, out: Path | None) -> bool:
    from hotline.doors.site import build  # heavy: MkDocs

    started = time.perf_counter()
    report = build(opened.repository.root, opened.now, out, watch=progress)
    for name in report.unreadable:
        print(f"  读不出，没有工单页：{name}")
    for name, why in report.broken:
        print(f"  没有生成：{name}（{why}）")
    seconds = time.perf_counter() - started
    print(f"  {report.cases} 件工单，{report.pages} 个页面，用时 {seconds:.0f} 秒。")
    print(f"  首页：{report.first_page.resolve().as_uri()}")
    print("  在本机预览：hotline site serve")
    return not report.broken
