"""``hotline notify``: units are told what stands, once, by the channels of the registry."""

from __future__ import annotations

import argparse
import os
import sys

from hotline.cli.common import (
    Opened,
    RegistryIsBroken,
    add_format,
    add_repo,
    cases_of,
    open_repository,
)
from hotline.cli.parser import Parser
from hotline.cli.standing import standing_grounds
from hotline.doors.telling import WORDS, Memory, Report, state_folder, tell, untold
from hotline.escalation import digest_printers as printers
from hotline.escalation.digest import Message, is_quiet, matters, messages
from hotline.findings.printers.text import line
from hotline.reading.registry import NOTIFY
from hotline.values.telling import Telling
from hotline.views.case_view import view_case


def configure(parser: Parser) -> None:
    parser.add_argument("--apply", action="store_true", help="发送；不加时只列出要发什么")
    add_format(parser, "text", "json")
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    opened = open_repository(args)
    faults = [finding for finding in opened.registry_findings if finding.path == NOTIFY]
    telling = opened.rules.telling
    if telling is None and faults:
        raise RegistryIsBroken(faults)
    if telling is None or not telling.channels:
        is_json = args.format == "json"
        print(printers.as_json([], is_set_up=False, quiet=False) if is_json else printers.UNSET)
        return 0
    for fault in faults:
        print(f"hotline：{line(fault)}", file=sys.stderr)
    failed = _tell(opened, telling, args)
    return 2 if args.apply and (failed or faults) else 0


def _tell(opened: Opened, telling: Telling, args: argparse.Namespace) -> bool:
    """Whether something did not get through."""
    made = _messages(opened, telling)
    memory = Memory(state_folder(opened.repository.root, os.environ))
    if not args.apply:
        _print(untold(made, memory, os.environ), opened, telling, args.format)
        return False
    with memory.held():
        _print(untold(made, memory, os.environ), opened, telling, args.format)
        sys.stdout.flush()
        report = tell(made, memory, os.environ, opened.now)
    _complain(report, opened)
    return bool(report.failures)


def _messages(opened: Opened, telling: Telling) -> list[Message]:
    registry, calendar = opened.rules.registry, opened.rules.calendar
    views = [view_case(subject, opened.now) for subject in cases_of(opened)]
    standing = matters(views, registry, standing_grounds(opened, views))
    return messages(standing, telling, registry, opened.now, calendar)


def _print(left: list[Message], opened: Opened, telling: Telling, format_: str) -> None:
    quiet = is_quiet(opened.now, telling, opened.rules.calendar)
    if format_ == "json":
        print(printers.as_json(left, is_set_up=True, quiet=quiet))
    else:
        print(printers.as_text(left, opened.rules.registry, quiet=quiet))


def _complain(report: Report, opened: Opened) -> None:
    """What was sent, and for each failure the unit and the variable; never an address."""
    print(f"发出 {report.told} 条。", file=sys.stderr)
    for failure in report.failures:
        which = f" 的第 {failure.number} 个地址" if failure.number else ""
        unit = opened.rules.registry.unit_name(failure.unit)
        words = f"没有通知到 {unit}：{failure.variable}{which}，{WORDS[failure.why]}"
        print(f"hotline：{words}", file=sys.stderr)
