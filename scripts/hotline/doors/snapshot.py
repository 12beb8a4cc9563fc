"""The files of a data repository as one revision, or the index, has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from hotline.audit.history import NOTHING, PLAIN, Change
from hotline.doors.disk import Listing, is_case_name, shown
from hotline.doors.objects import Entry, Objects
from hotline.reading.limits import MAX_BYTES

_UNITS = re.compile(r"(.*/)?registry/units\.yaml")
MAX_DATA = 8 * 1024 * 1024
"""Bytes of one file of the registry, or of a schema."""


def prefix_of(paths: Iterable[str]) -> str | None:
    """Where the data lie in the repository: '' at the top, else ending in '/'; None where
    there are none. What lies highest counts."""
    found = [match[1] or "" for path in paths if (match := _UNITS.fullmatch(path))]
    return min(found, key=lambda prefix: (prefix.count("/"), prefix), default=None)


class Snapshot:
    """``entries`` are the files by their path from ``prefix``, which is '' for the top of git's
    repository."""

    def __init__(self, objects: Objects, entries: Mapping[str, Entry], prefix: str = "") -> None:
        self.objects = objects
        self.prefix = prefix
        self._entries = entries

    @property
    def paths(self) -> Iterable[str]:
        return self._entries.keys()

    def below(self, prefix: str) -> Snapshot:
        """The files in a folder, by their path from there."""
        if not prefix:
            return self
        entries = {
            path.removeprefix(prefix): entry
            for path, entry in self._entries.items()
            if path.startswith(prefix)
        }
        return Snapshot(self.objects, entries, self.prefix + prefix)

    def before(self, changes: Iterable[Change]) -> Snapshot:
        """The same files as they were before these changes (with paths from here)."""
        entries = dict(self._entries)
        for change in changes:
            entries.pop(change.path, None)
            if change.old != NOTHING:
                entries[change.path] = Entry(change.old_mode, change.old)
        return Snapshot(self.objects, entries, self.prefix)

    @cached_property
    def listing(self) -> Listing:
        """What :func:`disk.list_cases` says of a work tree."""
        cases, strays = [], []
        for path, entry in self._entries.items():
            if not path.startswith("cases/") or path.endswith("/.gitkeep"):
                continue
            if entry.mode in PLAIN and is_case_name(path):
                cases.append(path)
            else:
                strays.append(shown(path))
        return Listing(sorted(cases), sorted(strays))

    def has(self, path: str) -> bool:
        """Whether a plain file of this path is there."""
        entry = self._entries.get(path)
        return entry is not None and entry.mode in PLAIN

    def blob_of(self, path: str) -> str:
        """The blob of a plain file that is there."""
        return self._entries[path].blob

    def read(self, path: str, *, at_most: int = MAX_BYTES) -> bytes:
        """The content of a plain file, one byte more than ``at_most`` of a larger one."""
        return self.objects.blob(self._entries[path].blob, at_most=at_most)

    def contents(self, *folders: str) -> dict[str, bytes]:
        """The plain files below ``folders`` with their contents."""
        paths = sorted(path for path in self._entries if path.startswith(folders))
        return {path: self.read(path, at_most=MAX_DATA) for path in paths if self.has(path)}
