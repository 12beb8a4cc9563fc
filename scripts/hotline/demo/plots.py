"""The plots: how an order may run its course, told in scenes.

Each is a legal story from acceptance to archive, whenever it is cut off.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hotline.demo import scenes
from hotline.demo.draw import between, chance, pick
from hotline.demo.story import Story
from hotline.procedure.identity import event_id

_SLOW = (
    "涉及多个产权单位，需委托第三方检测后确定整改方案",
    "整改需完成施工图设计、财政评审和采购程序",
    "当事双方对责任认定分歧较大，需经鉴定后处理",
    "工程量大且受汛期影响，短期内无法完工",
)
_NEXT = (
    "委托有资质的机构检测，依据报告确定整改方案并组织实施，每15个工作日报送进展。",
    "按程序完成采购后立即进场施工，施工期间设置围挡和便道，完工后告知诉求人。",
    "先行采取临时措施消除隐患，待鉴定结论作出后依法处理并答复。",
)
_PROGRESS = (
    "已完成现场测量和资料收集，整改方案正在编制。",
    "整改方案已通过审查，正在办理采购手续，临时措施运行正常。",
    "施工单位已进场，材料陆续到位，预计可按承诺时限完成。",
    "主体工程已完成过半，正在进行恢复和收尾。",
    "整改基本完成，正在组织验收并与诉求人沟通。",
)
_CASE_PROGRESS = (
    "已对当事人制作询问笔录并调取有关凭证，案件正在调查。",
    "检验报告已出具，已告知当事人陈述、申辩权利。",
    "案件已提请法制审核，拟于近期作出处理决定。",
)
_LONGER = (
    "涉及多方责任认定，现场检测结果尚未出具，不能按时办结。",
    "需调取近三个月的台账和监控资料，核实工作量较大。",
    "配件从外地采购，运输需要时间，已采取临时措施。",
    "需召开业主代表和相关单位协调会，参会人员时间尚未统一。",
)
_WRONG = (
    "urban-management-bureau",
    "market-bureau",
    "housing-bureau",
    "traffic-bureau",
    "eco-bureau",
    "civil-affairs-bureau",
)
_SATISFIED = ("satisfied", "basically_satisfied")


def plain(story: Story) -> None:
    """Taken up, answered in time, closed."""
    scenes.taken_up(story)
    if chance(story.random, 0.06):
        scenes.supplemented(story)
    scenes.answered(story, scenes.answer_time(story))
    _corrected(story)
    finished(story)


def late(story: Story) -> None:
    """Answered after the due moment, the center having urged."""
    scenes.taken_up(story)
    due = story.due().at
    text = "工单即将到期，请抓紧办理，按时答复诉求人。"
    at = max(story.part(story.order.dispatched_at, due, 0.9), story.at)
    story.add("urged", story.center, at, text=text)
    scenes.answered(story, scenes.late_time(story))
    finished(story)


def supervised(story: Story) -> None:
    """Overdue, so the bureau supervises (art. 19 (1)); now and then the county must (art. 20)."""
    scenes.taken_up(story)
    bureau = story.plan.one_of("bureau")
    due = story.due().at
    at = story.calendar.after_working_hours(max(due, story.at), between(story.random, 0.5, 6))
    _supervision_opened(story, bureau, "bureau", "E191", at)
    harder = chance(story.random, 0.2)
    if harder:
        _taken_to_the_county(story, bureau)
    scenes.answered(story, story.working(300, 1000))
    opener = story.plan.one_of("government") if harder else bureau
    result = "承办单位已补充答复，措施到位，经核实情况属实。"
    story.add(
        "supervision_closed", opener, story.working(60, 500), result=result, outcome="effective"
    )
    finished(story)


def _supervision_opened(story: Story, by: str, level: str, ground: str, at: datetime) -> None:
    at = max(at, story.at)
    due = story.calendar.close(story.calendar.nth_working_day_after(at.date(), 3)).isoformat()
    story.add("supervision_opened", by, at, level=level, ground=ground, due_at=due)


def _taken_to_the_county(story: Story, bureau: str) -> None:
    """The bureau's supervision had no effect (art. 20 (5))."""
    result = "督办期限已过，承办单位仍未答复。"
    at = story.calendar.after_working_hours(story.at, 3.2 * 7)
    story.add("supervision_closed", bureau, at, result=result, outcome="ineffective")
    text = "经县行政审批局督办后仍未见实效，报请县人民政府督办。"
    source = "县行政审批局督办台账"
    story.add(
        "supervision_proposed", story.center, story.working(20, 120), ground="E205", source=source, text=text
    )  # fmt: skip
    government = story.plan.one_of("government")
    _supervision_opened(story, government, "county", "E205", story.working(60, 300))


def extension(story: Story) -> None:
    """More time, asked a working day before the due day (art. 7 (3))."""
    scenes.taken_up(story)
    due = story.due().at
    last = story.calendar.close(story.calendar.working_day_before(due.date()))
    at = (
        story.part(story.at, last, between(story.random, 0.6, 0.95))
        if last > story.at
        else story.working(5, 20)
    )
    days = story.policy.extension_days(story.kind)
    story.add(
        "extension_requested", story.lead, at, days=max(days - int(story.random.random() * 2), 1),
        reason=pick(story.random, _LONGER), petitioner_informed=story.order.is_reachable,
    )  # fmt: skip
    _extension_decided(story)
    scenes.answered(story, story.part(story.at, story.due().at, between(story.random, 0.4, 0.95)))
    finished(story)


def _extension_decided(story: Story) -> None:
    asked = story.events[-1]
    approved = chance(story.random, 0.85)
    fields: dict[str, Any] = {"approved": approved}
    if story.policy.city_involved(story.order.channel):
        fields["city_approved"] = approved
    at = story.working(20, 150)
    if at > story.due().at:
        at = story.wall(2, 20)
    story.add("extension_decided", story.center, at, **fields)
    if approved:
        story.extended = asked["days"]


def interim(story: Story) -> None:
    """Too complex, or a case is filed: closed for now, with a promise and reports (art. 7 (3))."""
    scenes.taken_up(story)
    filed = story.kind == "complaint" and chance(story.random, 0.3)
    promised = story.working_day(int(between(story.random, 24, 70)))
    at = max(
        story.part(story.order.dispatched_at, story.due().at, between(story.random, 0.6, 0.9)),
        story.at,
    )
    found = story.words(story.order.matter.found, at.date())
    story.add(
        "interim_requested", story.lead, at, ground="case_filed" if filed else "complex",
        situation=f"{found}因{pick(story.random, _SLOW)}，短期内无法办结。",
        next_steps=pick(story.random, _NEXT), promised_on=promised.isoformat(),
    )  # fmt: skip
    fields: dict[str, Any] = {"approved": True}
    if story.policy.city_involved(story.order.channel):
        fields["city_approved"] = True
    story.add("interim_decided", story.center, story.working(20, 200), **fields)
    _progress(story, story.calendar.close(promised), _CASE_PROGRESS if filed else _PROGRESS)
    at = story.part(story.at, story.calendar.close(promised), between(story.random, 0.4, 0.98))
    if chance(story.random, 0.12):
        at = story.calendar.after_working_hours(story.calendar.close(promised), 9)
    scenes.answered(story, at)
    finished(story)


def _progress(story: Story, until: datetime, texts: tuple[str, ...]) -> None:
    """Reports every 15 working days, one in ten of them late."""
    number = 0
    while True:
        days = 17 if chance(story.random, 0.1) else int(between(story.random, 10, 15))
        at = story.part(story.calendar.close(story.working_day(days - 1)), story.calendar.close(story.working_day(days)), between(story.random, 0.1, 0.9))  # fmt: skip
        if at >= until - timedelta(days=2):
            return
        story.add("progress", story.lead, at, text=texts[min(number, len(texts) - 1)])
        number += 1


def return_(story: Story) -> None:
    """Given to the wrong unit, which asks to return it within a day (art. 7 (5))."""
    right = story.lead
    wrong = _wrong_unit(story)
    scenes.received(story)
    if wrong is None:
        scenes.assigned(story)
        scenes.signed(story)
        scenes.contacted(story)
        scenes.answered(story, scenes.answer_time(story))
        finished(story)
        return
    scenes.assigned(story, wrong)
    scenes.signed(story, wrong)
    until = max(story.limit("return").at, story.at)
    at = story.part(story.at, until, between(story.random, 0.05, 0.6))
    in_time = story.at < until
    story.add(
        "return_requested", wrong, at,
        reason=f"经核实，反映事项属{story.name(right)}职责范围，不属本单位职责。",
        legal_basis=f"县委编办印发的{story.name(right)}职能配置规定",
        suggested_unit=right,
    )  # fmt: skip
    granted = in_time and story.at <= until
    opinion = (
        "情况属实，同意退单，转由职能单位办理。"
        if granted
        else "超期申请退回，不予退单，请按程序办理。"
    )
    story.add(
        "return_decided", story.center, story.working(20, 160), approved=granted, opinion=opinion
    )
    if granted:
        scenes.assigned(story)
        story.add("signed", story.lead, story.working(10, 150))
    else:
        story.lead, story.support = wrong, ()
    scenes.contacted(story)
    scenes.answered(story, scenes.answer_time(story, 0.6))
    finished(story)


def _wrong_unit(story: Story) -> str | None:
    """A unit that it might have gone to by mistake; None where a precedent settles it."""
    order = story.order
    registry = story.plan.registry
    if registry.binding_precedents(
        order.matter.category, order.location, order.dispatched_at.date()
    ):
        return None
    taken = {story.lead, *story.support, *order.against}
    return pick(story.random, [unit for unit in _WRONG if unit not in taken])


def return_refused(story: Story) -> None:
    """The right unit asks to be rid of it, and must carry on (art. 7 (5))."""
    scenes.received(story)
    scenes.assigned(story)
    scenes.signed(story)
    until = story.limit("return").at
    at = story.part(story.at, max(until, story.at), between(story.random, 0.05, 0.5))
    taken = {story.lead, *story.support, *story.order.against}
    other = pick(story.random, [unit for unit in _WRONG if unit not in taken])
    story.add(
        "return_requested", story.lead, at,
        reason=f"反映事项涉及{story.name(other)}职责，建议由其办理。",
        legal_basis="本单位职能配置规定", suggested_unit=other,
    )  # fmt: skip
    opinion = "该事项属你单位法定职责，退单理由不成立，请按程序办理。"
    story.add(
        "return_decided", story.center, story.working(20, 160), approved=False, opinion=opinion
    )
    scenes.contacted(story)
    scenes.answered(story, scenes.answer_time(story, 0.6))
    finished(story)


def upstream(story: Story) -> None:
    """Not the county's: back to the city platform (art. 3)."""
    scenes.received(story)
    place = story.order.place.name
    reason = f"经核实，反映事项发生在{place}，不属本县管辖，建议转属地办理。"
    story.add("returned_upstream", story.center, story.working(10, 120), reason=reason)


def withdrawn(story: Story) -> None:
    """The petitioner withdraws (practice)."""
    scenes.taken_up(story)
    reason = pick(story.random, (
        "诉求人来电表示问题已自行解决，申请撤回。",
        "诉求人来电表示已与对方协商一致，不再要求处理。",
        "诉求人表示重复反映，申请撤回本件。",
    ))  # fmt: skip
    story.add("withdrawn", story.center, story.working(60, 500), reason=reason)
    scenes.closed(story, "withdrawn")
    scenes.archived(story)


def reclassified(story: Story) -> None:
    """The city's kind was not right; the clock counts from dispatch under the new one."""
    scenes.received(story)
    kind = "help" if story.kind == "complaint" else "complaint"
    words = {
        "help": "诉求内容为请求帮助解决具体困难，按求助件办理。",
        "complaint": "诉求内容为反映他人过错并要求处理，按投诉件办理。",
    }
    story.add("reclassified", story.center, story.wall(3, 10), kind=kind, reason=words[kind])
    story.kind = kind
    scenes.assigned(story)
    scenes.signed(story)
    scenes.contacted(story)
    scenes.answered(story, scenes.answer_time(story))
    finished(story)


def redo(story: Story) -> None:
    """Sent back and done again by the same unit (art. 9)."""
    scenes.taken_up(story)
    scenes.answered(story, scenes.answer_time(story, 0.3, 0.8))
    cause = pick(story.random, ("dissatisfied", "dissatisfied", "poor_handling", "format"))
    if cause == "format":
        reason = "答复未逐项回应诉求，格式不符合要求，退回完善。"
        at = story.working(120, 500)
    else:
        fields = {"complaint": "perfunctory"} if cause == "poor_handling" else {}
        scenes.called_back(story, pick(story.random, _SATISFIED), "dissatisfied", **fields)
        reason = "回访中诉求人对办理结果不满意，退回重新办理。"
        at = story.working(60, 400)
    ordered = story.add(
        "redo_ordered", story.center, at, reason=reason, cause=cause, ordered_by="city"
    )
    scenes.contacted(story)
    due = story.due(ordered["at"]).at
    at = max(
        story.part(ordered["at"], due, between(story.random, 0.3, 0.95) * story.haste), story.at
    )
    scenes.answered(story, at, again=True)
    finished(story, satisfied=True)


def screening(story: Story) -> None:
    """Dissatisfied with what the law does not allow otherwise (art. 10)."""
    scenes.taken_up(story)
    scenes.answered(story, scenes.answer_time(story, 0.2, 0.7))
    scenes.called_back(story, "basically_satisfied", "dissatisfied")
    ground, statement = pick(story.random, (
        ("beyond_law", "诉求超出法律法规规定的补偿范围，已两次上门解释，诉求人表示理解但仍不满意。"),
        ("policy_limit", "受规划和财政安排限制，暂不具备实施条件，已说明替代措施。"),
        ("excessive_expectation", "诉求人要求的赔偿明显高于法定标准，已耐心解释并告知司法途径。"),
    ))  # fmt: skip
    story.add(
        "screening_requested",
        story.lead,
        story.working(60, 500),
        ground=ground,
        statement=statement,
    )
    upheld = chance(story.random, 0.7)
    story.add("screening_decided", story.center, story.working(300, 900), upheld=upheld)
    scenes.closed(story, "screened" if upheld else "lawful_reply")
    scenes.archived(story)


def repeated(story: Story) -> None:
    """The same matter has come before: linked, and handled with more care (art. 20 (2))."""
    scenes.received(story)
    _linked(story, reasonable=True)
    scenes.assigned(story)
    scenes.signed(story)
    scenes.contacted(story)
    scenes.answered(story, scenes.answer_time(story, 0.4))
    finished(story)


def terminated(story: Story) -> None:
    """One person for the third time, handled by law each time: the end (art. 11, par. 2)."""
    scenes.received(story)
    _linked(story, reasonable=False)
    scenes.assigned(story)
    scenes.signed(story)
    scenes.contacted(story)
    place = story.order.slots["place"]
    opinion = (
        f"诉求人就{place}同一事项多次反映，{story.we}先后核查并依法处理，事实清楚、措施到位，"
        "其余要求没有法律和政策依据，经集体研究，认定终结办理，并已当面解释。"
    )
    at = max(scenes.answer_time(story, 0.5), story.at)
    story.add(
        "terminated", story.lead, at, opinion=opinion, legal_basis=story.order.matter.law, explained=True
    )  # fmt: skip
    scenes.closed(story, "terminated")
    scenes.archived(story)


def _linked(story: Story, *, reasonable: bool) -> None:
    same = "person" if story.order.fingerprint else "problem"
    story.add(
        "linked", story.center, story.wall(2, 8), cases=list(story.order.earlier), same=same, reasonable=reasonable
    )  # fmt: skip


# --- how all of them end -----------------------------------------------------------------


def finished(story: Story, *, satisfied: bool = False) -> None:
    """Called back, closed, archived. Who cannot be called is closed on a lawful answer."""
    draw = story.random.random()
    if not story.order.is_reachable or (not satisfied and draw < 0.08):
        if story.order.is_reachable:
            scenes.not_reached(story)
        scenes.closed(story, "lawful_reply")
    elif satisfied or draw < 0.92:
        result = "basically_satisfied" if story.random.random() < 0.12 else "satisfied"
        scenes.called_back(story, pick(story.random, ("satisfied", result)), result)
        scenes.closed(story, "satisfied")
    else:
        scenes.called_back(story, pick(story.random, _SATISFIED), "dissatisfied")
        scenes.closed(story, "lawful_reply")
    if story.urgent and chance(story.random, 0.1):
        text = "本地网络论坛出现相关帖文，阅读量不高，已回应处置进展，热度回落。"
        story.add(
            "public_opinion", story.center, story.working(10, 60),
            text=text, negative=True, caused_by_handling=False, impact="slight",
        )  # fmt: skip
    scenes.archived(story)


def _corrected(story: Story) -> None:
    """A slip of the pen, put right by the one who made it; nothing is rewritten (art. 12)."""
    talks = [event for event in story.events if event["type"] == "contacted"]
    if not talks or not chance(story.random, 0.01):
        return
    talk = {**talks[-1], "at": talks[-1]["at"].isoformat()}
    story.add(
        "corrected", talk["by"], story.wall(10, 40), event=event_id(talk), field="summary",
        value="已与诉求人取得联系，告知收悉情况和办理单位，约定次日上午现场核查。",
        reason="原记录漏写约定的核查时间。",
    )  # fmt: skip


PLOTS: dict[str, Callable[[Story], None]] = {
    "plain": plain,
    "late": late,
    "supervised": supervised,
    "extension": extension,
    "interim": interim,
    "return": return_,
    "return_refused": return_refused,
    "upstream": upstream,
    "withdrawn": withdrawn,
    "reclassified": reclassified,
    "redo": redo,
    "screening": screening,
    "repeated": repeated,
    "terminated": terminated,
}

SHARES = {
    "plain": 130, "late": 10, "supervised": 3, "extension": 11, "interim": 4, "return": 9,
    "return_refused": 3, "upstream": 2, "withdrawn": 2, "reclassified": 3, "redo": 7,
    "screening": 2, "repeated": 14,
}  # fmt: skip
"""Plots of 200 orders. Some fall back to the plain one where the kind does not allow them."""

_DISPUTES = frozenset({"help", "suggestion", "complaint"})
KINDS_OF: dict[str, frozenset[str]] = {
    "supervised": _DISPUTES,
    "extension": _DISPUTES,
    "interim": frozenset({"help", "complaint"}),
    "return": _DISPUTES,
    "return_refused": _DISPUTES,
    "reclassified": frozenset({"help", "complaint"}),
    "screening": _DISPUTES,
    "redo": frozenset({"consultation", "help", "complaint"}),
    "repeated": frozenset({"complaint"}),
}
"""The kinds that a plot is told of; all where it is not named."""
