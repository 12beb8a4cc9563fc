"""One case for a person at a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable

from hotline.procedure.clocks import CLOCKS, STATUSES
from hotline.procedure.derivation import derivation
from hotline.procedure.identity import event_id
from hotline.procedure.lifecycle import CHANNELS, KINDS, STATES, TABLE, URGENCIES
from hotline.values.case import Event
from hotline.values.registry import Registry
from hotline.values.shown import on_one_line
from hotline.views.case_view import CaseView
from hotline.views.due import left
from hotline.views.table import table
from hotline.views.words import field_words


def as_json(view: CaseView, history: Callable[[str], tuple[str | None, str | None]] | None) -> str:
    document = {"schema_version": 1, **view.with_details(history)}
    return json.dumps(document, ensure_ascii=False, indent=1)


def as_text(view: CaseView, registry: Registry) -> str:
    case, course = view.subject.case, view.subject.course
    category = course.current("category")
    named = registry.categories.get(category)
    classes = (
        KINDS[course.current("kind")],
        URGENCIES[course.current("urgency")],
        named.name if named else category,
        CHANNELS[case.get("channel")],
    )
    lines = [
        f"{case.id}  {on_one_line(case.get('title'))}",
        f"{STATES[view.state]} · {' · '.join(classes)}",
        f"主办 {registry.unit_name(view.lead)}"
        + "".join(f"，协办 {registry.unit_name(u)}" for u in course.final.support),
        f"地点 {on_one_line(str(course.header.get('location')))}",
        f"诉求 {on_one_line(str(course.header.get('demand') or '（已密封）')).strip()}",
        f"文件 {case.path}",
        "",
        "时限",
        *_clocks(view, registry),
        "",
        "经过",
        _timeline(view, registry),
    ]
    return "\n".join(lines)


def _clocks(view: CaseView, registry: Registry) -> list[str]:
    if not view.clocks:
        return ["  没有时限（派单当日没有生效的规定）"]
    lines = []
    for row in view.clocks:
        clock = row.clock
        done = f"，{clock.done_at:%Y-%m-%d %H:%M} 完成" if clock.done_at else ""
        remaining = f"，{left(row, view.now, view.subject.calendar)}" if row.counts else ""
        pending = "，申请待审核" if clock.decision_pending else ""
        unit = f"（{registry.unit_name(clock.unit)}）" if clock.unit else "（未交办）"
        lines.append(
            f"  {CLOCKS[clock.name]}{unit}{STATUSES[row.status]}：{clock.due_at:%Y-%m-%d %H:%M} 到期{done}{remaining}{pending}"
        )
        lines.append(f"      {derivation(clock, view.subject.calendar).text}")
        lines += [
            f"      {lapse.since:%Y-%m-%d %H:%M} 至 {lapse.until:%Y-%m-%d %H:%M} 曾超期（调整类别以前）"
            for lapse in clock.lapses
        ]
    return lines


def _timeline(view: CaseView, registry: Registry) -> str:
    events = view.subject.case.events
    mended = {
        s.event.index for s in view.subject.course.steps if s.event is not events[s.event.index]
    }
    rows = [
        (
            event_id(event.data),
            view.subject.calendar.local(event.at).strftime("%Y-%m-%d %H:%M"),
            registry.unit_name(event.by),
            TABLE[event.type].title + ("（已更正）" if event.index in mended else ""),
            gist(event, registry),
        )
        for event in view.subject.case.events
    ]
    return table(("编号", "时间", "单位", "事件", "内容"), rows) if rows else "  还没有事件"


_NAMED = frozenset({"unit", "units", "bool"})
"""Kinds whose value says nothing without the field's name."""


def gist(event: Event, registry: Registry, at_most: int = 60) -> str:
    """What an event says, in one short line."""
    row = TABLE[event.type]
    parts = []
    for field in row.fields:
        value = event.get(field.name)
        if value in (None, [], ""):
            continue
        if field.kind in ("sections", "delivery"):
            continue
        words = on_one_line(field_words(field, value, registry))
        parts.append(f"{field.title} {words}" if field.kind in _NAMED else words)
    # What a person wrote as a whole sentence is here one part of a line.
    text = "；".join([*(part.rstrip("。；") for part in parts[:-1]), *parts[-1:]])
    return text if len(text) <= at_most else f"{text[: at_most - 1]}…"
