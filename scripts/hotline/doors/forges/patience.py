"""How a request is repeated, and when not: limits are waited out, reads are tried again, and a
write whose answer was lost is never sent again blindly.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import tenacity

from hotline.doors.fault import Unavailable
from hotline.doors.forges.wire import Answer, Lost, Request, Wire

TRIES = 5
"""How often a read, or a request that was refused for now, is sent in all."""
LONGEST = 120.0
"""Seconds that a run waits for a limit; a longer one ends the run with the moment it names."""
UNSAID = 60.0
"""Seconds to wait where a limit names none, as GitHub asks."""
PAUSE = 1.0
"""Seconds between two writes where the forge asks for it."""
TOLD_WAIT = 5.0
_WEEK = 7 * 86_400.0
_LIMIT_WORDS = ("rate limit", "abuse detection", "too many requests")


def said(answer: Answer) -> str:
    """The status and the forge's own words, for the person who looks for the reason."""
    return f"{answer.status} {answer.message[:200]}".strip()


_MOVED = "地址变了：仓库改名或迁走了，或者 GITHUB_API_URL 的 http 应写成 https"
_REFUSALS = {
    301: _MOVED,
    302: _MOVED,
    307: _MOVED,
    308: _MOVED,
    401: "令牌无效或已过期，请更换 GITHUB_TOKEN",
    403: "令牌的权限不够（需要 issues: write，写评论需要 pull-requests: write）",
    404: "没有这个仓库或编号，或者令牌看不到它；请核对 GITHUB_REPOSITORY、GITHUB_TOKEN 和 --forge",
    410: "仓库关闭了 Issues 功能，请在仓库设置里打开",
}


class Clock(Protocol):
    """The one place where a run waits. Seconds since 1970."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The clock of real use: whoever looks on is told of a wait that can be felt."""

    def now(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        if seconds >= TOLD_WAIT:
            print(f"等待代码平台 {seconds:.0f} 秒……", file=sys.stderr, flush=True)
        time.sleep(seconds)


class Refused(Unavailable):
    """The forge answered and did not do it. The message is for a whole run; who asked for one
    thing may know better what it means."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        told = _REFUSALS.get(
            answer.status, "代码平台拒绝了请求，或者把它转到了别处；请检查 GITHUB_API_URL"
        )
        super().__init__(f"{told}（{said(answer)}）")


class NoAnswer(Unavailable):
    """The forge cannot be reached, or makes no sense, for reads too."""


class Later(Unavailable):
    """The forge wants nothing before a moment that is too far off to wait for."""

    def __init__(self, moment: float) -> None:
        self.moment = moment
        at = datetime.fromtimestamp(moment, UTC).astimezone()
        super().__init__(
            f"代码平台限制了请求次数，{at:%m-%d %H:%M:%S}（本机时间）以后再运行，会接着办完"
        )


class _Again(Exception):
    """To be sent again: after ``wait`` seconds where the forge named them."""

    def __init__(self, wait: float | None, why: str = "") -> None:
        self.wait = wait
        self.why = why


def _wait_of(state: tenacity.RetryCallState) -> float:
    """What the forge asked for, else 1, 2, 4, 8 seconds."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, _Again) else None
    return 2.0 ** (state.attempt_number - 1) if asked is None else asked


@dataclass(slots=True)
class Patient:
    """Sends requests over a wire, waiting on a clock. ``paced`` keeps writes a second apart."""

    wire: Wire
    clock: Clock = field(default_factory=SystemClock)
    paced: bool = False
    _wrote_at: float = 0.0

    def read(self, path: str) -> tuple[Any, Mapping[str, str]]:
        """What a GET gives, as JSON, and its headers. Tried again after 5xx, cuts and nonsense.

        :class:`Refused` for other answers, :class:`NoAnswer` where none came.
        """

        def once(request: Request) -> tuple[Any, Mapping[str, str]]:
            try:
                answer = self._send(request)
            except Lost as lost:
                raise _Again(None, lost.why) from None
            if answer.status >= 500:
                raise _Again(None, f"平台内部出错（{answer.status}）")
            if not answer.is_good:
                raise Refused(answer)
            try:
                return answer.json(), answer.headers
            except ValueError:
                raise _Again(None, "回答不是 JSON，GITHUB_API_URL 可能写错了") from None

        told: tuple[Any, Mapping[str, str]] = self._repeatedly(once, Request("GET", path))
        return told

    def write(self, request: Request) -> Any:
        """What a writing request gives, as JSON.

        Repeated only where it certainly was not carried out: the forge refused it for now, or no
        connection stood. :class:`Lost` where it may have been; :class:`Refused` otherwise.
        """

        def once(request: Request) -> Any:
            self._pace()
            try:
                answer = self._send(request)
            except Lost as lost:
                if lost.was_sent:
                    raise
                raise _Again(None, lost.why) from None
            if answer.status >= 500:
                raise Lost(was_sent=True)
            if not answer.is_good:
                raise Refused(answer)
            try:
                return answer.json()
            except ValueError:
                raise Lost(was_sent=True) from None

        return self._repeatedly(once, request)

    def _repeatedly(self, once: Callable[[Request], Any], request: Request) -> Any:
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(TRIES),
            wait=_wait_of,
            retry=tenacity.retry_if_exception_type(_Again),
            sleep=self.clock.sleep,
            reraise=True,
        )
        try:
            return retrying(once, request)
        except _Again as last:
            if last.wait is not None:
                raise Later(self.clock.now() + last.wait) from None
            why = f"：{last.why}" if last.why else ""
            raise NoAnswer(
                f"代码平台没有正常回答，试了 {TRIES} 次都不行{why}；请稍后再运行"
            ) from None

    def _send(self, request: Request) -> Answer:
        answer = self.wire.send(request)
        wait = _limit(answer, self.clock.now())
        if wait is None:
            return answer
        if wait > LONGEST:
            raise Later(self.clock.now() + wait)
        raise _Again(wait)

    def _pace(self) -> None:
        if self.paced:
            self.clock.sleep(max(0.0, self._wrote_at + PAUSE - self.clock.now()))
            self._wrote_at = self.clock.now()


def _limit(answer: Answer, now: float) -> float | None:
    """Seconds to wait where the answer speaks of a limit, else None.

    GitHub: 429 or 403 with ``retry-after``, with ``x-ratelimit-remaining: 0`` and the moment in
    ``x-ratelimit-reset``, or with a message alone. A 403 without any of these is a refusal.
    """
    if answer.status not in (403, 429):
        return None
    after = _retry_after(answer.headers.get("retry-after", ""), now)
    if after is not None:
        return _sane(after)
    if answer.headers.get("x-ratelimit-remaining") == "0":
        reset = answer.headers.get("x-ratelimit-reset", "")
        return _sane(float(reset) - now + 1.0) if reset.isdecimal() else UNSAID
    spoken = answer.message.lower()
    if answer.status == 429 or any(words in spoken for words in _LIMIT_WORDS):
        return UNSAID
    return None


def _sane(seconds: float) -> float:
    """A limit of zero seconds would be a loop, one of a century a moment that no clock shows."""
    return min(max(1.0, seconds), _WEEK)


def _retry_after(text: str, now: float) -> float | None:
    """RFC 9110, 10.2.3: seconds or a date."""
    text = text.strip()
    if text.isdecimal():
        return float(text)
    try:
        return parsedate_to_datetime(text).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return None
