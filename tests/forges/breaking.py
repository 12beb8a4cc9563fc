"""How each fault looks to the client."""

from __future__ import annotations

import json
from math import ceil
from typing import Any

from tests.forges.descriptions import Dialect
from tests.forges.faults import Cut, Fault

HTML = (
    b"<!DOCTYPE html>\n<html><head><title>Unicorn!</title></head><body><p>Busy.</p></body></html>"
)
ELSEWHERE = "https://portal.example.org/login"
_JSON = {"Content-Type": "application/json; charset=utf-8"}
_HTML = {"Content-Type": "text/html; charset=utf-8"}
_SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
_WORDS = {
    500: "Server Error",
    503: "Service unavailable",
    429: "Too Many Requests",
}
Wire = tuple[int, dict[str, str], bytes]


def broken(fault: Fault, dialect: Dialect, now: float, answer: bytes) -> Wire:
    """What the wire carries in place of ``answer``; a connection that ends raises Cut."""
    kind, _, _ = fault.kind.partition("-")
    match kind:
        case "cut":
            raise Cut(fault.done)
        case "timeout":
            raise Cut(fault.done, fault.seconds)
        case "html":
            return 200, dict(_HTML), HTML
        case "broken":
            return 200, dict(_JSON), answer[: max(len(answer) // 2, 1)] or b"{"
        case "redirect":
            return 302, {**_HTML, "Location": ELSEWHERE}, HTML
        case "502" | "504":  # a proxy's word, not the forge's
            return int(kind), dict(_HTML), HTML
        case "403":
            return _limited(fault, now)
    wait = {"Retry-After": _whole(fault.seconds)} if fault.kind == "429" else {}
    return int(kind), {**_JSON, **wait}, _message(int(kind), _WORDS[int(kind)], dialect)


def _limited(fault: Fault, now: float) -> Wire:
    if fault.kind == "403-primary":
        reset = str(ceil(now + fault.seconds))
        headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
        words = "API rate limit exceeded for installation."
    else:
        bare = fault.kind.endswith("-bare")
        headers = {} if bare else {"Retry-After": _whole(fault.seconds)}
        words = _SECONDARY
    return 403, {**_JSON, **headers}, _message(403, words, "github")


def wait_until(fault: Fault, now: float) -> float | None:
    """Before when the forge asked for no request."""
    asked = fault.kind in {"429", "403-secondary", "403-primary"}
    return now + fault.seconds if asked else None


def _whole(seconds: float) -> str:
    return str(ceil(seconds))


def _message(status: int, words: str, dialect: Dialect) -> bytes:
    shape: dict[str, Any] = {"message": words}
    if dialect == "github":
        shape |= {"documentation_url": "https://docs.github.com/rest", "status": str(status)}
    return json.dumps(shape).encode()
