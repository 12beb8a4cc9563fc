"""Characters that an editor does not show, and that can make a text say something else than it
seems to: a first, cheap look. :mod:`hotline.reading.strict_yaml` tells which they are."""

from __future__ import annotations

PLANE_ENDS = "".join(chr(0x10000 * plane + end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
"""The last two code points of each plane, which are no characters."""
# Of the hidden characters that Python calls printable, those whose UTF-8 begins with a byte that
# Chinese never begins with; then the others, but for U+FE00 to U+FE0F.
_RARE_BYTES = (
    b"\xcd",  # U+034F
    b"\xe1",  # Hangul fillers, Khmer vowels, Mongolian separators
    b"\xf3",  # U+E0000 to U+E0FFF
)
_RARE = "\u3164\uffa0\ufffc\ufffd" + "".join(map(chr, range(0xFE00, 0xFE10)))


def may_hide(text: str) -> bool:
    """Whether any character of a text could be one of those that an editor hides. Cheap, and
    true of some harmless texts too: nearly all that clerks write have only printable ones."""
    signs = text.replace("\n", "")
    if not (signs.isprintable() or signs.replace("\u3000", "").isprintable()):
        return True
    if text.isascii():
        return False
    blob = text.encode()
    return any(map(blob.__contains__, _RARE_BYTES)) or any(map(text.__contains__, _RARE))
