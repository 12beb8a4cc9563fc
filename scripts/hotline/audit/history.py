"""What an audit is told of history: commits, what they changed, and when they counted."""

from __future__ import annotations

from array import array
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
    from the moment at which the main line took it in, and never before what came before it.

    Commits are told twice by their place in one list: children before parents to
    :meth:`place`, then backwards to :meth:`count`. Some twenty bytes of each are held, and
    names only between a child and its parent.
    """

    def __init__(self, head: bytes, now: int, clamped: dict[bytes, int] | None = None) -> None:
        self._now = now
        self._main: bytes | None = head
        self._first = head
        self._takers = array("q")
        self._taken: dict[bytes, int] = {}
        self._frees = bytearray()
        self._landed = array("q")
        self._left = 0
        self._counted: dict[bytes, int] = {}
        self._doubts: dict[int, str] = {}
        self.clamped = dict(clamped or {})
        """Commits that counted later than they say, because something later came before them:
        name → seconds."""

    def __len__(self) -> int:
        return len(self._takers)

    @property
    def root(self) -> bytes:
        """The first commit of the main line; where the list ends before it, the newest of the
        main line that is not in it."""
        return self._main or self._first

    @property
    def has_future(self) -> bool:
        return "future" in self._doubts.values()

    def place(self, name: bytes, parents: list[bytes]) -> None:
        """Takes the next commit, children before parents: which commit of the main line took it
        in, and of which parents it is the newest child."""
        own = len(self._takers)
        taker = self._taken.pop(name, own)
        if name == self._main:
            taker, self._first = own, name
            self._main = parents[0] if parents else None
        frees = 0
        for number, parent in enumerate(parents):
            if parent not in self._taken:
                frees |= 1 << number if number < 8 else 0
            # The oldest commit of the main line counts: the one that comes last.
            self._taken[parent] = max(self._taken.get(parent, taker), taker)
        self._takers.append(taker)
        self._frees.append(frees)

    def knew(self, name: bytes, stamp: int) -> None:
        """Takes a commit that is not in the list, to hold its children against."""
        self._counted[name] = self.clamped.get(name, stamp)

    def count(self, name: bytes, parents: list[bytes], stamp: int) -> bool:
        """Takes the commits in the other direction; False where a parent is missing."""
        if not self._landed:
            self._landed = array("q", bytes(8 * len(self._takers)))
            self._left = len(self._takers)
        self._left -= 1
        before = 0
        for number, parent in enumerate(parents):
            counted = self._counted.get(parent)
            if counted is None:
                return False
            before = max(before, counted)
            if self._frees[self._left] >> number & 1 if number < 8 else False:
                del self._counted[parent]
        self._counted[name] = self._landed[self._left] = self._moment(name, stamp, before)
        return True

    def _moment(self, name: bytes, stamp: int, before: int) -> int:
        own = stamp
        if stamp > self._now + SKEW:
            self._doubts[self._left] = "future"
            stamp = before or self._now
        elif stamp < before - SKEW:
            self._doubts[self._left] = "early"
        moment = max(stamp, before)
        if moment != own:
            self.clamped[name] = moment
        return moment

    def taker(self, place: int) -> int:
        """The place of the commit of the main line that took in the one at ``place``."""
        return self._takers[place]

    def when(self, place: int) -> When:
        """Of the commit at a place of the list, from 0."""
        return When(self._landed[self._takers[place]], self._doubts.get(place, ""))
