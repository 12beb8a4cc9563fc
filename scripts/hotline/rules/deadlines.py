"""D: time. Clocks overdue or met late, extensions, returns, interim closings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from hotline.procedure.calendar import Calendar
from hotline.procedure.clocks import CLOCKS, Clock, is_overdue
from hotline.procedure.duty import Request, Round
from hotline.procedure.lifecycle import KINDS, URGENCIES
from hotline.procedure.policy import Policy
from hotline.procedure.timeline import Timeline
from hotline.rules.cross import bound_by
from hotline.rules.declare import Hit, also, rule
from hotline.values.case import Case, Event
from hotline.values.node import Place, place_of
from hotline.values.registry import Registry


class _Family(NamedTuple):
    """A clock with its two rules. ``opening`` is the example up to the act that is due,
    with ``%`` where the clock is found overdue; ``act`` lacks its time."""

    clock: str
    article: str
    thing: str
    mend: str
    opening: str
    act: str
    in_time: str
    too_late: str


_ASSIGNED = (
    "- {type: accepted}\n- {type: assigned, lead: housing-bureau, support: [], basis: clear}%"
)
_INTERIM = (
    "- {type: interim_requested, ground: case_filed, situation: 已立案, next_steps: 调查取证, "
    "promised_on: 2026-11-20}"
)

_ANSWER = "，要写的字段见 hotline add 工单编号 replied --help。"

# last digit of the code → clock, article, what is due, what to do about it, example
_FAMILIES: dict[str, _Family] = {
    "1": _Family(
        "sign", "art. 7-1", "签收", "尽快签收：hotline add 工单编号 signed。", _ASSIGNED,
        "{type: signed}", "2026-10-13T15:30", "2026-10-13T15:31",
    ),
    "2": _Family(
        "first_response", "art. 7-4", "初步响应意见",
        "立即反馈并如实记录：hotline add 工单编号 first_response text=…。",
        "dispatched_at: 2026-10-13T09:30:00+08:00%\nurgency: special\nevents:\n- {type: accepted}\n"
        "- {type: alerted, authority: 县应急管理局, text: 迎宾大道片区大面积停水}\n"
        "- {type: assigned, lead: water-bureau, support: [], basis: clear}\n- {type: signed}",
        "{type: first_response, text: 抢修人员已到现场，正在关阀查漏}",
        "2026-10-13T11:30", "2026-10-13T11:31",
    ),
    "3": _Family(
        "reply", "art. 7-1", "答复", f"尽快答复并如实记录{_ANSWER}",
        f"kind: consultation\nevents:\n{_ASSIGNED}\n- {{type: signed}}\n- {{type: contacted}}",
        "{type: replied}", "2026-10-14T17:00", "2026-10-14T17:01",
    ),
    "4": _Family(
        "progress", "art. 7-3", "进展报送", "尽快报送：hotline add 工单编号 progress text=…。",
        f"{_INTERIM}\n- {{type: interim_decided, approved: true}}%",
        "{type: progress, text: 已调取施工记录，正在询问项目负责人}",
        "2026-11-03T17:00", "2026-11-04T09:00",
    ),
    "5": _Family(
        "redo", "practice", "重办答复", f"尽快重新答复并如实记录{_ANSWER}",
        "- {type: redo_ordered, reason: 仍在夜间施工, cause: poor_handling}%",
        "{type: replied}", "2026-10-22T17:00", "2026-10-23T09:00",
    ),
    "6": _Family(
        "supervision", "art. 19", "督办结果",
        "承办单位尽快办理；有了结果，由督办的单位销号："
        "hotline add 工单编号 supervision_closed result=… outcome=…。"
        "见实效的 outcome 写 effective，未见实效的写 ineffective。",
        "- {type: supervision_opened, level: bureau, ground: E191, due_at: 2026-10-16T17:00:00+08:00}%",
        "{type: supervision_closed, result: 已责令停工并每晚巡查, outcome: effective}",
        "2026-10-16T17:00", "2026-10-19T09:00",
    ),
    "7": _Family(
        "support", "practice", "协办意见",
        "请协办单位尽快给出意见：hotline add 工单编号 support_opinion text=…。",
        "- {type: accepted}\n"
        "- {type: assigned, lead: housing-bureau, support: [tianchi-street], basis: clear}%\n"
        "- {type: signed}\n- {type: contacted}",
        "{type: support_opinion, by: tianchi-street, text: 已到现场劝导}",
        "2026-10-21T17:00", "2026-10-22T09:00",
    ),
    "8": _Family(
        "promise", "art. 7-3", "承诺的答复", f"尽快答复并如实记录{_ANSWER}",
        f"{_INTERIM.replace('11-20', '10-30')}%\n- {{type: interim_decided, approved: true}}",
        "{type: replied}", "2026-10-30T17:00", "2026-11-02T09:00",
    ),
    "9": _Family(
        "screening", "art. 10", "甄别结论",
        "请热线管理机构尽快作出结论：hotline add 工单编号 screening_decided upheld=…。",
        "- {type: callback, reached: true, process: satisfied, result: dissatisfied}%\n"
        "- {type: screening_requested, ground: policy_limit, statement: 抢险工程可以连续施工，已解释}",
        "{type: screening_decided, upheld: true}", "2026-10-30T17:00", "2026-11-02T09:00",
    ),
}  # fmt: skip


def _example(family: _Family, code: str = "", act_at: str = "") -> str:
    """The story of a family at ``too_late``: the act undone, or done at ``act_at``; ``code``
    marks the line that is at fault."""
    now = family.too_late.replace("T", " ")
    lines = [f"# 现在是 {now}", family.opening.replace("%", "" if act_at else f"   # {code}")]
    if act_at:
        act = family.act.replace("{type: ", f"{{at: {act_at}:00+08:00, type: ")
        lines.append(f"- {act}" + (f"   # {code}" if code else ""))
    return "\n".join(lines)


def when(moment: datetime) -> str:
    """A moment as a clerk says it: 2026-10-22 17:00, with seconds only where there are any."""
    return moment.strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M")


def _place(case: Case, clock: Clock) -> Place:
    return clock.opened_by.place() if clock.opened_by else case.place("dispatched_at")


ASSIGN_FIRST = "请热线管理机构先交办：hotline add 工单编号 assigned lead=… support= basis=…（未受理的先 accepted）。"


Numbered = tuple[tuple[int, Clock], ...]
"""Clocks with their numbers among all of the case."""


def _overdue(code: str, family: _Family) -> None:
    name, thing = family.clock, family.thing

    @rule(
        code,
        title=f"{CLOCKS[name]}超期",
        article=family.article,
        severity="warning",
        why=f"{thing}的期限已过，还没有做。迟做也要如实记录，不要改时间。",
        mend=family.mend,
        bad=_example(family, code),
        good=_example(family, act_at=family.in_time),
        now=f"{family.too_late}:00+08:00",
    )
    def check(case: Case, running: Numbered, registry: Registry, now: datetime) -> Iterator[Hit]:
        for number, clock in running:
            if clock.name == name and is_overdue(clock, now):
                waiting = "，申请待审核" if clock.decision_pending else ""
                undone, mend = f"{registry.unit_name(clock.unit)}尚未完成", None
                if clock.unit is None:
                    undone, mend = "还没有交办", ASSIGN_FIRST
                due = f"{when(clock.due_at)} 前完成"
                words = f"{thing}应于 {due}，{undone}{waiting}"
                subject = f"{name}/{clock.unit}/{number}"
                yield Hit(
                    _place(case, clock), words, subject=subject, article=clock.article, mend=mend
                )


def _late(code: str, family: _Family) -> None:
    name, thing = family.clock, family.thing

    @rule(
        code,
        title=f"{CLOCKS[name]}逾期完成",
        article=family.article,
        severity="warning",
        why="已经发生的逾期如实记录在案，计入考核，不影响后续办理。",
        mend="无须修改；时间确实写错的，由热线管理机构更正：hotline add 工单编号 corrected event=事件编号 field=at。",
        bad=_example(family, code, family.too_late),
        good=_example(family, act_at=family.in_time),
        now=f"{family.too_late}:00+08:00",
    )
    def check(case: Case, late: Numbered, registry: Registry) -> Iterator[Hit]:
        for number, clock in late:
            unasked = name == "screening" and clock.is_right
            if clock.name == name and not clock.is_void and not unasked:
                place = clock.done_by.place("at") if clock.done_by else case.place()
                unit, done = registry.unit_name(clock.unit), clock.done_at or clock.due_at
                due = f"{when(clock.due_at)} 前完成"
                words = f"{thing}应于 {due}，{unit}于 {when(done)} 完成"
                if done <= clock.due_at:
                    words += "（这是更正后的时间；按最初记录已经逾期，更正不改变这一点）"
                subject = f"{name}/{clock.unit}/{number}"
                yield Hit(place, words, subject=subject, article=clock.article)


for _digit, _family in _FAMILIES.items():
    _overdue(f"D10{_digit}", _family)
    _late(f"D11{_digit}", _family)


# --- art. 7 (3): extension -------------------------------------------------------------


def _extensions(rounds: tuple[Round, ...]) -> Iterator[Request]:
    return (
        request
        for round_ in rounds
        for request in round_.requests
        if request.event.type == "extension_requested"
    )


@rule(
    "D120",
    title="延期要在到期前1个工作日申请",
    of=("extension_requested",),
    article="art. 7-3",
    severity="warning",
    why="最迟在到期日前一个工作日下班前提出，给审核留出时间。",
    mend="下次提前申请；本次是否延期由市、县平台决定。",
    bad="""
dispatched_at: 2026-03-09T10:00:00+08:00
events:
- {type: accepted, at: 2026-03-09T10:10:00+08:00}
- {type: assigned, at: 2026-03-09T10:20:00+08:00, lead: housing-bureau, support: [], basis: clear}
- {type: signed, at: 2026-03-09T11:00:00+08:00}
- {type: extension_requested, at: 2026-03-17T17:00:01+08:00, days: 5, reason: 需检测, petitioner_informed: true}   # D120
""",
    good="""
dispatched_at: 2026-03-09T10:00:00+08:00
events:
- {type: accepted, at: 2026-03-09T10:10:00+08:00}
- {type: assigned, at: 2026-03-09T10:20:00+08:00, lead: housing-bureau, support: [], basis: clear}
- {type: signed, at: 2026-03-09T11:00:00+08:00}
- {type: extension_requested, at: 2026-03-17T17:00:00+08:00, days: 5, reason: 需检测, petitioner_informed: true}
""",
)
def extension_is_asked_in_time(rounds: tuple[Round, ...], calendar: Calendar) -> Iterator[Hit]:
    for request in _extensions(rounds):
        last = calendar.close(calendar.working_day_before(request.due.at.date()))
        if request.event.at > last:
            words = f"最迟应在 {when(last)} 前申请延期（到期 {when(request.due.at)}）"
            if request.event.at > request.due.at:
                words += "，到期以后才申请，同意也不生效"
            yield Hit(request.event.place("at"), words, subject=str(request.event.index))


def _days(request: Request) -> int:
    days = request.event.get("days")
    return days if isinstance(days, int) else 0


@rule(
    "D121",
    title="咨询件原则上不延期",
    of=("extension_requested",),
    article="art. 7-3",
    severity="warning",
    why="咨询类原则上不延期；确有特殊情形的要写明。",
    mend="按时答复；确需延期的，申请时在 exceptional 写明特殊情形。",
    bad="""
kind: consultation
events:
- {type: extension_requested, days: 2, reason: 需向省厅核实, petitioner_informed: true}   # D121
""",
    good="""
kind: consultation
events:
- {type: replied, at: 2026-10-14T16:00:00+08:00}
""",
)
def consultation_is_not_extended(rounds: tuple[Round, ...]) -> Iterator[Hit]:
    for request in _extensions(rounds):
        if request.kind == "consultation" and request.event.get("days"):
            yield _beyond(request, "咨询件申请了延期")


@rule(
    "D122",
    title="累计延期不超过限度",
    of=("extension_requested",),
    article="art. 7-3",
    severity="warning",
    why="求助、建议类延期一般不超过2个工作日，投诉、举报类一般不超过5个工作日，累计计算。",
    mend="减少延长天数；确需更长的，在 exceptional 写明特殊情形，或申请临时办结。",
    bad="""
kind: complaint
events:
- {type: extension_requested, days: 6, reason: 需检测, petitioner_informed: true}   # D122
""",
    good="""
kind: complaint
events:
- {type: extension_requested, days: 5, reason: 需检测, petitioner_informed: true}
""",
)
def extension_is_within_limit(rounds: tuple[Round, ...], policy: Policy | None) -> Iterator[Hit]:
    if policy is None:
        return
    for request in _extensions(rounds):
        asked = _days(request)
        limit = policy.extension_days(request.kind)
        total = request.granted_days + asked
        if request.kind != "consultation" and asked and total > limit:
            words = f"{KINDS[request.kind]}件累计延期 {total} 个工作日，一般不超过 {limit} 个"
            yield _beyond(request, words)


def _beyond(request: Request, words: str) -> Hit:
    """An error only where it is granted and nobody says what the exception is."""
    subject = str(request.event.index)
    if request.is_granted and request.decision is not None and not request.event.get("exceptional"):
        place = request.decision.place("approved")
        return Hit(place, f"{words}，未写明特殊情形就同意了", "error", subject)
    return Hit(request.event.place("days"), words, "warning", subject)


@rule(
    "D123",
    title="延期要向诉求人说明",
    of=("extension_requested",),
    article="art. 7-3",
    severity="warning",
    why="申请延期时应注明原因，并向诉求人说明情况（要求保密的除外）。",
    mend="尽快向诉求人说明，并用 contacted 记录：hotline add 工单编号 contacted method=phone summary=…。",
    bad="""
- {type: extension_requested, days: 2, reason: 需检测, petitioner_informed: false}   # D123
""",
    good="""
- {type: extension_requested, days: 2, reason: 需检测, petitioner_informed: true}
""",
)
def petitioner_is_informed(course: Timeline) -> Iterator[Hit]:
    if course.is_confidential:
        return
    for step in course.of("extension_requested"):
        if step.event.get("petitioner_informed") is False:
            place = step.event.place("petitioner_informed")
            yield Hit(place, "申请延期没有向诉求人说明", subject=str(step.event.index))


@rule(
    "D124",
    title="延期须经市、县平台都同意",
    of=("extension_decided",),
    article="art. 7-3",
    why="没有写明市平台的意见就同意延期，延期没有依据。",
    mend="在 extension_decided 里写市平台的意见：city_approved: true（同意）或 false（不同意）。",
    bad="""
- {type: extension_requested, days: 2, reason: 需检测, petitioner_informed: true}
- {type: extension_decided, approved: true}   # D124
""",
    good="""
- {type: extension_requested, days: 2, reason: 需检测, petitioner_informed: true}
- {type: extension_decided, approved: true, city_approved: true}
""",
)
def city_agrees_too(course: Timeline, policy: Policy | None) -> Iterator[Hit]:
    if policy is None or not policy.city_involved(str(course.header["channel"])):
        return
    for step in course.of("extension_decided"):
        event = step.event
        if event.get("approved") and event.get("city_approved") is None:
            yield Hit(
                event.place("approved"), "同意延期而没有写明市平台的意见", subject=str(event.index)
            )


@rule(
    "D125",
    title="普通事项不能依其他法定时限申请延期",
    of=("extension_requested",),
    article="art. 7-4",
    why="依法律法规规章延期只适用于特殊事项和特殊紧急事项；普通事项可申请临时办结并写明法定时限。",
    mend="改写 days 申请一般延期，或改用 interim_requested 并写 statutory。",
    bad="""
- {type: extension_requested, statutory: {law: 土地管理法, due_on: 2026-12-01}, reason: 需鉴定, petitioner_informed: true}   # D125
""",
    good="""
- {type: extension_requested, days: 5, reason: 需鉴定, petitioner_informed: true}
""",
)
def statutory_only_for_special(rounds: tuple[Round, ...]) -> Iterator[Hit]:
    for request in _extensions(rounds):
        if request.event.get("statutory") and request.urgency == "normal":
            place = request.event.place("statutory")
            yield Hit(place, "普通事项依其他法定时限申请了延期", subject=str(request.event.index))


@rule(
    "D126",
    title="特殊事项延期要有法律依据",
    of=("extension_requested",),
    article="art. 7-4",
    severity="warning",
    why="特殊事项、特殊紧急事项只有法律法规规章另有规定的，才可申请延期。",
    mend="不写 days，改写 statutory: {law: 法律名称和条款, due_on: 法定到期日}；没有这样的规定就不延期。",
    bad="""
urgency: special
events:
- {type: extension_requested, days: 2, reason: 需检测, petitioner_informed: true}   # D126
""",
    good="""
urgency: special
events:
- {type: extension_requested, statutory: {law: 安全生产法第八十六条, due_on: 2026-12-11}, reason: 事故调查, petitioner_informed: true}
""",
)
def special_is_extended_by_law(rounds: tuple[Round, ...]) -> Iterator[Hit]:
    for request in _extensions(rounds):
        if request.event.get("days") and request.urgency != "normal":
            place = request.event.place("days")
            yield Hit(place, "特殊事项延期没有写明法律依据", subject=str(request.event.index))


# --- art. 7 (5): return ----------------------------------------------------------------


@rule(
    "D130",
    title="退单要在1个工作日内申请",
    of=("return_requested",),
    article="art. 7-5",
    severity="warning",
    why="超期申请退回的，不予退单。",
    mend="承办单位按程序继续办理；热线管理机构审核时写 approved: false。",
    bad="""
- {type: signed}
- {type: return_requested, at: 2026-10-15T09:00:00+08:00, reason: 不属本单位职责, legal_basis: 三定方案, suggested_unit: police-bureau}   # D130
""",
    good="""
- {type: signed}
- {type: return_requested, at: 2026-10-14T17:00:00+08:00, reason: 不属本单位职责, legal_basis: 三定方案, suggested_unit: police-bureau}
""",
)
def return_is_asked_in_time(course: Timeline, clocks: tuple[Clock, ...]) -> Iterator[Hit]:
    for step in course.of("return_requested"):
        clock = _return_missed(clocks, step.event)
        if clock is not None:
            words = f"退单应在 {when(clock.due_at)} 前申请"
            yield Hit(step.event.place("at"), words, subject=str(step.event.index))


def _return_missed(clocks: tuple[Clock, ...], request: Event) -> Clock | None:
    """The clock that a request for return came too late for. A second request after the day
    is late too, though the first one met the clock."""
    own = [c for c in clocks if c.name == "return" and c.unit == request.by]
    for clock in own:
        if clock.done_by is not None and clock.done_by.index == request.index:
            return clock if clock.is_late else None
    begun = [c for c in own if c.started_at <= request.at]
    return begun[-1] if begun and request.at > begun[-1].due_at else None


@rule(
    "D131",
    title="退单写明理由、依据和转办建议",
    of=("return_requested",),
    article="art. 7-5",
    why="三项缺一，热线管理机构无从审核，也不知道该转给谁。",
    mend="补写缺的项：reason（理由）、legal_basis（依据）、suggested_unit（转办建议，写单位编号）。",
    bad="""
- {type: return_requested, reason: 不属本单位职责, suggested_unit: police-bureau}   # D131
""",
    good="""
- {type: return_requested, reason: 不属本单位职责, legal_basis: 县委编办三定方案, suggested_unit: police-bureau}
""",
)
def return_is_reasoned(course: Timeline) -> Iterator[Hit]:
    names = {"reason": "理由", "legal_basis": "依据", "suggested_unit": "转办建议"}
    for step in course.of("return_requested"):
        missing = [zh for key, zh in names.items() if not str(step.event.get(key) or "").strip()]
        if missing:
            words = f"申请退单没有写{'、'.join(missing)}"
            yield Hit(step.event.place(), words, subject=str(step.event.index))


@rule(
    "D132",
    title="超期的、有先例的退单不予同意",
    of=("return_decided",),
    article="art. 7-5",
    why="超期申请退回的，不予退单；有先例的事项不得退回（第六条末款）。",
    mend="改为 approved: false，由原单位继续办理。",
    bad="""
- {type: signed}
- {type: return_requested, at: 2026-10-15T09:00:00+08:00, reason: 不属本单位职责, legal_basis: 三定方案, suggested_unit: police-bureau}
- {type: return_decided, approved: true, opinion: 同意退单}   # D132
""",
    good="""
- {type: signed}
- {type: return_requested, at: 2026-10-15T09:00:00+08:00, reason: 不属本单位职责, legal_basis: 三定方案, suggested_unit: police-bureau}
- {type: return_decided, approved: false, opinion: 已超过1个工作日，不予退单}
""",
)
def late_return_is_refused(
    course: Timeline, clocks: tuple[Clock, ...], registry: Registry, calendar: Calendar
) -> Iterator[Hit]:
    for step in course.of("return_decided"):
        request = step.before.pending.get("return")
        if request is None or not step.event.get("approved"):
            continue
        place, subject = step.event.place("approved"), str(step.event.index)
        missed = _return_missed(clocks, request)
        precedent = bound_by(course, registry, calendar, request)
        if missed is not None:
            words = f"退单应在 {when(missed.due_at)} 前申请，超期申请的退单却同意了"
            yield Hit(place, words, subject=subject)
        elif precedent:
            words = f"先例 {precedent} 已确定由该单位承办，却同意了退单"
            yield Hit(place, words, subject=subject)


# --- art. 7 (3): interim closing -------------------------------------------------------


@rule(
    "D140",
    title="临时办结在期限内申请，写明进展、打算和承诺时限",
    of=("interim_requested",),
    article="art. 7-3",
    why="应在规定办理时限内详细回复办理进展情况、下步打算及承诺办结时限，才能临时办结。",
    mend="缺的补写 situation（进展）、next_steps（下步打算）、promised_on（承诺办结日）；迟了的如实保留，以后在期限内申请。",
    bad="""
- {type: interim_requested, ground: complex, situation: 已现场勘查, promised_on: 2026-12-31}   # D140
""",
    good="""
- {type: interim_requested, ground: complex, situation: 已现场勘查, next_steps: 委托检测后整改, promised_on: 2026-12-31}
""",
)
def interim_is_complete(course: Timeline) -> Iterator[Hit]:
    names = {"situation": "办理进展情况", "next_steps": "下步打算", "promised_on": "承诺办结时限"}
    for step in course.of("interim_requested"):
        missing = [zh for key, zh in names.items() if not str(step.event.get(key) or "").strip()]
        if missing:
            words = f"申请临时办结没有写{'、'.join(missing)}"
            yield Hit(step.event.place(), words, "error", f"{step.event.index}/fields")


@also("D140", of=("interim_requested",))
def interim_is_asked_in_time(rounds: tuple[Round, ...]) -> Iterator[Hit]:
    for round_ in rounds:
        for request in round_.requests:
            event = request.event
            if event.type == "interim_requested" and event.at > request.due.at:
                words = f"临时办结应在 {when(request.due.at)} 前申请，同意也不能算按时"
                yield Hit(event.place("at"), words, "warning", f"{event.index}/at")


# --- the calendar and the policy -------------------------------------------------------


@rule(
    "D190",
    title="时限进入了放假安排尚未公布的年份",
    severity="warning",
    why="国务院办公厅尚未公布（或仓库尚未录入）该年放假安排，时限暂按双休日和法定节假日计算。",
    mend="放假安排公布后，照往年的样子录入 registry/calendar/年份.yaml；公布以前无须处理。",
    bad="""
# registry/calendar/2027.yaml 还没有录入
# cases/2026/12/LZ-20261229-0007.yaml
events:
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [], basis: clear}   # D190
""",
    good="""
# cases/2026/12/LZ-20261214-0007.yaml
events:
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [], basis: clear}
""",
)
def schedule_is_published(case: Case, running: Numbered, calendar: Calendar) -> Iterator[Hit]:
    years: dict[int, Clock] = {}
    for _, clock in running:
        for year in range(clock.started_at.year, clock.due_at.year + 1):
            if year not in calendar.years:
                years.setdefault(year, clock)
    for year, clock in sorted(years.items())[:1]:  # the next one; the others come with it
        words = f"{CLOCKS[clock.name]}等时限进入 {year} 年，该年放假安排不在仓库里，暂按普通周末和法定节日计"
        yield Hit(_place(case, clock), words, subject=str(year))


@rule(
    "D191",
    title="时限不比上级规定宽",
    severity="warning",
    why="上级规定更严的，从其规定。",
    mend="核对 registry/policy/ 中的 limits 与 above；确比上级规定宽的，另建新版本的时限文件，不改已生效的。",
    bad="""
# registry/policy/2023-06-20.yaml
limits:
  reply:
    consultation: {working_days: 5, article: art. 7-1}   # D191
above:
  name: 四川省12345政务服务便民热线运行管理办法
  reply:
    consultation: {working_days: 3}
""",
    good="""
# registry/policy/2023-06-20.yaml
limits:
  reply:
    consultation: {working_days: 1, article: art. 7-1}
above:
  name: 四川省12345政务服务便民热线运行管理办法
  reply:
    consultation: {working_days: 3}
""",
)
def limits_are_not_looser(policies: tuple[Policy, ...]) -> Iterator[Hit]:
    for policy in policies:
        above = policy.data.get("above") or {}
        for kind, row in (above.get("reply") or {}).items():
            own = policy.data["limits"]["reply"].get(kind)
            theirs = row.get("working_days") if isinstance(row, dict) else None
            if own and isinstance(theirs, int) and own.get("working_days", 0) > theirs:
                name = above.get("name", "上级规定")
                shown = {**KINDS, **URGENCIES}.get(kind, kind)
                words = f"{shown}答复 {own['working_days']} 个工作日，{name}为 {theirs} 个"
                place = place_of(policy.data, "limits", "reply", kind)
                yield Hit(place, words, subject=kind, path=policy.path)
