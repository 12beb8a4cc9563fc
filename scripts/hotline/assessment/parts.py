"""One order's parts in the figures: which, in which stretch of time, for whom, and how it counts.

A limit is decided when it is met, or when it has passed: each counts once, in the month in which
that was. What a unit could not help is left out by name and with the reason: a limit that passed
while the center had not assigned yet, a request that nobody decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from hotline.assessment.figures import ASSIGNING, LAPSE
from hotline.assessment.period import after, month_at
from hotline.findings.subject import Subject
from hotline.procedure.clocks import CLOCKS, Clock, clocks
from hotline.procedure.lifecycle import COMPLAINTS, REDO_CAUSES, SATISFACTION
from hotline.procedure.policy import in_force
from hotline.procedure.timeline import Step, Timeline
from hotline.rules.letters import faults_of
from hotline.values.case import Event
from hotline.views.case_view import CaseView

LEFT_OUT = -1
"""The value of a part that counts for nothing; its note says why."""
SLOW = 60
"""Minutes of the center from which on an order is named (shown only, no limit of the measure)."""
_LONGEST = timedelta(days=366)
_SATISFIED = ("satisfied", "basically_satisfied")

When = Callable[[datetime], str]
"""Gives of a moment in the county's zone the stretch of time in which it counts."""


class Part(NamedTuple):
    """``value``: 1 counts above and below the line, 0 below it only, :data:`LEFT_OUT` not at
    all; minutes for what the center took. ``note`` is Chinese, where the order is to be named."""

    when: str
    unit: str
    figure: str
    value: int
    note: str = ""


def parts(view: CaseView, when: When = month_at) -> list[Part]:
    """All parts of an order at the moment of the view, in the order of the figures."""
    subject = view.subject
    if subject.course.final.assignment is None and not subject.course.of("assigned"):
        return list(_unassigned(view, when))
    return [
        *_limits(view, when), *_redone(subject, when), *_returns(subject, when),
        *_extended(subject, when), *_formed(subject, when), *_satisfaction(view, when),
        *_supervised(view, when), *_assigning(subject, when), *_lapses(view, when),
    ]  # fmt: skip


# --- limits: art. 7-1 --------------------------------------------------------------------


def _unassigned(view: CaseView, when: When) -> Iterator[Part]:
    """A limit that passes while no unit has the order is the center's."""
    for each in view.clocks:
        if each.clock.name in ("sign", "reply") and each.status == "overdue":
            center = view.subject.registry.center()
            note = f"到期（{_shown(each.clock.due_at)}）时还没有交办"
            yield Part(when(each.clock.due_at), center, each.clock.name, 0, note)


def _limits(view: CaseView, when: When) -> Iterator[Part]:
    own: Sequence[Clock] | None = None
    for number, each in enumerate(view.clocks):
        clock = each.clock
        if clock.name not in ("sign", "reply") or clock.unit is None:
            continue
        due = clock.due_at
        if each.status == "met" and clock.done_at is not None:
            yield Part(when(clock.done_at), clock.unit, clock.name, 1)
        elif each.status == "void":
            ended = min(due, _ended(view.subject.course, view.subject) or due)
            yield Part(when(ended), clock.unit, clock.name, LEFT_OUT, _why_void(view))
        elif each.status in ("late", "overdue"):
            if clock.decision_pending:
                note = "申请按时提出，还没有审核"
                yield Part(when(due), clock.unit, clock.name, LEFT_OUT, note)
                continue
            own = own or _from_assignment(view.subject)
            if own and _is_in_time(own[number], clock, view.now):
                took = _minutes(_taken(view.subject))
                note = f"从交办算起没有超期；交办前，中心用了{took}"
                yield Part(when(due), clock.unit, clock.name, LEFT_OUT, note)
                continue
            done = f"，{_shown(clock.done_at)} 才办" if clock.done_at else "，还没有办"
            note = f"应于 {_shown(due)} 前{CLOCKS[clock.name]}{done}"
            yield Part(when(due), clock.unit, clock.name, 0, note)


def _from_assignment(subject: Subject) -> Sequence[Clock]:
    """The same clocks as they would run if the unit had had the order since its dispatch."""
    first = subject.course.of("assigned")[0].event
    if first.at <= subject.course.dispatched_at:
        return ()
    course = subject.course._replace(dispatched_at=first.at)
    if course.uncorrected is not None:
        course = course._replace(uncorrected=course.uncorrected._replace(dispatched_at=first.at))
    found = clocks(course, subject.policy, subject.calendar)
    return found if len(found) == len(subject.clocks) else ()


def _is_in_time(own: Clock, clock: Clock, now: datetime) -> bool:
    """Whether a unit kept its limit, counted from its assignment; of one that is not done yet,
    up to the end of the month in which the limit passed."""
    if own.name != clock.name or own.unit != clock.unit or own.due_at <= clock.due_at:
        return False
    if clock.done_at is not None:
        return not own.is_late
    year, month = map(int, after(month_at(clock.due_at)).split("-"))
    end = clock.due_at.replace(year=year, month=month, day=1, hour=0, minute=0, second=0)
    return own.due_at >= end or not now > own.due_at


def _ended(course: Timeline, subject: Subject) -> datetime | None:
    event = course.last("withdrawn", "closed", "returned_upstream")
    return subject.calendar.local(event.at) if event else None


def _why_void(view: CaseView) -> str:
    course = view.subject.course
    if course.state == "returned":
        return "已退回市平台"
    if course.final.withdrawn:
        return "诉求人撤回"
    return "办理中改派或已答复，不再计时"


# --- redo, return, extension: arts. 7-3, 7-5, 9 -------------------------------------------


def _redone(subject: Subject, when: When) -> Iterator[Part]:
    """An order counts where it was answered, or sent back."""
    found: dict[tuple[str, str], str] = {}
    for step in subject.course.of("replied", "redo_ordered"):
        if step.before.lead is None:
            continue
        key = (when(_at(subject, step.event)), step.before.lead)
        found.setdefault(key, "")
        if step.event.type == "redo_ordered":
            found[key] = REDO_CAUSES.get(str(step.event.get("cause")), "其他")
    for (stretch, unit), cause in found.items():
        note = f"退回重办：{cause}" if cause else ""
        yield Part(stretch, unit, "redo", int(bool(cause)), note)


def _returns(subject: Subject, when: When) -> Iterator[Part]:
    """Each return asked for, by the day on which it was."""
    asked: Step | None = None
    for step in subject.course.of("return_requested", "return_decided"):
        if step.event.type == "return_requested":
            if asked is not None:
                yield _return(subject, when, asked, LEFT_OUT, "提出的退单没有审核")
            asked = step
        elif asked is not None:
            refused = not step.event.get("approved")
            note = f"退单未获同意（{_shown(_at(subject, step.event))}）" if refused else ""
            yield _return(subject, when, asked, int(refused), note)
            asked = None
    if asked is not None:
        yield _return(subject, when, asked, LEFT_OUT, "提出的退单没有审核")


def _return(subject: Subject, when: When, asked: Step, value: int, note: str) -> Part:
    unit = asked.before.lead or asked.event.by
    return Part(when(_at(subject, asked.event)), unit, "returns", value, note)


def _extended(subject: Subject, when: When) -> Iterator[Part]:
    """An order counts where it was assigned, or an extension of it took effect."""
    found: dict[tuple[str, str], str] = {}
    for step in subject.course.of("assigned"):
        found.setdefault((when(_at(subject, step.event)), str(step.event.get("lead"))), "")
    for round_ in subject.rounds:
        for request in round_.requests:
            decision = request.decision
            if request.event.type != "extension_requested" or decision is None:
                continue
            lead = subject.course.steps[request.event.index].before.lead
            if request.is_effective and lead is not None:
                law = request.event.get("statutory")
                how = f"依法延至 {law['due_on']}" if law else f"{request.event.get('days')}个工作日"
                found[when(_at(subject, decision)), lead] = f"获准延期：{how}"
    for (stretch, unit), note in found.items():
        yield Part(stretch, unit, "extensions", int(bool(note)), note)


# --- letters: annex 2 --------------------------------------------------------------------


def _formed(subject: Subject, when: When) -> Iterator[Part]:
    """Every reply; one that was sent back for its format has a fault, whatever a machine saw."""
    for reply in subject.replies:
        step = reply.step
        if step.before.lead is None:
            continue
        told = faults_of(subject.course, reply, subject.policy, subject.registry)
        back = next(
            (s.event for s in subject.course.of("redo_ordered", "replied")
             if s.event.index > step.event.index), None,
        )  # fmt: skip
        if back is not None and back.type == "redo_ordered" and back.get("cause") == "format":
            told = [*told, "因格式退回重办"]
        note = f"答复有格式差错：{'、'.join(told)}" if told else ""
        stretch = when(_at(subject, step.event))
        yield Part(stretch, step.before.lead, "format", int(bool(told)), note)


# --- satisfaction: arts. 10, 18 -----------------------------------------------------------


def _satisfaction(view: CaseView, when: When) -> Iterator[Part]:
    """The last callback of each stretch."""
    subject = view.subject
    last = {when(_at(subject, s.event)): s for s in subject.course.of("callback")}
    for stretch, step in last.items():
        unit, event = step.before.lead, step.event
        if unit is None:
            continue
        out = ""
        if not event.get("reached"):
            out = "没有联系上诉求人"
        elif _is_screened(view, event):
            out = "甄别成立，且在满意率测算以前"
        for figure in ("process", "result"):
            answer = str(event.get(figure))
            if out:
                yield Part(stretch, unit, figure, LEFT_OUT, out)
            elif answer in _SATISFIED:
                yield Part(stretch, unit, figure, 1)
            else:
                why = COMPLAINTS.get(str(event.get("complaint")))
                note = SATISFACTION["dissatisfied"] + (f"：反映{why}" if why else "")
                yield Part(stretch, unit, figure, 0, note)


def _is_screened(view: CaseView, callback: Event) -> bool:
    """Whether a screening that answers this callback was upheld before satisfaction is measured
    (art. 10)."""
    if "dissatisfied" not in (callback.get("process"), callback.get("result")):
        return False
    policy = in_force(view.subject.policies, _at(view.subject, callback).date())
    if policy is not None and (policy.data.get("assessment") or {}).get("screened") == "count":
        return False
    return any(
        each.clock.name == "screening" and each.status == "met"
        and each.clock.opened_by is not None and each.clock.done_by is not None
        and each.clock.opened_by.index <= callback.index < each.clock.done_by.index
        and bool(each.clock.done_by.get("upheld"))
        for each in view.clocks
    )  # fmt: skip


# --- supervision, and what is told besides ------------------------------------------------


def _supervised(view: CaseView, when: When) -> Iterator[Part]:
    for each in view.clocks:
        clock = each.clock
        if clock.name != "supervision" or clock.unit is None or clock.opened_by is None:
            continue
        ground = str(clock.opened_by.get("ground"))
        yield Part(when(clock.started_at), clock.unit, "supervised", 1, f"督办：{ground}")
        if each.status in ("late", "overdue"):
            note = f"督办应于 {_shown(clock.due_at)} 前办结"
            yield Part(when(clock.due_at), clock.unit, "supervision_overdue", 1, note)


def _assigning(subject: Subject, when: When) -> Iterator[Part]:
    first = subject.course.of("assigned")[0].event
    took = _taken(subject)
    note = f"派单后{_minutes(took)}才交办" if took > SLOW else ""
    yield Part(when(_at(subject, first)), subject.registry.center(), ASSIGNING, took, note)


def _taken(subject: Subject) -> int:
    """What the center took before the first assignment: working minutes, or minutes by the wall
    for a special or emergency matter (art. 7-4)."""
    course, calendar = subject.course, subject.calendar
    first = course.of("assigned")[0].event.at
    if course.header["urgency"] != "normal":
        time = first - course.dispatched_at
    else:
        time = calendar.working_time(course.dispatched_at, first, _LONGEST)
    return max(0, int(time.total_seconds() // 60))


def _lapses(view: CaseView, when: When) -> Iterator[Part]:
    for each in view.clocks:
        for lapse in each.clock.lapses:
            unit = each.clock.unit or view.subject.registry.center()
            since, until = _shown(lapse.since), _shown(lapse.until)
            note = f"{CLOCKS[each.clock.name]}于 {since} 超期，{until} 调整类别后重新计算"
            yield Part(when(lapse.since), unit, LAPSE, 1, note)


# --- words -------------------------------------------------------------------------------


def _at(subject: Subject, event: Event) -> datetime:
    return subject.calendar.local(event.at)


def _shown(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def _minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    told = f"{hours}小时" if hours else ""
    return f"{told}{rest}分钟" if rest or not hours else told
