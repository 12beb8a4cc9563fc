"""What other files need to know of a case: small, plain, and enough for the X rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from hotline.values.node import Place

COMPLAINTS = frozenset({"complaint", "report"})


class Link(NamedTuple):
    """Earlier orders of the same person or problem, and whether the demand is reasonable
    (None where that is not stated). ``at`` is when the center said so."""

    cases: tuple[str, ...]
    reasonable: bool | None
    place: Place
    at: datetime


class Facts(NamedTuple):
    """The facts of one case file. Places are those of its own file."""

    path: str
    id: str
    id_place: Place
    channel: str
    platform: str
    upstream_id: str
    upstream_place: Place
    fingerprint: str
    named_cases: tuple[tuple[str, Place], ...]
    """Orders named by ``linked``."""
    person_links: tuple[str, ...]
    """Earlier orders of the same person (art. 11)."""
    terminations: tuple[tuple[Place, int], ...]
    """Each ``terminated``: its place, and the reports that the policy asks for."""
    kind: str
    dispatched_at: datetime
    is_open: bool
    ending: str
    """``satisfied``, ``screened`` or ``terminated`` where it ended so, else ''."""
    links: tuple[Link, ...]
    """What ``linked`` states, in the order of the file (art. 20-2)."""
    long_days: int
    """Working days after which a matter has been unsolved for long (policy)."""
    supervisions: tuple[tuple[str, str], ...]
    """Open supervisions: the ground and who opened it, the earliest first."""
    effective_supervisions: tuple[tuple[str, datetime], ...]
    """Grounds whose supervision was closed as effective, and when."""

    @property
    def upstream_key(self) -> tuple[str, str, str]:
        return (self.channel, self.platform, self.upstream_id)


class Cases:
    """The facts of all cases that were read; ``look_up`` finds others by their id."""

    def __init__(
        self,
        facts: Iterable[Facts],
        look_up: Callable[[str], Facts | None] | None = None,
        holds: Callable[[str], bool] | None = None,
    ) -> None:
        self._by_id: dict[str, list[Facts]] = {}
        self._by_upstream: dict[tuple[str, str, str], list[Facts]] = {}
        self._by_person: dict[str, list[Facts]] = {}
        for fact in facts:
            self._by_id.setdefault(fact.id, []).append(fact)
            self._by_upstream.setdefault(fact.upstream_key, []).append(fact)
            if fact.fingerprint:
                self._by_person.setdefault(fact.fingerprint, []).append(fact)
        self._look_up = look_up or (lambda _: None)
        self._holds = holds or (lambda _: False)

    def exists(self, case: str) -> bool:
        """Whether there is such a case, though its file may be one that cannot be read."""
        return self.get(case) is not None or self._holds(case)

    def with_id(self, case: str) -> list[Facts]:
        return self._by_id.get(case, [])

    def with_upstream(self, key: tuple[str, str, str]) -> list[Facts]:
        return self._by_upstream.get(key, [])

    def get(self, case: str) -> Facts | None:
        """The case of this id, read on demand where it was not among the files."""
        found = self._by_id.get(case)
        return found[0] if found else self._look_up(case)

    def reports_of_one_person(self, facts: Facts) -> int:
        """How many reports of one matter by one person the links of ``facts`` name,
        this one included, followed through the linked orders (art. 11, par. 2). Only
        earlier orders count, whatever else was linked."""
        seen = {facts.id}
        waiting = list(facts.person_links)
        while waiting:
            name = waiting.pop()
            if name not in seen and _number(name) < _number(facts.id):
                seen.add(name)
                other = self.get(name)
                waiting.extend(other.person_links if other else ())
        return len(seen)

    def repeated(self, facts: Facts) -> list[Facts]:
        """The complaints and reports of one matter that count for art. 20-2: this order and
        the earlier ones that its links lead to, since the last that ended satisfied; those
        screened or terminated do not count."""
        seen = {facts.id: facts}
        waiting = [name for link in facts.links for name in link.cases]
        while waiting:
            name = waiting.pop()
            other = None if name in seen else self.get(name)
            if other is not None and _number(name) < _number(facts.id):
                seen[name] = other
                waiting.extend(found for link in other.links for found in link.cases)
        of_kind = [one for one in seen.values() if one.kind in COMPLAINTS]
        solved = [one.dispatched_at for one in of_kind if one.ending == "satisfied"]
        since = max(solved, default=None)
        return [
            one
            for one in of_kind
            if not one.ending and (since is None or one.dispatched_at > since)
        ]

    def is_stated_reasonable(self, facts: Facts) -> bool | None:
        """What the order's last statement says, None without one."""
        stated = [link.reasonable for link in facts.links if link.reasonable is not None]
        return stated[-1] if stated else None


def _number(case: str) -> tuple[str, int]:
    """The day and the number of an id, which order the reports of one county."""
    _, day, number = case.split("-")
    return day, int(number)
