"""Who wrote it down, and when: orders become commits in the order of time.

What one person does to one order at one go is one commit; the clerk who closes and archives
the day's orders together commits them together. Nothing is recorded before it happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from heapq import heappop, heappush
from typing import Any

from hotline.demo.plan import Plan
from hotline.demo.told import Told
from hotline.procedure.lifecycle import TABLE

Files = Iterable[tuple[str, bytes]]

_ONE_GO = timedelta(minutes=60)
_TOGETHER = frozenset({"closed", "archived"})
_TOGETHER_AFTER = timedelta(minutes=5)
_AT_THE_DESK = frozenset({"callback", "closed", "archived", "linked", "screening_decided"})
"""What the clerk of the center does; the dispatchers do the rest."""
_NIGHT = "night"
_CLERK = "clerk"
_LISTED = 200


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its author is a member of the acting unit. ``files`` are whole files."""

    at: datetime
    name: str
    email: str
    message: str
    files: Files


@dataclass(slots=True)
class _Group:
    """Events of an order that one hand records at one go: those up to ``count``."""

    order: Told
    by: str
    last: datetime
    count: int
    types: list[str] = field(default_factory=list)
    at: datetime = datetime.min


def opening(plan: Plan, registry: Files, rest: Files) -> list[Commit]:
    """The first commits: the center sets the repository up, the day before the first order."""
    day = plan.calendar.working_day_before(plan.start)
    at = plan.calendar.close(day) - timedelta(hours=6)
    name, email = _member(plan, plan.center.id, at, "closed")
    later = at + timedelta(minutes=40)
    return [
        Commit(at, name, email, "建立名录、时限规定和放假安排", registry),
        Commit(later, name, email, "写明仓库用法", rest),
    ]


def commits(plan: Plan, orders: Iterable[Told]) -> Iterator[Commit]:
    """The history of all orders, in the order of time; of the orders under way only what is
    still to be recorded is held."""
    waiting: list[tuple[datetime, str, int, _Group]] = []
    number = 0
    for order in orders:
        yield from _recorded(plan, waiting, order.dispatched_at)
        for group in _groups(plan, order):
            together = group.types[0] if group.types and group.types[0] in _TOGETHER else ""
            heappush(waiting, (group.at, together, number, group))
            number += 1
    yield from _recorded(plan, waiting, None)


def snapshot(plan: Plan, start: Files, orders: Iterable[Told]) -> Commit:
    """Everything in one commit, for those who want no history."""
    name, email = _member(plan, plan.center.id, plan.local_now, "closed")

    def files() -> Iterator[tuple[str, bytes]]:
        yield from start
        for order in orders:
            yield order.path, order.text()

    return Commit(plan.local_now, name, email, "示例数据", files())


# --- which events belong together --------------------------------------------------------


def _groups(plan: Plan, order: Told) -> list[_Group]:
    if not order.events:
        # Nobody has accepted it yet: the file alone, as the platform handed it over.
        at = min(order.dispatched_at + timedelta(minutes=1), plan.local_now)
        return [_Group(order, plan.center.id, order.dispatched_at, 0, [], at)]
    groups: list[_Group] = []
    for count, event in enumerate(order.events, 1):
        at = datetime.fromisoformat(event["at"])
        if groups and _goes_on(groups[-1], event, at):
            group = groups[-1]
            group.last, group.count = at, count
            group.types.append(event["type"])
        else:
            groups.append(_Group(order, event["by"], at, count, [event["type"]]))
    _set_times(plan, groups)
    return groups


def _goes_on(group: _Group, event: dict[str, Any], at: datetime) -> bool:
    return (
        group.by == event["by"]
        and group.last.date() == at.date()
        and at - group.last <= _ONE_GO
        and event["type"] not in _TOGETHER
        and group.types[0] not in _TOGETHER
        and (event["type"] in _AT_THE_DESK) == (group.types[0] in _AT_THE_DESK)
    )


def _set_times(plan: Plan, groups: list[_Group]) -> None:
    """Some minutes after the last event, before the next begins, never later than now."""
    latest = plan.local_now
    for number in range(len(groups) - 1, -1, -1):
        group = groups[number]
        if group.types[0] in _TOGETHER:
            delay = _TOGETHER_AFTER
        else:
            noise = sha256(f"{group.order.id}/{group.count}".encode()).digest()
            delay = timedelta(minutes=noise[0] % 5, seconds=20 + noise[1] % 140)
        group.at = max(min(group.last + delay, latest), group.last)
        latest = group.last


# --- commits -----------------------------------------------------------------------------


def _recorded(
    plan: Plan, waiting: list[tuple[datetime, str, int, _Group]], before: datetime | None
) -> Iterator[Commit]:
    """The commits that are due before a moment, those made together as one."""
    while waiting and (before is None or waiting[0][0] < before):
        at, together, _, group = heappop(waiting)
        groups = [group]
        while together and waiting and waiting[0][:2] == (at, together):
            groups.append(heappop(waiting)[3])
        yield _commit(plan, at, groups)


def _commit(plan: Plan, at: datetime, groups: list[_Group]) -> Commit:
    first = groups[0]
    kind = first.types[0] if first.types else "accepted"
    name, email = _member(plan, first.by, first.last, kind)
    files = [(group.order.path, group.order.text(group.count)) for group in groups]
    return Commit(at, name, email, _message(groups), files)


def _message(groups: list[_Group]) -> str:
    first = groups[0]
    if len(groups) > 1:
        listed = "\n".join(group.order.id for group in groups[:_LISTED])
        more = f"\n等 {len(groups)} 件" if len(groups) > _LISTED else ""
        return f"{TABLE[first.types[0]].title} {len(groups)} 件工单\n\n{listed}{more}"
    done = "、".join(dict.fromkeys(TABLE[name].title for name in first.types)) or "收到派单"
    about = f"：{first.order.title}" if first.order.title else ""
    return f"{first.order.id} {done}{about}"


def _member(plan: Plan, unit: str, at: datetime, kind: str) -> tuple[str, str]:
    """Who of the unit does it: the night duty out of hours, the clerk what lies on the desk,
    the dispatchers in turn."""
    row = plan.registry.units[unit]
    members = row.members
    night = [email for email in members if email.startswith(_NIGHT)]
    clerks = [email for email in members if email.startswith(_CLERK)]
    others = [email for email in members if email not in night and email not in clerks]
    local = plan.calendar.local(at)
    at_work = plan.calendar.day(local.date()).working and 8 <= local.hour < 18
    if night and not at_work:
        chosen = night
    elif clerks and (kind in _AT_THE_DESK or not others):
        chosen = clerks
    else:
        chosen = others or list(members)
    turn = local.date().toordinal() + local.hour // 13
    return row.label, chosen[turn % len(chosen)]
