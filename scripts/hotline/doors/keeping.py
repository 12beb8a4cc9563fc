"""What a build keeps for the next one, beside the site's work folder: a head, and parts.

The head is sealed with a secret of this user on this machine, which lies outside of every
repository. So a record that came with a repository, was cut, or was changed by anybody is none,
and the next build makes everything anew. It names each part by the digest of its content, so that
a part is read only where somebody asks for it, is believed only where it is as it was left, and is
not written again where it is the same. Nothing in any of them is ever executed.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from hotline.doors import disk
from hotline.doors.cache import cache_file
from hotline.doors.judging_key import code_key

NAME = "kept.json"
PARTS = "kept"
"""The folder of the parts."""


class PartIsGone(Exception):
    """A part of the record is not as it was left."""


class Record(NamedTuple):
    """``head`` is told by whoever keeps it; ``parts`` are digests by name."""

    folder: Path
    head: dict[str, Any]
    parts: dict[str, str]

    def part(self, name: str) -> bytes:
        """The content of a part, exactly as it was left."""
        try:
            digest = self.parts[name]
            content = (self.folder / PARTS / digest).read_bytes()
        except (KeyError, OSError) as error:
            raise PartIsGone from error
        if digest_of(content) != digest:
            raise PartIsGone
        return content

    def plain(self, name: str) -> Any:
        """A part that is JSON."""
        try:
            return json.loads(self.part(name))
        except (ValueError, RecursionError) as error:
            raise PartIsGone from error


def recall(folder: Path) -> Record | None:
    """The record in ``folder``; None where there is none that is whole and our own."""
    secret = _secret(make=False)
    if secret is None:
        return None
    try:
        path = folder / NAME
        if path.is_symlink():
            return None
        seal, _, text = path.read_bytes().partition(b"\n")
        if not secrets.compare_digest(seal, _seal(secret, text)):
            return None
        told = json.loads(text)
        return Record(folder, told["head"], told["parts"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def keep(
    folder: Path, head: dict[str, Any], new: Mapping[str, bytes], same: Mapping[str, str]
) -> None:
    """Writes a record down, its head last and in one step. ``same`` are the digests of parts
    that lie there already. Where it cannot be written, the next build takes as long as this."""
    secret = _secret(make=True)
    if secret is None:
        forget(folder)
        return
    parts = dict(same)
    try:
        (folder / PARTS).mkdir(parents=True, exist_ok=True)
        for name, content in new.items():
            parts[name] = digest_of(content)
            disk.note(folder / PARTS / parts[name], content)
        text = json.dumps({"head": head, "parts": parts}).encode()
        disk.note(folder / NAME, _seal(secret, text) + b"\n" + text)
        for name in {*os.listdir(folder / PARTS)} - {*parts.values()}:  # noqa: PTH208
            (folder / PARTS / name).unlink()
    except OSError:
        forget(folder)


def forget(folder: Path) -> None:
    with suppress(OSError):
        (folder / NAME).unlink(missing_ok=True)


def digest_of(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=20).hexdigest()


def _seal(secret: bytes, text: bytes) -> bytes:
    key = hashlib.sha256(secret + code_key()).digest()
    return hashlib.blake2b(text, key=key, digest_size=32).hexdigest().encode()


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
