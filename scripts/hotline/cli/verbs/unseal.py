"""``hotline unseal``: what is sealed, for those who may read it; each reading is written down."""

from __future__ import annotations

import argparse
import json
import re

from hotline.cli.common import add_repo, open_repository
from hotline.cli.parser import Parser
from hotline.cli.sealed import PART, add_identity, opened_part, read_order, sealer_of
from hotline.doors import age
from hotline.doors.fault import Unavailable
from hotline.procedure.readers import PARTS
from hotline.rules.wording import personal
from hotline.writing.hidden import CLASS

_HIDDEN = re.compile(f"[\x7f-\x9f{CLASS}]")
"""What would steer a terminal, or hide on it: shown as JSON escapes it."""


def configure(parser: Parser) -> None:
    parser.add_argument("id", metavar="工单编号", help="如 LZ-20261013-0007")
    parser.add_argument(
        "--part", choices=PARTS, default="person", metavar="部分",
        help="person（个人信息，默认）或 demand（诉求内容）",
    )  # fmt: skip
    parser.add_argument("--reason", metavar="理由", required=True, help="为什么要看，会记录下来")
    add_identity(parser)
    add_repo(parser)
    parser.epilog = "谁、何时、为什么看了哪一件，记在密钥库的 read.jsonl 里；没有记下的，不显示。"


def run(args: argparse.Namespace) -> int:
    reason = " ".join(args.reason.split())
    if len(reason) < 2:
        raise Unavailable("--reason 要写明为什么要看，如 --reason 回访核实")
    if personal.found(reason):
        raise Unavailable("--reason 里有个人信息，理由会长期保存，请换个说法")
    identities = age.identities(args.identity)
    opened = open_repository(args)
    order = read_order(opened, args.id)
    seal = (order.data.get("sealed") or {}).get(args.part)
    if seal is None:
        gone = "，个人信息已经删除" if order.is_erased else ""
        raise Unavailable(f"{order.id} 没有密封的{PART[args.part]}{gone}")
    found = opened_part(sealer_of(opened), order.id, args.part, seal, identities, reason)
    shown = {"demand": found} if args.part == "demand" else found
    text = json.dumps(shown, ensure_ascii=False, indent=2)
    print(_HIDDEN.sub(lambda sign: json.dumps(sign[0])[1:-1], text))
    return 0
