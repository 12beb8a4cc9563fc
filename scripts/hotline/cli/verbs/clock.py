"""``hotline clock``: one computation of a limit, with its derivation."""

from __future__ import annotations

import argparse
import json

from hotline.cli.common import add_format, add_repo, open_repository, wrong_time
from hotline.cli.parser import Parser
from hotline.doors.fault import Unavailable
from hotline.procedure.derivation import derive
from hotline.procedure.due import after_limit
from hotline.procedure.policy import Limit
from hotline.values.times import NotATime, parse_time


def configure(parser: Parser) -> None:
    parser.add_argument(
        "--from",
        dest="start",
        required=True,
        metavar="时间",
        help="起算时间，如 2026-10-13T09:30:00+08:00",
    )
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--working-days", type=int, metavar="N", help="几个工作日")
    length.add_argument("--working-hours", type=int, metavar="N", help="几个工作小时")
    length.add_argument("--hours", type=int, metavar="N", help="几小时（昼夜连续）")
    parser.add_argument(
        "--day-count",
        choices=("next_day_close", "same_clock"),
        default="next_day_close",
        metavar="算法",
        help="next_day_close（默认，末日下班到期）或 same_clock（同一时刻）",
    )
    add_format(parser, "text", "json")
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    try:
        start = parse_time(args.start)
    except NotATime as why:
        raise Unavailable(wrong_time("--from", args.start, why)) from None
    calendar = open_repository(args).rules.calendar
    amounts = {
        "working_days": args.working_days,
        "working_hours": args.working_hours,
        "hours": args.hours,
    }
    unit, amount = next((u, n) for u, n in amounts.items() if n is not None)
    if not 1 <= amount <= 1000:
        raise Unavailable("数目要在 1 到 1000 之间")
    try:
        due = after_limit(
            Limit(amount, unit, "practice"), start, calendar, day_count=args.day_count
        )
    except ValueError:
        raise Unavailable(f"仓库里没有 {start.year} 年以前的放假安排，算不了") from None
    told = derive(due, calendar)
    if args.format == "json":
        print(json.dumps({"schema_version": 1, **told.as_json()}, ensure_ascii=False, indent=1))
    else:
        print(f"{due.at.isoformat()}\n{told.text}")
    return 0
