"""How open orders stand at this moment: one row for each thing that a desk shows.

Any beginning of a legal story is legal, so an open order is a whole story that is cut off:
by the present moment, or before the event that has not happened yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phase:
    """When an order came and where its story stops.

    It came ``minutes`` before now (or, out of hours, before the last close of business
    where it waits for an office: ``at_desk``), or ``days`` working days before, or so that
    its answer falls due in ``due_in`` working days (before today where negative). The story
    stops before the first ``stop`` that follows an ``after``.
    """

    name: str
    plot: str = "plain"
    kinds: tuple[str, ...] = ("complaint", "help")
    urgency: str = "normal"
    minutes: tuple[int, int] | None = None
    at_desk: bool = False
    days: tuple[int, int] | None = None
    due_in: tuple[int, int] | None = None
    stop: tuple[str, ...] = ()
    after: str = ""
    most: int | None = None
    """No office has more of them at one time, however large the demo."""


_ANSWER = ("replied", "terminated")
_CLOSING = ("callback", "closed")

HANDLING = Phase("handling", days=(1, 6), stop=_ANSWER, most=100)
DUE_TODAY = Phase("due_today", due_in=(0, 0), stop=_ANSWER, most=12)
QUESTION = Phase("question", kinds=("consultation",), due_in=(0, 0), stop=_ANSWER, most=6)
OVERDUE = Phase("overdue", "late", due_in=(-5, -1), stop=_ANSWER, most=30)
NEW = Phase("new", kinds=("complaint", "consultation"), minutes=(2, 25), stop=("accepted",), most=2)
ACCEPTED = Phase("accepted", minutes=(70, 180), at_desk=True, stop=("assigned",), most=3)
ASSIGNED = Phase("assigned", minutes=(100, 240), at_desk=True, stop=("signed",), most=6)
TONIGHT = Phase(
    "tonight", urgency="special", kinds=("help",), minutes=(25, 100), stop=_ANSWER, most=3
)
INTERIM = Phase("interim", "interim", days=(12, 60), stop=_ANSWER)
REPLIED = Phase("replied", days=(4, 10), stop=_CLOSING, most=110)
ANSWERED = Phase(
    "answered", kinds=("consultation", "suggestion"), days=(3, 7), stop=_CLOSING, most=60
)
SCREENING = Phase("screening", "screening", days=(9, 15), stop=("screening_decided",), most=20)
REDO = Phase("redo", "redo", days=(10, 15), stop=_ANSWER, after="redo_ordered", most=30)
RETURNING = Phase("returning", "return", days=(1, 1), stop=("return_decided",), most=5)
EXTENDED = Phase("extended", "extension", due_in=(0, 1), stop=_ANSWER, most=12)
SUPERVISED = Phase("supervised", "supervised", due_in=(-7, -4), stop=_ANSWER, most=15)
FRESH = Phase("fresh", days=(0, 1), stop=_ANSWER, most=20)

_DEALT: tuple[Phase, ...] = (
    HANDLING, DUE_TODAY, NEW, OVERDUE, TONIGHT, INTERIM, REPLIED, ACCEPTED, ASSIGNED, SCREENING,
    FRESH, ANSWERED, HANDLING, QUESTION, REDO, INTERIM, REPLIED, RETURNING, OVERDUE, EXTENDED,
    SUPERVISED, HANDLING, DUE_TODAY, ANSWERED, FRESH, INTERIM, HANDLING, REPLIED, REDO, HANDLING,
)  # fmt: skip
"""The first twenty show every open state."""


def dealt(number: int) -> Iterator[Phase]:
    """The phases of so many open orders."""
    given: Counter[str] = Counter()
    while given.total() < number:
        for phase in _DEALT:
            if given.total() < number and (phase.most is None or given[phase.name] < phase.most):
                given[phase.name] += 1
                yield phase
