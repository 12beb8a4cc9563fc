"""A stand-in within reach of a real client: over HTTP, or in this process for httpx."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.forges.faults import Cut
from tests.forges.standin import StandIn

ROOTS = {"github": "", "gitea": "/api/v1"}
Hook = Callable[[int], None]


@contextmanager
def served(
    standin: StandIn, *, before_answer: Hook | None = None, after: Hook | None = None
) -> Iterator[str]:
    """The API's URL, root included.

    ``before_answer`` is called with the request's ordinal before the work, ``after`` when the
    work is done and before the answer is sent. Requests are handled one at a time, so a hook or
    a happening must not wait for a request of its own over HTTP. At the end, the first request
    or answer that no forge would take or give is raised.
    """
    handler = _handler(standin, before_answer or _nothing, after or _nothing)
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    seen, api = len(standin.refused), standin.api
    standin.api = f"http://127.0.0.1:{server.server_port}{ROOTS[standin.dialect]}"
    thread.start()
    try:
        yield standin.api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        standin.api = api
    if len(standin.refused) > seen:
        raise standin.refused[seen]


def _nothing(ordinal: int) -> None:
    return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


def _handler(standin: StandIn, before: Hook, after: Hook) -> type[BaseHTTPRequestHandler]:
    lock, root = threading.RLock(), ROOTS[standin.dialect]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            target = self.path.removeprefix(root)
            try:
                with lock:
                    ordinal = standin.ordinal
                    before(ordinal)
                    try:
                        wire = standin.handle(
                            self.command, target, dict(self.headers.items()), body
                        )
                    finally:
                        after(ordinal)
            except Cut:
                self.close_connection = True
                return
            except (AssertionError, NotImplementedError) as fault:
                wire = 599, {"Content-Type": "text/plain"}, str(fault).encode()
            self._send(*wire)

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            with suppress(OSError):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer

        def log_message(self, format: str, *args: Any) -> None:
            """Silent: the stand-in keeps a log."""

    return Handler


def transport(standin: StandIn) -> httpx.MockTransport:
    """For ``httpx.Client(transport=..., base_url=standin.api)``, without a socket."""
    root = urlsplit(standin.api).path

    def answer(request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode().removeprefix(root)
        try:
            status, headers, body = standin.handle(
                request.method, target, request.headers, request.content
            )
        except Cut as cut:
            if cut.seconds:
                raise httpx.ReadTimeout("timed out", request=request) from cut
            words = "Server disconnected without sending a response."
            raise httpx.RemoteProtocolError(words, request=request) from cut
        return httpx.Response(status, headers=headers, content=body, request=request)

    return httpx.MockTransport(answer)
