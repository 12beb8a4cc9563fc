"""W: who may do what, when; and what a letter needs besides its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from hotline.procedure.identity import event_id
from hotline.procedure.lifecycle import (
    BASES,
    BASIS_ROLE,
    CONDITIONS,
    LEVEL_ROLE,
    ROLES,
    STATES,
    TABLE,
)
from hotline.procedure.policy import Policy
from hotline.procedure.replying import has_letter, returns_a_national_order
from hotline.procedure.timeline import Step, Timeline
from hotline.rules.declare import Hit, also, rule
from hotline.values.case import Case, Event
from hotline.values.facts import Cases, Facts
from hotline.values.filler import is_filler
from hotline.values.registry import Registry
from hotline.values.times import parse_time

CLOCK_SKEW = timedelta(minutes=5)


def _title(event: Event) -> str:
    return f"“{TABLE[event.type].title}”"


def _subject(event: Event, more: str = "") -> str:
    return f"{event.index}/{event.type}/{more}"


# --- state and author ------------------------------------------------------------------


def _replaced(course: Timeline, step: Step) -> bool:
    """Whether W042, W050, W051 or R012 speaks in place of W001 and W002."""
    return (
        _closes_over_redo(step)
        or _redone_by_another(step)
        or _erased_unapproved(step)
        or returns_a_national_order(course, step)
    )


def _closes_over_redo(step: Step) -> bool:
    return (
        step.event.type == "closed"
        and step.before.redo is not None
        and step.event.get("ground") != "withdrawn"
    )


def _redone_by_another(step: Step) -> bool:
    return (
        step.event.type in ("replied", "terminated")
        and step.before.redo is not None
        and step.before.redo_lead is not None
        and step.event.by != step.before.redo_lead
    )


def _erased_unapproved(step: Step) -> bool:
    return step.event.type == "erased" and not step.before.erasure_approved


@rule(
    "W001",
    title="事件要符合工单所处的状态",
    article="art. 4",
    why="流程依次是受理、交办、办理、反馈、重办、甄别、办结、归档；跳过一步，后面的时限和责任就没有依据。",
    mend="缺了前一步的，按当时的时间补记在前面；事件类型写错的，改 type。流程图见网站“流程图”页。",
    bad="""
- {type: accepted}
- {type: signed, by: housing-bureau}   # W001
""",
    good="""
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [], basis: clear}
- {type: signed}
""",
)
def event_fits_state(course: Timeline) -> Iterator[Hit]:
    for step in course.steps:
        if step.allowed or _replaced(course, step):
            continue
        event, state = step.event, step.before.state
        row = TABLE[event.type]
        if state not in row.states:
            allowed = "、".join(STATES[s] for s in STATES if s in row.states)
            words = f"工单“{STATES[state]}”时不能{_title(event)}，应在“{allowed}”时"
            if any(e.type == event.type for e in _before(course, event)) and row.to == state:
                words += "；这件事前面已经记过，重复的请删去"
        else:
            words = f"{_title(event)}不能记：{CONDITIONS[step.missing_condition]}"
        yield Hit(event.place("type"), words, subject=_subject(event))


def _before(course: Timeline, event: Event) -> Iterator[Event]:
    return (step.event for step in course.steps if step.event.index < event.index)


@rule(
    "W002",
    title="事件由有权的单位记录",
    article="art. 3",
    why="谁承办、谁答复、谁负责；别人代记，责任就说不清。",
    mend="请有权的单位来记；只是单位编号写错的，改 by。",
    bad="""
- {type: accepted, by: housing-bureau}   # W002
""",
    good="""
- {type: accepted, by: hotline-center}
""",
)
def author_has_the_role(course: Timeline, registry: Registry) -> Iterator[Hit]:
    for step in course.steps:
        if _has_a_role(step, registry):
            continue
        event = step.event
        if event.by not in registry.units or _replaced(course, step):
            continue
        allowed = _who(step, course, registry)
        if allowed is not None and event.by not in allowed:
            # A lead that is no unit may be anything that somebody typed.
            named = [unit for unit in allowed if unit in registry.units]
            names = "、".join(registry.unit_name(unit) for unit in named)
            roles = "、".join(ROLES[who] for who in _roles(event))
            names = names or ("还没有交办" if _roles(event)[0] == "lead" else "")
            words = f"{_title(event)}应由{roles}{f'（{names}）' if names else ''}记录"
            yield Hit(event.place("by"), words, subject=_subject(event))


def _has_a_role(step: Step, registry: Registry) -> bool:
    """What :func:`_who` tells of nearly every event, without its lists."""
    event, before = step.event, step.before
    roles = _roles(event)
    if before.lead is not None:
        if "lead" in roles and event.by == before.lead:
            return True
        if "support" in roles and event.by in before.support:
            return True
    return registry.role(event.by) in roles


def _roles(event: Event) -> tuple[str, ...]:
    if event.type == "corrected":
        return ("center",) if event.get("header") or event.get("field") == "at" else ("author",)
    return TABLE[event.type].who


def _who(step: Step, course: Timeline, registry: Registry) -> list[str] | None:
    """The units that may write this event; None where that cannot be told, because what
    it depends on is missing and reported by itself (W001, X010). Before the assignment
    no unit is lead or support."""
    found: list[str] = []
    for who in _roles(step.event):
        units = _units_of(who, step, course, registry)
        if units is None:
            return None
        found.extend(units)
    return found


def _units_of(who: str, step: Step, course: Timeline, registry: Registry) -> list[str] | None:
    before = step.before
    match who:
        case "lead" | "support" if before.lead is None:
            return [] if step.allowed and before.state in ("new", "accepted") else None
        case "lead":
            return [str(before.lead)]
        case "support":
            return list(before.support)
        case "opener":
            return [event.by for event in before.supervisions] or None
        case "parent":
            # The competent department of the unit, never the bureau or the government
            # as such (art. 21).
            parents = (registry.units[u].parent for u in _handlers(course) if u in registry.units)
            return [p for p in parents if p and registry.role(p) not in ("bureau", "government")]
        case "author":
            target = step.event.get("event")
            author = next((e.by for e in course.case.events if event_id(e.data) == target), None)
            return [author] if author else None
    return [unit.id for unit in registry.units.values() if unit.role == who]


def _handlers(course: Timeline) -> list[str]:
    """Every unit that the order was ever assigned to."""
    return [
        unit
        for step in course.of("assigned")
        for unit in (step.event.get("lead"), *(step.event.get("support") or ()))
    ]


@rule(
    "W003",
    title="事件按发生时间排列，不早于派单",
    article="art. 12",
    why="档案应真实、清晰；次序乱了，状态和时限都会算错。",
    mend="把事件移到按时间应在的位置；时间写错的改 at（已提交的由热线管理机构更正：hotline add 工单编号 corrected event=事件编号 field=at）。",
    bad="""
- {type: accepted, at: 2026-10-13T10:00:00+08:00}
- {type: assigned, at: 2026-10-13T09:40:00+08:00, lead: housing-bureau, support: [], basis: clear}   # W003
""",
    good="""
- {type: accepted, at: 2026-10-13T09:40:00+08:00}
- {type: assigned, at: 2026-10-13T10:00:00+08:00, lead: housing-bureau, support: [], basis: clear}
""",
)
def events_stand_in_order(case: Case, course: Timeline) -> Iterator[Hit]:
    """By the times as written and by those in force: a correction mends what it moves, and
    never makes a fault of a file that cannot be put in another order."""
    if _is_in_order(case):
        return
    written = _out_of_order(case.dispatched_at, case.events)
    in_force = _out_of_order(course.dispatched_at, [step.event for step in course.steps])
    for event, words in written.items():
        if event in in_force:
            place = case.events[event].place("at")
            yield Hit(place, words, subject=_subject(case.events[event]))


def _is_in_order(case: Case) -> bool:
    """As written, which is how nearly every file is; then nothing has to be told."""
    latest = case.dispatched_at
    for event in case.events:
        if event.at < latest:
            return False
        latest = event.at
    return True


def _out_of_order(dispatched_at: datetime, events: Iterable[Event]) -> dict[int, str]:
    """Index of each event that is too early → what it is earlier than, in words."""
    latest, name, found = dispatched_at, "派单", {}
    for event in events:
        if event.at < latest:
            found[event.index] = f"{_title(event)}的时间早于{name}"
        else:
            latest, name = event.at, f"前面的{_title(event)}"
    return found


@rule(
    "W004",
    title="事件不在将来",
    article="art. 12",
    why="还没有发生的事不能记成已经发生。",
    mend="核对年月日和上午下午；电脑时钟不准的先校时（允许相差5分钟）。",
    now="2026-10-13T10:00:00+08:00",
    bad="""
# 现在是 2026-10-13 10:00
- {type: accepted, at: 2026-10-13T10:05:01+08:00}   # W004
""",
    good="""
# 现在是 2026-10-13 10:00
- {type: accepted, at: 2026-10-13T10:05:00+08:00}
""",
)
def events_are_not_in_the_future(course: Timeline, now: datetime) -> Iterator[Hit]:
    steps = course.steps
    if not steps or max([step.event.at for step in steps]) - CLOCK_SKEW <= now:
        return  # one comparison with now, which tells how long the answer holds
    for event in [step.event for step in steps]:
        if event.at - CLOCK_SKEW > now:
            yield Hit(event.place("at"), f"{_title(event)}的时间还没有到", subject=_subject(event))


# --- assignment ------------------------------------------------------------------------


@rule(
    "W010",
    title="主办单位不能同时列为协办单位",
    of=("assigned",),
    article="art. 6-1",
    why="涉及多个单位的工单只有一个主办单位，由它汇总各方意见统一答复。",
    mend="从 support 中删去主办单位；没有别的协办单位时写 support: []。",
    bad="""
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [police-bureau, housing-bureau], basis: clear}   # W010
""",
    good="""
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [police-bureau], basis: clear}
""",
)
def lead_is_not_support(course: Timeline, registry: Registry) -> Iterator[Hit]:
    for event in (step.event for step in course.of("assigned")):
        lead, support = event.get("lead"), event.get("support") or []
        if lead in support:
            words = f"主办单位{registry.unit_name(lead)}又列在协办单位里"
            place = event.place("support", support.index(lead))
            yield Hit(place, words, subject=_subject(event))


@rule(
    "W011",
    title="交办依据和督办层级由有权的单位使用",
    of=("assigned", "supervision_opened"),
    article="art. 6",
    why="协调明确归热线管理机构，专题协商归行政审批局，指定和权责相近归县政府；两级督办分别归行政审批局和县人民政府（第十九条、第二十条）。",
    mend="改由有权的单位记录，或改用本单位可用的依据（basis）、层级（level）。",
    bad="""
- {type: accepted}
- {type: assigned, by: hotline-center, lead: housing-bureau, support: [], basis: joint_consultation}   # W011
""",
    good="""
- {type: accepted}
- {type: assigned, by: approval-bureau, lead: housing-bureau, support: [], basis: joint_consultation}
""",
)
def basis_and_level_are_the_authors(course: Timeline, registry: Registry) -> Iterator[Hit]:
    for event in (step.event for step in course.of("assigned", "supervision_opened")):
        role = registry.role(event.by)
        key = "basis" if event.type == "assigned" else "level"
        needed, shown = _OWNED[key].get(str(event.get(key)), (role, ""))
        # Whose the event is at all is W002's to say.
        if role in TABLE[event.type].who and role != needed:
            words = f"“{shown}”只能由{ROLES[str(needed)]}使用"
            yield Hit(event.place(key), words, subject=_subject(event))


_OWNED = {
    "basis": {basis: (BASIS_ROLE[basis], shown) for basis, shown in BASES.items()},
    "level": {
        "bureau": (LEVEL_ROLE["bureau"], "行政审批局督办（第十九条）"),
        "county": (LEVEL_ROLE["county"], "县人民政府督办（第二十条）"),
    },
}
"""Field → value → (whose it is to use, what people call it)."""


# --- opinions, contact, report ---------------------------------------------------------


@rule(
    "W020",
    title="答复前收齐协办意见",
    of=("replied",),
    article="art. 6-1",
    severity="warning",
    why="由主办单位汇总各方意见统一答复诉求人。",
    mend="答复前已经给出意见的，由协办单位按当时的时间补记 support_opinion；没有给出的如实保留，下次收齐后再答复。",
    bad="""
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [tianchi-street], basis: clear}
- {type: signed}
- {type: contacted}
- {type: replied}   # W020
""",
    good="""
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [tianchi-street], basis: clear}
- {type: signed}
- {type: contacted}
- {type: support_opinion, by: tianchi-street, text: 已到现场劝导，同意主办单位意见, agrees: true}
- {type: replied}
""",
)
def support_gave_its_opinion(course: Timeline, registry: Registry) -> Iterator[Hit]:
    told: set[str] = set()
    for step in course.of("replied"):
        given = {
            s.event.by for s in course.of("support_opinion") if s.event.index < step.event.index
        }
        for unit in step.before.support:
            if unit not in given and unit not in told and unit != step.before.lead:
                told.add(unit)
                words = f"答复时{registry.unit_name(unit)}还没有给出协办意见"
                yield Hit(step.event.place(), words, subject=_subject(step.event, unit))


@rule(
    "W030",
    title="要求保密的不联系本人，只反馈到平台",
    of=("contacted", "replied"),
    article="art. 8",
    severity="warning",
    why="诉求人要求信息保密的，由承办单位直接将办理结果反馈至县12345热线平台（第七条第（二）项除外）。",
    mend="不要再联系本人；delivery.method 写 platform。已经联系的如实保留。",
    bad="""
petitioner: {confidential: true, anonymous: false}
events:
- {type: contacted, method: phone, summary: 已电话告知收悉}   # W030
- {type: replied, reviewed_by: 何静, delivery: {method: phone, at: 2026-10-13T16:00:00+08:00}}   # W030
""",
    good="""
petitioner: {confidential: true, anonymous: false}
events:
- {type: replied, reviewed_by: 何静, delivery: {method: platform, at: 2026-10-13T16:00:00+08:00}}
""",
)
def confidential_is_not_contacted(course: Timeline) -> Iterator[Hit]:
    if not course.is_confidential:
        return
    for step in course.steps:
        event = step.event
        if event.type == "contacted":
            yield Hit(event.place(), "诉求人要求保密，却联系了本人", subject=_subject(event))
        elif event.type == "replied":
            method = (event.get("delivery") or {}).get("method", "platform")
            if method != "platform":
                place = event.place("delivery", "method")
                yield Hit(place, "诉求人要求保密，结果只能反馈到平台", subject=_subject(event))


@rule(
    "W031",
    title="答复前与诉求人联系",
    of=("replied",),
    article="art. 7-2",
    severity="warning",
    why="承办单位接收工单后，及时与诉求人取得联系，告知收悉情况（要求保密的、匿名的除外）。",
    mend="已经联系的，按当时的时间补记 contacted（打不通的写 result: no_answer）；没有联系的尽快联系：hotline add 工单编号 contacted method=phone summary=…。",
    bad="""
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [], basis: clear}
- {type: signed}
- {type: replied}   # W031
""",
    good="""
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [], basis: clear}
- {type: signed}
- {type: contacted, method: phone, summary: 已告知收悉，约定今晚到现场查看}
- {type: replied}
""",
)
def petitioner_is_contacted(course: Timeline) -> Iterator[Hit]:
    if course.is_confidential or course.is_anonymous:
        return
    contacted = False
    for step in course.steps:
        contacted = contacted or step.event.type == "contacted"
        if step.event.type == "replied":
            if not contacted:
                words = "答复以前没有与诉求人联系的记录"
                yield Hit(step.event.place(), words, subject=_subject(step.event))
            return


@rule(
    "W032",
    title="特殊事项立即报告处置部门",
    of=("assigned",),
    article="art. 7-4",
    severity="warning",
    why="收到特殊事项、特殊紧急事项，县12345热线平台立即向有关处置部门报告，同时迅速分派。",
    mend="立即报告，并用 alerted 记录：hotline add 工单编号 alerted authority=… text=…。",
    bad="""
urgency: special   # W032
category: water-outage
events:
- {type: accepted}
- {type: assigned, lead: water-bureau, support: [], basis: clear}
""",
    good="""
urgency: special
category: water-outage
events:
- {type: accepted}
- {type: alerted, authority: 县应急管理局, text: 迎宾大道片区大面积停水，正在抢修}
- {type: assigned, lead: water-bureau, support: [], basis: clear}
""",
)
def special_matter_is_reported(case: Case, course: Timeline) -> Iterator[Hit]:
    if course.current("urgency") == "normal" or not any(True for _ in course.of("assigned")):
        return
    if not any(True for _ in course.of("alerted")):
        raised = [s.event for s in course.of("reclassified") if s.event.get("urgency")]
        place = raised[-1].place("urgency") if raised else case.place("urgency")
        yield Hit(place, "没有向处置部门报告的记录", subject="alerted")


# --- the reply -------------------------------------------------------------------------


@rule(
    "W033",
    title="写明怎样、何时把结果告诉诉求人",
    of=("replied",),
    article="art. 8",
    severity="warning",
    why="承办单位应通过服务对象预留的联系方式在办结时限内将办理结果回复给诉求人。",
    mend="在答复里补写 delivery: {method: 方式, at: 送达时间}；方式写 phone（电话）、message（短信）、visit（上门）或 platform（平台）。已经提交的：hotline add 工单编号 corrected event=答复的事件编号 field=delivery value.method=phone value.at=送达时间 reason=漏记。",
    bad="""
- {type: replied, reviewed_by: 何静}   # W033
""",
    good="""
- {type: replied, reviewed_by: 何静, delivery: {method: phone, at: 2026-10-13T16:00:00+08:00}}
""",
)
def delivery_is_stated(course: Timeline) -> Iterator[Hit]:
    for step in course.of("replied"):
        event = step.event
        if not has_letter(course, step):
            continue
        if not event.get("delivery"):
            hit = Hit(event.place(), "没有写明结果怎样送达诉求人", subject=_subject(event))
            yield hit._replace(mend=_ON_THE_PLATFORM) if course.is_confidential else hit
        elif _delivered(event) < course.dispatched_at:
            place = event.place("delivery", "at")
            hit = Hit(place, "送达时间早于派单时间", subject=_subject(event, "at"))
            yield hit._replace(mend="写结果实际告知诉求人的时间。")


def _delivered(event: Event) -> datetime:
    return parse_time(str(event.get("delivery")["at"]))


_ON_THE_PLATFORM = (
    "诉求人要求保密，只反馈到平台：在答复里补写 delivery: {method: platform, at: 送达时间}。"
)


@rule(
    "W035",
    title="答复经过审核，审核人不是经办人",
    of=("replied",),
    article="art. 7",
    severity="warning",
    why="承办单位要对回复内容审核把关；谁办理、谁审核、谁督促、谁负责（第十七条）。自己审自己等于没有审。",
    mend="请经办人以外的人审核，在 reviewed_by 写审核人的姓名。",
    bad="""
- {type: replied, handler: 周明, reviewed_by: 周明, delivery: {method: phone, at: 2026-10-13T16:00:00+08:00}}   # W035
""",
    good="""
- {type: replied, handler: 周明, reviewed_by: 何静, delivery: {method: phone, at: 2026-10-13T16:00:00+08:00}}
""",
)
def reply_is_reviewed(course: Timeline) -> Iterator[Hit]:
    for event in (step.event for step in course.of("replied")):
        reviewer, handler = ("".join(str(event.get(key) or "").split()) for key in _PEOPLE)
        if is_filler(reviewer):
            yield Hit(event.place(), "答复没有写审核人", subject=_subject(event))
        elif _is_the_same(handler, reviewer):
            place = event.place("reviewed_by")
            yield Hit(place, "审核人就是经办人本人", subject=_subject(event))


def _is_the_same(handler: str, reviewer: str) -> bool:
    """Whether two names are of one person, a post after one of them apart."""
    if not handler or not reviewer.startswith(handler):
        return False
    return _POST.fullmatch(reviewer.removeprefix(handler)) is not None


_PEOPLE = ("reviewed_by", "handler")
_POST = re.compile("(?:副?.{0,3}长|.{0,4}主任|.{0,3}书记|经理|同志)?")
"""What may follow a name: 唐越股长 is 唐越."""


# --- closing and termination -----------------------------------------------------------


@rule(
    "W040",
    title="办结要有依据",
    of=("closed",),
    article="art. 11-1",
    why="诉求人满意或基本满意、答复合法、经甄别不具备条件、终结或撤回，五者居其一。",
    mend="补齐依据：满意的先记 callback，答复合法的在答复里写 legal_basis（法律依据）；或改用相符的 ground。",
    bad="""
- {type: callback, reached: true, process: satisfied, result: dissatisfied}
- {type: closed, ground: satisfied}   # W040
""",
    good="""
- {type: callback, reached: true, process: satisfied, result: basically_satisfied}
- {type: closed, ground: satisfied}
""",
)
def closing_has_its_ground(course: Timeline) -> Iterator[Hit]:
    for step in course.of("closed"):
        if not step.allowed or _closes_over_redo(step):
            continue
        event = step.event
        missing = _missing_ground(course, event)
        if missing:
            yield Hit(event.place("ground"), missing, subject=_subject(event))


def _missing_ground(course: Timeline, closed: Event) -> str:
    """What the ground of closing lacks, or ''."""
    match closed.get("ground"):
        case "satisfied":
            calls = _since_redo(course, "callback", closed)
            call = next((event for event in calls if event.get("reached")), None)
            good = ("satisfied", "basically_satisfied")
            if call is None:
                return "以诉求人满意办结，却没有接通的回访记录"
            if call.get("process") not in good or call.get("result") not in good:
                return "以诉求人满意办结，但最近一次回访对过程或结果不满意"
        case "lawful_reply":
            reply = next(_since_redo(course, "replied", closed), None)
            if reply is None or not reply.get("legal_basis"):
                return "以答复合法办结，但答复没有写 legal_basis（法律依据）"
        case "screened":
            decided = next(_since_redo(course, "screening_decided", closed), None)
            if decided is None or not decided.get("upheld"):
                return "以甄别办结，但没有成立的甄别结论"
        case "terminated":
            if next(_since_redo(course, "terminated", closed), None) is None:
                return "以终结办理办结，但没有终结办理的记录"
        case "withdrawn":
            if all(step.event.index > closed.index for step in course.of("withdrawn")):
                return "以撤回办结，但没有诉求人撤回的记录"
    return ""


def _since_redo(course: Timeline, name: str, closed: Event) -> Iterator[Event]:
    """The events of a type before the closing, the latest first. What was said of an answer that
    was sent back says nothing of the new one."""
    redone = [s.event.index for s in course.of("redo_ordered") if s.event.index < closed.index]
    since = redone[-1] if redone else -1
    for step in reversed(course.of(name)):
        if since < step.event.index < closed.index:
            yield step.event


@rule(
    "W041",
    title="终结办理写明多次反映、书面意见和依据",
    of=("terminated",),
    article="art. 11-2",
    why="同一诉求人就同一事项多次反映、已依法依规办理的，才可认定终结，并提出详细书面意见。",
    mend="由热线管理机构关联先前的工单：hotline add 工单编号 linked cases=先前的编号 same=person；缺的 opinion（书面意见）、legal_basis（依据）补写在 terminated 里。",
    bad="""
# cases/2026/08/LZ-20260824-0001.yaml
# cases/2026/10/LZ-20261013-0007.yaml
events:
- {type: linked, cases: [LZ-20260824-0001], same: person}
- {type: terminated, opinion: 已两次依法查处，无新的事实, legal_basis: 噪声污染防治法第四十三条, explained: true}   # W041
""",
    good="""
# cases/2026/08/LZ-20260824-0001.yaml
# cases/2026/09/LZ-20260914-0001.yaml
# cases/2026/10/LZ-20261013-0007.yaml
events:
- {type: linked, cases: [LZ-20260824-0001, LZ-20260914-0001], same: person}
- {type: terminated, opinion: 已两次依法查处，无新的事实, legal_basis: 噪声污染防治法第四十三条, explained: true}
""",
)
def termination_states_opinion_and_law(course: Timeline) -> Iterator[Hit]:
    names = {"opinion": "书面意见", "legal_basis": "法律政策依据"}
    for event in (step.event for step in course.of("terminated")):
        missing = [zh for key, zh in names.items() if not str(event.get(key) or "").strip()]
        if missing:
            words = f"终结办理没有写{'、'.join(missing)}"
            yield Hit(event.place(), words, subject=_subject(event, "fields"))


@also("W041")
def termination_names_the_repeats(facts: Facts, cases: Cases) -> Iterator[Hit]:
    for place, needed in facts.terminations:
        reports = cases.reports_of_one_person(facts)
        if reports < needed:
            words = f"终结办理要有同一诉求人至少 {needed} 次反映，现在关联了 {reports} 次（含本次）"
            yield Hit(place, words, subject="repeats")


@rule(
    "W042",
    title="重办未完成不得办结",
    of=("redo_ordered",),
    article="art. 11-1",
    why="市12345热线平台没有退回要求重新办理的，才可办结。",
    mend="由原承办单位重新答复后再办结。",
    bad="""
- {type: redo_ordered, reason: 仍在夜间施工, cause: poor_handling}
- {type: closed, ground: lawful_reply}   # W042
""",
    good="""
- {type: redo_ordered, reason: 仍在夜间施工, cause: poor_handling}
- {type: replied, legal_basis: [噪声污染防治法第四十三条], reviewed_by: 何静, delivery: {method: phone, at: 2026-10-13T16:00:00+08:00}}
- {type: closed, ground: lawful_reply}
""",
)
def redo_is_done_before_closing(course: Timeline) -> Iterator[Hit]:
    for step in course.of("closed"):
        if _closes_over_redo(step):
            yield Hit(
                step.event.place("type"), "退回重办还没有答复就办结了", subject=_subject(step.event)
            )


@rule(
    "W043",
    title="终结办理要向诉求人解释",
    of=("terminated",),
    article="art. 11-2",
    severity="warning",
    why="承办单位需对终结办理事项向诉求人做好解释。",
    mend="尽快向诉求人解释；解释以后，在 explained 如实写 true（已提交的更正：hotline add 工单编号 corrected event=事件编号 field=explained）。",
    bad="""
# cases/2026/08/LZ-20260824-0001.yaml
# cases/2026/09/LZ-20260914-0001.yaml
# cases/2026/10/LZ-20261013-0007.yaml
events:
- {type: linked, cases: [LZ-20260824-0001, LZ-20260914-0001], same: person}
- {type: terminated, opinion: 已两次依法查处，无新的事实, legal_basis: 噪声污染防治法第四十三条, explained: false}   # W043
""",
    good="""
# cases/2026/08/LZ-20260824-0001.yaml
# cases/2026/09/LZ-20260914-0001.yaml
# cases/2026/10/LZ-20261013-0007.yaml
events:
- {type: linked, cases: [LZ-20260824-0001, LZ-20260914-0001], same: person}
- {type: terminated, opinion: 已两次依法查处，无新的事实, legal_basis: 噪声污染防治法第四十三条, explained: true}
""",
)
def termination_is_explained(course: Timeline) -> Iterator[Hit]:
    for event in (step.event for step in course.of("terminated")):
        if event.get("explained") is False:
            yield Hit(event.place("explained"), "终结办理没有向诉求人解释", subject=_subject(event))


@rule(
    "W050",
    title="重办由原承办单位办理",
    of=("redo_ordered",),
    article="art. 9",
    why="退回要求重新办理的，由原承办单位重新办理。",
    mend="请原承办单位办理并答复；只是单位编号写错的，改 by。",
    bad="""
- {type: redo_ordered, reason: 仍在夜间施工, cause: poor_handling}
- {type: replied, by: tianchi-street}   # W050
""",
    good="""
- {type: redo_ordered, reason: 仍在夜间施工, cause: poor_handling}
- {type: replied, by: housing-bureau}
""",
)
def redo_is_done_by_the_original_lead(course: Timeline, registry: Registry) -> Iterator[Hit]:
    for step in course.steps:
        if _redone_by_another(step):
            name = registry.unit_name(step.before.redo_lead)
            words = f"重办应由原承办单位{name}答复"
            yield Hit(step.event.place("by"), words, subject=_subject(step.event))


@rule(
    "W051",
    title="同意删除以后才能删除个人信息",
    of=("erased",),
    article="art. 12",
    why="档案应真实、完整；删除要有行政审批局的同意和法定依据。",
    mend="先由行政审批局同意：hotline add 工单编号 erasure_approved ground=person_asked reason=…。",
    bad="""
- {type: erased}   # W051
""",
    good="""
- {type: erasure_approved, ground: person_asked, reason: 本人书面申请，已核验身份}
- {type: erased}
""",
)
def erasure_was_approved(course: Timeline) -> Iterator[Hit]:
    for step in course.of("erased"):
        if _erased_unapproved(step):
            yield Hit(
                step.event.place("type"), "没有同意删除的决定就删除了", subject=_subject(step.event)
            )


def reports_needed(policy: Policy | None) -> int:
    """How many reports by one person make "多次" (art. 11, par. 2)."""
    return int(policy.switch("termination_min_reports", 3)) if policy else 3
