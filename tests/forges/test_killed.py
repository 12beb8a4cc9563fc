"""kill -9 at any request, before or after the forge did its work: the next run repairs."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

import pytest

from tests.conftest import DataRepository
from tests.escalation.test_plan import late_case
from tests.forges.bots import place
from tests.forges.descriptions import Dialect
from tests.forges.served import served
from tests.forges.standin import StandIn
from tests.rules.examples import REPLIED, timed
from tests.support import path_of

Hotline = Callable[..., tuple[int, str, str]]
DIALECTS: tuple[Dialect, ...] = ("github", "gitea")
BEFORE, AFTER = "2026-10-23T09:00:00+08:00", "2026-10-26T09:00:00+08:00"
CASES = [f"LZ-20261013-{number:04d}" for number in (7, 8, 9)]


@dataclass
class County:
    """A repository and the forge that its issues lie on."""

    repository: DataRepository
    standin: StandIn
    hotline: Hotline
    env: pytest.MonkeyPatch

    def arguments(self, now: str) -> list[str]:
        root = str(self.repository.root)
        return [
            "escalate", "--apply", "--forge", self.standin.dialect, "--repo", root, "--now", now,
        ]  # fmt: skip

    @contextmanager
    def online(self, **hooks: Callable[[int], None]) -> Iterator[None]:
        """The forge within reach, and the environment that Actions would set."""
        with served(self.standin, **hooks) as url:
            for name, value in place(self.standin, api=url).items():
                self.env.setenv(name, value)
            yield

    def run(self, now: str) -> int:
        """A run that nobody disturbs: its exit code."""
        with self.online():
            return self.hotline(*self.arguments(now))[0]

    def killed_at(self, ordinal: int, *, done: bool) -> bool:
        """Runs the bot as a process and kills it at a request; whether it came that far."""
        first = self.standin.ordinal
        struck: list[int] = []

        def strike(at: int) -> None:
            if at == first + ordinal and not struck:
                struck.append(at)
                bot.send_signal(signal.SIGKILL)
                bot.wait()

        with self.online(**{"after" if done else "before_answer": strike}):
            command = [sys.executable, "-m", "hotline", *self.arguments(AFTER)]
            bot = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            bot.wait(timeout=60)
        assert bot.returncode == (-signal.SIGKILL if struck else 0)
        return bool(struck)

    def yesterday(self) -> None:
        """Orders 7 and 8 are overdue and have their issues."""
        (self.repository.root / path_of(case(9))).unlink(missing_ok=True)
        self.repository.put(case(7))
        self.repository.put(case(8))
        assert self.run(BEFORE) == 0

    def today(self) -> None:
        """7 is done, 8 is later still, 9 has come up."""
        self.repository.put(case(7, is_answered=True))
        self.repository.put(case(9))

    def open_issues(self) -> dict[str, int]:
        rows = self.standin.open_issues()
        return Counter(row.title.split("】")[1].split(" ")[0] for row in rows)


def case(number: int, *, is_answered: bool = False) -> dict[str, object]:
    told = late_case(id=f"LZ-20261013-{number:04d}", upstream_id=f"ZY{number}")
    if is_answered:
        called = {
            "type": "callback",
            "reached": True,
            "process": "satisfied",
            "result": "satisfied",
        }
        rest = [
            {**REPLIED, "at": "2026-10-23T10:00:00+08:00"},
            {**called, "at": "2026-10-23T11:00:00+08:00"},
            {"type": "closed", "ground": "satisfied", "at": "2026-10-23T12:00:00+08:00"},
        ]
        told["events"] = [*told["events"], *timed(rest, told)]  # type: ignore[misc]
    return told


@pytest.mark.parametrize(
    ("dialect", "done"),
    [
        pytest.param(
            dialect, done, id=f"{dialect}-{'after' if done else 'before'}",
            # By default one of each, not each with each.
            marks=() if done == bool(number % 2) else pytest.mark.slow,
        )
        for number, dialect in enumerate(DIALECTS)
        for done in (False, True)
    ],
)  # fmt: skip
def test_killed_at_any_request(
    repository: DataRepository, hotline: Hotline, monkeypatch: pytest.MonkeyPatch,
    dialect: Dialect, done: bool,
) -> None:  # fmt: skip
    here = County(repository, StandIn(dialect), hotline, monkeypatch)
    for ordinal in count():
        here.standin = StandIn(dialect)
        here.yesterday()
        here.today()
        came_that_far = here.killed_at(ordinal, done=done)
        assert here.run(AFTER) == 0
        assert here.open_issues() == {CASES[1]: 1, CASES[2]: 1}, ordinal
        before = here.standin.writes
        assert here.run(AFTER) == 0
        assert here.standin.writes == before, "and then there is nothing to write"
        assert not here.standin.refused
        if not came_that_far:
            assert ordinal > 5, "there was something to kill"
            return
