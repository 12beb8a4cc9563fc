"""What is waited for, what is tried again, what is given up: one answer at a time."""

from __future__ import annotations

import json
from email.utils import formatdate
from typing import Any

import pytest

from hotline.doors.fault import Unavailable
from hotline.doors.forges.patience import Later, NoAnswer, Patient, Refused
from hotline.doors.forges.wire import Answer, Lost, Request

GET, POST = Request("GET", "/x"), Request("POST", "/x", {})
NOON = 1_791_855_000.0
OK = Answer(200, {}, b'{"ok": true}')


def says(status: int, message: str = "", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, json.dumps({"message": message}).encode())


class Script:
    """A wire that gives what was written down for it, and a clock that only says so."""

    def __init__(self, *answers: Answer | Lost) -> None:
        self.answers = list(answers)
        self.sent: list[Request] = []
        self.slept: list[float] = []
        self.time = NOON

    def send(self, request: Request) -> Answer:
        self.sent.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Lost):
            raise answer
        return answer

    def close(self) -> None: ...

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def ask(script: Script, request: Request, *, paced: bool = False) -> Any:
    patient = Patient(script, script, paced)
    return patient.read(request.path)[0] if request is GET else patient.write(request)


LIMITS = [
    ("retry-after in seconds", says(429, retry_after="7"), 7),
    ("retry-after as a date", says(429, retry_after=formatdate(NOON + 9, usegmt=True)), 9),
    ("retry-after of nothing", says(429, retry_after="0"), 1),
    ("no word of how long", says(429), 60),
    ("GitHub's second limit, with a time", says(403, "You have exceeded a secondary rate limit", retry_after="30"), 30),
    ("GitHub's second limit, without", says(403, "You have exceeded a secondary rate limit"), 60),
    ("the hour's limit, soon over", says(403, "API rate limit exceeded", x_ratelimit_remaining="0", x_ratelimit_reset=str(int(NOON) + 20)), 21),
    ("the hour's limit without its end", says(403, "API rate limit exceeded", x_ratelimit_remaining="0"), 60),
]  # fmt: skip


@pytest.mark.parametrize("request_", [GET, POST], ids=["read", "write"])
@pytest.mark.parametrize(("told", "limit", "wait"), LIMITS, ids=[told for told, *_ in LIMITS])
def test_a_limit_is_waited_out(told: str, limit: Answer, wait: float, request_: Request) -> None:
    script = Script(limit, OK)
    assert ask(script, request_) == {"ok": True}
    assert script.slept == [wait]


FAR = [
    says(429, retry_after="3600"),
    says(403, "API rate limit exceeded", x_ratelimit_remaining="0", x_ratelimit_reset=str(int(NOON) + 1800)),
    says(429, retry_after="9" * 40),
    says(403, "rate limit", x_ratelimit_remaining="0", x_ratelimit_reset="9" * 30),
    says(429, retry_after="Fri, 31 Dec 9999 23:59:59 GMT"),
]  # fmt: skip


@pytest.mark.parametrize("limit", FAR)
def test_a_limit_that_is_far_off_ends_the_run_and_names_the_moment(limit: Answer) -> None:
    script = Script(limit)
    with pytest.raises(Later) as stop:
        ask(script, POST)
    assert len(script.sent) == 1 and not script.slept
    assert stop.value.moment > NOON and "以后再运行" in str(stop.value)


def test_a_limit_that_never_ends_is_given_up() -> None:
    script = Script(*[says(429, retry_after="5")] * 9)
    with pytest.raises(Later):
        ask(script, POST)
    assert len(script.sent) == 5


@pytest.mark.parametrize(
    "trouble", [says(500), says(502), Answer(200, {}, b"<html>"), Lost(True), Lost(False)]
)
def test_a_read_is_tried_again(trouble: Answer | Lost) -> None:
    script = Script(trouble, trouble, OK)
    assert ask(script, GET) == {"ok": True}
    assert script.slept == [1, 2]


def test_a_read_that_fails_five_times_is_given_up() -> None:
    with pytest.raises(NoAnswer, match="请稍后再运行"):
        ask(Script(*[says(503)] * 5), GET)


@pytest.mark.parametrize("trouble", [says(500), says(504), Answer(201, {}, b"<html>"), Lost(True)])
def test_a_write_whose_answer_was_lost_is_not_sent_again(trouble: Answer | Lost) -> None:
    script = Script(trouble, OK)
    with pytest.raises(Lost):
        ask(script, POST)
    assert len(script.sent) == 1


def test_a_write_that_never_left_is_sent_again() -> None:
    script = Script(Lost(was_sent=False), OK)
    assert ask(script, POST) == {"ok": True}


REFUSALS = [
    (401, "令牌无效"),
    (403, "issues: write"),
    (404, "没有这个仓库"),
    (410, "Issues"),
    (301, "改名或迁走"),
    (302, "GITHUB_API_URL"),
    (422, "GITHUB_API_URL"),
]


@pytest.mark.parametrize(("status", "way_out"), REFUSALS)
def test_a_refusal_is_final_and_says_the_way_out(status: int, way_out: str) -> None:
    script = Script(says(status, "Bad credentials"))
    with pytest.raises(Refused, match=way_out) as refused:
        ask(script, GET)
    assert len(script.sent) == 1 and isinstance(refused.value, Unavailable)


def test_writes_on_github_are_a_second_apart() -> None:
    script = Script(OK, OK, OK)
    patient = Patient(script, script, paced=True)
    for _ in range(3):
        patient.write(POST)
    assert script.slept == [0, 1, 1]
