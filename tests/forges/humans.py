"""What people do to issues beside the API: the forge's web pages, seen from the store."""

from __future__ import annotations

import re
from typing import Any, Protocol

from tests.forges.descriptions import Dialect
from tests.forges.faults import Happening
from tests.forges.model import Issue, User
from tests.forges.store import Store

CLERK = User("clerk", 101, writer=True)
OUTSIDER = User("passer-by", 202)
ELSEWHERE = "lezhi/elsewhere"


class Place(Protocol):
    dialect: Dialect
    store: Store
    tokens: dict[str, User]


class Humans:
    """Methods for tests; nothing here is a request, a fault or a count."""

    def user(self: Place, login: str) -> User:
        known = {row.login: row for row in (CLERK, OUTSIDER, *self.tokens.values())}
        return known.get(login) or User(login, 1000 + sum(login.encode()))

    def issue(self: Place, number: int) -> Issue:
        """As it is now, gone or not."""
        return self.store.issues.rows[number]

    def open_issue(
        self: Any, title: str, body: str = "", by: str = "passer-by", *, pull: bool = False
    ) -> Issue:
        row: Issue = self.store.open_issue(title, body, self.user(by), pull=pull)
        return row

    def close(self: Any, number: int, by: str = "clerk") -> None:
        reason = {"state_reason": "completed"} if self.dialect == "github" else {}
        self._do(number, by, state="closed", **reason)

    def reopen(self: Any, number: int, by: str = "clerk") -> None:
        reason = {"state_reason": "reopened"} if self.dialect == "github" else {}
        self._do(number, by, state="open", **reason)

    def retitle(self: Any, number: int, title: str, by: str = "clerk") -> None:
        self._do(number, by, title=title)

    def edit_body(self: Any, number: int, body: str, by: str = "clerk") -> None:
        self._do(number, by, body=body)

    def add_label(self: Any, number: int, name: str, by: str = "clerk") -> None:
        label = self.store.label(name) or self.store.add_label(name)
        labels = dict.fromkeys((*self.issue(number).labels, label))
        self._do(number, by, labels=tuple(labels))

    def remove_label(self: Any, number: int, name: str, by: str = "clerk") -> None:
        kept = tuple(row for row in self.issue(number).labels if row.name != name)
        self._do(number, by, labels=kept)

    def comment(self: Any, number: int, body: str, by: str = "clerk") -> None:
        self.store.add_comment(self.issue(number), body, self.user(by))

    def lock(self: Any, number: int, by: str = "clerk") -> None:
        self._do(number, by, locked=True)

    def unlock(self: Any, number: int, by: str = "clerk") -> None:
        self._do(number, by, locked=False, lock_reason=None)

    def delete(self: Any, number: int, by: str = "clerk") -> None:
        self._do(number, by, gone="deleted")

    def transfer(self: Any, number: int, to: str = ELSEWHERE, by: str = "clerk") -> None:
        """Gitea cannot move an issue: there it is gone."""
        self._do(number, by, gone=f"moved {to}" if self.dialect == "github" else "deleted")

    def _do(self: Any, number: int, by: str, **changes: Any) -> None:
        self.store.change(self.issue(number), self.user(by), **changes)

    def happens(self: Any, happening: Happening) -> None:
        """Plays a happening on the chosen issue; with no issue there, only newcomers act.

        ``second-bot`` is the test's own affair.
        """
        rows = [row for row in self.store.issues.rows.values() if not (row.gone or row.pull)]
        if happening.kind == "reopen":
            rows = [row for row in rows if row.state == "closed"]
        elif happening.kind != "unlock":
            rows = [row for row in rows if row.state == "open"]
        chosen = rows[happening.which % len(rows)] if rows else None
        if happening.kind == "outsider-issue":
            self.open_issue("路灯坏了", "请修一下。")
        elif happening.kind == "pull-request":
            self.open_issue("Mend a case", "", pull=True)
        elif chosen is not None:
            self._on(happening, chosen)

    def _on(self: Any, happening: Happening, row: Issue) -> None:
        match happening.kind:
            case "close" | "reopen" | "lock" | "unlock" | "delete" | "transfer":
                getattr(self, happening.kind)(row.number)
            case "retitle":
                self.retitle(row.number, f"{row.title}（已看）")
            case "edit-body":
                self.edit_body(row.number, f"已电话联系。\n\n{row.body}\n\n另见附件。")
            case "drop-markers":
                self.edit_body(row.number, re.sub(r"<!--.*?-->", "", row.body, flags=re.DOTALL))
            case "add-label":
                self.add_label(row.number, "重点")
            case "remove-labels":
                self._do(row.number, "clerk", labels=())
            case "outsider-copies-marker":
                self.open_issue(row.title, row.body)
            case _:
                raise NotImplementedError(f"{happening.kind}: give the stand-in a hook")
