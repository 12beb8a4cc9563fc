"""One case as rules see it: each thing a rule may ask for, worked out when asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Generic, TypeVar, overload

from hotline.procedure.calendar import Calendar
from hotline.procedure.clocks import Clock, clocks
from hotline.procedure.duty import Round, rounds
from hotline.procedure.policy import Policy, in_force
from hotline.procedure.timeline import Timeline, timeline
from hotline.reading.registry import Rules
from hotline.rules.letters import Reply, replies
from hotline.rules.personal import Texts
from hotline.rules.workflow import reports_needed
from hotline.values.case import Case, Event
from hotline.values.facts import Facts, Link
from hotline.values.node import Place
from hotline.values.registry import Registry

LONG_DAYS = 30
"""Working days (practice); a policy may set another number."""


T = TypeVar("T")


class _lazy(Generic[T]):
    """``functools.cached_property`` without its lock (gone from Python 3.12 on), which costs
    more than what is worked out here."""

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        self._work_out = work_out
        self._name = work_out.__name__
        self.__doc__ = work_out.__doc__

    @overload
    def __get__(self, subject: None, owner: type) -> _lazy[T]: ...
    @overload
    def __get__(self, subject: object, owner: type) -> T: ...
    def __get__(self, subject: object | None, owner: type) -> _lazy[T] | T:
        if subject is None:
            return self
        value = subject.__dict__[self._name] = self._work_out(subject)
        return value


class Subject:
    """The names of the attributes are the names that rules use for their parameters."""

    def __init__(self, case: Case, rules: Rules, now: datetime) -> None:
        self.case = case
        self.path = case.path
        self.now = now
        self.registry: Registry = rules.registry
        self.calendar: Calendar = rules.calendar
        self.policies = rules.policies

    @_lazy
    def course(self) -> Timeline:
        return timeline(self.case)

    @_lazy
    def policy(self) -> Policy | None:
        """The policy in force on the day of dispatch."""
        day = self.calendar.local(self.course.dispatched_at).date()
        return in_force(self.policies, day)

    @_lazy
    def rounds(self) -> tuple[Round, ...]:
        return rounds(self.course, self.policy, self.calendar) if self.policy else ()

    @_lazy
    def clocks(self) -> tuple[Clock, ...]:
        return clocks(self.course, self.policy, self.calendar, self.rounds)

    @_lazy
    def running(self) -> tuple[tuple[int, Clock], ...]:
        """The clocks that are neither done nor void, with their numbers among all."""
        return tuple([row for row in enumerate(self.clocks) if row[1].is_running])

    @_lazy
    def late(self) -> tuple[tuple[int, Clock], ...]:
        """The clocks that were done late, with their numbers among all."""
        return tuple([row for row in enumerate(self.clocks) if row[1].is_late])

    @_lazy
    def texts(self) -> Texts:
        return Texts(self.case.data)

    @_lazy
    def replies(self) -> tuple[Reply, ...]:
        return replies(self.course)

    @property
    def upstream_key(self) -> tuple[str, str, str]:
        """Channel, platform and upstream id, as written: what X002 wants to be unique."""
        case = self.case
        platform = str(case.get("platform") or "")
        return str(case.get("channel")), platform, str(case.get("upstream_id"))

    @_lazy
    def facts(self) -> Facts:
        case, course = self.case, self.course
        standing = course.final
        linked = [step.event for step in course.of("linked")]
        channel, platform, upstream_id = self.upstream_key
        return Facts(
            path=case.path,
            id=case.id,
            id_place=case.place_of_line("id"),
            channel=channel,
            platform=platform,
            upstream_id=upstream_id,
            upstream_place=case.place_of_line("upstream_id"),
            fingerprint=str(case.get("petitioner").get("fingerprint") or ""),
            named_cases=tuple(_named(linked)) if linked else (),
            person_links=tuple(_of_the_person(linked)) if linked else (),
            terminations=tuple(
                [
                    (step.event.place(), reports_needed(self.policy))
                    for step in course.of("terminated")
                ]
            ),
            kind=str(course.current("kind")),
            dispatched_at=course.dispatched_at,
            is_open=course.is_open,
            ending=_ending(course),
            links=tuple(map(_link, linked)),
            long_days=int(
                self.policy.switch("repeat_long_working_days", LONG_DAYS)
                if self.policy
                else LONG_DAYS
            ),
            supervisions=tuple(
                [(str(opened.get("ground")), opened.by) for opened in standing.supervisions]
            ),
            effective_supervisions=tuple(
                [
                    (str(opened.get("ground")), closed.at)
                    for opened, closed in course.closings()
                    if closed.get("outcome") == "effective"
                ]
            ),
        )


def _named(linked: list[Event]) -> Iterator[tuple[str, Place]]:
    for event in linked:
        for number, name in enumerate(event.get("cases")):
            yield name, event.place("cases", number)


def _of_the_person(linked: list[Event]) -> Iterator[str]:
    for event in linked:
        if event.get("same") == "person":
            yield from event.get("cases")


def _link(event: Event) -> Link:
    return Link(tuple(event.get("cases")), event.get("reasonable"), event.place(), event.at)


def _ending(course: Timeline) -> str:
    """How the order ended, as far as art. 20-2 asks."""
    if course.last("terminated") is not None:
        return "terminated"
    closed = course.last("closed")
    ground = str(closed.get("ground")) if closed is not None else ""
    return ground if ground in ("satisfied", "screened", "terminated") else ""
