"""E: grounds of supervision and accountability (arts. 19 to 21), while they stand.

A ground is a fact for those who may act on it, never a verdict: the rules say where it comes
from, and it ends as the contract says, or when its supervision is closed as effective.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from hotline.procedure.calendar import Calendar
from hotline.procedure.clocks import CLOCKS, Clock, is_overdue
from hotline.procedure.lifecycle import (
    ACCOUNTABILITY_GROUNDS,
    BUREAU_GROUNDS,
    COMPLAINTS,
    COUNTY_GROUNDS,
    DONE,
    REDO_CAUSES,
    SATISFACTION,
    SETTLED_BASES,
)
from hotline.procedure.policy import Policy
from hotline.procedure.timeline import Step, Timeline
from hotline.rules import letters
from hotline.rules.cross import bound_by
from hotline.rules.deadlines import Numbered
from hotline.rules.declare import Hit, also, parameters, rule
from hotline.values.case import Case, Event
from hotline.values.facts import Cases, Facts
from hotline.values.node import Place
from hotline.values.registry import Registry

GROUNDS = {**BUREAU_GROUNDS, **COUNTY_GROUNDS, **ACCOUNTABILITY_GROUNDS}
"""Code → the words of the measure."""
ANSWERS = ("reply", "redo", "promise")
"""Clocks whose lapse is 超期未办理 (art. 19-1)."""
_FAULTY = frozenset({"poor_handling", "format"})
_REFUSALS = 2
"""Returns refused that make a lead (art. 21-3)."""
ENOUGH_REPORTS = 3
"""Art. 20-2: 连续投诉3次以上."""


class Ground(NamedTuple):
    """A ground that began. ``since`` is when: a supervision closed later ends it."""

    place: Place
    words: str
    since: datetime
    subject: str


# --- how a ground ends -----------------------------------------------------------------


def _has_ended(course: Timeline, code: str, since: datetime) -> bool:
    """Whether a supervision for this ground was closed as effective after it began."""
    return any(
        opened.get("ground") == code and closed.get("outcome") == "effective" and closed.at >= since
        for opened, closed in course.closings()
    )


def _about(event: Event, more: str = "") -> str:
    return f"{event.index}/{event.type}/{more}"


def _of(event: Event, words: str) -> Ground:
    return Ground(event.place(), words, event.at, _about(event))


# --- art. 19: the bureau ---------------------------------------------------------------


def _overdue(case: Case, running: Numbered, now: datetime) -> Iterator[Ground]:
    for _, clock in running:
        if clock.name not in ANSWERS or clock.decision_pending:
            continue
        if is_overdue(clock, now):
            opened = clock.opened_by
            place = opened.place() if opened else case.place("dispatched_at")
            words = f"{CLOCKS[clock.name]}应于 {clock.due_at:%Y-%m-%d %H:%M} 前完成，已超期未办理"
            yield Ground(place, words, clock.due_at, f"{clock.name}/{clock.due_at.isoformat()}")


def _answered_badly(course: Timeline) -> Iterator[Ground]:
    """The last complaint about an answer that nothing has made good since."""
    for step in reversed(course.steps):
        event = step.event
        if _makes_good(step):
            return
        if event.get("complaint") and "dissatisfied" in (event.get("result"), event.get("process")):
            complaint = COMPLAINTS[str(event.get("complaint"))]
            yield _of(event, f"诉求人反映{complaint}，回访{SATISFACTION['dissatisfied']}")
            return


def _makes_good(step: Step) -> bool:
    """Whether the petitioner is satisfied, or a redo is answered."""
    if step.event.type in ("replied", "terminated"):
        return step.before.redo is not None
    good = ("satisfied", "basically_satisfied")
    return step.event.type == "callback" and step.event.get("result") in good


def _sent_back(course: Timeline) -> Iterator[Ground]:
    redo = course.final.redo
    if redo is not None and redo.get("cause") in _FAULTY:
        cause = REDO_CAUSES[str(redo.get("cause"))]
        yield _of(redo, f"因{cause}退回重办，还没有重新答复")


def _badly_formed(
    course: Timeline, replies: tuple[letters.Reply, ...], clocks: tuple[Clock, ...],
    policy: Policy | None, registry: Registry,
) -> Iterator[Ground]:  # fmt: skip
    if course.state in DONE:
        return
    for step in (reply.step for reply in replies if reply.is_in_force):
        late = [
            CLOCKS[clock.name]
            for clock in clocks
            if clock.name in ANSWERS and clock.is_late and clock.done_by is not None
            and clock.done_by.index == step.event.index
        ]  # fmt: skip
        faults = letters.faults_in_force(course, replies, policy, registry)
        told = [f"{'、'.join(late)}逾期"] if late else []
        told += [f"答复不合 {'、'.join(faults)}"] if faults else []
        if told:
            yield _of(step.event, "，".join(told))


def _recorded(code: str, *types: str) -> Callable[[Timeline], Iterator[Ground]]:
    """A ground that somebody recorded, in events of these types, until the order is done:
    what was decided then stays in its history and asks for nothing more."""

    def look(course: Timeline) -> Iterator[Ground]:
        for step in course.of(*types) if course.state not in DONE else ():
            if step.event.get("ground") == code:
                yield _of(step.event, _WORDS[step.event.type])

    return look


_WORDS = {
    "supervision_opened": "已按此情形开出督办",
    "supervision_proposed": "热线管理机构已报请督办",
    "accountability": "已有追责决定",
}


# --- art. 20: the county ---------------------------------------------------------------


def _public_opinion(course: Timeline) -> Iterator[Ground]:
    for step in course.of("public_opinion"):
        if step.event.get("negative") and step.event.get("caused_by_handling"):
            yield _of(step.event, "因办理引起负面舆情")


def _shirked(course: Timeline, registry: Registry, calendar: Calendar) -> Iterator[Ground]:
    """The last such request since the order was signed."""
    for step in reversed(course.steps):
        event = step.event
        if event.type == "signed":
            return
        if event.type != "return_requested":
            continue
        assignment = step.before.assignment
        basis = assignment.get("basis") if assignment else None
        settled = basis in SETTLED_BASES or bound_by(course, registry, calendar, event)
        if settled or _refused_before(course, event):
            words = "对已经确定的承办意见申请退单" if settled else "退单没有同意，又再申请"
            yield _of(event, words)
            return


def _refused_before(course: Timeline, event: Event) -> bool:
    """Whether an earlier request of this unit was refused."""
    refused = [
        s for s in course.of("return_decided")
        if s.event.index < event.index and not s.event.get("approved")
    ]  # fmt: skip
    asked = (s.before.pending.get("return") for s in refused)
    return any(request is not None and request.by == event.by for request in asked)


def _without_effect(level: str) -> Callable[..., Iterator[Ground]]:
    """Supervisions of a level that are overdue or were closed without effect."""

    def look(course: Timeline, clocks: tuple[Clock, ...], now: datetime) -> Iterator[Ground]:
        for clock in clocks:
            opened = clock.opened_by
            if clock.name != "supervision" or not opened or opened.get("level") != level:
                continue
            if is_overdue(clock, now):
                words = f"督办应于 {clock.due_at:%Y-%m-%d %H:%M} 前见实效，已超期"
                yield Ground(opened.place(), words, clock.due_at, _about(opened))
        if level == "county" and course.state in DONE:
            return  # a lead for art. 21 that no later supervision can end
        for opened, closed in course.closings():
            if opened.get("level") == level and closed.get("outcome") == "ineffective":
                yield _of(closed, "督办后仍未见实效")

    return look


# --- art. 21: leads, never verdicts ----------------------------------------------------


def _returned_again(course: Timeline) -> Iterator[Ground]:
    if course.state in DONE:
        return
    refused = [s.event for s in course.of("return_decided") if not s.event.get("approved")]
    if len(refused) >= _REFUSALS:
        yield _of(refused[_REFUSALS - 1], f"退单申请已有 {len(refused)} 次没有同意")


# --- the declarations ------------------------------------------------------------------


class _Row(NamedTuple):
    article: str
    why: str
    looks: tuple[Callable[..., Iterator[Ground]], ...]
    bad: str
    good: str
    now: str = ""
    of: tuple[str, ...] = ()
    """The event types without which it cannot stand."""


_BUREAU = "由县行政审批局督办：hotline add 工单编号 supervision_opened level=bureau ground={code} due_at=…。"
_COUNTY = (
    "由热线管理机构报县人民政府督办：hotline add 工单编号 supervision_proposed ground={code} source=… text=…。"
    "县人民政府决定督办的：hotline add 工单编号 supervision_opened level=county ground={code} due_at=…。"
)
_SUPERVISED = (
    "督办已经开出；由督办单位销号：hotline add 工单编号 supervision_closed --by {by} result=… outcome=…。"
    "见实效的 outcome 写 effective，未见实效的写 ineffective。"
)
_SUPERVISED_TOO = "督办已经开出；同一单位先开的督办（{first}）销号以后，再销这一次。"
_ABOVE = "县人民政府正在督办（{ground}），不用再开县行政审批局的督办。"
_LEAD = "这是线索，不是结论：请监察机关或主管单位依第二十一条核实；办理情况如实记录。"
_DUE = "2026-10-22T17:00:01+08:00"
_SIGNED = "- {type: accepted}\n- {type: assigned, lead: housing-bureau, support: [], basis: clear}\n- {type: signed}\n- {type: contacted}"
_ASK = "type: return_requested, reason: 不属本单位职责, legal_basis: 三定方案, suggested_unit: police-bureau"
_NO = "- {type: return_decided, approved: false, opinion: 属于本单位职责}"
_OPENED = "- {{type: supervision_opened, by: {by}, at: 2026-10-23T09:00:00+08:00, level: {level}, ground: {ground}, due_at: 2026-10-27T17:00:00+08:00}}"
_CLOSED = "- {{type: supervision_closed, by: {by}, at: 2026-10-26T09:00:00+08:00, result: 已复查, outcome: {outcome}}}"


def _opened(level: str, ground: str, mark: str = "") -> str:
    by = "approval-bureau" if level == "bureau" else "county-government"
    return _OPENED.format(by=by, level=level, ground=ground) + (f"   # {mark}" if mark else "")


def _closed(level: str, outcome: str, mark: str = "") -> str:
    by = "approval-bureau" if level == "bureau" else "county-government"
    return _CLOSED.format(by=by, outcome=outcome) + (f"   # {mark}" if mark else "")


def _proposed(ground: str, mark: str = "") -> str:
    return f"- {{type: supervision_proposed, ground: {ground}, source: 市平台, text: 要求督办}}" + (
        f"   # {mark}" if mark else ""
    )


def _decided(ground: str, mark: str = "") -> str:
    return (
        "- {type: accountability, by: supervision-commission, "
        f"ground: {ground}, decision: 约谈主要负责人}}" + (f"   # {mark}" if mark else "")
    )


_ROWS: dict[str, _Row] = {
    "E191": _Row(
        "art. 19-1", "承办单位超期未办理的，由县行政审批局督办。", (_overdue,),
        _SIGNED.replace("basis: clear}", "basis: clear}   # E191"),
        f"{_SIGNED}\n- {{type: replied}}", _DUE,
    ),
    "E192": _Row(
        "art. 19-2",
        "诉求人反映承办单位有虚假答复、敷衍塞责、答非所问等行为导致其不满意的，由县行政审批局督办。",
        (_answered_badly,),
        "- {type: callback, reached: true, process: dissatisfied, result: dissatisfied, complaint: perfunctory}   # E192",
        "- {type: callback, reached: true, process: satisfied, result: dissatisfied}",
        of=("callback", "corrected"),  # a correction can add the field elsewhere
    ),
    "E193": _Row(
        "art. 19-3",
        "因承办单位办理效果差等原因造成退回重办的，由县行政审批局督办。", (_sent_back,),
        "- {type: redo_ordered, reason: 仍在施工, cause: poor_handling}   # E193",
        "- {type: redo_ordered, reason: 仍在施工, cause: poor_handling}\n- {type: replied}",
        of=("redo_ordered",),
    ),
    "E194": _Row(
        "art. 19-4",
        "未按照规定模板、格式、时限要求反馈办理结果的，由县行政审批局督办。", (_badly_formed,),
        f"{_SIGNED}\n- {{type: replied, at: 2026-10-22T17:00:01+08:00}}   # E194",
        f"{_SIGNED}\n- {{type: replied, at: 2026-10-22T17:00:00+08:00}}",
        of=("replied",),
    ),
    "E195": _Row(
        "art. 19-5",
        "由县行政审批局认定；同一问题多次投诉、合理与否尚未认定的，也在这里提出。",
        (_recorded("E195", "supervision_opened"),),
        f"- {{type: contacted}}\n{_opened('bureau', 'E195', 'E195')}",
        f"- {{type: contacted}}\n{_opened('bureau', 'E195')}\n{_closed('bureau', 'effective')}",
        of=("supervision_opened",),
    ),
    "E201": _Row(
        "art. 20-1",
        "省、市要求督办的典型案例，由热线管理机构报县人民政府督办。",
        (_recorded("E201", "supervision_proposed", "supervision_opened"),),
        _proposed("E201", "E201"), "- {type: contacted}",
        of=("supervision_proposed", "supervision_opened"),
    ),
    "E202": _Row(
        "art. 20-2",
        "同一问题连续投诉3次以上，合理诉求长期得不到解决的，由热线管理机构报县人民政府督办。长期按首次派单满三十个工作日掌握。",
        (),
        """# cases/2026/08/LZ-20260824-0001.yaml
kind: complaint
# cases/2026/09/LZ-20260914-0001.yaml
kind: complaint
# cases/2026/10/LZ-20261013-0007.yaml
events:
- {type: accepted}
- {type: linked, cases: [LZ-20260824-0001, LZ-20260914-0001], same: problem, reasonable: true}   # E202""",
        """# cases/2026/09/LZ-20260914-0001.yaml
kind: complaint
# cases/2026/10/LZ-20261013-0007.yaml
events:
- {type: accepted}
- {type: linked, cases: [LZ-20260914-0001], same: problem, reasonable: true}""",
        "2026-10-13T11:00:00+08:00",
        of=("linked",),
    ),
    "E203": _Row(
        "art. 20-3",
        "未认真办理形成负面舆情，造成不良影响的，由热线管理机构报县人民政府督办。", (_public_opinion,),
        "- {type: public_opinion, text: 视频转发上万次, negative: true, caused_by_handling: true, impact: slight}   # E203",
        "- {type: public_opinion, text: 视频转发上万次, negative: true, caused_by_handling: false, impact: slight}",
        of=("public_opinion",),
    ),
    "E204": _Row(
        "art. 20-4",
        "依照第六条确定的承办意见，承办单位仍推诿的，由热线管理机构报县人民政府督办。", (_shirked,),
        f"- {{type: accepted}}\n- {{type: assigned, lead: housing-bureau, support: [], basis: coordinated}}\n- {{{_ASK}}}   # E204",
        f"- {{type: accepted}}\n- {{type: assigned, lead: housing-bureau, support: [], basis: clear}}\n- {{{_ASK}}}",
        of=("return_requested",),
    ),
    "E205": _Row(
        "art. 20-5",
        "经县行政审批局督办后仍未见实效的，由热线管理机构报县人民政府督办。", (_without_effect("bureau"),),
        f"- {{type: contacted}}\n{_opened('bureau', 'E195')}\n{_closed('bureau', 'ineffective', 'E205')}",
        f"- {{type: contacted}}\n{_opened('bureau', 'E195')}\n{_closed('bureau', 'effective')}",
        of=("supervision_opened",),
    ),
    "E206": _Row(
        "art. 20-6", "由热线管理机构报请，县人民政府认定。",
        (_recorded("E206", "supervision_proposed", "supervision_opened"),),
        _proposed("E206", "E206"), "- {type: contacted}",
        of=("supervision_proposed", "supervision_opened"),
    ),
    "E211": _Row(
        "art. 21-1", "造成重大事故，严重损害群众切身利益的，依法依规追责。",
        (_recorded("E211", "accountability"),), _decided("E211", "E211"), "- {type: contacted}",
        of=("accountability",),
    ),
    "E212": _Row(
        "art. 21-2", "引发严重群体性事件，或出现严重负面舆情的，依法依规追责。",
        (_recorded("E212", "accountability"),), _decided("E212", "E212"), "- {type: contacted}",
        of=("accountability",),
    ),
    "E213": _Row(
        "art. 21-3",
        "服务工单反复退回，造成不良影响或严重后果的，依法依规追责；两次退单没有同意就是线索，后果由有权机关认定。",
        (_returned_again, _recorded("E213", "accountability")),
        f"- {{{_ASK}}}\n{_NO}\n- {{{_ASK}}}\n{_NO}   # E213", f"- {{{_ASK}}}\n{_NO}",
        of=("return_decided", "accountability"),
    ),
    "E214": _Row(
        "art. 21-4",
        "对诉求人打击报复，扣押、销毁举报信息，泄露举报材料和诉求人信息的，依法依规追责。",
        (_recorded("E214", "accountability"),), _decided("E214", "E214"), "- {type: contacted}",
        of=("accountability",),
    ),
    "E215": _Row(
        "art. 21-5", "知识库内容出现重大错误，造成不良影响或严重后果的，依法依规追责。",
        (_recorded("E215", "accountability"),), _decided("E215", "E215"), "- {type: contacted}",
        of=("accountability",),
    ),
    "E216": _Row(
        "art. 21-6", "经县人民政府督办后仍未见实效的，依法依规追责。",
        (_without_effect("county"), _recorded("E216", "accountability")),
        f"- {{type: contacted}}\n{_opened('county', 'E206')}\n{_closed('county', 'ineffective', 'E216')}",
        f"- {{type: contacted}}\n{_opened('county', 'E206')}\n{_closed('county', 'effective')}",
        of=("supervision_opened", "accountability"),
    ),
    "E217": _Row(
        "art. 21-7", "有其他违法违规行为，造成不良影响或者严重后果的，依法依规追责。",
        (_recorded("E217", "accountability"),), _decided("E217", "E217"), "- {type: contacted}",
        of=("accountability",),
    ),
}  # fmt: skip


_Looks = Sequence[tuple[Callable[..., Iterator[Ground]], tuple[str, ...]]]


def _standing(code: str, looks: _Looks, given: dict[str, Any]) -> list[Ground]:
    """The grounds of a code that stand, from this case alone: those of the first look that
    has any, for what is computed need not be told again where it is recorded too."""
    for look, names in looks:
        found = [
            ground
            for ground in look(*[given[name] for name in names])
            if not _has_ended(given["course"], code, ground.since)
        ]
        if found:
            return found
    return []


def _how_to_close(code: str, supervisions: Sequence[tuple[str, str]]) -> str | None:
    """How an open supervision for this ground is closed, None where there is none. A closing
    names none: it ends the earliest one of its author, so only that is offered."""
    by = next((by for ground, by in supervisions if ground == code), None)
    if by is None:
        above = next((ground for ground, _ in supervisions if ground.startswith("E20")), None)
        return _ABOVE.format(ground=above) if above and code.startswith("E19") else None
    first = next(ground for ground, opener in supervisions if opener == by)
    return _SUPERVISED.format(by=by) if first == code else _SUPERVISED_TOO.format(first=first)


def _declare(code: str, row: _Row) -> None:
    mend = {"E19": _BUREAU, "E20": _COUNTY, "E21": _LEAD}[code[:3]].format(code=code)
    looks = [(look, parameters(look)) for look in row.looks]
    all_names = dict.fromkeys(["course", *[name for _, names in looks for name in names]])

    @rule(
        code, title=GROUNDS[code], article=row.article, severity="warning", why=row.why, mend=mend,
        bad=row.bad, good=row.good, now=row.now, of=row.of, given=tuple(all_names),
    )  # fmt: skip
    def check(*values: Any) -> Iterator[Hit]:
        given = dict(zip(all_names, values, strict=True))
        for ground in _standing(code, looks, given):
            supervisions = given["course"].final.supervisions
            open_now = [(str(opened.get("ground")), opened.by) for opened in supervisions]
            told = _how_to_close(code, open_now)
            yield Hit(ground.place, ground.words, subject=ground.subject, mend=told)


for _code, _row in _ROWS.items():
    _declare(_code, _row)


# --- art. 20-2, across orders ----------------------------------------------------------


@also("E202")
def long_unsolved(facts: Facts, cases: Cases, calendar: Calendar, now: datetime) -> Iterator[Hit]:
    if cases.is_stated_reasonable(facts) is True and _stands("E202", facts, cases, calendar, now):
        yield _repeated(facts, cases, _how_to_close("E202", facts.supervisions))


@also("E195")
def long_unsolved_candidate(
    facts: Facts, cases: Cases, calendar: Calendar, now: datetime
) -> Iterator[Hit]:
    if cases.is_stated_reasonable(facts) is None and _stands("E195", facts, cases, calendar, now):
        mend = "诉求是否合理由热线管理机构认定：在 linked 里写 reasonable: true 或 false。"
        yield _repeated(facts, cases, _how_to_close("E195", facts.supervisions) or mend)


def _stands(code: str, facts: Facts, cases: Cases, calendar: Calendar, now: datetime) -> bool:
    """Whether the matter is unsolved for long, and no supervision since was of effect."""
    repeated = cases.repeated(facts)
    if not facts.is_open or len(repeated) < ENOUGH_REPORTS:
        return False
    first = calendar.local(min(one.dispatched_at for one in repeated)).date()
    long = calendar.close(calendar.nth_working_day_after(first, facts.long_days))
    since = max(long, facts.links[-1].at)
    return now > long and not any(
        ground == code and at >= since for ground, at in facts.effective_supervisions
    )


def _repeated(facts: Facts, cases: Cases, mend: str | None) -> Hit:
    number = len(cases.repeated(facts))
    words = f"同一事项已投诉举报 {number} 次，长期没有解决"
    return Hit(facts.links[-1].place, words, subject="linked", mend=mend)
