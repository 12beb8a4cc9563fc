"""The page of one order: a view in, the model of its page out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from hotline.pages.gather import clock_row
from hotline.pages.history import History, Recorded
from hotline.pages.howto import Step, steps
from hotline.pages.models import ClockRow, Row, Site, Task
from hotline.pages.tasks import rights
from hotline.pages.timeline import Drawing, axis_svg, drawing, strip_svg
from hotline.procedure.clocks import CLOCKS
from hotline.procedure.derivation import derivation
from hotline.procedure.identity import event_id
from hotline.procedure.lifecycle import (
    CHANNELS,
    KINDS,
    SECTIONS,
    STATES,
    TABLE,
    TEMPLATES,
    URGENCIES,
)
from hotline.procedure.replying import sections_of
from hotline.procedure.timeline import Step as Happened
from hotline.replies.letter import Letter, letter
from hotline.values.case import Event
from hotline.values.registry import Registry
from hotline.views.case_view import CaseView, ClockView
from hotline.views.show import gist
from hotline.views.words import delivery_words, field_words

STAGES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("accepted", "受理", ("accepted",)),
    ("assigned", "交办", ("assigned",)),
    ("handling", "办理", ("signed",)),
    ("replied", "反馈", ("replied", "terminated")),
    ("redo", "重办", ("redo_ordered",)),
    ("screening", "甄别", ("screening_requested",)),
    ("closed", "办结", ("closed",)),
    ("archived", "归档", ("archived",)),
)
"""The stages of art. 4 in its order: name, Chinese, the events that reach it."""
SHORT = 100
"""What an event says in fewer characters is shown at once, not folded."""
_DETOURS = frozenset({"redo", "screening"})
_CURRENT = {
    "new": "accepted",
    "accepted": "assigned",
    "assigned": "handling",
    "handling": "handling",
    "interim": "handling",
}


@dataclass(frozen=True, slots=True)
class Stage:
    title: str
    mark: str
    """``done``, ``current``, ``ahead``, or ``skipped`` (a detour not taken)."""
    at: datetime | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClockBlock:
    row: ClockRow
    derivation: str
    lapses: tuple[tuple[datetime, datetime], ...]
    picture: Markup
    """The clock drawn (``timeline.py``)."""
    is_turned: bool = False
    """Whether it was met by asking for an interim closing: nothing was answered then."""
    why_provisional: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of the timeline."""

    id: str
    at: datetime
    unit: str
    type: str
    title: str
    gist: str
    """One line where there is much to tell, else ''."""
    details: tuple[tuple[str, str], ...]
    corrected: bool
    recorded: Recorded | None


@dataclass(frozen=True, slots=True)
class Reply:
    at: datetime
    unit: str
    template: str
    letter: Letter
    unprinted: tuple[tuple[str, str], ...]
    """What the reply says and its letter does not: heading, text."""
    facts: tuple[tuple[str, str], ...]
    note: str
    """Why it is not the answer in force, '' where it is."""


@dataclass(frozen=True, slots=True)
class CasePage:
    row: Row
    demand: str
    """'' where it is sealed."""
    facts: tuple[tuple[str, str], ...]
    stages: tuple[Stage, ...]
    clocks: tuple[ClockBlock, ...]
    drawing: Drawing | None
    axis: Markup
    timeline: tuple[Happening, ...]
    replies: tuple[Reply, ...]
    tasks: Sequence[Task]
    has_policy: bool
    howto: tuple[Step, ...] = ()
    """How the commands of the tasks are filled in."""


def case_page(view: CaseView, row: Row, registry: Registry, history: History) -> CasePage:
    subject = view.subject
    # What asks for something first, and then in the order of time.
    own = sorted(view.clocks, key=lambda v: not v.counts)
    rows = [clock_row(each, view, registry) for each in own]
    tasks = [*sorted(row.tasks, key=_due_first), *(rights(view, rows) if row.is_open else ())]
    drawn = drawing(own, subject.calendar, view.now)
    clocks = tuple(
        ClockBlock(
            told, derivation(each.clock, subject.calendar).text,
            tuple((lapse.since, lapse.until) for lapse in each.clock.lapses),
            strip_svg(drawn, strip, CLOCKS[each.clock.name]), _is_turned(each),
            _why_provisional(each),
        )
        for each, told, strip in zip(own, rows, drawn.strips, strict=True)
    ) if drawn else ()  # fmt: skip
    return CasePage(
        row, row.demand, tuple(_facts(view, row, registry)), tuple(_stages(view)), clocks, drawn,
        axis_svg(drawn) if drawn else Markup(),
        tuple(_timeline(view, registry, history)), tuple(_replies(view, registry)),
        tasks, subject.policy is not None, steps(task.command for task in tasks),
    )  # fmt: skip


def _is_turned(each: ClockView) -> bool:
    done = each.clock.done_by
    return done is not None and done.type == "interim_requested"


def _why_provisional(each: ClockView) -> str:
    if not each.clock.provisional:
        return ""
    return "暂按月末，测算时间未公布" if each.clock.name == "screening" else "暂定，放假安排未公布"


def _due_first(task: Task) -> tuple[bool, bool, str]:
    """Duties before rights, in the order in which they fall due; what has no clock last."""
    due = task.clock.due_at.isoformat() if task.clock else ""
    return task.is_right, not due, due


def _facts(view: CaseView, row: Row, registry: Registry) -> Iterator[tuple[str, str]]:
    case, course = view.subject.case, view.subject.course
    yield "主办单位", registry.unit_name(row.lead)
    if row.support:
        yield "协办单位", "、".join(map(registry.unit_name, row.support))
    yield "类型", KINDS[row.kind]
    yield "紧急程度", URGENCIES[row.urgency]
    category = registry.categories.get(row.category)
    yield "事项分类", category.name if category else row.category
    yield "地点", row.location
    source = CHANNELS[row.channel]
    yield "来源", f"{source}（{row.platform}）" if row.platform else source
    yield "上级平台编号", row.upstream_id
    yield "派单时间", f"{row.dispatched_at:%Y-%m-%d %H:%M}"
    wishes = [
        word
        for held, word in ((course.is_confidential, "要求保密"), (course.is_anonymous, "匿名"))
        if held
    ]
    if wishes:
        yield "诉求人", "，".join(wishes)
    if case.get("against"):
        yield "被反映单位", "、".join(registry.unit_name(str(u)) for u in case.get("against"))


def _stages(view: CaseView) -> Iterator[Stage]:
    course = view.subject.course
    current = view.state
    if current == "returned":
        for _, title, types in STAGES[:1]:
            event = course.last(*types)
            yield Stage(title, "done", view.subject.calendar.local(event.at) if event else None)
        yield Stage("退回市平台", "current", None)
        return
    if course.final.redo is not None and current in ("handling", "interim"):
        current = "redo"
    current = _CURRENT.get(current, current)
    order = [name for name, _, _ in STAGES]
    for name, title, types in STAGES:
        event = next((s.event for s in course.of(*types)), None)
        reached = event is not None
        at = view.subject.calendar.local(event.at) if event else None
        note = "临时办结" if name == "handling" and view.state == "interim" else ""
        if name == current:
            yield Stage(title, "current", at, note)
        elif name in _DETOURS:
            skipped = "ahead" if course.is_open else "skipped"
            yield Stage(title, "done" if reached else skipped, at)
        else:
            before = order.index(name) < order.index(current)
            again = current == "redo" and name == "replied"
            yield Stage(title, "done" if (before or again) and reached else "ahead", at)


def _timeline(view: CaseView, registry: Registry, history: History) -> Iterator[Happening]:
    case = view.subject.case
    mended = {str(e.get("event")) for e in case.of("corrected") if e.get("event")}
    for event in case.events:
        name = event_id(event.data)
        details = tuple(_details(event, registry))
        is_short = sum(len(value) for _, value in details) <= SHORT
        yield Happening(
            name, view.subject.calendar.local(event.at), registry.unit_name(event.by), event.type,
            TABLE[event.type].title, "" if is_short else gist(event, registry, SHORT), details,
            name in mended, history.recorded(case.path, event, view.subject.calendar),
        )  # fmt: skip


def _details(event: Event, registry: Registry) -> Iterator[tuple[str, str]]:
    """Each field in full; a reply's sections stand in their own place of the page."""
    for field in TABLE[event.type].fields:
        value = event.get(field.name)
        if value in (None, [], "") or field.kind == "sections":
            continue
        yield field.title, field_words(field, value, registry)
    if event.get("note"):
        yield "备注", str(event.get("note"))


def _replies(view: CaseView, registry: Registry) -> Iterator[Reply]:
    """The newest first."""
    subject, course = view.subject, view.subject.course
    steps = list(course.of("replied"))
    for step in reversed(steps):
        event = step.event
        note = "" if step is steps[-1] else "已由后来的答复代替"
        if step is steps[-1] and course.final.redo is not None:
            note = "已退回重办"
        finished = letter(course, step, registry, subject.calendar)
        yield Reply(
            subject.calendar.local(event.at), registry.unit_name(event.by),
            _template_name(str(event.get("template"))),
            finished, tuple(_unprinted(step, finished)), tuple(_reply_facts(event, registry)), note,
        )  # fmt: skip


def _template_name(template: str) -> str:
    """普通件模板; 网络平台统一模板, whose name says so itself."""
    name = TEMPLATES.get(template, template)
    return name if name.endswith("模板") else f"{name}模板"


def _unprinted(step: Happened, finished: Letter) -> Iterator[tuple[str, str]]:
    for name, text in sections_of(step).items():
        if name in SECTIONS and name not in finished.printed and str(text).strip():
            yield SECTIONS[name], str(text)


def _reply_facts(event: Event, registry: Registry) -> Iterator[tuple[str, str]]:
    if event.get("units"):
        yield "共同答复", "、".join(registry.unit_name(str(u)) for u in event.get("units"))
    for name, title in (("handler", "经办"), ("reviewed_by", "审核")):
        if event.get(name):
            yield title, str(event.get(name))
    if event.get("delivery"):
        yield "送达", delivery_words(event.get("delivery"))
    if event.get("legal_basis"):
        yield "法律依据", "、".join(map(str, event.get("legal_basis")))


@dataclass(frozen=True, slots=True)
class Related:
    """Another order of the same person or problem."""

    id: str
    same: str
    row: Row | None
    earlier: bool


def related(row: Row, site: Site, by_id: Mapping[str, Row]) -> Sequence[Related]:
    words = {"person": "同一诉求人", "problem": "同一问题"}
    seen: dict[str, Related] = {}
    for name, same in row.links:
        seen.setdefault(name, Related(name, words.get(same, same), by_id.get(name), True))
    for name, same in site.named_by.get(row.id, ()):
        seen.setdefault(name, Related(name, words.get(same, same), by_id.get(name), False))
    return sorted(seen.values(), key=lambda r: r.id)


def state_name(row: Row) -> str:
    return "重办中" if row.stage == "redo" and row.state == "handling" else STATES[row.state]
