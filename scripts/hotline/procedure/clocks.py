"""Every clock of a case (arts. 7 to 10, and practice), and its status at a moment.

The clocks follow from the timeline, the policy and the calendar alone. Only
:func:`status` takes a time, so everything else can be kept for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from hotline.procedure.calendar import Calendar
from hotline.procedure.due import Due, after_limit, one_day_before, until, until_day
from hotline.procedure.duty import Lapse, Round, rounds
from hotline.procedure.policy import Policy
from hotline.procedure.timeline import Timeline
from hotline.values.case import Event
from hotline.values.times import parse_date, parse_time

Status = Literal["running", "due_soon", "overdue", "met", "late", "void"]

CLOCKS: dict[str, str] = {
    "sign": "签收",
    "return": "退单",
    "first_response": "初步响应",
    "reply": "答复",
    "support": "协办意见",
    "promise": "承诺办结",
    "progress": "进展报送",
    "redo": "重办",
    "screening": "甄别",
    "supervision": "督办",
}
STATUSES: dict[str, str] = {
    "running": "计时中",
    "due_soon": "即将到期",
    "overdue": "已超期",
    "met": "按时完成",
    "late": "逾期完成",
    "void": "不再计时",
}


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of one unit. Times carry the calendar's zone."""

    name: str
    unit: str | None
    due: Due
    article: str
    policy: str
    opened_by: Event | None = None
    done_by: Event | None = None
    done_at: datetime | None = None
    is_void: bool = False
    is_right: bool = False
    """A right, not a duty: it lapses unasked and is never overdue."""
    provisional: bool = False
    was_late: bool = False
    """Late by the times first written: a corrected ``at`` never makes it met."""
    decision_pending: bool = False
    """An extension or interim closing asked in time is not decided yet."""
    lapses: tuple[Lapse, ...] = ()
    """Stretches in which it was overdue before a reclassification moved it."""
    notes: tuple[str, ...] = field(default=())
    """Chinese: what else shaped the due moment (extensions, laws, reclassification)."""

    @property
    def started_at(self) -> datetime:
        return self.due.start

    @property
    def due_at(self) -> datetime:
        return self.due.at

    @property
    def is_running(self) -> bool:
        """Neither done nor void."""
        return self.done_at is None and not self.is_void

    @property
    def is_late(self) -> bool:
        """Done after the due moment; what is done at the due second is in time."""
        return self.done_at is not None and (self.was_late or self.done_at > self.due.at)


def status(clock: Clock, now: datetime, calendar: Calendar) -> Status:
    """How the clock stands at ``now``.

    ``due_soon``: half the limit or less is left, and never more than one working day,
    measured in the clock's own time.
    """
    if clock.is_void:
        return "void"
    if clock.done_at is not None:
        return "late" if clock.is_late else "met"
    if now > clock.due.at:
        return "void" if clock.is_right else "overdue"
    if clock.is_right:
        return "running"
    day = timedelta(minutes=calendar.minutes_of(clock.due.at.date()))
    near = min(timedelta(minutes=clock.due.own_minutes / 2), day)
    if clock.due.wall:
        left = clock.due.at - now
    else:
        # One second more than is asked, so that "more than near" can be told.
        left = calendar.working_time(now, clock.due.at, near + timedelta(seconds=1))
    return "due_soon" if left <= near else "running"


def clocks(course: Timeline, policy: Policy | None, calendar: Calendar) -> tuple[Clock, ...]:
    """Every clock that started, in the order of the contract, then of its start.

    None before the first policy: the measure does not reach back (X011).
    """
    if policy is None:
        return ()
    found = _all(course, policy, calendar)
    if course.uncorrected is not None:
        found = _never_from_late_to_met(found, _all(course.uncorrected, policy, calendar))
    return found


def _all(course: Timeline, policy: Policy, calendar: Calendar) -> tuple[Clock, ...]:
    maker = _Maker(course, policy, calendar)
    order = {name: number for number, name in enumerate(CLOCKS)}
    made = sorted(maker.make(), key=lambda clock: order[clock.name])
    if course.state == "returned":
        made = [replace(clock, is_void=True) for clock in made]
    return tuple(made)


def _never_from_late_to_met(
    moved: tuple[Clock, ...], written: tuple[Clock, ...]
) -> tuple[Clock, ...]:
    """Keeps lateness where only a corrected ``at`` would remove it (art. 12: true archives)."""
    late: set[tuple[str, str | None, int]] = set()
    late.update(key for key, clock in _numbered(written) if clock.is_late)
    return tuple(
        replace(clock, was_late=True) if key in late and clock.done_at else clock
        for key, clock in _numbered(moved)
    )


def _numbered(all_: tuple[Clock, ...]) -> Iterator[tuple[tuple[str, str | None, int], Clock]]:
    seen: dict[tuple[str, str | None], int] = {}
    for clock in all_:
        pair = (clock.name, clock.unit)
        seen[pair] = seen.get(pair, 0) + 1
        yield (*pair, seen[pair]), clock


class _Maker:
    """Makes the clocks of one case; one method per clock of the contract."""

    def __init__(self, course: Timeline, policy: Policy, calendar: Calendar) -> None:
        self.course = course
        self.policy = policy
        self.calendar = calendar
        self.day_count = str(policy.switch("day_count", "next_day_close"))
        self.rounds = rounds(course, policy, calendar)
        self.ended_at = self._end()

    def make(self) -> Iterator[Clock]:
        for first, assignment, until_ in self._assignments():
            yield from self._sign_and_return(first, assignment, until_)
            if assignment is not None:
                yield from self._support(first, assignment, until_)
        yield from self._first_response()
        for round_ in self.rounds:
            yield self._reply(round_)
        yield from self._promise_and_progress()
        yield from self._screening()
        yield from self._supervision()

    # --- helpers ------------------------------------------------------------------------

    def _end(self) -> Event | None:
        """The event that ends what is still running: withdrawal or closing."""
        return next(
            (s.event for s in self.course.steps if s.event.type in ("withdrawn", "closed")), None
        )

    def _clock(
        self, name: str, unit: str | None, due: Due, article: str, opened_by: Event | None,
        done_by: Event | None = None, *, void: bool = False, done_at: datetime | None = None,
        notes: tuple[str, ...] = (),
    ) -> Clock:  # fmt: skip
        done = done_at or (done_by.at if done_by else None)
        local = self.calendar.local(done) if done else None
        provisional = self.calendar.is_provisional(due.start.date(), due.at.date())
        return Clock(
            name, unit, due, article, self.policy.version, opened_by, done_by, local,
            is_void=void and local is None, provisional=provisional, notes=notes,
        )  # fmt: skip

    def _after(self, name: tuple[str, ...], start: datetime) -> Due:
        limit = self.policy.limit(*name)
        return after_limit(limit, start, self.calendar, day_count=self.day_count)

    def _lead(self) -> str | None:
        """The lead in force, or the last there was (an order returned upstream keeps it)."""
        assignment = self.course.last("assigned")
        return self.course.final.lead or (assignment.get("lead") if assignment else None)

    def _first(
        self, since: Event | None, before: Event | None, *types: str, by: str | None = None
    ) -> Event | None:
        """The first event of ``types`` after ``since`` and not after ``before``."""
        reached = since is None
        for step in self.course.steps:
            event = step.event
            if reached and event.type in types and (by is None or event.by == by):
                return event
            reached = reached or event is since or _same(event, since)
            if before is not None and _same(event, before):
                return None
        return None

    def _assignments(self) -> Iterator[tuple[bool, Event | None, Event | None]]:
        """(is the first, the assignment, the approved return that ended it).

        Before anybody is assigned the first pair of clocks runs without a unit.
        """
        current: Event | None = None
        first = True
        for step in self.course.steps:
            event = step.event
            if event.type == "assigned":
                if current is not None:
                    yield first, current, event
                    first = False
                current = event
            elif event.type == "return_decided" and event.get("approved") and current is not None:
                yield first, current, event
                current, first = None, False
        if current is not None or first:
            yield first, current, None

    # --- art. 7 (1), (5) ----------------------------------------------------------------

    def _sign_and_return(
        self, first: bool, assignment: Event | None, until_: Event | None
    ) -> Iterator[Clock]:
        restart = self.policy.switch("reassignment", "restart_sign_and_return") != "from_dispatch"
        start = self.course.dispatched_at
        if assignment is not None and not first and restart:
            start = assignment.at
        lead = assignment.get("lead") if assignment else None
        signed = asked = None
        if assignment is not None:
            signed = self._first(assignment, until_, "signed", by=lead)
            asked = self._first(assignment, until_, "return_requested", by=lead)
        answered = (
            self._first(assignment, until_, "replied", "terminated") or self._granted_interim()
        )
        over = bool(until_ or answered or self.ended_at)
        due = self._after(("sign",), start)
        yield self._clock("sign", lead, due, "art. 7-1", assignment, signed, void=over)
        due = self._after(("return",), start)
        right = self._clock("return", lead, due, "art. 7-5", assignment, asked, void=over)
        yield replace(right, is_right=True)

    def _granted_interim(self) -> Event | None:
        return next((d for _, d in self._interims()), None)

    # --- art. 6 (1), practice -----------------------------------------------------------

    def _support(self, first: bool, assignment: Event, until_: Event | None) -> Iterator[Clock]:
        reply = self.rounds[0]
        answered = self._first(assignment, until_, "replied", "terminated")
        over = bool(until_ or answered or self.ended_at)
        days = self.policy.limit("support").amount
        start = self.course.dispatched_at if first else assignment.at
        for unit in dict.fromkeys(assignment.get("support") or ()):
            due = replace(reply.due, start=self.calendar.local(start))
            for _ in range(days):
                due = one_day_before(
                    due, self.calendar, day_count=self.day_count, single_day=reply.due.days <= days
                )
            given = self._first(None, until_, "support_opinion", by=unit)
            yield self._clock("support", unit, due, "practice", assignment, given, void=over)

    # --- art. 7 (4) ---------------------------------------------------------------------

    def _first_response(self) -> Iterator[Clock]:
        urgency, start, by = self.course.header["urgency"], self.course.dispatched_at, None
        stretches = []
        for step in self.course.of("reclassified"):
            new = step.event.get("urgency", urgency)
            if new != urgency:
                stretches.append((urgency, start, by, step.event))
                urgency, start, by = new, step.event.at, step.event
        stretches.append((urgency, start, by, None))
        for urgency, start, by, ended in stretches:
            if urgency == "normal":
                continue
            due = self._after(("first_response", urgency), start)
            given = self._first(by, ended, "first_response")
            if given is None and ended is not None and self._first(by, ended, "replied") is None:
                continue  # the reclassification takes the clock with it
            answered = self._first(by, ended, "replied", "terminated")
            over = bool(answered or self.ended_at)
            yield self._clock("first_response", self._lead(), due, "art. 7-4", by, given, void=over)
            if given is not None:
                return  # a clock met stays met

    # --- art. 7 (1), (3), (4); art. 9 ---------------------------------------------------

    def _reply(self, round_: Round) -> Clock:
        name = "redo" if round_.opened_by else "reply"
        unit = self._redo_unit(round_.opened_by) if round_.opened_by else self._lead()
        opened_by = round_.opened_by or self.course.final.assignment
        article = "practice" if round_.opened_by else round_.article
        clock = self._clock(
            name, unit, round_.due, article, opened_by, round_.done_by,
            done_at=round_.done_at, void=self.ended_at is not None, notes=round_.notes,
        )  # fmt: skip
        pending = round_.decision_pending and clock.is_running
        return replace(clock, decision_pending=pending, lapses=round_.lapses)

    def _redo_unit(self, ordered: Event) -> str | None:
        step = next(s for s in self.course.steps if _same(s.event, ordered))
        return step.after.redo_lead

    # --- art. 7 (3) ---------------------------------------------------------------------

    def _interims(self) -> list[tuple[Event, Event]]:
        """Granted interim closings: (request, decision)."""
        return [
            (step.before.pending["interim"], step.event)
            for step in self.course.of("interim_decided")
            if step.event.get("approved") and "interim" in step.before.pending
        ]

    def _promise_and_progress(self) -> Iterator[Clock]:
        closed = self.ended_at
        for number, (request, decision) in enumerate(self._interims()):
            yield from self._promise(request, decision)
            if number == 0 and not request.get("statutory"):
                yield from self._progress(decision, closed)

    def _promise(self, request: Event, decision: Event) -> Iterator[Clock]:
        days = [request.get("promised_on"), (request.get("statutory") or {}).get("due_on")]
        promised = [parse_date(day) for day in days if day]
        if not promised:
            return
        due = until_day(min(promised), decision.at, self.calendar, "承诺办结之日下班时到期")
        done = self._first(decision, None, "replied", "terminated")
        yield self._clock(
            "promise", self._lead(), due, "art. 7-3", request, done, void=self.ended_at is not None
        )

    def _progress(self, decision: Event, closed: Event | None) -> Iterator[Clock]:
        limit = self.policy.limit("progress")
        fixed = self.policy.switch("progress_rhythm", "since_last") == "fixed"
        start, since, number = decision.at, decision, 1
        while True:
            if fixed:
                count = replace(limit, amount=limit.amount * number)
                due = after_limit(count, decision.at, self.calendar, day_count=self.day_count)
                due = replace(due, start=self.calendar.local(start))
            else:
                due = after_limit(limit, start, self.calendar, day_count=self.day_count)
            report = self._report_after(since)
            yield self._clock(
                "progress", self._lead(), due, "art. 7-3", since, report, void=closed is not None
            )
            if report is None:
                return
            start, since, number = report.at, report, number + 1

    def _report_after(self, since: Event) -> Event | None:
        """The lead's next report: ``progress`` or ``replied``; a support unit's does not count."""
        reached = False
        for step in self.course.steps:
            event = step.event
            if reached and event.type == "closed":
                return None
            if reached and event.type in ("progress", "replied") and event.by == step.before.lead:
                return event
            reached = reached or _same(event, since)
        return None

    # --- art. 10 ------------------------------------------------------------------------

    def _screening(self) -> Iterator[Clock]:
        for step in self.course.of("callback"):
            event = step.event
            if "dissatisfied" not in (event.get("process"), event.get("result")):
                continue
            ended = self._first(event, None, "redo_ordered", "closed", "withdrawn")
            asked = self._first(event, ended, "screening_requested")
            decided = self._first(event, ended, "screening_decided")
            due, provisional = self._cutoff(event.at)
            clock = self._clock(
                "screening", self._lead(), due, "art. 10", event, decided, void=ended is not None
            )
            yield replace(
                clock, is_right=asked is None, provisional=clock.provisional or provisional
            )

    def _cutoff(self, at: datetime) -> tuple[Due, bool]:
        local = self.calendar.local(at)
        cutoff = next((c for c in self.calendar.cutoffs if c >= at), None)
        if cutoff is not None:
            return until(cutoff, at, self.calendar, "市平台公布的满意率测算时间"), False
        last = self.calendar.last_working_day_of_month(local.date())
        if self.calendar.close(last) < local:
            following = local.date().replace(day=1) + timedelta(days=32)
            last = self.calendar.last_working_day_of_month(following)
        rule = "测算时间未公布，暂按当月最后一个工作日下班时"
        return until(self.calendar.close(last), at, self.calendar, rule), True

    # --- arts. 19, 20 -------------------------------------------------------------------

    def _supervision(self) -> Iterator[Clock]:
        closed_by: dict[int, Event] = {}
        for step in self.course.of("supervision_closed"):
            for opened in step.before.supervisions:
                if opened not in step.after.supervisions:
                    closed_by[opened.index] = step.event
        for step in self.course.of("supervision_opened"):
            event = step.event
            article = "art. 19" if event.get("level") == "bureau" else "art. 20"
            due = until(
                parse_time(event.get("due_at")), event.at, self.calendar, "督办通知写明的期限"
            )
            done = closed_by.get(event.index)
            yield self._clock(
                "supervision", step.before.lead or self._lead(), due, article, event, done
            )


def _same(event: Event, other: Event | None) -> bool:
    return other is not None and event.index == other.index
