"""What was found in files before, kept outside the repository.

One SQLite file for all repositories of a user. A row tells of one file of one repository: how
it looked (time, size, hash), under which key it was judged (everything but the file that a
finding depends on: the code, schema, registry, calendar), from when until when that holds, and
what was found. And the registry of each repository is there as it was last read without a fault.
A row with anything wrong about it is no row: a damaged or foreign cache costs time and never a
finding. Nothing in it is ever executed: it holds numbers, hashes and JSON.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from hotline.doors.judging_key import judging_key
from hotline.values.watched import ALWAYS

MOST_MB = 512
"""A cache that has grown larger is begun anew."""
KEPT_DAYS = 60
"""A repository that was not looked at for so long is forgotten."""
MOST_OF_A_REGISTRY = 4 * 1024 * 1024
"""A registry that takes more characters is read again each time."""
_RACY = 2.0
"""Seconds: a file written so shortly before it was judged may have been written again since."""
_TABLES = """
CREATE TABLE IF NOT EXISTS repository (root TEXT PRIMARY KEY, key BLOB, used REAL);
CREATE TABLE IF NOT EXISTS judged (
  root TEXT, path TEXT, mtime INTEGER, size INTEGER, hash BLOB, since REAL, until REAL,
  findings TEXT, facts TEXT, id TEXT, upstream TEXT, is_alone INTEGER, is_open INTEGER, checksum BLOB,
  PRIMARY KEY (root, path)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS registry (
  root TEXT PRIMARY KEY, key BLOB, trees TEXT, stored REAL, checksum BLOB
);
CREATE INDEX IF NOT EXISTS by_id ON judged (root, id);
CREATE INDEX IF NOT EXISTS by_upstream ON judged (root, upstream);
"""
_NO_CACHE = (sqlite3.Error, OSError, UnicodeDecodeError)
"""What a damaged cache raises: SQLite's own words of it may be no UTF-8."""
_NO_ROW = (*_NO_CACHE, TypeError, ValueError)
"""And what a row of it may hold."""
_VERSION = zlib.crc32(_TABLES.encode()) & 0x7FFF_FFFF
"""A cache with other tables is one of another version of the program."""
_COLUMNS = "path, mtime, size, hash, since, until, findings, facts, id, upstream, is_alone, is_open"


class Row(NamedTuple):
    """What is known of one file. ``since`` and ``until`` bound the moments (seconds since
    1970) at which the findings hold; both bounds lie outside."""

    path: str
    mtime: int
    size: int
    hash: bytes
    since: float
    until: float
    findings: str
    facts: str
    """Empty where the file is no case, and where nobody is likely to ask for them: then they are
    read from the cache when somebody does."""
    id: str
    """Empty where the file is no case."""
    upstream: str
    is_alone: int
    """1 where no rule that compares files can find anything but in its id and upstream id."""
    is_open: int

    def holds_at(self, moment: float) -> bool:
        return self.since < moment < self.until

    @property
    def has_ground(self) -> bool:
        """Whether a ground of arts. 19 to 21 stands in this file by itself."""
        return '["E' in self.findings

    def has_stat(self, mtime: int, size: int) -> bool:
        return (self.mtime, self.size) == (mtime, size) and mtime != 0


class Cache:
    """The rows of one repository under one key."""

    def __init__(self, file: Path, root: Path, key: bytes) -> None:
        self._file = file
        self._root = str(root)
        self._key = key

    def rows(self, paths: Sequence[str], *, are_all: bool = False) -> dict[str, Row]:
        """By path, of a few files or, where these ``are_all``, of whatever is remembered; empty
        where there is no cache, or none that can be trusted."""
        query = f"SELECT {_COLUMNS}, checksum FROM judged WHERE root = ?"
        asked: list[tuple[str, ...]] = [(self._root,)]
        if not are_all:
            query, asked = f"{query} AND path = ?", [(self._root, path) for path in paths]
        names = {path: path for path in paths}
        sizes: dict[int, int] = {}
        try:
            with closing(self._opened()) as database:
                found = database.execute(
                    "SELECT key FROM repository WHERE root = ?", (self._root,)
                ).fetchone()
                if found is None or found[0] != self._key:
                    return {}
                return {
                    row.path: row
                    for one in asked
                    for told in database.execute(query, one)
                    if self._is_whole(told)
                    for row in [_lean(told, names, sizes)]
                }
        except _NO_ROW:
            return {}

    def facts(self, path: str) -> str:
        """The facts of a file as they were written down; empty where they cannot be had."""
        query = f"SELECT {_COLUMNS}, checksum FROM judged WHERE root = ? AND path = ?"
        try:
            with closing(self._opened()) as database:
                row = database.execute(query, (self._root, path)).fetchone()
            return str(row[7]) if row and self._is_whole(row) else ""
        except _NO_ROW:
            return ""

    @property
    def is_there(self) -> bool:
        return self._file.is_file()

    def alike(self, case: str, upstream: str) -> list[str]:
        """The paths of files that had this id or this upstream id when they were judged."""
        query = "SELECT path FROM judged WHERE root = ? AND"
        try:
            with closing(self._opened()) as database:
                found = database.execute(
                    f"{query} id = ? UNION {query} upstream = ?",
                    (self._root, case, self._root, upstream),
                )
                return [str(path) for (path,) in found]
        except _NO_CACHE:
            return []

    def registry(self, key: bytes) -> str:
        """The trees of the registry's files as they were read under this key (see
        :func:`~hotline.doors.judging_key.reading_key`); empty where they cannot be had."""
        query = "SELECT trees, checksum FROM registry WHERE root = ? AND key = ?"
        try:
            with closing(self._opened()) as database:
                row = database.execute(query, (self._root, key)).fetchone()
            return str(row[0]) if row and row[1] == _checksum(key, str(row[0])) else ""
        except _NO_ROW:
            return ""

    def store_registry(self, key: bytes, trees: str) -> None:
        """Writes down what :meth:`registry` will give, in place of what was read before."""
        if len(trees) > MOST_OF_A_REGISTRY:
            return
        row = (self._root, key, trees, time.time(), _checksum(key, trees))
        with suppress(*_NO_CACHE), closing(self._opened()) as database, database:
            database.execute("INSERT OR REPLACE INTO registry VALUES (?, ?, ?, ?, ?)", row)
            self._forget_old(database)

    def touch(self, rows: Iterable[Row]) -> None:
        """Writes how files look that are the same as before, but for their time."""
        with suppress(*_NO_CACHE), closing(self._opened()) as database, database:
            database.executemany(
                "UPDATE judged SET mtime = ?, size = ? WHERE root = ? AND path = ?",
                [(row.mtime, row.size, self._root, row.path) for row in rows],
            )

    def store(self, rows: Iterable[Row], gone: Sequence[str] = ()) -> None:
        """Writes what is new, in place of what was found under another key. A cache that cannot
        be written is no fault: the next run takes as long as this one."""
        with suppress(*_NO_CACHE), closing(self._opened()) as database, database:
            found = database.execute(
                "SELECT key FROM repository WHERE root = ?", (self._root,)
            ).fetchone()
            if found is not None and found[0] != self._key:
                database.execute("DELETE FROM judged WHERE root = ?", (self._root,))
            database.executemany(
                "DELETE FROM judged WHERE root = ? AND path = ?",
                [(self._root, path) for path in gone],
            )
            marks = ", ".join("?" * 14)
            database.executemany(
                f"INSERT OR REPLACE INTO judged VALUES ({marks})",
                [(self._root, *row, self._checksum(row)) for row in rows],
            )
            used = (self._root, self._key, time.time())
            database.execute("INSERT OR REPLACE INTO repository VALUES (?, ?, ?)", used)
            self._forget_old(database)

    def _opened(self) -> sqlite3.Connection:
        folder = self._file.parent
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._file.exists():
            stat = self._file.stat()
            if hasattr(os, "getuid") and stat.st_uid != os.getuid():
                raise OSError("the cache is somebody else's")
            if stat.st_size > MOST_MB * 1024 * 1024:
                self._file.unlink()
        database = sqlite3.connect(self._file, timeout=0.5)
        try:
            self._prepare(database)
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            # No database, or a damaged one. Whoever has it open keeps the old file.
            database.close()
            self._file.unlink(missing_ok=True)
            database = sqlite3.connect(self._file, timeout=0.5)
            self._prepare(database)
        return database

    @staticmethod
    def _prepare(database: sqlite3.Connection) -> None:
        """A lost transaction costs time only, so nothing waits for the disk."""
        database.execute("PRAGMA synchronous = OFF")
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _VERSION):
            raise sqlite3.DatabaseError("a cache of another version")
        if version == 0:
            database.executescript(_TABLES + f"PRAGMA user_version = {_VERSION};")

    def _forget_old(self, database: sqlite3.Connection) -> None:
        before = (time.time() - KEPT_DAYS * 86_400,)
        old = database.execute("SELECT root FROM repository WHERE used < ?", before).fetchall()
        for root in old:
            database.execute("DELETE FROM judged WHERE root = ?", root)
            database.execute("DELETE FROM repository WHERE root = ?", root)
        database.execute("DELETE FROM registry WHERE stored < ?", before)

    def _is_whole(self, row: tuple[Any, ...]) -> bool:
        return bool(row[-1] == self._checksum(row[:-1]))

    def _checksum(self, row: Sequence[Any]) -> bytes:
        """Of all but time and size: these only say whether a file must be hashed."""
        return _checksum(self._key, "\x1f".join(map(str, (row[0], *row[3:]))))


def _checksum(key: bytes, text: str) -> bytes:
    told = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(told, digest_size=8, key=key).digest()


def _lean(row: Sequence[Any], names: Mapping[str, str], sizes: dict[int, int]) -> Row:
    """A row without the facts that only its twin would ask for, and without a second copy of what
    is there already: of a hundred thousand files that fills more memory than all the rest."""
    path, mtime, size, hash_, since, until, findings, facts, id_, upstream, is_alone, is_open, _ = (
        row
    )
    return Row(
        names.get(path, path), mtime, sizes.setdefault(size, size), hash_, _OFTEN.get(since, since), _OFTEN.get(until, until),
        findings, "" if is_alone else facts, id_, upstream, is_alone, is_open,
    )  # fmt: skip


_OFTEN = {bound: bound for bound in ALWAYS}


def upstream_of(key: tuple[str, str, str]) -> str:
    return "\x1f".join(key)


def settled(mtime_ns: int, now: float) -> int:
    """The time to remember of a file that was judged at ``now``: 0, which no file has, where it
    may be written again within the same tick of the file system's clock."""
    return 0 if mtime_ns / 1e9 > now - _RACY else mtime_ns


def cache_of(root: Path, registry: Mapping[str, bytes] | None = None) -> Cache:
    """The cache of a repository, under the key of all that a finding depends on; ``registry`` are
    the files of its registry, where somebody has them in hand."""
    return Cache(cache_file(), root, judging_key(root, registry))


def cache_file() -> Path:
    """``$XDG_CACHE_HOME/hotline/judged.sqlite``."""
    home = os.environ.get("XDG_CACHE_HOME", "").strip()
    folder = Path(home) if home else Path.home() / ".cache"
    return folder / "hotline" / "judged.sqlite"
