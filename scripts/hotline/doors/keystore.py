"""The key store: who can open which seal. It lies outside git, so that what it forgets is gone.

Every part of a case is sealed to a key pair of its own. Its secret key lies here, wrapped to the
units that may read the part: one file per part, which is written atomically under a lock. Where
the wraps are destroyed, every copy of the sealed text in every old commit goes dark at once.

A file keeps the keys of earlier seals too: a branch that has not landed yet, or that is given up,
must not take the seal of the main line with it.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hotline.doors import disk
from hotline.doors.fault import Unavailable
from hotline.doors.lock import locked

VARIABLE = "HOTLINE_KEYS"
"""The environment variable that names the folder of the store."""
DEFAULT = ".hotline/keys"
"""Where it lies otherwise, below the repository; ignored by git."""
LOG = "read.jsonl"
"""Who read what, a line each."""
_EXPORTS = "exports.jsonl"
_DESTROYED = "destroyed.jsonl"
_FINGERPRINT = "fingerprint.json"
_MOST = 16 * 1024 * 1024
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Wrap:
    """A secret key, wrapped. ``recipient`` is the public key of the part, ``to`` the units that
    may read it, ``keys`` the public keys that the secret is wrapped to."""

    recipient: str
    to: tuple[str, ...]
    keys: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one part of a case, the newest wrap last."""

    case: str
    part: str
    wraps: tuple[Wrap, ...] = ()

    def of(self, recipient: str) -> Wrap | None:
        return next((wrap for wrap in self.wraps if wrap.recipient == recipient), None)

    def with_wrap(self, new: Wrap) -> Kept:
        """With a wrap more, or in the place of the one of the same key."""
        if self.of(new.recipient) is None:
            return Kept(self.case, self.part, (*self.wraps, new))
        swapped = [new if wrap.recipient == new.recipient else wrap for wrap in self.wraps]
        return Kept(self.case, self.part, tuple(swapped))


class KeyStore:
    """The store of a repository; :meth:`held` is asked around every change."""

    def __init__(self, root: Path) -> None:
        given = os.environ.get(VARIABLE, "")
        self.folder = Path(given).expanduser() if given else root / DEFAULT
        self._is_own = not given
        if given and not self.folder.is_absolute():
            raise Unavailable(f"环境变量 {VARIABLE} 要写完整的路径，如 /mnt/共享/密钥库")
        if given and is_below(self.folder, root):
            raise Unavailable(
                f"密钥库 {self.folder} 在工单仓库里，会被提交上去：请把环境变量 {VARIABLE} "
                "设到仓库以外的文件夹"
            )

    def require(self) -> None:
        """Raises where there is no store: on most machines a wrong or missing setting."""
        if not self.folder.is_dir():
            raise Unavailable(
                f"没有密钥库 {self.folder}。密钥库不在 git 里：请把环境变量 {VARIABLE} 设为"
                "管理机构的密钥库文件夹；第一次使用时由管理机构运行 hotline seal 自动建立"
            )

    @contextmanager
    def held(self, *, may_begin: bool = False) -> Iterator[None]:
        """Holds the store's lock. Only what puts the first key into it may make the store; a
        folder that was named must have one above it, or it is most likely a share that is not
        there."""
        if not may_begin:
            self.require()
        try:
            if not self.folder.is_dir():
                self.folder.mkdir(parents=self._is_own, mode=0o700, exist_ok=True)
            if self._is_own and not (self.folder.parent / ".gitignore").exists():
                disk.write(self.folder.parent / ".gitignore", b"*\n")
        except OSError as error:
            raise Unavailable(f"建不了密钥库 {self.folder}：{disk.reason(error)}") from error
        with locked(self.folder):
            yield

    # --- parts --------------------------------------------------------------------------

    def read(self, case: str, part: str) -> Kept:
        """What is kept of a part; nothing where there is no file."""
        path = f"{case}/{part}.json"
        if not (self.folder / path).is_file():
            return Kept(case, part)
        try:
            data = json.loads(disk.read(self.folder, path, at_most=_MOST))
            return _kept(data, case, part)
        except (ValueError, TypeError, KeyError, RecursionError):
            raise Unavailable(
                f"密钥库里 {path} 已损坏，没有改动；请从备份（hotline keys export）恢复这个文件"
            ) from None

    def put(self, kept: Kept) -> None:
        data = {"schema_version": _VERSION, **asdict(kept)}
        blob = json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n"
        path = f"{kept.case}/{kept.part}.json"
        disk.put(self.folder, path, blob)
        _keep_private(self.folder / path)

    def parts(self) -> list[tuple[str, str]]:
        """(case, part) of all that is kept."""
        if not self.folder.is_dir():
            return []
        found = self.folder.glob("*/*.json")
        return sorted((path.parent.name, path.stem) for path in found)

    def destroy(self, case: str) -> None:
        """Takes away all that opens a case's seals, after it was written down that this begins:
        who runs it again knows then why there is no key. The files are written over first, for what
        it is worth: a disk or a share may keep the old blocks, a backup surely does."""
        folder = self.folder / case
        if case not in self.destroyed():
            self._append(_DESTROYED, {"case": case})
        try:
            for path in sorted(folder.glob("*")) if folder.is_dir() else ():
                with path.open("r+b") as file:
                    file.write(os.urandom(path.stat().st_size))
                    file.flush()
                    os.fsync(file.fileno())
                path.unlink()
            if folder.is_dir():
                shutil.rmtree(folder)
            disk.sync(self.folder)
        except OSError as error:
            raise Unavailable(
                f"销毁不了 {folder}：{disk.reason(error)}；排除原因后再运行一次 hotline erase"
            ) from error

    def destroyed(self) -> set[str]:
        """The cases whose keys were destroyed here, or were going to be."""
        return {row.get("case", "") for row in self._rows(_DESTROYED)}

    # --- the secret of fingerprints ---------------------------------------------------------

    def fingerprint_wrap(self) -> Wrap | None:
        """The wrapped secret of fingerprints; None where there is none yet."""
        if not (self.folder / _FINGERPRINT).is_file():
            return None
        try:
            data = json.loads(disk.read(self.folder, _FINGERPRINT))
            return _wrap(data["wrap"])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise Unavailable(
                f"密钥库里 {_FINGERPRINT} 已损坏；请从备份（hotline keys export）恢复这个文件"
            ) from None

    def put_fingerprint_wrap(self, wrap: Wrap) -> None:
        data = {"schema_version": _VERSION, "wrap": asdict(wrap)}
        disk.put(self.folder, _FINGERPRINT, json.dumps(data, indent=1).encode() + b"\n")
        _keep_private(self.folder / _FINGERPRINT)

    # --- what was done ------------------------------------------------------------------------

    def log(self, row: dict[str, str]) -> None:
        """Writes down who read what; it is on the disk when this returns."""
        self._append(LOG, row)

    def log_export(self, row: dict[str, str]) -> None:
        self._append(_EXPORTS, row)

    def exports(self) -> list[dict[str, str]]:
        """The backups that were made: a copy of a wrap lies in each."""
        return self._rows(_EXPORTS)

    def _rows(self, name: str) -> list[dict[str, str]]:
        if not (self.folder / name).is_file():
            return []
        lines = disk.read(self.folder, name, at_most=_MOST).decode("utf-8", "replace")
        return [row for row in map(_row, lines.splitlines()) if row]

    def _append(self, name: str, row: dict[str, str]) -> None:
        line = json.dumps(row, ensure_ascii=False) + "\n"
        try:
            handle = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                if os.write(handle, line.encode()) != len(line.encode()):
                    raise OSError(errno.ENOSPC, "a part of a line")
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise Unavailable(f"写不了 {self.folder / name}：{disk.reason(error)}") from error

    # --- copies -----------------------------------------------------------------------------

    def files(self) -> Iterator[tuple[str, bytes]]:
        """All wraps, as a backup holds them."""
        names: Sequence[str] = [f"{case}/{part}.json" for case, part in self.parts()]
        if (self.folder / _FINGERPRINT).is_file():
            names = [*names, _FINGERPRINT]
        for name in names:
            yield name, disk.read(self.folder, name, at_most=_MOST)


def is_below(path: Path, root: Path) -> bool:
    """Whether something lies in a folder, wherever links and dots lead."""
    return path.resolve().is_relative_to(root.resolve())


def digest(files: Sequence[tuple[str, bytes]]) -> str:
    """A backup's own check sum, in hexadecimal."""
    told = hashlib.sha256()
    for name, blob in files:
        told.update(f"{name} {len(blob)}\n".encode() + blob)
    return told.hexdigest()


def _keep_private(path: Path) -> None:
    try:
        path.chmod(0o600)
    except OSError:  # a share may know no such rights; the wraps are sealed anyhow
        return


def _kept(data: Any, case: str, part: str) -> Kept:
    if (data["case"], data["part"]) != (case, part):
        raise ValueError("another part's file")
    return Kept(case, part, tuple(map(_wrap, data["wraps"])))


def _wrap(data: Any) -> Wrap:
    texts = (data["recipient"], data["text"], *data["to"], *data["keys"])
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("no text")
    return Wrap(data["recipient"], tuple(data["to"]), tuple(data["keys"]), data["text"])


def _row(line: str) -> dict[str, str]:
    try:
        row = json.loads(line)
    except ValueError:
        return {}
    return row if isinstance(row, dict) else {}
