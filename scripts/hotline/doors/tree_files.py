"""The files of the tree that MkDocs, or another builder of its kind, renders."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from hotline.doors import disk, shipped
from hotline.doors.fault import Unavailable
from hotline.doors.templates import TEMPLATES, files_below


def assets(root: Path) -> dict[str, bytes]:
    """Style sheets, scripts and libraries; a repository's own files come first."""
    found: dict[str, bytes] = {}
    for folder in (shipped.data_folder() / TEMPLATES, root / TEMPLATES):
        found |= {f"assets/{name}": blob for name, blob in files_below(folder / "assets")}
    return {name: found[name] for name in sorted(found)}


def schemas() -> Iterator[tuple[str, bytes]]:
    """The JSON Schemas of what programs read, beside it."""
    folder = shipped.data_folder() / TEMPLATES / "api"
    yield from ((f"api/v1/{name}", blob) for name, blob in sorted(files_below(folder)))


def handbook(root: Path) -> Iterator[tuple[str, bytes]]:
    """The repository's own handbook, its first page first."""
    files = dict(files_below(root / "docs" / "handbook"))
    order = sorted(files, key=lambda name: (name != "index.md", name))
    yield from ((f"handbook/{name}", files[name]) for name in order)


def put(folder: Path, path: str, content: bytes) -> None:
    target = folder / PurePosixPath(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except OSError as error:
        raise Unavailable(f"写不了 {target}：{disk.reason(error)}") from error


def put_anew(folder: Path, path: str, content: bytes) -> None:
    """As above, but a file that is the same stays."""
    try:
        if (folder / path).read_bytes() == content:
            return
    except OSError:
        pass
    put(folder, path, content)


def address(path: str) -> str:
    """Where the page of a Markdown file is rendered."""
    return path.removesuffix("index.md") + "index.html"


def fresh(folder: Path) -> None:
    """An empty folder."""
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    except OSError as error:
        raise Unavailable(f"写不了 {folder}：{disk.reason(error)}") from error
