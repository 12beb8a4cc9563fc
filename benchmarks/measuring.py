"""Processes timed from start to exit, in turn, and how much memory they held.

This module stays small on purpose: a child's largest resident set, as the kernel counts it,
begins with what its parent holds when it starts the child.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

_PAUSE = 0.1
"""Seconds between two looks at the memory of a tree of processes."""


@dataclass(frozen=True, slots=True)
class Task:
    """One command to measure. ``command`` is asked for again at each run."""

    name: str
    command: Callable[[], list[str]]
    root: Path
    home: Path | None = None
    """What XDG_CACHE_HOME is set to; None for a peer, which is given none."""
    wipe: bool = False
    """Whether the home is emptied before each run."""
    before: Callable[[], None] | None = None
    exits: tuple[int, ...] = (0,)
    once: bool = False
    """Slow: run in the first round alone, and not for its memory."""


@dataclass(slots=True)
class Measured:
    seconds: list[float] = field(default_factory=list)
    peak_mb: float = 0.0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


Results = Mapping[str, Measured]


def measure(
    groups: Sequence[Sequence[Task]], rounds: int, output: Path, *, sampled: bool = False
) -> dict[str, Measured]:
    """All tasks in turn, ``rounds`` times, each round beginning with another group.

    Memory is taken in a round of its own before, which is not timed; where ``sampled``, in
    the timed rounds (for tasks so long that looking costs them nothing).
    """
    results = {task.name: Measured() for group in groups for task in group}
    if not sampled:
        for task in (task for group in groups for task in group if not task.once):
            _tell(f"memory: {task.name}")
            results[task.name].peak_mb = run(task, output, sampled=True)[1]
    for turn in range(rounds):
        first = turn % len(groups)
        for task in (task for group in (*groups[first:], *groups[:first]) for task in group):
            if task.once and turn:
                continue
            _tell(f"round {turn + 1} of {rounds}: {task.name}")
            seconds, peak = run(task, output, sampled=sampled)
            results[task.name].seconds.append(seconds)
            results[task.name].peak_mb = max(results[task.name].peak_mb, peak)
    return results


def run(task: Task, output: Path, *, sampled: bool = False) -> tuple[float, float]:
    """Seconds and MB of one run; what it says goes to the file ``output``."""
    environment = dict(os.environ)
    if task.home is not None:
        if task.wipe:
            shutil.rmtree(task.home, ignore_errors=True)
        task.home.mkdir(parents=True, exist_ok=True)
        environment["XDG_CACHE_HOME"] = str(task.home)
    if task.before is not None:
        task.before()
    command = task.command()
    with output.open("wb") as said:
        started = time.perf_counter()
        child = subprocess.Popen(
            command, cwd=task.root, env=environment,
            stdin=subprocess.DEVNULL, stdout=said, stderr=said,
        )  # fmt: skip
        with _Watch(child.pid) if sampled else nullcontext() as watch:
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in task.exits:
        words = output.read_text("utf-8", "replace")[-2000:]
        raise SystemExit(f"{task.name}: exit {child.returncode}, not {task.exits}\n{words}")
    return seconds, max(usage.ru_maxrss / 1024, watch.largest_mb if watch else 0.0)


class _Watch:
    """What a process and its children hold together at most, looked at now and then.

    Pages that several of them share count once. One process alone counts for nothing here:
    of one the kernel keeps the peak itself.
    """

    def __init__(self, pid: int) -> None:
        self.largest_mb = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(pid,))

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self, pid: int) -> None:
        while not self._ended.wait(_PAUSE):
            tree = _tree(pid)
            if len(tree) > 1:
                self.largest_mb = max(self.largest_mb, sum(map(_proportional_mb, tree)))


def _tree(pid: int) -> list[int]:
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(word) for t in threads for word in (t / "children").read_text().split()]
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in _tree(child))]


def _proportional_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0  # it ended meanwhile
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
