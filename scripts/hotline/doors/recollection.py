"""What history recorded of each order, remembered outside the repository.

One file for each repository, beside the cache of findings: a line of JSON for each path, which is
read only when somebody asks for that order. Its head is sealed and tells the digests of the rest,
month by month; a damaged one is none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from hotline.doors import disk
from hotline.doors.cache import cache_file
from hotline.doors.judging_key import code_key
from hotline.doors.keeping import digest_of
from hotline.values.month import month_of
from hotline.values.recording import Key, Recording

_MOST = 1024 * 1024 * 1024
"""Bytes: more than that is not remembered."""


class Walked(NamedTuple):
    """What a walk over commits, the newest first, found. ``rewritten`` are events that one of
    them made something else of: older commits have no word in these."""

    head: str
    clamped: dict[bytes, int]
    events: dict[Key, Recording]
    files: dict[str, Recording]
    rewritten: set[Key]
    latest: int
    """When the last of them says that it was made. At an earlier moment it would be in doubt."""


class RecordedPaths(Mapping[Key, Recording]):
    """Of each path a line: [blob at HEAD, its file's recording, recordings of its events].

    The lines of a month are one text until somebody asks for one of them: so they are read from
    the disk, and handed from one process to another, in a tenth of the time."""

    def __init__(
        self, head: str, clamped: dict[bytes, int], latest: int, months: Mapping[str, bytes],
        digests: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        """``months`` are the texts of :func:`_by_month`."""
        self.head = head
        self.clamped = clamped
        self.latest = latest
        self.months = months
        self.digests = digests or {month: digest_of(text) for month, text in months.items()}
        """By month, of all that is recorded of its files."""
        self._lines: dict[str, dict[str, str]] = {}
        self._read: dict[str, dict[Key, Recording]] = {}

    @property
    def lines(self) -> dict[str, str]:
        """Of all paths."""
        return {path: line for month in self.months for path, line in self._of_month(month).items()}

    def _of_month(self, month: str) -> dict[str, str]:
        found = self._lines.get(month)
        if found is None:
            text = self.months.get(month, b"").decode("ascii")
            pairs = (line.partition("\t") for line in text.split("\n"))
            found = {_path(path): line for path, _, line in pairs if path}
            self._lines[month] = found
        return found

    def __getstate__(self) -> dict[str, Any]:
        """What another process is handed."""
        return {**vars(self), "_lines": {}, "_read": {}}

    @classmethod
    def of(cls, walked: Walked, blobs: Mapping[str, str]) -> RecordedPaths:
        by_path: dict[str, dict[Key, Recording]] = {}
        for key, recording in walked.events.items():
            by_path.setdefault(key[0], {})[key] = recording
        paths = by_path.keys() | walked.files.keys()
        lines = {
            path: _line(blobs.get(path, ""), walked.files.get(path), by_path.get(path, {}))
            for path in sorted(paths)
        }
        return cls(walked.head, walked.clamped, walked.latest, _by_month(lines))

    def joined(self, new: Walked, blobs: Mapping[str, str]) -> RecordedPaths | None:
        """With what newer commits recorded; None where only a whole walk can tell."""
        by_path: dict[str, dict[Key, Recording]] = {}
        for key, recording in new.events.items():
            by_path.setdefault(key[0], {})[key] = recording
        rewritten = {key[0] for key in new.rewritten}
        before = self.lines
        changed = {
            path
            for path in before.keys() | blobs.keys()
            if _blob(before.get(path, "")) != blobs.get(path, "")
        }
        lines: dict[str, str] = {}
        for path in sorted(changed | by_path.keys() | rewritten | new.files.keys()):
            old = before.get(path)
            events = dict(by_path.get(path, {}))
            file = new.files.get(path)
            if old is not None:
                _, was, _ = json.loads(old)
                older = self._of(path)
                events |= {key: older[key] for key in older.keys() - new.rewritten}
                if file is None and path not in changed:
                    file = _recording(was) if was else None
            if file is None and path in changed and blobs.get(path):
                return None  # as an older commit had it, which nobody remembers
            lines[path] = _line(blobs.get(path, ""), file, events)
        whole: dict[str, str] = {}  # of the months in which any is another
        for month in {month_of(path) for path in lines}:
            whole |= self._of_month(month)
        texts = _by_month(whole | lines)
        latest = max(new.latest, self.latest)
        return RecordedPaths(
            new.head, new.clamped, latest, {**self.months, **texts},
            self.digests | {month: digest_of(text) for month, text in texts.items()},
        )  # fmt: skip

    def told(self, path: str) -> str:
        """All that is recorded of a path, to be told apart from what was."""
        return self._of_month(month_of(path)).get(path, "")

    def _of(self, path: str) -> dict[Key, Recording]:
        found = self._read.get(path)
        if found is None:
            line = self.told(path)
            rows = json.loads(line)[2] if line else []
            found = {(path, a, b, c): _recording(told) for a, b, c, *told in rows}
            self._read = {path: found}  # one order is asked for at a time
        return found

    def __getitem__(self, key: Key) -> Recording:
        return self._of(key[0])[key]

    def __iter__(self) -> Iterator[Key]:
        for path in self.lines:
            yield from self._of(path)

    def __len__(self) -> int:
        return sum(len(self._of(path)) for path in self.lines)

    def events(self) -> dict[Key, Recording]:
        return {key: found for path in self.lines for key, found in self._of(path).items()}

    def files(self) -> dict[str, Recording]:
        told = ((path, json.loads(line)[1]) for path, line in self.lines.items())
        return {path: _recording(one) for path, one in told if one}


class Recollection:
    """The file of one repository."""

    def __init__(self, root: Path) -> None:
        name = hashlib.sha256(str(root).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        self._file = cache_file().with_name(f"recorded-{name}.jsonl")

    def recall(self) -> RecordedPaths | None:
        """What was kept by the same code; None where there is nothing that is whole."""
        try:
            seal, told, texts = self._file.read_bytes().split(b"\n", 2)
            if seal != _seal(told):
                return None
            head, clamped, latest, listed = json.loads(told)
            times = {name.encode(): seconds for name, seconds in clamped.items()}
            months, digests, place = {}, {}, 0
            for month, digest, length in listed:
                months[month], digests[month] = texts[place : place + length], digest
                place += length
                if digest_of(months[month]) != digest:
                    return None
            return RecordedPaths(head, times, int(latest), months, digests)
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return None

    def keep(self, told: RecordedPaths) -> None:
        """Writes it down; where that cannot be, the next walk takes as long as this one."""
        clamped = {name.decode(): seconds for name, seconds in told.clamped.items()}
        listed = [(month, told.digests[month], len(text)) for month, text in told.months.items()]
        head = json.dumps([told.head, clamped, told.latest, listed]).encode("ascii")
        text = b"\n".join([_seal(head), head, b"".join(told.months.values())])
        if len(text) > _MOST:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Not waited for until it is on the disk: what is not whole there is none.
            disk.note(self._file, text)
        except OSError:
            return


def _by_month(lines: Mapping[str, str]) -> dict[str, bytes]:
    """Month → the lines of its files, in the order of the paths."""
    found: dict[str, list[str]] = {}
    for path in sorted(lines):
        found.setdefault(month_of(path), []).append(f"{json.dumps(path)}\t{lines[path]}")
    return {month: "\n".join(found[month]).encode("ascii") for month in sorted(found)}


def _blob(line: str) -> str:
    """The blob that a path had at the remembered HEAD, read from the beginning of its line."""
    return line[2:42] if line[42:43] == '"' else ""


def _path(told: str) -> str:
    """Nearly every path is told as it is."""
    return told[1:-1] if "\\" not in told else str(json.loads(told))


def _line(blob: str, file: Recording | None, events: Mapping[Key, Recording]) -> str:
    rows = sorted([*key[1:], *_told(found)] for key, found in events.items())
    return json.dumps([blob, _told(file) if file else None, rows], separators=(",", ":"))


def _told(one: Recording) -> list[Any]:
    return [one.commit, one.author, int(one.at.timestamp())]


def _recording(told: list[Any]) -> Recording:
    commit, author, landed = told
    return Recording(commit, author, datetime.fromtimestamp(landed, UTC))


def _seal(head: bytes) -> bytes:
    return hashlib.blake2b(head, key=code_key(), digest_size=16).hexdigest().encode()
