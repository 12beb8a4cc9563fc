"""Messages sent through Apprise, each once: what was told is written down after it was told,
so that a crash in between repeats a message and never loses one.

An address is a secret. It is read from the environment, handed to Apprise and shown nowhere:
not in a report, not by Apprise's own log, not in an exception.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from hotline.doors import disk
from hotline.doors.fault import Unavailable
from hotline.doors.lock import locked
from hotline.escalation.digest import Message
from hotline.values.times import NotATime, parse_time

FOLDER = Path(".hotline") / "notified"
KEPT = timedelta(days=60)
PATIENCE = 20.0
"""Seconds for all that one address is sent in a run; addresses are served side by side."""
MAX_SOCKET = 8.0
"""Seconds for a connection, and for each answer; addresses may ask for less."""
_PACE = 1.1
"""Seconds between messages to one robot: WeCom and DingTalk take 20 in a minute, and this is
fewer in all that :data:`PATIENCE` allows."""
_MAX_BYTES = {
    "NotifyWeComBot": 2000, "NotifyDingTalk": 9000, "NotifyFeishu": 9000, "NotifyLark": 9000,
}  # fmt: skip
"""What a robot takes at once, with room to spare (2,048 at WeCom, some 20,000 elsewhere, where
Chinese may be sent escaped and twice as long). Apprise counts characters, not bytes."""
_UNLIMITED = 1 << 20
_SILENT = ("apprise", "urllib3", "requests")

Why = Literal["unset", "unusable", "failed", "slow", "unrecorded", "postponed"]
WORDS: dict[Why, str] = {
    "unset": "环境变量没有设置，或是空的",
    "unusable": "地址的写法不对，对照 docs/handbook/notify.md",
    "failed": "没有送达：对方没有应答或拒收，核对地址、网络、机器人的安全设置",
    "slow": f"{PATIENCE:.0f} 秒内没有发完，剩下的下次再发",
    "unrecorded": "发出了，但记不下来，下次会重发",
    "postponed": "消息太多，对方限制频率，剩下的下次再发",
}


@dataclass(frozen=True, slots=True)
class Address:
    """The ``number``-th address in a variable, counted from 1."""

    variable: str
    number: int
    url: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """What did not get through to a unit; ``number`` is 0 where it is the whole variable."""

    unit: str
    variable: str
    number: int
    why: Why


@dataclass(slots=True)
class Report:
    told: int = 0
    failures: list[Failure] = field(default_factory=list)


# --- memory ---------------------------------------------------------------------------------


class Memory:
    """What was told to which address: one small file each, read by its name alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else tells anything meanwhile. It is tried out first: what could not be
        written down would be sent again and again."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(f"建不了 {self.folder}：{disk.reason(error)}") from error
        with locked(self.folder):
            probe = self.folder / "probe"
            disk.write(probe, b"")
            probe.unlink(missing_ok=True)
            yield

    def holds(self, message: Message, address: Address) -> bool:
        return self._path(message, address).is_file()

    def record(self, message: Message, address: Address, now: datetime) -> None:
        to = f"{address.variable}/{address.number}"
        content = {"at": now.isoformat(), "key": message.key, "to": to}
        disk.write(self._path(message, address), json.dumps(content).encode() + b"\n")

    def sweep(self, standing: Iterable[tuple[Message, Address]], now: datetime) -> None:
        """Takes away what is older than 60 days, and what a killed run left half written. What
        still stands is kept, or it would be told anew."""
        kept = {self._path(message, address).name for message, address in standing}
        for path in self.folder.glob("*.json"):
            if path.name not in kept and _written_at(path, now) < now - KEPT:
                path.unlink(missing_ok=True)
        for path in self.folder.glob(".*.tmp"):
            path.unlink(missing_ok=True)

    def _path(self, message: Message, address: Address) -> Path:
        text = f"{message.key}\n{address.variable}/{address.number}"
        return self.folder / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"


def _written_at(path: Path, now: datetime) -> datetime:
    """When it was told; ``now`` of what cannot be read, so that it stays."""
    try:
        return parse_time(json.loads(path.read_bytes())["at"])
    except (OSError, ValueError, KeyError, TypeError, NotATime):
        return now


def state_folder(root: Path, environment: Mapping[str, str]) -> Path:
    """Below the repository, or where ``HOTLINE_STATE`` says."""
    given = environment.get("HOTLINE_STATE", "").strip()
    return Path(given) / "notified" if given else root / FOLDER


# --- addresses ------------------------------------------------------------------------------


def addresses(variable: str, environment: Mapping[str, str]) -> list[Address]:
    """The addresses in a variable, set apart by white space."""
    given = environment.get(variable, "").split()
    return [Address(variable, number, url) for number, url in enumerate(given, 1)]


def untold(
    messages: Sequence[Message], memory: Memory, environment: Mapping[str, str]
) -> list[Message]:
    """The messages that some address has not had yet."""
    return [
        message
        for message in messages
        if any(
            not (to := addresses(name, environment))
            or not all(memory.holds(message, address) for address in to)
            for name in message.urls_from
        )
    ]


# --- sending --------------------------------------------------------------------------------


@dataclass(slots=True)
class _Job:
    """All that one address is to be told, in this order. A thread works on it; whoever waits
    for it reads ``told`` and ``why``."""

    address: Address
    messages: list[Message] = field(default_factory=list)
    told: int = 0
    why: Why | None = None
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def left(self) -> list[Message]:
        return self.messages[self.told :]


def tell(
    messages: Sequence[Message], memory: Memory, environment: Mapping[str, str], now: datetime
) -> Report:
    """Sends what was not sent before; to be called while the memory is held."""
    report = Report()
    jobs: dict[Address, _Job] = {}
    standing = []
    for message in messages:
        for name in message.urls_from:
            to = addresses(name, environment)
            if not to:
                _fail(report, message.unit, Address(name, 0), "unset")
            for address in to:
                standing.append((message, address))
                if not memory.holds(message, address):
                    jobs.setdefault(address, _Job(address)).messages.append(message)
    memory.sweep(standing, now)
    if jobs:
        _carry_out(list(jobs.values()), memory, now)
    for job in jobs.values():
        report.told += job.told
        for message in job.left:
            _fail(report, message.unit, job.address, job.why or "failed")
    return report


def _fail(report: Report, unit: str, address: Address, why: Why) -> None:
    failure = Failure(unit, address.variable, address.number, why)
    if failure not in report.failures:
        report.failures.append(failure)


def _carry_out(jobs: Sequence[_Job], memory: Memory, now: datetime) -> None:
    """All addresses side by side, so that a slow one keeps no other waiting. A thread that
    hangs is left behind; it dies with the process."""
    running = []
    for job in jobs:
        service = _service(job.address)
        if service is None:
            job.why = "unusable"
            continue
        arguments = (job, service, memory, now)
        running.append((job, threading.Thread(target=_work, args=arguments, daemon=True)))
    deadline = time.monotonic() + PATIENCE
    for _, thread in running:
        thread.start()
    for job, thread in running:
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            job.is_over.set()
            job.why = "postponed" if job.told else "slow"


def _work(job: _Job, service: Any, memory: Memory, now: datetime) -> None:
    """One message after another; after the first that fails the rest waits for the next run."""
    for message in job.messages:
        if job.is_over.is_set():
            return
        if not _sent(service, message):
            job.why = "failed"
            return
        try:
            memory.record(message, job.address, now)
        except Unavailable:
            job.why = "unrecorded"
            return
        job.told += 1


def _sent(service: Any, message: Message) -> bool:
    """Whether the message was taken. What went wrong is not told: it may hold the address."""
    from apprise import NotifyFormat

    parts = message.parts(_MAX_BYTES.get(type(service).__name__, _UNLIMITED))
    try:
        return all(
            service.notify(title=title, body=body, body_format=NotifyFormat.TEXT)
            for title, body in parts
        )
    except Exception:  # of any of Apprise's services, and its words may hold the address
        return False


# --- Apprise --------------------------------------------------------------------------------


def _service(address: Address) -> Any:
    """Apprise's service for an address, None where it is no address."""
    asset = _apprise()
    from apprise import Apprise

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            service: Any = Apprise.instantiate(address.url, asset=asset)
        except Exception:  # as above
            return None
    if service is None:
        return None
    service.socket_connect_timeout = min(service.socket_connect_timeout, MAX_SOCKET)
    service.socket_read_timeout = min(service.socket_read_timeout, MAX_SOCKET)
    service.request_rate_per_sec = min(service.request_rate_per_sec, _PACE)
    if type(service).__name__ == "NotifyEmail":
        service.request_rate_per_sec = 0
    return service


@cache
def _apprise() -> Any:
    """Apprise made silent and strict, once; its asset for all services."""
    for name in _SILENT:
        logger = logging.getLogger(name)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
        logger.setLevel(logging.CRITICAL + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it imports modules that Python is to give up
        from apprise import AppriseAsset
        from apprise.plugins import dingtalk, wecombot

    plugins: tuple[Any, ...] = (dingtalk, wecombot)
    for plugin in plugins:
        plugin.requests = _Strict(plugin.requests)
    return AppriseAsset(
        app_id="hotline", app_desc="12345热线", app_url="", async_mode=False,
        http_redirects=False, allow_templates=False, secure_logging=True,
    )  # fmt: skip


class _Strict:
    """``requests`` for the robots of WeCom and DingTalk, which refuse with status 200 and an
    ``errcode``. Apprise would take that for delivered, and the message would be lost."""

    def __init__(self, requests: Any) -> None:
        self._requests = requests

    def __getattr__(self, name: str) -> Any:
        return getattr(self._requests, name)

    def post(self, *args: Any, **kwargs: Any) -> Any:
        answer = self._requests.post(*args, **kwargs)
        try:
            code = answer.json()["errcode"]
        except (ValueError, KeyError, TypeError):
            code = None
        if answer.status_code == 200 and code != 0:
            raise self._requests.RequestException("refused")
        return answer
