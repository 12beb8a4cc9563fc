"""Several files written together: all of them, or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hotline.doors import disk
from hotline.doors.fault import Unavailable


def write_all(root: Path, files: Sequence[tuple[str, bytes]]) -> None:
    """All files or none. They are written aside first, outside ``cases/``, so that a
    killed import leaves no half file among the orders; renaming follows the sheet's order,
    so that the same import again goes on where it was cut off."""
    if not files:
        return
    aside = root / ".hotline"
    placed: list[Path] = []
    try:
        aside.mkdir(exist_ok=True)
        for left in aside.glob("import-*"):
            shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(dir=aside, prefix="import-"))
        try:
            for number, (_, content) in enumerate(files):
                disk.write(folder / str(number), content)
            for number, (path, _) in enumerate(files):
                target = root / path
                target.parent.mkdir(parents=True, exist_ok=True)
                _place(folder / str(number), target)
                placed.append(target)
            for parent in {target.parent for target in placed}:
                _sync(parent)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            if not any(aside.iterdir()):
                aside.rmdir()
    except BaseException as error:
        for target in placed:
            target.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise Unavailable(f"写不了，没有导入任何工单：{disk.reason(error)}") from error
        raise


def _place(source: Path, target: Path) -> None:
    """Gives a finished file its name, and never another file's."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise
        source.rename(target)


def _sync(folder: Path) -> None:
    """The names are on the disk before anything is said to be done."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
