"""A case at a moment: the rows that ``due`` and ``show`` print and pages are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hotline.findings.subject import Subject
from hotline.procedure.clocks import Clock, Status, status
from hotline.procedure.derivation import derivation
from hotline.procedure.identity import event_id
from hotline.procedure.lifecycle import OPEN

WORST_FIRST: dict[str, int] = {
    "overdue": 0, "due_soon": 1, "running": 2, "late": 3, "met": 4, "void": 5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock and its status at the moment of the view."""

    clock: Clock
    status: Status

    @property
    def counts(self) -> bool:
        """Whether it still asks for something: neither done nor void."""
        return self.status in ("running", "due_soon", "overdue")

    def as_json(self) -> dict[str, Any]:
        clock = self.clock
        return {
            "name": clock.name,
            "unit": clock.unit,
            "started_at": clock.started_at.isoformat(),
            "due_at": clock.due_at.isoformat(),
            "done_at": clock.done_at.isoformat() if clock.done_at else None,
            "status": self.status,
            "provisional": clock.provisional,
            "article": clock.article,
        }


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case at ``now``. ``subject`` gives the rest."""

    subject: Subject
    now: datetime
    clocks: tuple[ClockView, ...]

    @property
    def id(self) -> str:
        return self.subject.case.id

    @property
    def state(self) -> str:
        return self.subject.course.state

    @property
    def lead(self) -> str | None:
        return self.subject.course.final.lead

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def worst(self) -> Status | None:
        """The status that should be looked at first, None where no clock asks for anything."""
        asking = [view.status for view in self.clocks if view.counts]
        return min(asking, key=lambda name: WORST_FIRST[name], default=None)

    @property
    def next_due(self) -> ClockView | None:
        """The duty that falls due first; a mere right (退单) is none."""
        asking = [view for view in self.clocks if view.counts and not view.clock.is_right]
        return min(asking, key=lambda view: view.clock.due_at, default=None)

    def as_json(self) -> dict[str, Any]:
        """The form of ``due --format json``."""
        return {
            "id": self.id,
            "path": self.subject.path,
            "state": self.state,
            "lead": self.lead,
            "clocks": [view.as_json() for view in self.clocks],
        }

    def with_details(
        self, history: Callable[[str], tuple[str | None, str | None]] | None = None
    ) -> dict[str, Any]:
        """The form of ``show --format json``; ``history`` gives (commit, recorded time) of an
        event id where the history is at hand."""
        document = self.as_json()
        calendar = self.subject.calendar
        for row, view in zip(document["clocks"], self.clocks, strict=True):
            row["derivation"] = derivation(view.clock, calendar).as_json()
            row["decision_pending"] = view.clock.decision_pending
            row["lapses"] = [
                {"since": lapse.since.isoformat(), "until": lapse.until.isoformat()}
                for lapse in view.clock.lapses
            ]
        timeline = []
        for event in self.subject.case.events:
            name = event_id(event.data)
            commit, recorded_at = history(name) if history else (None, None)
            timeline.append(
                {
                    "id": name,
                    "at": event.data["at"],
                    "by": event.by,
                    "type": event.type,
                    "commit": commit,
                    "recorded_at": recorded_at,
                }
            )
        document["timeline"] = timeline
        return document


def view_case(subject: Subject, now: datetime) -> CaseView:
    """The view of a case at ``now``."""
    rows = tuple(ClockView(c, status(c, now, subject.calendar)) for c in subject.clocks)
    return CaseView(subject, now, rows)
