"""What is no breach of the measure and yet not what its writer meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hotline.procedure.lifecycle import SECTIONS, TEMPLATES
from hotline.procedure.replying import sections_of, units_of
from hotline.procedure.timeline import Step
from hotline.replies.letter import Letter
from hotline.values import placeholders
from hotline.values.registry import Registry

PUBLIC = frozenset({"netizen", "people_daily", "gov_cn", "national_platform"})
"""Templates whose letters stand on the net for everybody, and name no natural person."""
_FRAME = re.compile(
    r"\A\s*(?:尊敬的[^，。：:\n]{1,20}(?:您好|[：:])|您好[，！])|现(?:将[^。\n]{0,20})?回复如下"
    r"|感谢您(?:对|的)[^。！\n]{0,30}(?:关注|支持|留言)"
)
_MARKDOWN = re.compile(r"(?m:^#{1,6} )|\*\*[^*\n]{1,40}\*\*|\]\(|(?m:^\|[^\n]*\|)|`")


def notices(step: Step, finished: Letter, registry: Registry) -> Iterator[str]:
    """Sentences for the writer of a reply: words that the letter does not print, a frame
    that it prints twice, signs that mean nothing there, units that had no part."""
    for name, value in sections_of(step).items():
        text, title = str(value), SECTIONS.get(name, name)
        if not text.strip():
            continue
        if name not in finished.printed and name != "communication":
            template = TEMPLATES[finished.template]
            yield f"“{title}”不在“{template}”的模板里，信里不印；要告诉诉求人的话，请写进模板的各部分"
        if _FRAME.search(text):
            yield f"“{title}”里有信的开头或结尾（尊敬的……、现回复如下、感谢您……），程序会自己加上，请删去"
        if _MARKDOWN.search(text):
            yield f"“{title}”里有排版记号（#、**、链接），信里会原样印出，请改成文字"
    if finished.template in PUBLIC:
        values = map(str, sections_of(step).values())
        named = {key for value in values for key in placeholders.split(value)[1::2]}
        if named:
            names = "、".join(map(placeholders.name, sorted(named)))
            yield f"这个渠道的信在网上公开，不写个人信息：请删去{names}的占位，称“您”"
    handlers = {step.before.lead, *step.before.support}
    strangers = [registry.unit_name(unit) for unit in units_of(step) if unit not in handlers]
    if strangers and step.before.lead:
        yield f"{'、'.join(strangers)}没有承办这件工单，却在共同答复的单位里，信里会署它的名"


def unfilled(texts: Iterable[str]) -> str:
    """What a letter still has to have filled in before it goes, '' where nothing."""
    keys = [key for text in texts for key in placeholders.split(text)[1::2]]
    if not keys:
        return ""
    names = "、".join(dict.fromkeys(map(placeholders.name, keys)))
    return f"信里还有 {len(keys)} 处占位（{names}），发出前要换成真实内容"
