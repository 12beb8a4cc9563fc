"""``hotline report``: the assessment of a month, a quarter or a year, and what came in it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from hotline.assessment.assess import Assessment, Counted, assess
from hotline.assessment.bulletin import values
from hotline.assessment.count import (
    Arrival,
    Came,
    Sums,
    add_arrival,
    add_parts,
    is_open_at,
)
from hotline.assessment.parts import parts
from hotline.assessment.period import NotAPeriod, Period, month_at, parse_period
from hotline.assessment.printers import Source, as_json, sheets
from hotline.cli.common import Opened, add_repo, open_repository, read_cases, refuse_data
from hotline.cli.parser import Parser
from hotline.doors import disk, git
from hotline.doors.fault import Unavailable
from hotline.values.shown import in_markdown, on_one_line, on_terminal
from hotline.values.towns import Towns
from hotline.views.case_view import CaseView, view_case

FORMATS = ("md", "json", "xlsx", "docx")
_MADE_FROM = ("cases", "registry")
_OF_BYTES = ("xlsx", "docx")


def configure(parser: Parser) -> None:
    parser.add_argument(
        "--period", required=True, metavar="时段", help="月 2026-10、季度 2026-Q4 或年 2026"
    )
    parser.add_argument(
        "--format", choices=FORMATS, metavar="格式",
        help=f"输出格式：{'、'.join(FORMATS)}，默认看 --out 的文件名，没有 --out 时为 md",
    )  # fmt: skip
    parser.add_argument("--out", metavar="文件", help="写到这个文件，如 十月通报.docx")
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    try:
        period = parse_period(args.period)
    except NotAPeriod as why:
        raise Unavailable(f"--period 不对：{args.period[:20]}；请{why}") from None
    form = _format(args)
    if form in _OF_BYTES and not args.out and sys.stdout.isatty():
        raise Unavailable(f"{form} 不能显示在这里，请加 --out 考评-{period.text}.{form}")
    opened = open_repository(args)
    if args.out:
        refuse_data(opened.repository.root, Path(args.out))
    if period.since(opened.rules.calendar.zone) > opened.now:
        raise Unavailable(f"{period.title}还没有开始")
    unreadable: set[str] = set()
    twice: list[str] = []
    found = _assessed(period, opened, unreadable, twice)
    source = source_of(opened.repository.root)._replace(left_out=(*sorted(unreadable), *twice))
    content = _content(form, found, source, opened)
    if args.out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        disk.deliver(Path(args.out), content)
        print(on_terminal(f"{period.title}的考评已写到 {args.out}"), file=sys.stderr)
    if unreadable:
        print(
            f"hotline：有 {len(unreadable)} 个文件读不出，不在考评里（{min(unreadable)} 等）；"
            "运行 hotline check 查看原因",
            file=sys.stderr,
        )
    if twice:
        print(
            f"hotline：有 {len(twice)} 个文件的编号与别的工单相同，没有计入（{min(twice)} 等）",
            file=sys.stderr,
        )
    return 1 if unreadable or twice else 0


def _format(args: argparse.Namespace) -> str:
    named = Path(args.out).suffix.lower().lstrip(".") if args.out else ""
    if args.out == "":
        raise Unavailable("--out 后面要写文件名")
    if args.out and not Path(args.out).absolute().parent.is_dir():
        raise Unavailable(f"没有文件夹 {Path(args.out).parent}")
    if args.format is None:
        if named and named not in FORMATS:
            raise Unavailable(
                f"看不出要什么格式：文件名以 {'、'.join(FORMATS)} 结尾，或写 --format"
            )
        return named or "md"
    if named in FORMATS and named != args.format:
        raise Unavailable(f"--format {args.format} 与文件名 {args.out} 不一致，请改其中一个")
    return str(args.format)


def source_of(root: Path) -> Source:
    """The commit that the files are of, and which of them are not as it has them."""
    try:
        commit = git.resolve(root, "HEAD")
        return Source(commit, tuple(git.uncommitted(root, _MADE_FROM)))
    except Unavailable:
        return Source()


def _assessed(period: Period, opened: Opened, unreadable: set[str], twice: list[str]) -> Assessment:
    """A past period is judged at its end, so that it comes out the same whenever it is asked."""
    rules = opened.rules
    moment = min(opened.now, period.until(rules.calendar.zone))
    names = {"then": period, "before": period.before, "year_ago": period.a_year_ago}
    stretch = {month: name for name, one in names.items() for month in one.months}

    def when(at: datetime) -> str:
        return stretch.get(month_at(at), "") if at <= moment else ""

    sums: Sums = {}
    came: dict[str, Came] = {}
    towns = Towns(rules.registry)
    oldest = opened.now
    seen: dict[str, str] = {}
    for subject in read_cases(opened._replace(now=moment), unreadable):
        view = view_case(subject, moment)
        if seen.setdefault(view.id, subject.path) != subject.path:
            twice.append(subject.path)
            continue
        oldest = min(oldest, subject.course.dispatched_at)
        add_parts(sums, view.id, parts(view, when))
        add_arrival(came, _arrival(view, when, towns))
    reaches = {
        name: one.since(rules.calendar.zone) >= oldest.astimezone(rules.calendar.zone).replace(
            day=1, hour=0, minute=0, second=0, microsecond=0
        )
        for name, one in names.items()
    }  # fmt: skip
    counted = Counted(
        sums.get("then", {}), came.get("then", Came()),
        came.get("before", Came()) if reaches["before"] else None,
        came.get("year_ago", Came()) if reaches["year_ago"] else None,
        sums.get("before", {}) if reaches["before"] else None,
    )  # fmt: skip
    return assess(period, counted, rules.registry, rules.calendar, rules.policies, moment)


def _arrival(view: CaseView, when: Callable[[datetime], str], towns: Towns) -> Arrival:
    course, calendar = view.subject.course, view.subject.calendar
    ended = course.last("closed", "returned_upstream")
    return Arrival(
        when(calendar.local(course.dispatched_at)), str(course.current("kind")),
        str(course.current("urgency")), str(course.header["channel"]),
        str(course.current("category")), towns.of(str(course.header["location"])),
        is_open_at(ended.at if ended else None, view.now, is_open=view.is_open),
    )  # fmt: skip


def _content(form: str, found: Assessment, source: Source, opened: Opened) -> bytes:
    registry = opened.rules.registry
    match form:
        case "json":
            return as_json(found, source).encode() + b"\n"
        case "xlsx":
            from hotline.writing.sheet_out import to_workbook

            return to_workbook(sheets(found, source, registry))
        case "docx":
            from hotline.doors.bulletin import document

            return document(opened.repository.root, values(found, source, registry))
    from hotline.doors.templates import bulletin

    told = values(found, source, registry, lambda text: in_markdown(on_one_line(text)))
    return bulletin(opened.repository.root)(told).encode()
