"""``hotline land``: branches landed one after another, each checked before it counts."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from hotline.cli.common import add_format, add_repo, now_of, root_of
from hotline.cli.landed import Judge
from hotline.cli.parser import Parser
from hotline.doors.landing import Order, Outcome, land
from hotline.reading.strict_yaml import require_libyaml
from hotline.values.shown import on_terminal


def configure(parser: Parser) -> None:
    parser.add_argument("branches", nargs="+", metavar="分支", help="要合并进来的分支，按次序")
    parser.add_argument("--onto", metavar="分支", help="合并到哪个本地分支，默认当前分支")
    parser.add_argument("--dry-run", action="store_true", help="只看能不能合，不移动分支")
    parser.add_argument(
        "--cases-only", action="store_true", help="改动了工单以外的文件的分支一律不合"
    )
    add_format(parser, "text", "json")
    add_repo(parser)
    parser.epilog = (
        "工单按事件合并；合并带来的错误由目标分支的名录和规则判断，有错误的分支原样留下并说明原因，"
        "接着合下一个。每个分支一个合并提交。结束码：0 都合好了，1 有没合的。"
    )


def run(args: argparse.Namespace) -> int:
    require_libyaml()
    root = root_of(args)
    now_of(args)
    order = Order(args.branches, args.onto, args.cases_only, args.dry_run)
    outcomes = land(root, order, lambda tip: Judge(root, args, tip))
    told: list[Outcome] = []
    try:
        told.extend(_told(outcomes, args))
    finally:
        # A fault of the environment stops it; what landed before has landed.
        if args.format == "json" and told:
            _print_json(told)
    return 1 if any(row.status == "refused" for row in told) else 0


def _told(outcomes: Iterator[Outcome], args: argparse.Namespace) -> Iterator[Outcome]:
    """Each as soon as it is there."""
    for row in outcomes:
        if args.format == "text":
            print(on_terminal(_text(row, dry=args.dry_run)), flush=True)
        yield row


def _print_json(told: list[Outcome]) -> None:
    rows = [{**row._asdict(), "cases": list(row.cases)} for row in told]
    print(json.dumps({"schema_version": 1, "branches": rows}, ensure_ascii=False, indent=2))


def _text(row: Outcome, *, dry: bool) -> str:
    if row.status == "contained":
        return f"{row.branch}：已经在里面，不用合并"
    if row.status == "refused":
        reason = row.reason.replace("\n", "\n  ")
        return f"{row.branch}：没有合并，分支原样未动\n  {reason}"
    cases = f"，涉及 {'、'.join(row.cases[:5])}" if row.cases else ""
    more = f" 等 {len(row.cases)} 件" if len(row.cases) > 5 else ""
    done = "可以合并（没有移动分支）" if dry else f"已合并（{row.commit[:12]}）"
    return f"{row.branch}：{done}{cases}{more}"
