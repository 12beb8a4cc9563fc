"""Every rule's own example: what it calls wrong is found, what it calls right is not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.rules.examples import complete
from tests.support import at, judge, schema

from hotline.rules.declare import RULES, Rule, load

NOW = "2026-10-13T11:00:00+08:00"
load()
WITH_EXAMPLES = [pytest.param(rule, id=code) for code, rule in RULES.items() if rule.bad]


def _codes(example: str, rule: Rule) -> list[str]:
    last = max([*re.findall(r"at: (\S+?)[,}]", example), rule.now or NOW])
    judged = judge(complete(example), at(rule.now or last))
    return [finding.code for finding in judged.findings]


@pytest.mark.parametrize("rule", [p for p in WITH_EXAMPLES if p.id[0] in "XWD" or p.id == "S020"])
def test_the_bad_example_is_found_and_the_good_one_is_not(rule: Rule) -> None:
    assert f"# {rule.code}" in rule.bad
    assert rule.code in _codes(rule.bad, rule)
    assert rule.code not in _codes(rule.good, rule)


@pytest.mark.parametrize(
    "rule", [p for p in WITH_EXAMPLES if p.id in ("S001", "S002", "S003", "S004", "S010")]
)
def test_the_reader_finds_its_own_examples(rule: Rule) -> None:
    from hotline.reading.cases import read_case

    def found(text: str) -> set[str]:
        return {f.code for f in read_case("x", text.encode(), schema())[1]}

    assert rule.code in found(rule.bad)
    assert found(rule.good) <= {"S010"}  # a fragment of one line is no whole case


@pytest.mark.parametrize("rule", [pytest.param(r, id=c) for c, r in RULES.items()])
def test_a_declaration_says_what_a_clerk_needs(rule: Rule) -> None:
    for words in (rule.title, rule.why, rule.mend):
        assert re.search("[\u4e00-\u9fff]", words), words
    assert not rule.title.endswith("。")
    assert rule.mend.endswith("。")
    assert rule.severity in ("error", "warning")


def test_examples_are_lifelike() -> None:
    case: dict[str, Any] = complete(RULES["W010"].good)
    assert judge(case, at(NOW)).findings == []
