"""Comments: list, create, edit, delete."""

from __future__ import annotations

from tests.forges.model import Comment
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
from tests.forges.play_issues import seconds


@plays("GET issues/{}/comments", takes="since before page per_page")
def list_comments(forge: Forge, call: Call) -> Answer:
    number = need_issue(forge, call).number
    rows = sorted(forge.store.comments.shown(forge.store.until, number), key=lambda row: row.id)
    if "since" in call.query:
        since = seconds(call.query["since"])
        rows = [row for row in rows if int(row.updated) >= since]
    if "before" in call.query:
        before = seconds(call.query["before"])
        rows = [row for row in rows if int(row.updated) <= before]
    if forge.dialect == "github":
        return paged(forge, call, rows, forge.shapes.comment)
    total = {"X-Total-Count": str(len(rows))}
    return Answer(200, [forge.shapes.comment(row) for row in rows], total)


@plays("POST issues/{}/comments", takes="body")
def create_comment(forge: Forge, call: Call) -> Answer:
    issue = need_issue(forge, call)
    if call.who.type == "Bot":
        need_writer(forge, call.who)
    if issue.locked and not (call.who.writer and not forge.locked_for_writers):
        github = "Unable to create comment because issue is locked."
        raise refuse(forge, 403, github, "Commenting is limited to collaborators.")
    _check(forge, call.body["body"])
    row = forge.store.add_comment(issue, call.body["body"], call.who)
    return Answer(201, forge.shapes.comment(row))


def _check(forge: Forge, body: str) -> None:
    if not body.strip():
        raise invalid(forge, "IssueComment", "body", "missing_field")
    if forge.dialect == "github" and len(body) > 65_536:
        message = "body is too long (maximum is 65536 characters)"
        raise invalid(forge, "IssueComment", "body", "custom", message)


def _need(forge: Forge, call: Call) -> Comment:
    row = forge.store.comments.rows.get(int(call.values[-1]))
    if row is None or row.gone or forge.store.issues.rows[row.number].gone:
        raise not_found(forge)
    return row


@plays("GET issues/comments/{}")
def get_comment(forge: Forge, call: Call) -> Answer:
    return Answer(200, forge.shapes.comment(_need(forge, call)))


@plays("PATCH issues/comments/{}", "PATCH issues/{}/comments/{}", takes="body")
def edit_comment(forge: Forge, call: Call) -> Answer:
    row = _need(forge, call)
    need_writer(forge, call.who, author=row.author)
    _check(forge, call.body["body"])
    return Answer(
        200, forge.shapes.comment(forge.store.change_comment(row, body=call.body["body"]))
    )


@plays("DELETE issues/comments/{}", "DELETE issues/{}/comments/{}")
def delete_comment(forge: Forge, call: Call) -> Answer:
    row = _need(forge, call)
    need_writer(forge, call.who, author=row.author)
    forge.store.change_comment(row, gone="deleted")
    return Answer(204)
