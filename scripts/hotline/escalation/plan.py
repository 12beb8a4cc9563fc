"""Desired, existing, plan. Pure; carrying the plan out is the doors' work."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from hotline.escalation.found import Found
from hotline.escalation.issue import Issue, key_of
from hotline.escalation.level import rank
from hotline.escalation.marker import same_text

Kind = Literal["open", "update", "close", "reopen", "close_duplicate", "keep", "blocked"]
Why = Literal[
    "",
    "new_ground",  # grounds stand that the issue did not name yet
    "again",  # the bot had closed it, and a ground stands anew
    "taken_back",  # a person closed it while its ground stands: once that is taken back
    "closed_twice",  # a person closed it once more: that is left, and told
    "settled",  # a person closed it, and now no ground is left
    "unreadable",  # the order's file is broken or gone
]
KEEP_CLOSED = "人工关闭"
"""The label by which a person's closing holds while its ground stands."""
MASS = 20
"""More closings than this, and more than a third of what is open, need a person's word."""


@dataclass(frozen=True, slots=True)
class Action:
    """One line of the plan. ``issue`` is what to write, ``found`` what lies there, ``news`` the
    grounds that people are told of in a comment, ``keeper`` the issue that a duplicate repeats."""

    action: Kind
    case: str
    level: str
    grounds: tuple[str, ...]
    title: str
    issue: Issue | None = None
    found: Found | None = None
    why: Why = ""
    news: tuple[str, ...] = ()
    keeper: int = 0

    @property
    def key(self) -> str:
        return key_of(self.case)

    @property
    def writes(self) -> bool:
        return self.action not in ("keep", "blocked")

    @property
    def reopened(self) -> int:
        """How often a person's closing has been taken back when this action is done."""
        before = self.found.marker.reopened if self.found and self.found.marker else 0
        if self.why == "taken_back":
            return before + 1
        return 0 if self.why in ("again", "new_ground") else before


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do. ``is_complete`` is false where a case could not be read: its issue is left
    as it is."""

    actions: tuple[Action, ...]
    is_complete: bool = True

    @property
    def closes_too_much(self) -> bool:
        closing = sum(action.action == "close" for action in self.actions)
        were_open = sum(a.found is not None and a.found.is_open for a in self.actions)
        return closing > MASS and closing * 3 > were_open

    @property
    def in_order(self) -> list[Action]:
        """The writing actions in the order to carry them out: what is most serious first, so
        that a run that is stopped has told that; what is over is closed last."""
        return sorted((a for a in self.actions if a.writes), key=_urgency)


def _urgency(action: Action) -> tuple[bool, int, str, bool]:
    is_closing = action.action == "close"
    return (
        is_closing,
        -rank(action.level),
        action.case,
        action.action == "close_duplicate",
    )


def plan(
    wanted: Mapping[str, Issue],
    found: Mapping[str, Sequence[Found]],
    unreadable: Collection[str] = (),
) -> Plan:
    """The actions that turn what is found into what is wanted, in the order of the cases.

    A case in ``unreadable`` (a broken or missing file) never closes its issue.
    """
    actions: list[Action] = []
    for case in sorted(wanted.keys() | found.keys()):
        lying = found.get(case, ())
        keeper = _keeper(lying)
        action = _decide(wanted.get(case), keeper, case in unreadable)
        if action is not None:
            actions.append(action)
        actions += [_duplicate(one, keeper) for one in lying if one.is_open and one != keeper]
    return Plan(tuple(actions), is_complete=not unreadable)


def duplicates(found: Mapping[str, Sequence[Found]]) -> list[Action]:
    """The closings of what lies there twice."""
    return [
        _duplicate(one, keeper)
        for lying in found.values()
        if (keeper := _keeper(lying)) is not None
        for one in lying
        if one.is_open and one != keeper
    ]


def _keeper(lying: Sequence[Found]) -> Found | None:
    """The issue that stays: the lowest open one; but a closing that a person asked for, with the
    label that says so, is not undone by a duplicate that happens to be open."""
    held = [one for one in lying if not one.is_open and KEEP_CLOSED in one.labels]
    candidates = held or [one for one in lying if one.is_open] or lying
    return min(candidates, key=lambda one: one.number, default=None)


def _duplicate(one: Found, keeper: Found | None) -> Action:
    number = keeper.number if keeper else 0
    return Action(
        "close_duplicate", one.case, one.level, (), one.title, found=one, keeper=number
    )  # fmt: skip


def _decide(wanted: Issue | None, found: Found | None, is_unreadable: bool) -> Action | None:
    if wanted is not None:
        kind, why = _change(wanted, found)
        return Action(
            kind, wanted.case, wanted.level, wanted.grounds, wanted.title, wanted, found,
            why, _news(wanted, found) if kind in ("update", "reopen") else (),
        )  # fmt: skip
    if found is None:
        return None
    kind, why = _ending(found, is_unreadable)
    if kind == "keep":
        return None
    return Action(kind, found.case, found.level, (), found.title, None, found, why)


def _ending(found: Found, is_unreadable: bool) -> tuple[Kind, Why]:
    """What becomes of an issue that nothing asks for any more."""
    by_person = _was_closed_by_a_person(found)
    if not found.is_open and not by_person:
        return "keep", ""
    if is_unreadable:
        return ("blocked", "unreadable") if found.is_open else ("keep", "")
    return ("update", "settled") if by_person else ("close", "")


def _change(wanted: Issue, found: Found | None) -> tuple[Kind, Why]:
    if found is None:
        return "open", ""
    is_new = bool(_news(wanted, found))
    if found.is_open:
        if is_new:
            return "update", "new_ground"
        return ("keep", "") if _says(wanted, found) else ("update", "")
    if not _was_closed_by_a_person(found):
        return "reopen", "again"
    if is_new:
        return "reopen", "new_ground"
    if KEEP_CLOSED in found.labels:
        return "keep", ""
    marker = found.marker
    return ("blocked", "closed_twice") if marker and marker.reopened else ("reopen", "taken_back")


def _was_closed_by_a_person(found: Found) -> bool:
    return not found.is_open and found.marker is not None and found.marker.state == "open"


def _news(wanted: Issue, found: Found | None) -> tuple[str, ...]:
    """The grounds that the issue did not name when it was last written."""
    if found is None or found.marker is None:
        return ()
    told = () if found.marker.state != "open" else found.marker.grounds
    return tuple(code for code in wanted.grounds if code not in told)


def _says(wanted: Issue, found: Found) -> bool:
    if found.title != wanted.title or not same_text(found.text, wanted.body):
        return False
    marker = found.marker
    return marker is not None and (marker.state, marker.level, marker.grounds) == (
        "open", wanted.level, wanted.grounds,
    )  # fmt: skip
