"""Work on many files shared out among processes.

The processes are forked, so that what the work needs (engine, registry, schema) is there
without being sent. Where a system cannot fork, the work is done in one.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, Self, TypeVar

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
    from concurrent.futures.process import BrokenProcessPool

    global _work
    _work = work
    gc.collect()
    gc.freeze()  # or the collector would copy the pages that the processes share
    try:
        with _Pool(jobs) as pool:
            yield from pool.executor.map(_piece, pieces)  # type: ignore[misc]
    except BrokenProcessPool as error:
        raise Unavailable("检查的进程中途被结束（内存不足？），可加 --jobs 1 再试") from error
    finally:
        _work = None
        gc.unfreeze()


class Apart(Generic[T]):
    """Work that a process of its own begins at once, where there may be two; else it is done
    when its result is asked for."""

    def __init__(self, work: Callable[[], T], jobs: int) -> None:
        self._work = work
        self._pool: _Pool | None = None
        if jobs < 2 or not hasattr(os, "fork"):
            return
        global _apart
        _apart = work
        self._pool = _Pool(1)
        self._future = self._pool.executor.submit(_called)
        _apart = None

    def result(self) -> T:
        """Waits for it; what the work raises is raised here."""
        if self._pool is None:
            return self._work()
        from concurrent.futures.process import BrokenProcessPool

        try:
            with self._pool:
                return self._future.result()  # type: ignore[return-value]
        except BrokenProcessPool:
            return self._work()

    def end(self) -> None:
        """Nobody asks for it any more."""
        if self._pool is not None:
            self._pool.end()


class _Pool:
    """Forked processes that end with this one, however it ends: an idle one would else wait for
    work for ever, and hold what it inherited (the lock of a build among it)."""

    def __init__(self, jobs: int) -> None:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        self._pipe: tuple[int, ...] = os.pipe()
        self.executor = ProcessPoolExecutor(
            jobs, mp_context=get_context("fork"), initializer=_tied, initargs=self._pipe
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.executor.shutdown(wait=True)
        self.end()

    def end(self) -> None:
        """Ends the processes, in the midst of their work if need be."""
        for handle in self._pipe:
            os.close(handle)
        self._pipe = ()
        self.executor.shutdown(wait=True, cancel_futures=True)


def _tied(reader: int, writer: int) -> None:
    """In a forked process: it ends when nobody holds the other end any more."""
    import threading

    def wait() -> None:
        os.read(reader, 1)
        os._exit(1)

    os.close(writer)
    threading.Thread(target=wait, daemon=True).start()


def _called() -> object:
    assert _apart is not None
    return _apart()


def _piece(paths: Sequence[str]) -> object:
    assert _work is not None
    return _work(paths)
