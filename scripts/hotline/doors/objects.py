"""A repository's objects as a hook asks for them: what a push brings, what is staged.

No work tree is looked at, and nothing that a repository names is run. All contents come
through one process of git.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from hotline.audit.history import NOTHING, Change
from hotline.doors import git
from hotline.doors.fault import Unavailable
from hotline.reading.limits import MAX_BYTES

_HERE = {"GIT_NO_LAZY_FETCH": "1", "GIT_LITERAL_PATHSPECS": "1"}
_RAW = ("--raw", "-r", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=none",
        "--no-ext-diff", "--no-textconv")  # fmt: skip
_NAME = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MUCH = 64 * 1024 * 1024
"""Bytes of a file that is too large: so many are passed over, of more the process is ended."""


class Entry(NamedTuple):
    """A path in a tree: its mode and the name of its blob."""

    mode: str
    blob: str


def is_name(text: str) -> bool:
    """Whether a word is the full name of an object."""
    return _NAME.fullmatch(text) is not None


def is_nothing(name: str) -> bool:
    """Whether git means by this name that there is no object."""
    return not name.strip("0")


class Objects:
    """The objects that are to be judged; to be used as a context. ``more`` is what git told
    the hook of where they lie (:func:`git.quarantine`, :func:`git.index`)."""

    def __init__(self, folder: Path, more: Mapping[str, str]) -> None:
        self.folder = folder
        self._more = {**_HERE, **more}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Objects:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _why: object, _where: TracebackType | None
    ) -> None:
        self._end()

    def ask(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """The output of one command; a failure is :class:`Unavailable`."""
        return git.run(self.folder, *arguments, stdin=stdin, more=self._more)

    def holds(self, *arguments: str) -> bool:
        """What a command answers by its exit code."""
        return git.holds(self.folder, *arguments, more=self._more)

    @property
    def are_there(self) -> bool:
        """Whether this is a repository at all."""
        try:
            self.ask("rev-parse", "--git-dir")
        except Unavailable as fault:
            if "没有找到 git" in str(fault):
                raise
            return False
        return True

    # --- commits ----------------------------------------------------------------------------

    def commit(self, revision: str) -> str | None:
        """The commit that a name or a tag means; None where there is none here."""
        name = f"{revision}^{{commit}}"
        try:
            found = self.ask("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        except Unavailable as fault:
            if "没有找到 git" in str(fault):
                raise
            return None
        return found.decode().strip()

    def main_branch(self) -> str:
        """The branch that a server offers first."""
        try:
            return self.ask("symbolic-ref", "--quiet", "--short", "HEAD").decode().strip()
        except Unavailable:
            return "main"

    def follows(self, new: str, old: str) -> bool:
        """Whether ``new`` goes on from ``old``."""
        return self.holds("merge-base", "--is-ancestor", old, new)

    def parted(self, one: str, other: str) -> str | None:
        """Where two commits parted; None where they share nothing."""
        try:
            found = self.ask("merge-base", one, other).decode().split()
        except Unavailable:
            return None
        return found[0] if found else None

    def empty(self) -> str:
        """The tree without files."""
        return self.ask("hash-object", "-t", "tree", "--stdin", stdin=b"").decode().strip()

    # --- trees ------------------------------------------------------------------------------

    def tree(self, commit: str, *folders: str) -> dict[str, Entry]:
        """All files of a commit, or those below ``folders``, by their path from the top."""
        listed = self.ask("ls-tree", "-r", "-z", "--full-tree", commit, "--", *folders)
        found = {}
        for line in filter(None, listed.split(b"\0")):
            head, _, path = line.partition(b"\t")
            mode, _, blob = head.decode().split()
            found[_text(path)] = Entry(mode, blob)
        return found

    def staged(self) -> dict[str, Entry]:
        """All files as the next commit will have them."""
        listed = self.ask("ls-files", "--stage", "--full-name", "-z")
        found = {}
        for line in filter(None, listed.split(b"\0")):
            head, _, path = line.partition(b"\t")
            mode, blob, stage = head.decode().split()
            if stage == "0":
                found[_text(path)] = Entry(mode, blob)
        return found

    def changes(self, old: str, new: str) -> list[Change]:
        """What differs between two trees."""
        return list(_changes(self.ask("diff-tree", *_RAW, old, new)))

    def being_merged(self) -> list[str]:
        """The other parents of the next commit, where a merge is being brought to its end."""
        said = self.ask("rev-parse", "--git-path", "MERGE_HEAD").decode().removesuffix("\n")
        path = self.folder / said
        return path.read_text("ascii").split() if path.is_file() else []

    def staged_changes(self, before: str | None = None) -> list[Change]:
        """What the next commit changes, against ``before`` or HEAD."""
        before = before or self.commit("HEAD") or self.empty()
        return list(_changes(self.ask("diff-index", "--cached", *_RAW, before)))

    def versions(self, new: str, known: Iterable[str]) -> Iterator[tuple[str, str]]:
        """(path, blob) of each version of a file that comes with the commit ``new`` and that
        nothing in ``known`` (commits, or options that name refs) has."""
        listed = self.ask("rev-list", "--objects", new, "--not", *known, "--")
        for line in listed.split(b"\n"):
            blob, _, path = line.partition(b" ")
            if path:
                yield _text(path), blob.decode()

    def messages(self, new: str, known: Iterable[str]) -> Iterator[tuple[str, str]]:
        """(commit, what its author wrote) of each commit that comes with ``new``."""
        told = self.ask("log", "--format=%H%n%an%n%cn%n%B", "-z", new, "--not", *known, "--")
        for row in told.split(b"\0"):
            name, _, words = row.partition(b"\n")
            if name:
                yield name.decode("ascii", "replace"), _text(words)

    # --- contents ---------------------------------------------------------------------------

    def blob(self, name: str, *, at_most: int = MAX_BYTES) -> bytes:
        """The content of a blob, one byte more than ``at_most`` of a larger one; nothing of what
        is none (a folder)."""
        process = self._process = self._process or self._begin()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(name.encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            raise Unavailable(f"git 读不出对象 {name}") from None
        head = process.stdout.readline().split()
        if len(head) != 3:
            raise Unavailable(f"缺少对象 {name}，仓库不完整；请运行 git fsck 核对")
        size = int(head[2])
        content = process.stdout.read(min(size, at_most + 1))
        self._pass_over(process, size - len(content) + 1)
        return content if head[1] == b"blob" else b""

    def _pass_over(self, process: subprocess.Popen[bytes], left: int) -> None:
        assert process.stdout is not None
        if left > _MUCH:
            self._end()
            return
        while left > 0:
            read = len(process.stdout.read(min(left, 1 << 20)))
            left -= read or left

    def _begin(self) -> subprocess.Popen[bytes]:
        return git.pipe(self.folder, "cat-file", "--batch", more=self._more)

    def _end(self) -> None:
        if self._process is not None:
            git.end(self._process)
            self._process = None


def _changes(raw: bytes) -> Iterator[Change]:
    words = raw.split(b"\0")
    for head, path in zip(words[::2], words[1::2], strict=False):
        old_mode, mode, old, new, _ = head.decode().removeprefix(":").split(" ")
        before, after = (NOTHING if is_nothing(name) else name for name in (old, new))
        yield Change(_text(path), old_mode, mode, before, after)


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
