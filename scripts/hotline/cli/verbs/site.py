"""``hotline site build`` and ``hotline site serve``: the status site."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from hotline.cli.common import add_repo, now_of, progress, root_of
from hotline.cli.parser import Parser
from hotline.doors.building import Report
from hotline.doors.serving import serve
from hotline.doors.site import build
from hotline.reading.strict_yaml import require_libyaml


def configure(parser: Parser) -> None:
    commands = parser.add_subparsers(dest="action", metavar="build|serve", required=True)
    for name, words in (("build", "生成网站"), ("serve", "生成网站，并在本机打开一个网址")):
        own = commands.add_parser(name, help=words, description=words)
        own.add_argument("--out", metavar="文件夹", help="网站写到哪里，默认仓库的 site/")
        if name == "serve":
            own.add_argument("--port", type=int, default=8000, metavar="端口", help="默认 8000")
        add_repo(own)


def run(args: argparse.Namespace) -> int:
    require_libyaml()
    started = time.perf_counter()
    out = Path(args.out) if args.out else None
    report = build(root_of(args), now_of(args), out, progress)
    told(report, time.perf_counter() - started)
    if args.action == "serve":
        serve(
            report.out,
            args.port,
            lambda address: print(f"网址：{address}（Ctrl+C 结束）", flush=True),
        )
    return 1 if report.broken else 0


def told(report: Report, seconds: float) -> None:
    """What was built, for a person; what is amiss goes to standard error."""
    print(f"网站已生成：{report.cases} 件工单，{report.pages} 个页面，用时 {seconds:.1f} 秒")
    print(f"首页：{report.first_page}")
    if report.unreadable:
        print(
            f"有 {len(report.unreadable)} 个文件读不出，已列在首页；原因：hotline check {report.unreadable[0]}",
            file=sys.stderr,
        )
    for path, reason in report.broken:
        print(f"没有生成 {path}：{reason}", file=sys.stderr)
    for warning in report.warnings:
        print(f"MkDocs 提醒：{warning}", file=sys.stderr)
