"""Folding events into what has happened: state, lead, requests, classification.

State is derived and never stored. A refused event is folded all the same, so that
one fault gives one finding and not a trail of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from hotline.procedure.corrections import corrected, corrected_header, corrections
from hotline.procedure.lifecycle import OPEN, TABLE
from hotline.values.case import Case, Event

_NOTHING: Mapping[str, Event] = MappingProxyType({})


class Standing(NamedTuple):
    """How a case stands at a moment: what the next event is judged against."""

    state: str = "new"
    lead: str | None = None
    support: tuple[str, ...] = ()
    assignment: Event | None = None
    pending: Mapping[str, Event] = _NOTHING
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


class Step(NamedTuple):
    """One event, with the standing before and after it."""

    event: Event
    before: Standing
    after: Standing

    @property
    def allowed(self) -> bool:
        """Whether the event's row of the lifecycle table lets it happen in this state."""
        event, before = self.event, self.before
        row = TABLE[event.type]
        if event.type == "closed" and before.withdrawn:
            return before.state in OPEN
        name = row.condition
        return before.state in row.states and (not name or _holds(name, event, before))

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


class Timeline(NamedTuple):
    """The whole course of a case.

    ``header`` is the header in force (corrections applied, reclassifications not:
    those are events with a time). ``uncorrected`` is the same course with every ``at``
    as first written, where a correction moved one.
    """

    case: Case
    header: Mapping[str, Any]
    dispatched_at: datetime
    steps: tuple[Step, ...]
    by_type: Mapping[str, Sequence[Step]]
    """Event type → its steps; every rule asks for those of one or two types."""
    uncorrected: Timeline | None = None

    @property
    def final(self) -> Standing:
        return self.steps[-1].after if self.steps else _NEW

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

    def of(self, *types: str) -> Sequence[Step]:
        """The steps of these types, in the order of the file."""
        if len(types) == 1:
            return self.by_type.get(types[0], ())
        if self.by_type.keys().isdisjoint(types):
            return ()
        return [step for step in self.steps if step.event.type in types]

    def last(self, *types: str) -> Event | None:
        """The latest event of these types, or None."""
        steps = self.of(*types)
        return steps[-1].event if steps else None

    def current(self, key: str) -> Any:
        """``kind``, ``urgency`` or ``category`` now in force."""
        value = self.header[key]
        for step in self.of("reclassified"):
            value = step.event.get(key, value)
        return value


def timeline(case: Case) -> Timeline:
    """Folds a case; never fails on a case that fits the schema."""
    course = _course(case, case.data, case.dispatched_at, case.events)
    if "corrected" not in course.by_type:
        return course
    given = corrections(case)
    header, dispatched_at = corrected_header(case, given)
    as_moved = tuple(corrected(event, given, moving=True) for event in case.events)
    course = _course(case, header, dispatched_at, as_moved)
    if all(a.at == b.at for a, b in zip(as_moved, case.events, strict=True)):
        return course
    as_written = tuple(corrected(event, given, moving=False) for event in case.events)
    written = _course(case, header, dispatched_at, as_written)
    return course._replace(uncorrected=written)


_NEW = Standing()


def _course(
    case: Case, header: Mapping[str, Any], dispatched_at: datetime, events: tuple[Event, ...]
) -> Timeline:
    steps = []
    by_type: dict[str, list[Step]] = {}
    standing = _NEW
    for event in events:
        after = _after(standing, event)
        step = Step(event, standing, after)
        steps.append(step)
        by_type.setdefault(event.type, []).append(step)
        standing = after
    return Timeline(case, header, dispatched_at, tuple(steps), by_type)


def _after(now: Standing, event: Event) -> Standing:
    """The standing after ``event``; the state moves as the table says."""
    to = TABLE[event.type].to
    change: dict[str, Any] = {}
    if to is not None:
        change["state"] = to
    match event.type:
        case "accepted" | "signed" | "contacted" | "supplemented" | "closed" | "archived":
            return Standing(to or now.state, *now[1:])  # most events: told first
        case "assigned":
            change |= {
                "lead": event.get("lead"),
                "support": tuple(event.get("support") or ()),
                "assignment": event,
                "pending": _NOTHING,
            }
        case "extension_requested" | "return_requested" | "interim_requested":
            change["pending"] = {**now.pending, event.type.removesuffix("_requested"): event}
        case "extension_decided" | "return_decided" | "interim_decided":
            name = event.type.removesuffix("_decided")
            change["pending"] = {k: v for k, v in now.pending.items() if k != name}
            if not event.get("approved"):
                change.pop("state", None)
            elif name == "return":
                change |= {"lead": None, "support": (), "assignment": None, "pending": _NOTHING}
        case "replied" | "terminated":
            change |= {"redo": None, "pending": _NOTHING}
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
        case _:
            return now if to is None else Standing(to, *now[1:])
    return now._replace(**change)


def _without_closed(opened: tuple[Event, ...], by: str) -> tuple[Event, ...]:
    """Closing ends the earliest supervision of the same opener; else the earliest at all."""
    if not opened:
        return opened
    own = next((event for event in opened if event.by == by), opened[0])
    return tuple(event for event in opened if event is not own)
