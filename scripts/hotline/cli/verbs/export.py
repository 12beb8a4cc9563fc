"""``hotline export``: one row per work order, for those who work in sheets."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from hotline.cli.common import Opened, add_repo, open_repository, read_cases, refuse_data
from hotline.cli.parser import Parser, nearest
from hotline.cli.verbs.due import known_unit
from hotline.doors import disk
from hotline.doors.fault import Unavailable
from hotline.procedure.clocks import STATUSES
from hotline.procedure.lifecycle import CHANNELS, KINDS, SATISFACTION, STATES, URGENCIES
from hotline.views.case_view import CaseView, view_case
from hotline.writing.fields import names_of
from hotline.writing.sheet_out import render

HEADER = (
    "工单编号", "来源渠道", "网络平台", "来件编号", "派单时间", "工单类型", "紧急程度", "事项分类",
    "标题", "地点", "要求保密", "状态", "主办单位", "协办单位", "交办时间", "签收时间", "答复时限",
    "答复时间", "答复情况", "重办次数", "回访结果", "办结时间",
)  # fmt: skip


def configure(parser: Parser) -> None:
    parser.add_argument("--out", required=True, metavar="文件", help="写到这个文件")
    parser.add_argument(
        "--format", choices=("csv", "xlsx"), metavar="格式", help="csv 或 xlsx，默认看文件名"
    )
    parser.add_argument("--unit", metavar="单位", help="只要这个单位主办或协办的（编号）")
    parser.add_argument(
        "--state", metavar="状态", help=f"只要这个状态的：{'、'.join(STATES.values())}"
    )
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    target = Path(args.out)
    form = args.format or target.suffix.lower().lstrip(".") or "csv"
    if form not in ("csv", "xlsx"):
        raise Unavailable("看不出要什么格式：文件名以 .csv 或 .xlsx 结尾，或写 --format")
    if target.suffix.lower() in (".csv", ".xlsx") and form != target.suffix.lower()[1:]:
        raise Unavailable(f"--format {form} 与文件名 {target.name} 不一致，请改其中一个")
    opened = open_repository(args)
    refuse_data(opened.repository.root, target)
    args.unit = names_of(opened.rules.registry).units.get(args.unit, args.unit)
    known_unit(opened, args.unit)
    state = _state(args.state)
    unreadable: set[str] = set()
    views = (view_case(subject, opened.now) for subject in read_cases(opened, unreadable))
    rows = [_row(view, opened) for view in views if _is_wanted(view, args.unit, state)]
    disk.deliver(target, render(form, "工单", HEADER, rows))
    print(f"导出 {len(rows)} 件到 {target}")
    if unreadable:
        print(
            f"有 {len(unreadable)} 个文件读不出，不在表里（{min(unreadable)} 等）；"
            "运行 hotline check 查看原因",
            file=sys.stderr,
        )
    return 1 if unreadable else 0


def _state(text: str | None) -> str | None:
    """A state by its name or by the Chinese that people read."""
    by_title = {title: name for name, title in STATES.items()}
    if text is None or text in STATES:
        return text
    if text not in by_title:
        near = nearest(text, [*STATES, *by_title])
        hint = f"，是不是 {near}？" if near else "。"
        raise Unavailable(f"没有这个状态{hint}可写：{'、'.join(by_title)}")
    return by_title[text]


def _is_wanted(view: CaseView, unit: str | None, state: str | None) -> bool:
    standing = view.subject.course.final
    at_work = unit is None or unit == standing.lead or unit in standing.support
    return at_work and (state is None or state == view.state)


def _row(view: CaseView, opened: Opened) -> list[str]:
    """What is shown of a case. Nothing sealed is read, so nothing sealed is written."""
    subject, registry = view.subject, opened.rules.registry
    course, header = subject.course, subject.course.header
    category = registry.categories.get(course.current("category"))

    def shown(moment: datetime | None) -> str:
        return f"{opened.rules.calendar.local(moment):%Y-%m-%d %H:%M}" if moment else ""

    def last(*types: str) -> str:
        event = course.last(*types)
        return shown(event.at if event else None)

    replies = [clock for clock in view.clocks if clock.clock.name == "reply"]
    reply = replies[-1] if replies else None
    callback = course.last("callback")
    support = "、".join(registry.unit_name(unit) for unit in course.final.support)
    return [
        view.id,
        CHANNELS[header["channel"]],
        str(header.get("platform") or header.get("origin") or ""),
        str(header["upstream_id"]),
        shown(course.dispatched_at),
        KINDS[course.current("kind")],
        URGENCIES[course.current("urgency")],
        category.name if category else str(course.current("category")),
        str(header["title"]),
        str(header["location"]),
        "是" if course.is_confidential else "",
        STATES[view.state],
        registry.unit_name(view.lead),
        support,
        last("assigned"),
        last("signed"),
        shown(reply.clock.due_at) + ("（暂定）" if reply.clock.provisional else "")
        if reply
        else "",
        last("replied"),
        STATUSES[reply.status] if reply else "",
        str(sum(1 for _ in course.of("redo_ordered")) or ""),
        SATISFACTION.get(str(callback.get("result")), "") if callback else "",
        last("closed"),
    ]
