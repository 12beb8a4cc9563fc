"""Where what ships with the package lies: schemas, templates, the starter registry.

In a checkout they lie at the root of the repository; in an installed wheel under
``hotline/_data``. A repository's own copies come first.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hotline.doors.fault import Unavailable


@cache
def data_folder() -> Path:
    """The folder that holds ``schema/``, ``site_templates/`` and ``registry/``."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_data", package.parent.parent):
        if (folder / "schema" / "case.schema.json").is_file():
            return folder
    raise Unavailable("安装不完整：找不到 schema/，请重新安装 hotline")


def find(root: Path | None, *parts: str) -> Path:
    """A shipped file or folder, the repository's own copy where it has one."""
    if root is not None and (own := root.joinpath(*parts)).exists():
        return own
    return data_folder().joinpath(*parts)
