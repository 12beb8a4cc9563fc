"""Plain tables for a terminal, where a Chinese character is two columns wide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

from hotline.values.shown import on_one_line


def width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns as wide as their widest cell; the last is not padded."""
    lines = [list(head), *[[on_one_line(cell) for cell in row] for row in rows]]
    widths = [max(width(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(_padded(cell, widths[i], i == len(head) - 1) for i, cell in enumerate(line))
        for line in lines
    )


def _padded(cell: str, to: int, is_last: bool) -> str:
    return cell if is_last else cell + " " * (to - width(cell))
