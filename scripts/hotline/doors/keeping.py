"""What a build keeps for the next one: one file of lines of JSON beside the site's work folder.

It is sealed as a whole with a secret of this user on this machine, which lies outside of every
repository. So a record that came with a repository, was cut, or was changed by anybody is none,
and the next build makes everything anew. Nothing in it is ever executed.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from hotline.doors.cache import cache_file
from hotline.doors.judging_key import code_key

NAME = "kept.jsonl"


class Record(NamedTuple):
    """``head`` is told by whoever keeps it; ``orders`` and ``files`` are lines of JSON in UTF-8."""

    head: dict[str, Any]
    orders: list[bytes]
    files: list[bytes]


def recall(folder: Path) -> Record | None:
    """The record in ``folder``; None where there is none that is whole and our own."""
    secret = _secret(make=False)
    if secret is None:
        return None
    try:
        path = folder / NAME
        if path.is_symlink():
            return None
        seal, *lines = path.read_bytes().split(b"\n")
        told = _seal(secret)
        for line in lines:
            told.update(line + b"\n")
        if not secrets.compare_digest(seal, told.hexdigest().encode()):
            return None
        head = json.loads(lines[0])
        count = head["orders"]
        return Record(head["told"], lines[1 : count + 1], lines[count + 1 :])
    except (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def keep(
    folder: Path, head: dict[str, Any], count: int, orders: Iterable[bytes], files: Iterable[bytes]
) -> None:
    """Writes a record down in one step, line by line; ``count`` is the number of ``orders``.
    Where that cannot be, the next build takes as long as this."""
    secret = _secret(make=True)
    if secret is None:
        forget(folder)
        return
    told = _seal(secret)
    first = json.dumps({"told": head, "orders": count}).encode()
    aside = folder / f".{NAME}.new"
    try:
        with aside.open("wb") as file:
            file.write(told.hexdigest().encode())  # as long as the seal that will stand there
            for line in itertools.chain([first], orders, files):
                file.write(b"\n" + line)
                told.update(line + b"\n")
            file.seek(0)
            file.write(told.hexdigest().encode())
        aside.replace(folder / NAME)
    except OSError:
        forget(folder)


def forget(folder: Path) -> None:
    with suppress(OSError):
        (folder / NAME).unlink(missing_ok=True)


def _seal(secret: bytes) -> hashlib.blake2b:
    return hashlib.blake2b(key=hashlib.sha256(secret + code_key()).digest(), digest_size=32)


def _secret(*, make: bool) -> bytes | None:
    """The user's own secret beside the cache of findings; None where none can be kept."""
    path = cache_file().with_name("site.key")
    try:
        if make and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with suppress(FileExistsError):
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.write(secrets.token_bytes(32))
        found = path.read_bytes()
        if len(found) == 32:
            return found
        path.unlink()  # one that was cut off is none; the next build makes another
    except OSError:
        pass
    return None
