"""The product's client on a stand-in, in virtual time: what the tests of forges share."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass

from hotline.doors.forges.connect import DIALECTS, connect
from hotline.doors.forges.issues import Issues
from hotline.doors.forges.wire import Answer, Lost, Place, Request
from hotline.escalation.issue import Issue
from hotline.escalation.plan import Plan, plan
from hotline.escalation.report import Report
from tests.forges.faults import Cut
from tests.forges.model import Clock
from tests.forges.standin import StandIn

SECRET = "kept-by-the-centre"


@dataclass(frozen=True)
class Waiting:
    """The client's clock: sleeping moves the stand-in's time."""

    clock: Clock

    def now(self) -> float:
        return self.clock()

    def sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)


class Direct:
    """A wire without a network: the very bytes that HTTP would carry."""

    def __init__(self, standin: StandIn, token: str = "bot-token") -> None:
        self.standin = standin
        self.headers = {
            **DIALECTS[standin.dialect](standin.repository).headers(token),
            "Content-Type": "application/json",
        }

    def send(self, request: Request) -> Answer:
        body = b"" if request.body is None else json.dumps(request.body).encode()
        try:
            status, headers, content = self.standin.handle(
                request.method, request.path, self.headers, body
            )
        except Cut:
            raise Lost(was_sent=True) from None
        return Answer(status, {name.lower(): value for name, value in headers.items()}, content)

    def close(self) -> None:
        pass


def place(
    standin: StandIn, *, secret: str = SECRET, api: str = "http://forge.test"
) -> dict[str, str]:
    """The environment of Actions."""
    told = Place(api, standin.repository, "bot-token")
    return {
        "GITHUB_API_URL": told.api,
        "GITHUB_REPOSITORY": told.repository,
        "GITHUB_TOKEN": told.token,
        "HOTLINE_MARKER_KEY": secret,
    }


def bot(
    standin: StandIn, clock: Clock, *, secret: str = SECRET, token: str = "bot-token"
) -> Issues:
    issues = connect(
        standin.dialect, place(standin, secret=secret), wire=Direct(standin, token), clock=Waiting(clock)
    )  # fmt: skip
    rng = random.Random(standin.ordinal)
    issues.nonce = lambda: f"{rng.getrandbits(32):08x}"
    return issues


def wanted(*cases: Issue) -> dict[str, Issue]:
    return {issue.case: issue for issue in cases}


def an_issue(
    number: int, *grounds: str, level: str = "unit", body: str = "", title: str = ""
) -> Issue:
    """The issue of case ``number``; its body is as long as a real one's first lines."""
    case = f"LZ-20261013-{number:04d}"
    grounds = grounds or ("D103",)
    text = body or f"工单 **{case}**\n\n- 状态：办理中\n- 情形：{'、'.join(grounds)}\n"
    words = {code: f"{code} 的情形" for code in grounds}
    return Issue(
        case, level, grounds, title or f"【已超期】{case} 答复 · 县住房城乡建设局", text, "承办单位", words
    )  # fmt: skip


def reconcile(forge: Issues, asked: Mapping[str, Issue]) -> tuple[Plan, Report]:
    """One run of the bot: read, plan, apply."""
    made = plan(asked, forge.found(asked.keys()))
    return made, forge.apply(made)
