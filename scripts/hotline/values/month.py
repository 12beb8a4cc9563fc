"""The month in whose folder the file of an order lies."""

from __future__ import annotations


def month_of(path: str) -> str:
    """``cases/2026/10``. In the order of the paths all files of a month stand together."""
    return "/".join(path.split("/", 3)[:3])
