"""Random but legal stories of work orders, for comparing two implementations."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

ZONE = timezone(timedelta(hours=8))
FIRST = datetime(2023, 7, 1, tzinfo=ZONE)
LAST = datetime(2026, 9, 1, tzinfo=ZONE)
KINDS = ("consultation", "help", "suggestion", "complaint", "report")
EDGES = ("00:00:00", "08:59:59", "09:00:00", "11:59:59", "12:00:00", "12:59:59", "13:00:00", "16:59:59", "17:00:00", "23:59:59")  # fmt: skip


def moment(dice: random.Random) -> datetime:
    """A moment of 2023-07 to 2026-08: any second, or an edge of working time."""
    span = int((LAST - FIRST).total_seconds())
    found = FIRST + timedelta(seconds=dice.randrange(span))
    if dice.random() < 0.25:
        hour, minute, second = map(int, dice.choice(EDGES).split(":"))
        found = found.replace(hour=hour, minute=minute, second=second)
    return found


def start(dice: random.Random) -> dict[str, Any]:
    """An order as it comes in."""
    at = moment(dice)
    return {
        "id": f"LZ-{at:%Y%m%d}-0001",
        "channel": dice.choice(("city_12345", "city_web", "people_daily", "gov_cn")),
        "dispatched_at": at.isoformat(),
        "kind": dice.choice(KINDS),
        "urgency": dice.choice(("normal",) * 6 + ("special", "special", "emergency")),
        "category": "noise",
        "petitioner": {"confidential": False, "anonymous": False},
        "events": [],
    }


def story(dice: random.Random, steps: int = 14) -> dict[str, Any]:
    """An order with up to ``steps`` events, each legal in its state."""
    case = start(dice)
    teller = _Teller(dice, datetime.fromisoformat(case["dispatched_at"]))
    for _ in range(dice.randrange(steps + 1)):
        teller.step()
    case["events"] = teller.events
    return case


class _Teller:
    """Tells one story; its states are its own, so that it shares nothing with the product."""

    def __init__(self, dice: random.Random, at: datetime) -> None:
        self.dice = dice
        self.at = at
        self.state = "new"
        self.lead: str | None = None
        self.support: list[str] = []
        self.pending: str | None = None
        self.called = False
        self.supervised: list[str] = []
        self.interims = 0
        self.has_other_law = dice.random() < 0.2
        """Another law's day and a change of urgency do not meet in one story: which start the
        day is measured from is nobody's rule."""
        self.events: list[dict[str, Any]] = []

    def step(self) -> None:
        choices = list(self._choices())
        if choices:
            type_, fields, state = self.dice.choice(choices)
            self._write(type_, fields, state)

    def _write(self, type_: str, fields: dict[str, Any], state: str | None) -> None:
        gaps = (60, 3600, 4 * 3600, 26 * 3600, 80 * 3600, 300 * 3600)
        self.at += timedelta(seconds=self.dice.randrange(self.dice.choice(gaps)) + 1)
        by = fields.pop("by", "center")
        self.events.append({"at": self.at.isoformat(), "by": by, "type": type_, **fields})
        self.state = state or self.state
        if type_ == "assigned":
            self.lead, self.support = fields["lead"], fields["support"]
        if type_ == "return_decided" and fields["approved"]:
            self.lead, self.support = None, []
        if type_.endswith("_requested") and type_ != "screening_requested":
            self.pending = type_.removesuffix("_requested")
        if type_.endswith("_decided") or type_ in ("replied", "terminated"):
            self.pending = None
        self.called = self.called or type_ == "callback"
        if type_ == "supervision_opened":
            self.supervised.append(by)
        if type_ == "supervision_closed":
            self.supervised.remove(by)

    def _choices(self) -> Iterator[tuple[str, dict[str, Any], str | None]]:
        dice, lead = self.dice, self.lead or "?"
        yes = dice.random() < 0.7
        later = (self.at + timedelta(days=dice.randrange(2, 40))).date().isoformat()
        open_ = self.state not in ("closed", "archived", "returned")
        if self.state == "new":
            yield "accepted", {}, "accepted"
        if self.state == "accepted":
            units = dice.sample(["a", "b", "c", "d"], 3)
            support = units[1 : 1 + dice.randrange(3)]
            for _ in range(6):
                yield (
                    "assigned",
                    {"lead": units[0], "support": support, "basis": "clear"},
                    "assigned",
                )
            yield "returned_upstream", {"reason": "x"}, "returned"
        if self.state in ("assigned", "handling"):
            yield "first_response", {"by": lead, "text": "x"}, None
            if self.pending is None:
                yield "return_requested", {"by": lead}, None
            if self.pending == "return":
                yield (
                    "return_decided",
                    {"approved": yes, "opinion": "x"},
                    "accepted" if yes else None,
                )
        if self.state == "assigned":
            yield from [("signed", {"by": lead}, "handling")] * 4
        if self.state in ("assigned", "handling", "interim") and self.support:
            yield "support_opinion", {"by": dice.choice(self.support), "text": "x"}, None
        if self.state in ("assigned", "handling", "interim", "replied"):
            yield "progress", {"by": dice.choice([lead, *self.support]), "text": "x"}, None
        if self.state == "handling":
            yield from self._handling(lead, later, yes)
        if self.state in ("handling", "interim"):
            yield "replied", {"by": lead}, "replied"
        if self.state in ("replied", "closed"):
            result = dice.choice(("satisfied", "basically_satisfied", "dissatisfied"))
            yield (
                "callback",
                {"source": "city", "reached": True, "process": "satisfied", "result": result},
                None,
            )
            yield "redo_ordered", {"reason": "x", "cause": "other"}, "handling"
        if self.state == "replied":
            yield "closed", {"ground": "satisfied"}, "closed"
            if self.called:
                yield (
                    "screening_requested",
                    {"by": lead, "ground": "beyond_law", "statement": "x"},
                    "screening",
                )
        if self.state == "screening":
            yield "screening_decided", {"upheld": yes}, "replied"
        if open_:
            yield from self._open(later)
        yield from self._any()

    def _handling(
        self, lead: str, later: str, yes: bool
    ) -> Iterator[tuple[str, dict[str, Any], str | None]]:
        if self.pending is None:
            informed = {"by": lead, "reason": "x", "petitioner_informed": True}
            yield "extension_requested", {**informed, "days": self.dice.randrange(1, 6)}, None
            yield (
                "extension_requested",
                {**informed, "statutory": {"law": "x", "due_on": later}},
                None,
            )
            promise: dict[str, Any] = {"by": lead, "ground": "complex", "promised_on": later}
            if self.dice.random() < 0.3:
                promise["statutory"] = {"law": "x", "due_on": later}
            if self.interims == 0:
                self.interims += self.dice.random() < 0.5
                yield "interim_requested", promise, None
        if self.pending == "extension":
            answer = {"approved": yes, "city_approved": self.dice.choice([True, True, False])}
            yield from [("extension_decided", answer, None)] * 3
        if self.pending == "interim":
            yield from [("interim_decided", {"approved": yes}, "interim" if yes else None)] * 3

    def _open(self, later: str) -> Iterator[tuple[str, dict[str, Any], str | None]]:
        if self.dice.random() < 0.3:
            yield "reclassified", {"kind": self.dice.choice(KINDS), "reason": "x"}, None
            urgency = self.dice.choice(("normal", "special", "emergency"))
            if not self.has_other_law:
                yield "reclassified", {"urgency": urgency, "reason": "x"}, None
        if self.has_other_law and self.dice.random() < 0.5:
            yield "deadline_set", {"law": "x", "due_on": later}, None

    def _any(self) -> Iterator[tuple[str, dict[str, Any], str | None]]:
        if self.lead and self.dice.random() < 0.15:
            due = (self.at + timedelta(hours=self.dice.randrange(2, 200))).isoformat()
            by, level = self.dice.choice((("bureau", "bureau"), ("government", "county")))
            if by in self.supervised:
                return
            yield (
                "supervision_opened",
                {"by": by, "level": level, "ground": "E191", "due_at": due},
                None,
            )
        if self.supervised:
            by = self.dice.choice(self.supervised)
            yield "supervision_closed", {"by": by, "result": "x", "outcome": "effective"}, None
