"""What the pages are made from: one small frozen row per order, and the site as a whole.

A row keeps only what lists, desks and the table show, so that ten thousand closed
orders cost little memory; the page of a case is made while its view is at hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from hotline.assessment.parts import Part
from hotline.pages.history import History
from hotline.procedure.calendar import Calendar
from hotline.values.finding import Finding
from hotline.values.registry import Registry


class ClockRow(NamedTuple):
    """A clock as people read it."""

    name: str
    title: str
    unit: str | None
    unit_name: str
    started_at: datetime
    due_at: datetime
    done_at: datetime | None
    status: str
    article: str
    counts: bool
    is_right: bool = False
    provisional: bool = False
    pending: bool = False
    left: str = ""


class Task(NamedTuple):
    """Something that a unit can do now. ``clock`` is the one that asks for it, if any."""

    unit: str
    act: str
    command: str
    clock: ClockRow | None = None
    note: str = ""
    is_right: bool = False
    """May be done, need not: a return, a screening."""


class Done(NamedTuple):
    """A duty that a unit has done, for the end of its desk."""

    unit: str
    at: datetime
    act: str
    in_time: bool


class Interim(NamedTuple):
    """An interim closing in the ledger (art. 7-3)."""

    decided_at: datetime
    ground: str
    promised_on: str
    promise: ClockRow | None
    progress_at: datetime | None
    progress: ClockRow | None
    """The next report that is due; None where a law sets the time, or all is over."""
    statute: str
    is_over: bool


class Row(NamedTuple):
    """One order in lists."""

    id: str
    slug: str
    path: str
    title: str
    location: str
    demand: str
    platform: str
    upstream_id: str
    state: str
    stage: str
    kind: str
    urgency: str
    category: str
    channel: str
    lead: str | None
    support: tuple[str, ...]
    dispatched_at: datetime
    closed_at: datetime | None
    is_open: bool
    worst: str | None
    next_due: ClockRow | None
    clocks: tuple[ClockRow, ...] = ()
    """Those that ask for something; all of them duties or rights of an open order."""
    answered: tuple[datetime, ...] = ()
    tasks: tuple[Task, ...] = ()
    done: tuple[Done, ...] = ()
    interims: tuple[Interim, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    """(earlier order, ``person`` or ``problem``)."""
    findings: int = 0
    errors: int = 0
    parts: tuple[Part, ...] = ()
    """What it counts for in assessments."""

    @property
    def url(self) -> str:
        return f"cases/{self.slug}/"

    @property
    def is_shown(self) -> bool:
        """Whether some list shows the order by itself; all others are only counted there."""
        return bool(self.is_open or self.findings or self.interims or self.links)

    @property
    def is_special(self) -> bool:
        return self.urgency != "normal"

    def due_on(self, day: date) -> tuple[ClockRow, ...]:
        """The duties that still fall due on ``day``; what is overdue is no more to come."""
        return tuple(
            clock
            for clock in self.clocks
            if clock.due_at.date() == day and clock.status != "overdue" and not clock.is_right
        )

    @property
    def burning(self) -> ClockRow | None:
        """The duty to look at first: what is overdue longest, by the measure before what is by
        practice; else what falls due first."""
        duties = [clock for clock in self.clocks if not clock.is_right]
        return min(duties, key=_pressing, default=None)


def _pressing(clock: ClockRow) -> tuple[bool, bool, datetime, str]:
    is_overdue = clock.status == "overdue"
    return not is_overdue, is_overdue and clock.article == "practice", clock.due_at, clock.name


class Handled(NamedTuple):
    """A duty that a unit has done, with the order that it is of."""

    at: datetime
    act: str
    in_time: bool
    id: str
    url: str
    title: str


class Tally(NamedTuple):
    """Orders counted. Days are written as 2026-10-14, in the county's zone."""

    orders: int = 0
    matters: Mapping[str, Mapping[str, int]] = {}
    """Day of dispatch → category → orders."""
    places: Mapping[str, Mapping[str, int]] = {}
    """Day of dispatch → township ('' where none is named) → orders."""
    answered: Mapping[str, int] = {}
    """Day → answers."""
    leads: Mapping[str, int] = {}
    """Unit → orders that it leads."""
    units: Sequence[str] = ()
    """All that lead, support, or have a clock."""
    figures: Mapping[str, Mapping[str, Sequence[int]]] = {}
    """Month (2026-10) → figure of assessments → how many of how many, of all units together."""
    handled: Mapping[str, Sequence[Handled]] = {}
    """Unit → the newest duties that it has done."""


class MonthShown(NamedTuple):
    """What lists show of the orders of a month that is as it was."""

    rows: Sequence[Row]
    """The orders that some list shows one by one, or that another is linked with."""
    findings: Mapping[str, Sequence[Finding]]
    """Path → what was found in the order by itself."""
    tally: Tally


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file under ``cases/`` that is no order, with what is wrong with it."""

    path: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Editing:
    """Where a file of the repository can be edited in a browser; '' where that is unknown."""

    base: str = ""
    commits: str = ""
    """Where a commit is shown, up to its name."""

    def commit(self, name: str) -> str:
        return f"{self.commits}{name}" if self.commits else ""

    def url(self, path: str) -> str:
        return f"{self.base}{path}" if self.base else ""


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Everything that pages show, at ``now``. One is itself alone: what is worked out of it can be
    kept in memory by it."""

    now: datetime
    registry: Registry
    calendar: Calendar
    name: str
    editing: Editing
    rows: tuple[Row, ...]
    """In the order of their paths. Of a month that is as it was at the last build only those are
    here that some list shows one by one, or that another is linked with."""
    tally: Tally = field(default_factory=Tally)
    """All orders, counted."""
    unreadable: tuple[Unreadable, ...] = ()
    problems: tuple[Finding, ...] = ()
    """What is wrong with the registry."""
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    """Path → the findings of its case."""
    named_by: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Order → (later order that links to it, ``person`` or ``problem``)."""
    handbook: tuple[str, ...] = ()
    policy: str = ""
    history: History = field(default_factory=History)

    @property
    def today(self) -> date:
        return self.calendar.local(self.now).date()

    def by_id(self) -> dict[str, Row]:
        """The first order of each id."""
        found: dict[str, Row] = {}
        for row in self.rows:
            found.setdefault(row.id, row)
        return found
