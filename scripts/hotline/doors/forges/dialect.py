"""What differs between the forges' issue APIs, as one small interface.

Only the fields that are used are read, so that an older or a newer forge does as well.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

from hotline.doors.fault import Unavailable
from hotline.doors.forges.wire import Request
from hotline.escalation.found import Row

Reason = Literal["", "completed", "duplicate", "reopened"]
Ref = str | int
"""What a request calls a label: its name on GitHub, its id on Gitea."""


class Label(NamedTuple):
    name: str
    colour: str
    about: str


class Listed(NamedTuple):
    """An entry of a list of issues: pull requests share their numbers. ``row`` is None of one."""

    number: int
    row: Row | None


class Comment(NamedTuple):
    id: int
    author: str
    body: str


class AnswerIsStrange(Unavailable):
    """The forge's answer is JSON, but not what an issue API gives."""

    def __init__(self) -> None:
        super().__init__("代码平台的回答看不懂；请检查 GITHUB_API_URL 和 --forge 是否对应")


class Dialect(ABC):
    """Paths and bodies of one forge, and how its answers are read; what GitHub and Gitea have
    in common stands here. ``repository`` is owner/name."""

    rows_a_page: int

    def __init__(self, repository: str) -> None:
        self.root = f"/repos/{repository}"

    @abstractmethod
    def headers(self, token: str) -> dict[str, str]: ...

    @abstractmethod
    def issues(self, page: int, *, newest_first: bool) -> str: ...

    @abstractmethod
    def total(self, headers: Mapping[str, str]) -> int | None:
        """How many entries the whole list has, where the forge says so."""

    @abstractmethod
    def edit(
        self, number: int, title: str, body: str, *, is_open: bool, reason: Reason
    ) -> Request: ...

    @abstractmethod
    def comments(self, number: int, page: int) -> str: ...

    @abstractmethod
    def labels(self, page: int) -> str: ...

    @abstractmethod
    def new_label(self, label: Label) -> Request: ...

    @abstractmethod
    def label_ref(self, told: Mapping[str, Any]) -> Ref: ...

    def issue(self, number: int) -> str:
        return f"{self.root}/issues/{number}"

    def create(self, title: str, body: str, labels: Sequence[Ref]) -> Request:
        told = {"title": title, "body": body, "labels": list(labels)}
        return Request("POST", f"{self.root}/issues", told)

    def comment(self, number: int, body: str) -> Request:
        return Request("POST", f"{self.issue(number)}/comments", {"body": body})

    def edit_comment(self, comment: int, body: str) -> Request:
        return Request("PATCH", f"{self.root}/issues/comments/{comment}", {"body": body})

    def drop_comment(self, comment: int) -> Request:
        return Request("DELETE", f"{self.root}/issues/comments/{comment}")

    def add_label(self, number: int, ref: Ref) -> Request:
        return Request("POST", f"{self.issue(number)}/labels", {"labels": [ref]})

    def drop_label(self, number: int, ref: Ref) -> Request:
        return Request("DELETE", f"{self.issue(number)}/labels/{quote(str(ref), safe='')}")


def listed(told: Any) -> Listed:
    """One entry of a list of issues, or an answer that gives an issue."""
    entry = _mapping(told)
    number, state = entry.get("number"), entry.get("state")
    title, body = entry.get("title"), entry.get("body") or ""
    if not isinstance(number, int) or not isinstance(title, str) or not isinstance(body, str):
        raise AnswerIsStrange
    if entry.get("pull_request"):
        return Listed(number, None)
    if state not in ("open", "closed"):
        raise AnswerIsStrange
    is_locked = bool(entry.get("locked") or entry.get("is_locked"))
    labels = entry.get("labels") or ()
    if not isinstance(labels, list | tuple):
        raise AnswerIsStrange
    names = frozenset(map(label_name, labels))
    row = Row(number, title, body, state == "open", _author(entry), names, is_locked)
    return Listed(number, row)


def comment(told: Any) -> Comment:
    entry = _mapping(told)
    number, body = entry.get("id"), entry.get("body") or ""
    if not isinstance(number, int) or not isinstance(body, str):
        raise AnswerIsStrange
    return Comment(number, _author(entry), body)


def rows_of(told: Any) -> list[Any]:
    if not isinstance(told, list):
        raise AnswerIsStrange
    return told


def has_next(headers: Mapping[str, str]) -> bool | None:
    """Whether a list goes on (RFC 8288), None where the forge does not say."""
    link = headers.get("link")
    return None if link is None else 'rel="next"' in link


def _mapping(told: Any) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise AnswerIsStrange
    return told


def _author(entry: Mapping[str, Any]) -> str:
    """The author's id; empty where the account is gone."""
    user = entry.get("user")
    told = user.get("id") if isinstance(user, dict) else None
    return str(told) if isinstance(told, int) else ""


def label_name(label: Any) -> str:
    """Issues carry their labels as objects, with some forges as mere names."""
    return str(label.get("name", "")) if isinstance(label, dict) else str(label)
