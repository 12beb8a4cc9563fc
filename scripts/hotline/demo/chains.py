"""Matters that come back: the same person again, or the same problem from others."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hotline.demo.matter import Matter
from hotline.demo.places import Place

_REST = timedelta(days=16)
"""Nobody calls again before the last answer is likely to be there."""
_KEPT = 240


@dataclass(frozen=True, slots=True)
class Chain:
    """A matter with the orders that it gave rise to. ``fingerprint`` is that of the person,
    empty where different people complain of the same problem."""

    cases: tuple[str, ...]
    last: datetime
    matter: Matter
    place: Place
    slots: dict[str, str]
    fingerprint: str = ""

    @property
    def same(self) -> str:
        return "person" if self.fingerprint else "problem"


class Chains:
    """The matters that may come back; the oldest are forgotten."""

    def __init__(self) -> None:
        self._open: deque[Chain] = deque(maxlen=_KEPT)

    def begin(self, chain: Chain) -> None:
        self._open.append(chain)

    def take(self, at: datetime) -> Chain | None:
        """A matter that has rested long enough, the longest chain first."""
        rested = [chain for chain in self._open if chain.last + _REST <= at]
        if not rested:
            return None
        chosen = max(rested, key=lambda chain: len(chain.cases))
        self._open.remove(chosen)
        return chosen

    def resume(self, chain: Chain, case: str, at: datetime) -> None:
        """The matter has come back once more; after the fourth time it rests for good."""
        if len(chain.cases) < 3:
            self._open.append(replace(chain, cases=(*chain.cases, case), last=at))
