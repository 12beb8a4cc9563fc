"""A correction must leave a case that still fits the schema: all rooms behind trust it."""

from __future__ import annotations

from typing import Any

import pytest

from hotline.procedure.identity import event_id
from tests.rules.examples import ASSIGNED, complete, timed
from tests.support import at, judge, plain

NOW = at("2026-10-14T11:00:00+08:00")


def case_with(**correction: Any) -> dict[str, Any]:
    case = complete(
        "- {type: accepted}\n- {type: assigned, lead: housing-bureau, support: [], basis: clear}"
    )
    if correction.pop("of", None) == "assigned":
        correction["event"] = event_id(case["events"][1])
    elif "event" not in correction:
        correction["header"] = True
    wrong = {"type": "corrected", "by": "hotline-center", "reason": "录入有误", **correction}
    case["events"] += [{"at": "2026-10-13T10:30:00+08:00", **wrong}]
    return plain(case)


@pytest.mark.parametrize(
    ("correction", "words"),
    [
        ({"field": "kind", "value": "x"}, "kind 没有这个取值"),
        ({"field": "kind", "value": None}, "kind 空着"),
        ({"field": "petitioner", "value": 5}, "petitioner 应是"),
        ({"field": "petitioner.confidential", "value": "no"}, "只能写 true"),
        ({"field": "dispatched_at", "value": "昨天"}, "dispatched_at 不对"),
        ({"field": "titel", "value": "x"}, "是不是想写 title"),
        ({"of": "assigned", "field": "support", "value": 5}, "support 应是列表"),
        ({"of": "assigned", "field": "at", "value": "2026-10-13 09:00"}, "at 不对"),
        ({"of": "assigned", "field": "lead", "value": ["a"]}, "lead 应是文字"),
    ],
)
def test_an_ill_fitting_value_is_told_at_the_value(correction: dict[str, Any], words: str) -> None:
    findings = judge(case_with(**correction), NOW).findings
    assert [f.code for f in findings] == ["S010"]
    assert words in findings[0].message
    assert "更正" in findings[0].message


@pytest.mark.parametrize(
    "correction",
    [
        {"field": "id", "value": "LZ-20261013-0008"},
        {"field": "events", "value": []},
        {"of": "assigned", "field": "by", "value": "approval-bureau"},
        {"of": "assigned", "field": "type", "value": "signed"},
    ],
)
def test_what_a_thing_is_cannot_be_corrected(correction: dict[str, Any]) -> None:
    findings = judge(case_with(**correction), NOW).findings
    assert [(f.code, "不能更正" in f.message) for f in findings] == [("S010", True)]


def test_a_fitting_value_counts() -> None:
    judged = judge(case_with(field="kind", value="consultation"), NOW)
    assert judged.subject is not None
    assert judged.subject.course.current("kind") == "consultation"
    assert judged.subject.course.case.get("kind") == "complaint", "what was written stays"


def test_an_unknown_event_is_told_by_x010_alone() -> None:
    findings = judge(case_with(event="00000000", field="lead", value=5), NOW).findings
    assert [f.code for f in findings if f.severity == "error"] == ["X010"]
    assert timed([dict(ASSIGNED)], case_with(field="title", value="x"))
