"""Files of a data repository: found, read, and written atomically."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from hotline.doors.fault import Unavailable
from hotline.reading.limits import MAX_BYTES

ASIDE = ".hotline"
"""Where files are written before they get their names."""
WRITTEN = "written-"
TOGETHER = "import-"
"""How such a file begins, and such a folder with several."""
_CASE_NAME = re.compile(r"cases/(?!\.yaml\Z)(?:[A-Za-z0-9._-]+/)*[A-Za-z0-9._-]*\.yaml")


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
        if is_plain and is_case_name(path):
            cases.append(path)
        else:
            strays.append(shown(path))
    return Listing(sorted(cases), sorted(strays))


def is_case_name(path: str) -> bool:
    """Whether a plain file of this path would be read as a work order."""
    return _CASE_NAME.fullmatch(path) is not None


def is_case_file(root: Path, path: str) -> bool:
    """Whether ``path`` is one that :func:`list_cases` gives among the cases, without a look at
    all the others."""
    parts = path.split("/")
    if not is_case_name(path):
        return False
    if {".", ".."} & set(parts):
        return False
    above = [root.joinpath(*parts[:n]) for n in range(1, len(parts))]
    file = root / path
    return file.is_file() and not any(one.is_symlink() for one in (*above, file))


def shown(path: str) -> str:
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
            raise Unavailable(f"读不了文件夹 {shown(prefix)}：{reason(error)}") from error
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
    """Writes atomically: the file holds the old bytes or the new, never a part, and the new
    ones are on the disk when this returns.

    Says whether anything changed; equal content is not written again.
    """
    try:
        if target.is_file() and target.read_bytes() == content:
            return False
        make_folder(target.parent)
        _replace(target, content, target.parent, f".{target.name}.")
    except OSError as error:
        raise Unavailable(f"写不了 {target}：{reason(error)}") from error
    _settle(target)
    return True


def deliver(target: Path, content: bytes) -> None:
    """Writes what a person asked for where they asked for it: atomically into a plain file, through
    a link to what it leads to, and straight into what is none (a pipe, ``/dev/null``), which must
    not be replaced."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    except OSError as error:
        raise Unavailable(f"写不了 {target}：{reason(error)}") from error
    if stat.S_ISDIR(mode):
        raise Unavailable(f"写不了 {target}：是文件夹，请写文件名")
    if stat.S_ISREG(mode):
        write(target.resolve() if target.is_symlink() else target, content)
        return
    try:
        with target.open("wb") as file:
            file.write(content)
    except OSError as error:
        raise Unavailable(f"写不了 {target}：{reason(error)}") from error


def note(target: Path, content: bytes) -> None:
    """Writes in one step what may be lost and is checked when it is read: nobody waits until it
    is on the disk. Raises OSError, and then leaves nothing beside it."""
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        aside.write_bytes(content)
        aside.replace(target)
    except OSError:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise


def put(root: Path, path: str, content: bytes) -> None:
    """Writes an order's file as :func:`write` does, but aside first: a command that is killed
    leaves nothing beside the orders. To be called under the lock."""
    target, aside = root / path, root / ASIDE
    try:
        make_folder(target.parent)
        aside.mkdir(exist_ok=True)
        try:
            _replace(target, content, aside, WRITTEN)
        except OSError as error:
            if error.errno != errno.EXDEV:  # the folder lies on another disk
                raise
            _replace(target, content, target.parent, f".{target.name}.")
    except OSError as error:
        raise Unavailable(f"写不了 {target}：{reason(error)}") from error
    _settle(target)


def _replace(target: Path, content: bytes, folder: Path, prefix: str) -> None:
    """Writes a file of another name in ``folder`` and gives it the right name."""
    import tempfile

    handle, name = tempfile.mkstemp(dir=folder, prefix=prefix, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink(missing_ok=True)
        raise


def _settle(target: Path) -> None:
    try:
        sync(target.parent)
    except OSError as error:
        why = reason(error)
        raise Unavailable(f"{target} 已写入，但磁盘没有确认（{why}）；请再运行一次核对") from error


def settle(root: Path, path: str) -> None:
    """Makes sure that a file that was found as wanted is on the disk too: whoever wrote it may
    have been cut off before that was certain."""
    try:
        handle = os.open(f"{root}/{path}", os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise Unavailable(f"{path} 能不能留住，磁盘没有确认：{reason(error)}") from error
    _settle(root / path)


def make_folder(folder: Path) -> None:
    """A folder with those above it, whose names are on the disk when this returns."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for new in reversed(missing):
        new.mkdir(exist_ok=True)
        sync(new.parent)


def sync(folder: Path) -> None:
    """The names in a folder are on the disk when this returns, where a system can do that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


_OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS})


def is_of_the_disk(error: OSError) -> bool:
    """Whether a disk is full or fails, which is no fault of the program."""
    return error.errno in _OF_THE_DISK


def reason(error: OSError) -> str:
    """The cause in Chinese, with the code where it is a rare one."""
    known = {
        errno.ENOENT: "没有这个文件",
        errno.EEXIST: "已有同名的文件",
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
