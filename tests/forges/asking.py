"""Requests of the stand-in's own tests."""

from __future__ import annotations

import json
from typing import Any

from tests.forges.descriptions import Dialect
from tests.forges.faults import Fault, Schedule
from tests.forges.standin import StandIn

REPO = "/repos/lezhi/cases"
BOTH: tuple[Dialect, ...] = ("github", "gitea")


def made(dialect: Dialect, **more: Any) -> StandIn:
    standin = StandIn(dialect, **more)
    standin.thorough = True
    return standin


def ask(
    forge: StandIn, method: str, target: str, body: Any = None, token: str = "bot-token"
) -> tuple[int, dict[str, str], Any]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    text = b"" if body is None else json.dumps(body).encode()
    status, given, answer = forge.handle(method, target, headers, text)
    return status, given, json.loads(answer) if answer else None


def numbers(forge: StandIn, query: str = "state=all") -> list[int]:
    return [row["number"] for row in ask(forge, "GET", f"{REPO}/issues?{query}")[2]]


def opened(forge: StandIn, count: int) -> None:
    for n in range(count):
        forge.open_issue(f"第{n + 1}件", "正文", by="clerk")


def scheduled(dialect: Dialect, kind: str, ordinal: int = 0, seconds: float = 60) -> StandIn:
    return made(dialect, schedule=Schedule("x", dialect, faults={ordinal: Fault(kind, seconds)}))
