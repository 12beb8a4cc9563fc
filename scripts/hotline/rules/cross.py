"""X: a case against the registry and against the other cases."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from datetime import datetime
from itertools import islice

from hotline.procedure.calendar import Calendar
from hotline.procedure.identity import event_id
from hotline.procedure.lifecycle import BASES, SETTLED_BASES, TABLE
from hotline.procedure.policy import Policy
from hotline.procedure.timeline import Timeline
from hotline.rules.declare import Hit, also, rule
from hotline.values.case import Case, Event
from hotline.values.facts import Cases, Facts
from hotline.values.finding import Severity
from hotline.values.node import Place
from hotline.values.registry import Precedent, Registry

MAX_UNKNOWN = 200
"""Unknown names that one case is told of; a file with more is no clerk's work."""
_MANY_DIGITS = re.compile(r"[0-9]{7}")
_LOOKS_LIKE_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")


@rule(
    "X001",
    title="工单编号不重复",
    why="编号是答复、督办和归档的唯一依据。",
    mend="核对是否重复录入；不是同一件的，改用当日下一个编号，文件名同改。",
    bad="""
# cases/2026/10/LZ-20261013-0007.yaml
id: LZ-20261013-0007   # X001
upstream_id: ZY202610130099
# cases/2026/10/LZ-20261013-0008.yaml
id: LZ-20261013-0007   # X001
upstream_id: ZY202610130100
""",
    good="""
# cases/2026/10/LZ-20261013-0007.yaml
id: LZ-20261013-0007
upstream_id: ZY202610130099
# cases/2026/10/LZ-20261013-0008.yaml
id: LZ-20261013-0008
upstream_id: ZY202610130100
""",
)
def id_is_unique(facts: Facts, cases: Cases) -> Iterator[Hit]:
    others = [other.path for other in cases.with_id(facts.id) if other.path != facts.path]
    if others:
        yield Hit(facts.id_place, f"编号 {facts.id} 与 {others[0]} 重复", subject="id")


@rule(
    "X002",
    title="同一渠道、平台的上级编号不重复",
    why="同一件上级工单录成两件，会有两个时限、两次答复。",
    mend="核对上级编号；确是同一件的，只留先录入的一件。",
    bad="""
# cases/2026/10/LZ-20261013-0007.yaml
upstream_id: ZY202610130099   # X002
# cases/2026/10/LZ-20261013-0008.yaml
upstream_id: ZY202610130099   # X002
""",
    good="""
# cases/2026/10/LZ-20261013-0007.yaml
upstream_id: ZY202610130099
# cases/2026/10/LZ-20261013-0008.yaml
upstream_id: ZY202610130100
""",
)
def upstream_id_is_unique(facts: Facts, cases: Cases) -> Iterator[Hit]:
    same = cases.with_upstream(facts.upstream_key)
    others = [other for other in same if other.path != facts.path]
    if others:
        words = f"上级编号与 {others[0].id}（{others[0].path}）重复"
        yield Hit(facts.upstream_place, words, subject="upstream_id")


@rule(
    "X010",
    title="写到的单位、分类、先例、工单和事件都存在",
    article="art. 6",
    why="写错一个编号，工单就到不了承办单位。",
    mend="照名录改：单位看 registry/units.yaml，分类看 categories.yaml，先例看 precedents.yaml；别的工单编号看文件名，事件编号用 hotline show 工单编号 查看。",
    bad="""
- {type: accepted}
- {type: assigned, lead: housing-bureu, support: [], basis: clear}   # X010
""",
    good="""
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [], basis: clear}
""",
)
def names_exist(case: Case, course: Timeline, registry: Registry) -> Iterator[Hit]:
    if not _is_all_known(case, course, registry):
        yield from islice(_unknown_names(case, course, registry), MAX_UNKNOWN)


def _is_all_known(case: Case, course: Timeline, registry: Registry) -> bool:
    """Whether there is everything that the order names, which is so nearly always. False does
    not say the contrary: :func:`_unknown_names` looks closer."""
    header = course.header
    if "corrected" in course.by_type or "against" in header or "sealed" in header:
        return False
    if header.get("category") not in registry.categories:
        return False
    units = registry.units
    for step in course.steps:
        if step.event.by not in units:
            return False
    for name, steps in course.by_type.items():
        if _BESIDE_AUTHOR[name] and not all(_names_known(step.event, registry) for step in steps):
            return False
    return True


def _names_known(event: Event, registry: Registry) -> bool:
    units = registry.units
    for key, kind in _BESIDE_AUTHOR[event.type]:
        value = event.data.get(key)
        if value is None:
            continue
        known = units if kind in _UNITS else _known(registry, set())[kind]
        for name in value if isinstance(value, list) else (value,):
            if isinstance(name, str) and name not in known:
                return False
    return True


def _unknown_names(case: Case, course: Timeline, registry: Registry) -> Iterator[Hit]:
    mended = _mended(case) if "corrected" in course.by_type else {}
    known: dict[str, Container[str]] = {"category": registry.categories, "against": registry.units}
    for key in known:
        value = course.header.get(key)
        kind = "category" if key == "category" else "units"
        for name, step in _named(value):
            if name not in known[key]:
                place = mended.get((None, key)) or case.place(key, *step)
                yield Hit(place, _unknown(kind, name, registry), subject=f"{key}/{name}")
    for part in ("person", "demand"):
        for name, step in _named(((case.get("sealed") or {}).get(part) or {}).get("to")):
            if name not in registry.units:
                place = case.place("sealed", part, "to", *step)
                yield Hit(place, _unknown("unit", name, registry), subject=f"{part}/{name}")
    ids: set[str] = set()
    if any(step.event.get("event") for step in course.of("corrected")):
        ids = {event_id(event.data) for event in case.events}
    for event in [step.event for step in course.steps]:
        for key, kind, name, step in _names_of(event, registry, ids):
            place = mended.get((event.index, key)) or event.place(key, *step)
            words = _unknown(kind, name, registry)
            yield Hit(place, words, subject=f"{event.index}/{key}/{name}")


def _mended(case: Case) -> dict[tuple[int | None, str], Place]:
    """(event's index or None for the header, key) → where a correction gives its value."""
    index = {event_id(event.data): event.index for event in case.events}
    return {
        (
            None if event.get("header") else index.get(str(event.get("event")), -1),
            str(event.get("field")).split(".")[0],
        ): event.place("value")
        for event in case.of("corrected")
    }


def _named(value: object) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Each name of a text or a list of texts, with the step that leads to it."""
    if isinstance(value, str):
        yield value, ()
    elif isinstance(value, list):
        yield from ((name, (n,)) for n, name in enumerate(value) if isinstance(name, str))


def _known(registry: Registry, ids: set[str]) -> dict[str, Container[str]]:
    """Kind of name → the names that there are."""
    return {
        "unit": registry.units, "units": registry.units, "perhaps": registry.units,
        "category": registry.categories, "precedent": registry.precedents,
        "entry": registry.knowledge, "event": ids,
    }  # fmt: skip


def _names_of(
    event: Event, registry: Registry, ids: set[str]
) -> Iterator[tuple[str, str, str, tuple[int, ...]]]:
    """(key, kind, name, step) of every name in the event that nothing bears."""
    known = _known(registry, ids)
    for key, value in event.data.items():
        kind = _KINDS_OF[event.type].get(key)
        for name, step in _named(value) if kind else ():
            may_be_other = kind == "perhaps" and not _LOOKS_LIKE_ID.fullmatch(name)
            if kind and name not in known[kind] and not may_be_other:
                yield key, kind, name, step


def _unknown(kind: str, name: str, registry: Registry) -> str:
    if _MANY_DIGITS.search(name):
        name = "（一串数字）"  # a phone or an identity number in the wrong place
    match kind:
        case "category":
            return f"事项分类 {name} 不存在{_near(name, registry.categories)}"
        case "precedent":
            return f"先例 {name} 不存在{_near(name, registry.precedents)}"
        case "entry":
            return f"知识库条目 {name} 不存在{_near(name, registry.knowledge)}"
        case "event":
            return f"本工单没有编号为 {name} 的事件"
    return f"单位 {name} 不在名录里{_near(name, registry.units)}"


_UNITS = frozenset(("unit", "units", "perhaps"))
_BY_FIELD = {
    ("alerted", "authority"): "perhaps",
    ("assigned", "participants"): "perhaps",
    ("return_requested", "suggested_unit"): "perhaps",
    ("reclassified", "category"): "category",
}
_KINDS_OF: dict[str, dict[str, str]] = {
    row.name: {
        "by": "unit",
        **{name: kind for (event, name), kind in _BY_FIELD.items() if event == row.name},
        **{
            field.name: field.kind
            for field in row.fields
            if field.kind in ("unit", "units", "precedent", "entry", "event")
        },
    }
    for row in TABLE.values()
}
"""Event type → field → what it names; "perhaps" may also name a body outside the registry."""
_BESIDE_AUTHOR = {
    name: tuple([(key, kind) for key, kind in kinds.items() if key != "by"])
    for name, kinds in _KINDS_OF.items()
}
"""The same without ``by``, which every event has."""


def _near(word: str, known: Iterable[str]) -> str:
    import difflib

    found = difflib.get_close_matches(word, list(known), 1, 0.6)
    return f"（是不是想写 {found[0]}？）" if found else ""


@also("X010")
def linked_cases_exist(facts: Facts, cases: Cases) -> Iterator[Hit]:
    for name, place in facts.named_cases:
        if not cases.exists(name):
            yield Hit(place, f"工单 {name} 不存在", subject=name)


@also("X010")
def precedents_name_existing_cases(registry: Registry, cases: Cases) -> Iterator[Hit]:
    for precedent in registry.precedents.values():
        if precedent.decided_in and not cases.exists(precedent.decided_in):
            path, place = registry.places["precedent", precedent.id]
            words = f"先例 {precedent.id} 所依的工单 {precedent.decided_in} 不存在"
            yield Hit(place, words, subject=precedent.id, path=path)


@rule(
    "X011",
    title="派单当日有办法可依",
    article="art. F20",
    severity="warning",
    why="办法自2023年6月20日起实施，不溯及既往；此前的工单不计算时限。",
    mend="核对派单时间；确在办法实施以前的，无须处理。",
    bad="""
dispatched_at: 2023-06-19T10:00:00+08:00   # X011
""",
    good="""
dispatched_at: 2023-06-20T10:00:00+08:00
""",
)
def a_policy_is_in_force(case: Case, policy: Policy | None) -> Iterator[Hit]:
    if policy is None:
        yield Hit(
            case.place("dispatched_at"), "派单当日没有生效的时限规定，不计算时限", subject="policy"
        )


@rule(
    "X020",
    title="交办与同类事项的先例一致",
    of=("assigned",),
    article="art. 6-z",
    severity="warning",
    why="已确定的主办、协办单位，如遇同类事项应当参照办理。",
    mend="改为先例的主办、协办单位；确需不同的，在这个事件的 note 里写明理由。",
    bad="""
# registry/precedents.yaml
precedents:
- {id: P-2026-003, category: property-elevator, lead: market-bureau, support: [housing-bureau], "on": 2026-02-05}
# cases/2026/10/LZ-20261013-0007.yaml
category: property-elevator
events:
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [], basis: clear}   # X020
""",
    good="""
# registry/precedents.yaml
precedents:
- {id: P-2026-003, category: property-elevator, lead: market-bureau, support: [housing-bureau], "on": 2026-02-05}
# cases/2026/10/LZ-20261013-0007.yaml
category: property-elevator
events:
- {type: accepted}
- {type: assigned, lead: market-bureau, support: [housing-bureau], basis: precedent, precedent: P-2026-003}
""",
)
def assignment_follows_precedent(
    course: Timeline, registry: Registry, calendar: Calendar
) -> Iterator[Hit]:
    for step in course.of("assigned"):
        event = step.event
        if event.get("note") or event.get("basis") in SETTLED_BASES - {"coordinated"}:
            continue
        binding = _binding(course, registry, calendar, event.index)
        named = registry.precedents.get(str(event.get("precedent")))
        if named is not None and named not in _binding(
            course, registry, calendar, event.index, event.at
        ):
            words = f"先例 {named.id} 的分类、区域或时间与本工单不符，不能作为依据"
            yield Hit(event.place("precedent"), words, subject=f"{event.index}/precedent")
            continue
        for expected in [named] if named else binding[:1]:
            yield from _differs(event, expected, registry)


def _differs(event: Event, expected: Precedent, registry: Registry) -> Iterator[Hit]:
    missing = set(expected.support) - set(event.get("support") or ())
    if event.get("lead") != expected.lead:
        words = f"先例 {expected.id} 的主办单位是{registry.unit_name(expected.lead)}"
        yield Hit(event.place("lead"), words, subject=f"{event.index}/lead")
    elif missing:
        names = "、".join(registry.unit_name(unit) for unit in sorted(missing))
        words = f"先例 {expected.id} 的协办单位还有{names}"
        yield Hit(event.place("support"), words, subject=f"{event.index}/support")


def _binding(
    course: Timeline, registry: Registry, calendar: Calendar, index: int,
    at: datetime | None = None,
) -> list[Precedent]:  # fmt: skip
    """Precedents that bind the order at the event of this index: settled before its dispatch
    (or before ``at``), never by the order itself."""
    day = calendar.local(at or course.dispatched_at).date()
    location = str(course.header.get("location"))
    found = registry.binding_precedents(_category_at(course, index), location, day)
    return [precedent for precedent in found if precedent.decided_in != course.case.id]


def _category_at(course: Timeline, index: int) -> str:
    """The category in force at an event: a later one judges no earlier assignment."""
    category = course.header["category"]
    for step in course.of("reclassified"):
        if step.event.index < index:
            category = step.event.get("category", category)
    return str(category)


def bound_by(
    course: Timeline, registry: Registry, calendar: Calendar, request: Event
) -> str | None:
    """The precedent that makes the asking unit keep the order, None where none does."""
    before = [s.event for s in course.of("assigned") if s.event.index < request.index]
    if before and before[-1].get("basis") == "precedent":
        return str(before[-1].get("precedent"))
    binding = _binding(course, registry, calendar, request.index)
    return next((p.id for p in binding if p.lead == request.by), None)


@rule(
    "X021",
    title="有先例的事项不得退回",
    of=("return_requested",),
    article="art. 6-z",
    severity="warning",
    why="通过第六条确定的承办单位，如遇同类事项应当参照办理，不得退回。",
    mend="按程序办理；认为先例不妥的，报县行政审批局重新协商。",
    bad="""
# registry/precedents.yaml
precedents:
- {id: P-2026-020, category: noise-construction, lead: housing-bureau, "on": 2026-03-01}
# cases/2026/10/LZ-20261013-0007.yaml
events:
- {type: return_requested, reason: 不属本单位职责, legal_basis: 三定方案, suggested_unit: police-bureau}   # X021
""",
    good="""
# registry/precedents.yaml
precedents:
- {id: P-2026-020, category: noise-construction, lead: housing-bureau, "on": 2026-03-01}
# cases/2026/10/LZ-20261013-0007.yaml
events:
- {type: signed}
- {type: contacted, method: phone, summary: 已告知收悉，约定今晚到现场查看}
""",
)
def return_against_precedent(
    course: Timeline, registry: Registry, calendar: Calendar
) -> Iterator[Hit]:
    for step in course.of("return_requested"):
        event = step.event
        precedent = bound_by(course, registry, calendar, event)
        if precedent:
            words = f"先例 {precedent} 已确定由本单位承办，却申请了退单"
            yield Hit(event.place(), words, subject=str(event.index))


@rule(
    "X022",
    title="协调、协商、指定的交办要登记为先例",
    of=("assigned",),
    article="art. 6-z",
    severity="warning",
    why="不登记，下一件同类工单又要从头协调。",
    mend="在 registry/precedents.yaml 里加一条（id、category、lead、support、on），decided_in 写本工单编号。",
    bad="""
# registry/precedents.yaml
precedents: []
# cases/2026/10/LZ-20261013-0007.yaml
events:
- {type: accepted}
- {type: assigned, by: approval-bureau, lead: housing-bureau, support: [], basis: joint_consultation}   # X022
""",
    good="""
# registry/precedents.yaml
precedents:
- {id: P-2026-021, category: noise-construction, lead: housing-bureau, "on": 2026-10-13, decided_in: LZ-20261013-0007}
# cases/2026/10/LZ-20261013-0007.yaml
events:
- {type: accepted}
- {type: assigned, by: approval-bureau, lead: housing-bureau, support: [], basis: joint_consultation}
""",
)
def settled_assignment_is_entered(course: Timeline, registry: Registry) -> Iterator[Hit]:
    for step in course.of("assigned"):
        event = step.event
        basis = event.get("basis")
        if basis not in SETTLED_BASES or _entered(course, registry, event):
            continue
        words = f"按“{BASES[basis]}”确定了承办单位，还没有登记为先例"
        yield Hit(event.place("basis"), words, subject=str(event.index))


def _entered(course: Timeline, registry: Registry, event: Event) -> bool:
    """Whether a precedent says the same already, by this order or by another."""
    location = str(course.header.get("location"))
    categories = (_category_at(course, event.index), course.current("category"))
    return any(
        precedent.decided_in == course.case.id
        or (
            precedent.category in categories
            and precedent.lead == event.get("lead")
            and (precedent.area is None or precedent.area in location)
        )
        for precedent in registry.precedents.values()
    )


@rule(
    "X030",
    title="被反映的单位不承办",
    of=("assigned",),
    why="自己查自己难以服众；举报件还会把举报材料和举报人交到被举报单位手里。",
    mend="改由其主管单位或其他单位主办、协办：编号看 registry/units.yaml。",
    bad="""
kind: report
against: [housing-bureau]
events:
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [], basis: clear}   # X030
""",
    good="""
kind: report
against: [housing-bureau]
events:
- {type: accepted}
- {type: assigned, lead: tianchi-street, support: [], basis: clear}
""",
)
def against_does_not_handle(case: Case, course: Timeline, registry: Registry) -> Iterator[Hit]:
    against = {name for name, _ in _named(course.header.get("against"))}
    if not against:
        return
    severity: Severity = "error" if course.current("kind") == "report" else "warning"
    for step in course.of("assigned"):
        event = step.event
        if event.get("lead") in against:
            words = f"主办单位{registry.unit_name(event.get('lead'))}正是被反映的单位"
            yield Hit(event.place("lead"), words, severity, f"{event.index}/lead")
        for number, unit in enumerate(event.get("support") or ()):
            if unit in against:
                words = f"协办单位{registry.unit_name(unit)}正是被反映的单位"
                yield Hit(event.place("support", number), words, severity, f"{event.index}/{unit}")
