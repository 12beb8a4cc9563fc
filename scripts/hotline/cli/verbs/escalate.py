"""``hotline escalate``: the plan of issues, and its carrying out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from typing import Protocol

from hotline.cli.common import Opened, add_format, add_repo, open_repository, read_cases
from hotline.cli.known import worth_reading
from hotline.cli.parser import Parser
from hotline.cli.standing import standing_grounds
from hotline.doors.fault import Unavailable
from hotline.doors.forges.files import FOLDER, Files
from hotline.doors.remembered import Remembered
from hotline.doors.templates import issue_body
from hotline.escalation import printers
from hotline.escalation.found import Found
from hotline.escalation.issue import wanted_issues
from hotline.escalation.plan import Plan, plan
from hotline.views.case_view import CaseView, view_case

FORGES = ("file", "github", "gitea")


class Holding(Protocol):
    def found(self, wanted: Collection[str]) -> Mapping[str, Sequence[Found]]: ...


def configure(parser: Parser) -> None:
    parser.add_argument("--apply", action="store_true", help="执行计划；不加时只列出")
    parser.add_argument(
        "--forge",
        choices=FORGES,
        default="file",
        metavar="去处",
        help="提醒写到哪里：file（.hotline/escalation/ 下的文件）、github、gitea（Forgejo 相同）；"
        "后两种读环境变量 GITHUB_API_URL、GITHUB_REPOSITORY、GITHUB_TOKEN",
    )
    parser.add_argument("--allow-mass-close", action="store_true", help="允许一次关闭大量提醒")
    add_format(parser, "text", "json")
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    opened = open_repository(args, recalls=True)
    if args.forge == "file":
        return _to_files(opened, args)
    from hotline.doors.forges.connect import connect  # heavy: httpx

    with closing(connect(args.forge)) as forge:
        made = _planned(opened, args, forge)
        if not args.apply:
            return 0
        report = forge.apply(made)
    for words in printers.of_report(report):
        print(words, file=sys.stderr)
    return 0 if report.is_sure else 2


def _to_files(opened: Opened, args: argparse.Namespace) -> int:
    forge = Files(opened.repository.root)
    made = _planned(opened, args, forge)
    if args.apply:
        print(f"写了 {forge.apply(made)} 个文件，在 {FOLDER.as_posix()}/。", file=sys.stderr)
    return 0


def _planned(opened: Opened, args: argparse.Namespace, forge: Holding) -> Plan:
    """The plan, printed; where it is to be carried out, one that may be."""
    unreadable: set[str] = set()
    paths, cases = worth_reading(opened, grounds=True)
    views = [view_case(s, opened.now) for s in read_cases(opened, unreadable, paths)]
    made = make_plan(opened, views, forge, unreadable, cases)
    told = printers.as_json(made) if args.format == "json" else printers.as_text(made)
    print(told, flush=True)  # before what standard error says of carrying it out
    if args.apply:
        refuse_mass_close(made, allowed=args.allow_mass_close)
    return made


def make_plan(
    opened: Opened,
    views: Sequence[CaseView],
    forge: Holding,
    unreadable: set[str],
    cases: Remembered | None = None,
) -> Plan:
    """The plan for these cases; a case whose file is gone counts as unreadable. ``cases`` are
    all, where ``views`` are only those that may want an issue."""
    body = issue_body(opened.repository.root)
    grounds = standing_grounds(opened, views, cases)
    wanted = wanted_issues(views, opened.rules.registry, body, grounds)
    found = forge.found(wanted.keys())
    known = {view.id for view in views} | (cases.ids if cases else set())
    gone = {c for c, lying in found.items() if c not in known and any(f.is_open for f in lying)}
    return plan(wanted, found, unreadable | gone)


def refuse_mass_close(made: Plan, *, allowed: bool) -> None:
    """An empty folder read by mistake must not close every issue."""
    if made.closes_too_much and not allowed:
        raise Unavailable(
            "计划要一次关闭三分之一以上的提醒，已停下，什么也没有写。"
            "请先核对工单是否都在；确实要关闭的，加 --allow-mass-close"
        )
