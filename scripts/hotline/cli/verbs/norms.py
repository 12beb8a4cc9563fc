"""``hotline norms``: which norm of the measure is carried out by what."""

from __future__ import annotations

import argparse
import json

from hotline.cli.common import add_format
from hotline.cli.parser import Parser
from hotline.doors.fault import Unavailable
from hotline.doors.measure import read_norms
from hotline.views.norms import MARKS, carriers
from hotline.views.table import table


def configure(parser: Parser) -> None:
    parser.add_argument("article", nargs="?", metavar="条款", help="只看这一条，如 7、7-3、A2")
    add_format(parser, "text", "json")


def run(args: argparse.Namespace) -> int:
    norms = read_norms()
    if args.article:
        wanted = args.article.removeprefix("art. ")
        norms = [n for n in norms if n.id == wanted or n.id.startswith(f"{wanted}-")]
        if not norms:
            raise Unavailable(f"没有条款 {wanted[:20]}；写法如 7、7-3、A2-n4、F20")
    if args.format == "json":
        document = {"schema_version": 1, "norms": [norm.as_json() for norm in norms]}
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return 0
    rows = [(n.id, MARKS[n.mark], "、".join(carriers(n)) or n.reason, n.asks) for n in norms]
    print(table(("条款", "落实", "由什么落实", "要求"), rows))
    counts = "，".join(
        f"{zh} {sum(n.mark == mark for n in norms)} 条" for mark, zh in MARKS.items()
    )
    print(f"共 {len(norms)} 条：{counts}。")
    return 0
