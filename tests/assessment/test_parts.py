"""What an order counts for in the figures (art. 18), as stories; and that all is counted once."""

from __future__ import annotations

from typing import Any

import pytest

from hotline.assessment.count import Sums, add_parts, add_sums, sums_as_plain, sums_of_plain
from hotline.assessment.parts import LEFT_OUT, parts
from hotline.findings.subject import Subject
from hotline.reading.cases import read_case
from hotline.reading.registry import Rules
from hotline.rules.declare import RULES, load
from hotline.rules.letters import OF_FORM
from hotline.views.case_view import CaseView, view_case
from tests.rules.examples import complete
from tests.support import (
    ROOT,
    at,
    judge,
    path_of,
    rules_with,
    schema,
    shipped_rules,
    strict,
    to_yaml,
)

STORIES: Any = strict((ROOT / "tests" / "assessment" / "stories.yaml").read_text("utf-8"))


def viewed(order: str, now: str, rules: Rules | None = None) -> CaseView:
    case = complete(order)
    read, findings = read_case(path_of(case), to_yaml(case), schema())
    assert read is not None, findings
    moment = at(now)
    return view_case(Subject(read, rules or shipped_rules(), moment), moment)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["title"])
def test_an_order_counts_as_the_story_says(story: Any) -> None:
    found = parts(viewed(story["order"], story["now"]))
    own = [part for part in found if part.figure in story["figures"]]
    wanted = sorted(
        (month, unit, figure, LEFT_OUT if value == "out" else value)
        for month, unit, figure, value, _ in story["parts"]
    )
    assert sorted(part[:4] for part in own) == wanted
    for *key, note in story["parts"]:
        value = LEFT_OUT if key[3] == "out" else key[3]
        (part, *_) = [p for p in own if p[:4] == (*key[:3], value)]
        assert note in part.note if note else not part.note


def test_a_policy_may_count_what_was_screened() -> None:
    """``assessment.screened: count`` (art. 18 leaves it open)."""
    (story,) = [s for s in STORIES if s["title"].startswith("测算以前甄别成立")]
    rules = rules_with(
        {"policy": {"assessment": {"weights": {"result": 100}, "screened": "count"}}}
    )
    found = parts(viewed(story["order"], story["now"], rules))
    assert [p.value for p in found if p.figure in ("process", "result")] == [1, 0]


def test_every_part_that_counts_against_a_unit_names_the_order() -> None:
    """A unit that is told 11 of 12 may ask which."""
    for story in STORIES:
        for part in parts(viewed(story["order"], story["now"])):
            is_good = part.figure in ("sign", "reply", "process", "result")
            if part.value == LEFT_OUT or (is_good and part.value == 0):
                assert part.note, part


@pytest.mark.parametrize("code", sorted(OF_FORM))
def test_what_the_rules_found_says_the_same_as_asking_them_again(code: str) -> None:
    """The site has the findings at hand, the command has not."""
    load()
    case = complete(RULES[code].bad)
    judged = judge(case, at("2026-12-01T09:00:00+08:00"))
    assert judged.subject is not None
    view = view_case(judged.subject, at("2026-12-01T09:00:00+08:00"))
    found = parts(view, found=judged.findings)
    assert found == parts(view)
    assert any(code in part.note for part in found if part.figure == "format")


def test_sums_of_some_orders_add_up_to_those_of_all() -> None:
    views = [viewed(story["order"], story["now"]) for story in STORIES]
    whole: Sums = {}
    for number, view in enumerate(views):
        add_parts(whole, str(number), parts(view))
    added: Sums = {}
    for number, view in enumerate(views):
        one: Sums = {}
        add_parts(one, str(number), parts(view))
        add_sums(added, sums_of_plain(sums_as_plain(one)))
    assert sums_as_plain(added) == sums_as_plain(whole)
