"""The duty to answer: the first handling and every redo, with what moves its due moment.

A *round* begins at dispatch, or with a redo, and ends with the answer. In it count
the classification in force (art. 7 (1), (4)), granted extensions (art. 7 (3), (4)),
an interim closing (art. 7 (3)) and deadlines of other laws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from hotline.procedure.calendar import Calendar
from hotline.procedure.due import Due, after_limit, until_day
from hotline.procedure.policy import Policy
from hotline.procedure.timeline import Step, Timeline
from hotline.values.case import Event
from hotline.values.times import parse_date


@dataclass(frozen=True, slots=True)
class Lapse:
    """A stretch in which the order was overdue, before a reclassification moved the due
    moment. It stays on record, so that reclassifying cannot hide lateness."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """A request for an extension or an interim closing, judged.

    ``due`` is the due moment in force when it was asked; ``granted_days`` what earlier
    requests of the round were granted.
    """

    event: Event
    decision: Event | None
    due: Due
    granted_days: int
    kind: str
    urgency: str
    is_effective: bool = False

    @property
    def is_granted(self) -> bool:
        """Approved by the county, and the city does not say no.

        A missing answer of the city counts here: that it is missing is D124.
        """
        decision = self.decision
        return bool(
            decision is not None
            and decision.get("approved")
            and decision.get("city_approved") is not False
        )


@dataclass(frozen=True, slots=True)
class Round:
    """One duty to answer. ``opened_by`` is the redo, None for the first handling."""

    opened_by: Event | None
    due: Due
    article: str
    done_by: Event | None = None
    done_at: datetime | None = None
    decision_pending: bool = False
    requests: tuple[Request, ...] = ()
    lapses: tuple[Lapse, ...] = ()
    notes: tuple[str, ...] = ()


def rounds(course: Timeline, policy: Policy, calendar: Calendar) -> tuple[Round, ...]:
    """The first handling and each redo, in order."""
    starts: list[Event | None] = [None, *(step.event for step in course.of("redo_ordered"))]
    return tuple(_Duty(course, policy, calendar, start).round() for start in starts)


@dataclass(slots=True)
class _Class:
    """Kind and urgency in force, and since when the urgency runs."""

    kind: str
    urgency: str
    since: datetime


@dataclass(slots=True)
class _Duty:
    """Walks the events of one round."""

    course: Timeline
    policy: Policy
    calendar: Calendar
    opened_by: Event | None
    days: int = 0
    statutory: date | None = None
    deadlines: list[date] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def round(self) -> Round:
        now = _Class(
            str(self.course.header["kind"]),
            str(self.course.header["urgency"]),
            self.course.dispatched_at,
        )
        for step in self._before():
            self._reclassify(now, step.event)
        requests: list[Request] = []
        lapses: list[Lapse] = []
        done_by: Event | None = None
        done_at: datetime | None = None
        last: Step | None = None
        for step in self._within():
            event, last = step.event, step
            match event.type:
                case "reclassified":
                    before = self._due(now)
                    self._reclassify(now, event)
                    if before.at < event.at and self._due(now).at > before.at:
                        lapses.append(Lapse(before.at, self.calendar.local(event.at)))
                case "deadline_set":
                    self._deadline(event, now)
                case "extension_requested" | "interim_requested":
                    due = self._due(now)
                    requests.append(Request(event, None, due, self.days, now.kind, now.urgency))
                case "extension_decided" | "interim_decided":
                    request = self._decide(requests, event)
                    if request and request.is_effective and event.type == "interim_decided":
                        done_by, done_at = request.event, request.event.at
                        break
                case "replied" | "terminated":
                    done_by, done_at = event, event.at
                    break
                case "withdrawn" | "closed":
                    break
        due = self._due(now)
        pending = last.after.pending if last and done_at is None else {}
        waiting = any(
            pending.get(name) is request.event and request.event.at <= request.due.at
            for request in requests
            for name in ("extension", "interim")
        )
        article = "art. 7-4" if now.urgency != "normal" and self._urgency_rules(now) else "art. 7-1"
        return Round(
            self.opened_by, due, article, done_by, done_at, waiting,
            tuple(requests), tuple(lapses), tuple(self.notes),
        )  # fmt: skip

    # --- which events -------------------------------------------------------------------

    def _before(self) -> Iterator[Step]:
        if self.opened_by is not None:
            for step in self.course.steps:
                if step.event.index == self.opened_by.index:
                    return
                if step.event.type == "reclassified":
                    yield step

    def _within(self) -> Iterator[Step]:
        reached = self.opened_by is None
        for step in self.course.steps:
            if reached:
                yield step
            elif self.opened_by is not None:
                reached = step.event.index == self.opened_by.index

    # --- what an event changes ----------------------------------------------------------

    def _reclassify(self, now: _Class, event: Event) -> None:
        now.kind = event.get("kind", now.kind)
        urgency = event.get("urgency", now.urgency)
        if urgency != now.urgency:
            now.urgency, now.since = urgency, event.at

    def _deadline(self, event: Event, now: _Class) -> None:
        day = parse_date(event.get("due_on"))
        self.deadlines.append(day)
        if self._due(now).at.date() == self.calendar.working_day_from(day):
            self.notes.append(f"法定时限 {day.isoformat()}（{event.get('law')}）")

    def _decide(self, requests: list[Request], decision: Event) -> Request | None:
        """Judges the pending request; an effective extension moves the due moment."""
        kind = decision.type.replace("_decided", "_requested")
        for place in range(len(requests) - 1, -1, -1):
            request = requests[place]
            if request.event.type != kind or request.decision is not None:
                continue
            judged = self._judged(request, decision)
            requests[place] = judged
            return judged
        return None

    def _judged(self, request: Request, decision: Event) -> Request:
        event = request.event
        city = decision.get("city_approved")
        agreed = bool(decision.get("approved")) and (
            city is True or not self.policy.city_involved(str(self.course.header["channel"]))
        )
        # Asked in time it reaches back, however late the decision; asked after the due
        # moment it has no effect, for a period that ended cannot be lengthened.
        effective = agreed and event.at <= request.due.at
        if event.type == "interim_requested":
            # The measure asks for the county's grant alone; a city's no is a no.
            effective = bool(decision.get("approved")) and city is not False
            effective = effective and event.at <= request.due.at
        elif effective and (statutory := event.get("statutory")):
            effective = request.urgency != "normal"
            if effective:
                self.statutory = parse_date(statutory["due_on"])
                self.notes.append(f"依{statutory['law']}延期至 {statutory['due_on']}")
        elif effective:
            self.days += int(event.get("days") or 0)
        return Request(
            event,
            decision,
            request.due,
            request.granted_days,
            request.kind,
            request.urgency,
            effective,
        )

    # --- the due moment -----------------------------------------------------------------

    @property
    def _start(self) -> datetime:
        return self.opened_by.at if self.opened_by else self.course.dispatched_at

    def _due(self, now: _Class) -> Due:
        due = min(self._by_limits(now), key=lambda d: d.at)
        if self.statutory is not None:
            due = until_day(self.statutory, self._start, self.calendar, "法律法规规章规定的时限")
        for day in self.deadlines:
            earlier = until_day(day, self._start, self.calendar, "法定时限早于本办法时限")
            if earlier.at < due.at:
                due = earlier
        return due

    def _urgency_rules(self, now: _Class) -> bool:
        by_kind, *by_urgency = self._by_limits(now)
        return bool(by_urgency) and by_urgency[0].at <= by_kind.at

    def _by_limits(self, now: _Class) -> list[Due]:
        """By the kind, and by the urgency where there is one: the earlier counts."""
        own = self.policy.data["limits"].get("redo", {})
        if self.opened_by is not None and "working_days" in own:
            return [self._after(("redo",), self._start)]
        found = [self._after(("reply", now.kind), self._start)]
        if self.policy.urgency_limit(now.urgency) is not None:
            since = now.since if now.since > self._start else self._start
            found.append(self._after(("reply", now.urgency), since))
        return found

    def _after(self, name: tuple[str, ...], start: datetime) -> Due:
        return after_limit(
            self.policy.limit(*name), start, self.calendar,
            day_count=str(self.policy.switch("day_count", "next_day_close")), more_days=self.days,
        )  # fmt: skip
