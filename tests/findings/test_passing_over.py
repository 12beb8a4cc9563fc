"""What the engine does not look at: checks that find nothing in a case are not called."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest

from hotline.findings import engine
from hotline.findings.engine import Engine
from hotline.procedure.lifecycle import TABLE
from hotline.rules.declare import RULES, event_types, load
from hotline.values.finding import Finding
from tests.rules.examples import judged, order, parts
from tests.rules.test_examples import BY_READING
from tests.support import path_of, schema, shipped_rules, strict, to_yaml

load()
EXAMPLES = [code for code in RULES if code not in BY_READING]


@pytest.fixture
def thorough(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(engine, "event_types", lambda _: frozenset())
    monkeypatch.setattr(engine, "_OF_EACH", ())
    return monkeypatch


@pytest.mark.parametrize("code", EXAMPLES)
def test_what_is_passed_over_finds_nothing_in_the_examples(
    code: str, thorough: pytest.MonkeyPatch
) -> None:
    rule = RULES[code]
    all_called = [judged(example, rule.now) for example in (rule.bad, rule.good)]
    thorough.undo()
    assert [judged(example, rule.now) for example in (rule.bad, rule.good)] == all_called


def test_what_is_passed_over_finds_nothing_in_mixtures(thorough: pytest.MonkeyPatch) -> None:
    """Events of all examples by chance: in states, by units and at times that no rule likes."""
    dice = random.Random(5)
    cases = [mixture(dice) for _ in range(300)]
    all_called = [found(case) for case in cases]
    thorough.undo()
    assert [found(case) for case in cases] == all_called
    codes = {finding.code for findings in all_called for finding in findings}
    assert len(codes) > 50
    assert "S010" not in codes


@cache
def orders() -> list[dict[str, Any]]:
    """The orders of the examples, as far as they fit the schema."""
    files = [
        order(part)
        for code in EXAMPLES
        for example in (RULES[code].bad, RULES[code].good)
        for part in parts(example)
        if not str(part.path).startswith("registry/")
    ]
    given = [strict(file.blob.decode()) for file in files]
    return [case for case in given if all(finding.code != "S010" for finding in found(case))]


def mixture(dice: random.Random) -> dict[str, Any]:
    """The header of one example, with events of others."""
    case = dice.choice(orders())
    events = [event for _ in range(3) for event in dice.choice(orders())["events"]]
    few = dice.sample(events, dice.randrange(min(len(events), 12) + 1))
    if dice.random() < 0.8:
        few.sort(key=lambda event: str(event["at"]))
    return {**case, "events": [event for event in few if not event.get("event")]}


def found(case: dict[str, Any]) -> list[Finding]:
    now = datetime.fromisoformat(case["dispatched_at"]) + timedelta(days=20)
    return Engine(shipped_rules(), schema(), now).judge(path_of(case), to_yaml(case)).findings


def test_a_check_names_events_that_there_are() -> None:
    for rule in RULES.values():
        for check in rule.checks:
            assert event_types(check) <= TABLE.keys(), rule.code


def test_few_plans_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_PLANS", 2)
    judge = Engine(shipped_rules(), schema(), datetime.fromisoformat("2026-12-01T09:00:00+08:00"))
    for case in orders():
        judge.judge(path_of(case), to_yaml(case))
        assert len(judge._plans) <= 2
