"""Which of a forge's issues are the bot's own: an outsider's copy or forgery never counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hotline.escalation.issue import key_of
from hotline.escalation.marker import Body, Marker, read

_TITLE = re.compile(r"^【[^】]{1,12}】([A-Z]{2,6}-[0-9]{8}-[0-9]{4,6}) ")


@dataclass(frozen=True, slots=True)
class Row:
    """An issue as a forge lists it. ``author`` is an id, never a name that can be taken over."""

    number: int
    title: str
    body: str
    is_open: bool
    author: str
    labels: frozenset[str] = frozenset()
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The bot's issue of a case as it lies on a forge; ``text`` is our part of its body.

    ``marker`` is None where somebody took the mark away (or where the forge has none).
    """

    case: str
    title: str
    text: str
    is_open: bool
    level: str = "unit"
    number: int = 0
    marker: Marker | None = None
    labels: frozenset[str] = frozenset()
    is_locked: bool = False
    body: Body = field(default_factory=lambda: Body(None, ""))


class Judge:
    """Tells own issues from foreign ones.

    With secrets, a mark must carry a code of one of them, and the author must be one that a
    signed mark names; before any is known, anyone whose signed mark names this repository.
    Without secrets, the author of the lowest marked issue is taken for the bot.
    """

    def __init__(self, repository: str, secrets: Sequence[bytes] = ()) -> None:
        self.repository = repository
        self.secrets = secrets

    def found(self, rows: Iterable[Row]) -> dict[str, list[Found]]:
        """The bot's issues by case, each case's in the order of their numbers."""
        taken = [(row, read(row.body)) for row in sorted(rows, key=lambda row: row.number)]
        proved = [(row, body) for row, body in taken if self._is_proved(body.marker)]
        authors = self.authors(proved)
        by_case: dict[str, list[Found]] = {}
        for row, body in taken:
            own = self._own(row, body, authors)
            if own is not None:
                by_case.setdefault(own.case, []).append(own)
        return by_case

    def authors(self, proved: Sequence[tuple[Row, Body]]) -> frozenset[str]:
        """The ids under which the bot has written here."""
        marks = [(row.author, body.marker) for row, body in proved if body.marker]
        if self.secrets:
            return frozenset(author for author, marker in marks if marker.by == author)
        here = [author for author, marker in marks if marker.repository == self.repository]
        # A repository that was renamed has marks of its former name only.
        return frozenset((here or [author for author, _ in marks])[:1])

    def _is_proved(self, marker: Marker | None) -> bool:
        if marker is None or marker.key != key_of(marker.case):
            return False
        return marker.is_signed_by(self.secrets) if self.secrets else True

    def _own(self, row: Row, body: Body, authors: frozenset[str]) -> Found | None:
        marker = body.marker
        if marker is not None and self._is_proved(marker):
            is_first = bool(self.secrets) and not authors and marker.repository == self.repository
            is_own = is_first or row.author in authors
            return _found(marker.case, row, body, marker) if is_own else None
        # A mark that was damaged or taken away proves nothing, and what a damaged one says of
        # the past is not believed. But only the bot can be the author of the bot's issue.
        if not row.is_open or row.author not in authors:
            return None
        titled = _TITLE.match(row.title)
        if marker is not None and marker.key == key_of(marker.case):
            return _found(marker.case, row, body, None)
        return _found(titled[1], row, body, None) if titled else None


def _found(case: str, row: Row, body: Body, marker: Marker | None) -> Found:
    return Found(
        case, row.title, body.ours, row.is_open, marker.level if marker else "unit",
        row.number, marker, row.labels, row.is_locked, body,
    )  # fmt: skip
