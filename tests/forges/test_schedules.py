"""Whatever the forge does: one open issue per case, and then nothing more to write.

Two thousand random schedules for each forge, and some made by hand. A schedule troubles the
first runs; from then on at most three more runs may be needed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest

from hotline.doors.fault import Unavailable
from hotline.escalation.issue import Issue
from hotline.escalation.marker import read, same_text
from hotline.escalation.plan import Plan
from tests.forges.bots import SECRET, an_issue, bot, reconcile, wanted
from tests.forges.descriptions import Dialect
from tests.forges.faults import Happening, Schedule, named_schedules, random_schedule
from tests.forges.model import Clock
from tests.forges.model import Issue as Row
from tests.forges.standin import BOTS, StandIn
from tests.support import every

DIALECTS: tuple[Dialect, ...] = ("github", "gitea")
SCHEDULES, BATCH = 2_000, 100
BEFORE = wanted(an_issue(1), an_issue(2), an_issue(3, "D101"), an_issue(4))
AFTER = wanted(
    an_issue(1),
    an_issue(
        2,
        "D103",
        "E191",
        level="bureau",
        title="【提请局督办】LZ-20261013-0002 超期未办理 · 县住建局",
    ),
    an_issue(4, body="内容有变"),
    an_issue(5),
    an_issue(6, "E202", level="county"),
)
NEW = len(AFTER.keys() - BEFORE.keys())
RUNS = 3
"""How many runs may follow the last trouble until all is as it should be."""


def case_of(row: Row) -> str:
    return row.title.split("】")[1].split(" ")[0]


def says(row: Row, issue: Issue) -> bool:
    body = read(row.body)
    return row.title == issue.title and bool(body.marker) and same_text(body.ours, issue.body)


@dataclass
class Story:
    """A calm first day, then a schedule's troubles, then calm again."""

    schedule: Schedule
    secret: str = SECRET
    pause: float = 900.0
    usual: float = 900.0
    """Seconds between two runs, while there is trouble and afterwards."""
    clock: Clock = field(default_factory=Clock)
    closings: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.standin = StandIn(self.schedule.dialect, self.clock, lag=0.0, page_max=4)

    def run(self) -> int:
        """How many runs it took after the last trouble."""
        self.go(BEFORE)
        assert self.open_by_case() == dict.fromkeys(BEFORE, 1)
        self.clock.advance(3600)
        self.trouble()
        calm = 0
        for _ in range(20):
            start = self.standin.ordinal
            is_sure = self.go(AFTER)
            is_calm = start >= self.schedule.end
            # What lists do not show yet no run can mend: calm runs come at their usual hours.
            self.clock.advance(self.usual if is_calm else self.pause)
            calm += is_calm
            if is_sure and is_calm and self.is_right():
                return calm
        raise AssertionError(f"never right: {self.open_by_case()}")

    def trouble(self) -> None:
        """From here on, the schedule's ordinals count."""
        done, standin = self.standin.ordinal, self.standin
        schedule = Schedule(
            self.schedule.name, self.schedule.dialect, lag=self.schedule.lag,
            faults={done + n: fault for n, fault in self.schedule.faults.items()},
            happenings={done + n: what for n, what in self.schedule.happenings.items()},
        )  # fmt: skip
        self.schedule = standin.schedule = schedule
        standin.store.lag = schedule.lag
        standin._coming = sorted(schedule.happenings.items())
        standin.happen = self.happen

    def happen(self, happening: Happening) -> None:
        if happening.kind == "second-bot":
            self.go(AFTER)
            return
        if happening.kind == "close":
            before = {row.number for row in self.standin.open_issues()}
            self.standin.happens(happening)
            for number in before - {row.number for row in self.standin.open_issues()}:
                marker = read(self.standin.issue(number).body).marker
                self.closings[marker.case if marker else ""] += 1
            return
        self.standin.happens(happening)

    def go(self, asked: dict[str, Issue]) -> bool:
        """One run as CI does it: whatever happens, it ends and says whether it knows."""
        since = self.standin.ordinal
        try:
            made, report = reconcile(bot(self.standin, self.clock, secret=self.secret), asked)
        except Unavailable:
            return False
        finally:
            hasty = [row for row in self.standin.hasty() if row.ordinal >= since]
            # A run knows what it was told itself, not what an older one heard.
            told = any(row.wait_until for row in self.standin.requests if row.ordinal >= since)
            assert not (told and hasty), "a request before the time that the forge named"
        self.last: Plan = made
        return report.is_sure

    def open_rows(self) -> list[Row]:
        """The bot's open issues; what outsiders opened is none of its business."""
        return [
            row for row in self.standin.open_issues() if row.author == BOTS[self.standin.dialect]
        ]

    def open_by_case(self) -> dict[str, int]:
        return dict(Counter(case_of(row) for row in self.open_rows()))

    def is_right(self) -> bool:
        """One open issue per case that says what it should; none is needed where a person
        closed it twice."""
        left = {case for case, times in self.closings.items() if times > 1}
        have = self.open_by_case()
        return (
            have.keys() <= AFTER.keys()
            and AFTER.keys() - have.keys() <= left
            and all(number == 1 for number in have.values())
            and all(says(row, AFTER[case_of(row)]) for row in self.open_rows())
        )

    def check_what_was_made(self) -> None:
        """No issue is made twice, though answers are lost and lists lag, but where another bot
        runs at the same time or a person takes the old one away; and no comment is."""
        kinds = Counter(what.kind for what in self.schedule.happenings.values())
        excused = sum(kinds[kind] for kind in ("drop-markers", "delete", "transfer"))
        excused += NEW * kinds["second-bot"]
        bot = BOTS[self.standin.dialect]
        made = [row for row in self.standin.store.issues.rows.values() if row.author == bot]
        spare = sum(number - 1 for number in Counter(map(case_of, made)).values())
        assert spare <= excused, "made twice"
        lowest = {case_of(row): row.number for row in reversed(made) if not row.gone}
        for row in [] if kinds["reopen"] or kinds["close"] else self.open_rows():
            assert row.number == lowest[case_of(row)], "the lowest number stays"
        told = Counter(
            (row.number, row.body)
            for row in self.standin.store.comments.rows.values()
            if row.author == bot
        )
        assert self.schedule.lag or not [n for n in told.values() if n > 1 + kinds["second-bot"]]

    def writes_nothing_more(self) -> bool:
        self.clock.advance(self.usual)
        before = self.standin.writes
        return self.go(AFTER) and self.standin.writes == before


def hold(schedule: Schedule, *, secret: str = SECRET, pause: float = 900.0) -> int:
    story = Story(schedule, secret, pause)
    runs = story.run()
    assert runs <= RUNS, (schedule, runs)
    assert story.writes_nothing_more(), (schedule, story.last)
    story.check_what_was_made()
    assert not story.standin.refused
    return runs


@pytest.mark.parametrize("batch", every(2, range(SCHEDULES // BATCH)))
@pytest.mark.parametrize("dialect", DIALECTS)
def test_random_schedules_converge(dialect: Dialect, batch: int) -> None:
    """Every second one without a secret key, every third one with runs hard on each other."""
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        schedule = random_schedule(seed, dialect, length=30)
        hold(schedule, secret=SECRET * (seed % 2), pause=900.0 if seed % 3 else 2.0)


@pytest.mark.parametrize(
    "schedule", [s for d in DIALECTS for s in named_schedules(d)], ids=lambda s: f"{s.dialect}-{s.name}"
)  # fmt: skip
def test_awkward_schedules_converge(schedule: Schedule) -> None:
    hold(schedule)
