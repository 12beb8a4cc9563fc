"""A stateful stand-in of a forge's issue API, with lag, faults and people."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import tests.forges.play_comments
import tests.forges.play_issues
import tests.forges.play_labels  # noqa: F401 - all three register what they play
from tests.forges.breaking import Wire, broken, wait_until
from tests.forges.descriptions import (
    Dialect,
    NotInDescription,
    Operation,
    Rendered,
    description,
    rendered,
)
from tests.forges.faults import Cut, Fault, Happening, Schedule
from tests.forges.humans import OUTSIDER, Humans
from tests.forges.limits import Hour
from tests.forges.log import Logged, hasty
from tests.forges.model import Clock, Comment, Issue, User
from tests.forges.play import PLAYS, Answer, Call, Play, Refusal, error
from tests.forges.shapes import API, Shapes
from tests.forges.store import Store

BOTS = {
    "github": User("github-actions[bot]", 41898282, "Bot", writer=True),
    "gitea": User("gitea-actions", -2, "Bot", writer=True),
}
_BELOW = "/repos/{owner}/{repo}"
_JSON = "application/json; charset=utf-8"


class StandIn(Humans):
    """One repository on one forge. ``target`` is path and query below the API's root."""

    def __init__(
        self,
        dialect: Dialect,
        now: Callable[[], float] | None = None,
        *,
        repository: str = "lezhi/cases",
        lag: float | None = None,
        page_max: int | None = None,
        schedule: Schedule | None = None,
        happen: Callable[[Happening], None] | None = None,
        advance: Callable[[float], None] | None = None,
    ) -> None:
        self.dialect: Dialect = dialect
        self.now = now or Clock()
        self.schedule = schedule or Schedule("calm", dialect)
        self.happen = happen or self.happens
        self.repository = repository
        self.page_max = page_max or (100 if dialect == "github" else 50)
        self.store = Store(self.now, self.schedule.lag if lag is None else lag)
        self.shapes = Shapes(description(dialect), repository)
        self.tokens = {"bot-token": BOTS[dialect], "other-token": OUTSIDER}
        self.api = API[dialect]
        self.issues_enabled = True
        self.locked_for_writers = True
        """Nobody may comment on a locked issue. Gitea's writers may: then False."""
        self.thorough = False
        """Each whole answer is parsed and held again, not only its rows once."""
        self.hour = Hour(self.now)
        self.requests: list[Logged] = []
        self.refused: list[Exception] = []
        """Each request or answer that no forge would take or give; they are raised too."""
        self.writes = 0
        self.ordinal = 0
        self._advance = advance or getattr(self.now, "advance", None)
        self._described = description(dialect)
        self._plays: dict[Operation, Play | None] = {}
        self._coming = sorted(self.schedule.happenings.items())
        self._happening = False

    # -- what tests look at -------------------------------------------------------------

    @property
    def issues(self) -> list[Issue]:
        """All that are not gone, pull requests too, as they are now."""
        return [row for row in self.store.issues.rows.values() if not row.gone]

    def open_issues(self) -> list[Issue]:
        return [row for row in self.issues if row.state == "open" and not row.pull]

    def closed_issues(self) -> list[Issue]:
        return [row for row in self.issues if row.state == "closed" and not row.pull]

    def comments_of(self, number: int) -> list[Comment]:
        rows = self.store.comments.rows.values()
        return [row for row in rows if row.number == number and not row.gone]

    def hasty(self) -> list[Logged]:
        return hasty(self.requests)

    @property
    def spent(self) -> bool:
        """No fault and no happening is left."""
        return self.ordinal >= self.schedule.end and not self._coming

    def calm(self) -> None:
        """Drops the faults and happenings that are left; the lag stays."""
        self.schedule = replace(self.schedule, faults={}, happenings={})
        self._coming = []

    # -- one request --------------------------------------------------------------------

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Wire:
        """Status, headers and body; raises Cut where the connection ends without an answer."""
        ordinal, self.ordinal = self.ordinal, self.ordinal + 1
        self._let_happen()
        try:
            return self._handle(ordinal, method, target, headers, body)
        except (AssertionError, NotImplementedError) as refused:
            self.refused.append(refused)
            raise

    def _handle(
        self, ordinal: int, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Wire:
        lowered = {key.lower(): value for key, value in headers.items()}
        operation, call = self._read(method, target, lowered, body)
        fault = self.schedule.faults.get(ordinal)
        answer = None if fault and not fault.done else self._work(operation, call)
        if answer and method != "GET" and answer.status < 300:
            self.writes += 1
        logged = ordinal, self.now(), method, target
        done = answer.status if answer else None
        if fault is None:
            assert answer is not None
            self.requests.append(Logged(*logged, answer.status, call.who.login, done))
            return answer.status, self._headers(answer), _text(answer)
        until = wait_until(fault, self.now())
        self.requests.append(Logged(*logged, fault.kind, call.who.login, done, until))
        return self._break(fault, call, answer)

    def _read(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[Operation, Call]:
        path, _, query = target.partition("?")
        pairs = parse_qsl(query, keep_blank_values=True) if query else []
        given: Any = ...
        if body:
            if not headers.get("content-type", "").startswith("application/json"):
                raise NotInDescription(f"{method} {path}: the body does not say that it is JSON")
            try:
                given = json.loads(body)
            except ValueError as fault:
                raise NotInDescription(f"{method} {path}: body: {fault}") from fault
        operation, values = self._described.check_request(method, path, pairs, given)
        who = self._who(headers.get("authorization", ""))
        return operation, Call(method, path, values, dict(pairs), given, who)

    def _who(self, given: str) -> User:
        scheme, _, token = given.partition(" ")
        known = scheme.lower() == "bearer" or (scheme == "token" and self.dialect == "gitea")
        return (self.tokens.get(token) if known else None) or NOBODY

    def _work(self, operation: Operation, call: Call) -> Answer:
        try:
            answer = self._play(operation, call)
        except Refusal as refusal:
            answer = refusal.answer
        if answer.rows is None:
            self._described.check_answer(call.method, call.path, answer.status, ...)
        else:
            self._described.check_rows(operation, answer.status, answer.rows)
        if self.thorough:
            whole = json.loads(_text(answer)) if answer.rows is not None else ...
            self._described.check_answer(call.method, call.path, answer.status, whole)
        return answer

    def _play(self, operation: Operation, call: Call) -> Answer:
        if call.who is NOBODY:
            return error(self.dialect, 401, "Bad credentials")
        match operation.name:
            case "GET /user":
                return error(self.dialect, 403, "Resource not accessible by integration")
            case "GET /version":
                return Answer(200, rendered({"version": "1.26.0"}))
            case "GET /rate_limit":
                return Answer(200, self.hour.overview())
        if "/".join(call.values[:2]).lower() != self.repository.lower():
            return error(self.dialect, 404, "Not Found")
        if not self.issues_enabled and "/issues" in operation.template:
            gone = 410 if self.dialect == "github" else 404
            return error(self.dialect, gone, "Issues are disabled for this repo")
        play = self._find_play(operation)
        if play is None:
            raise NotImplementedError(f"not played: {operation.name}")
        below = Call(
            call.method, call.path, call.values[2:], call.query, _body(call.body), call.who
        )
        return play(self, below)

    def _find_play(self, operation: Operation) -> Play | None:
        if operation not in self._plays:
            below = operation.template.removeprefix(_BELOW).strip("/").split("/")
            name = "/".join("{}" if part.startswith("{") else part for part in below)
            self._plays[operation] = PLAYS.get(f"{operation.method} {name}")
        return self._plays[operation]

    # -- limits, faults, happenings ------------------------------------------------------

    def _headers(self, answer: Answer) -> dict[str, str]:
        headers = dict(answer.headers)
        if answer.rows is not None:
            headers["Content-Type"] = _JSON
        if self.dialect == "github":
            headers |= self.hour.count()
        return headers

    def _break(self, fault: Fault, call: Call, answer: Answer | None) -> Wire:
        text = _text(answer) if answer else b""
        try:
            wire = broken(fault, self.dialect, self.now(), text)
        except Cut as cut:
            if cut.seconds and self._advance:
                self._advance(cut.seconds)
            raise
        status, headers, body = wire
        if status >= 400:
            whole = json.loads(body) if "json" in headers["Content-Type"] else ...
            self._described.check_answer(call.method, call.path, status, whole)
        if self.dialect == "github" and status in (403, 429):
            headers = self.hour.count() | headers
        return status, headers, body

    def _let_happen(self) -> None:
        """What was to happen by now; what a second bot asks meanwhile brings nothing more."""
        if self._happening or not self._coming:
            return
        self._happening = True
        try:
            while self._coming and self._coming[0][0] < self.ordinal:
                self.happen(self._coming.pop(0)[1])
        finally:
            self._happening = False


NOBODY = User("", 0)


def _body(given: Any) -> Any:
    return {} if given is ... else given


def _text(answer: Answer) -> bytes:
    if answer.rows is None:
        return b""
    if isinstance(answer.rows, Rendered):
        return answer.rows.text
    return b"[" + b",".join([row.text for row in answer.rows]) + b"]"
