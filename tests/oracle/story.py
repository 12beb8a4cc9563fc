"""A work order as a story: its events in their order, and what was in force at each of them.

Places in the story are the numbers of its events; -1 is the dispatch.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .minutes import ZONE

DISPATCH = -1

# At the same moment the order of the contract's table rules, then the id.
# fmt: off
TYPES = (
    "accepted", "alerted", "assigned", "signed", "contacted", "first_response", "support_opinion",
    "progress", "supplemented", "urged", "extension_requested", "extension_decided",
    "return_requested", "return_decided", "returned_upstream", "interim_requested",
    "interim_decided", "replied", "callback", "redo_ordered", "reclassified",
    "screening_requested", "screening_decided", "terminated", "withdrawn", "deadline_set",
    "linked", "closed", "archived", "supervision_opened", "supervision_proposed",
    "supervision_closed", "public_opinion", "accountability", "corrected", "resealed",
    "erasure_approved", "erased",
)
# fmt: on

# A refused event is folded like any other, so the state follows from the type alone.
STATE_AFTER = {
    "accepted": "accepted",
    "assigned": "assigned",
    "signed": "handling",
    "returned_upstream": "returned",
    "replied": "replied",
    "redo_ordered": "handling",
    "screening_requested": "screening",
    "screening_decided": "replied",
    "terminated": "replied",
    "closed": "closed",
    "archived": "archived",
}
STATE_AFTER_APPROVAL = {"return_decided": "accepted", "interim_decided": "interim"}


def moment(text: str) -> datetime:
    """An RFC 3339 time in the county's zone."""
    return datetime.fromisoformat(text.upper()).astimezone(ZONE)


@dataclass(frozen=True)
class Event:
    """One event; `at` may be a corrected time, `id` is always that of the event as written."""

    id: str
    at: datetime
    type: str
    by: str
    data: Mapping[str, Any]

    @property
    def is_approval(self) -> bool:
        return self.data.get("approved") is True


@dataclass(frozen=True)
class Story:
    """The header and the events of one order, with the circumstances its clocks depend on."""

    dispatched_at: datetime
    kind: str
    urgency: str
    events: Sequence[Event]
    same_clock: bool
    pairs_from_dispatch: bool
    fixed_rhythm: bool
    cutoffs: Sequence[datetime]
    city_involved: bool
    end: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "end", len(self.events) - 1)

    def after(self, place: int, *types: str) -> Iterator[tuple[int, Event]]:
        """The events behind a place, of the named types or of all."""
        for i in range(place + 1, len(self.events)):
            if not types or self.events[i].type in types:
                yield i, self.events[i]

    def kind_at(self, place: int) -> str:
        """The kind in force once the event at a place has happened."""
        return self._reclassified("kind", self.kind, place)

    def urgency_at(self, place: int) -> str:
        """The urgency in force once the event at a place has happened."""
        return self._reclassified("urgency", self.urgency, place)

    def _reclassified(self, key: str, value: str, place: int) -> str:
        for i, event in self.after(DISPATCH, "reclassified"):
            if i <= place:
                value = event.data.get(key, value)
        return value

    def urgency_changes(self) -> list[tuple[int, datetime, str]]:
        """Where, when and to what the urgency was set, the dispatch first.

        A reclassification that repeats the urgency in force does not make the order anything.
        """
        changes = [(DISPATCH, self.dispatched_at, self.urgency)]
        for i, event in self.after(DISPATCH, "reclassified"):
            urgency = event.data.get("urgency", changes[-1][2])
            if urgency != changes[-1][2]:
                changes.append((i, event.at, urgency))
        return changes

    def lead_at(self, place: int) -> str | None:
        """The lead at a place: nobody before an assignment or after an approved return."""
        lead: str | None = None
        for i, event in self.after(DISPATCH, "assigned", "return_decided"):
            if i > place:
                break
            if event.type == "assigned":
                lead = event.data["lead"]
            elif event.is_approval:
                lead = None
        return lead

    def state_at(self, place: int) -> str:
        """The state once the event at a place has happened."""
        now = "new"
        for event in self.events[: place + 1]:
            now = STATE_AFTER.get(event.type, now)
            if event.is_approval:
                now = STATE_AFTER_APPROVAL.get(event.type, now)
        return now

    def decisions(self, requested: str, decided: str) -> dict[int, int]:
        """The places of requests and of what decides them: each the latest one still pending."""
        answers: dict[int, int] = {}
        pending: int | None = None
        for i, event in self.after(DISPATCH, requested, decided):
            if event.type == requested:
                pending = i
            elif pending is not None:
                answers[pending] = i
                pending = None
        return answers

    def approved_interims(self) -> dict[int, int]:
        """The places of granted requests for interim closing and of their decisions."""
        answers = self.decisions("interim_requested", "interim_decided")
        return {i: decided for i, decided in answers.items() if self.events[decided].is_approval}


def event_id(data: Mapping[str, Any]) -> str:
    """The first 8 hex digits of the SHA-256 of the event's canonical JSON (RFC 8785)."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def corrections_of_time(case: Mapping[str, Any]) -> list[tuple[str, datetime]]:
    """The corrected times by event, in the order in which they were recorded."""
    written = [e for e in case["events"] if e["type"] == "corrected" and e.get("field") == "at"]
    ordered = sorted(written, key=lambda e: (moment(e["at"]), event_id(e)))
    return [(e["event"], moment(e["value"])) for e in ordered if "event" in e]


def in_order(case: Mapping[str, Any], corrected: Mapping[str, datetime]) -> list[Event]:
    """The events in the order of `at`, some of them at a corrected time."""
    events = []
    for data in case["events"]:
        name = event_id(data)
        at = corrected.get(name, moment(data["at"]))
        events.append(Event(name, at, data["type"], data["by"], data))
    return sorted(events, key=lambda e: (e.at, TYPES.index(e.type), e.id))
