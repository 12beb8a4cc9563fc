"""What a build of the site may replace, and that there is only one at a time."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from hotline.doors import disk
from hotline.doors.fault import Unavailable


def refuse_foreign(out: Path, root: Path) -> None:
    """A folder that is no site of ours is never replaced."""
    if out == root or out in root.parents:
        raise Unavailable(f"{out} 里有工单仓库，网站请写到别的文件夹")
    for name in ("cases", "registry", ".git", ".hotline"):
        if root / name in (out, *out.parents):
            raise Unavailable(f"{out} 在仓库的 {name}/ 里，网站请写到别的文件夹")
    if not out.exists():
        return
    if not out.is_dir():
        raise Unavailable(f"{out} 不是文件夹")
    is_ours = (out / "api" / "v1" / "due.json").is_file()
    if not is_ours and any(out.iterdir()):
        raise Unavailable(f"{out} 里有别的文件，不是以前生成的网站；请另选文件夹或先清空它")


_TRIES, _PAUSE = 20, 0.1
"""Seconds between tries. What a killed build had forked ends a moment after it."""


def only_one(work: Path) -> Any:
    """Held while a build runs; it dies with the process."""
    path = work / "lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("w")
    except OSError as error:
        raise Unavailable(f"写不了 {path}：{disk.reason(error)}") from error
    try:
        import fcntl
    except ImportError:  # no such lock on Windows
        return handle
    for left in reversed(range(_TRIES)):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except OSError:
            if left:
                time.sleep(_PAUSE)
    handle.close()
    raise Unavailable("另一个进程正在生成这个仓库的网站，请等它结束")
