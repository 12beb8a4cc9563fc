"""Every clock of a case (arts. 7 to 10, and practice), and its status at a moment.

The clocks follow from the timeline, the policy and the calendar alone. Only
:func:`status` takes a time, so everything else can be kept for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from hotline.procedure.calendar import Calendar
from hotline.procedure.due import Due, after_limit, one_day_before, until, until_day
from hotline.procedure.duty import Lapse, Round, rounds
from hotline.procedure.policy import Policy
from hotline.procedure.timeline import Step, Timeline
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


class Clock(NamedTuple):
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
    notes: tuple[str, ...] = ()
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


def is_overdue(clock: Clock, now: datetime) -> bool:
    """Whether its :func:`status` is ``overdue``, without asking how much is left."""
    return clock.is_running and not clock.is_right and now > clock.due.at


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


def clocks(
    course: Timeline, policy: Policy | None, calendar: Calendar,
    duties: tuple[Round, ...] | None = None,
) -> tuple[Clock, ...]:  # fmt: skip
    """Every clock that started, in the order of the contract, then of its start. ``duties``
    are the rounds of the course, where they are known already.

    None before the first policy: the measure does not reach back (X011).
    """
    if policy is None:
        return ()
    found = _all(course, policy, calendar, duties)
    if course.uncorrected is not None:
        written = _all(course.uncorrected, policy, calendar, None)
        found = _never_from_late_to_met(found, written)
    return found


_ORDER = {name: number for number, name in enumerate(CLOCKS)}


def _all(
    course: Timeline, policy: Policy, calendar: Calendar, duties: tuple[Round, ...] | None
) -> tuple[Clock, ...]:
    maker = _Maker(course, policy, calendar, duties)
    made = sorted(maker.make(), key=lambda clock: _ORDER[clock.name])
    if course.state == "returned":
        made = [clock._replace(is_void=True) for clock in made]
    return tuple(made)


def _never_from_late_to_met(
    moved: tuple[Clock, ...], written: tuple[Clock, ...]
) -> tuple[Clock, ...]:
    """Keeps lateness where only a corrected ``at`` would remove it (art. 12: true archives)."""
    before = dict(_numbered(written))
    return tuple(_kept(before.get(key), clock) for key, clock in _numbered(moved))


def _kept(written: Clock | None, moved: Clock) -> Clock:
    if written is None or moved.done_at is None:
        return moved
    if written.is_running:
        return written  # asked too late to meet it, and a moved request does not meet it either
    return moved._replace(was_late=True) if written.is_late else moved


def _numbered(all_: tuple[Clock, ...]) -> Iterator[tuple[tuple[str, str | None, int], Clock]]:
    seen: dict[tuple[str, str | None], int] = {}
    for clock in all_:
        pair = (clock.name, clock.unit)
        seen[pair] = seen.get(pair, 0) + 1
        yield (*pair, seen[pair]), clock


_RESTARTED = ("退单后重新交办的，签收和退单从重新交办起算（工作惯例，政策 reassignment）",)
DISPATCH = -1
"""The place before the first event."""
_ANSWERS = ("replied", "terminated")
_ENDS = ("withdrawn", "closed")
_ANSWERS_AND_ENDS = frozenset((*_ANSWERS, *_ENDS))


class _Maker:
    """Makes the clocks of one case; one method per clock of the contract.

    A *place* is the index of an event. A clock runs from its place to the first event
    that does it or makes it void.
    """

    def __init__(
        self, course: Timeline, policy: Policy, calendar: Calendar,
        duties: tuple[Round, ...] | None,
    ) -> None:  # fmt: skip
        self.course = course
        self.policy = policy
        self.calendar = calendar
        self.version = policy.version
        self.day_count = str(policy.switch("day_count", "next_day_close"))
        self.rounds = rounds(course, policy, calendar) if duties is None else duties
        self.restarts = policy.switch("reassignment", "restart_sign_and_return") != "from_dispatch"

    def make(self) -> Iterator[Clock]:
        assignments = [step.event for step in self.course.of("assigned")]
        if not assignments:
            yield from self._sign_and_return(None, is_first=True)
        for number, assignment in enumerate(assignments):
            yield from self._sign_and_return(assignment, is_first=number == 0)
            yield from self._support(assignment, is_first=number == 0)
        yield from self._first_response()
        for round_ in self.rounds:
            yield self._answer(round_)
        if "interim_decided" in self.course.by_type:
            yield from self._promise()
            yield from self._progress()
        yield from self._screening()
        yield from self._supervision()

    # --- helpers ------------------------------------------------------------------------

    def _clock(
        self, name: str, unit: str | None, due: Due, article: str, opened_by: Event | None,
        done_by: Event | None = None, *, void: bool = False, is_right: bool = False,
        provisional: bool = False, pending: bool = False, lapses: tuple[Lapse, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> Clock:  # fmt: skip
        calendar = self.calendar
        return Clock(
            name, unit, due, article, self.version, opened_by, done_by,
            calendar.local(done_by.at) if done_by else None, void and done_by is None, is_right,
            provisional or calendar.is_provisional(due.start, due.at), False, pending, lapses,
            notes,
        )  # fmt: skip

    def _after(self, *name: str, start: datetime) -> Due:
        limit = self.policy.limit(*name)
        return after_limit(limit, start, self.calendar, day_count=self.day_count)

    def _since(self, place: int) -> Sequence[Step]:
        """The steps after the event at ``place``."""
        return self.course.steps[place + 1 :]

    def _next(self, place: int, *types: str) -> Event | None:
        return next((s.event for s in self._since(place) if s.event.type in types), None)

    def _lead_at(self, event: Event | None) -> str | None:
        """Whose the clock is: the lead when it ended, or now while it runs."""
        if event is None:
            return self.course.final.lead
        return self.course.steps[event.index].before.lead

    # --- art. 7 (1), (5) ----------------------------------------------------------------

    def _sign_and_return(self, assignment: Event | None, *, is_first: bool) -> Iterator[Clock]:
        start = self.course.dispatched_at
        notes: tuple[str, ...] = ()
        if assignment is not None and not is_first and self.restarts:
            start, notes = assignment.at, _RESTARTED
        lead = assignment.get("lead") if assignment else None
        place = assignment.index if assignment else DISPATCH
        due = self._after("sign", start=start)
        signed, over = self._ended(place, "signed")
        yield self._clock("sign", lead, due, "art. 7-1", assignment, signed, void=over, notes=notes)
        due = self._after("return", start=start)
        asked, over = self._ended(place, "return_requested")
        yield self._clock(
            "return", lead, due, "art. 7-5", assignment, asked, void=over, is_right=True,
            notes=notes,
        )  # fmt: skip

    def _ended(self, place: int, type_: str) -> tuple[Event | None, bool]:
        """(the act, whether something made it needless). One by the wrong unit counts too: that
        it was the wrong unit is W002.

        A return asked after the answer (in a redo) is still one asked too late.
        """
        over = False
        for step in self._since(place):
            event = step.event
            if event.type == type_ and (not over or type_ != "signed"):
                return event, over
            if event.type == "assigned" or (
                event.type == "return_decided" and event.get("approved")
            ):
                return None, True
            granted = event.type == "interim_decided" and event.get("approved")
            over = over or bool(granted) or event.type in _ANSWERS_AND_ENDS
        return None, over

    # --- art. 6 (1), practice -----------------------------------------------------------

    def _support(self, assignment: Event, *, is_first: bool) -> Iterator[Clock]:
        units = dict.fromkeys(assignment.get("support") or ())
        units.pop(assignment.get("lead"), None)  # W010 tells; it is no duty of its own
        if not units:
            return
        start = self.calendar.local(self.course.dispatched_at if is_first else assignment.at)
        reply = self._round_at(assignment.index)
        answered = reply.done_by.index if reply.done_by else len(self.course.steps)
        for unit in units:
            given, ended = self._opinion(assignment.index, unit)
            end = given or ended
            last = min(end.index, answered) if end else answered
            due = self._one_day_before(reply.due_at(last), start)
            yield self._clock(
                "support", unit, due, "practice", assignment, given, void=ended is not None
            )

    def _one_day_before(self, reply: Due, start: datetime) -> Due:
        due = reply if reply.start == start else reply._replace(start=start)
        if due.at <= start:  # assigned when the answer was overdue already
            return after_limit(
                self.policy.limit("support"), start, self.calendar, day_count=self.day_count
            )
        reply = due
        for _ in range(self.policy.limit("support").amount):
            due = one_day_before(due, self.calendar, day_count=self.day_count)
        if due.at < reply.at:
            days = self.calendar.working_days_between(due.at.date(), reply.at.date())
            rule = f"答复期限 {reply.at:%Y-%m-%d %H:%M} 前{days}个工作日"
            due = due._replace(rule=rule)
        return due

    def _round_at(self, place: int) -> Round:
        """The round of handling in which the event at ``place`` lies."""
        return next(
            r for r in reversed(self.rounds) if r.opened_by is None or r.opened_by.index < place
        )

    def _opinion(self, place: int, unit: str) -> tuple[Event | None, Event | None]:
        """(the unit's opinion, what ended the wait for it)."""
        for step in self._since(place):
            event = step.event
            if event.type == "support_opinion" and event.by == unit:
                return event, None
            returned = event.type == "return_decided" and event.get("approved")
            if returned or event.type == "assigned" or event.type in _ANSWERS_AND_ENDS:
                return None, event
        return None, None

    # --- art. 7 (4) ---------------------------------------------------------------------

    def _first_response(self) -> Iterator[Clock]:
        """One for each stretch in which the order is special or emergency. A change between
        the two moves a clock that still runs; one that was met stays the only one."""
        if self.course.header["urgency"] == "normal" and "reclassified" not in self.course.by_type:
            return
        stretches = list(self._urgencies())
        met = False
        lapses: list[Lapse] = []
        for (urgency, start, by), following in zip(stretches, [*stretches[1:], None], strict=True):
            if urgency == "normal":
                met = False
            if urgency == "normal" or met:
                continue
            until_ = following[2] if following else None
            given, over = self._response(by, until_)
            met = given is not None
            due = self._after("first_response", urgency, start=start)
            if following and not given and not over and due.at < following[1]:
                lapses.append(Lapse(due.at, self.calendar.local(following[1])))
            if following and not given and not over:
                if following[0] != "normal":
                    continue
                over = True
            unit = self._lead_at(given or until_)
            yield self._clock(
                "first_response", unit, due, "art. 7-4", by, given, void=over, lapses=tuple(lapses)
            )
            lapses = []

    def _urgencies(self) -> Iterator[tuple[str, datetime, Event | None]]:
        """(urgency, since when, by which reclassification)."""
        urgency = str(self.course.header["urgency"])
        yield urgency, self.course.dispatched_at, None
        for step in self.course.of("reclassified"):
            new = step.event.get("urgency", urgency)
            if new != urgency:
                urgency = new
                yield new, step.event.at, step.event

    def _response(self, by: Event | None, until_: Event | None) -> tuple[Event | None, bool]:
        """(the first response, whether the order was answered or ended without one)."""
        place = by.index if by else DISPATCH
        if by is not None:
            step = self.course.steps[place]
            if step.before.state not in ("accepted", "assigned", "handling", "interim", "new"):
                return None, True  # answered already: nothing is left to respond to
        for step in self._since(place):
            event = step.event
            if until_ is not None and event.index >= until_.index:
                break
            if event.type == "first_response":
                return event, False
            if event.type in _ANSWERS_AND_ENDS:
                return None, True
        return None, False

    # --- art. 7 (1), (3), (4); art. 9 ---------------------------------------------------

    def _answer(self, round_: Round) -> Clock:
        redo = round_.opened_by
        unit = self._lead_at(round_.done_by)
        return self._clock(
            "redo" if redo else "reply", unit, round_.due, "practice" if redo else round_.article,
            redo or self.course.last("assigned"), round_.done_by, void=round_.is_void,
            pending=round_.decision_pending, lapses=round_.lapses, notes=round_.notes,
        )  # fmt: skip

    # --- art. 7 (3) ---------------------------------------------------------------------

    def _interims(self) -> Iterator[tuple[Event, Event]]:
        """Granted interim closings: (request, decision)."""
        for step in self.course.of("interim_decided"):
            request = step.before.pending.get("interim")
            if step.event.get("approved") and request is not None:
                yield request, step.event

    def _promise(self) -> Iterator[Clock]:
        for request, decision in self._interims():
            days = [request.get("promised_on"), (request.get("statutory") or {}).get("due_on")]
            promised = [parse_date(day) for day in days if day]
            if not promised:
                continue
            due = until_day(min(promised), decision.at, self.calendar, "承诺办结之日下班时到期")
            end = self._next(decision.index, *_ANSWERS, *_ENDS)
            done = end if end and end.type in _ANSWERS else None
            void = end is not None and done is None
            unit = self._lead_at(end)
            yield self._clock("promise", unit, due, "art. 7-3", request, done, void=void)

    def _progress(self) -> Iterator[Clock]:
        """A chain from an interim closing: each report of the lead ends one clock and begins
        the next, until the order is closed. None where a law sets the time."""
        free = {d.index for r, d in self._interims() if not r.get("statutory")}
        if not free:
            return
        chain: list[Event] = []
        for step in self.course.steps:
            event = step.event
            if not chain:
                chain = [event] if event.index in free else []
            elif event.type in _ENDS:
                yield self._report_clock(chain, event, None)
                chain = []
            elif event.type in ("progress", "replied") and event.by == step.before.lead:
                yield self._report_clock(chain, event, event)
                chain.append(event)
        if chain:
            yield self._report_clock(chain, None, None)

    def _report_clock(self, chain: list[Event], end: Event | None, done: Event | None) -> Clock:
        limit, since = self.policy.limit("progress"), chain[-1]
        if self.policy.switch("progress_rhythm", "since_last") == "fixed":
            count = limit._replace(amount=limit.amount * len(chain))
            due = after_limit(count, chain[0].at, self.calendar, day_count=self.day_count)
            day = self.calendar.minutes_of(due.at.date())
            due = due._replace(start=self.calendar.local(since.at), own_minutes=limit.amount * day)
        else:
            due = after_limit(limit, since.at, self.calendar, day_count=self.day_count)
        unit, void = self._lead_at(end), end is not None and done is None
        return self._clock("progress", unit, due, "art. 7-3", since, done, void=void)

    # --- art. 10 ------------------------------------------------------------------------

    def _screening(self) -> Iterator[Clock]:
        ended_at = DISPATCH
        for step in self.course.of("callback"):
            event = step.event
            if "dissatisfied" not in (event.get("process"), event.get("result")):
                continue
            if ended_at > event.index:
                continue  # one screening answers every complaint that waits for it
            end = self._next(event.index, "screening_decided", "redo_ordered", *_ENDS)
            ended_at = end.index if end else len(self.course.steps)
            done = end if end and end.type == "screening_decided" else None
            asked = self._next(event.index, "screening_requested")
            if asked is not None and end is not None and asked.index > end.index:
                asked = None
            due, provisional = self._cutoff(event.at)
            void = end is not None and done is None
            yield self._clock(
                "screening", self._lead_at(end), due, "art. 10", event, done, void=void,
                is_right=asked is None, provisional=provisional,
            )  # fmt: skip

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
        if "supervision_opened" not in self.course.by_type:
            return
        closed_by = {opened.index: closed for opened, closed in self.course.closings()}
        for step in self.course.of("supervision_opened"):
            event = step.event
            unit = step.before.lead or self.course.final.lead
            article = "art. 19" if event.get("level") == "bureau" else "art. 20"
            due = until(
                parse_time(event.get("due_at")), event.at, self.calendar, "督办通知写明的期限"
            )
            done = closed_by.get(event.index)
            yield self._clock("supervision", unit, due, article, event, done)
