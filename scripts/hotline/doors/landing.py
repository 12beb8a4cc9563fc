"""Branches landed one after another, as commits that are made before anything is touched.

Trees are put together from objects; a branch moves in one step from the old commit to the
new one; the work tree follows where it was clean. No hook, filter or program that the
repository names ever runs.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Literal, NamedTuple, Protocol

from hotline.doors import git
from hotline.doors.fault import Unavailable
from hotline.doors.lock import locked
from hotline.reading.limits import MAX_BYTES
from hotline.reading.strict_yaml import parse
from hotline.values.shown import on_one_line
from hotline.writing.branches import CannotLand, Change, Entry, Plan, message, plan
from hotline.writing.merge import CannotMerge, loses_events, merge

MAX_DATA = 8 * 1024 * 1024
"""Bytes of one file of the registry."""
_DATA = ("cases/", "registry/", "schema/")

Files = dict[str, bytes | None]
"""Files by their path from the data repository's root, None where one is taken away."""


class Judge(Protocol):
    """Says what is wrong with a change of data to the branch as it stands."""

    def faults(self, changed: Files) -> list[str]:
        """Chinese lines, none where it may land."""
        ...

    def accept(self, changed: Files) -> None:
        """The change has landed: the next is judged on top of it."""
        ...


class Outcome(NamedTuple):
    """What became of a branch. ``commit`` is the merge, ``cases`` the ids of its orders."""

    branch: str
    status: Literal["landed", "refused", "contained"]
    commit: str = ""
    cases: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for. ``onto`` is a local branch, None for the one that is checked out."""

    branches: Sequence[str]
    onto: str | None = None
    only_cases: bool = False
    dry_run: bool = False


def land(root: Path, order: Order, judge_of: Callable[[str], Judge]) -> Iterator[Outcome]:
    """Lands each branch that can be landed; ``judge_of`` is given the commit to begin with.

    Raises :class:`Unavailable` before anything has changed where the branch cannot be moved:
    a work tree that is not clean, nobody's name, another git at work.
    """
    with locked(root):
        target = _Target(root, order)
        judge = judge_of(target.tip)
        for branch in order.branches:
            yield _landed(target, branch, judge)


def _landed(target: _Target, branch: str, judge: Judge) -> Outcome:
    shown = on_one_line(branch)
    try:
        commit = target.commit_of(branch)
        if target.contains(commit):
            return Outcome(shown, "contained")
        made = _Merge(target, commit)
        faults = judge.faults(made.files)
        if faults:
            return Outcome(shown, "refused", "", made.cases, "\n".join(faults))
        new = made.commit(message(shown, list(made.cases)))
        target.move(new)
    except CannotLand as why:
        return Outcome(shown, "refused", reason=on_one_line(str(why)))
    judge.accept(made.files)
    return Outcome(shown, "landed", new, made.cases)


class _Target:
    """The branch that others land on, and where it stands now."""

    def __init__(self, root: Path, order: Order) -> None:
        self.root, self.order = root, order
        self.prefix = git.prefix(root)
        self.top = Path(self._git("rev-parse", "--show-toplevel").decode().removesuffix("\n"))
        head = self._head()
        self.ref = f"refs/heads/{order.onto}" if order.onto is not None else head
        if not self.ref:
            raise Unavailable("现在不在任何分支上，请用 --onto 写明合并到哪个分支")
        self.name = self.ref.removeprefix("refs/heads/")
        self.tip = git.resolve(root, self.ref)
        self.people = self._people()
        self.follows = head == self.ref and not order.dry_run
        if self.follows:
            self._refuse_unless_clean()
        elif not order.dry_run:
            self._refuse_elsewhere()

    def _head(self) -> str:
        try:
            return self._git("symbolic-ref", "--quiet", "HEAD").decode().strip()
        except Unavailable:
            if not git.holds(self.root, "rev-parse", "--git-dir"):
                raise Unavailable(f"{self.root} 不是 git 仓库") from None
            return ""

    def _git(
        self, *arguments: str, stdin: bytes | None = None, more: dict[str, str] | None = None
    ) -> bytes:
        # Objects that are not here are not fetched: a fetch runs what the repository names.
        given = {"GIT_NO_LAZY_FETCH": "1", **(more or {})}
        return git.run(self.root, *arguments, stdin=stdin, more=given)

    def _people(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for whose in ("AUTHOR", "COMMITTER"):
            who = git.identity(self.root, whose)
            if who is None:
                raise Unavailable(
                    "git 还不知道您是谁，合并提交写不了署名。请先运行：\n"
                    'git config --global user.name "姓名"\ngit config --global user.email "邮箱"'
                )
            keys = (f"GIT_{whose}_{part}" for part in ("NAME", "EMAIL", "DATE"))
            found.update(zip(keys, who, strict=True))
        return found

    @cached_property
    def signature(self) -> tuple[str, ...]:
        """Options that sign a commit where the user's own configuration asks for it."""

        def own(name: str) -> str:
            return git.users_own(self.root, name) or ""

        if own("commit.gpgsign").lower() not in ("true", "yes", "on", "1"):
            return ()
        way, key = own("gpg.format") or "openpgp", own("user.signingkey")
        if way not in ("ssh", "openpgp") or (way == "ssh" and not key):
            raise Unavailable("git 设定了签名，但没有 user.signingkey，或签名方式不是 ssh、openpgp")
        chosen = ("-c", f"user.signingkey={key}") if key else ()
        return ("-c", f"gpg.format={way}", *chosen)

    # --- the work tree ------------------------------------------------------------------

    @cached_property
    def _quiet(self) -> dict[str, str]:
        """Configuration that takes every filter of the repository out of action."""
        try:
            said = self._git("config", "-z", "--name-only", "--get-regexp", r"^filter\.")
        except Unavailable:
            return {}
        names = sorted(
            {name for name in said.decode("utf-8", "surrogateescape").split("\0") if name}
        )
        values = {"GIT_CONFIG_COUNT": str(len(names))}
        for number, name in enumerate(names):
            values[f"GIT_CONFIG_KEY_{number}"] = name
            values[f"GIT_CONFIG_VALUE_{number}"] = "false" if name.endswith(".required") else ""
        return values

    def _refuse_unless_clean(self) -> None:
        self._refuse_locked()
        if self._changes() and not self._caught_up():
            raise Unavailable(
                "工作区有没提交的改动，合并会碰到它们。请先提交（git commit），"
                "或先收起来（git stash，合并以后 git stash pop），再运行"
            )

    def _changes(self) -> bytes:
        return self._git("status", "--porcelain", "-z", "--untracked-files=no", more=self._quiet)

    def _refuse_locked(self) -> None:
        said = self._git("rev-parse", "--path-format=absolute", "--git-path", "index.lock")
        path = Path(said.decode().removesuffix("\n"))
        if path.exists():
            raise Unavailable(
                f"另一个 git 正在运行，或上次被中断了。确认没有 git 在运行以后，删去 {path} 再运行"
            )

    def _caught_up(self) -> bool:
        """A landing that was killed after the branch had moved is carried to its end: index
        and work tree are then still those of the merge's first parent."""
        if not git.holds(self.root, "rev-parse", "--verify", "--quiet", f"{self.tip}^2"):
            return False
        before = git.resolve(self.root, f"{self.tip}^1")
        with suppress(Unavailable):
            self._git("diff-index", "--quiet", "--cached", before, "--", more=self._quiet)
            self._git("diff-files", "--quiet", "--", more=self._quiet)
            self._follow(before, self.tip)
            return not self._changes()
        return False

    def _refuse_elsewhere(self) -> None:
        listed = self._git("worktree", "list", "--porcelain", "-z").decode("utf-8", "replace")
        if f"branch {self.ref}" in listed.split("\0"):
            raise Unavailable(f"分支 {self.name} 在另一个工作区里打开着，请到那里运行")

    def _follow(self, old: str, new: str, *options: str) -> None:
        """The index and the work tree go from one commit to the other."""
        with suppress(Unavailable):  # it says so where a file differs; so does what follows
            self._git("update-index", "-q", "--refresh", more=self._quiet)
        git.run(
            self.top, "read-tree", "-m", "-u", *options, old, new,
            more={"GIT_NO_LAZY_FETCH": "1", **self._quiet},
        )  # fmt: skip

    # --- commits --------------------------------------------------------------------------

    def commit_of(self, branch: str) -> str:
        for name in (f"refs/heads/{branch}", f"refs/remotes/{branch}", branch):
            with suppress(Unavailable):
                return git.resolve(self.root, name)
        raise CannotLand(f"没有分支 {branch}")

    def contains(self, commit: str) -> bool:
        return git.holds(self.root, "merge-base", "--is-ancestor", commit, self.tip)

    def move(self, new: str) -> None:
        """The branch goes to ``new``, unless somebody else has moved it."""
        if self.order.dry_run:
            self.tip = new
            return
        if self.follows:
            try:
                self._follow(self.tip, new, "-n")
            except Unavailable:
                raise CannotLand(
                    "工作区里有同名的、还没纳入版本的文件，合并会盖掉它们；请先移走（git status 可见）"
                ) from None
        try:
            self._git("update-ref", "-m", "hotline land", self.ref, new, self.tip, more=self.people)
        except Unavailable as fault:
            raise Unavailable(self._why_not_moved(str(fault))) from None
        if self.follows:
            self._follow(self.tip, new)
        self.tip = new

    def _why_not_moved(self, said: str) -> str:
        if "File exists" in said:
            return f"分支 {self.name} 被锁住了；确认没有 git 在运行以后，删去锁文件再运行：{said}"
        return f"分支 {self.name} 刚被别人移动了，没有改动它；请重新运行"


def _root(blob: bytes) -> Any:
    return parse(blob).root


class _Merge:
    """One branch put together with the target, in objects only."""

    def __init__(self, target: _Target, theirs: str) -> None:
        self.target, self.theirs = target, theirs
        self.git = target._git
        bases = self._bases()
        ours_changed, theirs_changed = (
            self._changes(bases[0], side) for side in (target.tip, theirs)
        )
        cases = f"{target.prefix}cases/"
        self.plan: Plan = plan(
            ours_changed, theirs_changed, cases, only_cases=target.order.only_cases
        )
        self.united = dict(self._united(bases))

    @cached_property
    def files(self) -> Files:
        """What the merge changes in the data, from the repository's root."""
        taken = {
            path: entry
            for path, entry in self.plan.taken.items()
            if path.startswith(tuple(self.target.prefix + folder for folder in _DATA))
        }
        blobs = {path: entry.blob for path, entry in taken.items() if entry.is_there}
        self._refuse_large({blob: path for path, blob in blobs.items()})
        read = dict(zip(blobs, git.contents(self.target.root, list(blobs.values())), strict=True))
        found: Files = {**{path: read.get(path) for path in taken}, **self.united}
        return {path.removeprefix(self.target.prefix): blob for path, blob in found.items()}

    @property
    def cases(self) -> tuple[str, ...]:
        """The ids of the orders, as far as names can be ids."""
        stems = (PurePosixPath(path).stem for path in self.files if path.startswith("cases/"))
        return tuple(sorted({on_one_line(stem)[:40] for stem in stems}))

    def _bases(self) -> list[str]:
        try:
            said = self.git("merge-base", "--all", self.target.tip, self.theirs)
        except Unavailable:
            raise CannotLand("与本分支没有共同的历史，不能合并") from None
        return said.decode().split()

    def _changes(self, base: str, side: str) -> dict[str, Change]:
        said = self.git(
            "diff-tree", "-r", "-z", "--raw", "--no-renames", "--full-index", base, side
        )
        words = said.split(b"\0")
        found = {}
        for head, name in zip(words[::2], words[1::2], strict=False):
            old_mode, mode, old, new, _ = head.decode().removeprefix(":").split()
            path = name.decode("utf-8", "surrogateescape")
            found[path] = Change(Entry(old_mode, old), Entry(mode, new))
        return found

    def _united(self, bases: list[str]) -> Iterator[tuple[str, bytes]]:
        wanted = self.plan.united
        blobs = {blob: path for path, three in wanted.items() for blob in three if blob}
        self._refuse_large(blobs, MAX_BYTES)
        read = dict(zip(blobs, git.contents(self.target.root, list(blobs)), strict=True))
        for path, (base, ours, theirs) in wanted.items():
            is_one = base is not None and self._is_the_base(path, base, bases)
            try:
                yield path, merge(
                    read[base] if base is not None and is_one else None,
                    read[ours], read[theirs], _root,
                )  # fmt: skip
            except CannotMerge as why:
                # What only the branch changed may be written in any way, or mend a broken file.
                if ours != base or loses_events(read[ours], read[theirs], _root):
                    raise CannotLand(f"{path}：{why}") from None
                yield path, read[theirs]

    def _is_the_base(self, path: str, blob: str, bases: list[str]) -> bool:
        """Whether all common versions (there may be several) hold the same."""
        if len(bases) == 1:
            return True
        found = (self.git("ls-tree", "-z", "--full-tree", base, "--", path) for base in bases)
        return all(blob.encode() in said for said in found)

    def _refuse_large(self, blobs: dict[str, str], limit: int = MAX_DATA) -> None:
        """Refuses a blob of more than ``limit`` bytes; ``blobs`` names the path of each."""
        if not blobs:
            return
        given = "\n".join(blobs).encode() + b"\n"
        said = self.git("cat-file", "--batch-check=%(objectsize)", stdin=given).split(b"\n")
        for path, size in zip(blobs.values(), said, strict=False):
            if not size.isdigit() or int(size) > limit:
                raise CannotLand(f"{path} 读不出，或超过 {limit // 1024} KiB")

    def commit(self, words: str) -> str:
        """The merge commit: two parents, the target's first."""
        options = [*self.target.signature, "-c", "i18n.commitEncoding=utf-8", "commit-tree"]
        if self.target.signature:
            options.append("-S")
        parents = ("-p", self.target.tip, "-p", self.theirs, "-F", "-")
        return (
            self.git(
                *options, self._tree(), *parents, stdin=words.encode(), more=self.target.people
            )
            .decode()
            .strip()
        )

    def _tree(self) -> str:
        entries = {
            path: Entry(
                "100644", self.git("hash-object", "-w", "--stdin", stdin=blob).decode().strip()
            )
            for path, blob in self.united.items()
        } | self.plan.taken
        gone = [path for path, entry in entries.items() if not entry.is_there]
        rows = [
            f"{'0' if path in gone else entry.mode} {entry.blob}\t{path}\0"
            for path, entry in entries.items()
        ]
        given = "".join(rows).encode("utf-8", "surrogateescape")
        with tempfile.TemporaryDirectory(prefix="hotline-land-") as folder:
            index = str(Path(folder) / "index")
            self.git("read-tree", self.target.tip, more={"GIT_INDEX_FILE": index})
            try:
                git.run(
                    self.target.top, "update-index", "-z", "--index-info", stdin=given,
                    more={"GIT_INDEX_FILE": index, "GIT_NO_LAZY_FETCH": "1"},
                )  # fmt: skip
            except Unavailable:
                raise CannotLand("有的文件名与本分支上的文件夹同名，或不被 git 接受") from None
            return self.git("write-tree", more={"GIT_INDEX_FILE": index}).decode().strip()
