"""What messages are sent to in tests: an HTTP server and a mail server of this process."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


class Sink:
    """Takes whatever is posted. ``status``, ``answer`` and ``wait`` say how it answers; while
    ``held`` it does not answer at all."""

    def __init__(self) -> None:
        self.status, self.answer, self.wait = 200, b"{}", 0.0
        self.posts: list[dict[str, Any]] = []
        self.held = False
        self.released = threading.Event()
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(sink.wait)
                if sink.held:
                    sink.released.wait(30)
                    return
                sink.posts.append(json.loads(body))
                self.send_response(sink.status)
                self.send_header("Content-Length", str(len(sink.answer)))
                self.end_headers()
                self.wfile.write(sink.answer)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"json://{self.host}"

    @property
    def texts(self) -> list[str]:
        return [f"{post['title']}\n{post['message']}" for post in self.posts]


@contextmanager
def http_sink() -> Iterator[Sink]:
    sink = Sink()
    thread = threading.Thread(target=sink.server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield sink
    finally:
        sink.released.set()
        sink.server.shutdown()
        thread.join()
        sink.server.server_close()


class Mailbox:
    """An aiosmtpd handler that keeps (subject, text) of every mail."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str, str]] = []
        self.raw: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail: Any = message_from_bytes(envelope.content, policy=default)
        self.raw.append(envelope.content)
        self.mails.append(
            (mail["Subject"], mail.get_content_type(), mail.get_content().replace("\r\n", "\n"))
        )
        return "250 OK"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def mail_sink() -> Iterator[tuple[Mailbox, str]]:
    """(the mailbox, the address to write to it)."""
    box = Mailbox()
    port = free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield box, f"mailto://127.0.0.1:{port}?from=hotline@example.cn&to=zhang@example.cn"
    finally:
        server.stop()
