"""Courses that take longer: late, supervised, extended, closed for the time being."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hotline.demo import scenes
from hotline.demo.draw import between, chance, pick
from hotline.demo.story import Story
from hotline.demo.straight import finished

_NEXT = (
    "落实责任单位和完成时限，每15个工作日报送进展，完成后及时答复诉求人。",
    "先行采取临时措施，按程序办理所需手续，办结后当面告知诉求人。",
)
_NEXT_OF_A_CASE = "依法调查取证，在法定期限内作出处理决定，每15个工作日报送进展。"
_PROGRESS = (
    "已召开协调会，明确责任单位、分工和时间节点。",
    "各项手续正在办理，临时措施运行正常，已向诉求人说明进展。",
    "主要手续已办结，正在组织实施，预计可按承诺时限完成。",
    "主要工作已完成过半，其余部分按计划推进。",
    "已基本完成，正在核验并与诉求人沟通。",
)
_CASE_PROGRESS = (
    "已对当事人制作询问笔录并调取有关凭证，案件正在调查。",
    "检验报告已出具，已告知当事人陈述、申辩权利。",
    "案件已提请法制审核，拟于近期作出处理决定。",
)
_LONGER = (
    "需向有关单位调取台账和资料逐项核实，不能按时办结。",
    "诉求人和被反映方陈述不一致，需再次现场核查。",
    "涉及单位较多，协调会定于近日召开，形成意见后答复。",
    "整改措施正在落实，完成后一并核验答复。",
)


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
    due = datetime.fromisoformat(story.events[-1]["due_at"])
    at = story.calendar.after_working_hours(due, between(story.random, 0.3, 3))
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
    slow = story.order.matter.slow
    filed = "立案" in slow
    promised = story.working_day(int(between(story.random, 24, 70)))
    at = max(
        story.part(story.order.dispatched_at, story.due().at, between(story.random, 0.6, 0.9)),
        story.at,
    )
    found = story.words(story.order.matter.found, at.date())
    story.add(
        "interim_requested", story.lead, at, ground="case_filed" if filed else "complex",
        situation=f"{found}{slow}，短期内无法办结。",
        next_steps=_NEXT_OF_A_CASE if filed else pick(story.random, _NEXT), promised_on=promised.isoformat(),
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
