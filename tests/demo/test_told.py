"""Orders as told: legal at every moment, of every sort, the same for the same arguments."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any

import pytest

from hotline.demo.plan import weeks
from hotline.demo.told import Told
from hotline.findings.engine import Engine
from hotline.procedure.lifecycle import CHANNELS, KINDS, OPEN, STATES, URGENCIES
from hotline.procedure.replying import template_of
from hotline.values.facts import Cases
from tests.demo.plans import NOW, orders
from tests.support import at, schema, shipped_rules, strict

MOMENTS = (
    "2026-11-25T03:06", "2026-02-17T22:15", "2026-10-03T12:00", "2024-01-01T00:00",
    "2023-06-21T09:00", "2030-05-05T20:00", "2013-03-03T08:00", "2099-12-31T23:59",
)  # fmt: skip
"""Night, Spring Festival, National Day, New Year, the measure's first day, years without a
schedule, and the ends of what ``--now`` takes."""


@cache
def three_hundred() -> tuple[Told, ...]:
    return tuple(orders(300))


@cache
def read() -> tuple[dict[str, Any], ...]:
    return tuple(strict(order.text().decode()) for order in three_hundred())


def errors(told: list[Told], now: str) -> list[str]:
    engine = Engine(shipped_rules(), schema(), at(now))
    judged = [engine.judge(order.path, order.text()) for order in told]
    facts = [one.subject.facts for one in judged if one.subject is not None]
    assert len(facts) == len(told)
    found = [f for one in judged for f in one.findings] + engine.across(facts, Cases(facts))
    return [f"{f.path} {f.code} {f.message}" for f in found if f.severity == "error"]


@pytest.mark.parametrize("now", MOMENTS)
def test_no_error_at_any_moment(now: str) -> None:
    assert errors(orders(40, seed=7, now=now), now) == []


@pytest.mark.parametrize("number", [1, 2, 7])
def test_no_error_in_the_smallest_demos(number: int) -> None:
    assert errors(orders(number), NOW) == []


def test_every_beginning_of_a_story_is_legal() -> None:
    """What is sealed is received and given out in one commit: between the two nobody looks."""
    engine = Engine(shipped_rules(), schema(), at(NOW))
    for order in three_hundred()[::10]:
        types = [event["type"] for event in order.events]
        is_sealed = b"\nsealed:" in order.text()
        first = types.index("assigned") + 1 if is_sealed and "assigned" in types else 0
        for count in range(first, len(order.events)):
            found = engine.judge(order.path, order.text(count)).findings
            assert [f for f in found if f.severity == "error"] == [], (order.path, count)


def test_every_sort_is_there() -> None:
    cases = read()
    assert {order.state for order in three_hundred()} == set(STATES)
    for key, names in (("channel", CHANNELS), ("kind", KINDS), ("urgency", URGENCIES)):
        assert {case[key] for case in cases} == set(names)
    petitioners = [case["petitioner"] for case in cases]
    assert any(p["confidential"] for p in petitioners)
    assert any(p["anonymous"] for p in petitioners)


def test_the_shares_are_those_of_a_county() -> None:
    number = 1500
    told = orders(number)
    had = Counter(name for order in told for name in {event["type"] for event in order.events})
    still_open = sum(order.state in OPEN for order in told)
    assert 0.05 < still_open / number < 0.08
    for name, low, high in (
        ("extension_requested", 0.02, 0.06), ("redo_ordered", 0.02, 0.05),
        ("return_requested", 0.02, 0.06), ("interim_requested", 0.01, 0.05),
        ("screening_requested", 0.003, 0.02), ("alerted", 0.02, 0.06), ("linked", 0.01, 0.04),
        ("supervision_opened", 0.004, 0.03), ("callback", 0.75, 0.95),
    ):  # fmt: skip
        assert low < had[name] / number < high, (name, had[name] / number)


def test_the_span_follows_the_number() -> None:
    assert weeks(200) == 5
    assert weeks(12_000) == 52
    assert weeks(100_000) == 520


def test_the_same_arguments_give_the_same_bytes() -> None:
    again = orders(300)
    assert [order.text() for order in again] == [order.text() for order in three_hundred()]
    assert orders(20, seed=2)[0].text() != orders(20, seed=3)[0].text()


def test_what_is_written_is_read_back() -> None:
    for order, case in zip(three_hundred(), read(), strict=True):
        assert case["events"] == list(order.events)


# --- letters and privacy, as the contract asks, whatever the rules room holds today -------


def replies() -> list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """(case, the assignment in force, the reply)."""
    found = []
    for case in read():
        assignment: dict[str, Any] = {}
        for event in case["events"]:
            if event["type"] == "assigned":
                assignment = event
            elif event["type"] == "replied":
                found.append((case, assignment, event))
    return found


def test_letters_are_right() -> None:
    sections = {
        "ordinary": {"demand", "findings", "handling", "communication"},
        "netizen": {"opinion", "communication"},
        "people_daily": {"opinion", "communication"},
        "province_direct": {"opinion", "communication"},
        "province_12345": {"demand", "findings", "handling", "communication"},
        "gov_cn": {"demand", "findings", "handling", "communication"},
        "national_platform": {"demand", "findings", "handling", "communication"},
    }
    for case, assignment, reply in replies():
        channel = case["channel"]
        assert reply["template"] == template_of(channel)
        assert set(reply["sections"]) == sections[reply["template"]]
        assert all(text.strip() for text in reply["sections"].values())
        assert len("".join("".join(reply["sections"].values()).split())) <= 1000
        handling = {assignment["lead"], *assignment["support"]}
        assert handling <= set(reply.get("units", [assignment["lead"]]))
        if channel in ("gov_cn", "national_platform") or case.get("origin") == "中国政府网":
            assert reply["handler"] and reply["handler_phone"]
        if channel == "national_platform":
            units = shipped_rules().registry.units
            assert all(units[unit].administrative for unit in handling)
        if case["petitioner"]["anonymous"]:
            assert reply["contact_office"] and reply["contact_phone"]
        if case["petitioner"]["confidential"]:
            assert reply["delivery"]["method"] == "platform"


def test_nobody_is_named_and_nothing_is_masked() -> None:
    wrong = re.compile(
        r"某|[Xx×＊*]{2}|附件|(?<![0-9a-f])1[3-9][0-9]{9}(?![0-9a-f])|\{(?!petitioner\.name\})\w"
    )
    for order, case in zip(three_hundred(), read(), strict=True):
        shown = {key: value for key, value in case.items() if key != "sealed"}
        assert not wrong.search(str([*_texts(shown)])), order.path


def _texts(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in _texts(value)]
    if isinstance(node, list):
        return [text for value in node for text in _texts(value)]
    return [node] if isinstance(node, str) else []


def test_a_seal_is_for_those_who_handle_the_order() -> None:
    sealed = [
        case for case in read() if case["kind"] == "report" or case["petitioner"]["confidential"]
    ]
    assert sealed
    for case in sealed:
        assert "demand" not in case
        assigned = [event for event in case["events"] if event["type"] == "assigned"]
        handling = {u for event in assigned for u in (event["lead"], *event["support"])}
        against = set(case.get("against", ()))
        assert set(case["sealed"]["demand"]["to"]) == {"hotline-center", *handling} - against
        if case["petitioner"]["confidential"]:
            assert case["sealed"]["person"]["to"] == ["hotline-center"]
