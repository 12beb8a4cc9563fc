"""One exchange with a forge over HTTPS: what is asked, what comes back, what is never known.

Only this module and :mod:`hotline.doors.forges.patience` know that there is a network.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from hotline.doors.fault import Unavailable

if TYPE_CHECKING:
    import httpx

CONNECT, ANSWER = 10.0, 30.0
"""Seconds until a connection must stand, and until its answer must begin."""
MAX_ANSWER = 32 * 1024 * 1024
"""Bytes of one answer; a page of a hundred issues with full bodies takes about seven million."""
_FORGE_SAYS = ("GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN")


@dataclass(frozen=True, slots=True)
class Request:
    """``path`` lies below the API's root and carries its query; ``body`` becomes JSON."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None

    @property
    def writes(self) -> bool:
        return self.method != "GET"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a forge said; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The answer as JSON; ValueError where it is none (a proxy's page of HTML, a rest)."""
        if self.status == 204 or not self.content:
            return None
        return json.loads(self.content)

    @property
    def message(self) -> str:
        """What the forge says of a refusal, for the person who looks for its reason."""
        try:
            told = self.json()
        except ValueError:
            return ""
        return str(told.get("message", "")) if isinstance(told, dict) else ""


class Lost(Unavailable):
    """No answer came. ``was_sent`` tells whether the request may have been carried out."""

    def __init__(self, was_sent: bool) -> None:
        super().__init__("代码平台没有回答，写没写成不能确定；请稍后再运行，会先核对")
        self.was_sent = was_sent


class Wire(Protocol):
    def send(self, request: Request) -> Answer:
        """One exchange; :class:`Lost` where no answer came."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where the issues lie, as the Actions of both forges say it in the environment."""

    api: str
    repository: str
    token: str

    @property
    def has_limits(self) -> bool:
        """GitHub's own service limits how fast one may write; a server of one's own does not."""
        host = urlsplit(self.api).hostname or ""
        return host == "api.github.com" or host.endswith(".ghe.com")


def place_of(environment: Mapping[str, str] | None = None) -> Place:
    """From the environment; :class:`Unavailable` names what is missing there."""
    told = os.environ if environment is None else environment
    missing = [name for name in _FORGE_SAYS if not told.get(name, "").strip()]
    if missing:
        raise Unavailable(
            f"缺少环境变量 {'、'.join(missing)}。在 Actions 里运行时平台会设好；在本机运行请自己设定："
            "GITHUB_API_URL（如 https://api.github.com 或 https://代码平台/api/v1）、"
            "GITHUB_REPOSITORY（如 lezhi/hotline）、GITHUB_TOKEN"
        )
    api, repository, token = (told[name].strip() for name in _FORGE_SAYS)
    parts = urlsplit(api)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise Unavailable(f"GITHUB_API_URL 不是网址：{api}")
    owner, _, name = repository.partition("/")
    if not owner or not name or "/" in name or any(c in repository for c in "?#% "):
        raise Unavailable(f"GITHUB_REPOSITORY 应写成 所有者/仓库，现在是 {repository}")
    if not token.isascii() or any(c.isspace() for c in token):
        raise Unavailable("GITHUB_TOKEN 里有空格或不是英文字符，请重新复制令牌")
    return Place(api.rstrip("/"), repository, token)


class Https:
    """The wire of real use. A redirection is never followed: the token goes to one host only."""

    def __init__(self, place: Place, headers: Mapping[str, str]) -> None:
        import httpx  # heavy

        self._httpx = httpx
        self._api = place.api
        self._client = httpx.Client(
            headers={**headers, "User-Agent": "hotline"},
            timeout=httpx.Timeout(ANSWER, connect=CONNECT),
            follow_redirects=False,
        )

    def send(self, request: Request) -> Answer:
        httpx = self._httpx
        try:
            with self._client.stream(
                request.method, self._api + request.path, json=request.body
            ) as answer:
                content = self._read(answer)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Lost(was_sent=False) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise Lost(was_sent=True) from error
        except httpx.InvalidURL as error:
            raise Unavailable(f"GITHUB_API_URL 不是网址：{self._api}") from error
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status_code, headers, content)

    @staticmethod
    def _read(answer: httpx.Response) -> bytes:
        parts, size = [], 0
        for part in answer.iter_bytes():
            size += len(part)
            if size > MAX_ANSWER:
                raise Unavailable("代码平台的回答太大，已停下；请检查 GITHUB_API_URL 是否写对")
            parts.append(part)
        return b"".join(parts)

    def close(self) -> None:
        self._client.close()
