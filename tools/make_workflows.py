"""The starter's workflows and git attributes: this repository's own, byte for byte, but for
the tool's tests.

They fit both, for the tool is installed from what the repository pins: ``uv.lock`` here,
``uv.lock`` or ``requirements.txt`` in a data repository.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = Path(".github") / "workflows"
STARTER = Path("site_templates") / "starter"
NAMES = (
    ".gitattributes",
    *(
        f"{SOURCE.as_posix()}/{name}"
        for name in ("check.yml", "escalate.yml", "land.yml", "site.yml")
    ),
)


def files() -> dict[str, Callable[[], str]]:
    """Path of each copy → what makes its text, as ``generate.py`` wants it."""
    return {
        (STARTER / name).as_posix(): partial((ROOT / name).read_text, "utf-8") for name in NAMES
    }
