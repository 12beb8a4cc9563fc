"""Readings of the contract that are easily lost: what a correction mends, which precedent
binds, who may speak before the assignment."""

from __future__ import annotations

import pytest

from tests.rules.examples import Found, judged

ACCEPTED = "- {type: accepted}"
ASSIGNED = "- {type: assigned, lead: housing-bureau, support: [], basis: clear}"
SIGNED = "- {type: signed}"
RETURN = "reason: 不属本单位职责, legal_basis: 三定方案, suggested_unit: police-bureau"
HEADING = "# cases/2026/10/LZ-20261013-0007.yaml"


def _precedents(*rows: str) -> str:
    return "\n".join(["# registry/precedents.yaml", "precedents:", *(f"- {{{r}}}" for r in rows)])


def _codes(example: str) -> list[str]:
    return sorted(row.finding.code for row in judged(example))


def _of(example: str, code: str) -> list[Found]:
    return [row for row in judged(example) if row.finding.code == code]


@pytest.mark.parametrize(
    ("code", "wrong", "correction"),
    [
        ("X010", "category: noise-constuction\nevents:\n- {type: accepted}",
         "header: true, field: category, value: noise-construction"),
        ("X010", f"{ACCEPTED}\n- {{type: assigned, lead: housing-bureu, support: [], basis: clear}}",
         "event: -1, field: lead, value: housing-bureau"),
        ("X030", f"against: [housing-bureau]\nevents:\n{ACCEPTED}\n{ASSIGNED}",
         "header: true, field: against, value: [police-bureau]"),
        ("W003", f"{ACCEPTED}\n- {{type: assigned, at: 2025-10-13T09:50:00+08:00, lead: housing-bureau, "
                 "support: [], basis: clear}",
         "at: 2026-10-13T11:00:00+08:00, event: -1, field: at, value: 2026-10-13T09:50:00+08:00"),
        ("W010", f"{ACCEPTED}\n- {{type: assigned, lead: housing-bureau, support: [housing-bureau], basis: clear}}",
         "event: -1, field: support, value: []"),
        ("W011", f"{ACCEPTED}\n- {{type: assigned, lead: housing-bureau, support: [], basis: joint_consultation}}",
         "event: -1, field: basis, value: clear"),
        ("W033", "- {type: replied, reviewed_by: 何静}",
         "by: housing-bureau, event: -1, field: delivery, "
         "value: {method: phone, at: 2026-10-13T16:00:00+08:00}"),
        ("W035", "- {type: replied, delivery: {method: phone, at: 2026-10-13T16:00:00+08:00}}",
         "by: housing-bureau, event: -1, field: reviewed_by, value: 何静"),
    ],
)  # fmt: skip
def test_a_correction_mends_what_it_corrects(code: str, wrong: str, correction: str) -> None:
    """The header never changes and an event is never rewritten: only ``corrected`` can mend."""
    assert len(_of(wrong, code)) == 1
    mended = f"{wrong}\n- {{type: corrected, {correction}, reason: 登记有误}}"
    assert code not in _codes(mended)
    assert "W002" not in _codes(mended)


def test_a_wrong_correction_is_found_where_it_stands() -> None:
    example = f"{ACCEPTED}\n{ASSIGNED}\n- {{type: corrected, event: -1, field: lead, value: x-y, reason: 误}}"
    assert [row.line for row in _of(example, "X010")] == [3]


def test_a_correction_of_time_does_not_disorder_a_file() -> None:
    """Events are added to and never moved, so a corrected time is no fault of their order."""
    example = (
        f"{ACCEPTED}\n{ASSIGNED}\n"
        "- {type: corrected, event: -1, field: at, value: 2026-10-13T09:35:00+08:00, reason: 误}"
    )
    assert "W003" not in _codes(example)


def test_before_the_assignment_no_unit_contacts() -> None:
    example = f"{ACCEPTED}\n- {{type: contacted, by: police-bureau}}"
    (found,) = _of(example, "W002")
    assert "（还没有交办）" in found.finding.message


@pytest.mark.parametrize(
    "trail",
    [
        f"{ACCEPTED}\n- {{type: signed, by: police-bureau}}\n- {{type: contacted, by: police-bureau}}",
        f"{ACCEPTED}\n- {{type: replied, by: police-bureau}}\n"
        "- {type: redo_ordered, reason: 误, cause: other}\n- {type: replied, by: police-bureau}",
    ],
)
def test_one_fault_gives_one_finding(trail: str) -> None:
    """A refused event is folded all the same: what follows from it is not told again."""
    assert [code for code in _codes(trail) if code in ("W001", "W002", "W050")] == ["W001"]


@pytest.mark.parametrize(
    ("precedent", "codes"),
    [
        ('id: P-1, category: noise-construction, lead: police-bureau, "on": 2026-03-01', ["X020"]),
        ('id: P-1, category: water-outage, lead: water-bureau, "on": 2026-03-01', []),
    ],
)
def test_an_assignment_is_judged_by_the_category_of_its_time(
    precedent: str, codes: list[str]
) -> None:
    later = "- {type: reclassified, category: water-outage, reason: 实为停水}"
    example = f"{_precedents(precedent)}\n{HEADING}\nevents:\n{ACCEPTED}\n{ASSIGNED}\n{later}"
    assert _codes(example) == codes


def test_a_precedent_of_another_matter_is_no_basis() -> None:
    precedent = 'id: P-1, category: water-outage, lead: housing-bureau, "on": 2026-03-01'
    assigned = ASSIGNED.replace("basis: clear", "basis: precedent, precedent: P-1")
    example = f"{_precedents(precedent)}\n{HEADING}\nevents:\n{ACCEPTED}\n{assigned}"
    (found,) = judged(example)
    assert found.finding.code == "X020"
    assert "不能作为依据" in found.finding.message


def test_a_precedent_settled_after_dispatch_may_be_followed() -> None:
    precedent = 'id: P-1, category: noise-construction, lead: housing-bureau, "on": 2026-10-14'
    assigned = (
        "- {type: assigned, at: 2026-10-14T09:00:00+08:00, lead: housing-bureau, support: [], "
        "basis: precedent, precedent: P-1}"
    )
    example = f"{_precedents(precedent)}\n{HEADING}\nevents:\n{ACCEPTED}\n{assigned}"
    assert "X020" not in _codes(example)


def test_what_another_order_settled_is_entered_once() -> None:
    coordinated = ASSIGNED.replace("clear", "coordinated")
    settled = (
        'id: P-1, category: noise-construction, lead: {lead}, "on": 2026-03-01, '
        "decided_in: LZ-20260227-0001"
    )
    earlier = "# cases/2026/02/LZ-20260227-0001.yaml"
    for lead, codes in (("housing-bureau", []), ("police-bureau", ["X020", "X022"])):
        rows = _precedents(settled.format(lead=lead))
        example = f"{rows}\n{earlier}\n{HEADING}\nevents:\n{ACCEPTED}\n{coordinated}"
        own = [row for row in judged(example) if row.line is not None]
        assert [row.finding.code for row in own] == codes


def test_a_second_request_after_the_day_is_late_too() -> None:
    """Art. 7 (5): the first request met the clock, and gives no right to a later one."""
    example = (
        f"{SIGNED}\n- {{type: return_requested, {RETURN}}}\n"
        "- {type: return_decided, approved: false, opinion: 属本单位职责}\n"
        f"- {{type: return_requested, at: 2026-10-15T09:00:00+08:00, {RETURN}}}"
    )
    assert [row.line for row in _of(example, "D130")] == [4]


def test_a_name_with_blanks_is_the_same_name() -> None:
    delivery = "delivery: {method: phone, at: 2026-10-13T16:00:00+08:00}"
    example = f"- {{type: replied, handler: 周明, reviewed_by: 周　明, {delivery}}}"
    assert _codes(example) == ["W035"]


def test_an_extension_asked_after_the_end_is_told_to_have_no_effect() -> None:
    """Art. 7 (3): a period that ended cannot be lengthened."""
    asked = "days: 2, reason: 需检测, petitioner_informed: true"
    in_time, over = (
        _of(f"- {{type: extension_requested, at: 2026-10-22T{clock}+08:00, {asked}}}", "D120")
        for clock in ("17:00:00", "17:00:01")
    )
    assert "同意也不生效" not in in_time[0].finding.message
    assert "同意也不生效" in over[0].finding.message
