"""Does the stand-in behave as the forges do?"""

from __future__ import annotations

from typing import Any

import pytest

from tests.forges.asking import BOTH, REPO, ask, made, numbers, opened
from tests.forges.descriptions import NotInDescription
from tests.forges.model import Clock
from tests.forges.standin import StandIn

# -- lists ---------------------------------------------------------------------------


def test_pages_are_newest_first_and_capped(forge: StandIn) -> None:
    opened(forge, 130)
    size = "per_page" if forge.dialect == "github" else "limit"
    most = 100 if forge.dialect == "github" else 50
    _, headers, rows = ask(forge, "GET", f"{REPO}/issues?state=all&{size}=500")
    assert [row["number"] for row in rows] == list(range(130, 130 - most, -1))
    assert "&page=2>; rel=\"next\"" in headers["Link"]  # fmt: skip
    assert ("X-Total-Count" in headers) == (forge.dialect == "gitea")
    _, headers, rows = ask(forge, "GET", f"{REPO}/issues?state=all&{size}=30&page=5")
    assert [row["number"] for row in rows] == list(range(10, 0, -1))
    assert 'rel="next"' not in headers["Link"]
    assert ask(forge, "GET", f"{REPO}/issues?state=all&{size}=30&page=6")[2] == []


def test_one_page_has_no_link(forge: StandIn) -> None:
    opened(forge, 2)
    assert "Link" not in ask(forge, "GET", f"{REPO}/issues")[1]


def test_github_sorts_as_asked() -> None:
    forge = made("github")
    opened(forge, 3)
    forge.now.advance(5)  # type: ignore[attr-defined]
    forge.retitle(1, "改")
    assert numbers(forge, "sort=created&direction=asc") == [1, 2, 3]
    assert numbers(forge, "sort=updated") == [1, 3, 2]


def test_lists_filter_by_state_label_and_time(forge: StandIn) -> None:
    opened(forge, 3)
    forge.close(2)
    forge.add_label(3, "督办")
    assert numbers(forge, "state=open") == [3, 1]
    assert numbers(forge, "state=closed") == [2]
    assert numbers(forge, "state=all&labels=%E7%9D%A3%E5%8A%9E") == [3]
    forge.now.advance(60)  # type: ignore[attr-defined]
    forge.retitle(1, "新")
    assert numbers(forge, "state=all&since=2026-10-13T01:30:30Z") == [1]


def test_numbers_are_shared_with_pull_requests(forge: StandIn) -> None:
    forge.open_issue("a")
    forge.open_issue("b", pull=True)
    assert ask(forge, "POST", f"{REPO}/issues", {"title": "c"})[2]["number"] == 3
    rows = ask(forge, "GET", f"{REPO}/issues?state=all")[2]
    assert [bool(row.get("pull_request")) for row in rows] == [False, True, False]
    if forge.dialect == "gitea":
        assert numbers(forge, "state=all&type=issues") == [3, 1]


def test_lists_lag_and_single_issues_do_not(forge: StandIn) -> None:
    clock = forge.now
    assert isinstance(clock, Clock)
    opened(forge, 1)
    forge.store.lag = 60
    clock.advance(60)
    made_now = ask(forge, "POST", f"{REPO}/issues", {"title": "新"})[2]["number"]
    ask(forge, "POST", f"{REPO}/issues/1/comments", {"body": "x"})
    forge.close(1)
    assert numbers(forge, "state=open") == [1]
    assert ask(forge, "GET", f"{REPO}/issues/{made_now}")[0] == 200
    assert ask(forge, "GET", f"{REPO}/issues/1")[2]["state"] == "closed"
    assert ask(forge, "GET", f"{REPO}/issues/1/comments")[2] == []
    clock.advance(59)
    assert numbers(forge) == [1]
    clock.advance(1)
    assert numbers(forge) == [2, 1]
    assert numbers(forge, "state=open") == [2]
    assert len(ask(forge, "GET", f"{REPO}/issues/1/comments")[2]) == 1


# -- writes --------------------------------------------------------------------------


def test_edit_close_and_reopen(forge: StandIn) -> None:
    opened(forge, 1)
    close: dict[str, Any] = {"state": "closed", "title": "新题", "body": "新文"}
    status, _, row = ask(forge, "PATCH", f"{REPO}/issues/1", close)
    assert status == (200 if forge.dialect == "github" else 201)
    assert (row["state"], row["title"], row["body"]) == ("closed", "新题", "新文")
    assert row["closed_at"] == "2026-10-13T01:30:00Z"
    if forge.dialect == "github":
        assert row["state_reason"] == "completed"
    assert ask(forge, "PATCH", f"{REPO}/issues/1", {"state": "open"})[2]["closed_at"] is None
    assert forge.writes == 2
    assert [row.number for row in forge.open_issues()] == [1]


def test_comments_come_go_and_are_counted(forge: StandIn) -> None:
    opened(forge, 1)
    first = ask(forge, "POST", f"{REPO}/issues/1/comments", {"body": "一"})[2]["id"]
    ask(forge, "POST", f"{REPO}/issues/1/comments", {"body": "二"})
    assert ask(forge, "PATCH", f"{REPO}/issues/comments/{first}", {"body": "三"})[0] == 200
    rows = ask(forge, "GET", f"{REPO}/issues/1/comments")[2]
    assert [row["body"] for row in rows] == ["三", "二"]
    assert ask(forge, "DELETE", f"{REPO}/issues/comments/{first}")[0] == 204
    assert ask(forge, "GET", f"{REPO}/issues/comments/{first}")[0] == 404
    assert ask(forge, "GET", f"{REPO}/issues/1")[2]["comments"] == 1


def test_github_labels_are_names() -> None:
    forge = made("github")
    label = {"name": "督办", "color": "ff0000", "description": "限时"}
    assert ask(forge, "POST", f"{REPO}/labels", label)[0] == 201
    status, _, row = ask(forge, "POST", f"{REPO}/labels", label)
    assert (status, row["errors"][0]["code"]) == (422, "already_exists")
    assert (
        ask(forge, "POST", f"{REPO}/labels", {**label, "name": "b", "color": "#ff0000"})[0] == 422
    )
    ask(forge, "POST", f"{REPO}/issues", {"title": "a", "labels": ["督办", "新"]})
    assert forge.issue(1).label_names == ("督办", "新")
    assert ask(forge, "POST", f"{REPO}/issues/1/labels", {"labels": ["x"]})[0] == 200
    assert forge.issue(1).label_names == ("督办", "新", "x")
    ask(forge, "PUT", f"{REPO}/issues/1/labels", {"labels": ["x"]})
    assert ask(forge, "DELETE", f"{REPO}/issues/1/labels/x")[::2] == (200, [])
    assert ask(forge, "DELETE", f"{REPO}/issues/1/labels/x")[0] == 404
    assert [row["name"] for row in ask(forge, "GET", f"{REPO}/labels")[2]] == ["督办", "新", "x"]


def test_gitea_labels_are_ids() -> None:
    forge = made("gitea")
    label = {"name": "督办", "color": "#FF0000"}
    first = ask(forge, "POST", f"{REPO}/labels", label)[2]
    second = ask(forge, "POST", f"{REPO}/labels", label)[2]
    assert first["id"] != second["id"]
    assert first["color"] == "ff0000"
    row = ask(forge, "POST", f"{REPO}/issues", {"title": "a", "labels": [first["id"], 99999]})[2]
    assert [found["id"] for found in row["labels"]] == [first["id"]]
    given = {"labels": [second["id"]]}
    assert len(ask(forge, "POST", f"{REPO}/issues/1/labels", given)[2]) == 2
    assert ask(forge, "DELETE", f"{REPO}/issues/1/labels/{first['id']}")[0] == 204
    assert ask(forge, "DELETE", f"{REPO}/issues/1/labels/99999")[0] == 422
    with pytest.raises(NotInDescription):
        ask(forge, "POST", f"{REPO}/issues", {"title": "a", "labels": ["督办"]})


def test_long_titles_and_bodies(forge: StandIn) -> None:
    github = forge.dialect == "github"
    status, _, row = ask(forge, "POST", f"{REPO}/issues", {"title": "长" * 257})
    assert status == (422 if github else 201)
    if not github:
        assert row["title"] == "长" * 126 + "…"
    status = ask(forge, "POST", f"{REPO}/issues", {"title": "x", "body": "长" * 65_537})[0]
    assert status == (422 if github else 201)
    assert ask(forge, "POST", f"{REPO}/issues", {"title": ""})[0] == 422


# -- people and rights ---------------------------------------------------------------


def test_locked_issues_take_edits_and_no_comments(forge: StandIn) -> None:
    opened(forge, 1)
    forge.lock(1)
    status, _, row = ask(forge, "POST", f"{REPO}/issues/1/comments", {"body": "x"})
    assert status == 403
    assert row["message"] == (
        "Unable to create comment because issue is locked."
        if forge.dialect == "github"
        else "Commenting is limited to collaborators."
    )
    assert ask(forge, "PATCH", f"{REPO}/issues/1", {"title": "新"})[0] in (200, 201)
    assert ask(forge, "DELETE", f"{REPO}/issues/1/lock")[0] == 204
    assert ask(forge, "POST", f"{REPO}/issues/1/comments", {"body": "x"})[0] == 201


def test_deleted_and_moved_issues(forge: StandIn) -> None:
    opened(forge, 3)
    forge.delete(1)
    forge.transfer(2)
    assert numbers(forge) == [3]
    github = forge.dialect == "github"
    assert ask(forge, "GET", f"{REPO}/issues/1")[0] == (410 if github else 404)
    status, headers, _ = ask(forge, "GET", f"{REPO}/issues/2")
    assert status == (301 if github else 404)
    if github:
        assert headers["Location"] == "https://api.github.com/repos/lezhi/elsewhere/issues/2"
        assert ask(forge, "PATCH", f"{REPO}/issues/2", {"title": "x"})[0] == 301
    forge.issues_enabled = False
    assert ask(forge, "GET", f"{REPO}/issues?state=all")[0] == (410 if github else 404)


def test_tokens_and_rights(forge: StandIn) -> None:
    opened(forge, 1)
    assert ask(forge, "GET", f"{REPO}/issues", token="old")[0] == 401
    assert ask(forge, "GET", "/user")[0] == 403
    assert ask(forge, "GET", REPO)[0] == 200
    assert ask(forge, "GET", "/repos/lezhi/other/issues")[0] == 404
    assert ask(forge, "PATCH", f"{REPO}/issues/1", {"title": "x"}, "other-token")[0] == 403
    given = {"title": "外人", "labels": ["x"] if forge.dialect == "github" else [1]}
    status, _, row = ask(forge, "POST", f"{REPO}/issues", given, "other-token")
    assert (status, row["labels"], row["user"]["login"]) == (201, [], "passer-by")
    assert ask(forge, "PATCH", f"{REPO}/issues/2", {"title": "x"}, "other-token")[0] in (200, 201)


def test_gitea_takes_both_schemes_and_github_one() -> None:
    for dialect in BOTH:
        headers = {"authorization": "token bot-token"}
        status = 401 if dialect == "github" else 200
        assert made(dialect).handle("GET", f"{REPO}/issues", headers, b"")[0] == status
