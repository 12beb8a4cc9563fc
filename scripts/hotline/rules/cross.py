"""X: a case against the registry and against the other cases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hotline.procedure.calendar import Calendar
from hotline.procedure.identity import event_id
from hotline.procedure.lifecycle import BASES, SETTLED_BASES, TABLE
from hotline.procedure.policy import Policy
from hotline.procedure.timeline import Timeline
from hotline.rules.declare import Hit, also, rule
from hotline.values.case import Case, Event
from hotline.values.facts import Cases, Facts
from hotline.values.registry import Precedent, Registry

_LOOKS_LIKE_ID = re.compile(r"[a-z][a-z0-9-]*")


@rule(
    "X001",
    title="工单编号不重复",
    why="编号是答复、督办和归档的唯一依据。",
    mend="核对是否重复录入；不是同一件的，改用当日下一个编号。",
)
def id_is_unique(facts: Facts, cases: Cases) -> Iterator[Hit]:
    others = [other.path for other in cases.with_id(facts.id) if other.path != facts.path]
    if others:
        yield Hit(facts.id_place, f"编号 {facts.id} 与 {others[0]} 重复", subject="id")


@rule(
    "X002",
    title="同一渠道、平台的上级编号不重复",
    why="同一件上级工单录成两件，会有两个时限、两次答复。",
    mend="核对上级编号；确是同一件的，保留先录入的一件。",
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
    mend="从名录里选：registry/units.yaml、categories.yaml、precedents.yaml。",
    bad="""
- {type: accepted}
- {type: assigned, lead: housing-bureu, support: [], basis: clear}   # X010
""",
    good="""
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [], basis: clear}
""",
)
def names_exist(case: Case, registry: Registry) -> Iterator[Hit]:
    if case.get("category") not in registry.categories:
        words = f"事项分类 {case.get('category')} 不存在{_near(case.get('category'), registry.categories)}"
        yield Hit(case.place("category"), words, subject="category")
    yield from _units(case, registry, case.get("against"), "against")
    for part in ("person", "demand"):
        sealed = (case.get("sealed") or {}).get(part) or {}
        yield from _units(case, registry, sealed.get("to"), "sealed", part, "to")
    ids = {event_id(event.data) for event in case.events} if _corrects(case) else set()
    for event in case.events:
        yield from _event_names(event, registry, ids)


def _corrects(case: Case) -> bool:
    return any(event.get("event") for event in case.of("corrected"))


def _units(case: Case, registry: Registry, names: object, *path: str) -> Iterator[Hit]:
    for number, name in enumerate(names if isinstance(names, list) else ()):
        if name not in registry.units:
            yield Hit(case.place(*path, number), _unknown_unit(name, registry), subject=str(name))


def _event_names(event: Event, registry: Registry, ids: set[str]) -> Iterator[Hit]:
    for key, value in event.data.items():
        kind = _KIND_OF.get((event.type, key)) or _KIND_OF.get(("", key))
        if kind in ("unit", "units"):
            for number, name in enumerate(value if isinstance(value, list) else [value]):
                if name not in registry.units:
                    place = (
                        event.place(key, number) if isinstance(value, list) else event.place(key)
                    )
                    yield Hit(place, _unknown_unit(name, registry), subject=f"{event.index}/{key}")
        elif kind == "perhaps":
            for number, name in enumerate(value if isinstance(value, list) else [value]):
                if _LOOKS_LIKE_ID.fullmatch(name) and "-" in name and name not in registry.units:
                    place = (
                        event.place(key, number) if isinstance(value, list) else event.place(key)
                    )
                    yield Hit(place, _unknown_unit(name, registry), subject=f"{event.index}/{key}")
        elif kind == "category" and value not in registry.categories:
            words = f"事项分类 {value} 不存在{_near(value, registry.categories)}"
            yield Hit(event.place(key), words, subject=f"{event.index}/{key}")
        elif kind == "precedent" and value not in registry.precedents:
            words = f"先例 {value} 不存在{_near(value, registry.precedents)}"
            yield Hit(event.place(key), words, subject=f"{event.index}/{key}")
        elif kind == "entry" and value not in registry.knowledge:
            yield Hit(
                event.place(key), f"知识库条目 {value} 不存在", subject=f"{event.index}/{key}"
            )
        elif kind == "event" and value not in ids:
            words = f"本工单没有编号为 {value} 的事件，用 hotline show 查看编号"
            yield Hit(event.place(key), words, subject=f"{event.index}/{key}")


# What a field of an event names; "perhaps" may also name a body outside the registry.
_KIND_OF = {
    ("", "by"): "unit",
    ("alerted", "authority"): "perhaps",
    ("assigned", "participants"): "perhaps",
    ("return_requested", "suggested_unit"): "perhaps",
    ("reclassified", "category"): "category",
    **{
        (row.name, field.name): field.kind
        for row in TABLE.values()
        for field in row.fields
        if field.kind in ("unit", "units", "precedent", "entry", "event")
    },
}


def _unknown_unit(name: object, registry: Registry) -> str:
    return f"单位 {name} 不在名录里{_near(name, registry.units)}"


def _near(word: object, known: object) -> str:
    import difflib

    found = difflib.get_close_matches(str(word), list(known), 1, 0.6)  # type: ignore[call-overload]
    return f"，是不是想写 {found[0]}？" if found else ""


@also("X010")
def linked_cases_exist(facts: Facts, cases: Cases) -> Iterator[Hit]:
    for name, place in facts.named_cases:
        if cases.get(name) is None:
            yield Hit(place, f"工单 {name} 不存在", subject=name)


@also("X010")
def precedents_name_existing_cases(registry: Registry, cases: Cases) -> Iterator[Hit]:
    for precedent in registry.precedents.values():
        if precedent.decided_in and cases.get(precedent.decided_in) is None:
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
)
def a_policy_is_in_force(case: Case, policy: Policy | None) -> Iterator[Hit]:
    if policy is None:
        yield Hit(
            case.place("dispatched_at"), "派单当日没有生效的时限规定，不计算时限", subject="policy"
        )


@rule(
    "X020",
    title="交办与同类事项的先例一致",
    article="art. 6-z",
    severity="warning",
    why="已确定的主办、协办单位，如遇同类事项应当参照办理。",
    mend="改为先例的主办、协办单位；确需不同的，在 note 里写明理由。",
)
def assignment_follows_precedent(
    case: Case, course: Timeline, registry: Registry, calendar: Calendar
) -> Iterator[Hit]:
    for step in course.of("assigned"):
        event = step.event
        if event.get("note") or event.get("basis") in SETTLED_BASES - {"coordinated"}:
            continue
        named = registry.precedents.get(event.get("precedent", ""))
        binding = [named] if named else _binding(case, course, registry, calendar)
        if not binding:
            continue
        expected = binding[0]
        missing = set(expected.support) - set(event.get("support") or ())
        if event.get("lead") != expected.lead:
            words = f"先例 {expected.id} 的主办单位是 {registry.unit_name(expected.lead)}"
            yield Hit(event.place("lead"), words, subject=f"{event.index}/lead")
        elif missing:
            names = "、".join(registry.unit_name(unit) for unit in sorted(missing))
            words = f"先例 {expected.id} 的协办单位还有 {names}"
            yield Hit(event.place("support"), words, subject=f"{event.index}/support")


def _binding(
    case: Case, course: Timeline, registry: Registry, calendar: Calendar
) -> list[Precedent]:
    """Precedents that bind this order; one that it gave rise to itself does not."""
    day = calendar.local(course.dispatched_at).date()
    found = registry.binding_precedents(course.current("category"), str(case.get("location")), day)
    return [precedent for precedent in found if precedent.decided_in != case.id]


def is_bound(
    case: Case, course: Timeline, registry: Registry, calendar: Calendar, unit: str, event: Event
) -> bool:
    """Whether a precedent binds ``unit`` to the order, so that it must not be returned."""
    basis = next(
        (s.event.get("basis") for s in reversed(course.steps)
         if s.event.type == "assigned" and s.event.index < event.index), None,
    )  # fmt: skip
    if basis == "precedent":
        return True
    return any(p.lead == unit for p in _binding(case, course, registry, calendar))


@rule(
    "X021",
    title="有先例的事项不得退回",
    article="art. 6-z",
    severity="warning",
    why="通过第六条确定的承办单位，如遇同类事项应当参照办理，不得退回。",
    mend="按程序办理；认为先例不妥的，报县行政审批局重新协商。",
)
def return_against_precedent(
    case: Case, course: Timeline, registry: Registry, calendar: Calendar
) -> Iterator[Hit]:
    for step in course.of("return_requested"):
        event = step.event
        if is_bound(case, course, registry, calendar, event.by, event):
            yield Hit(event.place(), "对有先例的事项申请了退单", subject=str(event.index))


@rule(
    "X022",
    title="协调、协商、指定的交办要登记为先例",
    article="art. 6-z",
    severity="warning",
    why="不登记，下一件同类工单又要从头协调。",
    mend="在 registry/precedents.yaml 里加一条，decided_in 写本工单编号。",
)
def settled_assignment_is_entered(
    case: Case, course: Timeline, registry: Registry, calendar: Calendar
) -> Iterator[Hit]:
    for step in course.of("assigned"):
        event = step.event
        basis = event.get("basis")
        if basis not in SETTLED_BASES or _entered(case, course, registry, event):
            continue
        words = f"按“{BASES[basis]}”确定了承办单位，还没有登记为先例"
        yield Hit(event.place("basis"), words, subject=str(event.index))


def _entered(case: Case, course: Timeline, registry: Registry, event: Event) -> bool:
    return any(
        precedent.decided_in == case.id
        or (
            precedent.decided_in is None
            and precedent.category == course.current("category")
            and precedent.lead == event.get("lead")
        )
        for precedent in registry.precedents.values()
    )


@rule(
    "X030",
    title="被反映的单位不承办",
    why="自己查自己难以服众；举报件还会把举报人交到被举报单位手里（第十六条、第二十一条第（四）项）。",
    mend="改由其主管单位或其他单位主办、协办。",
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
    against = set(course.header.get("against") or ())
    if not against:
        return
    severity = "error" if course.current("kind") == "report" else "warning"
    for step in course.of("assigned"):
        event = step.event
        if event.get("lead") in against:
            words = f"主办单位 {registry.unit_name(event.get('lead'))} 正是被反映的单位"
            yield Hit(event.place("lead"), words, severity, f"{event.index}/lead")
        for number, unit in enumerate(event.get("support") or ()):
            if unit in against:
                words = f"协办单位 {registry.unit_name(unit)} 正是被反映的单位"
                yield Hit(event.place("support", number), words, severity, f"{event.index}/{unit}")
