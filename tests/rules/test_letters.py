"""What the letter rules say, and how severe it is, as a case unfolds."""

from __future__ import annotations

from hotline.rules.letters import MOST
from tests.rules.examples import complete, judged
from tests.support import at, judge, rules_with

MASKED = "sections: {handling: 已责令张**停工}"


def _of(code: str, example: str) -> list[tuple[str, str]]:
    return [(f.severity, f.message) for f, _ in judged(example) if f.code == code]


def test_the_answer_in_force_is_an_error_until_mended() -> None:
    [(severity, message)] = _of("R004", f"- {{type: replied, {MASKED}}}")
    assert severity == "error"
    assert message.startswith("“调查处理意见”里的“张**”是脱敏符号")


def test_a_letter_that_was_replaced_is_on_record_and_blocks_nothing() -> None:
    [(severity, message)] = _of(
        "R004",
        f"""
- {{type: replied, {MASKED}}}
- {{type: redo_ordered, reason: 请写全名, cause: format}}
- {{type: replied}}
""",
    )
    assert severity == "warning"
    assert message.endswith("留作记录）。已经发出的答复不要改动，重办时照规定写。")


def test_a_letter_that_was_sent_back_blocks_nothing_while_it_is_redone() -> None:
    example = (
        f"- {{type: replied, {MASKED}}}\n- {{type: redo_ordered, reason: 请写全名, cause: format}}"
    )
    assert [severity for severity, _ in _of("R004", example)] == ["warning"]


def test_no_letter_is_no_way_round_the_template() -> None:
    """``letter: none`` is for a redo of the national platform; elsewhere it hides nothing."""
    told = {f.code for f, _ in judged("- {type: replied, template: netizen, letter: none}")}
    assert "R001" in told
    first = "channel: national_platform\nevents:\n- {type: replied, letter: none}"
    assert {"R001", "R009"} <= {f.code for f, _ in judged(first)}


def test_a_policy_may_set_another_length() -> None:
    case = complete("- {type: replied, sections: {handling: 已责令停工并复查。}}")
    now = at("2026-10-20T09:00:00+08:00")
    shorter = judge(case, now, rules=rules_with({"policy": {"reply_max_chars": 20}}))
    [finding] = [f for f in shorter.findings if f.code == "R003"]
    assert "超过 20 字的上限" in finding.message
    assert "压到 20 字以内" in finding.message
    assert not [f for f in judge(case, now).findings if f.code == "R003"]


def test_many_masked_words_are_told_up_to_a_number() -> None:
    many = "、".join(["张**"] * 200)
    assert len(_of("R004", f"- {{type: replied, sections: {{findings: {many}属实}}}}")) == MOST


def test_the_many_of_an_old_letter_do_not_hide_what_is_about_to_go() -> None:
    many = "、".join(["张**"] * 200)
    told = _of(
        "R004",
        f"""
- {{type: replied, sections: {{findings: {many}属实}}}}
- {{type: redo_ordered, reason: 请写全名, cause: format}}
- {{type: replied, {MASKED}}}
""",
    )
    assert [severity for severity, _ in told].count("error") == 1


def test_a_word_given_by_a_correction_stands_where_its_text_stood() -> None:
    findings = judged("""
- {type: replied}
- {type: corrected, by: housing-bureau, event: 4, field: sections.handling, value: 已责令张**停工, reason: 写错}
""")
    [found] = [f for f, _ in findings if f.code == "R004"]
    assert found.place.line > 1
