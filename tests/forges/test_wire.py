"""The real network, as far as there is one on a machine: what is sent, and to whom."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from hotline.doors.fault import Unavailable
from hotline.doors.forges import wire
from hotline.doors.forges.wire import Answer, Https, Lost, Place, Request, place_of

Handle = Callable[[BaseHTTPRequestHandler], None]
GET = Request("GET", "/repos/a/b/issues")


@contextmanager
def server(handle: Handle) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            handle(self)

        do_POST = do_GET

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def answer(status: int, body: bytes = b"{}", **headers: str) -> Handle:
    def handle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return handle


def send(api: str, request: Request = GET) -> Answer:
    place = Place(api, "a/b", "secret-token")
    with closing(Https(place, {"Authorization": f"Bearer {place.token}"})) as https:
        return https.send(request)


def test_a_redirection_is_not_followed_and_the_token_stays() -> None:
    seen: list[str] = []

    def elsewhere(request: BaseHTTPRequestHandler) -> None:
        seen.append(str(request.headers))
        answer(200)(request)

    with server(elsewhere) as other, server(answer(302, Location=f"{other}/x")) as here:
        assert send(here).status == 302
    assert not seen


def test_an_answer_that_is_cut_is_lost_and_was_sent() -> None:
    def cut(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b'{"half')

    with server(cut) as api, pytest.raises(Lost) as lost:
        send(api)
    assert lost.value.was_sent


def test_a_server_that_is_not_there_was_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(Lost) as lost:
        send(f"http://127.0.0.1:{port}")
    assert not lost.value.was_sent


def test_a_server_that_says_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "ANSWER", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        with pytest.raises(Lost) as lost:
            send(f"http://127.0.0.1:{deaf.getsockname()[1]}")
        assert lost.value.was_sent


def test_a_server_without_a_good_certificate_is_not_tried_again() -> None:
    with server(answer(200)) as api, pytest.raises(Unavailable, match="SSL_CERT_FILE"):
        send(api.replace("http:", "https:"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:1080"),
        ("HTTP_PROXY", "garbage://x"),
        ("HTTP_PROXY", "http://[::1"),
        ("SSL_CERT_FILE", "/no/such/file"),
    ],
)
def test_an_environment_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Unavailable, match=name):
        send("http://127.0.0.1:9")


def test_what_stands_in_the_way_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(Lost) as lost:
        send(f"http://127.0.0.1:{port}")
    assert "端口" in lost.value.why


def test_an_answer_that_drips_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "WHOLE", 0.2)

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "50")
        request.end_headers()
        with suppress(OSError):
            for _ in range(50):
                request.wfile.write(b" ")
                request.wfile.flush()
                time.sleep(0.05)

    with server(drip) as api, pytest.raises(Lost) as lost:
        send(api)
    assert lost.value.was_sent


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"message": ' * 50_000])
def test_nesting_is_nonsense_and_no_crash(content: bytes) -> None:
    with pytest.raises(ValueError):
        Answer(200, {}, content).json()
    assert Answer(403, {}, content).message == ""


def test_an_endless_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_ANSWER", 1000)
    with server(answer(200, b"x" * 5000)) as api, pytest.raises(Unavailable, match="太大"):
        send(api)


GOOD = {
    "GITHUB_API_URL": "https://git.lezhi.example/api/v1/",
    "GITHUB_REPOSITORY": "lezhi/cases",
    "GITHUB_TOKEN": "abc",
}
WRONG = [
    ({"GITHUB_TOKEN": ""}, "缺少环境变量 GITHUB_TOKEN"),
    ({"GITHUB_API_URL": " ", "GITHUB_REPOSITORY": ""}, "GITHUB_API_URL、GITHUB_REPOSITORY"),
    ({"GITHUB_API_URL": "git.lezhi.example"}, "不是网址"),
    ({"GITHUB_API_URL": "file:///etc/passwd"}, "不是网址"),
    ({"GITHUB_API_URL": "http://[::1/api/v1"}, "不是网址"),
    ({"GITHUB_API_URL": "http://a..b/"}, "不是网址"),
    ({"GITHUB_API_URL": "http://a:99999/"}, "不是网址"),
    ({"GITHUB_REPOSITORY": "a/\udcff"}, "所有者/仓库"),
    ({"GITHUB_REPOSITORY": "cases"}, "所有者/仓库"),
    ({"GITHUB_REPOSITORY": "a/b/c"}, "所有者/仓库"),
    ({"GITHUB_REPOSITORY": "a/b?x=1"}, "所有者/仓库"),
    ({"GITHUB_TOKEN": "令牌"}, "GITHUB_TOKEN"),
    ({"GITHUB_TOKEN": "a\nX-Evil: 1"}, "GITHUB_TOKEN"),
]


def test_the_environment_of_actions_is_enough() -> None:
    assert place_of(GOOD) == Place("https://git.lezhi.example/api/v1", "lezhi/cases", "abc")


@pytest.mark.parametrize(("change", "words"), WRONG)
def test_what_is_missing_or_wrong_in_the_environment_is_named(
    change: dict[str, str], words: str
) -> None:
    with pytest.raises(Unavailable, match=words):
        place_of({**GOOD, **change})


@pytest.mark.parametrize(
    ("api", "limited"),
    [
        ("https://api.github.com", True),
        ("https://api.lezhi.ghe.com", True),
        ("https://github.lezhi.example/api/v3", False),
        ("http://127.0.0.1:3000/api/v1", False),
        ("https://api.github.com.evil.example", False),
    ],
)
def test_only_githubs_own_service_limits_writes(api: str, limited: bool) -> None:
    assert Place(api, "a/b", "t").has_limits is limited
