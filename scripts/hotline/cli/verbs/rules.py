"""``hotline rules``: every rule, a line each."""

from __future__ import annotations

import argparse
import json

from hotline.cli.common import add_format
from hotline.cli.parser import Parser
from hotline.findings.printers.text import SEVERITIES
from hotline.rules.declare import load
from hotline.values.article import cite
from hotline.views.rules import as_json
from hotline.views.table import table


def configure(parser: Parser) -> None:
    add_format(parser, "text", "json")


def run(args: argparse.Namespace) -> int:
    rules = load().values()
    if args.format == "json":
        document = {"schema_version": 1, "rules": [as_json(rule) for rule in rules]}
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return 0
    rows = [(r.code, SEVERITIES[r.severity], cite(r.article), r.title) for r in rules]
    print(table(("代码", "轻重", "依据", "要求"), rows))
    return 0
