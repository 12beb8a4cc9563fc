"""Courses that turn: returned, sent back, withdrawn, done again, screened, repeated, ended."""

from __future__ import annotations

from hotline.demo import scenes
from hotline.demo.draw import between, chance, pick
from hotline.demo.story import Story
from hotline.demo.straight import SATISFIED, finished, plain

_WRONG = (
    "urban-management-bureau",
    "market-bureau",
    "housing-bureau",
    "traffic-bureau",
    "eco-bureau",
    "civil-affairs-bureau",
)


def return_(story: Story) -> None:
    """Given to the wrong unit, which asks to return it within a day (art. 7 (5)).
    What a precedent settles goes to the right one."""
    if scenes.precedents(story):
        plain(story)
        return
    right = story.lead
    wrong = _wrong_unit(story)
    scenes.received(story)
    scenes.assigned(story, wrong)
    until = story.limit("return").at
    story.add("signed", wrong, story.part(story.at, until, between(story.random, 0.03, 0.35)))
    story.add(
        "return_requested", wrong, story.part(story.at, until, between(story.random, 0.05, 0.7)),
        reason=f"经核实，反映事项属{story.name(right)}职责范围，不属本单位职责。",
        legal_basis=_duties_of(story, right), suggested_unit=right,
    )  # fmt: skip
    opinion = "情况属实，同意退单，转由职能单位办理。"
    story.add(
        "return_decided", story.center, story.working(20, 160), approved=True, opinion=opinion
    )
    scenes.assigned(story)
    story.add("signed", story.lead, story.working(10, 150))
    scenes.contacted(story)
    scenes.answered(story, scenes.answer_time(story, 0.6))
    finished(story)


def return_refused(story: Story) -> None:
    """The right unit asks to be rid of it, now and then too late, and must
    carry on (art. 7 (5))."""
    other = _wrong_unit(story)
    scenes.received(story)
    scenes.assigned(story)
    scenes.signed(story)
    until = story.limit("return").at
    in_time = story.at < until and not chance(story.random, 0.3)
    at = story.part(story.at, until, between(story.random, 0.05, 0.5))
    if not in_time:
        late = between(story.random, 0.3, 4)
        at = story.calendar.after_working_hours(max(until, story.at), late)
    story.add(
        "return_requested", story.lead, at,
        reason=f"反映事项涉及{story.name(other)}职责，建议由其办理。",
        legal_basis=_duties_of(story, other), suggested_unit=other,
    )  # fmt: skip
    opinion = "该事项属你单位法定职责，退单理由不成立，请按程序办理。"
    if not in_time:
        opinion = "超期申请退回，不予退单，请按程序办理。"
    story.add(
        "return_decided", story.center, story.working(20, 160), approved=False, opinion=opinion
    )
    scenes.contacted(story)
    scenes.answered(story, scenes.answer_time(story, 0.6))
    finished(story)


def _wrong_unit(story: Story) -> str:
    """A unit that the order might have gone to by mistake."""
    taken = {story.lead, *story.support, *story.order.against}
    return pick(story.random, [unit for unit in _WRONG if unit not in taken])


def _duties_of(story: Story, unit: str) -> str:
    """Where it is written what a unit has to do."""
    known = story.plan.registry.units[unit]
    if known.group == "township":
        return f"{known.label}权责清单"
    if known.group == "utility":
        return "公共服务企业供水、供电、供气、通信和公交服务职责规定"
    return f"县委编办印发的{known.label}职能配置规定"


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
        scenes.called_back(story, pick(story.random, SATISFIED), "dissatisfied", **fields)
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
        ("beyond_law", "诉求超出法律法规规定的范围，已两次当面解释，诉求人表示理解但仍不满意。"),
        ("policy_limit", "受现行政策和条件限制，暂时无法进一步办理，已说明可以采取的其他措施。"),
        ("excessive_expectation", "诉求人的期望明显超出现行政策标准，已耐心解释并告知其他救济途径。"),
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
