"""Is refused what the forges would neither take nor give?"""

from __future__ import annotations

from typing import Any

import pytest

from tests.forges.asking import REPO, ask, made, opened
from tests.forges.descriptions import Dialect, NotInDescription, description
from tests.forges.standin import StandIn


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", "/repos/lezhi/cases/issue", None),
        ("GET", f"{REPO}/issues/x", None),
        ("DELETE", f"{REPO}/issues", None),
        ("GET", f"{REPO}/issues?states=all", None),
        ("GET", f"{REPO}/issues?state=any", None),
        ("GET", f"{REPO}/issues?state=all&state=open", None),
        ("GET", f"{REPO}/issues?page=two", None),
        ("GET", f"{REPO}/issues?since=yesterday", None),
        ("GET", f"{REPO}/issues", {"state": "all"}),
        ("POST", f"{REPO}/issues", None),
        ("POST", f"{REPO}/issues", {"body": "no title"}),
        ("POST", f"{REPO}/issues", {"title": "x", "titel": "x"}),
        ("POST", f"{REPO}/issues", {"title": "x", "body": 5}),
        ("POST", f"{REPO}/issues/1/comments", {"body": None}),
    ],
)
def test_ill_formed_requests_are_refused(
    forge: StandIn, method: str, target: str, body: Any
) -> None:
    with pytest.raises(NotInDescription):
        ask(forge, method, target, body)
    assert len(forge.refused) == 1
    assert forge.requests == []


def test_a_dialect_refuses_the_other_ones_words() -> None:
    wrong: list[tuple[Dialect, str]] = [
        ("github", "limit=5"),
        ("gitea", "per_page=5"),
        ("gitea", "sort=created"),
    ]
    for dialect, target in wrong:
        with pytest.raises(NotInDescription):
            ask(made(dialect), "GET", f"{REPO}/issues?{target}")
    with pytest.raises(NotInDescription):
        ask(made("gitea"), "PATCH", f"{REPO}/issues/1", {"state_reason": "completed"})


def test_ill_formed_answers_are_refused(forge: StandIn) -> None:
    opened(forge, 1)
    good = ask(forge, "GET", f"{REPO}/issues/1")[2]
    hold = description(forge.dialect).check_answer
    hold("GET", f"{REPO}/issues/1", 200, good)
    hold("GET", f"{REPO}/issues", 200, [good, good])
    hold("GET", f"{REPO}/issues", 503, ...)
    bad: list[tuple[str, int, Any]] = [
        ("issues/1", 200, {**good, "number": "1"}),
        ("issues/1", 200, {**good, "created_at": "gestern"}),
        ("issues", 200, [good, {**good, "labels": 5}]),
        ("issues", 200, good),
        ("issues/1", 200, ...),
        ("issues/1", 201, good),
        ("issues/1", 418, {"message": "x"}),
    ]
    for path, status, body in bad:
        with pytest.raises(NotInDescription):
            hold("GET", f"{REPO}/{path}", status, body)
    made_wrong = forge.shapes.issue(forge.issue(1))
    made_wrong.value["number"] = "one"
    made_wrong.fits.clear()
    with pytest.raises(NotInDescription):
        ask(forge, "GET", f"{REPO}/issues?state=all")
