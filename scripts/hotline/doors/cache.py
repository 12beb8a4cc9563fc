"""What was found in files before, kept outside the repository.

One SQLite file for all repositories of a user. A row tells of one file of one repository: how
it looked (time, size, hash), under which key it was judged (everything but the file that a
finding depends on: the code, schema, registry, calendar), from when until when that holds, and
what was found. A row with anything wrong about it is no row: a damaged or foreign cache costs
time and never a finding. Nothing in it is ever executed: it holds numbers, hashes and JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from hotline.doors.repository import Repository
from hotline.values.facts import Cases, Facts, Link
from hotline.values.finding import Finding
from hotline.values.node import Place

MOST_MB = 512
"""A cache that has grown larger is begun anew."""
KEPT_DAYS = 60
"""A repository that was not looked at for so long is forgotten."""
_RACY = 2.0
"""Seconds: a file written so shortly before it was judged may have been written again since."""
_VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS repository (root TEXT PRIMARY KEY, key BLOB, used REAL);
CREATE TABLE IF NOT EXISTS judged (
  root TEXT, path TEXT, mtime INTEGER, size INTEGER, hash BLOB, since REAL, until REAL,
  findings TEXT, facts TEXT, id TEXT, upstream TEXT, is_alone INTEGER, is_open INTEGER, checksum BLOB,
  PRIMARY KEY (root, path)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_id ON judged (root, id);
CREATE INDEX IF NOT EXISTS by_upstream ON judged (root, upstream);
"""
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

    def rows(self, paths: Sequence[str] | None = None) -> dict[str, Row]:
        """By path, of all files or of a few; empty where there is no cache, or none that can be
        trusted."""
        query = f"SELECT {_COLUMNS}, checksum FROM judged WHERE root = ?"
        asked: list[tuple[str, ...]] = [(self._root,)]
        if paths is not None:
            query, asked = f"{query} AND path = ?", [(self._root, path) for path in paths]
        try:
            with closing(self._opened()) as database:
                found = database.execute(
                    "SELECT key FROM repository WHERE root = ?", (self._root,)
                ).fetchone()
                if found is None or found[0] != self._key:
                    return {}
                return {
                    row[0]: _lean(row)
                    for one in asked
                    for row in database.execute(query, one)
                    if self._is_whole(row)
                }
        except (sqlite3.Error, OSError, TypeError, ValueError):
            return {}

    def facts(self, path: str) -> Facts | None:
        """The facts of a file as they were written down; None where they cannot be had."""
        query = f"SELECT {_COLUMNS}, checksum FROM judged WHERE root = ? AND path = ?"
        try:
            with closing(self._opened()) as database:
                row = database.execute(query, (self._root, path)).fetchone()
            return facts_of(row[7]) if row and self._is_whole(row) and row[7] else None
        except (sqlite3.Error, OSError, TypeError, ValueError):
            return None

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
        except (sqlite3.Error, OSError):
            return []

    def touch(self, rows: Iterable[Row]) -> None:
        """Writes how files look that are the same as before, but for their time."""
        with suppress(sqlite3.Error, OSError), closing(self._opened()) as database, database:
            database.executemany(
                "UPDATE judged SET mtime = ?, size = ? WHERE root = ? AND path = ?",
                [(row.mtime, row.size, self._root, row.path) for row in rows],
            )

    def store(self, rows: Iterable[Row], gone: Sequence[str] = ()) -> None:
        """Writes what is new, in place of what was found under another key. A cache that cannot
        be written is no fault: the next run takes as long as this one."""
        with suppress(sqlite3.Error, OSError), closing(self._opened()) as database, database:
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
        except sqlite3.DatabaseError:
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

    def _is_whole(self, row: tuple[Any, ...]) -> bool:
        return bool(row[-1] == self._checksum(row[:-1]))

    def _checksum(self, row: Sequence[Any]) -> bytes:
        """Of all but time and size: these only say whether a file must be hashed."""
        text = "\x1f".join(map(str, (row[0], *row[3:]))).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, digest_size=8, key=self._key).digest()


def _lean(row: tuple[Any, ...]) -> Row:
    """A row without the facts that only its twin would ask for: of a hundred thousand files
    they fill more memory than all the rest."""
    whole = Row._make(row[:-1])
    return whole._replace(facts="") if whole.is_alone else whole


class Remembered(Cases):
    """The facts of all cases, made of their rows only where they are asked for; ``recall`` gives
    those that a row does not carry."""

    def __init__(
        self,
        rows: Sequence[Row],
        recall: Callable[[str], Facts | None],
        holds: Callable[[str], bool],
    ) -> None:
        super().__init__((), holds=holds)
        self._recall = recall
        self._rows = [row for row in rows if row.id]
        self._of_id: dict[str, list[Row]] = {}
        self._of_upstream: dict[str, list[Row]] = {}
        for row in self._rows:
            self._of_id.setdefault(row.id, []).append(row)
            self._of_upstream.setdefault(row.upstream, []).append(row)

    @property
    def ids(self) -> set[str]:
        return set(self._of_id)

    @property
    def comparable(self) -> list[Facts]:
        """The facts in which a rule that compares files may find something."""
        return [
            facts
            for row in self._rows
            if not row.is_alone
            or len(self._of_id[row.id]) > 1
            or len(self._of_upstream[row.upstream]) > 1
            for facts in self._facts(row)
        ]

    def _facts(self, *rows: Row) -> list[Facts]:
        found = (facts_of(r.facts) if r.facts else self._recall(r.path) for r in rows)
        return [facts for facts in found if facts is not None]

    def exists(self, case: str) -> bool:
        return case in self._of_id or super().exists(case)

    def with_id(self, case: str) -> list[Facts]:
        return self._facts(*self._of_id.get(case, ()))

    def with_upstream(self, key: tuple[str, str, str]) -> list[Facts]:
        return self._facts(*self._of_upstream.get(upstream_of(key), ()))

    def get(self, case: str) -> Facts | None:
        return next(iter(self._facts(*self._of_id.get(case, ())[:1])), None)


def upstream_of(key: tuple[str, str, str]) -> str:
    return "\x1f".join(key)


def settled(mtime_ns: int, now: float) -> int:
    """The time to remember of a file that was judged at ``now``: 0, which no file has, where it
    may be written again within the same tick of the file system's clock."""
    return 0 if mtime_ns / 1e9 > now - _RACY else mtime_ns


def cache_of(repository: Repository) -> Cache:
    """The cache of a repository, under the key of all that a finding depends on."""
    return Cache(cache_file(), repository.root, repository.judging_key)


def cache_file() -> Path:
    """``$XDG_CACHE_HOME/hotline/judged.sqlite``."""
    home = os.environ.get("XDG_CACHE_HOME", "").strip()
    folder = Path(home) if home else Path.home() / ".cache"
    return folder / "hotline" / "judged.sqlite"


# --- values as JSON -----------------------------------------------------------------------


def findings_as_json(findings: Sequence[Finding]) -> str:
    """Empty where there is none, as with nearly all files."""
    if not findings:
        return ""
    rows = [
        [f.code, f.severity, f.path, f.message, f.article, *f.place, f.case, f.subject]
        for f in findings
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def findings_of(text: str) -> list[Finding]:
    return [
        Finding(code, severity, path, message, article, Place(line, column), case, subject)
        for code, severity, path, message, article, line, column, case, subject in (
            json.loads(text) if text else ()
        )
    ]


def facts_as_json(facts: Facts) -> str:
    return json.dumps(_plain(tuple(facts)), ensure_ascii=False, separators=(",", ":"))


def facts_of(text: str) -> Facts:
    return Facts._make(_made(json.loads(text)))


def _plain(value: Any) -> Any:
    if isinstance(value, Place):
        return {"p": list(value)}
    if isinstance(value, Link):
        return {"l": [_plain(one) for one in value]}
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _made(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_made, value))
    if not isinstance(value, dict):
        return value
    [(kind, told)] = value.items()
    if kind == "p":
        return Place(*told)
    return Link(*map(_made, told)) if kind == "l" else datetime.fromisoformat(told)
