"""Severities that follow from the data: what is granted without a reason is an error, what
merely happened is a warning."""

from __future__ import annotations

import pytest

from tests.rules.examples import judged

AGAINST = """
kind: {kind}
against: [{against}]
events:
- {{type: accepted}}
- {{type: assigned, lead: housing-bureau, support: [tianchi-street], basis: clear}}
{more}
"""
EXTENDED = """
kind: {kind}
events:
- {{type: extension_requested, days: {days}, reason: 需检测, petitioner_informed: true{more}}}
{decided}
"""
GRANTED = "- {type: extension_decided, approved: true, city_approved: true}"
REFUSED_BY_CITY = "- {type: extension_decided, approved: true, city_approved: false}"
REFUSED = "- {type: extension_decided, approved: false}"
EXCEPTIONAL = ", exceptional: 需省级机构鉴定，时间较长"
INTERIM = """
- {{type: interim_requested, at: {at}, ground: complex, situation: 已勘查, {more}promised_on: 2026-12-31}}
"""
IN_TIME, TOO_LATE = "2026-10-22T17:00:00+08:00", "2026-10-22T17:00:01+08:00"


def _against(kind: str, against: str, more: str = "") -> str:
    return AGAINST.format(kind=kind, against=against, more=more)


def _extended(kind: str, days: int, decided: str = "", more: str = "") -> str:
    return EXTENDED.format(kind=kind, days=days, decided=decided, more=more)


SEVERITIES: list[tuple[str, str, list[str], str]] = [
    (_against("report", "housing-bureau"), "X030", ["error"], "举报件交到被举报单位手里"),
    (_against("report", "tianchi-street"), "X030", ["error"], "协办也是承办"),
    (_against("complaint", "housing-bureau"), "X030", ["warning"], "投诉件只提醒"),
    (_against("help", "tianchi-street"), "X030", ["warning"], "求助件只提醒"),
    (_against("report", "police-bureau"), "X030", [], "被举报的是别的单位"),
    (
        _against("complaint", "housing-bureau", "- {type: reclassified, kind: report, reason: 录音为举报}"),
        "X030", ["error"], "调整为举报以后按举报",
    ),
    (_extended("consultation", 2), "D121", ["warning"], "申请了，还没有审核"),
    (_extended("consultation", 2, GRANTED), "D121", ["error"], "没有特殊情形就同意了"),
    (_extended("consultation", 2, GRANTED, EXCEPTIONAL), "D121", ["warning"], "写明了特殊情形"),
    (_extended("consultation", 2, REFUSED), "D121", ["warning"], "没有同意"),
    (_extended("consultation", 2, REFUSED_BY_CITY), "D121", ["warning"], "市平台没有同意"),
    (_extended("consultation", 2, GRANTED), "D122", [], "咨询件只说 D121"),
    (_extended("complaint", 5, GRANTED), "D122", [], "投诉件以五日为限"),
    (_extended("complaint", 6), "D122", ["warning"], "超过限度的申请"),
    (_extended("complaint", 6, GRANTED), "D122", ["error"], "超过限度，没有特殊情形就同意了"),
    (_extended("complaint", 6, GRANTED, EXCEPTIONAL), "D122", ["warning"], "写明了特殊情形"),
    (_extended("complaint", 6, REFUSED_BY_CITY), "D122", ["warning"], "市平台没有同意"),
    (_extended("report", 6, GRANTED), "D122", ["error"], "举报件与投诉件同"),
    (_extended("help", 2, GRANTED), "D122", [], "求助件以两日为限"),
    (_extended("suggestion", 3, GRANTED), "D122", ["error"], "建议件以两日为限"),
    (
        _extended("complaint", 3, f"{GRANTED}\n- {{type: extension_requested, days: 3, reason: 检测未完, "
                  f"petitioner_informed: true}}\n{GRANTED}"),
        "D122", ["error"], "两次累计六日",
    ),
    (INTERIM.format(at=IN_TIME, more="next_steps: 检测后整改, "), "D140", [], "恰在到期秒"),
    (INTERIM.format(at=TOO_LATE, more="next_steps: 检测后整改, "), "D140", ["warning"], "晚一秒"),
    (INTERIM.format(at=IN_TIME, more=""), "D140", ["error"], "没有写下步打算"),
    (INTERIM.format(at=TOO_LATE, more=""), "D140", ["error", "warning"], "又迟又缺"),
]  # fmt: skip


@pytest.mark.parametrize(("example", "code", "severities", "because"), SEVERITIES)
def test_the_severity_follows_from_the_data(
    example: str, code: str, severities: list[str], because: str
) -> None:
    found = [row.finding for row in judged(example) if row.finding.code == code]
    assert sorted(finding.severity for finding in found) == severities, because


@pytest.mark.parametrize(
    ("level", "by", "article"),
    [("bureau", "approval-bureau", "art. 19"), ("county", "county-government", "art. 20")],
)
def test_a_clock_cites_its_own_article(level: str, by: str, article: str) -> None:
    """D106 stands under article 19; the county's supervision rests on article 20."""
    example = (
        f"- {{type: supervision_opened, by: {by}, level: {level}, ground: E205, "
        "due_at: 2026-10-16T17:00:00+08:00}"
    )
    found = judged(example, "2026-10-19T09:00:00+08:00")
    assert [row.finding.article for row in found if row.finding.code == "D106"] == [article]
