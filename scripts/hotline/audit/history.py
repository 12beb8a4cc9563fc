"""What an audit is told of history: commits, what they changed, and when they counted."""

from __future__ import annotations

from typing import NamedTuple

SKEW = 300
"""Seconds by which the clocks of two machines may differ."""
NOTHING = "0" * 40
"""The name of no blob: what a new file was, and what a deleted one is."""
PLAIN = ("100644", "100755")
"""Modes of plain files; links and submodules have others."""


class Commit(NamedTuple):
    """A commit by its own words: the e-mails of author and committer, ``committed`` in seconds
    since 1970, ``signature`` as ``ssh``, ``other`` or empty."""

    name: str
    parents: tuple[str, ...]
    author: str
    committer: str
    committed: int
    signature: str


class Change(NamedTuple):
    """What a commit made of one path, against one of its parents."""

    path: str
    old_mode: str
    new_mode: str
    old: str
    new: str

    @property
    def was_plain(self) -> bool:
        return self.old_mode in PLAIN

    @property
    def is_plain(self) -> bool:
        return self.new_mode in PLAIN


class When(NamedTuple):
    """``landed``: when a commit reached the main line, in seconds since 1970, never before
    what came before it. ``doubt`` is ``early`` or ``future`` where its own time cannot be."""

    landed: int
    doubt: str = ""


class Step(NamedTuple):
    """A commit with its changes against each of its parents (of a first one: all its files)."""

    commit: Commit
    when: When
    changes: tuple[list[Change], ...]

    @property
    def is_merge(self) -> bool:
        return len(self.commit.parents) > 1


class Times:
    """When commits counted. A commit's own time is what its author's machine says; it counts
    from the moment at which the main line took it in.

    ``clamped`` are commits that counted later than they say, because something later came
    before them: name → seconds.
    """

    def __init__(self, now: int, clamped: dict[bytes, int] | None = None) -> None:
        self._now = now
        self._landed: dict[bytes, int] = {}
        self._before: dict[bytes, int] = {}
        self._first: dict[bytes, bytes] = {}
        self._merged: dict[bytes, list[bytes]] = {}
        self._doubts: dict[bytes, str] = {}
        self.clamped = dict(clamped or {})
        self.has_future = False
        self.root = b""
        """The first commit of the main line, or the newest of it that was known before."""

    def __len__(self) -> int:
        return len(self._landed)

    def knew(self, name: bytes, stamp: int) -> None:
        """Takes a commit that was judged before, to hold its children against."""
        self._before[name] = self.clamped.get(name, stamp)

    def add(self, name: bytes, parents: list[bytes], stamp: int) -> bool:
        """Takes the next commit, parents before children; False where a parent is missing."""
        own, before = stamp, 0
        for parent in parents:
            landed = self._landed.get(parent)
            landed = self._before.get(parent) if landed is None else landed
            if landed is None:
                return False
            before = max(before, landed)
        if stamp > self._now + SKEW:
            self._doubts[name] = "future"
            self.has_future = True
            stamp = before or self._now
        elif stamp < before - SKEW:
            self._doubts[name] = "early"
        self._landed[name] = max(stamp, before)
        if self._landed[name] != own:
            self.clamped[name] = self._landed[name]
        if parents:
            self._first[name] = parents[0]
        if len(parents) > 1:
            self._merged[name] = parents
        return True

    def settle(self, head: bytes) -> None:
        """What came by a merge counts from that merge on."""
        line = [head]
        while (parent := self._first.get(line[-1])) is not None:
            line.append(parent)
        known = set(line) if self._merged else set()
        for name in reversed(line):
            waiting = list(self._merged.get(name, ()))[1:]
            while waiting:
                other = waiting.pop()
                if other in known or other not in self._landed:
                    continue
                known.add(other)
                self._landed[other] = self._landed[name]
                if other in self._first:
                    waiting += self._merged.get(other, [self._first[other]])
        self._first.clear()
        self._merged.clear()
        self.root = line[-1]

    def when(self, name: bytes) -> When:
        return When(self._landed[name], self._doubts.get(name, ""))
