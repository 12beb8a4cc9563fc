"""What a branch may bring to another: paths that both changed, decided without looking inside.

Work orders that both changed go together by the merge law. Anything else that both changed
is a person's to decide, and what would make a work order vanish is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_PATHS = 5000
"""So many paths one branch may change."""
_PLAIN, _PROGRAM, _LINK, _MODULE, _NOTHING = "100644", "100755", "120000", "160000", "000000"


class CannotLand(ValueError):
    """The branch stays where it is; the message is Chinese and says why."""


class Entry(NamedTuple):
    """What stands at a path of a tree: git's mode, and the id of the blob."""

    mode: str
    blob: str

    @property
    def is_there(self) -> bool:
        return self.mode != _NOTHING


class Change(NamedTuple):
    """What one side made of a path since the common version."""

    old: Entry
    new: Entry


@dataclass(frozen=True, slots=True)
class Plan:
    """``taken`` go into the tree as the branch has them; ``united`` are work orders of which
    the base (None where there is none), ours and theirs go together."""

    taken: dict[str, Entry] = field(default_factory=dict)
    united: dict[str, tuple[str | None, str, str]] = field(default_factory=dict)


def plan(
    ours: Mapping[str, Change], theirs: Mapping[str, Change], cases: str, *, only_cases: bool
) -> Plan:
    """What landing ``theirs`` on ``ours`` comes to; ``cases`` is the folder of work orders,
    with a slash at its end. Raises :class:`CannotLand`."""
    if len(theirs) > MAX_PATHS:
        raise CannotLand(f"一次改动了 {len(theirs)} 个文件，最多 {MAX_PATHS} 个，请分几次合并")
    made = Plan()
    for path, change in sorted(theirs.items()):
        is_case = path.startswith(cases)
        _refuse_kind(path, change, is_case)
        if only_cases and not is_case:
            raise CannotLand(f"改动了工单以外的文件 {path}，须另行审核")
        mine = ours.get(path)
        if is_case and change.new.is_there:
            _unite(made, path, mine, change)
        elif mine is None or mine.new == change.new:
            made.taken[path] = change.new
        else:
            raise CannotLand(f"两边都改了 {path}，它不是工单，要由人用 git merge 合并")
    return made


def _refuse_kind(path: str, change: Change, is_case: bool) -> None:
    mode = change.new.mode
    if mode == _LINK:
        raise CannotLand(f"{path} 是一个链接，不收链接")
    if mode == _MODULE:
        raise CannotLand(f"{path} 是一个子仓库，不收子仓库")
    if is_case and mode == _NOTHING:
        raise CannotLand(f"删除或改名了工单 {path}；工单只增记，不删除，不改名")
    if is_case and mode != _PLAIN:
        raise CannotLand(f"{path} 被标为可执行文件，请去掉执行权限")
    if mode not in (_PLAIN, _PROGRAM, _NOTHING):
        raise CannotLand(f"{path} 的类型（{mode[:6]}）不收")


def _unite(made: Plan, path: str, mine: Change | None, change: Change) -> None:
    """By the law even where only the branch changed the order: it must not lose an event."""
    here = mine.new if mine is not None else change.old
    base = change.old.blob if change.old.is_there else None
    if here.is_there and here.mode != _PLAIN:
        raise CannotLand(f"本分支上的 {path} 不是普通文件")
    if here.is_there:
        made.united[path] = (base, here.blob, change.new.blob)
    elif mine is not None:
        raise CannotLand(f"本分支上已没有工单 {path}，分支却改了它，请先查明")
    else:
        made.taken[path] = change.new


def message(branch: str, cases: list[str]) -> str:
    """The message of the merge commit: the branch and its orders."""
    if not cases:
        return f"合并 {branch}\n"
    named = "、".join(cases[:5]) + (f" 等 {len(cases)} 件工单" if len(cases) > 5 else "")
    rest = "".join(f"\n- {case}" for case in cases[:1000])
    return f"合并 {branch}：{named}\n\n涉及的工单：\n{rest}\n"
