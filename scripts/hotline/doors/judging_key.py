"""The fingerprint of all that a finding in a case depends on, but the case and the moment.

And that of all that the reading of the registry depends on. They are asked for before anything
else is loaded, and so this imports next to nothing.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from hotline.doors import disk
from hotline.doors.shipped import find


def judging_key(root: Path, registry: Mapping[str, bytes] | None = None) -> bytes:
    """Of all that a finding in a case depends on, but the case and the moment: the code, the
    schema of cases, and the registry with policies and calendar (``registry``, where somebody has
    its files in hand)."""
    files = disk.read_registry_files(root) if registry is None else registry
    return _key(root, ("case",), files)


def reading_key(root: Path, registry: Mapping[str, bytes], schemas: Iterable[str]) -> bytes:
    """Of all that the reading of the registry's files depends on: the code, their schemas (by
    name), and themselves."""
    return _key(root, schemas, registry)


def _key(root: Path, schemas: Iterable[str], files: Mapping[str, bytes]) -> bytes:
    told = hashlib.sha256(code_key())
    for name in schemas:
        for folder in (root, None):  # the repository's own may only ask for more than the shipped
            blob = find(folder, "schema", f"{name}.schema.json").read_bytes()
            told.update(hashlib.sha256(blob).digest())
    for path, blob in sorted(files.items()):
        told.update(hashlib.sha256(path.encode()).digest() + hashlib.sha256(blob).digest())
    return told.digest()


@cache
def code_key() -> bytes:
    """The hash of the code itself, by what the file system says of it: its names, times and
    sizes. Another release, or a line that somebody changed, is another judge."""
    package = Path(__file__).resolve().parent.parent
    told = hashlib.sha256(f"{sys.version_info}".encode())
    for folder, folders, names in os.walk(package):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            if name.endswith((".py", ".json")):
                stat = os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118 — many of them
                told.update(f"{folder}/{name}/{stat.st_mtime_ns}/{stat.st_size}\n".encode())
    return told.digest()
