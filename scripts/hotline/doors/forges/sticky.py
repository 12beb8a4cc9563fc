"""The one comment on a pull request that the check keeps up to date."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hotline.doors.forges.dialect import Comment
from hotline.doors.forges.tracker import Tracker

Done = Literal["written", "updated", "same", "none"]
MOST = 60_000
"""Characters; GitHub takes 65,536."""


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

        Where two runs wrote at once, the first stays and the others are taken away.
        """
        marks = [self._mark(number, secret) for secret in self.secrets or (b"",)]
        body = f"{marks[0]}\n{_cut(text)}"
        own = self._own(number, marks)
        if not own and is_well:
            return "none"
        if not own:
            self.tracker.comment_once(number, body, lambda c: c.body.startswith(marks[0]))
            self._single(number, marks)
            return "written"
        for twin in own[1:]:
            self.tracker.drop_comment(twin.id)
        if own[0].body.splitlines() == body.splitlines():
            return "same"
        self.tracker.edit_comment(own[0].id, body)
        return "updated"

    def _single(self, number: int, marks: Sequence[str]) -> None:
        for twin in self._own(number, marks)[1:]:
            self.tracker.drop_comment(twin.id)

    def _own(self, number: int, marks: Sequence[str]) -> list[Comment]:
        """Our comments, the first first. Others' copies of the mark are left alone."""
        marked = [
            c for c in self.tracker.comments(number) if c.body.split("\n")[0].strip() in marks
        ]
        marked.sort(key=lambda comment: comment.id)
        return [c for c in marked if c.author == marked[0].author]

    def _mark(self, number: int, secret: bytes) -> str:
        text = f"hotline/check/{self.repository}/{number}"
        return f"<!-- hotline-check {hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()[:32]} -->"


def _cut(text: str) -> str:
    """What a forge takes, with every folded part closed that was opened."""
    if len(text) <= MOST:
        return text
    kept = text[:MOST].rsplit("\n", 1)[0]
    still_open = kept.count("<details>") - kept.count("</details>")
    rest = "\n\n（内容太长，其余请在本地运行 hotline check 查看。）"
    return kept + "\n\n</details>" * still_open + rest
