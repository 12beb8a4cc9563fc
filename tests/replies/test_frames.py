"""The seven templates against annex 2, character by character, from the project's own copy."""

from __future__ import annotations

import re

import pytest

from tests.replies.letters import HANDLER, SECTIONS, replied, text
from tests.support import ROOT

MEASURE = ROOT / "registry" / "measure" / "2023-06-20.txt"
HEADINGS = {
    "ordinary": "普通件回复模板",
    "netizen": "统一回复模板",
    "people_daily": "人民网回复模板",
    "province_12345": "省件12345(政民互动)回复模板",
    "province_direct": "省件（政民互动直派、天府通办直派）回复模板",
    "gov_cn": "中国政府网回复模板",
    "national_platform": "国家政务服务平台回复模板",
}
"""Template → the line of the annex above it."""
NAME, UNIT, DATE = "{petitioner.name}", "住房和城乡建设局", "2026年10月14日"
SUBJECT = "夜间施工噪音"
Filled = list[tuple[str, str]]
FILLED: dict[str, Filled] = {
    "ordinary": [
        ("尊敬的XX", f"尊敬的{NAME}"),
        ("反映的XX", f"反映的{SUBJECT}"),
        ("主要诉求：", f"主要诉求：{SECTIONS['demand']}"),
        ("核实情况：", f"核实情况：{SECTIONS['findings']}"),
        ("处理意见：", f"处理意见：{SECTIONS['handling']}"),
        ("沟通情况：", f"沟通情况：{SECTIONS['communication']}"),
        ("乐至县***", f"乐至县{UNIT}"),
        ("XXXX年XX月XX日", DATE),
    ],
    "netizen": [
        ("***********（回复意见）", SECTIONS["opinion"]),
        ("资阳市XXXX（单位名称）", f"资阳市乐至县{UNIT}"),
        ("XXXX年XX月XX日", DATE),
    ],
    "people_daily": [
        ("XXXXXXXXXXXXXXXX", SECTIONS["opinion"]),
        ("（如未沟通则不填）", f"（{SECTIONS['communication'].rstrip('。')}）"),
        ("XXXXXXX（单位名称）", f"资阳市乐至县{UNIT}"),
        ("XXXX年XX月XX日", DATE),
    ],
    "province_12345": [
        ("尊敬的X（先生/女士）", f"尊敬的{NAME}{{petitioner.title}}"),
        ("（如果是国务院小程序，这里就写“中国政府网”）", ""),
        ("反映的*****", f"反映的{SUBJECT}"),
        ("主要诉求：", f"主要诉求：{SECTIONS['demand']}"),
        ("核实情况：", f"核实情况：{SECTIONS['findings']}"),
        ("处理意见：", f"处理意见：{SECTIONS['handling']}"),
        ("资阳市XXXXX（单位名称）", f"资阳市乐至县{UNIT}"),
    ],
    "province_direct": [
        ("****（部门名称）", f"乐至县{UNIT}"),
        ("XXXXXXXXXXXXXXXXXXXXXXXXX（回复意见）", SECTIONS["opinion"]),
    ],
    "gov_cn": [
        ("关于XXX", f"关于{SUBJECT}"),
        ("经XXX（具体办理单位）", f"经乐至县{UNIT}"),
        ("主要诉求：XXX", f"主要诉求：{SECTIONS['demand'].rstrip('。')}"),
        ("（可附政策法律依据）XXX", f"（依据：噪声污染防治法第四十三条）{SECTIONS['findings'].rstrip('。')}"),
        ("处理意见:XXX", f"处理意见:{SECTIONS['handling'].rstrip('。')}"),
        ("承办单位：XXXX", f"承办单位：乐至县{UNIT}"),
        ("经办人：XXX", f"经办人：{HANDLER['handler']}"),
        ("联系电话XXX", f"联系电话{HANDLER['handler_phone']}"),
    ],
    "national_platform": [
        ("关于XXX", f"关于{SUBJECT}"),
        ("经XXX（具体办理单位）", f"经乐至县{UNIT}"),
        ("主要诉求：XXX", f"主要诉求：{SECTIONS['demand'].rstrip('。')}"),
        ("（可附政策法律依据）XXX", SECTIONS["findings"].rstrip("。")),
        ("处理意见:XXX", f"处理意见:{SECTIONS['handling'].rstrip('。')}"),
        ("承办单位：XXXX", f"承办单位：乐至县{UNIT}"),
    ],
}  # fmt: skip
"""Template → each placeholder of the annex with its surroundings, and what stands there."""
REMARKS = {
    "province_12345": "（备注：如是“中国政府网”“国家政务服务平台”来件，回复时需将经办人姓名和联系电话回复至承办意见中）",
    "national_platform": "（承办单位需为具有行政职能的政府机构）",
}
"""What the annex says to the unit below a template, and no letter repeats."""
CHANNELS = {"ordinary": "city_12345", "netizen": "city_web"}
OPENING_OF_WEB = "资阳网、资阳市民云、九曲河门户网、问政四川、麻辣社区"


def _bare(words: str) -> str:
    return re.sub(r"\s", "", words)


def _annex(template: str) -> str:
    """The words of the annex below a template's heading, without white space."""
    whole = MEASURE.read_text("utf-8")
    annex = whole[whole.index("热线回复模板", whole.index("附件1\n")) :]
    begin = annex.index(f"\n{HEADINGS[template]}\n") + len(HEADINGS[template]) + 2
    ends = [
        annex.find(heading, begin) for heading in (*HEADINGS.values(), OPENING_OF_WEB, "注意事项：")
    ]
    return _bare(annex[begin : min(end for end in ends if end > 0)])


def _example(template: str) -> str:
    channel = CHANNELS.get(template, template)
    basis = ", legal_basis: [噪声污染防治法第四十三条]" if template == "gov_cn" else ""
    shown = {k: v for k, v in SECTIONS.items() if (k == "opinion") == (template in _OPINION)}
    sections = {**shown, "communication": SECTIONS["communication"]}
    written = ", ".join(f"{name}: {words}" for name, words in sections.items())
    handler = ", ".join(f"{name}: {words}" for name, words in HANDLER.items())
    return (
        f"channel: {channel}\n"
        "events:\n"
        f"- {{type: replied, at: 2026-10-14T11:00:00+08:00, sections: {{{written}}}, {handler}{basis}}}"
    )


_OPINION = ("netizen", "people_daily", "province_direct")


@pytest.mark.parametrize("template", list(HEADINGS))
def test_the_letter_is_the_annex_with_its_blanks_filled(template: str) -> None:
    expected = _annex(template)
    if remark := REMARKS.get(template):
        assert expected.endswith(remark)
        expected = expected.removesuffix(remark)
    for blank, filled in FILLED[template]:
        assert expected.count(blank) == 1, blank
        expected = expected.replace(blank, _bare(filled))
    letter, _, _ = text(replied(_example(template))).partition("—— 承办意见")
    assert _bare(letter) == expected


@pytest.mark.parametrize("template", list(HEADINGS))
def test_every_template_has_its_own_file(template: str) -> None:
    assert (ROOT / "site_templates" / "letters" / f"{template}.html").is_file()
