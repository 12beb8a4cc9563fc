"""Shells: pages that the site's theme renders once, filled for every order, and every month.

A theme takes 25 ms a page; filling a finished page takes less than one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

CASES = "cases/shell/"
"""The address of a shell, never of an order: an id begins with capitals."""
MONTHS = "assessment/shell/"
PATHS = (CASES, MONTHS)
TITLE = "HotlineFillTitle"
BODY = "HotlineFillBody"


class ShellIsBroken(Exception):
    """The rendered shell lacks a place to fill; the message is Chinese."""


class Shell:
    """A rendered page cut at its marks; ``path`` is where it was rendered."""

    def __init__(self, html: str, path: str = CASES) -> None:
        self._path = path
        self._parts = re.split(f"({TITLE}|{BODY}|{re.escape(path)})", html)
        for mark in (TITLE, BODY):
            if mark not in self._parts:
                raise ShellIsBroken(f"网页外壳里没有 {mark}，请检查主题的改动")

    def fill(self, url: str, title: str, body: str) -> str:
        """``title`` and ``body`` are HTML."""
        values: Mapping[str, str] = {TITLE: title, BODY: body, self._path: url}
        return "".join(values.get(part, part) for part in self._parts)

    @property
    def parts(self) -> list[str]:
        """What a filled page is made of, for telling shells apart."""
        return self._parts
