"""How open orders stand at this moment: one row for each thing that a desk shows.

Any beginning of a legal story is legal, so an open order is a whole story that is cut off:
by the present moment, or before the event that has not happened yet.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phase:
    """When an order came and where its story stops.

    It came ``minutes`` before now, or ``days`` working days before, or so that its answer
    falls due in ``due_in`` working days (before today where negative). The story stops
    before the first ``stop`` that follows an ``after``.
    """

    name: str
    plot: str = "plain"
    kinds: tuple[str, ...] = ("complaint", "help")
    urgency: str = "normal"
    minutes: tuple[int, int] | None = None
    days: tuple[int, int] | None = None
    due_in: tuple[int, int] | None = None
    stop: tuple[str, ...] = ()
    after: str = ""


_ANSWER = ("replied", "terminated")
_CLOSING = ("callback", "closed")

HANDLING = Phase("handling", days=(1, 4), stop=_ANSWER)
DUE_TODAY = Phase("due_today", due_in=(0, 0), stop=_ANSWER)
QUESTION = Phase("question", kinds=("consultation",), due_in=(0, 0), stop=_ANSWER)
OVERDUE = Phase("overdue", "late", due_in=(-4, -1), stop=_ANSWER)
NEW = Phase("new", kinds=("complaint", "consultation"), minutes=(2, 25), stop=("accepted",))
ACCEPTED = Phase("accepted", minutes=(70, 180), stop=("assigned",))
ASSIGNED = Phase("assigned", minutes=(90, 240), stop=("signed",))
TONIGHT = Phase("tonight", urgency="special", kinds=("help",), minutes=(25, 100), stop=_ANSWER)
INTERIM = Phase("interim", "interim", days=(12, 45), stop=_ANSWER)
REPLIED = Phase("replied", days=(4, 8), stop=_CLOSING)
ANSWERED = Phase("answered", kinds=("consultation", "suggestion"), days=(3, 7), stop=_CLOSING)
SCREENING = Phase("screening", "screening", days=(9, 15), stop=("screening_decided",))
REDO = Phase("redo", "redo", days=(10, 15), stop=_ANSWER, after="redo_ordered")
RETURNING = Phase("returning", "return", days=(1, 1), stop=("return_decided",))
EXTENDED = Phase("extended", "extension", due_in=(0, 1), stop=_ANSWER)
SUPERVISED = Phase("supervised", "supervised", due_in=(-7, -4), stop=_ANSWER)
FRESH = Phase("fresh", days=(0, 1), stop=_ANSWER)

PHASES: tuple[Phase, ...] = (
    HANDLING, DUE_TODAY, NEW, OVERDUE, TONIGHT, INTERIM, REPLIED, ACCEPTED, ASSIGNED, SCREENING,
    FRESH, ANSWERED, HANDLING, QUESTION, REDO, INTERIM, REPLIED, RETURNING, OVERDUE, EXTENDED,
    SUPERVISED, HANDLING, DUE_TODAY, ANSWERED, FRESH, INTERIM, HANDLING, REPLIED, REDO, HANDLING,
)  # fmt: skip
"""Dealt out in this order: the first twenty show every open state."""
