"""``hotline due``: every clock that started, of every open case."""

from __future__ import annotations

import argparse
import re
import sys

from hotline.cli.common import Opened, add_format, add_repo, cases_of, open_repository
from hotline.cli.known import worth_reading
from hotline.cli.parser import Parser, nearest
from hotline.doors.fault import Unavailable
from hotline.views.case_view import view_case
from hotline.views.due import as_ics, as_json, as_text, due_table


def configure(parser: Parser) -> None:
    parser.add_argument("--unit", metavar="单位", help="只列这个单位（编号）")
    parser.add_argument("--within", metavar="Nd", help="只列几个工作日内到期和已超期的，如 1d")
    parser.add_argument("--all", action="store_true", help="已办结的也列出")
    parser.add_argument("--exit-code", action="store_true", help="有超期时以 1 结束")
    add_format(parser, "text", "json", "ics")
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    opened = open_repository(args, recalls=True)
    unit = known_unit(opened, args.unit)
    paths = None if args.all else worth_reading(opened)[0]
    views = (view_case(subject, opened.now) for subject in cases_of(opened, paths))
    table = due_table(
        views, opened.now, opened.rules.calendar,
        unit=unit, within=_days(args.within), all_=args.all,
    )  # fmt: skip
    match args.format:
        case "json":
            print(as_json(table))
        case "ics":
            sys.stdout.write(as_ics(table, opened.rules.registry))
        case _:
            print(as_text(table, opened.rules.registry))
    return 1 if args.exit_code and table.is_overdue else 0


def known_unit(opened: Opened, unit: str | None) -> str | None:
    """The id of a unit given by its id or name; an unknown one is refused, with the nearest."""
    units = opened.rules.registry.units
    named = next((u.id for u in units.values() if unit in (u.name, u.short)), None)
    if unit is not None and unit not in units and named is None:
        near = nearest(unit, units)
        hint = f"，是不是 {near}（{units[near].label}）？" if near else ""
        raise Unavailable(f"名录里没有单位 {unit}{hint}")
    return unit if unit in units else named


def _days(text: str | None) -> int | None:
    if text is None:
        return None
    found = re.fullmatch(r"([0-9]{1,3})d?", text)
    if found is None:
        raise Unavailable("--within 要写工作日数，如 1d、3d")
    return int(found[1])
