"""One case as rules see it: each thing a rule may ask for, worked out when asked."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from hotline.procedure.calendar import Calendar
from hotline.procedure.clocks import Clock, clocks
from hotline.procedure.duty import Round, rounds
from hotline.procedure.policy import Policy, in_force
from hotline.procedure.timeline import Timeline, timeline
from hotline.reading.registry import Rules
from hotline.rules.workflow import reports_needed
from hotline.values.case import Case
from hotline.values.facts import Facts, Link
from hotline.values.registry import Registry

LONG_DAYS = 30
"""Working days (practice); a policy may set another number."""


class Subject:
    """The names of the attributes are the names that rules use for their parameters."""

    def __init__(self, case: Case, rules: Rules, now: datetime) -> None:
        self.case = case
        self.path = case.path
        self.now = now
        self.registry: Registry = rules.registry
        self.calendar: Calendar = rules.calendar
        self.policies = rules.policies

    @cached_property
    def course(self) -> Timeline:
        return timeline(self.case)

    @cached_property
    def policy(self) -> Policy | None:
        """The policy in force on the day of dispatch."""
        day = self.calendar.local(self.course.dispatched_at).date()
        return in_force(self.policies, day)

    @cached_property
    def rounds(self) -> tuple[Round, ...]:
        return rounds(self.course, self.policy, self.calendar) if self.policy else ()

    @cached_property
    def clocks(self) -> tuple[Clock, ...]:
        return clocks(self.course, self.policy, self.calendar)

    @property
    def _ending(self) -> str:
        """How the order ended, as far as art. 20-2 asks."""
        if self.course.last("terminated") is not None:
            return "terminated"
        closed = self.course.last("closed")
        ground = str(closed.get("ground")) if closed is not None else ""
        return ground if ground in ("satisfied", "screened", "terminated") else ""

    @cached_property
    def facts(self) -> Facts:
        case = self.case
        linked = [step.event for step in self.course.of("linked")]
        return Facts(
            path=case.path,
            id=case.id,
            id_place=case.place("id"),
            channel=str(case.get("channel")),
            platform=str(case.get("platform") or ""),
            upstream_id=str(case.get("upstream_id")),
            upstream_place=case.place("upstream_id"),
            fingerprint=str(case.get("petitioner").get("fingerprint") or ""),
            named_cases=tuple(
                (name, event.place("cases", number))
                for event in linked
                for number, name in enumerate(event.get("cases"))
            ),
            person_links=tuple(
                name
                for event in linked
                if event.get("same") == "person"
                for name in event.get("cases")
            ),
            terminations=tuple(
                (event.place(), reports_needed(self.policy))
                for event in (step.event for step in self.course.of("terminated"))
            ),
            kind=str(self.course.current("kind")),
            dispatched_at=self.course.dispatched_at,
            is_open=self.course.is_open,
            ending=self._ending,
            links=tuple(
                Link(tuple(event.get("cases")), event.get("reasonable"), event.place(), event.at)
                for event in linked
            ),
            long_days=int(
                self.policy.switch("repeat_long_working_days", LONG_DAYS)
                if self.policy
                else LONG_DAYS
            ),
            supervisions=tuple(
                (str(opened.get("ground")), opened.by) for opened in self.course.final.supervisions
            ),
            effective_supervisions=tuple(
                (str(opened.get("ground")), closed.at)
                for opened, closed in self.course.closings()
                if closed.get("outcome") == "effective"
            ),
        )
