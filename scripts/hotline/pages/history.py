"""What pages show of history: when each event was recorded, and the last audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from hotline.procedure.calendar import Calendar
from hotline.procedure.recording import is_late
from hotline.values.case import Event
from hotline.values.recording import Recordings

if TYPE_CHECKING:
    from hotline.audit.judge import Fault

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Recorded:
    """Of an event: commit, author, when it came into history, and how long after it happened."""

    commit: str
    author: str
    at: datetime
    delay: str
    late: bool


@dataclass(frozen=True, slots=True)
class Anchor:
    """An anchor that lies in the repository as a tag, with what is wrong with it."""

    name: str
    made_at: datetime
    commit: str
    commits: int
    cases: int
    signed: bool
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """The audit that was made with the site."""

    head: str
    commits: int
    cases: int
    faults: Sequence[Fault] = ()
    anchors: Sequence[Anchor] = ()
    replacements: int = 0

    @property
    def errors(self) -> int:
        return sum(fault.finding.severity == "error" for fault in self.faults)

    @property
    def warnings(self) -> int:
        return len(self.faults) - self.errors

    @property
    def shown(self) -> Sequence[tuple[Fault, int]]:
        """Errors first, then the newest; what one commit did to many orders alike is told once,
        with the number of times."""
        counts: dict[tuple[str, str, str], int] = {}
        first: dict[tuple[str, str, str], Fault] = {}
        for fault in [*self.faults][::-1]:
            kind = (fault.finding.code, fault.commit, fault.author)
            counts[kind] = counts.get(kind, 0) + 1
            first[kind] = fault
        told = [(first[kind], count) for kind, count in counts.items()]
        return sorted(told, key=lambda pair: pair[0].finding.severity != "error")[:SHOWN]


@dataclass(frozen=True, slots=True)
class History:
    """``why`` says in Chinese why there is no audit; else it is empty."""

    audit: Audit | None = None
    why: str = ""
    recordings: Recordings = field(default_factory=dict)

    def recorded(self, path: str, event: Event, calendar: Calendar) -> Recorded | None:
        """When an event of a case was recorded; None where that is not known."""
        key = (path, event.type, event.by, str(event.get("at")))
        found = self.recordings.get(key)
        if found is None:
            return None
        at = calendar.local(found.at)
        return Recorded(
            found.commit, found.author, at, delay(event.at, at), is_late(calendar, event.at, at)
        )


def delay(at: datetime, recorded: datetime) -> str:
    """How long after it happened something was recorded, in words; to the minute, the hour or
    the day."""
    minutes = int((recorded - at).total_seconds() // 60)
    if minutes < 1:
        return "当时入库"
    if minutes < 60:
        return f"{minutes} 分钟后入库"
    if minutes < 48 * 60:
        return f"{minutes // 60} 小时后入库"
    return f"{minutes // 1440} 天后入库"
