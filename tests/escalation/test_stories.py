"""One story per ground of arts. 19 to 21, told on a forge from its beginning to its return.

``stories.yaml`` tells what happens to an order and what the bot does to its issue. Each story
goes the whole way: the order's file, its reading, the rules, the plan, and either forge.
"""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hotline.cli.common import open_repository, read_cases
from hotline.cli.verbs.escalate import make_plan
from hotline.doors.forges.labels import LEVEL_LABELS
from hotline.escalation.marker import Marker, read
from hotline.escalation.plan import Action
from hotline.rules.grounds import GROUNDS
from hotline.views.case_view import view_case
from tests.conftest import DataRepository
from tests.forges.bots import bot
from tests.forges.descriptions import Dialect
from tests.forges.model import Clock
from tests.forges.model import Issue as Row
from tests.forges.standin import StandIn
from tests.rules.examples import ALERTED, HEADER, LEADING, RESPONDED, timed
from tests.support import at, strict

Run = Callable[..., tuple[int, str, str]]
Event = dict[str, Any]
STORIES: list[dict[str, Any]] = strict((Path(__file__).parent / "stories.yaml").read_text("utf-8"))
BOTH: tuple[Dialect, ...] = ("github", "gitea")
ID = str(HEADER["id"])
STAGES = frozenset({"begins", "moves", "ends", "reopens"})
"""What a story shows of its ground; ``moves`` is to another level while the issue is open."""
TITLES = {
    "unit": ("【即将到期】", "【已超期】"),
    "bureau": ("【提请局督办】",),
    "county": ("【报请县督办】",),
    "accountability": ("【追责线索】",),
}
_TOLD = re.compile(r"^- ([DE]\d{3}) ", re.M)


class Outcome(NamedTuple):
    """What a run did to the order's issue, and how that stands afterwards."""

    does: str
    level: str
    grounds: tuple[str, ...]
    comment: tuple[str, ...] = ()
    """The codes that the new comment names; none where none was written."""

    @classmethod
    def expected(cls, moment: dict[str, Any]) -> Outcome:
        grounds, comment = moment.get("grounds", ()), moment.get("comment", ())
        return cls(moment["does"], moment.get("level", ""), tuple(grounds), tuple(comment))


def an_order(events: list[Event], **header: Any) -> dict[str, Any]:
    """A whole order; its events may leave out what is usual, and the seconds of their times."""
    case = {**HEADER, **header}
    exact = [
        {key: at(value).isoformat() if key in ("at", "due_at") else value for key, value in e.items()}
        for e in events
    ]  # fmt: skip
    return {**case, "events": timed(exact, case)}


def on_the_way(state: str) -> list[Event]:
    return [dict(event) for event in LEADING[state] if event not in (ALERTED, RESPONDED)]


def an_unsolved_one(name: str) -> dict[str, Any]:
    """An earlier order that was answered and closed without satisfying anybody."""
    day = f"{name[3:7]}-{name[7:9]}-{name[9:11]}"
    events = [*on_the_way("replied"), {"type": "closed", "ground": "lawful_reply"}]
    upstream = "ZY" + name[3:].replace("-", "")
    return an_order(events, id=name, upstream_id=upstream, dispatched_at=f"{day}T09:30:00+08:00")


@dataclass
class Telling:
    """A data repository and a forge, looked at through one order."""

    repository: DataRepository
    dialect: Dialect
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.standin = StandIn(self.dialect, self.clock, lag=0.0)

    def run(self, now: str) -> list[Action]:
        """``hotline escalate --apply --now …`` against this forge."""
        moment = at(now)
        self.clock.time = max(self.clock.time, moment.timestamp())
        opened = open_repository(
            argparse.Namespace(repo=str(self.repository.root), now=moment.isoformat())
        )
        unreadable: set[str] = set()
        views = [view_case(s, opened.now) for s in read_cases(opened, unreadable)]
        assert not unreadable
        forge = bot(self.standin, self.clock)
        made = make_plan(opened, views, forge, unreadable)
        report = forge.apply(made)
        assert report.is_sure, report
        return [action for action in made.actions if action.case == ID]

    def at(self, now: str) -> Outcome:
        """What the run at ``now`` does; a second one right after it must do nothing."""
        before = self.comments()
        actions = self.run(now)
        assert len(actions) <= 1
        outcome = self._outcome(actions[0].action if actions else "none", before)
        writes = self.standin.writes
        again = self.run(now)
        assert {action.action for action in again} <= {"keep"}
        assert self.standin.writes == writes, "the second run at the same moment wrote"
        assert len(self.standin.open_issues()) <= 1
        return outcome

    def _outcome(self, does: str, before: list[str]) -> Outcome:
        new = self.comments()[len(before) :]
        assert len(new) <= 1, new
        told = tuple(_TOLD.findall(new[0])) if new else ()
        assert bool(told) == bool(new), new
        if not self.standin.open_issues():
            return Outcome(does, "", (), told)
        row, marker = self.issue, self.marker
        assert row.title.startswith(TITLES[marker.level]), row.title
        assert [n for n in row.label_names if n in LEVEL_LABELS.values()] == [
            LEVEL_LABELS[marker.level]
        ]
        return Outcome(does, marker.level, marker.grounds, told)

    @property
    def issue(self) -> Row:
        """The one issue that ever was made for the order."""
        [row] = [r for r in self.standin.issues if f"】{ID} " in r.title]
        return row

    @property
    def marker(self) -> Marker:
        marker = read(self.issue.body).marker
        assert marker is not None
        return marker

    @property
    def body(self) -> str:
        return read(self.issue.body).ours

    def comments(self) -> list[str]:
        numbers = [row.number for row in self.standin.issues]
        return [comment.body for n in numbers for comment in self.standin.comments_of(n)]


def moments(story: dict[str, Any], telling: Telling) -> Iterator[tuple[Outcome, Outcome]]:
    """Each moment's outcome: (as told, as found)."""
    for name in story.get("others", ()):
        telling.repository.put(an_unsolved_one(name))
    events = on_the_way(story["from"]) if "from" in story else []
    events += story.get("events", [])
    for moment in story["moments"]:
        events += moment.get("add", [])
        telling.repository.put(an_order(events, **story.get("header", {})))
        yield Outcome.expected(moment), telling.at(moment["now"])


def stages(ground: str, outcomes: list[Outcome]) -> set[str]:
    """Which stages of a ground's life these outcomes show."""
    shown = set()
    before = Outcome("none", "", ())
    for now in outcomes:
        had, has = ground in before.grounds, ground in now.grounds
        if has and not had and now.does in ("open", "update", "reopen"):
            shown.add("begins")
        if now.does == "update" and now.level != before.level and (had or has):
            shown.add("moves")
        if had and not has:
            shown.add("ends")
        if now.does == "reopen" and has and ground in now.comment:
            shown.add("reopens")
        before = now
    return shown


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize(
    "story", [pytest.param(s, id=f"{s['ground']}-{s['about']}") for s in STORIES]
)
def test_a_ground_from_its_beginning_to_its_return(
    story: dict[str, Any], dialect: Dialect, repository: DataRepository
) -> None:
    telling = Telling(repository, dialect)
    found = []
    for moment, (told, outcome) in zip(story["moments"], moments(story, telling), strict=True):
        assert outcome == told, moment["now"]
        found.append(outcome)
    assert telling.issue.number == 1, "one issue for the whole story"
    never = story.get("never", {})
    assert stages(story["ground"], found) == STAGES - never.keys()
    if "ends" in never:
        assert story["ground"] in telling.marker.grounds, "it stands to the last moment"


def test_no_ground_is_without_a_story() -> None:
    told = [story["ground"] for story in STORIES]
    assert sorted(set(told)) == sorted(GROUNDS)
    assert told == sorted(told), "in the order of the measure"
    assert all(never.keys() < STAGES for s in STORIES for never in [s.get("never", {})])


# --- supervision by the commands that the issue offers ----------------------------------

FILLED = {
    "source": "市平台转来",
    "text": "多次督促仍未停工",
    "result": "现场复查，已经停工",
    "outcome": "ineffective",
}
"""What is typed in place of ``…`` where a test names nothing else."""


@dataclass
class Desk:
    """People who do what the issue tells them, by the very commands that stand in it."""

    telling: Telling
    hotline: Run

    def offered(self, *words: str, under: str = "") -> list[str]:
        """The commands in which all these words stand, in the sections that say ``under``."""
        sections = [text for text in self.telling.body.split("\n### ") if under in text]
        commands = [c for text in sections for c in re.findall(r"`(hotline add [^`]+)`", text)]
        return [c for c in commands if all(word in c.split() for word in words)]

    def do(self, moment: str, *words: str, under: str = "", **filled: str) -> None:
        """Runs the one offered command with ``…`` filled in; it must be accepted as it is."""
        offered = dict.fromkeys(self.offered(*words, under=under))
        assert len(offered) == 1, (words, under, self.telling.body)
        [command] = offered
        given = {**FILLED, **filled}
        typed = [
            f"{word[:-2]}={given[word[:-2]]}" if word.endswith("=…") else word
            for word in shlex.split(command)[1:]
        ]
        assert "…" not in "".join(typed), typed
        when = at(moment).isoformat()
        root = str(self.telling.repository.root)
        code, out, err = self.hotline(*typed, "--at", when, "--now", when, "--repo", root)
        assert code == 0, (command, out, err)


@pytest.fixture(params=BOTH)
def desk(request: pytest.FixtureRequest, repository: DataRepository, hotline: Run) -> Desk:
    """An order that was not answered when its reply was due, an hour after that."""
    repository.put(an_order(on_the_way("handling")))
    telling = Telling(repository, request.param)
    assert telling.at("2026-10-22T17:30") == Outcome("open", "bureau", ("D103", "E191"))
    return Desk(telling, hotline)


NEXT_WEEK = "2026-10-27T17:00:00+08:00"
LATE = ("D103", "E191")
"""What stands while the reply is overdue."""


def test_the_bureau_s_supervision_is_effective(desk: Desk) -> None:
    desk.do("2026-10-23T09:00", "supervision_opened", "ground=E191", due_at=NEXT_WEEK)
    assert desk.telling.at("2026-10-23T10:00") == Outcome("update", "bureau", LATE)
    assert not desk.offered("supervision_opened"), "it is not asked for again"
    desk.do("2026-10-26T09:00", "supervision_closed", outcome="effective")
    assert desk.telling.at("2026-10-26T10:00") == Outcome("update", "unit", ("D103",))


def test_the_bureau_s_supervision_is_ineffective(desk: Desk) -> None:
    desk.do("2026-10-23T09:00", "supervision_opened", "ground=E191", due_at=NEXT_WEEK)
    desk.telling.at("2026-10-27T10:00")
    desk.do("2026-10-27T11:00", "supervision_closed", "outcome=…", outcome="ineffective")
    told = desk.telling.at("2026-10-27T12:00")
    assert told == Outcome("update", "county", (*LATE, "E205"), ("E205",))


def the_bureau_s_lapses(desk: Desk) -> None:
    desk.do("2026-10-23T09:00", "supervision_opened", "ground=E191", due_at=NEXT_WEEK)
    assert desk.telling.at("2026-10-27T17:00").level == "bureau"
    told = desk.telling.at("2026-10-27T17:00:01")
    assert told == Outcome("update", "county", STUCK, ("D106", "E205"))


STUCK = ("D103", "D106", "E191", "E205")
"""What stands once the bureau's supervision is overdue as well."""


def the_county_s_is_opened(desk: Desk) -> None:
    the_bureau_s_lapses(desk)
    desk.do("2026-10-28T09:00", "supervision_proposed", "ground=E205")
    desk.do(
        "2026-10-28T10:00", "supervision_opened", "ground=E205", due_at="2026-10-30T17:00:00+08:00"
    )
    assert desk.telling.at("2026-10-28T11:00") == Outcome("update", "county", STUCK)
    assert not desk.offered("supervision_opened"), "neither is asked for again"


def test_the_bureau_s_supervision_is_effective_after_all(desk: Desk) -> None:
    the_bureau_s_lapses(desk)
    desk.do("2026-10-28T09:00", "supervision_closed", under="E191 ", outcome="effective")
    assert desk.telling.at("2026-10-28T10:00") == Outcome("update", "unit", ("D103",))


def test_the_county_s_supervision_lapses_too(desk: Desk) -> None:
    the_county_s_is_opened(desk)
    assert desk.telling.at("2026-10-30T17:00").level == "county"
    told = desk.telling.at("2026-10-30T17:00:01")
    assert told == Outcome("update", "accountability", (*STUCK, "E216"), ("E216",))
    assert "这是线索，不是结论" in desk.telling.body


def test_the_county_s_supervision_is_effective(desk: Desk) -> None:
    the_county_s_is_opened(desk)
    desk.do("2026-10-29T09:00", "supervision_closed", under="E205 ", outcome="effective")
    told = desk.telling.at("2026-10-29T10:00")
    assert told == Outcome("update", "bureau", ("D103", "D106", "E191"))


def test_the_county_s_supervision_is_ineffective(desk: Desk) -> None:
    the_county_s_is_opened(desk)
    desk.telling.at("2026-10-30T10:00")
    due = "到期：2026-10-30 17:00"
    desk.do("2026-10-30T11:00", "supervision_closed", "outcome=…", under=due, outcome="ineffective")
    told = desk.telling.at("2026-10-30T12:00")
    assert told == Outcome("update", "accountability", (*STUCK, "E216"), ("E216",))


def test_a_closing_ends_the_supervision_that_it_was_offered_for(desk: Desk) -> None:
    """The bureau has another one open on the same order: a closing would end that, so it is the
    one that is offered, and the other waits for it."""
    earlier = {
        "type": "supervision_opened", "by": "approval-bureau", "at": "2026-10-14T09:00",
        "level": "bureau", "ground": "E195", "due_at": "2026-10-30T17:00",
    }  # fmt: skip
    desk.telling.repository.put(an_order([*on_the_way("handling"), earlier]))
    desk.telling.at("2026-10-22T17:40")
    desk.do("2026-10-23T09:00", "supervision_opened", "ground=E191", due_at=NEXT_WEEK)
    desk.telling.at("2026-10-23T10:00")
    assert not desk.offered("supervision_closed", under="E191 ")
    desk.do("2026-10-26T09:00", "supervision_closed", under="E195 ", outcome="effective")
    told = desk.telling.at("2026-10-26T10:00")
    assert told == Outcome("update", "bureau", ("D103", "E191"))
    desk.do("2026-10-26T10:30", "supervision_closed", under="E191 ", outcome="effective")
    assert desk.telling.at("2026-10-26T11:00") == Outcome("update", "unit", ("D103",))


@pytest.fixture(params=BOTH)
def thrice(request: pytest.FixtureRequest, repository: DataRepository, hotline: Run) -> Desk:
    """The third order of one matter, unsolved for long; nobody said whether it is reasonable."""
    names = ["LZ-20260824-0001", "LZ-20260914-0001"]
    for name in names:
        repository.put(an_unsolved_one(name))
    linked: Event = {"type": "linked", "at": "2026-10-14T09:00", "cases": names, "same": "problem"}
    repository.put(an_order([*on_the_way("handling"), linked]))
    telling = Telling(repository, request.param)
    assert telling.at("2026-10-14T10:00") == Outcome("open", "bureau", ("E195",))
    return Desk(telling, hotline)


def test_whether_a_repeated_demand_is_reasonable_is_asked(thrice: Desk) -> None:
    assert "reasonable: true 或 false" in thrice.telling.body


@pytest.mark.parametrize(
    ("by", "level", "ground"),
    [("approval-bureau", "bureau", "E195"), ("county-government", "county", "E202")],
)
def test_an_effective_supervision_ends_what_spans_orders_too(
    thrice: Desk, by: str, level: str, ground: str
) -> None:
    """Art. 20-2 and its candidate of art. 19-5."""
    repository = thrice.telling.repository
    links = {"cases": ["LZ-20260824-0001", "LZ-20260914-0001"], "same": "problem"}
    stated = {"reasonable": True} if ground == "E202" else {}
    events: list[Event] = [
        {"type": "linked", "at": "2026-10-14T09:00", **links, **stated},
        {"type": "supervision_opened", "by": by, "at": "2026-10-14T14:00", "level": level,
         "ground": ground, "due_at": "2026-10-20T17:00"},
        {"type": "supervision_closed", "by": by, "at": "2026-10-15T09:00", "result": "已停工",
         "outcome": "effective"},
    ]  # fmt: skip
    repository.put(an_order([*on_the_way("handling"), *events[:2]]))
    thrice.telling.at("2026-10-14T15:00")
    assert not thrice.offered("supervision_opened"), "it is not asked for again"
    repository.put(an_order([*on_the_way("handling"), *events]))
    assert thrice.telling.at("2026-10-15T10:00").does == "close"
