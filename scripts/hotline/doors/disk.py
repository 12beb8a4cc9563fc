"""Files of a data repository: found, read, and written atomically."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hotline.doors.fault import Unavailable
from hotline.reading.limits import MAX_BYTES

_SAFE_NAME = re.compile(r"[A-Za-z0-9._-]+")
CASE_FILE = re.compile(r"cases/.+\.yaml")


class Listing(NamedTuple):
    """What lies under ``cases/``: work order files, and what is none (paths from the root)."""

    cases: list[str]
    strays: list[str]


def find_root(start: Path, explicit: bool) -> Path:
    """The data repository that holds ``start``: the nearest folder with a ``registry/``."""
    start = start.resolve()
    if not start.is_dir():
        raise Unavailable(f"没有文件夹 {start}")
    for folder in [start] if explicit else [start, *start.parents]:
        if (folder / "registry").is_dir():
            return folder
    raise Unavailable(
        f"{start} 不是工单仓库（没有 registry/ 文件夹）。"
        "请进入仓库再运行，或用 --repo 指定；想看样子，运行 hotline demo 目录名"
    )


def list_cases(root: Path) -> Listing:
    """Everything under ``cases/``, sorted; links are never followed."""
    cases: list[str] = []
    strays: list[str] = []
    if (root / "cases").is_symlink():
        return Listing([], ["cases"])
    for path, is_plain in _walk(root / "cases", "cases"):
        if path.endswith("/.gitkeep"):
            continue
        plain_name = all(_SAFE_NAME.fullmatch(part) for part in path.split("/"))
        if is_plain and plain_name and CASE_FILE.fullmatch(path):
            cases.append(path)
        else:
            strays.append(_as_text(path))
    return Listing(sorted(cases), sorted(strays))


def is_case_file(root: Path, path: str) -> bool:
    """Whether ``path`` is one that :func:`list_cases` gives among the cases, without a look at
    all the others."""
    parts = path.split("/")
    if not CASE_FILE.fullmatch(path) or not all(_SAFE_NAME.fullmatch(part) for part in parts):
        return False
    if {".", ".."} & set(parts):
        return False
    above = [root.joinpath(*parts[:n]) for n in range(1, len(parts))]
    file = root / path
    return file.is_file() and not any(one.is_symlink() for one in (*above, file))


def _as_text(path: str) -> str:
    """A name that is no UTF-8 cannot be printed or hashed; its bytes are shown instead."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, bool]]:
    """(path, is a plain file) of every entry that is not a folder."""
    waiting = [(os.fspath(folder), prefix)]
    while waiting:
        name, prefix = waiting.pop()
        try:
            entries = list(os.scandir(name))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise Unavailable(f"读不了文件夹 {_as_text(prefix)}：{reason(error)}") from error
        for entry in entries:
            path = f"{prefix}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                waiting.append((entry.path, path))
            else:
                yield path, entry.is_file(follow_symlinks=False)


def read(root: Path, path: str, *, at_most: int = MAX_BYTES) -> bytes:
    """The bytes of a plain file, one more than ``at_most`` of a larger one."""
    try:
        handle = os.open(f"{root}/{path}", os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        try:
            return _all_of(handle, at_most + 1)
        finally:
            os.close(handle)
    except OSError as error:
        raise Unavailable(f"读不了 {path}：{reason(error)}") from error


def _all_of(handle: int, at_most: int) -> bytes:
    """A small file comes in one piece, and another read says that this was all."""
    parts = []
    while at_most > 0:
        part = os.read(handle, min(at_most, 1 << 16))
        if not part:
            break
        parts.append(part)
        at_most -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def stat_of(root: Path, path: str) -> tuple[int, int]:
    """When a file was last written (nanoseconds) and its bytes; (0, 0) where there is none."""
    try:
        found = os.stat(f"{root}/{path}", follow_symlinks=False)  # noqa: PTH116 — many of them
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def read_registry_files(root: Path) -> dict[str, bytes]:
    """The YAML files of ``registry/`` by their path."""
    found: dict[str, bytes] = {}
    for path, is_plain in _walk(root / "registry", "registry"):
        if is_plain and path.endswith(".yaml"):
            found[path] = read(root, path, at_most=8 * 1024 * 1024)
    return found


def write(target: Path, content: bytes) -> bool:
    """Writes atomically: the file holds the old bytes or the new, never a part.

    Says whether anything changed; equal content is not written again.
    """
    import tempfile

    try:
        if target.is_file() and target.read_bytes() == content:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Unavailable(f"写不了 {target}：{reason(error)}") from error
    return True


def reason(error: OSError) -> str:
    """The cause in Chinese, with the code where it is a rare one."""
    known = {
        errno.ENOENT: "没有这个文件",
        errno.EACCES: "没有权限",
        errno.EPERM: "没有权限",
        errno.ENOSPC: "磁盘已满",
        errno.EDQUOT: "磁盘配额已用完",
        errno.EROFS: "磁盘是只读的",
        errno.EISDIR: "这是一个文件夹",
        errno.ENOTDIR: "路径中有一段不是文件夹",
        errno.ELOOP: "这是一个链接，不读取链接",
        errno.EIO: "磁盘读写出错",
    }
    return known.get(error.errno or 0, f"系统错误 {error.errno}")
