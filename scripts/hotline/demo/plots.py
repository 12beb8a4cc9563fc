"""The plots: which there are, how often, and of which kinds of orders they are told.

Each is a legal story from acceptance to archive, whenever it is cut off.
"""

from __future__ import annotations

from collections.abc import Callable

from hotline.demo import delays, straight, turns
from hotline.demo.story import Story

PLOTS: dict[str, Callable[[Story], None]] = {
    "plain": straight.plain,
    "late": delays.late,
    "supervised": delays.supervised,
    "extension": delays.extension,
    "interim": delays.interim,
    "return": turns.return_,
    "return_refused": turns.return_refused,
    "upstream": turns.upstream,
    "withdrawn": turns.withdrawn,
    "reclassified": turns.reclassified,
    "redo": turns.redo,
    "screening": turns.screening,
    "repeated": turns.repeated,
    "terminated": turns.terminated,
}

SHARES = {
    "plain": 130, "late": 10, "supervised": 3, "extension": 11, "interim": 4, "return": 9,
    "return_refused": 3, "upstream": 2, "withdrawn": 2, "reclassified": 3, "redo": 7,
    "screening": 2, "repeated": 14,
}  # fmt: skip
"""Plots of 200 orders. Some fall back to the plain one where the kind does not allow them."""

_DISPUTES = frozenset({"help", "suggestion", "complaint"})
KINDS_OF: dict[str, frozenset[str]] = {
    "supervised": _DISPUTES,
    "extension": _DISPUTES,
    "interim": frozenset({"help", "complaint"}),
    "return": _DISPUTES,
    "return_refused": _DISPUTES,
    "reclassified": frozenset({"help", "complaint"}),
    "screening": _DISPUTES,
    "redo": frozenset({"consultation", "help", "complaint"}),
    "repeated": frozenset({"complaint"}),
}
"""The kinds that a plot is told of; all where it is not named."""
