"""Folding events into what has happened: state, lead, requests, classification.

State is derived and never stored. A refused event is folded all the same, so that
one fault gives one finding and not a trail of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from hotline.procedure.corrections import corrected, corrected_header, corrections
from hotline.procedure.lifecycle import OPEN, TABLE
from hotline.values.case import Case, Event


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands at a moment: what the next event is judged against."""

    state: str = "new"
    lead: str | None = None
    support: tuple[str, ...] = ()
    assignment: Event | None = None
    pending: Mapping[str, Event] = field(default_factory=dict)
    """``extension`` / ``return`` / ``interim`` → the undecided request."""
    redo: Event | None = None
    """The redo that no reply has answered yet."""
    redo_lead: str | None = None
    """The original lead, who redoes (art. 9)."""
    supervisions: tuple[Event, ...] = ()
    """Opened and not closed."""
    had_callback: bool = False
    withdrawn: bool = False
    erasure_approved: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One event, with the standing before and after it."""

    event: Event
    before: Standing
    after: Standing

    @property
    def allowed(self) -> bool:
        """Whether the event's row of the lifecycle table lets it happen in this state."""
        row = TABLE[self.event.type]
        if self.event.type == "closed" and self.before.withdrawn:
            return self.before.state in OPEN
        return self.before.state in row.states and not self.missing_condition

    @property
    def missing_condition(self) -> str:
        """The name of the condition of the table that does not hold, or ''."""
        name = TABLE[self.event.type].condition
        return "" if not name or _holds(name, self.event, self.before) else name


def _holds(condition: str, event: Event, standing: Standing) -> bool:
    match condition:
        case "pending_extension":
            return "extension" in standing.pending
        case "pending_return":
            return "return" in standing.pending
        case "pending_interim":
            return "interim" in standing.pending
        case "callback_before":
            return standing.had_callback
        case "supervision_open":
            return bool(standing.supervisions)
        case "erasure_approved":
            return standing.erasure_approved
    raise KeyError(condition)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole course of a case.

    ``header`` is the header in force (corrections applied, reclassifications not:
    those are events with a time). ``uncorrected`` is the same course with every ``at``
    as first written, where a correction moved one.
    """

    case: Case
    header: Mapping[str, Any]
    dispatched_at: datetime
    steps: tuple[Step, ...]
    uncorrected: Timeline | None = None

    @property
    def final(self) -> Standing:
        return self.steps[-1].after if self.steps else Standing()

    @property
    def state(self) -> str:
        return self.final.state

    @property
    def is_open(self) -> bool:
        return self.final.state in OPEN

    def closings(self) -> Iterator[tuple[Event, Event]]:
        """Each supervision that was closed, with its closing."""
        for step in self.of("supervision_closed"):
            left = set(map(id, step.after.supervisions))
            for opened in step.before.supervisions:
                if id(opened) not in left:
                    yield opened, step.event

    @property
    def is_confidential(self) -> bool:
        return bool(self.header["petitioner"].get("confidential"))

    @property
    def is_anonymous(self) -> bool:
        return bool(self.header["petitioner"].get("anonymous"))

    def of(self, *types: str) -> Iterator[Step]:
        return (step for step in self.steps if step.event.type in types)

    def last(self, *types: str) -> Event | None:
        """The latest event of these types, or None."""
        return next((s.event for s in reversed(self.steps) if s.event.type in types), None)

    def current(self, key: str) -> Any:
        """``kind``, ``urgency`` or ``category`` now in force."""
        value = self.header[key]
        for step in self.of("reclassified"):
            value = step.event.get(key, value)
        return value


def timeline(case: Case) -> Timeline:
    """Folds a case; never fails on a case that fits the schema."""
    if not any(event.type == "corrected" for event in case.events):
        return Timeline(case, case.data, case.dispatched_at, _fold(case.events))
    given = corrections(case)
    header, dispatched_at = corrected_header(case, given)
    as_moved = tuple(corrected(event, given, moving=True) for event in case.events)
    course = Timeline(case, header, dispatched_at, _fold(as_moved))
    if all(a.at == b.at for a, b in zip(as_moved, case.events, strict=True)):
        return course
    as_written = tuple(corrected(event, given, moving=False) for event in case.events)
    return replace(course, uncorrected=replace(course, steps=_fold(as_written)))


def _fold(events: tuple[Event, ...]) -> tuple[Step, ...]:
    steps = []
    standing = Standing()
    for event in events:
        after = _after(standing, event)
        steps.append(Step(event, standing, after))
        standing = after
    return tuple(steps)


def _after(now: Standing, event: Event) -> Standing:
    """The standing after ``event``; the state moves as the table says."""
    change: dict[str, Any] = {}
    to = TABLE[event.type].to
    if to is not None:
        change["state"] = to
    match event.type:
        case "assigned":
            change |= {
                "lead": event.get("lead"),
                "support": tuple(event.get("support") or ()),
                "assignment": event,
                "pending": {},
            }
        case "extension_requested" | "return_requested" | "interim_requested":
            change["pending"] = {**now.pending, event.type.removesuffix("_requested"): event}
        case "extension_decided" | "return_decided" | "interim_decided":
            name = event.type.removesuffix("_decided")
            change["pending"] = {k: v for k, v in now.pending.items() if k != name}
            if not event.get("approved"):
                change.pop("state", None)
            elif name == "return":
                change |= {"lead": None, "support": (), "assignment": None, "pending": {}}
        case "replied" | "terminated":
            change |= {"redo": None, "pending": {}}
        case "callback":
            change["had_callback"] = True
        case "redo_ordered":
            change |= {"redo": event, "redo_lead": now.lead}
        case "withdrawn":
            change["withdrawn"] = True
        case "supervision_opened":
            change["supervisions"] = (*now.supervisions, event)
        case "supervision_closed":
            change["supervisions"] = _without_closed(now.supervisions, event.by)
        case "erasure_approved":
            change["erasure_approved"] = True
    return replace(now, **change) if change else now


def _without_closed(opened: tuple[Event, ...], by: str) -> tuple[Event, ...]:
    """Closing ends the earliest supervision of the same opener; else the earliest at all."""
    if not opened:
        return opened
    own = next((event for event in opened if event.by == by), opened[0])
    return tuple(event for event in opened if event is not own)
