"""Characters that no editor shows: what S004 refuses. A test keeps the reader's set and
this one of one mind; the rooms stand side by side and cannot share it."""

from __future__ import annotations

import re

_PLANE_ENDS = "".join(
    f"{chr(p + 0xFFFE)}{chr(p + 0xFFFF)}" for p in range(0x10000, 0x110000, 0x10000)
)
CLASS = (
    "\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0e\ufeff\uffa0\ufff0-\uffff"
    f"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a{_PLANE_ENDS}\U000e0000-\U000e0fff"
)
"""For use inside the brackets of a pattern; without the controls of ASCII."""

# U+FFFD is left in: it stands where a character was lost, which a person has to mend.
_HIDDEN = re.compile(
    f"(?!\ufffd)[\x00-\x08\x0b\x0c\x0e-\x1f{CLASS}]"
    # The emoji selector shows where it follows a symbol.
    "|(?<![\xa9\xae\u2000-\u3299\U0001f000-\U0001faff])\ufe0f(?!\u20e3)"
)
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def without_hidden(text: str) -> tuple[str, int]:
    """``text`` with LF for every line end and without hidden characters, and how many
    of these there were."""
    text = _BREAKS.sub("\n", text)
    removed = 0
    while True:  # what was hidden may have kept a selector beside its symbol
        text, found = _HIDDEN.subn("", text)
        removed += found
        if not found:
            return text, removed
