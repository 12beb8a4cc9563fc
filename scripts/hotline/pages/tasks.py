"""What can be done now about an order, by whom, and with which command.

Every clock that asks for something gives one task to the unit that it runs for; what
waits for the managing body (受理、交办、审核、回访、办结) has often no clock of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hotline.pages.models import ClockRow, Task
from hotline.values.case import Event
from hotline.values.registry import Registry
from hotline.views.case_view import CaseView

_EVENTS: dict[str, tuple[str, str]] = {
    "sign": ("签收", "signed"),
    "return": ("申请退单（不属本单位职责时）", "return_requested"),
    "first_response": ("反馈初步响应", "first_response"),
    "reply": ("答复诉求人并反馈", "replied"),
    "support": ("给主办单位协办意见", "support_opinion"),
    "promise": ("兑现承诺，答复反馈", "replied"),
    "progress": ("报送工作进展", "progress"),
    "redo": ("重新办理并答复", "replied"),
    "supervision": ("落实督办要求，报送进展", "progress"),
}
_DECISIONS = {
    "extension": ("审核延期申请", "extension_decided"),
    "return": ("审核退单申请", "return_decided"),
    "interim": ("审核临时办结申请", "interim_decided"),
}


def tasks(view: CaseView, clocks: Sequence[ClockRow], registry: Registry) -> Iterator[Task]:
    """The tasks of an open order, in the order of its clocks, the center's own last."""
    center = registry.center()
    standing = view.subject.course.final
    own = list(_of_center(view, clocks, center))
    for clock in clocks:
        if clock.counts and not (clock.unit is None and own):
            yield _of_clock(view, clock, center)
    yield from own
    for opened in standing.supervisions:
        yield Task(
            opened.by, "督办销号", command(view.id, "supervision_closed"),
            _supervision(clocks), note="见实效或未见实效，写明结果",
        )  # fmt: skip


def command(case: str, event: str) -> str:
    return f"hotline add {case} {event}"


def _of_clock(view: CaseView, clock: ClockRow, center: str) -> Task:
    note = "申请待审核" if clock.pending else ""
    if clock.name == "screening":
        if clock.is_right:
            return Task(
                clock.unit or center, "申请甄别（符合条件时）",
                command(view.id, "screening_requested"), clock, is_right=True,
            )  # fmt: skip
        return Task(center, "作出甄别结论", command(view.id, "screening_decided"), clock)
    act, event = _EVENTS[clock.name]
    unit = clock.unit or center
    return Task(unit, act, command(view.id, event), clock, note, clock.is_right)


def _of_center(view: CaseView, clocks: Sequence[ClockRow], center: str) -> Iterator[Task]:
    """What waits for the managing body; the clock is the one that the wait endangers."""
    standing = view.subject.course.final
    sign = next((c for c in clocks if c.name == "sign" and c.counts), None)
    answer = next((c for c in clocks if c.name in ("redo", "reply") and c.counts), None)
    if standing.withdrawn:
        yield Task(center, "办结（诉求人已撤回）", command(view.id, "closed"))
        return
    if view.state == "new":
        yield Task(center, "受理", command(view.id, "accepted"), sign)
    elif view.state == "accepted":
        yield Task(center, "交办", command(view.id, "assigned"), sign)
    elif view.state == "replied":
        yield _after_reply(view, center)
    for name, request in standing.pending.items():
        act, event = _DECISIONS[name]
        note = f"{_day(request)}申请"
        yield Task(center, act, command(view.id, event), answer, note)


def _after_reply(view: CaseView, center: str) -> Task:
    callback = view.subject.course.last("callback")
    reply = view.subject.course.last("replied", "terminated")
    known = callback is not None and reply is not None and callback.index > reply.index
    if not known or callback is None or not callback.get("reached"):
        return Task(center, "登记回访", command(view.id, "callback"))
    if "dissatisfied" in (callback.get("process"), callback.get("result")):
        return Task(center, "不满意：重办或办结", command(view.id, "redo_ordered"))
    return Task(center, "办结", command(view.id, "closed"))


def _supervision(clocks: Sequence[ClockRow]) -> ClockRow | None:
    return next((c for c in clocks if c.name == "supervision" and c.counts), None)


def _day(event: Event) -> str:
    return f"{event.at.month}月{event.at.day}日"
