"""Bags on the disk: put away whole by one renaming, and looked at without trust.

A bag is built aside, in a folder that the next run sweeps where this one is killed, and changes
places with the old one in one step. Nothing that is no plain file below a bag is ever opened.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import logging
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import bagit  # type: ignore[import-untyped]

from hotline.archive.bag import DATA, MANIFEST, TAGS, Fault, faults, is_name
from hotline.archive.dossier import CASE
from hotline.doors import disk
from hotline.doors.fault import Unavailable

_ASIDE = ".hotline-bag-"
_MOST_OF_TAG = 16 * 1024 * 1024
"""Bytes of a tag file; that of a thousand orders has one."""
_MOST_FILES = 200_000
_DEEPEST = 50
"""Folders within each other in what is replaced; a bag of ours has three."""
_EXCHANGE, _HERE = 2, -100
"""RENAME_EXCHANGE and AT_FDCWD of Linux (renameat2(2))."""


class Look(NamedTuple):
    """What lies in a bag: its faults, its tag files, and the SHA-256 of each file."""

    faults: list[Fault]
    tags: Mapping[str, bytes]
    hashes: Mapping[str, str]

    @property
    def cases(self) -> list[str]:
        """The orders that have a dossier here."""
        return sorted({name.split("/")[1] for name in self.hashes if name.count("/") > 1})


# --- putting away ------------------------------------------------------------------------


def put(out: Path, unit: str, month: str, files: Mapping[str, bytes]) -> bool:
    """Makes ``out/unit/month`` hold these files and nothing else; says whether anything changed.
    ``files`` are path → content. To be called under the lock of ``out``; :class:`Unavailable`
    where it cannot be written, and then the old bag stays."""
    place = out / unit / month
    try:
        if _holds(place, files):
            return False
        aside = Path(tempfile.mkdtemp(dir=out, prefix=_ASIDE))
        try:
            _refuse_bottomless(place)
            _write(aside / "new" / unit / month, files)
            if place.parent.is_symlink():
                raise Unavailable(f"{place.parent} 是链接，不往里写；请移走它")
            disk.make_folder(place.parent)
            _take_place(aside, unit, month, place)
            disk.sync(place.parent)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise Unavailable(f"写不了 {place}：{disk.reason(error)}") from error
    return True


def sweep(out: Path) -> None:
    """Takes away what a killed run left, and puts back a bag that was just out of its place."""
    for aside in sorted(out.glob(f"{_ASIDE}*")):
        for old in aside.glob("old/*/*"):
            place = out / old.parent.name / old.name
            if not os.path.lexists(place):
                disk.make_folder(place.parent)
                old.rename(place)
        shutil.rmtree(aside, ignore_errors=True)


def _holds(place: Path, files: Mapping[str, bytes]) -> bool:
    """Whether a bag holds these files and no others."""
    if place.is_symlink() or place.parent.is_symlink() or not place.is_dir():
        return False
    strange, found = _walked(place)
    if strange or found.keys() != files.keys():
        return False
    return all(disk.read(place, name, at_most=len(blob)) == blob for name, blob in files.items())


def _refuse_bottomless(place: Path) -> None:
    """Folders within folders without end cannot be taken away again."""
    if place.is_symlink() or not place.is_dir():
        return
    waiting = [(place, 0)]
    while waiting:
        folder, depth = waiting.pop()
        if depth > _DEEPEST:
            raise Unavailable(f"{place} 里的文件夹一层套一层，太深，没有更新；请移走这个包再运行")
        entries = [one for one in os.scandir(folder) if one.is_dir(follow_symlinks=False)]
        waiting += [(Path(one.path), depth + 1) for one in entries]


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """All on the disk when this returns."""
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    for path, _, _ in os.walk(folder):
        disk.sync(Path(path))


def _take_place(aside: Path, unit: str, month: str, place: Path) -> None:
    new, old = aside / "new" / unit / month, aside / "old" / unit / month
    if not os.path.lexists(place):
        new.rename(place)
    elif not _exchanged(new, place):
        # Killed between these two lines, the next sweep puts the old one back.
        old.parent.mkdir(parents=True)
        place.rename(old)
        new.rename(place)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two names changed places in one step, which only Linux does."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM):
        return False  # a file system that cannot
    raise OSError(code, os.strerror(code), os.fspath(other))


# --- looking -----------------------------------------------------------------------------


def listed(out: Path) -> list[tuple[str, str]]:
    """(unit, month) of whatever stands where a bag should; a month is '' where a link stands in
    place of a unit's folder, which is not entered."""
    found: list[tuple[str, str]] = []
    for unit in _folders(out):
        if (out / unit).is_symlink():
            found.append((unit, ""))
        else:
            found += [(unit, month) for month in _folders(out / unit)]
    return sorted(found)


def _folders(folder: Path) -> list[str]:
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        raise Unavailable(f"读不了文件夹 {folder}：{disk.reason(error)}") from error
    return [
        e.name for e in entries if not e.name.startswith(".") and (e.is_symlink() or e.is_dir())
    ]


def dossiers(bag: Path) -> set[str]:
    """The orders that have a dossier in a bag, whatever else is wrong with it."""
    data = bag / DATA
    if bag.parent.is_symlink() or bag.is_symlink() or data.is_symlink() or not data.is_dir():
        return set()
    return {name for name in _folders(data) if _is_plain(data / name, CASE)}


def _is_plain(folder: Path, name: str) -> bool:
    """Whether a folder that is no link holds a plain file of this name."""
    file = folder / name
    return not folder.is_symlink() and not file.is_symlink() and file.is_file()


def look(bag: Path) -> Look:
    """What lies in a bag and what is wrong with it (RFC 8493, and more strictly); nothing is read
    outside of it, and what cannot be read is a fault."""
    if bag.is_symlink() or not bag.is_dir():
        return Look([Fault("", "是链接，不是卷宗包，没有读取")], {}, {})
    try:
        strange, found = _walked(bag)
        big = [n for n in TAGS if found.get(n, 0) > _MOST_OF_TAG]
        strange += [Fault(name, "太大，没有读取") for name in big]
        if strange:
            return Look(strange, {}, {})
        tags = {n: disk.read(bag, n, at_most=_MOST_OF_TAG) for n in TAGS if n in found}
        hashes = {name: _hash(bag, name) for name in found}
    except OSError as error:
        return Look([Fault("", f"读不了：{disk.reason(error)}")], {}, {})
    except Unavailable as fault:
        return Look([Fault("", str(fault))], {}, {})
    wrong = list(faults(tags, hashes))
    return Look(wrong or list(_by_the_library(bag)), tags, hashes)


def read(bag: Path, name: str, at_most: int) -> bytes:
    """The bytes of a file of a bag that :func:`look` found; empty where there are more."""
    blob = disk.read(bag, name, at_most=at_most)
    return blob if len(blob) <= at_most else b""


def _walked(bag: Path) -> tuple[list[Fault], dict[str, int]]:
    """What no bag of ours has; and path → bytes of each plain file. Links are not followed."""
    strange: list[Fault] = []
    found: dict[str, int] = {}
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        for entry in os.scandir(bag / prefix):
            name = f"{prefix}{entry.name}"
            words = _strange(name, entry)
            if words:
                strange.append(Fault(disk.shown(name), words))
            elif entry.is_dir(follow_symlinks=False):
                waiting.append(f"{name}/")
            else:
                found[name] = entry.stat(follow_symlinks=False).st_size
        if len(found) + len(waiting) > _MOST_FILES:
            return [*strange, Fault("", f"文件多于 {_MOST_FILES} 个，没有读取")], {}
    return sorted(strange), found


def _strange(name: str, entry: os.DirEntry[str]) -> str:
    mode = entry.stat(follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        return "是链接，没有读取"
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return "是特殊文件，没有读取"
    if not is_name(name):
        return "文件名不可用，不该有"
    is_folder = stat.S_ISDIR(mode)
    if is_folder and name.count("/") > 1:
        return "不该有的文件夹，没有读取"
    if "/" not in name and not (name == DATA[:-1] if is_folder else name in TAGS):
        return "不该有（卷宗包里只有四个说明文件和 data 文件夹）"
    return ""


def _hash(bag: Path, name: str) -> str:
    handle = os.open(bag / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(handle, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _by_the_library(bag: Path) -> Iterator[Fault]:
    """What an independent reader of bags says of the form of one that has no fault of ours."""
    logging.getLogger("bagit").setLevel(logging.CRITICAL)
    try:
        bagit.Bag(str(bag)).validate(completeness_only=True)
    except (bagit.BagError, OSError, ValueError):
        yield Fault(MANIFEST, "bagit 程序不认可，卷宗包不完整")
