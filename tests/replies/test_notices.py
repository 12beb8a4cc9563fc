"""What is no breach and yet not what the writer meant."""

from __future__ import annotations

from typing import Any

import pytest

from hotline.procedure.timeline import timeline
from hotline.reading.cases import read_case
from hotline.replies.letter import letter
from hotline.replies.notices import notices, unfilled
from tests.rules.examples import complete
from tests.support import path_of, schema, shipped_rules, to_yaml


def told(example: str, **sections: str) -> list[str]:
    case: dict[str, Any] = complete(example)
    case["events"][-1]["sections"] |= sections
    found, findings = read_case(path_of(case), to_yaml(case), schema())
    assert found is not None, findings
    course, rules = timeline(found), shipped_rules()
    step = list(course.of("replied"))[-1]
    finished = letter(course, step, rules.registry, rules.calendar)
    return list(notices(step, finished, rules.registry))


REPLIED = "- {type: replied}"


def test_a_usual_reply_has_nothing_to_be_told_of() -> None:
    assert told(REPLIED) == []


def test_a_section_of_another_template_is_not_printed() -> None:
    [words] = told(REPLIED, opinion="另外，减免您本月水费。")
    assert words.startswith("“回复意见”不在“普通件”的模板里，信里不印")


def test_communication_need_not_be_printed() -> None:
    assert told("channel: city_web\nevents:\n- {type: replied}") == []


@pytest.mark.parametrize(
    "pasted",
    [
        "尊敬的王芳您好，您反映的问题已收悉。",
        "尊敬的网友：\n您好！",
        "您好，已清运。",
        "经调查，现回复如下：一、您的主要诉求",
        "已清运。感谢您对资阳市12345政务服务热线的关注和支持！",
    ],
)
def test_a_pasted_frame_is_printed_twice(pasted: str) -> None:
    [words] = told(REPLIED, handling=pasted)
    assert words.startswith("“调查处理意见”里有信的开头或结尾")


@pytest.mark.parametrize(
    "text", ["## 处理情况\n已清运。", "已**全部**清运。", "见[公告](http://x.cn)", "| 甲 | 乙 |"]
)
def test_marks_of_markdown_are_printed_as_they_stand(text: str) -> None:
    [words] = told(REPLIED, handling=text)
    assert "排版记号" in words


@pytest.mark.parametrize(
    "text", ["工地围挡5*8米，按#键返回。", "水费3.2元/吨|电费0.5元", "您好评的窗口已表扬。"]
)
def test_plain_text_with_like_signs_is_fine(text: str) -> None:
    assert told(REPLIED, handling=text) == []


@pytest.mark.parametrize("channel", ["city_web", "people_daily", "gov_cn", "mayor_mailbox"])
def test_a_public_letter_should_name_nobody(channel: str) -> None:
    section = "handling" if channel == "gov_cn" else "opinion"
    [words] = told(
        f"channel: {channel}\nevents:\n- {{type: replied}}",
        **{section: "已向{petitioner.name}（{petitioner.phone}）说明，已清运。"},
    )
    assert "在网上公开" in words and "诉求人姓名、诉求人电话" in words


def test_a_unit_that_had_no_part_would_sign() -> None:
    [words] = told("- {type: replied, units: [housing-bureau, tianchi-street]}")
    assert words.startswith("天池街道没有承办这件工单")


def test_what_is_to_be_filled_in_is_counted() -> None:
    texts = ["尊敬的{petitioner.name}您好", "{petitioner.name}与{party.1}"]
    assert unfilled(texts) == "信里还有 3 处占位（诉求人姓名、其他人员），发出前要换成真实内容"
    assert unfilled(["尊敬的网友您好"]) == ""
