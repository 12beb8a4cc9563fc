"""One writer at a time in a repository, and nothing left behind by one that died."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hotline.doors import disk
from hotline.doors.fault import Unavailable


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Holds the repository's lock; the system lets go of it when the process dies."""
    if sys.platform == "win32":
        yield  # the comparison before each write is what is left
        return
    try:
        handle = _lock(root)
    except OSError as error:
        raise Unavailable(f"锁不住 {root}：{disk.reason(error)}") from error
    try:
        _sweep_aside(root)
        yield
    finally:
        with suppress(OSError):  # what was written is written
            os.close(handle)


def _lock(root: Path) -> int:
    """The folder itself is locked, which leaves nothing behind; a file where a file system
    (NFS) locks only what is open for writing."""
    import fcntl

    for path, flags in ((root, os.O_RDONLY), (root / disk.ASIDE / "lock", os.O_RDWR | os.O_CREAT)):
        if path != root:
            path.parent.mkdir(exist_ok=True)
        handle = os.open(path, flags, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError:
            os.close(handle)
            if path != root:
                raise
        else:
            return handle
    raise AssertionError("the second way returns or raises")


def sweep(folder: Path) -> None:
    """Takes away what a killed command left half written; to be called under the lock."""
    for path in folder.glob(".*.yaml.*.tmp"):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _sweep_aside(root: Path) -> None:
    for folder in (root / disk.ASIDE).glob(f"{disk.TOGETHER}*"):
        shutil.rmtree(folder, ignore_errors=True)
    for path in (root / disk.ASIDE).glob(f"{disk.WRITTEN}*.tmp"):
        with suppress(OSError):  # whoever could not write it says so
            path.unlink(missing_ok=True)
