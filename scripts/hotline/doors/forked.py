"""Work on many files shared out among processes.

The processes are forked, so that what the work needs (engine, registry, schema) is there
without being sent. Where a system cannot fork, the work is done in one.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from hotline.doors.fault import Unavailable

T = TypeVar("T")
Work = Callable[[Sequence[str]], T]

FEW = 400
"""Files for which a second process does not pay."""
_PIECE = 250
"""Files of one piece of work: enough pieces that nobody waits long for the last."""
_work: Work[object] | None = None
_apart: Callable[[], object] | None = None


def default_jobs() -> int:
    """Two, where there are two cores and processes can be forked."""
    return min(2, os.cpu_count() or 1) if hasattr(os, "fork") else 1


def shared_out(work: Work[T], paths: Sequence[str], jobs: int) -> Iterator[T]:
    """What ``work`` gives for each piece of ``paths``, in their order."""
    pieces = [paths[n : n + _PIECE] for n in range(0, len(paths), _PIECE)]
    if jobs < 2 or len(paths) < FEW or not hasattr(os, "fork"):
        yield from map(work, pieces)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    global _work
    _work = work
    gc.collect()
    gc.freeze()  # or the collector would copy the pages that the processes share
    try:
        with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
            yield from pool.map(_piece, pieces)  # type: ignore[misc]
    except BrokenProcessPool as error:
        raise Unavailable("检查的进程中途被结束（内存不足？），可加 --jobs 1 再试") from error
    finally:
        _work = None
        gc.unfreeze()


def apart(work: Callable[[], T], jobs: int) -> Callable[[], T]:
    """Begins ``work`` in a process of its own where there may be two; whoever calls what is given
    back waits for its end. What ``work`` raises is raised there."""
    if jobs < 2 or not hasattr(os, "fork"):
        return work
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    global _apart
    _apart = work
    pool = ProcessPoolExecutor(1, mp_context=get_context("fork"))
    future = pool.submit(_called)
    pool.shutdown(wait=False)
    _apart = None

    def result() -> T:
        try:
            return future.result()  # type: ignore[return-value]
        except BrokenProcessPool:
            return work()

    return result


def _called() -> object:
    assert _apart is not None
    return _apart()


def _piece(paths: Sequence[str]) -> object:
    assert _work is not None
    return _work(paths)
