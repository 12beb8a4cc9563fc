"""What a check found: one fault, at one place, with the article that it touches."""

from __future__ import annotations

import hashlib
from typing import Literal, NamedTuple

from hotline.values.node import START, Place

Severity = Literal["error", "warning"]


class Finding(NamedTuple):
    """A fault with its place.

    ``message`` is Chinese and says what is wrong and what to write; it never holds
    the value of a personal field. ``subject`` is what the fault is about, apart from
    its line (an event, a field), so that the fingerprint survives a moved line.
    """

    code: str
    severity: Severity
    path: str
    message: str
    article: str
    place: Place = START
    case: str | None = None
    subject: str = ""

    @property
    def fingerprint(self) -> str:
        """16 hex digits that stay the same while the fault stays the same."""
        parts = (self.code, self.case or self.path, self.subject or self.message)
        told = "\x1f".join(parts).encode("utf-8", "surrogatepass")  # file names may hold anything
        return hashlib.sha256(told).hexdigest()[:16]

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Findings are listed by path, line, column and code."""
        return (self.path, self.place.line, self.place.column, self.code, self.message)
