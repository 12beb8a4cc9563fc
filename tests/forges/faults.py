"""What can go wrong with a forge, as data."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.forges.descriptions import Dialect

FAULTS = (
    "500-before", "500-after", "502-before", "502-after", "503-before", "503-after",
    "504-before", "504-after", "cut-before", "cut-after", "timeout-before", "timeout-after",
    "429", "429-bare", "html", "broken-json", "redirect",
)  # fmt: skip
GITHUB_FAULTS = (*FAULTS, "403-secondary", "403-secondary-bare", "403-primary")
HAPPENINGS = (
    "second-bot", "close", "reopen", "retitle", "edit-body", "drop-markers", "add-label",
    "remove-labels", "lock", "unlock", "delete", "transfer", "outsider-issue",
    "outsider-copies-marker", "pull-request",
)  # fmt: skip


class Cut(Exception):
    """The connection ended without an answer. ``done``: the work was done all the same."""

    def __init__(self, done: bool, seconds: float = 0.0) -> None:
        super().__init__("after the work" if done else "before the work")
        self.done = done
        self.seconds = seconds
        """How long the client waited in vain, for a timeout."""


@dataclass(frozen=True)
class Fault:
    """``seconds``: what retry-after says, how long a limit lasts, or how long a timeout takes."""

    kind: str
    seconds: float = 60.0

    def __post_init__(self) -> None:
        assert self.kind in GITHUB_FAULTS, self.kind

    @property
    def done(self) -> bool:
        """The work is done although no answer tells of it."""
        return self.kind.endswith("-after") or self.kind == "broken-json"


@dataclass(frozen=True)
class Happening:
    """Somebody does something; ``which`` chooses the issue, counted round the open ones."""

    kind: str
    which: int = 0

    def __post_init__(self) -> None:
        assert self.kind in HAPPENINGS, self.kind


@dataclass(frozen=True)
class Schedule:
    """Faults and happenings by the ordinal of the request (from 0) that they meet."""

    name: str
    dialect: Dialect
    seed: int = 0
    lag: float = 0.0
    faults: Mapping[int, Fault] = field(default_factory=dict)
    happenings: Mapping[int, Happening] = field(default_factory=dict)
    about: str = ""

    @property
    def end(self) -> int:
        """The first ordinal after all faults and happenings."""
        return max((*self.faults, *self.happenings), default=-1) + 1


def random_schedule(seed: int, dialect: Dialect, *, length: int = 60) -> Schedule:
    """Up to 12 faults and 3 happenings over the first ``length`` requests."""
    rng = random.Random(seed)
    kinds = GITHUB_FAULTS if dialect == "github" else FAULTS
    lag = rng.choice((0.0, rng.uniform(0, 60), 60.0))
    at = rng.sample(range(length), min(rng.randint(0, 12), length))
    faults = {n: Fault(rng.choice(kinds), float(rng.choice((1, 5, 30, 60, 90)))) for n in at}
    at = rng.sample(range(length), min(rng.randint(0, 3), length))
    happenings = {n: Happening(rng.choice(HAPPENINGS), rng.randrange(8)) for n in at}
    return Schedule(f"random-{seed}", dialect, seed, lag, faults, happenings)


@cache
def named_schedules(dialect: Dialect) -> tuple[Schedule, ...]:
    """The hand-made schedules that this forge can play."""
    text = (Path(__file__).parent / "schedules.yaml").read_text("utf-8")
    rows = yaml.safe_load(text)
    return tuple(_schedule(row, dialect) for row in rows if dialect in row.get("only", dialect))


def _schedule(row: dict[str, Any], dialect: Dialect) -> Schedule:
    faults: dict[int, Fault] = {}
    for where, told in row.get("faults", {}).items():
        kind, _, seconds = told.partition(" ")
        first, _, last = str(where).partition("-")
        for ordinal in range(int(first), int(last or first) + 1):
            faults[ordinal] = Fault(kind, float(seconds or 60))
    happenings = {
        int(where): Happening(told.partition(" ")[0], int(told.partition(" ")[2] or 0))
        for where, told in row.get("happenings", {}).items()
    }
    lag = float(row.get("lag", 0))
    return Schedule(row["name"], dialect, 0, lag, faults, happenings, row["about"])
