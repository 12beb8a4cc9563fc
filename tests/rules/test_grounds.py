"""Grounds of arts. 19 to 21: when they begin, and what ends them."""

from __future__ import annotations

import pytest

from hotline.escalation.level import level_of
from tests.rules.examples import judged

OPENED = "- {{type: supervision_opened, by: {by}, at: 2026-10-23T09:00:00+08:00, level: {level}, ground: {ground}, due_at: 2026-10-27T17:00:00+08:00}}\n"
BUREAU = {"by": "approval-bureau", "level": "bureau"}
COUNTY = {"by": "county-government", "level": "county"}
EFFECTIVE = "- {{type: supervision_closed, by: {by}, at: 2026-10-26T09:00:00+08:00, result: 已复查, outcome: effective}}\n"
ANSWERED = "- {type: replied}\n"
BAD_CALL = "- {type: callback, reached: true, process: dissatisfied, result: dissatisfied, complaint: perfunctory}\n"
GOOD_CALL = "- {type: callback, reached: true, process: satisfied, result: basically_satisfied}\n"
POOR = "- {type: redo_ordered, reason: 仍在施工, cause: poor_handling}\n"
ASK = "- {type: return_requested, reason: 不属本单位职责, legal_basis: 三定方案, suggested_unit: police-bureau}\n"
REFUSED = "- {type: return_decided, approved: false, opinion: 属于本单位职责}\n"
SIGNED = "- {type: accepted}\n- {type: assigned, lead: housing-bureau, support: [], basis: clear}\n- {type: signed}\n"
SETTLED = SIGNED.replace("clear", "coordinated").replace("- {type: signed}\n", "")
LATE = f"{SIGNED}- {{type: contacted}}\n- {{type: replied, at: 2026-10-23T09:00:00+08:00}}\n"
CLOSED = "- {type: closed, at: 2026-10-26T09:00:00+08:00, ground: satisfied}\n"
ASKED = "- {type: extension_requested, at: 2026-10-21T16:00:00+08:00, days: 3, reason: 需检测, petitioner_informed: true}\n"
NO = "- {type: extension_decided, at: 2026-10-23T09:00:00+08:00, approved: false}\n"
PRESS = "- {type: public_opinion, text: 视频转发, negative: true, caused_by_handling: true, impact: slight}\n"
PROPOSED = "- {type: supervision_proposed, ground: E201, source: 市平台, text: 典型案例}\n"
LAPSED = "2026-10-22T17:00:01+08:00"

CASES: list[tuple[str, str, str, set[str]]] = [
    ("到期那一秒还不是超期", SIGNED, "2026-10-22T17:00:00+08:00", set()),
    ("过一秒就是", SIGNED, LAPSED, {"E191"}),
    ("按时申请、还没有审核的延期不升级", SIGNED + ASKED, LAPSED, set()),
    ("没有同意就升级", SIGNED + ASKED + NO, "2026-10-23T09:00:01+08:00", {"E191"}),
    ("签收超期不是超期未办理", SIGNED.replace("- {type: signed}\n", ""), "2026-10-14T09:00:00+08:00", set()),
    ("反映敷衍且不满意", ANSWERED + BAD_CALL, "", {"E192"}),
    ("再次回访满意就结束", ANSWERED + BAD_CALL + GOOD_CALL, "", set()),
    ("重办答复以后结束", ANSWERED + BAD_CALL + POOR + ANSWERED, "", set()),
    ("重办还没有答复", ANSWERED + BAD_CALL + POOR, "", {"E192", "E193"}),
    ("其他原因的重办不算", ANSWERED + POOR.replace("poor_handling", "other"), "", set()),
    ("模板不对", ANSWERED.replace("}", ", template: netizen}"), "", {"E194"}),
    ("迟了的答复", LATE, "", {"E194"}),
    ("办结以后不再提", LATE + GOOD_CALL.replace("{", "{at: 2026-10-24T09:00:00+08:00, ") + CLOSED, "", set()),
    ("对确定的承办意见退单", SETTLED + ASK, "", {"E204"}),
    ("签收以后结束", SETTLED + ASK + REFUSED + "- {type: signed}\n", "", set()),
    ("职责明确的第一次退单不算", SIGNED + ASK, "", set()),
    ("没有同意又再申请", SIGNED + ASK + REFUSED + ASK, "", {"E204"}),
    ("两次没有同意是线索", SIGNED + ASK + REFUSED + ASK + REFUSED, "", {"E204", "E213"}),
    ("负面舆情", PRESS, "", {"E203"}),
    ("与办理无关的舆情不算", PRESS.replace("handling: true", "handling: false"), "", set()),
    ("省市要求", PROPOSED, "", {"E201"}),
    ("督办到期", OPENED.format(ground="E195", **BUREAU), "2026-10-27T17:00:01+08:00", {"E191", "E195", "E205"}),
    ("县督办到期", OPENED.format(ground="E201", **COUNTY), "2026-10-27T17:00:01+08:00", {"E191", "E201", "E216"}),
    ("见效销号，情形结束", OPENED.format(ground="E191", **BUREAU) + EFFECTIVE.format(**BUREAU), "2026-10-26T10:00:00+08:00", set()),
    ("别的情形不因此结束", OPENED.format(ground="E195", **BUREAU) + EFFECTIVE.format(**BUREAU), "2026-10-26T10:00:00+08:00", {"E191"}),
    ("未见实效", OPENED.format(ground="E195", **BUREAU) + EFFECTIVE.format(**BUREAU).replace("outcome: effective", "outcome: ineffective"), "2026-10-26T10:00:00+08:00", {"E191", "E195", "E205"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("example", "now", "codes"), [pytest.param(*row[1:], id=row[0]) for row in CASES]
)
def test_a_ground_stands_as_long_as_the_measure_says(
    example: str, now: str, codes: set[str]
) -> None:
    found = judged(example, now)
    told = {f.code for f, _ in found if f.code.startswith("E")}
    assert told == codes, [f.message for f, _ in found]
    assert {f.severity for f, _ in found if f.code.startswith("E")} <= {"warning"}


@pytest.mark.parametrize(
    ("codes", "is_due", "level"),
    [
        ([], False, "none"),
        ([], True, "unit"),
        (["E191"], True, "bureau"),
        (["E194"], False, "bureau"),
        (["E191", "E205"], True, "county"),
        (["E205", "E216", "E191"], True, "accountability"),
    ],
)
def test_the_highest_ground_sets_the_level(codes: list[str], is_due: bool, level: str) -> None:
    assert level_of(codes, is_due=is_due) == level


def test_an_open_supervision_is_not_asked_for_again() -> None:
    found = judged(OPENED.format(ground="E191", **BUREAU), "2026-10-23T10:00:00+08:00")
    [message] = [f.message for f, _ in found if f.code == "E191"]
    assert "督办已经开出" in message and "supervision_closed" in message
