"""The product's client over real HTTP against a GitHub that others wrote (:mod:`emulated`).

Our own stand-in is as right as our reading of GitHub's description; this one is somebody else's.
"""

from __future__ import annotations

import base64
import http.client
import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from hotline.doors.forges.connect import connect, sticky
from hotline.doors.forges.github import GitHub
from hotline.doors.forges.issues import Issues
from hotline.doors.forges.labels import ALL, LABELS, LEVEL_LABELS
from hotline.doors.forges.patience import Refused
from hotline.doors.forges.wire import Answer, Https, Lost, Request, place_of
from hotline.escalation.issue import Issue
from hotline.escalation.marker import read, same_text
from hotline.escalation.plan import KEEP_CLOSED, plan
from tests.conftest import DataRepository
from tests.escalation.test_plan import late_case
from tests.forges.bots import SECRET, an_issue, reconcile, wanted
from tests.forges.descriptions import description
from tests.forges.emulated import BOT, CLERK, OUTSIDER, OWNER, SPARE, emulated
from tests.rules.examples import REPLIED, timed

Run = Callable[..., tuple[int, str, str]]
LIMIT = 5_000
_NAMES = itertools.count()


class Still:
    """A clock on which waiting takes no time."""

    def __init__(self) -> None:
        self.slept = 0.0

    def now(self) -> float:
        return time.time() + self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


@dataclass
class Counted:
    """The wire of real use, with all that went over it. Requests and answers are held against
    GitHub's description. ``lose`` names the writes whose answer does not come back, by their
    ordinal; after ``most`` writes none gets through."""

    real: Https
    lose: frozenset[int] = frozenset()
    most: int = 1_000_000
    seen: list[tuple[Request, Answer]] = field(default_factory=list)

    def send(self, request: Request) -> Answer:
        parts = urlsplit(request.path)
        body = ... if request.body is None else json.loads(json.dumps(request.body))
        description("github").check_request(
            request.method, parts.path, parse_qsl(parts.query, strict_parsing=bool(parts.query)), body
        )  # fmt: skip
        if request.writes and len(self.writes) >= self.most:
            raise Lost(was_sent=False)
        answer = self.real.send(request)
        self.seen.append((request, answer))
        told = answer.json() if answer.content else ...
        description("github").check_answer(request.method, parts.path, answer.status, told)
        if request.writes and len(self.writes) - 1 in self.lose:
            raise Lost(was_sent=True)
        return answer

    def close(self) -> None:
        self.real.close()

    @property
    def writes(self) -> list[Request]:
        return [request for request, _ in self.seen if request.writes]


@dataclass
class Town:
    """One repository on the emulator, with the bot and the people who work in it."""

    url: str
    name: str
    people: dict[str, httpx.Client]
    closing: ExitStack
    secret: str = SECRET

    def environment(self, token: str = f"{BOT}-token") -> dict[str, str]:
        return {
            "GITHUB_API_URL": self.url,
            "GITHUB_REPOSITORY": f"{OWNER}/{self.name}",
            "GITHUB_TOKEN": token,
            "HOTLINE_MARKER_KEY": self.secret,
        }

    def wire(self, token: str = f"{BOT}-token", lose: frozenset[int] = frozenset()) -> Counted:
        place = place_of(self.environment(token))
        real = Https(place, GitHub(place.repository).headers(place.token))
        self.closing.callback(real.close)
        return Counted(real, lose)

    def bot(self, wire: Counted, token: str = f"{BOT}-token") -> Issues:
        return connect("github", self.environment(token), wire=wire, clock=Still())

    def go(self, *asked: Issue, lose: frozenset[int] = frozenset()) -> tuple[list[str], Counted]:
        """One run that knows what it did: its actions, and what went over the wire."""
        wire = self.wire(lose=lose)
        made, report = reconcile(self.bot(wire), wanted(*asked))
        assert report.is_sure, report
        return [action.action for action in made.actions], wire

    def rests(self, *asked: Issue) -> None:
        """One more run changes nothing."""
        _, wire = self.go(*asked)
        assert not wire.writes

    def ask(self, method: str, path: str, body: Any = None, by: str = CLERK) -> Any:
        """What a person does; ``path`` lies below the repository."""
        answer = self.people[by].request(method, f"/repos/{OWNER}/{self.name}{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def issue(self, number: int) -> Any:
        return self.ask("GET", f"/issues/{number}")

    def issues(self) -> list[Any]:
        """All of them, the first first, read without the product's help."""
        rows: list[Any] = []
        for page in itertools.count(1):
            found = self.ask("GET", f"/issues?state=all&direction=asc&per_page=50&page={page}")
            rows += found
            if len(found) < 50:
                break
        return rows

    def told(self, number: int, page: int = 1) -> list[str]:
        path = f"/issues/{number}/comments?per_page=100&page={page}"
        return [row["body"] for row in self.ask("GET", path)]


@pytest.fixture(scope="session")
def forge() -> Iterator[str]:
    with emulated() as url:
        yield url


@pytest.fixture
def town(forge: str) -> Iterator[Town]:
    with ExitStack() as closing:
        people = {
            login: closing.enter_context(
                httpx.Client(base_url=forge, headers={"Authorization": f"Bearer {login}-token"})
            )
            for login in (OWNER, CLERK, OUTSIDER)
        }
        made = people[OWNER].post("/user/repos", json={"name": f"cases-{next(_NAMES)}"})
        assert made.status_code == 201, made.text
        yield Town(forge, made.json()["name"], people, closing)


def labels_of(row: Any) -> set[str]:
    return {label["name"] for label in row["labels"]}


def says(row: Any, issue: Issue) -> bool:
    body = read(row["body"])
    return row["title"] == issue.title and bool(body.marker) and same_text(body.ours, issue.body)


# --- an issue's life -----------------------------------------------------------------------


@pytest.mark.parametrize("secret", [SECRET, ""], ids=["signed", "unsigned"])
def test_an_issue_from_its_opening_to_its_return(town: Town, secret: str) -> None:
    town.secret = secret
    first = an_issue(1)
    assert town.go(first)[0] == ["open"]
    (row,) = town.issues()
    assert (row["number"], row["state"], row["user"]["login"]) == (1, "open", BOT)
    assert says(row, first)
    assert labels_of(row) == {ALL, LEVEL_LABELS["unit"]}
    town.rests(first)

    worse = an_issue(1, "D103", "E191", level="bureau", title="【提请局督办】" + first.title[5:])
    assert town.go(worse)[0] == ["update"]
    assert says(town.issue(1), worse)
    assert labels_of(town.issue(1)) == {ALL, LEVEL_LABELS["bureau"]}
    (comment,) = town.told(1)
    assert "E191" in comment and "D103" not in comment
    town.rests(worse)

    assert town.go()[0] == ["close"]
    row = town.issue(1)
    assert (row["state"], row["state_reason"]) == ("closed", "completed")
    town.rests()

    assert town.go(first)[0] == ["reopen"]
    row = town.issue(1)
    assert (row["state"], row["state_reason"]) == ("open", "reopened")
    assert says(row, first) and labels_of(row) == {ALL, LEVEL_LABELS["unit"]}
    assert len(town.told(1)) == 2 and "情形再次出现" in town.told(1)[1]
    town.rests(first)
    assert len(town.issues()) == 1


def test_the_labels_are_made_once_with_their_colours(town: Town) -> None:
    town.ask("POST", "/labels", {"name": ALL, "color": "000000"}, by=OWNER)
    town.go(an_issue(1))
    town.go(an_issue(1), an_issue(2, level="county"))
    there = {row["name"]: row["color"] for row in town.ask("GET", "/labels?per_page=100")}
    assert there == {label.name: label.colour for label in LABELS} | {ALL: "000000"}


def test_what_people_write_around_our_part_stays(town: Town) -> None:
    town.go(an_issue(1))
    body = town.issue(1)["body"]
    town.ask("PATCH", "/issues/1", {"body": f"请张工先看。\r\n\r\n{body}\r\n\r\n已电话催办。"})
    town.rests(an_issue(1))
    town.go(an_issue(1, body="内容有变"))
    text = town.issue(1)["body"]
    assert text.startswith("请张工先看。") and text.endswith("已电话催办。")
    assert "内容有变" in text and text.count("<!-- hotline v1") == 1


def test_137_issues_over_several_pages(town: Town) -> None:
    asked = [an_issue(number) for number in range(137)]
    actions, wire = town.go(*asked)
    assert actions == ["open"] * 137
    made = [r for r in wire.writes if r.method == "POST" and r.path.endswith("/issues")]
    assert len(made) == 137
    # Beside them: six labels, and the bot's own name, which the first issue told it.
    assert len(wire.writes) == 137 + len(LABELS) + 1
    rows = town.issues()
    assert [row["number"] for row in rows] == list(range(1, 138))
    assert all(says(row, issue) for row, issue in zip(rows, asked, strict=True))

    _, wire = town.go(*asked)
    assert [urlsplit(request.path).query[-6:] for request, _ in wire.seen] == ["page=1", "page=2"]
    assert all(request.method == "GET" for request, _ in wire.seen)

    # One more, whose answer is lost: it is looked for from the newest on.
    more = [*asked, an_issue(137)]
    town.go(*more, lose=frozenset({0}))
    assert len(town.issues()) == 138
    town.rests(*more)


# --- what others do ------------------------------------------------------------------------


def test_the_lowest_of_two_for_one_case_stays(town: Town) -> None:
    """Two runs at once: each read before the other wrote."""
    asked = wanted(an_issue(1), an_issue(2))
    one, other = town.bot(town.wire()), town.bot(town.wire())
    plans = [(bot, plan(asked, bot.found(asked.keys()))) for bot in (one, other)]
    reports = [bot.apply(made) for bot, made in plans]
    assert all(report.is_sure for report in reports), reports
    town.rests(*asked.values())
    rows = town.issues()
    assert [row["state"] for row in rows] == ["open", "open", "closed", "closed"]
    for row, keeper in zip(rows[2:], (1, 2), strict=True):
        assert row["state_reason"] == "not_planned"
        assert f"#{keeper}" in row["body"]
    town.go()
    assert {row["state"] for row in town.issues()} == {"closed"}


def test_duplicates_that_were_found_later_are_closed(town: Town) -> None:
    """A run of another machine that saw none of ours, e.g. behind a forge's lagging list."""
    issue = an_issue(1)
    for _ in range(2):
        bot = town.bot(town.wire())
        bot.tracker.last_number = len(town.issues())
        assert bot.apply(plan(wanted(issue), {})).is_sure
    assert [row["state"] for row in town.issues()] == ["open", "open"]
    assert town.go(issue)[0] == ["keep", "close_duplicate"]
    assert [row["state_reason"] for row in town.issues()] == [None, "not_planned"]
    town.rests(issue)


def test_a_persons_closing_is_taken_back_once(town: Town) -> None:
    issue = an_issue(1)
    town.go(issue)
    town.ask("PATCH", "/issues/1", {"state": "closed"})
    assert town.go(issue)[0] == ["reopen"]
    row = town.issue(1)
    assert (row["state"], row["state_reason"]) == ("open", "reopened")
    (comment,) = town.told(1)
    assert "被人工关闭" in comment and KEEP_CLOSED in comment
    town.rests(issue)
    town.ask("PATCH", "/issues/1", {"state": "closed", "state_reason": "not_planned"})
    actions, wire = town.go(issue)
    assert actions == ["blocked"] and not wire.writes
    assert town.issue(1)["state"] == "closed" and len(town.told(1)) == 1


def test_the_label_that_keeps_an_issue_closed(town: Town) -> None:
    issue = an_issue(1)
    town.go(issue)
    town.ask("POST", "/issues/1/labels", {"labels": [KEEP_CLOSED]})
    town.ask("PATCH", "/issues/1", {"state": "closed"})
    actions, wire = town.go(issue)
    assert actions == ["keep"] and not wire.writes
    assert town.issue(1)["state"] == "closed" and not town.told(1)
    # It was said of these grounds: another one opens the issue, and the label goes.
    more = an_issue(1, "D103", "E191")
    assert town.go(more)[0] == ["reopen"]
    assert town.issue(1)["state"] == "open" and KEEP_CLOSED not in labels_of(town.issue(1))
    town.rests(more)


def test_nothing_is_said_where_a_person_locked_the_conversation(town: Town) -> None:
    town.go(an_issue(1))
    town.ask("PUT", "/issues/1/lock", {"lock_reason": "resolved"})
    worse = an_issue(1, "D103", "E191")
    town.go(worse)
    assert says(town.issue(1), worse) and not town.told(1)
    town.rests(worse)


def test_an_outsiders_copy_of_the_mark_is_left_alone(town: Town) -> None:
    issue = an_issue(1)
    town.go(issue)
    ours = town.issue(1)
    town.ask("POST", "/issues", {"title": ours["title"], "body": ours["body"]}, by=OUTSIDER)
    actions, wire = town.go(issue)
    assert actions == ["keep"] and not wire.writes
    town.go()
    assert [row["state"] for row in town.issues()] == ["closed", "open"]
    assert town.go(issue)[0] == ["reopen"]
    assert [row["state"] for row in town.issues()] == ["open", "open"]
    town.rests(issue)


def test_an_outsiders_forgery_is_left_alone(town: Town) -> None:
    """A mark that names its own author, for an order that has no issue yet."""
    issue, other = an_issue(1), an_issue(2)
    town.go(issue)
    marker = read(town.issue(1)["body"]).marker
    assert marker is not None
    own = town.ask("POST", "/issues", {"title": "你好"}, by=OUTSIDER)["user"]["id"]
    forged = replace(marker, case=other.case, key=other.key, by=str(own))
    town.ask("POST", "/issues", {"title": other.title, "body": forged.line}, by=OUTSIDER)
    assert town.go(issue, other)[0] == ["keep", "open"]
    assert [row["user"]["login"] for row in town.issues()] == [BOT, OUTSIDER, OUTSIDER, BOT]
    town.rests(issue, other)


# --- when it goes wrong --------------------------------------------------------------------


@pytest.mark.parametrize("lost", range(9))
def test_a_lost_answer_opens_nothing_twice(town: Town, lost: int) -> None:
    """Any one write of a first run: six labels, an issue, its author's name, another issue."""
    asked = [an_issue(1, "E191", level="bureau"), an_issue(2)]
    _, wire = town.go(*asked, lose=frozenset({lost}))
    made = [r for r in wire.writes if r.method == "POST" and r.path.endswith("/issues")]
    assert len(made) == 2
    assert [row["state"] for row in town.issues()] == ["open", "open"]
    assert all(map(says, town.issues(), asked))
    town.rests(*asked)


@pytest.mark.parametrize("most", range(4))
def test_a_run_that_was_cut_off_is_taken_up_by_the_next(town: Town, most: int) -> None:
    town.go(an_issue(1))
    worse = an_issue(1, "D103", "E191", level="bureau")
    wire = town.wire()
    wire.most = most
    _, report = reconcile(town.bot(wire), wanted(worse))
    assert not report.is_sure and len(wire.writes) == most
    assert town.go(worse)[0] == ["update"]
    assert len(town.told(1)) == 1 and says(town.issue(1), worse)
    assert labels_of(town.issue(1)) == {ALL, LEVEL_LABELS["bureau"]}
    town.rests(worse)


@pytest.mark.parametrize("lost", range(4))
def test_a_lost_answer_says_nothing_twice(town: Town, lost: int) -> None:
    """Any one write of an update: a label, the label before it, the comment, the issue."""
    town.go(an_issue(1))
    worse = an_issue(1, "D103", "E191", level="bureau")
    _, wire = town.go(worse, lose=frozenset({lost}))
    assert len(wire.writes) in (4, 5)  # what says the whole state may be sent once more
    assert len(town.told(1)) == 1 and says(town.issue(1), worse)
    assert labels_of(town.issue(1)) == {ALL, LEVEL_LABELS["bureau"]}
    town.rests(worse)


def test_a_budget_that_ends_in_the_middle_of_a_run(town: Town) -> None:
    """5,000 requests an hour and token: the run says when it may go on, and what it opened is
    not opened again."""
    _spend(town.url, SPARE, LIMIT - 15)
    asked = wanted(*(an_issue(number) for number in range(1, 9)))
    wire = town.wire(SPARE)
    _, report = reconcile(town.bot(wire, SPARE), asked)
    assert "限制了请求次数" in report.stopped and not report.is_sure
    refused = [answer for _, answer in wire.seen if answer.status == 403]
    assert len(refused) == 1, "after the refusal nothing more is sent"
    opened = len(town.issues())
    assert 0 < opened < 8 and report.written == opened
    actions, _ = town.go(*asked.values())
    assert sorted(actions) == ["keep"] * opened + ["open"] * (8 - opened)
    assert [row["number"] for row in town.issues()] == list(range(1, 9))
    town.rests(*asked.values())


def _spend(url: str, token: str, requests: int) -> None:
    line = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port or 80)
    for _ in range(requests):
        line.request("GET", "/rate_limit", headers={"Authorization": f"Bearer {token}"})
        line.getresponse().read()
    line.close()


def test_a_repository_that_is_not_there(town: Town) -> None:
    town.name = "nowhere"
    with pytest.raises(Refused, match="没有这个仓库"):
        town.go(an_issue(1))


@pytest.mark.xfail(
    strict=True,
    reason="emulate 0.11.2 takes a token that it does not know for its first user; GitHub says 401",
)
def test_a_token_that_is_not_known(town: Town) -> None:
    with pytest.raises(Refused, match="令牌无效"):
        town.bot(town.wire("no-such-token"), "no-such-token").found([])


# --- a pull request's comment, and the command line ----------------------------------------


def test_the_comment_of_the_check(town: Town) -> None:
    """On a pull request that people talk about on more than one page."""
    number = _pull_request(town)
    for n in range(120):
        town.ask("POST", f"/issues/{number}/comments", {"body": f"第 {n + 1} 句"})
    wire = town.wire()
    comment = sticky("github", town.environment(), wire=wire, clock=Still())
    assert comment.put(number, "✅ 没有问题", is_well=True) == "none" and not wire.writes
    for text, is_well, done, writes in (
        ("错误 2 处\n\n- D103", False, "written", 1),
        ("错误 2 处\n\n- D103", False, "same", 1),
        ("错误 1 处", False, "updated", 2),
        ("✅ 没有问题", True, "updated", 3),
        ("✅ 没有问题", True, "same", 3),
    ):
        assert comment.put(number, text, is_well=is_well) == done
        assert len(wire.writes) == writes
        assert town.told(number, page=2)[-1].split("\n", 1)[1] == text
    assert len(town.told(number, page=2)) == 21
    # The bot's issues do not mind that a pull request took a number.
    town.go(an_issue(1))
    assert [row["number"] for row in town.issues()] == [number + 1]
    town.rests(an_issue(1))


def _pull_request(town: Town) -> int:
    text = {"message": "工单修改", "content": base64.b64encode(b"id: x\n").decode()}
    made = town.ask("PUT", "/contents/README.md", text, by=OWNER)
    told = {"ref": "refs/heads/change", "sha": made["commit"]["sha"]}
    town.ask("POST", "/git/refs", told, by=OWNER)
    town.ask("PUT", "/contents/case.yaml", {**text, "branch": "change"}, by=OWNER)
    told = {"title": "工单修改", "head": "change", "base": "main"}
    return int(town.ask("POST", "/pulls", told, by=OWNER)["number"])


def test_the_command_line(
    town: Town, repository: DataRepository, hotline: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``hotline escalate --apply --forge github``, as a workflow calls it."""
    for name, value in town.environment().items():
        monkeypatch.setenv(name, value)
    case: dict[str, Any] = late_case()
    path = repository.put(case)
    base = ("escalate", "--apply", "--forge", "github", "--repo", str(repository.root))
    now = ("--now", "2026-10-23T09:00:00+08:00")
    code, out, err = hotline(*base, *now)
    assert (code, "新建 1" in out, "办成 1 条" in err) == (0, True, True), (out, err)
    (row,) = town.issues()
    assert case["id"] in row["title"] and "D103" in row["body"]
    assert labels_of(row) == {ALL, LEVEL_LABELS["bureau"]}
    for is_gone in (False, True):  # nothing is new; the order's file is away
        if is_gone:
            path.unlink()
        code, _, err = hotline(*base, *now)
        assert (code, "办成 0 条" in err, town.issues()) == (0, True, [row]), err
    called = {"type": "callback", "reached": True, "process": "satisfied", "result": "satisfied"}
    done: list[dict[str, Any]] = [
        {**REPLIED, "at": "2026-10-23T17:00:00+08:00"},
        {**called, "at": "2026-10-24T09:00:00+08:00"},
        {"type": "closed", "ground": "satisfied", "at": "2026-10-24T10:00:00+08:00"},
    ]
    repository.put({**case, "events": [*case["events"], *timed(done, case)]})
    code, out, err = hotline(*base, "--now", "2026-10-24T18:00:00+08:00")
    assert (code, "关闭 1" in out, "办成 1 条" in err) == (0, True, True), (out, err)
    assert (town.issue(1)["state"], town.issue(1)["state_reason"]) == ("closed", "completed")
