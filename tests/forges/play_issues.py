"""Issues: list, get, create, edit, lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.forges.descriptions import rendered
from tests.forges.model import Issue, Label
from tests.forges.play import (
    Answer,
    Call,
    Forge,
    gitea_title,
    invalid,
    need_issue,
    need_writer,
    paged,
    plays,
)
from tests.forges.play_labels import labels_by_id, labels_by_name

_LIST = "state labels sort direction since before per_page limit page type creator created_by"


@plays("GET issues", takes=_LIST)
def list_issues(forge: Forge, call: Call) -> Answer:
    store = forge.store
    filters = {k: v for k, v in call.query.items() if k not in {"page", "per_page", "limit"}}
    key = "issues", len(store.labels.rows), *sorted(filters.items())
    rows = store.issues.cached(store.until, key, lambda: _selected(forge, filters))
    return paged(forge, call, rows, forge.shapes.issue)


def _selected(forge: Forge, filters: dict[str, str]) -> list[Issue]:
    rows = [row for row in forge.store.issues.shown(forge.store.until) if _fits(row, filters)]
    names = [name.strip().lower() for name in filters.get("labels", "").split(",") if name.strip()]
    if forge.dialect == "gitea":  # names that no label has are passed over
        names = [name for name in names if forge.store.label(name)]
    rows = [row for row in rows if {*names} <= {name.lower() for name in row.label_names}]
    orders: dict[str, Any] = {
        "created": lambda row: row.number,
        "updated": lambda row: (int(row.updated), row.number),
        "comments": lambda row: (row.comments, row.number),
    }
    newest = filters.get("direction", "desc") == "desc"
    return sorted(rows, key=orders[filters.get("sort", "created")], reverse=newest)


def _fits(row: Issue, filters: dict[str, str]) -> bool:
    state, kind = filters.get("state", "open"), filters.get("type")
    by = filters.get("creator") or filters.get("created_by")
    return (
        state in ("all", row.state)
        and (kind is None or (kind == "pulls") == row.pull)
        and (by is None or row.author.login == by)
        and ("since" not in filters or int(row.updated) >= seconds(filters["since"]))
        and ("before" not in filters or int(row.updated) <= seconds(filters["before"]))
    )


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@plays("GET issues/{}")
def get_issue(forge: Forge, call: Call) -> Answer:
    return Answer(200, forge.shapes.issue(need_issue(forge, call, moves=True)))


@plays("POST issues", takes="title body labels closed")
def create_issue(forge: Forge, call: Call) -> Answer:
    if call.who.type == "Bot":
        need_writer(forge, call.who)
    title = _title(forge, call.body)
    if not title:
        raise invalid(forge, "Issue", "title", "missing_field")
    _check_body(forge, call.body)
    labels: list[Label] = []
    if call.who.writer:  # labels of others are dropped in silence
        labels = _labels(forge, call.body.get("labels") or [])
    row = forge.store.open_issue(title, call.body.get("body") or "", call.who, labels)
    if call.body.get("closed"):
        row = forge.store.change(row, call.who, state="closed")
    shape = forge.shapes.issue(row)
    if forge.dialect == "gitea":
        return Answer(201, shape)
    return Answer(201, shape, {"Location": shape.value["url"]})


def _labels(forge: Forge, given: list[Any]) -> list[Label]:
    find = labels_by_name if forge.dialect == "github" else labels_by_id
    return find(forge, given)


@plays("PATCH issues/{}", takes="title body state state_reason labels")
def edit_issue(forge: Forge, call: Call) -> Answer:
    row = need_issue(forge, call, moves=True)
    need_writer(forge, call.who, author=row.author)
    given = call.body if isinstance(call.body, dict) else {}
    _check_body(forge, given)
    changes: dict[str, Any] = {}
    title = _title(forge, given)
    if title or (forge.dialect == "github" and given.get("title") is not None):
        changes["title"] = title
        if not title:
            raise invalid(forge, "Issue", "title", "missing_field")
    if "body" in given:
        changes["body"] = given["body"] or ""
    if "labels" in given and call.who.writer:
        changes["labels"] = tuple(_labels(forge, given["labels"]))
    changes |= _state(forge, row, given)
    changed = forge.store.change(row, call.who, **changes)
    return Answer(200 if forge.dialect == "github" else 201, forge.shapes.issue(changed))


def _state(forge: Forge, row: Issue, given: dict[str, Any]) -> dict[str, Any]:
    state = given.get("state") or row.state
    if state not in {"open", "closed"}:
        # Gitea's description leaves the word open; its code takes all else for an error.
        raise invalid(forge, "Issue", "state", "invalid", f"unknown state: {state}")
    if state == row.state:
        return {}
    if forge.dialect == "gitea":
        return {"state": state}
    reason = given.get("state_reason") or "completed" if state == "closed" else "reopened"
    return {"state": state, "state_reason": reason}


def _title(forge: Forge, given: dict[str, Any]) -> str:
    title = str(given.get("title") if given.get("title") is not None else "")
    if forge.dialect == "gitea":
        return gitea_title(title)
    if len(title) > 256:
        message = "title is too long (maximum is 256 characters)"
        raise invalid(forge, "Issue", "title", "custom", message)
    return title.strip()


def _check_body(forge: Forge, given: dict[str, Any]) -> None:
    if forge.dialect == "github" and len(given.get("body") or "") > 65_536:
        message = "body is too long (maximum is 65536 characters)"
        raise invalid(forge, "Issue", "body", "custom", message)


@plays("PUT issues/{}/lock", takes="lock_reason")
def lock(forge: Forge, call: Call) -> Answer:
    need_writer(forge, call.who)
    reason = call.body.get("lock_reason") if isinstance(call.body, dict) else None
    forge.store.change(need_issue(forge, call), call.who, locked=True, lock_reason=reason)
    return Answer(204)


@plays("DELETE issues/{}/lock")
def unlock(forge: Forge, call: Call) -> Answer:
    need_writer(forge, call.who)
    forge.store.change(need_issue(forge, call), call.who, locked=False, lock_reason=None)
    return Answer(204)


@plays("GET ")
def get_repository(forge: Forge, call: Call) -> Answer:
    return Answer(200, rendered(forge.shapes.repository(call.who.writer)))
