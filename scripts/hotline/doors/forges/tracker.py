"""A repository's issues: read whole, written with certainty, or said not to be known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from hotline.doors.fault import Unavailable
from hotline.doors.forges.dialect import (
    AnswerIsStrange,
    Comment,
    Dialect,
    Label,
    Listed,
    Reason,
    Ref,
    comment,
    has_next,
    label_name,
    listed,
    rows_of,
)
from hotline.doors.forges.patience import Later, Patient, Refused
from hotline.doors.forges.wire import Lost, Request
from hotline.escalation.found import Row
from hotline.escalation.marker import same_text

SETTLE = (2.0, 5.0, 10.0, 15.0, 30.0, 30.0)
"""Seconds between looks for a write whose answer was lost: 92 in all, and a forge's lists lag up
to a minute behind."""
_MAX_PAGES = 2_000
_READINGS = 3
"""How often a list is read whose total did not agree with its rows."""
_AHEAD = 30
"""How many numbers beyond the last one listed are looked at."""


class IncompleteRead(Unavailable):
    """The list of issues changed under the reading; nothing is concluded from a part."""

    def __init__(self) -> None:
        super().__init__("代码平台上的提醒没有读全，什么也没有写；请稍后再运行")


class Tracker:
    """Issues, comments and labels of one repository."""

    def __init__(self, dialect: Dialect, patient: Patient) -> None:
        self.dialect = dialect
        self.patient = patient
        self.last_number = 0
        """The highest number seen, those of pull requests included."""
        self._refs: dict[str, Ref] | None = None

    # --- reading ---------------------------------------------------------------------------

    def rows(self) -> list[Row]:
        """Every issue. :class:`IncompleteRead` where the list does not hold still."""
        for _ in range(_READINGS):
            pages, totals = self._pages()
            entries = {entry.number: entry for page in pages for entry in page}
            if not totals:
                entries |= {e.number: e for e in self._between(pages)}
            elif totals != {len(entries)}:
                continue  # something came or went between two pages
            self.last_number = max([self.last_number, *entries])
            return [entry.row for entry in entries.values() if entry.row is not None]
        raise IncompleteRead

    def _pages(self) -> tuple[list[list[Listed]], set[int]]:
        """The whole list page by page, and what the pages say of its length. A page that brings
        nothing new ends it too: some forges do not know of pages."""
        pages: list[list[Listed]] = []
        seen: set[int] = set()
        totals: set[int] = set()
        for number in range(1, _MAX_PAGES):
            told, headers = self.patient.read(self.dialect.issues(number, newest_first=False))
            page = [listed(entry) for entry in rows_of(told)]
            fresh = {entry.number for entry in page} - seen
            total = self.dialect.total(headers)
            totals |= set() if total is None else {total}
            if fresh:
                pages.append(page)
                seen |= fresh
            if not fresh or has_next(headers) is False:
                return pages, totals
        raise IncompleteRead

    def _between(self, pages: list[list[Listed]]) -> Iterator[Listed]:
        """Rows that slipped through between two pages, because one of an earlier page was
        deleted or moved meanwhile: the numbers that are missing just there are asked for."""
        for before, after in pairwise(pages):
            ends = sorted((before[-1].number, after[0].number))
            for number in range(ends[0] + 1, ends[1])[-_AHEAD:]:
                try:
                    yield listed(self.patient.read(self.dialect.issue(number))[0])
                except Refused as refused:
                    if refused.answer.status not in (301, 404, 410):
                        raise

    def newer_than(self, number: int) -> list[Row]:
        """The issues whose number is higher."""
        rows: dict[int, Row] = {}
        seen: set[int] = set()
        for page in range(1, _MAX_PAGES):
            told, headers = self.patient.read(self.dialect.issues(page, newest_first=True))
            found = [listed(entry) for entry in rows_of(told)]
            fresh = {e.number for e in found if e.number > number} - seen
            seen |= fresh
            rows |= {e.number: e.row for e in found if e.row is not None and e.number > number}
            is_done = not fresh or min(entry.number for entry in found) <= number
            if is_done or has_next(headers) is False:
                break
        return list(rows.values())

    def ahead(self) -> list[Row]:
        """Issues that the list does not show yet, though they can be had by their number. One
        number that nobody has may be of a deleted issue (Gitea tells no difference), two end it."""
        rows, missed = [], 0
        for number in range(self.last_number + 1, self.last_number + 1 + _AHEAD):
            try:
                entry = listed(self.patient.read(self.dialect.issue(number))[0])
            except Refused as refused:
                if refused.answer.status not in (301, 404, 410):
                    raise
                missed = missed + 1 if refused.answer.status == 404 else 0
                if missed > 1:
                    break
                continue
            self.last_number, missed = number, 0
            if entry.row is not None:
                rows.append(entry.row)
        return rows

    def issue(self, number: int) -> Row | None:
        return listed(self.patient.read(self.dialect.issue(number))[0]).row

    def comments(self, number: int) -> list[Comment]:
        found: dict[int, Comment] = {}
        for page in range(1, _MAX_PAGES):
            told, headers = self.patient.read(self.dialect.comments(number, page))
            fresh = {c.id: c for c in map(comment, rows_of(told))}
            if not fresh.keys() - found.keys():
                break
            found |= fresh
            if has_next(headers) is False:
                break
        return list(found.values())

    # --- writing ---------------------------------------------------------------------------

    def create(self, title: str, body: str, labels: list[Ref]) -> Row:
        """A new issue; :class:`Lost` where it is not known whether it was made."""
        row = self._row(self.patient.write(self.dialect.create(title, body, labels)))
        self.last_number = max(self.last_number, row.number)
        return row

    def edit(
        self, number: int, title: str, body: str, *, is_open: bool, reason: Reason = ""
    ) -> Row:
        """Brings an issue into a state. After a lost answer the issue is read, and the request,
        which says the whole state, is sent again only where it does not show it."""
        request = self.dialect.edit(number, title, body, is_open=is_open, reason=reason)

        def shows() -> Row | None:
            row = self.issue(number)
            if row is None or (row.title, row.is_open) != (title, is_open):
                return None
            return row if same_text(row.body, body) else None

        for pause in SETTLE[:3]:
            try:
                return self._row(self.patient.write(request))
            except Lost:
                self.patient.clock.sleep(pause)
                row = shows()
                if row is not None:
                    return row
        raise Lost(was_sent=True)

    def comment_once(self, number: int, body: str, is_it: Callable[[Comment], bool]) -> bool:
        """Writes a comment unless one that ``is_it`` lies there; says whether it wrote."""
        if any(map(is_it, self.comments(number))):
            return False
        try:
            self.patient.write(self.dialect.comment(number, body))
        except Lost:
            for pause in SETTLE:
                self.patient.clock.sleep(pause)
                if any(map(is_it, self.comments(number))):
                    return True
            raise
        return True

    def edit_comment(self, comment_id: int, body: str) -> None:
        self._until_done(self.dialect.edit_comment(comment_id, body))

    def drop_comment(self, comment_id: int) -> None:
        try:
            self._until_done(self.dialect.drop_comment(comment_id))
        except Refused as refused:
            if refused.answer.status != 404:  # it is not there any more
                raise

    def add_label(self, number: int, ref: Ref) -> None:
        self._until_done(self.dialect.add_label(number, ref))

    def drop_label(self, number: int, ref: Ref) -> None:
        try:
            self._until_done(self.dialect.drop_label(number, ref))
        except Refused as refused:
            if refused.answer.status not in (404, 410, 422):  # it is not there any more
                raise

    def _until_done(self, request: Request) -> None:
        """A write that says the whole state, so that sending it twice is sending it once."""
        for pause in SETTLE[:3]:
            try:
                self.patient.write(request)
                return
            except Lost:
                self.patient.clock.sleep(pause)
        raise Lost(was_sent=True)

    @staticmethod
    def _row(told: object) -> Row:
        """The issue in the answer to a write. One that makes no sense leaves it unknown."""
        try:
            row = listed(told).row
        except AnswerIsStrange:
            raise Lost(was_sent=True) from None
        if row is None:
            raise Lost(was_sent=True)
        return row

    # --- labels ----------------------------------------------------------------------------

    def refs(self, labels: tuple[Label, ...]) -> dict[str, Ref]:
        """What requests call these labels; those that do not exist are made. A forge that does
        not let us do so costs the labels, never the issue."""
        if self._refs is None:
            self._refs = {}
            try:
                self._refs |= self._labels_here()
                for label in labels:
                    if label.name not in self._refs:
                        self._refs |= self._made(label)
            except Later:
                raise
            except Unavailable:
                pass
        return self._refs

    def _labels_here(self) -> dict[str, Ref]:
        """Label → what requests call it; of two of one name (Gitea has such) the first."""
        found: dict[str, Ref] = {}
        for page in range(1, _MAX_PAGES):
            told, headers = self.patient.read(self.dialect.labels(page))
            rows = rows_of(told)
            before = len(found)
            for row in rows:
                found.setdefault(label_name(row), self.dialect.label_ref(row))
            if len(found) == before or has_next(headers) is False:
                break
        return found

    def _made(self, label: Label) -> dict[str, Ref]:
        try:
            told = self.patient.write(self.dialect.new_label(label))
            return {label.name: self.dialect.label_ref(told)}
        except Lost:
            return self._labels_here()
        except Refused as refused:
            if refused.answer.status == 422:  # another run made it just now
                return self._labels_here()
            raise
