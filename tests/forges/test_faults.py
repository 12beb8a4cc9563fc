"""Faults, limits, happenings, schedules."""

from __future__ import annotations

import json

import pytest

from tests.forges.asking import BOTH, REPO, ask, made, numbers, opened, scheduled
from tests.forges.descriptions import Dialect
from tests.forges.faults import (
    FAULTS,
    GITHUB_FAULTS,
    Cut,
    Happening,
    Schedule,
    named_schedules,
    random_schedule,
)
from tests.forges.standin import StandIn


@pytest.mark.parametrize("kind", FAULTS)
def test_each_fault_once_and_only_after_does_the_work(forge: StandIn, kind: str) -> None:
    forge = scheduled(forge.dialect, kind)
    headers = {"Authorization": "Bearer bot-token", "Content-Type": "application/json"}
    create = "POST", f"{REPO}/issues", headers, b'{"title": "x"}'
    before = forge.now()
    if kind.startswith(("cut", "timeout")):
        with pytest.raises(Cut) as cut:
            forge.handle(*create)
        assert cut.value.done == kind.endswith("after")
        assert forge.now() - before == (60 if kind.startswith("timeout") else 0)
    else:
        status, given, body = forge.handle(*create)
        assert status == {"html": 200, "broken": 200, "redirect": 302}.get(
            kind.split("-")[0], int(kind[:3]) if kind[:3].isdigit() else 0
        )
        assert ("Retry-After" in given) == (kind == "429")
        if kind == "broken-json":
            with pytest.raises(json.JSONDecodeError):
                json.loads(body)
    done = kind.endswith("-after") or kind == "broken-json"
    assert (len(forge.issues), forge.writes) == ((1, 1) if done else (0, 0))
    assert forge.requests[0].outcome == kind
    assert forge.handle(*create)[0] == 201


def test_github_limits() -> None:
    forge = scheduled("github", "403-primary", seconds=90)
    _, headers, _ = ask(forge, "GET", f"{REPO}/issues")
    assert headers["x-ratelimit-remaining"] == "0"
    assert int(headers["x-ratelimit-reset"]) == forge.now() + 90
    ask(forge, "GET", f"{REPO}/issues")
    assert [row.ordinal for row in forge.hasty()] == [1]
    status, headers, row = ask(scheduled("github", "403-secondary"), "GET", f"{REPO}/issues")
    assert (status, headers["Retry-After"]) == (403, "60")
    assert "secondary rate limit" in row["message"]
    assert "Retry-After" not in ask(scheduled("github", "403-secondary-bare"), "GET", "/user")[1]
    assert ask(forge, "GET", "/rate_limit")[2]["rate"]["limit"] == 5000


def test_happenings_come_at_their_request(forge: StandIn) -> None:
    plan = {1: Happening("close"), 2: Happening("outsider-copies-marker", 1)}
    forge = made(forge.dialect, schedule=Schedule("x", forge.dialect, happenings=plan))
    opened(forge, 2)
    assert numbers(forge, "state=open") == [2, 1]
    assert numbers(forge, "state=open") == [2]
    assert not forge.spent
    assert numbers(forge, "state=open") == [3, 2]
    assert forge.spent


def test_a_second_bot_is_the_hook_s_affair(forge: StandIn) -> None:
    plan = {0: Happening("second-bot"), 1: Happening("close")}

    def happen(happening: Happening) -> None:
        if happening.kind == "second-bot":
            ask(standin, "POST", f"{REPO}/issues", {"title": "第二"})
            ask(standin, "GET", f"{REPO}/issues")
        else:
            standin.happens(happening)

    schedule = Schedule("x", forge.dialect, happenings=plan)
    standin = made(forge.dialect, schedule=schedule, happen=happen)
    # What was due while the second bot worked comes with it, before this request's work.
    assert numbers(standin, "state=closed") == [1]


@pytest.mark.parametrize("dialect", BOTH)
def test_schedules_are_data(dialect: Dialect) -> None:
    named = named_schedules(dialect)
    assert len(named) >= 25
    assert len({row.name for row in named}) == len(named)
    for seed in range(200):
        row = random_schedule(seed, dialect, length=40)
        assert row == random_schedule(seed, dialect, length=40)
        assert row.end <= 40
        assert 0 <= row.lag <= 60
        assert dialect == "github" or not {f.kind for f in row.faults.values()} - {*FAULTS}
    kinds = {f.kind for n in range(400) for f in random_schedule(n, dialect).faults.values()}
    assert kinds == {*(GITHUB_FAULTS if dialect == "github" else FAULTS)}


@pytest.mark.parametrize("seed", range(30))
def test_any_schedule_can_be_played(forge: StandIn, seed: int) -> None:
    schedule = random_schedule(seed, forge.dialect, length=40)
    forge = made(forge.dialect, schedule=schedule, happen=lambda h: None)
    for n in range(40):
        if n % 3:
            target, body = f"{REPO}/issues?state=all", None
        else:
            target, body = f"{REPO}/issues", {"title": str(n)}
        try:
            ask(forge, "POST" if body else "GET", target, body)
        except (Cut, ValueError):
            continue
    assert len(forge.requests) == 40
    assert forge.refused == []


@pytest.mark.parametrize("schedule", [row.name for row in named_schedules("github")])
def test_named_happenings_can_be_played(schedule: str) -> None:
    row = next(row for row in named_schedules("github") if row.name == schedule)
    forge = made("github", schedule=row)
    opened(forge, 4)
    for happening in row.happenings.values():
        if happening.kind != "second-bot":
            forge.happens(happening)
