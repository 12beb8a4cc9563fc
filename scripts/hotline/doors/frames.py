"""What MkDocs made of everything but orders, kept until anything of that changes.

Rendering some two hundred pages takes seconds and gives the same frames as long as the theme,
the configuration, the registry and the handbook are the same. They lie in the work folder; their
digests stand in the sealed record, so that a frame that anybody touched is rendered again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotline.doors import disk, shipped
from hotline.doors.fault import Unavailable
from hotline.doors.judging_key import code_key
from hotline.doors.templates import TEMPLATES, files_below
from hotline.pages import shell
from hotline.pages.frame import FOOT
from hotline.pages.models import Editing

FOLDER = "frames"
INDEX = "search/search_index.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the configuration says to us."""

    out: str
    name: str
    editing: Editing
    is_plain: bool
    """Whether nothing but this package and MkDocs' own has a hand in the pages."""


@dataclass(slots=True)
class Frames:
    """The rendered files (path → digest), for sources and circumstances of one fingerprint."""

    folder: Path
    settings: Settings
    static: str
    sources: str
    files: dict[str, str]
    warnings: tuple[str, ...]
    shells: dict[str, str]
    """Path → the page of a shell."""

    def told(self) -> dict[str, Any]:
        """For the record."""
        settings = self.settings
        return {
            "out": settings.out, "name": settings.name, "is_plain": settings.is_plain,
            "editing": [settings.editing.base, settings.editing.commits],
            "static": self.static, "sources": self.sources, "files": self.files,
            "warnings": list(self.warnings),
        }  # fmt: skip

    @property
    def id(self) -> str:
        return f"{self.static}{self.sources}"

    def content(self, path: str) -> bytes:
        """A rendered file, exactly as it was rendered."""
        found = _content(self.folder / path)
        if found is None or _digest(found) != self.files[path]:
            raise FramesAreGone
        return found


class FramesAreGone(Exception):
    """A kept frame is not as it was left."""


def static_key(root: Path) -> str:
    """Of all that frames follow from besides their sources: the code, what is installed, theme,
    assets and templates, the configuration, the registry, the handbook."""
    told = hashlib.sha256(code_key())
    told.update("\n".join(sorted(os.listdir(sysconfig.get_path("purelib")))).encode())  # noqa: PTH208
    folder = shipped.data_folder() / TEMPLATES
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            stat = os.stat(f"{where}/{name}")  # noqa: PTH116
            told.update(f"{where}/{name}/{stat.st_mtime_ns}/{stat.st_size}\n".encode())
    own = [("mkdocs.yml", _content(root / "mkdocs.yml") or b"")]
    own += disk.read_registry_files(root).items()
    own += [(f"t/{name}", blob) for name, blob in files_below(root / TEMPLATES)]
    own += [(f"h/{name}", blob) for name, blob in files_below(root / "docs" / "handbook")]
    for name, blob in own:
        told.update(f"{name!r} {len(blob)}\n".encode("utf-8", "surrogateescape") + blob)
    return told.hexdigest()


def sources_key(sources: Mapping[str, str]) -> str:
    return _digest(json.dumps(sorted(sources.items())).encode())


def kept(work: Path, told: Any) -> Frames | None:
    """The frames of a record; None where they are not there as they were left."""
    try:
        editing = Editing(*told["editing"])
        settings = Settings(told["out"], told["name"], editing, told["is_plain"])
        frames = Frames(
            work / FOLDER, settings, told["static"], told["sources"], told["files"],
            tuple(told["warnings"]), {},
        )  # fmt: skip
        frames.shells = _shells(frames)
    except (FramesAreGone, UnicodeDecodeError, KeyError, TypeError):
        return None
    return frames


def taken(
    work: Path, rendered: Path, settings: Settings, static: str, sources: Mapping[str, str],
    warnings: tuple[str, ...],
) -> Frames:  # fmt: skip
    """What MkDocs rendered, from now on the frames."""
    folder = work / FOLDER
    try:
        # The theme's own list of pages, with the day of the build.
        for name in ("sitemap.xml", "sitemap.xml.gz"):
            (rendered / name).unlink(missing_ok=True)
        if rendered != folder:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(rendered, folder)
        files = {name: _digest(blob) for name, blob in _all_below(folder)}
    except OSError as error:
        raise Unavailable(f"写不了 {folder}：{disk.reason(error)}") from error
    frames = Frames(folder, settings, static, sources_key(sources), files, warnings, {})
    frames.shells = _shells(frames)
    return frames


def _shells(frames: Frames) -> dict[str, str]:
    pages = {path: f"{path}index.html" for path in shell.PATHS}
    if not frames.files.keys() >= set(pages.values()):
        raise FramesAreGone
    return {path: frames.content(page).decode().replace(FOOT, "") for path, page in pages.items()}


def _all_below(folder: Path) -> list[tuple[str, bytes]]:
    """Everything that was rendered, hidden files too."""
    found = []
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(where) / name
            found.append((path.relative_to(folder).as_posix(), path.read_bytes()))
    return found


def _content(path: Path) -> bytes | None:
    try:
        return None if path.is_symlink() else path.read_bytes()
    except OSError:
        return None


def _digest(blob: bytes) -> str:
    return hashlib.blake2b(blob, digest_size=16).hexdigest()
