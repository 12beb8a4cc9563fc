"""Desired, existing, plan. Pure; carrying the plan out is the doors' work."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from hotline.escalation.issue import Issue, key_of

Kind = Literal["open", "update", "close", "reopen", "close_duplicate", "keep", "blocked"]
MASS = 20
"""More closings than this, and more than a third of what is open, need a person's word."""


@dataclass(frozen=True, slots=True)
class Found:
    """An issue as it lies on a forge."""

    case: str
    title: str
    body: str
    is_open: bool
    level: str = "unit"


@dataclass(frozen=True, slots=True)
class Action:
    """One line of the plan. ``issue`` is what to write, ``found`` what lies there."""

    action: Kind
    case: str
    level: str
    grounds: tuple[str, ...]
    title: str
    issue: Issue | None = None
    found: Found | None = None

    @property
    def key(self) -> str:
        return key_of(self.case)

    @property
    def writes(self) -> bool:
        return self.action not in ("keep", "blocked")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do. ``is_complete`` is false where a case could not be read: its issue is left
    as it is."""

    actions: tuple[Action, ...]
    is_complete: bool = True

    @property
    def closes_too_much(self) -> bool:
        closing = sum(action.action == "close" for action in self.actions)
        were_open = sum(a.action in ("update", "close", "keep", "blocked") for a in self.actions)
        return closing > MASS and closing * 3 > were_open


def plan(
    wanted: Mapping[str, Issue], found: Mapping[str, Found], unreadable: Collection[str] = ()
) -> Plan:
    """The actions that turn what is found into what is wanted, in the order of the cases.

    A case in ``unreadable`` (a broken or missing file) never closes its issue.
    """
    actions = []
    for case in sorted(wanted.keys() | found.keys()):
        action = _decide(wanted.get(case), found.get(case), case in unreadable)
        if action is not None:
            actions.append(action)
    return Plan(tuple(actions), is_complete=not unreadable)


def _decide(wanted: Issue | None, found: Found | None, is_unreadable: bool) -> Action | None:
    if wanted is not None:
        kind = _change(wanted, found)
        return Action(kind, wanted.case, wanted.level, wanted.grounds, wanted.title, wanted, found)
    if found is None or not found.is_open:
        return None
    return Action(
        "blocked" if is_unreadable else "close",
        found.case,
        found.level,
        (),
        found.title,
        None,
        found,
    )


def _change(wanted: Issue, found: Found | None) -> Kind:
    if found is None:
        return "open"
    if not found.is_open:
        return "reopen"
    same = (found.title, found.body.strip()) == (wanted.title, wanted.body.strip())
    return "keep" if same else "update"
