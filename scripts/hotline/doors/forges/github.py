"""GitHub's issue API, REST version 2022-11-28."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hotline.doors.forges.dialect import Dialect, Label, Reason, Ref, label_name
from hotline.doors.forges.wire import Request

_REASONS = {"completed": "completed", "duplicate": "not_planned", "reopened": "reopened"}
"""``duplicate`` is a reason of newer versions only."""


class GitHub(Dialect):
    """Labels by name, lists of up to a hundred in any order."""

    rows_a_page = 100

    def headers(self, token: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }

    def issues(self, page: int, *, newest_first: bool) -> str:
        direction = "desc" if newest_first else "asc"
        return (
            f"{self.root}/issues?state=all&sort=created&direction={direction}"
            f"&per_page={self.rows_a_page}&page={page}"
        )

    def total(self, headers: Mapping[str, str]) -> int | None:
        return None

    def edit(self, number: int, title: str, body: str, *, is_open: bool, reason: Reason) -> Request:
        told = {"title": title, "body": body, "state": "open" if is_open else "closed"}
        if reason:
            told["state_reason"] = _REASONS[reason]
        return Request("PATCH", self.issue(number), told)

    def comments(self, number: int, page: int) -> str:
        return f"{self.issue(number)}/comments?per_page={self.rows_a_page}&page={page}"

    def labels(self, page: int) -> str:
        return f"{self.root}/labels?per_page={self.rows_a_page}&page={page}"

    def new_label(self, label: Label) -> Request:
        told = {"name": label.name, "color": label.colour, "description": label.about}
        return Request("POST", f"{self.root}/labels", told)

    def label_ref(self, told: Mapping[str, Any]) -> Ref:
        return label_name(told)
