"""Several files written together: all of them, or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from hotline.doors import disk
from hotline.doors.fault import Unavailable


def write_all(root: Path, files: Sequence[tuple[str, bytes]]) -> None:
    """All files or none. They are written aside first, outside ``cases/``, so that a
    killed import leaves no half file among the orders; renaming follows the sheet's order,
    so that the same import again goes on where it was cut off. To be called under the lock."""
    aside = root / disk.ASIDE
    if not files:
        return
    placed: list[Path] = []
    try:
        aside.mkdir(exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=aside, prefix=disk.TOGETHER))
        try:
            for number, (_, content) in enumerate(files):
                _write_aside(folder / str(number), content)
            for number, (path, _) in enumerate(files):
                target = root / path
                disk.make_folder(target.parent)
                _place(folder / str(number), target)
                placed.append(target)
            settle(target.parent for target in placed)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            _remove_if_empty(aside)
    except BaseException as error:
        _take_back(placed)
        if isinstance(error, OSError):
            raise Unavailable(f"写不了，没有导入任何工单：{disk.reason(error)}") from error
        raise


def settle(folders: Iterable[Path]) -> None:
    """The names in these folders are on the disk when this returns."""
    for folder in sorted(set(folders)):
        disk.sync(folder)


def _take_back(placed: Sequence[Path]) -> None:
    for target in placed:
        with suppress(OSError):
            target.unlink(missing_ok=True)


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _write_aside(target: Path, content: bytes) -> None:
    with target.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _place(source: Path, target: Path) -> None:
    """Gives a finished file its name, and never another file's."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if not os.path.lexists(target):
            source.rename(target)
        elif not target.samefile(source):
            raise
