"""The one comment on a pull request that the check keeps up to date."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hotline.doors.forges.dialect import Comment
from hotline.doors.forges.patience import Refused
from hotline.doors.forges.tracker import Tracker

Done = Literal["written", "updated", "same", "none"]


@dataclass(frozen=True, slots=True)
class Sticky:
    """Knows its own comment by a first line that, with a secret, nobody else can write."""

    tracker: Tracker
    repository: str
    secrets: Sequence[bytes] = ()

    def close(self) -> None:
        self.tracker.patient.wire.close()

    def put(self, number: int, text: str, *, is_well: bool) -> Done:
        """Brings the comment on pull request ``number`` to ``text``. Where all is well and there
        is none, none is written: nobody needs a message that says nothing.

        Where two runs wrote at once, the first stays and the others are taken away. What bears
        our mark and is not ours to edit is somebody else's, and left alone.
        """
        marks = [self._mark(number, secret) for secret in self.secrets or (b"",)]
        body = f"{marks[0]}\n{text}"
        marked = self._marked(number, marks)
        for comment in marked:
            if comment.body.splitlines() == body.splitlines():
                done: Done = "same"
            elif not self._edited(comment, body):
                continue  # somebody else's, with our mark
            else:
                done = "updated"
            self._drop_twins(comment, marked)
            return done
        if is_well:
            return "none"
        self.tracker.comment_once(number, body, lambda comment: comment.body == body)
        marked = self._marked(number, marks)
        if marked:
            self._drop_twins(
                next((c for c in marked if c.body.startswith(body)), marked[0]), marked
            )
        return "written"

    def _marked(self, number: int, marks: Sequence[str]) -> list[Comment]:
        """The comments that begin with our mark, the first first."""
        found = self.tracker.comments(number)
        own = [c for c in found if c.body.split("\n")[0].strip() in marks]
        return sorted(own, key=lambda comment: comment.id)

    def _edited(self, comment: Comment, body: str) -> bool:
        """Whether the comment is ours to edit."""
        try:
            self.tracker.edit_comment(comment.id, body)
        except Refused as refused:
            if refused.answer.status not in (403, 404):
                raise
            return False
        return True

    def _drop_twins(self, kept: Comment, marked: Sequence[Comment]) -> None:
        """Takes away what another run of the same author wrote beside."""
        for twin in marked:
            if twin.author == kept.author and twin.id > kept.id:
                self.tracker.drop_comment(twin.id)

    def _mark(self, number: int, secret: bytes) -> str:
        text = f"hotline/check/{self.repository}/{number}"
        return f"<!-- hotline-check {hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()[:32]} -->"
