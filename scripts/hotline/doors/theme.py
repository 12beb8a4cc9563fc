"""MkDocs' settings, and its voice."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hotline.doors import shipped
from hotline.doors.templates import TEMPLATES


def settings_of() -> dict[str, Any]:
    """How the theme is set; one place for the plugin and for a successor of MkDocs."""
    return {
        "theme": {
            "name": "material",
            "language": "zh",
            "font": False,
            "favicon": "assets/favicon.svg",
            "logo": "assets/logo.svg",
            "features": ["navigation.tabs", "navigation.top", "search.highlight", "toc.follow"],
            "palette": [
                {
                    "media": "(prefers-color-scheme: light)",
                    "scheme": "default",
                    "primary": "custom",
                    "accent": "custom",
                    "toggle": {"icon": "material/weather-night", "name": "换成深色"},
                },
                {
                    "media": "(prefers-color-scheme: dark)",
                    "scheme": "slate",
                    "primary": "custom",
                    "accent": "custom",
                    "toggle": {"icon": "material/weather-sunny", "name": "换成浅色"},
                },
            ],
        },
        "extra_css": ["assets/hotline.css"],
        "extra_javascript": ["assets/hotline.js", "assets/search.js"],
        "extra": {"generator": False},
        "markdown_extensions": [
            "admonition", "attr_list", "def_list", "footnotes", "tables", "fenced_code",
            "pymdownx.details", "pymdownx.superfences", {"toc": {"toc_depth": 3, "title": "本页"}},
        ],
    }  # fmt: skip


def configuration(root: Path, out: Path | None, own: Path | None = None) -> Any:
    """``own`` is the file, where it is not the repository's."""
    from mkdocs.config import load_config

    own = own or root / "mkdocs.yml"
    target = str(out.resolve()) if out is not None else None
    if own.is_file():
        return load_config(str(own), site_dir=target)
    starter = shipped.find(None, TEMPLATES, "starter", "mkdocs.yml").read_bytes()
    return load_config(io.BytesIO(starter), config_file_path=str(own), site_dir=target)


class _Told(logging.Handler):
    """What MkDocs warns of, kept for the report instead of printed."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage().strip())


@contextmanager
def quiet_mkdocs() -> Iterator[_Told]:
    logger = logging.getLogger("mkdocs")
    told = _Told()
    before = logger.propagate
    logger.propagate = False
    logger.addHandler(told)
    try:
        yield told
    finally:
        logger.removeHandler(told)
        logger.propagate = before
