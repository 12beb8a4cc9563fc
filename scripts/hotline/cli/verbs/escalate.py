"""``hotline escalate``: the plan of issues, and its carrying out."""

from __future__ import annotations

import argparse
import sys

from hotline.cli.common import Opened, add_format, add_repo, open_repository, read_cases
from hotline.cli.parser import Parser
from hotline.doors.fault import Unavailable
from hotline.doors.forges.files import FOLDER, Files
from hotline.doors.templates import issue_body
from hotline.escalation import printers
from hotline.escalation.issue import wanted_issues
from hotline.escalation.plan import Plan, plan
from hotline.findings.engine import Engine, Selection
from hotline.values.facts import Cases
from hotline.values.finding import Finding
from hotline.views.case_view import CaseView, view_case


def configure(parser: Parser) -> None:
    parser.add_argument("--apply", action="store_true", help="执行计划；不加时只列出")
    parser.add_argument(
        "--forge",
        choices=("file",),
        default="file",
        metavar="去处",
        help="提醒写到哪里：file（.hotline/escalation/ 下的文件）",
    )
    parser.add_argument("--allow-mass-close", action="store_true", help="允许一次关闭大量提醒")
    add_format(parser, "text", "json")
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    opened = open_repository(args)
    forge = Files(opened.repository.root)
    unreadable: set[str] = set()
    views = [view_case(s, opened.now) for s in read_cases(opened, unreadable)]
    made = make_plan(opened, views, forge, unreadable)
    if args.format == "json":
        print(printers.as_json(made))
    else:
        print(printers.as_text(made))
    if args.apply:
        refuse_mass_close(made, allowed=args.allow_mass_close)
        written = forge.apply(made)
        print(f"写了 {written} 个文件，在 {FOLDER.as_posix()}/。", file=sys.stderr)
    return 0


def make_plan(opened: Opened, views: list[CaseView], forge: Files, unreadable: set[str]) -> Plan:
    """The plan for these cases; a case whose file is gone counts as unreadable."""
    found = forge.found()
    body = issue_body(opened.repository.root)
    wanted = wanted_issues(views, opened.rules.registry, body, standing_grounds(opened, views))
    known = {view.id for view in views}
    gone = {case for case, issue in found.items() if issue.is_open and case not in known}
    return plan(wanted, found, unreadable | gone)


def standing_grounds(opened: Opened, views: list[CaseView]) -> dict[str, list[Finding]]:
    """The grounds of arts. 19 to 21 that stand, by case, in the order of their codes."""
    engine = Engine(
        opened.rules, opened.repository.case_schema, opened.now, Selection(select=("E",))
    )
    facts = [view.subject.facts for view in views]
    found = [finding for view in views for finding in engine.of_subject(view.subject)]
    found += engine.across(facts, Cases(facts, holds=opened.repository.holds))
    by_case: dict[str, list[Finding]] = {}
    for finding in sorted(found, key=lambda f: (f.code, f.order)):
        by_case.setdefault(str(finding.case), []).append(finding)
    return by_case


def refuse_mass_close(made: Plan, *, allowed: bool) -> None:
    """An empty folder read by mistake must not close every issue."""
    if made.closes_too_much and not allowed:
        raise Unavailable(
            "计划要一次关闭三分之一以上的提醒，已停下，什么也没有写。"
            "请先核对工单是否都在；确实要关闭的，加 --allow-mass-close"
        )
