"""A rendered letter taken apart again: its paragraphs, and the letter as plain text.

The templates write ``<p class="…">`` alone, one paragraph each, and escape whatever a
clerk wrote; so the HTML is the letter, and text and Word cannot say anything else.
"""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser
from typing import NamedTuple

WIDTH = 60
"""Columns of a line, to which signature and date are moved; a Chinese character has two."""
_INDENT = "\u3000\u3000"
_FLUSH = frozenset({"salutation", "sheet-title"})
_RIGHT = frozenset({"signature", "date"})


class Paragraph(NamedTuple):
    """``kind``: salutation (尊敬的网友：), opening, heading, text, closing, signature, date;
    of the opinion sheet ``sheet-title`` and ``sheet``."""

    kind: str
    text: str

    @property
    def is_of_sheet(self) -> bool:
        return self.kind.startswith("sheet")


def paragraphs_of(html: str) -> list[Paragraph]:
    """The paragraphs of a rendered letter, in its order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Paragraph] = []
        self._kind: str | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p":
            classes = (dict(attrs).get("class") or "text").split()
            self._kind, self._text = classes[0].removeprefix("hl-l-"), []

    def handle_data(self, data: str) -> None:
        if self._kind is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "p" and self._kind is not None:
            text = " ".join("".join(self._text).split())
            self.found.append(Paragraph(self._kind, text))
            self._kind = None


def as_text(given: list[Paragraph]) -> str:
    """The letter for a terminal or a platform's input field; the opinion sheet below."""
    lines: list[str] = []
    for paragraph in given:
        if paragraph.kind == "sheet-title":
            lines += ["", f"—— {paragraph.text} ——"]
        elif paragraph.kind in _RIGHT:
            lines.append(_to_the_right(paragraph.text))
        else:
            lines.append(("" if paragraph.kind in _FLUSH else _INDENT) + paragraph.text)
    return "\n".join(lines)


def _to_the_right(text: str) -> str:
    width = sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)
    return "\u3000" * max(0, (WIDTH - width) // 2) + text
