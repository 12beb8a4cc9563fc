"""``hotline rule CODE``: what a rule asks, its article, how to mend, an example."""

from __future__ import annotations

import argparse
import json

from hotline.cli.common import add_format
from hotline.cli.parser import Parser, nearest
from hotline.doors.fault import Unavailable
from hotline.rules.declare import load
from hotline.views.rules import as_json, as_text


def configure(parser: Parser) -> None:
    parser.add_argument("code", metavar="代码", help="如 W010")
    add_format(parser, "text", "json")


def run(args: argparse.Namespace) -> int:
    rules = load()
    code = args.code.upper()
    if code not in rules:
        near = nearest(code, rules)
        raise Unavailable(
            f"没有规则 {args.code[:20]}"
            + (f"，是不是 {near}？" if near else "")
            + "；全部规则：hotline rules"
        )
    if args.format == "json":
        document = {"schema_version": 1, **as_json(rules[code])}
        print(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        print(as_text(rules[code]))
    return 0
