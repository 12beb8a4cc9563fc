"""Who may do what, by the registry as one version of it has it.

Read leniently: a version that the check would refuse must not keep the audit from telling of
the commits beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from hotline.procedure.lifecycle import ROLES, TABLE
from hotline.reading.quick_yaml import values
from hotline.reading.strict_yaml import parse
from hotline.values.registry import MemberKey
from hotline.values.times import NotATime, parse_date

KEEPERS = frozenset({"center", "bureau"})
"""Roles that may change rights."""
_OF_REGISTRY = frozenset({"center", "bureau", "government", "supervisor", "unit", "parent"})
"""Who may record an event, as far as the registry alone tells it; the rest hangs on the case."""


@dataclass(frozen=True, slots=True)
class Rights:
    """Members, roles and keys. ``told`` is what counts as a change of rights."""

    units: dict[str, frozenset[str]]
    """E-mail of a member → the units that it belongs to."""
    roles: dict[str, str]
    keys: tuple[MemberKey, ...]
    parents: frozenset[str]
    """Units that another one is under (主管单位)."""
    told: Any

    def may_keep(self, member: str) -> bool:
        """Whether a member may change rights: one of the center or the bureau."""
        return any(self.roles.get(unit) in KEEPERS for unit in self.units.get(member, ()))

    def names(self, member: str) -> list[str]:
        return sorted(self.units.get(member, ()))


NO_RIGHTS = Rights({}, {}, (), frozenset(), None)


def read_rights(blob: bytes) -> Rights:
    """The rights that ``registry/units.yaml`` gives; :data:`NO_RIGHTS` where it is unreadable."""
    root = values(blob)
    root = parse(blob).root if root is None else root
    rows = root.get("units") if isinstance(root, dict) else None
    if not isinstance(rows, list):
        return NO_RIGHTS
    units: dict[str, set[str]] = {}
    roles: dict[str, str] = {}
    keys: list[MemberKey] = []
    parents: set[str] = set()
    # A unit that is told twice is a change too, whichever of the two a reader takes.
    told: list[Any] = []
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("id"), str):
            continue
        name, members = row["id"], row.get("members") or []
        roles[name] = str(row.get("role"))
        given = [row.get(key) for key in ("parent", "administrative", "age")]
        parents.add(str(given[0] or ""))
        told.append((name, roles[name], *given, repr(members)))
        for member in members if isinstance(members, list) else ():
            if isinstance(member, dict) and isinstance(member.get("email"), str):
                units.setdefault(member["email"], set()).add(name)
                keys += _keys(member)
    frozen = {email: frozenset(names) for email, names in units.items()}
    told.sort(key=repr)
    return Rights(frozen, roles, tuple(keys), frozenset(parents), told)


def _keys(member: dict[str, Any]) -> Iterator[MemberKey]:
    for row in member.get("keys") or ():
        if isinstance(row, dict) and isinstance(row.get("ssh"), str):
            yield MemberKey(
                member["email"], row["ssh"], _day(row.get("from")), _day(row.get("until"))
            )


def _day(text: Any) -> date | None:
    try:
        return parse_date(str(text)) if text else None
    except NotATime:
        return None


def may_not(rights: Rights, member: str, type_: str, by: str) -> str:
    """Why a member may not record an event of ``by`` (Chinese, without full stop); empty where
    it may."""
    own = rights.units.get(member)
    if own is None:
        return "提交人不在名录里"
    if by not in own:
        return f"提交人属于 {'、'.join(rights.names(member))}，事件却记为 {by[:40]}"
    row = TABLE.get(type_)
    if row is None or not _OF_REGISTRY.issuperset(row.who) or rights.roles.get(by) in row.who:
        return ""
    if "parent" in row.who and by in rights.parents:
        return ""
    return f"“{row.title}”只能由{'、'.join(ROLES[role] for role in row.who)}记录，{by[:40]} 不是"
