"""The schemas by which files are read: the shipped ones, or a repository's own."""

from __future__ import annotations

from pathlib import Path

from hotline.doors.fault import Unavailable
from hotline.doors.shipped import data_folder, find
from hotline.reading.schema import Schema


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
