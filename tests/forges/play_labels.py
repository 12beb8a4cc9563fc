"""Labels of the repository and of an issue."""

from __future__ import annotations

import re
from typing import Any

from tests.forges.model import Issue, Label
from tests.forges.play import (
    Answer,
    Call,
    Forge,
    invalid,
    need_issue,
    need_writer,
    not_found,
    paged,
    plays,
    refuse,
)

_COLOR = re.compile(r"[0-9a-fA-F]{6}")


@plays("GET labels", takes="page per_page limit")
def list_labels(forge: Forge, call: Call) -> Answer:
    store = forge.store
    rows = store.labels.cached(store.until, "labels", lambda: _sorted(forge))
    return paged(forge, call, rows, forge.shapes.label)


def _sorted(forge: Forge) -> list[Label]:
    rows = list(forge.store.labels.shown(forge.store.until))
    return sorted(rows, key=lambda row: row.name) if forge.dialect == "gitea" else rows


@plays("GET labels/{}")
def get_label(forge: Forge, call: Call) -> Answer:
    github = forge.dialect == "github"
    row = (
        forge.store.label(call.values[0])
        if github
        else forge.store.labels.rows.get(int(call.values[0]))
    )
    if row is None:
        raise not_found(forge)
    return Answer(200, forge.shapes.label(row))


@plays("POST labels", takes="name color description exclusive is_archived")
def create_label(forge: Forge, call: Call) -> Answer:
    need_writer(forge, call.who)
    name, given = call.body["name"], call.body.get("color", "ededed")
    color = given.removeprefix("#") if forge.dialect == "gitea" else given
    if not _COLOR.fullmatch(color):
        raise invalid(forge, "Label", "color", "invalid", f"bad color code: {given}")
    _check_name(forge, name)
    if forge.dialect == "github":
        if forge.store.label(name):
            raise invalid(forge, "Label", "name", "already_exists")
        if len(call.body.get("description") or "") > 100:
            raise invalid(forge, "Label", "description", "invalid")
    row = forge.store.add_label(name, color.lower(), call.body.get("description") or "")
    return Answer(201, forge.shapes.label(row))


def _check_name(forge: Forge, name: str) -> None:
    if not name.strip():
        raise invalid(forge, "Label", "name", "missing_field")
    if forge.dialect == "github" and len(name) > 50:
        raise invalid(
            forge, "Label", "name", "custom", "name is too long (maximum is 50 characters)"
        )


def labels_by_name(forge: Forge, given: list[Any]) -> list[Label]:
    """GitHub: a name that no label has makes one."""
    names = [row if isinstance(row, str) else row["name"] for row in given]
    for name in names:
        _check_name(forge, name)
    found = [forge.store.label(name) or forge.store.add_label(name) for name in names]
    return list(dict.fromkeys(found))


def labels_by_id(forge: Forge, given: list[Any]) -> list[Label]:
    """Gitea: ids, or on an issue's labels names; what no label has is dropped in silence."""
    if {type(row) for row in given} - {int} and {type(row) for row in given} != {str}:
        raise refuse(forge, 400, "labels should be an array of strings or integers")
    rows = forge.store.labels.rows
    named = [row for row in rows.values() if row.name in given]
    found = named + [rows[row] for row in given if isinstance(row, int) and row in rows]
    return list(dict.fromkeys(found))


@plays("GET issues/{}/labels", takes="page per_page")
def list_issue_labels(forge: Forge, call: Call) -> Answer:
    row = need_issue(forge, call, moves=True)
    if forge.dialect == "github":
        return paged(forge, call, row.labels, forge.shapes.label)
    return _shown(forge, row)


@plays("POST issues/{}/labels", "PUT issues/{}/labels", takes="labels")
def set_issue_labels(forge: Forge, call: Call) -> Answer:
    row = need_issue(forge, call, moves=True)
    need_writer(forge, call.who)
    given = call.body.get("labels") or [] if isinstance(call.body, dict) else []
    find = labels_by_name if forge.dialect == "github" else labels_by_id
    labels = find(forge, given)
    kept = row.labels if call.method == "POST" else ()
    return _shown(forge, _relabel(forge, call, row, tuple(dict.fromkeys((*kept, *labels)))))


@plays("DELETE issues/{}/labels")
def clear_issue_labels(forge: Forge, call: Call) -> Answer:
    need_writer(forge, call.who)
    _relabel(forge, call, need_issue(forge, call, moves=True), ())
    return Answer(204)


@plays("DELETE issues/{}/labels/{}")
def remove_issue_label(forge: Forge, call: Call) -> Answer:
    row = need_issue(forge, call, moves=True)
    need_writer(forge, call.who)
    if forge.dialect == "github":
        label = forge.store.label(call.values[1])
        if label not in row.labels:
            raise refuse(forge, 404, "Label does not exist")
    else:
        label = forge.store.labels.rows.get(int(call.values[1]))
        if label is None:
            raise refuse(forge, 422, f"label does not exist [label_id: {call.values[1]}]")
    row = _relabel(forge, call, row, tuple(x for x in row.labels if x is not label))
    return _shown(forge, row) if forge.dialect == "github" else Answer(204)


def _relabel(forge: Forge, call: Call, row: Issue, labels: tuple[Label, ...]) -> Issue:
    return forge.store.change(row, call.who, labels=labels)


def _shown(forge: Forge, row: Issue) -> Answer:
    return Answer(200, [forge.shapes.label(label) for label in row.labels])
