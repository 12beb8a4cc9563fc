"""Gitea's and Forgejo's issue API, below ``/api/v1``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hotline.doors.forges.dialect import AnswerIsStrange, Dialect, Label, Reason, Ref
from hotline.doors.forges.wire import Request


class Gitea(Dialect):
    """Labels by id, colours with ``#``, fifty rows a page, newest first always, no reasons."""

    rows_a_page = 50

    def headers(self, token: str) -> dict[str, str]:
        return {"Authorization": f"token {token}", "Accept": "application/json"}

    def issues(self, page: int, *, newest_first: bool) -> str:
        return f"{self.root}/issues?state=all&type=issues&limit={self.rows_a_page}&page={page}"

    def total(self, headers: Mapping[str, str]) -> int | None:
        told = headers.get("x-total-count", "")
        return int(told) if told.isdecimal() else None

    def edit(self, number: int, title: str, body: str, *, is_open: bool, reason: Reason) -> Request:
        told = {"title": title, "body": body, "state": "open" if is_open else "closed"}
        return Request("PATCH", self.issue(number), told)

    def comments(self, number: int, page: int) -> str:
        return f"{self.issue(number)}/comments"

    def labels(self, page: int) -> str:
        return f"{self.root}/labels?limit={self.rows_a_page}&page={page}"

    def new_label(self, label: Label) -> Request:
        told = {"name": label.name, "color": f"#{label.colour}", "description": label.about}
        return Request("POST", f"{self.root}/labels", told)

    def label_ref(self, told: Mapping[str, Any]) -> Ref:
        number = told.get("id") if isinstance(told, dict) else None
        if not isinstance(number, int):
            raise AnswerIsStrange
        return number
