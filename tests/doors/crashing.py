"""Commands that are killed, or whose disk fails, at a chosen file call: in a forked child, in
which every way to the disk that the product takes counts the calls.

Looking is not counted (``stat``, ``scandir``, reading): it leaves nothing behind. Of what
follows the first call that writes, everything counts, closing and opening too.
"""

from __future__ import annotations

import builtins
import errno
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

How = Literal["kill", "torn", "ENOSPC", "EIO", "none"]
CHANGING = {"write", "mkdir", "replace", "rename", "link", "unlink", "rmdir", "chmod", "fsync"}
GIVING_NAMES = {"replace", "rename", "link", "mkdir"}
_NAMES = ("open", "write", "fsync", "rename", "replace", "link", "unlink", "close", "mkdir", "rmdir",
          "chmod")  # fmt: skip
PATIENCE = 60
"""Seconds after which a command is taken for blocked."""


class Call(NamedTuple):
    """A call that reached the disk: its name and what it was about (a path, or that of the open
    file)."""

    name: str
    path: str


class Ended(NamedTuple):
    """How a command ended: the exit code (negative: the signal), what it said, its calls."""

    code: int
    out: str
    err: str
    calls: list[Call]


class Disk:
    """The wrapper. ``at`` is the number of the call, from 0, at which it happens."""

    def __init__(self, at: int, how: How, tell: Callable[[Call], None], *, git: bool) -> None:
        self.at, self.how, self.tell = at, how, tell
        self.begun = False
        self.count = 0
        self.open_paths: dict[int, str] = {}
        self.real: dict[str, Callable[..., Any]] = {n: getattr(os, n) for n in _NAMES}
        self.io_open = io.open
        for name in _NAMES:
            setattr(os, name, self._wrapped(name))
        io.open = self._opened  # type: ignore[assignment]
        builtins.open = self._opened  # type: ignore[assignment]
        if git:
            self.subprocess_run = subprocess.run
            subprocess.run = self._ran  # type: ignore[assignment]

    def _wrapped(self, name: str) -> Callable[..., Any]:
        real = self.real[name]

        def call(*arguments: Any, **options: Any) -> Any:
            changes = name in CHANGING or (name == "open" and _writes(arguments, options))
            path = self._path(name, arguments)
            self.reach(Call(name, path), changes=changes)
            done = real(*arguments, **options)
            if name == "open":
                self.open_paths[done] = path
            return done

        return call

    def _path(self, name: str, arguments: Sequence[Any]) -> str:
        first = arguments[1] if name in ("replace", "rename", "link") else arguments[0]
        if isinstance(first, int):
            return self.open_paths.get(first, "")
        return os.path.abspath(os.fsdecode(first))  # noqa: PTH100

    def reach(self, call: Call, *, changes: bool, half: Callable[[], None] | None = None) -> None:
        """Counts a call, and makes happen what is to happen before it is done."""
        self.begun = self.begun or changes
        if not self.begun:
            return
        number, self.count = self.count, self.count + 1
        self.tell(call)
        if number != self.at or self.how == "none":
            return
        if self.how in ("kill", "torn"):
            if half is not None and self.how == "torn":
                half()
            os.kill(os.getpid(), signal.SIGKILL)
        code = getattr(errno, self.how)
        raise OSError(code, os.strerror(code))

    def _opened(self, file: Any, mode: str = "r", *rest: Any, **options: Any) -> Any:
        path = self.open_paths.get(file, "") if isinstance(file, int) else os.fspath(file)
        writes = bool(set(mode) & set("wax+"))
        if not isinstance(file, int):
            self.reach(Call("open", os.path.abspath(path)), changes=writes)  # noqa: PTH100
        stream = self.io_open(file, mode, *rest, **options)
        path = path and os.path.abspath(path)  # noqa: PTH100
        self.open_paths[stream.fileno()] = path
        return _File(stream, self, path) if writes else stream

    def _ran(self, command: Any, *rest: Any, **options: Any) -> Any:
        name = "git" if command[0] == "git" else "program"
        self.reach(Call(name, " ".join(command[-3:])), changes="update-index" in command)
        return self.subprocess_run(command, *rest, **options)


class _File:
    """A file that is being written."""

    def __init__(self, stream: Any, disk: Disk, path: str) -> None:
        self._stream, self._disk, self._path = stream, disk, path

    def write(self, content: Any) -> Any:
        def half() -> None:
            self._stream.write(content[: len(content) // 2])
            self._stream.flush()

        self._disk.reach(Call("write", self._path), changes=True, half=half)
        return self._stream.write(content)

    def close(self) -> None:
        if not self._stream.closed:
            try:
                self._disk.reach(Call("close", self._path), changes=False)
            finally:
                self._stream.close()

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _writes(arguments: Sequence[Any], options: dict[str, Any]) -> bool:
    flags = arguments[1] if len(arguments) > 1 else options.get("flags", 0)
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def ended(
    folder: Path, words: Sequence[str], at: int = -1, how: How = "none", *, git: bool = False
) -> Ended:
    """Runs ``hotline words`` in a forked child whose disk fails at call ``at``; what it printed
    lies in ``folder`` for a moment."""
    out, err, told = (folder / name for name in ("out", "err", "calls"))
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _in_the_child(out, err, told, words, at, how, git=git)
    code = _waited_for(child)
    rows = [json.loads(row) for row in told.read_text("utf-8").splitlines()]
    calls = [Call(*row) for row in rows]
    return Ended(code, out.read_text("utf-8"), err.read_text("utf-8"), calls)


def _waited_for(child: int) -> int:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise AssertionError("the command is blocked")


def _in_the_child(
    out: Path, err: Path, told: Path, words: Sequence[str], at: int, how: How, *, git: bool
) -> None:
    code = 99
    try:
        for number, path in ((1, out), (2, err)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        told_to = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        sys.stdout = io.TextIOWrapper(io.FileIO(1, "w"), "utf-8", write_through=True)
        sys.stderr = io.TextIOWrapper(io.FileIO(2, "w"), "utf-8", write_through=True)
        really = os.write

        def tell(call: Call) -> None:
            really(told_to, json.dumps(call).encode() + b"\n")

        disk = Disk(at, how, tell, git=git)
        say = sys.stdout.write

        def said(text: str) -> int:
            if disk.begun:
                tell(Call("print", text))
            return say(text)

        sys.stdout.write = said  # type: ignore[method-assign]
        from hotline.cli.main import main

        code = main(list(words))
    except SystemExit as stop:
        code = int(stop.code or 0)
    except BaseException as error:
        os.write(2, f"Traceback {error!r}".encode())
    finally:
        os._exit(code)


# --- what a power cut leaves ---------------------------------------------------------------------


def not_yet_durable(calls: Sequence[Call], cases: Path) -> Iterator[str]:
    """What could still be lost below ``cases`` when the first word was printed: contents that
    were written and not synced, names that were given and whose folder was not synced."""
    end = next(n for n, call in enumerate(calls) if call.name == "print")
    before = calls[:end]
    dirty: set[str] = set()
    names: dict[str, str] = {}
    for call in before:
        parent = os.path.dirname(call.path)  # noqa: PTH120
        if call.name == "write":
            dirty.add(call.path)
        elif call.name == "fsync":
            dirty.discard(call.path)
            names = {path: folder for path, folder in names.items() if folder != call.path}
        elif call.name in GIVING_NAMES and Path(call.path).is_relative_to(cases):
            names[call.path] = parent
            if dirty:
                yield f"{call.path} is named before it is written out"
    yield from (f"the name {path} can be lost" for path in names)
