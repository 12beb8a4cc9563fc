"""What can be done now about an order, by whom, and with which command.

Every clock that asks for something gives one task to the unit that it runs for, with the
command that the escalation plan names too; what
waits for the managing body (受理、交办、审核、回访、办结) has often no clock of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from hotline.pages.models import ClockRow, Task
from hotline.values.case import Event
from hotline.values.registry import Registry
from hotline.views.act import act_for
from hotline.views.case_view import CaseView, ClockView

_ACTS: dict[str, str] = {
    "sign": "签收",
    "return": "申请退单（不属本单位职责时）",
    "first_response": "反馈初步响应",
    "reply": "答复诉求人并反馈",
    "support": "给主办单位协办意见",
    "promise": "兑现承诺，答复反馈",
    "progress": "报送工作进展",
    "redo": "重新办理并答复",
    "supervision": "落实督办要求，报送进展",
}
_DECISIONS = {
    "extension": ("审核延期申请", "extension_decided", "approved=… city_approved=…"),
    "return": ("审核退单申请", "return_decided", "approved=… opinion=…"),
    "interim": ("审核临时办结申请", "interim_decided", "approved=…"),
}


def tasks(view: CaseView, clocks: Sequence[ClockRow], registry: Registry) -> Iterator[Task]:
    """The tasks of an open order, in the order of its clocks, the center's own last.

    ``clocks`` are the rows of ``view.clocks``, one by one.
    """
    center = registry.center()
    standing = view.subject.course.final
    own = list(_of_center(view, clocks, center))
    if _has_to_contact(view):
        words = command(view.id, "contacted", "method=… summary=…")
        yield Task(
            str(standing.lead), "联系诉求人，告知收悉", words, note="及时（第七条第（二）项）"
        )
    for each, clock in zip(view.clocks, clocks, strict=True):
        if clock.counts and not (clock.unit is None and own):
            yield _of_clock(view, each, clock, center)
    yield from own
    for opened in standing.supervisions:
        yield Task(
            opened.by, "督办销号",
            command(view.id, "supervision_closed", f"--by {opened.by} result=… outcome=…"),
            _supervision(view, clocks, opened), note="见实效或未见实效，写明结果",
        )  # fmt: skip


def _has_to_contact(view: CaseView) -> bool:
    """Whether the lead has still to tell the petitioner that the order is in hand (art. 7-2)."""
    course = view.subject.course
    can = view.state == "handling" and course.final.redo is None
    return can and not (course.is_confidential or course.is_anonymous or course.of("contacted"))


def rights(view: CaseView, clocks: Sequence[ClockRow]) -> Iterator[Task]:
    """What the lead may ask for beside its duties, while it may: more days (art. 7-3), or to
    close for the time being. ``clocks`` are the rows of the order's clocks."""
    course, calendar = view.subject.course, view.subject.calendar
    answer = next((c for c in clocks if c.name == "reply" and c.counts), None)
    lead = course.final.lead
    if view.state != "handling" or answer is None or lead is None or view.now > answer.due_at:
        return
    if "extension" not in course.final.pending:
        last = calendar.close(calendar.working_day_before(answer.due_at.date()))
        usual = "咨询件原则上不延期；" if course.current("kind") == "consultation" else ""
        note = f"{usual}最迟 {_minute(last)} 申请" if view.now <= last else f"{usual}已过申请的时间"
        words = "days=… reason=… petitioner_informed=…"
        if course.current("urgency") != "normal":
            words = "statutory.law=… statutory.due_on=… reason=… petitioner_informed=…"
        extension = command(view.id, "extension_requested", words)
        yield Task(lead, "申请延期（确有原因时）", extension, None, note, is_right=True)
    if "interim" not in course.final.pending:
        words = "ground=… situation=… next_steps=… promised_on=…"
        interim = command(view.id, "interim_requested", words)
        note = f"{_minute(answer.due_at)} 以前申请"
        act = "申请临时办结（情况复杂或已立案时）"
        yield Task(lead, act, interim, None, note, is_right=True)


def command(case: str, event: str, fields: str = "") -> str:
    return f"hotline add {case} {event} {fields}".rstrip()


def _of_clock(view: CaseView, each: ClockView, clock: ClockRow, center: str) -> Task:
    unit = clock.unit or center
    note = "申请待审核" if clock.pending else ""
    if clock.name == "screening" and clock.is_right:
        words = command(view.id, "screening_requested", "ground=… statement=…")
        return Task(unit, "申请甄别（符合条件时）", words, clock, is_right=True)
    if clock.name == "screening":
        return Task(center, "作出甄别结论", act_for(view, each).command, clock)
    if clock.name == "return":
        words = command(view.id, "return_requested", "reason=… legal_basis=… suggested_unit=…")
        return Task(unit, _ACTS["return"], words, clock, note, is_right=True)
    if clock.name == "supervision":
        words = command(view.id, "progress", f"--by {unit} text=…")
        return Task(unit, _ACTS["supervision"], words, clock)
    act = act_for(view, each)
    if act.event == "signed" and clock.name != "sign":
        note = "先签收"
    return Task(unit, _ACTS[clock.name], act.command, clock, note)


def _of_center(view: CaseView, clocks: Sequence[ClockRow], center: str) -> Iterator[Task]:
    """What waits for the managing body; the clock is the one that the wait endangers."""
    standing = view.subject.course.final
    sign = next((c for c in clocks if c.name == "sign" and c.counts), None)
    answer = next((c for c in clocks if c.name in ("redo", "reply") and c.counts), None)
    if standing.withdrawn:
        yield Task(center, "办结（诉求人已撤回）", command(view.id, "closed", "ground=withdrawn"))
        return
    if view.state == "new":
        yield Task(center, "受理", command(view.id, "accepted"), sign)
    elif view.state == "accepted":
        yield Task(center, "交办", command(view.id, "assigned", "lead=… support= basis=…"), sign)
    elif view.state == "replied":
        yield _after_reply(view, center)
    for name, request in standing.pending.items():
        act, event, fields = _DECISIONS[name]
        note = f"{_day(request)}申请"
        yield Task(center, act, command(view.id, event, fields), answer, note)


def _after_reply(view: CaseView, center: str) -> Task:
    callback = view.subject.course.last("callback")
    reply = view.subject.course.last("replied", "terminated")
    known = callback is not None and reply is not None and callback.index > reply.index
    if not known or callback is None or not callback.get("reached"):
        return Task(
            center,
            "登记回访",
            command(view.id, "callback", "source=… reached=… process=… result=…"),
        )
    if "dissatisfied" in (callback.get("process"), callback.get("result")):
        return Task(
            center,
            "不满意：重办或办结",
            command(view.id, "redo_ordered", "cause=dissatisfied reason=…"),
        )
    return Task(center, "办结", command(view.id, "closed", "ground=satisfied"))


def _supervision(view: CaseView, clocks: Sequence[ClockRow], opened: Event) -> ClockRow | None:
    """The row of the very supervision that ``opened``."""
    for each, row in zip(view.clocks, clocks, strict=True):
        by = each.clock.opened_by
        if row.name == "supervision" and by is not None and by.index == opened.index:
            return row
    return None


def _minute(moment: datetime) -> str:
    return f"{moment.month}月{moment.day}日 {moment:%H:%M}"


def _day(event: Event) -> str:
    return f"{event.at.month}月{event.at.day}日"
