"""What the played operations share: a call, an answer, errors in each forge's words."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from tests.forges.descriptions import Dialect, Rendered, rendered
from tests.forges.model import Issue, User
from tests.forges.shapes import Shapes
from tests.forges.store import Store

DOCS = {
    "github": "https://docs.github.com/rest",
    "gitea": "https://gitea.lezhi.example/api/swagger",
}


class Forge(Protocol):
    """What an operation sees of the stand-in."""

    dialect: Dialect
    store: Store
    shapes: Shapes
    page_max: int
    api: str
    locked_for_writers: bool


@dataclass(frozen=True)
class Call:
    """One request, read and held against the description."""

    method: str
    path: str
    values: tuple[str, ...]
    """The path's parameters after owner and repository."""
    query: Mapping[str, str]
    body: Any
    who: User


@dataclass(frozen=True)
class Answer:
    status: int
    rows: Rendered | Sequence[Rendered] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """Ends an operation with an error."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


Play = Callable[[Forge, Call], Answer]
PLAYS: dict[str, Play] = {}
"""By method and path below the repository; ``{}`` for each parameter."""


def plays(*names: str, takes: str = "") -> Callable[[Play], Play]:
    """Registers an operation with the query and body members that it acts on."""
    known = set(takes.split())

    def register(play: Play) -> Play:
        def guarded(forge: Forge, call: Call) -> Answer:
            given = set(call.query) | (set(call.body) if isinstance(call.body, dict) else set())
            if given - known:
                raise NotImplementedError(f"{names[0]}: not played: {sorted(given - known)}")
            return play(forge, call)

        PLAYS.update(dict.fromkeys(names, guarded))
        return guarded

    return register


@lru_cache(4096)
def error(dialect: Dialect, status: int, message: str) -> Answer:
    if dialect == "github":
        docs = f"{DOCS[dialect]}/issues"
        shape = {"message": message, "documentation_url": docs, "status": str(status)}
        return Answer(status, rendered(shape))
    shape = {"message": message, "url": DOCS[dialect]}
    return Answer(status, rendered(shape | {"errors": []} if status == 404 else shape))


def refuse(forge: Forge, status: int, github: str, gitea: str | None = None) -> Refusal:
    message = github if forge.dialect == "github" or gitea is None else gitea
    return Refusal(error(forge.dialect, status, message))


def not_found(forge: Forge) -> Refusal:
    return refuse(forge, 404, "Not Found", "The target couldn't be found.")


def invalid(forge: Forge, resource: str, name: str, code: str, message: str = "") -> Refusal:
    """422 in the forge's form."""
    if forge.dialect == "gitea":
        return refuse(forge, 422, message or f"[{name.title()}]: Required")
    fault = {"resource": resource, "field": name, "code": code}
    if message:
        fault["message"] = message
    shape = {"message": "Validation Failed", "errors": [fault], "status": "422"}
    docs = f"{DOCS['github']}/issues/{resource.lower()}s"
    return Refusal(Answer(422, rendered({**shape, "documentation_url": docs})))


def need_writer(forge: Forge, who: User, *, author: User | None = None) -> None:
    if who.writer or (author is not None and author == who and who.type != "Bot"):
        return
    bot = "Resource not accessible by integration"
    raise refuse(
        forge,
        403,
        bot if who.type == "Bot" else "Must have admin rights to Repository.",
        "write permission is required",
    )


def need_issue(forge: Forge, call: Call, *, moves: bool = False) -> Issue:
    """The issue that the path names. ``moves``: the operation answers 301 for a moved one."""
    row = forge.store.issues.rows.get(int(call.values[0]))
    if row is None or (row.gone and forge.dialect == "gitea"):
        raise not_found(forge)
    if row.gone == "deleted":
        raise refuse(forge, 410, "This issue was deleted")
    if row.gone and moves:
        moved = error("github", 301, "Moved Permanently")
        to = f"{forge.api}/repos/{row.gone.removeprefix('moved ')}/issues/{row.number}"
        raise Refusal(Answer(301, moved.rows, {"Location": to}))
    if row.gone:
        raise not_found(forge)
    return row


def paged(
    forge: Forge, call: Call, rows: Sequence[Any], shape: Callable[[Any], Rendered]
) -> Answer:
    """One page with the headers that lead to the others."""
    github = forge.dialect == "github"
    asked = int(call.query.get("per_page" if github else "limit", 30))
    size = min(asked if asked > 0 else 30, forge.page_max)
    page = max(int(call.query.get("page", 1)), 1)
    part = rows[(page - 1) * size : page * size]
    last = max(-(-len(rows) // size), 1)
    headers = {} if github else {"X-Total-Count": str(len(rows))}
    if last > 1:
        headers["Link"] = _link(forge, call, page, last)
    return Answer(200, [shape(row) for row in part], headers)


def _link(forge: Forge, call: Call, page: int, last: int) -> str:
    pages = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    rest = "&".join(f"{key}={value}" for key, value in call.query.items() if key != "page")
    rows = []
    for name, number in pages.items():
        if 1 <= number <= last and (number != page or name in {"prev", "next"}):
            query = f"{rest}&page={number}" if rest else f"page={number}"
            rows.append(f'<{forge.api}{call.path}?{query}>; rel="{name}"')
    return ", ".join(rows)


def gitea_title(title: str) -> str:
    """Gitea cuts a title in silence at 255 columns; what is no Latin-1 counts two."""
    if sum(map(_width, title)) <= 255:
        return title
    left, used = "", _width("…")
    for sign in title:
        used += _width(sign)
        if used > 255:
            break
        left += sign
    return f"{left}…"


def _width(sign: str) -> int:
    if ord(sign) <= 255:
        return 1
    kind = unicodedata.category(sign)
    narrow = kind[0] in "MZ" or kind in {"Cf", "Cs"}
    return 1 if narrow and sign != "\u3000" else 2
