"""What history recorded of each order, remembered outside the repository.

One file for each repository, beside the cache of findings: a line of JSON for each path, which is
read only when somebody asks for that order. It is sealed as a whole; a damaged one is none.
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
from hotline.doors.fault import Unavailable
from hotline.doors.judging_key import code_key
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
    """Of each path a line: [blob at HEAD, its file's recording, recordings of its events]."""

    def __init__(
        self, head: str, clamped: dict[bytes, int], latest: int, lines: dict[str, str]
    ) -> None:
        self.head = head
        self.clamped = clamped
        self.latest = latest
        self.lines = lines
        self._read: dict[str, dict[Key, Recording]] = {}

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
        return cls(walked.head, walked.clamped, walked.latest, lines)

    def joined(self, new: Walked, blobs: Mapping[str, str]) -> RecordedPaths | None:
        """With what newer commits recorded; None where only a whole walk can tell."""
        by_path: dict[str, dict[Key, Recording]] = {}
        for key, recording in new.events.items():
            by_path.setdefault(key[0], {})[key] = recording
        rewritten = {key[0] for key in new.rewritten}
        lines = dict(self.lines)
        changed = {
            path
            for path in self.lines.keys() | blobs.keys()
            if self._blob(path) != blobs.get(path, "")
        }
        for path in sorted(changed | by_path.keys() | rewritten | new.files.keys()):
            old = self.lines.get(path)
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
        return RecordedPaths(new.head, new.clamped, max(new.latest, self.latest), lines)

    def _blob(self, path: str) -> str:
        """The blob that a path had at the remembered HEAD, read from the beginning of its line."""
        line = self.lines.get(path, "")
        return line[2:42] if line[42:43] == '"' else ""

    def told(self, path: str) -> str:
        """All that is recorded of a path, to be told apart from what was."""
        return self.lines.get(path, "")

    def _of(self, path: str) -> dict[Key, Recording]:
        found = self._read.get(path)
        if found is None:
            line = self.lines.get(path)
            rows = json.loads(line)[2] if line is not None else []
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
            seal, _, text = self._file.read_bytes().partition(b"\n")
            if seal != _seal(text):
                return None
            first, *rest = text.decode("ascii").split("\n")
            head, clamped, latest = json.loads(first)
            pairs = (line.partition("\t") for line in rest)
            lines = {_path(path): line for path, _, line in pairs}
            times = {name.encode(): seconds for name, seconds in clamped.items()}
            return RecordedPaths(head, times, int(latest), lines)
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return None

    def keep(self, told: RecordedPaths) -> None:
        """Writes it down; where that cannot be, the next walk takes as long as this one."""
        clamped = {name.decode(): seconds for name, seconds in told.clamped.items()}
        lines = [f"{json.dumps(path)}\t{line}" for path, line in told.lines.items()]
        text = "\n".join([json.dumps([told.head, clamped, told.latest]), *lines]).encode("ascii")
        if len(text) > _MOST:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            disk.write(self._file, _seal(text) + b"\n" + text)
        except (OSError, Unavailable):
            return


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


def _seal(text: bytes) -> bytes:
    return hashlib.blake2b(text, key=code_key(), digest_size=16).hexdigest().encode()
