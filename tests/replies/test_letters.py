"""Letters for every channel, platform and origin, and for petitioners of every kind."""

from __future__ import annotations

from datetime import date

import pytest

from hotline.procedure.lifecycle import CHANNELS, TEMPLATES
from hotline.replies.letter import about, in_chinese, signed
from hotline.replies.paragraphs import as_text, paragraphs_of
from tests.replies.letters import HANDLER, rendered, replied, text
from tests.support import ROOT

JOINT = """
channel: {channel}
events:
- {{type: accepted}}
- {{type: assigned, lead: housing-bureau, support: [tianchi-street], basis: clear}}
- {{type: signed}}
- {{type: contacted}}
- {{type: replied, handler: 周明, handler_phone: 028-23001234}}
"""
OF_ONE = (
    "channel: {channel}\nevents:\n- {{type: replied, handler: 周明, handler_phone: 028-23001234}}"
)


def _openings(example: str) -> str:
    return next(p.text for p in rendered(replied(example)) if p.kind == "opening")


# --- whom it addresses -----------------------------------------------------------------


@pytest.mark.parametrize("channel", list(CHANNELS))
def test_every_channel_has_a_letter(channel: str, snapshot) -> None:  # type: ignore[no-untyped-def]
    snapshot(f"{channel}.txt", text(replied(OF_ONE.format(channel=channel))) + "\n")


@pytest.mark.parametrize(
    ("petitioner", "addressed"),
    [
        ("{confidential: false, anonymous: false}", "尊敬的{petitioner.name}您好"),
        ("{confidential: false, anonymous: true}", "尊敬的市民您好"),
        ("{confidential: true, anonymous: false}", "尊敬的市民您好"),
    ],
)
def test_nobody_is_named_who_wished_not_to_be(petitioner: str, addressed: str) -> None:
    opening = _openings(f"petitioner: {petitioner}\nevents:\n- {{type: replied}}")
    assert opening.startswith(f"{addressed}，您在资阳市12345政务服务平台反映的")


@pytest.mark.parametrize("channel", ["city_web", "people_daily", "gov_cn", "national_platform"])
def test_a_public_letter_names_no_natural_person(channel: str) -> None:
    letter = text(replied(OF_ONE.format(channel=channel))).partition("—— 承办意见")[0]
    assert "{petitioner" not in letter
    assert letter.lstrip("　").startswith("尊敬的网友")


def test_a_provincial_letter_has_a_courtesy_title() -> None:
    opening = _openings(OF_ONE.format(channel="province_12345"))
    assert opening.startswith("尊敬的{petitioner.name}{petitioner.title}您好，")


@pytest.mark.parametrize(
    ("origin", "named", "has_sheet"),
    [
        ("", "四川省12345政务服务平台", False),
        ("origin: 中国政府网\n", "中国政府网", True),
        ("origin: 国务院小程序\n", "中国政府网", True),
        ("origin: 国务院客户端\n", "中国政府网", True),
        ("origin: gov_cn\n", "中国政府网", True),
        ("origin: 国家政务服务平台\n", "国家政务服务平台", True),
        ("origin: 天府通办\n", "天府通办", False),
    ],
)
def test_a_provincial_letter_names_the_platform_it_came_from(
    origin: str, named: str, has_sheet: bool
) -> None:
    letter = text(replied(origin + OF_ONE.format(channel="province_12345")))
    assert f"您在{named}反映的" in letter
    assert "感谢您对四川省12345政务服务热线的关注和支持！" in letter
    assert ("承办意见" in letter) is has_sheet
    assert (HANDLER["handler"] in letter) is has_sheet


@pytest.mark.parametrize(
    "platform", ["资阳网", "资阳市民云", "九曲河门户网", "问政四川", "麻辣社区"]
)
def test_five_platforms_share_one_letter(platform: str) -> None:
    assert text(replied(f"platform: {platform}\n{OF_ONE.format(channel='city_web')}")) == text(
        replied(OF_ONE.format(channel="mayor_mailbox"))
    )


# --- who answers -----------------------------------------------------------------------


@pytest.mark.parametrize("channel", list(CHANNELS))
def test_a_joint_letter_lists_all_units_in_its_body(channel: str) -> None:
    body = [
        p.text for p in rendered(replied(JOINT.format(channel=channel))) if p.kind != "signature"
    ]
    both = "乐至县住房和城乡建设局、乐至县天池街道办事处"
    assert any(both in words for words in body)


def test_each_unit_signs_a_joint_letter() -> None:
    paragraphs = rendered(replied(JOINT.format(channel="city_12345")))
    assert [p.text for p in paragraphs if p.kind == "signature"] == [
        "资阳市乐至县住房和城乡建设局",
        "资阳市乐至县天池街道办事处",
    ]


@pytest.mark.parametrize(
    ("name", "as_signed"),
    [
        ("乐至县住房和城乡建设局", "资阳市乐至县住房和城乡建设局"),
        ("国家税务总局乐至县税务局", "国家税务总局乐至县税务局"),
        ("资阳市乐至生态环境局", "资阳市乐至生态环境局"),
        ("四川乐至经济开发区管理委员会", "四川乐至经济开发区管理委员会"),
        ("住建局", "资阳市乐至县住建局"),
    ],
)
def test_a_unit_signs_with_city_and_county_once(name: str, as_signed: str) -> None:
    assert signed(name) == as_signed


def test_handler_and_phone_stand_in_the_letter_of_the_state_council_alone() -> None:
    of_state = text(replied(OF_ONE.format(channel="gov_cn")))
    assert of_state.rstrip().endswith("经办人：周明，经办人联系电话028-23001234。")
    letter, _, sheet = text(replied(OF_ONE.format(channel="national_platform"))).partition("——")
    assert "周明" not in letter
    assert "承办意见" in sheet and "经办人：周明" in sheet and "联系电话：028-23001234" in sheet


# --- what it says ----------------------------------------------------------------------


def test_an_anonymous_citizen_is_told_whom_to_call() -> None:
    letter = text(
        replied(
            "petitioner: {confidential: false, anonymous: true}\nevents:\n"
            "- {type: replied, contact_office: 建筑业管理股, contact_phone: 028-23001234}"
        )
    )
    assert "请联系建筑业管理股，电话：028-23001234。" in letter


def test_people_daily_leaves_communication_out_where_none_took_place() -> None:
    silent = """
channel: people_daily
events:
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [], basis: clear}
- {type: signed}
- {type: contacted, result: no_answer}
- {type: replied}
"""
    assert "尊敬的网友，感谢您的留言，" in text(replied(silent))
    spoken = text(replied(silent.replace(", result: no_answer", "")))
    assert "尊敬的网友，我们已与您沟通（已电话沟通，诉求人表示理解），感谢您的留言，" in spoken


def test_a_redo_is_a_letter_like_the_first() -> None:
    letter = text(
        replied("""
- {type: replied}
- {type: redo_ordered, reason: 措施没有落实, cause: poor_handling}
- {type: replied, at: 2026-10-20T10:00:00+08:00, sections: {handling: 已于10月19日拆除夜间施工设备。}}
""")
    )
    assert "三、调查处理意见：\n　　已于10月19日拆除夜间施工设备。" in letter
    assert letter.endswith("2026年10月20日")


def test_a_redo_of_the_national_platform_is_fed_back_without_a_letter() -> None:
    letter = replied("""
channel: national_platform
events:
- {type: replied, handler: 周明, handler_phone: 028-23001234}
- {type: redo_ordered, reason: 措施没有落实, cause: poor_handling}
- {type: replied, letter: none}
""")
    assert not letter.goes_out
    assert text(letter).startswith("县热线中心：")
    assert "感谢" not in text(letter)


def test_a_letter_follows_the_channel_even_where_the_reply_names_another_template() -> None:
    assert replied(
        "channel: people_daily\nevents:\n- {type: replied, template: ordinary}"
    ).template == ("people_daily")


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("夜间施工噪音", "夜间施工噪音"),
        ("夜间施工噪音问题", "夜间施工噪音"),
        ("关于夜间施工噪音的问题。", "夜间施工噪音"),
        ("关于夜间施工噪音的相关问题", "夜间施工噪音"),
        ("问题", "问题"),
        ("  办证难  ", "办证难"),
    ],
)
def test_the_frame_says_about_and_matter_once(written: str, printed: str) -> None:
    assert about(written) == printed


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2026, 5, 9), "2026年5月9日"), (date(2026, 10, 13), "2026年10月13日")],
)
def test_a_date_has_no_leading_nought(day: date, words: str) -> None:
    assert in_chinese(day) == words


@pytest.mark.parametrize(
    "words", ["未沟通", "未能与诉求人取得联系", "诉求人电话停机，未沟通", "多次拨打电话无人接听"]
)
def test_people_daily_does_not_claim_a_talk_that_was_none(words: str) -> None:
    """The first call, to say that the matter is received, is no talk about the answer."""
    letter = text(
        replied(
            f"channel: people_daily\nevents:\n- {{type: replied, sections: {{communication: {words}}}}}"
        )
    )
    assert "我们已与您沟通" not in letter


def test_an_article_is_printed_as_it_is_written() -> None:
    letter = text(
        replied("""channel: gov_cn
events:
- {type: replied, handler: 周明, handler_phone: 028-23001234, legal_basis: ['《"A&B"条例》第<3>条']}""")
    )
    assert '调查核实情况（依据：《"A&B"条例》第<3>条）' in letter


@pytest.mark.parametrize("piece", ["问题", "关于", "的问题", "。", " "])
def test_a_hostile_subject_does_not_hold_up_a_letter(piece: str) -> None:
    written = f"甲{piece * 30_000}乙"
    assert about(written) == written


# --- text stays text -------------------------------------------------------------------

HOSTILE = '<script>alert(1)</script> & "{{ 7*7 }}" {% raw %} {petitioner.__class__} <p class="date">2020年1月1日</p>'


@pytest.mark.parametrize("template", list(TEMPLATES))
def test_what_a_clerk_writes_is_never_markup(template: str) -> None:
    section = (
        "handling" if template not in ("netizen", "people_daily", "province_direct") else "opinion"
    )
    channel = {"ordinary": "city_12345", "netizen": "city_web"}.get(template, template)
    from hotline.doors.letters import press

    finished = replied(
        f"channel: {channel}\nevents:\n- {{type: replied, sections: {{{section}: '{HOSTILE}'}}}}"
    )
    html = press(ROOT)(finished)
    assert "<script" not in html
    shown = as_text(paragraphs_of(html))
    assert HOSTILE.rstrip("。") in shown


def test_paragraphs_of_a_section_stay_apart() -> None:
    paragraphs = rendered(
        replied(
            '- {type: replied, sections: {findings: "一是噪音属实。\\n\\n  二是扬尘属实。\\n"}}'
        )
    )
    assert [p.text for p in paragraphs if "属实" in p.text] == ["一是噪音属实。", "二是扬尘属实。"]
