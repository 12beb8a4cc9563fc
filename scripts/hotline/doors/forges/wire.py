"""One exchange with a forge over HTTPS: what is asked, what comes back, what is never known.

No other module knows of sockets, certificates and proxies.
"""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from hotline.doors.fault import Unavailable

if TYPE_CHECKING:
    import httpx

CONNECT, ANSWER, WHOLE = 10.0, 30.0, 90.0
"""Seconds until a connection must stand, until its answer must go on, and for all of it."""
MAX_ANSWER = 32 * 1024 * 1024
"""Bytes of one answer; a page of a hundred issues with full bodies takes about seven million."""
_REPOSITORY = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")
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
        try:
            return json.loads(self.content)
        except RecursionError:
            raise ValueError("nested too deeply") from None

    @property
    def message(self) -> str:
        """What the forge says of a refusal, for the person who looks for its reason."""
        try:
            told = self.json()
        except ValueError:
            return ""
        return str(told.get("message", "")) if isinstance(told, dict) else ""


class Lost(Unavailable):
    """No answer came. ``was_sent`` tells whether the request may have been carried out, ``why``
    in Chinese what stood in the way, where that is known."""

    def __init__(self, was_sent: bool, why: str = "") -> None:
        super().__init__("代码平台没有回答，写没写成不能确定；请稍后再运行，会先核对")
        self.was_sent = was_sent
        self.why = why


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
    if not _is_address(api):
        raise Unavailable(f"GITHUB_API_URL 不是网址：{api}")
    if _REPOSITORY.fullmatch(repository) is None:
        raise Unavailable(f"GITHUB_REPOSITORY 应写成 所有者/仓库，现在是 {repository}")
    if not token.isascii() or any(c.isspace() for c in token):
        raise Unavailable("GITHUB_TOKEN 里有空格或不是英文字符，请重新复制令牌")
    return Place(api.rstrip("/"), repository, token)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        host.encode("idna")
        return parts.scheme in ("https", "http") and bool(host) and (parts.port or 1) > 0
    except (ValueError, UnicodeError):
        return False


class Https:
    """The wire of real use. A redirection is never followed: the token goes to one host only."""

    def __init__(self, place: Place, headers: Mapping[str, str]) -> None:
        import httpx  # heavy

        self._httpx = httpx
        self._api = place.api
        try:
            self._client = httpx.Client(
                headers={**headers, "User-Agent": "hotline", "Content-Type": "application/json"},
                timeout=httpx.Timeout(ANSWER, connect=CONNECT),
                follow_redirects=False,
            )
        except (ImportError, ValueError, OSError, httpx.InvalidURL) as error:
            raise Unavailable(
                "代理或证书的环境变量不能用，请检查 HTTP_PROXY、HTTPS_PROXY、ALL_PROXY、NO_PROXY"
                "（只支持 http:// 和 https:// 的代理）和 SSL_CERT_FILE"
            ) from error

    def send(self, request: Request) -> Answer:
        httpx = self._httpx
        body = None if request.body is None else json.dumps(request.body).encode()
        address = self._api + request.path
        try:
            with self._client.stream(request.method, address, content=body) as answer:
                content = self._read(answer)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise _unconnected(error) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise Lost(was_sent=True) from error
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status_code, headers, content)

    def _read(self, answer: httpx.Response) -> bytes:
        deadline = time.monotonic() + WHOLE
        parts, size = [], 0
        for part in answer.iter_bytes():
            size += len(part)
            if size > MAX_ANSWER:
                raise Unavailable("代码平台的回答太大，已停下；请检查 GITHUB_API_URL 是否写对")
            if time.monotonic() > deadline:
                raise self._httpx.ReadTimeout("a byte now and then")
            parts.append(part)
        return b"".join(parts)

    def close(self) -> None:
        self._client.close()


def _unconnected(error: BaseException) -> Unavailable:
    """Why no connection stood. A certificate is not mended by trying again."""
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Unavailable(
            "代码平台的证书不被信任。自建平台的证书：把签发机构的证书存成文件，设环境变量 "
            "SSL_CERT_FILE=文件；证书过期的请更换"
        )
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Lost(was_sent=False, why="找不到这台主机，请检查 GITHUB_API_URL 和 DNS")
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return Lost(was_sent=False, why="对方没有开这个端口，请检查 GITHUB_API_URL 和代理设置")
    return Lost(was_sent=False, why="连接不上，请检查网络和代理设置（HTTPS_PROXY、NO_PROXY）")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
