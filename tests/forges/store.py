"""The repository's state and its changes, whoever makes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tests.forges.model import Comment, Issue, Label, Table, User


class Store:
    """Issues, comments and labels of one repository."""

    def __init__(self, now: Callable[[], float], lag: float = 0.0) -> None:
        self.now, self.lag = now, lag
        self.issues: Table[Issue] = Table(lambda row: row.number, lambda row: 0)
        self.comments: Table[Comment] = Table(lambda row: row.id, lambda row: row.number)
        self.labels: Table[Label] = Table(lambda row: row.id, lambda row: 0)
        self._last = 1000

    @property
    def until(self) -> float:
        """The youngest change that lists know of."""
        return self.now() - self.lag

    def next_id(self) -> int:
        self._last += 1
        return self._last

    def open_issue(
        self, title: str, body: str, by: User, labels: Sequence[Label] = (), *, pull: bool = False
    ) -> Issue:
        now, number = self.now(), len(self.issues.rows) + 1
        row = Issue(
            number, self.next_id(), title, body, by, now, now, tuple(labels), pull=pull
        )  # fmt: skip
        return self.issues.put(now, row)

    def change(self, issue: Issue, by: User | None = None, **changes: Any) -> Issue:
        """The issue with these changes; nothing is written where nothing differs."""
        changes = {key: value for key, value in changes.items() if getattr(issue, key) != value}
        if not changes:
            return issue
        now = self.now()
        if "state" in changes:
            closing = changes["state"] == "closed"
            changes |= {"closed": now if closing else None, "closed_by": by if closing else None}
        if "body" in changes:
            changes["version"] = issue.version + 1
        return self.issues.put(now, replace(issue, updated=now, **changes))

    def add_comment(self, issue: Issue, body: str, by: User) -> Comment:
        now = self.now()
        row = Comment(self.next_id(), issue.number, body, by, now, now)
        self.change(issue, comments=issue.comments + 1)
        return self.comments.put(now, row)

    def change_comment(self, comment: Comment, **changes: Any) -> Comment:
        now = self.now()
        if changes.get("gone"):
            issue = self.issues.rows[comment.number]
            self.change(issue, comments=issue.comments - 1)
        return self.comments.put(now, replace(comment, updated=now, **changes))

    def add_label(self, name: str, color: str = "ededed", description: str = "") -> Label:
        return self.labels.put(self.now(), Label(self.next_id(), name, color, description))

    def label(self, name: str) -> Label | None:
        """The first label of that name; case does not matter."""
        rows = self.labels.rows.values()
        return next((row for row in rows if row.name.lower() == name.lower()), None)
