"""D: time. Clocks overdue or met late, extensions, returns, interim closings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from hotline.procedure.calendar import Calendar
from hotline.procedure.clocks import CLOCKS, Clock, status
from hotline.procedure.duty import Request, Round
from hotline.procedure.lifecycle import KINDS
from hotline.procedure.policy import Policy
from hotline.procedure.timeline import Timeline
from hotline.rules.cross import is_bound
from hotline.rules.declare import Hit, also, rule
from hotline.values.case import Case
from hotline.values.node import Place, place_of
from hotline.values.registry import Registry

# last digit of the code → clock, article, what is due, what to do about it
_FAMILIES: dict[str, tuple[str, str, str, str]] = {
    "1": ("sign", "art. 7-1", "签收", "signed"),
    "2": ("first_response", "art. 7-4", "初步响应意见", "first_response"),
    "3": ("reply", "art. 7-1", "答复", "replied"),
    "4": ("progress", "art. 7-3", "进展报送", "progress"),
    "5": ("redo", "art. 9", "重办答复", "replied"),
    "6": ("supervision", "art. 19", "督办结果", "supervision_closed"),
    "7": ("support", "practice", "协办意见", "support_opinion"),
    "8": ("promise", "art. 7-3", "承诺的答复", "replied"),
    "9": ("screening", "art. 10", "甄别结论", "screening_decided"),
}


def when(moment: datetime) -> str:
    """A moment as a clerk says it: 2026-10-22 17:00, with seconds only where there are any."""
    return moment.strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M")


def _place(case: Case, clock: Clock) -> Place:
    return clock.opened_by.place() if clock.opened_by else case.place("dispatched_at")


def _overdue(name: str, thing: str, event: str) -> None:
    code = next(f"D10{digit}" for digit, row in _FAMILIES.items() if row[0] == name)
    article = next(row[1] for row in _FAMILIES.values() if row[0] == name)

    @rule(
        code,
        title=f"{CLOCKS[name]}超期",
        article=article,
        severity="warning",
        why=f"{thing}的期限已过，还没有做。迟做也要如实记录，不要改时间。",
        mend=f"尽快办理并如实记录：hotline add 工单编号 {event}。",
    )
    def check(
        case: Case, clocks: tuple[Clock, ...], calendar: Calendar, registry: Registry, now: datetime
    ) -> Iterator[Hit]:
        for number, clock in enumerate(clocks):
            if clock.name == name and status(clock, now, calendar) == "overdue":
                waiting = "，申请待审核" if clock.decision_pending else ""
                unit = registry.unit_name(clock.unit)
                words = f"{thing}应于 {when(clock.due_at)} 前完成，{unit}尚未完成{waiting}"
                yield Hit(_place(case, clock), words, subject=f"{name}/{clock.unit}/{number}")


def _late(name: str, thing: str) -> None:
    code = next(f"D11{digit}" for digit, row in _FAMILIES.items() if row[0] == name)
    article = next(row[1] for row in _FAMILIES.values() if row[0] == name)

    @rule(
        code,
        title=f"{CLOCKS[name]}逾期完成",
        article=article,
        severity="warning",
        why="已经发生的逾期如实记录在案，计入考核，不影响后续办理。",
        mend="无须修改；时间确实写错的，由热线管理机构用 corrected 更正。",
    )
    def check(case: Case, clocks: tuple[Clock, ...], registry: Registry) -> Iterator[Hit]:
        for number, clock in enumerate(clocks):
            unasked = name == "screening" and clock.is_right
            if clock.name == name and not clock.is_void and clock.is_late and not unasked:
                place = clock.done_by.place("at") if clock.done_by else case.place()
                unit = registry.unit_name(clock.unit)
                words = (
                    f"{thing}应于 {when(clock.due_at)} 前完成，{unit}于 {when(clock.done_at)} 完成"
                )
                yield Hit(place, words, subject=f"{name}/{clock.unit}/{number}")


for _name, _article, _thing, _event in _FAMILIES.values():
    _overdue(_name, _thing, _event)
    _late(_name, _thing)


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
            yield Hit(request.event.place("at"), words, subject=str(request.event.index))


@rule(
    "D121",
    title="咨询件原则上不延期",
    article="art. 7-3",
    severity="warning",
    why="咨询类原则上不延期；确有特殊情形的要写明。",
    mend="按时答复；确需延期的，申请时在 exceptional 写明特殊情形。",
)
def consultation_is_not_extended(rounds: tuple[Round, ...]) -> Iterator[Hit]:
    for request in _extensions(rounds):
        if request.kind == "consultation" and request.event.get("days"):
            yield _beyond(request, "咨询件申请了延期")


@rule(
    "D122",
    title="累计延期不超过限度",
    article="art. 7-3",
    severity="warning",
    why="求助、建议类延期一般不超过2个工作日，投诉、举报类一般不超过5个工作日，累计计算。",
    mend="减少延长天数；确需更长的，写明 exceptional，或申请临时办结。",
)
def extension_is_within_limit(rounds: tuple[Round, ...], policy: Policy | None) -> Iterator[Hit]:
    if policy is None:
        return
    for request in _extensions(rounds):
        asked = int(request.event.get("days") or 0)
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
    article="art. 7-3",
    severity="warning",
    why="申请延期时应注明原因，并向诉求人说明情况（要求保密的除外）。",
    mend="联系诉求人说明后，用 contacted 记录。",
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
    article="art. 7-3",
    why="没有写明市平台的意见就同意延期，延期没有依据。",
    mend="在 extension_decided 里写 city_approved: true 或 false。",
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
    article="art. 7-4",
    severity="warning",
    why="特殊事项、特殊紧急事项只有法律法规规章另有规定的，才可申请延期。",
    mend="写 statutory（法律名称条款和法定到期日）代替 days。",
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
    article="art. 7-5",
    severity="warning",
    why="超期申请退回的，不予退单。",
    mend="按程序办理；热线管理机构应当不同意。",
)
def return_is_asked_in_time(clocks: tuple[Clock, ...]) -> Iterator[Hit]:
    for clock in clocks:
        if clock.name == "return" and clock.is_late and clock.done_by is not None:
            words = f"退单应在 {when(clock.due_at)} 前申请"
            yield Hit(clock.done_by.place("at"), words, subject=str(clock.done_by.index))


@rule(
    "D131",
    title="退单写明理由、依据和转办建议",
    article="art. 7-5",
    why="三项缺一，热线管理机构无从审核，也不知道该转给谁。",
    mend="补写 reason（理由）、legal_basis（依据）、suggested_unit（转办建议）。",
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
    article="art. 7-5",
    why="超期申请退回的，不予退单；有先例的事项不得退回（第六条末款）。",
    mend="改为 approved: false，由原单位继续办理。",
)
def late_return_is_refused(
    case: Case, course: Timeline, clocks: tuple[Clock, ...], registry: Registry, calendar: Calendar
) -> Iterator[Hit]:
    late = {c.done_by.index for c in clocks if c.name == "return" and c.is_late and c.done_by}
    for step in course.of("return_decided"):
        request = step.before.pending.get("return")
        if request is None or not step.event.get("approved"):
            continue
        place, subject = step.event.place("approved"), str(step.event.index)
        if request.index in late or _asked_late(clocks, request.at, request.by):
            yield Hit(place, "同意了超期申请的退单", subject=subject)
        elif is_bound(case, course, registry, calendar, request.by, request):
            yield Hit(place, "同意了有先例事项的退单", subject=subject)


def _asked_late(clocks: tuple[Clock, ...], at: datetime, unit: str) -> bool:
    """A second request after the day is late too, though the clock was met by the first."""
    own = [c for c in clocks if c.name == "return" and c.unit == unit and c.started_at <= at]
    return bool(own) and at > own[-1].due_at


# --- art. 7 (3): interim closing -------------------------------------------------------


@rule(
    "D140",
    title="临时办结在期限内申请，写明进展、打算和承诺时限",
    article="art. 7-3",
    why="应在规定办理时限内详细回复办理进展情况、下步打算及承诺办结时限，才能临时办结。",
    mend="补写 situation（进展）、next_steps（下步打算）、promised_on（承诺办结日）。",
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


@also("D140")
def interim_is_asked_in_time(rounds: tuple[Round, ...]) -> Iterator[Hit]:
    for round_ in rounds:
        for request in round_.requests:
            event = request.event
            if event.type == "interim_requested" and event.at > request.due.at:
                words = f"临时办结应在 {when(request.due.at)} 前申请"
                yield Hit(event.place("at"), words, "warning", f"{event.index}/at")


# --- the calendar and the policy -------------------------------------------------------


@rule(
    "D190",
    title="时限进入了放假安排尚未公布的年份",
    severity="warning",
    why="国务院办公厅尚未公布（或仓库尚未录入）该年放假安排，时限暂按双休日和法定节假日计算。",
    mend="公布后运行 tools/make_calendar.py 生成 registry/calendar/年份.yaml。",
)
def schedule_is_published(
    case: Case, clocks: tuple[Clock, ...], calendar: Calendar
) -> Iterator[Hit]:
    years: dict[int, Clock] = {}
    for clock in clocks:
        if clock.is_running:
            for year in range(clock.started_at.year, clock.due_at.year + 1):
                if year not in calendar.years:
                    years.setdefault(year, clock)
    for year, clock in sorted(years.items()):
        words = f"{CLOCKS[clock.name]}等时限进入 {year} 年，该年放假安排不在仓库里，暂按推算"
        yield Hit(_place(case, clock), words, subject=str(year))


@rule(
    "D191",
    title="时限不比上级规定宽",
    severity="warning",
    why="上级规定更严的，从其规定。",
    mend="核对 registry/policy 中的时限与 above 中的上级规定。",
)
def limits_are_not_looser(policies: tuple[Policy, ...]) -> Iterator[Hit]:
    for policy in policies:
        above = policy.data.get("above") or {}
        for kind, row in (above.get("reply") or {}).items():
            own = policy.data["limits"]["reply"].get(kind)
            theirs = row.get("working_days") if isinstance(row, dict) else None
            if own and isinstance(theirs, int) and own.get("working_days", 0) > theirs:
                name = above.get("name", "上级规定")
                words = f"{KINDS.get(kind, kind)}答复 {own['working_days']} 个工作日，{name}为 {theirs} 个"
                place = place_of(policy.data, "limits", "reply", kind)
                yield Hit(place, words, subject=kind, path=policy.path)
