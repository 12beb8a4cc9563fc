"""The worked scenarios of ``tests/scenarios``: state, clocks and findings, exactly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hotline.escalation.level import level_of
from hotline.findings.engine import Engine
from hotline.procedure.clocks import status
from hotline.values.facts import Cases
from hotline.values.times import parse_time
from tests.support import path_of, rules_with, schema, strict, to_yaml

SCENARIOS = sorted((Path(__file__).parent.parent / "scenarios").glob("*.yaml"))
JUDGED_NOW = "SXWDRE"


def _variants() -> list[Any]:
    found: list[Any] = []
    for path in SCENARIOS:
        scenario = strict(path.read_text("utf-8"))
        found.extend(
            pytest.param(scenario, variant, id=f"{path.stem}·{variant['name']}")
            for variant in scenario["variants"]
        )
    return found


def _base(scenario: Any, variant: Any) -> dict[str, Any]:
    name = variant.get("judge") or scenario.get("judge")
    return next((c for c in scenario["cases"] if c["id"] == name), scenario["cases"][0])


def _case(base: dict[str, Any], variant: Any) -> dict[str, Any]:
    """The judged case as the variant changes it."""
    drop = variant.get("drop") or []
    events = [event for number, event in enumerate(base["events"]) if number not in drop]
    case = {
        **base,
        **(variant.get("replace") or {}),
        "events": [*events, *(variant.get("append") or [])],
    }
    return {key: value for key, value in case.items() if value is not None}


@pytest.mark.parametrize(("scenario", "variant"), _variants())
def test_scenario(scenario: Any, variant: Any) -> None:
    rules = rules_with({**(scenario.get("registry") or {}), **(variant.get("registry") or {})})
    now = parse_time(variant["now"])
    engine = Engine(rules, schema(), now)
    base = _base(scenario, variant)
    case = _case(base, variant)
    path = variant.get("path") or path_of(case)
    judged = engine.judge(path, to_yaml(case))
    others = [engine.judge(path_of(c), to_yaml(c)) for c in scenario["cases"] if c is not base]
    facts = [j.subject.facts for j in [judged, *others] if j.subject is not None]
    findings = [
        *judged.findings,
        *(engine.across(facts[:1], Cases(facts)) if judged.subject else []),
    ]
    codes = sorted(f.code for f in findings if f.code[0] in JUDGED_NOW)
    expect = variant["expect"]
    told = "\n".join(f"{f.code} {f.place} {f.message}" for f in findings)
    if "codes" in expect:
        assert codes == sorted(expect["codes"]), told
    assert set(expect.get("has_codes") or []) <= set(codes), told
    assert not set(expect.get("not_codes") or []) & set(codes), told
    if judged.subject is None:
        assert "state" not in expect and not expect.get("clocks"), told
        return
    if "state" in expect:
        assert judged.subject.course.state == expect["state"]
    clocks = judged.subject.clocks
    if "level" in expect:
        is_due = judged.subject.course.is_open and any(
            status(c, now, rules.calendar) in ("due_soon", "overdue") for c in clocks
        )
        assert level_of(codes, is_due=is_due) == expect["level"], told
    for wanted in expect.get("clocks") or []:
        shown = [
            (c.name, c.unit, c.due_at.isoformat(), status(c, now, rules.calendar), c.provisional)
            for c in clocks
            if c.name == wanted["name"]
        ]
        assert any(
            ("unit" not in wanted or unit == wanted["unit"])
            and ("due_at" not in wanted or parse_time(due) == parse_time(wanted["due_at"]))
            and ("status" not in wanted or found == wanted["status"])
            and ("provisional" not in wanted or provisional == wanted["provisional"])
            for _, unit, due, found, provisional in shown
        ), f"{wanted}\nnot among\n{shown}"
    for name in expect.get("no_clocks") or []:
        assert name not in {c.name for c in clocks}
