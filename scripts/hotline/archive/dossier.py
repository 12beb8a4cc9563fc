"""The dossier of one order: files as bytes, from the order and what history says of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from hotline.findings.printers.json import row as finding_row
from hotline.findings.printers.text import line as finding_line
from hotline.findings.subject import Subject
from hotline.procedure.calendar import Calendar
from hotline.procedure.identity import event_id
from hotline.procedure.lifecycle import CHANNELS, DONE, KINDS, STATES, TABLE
from hotline.values.finding import Finding
from hotline.values.recording import Recording
from hotline.values.registry import Registry
from hotline.values.shown import on_one_line

CASE = "case.yaml"
TIMELINE = "timeline.json"
INDEX = "index.txt"
_CLOSINGS = ("closed", "returned_upstream")


class Letter(NamedTuple):
    """A reply's letter as text and as a Word document; placeholders stay."""

    text: bytes
    word: bytes


class Shelf(NamedTuple):
    """Where a dossier belongs: the unit that led the order last, and the month in which the
    order was over (``2026-10``, in the county's zone)."""

    unit: str
    month: str


class Kept(NamedTuple):
    """What a dossier is made from. ``last`` is the commit that changed the order last;
    ``recorded`` tells of an event of the order when and by whom it was recorded."""

    subject: Subject
    blob: bytes
    findings: Sequence[Finding]
    letters: Sequence[Letter]
    last: Recording
    recorded: Callable[[Any], Recording | None]


def shelf_of(subject: Subject) -> Shelf | None:
    """None where the order is not over."""
    course = subject.course
    if course.state not in DONE:
        return None
    lead = next(
        (str(step.event.get("lead")) for step in reversed(list(course.of("assigned")))),
        subject.registry.center(),
    )
    return Shelf(lead, f"{ended(subject):%Y-%m}")


def ended(subject: Subject) -> datetime:
    """When the order was over, in the county's zone."""
    event = subject.course.last(*_CLOSINGS)
    at = event.at if event else subject.case.events[-1].at
    return subject.calendar.local(at)


def kept_until(day: date, years: int) -> date:
    """The last day of the year in which the time of keeping ends."""
    return date(day.year + years, 12, 31)


def files(kept: Kept) -> list[tuple[str, bytes]]:
    """(name, content) of each file of a dossier, the index last."""
    found = [(CASE, kept.blob), (TIMELINE, _timeline(kept)), ("timeline.txt", _course(kept))]
    found.append(("findings.json", _json([finding_row(one) for one in kept.findings])))
    for number, letter in enumerate(kept.letters, 1):
        found += [(f"letter-{number}.txt", letter.text), (f"letter-{number}.docx", letter.word)]
    return [*found, (INDEX, _index(kept, found))]


def _timeline(kept: Kept) -> bytes:
    events = []
    for event in kept.subject.case.events:
        recorded = kept.recorded(event)
        events.append(
            {
                "id": event_id(event.data),
                "at": event.data.get("at"),
                "by": event.by,
                "type": event.type,
                "commit": recorded.commit if recorded else None,
                "author": recorded.author if recorded else None,
                "recorded_at": _local(kept, recorded.at) if recorded else None,
            }
        )
    return _json(
        {
            "schema_version": 1,
            "id": kept.subject.case.id,
            "path": kept.subject.path,
            "commit": kept.last.commit,
            "recorded_at": _local(kept, kept.last.at),
            "timeline": events,
        }
    )


def _course(kept: Kept) -> bytes:
    """The same for a person: one line an event."""
    registry, lines = kept.subject.registry, []
    for event in kept.subject.case.events:
        recorded = kept.recorded(event)
        at = kept.subject.calendar.local(event.at)
        who = f"{at:%Y-%m-%d %H:%M}  {TABLE[event.type].title}  {registry.unit_name(event.by)}"
        by = (
            f"{recorded.commit[:10]} {recorded.author} {_local(kept, recorded.at)} 入库"
            if recorded
            else "没有入库记录"
        )
        lines.append(on_one_line(f"{who}  [{event_id(event.data)}]  {by}"))
    return ("\n".join(lines) + "\n").encode()


def _index(kept: Kept, found: Sequence[tuple[str, bytes]]) -> bytes:
    """The list of contents that a records clerk reads, with the SHA-256 of each file."""
    subject = kept.subject
    lines = [
        on_one_line(f"{title}：{text}")
        for title, text in _head(subject, subject.registry, subject.calendar)
    ]
    lines += ["", "卷内文件（SHA-256）："]
    lines += [f"{hashlib.sha256(blob).hexdigest()}  {name}" for name, blob in found]
    lines += [
        "",
        f"检查结果：{'没有发现问题' if not kept.findings else f'{len(kept.findings)} 处'}",
    ]
    lines += [finding_line(one) for one in kept.findings]
    lines += [
        "",
        f"最后一次改动的提交：{kept.last.commit}（{kept.last.author}，{_local(kept, kept.last.at)} 入库）",
    ]
    return ("\n".join(lines) + "\n").encode()


def _head(subject: Subject, registry: Registry, calendar: Calendar) -> Iterator[tuple[str, str]]:
    case, course = subject.case, subject.course
    yield "工单", case.id
    yield "标题", str(case.get("title"))
    yield "来源", f"{CHANNELS[str(case.get('channel'))]}，{case.get('upstream_id')}"
    yield "类型", KINDS[str(course.current("kind"))]
    yield "派单", f"{calendar.local(course.dispatched_at):%Y-%m-%d %H:%M}"
    yield "主办单位", registry.unit_name(course.final.lead)
    yield "结果", f"{STATES[course.state]}（{ended(subject):%Y-%m-%d %H:%M}）{_ground(subject)}"


def _ground(subject: Subject) -> str:
    closed = subject.course.last("closed")
    if closed is None:
        return ""
    choices = next(field for field in TABLE["closed"].fields if field.name == "ground").choices
    return "，" + dict(choices).get(str(closed.get("ground")), str(closed.get("ground")))


def _local(kept: Kept, at: datetime) -> str:
    return kept.subject.calendar.local(at).isoformat(timespec="seconds")


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n").encode()
