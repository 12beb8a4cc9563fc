"""One order's parts in the figures: which, in which stretch of time, for whom, and how it counts.

A limit is decided when it is met, or when it has passed: each counts once, in the month in which
that was. What a unit could not help is left out by name and with the reason: a limit that passed
before the unit had had its own time, a request that nobody decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from hotline.assessment.figures import ASSIGNING, LAPSE
from hotline.assessment.period import month_at
from hotline.findings.subject import Subject
from hotline.procedure.clocks import CLOCKS, Clock, clocks
from hotline.procedure.lifecycle import (
    BUREAU_GROUNDS,
    COMPLAINTS,
    COUNTY_GROUNDS,
    REDO_CAUSES,
    SATISFACTION,
)
from hotline.procedure.policy import in_force
from hotline.procedure.timeline import Step
from hotline.rules.letters import OF_FORM, faults_of
from hotline.values.case import Event
from hotline.values.finding import Finding
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


def parts(
    view: CaseView, when: When = month_at, found: Sequence[Finding] | None = None
) -> list[Part]:
    """All parts of an order at the moment of the view, in the order of the figures. ``found`` is
    all that the rules found in it, where somebody has asked them already."""
    subject = view.subject
    if not subject.course.of("assigned"):
        return [*_limits(view, when), *_supervised(view, when), *_lapses(view, when)]
    return [
        *_limits(view, when), *_redone(subject, when), *_returns(subject, when),
        *_extended(subject, when), *_formed(subject, when, found), *_satisfaction(view, when),
        *_supervised(view, when), *_assigning(subject, when), *_lapses(view, when),
    ]  # fmt: skip


# --- limits: art. 7-1 --------------------------------------------------------------------


def _limits(view: CaseView, when: When) -> Iterator[Part]:
    """A limit is decided when it is met or has passed. One that passes while no unit has the order
    is the center's."""
    center = view.subject.registry.center()
    for number, each in enumerate(view.clocks):
        clock = each.clock
        if clock.name not in ("sign", "reply"):
            continue
        unit, due = clock.unit or center, clock.due_at
        if each.status == "met" and clock.done_at is not None:
            yield Part(when(clock.done_at), unit, clock.name, 1)
        elif each.status == "void":
            over = _over(view.subject, clock)
            if over is None or over[0] <= due:
                moment, why = over or (due, "不再计时")
                yield Part(when(min(due, moment)), unit, clock.name, LEFT_OUT, why)
            else:
                yield from _missed(view, number, when, unit, until=over[0])
        elif each.status in ("late", "overdue"):
            if clock.decision_pending:
                note = "申请按时提出，还没有审核"
                yield Part(when(due), unit, clock.name, LEFT_OUT, note)
            else:
                yield from _missed(view, number, when, unit, until=clock.done_at)


def _missed(
    view: CaseView, number: int, when: When, unit: str, *, until: datetime | None
) -> Iterator[Part]:
    """A limit that passed, and ended ``until`` then. What a unit could keep only before it had the
    order is not charged to it: the limit counts from its own assignment, and where that one has
    passed too it was missed, in the month in which that was."""
    clock = view.clocks[number].clock
    due = own = clock.due_at
    given = _given(view.subject, clock) if clock.unit is not None else None
    took = f"交办给本单位以前已用去{_minutes(_between(view.subject, given))}" if given else ""
    counted = _from(view.subject, number, given) if given else None
    passed = True
    if counted is not None:
        own = max(due, counted.due_at)
        if clock.done_at is not None:
            passed = counted.is_late  # by the times first written too: they are not corrected away
        else:
            passed = own < until if until is not None else view.now > own
    if not passed:
        words = "没有超期" if until is not None else "还没有到期"
        yield Part(when(due), unit, clock.name, LEFT_OUT, f"从交办算起{words}；{took}")
        return
    if when(own) != when(due):
        note = f"从交办算起，当时还没有到期；{took}"
        yield Part(when(due), unit, clock.name, LEFT_OUT, note)
    shown = f"应于 {_shown(due)} 前{CLOCKS[clock.name]}"
    if when(own) != when(due):
        shown += f"（从交办算起 {_shown(own)}）"
    if clock.unit is None:
        shown += "，到期时没有承办单位"
    elif clock.done_at is not None:
        shown += f"，{_shown(clock.done_at)} 才办"
    else:
        shown += "，没有办" if until is not None else "，还没有办"
    yield Part(when(own), unit, clock.name, 0, shown)


def _given(subject: Subject, clock: Clock) -> Event | None:
    """The assignment by which the clock's unit had the order."""
    if clock.name == "sign":
        return clock.opened_by
    end = clock.done_by.index if clock.done_by else len(subject.course.steps)
    own = [
        step.event
        for step in subject.course.of("assigned")
        if step.event.index < end and step.event.get("lead") == clock.unit
    ]
    return own[-1] if own else None


def _from(subject: Subject, number: int, given: Event) -> Clock | None:
    """The same limit as it would run if the order had been dispatched when the unit got it; None
    where that is no other."""
    clock, course = subject.clocks[number], subject.course
    if given.at <= course.dispatched_at:
        return None
    course = course._replace(dispatched_at=given.at)
    if course.uncorrected is not None:
        course = course._replace(uncorrected=course.uncorrected._replace(dispatched_at=given.at))
    found = clocks(course, subject.policy, subject.calendar)
    is_same = len(found) == len(subject.clocks) and found[number].name == clock.name
    return found[number] if is_same else None


_ENDINGS = {
    "withdrawn": "诉求人撤回", "returned_upstream": "已退回市平台", "closed": "没有答复就办结",
    "replied": "没有签收就已答复", "terminated": "没有签收就已终结",
    "assigned": "已改派", "return_decided": "同意退单", "interim_decided": "同意临时办结",
}  # fmt: skip


def _over(subject: Subject, clock: Clock) -> tuple[datetime, str] | None:
    """When, and why, a limit came to ask for nothing."""
    begin = clock.opened_by.index if clock.opened_by else -1
    others = () if clock.name == "sign" else ("assigned", "return_decided", "interim_decided")
    for step in subject.course.steps[begin + 1 :]:
        event = step.event
        if event.type not in _ENDINGS or event.type in others:
            continue
        if event.type.endswith("_decided") and not event.get("approved"):
            continue
        return _at(subject, event), _ENDINGS[event.type]
    return None


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


def _formed(subject: Subject, when: When, found: Sequence[Finding] | None) -> Iterator[Part]:
    """Every reply; one that was sent back for its format has a fault, whatever a machine saw."""
    for reply in subject.replies:
        step = reply.step
        if step.before.lead is None:
            continue
        if found is None:
            told = faults_of(subject.course, reply, subject.policy, subject.registry)
        else:
            about = f"{step.event.index}/replied/"
            told = sorted(
                {f.code for f in found if f.code in OF_FORM and f.subject.startswith(about)}
            )
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
            out = "没有联系上诉求人" + _before(subject, event, stretch, when)
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


def _before(subject: Subject, last: Event, stretch: str, when: When) -> str:
    """What an earlier callback of the stretch had said: it must not be forgotten for a call that
    nobody took."""
    earlier = [
        step.event
        for step in subject.course.of("callback")
        if step.event.index < last.index and step.event.get("reached")
        and when(_at(subject, step.event)) == stretch
    ]  # fmt: skip
    if not earlier:
        return ""
    return f"（此前的回访：{SATISFACTION.get(str(earlier[-1].get('result')), '没有写')}）"


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
        if clock.name != "supervision" or clock.opened_by is None:
            continue
        unit = clock.unit or view.subject.registry.center()
        ground = str(clock.opened_by.get("ground"))
        words = {**BUREAU_GROUNDS, **COUNTY_GROUNDS}.get(ground, "")
        yield Part(when(clock.started_at), unit, "supervised", 1, f"{words}（{ground}）")
        if each.status in ("late", "overdue"):
            note = f"督办应于 {_shown(clock.due_at)} 前办结"
            yield Part(when(clock.due_at), unit, "supervision_overdue", 1, note)


def _assigning(subject: Subject, when: When) -> Iterator[Part]:
    first = subject.course.of("assigned")[0].event
    took = _between(subject, first)
    note = f"派单后{_minutes(took)}才交办" if took > SLOW else ""
    yield Part(when(_at(subject, first)), subject.registry.center(), ASSIGNING, took, note)


def _between(subject: Subject, given: Event | None) -> int:
    """What went by from dispatch to an assignment: working minutes, or minutes by the wall for a
    special or emergency matter (art. 7-4)."""
    course, calendar = subject.course, subject.calendar
    if given is None:
        return 0
    if course.header["urgency"] != "normal":
        time = given.at - course.dispatched_at
    else:
        time = calendar.working_time(course.dispatched_at, given.at, _LONGEST)
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
