"""The fingerprint of all that a finding in a case depends on, but the case and the moment.

It is asked for before anything else is loaded, and so imports next to nothing.
"""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from pathlib import Path

from hotline.doors import disk
from hotline.doors.shipped import find


def judging_key(root: Path) -> bytes:
    """Of the code, the schema of cases, and the registry with policies and calendar."""
    told = hashlib.sha256(code_key())
    for folder in (root, None):  # the repository's own may only ask for more than the shipped one
        blob = find(folder, "schema", "case.schema.json").read_bytes()
        told.update(hashlib.sha256(blob).digest())
    for path, blob in sorted(disk.read_registry_files(root).items()):
        told.update(hashlib.sha256(path.encode()).digest() + hashlib.sha256(blob).digest())
    return told.digest()


@cache
def code_key() -> bytes:
    """The hash of the code itself, by what the file system says of it: its names, times and
    sizes. Another release, or a line that somebody changed, is another judge."""
    package = Path(__file__).resolve().parent.parent
    told = hashlib.sha256(f"{sys.version_info}".encode())
    for folder, folders, names in os.walk(package):
        folders.sort()
        for name in sorted(names):
            if name.endswith((".py", ".json")):
                stat = os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118 — many of them
                told.update(f"{folder}/{name}/{stat.st_mtime_ns}/{stat.st_size}\n".encode())
    return told.digest()
