"""Dossiers in bags (BagIt, RFC 8493): put away whole, and looked at without trust.

A bag is built aside and takes the place of the old one by renaming. What a killed run left is
taken away by the next, and an old bag that was just out of its place is put back.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import bagit  # type: ignore[import-untyped]

from hotline.doors import disk
from hotline.doors.fault import Unavailable

logging.getLogger("bagit").setLevel(logging.CRITICAL)

_NEW, _OLD = ".new-", ".old-"
_MOST_MANIFEST = 64 * 1024 * 1024
"""Bytes of a tag file; a bag of a unit's month has some hundred kilobytes."""
_ALLOWED = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "data"}


def put(place: Path, files: Mapping[str, bytes], info: Mapping[str, str]) -> bool:
    """Makes the bag at ``place``; says whether anything changed."""
    place.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=place.parent, prefix=f"{_NEW}{place.name}-"))
    try:
        for name, content in sorted(files.items()):
            target = made / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        bagit.make_bag(str(made), dict(info), checksums=["sha256"])
        if place.is_dir() and _same(made, place):
            return False
        made.chmod(0o755)
        _synced(made)
        old = place.with_name(f"{_OLD}{place.name}")
        if place.exists():
            place.rename(old)
        made.rename(place)
        disk.sync(place.parent)
        shutil.rmtree(old, ignore_errors=True)
        return True
    except OSError as error:
        raise Unavailable(f"写不了 {place}：{disk.reason(error)}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def sweep(root: Path) -> None:
    """Takes away what a killed run left, and puts back a bag that was out of its place."""
    for left in root.glob(f"*/{_NEW}*"):
        shutil.rmtree(left, ignore_errors=True)
    for old in root.glob(f"*/{_OLD}*"):
        place = old.with_name(old.name.removeprefix(_OLD))
        if place.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(place)


def _same(one: Path, other: Path) -> bool:
    """Whether two bags hold the same: their tag manifests name all the rest by its hash."""
    names = ("tagmanifest-sha256.txt", "manifest-sha256.txt")
    try:
        alike = all((one / name).read_bytes() == (other / name).read_bytes() for name in names)
        return alike and not list(faults(other))
    except OSError:
        return False


def _synced(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# --- looking at bags ---------------------------------------------------------------------------


def listed(root: Path) -> list[Path]:
    """Every bag below ``root``: unit, then month."""
    return sorted(
        month
        for unit in root.iterdir()
        if unit.is_dir() and not unit.is_symlink()
        for month in unit.iterdir()
        if not month.name.startswith((_NEW, _OLD))
    )


def info(bag: Path) -> dict[str, Any]:
    """What a bag says of itself; empty where it cannot be read."""
    try:
        return dict(bagit.Bag(str(bag)).info)
    except (bagit.BagError, OSError, ValueError):
        return {}


def faults(bag: Path) -> Iterator[tuple[str, str]]:
    """(file, what is wrong with it in Chinese) of a bag; nothing is read outside of it."""
    strange = list(_strange(bag))
    if strange:
        yield from strange
        return
    try:
        opened = bagit.Bag(str(bag))
        # A sum over all files says only that something is wrong, and not with which.
        opened.info.pop("Payload-Oxum", None)
        opened.validate(processes=1)
    except bagit.BagValidationError as error:
        told = [_told(detail) for detail in error.details]
        yield from told or [("", "清单与文件不符，卷宗包不完整")]
    except (bagit.BagError, OSError, ValueError):
        yield "", "卷宗包读不出：清单或说明损坏"


def _strange(bag: Path) -> Iterator[tuple[str, str]]:
    """What no bag of ours has, and what another program might be led astray by."""
    if bag.is_symlink() or not bag.is_dir():
        yield "", "不是卷宗包"
        return
    for path in sorted(bag.rglob("*")):
        name = path.relative_to(bag).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            yield name, "是链接或特殊文件，不读取"
    for path in sorted(bag.iterdir()):
        if path.name not in _ALLOWED:
            yield path.name, "不该有的文件"
        elif path.is_file() and path.stat().st_size > _MOST_MANIFEST:
            yield path.name, "清单太大"
    missing = sorted(name for name in _ALLOWED if not (bag / name).exists())
    yield from ((name, "缺少") for name in missing)


def _told(detail: Any) -> tuple[str, str]:
    path = str(getattr(detail, "path", ""))
    if isinstance(detail, bagit.ChecksumMismatch):
        return path, "内容被改动" if detail.found else "缺少"
    if isinstance(detail, bagit.FileMissing):
        return path, "缺少"
    if isinstance(detail, bagit.UnexpectedFile):
        return path, "清单里没有"
    return path, "与清单不符"
