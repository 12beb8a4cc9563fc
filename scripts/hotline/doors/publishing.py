"""The published folder: made whole beside the old one, and put in its place by one renaming.

Two folders take turns. While one is published, the other waits in the work folder, one build
behind: what did not change is in both of them as one file (a hard link), so that a build writes
what changed, brings the waiting folder up to date, and exchanges the two. A folder that is not
exactly what was left there (by times, sizes and file numbers) is not used again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from hotline.doors import disk
from hotline.doors.fault import Unavailable

SPARE = "spare"
"""The waiting folder, below the work folder."""


class Made(NamedTuple):
    """A published file: the digest of its content, and how it lies on the disk."""

    digest: str
    mtime: int
    size: int
    inode: int

    @property
    def stat(self) -> tuple[int, int, int]:
        return (self.mtime, self.size, self.inode)


_UNWRITTEN = Made("", 0, 0, 0)
"""In the place of a file that waits to be written."""


class Put(NamedTuple):
    """A file of the new state, and whether it is another than before."""

    made: Made
    is_new: bool


class Turns(NamedTuple):
    """What is known of the two folders. ``behind`` are the files in which the waiting one is
    another; times are those of folders, which change with the names in them."""

    out: str
    files: dict[str, Made]
    behind: list[str]
    here: dict[str, int]
    """Of the published folder: folder → time."""
    there: dict[str, int]
    """Of the waiting one."""
    groups: dict[str, list[str]]
    """Files that were made together: what they were made of → their paths."""

    def told(self) -> bytes:
        """For the record: of the files column by column, which is quickest to read."""
        columns = [list(self.files), *map(list, zip(*self.files.values(), strict=True))]
        return json.dumps([self.out, columns, *self[2:]], separators=(",", ":")).encode()

    @classmethod
    def of(cls, told: Sequence[Any]) -> Turns:
        """What was :meth:`told`, as JSON gives it."""
        out, (paths, *columns), *rest = told
        rows = map(Made._make, zip(*columns, strict=True))
        return cls(out, dict(zip(paths, rows, strict=True)), *rest)


class Publishing:
    """One new state of the published folder. Files are put or kept; what is neither is gone."""

    def __init__(
        self, out: Path, work: Path, before: Turns | None, is_fit: Callable[[], bool] = bool,
        folder: Path | None = None,
    ) -> None:  # fmt: skip
        """``is_fit`` says whether ``before`` was found to :func:`fit`. Until it must be asked,
        what is put waits in memory. Without ``before`` all is written anew, and at once."""
        self.out = out
        self._work = work
        self._before = before
        self._folder = folder or (work / SPARE if before else aside(out))
        self._files: dict[str, Made] = {}
        self._changed: set[str] = set()
        self._touched: set[str] = set()
        self._folders: set[str] = set()
        self._groups: dict[str, list[str]] = {}
        self._is_fit = is_fit
        self._has_begun = before is None
        self._unwritten: dict[str, tuple[bytes, str]] = {}
        """Path → content and its digest."""

    def begin(self) -> None:
        """From now on everything is written at once; :class:`NotFit` where the waiting folder is
        not to be used."""
        if self._before is None or self._has_begun:
            return
        if not self._is_fit():
            raise NotFit
        self._has_begun = True
        self._catch_up(self._before)
        for path, (content, digest) in self._unwritten.items():
            self._files[path] = self._write(path, content, digest)
        self._unwritten.clear()

    def put(self, path: str, content: bytes) -> None:
        """A file with this content."""
        digest = hashlib.blake2b(content, digest_size=16).hexdigest()
        known = self._before.files.get(path) if self._before else None
        # What was written in this build already is no longer what was known.
        if known is not None and known.digest == digest and path not in self._changed:
            self._files[path] = known
            return
        self._changed.add(path)
        if self._has_begun:
            self._files[path] = self._write(path, content, digest)
        else:
            self._unwritten[path] = content, digest

    def keep(self, path: str) -> bool:
        """A file as it was; False where there was none."""
        known = self._before.files.get(path) if self._before else None
        if known is None or path in self._changed:
            return False
        self._files[path] = known
        return True

    def put_group(self, made_of: str, make: Callable[[], Iterable[tuple[str, bytes]]]) -> None:
        """Files that follow from what ``made_of`` tells apart, and that are made only where they
        are not there."""
        paths = self._before.groups.get(made_of) if self._before else None
        if paths is None or not all(map(self.keep, paths)):
            paths = []
            for path, content in make():
                self.put(path, content)
                paths.append(path)
        self._groups[made_of] = paths

    def told(self, path: str) -> Put:
        """Of a file that this process has put, for another to :meth:`adopt`."""
        if path in self._unwritten:
            return Put(_UNWRITTEN, is_new=True)
        return Put(self._files[path], path in self._changed)

    def adopt(self, path: str, put: Put) -> None:
        """A file that lies in the folder, whichever process has put it there."""
        if put.made is _UNWRITTEN:
            return  # this is the process that has put it
        self._files[path] = put.made
        if put.is_new:
            self._changed.add(path)
            folder = path
            while folder:
                folder = folder.rpartition("/")[0]
                self._touched.add(folder)

    def drop(self, path: str) -> None:
        """A file that some process has put, and that is none of the new state."""
        self._files.pop(path, None)
        self._changed.add(path)
        self._unwritten.pop(path, None)
        if self._has_begun:
            self._remove(path)

    def finish(self) -> Turns:
        """The new state takes the place of the old."""
        self.begin()
        gone = self._before.files.keys() - self._files.keys() if self._before else set()
        for path in gone:
            self._remove(path)
        self._changed |= gone
        if self._before:
            here = self._times(self._before.there)
            exchange(self._folder, self.out)
            return Turns(
                str(self.out), self._files, sorted(self._changed), here, self._before.here,
                self._groups,
            )  # fmt: skip
        with suppress(OSError):
            self._folder.chmod(0o755)
        here = self._times({})
        _replace(self._folder, self.out)
        there = self._twin() or {}
        return Turns(str(self.out), self._files, [], here, there, self._groups)

    def abandon(self) -> None:
        """Nothing of a failed build is published, and nothing half made is used again."""
        shutil.rmtree(self._folder, ignore_errors=True)

    # --- files --------------------------------------------------------------------------

    def _catch_up(self, before: Turns) -> None:
        """The waiting folder as the published one is."""
        try:
            for path in before.behind:
                self._remove(path)
            for path in before.behind:
                if path in before.files:
                    self._make_folder(path)
                    os.link(self.out / path, self._folder / path)
        except OSError as error:
            raise Unavailable(f"写不了 {self._folder}：{disk.reason(error)}") from error

    def _write(self, path: str, content: bytes, digest: str) -> Made:
        target = f"{self._folder}/{path}"
        try:
            self._make_folder(path)
            if self._before is not None or path in self._files:
                _unlink(target)  # never into a file that is published as well
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            handle = os.open(target, flags, 0o666)
            with os.fdopen(handle, "wb", buffering=0) as file:
                file.write(content)
                stat = os.fstat(file.fileno())
        except OSError as error:
            raise Unavailable(f"写不了 {target}：{disk.reason(error)}") from error
        return Made(digest, stat.st_mtime_ns, stat.st_size, stat.st_ino)

    def _make_folder(self, path: str) -> None:
        folder = path.rpartition("/")[0]
        self._touched.add(folder)
        if folder in self._folders:
            return
        missing = folder
        while missing and not os.path.isdir(f"{self._folder}/{missing}"):  # noqa: PTH112
            missing = missing.rpartition("/")[0]
            self._touched.add(missing)
        os.makedirs(f"{self._folder}/{folder}", exist_ok=True)  # noqa: PTH103 — many of them
        self._folders.add(folder)

    def _remove(self, path: str) -> None:
        _unlink(f"{self._folder}/{path}")
        folder = path.rpartition("/")[0]
        self._touched.add(folder)
        while folder:
            try:
                os.rmdir(f"{self._folder}/{folder}")  # noqa: PTH106
            except OSError:
                return
            self._folders.discard(folder)
            folder = folder.rpartition("/")[0]
            self._touched.add(folder)

    def _times(self, known: Mapping[str, int]) -> dict[str, int]:
        """The times of the folders of the new state."""
        folders = _folders_of(self._files)
        return {
            folder: known[folder]
            if folder in known and folder not in self._touched
            else _time_of(f"{self._folder}/{folder}")
            for folder in folders
        }

    def _twin(self) -> dict[str, int] | None:
        """A waiting folder that is the same; None where the disk has no hard links."""
        spare = self._work / SPARE
        shutil.rmtree(spare, ignore_errors=True)
        try:
            spare.mkdir(parents=True)
            for folder in sorted(_folders_of(self._files)):
                os.makedirs(f"{spare}/{folder}", exist_ok=True)  # noqa: PTH103
            for path in self._files:
                os.link(f"{self.out}/{path}", f"{spare}/{path}")
            return {folder: _time_of(f"{spare}/{folder}") for folder in _folders_of(self._files)}
        except OSError:
            shutil.rmtree(spare, ignore_errors=True)
            return None


class Served(Publishing):
    """A folder that somebody else shows: everything is written into it, nothing is kept."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, folder, None, folder=folder)

    def put(self, path: str, content: bytes) -> None:
        _unlink(f"{self._folder}/{path}")
        self._files[path] = self._write(path, content, "")

    def finish(self) -> Turns:
        return Turns(str(self.out), self._files, [], {}, {}, {})

    def abandon(self) -> None:
        """What is shown stays."""


class NotFit(Exception):
    """The waiting folder is not what was left there."""


def fit(turns: Turns, out: Path, work: Path) -> bool:
    """Whether the waiting folder, and what it lacks of the published one, are what was left."""
    spare = work / SPARE
    if turns.out != str(out) or spare.is_symlink() or out.is_symlink() or not out.is_dir():
        return False
    behind = set(turns.behind)
    try:
        for path, made in turns.files.items():
            base = out if path in behind else spare
            stat = os.lstat(f"{base}/{path}")
            if (stat.st_mtime_ns, stat.st_size, stat.st_ino) != made.stat:
                return False
        times = turns.there.items()
        return bool(times) and all(_time_of(f"{spare}/{name}") == at for name, at in times)
    except OSError:
        return False


def _unlink(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)  # noqa: PTH108 — many of them


def _time_of(folder: str) -> int:
    return os.stat(folder).st_mtime_ns  # noqa: PTH116 — many of them


def _folders_of(paths: Iterable[str]) -> set[str]:
    """All folders, that of the whole among them as ''."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def aside(out: Path) -> Path:
    """A new folder beside ``out``, where a rename is atomic. What a killed build left is
    swept, and a site that it had already moved away is put back."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        old = out.with_name(f".{out.name}.old")
        if old.is_dir() and not out.exists():
            old.rename(out)
        for left in out.parent.glob(f".{out.name}.new-*"):
            shutil.rmtree(left, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix=f".{out.name}.new-", dir=out.parent))
    except OSError as error:
        raise Unavailable(f"写不了 {out}：{disk.reason(error)}") from error


def _replace(new: Path, out: Path) -> None:
    """A new folder in the place of an old one, which is gone then."""
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    try:
        if not out.exists():
            new.rename(out)
        elif _exchanged(new, out):
            new.rename(old)
        else:
            out.rename(old)
            new.rename(out)
    except OSError as error:
        raise Unavailable(f"写不了 {out}：{disk.reason(error)}") from error
    shutil.rmtree(old, ignore_errors=True)


def exchange(new: Path, out: Path) -> None:
    """Two folders in each other's place, in one step where the system can do that."""
    if _exchanged(new, out):
        return
    old = out.with_name(f".{out.name}.old")
    try:
        shutil.rmtree(old, ignore_errors=True)
        out.rename(old)
        new.rename(out)
        old.rename(new)
    except OSError as error:
        raise Unavailable(f"写不了 {out}：{disk.reason(error)}") from error


def _exchanged(one: Path, other: Path) -> bool:
    """Linux alone has a renaming that never leaves a name empty."""
    try:
        import ctypes

        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (ImportError, OSError, AttributeError):
        return False
    here = -100  # AT_FDCWD
    return bool(rename(here, os.fsencode(one), here, os.fsencode(other), 2) == 0)
