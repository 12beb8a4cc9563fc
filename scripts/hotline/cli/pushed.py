"""What a hook says to a push or a commit: what is refused, and what is told only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from hotline.audit.history import NOTHING, PLAIN, Change
from hotline.cli import brought as judging
from hotline.cli.brought import Brought
from hotline.doors.objects import Objects, is_nothing
from hotline.doors.snapshot import Snapshot, prefix_of
from hotline.findings.printers.text import line
from hotline.rules.wording import personal
from hotline.values.finding import Finding
from hotline.values.shown import on_one_line

_DATA = ("cases/", "registry/", "schema/")
_READ = ("cases/", "registry/", "docs/")
"""Where people write: looked through for personal data."""
_STRICT = re.compile(r"[A-Za-z0-9._/-]+")
_NEVER = {"", ".", "..", ".git"}
_ODD = re.compile(r"[^A-Za-z0-9._/-]")
_NAMED = re.compile(r"(?:cases|registry)/.*?\.yaml(?![A-Za-z0-9])")
"""What a finding's words name beside its own path: what became of a file."""
_MANY_DIGITS = re.compile(r"[0-9]{11,}")


class Push(NamedTuple):
    """A ref that is to go from one commit to another, as git tells it."""

    old: str
    new: str
    ref: str


@dataclass(slots=True)
class Verdict:
    """Chinese lines: why it is refused, and what is wrong but keeps nothing back."""

    refused: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Gate:
    """How a hook judges. ``protected`` are the branches that are kept whole; ``most`` is how
    many files may change at once."""

    objects: Objects
    now: datetime
    protected: Sequence[str]
    most: int
    judged: dict[str, Verdict] = field(default_factory=dict)
    """What was said of a commit for a branch that is not protected: many refs may name one."""

    def staged(self) -> Verdict:
        """What the next commit would bring."""
        changes = self.objects.staged_changes()
        if not changes:
            return Verdict()
        verdict = _too_many(len(changes), self.most)
        if verdict.refused:
            return verdict
        whole = Snapshot(self.objects, self.objects.staged())
        brought = self._brought(whole, changes, whole.before(changes), verdict)
        if brought is not None:
            found = brought.errors()
            for other in self.objects.being_merged():
                changed = _below(self.objects.staged_changes(other), brought.new.prefix)
                found += brought.lost(changed)
            verdict.refused += dict.fromkeys(map(_line, found))
        return verdict

    def pushed(self, push: Push, remote: Remote) -> Verdict:
        """What a push brings to a ref."""
        branch = push.ref.removeprefix("refs/heads/")
        is_protected = push.ref.startswith("refs/heads/") and branch in self.protected
        why, commit = self._impossible(push, branch if is_protected else "", remote)
        if why or commit is None:
            return Verdict([why] if why else [])
        if is_protected:
            return self._verdict(commit, self._tip(push, remote), remote, strict=True)
        if commit not in self.judged:
            tip = self._tip(None, remote)
            self.judged[commit] = self._verdict(commit, tip, remote, strict=False)
        return self.judged[commit]

    def _verdict(self, commit: str, tip: str | None, remote: Remote, *, strict: bool) -> Verdict:
        """What a commit brings beyond ``tip``; where it is not ``strict``, only what can never be
        taken back is refused."""
        verdict, brought, base = self._of_commit(commit, tip)
        if brought is None:
            return verdict
        for finding in brought.errors():
            refused = strict or judging.PERSONAL.wants(finding.code)
            (verdict.refused if refused else verdict.told).append(_line(finding))
        self._versions(brought, commit, base, remote, verdict)
        return verdict

    def _impossible(self, push: Push, protected: str, remote: Remote) -> tuple[str, str | None]:
        """Why a push is refused unseen ('' where it is not), and the commit that it brings (None
        where there is nothing to see)."""
        if push.ref.startswith("refs/replace/"):
            return "不接收 refs/replace/：它让各人看到的历史不一样", None
        if is_nothing(push.new):
            return (f"{protected} 是受保护的分支，不能删除" if protected else ""), None
        commit = self.objects.commit(push.new)
        if commit is None:
            return "推送的不是提交，不接收", None
        if protected and not is_nothing(push.old):
            if not remote.is_here(self.objects, push.old):
                return f"服务器上的 {protected} 有您还没取回的提交：先 git pull，再推送", None
            if not self.objects.follows(commit, push.old):
                words = "不接受强制推送：先 git pull，再 git push（不要加 --force）"
                return f"{protected} 是受保护的分支，{words}", None
        return "", commit

    def _tip(self, own: Push | None, remote: Remote) -> str | None:
        """The commit that judges: of a protected branch what it was, else what the first
        protected branch is."""
        if own is not None and not is_nothing(own.old):
            return own.old
        found = (remote.tip(self.objects, name) for name in self.protected)
        return next((commit for commit in found if commit is not None), None)

    def _of_commit(
        self, commit: str, tip: str | None
    ) -> tuple[Verdict, Brought | None, str | None]:
        objects = self.objects
        base = objects.parted(tip, commit) if tip is not None else None
        changes = objects.changes(base or objects.empty(), commit)
        verdict = _too_many(len(changes), self.most)
        if verdict.refused:
            return verdict, None, base
        whole = Snapshot(objects, objects.tree(commit))
        by = (
            whole.before(changes)
            if base == tip or tip is None
            else Snapshot(objects, objects.tree(tip))
        )
        return verdict, self._brought(whole, changes, by, verdict), base

    def _brought(
        self, whole: Snapshot, changes: list[Change], by: Snapshot, verdict: Verdict
    ) -> Brought | None:
        """What is to be judged; None where there are no data, or where they cannot be judged."""
        prefix = prefix_of(by.paths)
        judge = None if prefix is None else by.below(prefix)
        prefix = prefix_of(whole.paths) if prefix is None else prefix
        verdict.refused += _misnamed(changes, prefix or "")
        if prefix is None:
            if any(change.path.startswith("cases/") for change in changes):
                verdict.refused.append("有 cases/ 而没有 registry/，没有名录和时限就无法检查")
            return None
        inside = [c for c in _below(changes, prefix) if f"{c.path}/".startswith(_DATA)]
        verdict.refused += _links(inside)
        new = whole.below(prefix)
        return Brought(self.objects.folder, self.now, new.before(inside), new, inside, judge)

    def _versions(
        self, brought: Brought, commit: str, base: str | None, remote: Remote, verdict: Verdict
    ) -> None:
        """Refuses personal data that stand in a version on the way only: once it is on the server
        nobody gets it out again."""
        known = remote.known(self.objects, base)
        prefixes = tuple(brought.new.prefix + folder for folder in _READ)
        found = (
            (path.removeprefix(brought.new.prefix), blob)
            for path, blob in self.objects.versions(commit, known)
            if path.startswith(prefixes)
        )
        versions = list(islice(found, self.most + 1))
        if len(versions) > self.most:
            verdict.refused.append(
                f"一次推送带来的工单版本超过 {self.most} 个；请分几次推送，"
                "初次迁移由管理员在钩子里加 --max-files"
            )
            return
        words = "这是推送里一个较早的提交，删掉以后仍留在历史里：用 git reset --soft 重做这些提交"
        verdict.refused += [
            f"{_line(finding)}（{words}）" for finding in brought.personal(versions)
        ]
        verdict.refused += [
            f"提交 {name[:10]} 的说明里有{personal.KINDS[clear.kind]}：说明也会永远留在历史里，"
            "请用 git commit --amend 或 git rebase 改写"
            for name, text in self.objects.messages(commit, known)
            for clear in personal.found(text)[:1]
        ]


@dataclass(frozen=True, slots=True)
class Remote:
    """The repository that takes the push: ``tips`` are its branches as names of refs here,
    ```everything`` the option that names all that it has, ``lines`` what it said itself."""

    tips: str
    everything: str
    olds: dict[str, str] = field(default_factory=dict)

    def tip(self, objects: Objects, branch: str) -> str | None:
        told = self.olds.get(f"refs/heads/{branch}", "")
        if told and not is_nothing(told) and self.is_here(objects, told):
            return told
        return objects.commit(self.tips.format(branch))

    def is_here(self, objects: Objects, commit: str) -> bool:
        return objects.commit(commit) is not None

    def known(self, objects: Objects, base: str | None) -> list[str]:
        return [self.everything, *([base] if base else [])]


def _below(changes: Iterable[Change], prefix: str) -> list[Change]:
    """The changes in a folder, with their paths from there."""
    return [
        change._replace(path=change.path.removeprefix(prefix))
        for change in changes
        if change.path.startswith(prefix)
    ]


# --- what needs no rules -----------------------------------------------------------------------


def _too_many(count: int, most: int) -> Verdict:
    if count <= most:
        return Verdict()
    words = "请分几次提交、推送；初次迁移由管理员在钩子里加 --max-files"
    return Verdict([f"一次改动了 {count} 个文件，最多 {most} 个；{words}"])


def _misnamed(changes: Iterable[Change], prefix: str) -> Iterator[str]:
    """New files with names that a shell, a terminal or Windows takes for something else. Beside
    the data letters of every script may stand."""
    data = (".", *(prefix + folder for folder in (*_DATA, "site_templates/")))
    for change in changes:
        if change.old != NOTHING or not change.new_mode.strip("0"):
            continue
        strict = change.path.startswith(data)
        parts = set(change.path.lower().split("/"))
        if parts & _NEVER or (strict and not _STRICT.fullmatch(change.path)):
            yield f"{_shown(change.path)}:1: 文件名只能用字母、数字和 . _ -，请改名（git mv）"
        elif not strict and not all(
            c.isalnum() or c in "._/- ()（）《》、，·+" for c in change.path
        ):
            yield f"{_shown(change.path)}:1: 文件名里有特殊字符，请改名（git mv）"


def _links(changes: Iterable[Change]) -> Iterator[str]:
    """Links and submodules beside the orders, which rules of their own look after."""
    for change in changes:
        is_there = change.new_mode.strip("0") and change.new_mode not in PLAIN
        if is_there and not change.path.startswith("cases/"):
            yield f"{_shown(change.path)}:1: 不能放链接或子模块，请换成普通文件"


def _line(finding: Finding) -> str:
    """A finding as ``check`` prints it; a name that may hold anything is not repeated."""
    text = line(finding).replace(on_one_line(finding.path), _shown(finding.path))
    return on_one_line(_NAMED.sub(lambda found: _shown(found[0]), text))


def _shown(path: str) -> str:
    return _MANY_DIGITS.sub("…", _ODD.sub("?", path))
