"""Which of a forge's issues are the bot's own: an outsider's copy or forgery never counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hotline.escalation.issue import key_of
from hotline.escalation.marker import Body, Marker, read

_TITLE = re.compile(
    r"^【(?:已超期|即将到期|提请局督办|报请县督办|追责线索)】"
    r"([A-Z]{2,6}-[0-9]{8}-[0-9]{4,6}) [^·]+ · ."
)
"""A title as the bot writes it, whole: what a person writes in brackets is not ours."""


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
    """Tells own issues from foreign ones: by the mark, and by who is the author.

    With secrets, a mark must carry a code of one of them, and the author must be one that a
    signed mark names. Before any names one, and always without secrets, it is the author of
    the lowest marked issue.
    """

    def __init__(self, repository: str, secrets: Sequence[bytes] = ()) -> None:
        self.repository = repository
        self.secrets = secrets

    def found(self, rows: Iterable[Row]) -> dict[str, list[Found]]:
        """The bot's issues by case, each case's in the order of their numbers."""
        taken = self._taken(rows)
        authors = self._bound(taken) or self._first(taken)
        by_case: dict[str, list[Found]] = {}
        for row, body in taken:
            own = self._own(row, body) if row.author in authors else None
            if own is not None:
                by_case.setdefault(own.case, []).append(own)
        return by_case

    def authors(self, rows: Iterable[Row]) -> frozenset[str]:
        """The ids under which the bot has written here, as far as that is known."""
        taken = self._taken(rows)
        return self._bound(taken) or self._first(taken)

    def unbound(self, rows: Iterable[Row]) -> Row | None:
        """The issue whose mark should name its author, where none does yet."""
        taken = self._taken(rows)
        if not self.secrets or self._bound(taken):
            return None
        authors = self._first(taken)
        proved = (row for row, body in taken if self._is_proved(body.marker))
        return next((row for row in proved if row.author in authors), None)

    def was_refused(self, rows: Iterable[Row]) -> Row | None:
        """An issue that another account began with and gave up, where only a key could tell the
        two accounts apart."""
        foreign = (
            row for row, body in self._taken(rows) if body.marker and body.marker.state == "foreign"
        )
        return None if self.secrets else next(foreign, None)

    def _taken(self, rows: Iterable[Row]) -> list[tuple[Row, Body]]:
        return [(row, read(row.body)) for row in sorted(rows, key=lambda row: row.number)]

    def _bound(self, taken: Sequence[tuple[Row, Body]]) -> frozenset[str]:
        return frozenset(
            row.author
            for row, body in taken
            if self.secrets
            and self._is_proved(body.marker)
            and body.marker is not None
            and body.marker.by == row.author != ""
        )

    def _first(self, taken: Sequence[tuple[Row, Body]]) -> frozenset[str]:
        marks = [
            (row.author, body.marker.repository)
            for row, body in taken
            if body.marker and self._is_proved(body.marker) and body.marker.state != "foreign"
        ]
        here = [author for author, repository in marks if repository == self.repository]
        # A repository that was renamed has marks of its former name only. With a key, a mark
        # from elsewhere that names no author proves nothing here.
        others = [] if self.secrets else [author for author, _ in marks]
        return frozenset([author for author in here or others if author][:1])

    def _is_proved(self, marker: Marker | None) -> bool:
        if marker is None or marker.key != key_of(marker.case):
            return False
        return marker.is_signed_by(self.secrets) if self.secrets else True

    def _own(self, row: Row, body: Body) -> Found | None:
        """An issue of one of the bot's authors, where it is the bot's."""
        marker = body.marker
        if marker is not None and self._is_proved(marker):
            return None if marker.state == "foreign" else _found(marker.case, row, body, marker)
        # What a damaged mark says of the past is not believed, but only the bot can be the
        # author of the bot's issue.
        if row.is_open and marker is not None and marker.key == key_of(marker.case):
            return _found(marker.case, row, body, None)
        titled = _TITLE.match(row.title)
        if row.is_open and titled:
            return _found(titled[1], row, body, None)
        return None


def _found(case: str, row: Row, body: Body, marker: Marker | None) -> Found:
    return Found(
        case, row.title, body.ours, row.is_open, marker.level if marker else "unit",
        row.number, marker, row.labels, row.is_locked, body,
    )  # fmt: skip
