"""The duty to answer: the first handling and every redo, with what moves its due moment.

A *round* begins at dispatch, or with a redo, and ends with the answer. In it count
the classification in force (art. 7 (1), (4)), granted extensions (art. 7 (3), (4)),
an interim closing (art. 7 (3)) and deadlines of other laws.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from hotline.procedure.calendar import Calendar
from hotline.procedure.due import Due, after_limit, until_day
from hotline.procedure.policy import Policy
from hotline.procedure.timeline import Timeline
from hotline.values.case import Event
from hotline.values.times import parse_date


class Lapse(NamedTuple):
    """A stretch in which the order was overdue, before a reclassification moved the due
    moment. It stays on record, so that reclassifying cannot hide lateness."""

    since: datetime
    until: datetime


class Request(NamedTuple):
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


class Round(NamedTuple):
    """One duty to answer. ``opened_by`` is the redo, None for the first handling."""

    due_at: Callable[[int], Due]
    """The due moment in force at an event's index."""
    opened_by: Event | None
    due: Due
    article: str
    done_by: Event | None = None
    is_void: bool = False
    """Withdrawn or closed before it was answered."""
    decision_pending: bool = False
    """An extension or interim closing asked in time waits for its decision."""
    requests: tuple[Request, ...] = ()
    lapses: tuple[Lapse, ...] = ()
    notes: tuple[str, ...] = ()


def rounds(course: Timeline, policy: Policy, calendar: Calendar) -> tuple[Round, ...]:
    """The first handling and each redo, in order."""
    starts: list[Event | None] = [None, *[step.event for step in course.of("redo_ordered")]]
    return tuple([_Duty(course, policy, calendar, start).round() for start in starts])


_OF_A_ROUND = frozenset(
    [
        "reclassified", "deadline_set", "extension_requested", "interim_requested",
        "extension_decided", "interim_decided", "replied", "terminated", "withdrawn", "closed",
    ]
)  # fmt: skip
"""The events that end a round or move its due moment."""


class _Class(NamedTuple):
    """Kind and urgency from an event's index on, and since when the urgency runs."""

    place: int
    kind: str
    urgency: str
    since: datetime


class _Grant(NamedTuple):
    """An effective extension, at the index of its request: it reaches back to there."""

    place: int
    days: int
    until: date | None


class _Duty:
    """Walks the events of one round once; what moves the due moment is kept with its index,
    so that the due moment in force at any event can be told."""

    __slots__ = (
        "calendar", "classes", "course", "deadlines", "grants", "known", "lapses", "notes",
        "opened_by", "policy", "requests",
    )  # fmt: skip

    def __init__(
        self, course: Timeline, policy: Policy, calendar: Calendar, opened_by: Event | None
    ) -> None:
        self.course = course
        self.policy = policy
        self.calendar = calendar
        self.opened_by = opened_by
        self.classes: list[_Class] = []
        self.grants: list[_Grant] = []
        self.deadlines: list[tuple[int, date]] = []
        self.requests: list[Request] = []
        self.lapses: list[Lapse] = []
        self.notes: list[str] = []
        self.known: dict[tuple[str, int], Due] = {}
        """(kind, days granted) → the due moment by the kind, which is asked for again and again."""

    def round(self) -> Round:
        header = self.course.header
        at = self.course.dispatched_at
        self.classes.append(_Class(-1, str(header["kind"]), str(header["urgency"]), at))
        done_by, void, end = None, False, len(self.course.steps)
        opened = self._opened
        for step in self.course.steps:
            event = step.event
            if event.type not in _OF_A_ROUND:
                continue
            if event.type == "reclassified":
                self._reclassify(event)
            elif event.index <= opened:
                continue
            elif event.type == "deadline_set":
                self._deadline(event)
            elif event.type in ("extension_requested", "interim_requested"):
                self._request(event)
            elif event.type in ("extension_decided", "interim_decided"):
                request = self._decide(event)
                if request and request.is_effective and event.type == "interim_decided":
                    done_by, end = request.event, request.event.index
                    break
            elif event.type in ("replied", "terminated"):
                done_by, end = event, event.index
                break
            elif event.type in ("withdrawn", "closed"):
                void, end = True, event.index
                break
        return Round(
            self.due_at, self.opened_by, self.due_at(end), self._article(end), done_by, void,
            done_by is None and not void and self._waits(), tuple(self.requests),
            tuple(self.lapses), tuple(self.notes),
        )  # fmt: skip

    @property
    def _opened(self) -> int:
        return self.opened_by.index if self.opened_by else -1

    @property
    def _start(self) -> datetime:
        return self.opened_by.at if self.opened_by else self.course.dispatched_at

    def _waits(self) -> bool:
        pending = self.course.final.pending
        waiting = [pending.get(name) for name in ("extension", "interim")]
        return any(r.event in waiting and r.event.at <= r.due.at for r in self.requests)

    # --- what an event changes ----------------------------------------------------------

    def _reclassify(self, event: Event) -> None:
        last = self.classes[-1]
        urgency = event.get("urgency", last.urgency)
        since = event.at if urgency != last.urgency else last.since
        before = self.due_at(event.index)
        self.classes.append(_Class(event.index, event.get("kind", last.kind), urgency, since))
        is_within = event.index > self._opened
        if is_within and before.at < event.at and self.due_at(event.index).at > before.at:
            self.lapses.append(Lapse(before.at, self.calendar.local(event.at)))

    def _deadline(self, event: Event) -> None:
        day = parse_date(event.get("due_on"))
        # The earliest of the deadlines so far, so that the last row tells all.
        earliest = min(day, self.deadlines[-1][1]) if self.deadlines else day
        self.deadlines.append((event.index, earliest))
        if self.due_at(event.index).at.date() == self.calendar.working_day_from(day):
            self.notes.append(f"法定时限 {day.isoformat()}（{event.get('law')}）")

    def _request(self, event: Event) -> None:
        now = self._class_at(event.index)
        days = sum(grant.days for grant in self.grants)
        due = self.due_at(event.index)
        self.requests.append(Request(event, None, due, days, now.kind, now.urgency))

    def _decide(self, decision: Event) -> Request | None:
        """Judges the latest undecided request; an effective extension moves the due moment."""
        kind = decision.type.replace("_decided", "_requested")
        for place in range(len(self.requests) - 1, -1, -1):
            request = self.requests[place]
            if request.event.type == kind and request.decision is None:
                effective = self._is_effective(request, decision)
                judged = request._replace(decision=decision, is_effective=effective)
                self.requests[place] = judged
                if effective and kind == "extension_requested":
                    self._grant(request.event)
                return judged
        return None

    def _is_effective(self, request: Request, decision: Event) -> bool:
        """Asked in time it reaches back, however late the decision; asked after the due
        moment it has no effect, for a period that ended cannot be lengthened."""
        event, city = request.event, decision.get("city_approved")
        if not decision.get("approved") or event.at > request.due.at:
            return False
        if event.type == "interim_requested":
            return city is not False  # applied for to the county; a city's no is a no
        involved = self.policy.city_involved(str(self.course.header["channel"]))
        if involved and city is not True:
            return False
        return not event.get("statutory") or request.urgency != "normal"

    def _grant(self, request: Event) -> None:
        if statutory := request.get("statutory"):
            self.grants.append(_Grant(request.index, 0, parse_date(statutory["due_on"])))
            self.notes.append(f"依{statutory['law']}延期至 {statutory['due_on']}")
        else:
            self.grants.append(_Grant(request.index, int(request.get("days") or 0), None))

    # --- the due moment -----------------------------------------------------------------

    def due_at(self, place: int) -> Due:
        """The due moment in force at the event of this index."""
        if not self.grants and not self.deadlines:
            return self._by_limits(place, 0)
        days, law = 0, None
        for grant in self.grants:
            if grant.place > place:
                continue
            if grant.until is not None:
                law = until_day(grant.until, self._start, self.calendar, "法律法规规章规定的时限")
                continue
            days += grant.days
            # Days granted after a law's day never shorten what that law gave.
            if law is not None and law.at <= self._by_limits(place, days).at:
                law = None
        due = law or self._by_limits(place, days)
        early = (day for index, day in reversed(self.deadlines) if index <= place)
        earliest = next(early, None) if self.deadlines else None
        if earliest is None:
            return due
        earlier = until_day(earliest, self._start, self.calendar, "法定时限早于本办法时限")
        return earlier if earlier.at < due.at else due

    def _class_at(self, place: int) -> _Class:
        last = self.classes[-1]
        if last.place <= place:
            return last
        return next(row for row in reversed(self.classes) if row.place <= place)

    def _by_limits(self, place: int, days: int) -> Due:
        """By the kind, and by the urgency where there is one: the earlier counts."""
        by_kind, by_urgency = self._limits(place, days)
        return by_urgency if by_urgency and by_urgency.at < by_kind.at else by_kind

    def _limits(self, place: int, days: int) -> tuple[Due, Due | None]:
        """By the kind, and by the urgency; the limit of a redo stands in the place of both."""
        if self.opened_by and "working_days" in self.policy.data["limits"].get("redo", {}):
            return self._after(("redo",), self._start, days), None
        now = self._class_at(place)
        by_kind = self.known.get((now.kind, days))
        if by_kind is None:
            by_kind = self._after(("reply", now.kind), self._start, days)
            self.known[now.kind, days] = by_kind
        if self.policy.urgency_limit(now.urgency) is None:
            return by_kind, None
        return by_kind, self._after(("reply", now.urgency), max(now.since, self._start), days)

    def _after(self, name: tuple[str, ...], start: datetime, days: int) -> Due:
        return after_limit(
            self.policy.limit(*name), start, self.calendar,
            day_count=str(self.policy.switch("day_count", "next_day_close")), more_days=days,
        )  # fmt: skip

    def _article(self, place: int) -> str:
        if self.policy.urgency_limit(self._class_at(place).urgency) is None:
            return "art. 7-1"  # nothing beside the kind to compare
        by_kind, by_urgency = self._limits(place, 0)
        return "art. 7-4" if by_urgency and by_urgency.at <= by_kind.at else "art. 7-1"
