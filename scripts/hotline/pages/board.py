"""The bureau's board: what stands at which level, whose it is, and on which ground.

The same levels as the issues of ``escalate``: a clock that is due soon or overdue asks the
unit, the grounds of arts. 19 to 21 ask those above it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hotline.escalation.level import LEVELS, level_of, rank
from hotline.pages.howto import Step, steps
from hotline.pages.models import ClockRow, Row, Site
from hotline.rules.grounds import GROUNDS
from hotline.values.finding import Finding

_COMMAND = re.compile("(hotline add [^。]+)")


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground that stands: its code, the measure's words, what happened, what may be done."""

    code: str
    title: str
    article: str
    what: str
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """An order at its highest level. ``clock`` is the duty that presses most, if any does."""

    row: Row
    level: str
    grounds: tuple[Ground, ...]
    clock: ClockRow | None
    supervision: ClockRow | None = None
    """The supervision that runs, the one that is due first."""

    @property
    def unit(self) -> str | None:
        """Whose it is: the lead, or where a clock presses the one that it runs for."""
        return self.clock.unit if self.level == "unit" and self.clock else self.row.lead


@dataclass(frozen=True, slots=True)
class Section:
    """A level with its orders, those that press most first."""

    level: str
    title: str
    told: str
    items: tuple[Standing, ...]

    @property
    def supervised(self) -> int:
        """Orders under a supervision that runs."""
        return sum(each.supervision is not None for each in self.items)


@dataclass(frozen=True, slots=True)
class Share:
    """A unit's orders by level, in the order of the sections."""

    unit: str | None
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Board:
    sections: tuple[Section, ...]
    units: tuple[Share, ...]
    grounds: tuple[tuple[Ground, int], ...]
    """Each ground that stands anywhere, with the number of its orders."""

    @property
    def howto(self) -> tuple[Step, ...]:
        """How the commands of the grounds are filled in."""
        standing = (each for section in self.sections for each in section.items)
        return steps(c for each in standing for ground in each.grounds for c in ground.commands)

    @property
    def total(self) -> int:
        return sum(len(section.items) for section in self.sections)


@lru_cache(maxsize=1)
def board(site: Site) -> Board:
    """All orders that anybody above or in a unit must look at."""
    found = [each for row in site.rows for each in _standing(site, row)]
    sections = tuple(
        Section(
            name, level.shown, level.told,
            tuple(sorted((s for s in found if s.level == name), key=_pressing)),
        )
        for name, level in sorted(LEVELS.items(), key=lambda pair: -rank(pair[0]))
        if name != "none"
    )  # fmt: skip
    return Board(sections, tuple(_shares(sections)), tuple(_grounds(found)))


def _standing(site: Site, row: Row) -> Iterator[Standing]:
    grounds = [f for f in site.findings.get(row.path, ()) if f.code in GROUNDS]
    clock = row.burning if row.is_open else None
    if clock is not None and not _asks(clock):
        clock = None
    level = level_of([ground.code for ground in grounds], is_due=clock is not None)
    if level != "none":
        running = [c for c in row.clocks if c.name == "supervision"]
        first = min(running, key=lambda c: c.due_at, default=None)
        yield Standing(row, level, tuple(map(_ground, grounds)), clock, first)


def _asks(clock: ClockRow) -> bool:
    return clock.status == "overdue" or (clock.status == "due_soon" and not clock.provisional)


def _ground(finding: Finding) -> Ground:
    """The commands stand in the finding's words, where the rule that knows them put them."""
    what = finding.message.partition("。")[0]
    commands = tuple(text.strip() for text in _COMMAND.findall(finding.message))
    return Ground(finding.code, GROUNDS[finding.code], finding.article, what, commands)


def _pressing(each: Standing) -> tuple[bool, bool, str, str]:
    clock = each.clock
    late = clock is not None and clock.status == "overdue"
    return not late, clock is None, clock.due_at.isoformat() if clock else "", each.row.id


def _shares(sections: Sequence[Section]) -> Iterator[Share]:
    """The unit with most at the highest levels first."""
    counts: dict[str | None, list[int]] = {}
    for number, section in enumerate(sections):
        for each in section.items:
            counts.setdefault(each.unit, [0] * len(sections))[number] += 1
    shares = [Share(unit, tuple(own)) for unit, own in counts.items()]
    yield from sorted(shares, key=lambda s: (tuple(-n for n in s.counts), s.unit or ""))


def _grounds(found: Sequence[Standing]) -> Iterator[tuple[Ground, int]]:
    count: Counter[str] = Counter()
    first: dict[str, Ground] = {}
    for each in found:
        for ground in {ground.code: ground for ground in each.grounds}.values():
            count[ground.code] += 1
            first.setdefault(ground.code, ground)
    yield from ((first[code], count[code]) for code in sorted(count))
