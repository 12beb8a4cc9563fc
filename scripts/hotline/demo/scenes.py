"""The scenes of a story: each adds what one hand does at one go, in legal order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hotline.demo import letters
from hotline.demo.draw import between, chance, pick
from hotline.demo.story import Story
from hotline.procedure.due import one_day_before
from hotline.values.registry import Precedent

_LATE_SIGNING = 0.03
_MISSING_OPINION = 0.05
_OPINIONS = (
    "我单位已派员参加现场核查，同意主办单位意见，涉及本单位职责部分已安排专人落实。",
    "经核查，情况与主办单位掌握的一致，我单位将配合做好后续巡查和群众解释工作。",
    "已提供相关资料和数据，建议由主办单位统一答复，我单位无不同意见。",
    "我单位已完成职责范围内的整改，请主办单位一并答复诉求人。",
)
_METHODS = ("phone", "phone", "phone", "phone", "phone", "message", "visit")
_CALLS = {
    "phone": (
        "电话联系诉求人，告知工单已收悉，核对了反映的时间和地点，说明由本单位负责办理。",
        "已与诉求人取得电话联系，告知收悉情况，约定现场核查的时间。",
        "电话联系诉求人了解详细经过，告知办理时限和联系科室。",
        "电话向诉求人告知工单收悉情况，诉求人补充说明了主要诉求。",
    ),
    "message": ("短信告知诉求人工单已收悉、办理时限和联系科室电话。",),
    "visit": ("上门与诉求人见面，告知工单已收悉，现场了解反映的情况。",),
}
_SUPPLEMENTS = (
    "诉求人来电补充：上述情况主要发生在晚上和周末，请在该时段核查。",
    "诉求人来电补充：愿意到现场配合核实，希望提前电话告知。",
    "诉求人来电补充：附近其他住户也有同样诉求，希望一并解决。",
)


# --- the center receives and gives out (arts. 5, 6) --------------------------------------


def received(story: Story) -> None:
    """Accepted: at once where it is urgent, else when somebody is at the desk."""
    at = story.order.dispatched_at
    opening = story.calendar.opening(at)
    if story.urgent:
        at = story.wall(2, 5)
    elif opening > at and chance(story.random, 0.35):
        at = story.wall(6, 35)  # the night duty takes it in
    else:
        at = story.calendar.after_working_hours(opening, between(story.random, 4, 35) / 60)
    story.add("accepted", story.center, at)


def alerted(story: Story) -> None:
    """The disposing authority is told at once (art. 7 (4))."""
    lead = story.name(story.lead)
    text = f"{story.order.title}，已同步分派{lead}，请立即组织处置，并反馈处置情况。"
    authority = story.order.matter.authority
    story.add("alerted", story.center, story.wall(1, 3), authority=authority, text=text)


def precedents(story: Story) -> list[Precedent]:
    """Those that settle who handles the order (art. 6, last paragraph)."""
    order = story.order
    return story.plan.registry.binding_precedents(
        order.matter.category, order.location, order.dispatched_at.date()
    )


def assigned(story: Story, lead: str | None = None) -> None:
    """Given to ``lead``, else to the unit whose duty it is; a precedent binds."""
    at = story.wall(1, 4) if story.urgent else _soon_after_acceptance(story)
    if lead is not None:
        story.add("assigned", story.center, at, lead=lead, support=[], basis="clear")
        return
    binding = precedents(story)
    fields: dict[str, Any] = {"basis": "clear"}
    if binding and not story.order.against:
        story.lead, story.support = binding[0].lead, binding[0].support
        fields = {"basis": "precedent", "precedent": binding[0].id}
    support = list(story.support)
    story.add("assigned", story.center, at, lead=story.lead, support=support, **fields)


def _soon_after_acceptance(story: Story) -> datetime:
    if story.order.is_sealed:
        return story.wall(2, 9)  # one hand receives and gives out what is sealed
    working = story.calendar.opening(story.at) == story.at
    return story.working(4, 60) if working else story.wall(4, 25)


def supplemented(story: Story) -> None:
    text = pick(story.random, _SUPPLEMENTS)
    story.add("supplemented", story.center, story.working(30, 200), text=text)


# --- the lead takes it up (art. 7) -------------------------------------------------------


def signed(story: Story) -> None:
    """Signed within 5 working hours, now and then later (art. 7 (1))."""
    due = story.limit("sign").at
    if story.urgent:
        at = story.wall(4, 18)
    elif chance(story.random, _LATE_SIGNING):
        at = story.calendar.after_working_hours(max(due, story.at), between(story.random, 0.2, 5))
    elif due > story.at:
        at = story.part(story.at, due, between(story.random, 0.04, 0.8) * story.haste)
    else:
        at = story.working(5, 90)
    story.add("signed", story.lead, at)


def first_response(story: Story) -> None:
    """Within 2 hours, or 1 (art. 7 (4))."""
    limit = 45 if story.order.urgency == "emergency" else 95
    at = max(story.wall(4, 12), story.order.dispatched_at + timedelta(minutes=limit * 0.4))
    text = f"已接单，{story.we}工作人员正赶赴现场，先行核实影响范围、组织处置，处理情况将及时反馈。"
    story.add("first_response", story.lead, at, text=text)


def contacted(story: Story) -> None:
    """The petitioner hears that the order has come (art. 7 (2)); not one who is unknown."""
    if not story.order.is_reachable:
        return
    at = story.wall(5, 25) if story.urgent else story.working(6, 170)
    method = pick(story.random, _METHODS)
    summary = pick(story.random, _CALLS[method])
    if method == "phone" and chance(story.random, 0.06):
        tried = "拨打诉求人预留电话，无人接听，将再次联系。"
        story.add("contacted", story.lead, at, method=method, summary=tried, result="no_answer")
        at = story.working(60, 260)
    story.add("contacted", story.lead, at, method=method, summary=summary)


def taken_up(story: Story) -> None:
    """From the city's dispatch to the first talk with the petitioner."""
    received(story)
    if story.urgent:
        alerted(story)
    assigned(story)
    signed(story)
    if story.urgent:
        first_response(story)
    contacted(story)


def opinions(story: Story, before: datetime) -> None:
    """Each support unit gives its opinion, a working day before the answer is due."""
    limit = one_day_before(story.due(), story.calendar, day_count=story.day_count).at
    until = min(before, limit) if limit > story.at else before
    giving = [unit for unit in story.support if not chance(story.random, _MISSING_OPINION)]
    share = 0.85 / max(len(giving), 1)
    first = int(story.random.random() * len(_OPINIONS))
    for number, unit in enumerate(giving):
        at = story.part(story.at, until, between(story.random, 0.3, 1) * share)
        fields: dict[str, Any] = {"text": _OPINIONS[(first + number) % len(_OPINIONS)]}
        if chance(story.random, 0.5):
            fields["agrees"] = True
        story.add("support_opinion", unit, at, **fields)


def answer_time(story: Story, low: float = 0.3, high: float = 0.97) -> datetime:
    """A moment before the answer is due."""
    share = between(story.random, low, high) * story.haste
    return story.part(story.order.dispatched_at, story.due().at, share)


def late_time(story: Story) -> datetime:
    """A moment after the answer was due."""
    return story.calendar.after_working_hours(story.due().at, between(story.random, 0.3, 16))


def answered(story: Story, at: datetime, *, again: bool = False) -> None:
    """The opinions come in, then the lead answers for all (arts. 6 (1), 8)."""
    taken = story.at
    if not again:
        opinions(story, at)
    at = max(at, story.at + timedelta(minutes=20)).replace(second=0, microsecond=0)
    visited = story.part(taken, at, 0.5).date()
    fields = letters.reply(story, at, min(visited, at.date()), again=again)
    story.add("replied", story.lead, at, **fields)


# --- the end (arts. 10 to 12) ------------------------------------------------------------


def called_back(story: Story, process: str, result: str, **fields: Any) -> None:
    """The city or the county asks how it was."""
    source = "county" if chance(story.random, 0.2) else "city"
    at = story.working(180, 1100)
    story.add(
        "callback", story.center, at, source=source, reached=True, process=process, result=result, **fields
    )  # fmt: skip


def not_reached(story: Story) -> None:
    story.add("callback", story.center, story.working(180, 700), source="city", reached=False)


def closed(story: Story, ground: str) -> None:
    story.add("closed", story.center, story.closing_time(), ground=ground)


def archived(story: Story) -> None:
    story.add("archived", story.center, story.archiving_time())
