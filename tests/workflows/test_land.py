"""The workflow that lands labelled pull requests, carried out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hotline.doors.forges.connect import pulls
from hotline.doors.forges.wire import Answer, Request
from tests.workflows.forge import Forge, case
from tests.workflows.runner import WORKFLOWS, Result, git, load
from tests.workflows.test_workflows import both_forges, needs_tool

LAND = WORKFLOWS / "land.yml"
SIGNED = "{at: 2024-03-12T10:20:00+08:00, by: housing-bureau, type: signed}"
URGED = "{at: 2024-03-12T11:00:00+08:00, by: hotline-center, type: urged, text: 请抓紧}"
PATH, TEXT = case(1)


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    made = Forge(tmp_path)
    git(made.root, "config", "receive.denyCurrentBranch", "ignore")
    return made


def request(
    forge: Forge, number: int, files: dict[str, str | None], **changes: Any
) -> dict[str, Any]:
    """A pull request as both forges list it; its branch stays behind."""
    forge.branch(f"change-{number}")
    forge.commit(files)
    commit = git(forge.root, "rev-parse", "HEAD")
    forge.back()
    git(forge.root, "update-ref", f"refs/pull/{number}/head", commit)
    return {
        "number": number,
        "labels": [{"name": "合并"}],
        "base": {"ref": "main"},
        "head": {"sha": commit, "repo": {"full_name": "county/hotline"}},
    } | changes


@contextmanager
def serving(kind: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    """A forge that knows the list of pull requests only."""
    root = "" if kind == "github" else "/api/v1"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            assert asked.path == f"{root}/repos/county/hotline/pulls"
            page = int(parse_qs(asked.query)["page"][0])
            body = json.dumps(rows if page == 1 else []).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{root}"
    finally:
        server.shutdown()
        server.server_close()


def landed(forge: Forge, kind: str, rows: list[dict[str, Any]]) -> Result:
    runner = forge.on_main("schedule")
    with serving(kind, rows) as url:
        runner.forge = {"GITHUB_API_URL": url}
        return runner.job(LAND, "land", GITHUB_TOKEN="bot-token")


@needs_tool
@both_forges
def test_requests_that_conflict_in_events_land(forge: Forge, kind: str) -> None:
    rows = [
        request(forge, 7, {PATH: f"{TEXT}- {SIGNED}\n"}),
        request(forge, 8, {PATH: f"{TEXT}- {URGED}\n"}, labels=["land"]),
    ]
    result = landed(forge, kind, rows)
    assert result.failed is None, result.log
    assert git(forge.root, "show", f"main:{PATH}") == f"{TEXT}- {SIGNED}\n- {URGED}".strip()
    assert git(forge.root, "log", "-2", "--first-parent", "--format=%an %s", "main").splitlines() == [
        "hotline 合并 pull/8：LZ-20240312-0001", "hotline 合并 pull/7：LZ-20240312-0001",
    ]  # fmt: skip
    assert git(forge.root, "merge-base", "--is-ancestor", "change-7", "main") == ""
    assert "    pull/7：已合并" in result.summary
    assert "bot-token" not in result.log + result.summary


@needs_tool
@both_forges
def test_only_what_may_land_lands(forge: Forge, kind: str) -> None:
    rows = [
        request(forge, 1, {PATH: f"{TEXT}- {SIGNED}\n"}, labels=[{"name": "wip"}]),
        request(forge, 2, {PATH: f"{TEXT}- {SIGNED}\n"}, base={"ref": "other"}),
        request(forge, 3, dict([case(3)]), head={"sha": "0" * 40, "repo": {"full_name": "x/y"}}),
        request(forge, 4, dict([case(4)]), head={"sha": "0" * 40, "repo": None}),
        request(forge, 5, {**dict([case(5)]), ".github/workflows/x.yml": "on: push\n"}),
        request(forge, 6, dict([case(6, kind="rumour")])),
        request(forge, 9, dict([case(9)])),
    ]
    rows[6]["head"]["sha"] = "0" * 40  # pushed to since it was listed
    before = git(forge.root, "rev-parse", "main")
    result = landed(forge, kind, rows)
    assert result.failed is None, result.log
    assert git(forge.root, "rev-parse", "main") == before
    assert "工单以外的文件" in result.summary and "S010" in result.summary
    assert "::warning title=有没合并的请求::" in result.log
    assert all(command.startswith("::warning title=") for command in result.commands)


@needs_tool
def test_nothing_to_do(forge: Forge) -> None:
    result = landed(forge, "github", [])
    assert result.failed is None and result.summary == ""


@needs_tool
def test_a_branch_that_moved_meanwhile_is_not_overwritten(forge: Forge) -> None:
    rows = [request(forge, 7, {PATH: f"{TEXT}- {SIGNED}\n"})]
    runner = forge.on_main("schedule")
    real = runner._run

    def moving(step: dict[str, Any], own: dict[str, str], result: Result) -> bool:
        if step["name"] == "推送":
            forge.commit(dict([case(2)]))
        return real(step, own, result)

    runner._run = moving  # type: ignore[method-assign]
    with serving("github", rows) as url:
        runner.forge = {"GITHUB_API_URL": url}
        result = runner.job(LAND, "land")
    assert result.failed == "推送"
    assert git(forge.root, "log", "-1", "--format=%s", "main") == "change"


def test_it_runs_on_the_default_branch_only() -> None:
    workflow = load(LAND)
    assert set(workflow["on"]) == {"schedule", "workflow_dispatch"}
    job = workflow["jobs"]["land"]
    assert "github.ref_name == github.event.repository.default_branch" in job["if"]
    assert job["permissions"] == {"contents": "write", "pull-requests": "read"}
    tokens = [step["name"] for step in job["steps"] if "token" in str(step.get("env"))]
    assert tokens == ["取来要合并的请求", "推送"]


class Told:
    """A wire that answers the same to everything."""

    def __init__(self, content: Any) -> None:
        self.content = json.dumps(content).encode()

    def send(self, request: Request) -> Answer:
        return Answer(200, {}, self.content)

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "strange",
    [{}, [1], [{"number": "7"}], [{"number": 0}],
     [{"number": 7, "labels": [{"name": "land"}], "base": {"ref": "main"},
       "head": {"sha": "$(x)", "repo": {"full_name": "a/b"}}}]],
)  # fmt: skip
def test_strange_answers_are_refused(strange: Any) -> None:
    from hotline.doors.fault import Unavailable

    told = {"GITHUB_API_URL": "https://f", "GITHUB_REPOSITORY": "a/b", "GITHUB_TOKEN": "t"}
    with pytest.raises(Unavailable):
        pulls("gitea", told, wire=Told(strange)).labelled(["land"], "main")
