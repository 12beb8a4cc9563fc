"""Every rule's own example: what it calls wrong is found there, what it calls right is not."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hotline.rules.declare import RULES, Rule, load
from hotline.views.rules import as_text
from tests.rules.examples import Found, complete, judged, marked, parts, read_alone
from tests.support import at, judge

load()
LETTERS = "SXWDRE"
DECLARED = [pytest.param(rule, id=code) for code, rule in RULES.items()]
SHOWN = [pytest.param(rule, id=code) for code, rule in RULES.items() if code[0] in LETTERS]
WITH_EXAMPLES = [pytest.param(rule, id=code) for code, rule in RULES.items() if rule.bad]
BY_READING = frozenset({"S001", "S002", "S003", "S004", "S010"})
UNAVOIDABLE = {"X001": {"S020"}}
"""Two files of one id: one of them cannot have the name that belongs to the id."""
MAX_LINES = 12


def _found(example: str, rule: Rule) -> list[Found]:
    found = read_alone(example) if rule.code in BY_READING else judged(example, rule.now)
    return [row for row in found if row.finding.code[0] in LETTERS or row.finding.code == rule.code]


def _told(found: list[Found]) -> str:
    return "\n".join(f"{row.line}: {row.finding.code} {row.finding.message}" for row in found)


@pytest.mark.parametrize("rule", SHOWN)
def test_a_rule_shows_a_bad_and_a_good_example(rule: Rule) -> None:
    assert rule.bad.strip() and rule.good.strip()
    assert marked(rule.bad, rule.code)
    assert "# " + rule.code not in rule.good


@pytest.mark.parametrize("rule", WITH_EXAMPLES)
def test_the_bad_example_is_found_on_the_marked_lines(rule: Rule) -> None:
    found = _found(rule.bad, rule)
    lines = {row.line for row in found if row.finding.code == rule.code}
    assert lines == marked(rule.bad, rule.code), _told(found)


@pytest.mark.parametrize("rule", WITH_EXAMPLES)
def test_the_bad_example_has_no_other_error(rule: Rule) -> None:
    found = _found(rule.bad, rule)
    allowed = {rule.code} | UNAVOIDABLE.get(rule.code, set())
    assert {r.finding.code for r in found if r.finding.severity == "error"} <= allowed, _told(found)


@pytest.mark.parametrize("rule", WITH_EXAMPLES)
def test_the_good_example_is_right(rule: Rule) -> None:
    found = _found(rule.good, rule)
    assert not [r for r in found if r.finding.severity == "error"], _told(found)
    assert rule.code not in {row.finding.code for row in found}, _told(found)


@pytest.mark.parametrize("rule", DECLARED)
def test_a_declaration_says_what_a_clerk_needs(rule: Rule) -> None:
    for words in (rule.title, rule.why, rule.mend):
        assert re.search("[\u4e00-\u9fff]", words), words
    assert not rule.title.endswith("。")
    assert rule.why.endswith("。")
    assert rule.mend.endswith("。")
    assert rule.severity in ("error", "warning")


@pytest.mark.parametrize("rule", WITH_EXAMPLES)
def test_a_message_says_what_is_wrong_and_then_what_to_do(rule: Rule) -> None:
    for row in _found(rule.bad, rule):
        message = row.finding.message
        assert "。。" not in message and "工单编号 " not in message
        assert re.search("[\u4e00-\u9fff]", message), message


@pytest.mark.parametrize("rule", [p for p in SHOWN if p.id not in BY_READING])
def test_practice_never_cites_an_article(rule: Rule) -> None:
    if rule.article == "practice":
        assert not re.search("第[一二三四五六七八九十]+条", rule.title + rule.why + rule.mend)


@pytest.mark.parametrize("rule", WITH_EXAMPLES)
def test_an_example_fits_a_screen(rule: Rule) -> None:
    for example in (rule.bad, rule.good):
        assert len(example.strip("\n").split("\n")) <= MAX_LINES
    _, bad, good = rule.headings
    assert f"{bad}：" in as_text(rule) and f"{good}：" in as_text(rule)


def test_examples_are_lifelike() -> None:
    case: dict[str, Any] = complete(RULES["W010"].good)
    assert judge(case, at("2026-10-13T11:00:00+08:00")).findings == []


def test_a_heading_begins_another_file() -> None:
    found = parts(
        "# registry/precedents.yaml\nprecedents: []\n# cases/a.yaml\n# 现在是\nkind: help"
    )
    assert [part.path for part in found] == ["registry/precedents.yaml", "cases/a.yaml"]
    assert found[1].header == {"kind": "help"}
