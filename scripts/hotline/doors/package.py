"""What ships inside the package: schemas, templates, the starter registry.

In a checkout they lie at the root of the repository; in an installed wheel under
``hotline/_data``. A repository's own copies come first.
"""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from pathlib import Path

from hotline.doors.fault import Unavailable
from hotline.reading.schema import Schema


@cache
def data_folder() -> Path:
    """The folder that holds ``schema/``, ``site_templates/`` and ``registry/``."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_data", package.parent.parent):
        if (folder / "schema" / "case.schema.json").is_file():
            return folder
    raise Unavailable("安装不完整：找不到 schema/，请重新安装 hotline")


@cache
def fingerprint() -> bytes:
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


def find(root: Path | None, *parts: str) -> Path:
    """A shipped file or folder, the repository's own copy where it has one."""
    if root is not None and (own := root.joinpath(*parts)).exists():
        return own
    return data_folder().joinpath(*parts)


def schema(root: Path | None, name: str) -> Schema:
    """The schema of a kind of file (``case``, ``units``, …)."""
    path = find(root, "schema", f"{name}.schema.json")
    shipped = data_folder() / "schema" / f"{name}.schema.json"
    try:
        return usable(path.read_bytes(), shipped.read_bytes(), path.name)
    except OSError as error:
        raise Unavailable(f"读不了 {path}") from error


def usable(text: bytes, shipped: bytes, name: str) -> Schema:
    """A schema that compiles. A repository's own may ask for more than the shipped one,
    never for less: the code trusts what the shipped one asks."""
    if text == shipped:
        return Schema(text)
    own = Schema(text, floor=Schema(shipped))
    try:
        own.fits(None)
    except ValueError as error:
        raise Unavailable(
            f"仓库里的 schema/{name} 不是合法的 JSON Schema，请恢复原来的文件"
        ) from error
    return own
