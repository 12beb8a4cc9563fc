"""The reply as a letter's sections, in the template of the channel (annex 2)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hotline.demo.draw import pick
from hotline.demo.story import Story
from hotline.procedure.lifecycle import SECTIONS_OF
from hotline.procedure.replying import template_of

_NAMES_HANDLER = frozenset({"gov_cn", "national_platform"})
_PHONE_CHANNELS = frozenset({"city_12345", "secretary_mailbox", "mayor_mailbox", "province_12345"})
_REVIEWERS = ("分管负责人", "办公室负责人", "值班领导", "业务股室负责人", "主要负责人")
_HANDLERS = ("周明", "何静", "罗建", "唐敏", "邓海", "魏松")
_METHODS = ("phone", "phone", "phone", "phone", "message", "visit")
_TALKS = {
    "phone": (
        "已于{day}电话联系诉求人，告知调查处理情况，诉求人表示知晓。",
        "{day}工作人员电话告知诉求人办理结果并说明政策依据，诉求人对处理情况表示理解。",
        "{day}已通过电话向诉求人反馈办理情况，并留下科室电话，方便后续联系。",
    ),
    "message": ("已于{day}将办理结果以短信发送诉求人，并告知科室电话，诉求人回复知晓。",),
    "visit": ("已于{day}与诉求人当面沟通，详细说明核实情况和后续安排，诉求人无其他意见。",),
}


def reply(story: Story, at: datetime, visited: date, *, again: bool = False) -> dict[str, Any]:
    """The fields of ``replied``; ``again`` for a redo."""
    order = story.order
    soon = at.date() + timedelta(days=12 + int(story.random.random() * 34))
    template = template_of(order.channel)
    delivery = _delivery(story, at)
    fields: dict[str, Any] = {
        "template": template,
        "subject": order.title,
        "sections": {
            **_sections(story, template, visited, soon, again),
            "communication": _talk(story, at, delivery["method"]),
        },
    }
    if story.support:
        fields["units"] = [story.lead, *story.support]
    fields["reviewed_by"] = pick(story.random, _REVIEWERS)
    fields["delivery"] = delivery
    if again and order.channel == "national_platform":
        fields["letter"] = "none"  # that platform takes no second letter (note 9)
    fields["legal_basis"] = [order.matter.law]
    unit = story.plan.registry.units[story.lead]
    if order.channel in _NAMES_HANDLER or order.origin:
        fields |= {"handler": pick(story.random, _HANDLERS), "handler_phone": unit.phone}
    if order.anonymous:
        fields |= {"contact_office": f"{unit.label}{unit.desk}", "contact_phone": unit.phone}
    return fields


def _sections(
    story: Story, template: str, visited: date, soon: date, again: bool
) -> dict[str, str]:
    matter = story.order.matter
    found = story.words(matter.found, visited)
    if again:
        found = _looked_again(story, visited)
    done = story.words(matter.done, visited, soon)
    if again and story.kind != "consultation":
        done = f"已明确专人负责、限期销号，整改完成前每周与您联系一次。{done}"
    if "demand" in SECTIONS_OF[template]:
        return {"demand": _demand(story), "findings": found, "handling": done}
    return {"opinion": found + done}


def _demand(story: Story) -> str:
    order = story.order
    if order.is_sealed:
        return "您反映的事项已由专人受理，具体内容按规定予以保密。"
    return f"{story.words(order.matter.problem)}，{story.words(order.matter.wish)}。"


def _looked_again(story: Story, visited: date) -> str:
    if story.kind == "consultation":
        text = "收到重办要求后，{we}重新核对了政策规定，并于{visit}与您详细沟通，前次答复未逐项说明的内容补充如下。"
    else:
        text = "收到重办要求后，{we}于{visit}再次到{place}复核，前次采取的措施已落实大部分，仍有个别问题没有整改到位，您反映的情况属实。"
    return story.words(text, visited)


def _talk(story: Story, at: datetime, method: str) -> str:
    order = story.order
    if order.confidential:
        return "诉求人要求信息保密，未联系"
    if order.anonymous:
        unit = story.plan.registry.units[story.lead]
        return f"诉求人匿名反映，未留联系方式。如需了解办理情况，可致电{unit.label}{unit.desk}（{unit.phone}）。"
    return pick(story.random, _TALKS.get(method, _TALKS["phone"])).format(day=story.day(at.date()))


def _delivery(story: Story, at: datetime) -> dict[str, str]:
    """How and when the petitioner got it: before it is fed back, never before the last act."""
    order = story.order
    method = "platform"
    if order.is_reachable and order.channel in _PHONE_CHANNELS:
        method = pick(story.random, _METHODS)
    earlier = at - timedelta(minutes=int(story.random.random() * 25))
    return {"method": method, "at": max(earlier, story.at).isoformat()}
