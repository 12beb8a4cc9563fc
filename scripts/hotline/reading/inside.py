"""Places inside a text of a YAML file: from a character of the value to a line and column.

A value and its source differ only in white space (indentation, folding), in doubled
single quotes and in the escapes of double quotes. So the n-th character of a value that is
not white space is the n-th such character of the source, whatever the style. It is worked
out only where a finding asks, from the source alone: reading keeps no map.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from hotline.values.node import Place

_SPACE = " \t\r\n"
_INDICATOR = re.compile(r"[|>][-+0-9]{0,2}[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)")
_ESCAPED = re.compile(r"\\(?:x..|u.{4}|U.{8}|\r\n|.)", re.DOTALL)
_BREAK = re.compile(r"\r\n|\r|\n")


def place_inside(blob: bytes, start: Place, value: str, offset: int) -> Place:
    """Where character ``offset`` of the text ``value`` stands; ``start`` is where the
    scalar begins in the file. Gives ``start`` where the file does not hold that text
    there (a correction gave it, or a key stands for what is missing)."""
    text, found = _aligned(blob, start, value)
    wanted = offset
    while wanted < len(value) and value[wanted] in _SPACE:
        wanted += 1
    nth = wanted - sum(map(value[:wanted].count, _SPACE))
    if not found or (nth >= len(found) and len(found) < len(value) - sum(map(value.count, _SPACE))):
        return start
    return _place(text, found[min(nth, len(found) - 1)])


@lru_cache(maxsize=8)
def _aligned(blob: bytes, start: Place, value: str) -> tuple[str, list[int]]:
    """The file's text, and where each character of the value that is not white space stands
    in it, as far as the two agree. Several words of one text ask for the same."""
    text = blob.decode("utf-8", "replace").removeprefix("\ufeff")
    begin = _index(text, start)
    found: list[int] = []
    if begin is not None:
        wanted = (character for character in value if character not in _SPACE)
        for character, (index, written) in zip(wanted, _characters(text, begin), strict=False):
            if character != written:
                break
            found.append(index)
    return text, found


def _index(text: str, place: Place) -> int | None:
    """The index of a place in the text."""
    begin = 0
    for _ in range(place.line - 1):
        end = _BREAK.search(text, begin)
        if end is None:
            return None
        begin = end.end()
    return begin + place.column - 1


def _place(text: str, index: int) -> Place:
    """The place of an index. A return without a line feed is no line end here: it was
    refused before (S004)."""
    return Place(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


def _characters(text: str, begin: int) -> Iterator[tuple[int, str]]:
    """(index, character) of everything that is not white space, from the scalar's start."""
    style = text[begin : begin + 1]
    if style == '"':
        yield from _double_quoted(text, begin + 1)
        return
    if style in ("|", ">") and (head := _INDICATOR.match(text, begin)):
        begin = head.end()
    index = begin + (style == "'")
    while index < len(text):
        character = text[index]
        if character not in _SPACE:
            yield index, character
        index += 2 if style == "'" and text.startswith("''", index) else 1


def _double_quoted(text: str, index: int) -> Iterator[tuple[int, str]]:
    while index < len(text):
        character = text[index]
        if character != "\\":
            if character not in _SPACE:
                yield index, character
            index += 1
            continue
        escape = _ESCAPED.match(text, index)
        if escape is None:
            return
        meant = _meaning(escape[0][1:])
        if meant not in _SPACE:
            yield index, meant
        index = escape.end()


def _meaning(escape: str) -> str:
    """The character that an escape of double quotes stands for, '' for a line end."""
    kind, digits = escape[0], escape[1:]
    if digits:
        try:
            return chr(int(digits, 16))
        except ValueError:
            return ""
    return _NAMED.get(kind, kind)


_NAMED = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r",
    "e": "\x1b", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029", "\t": "\t",
    "\r": "", "\n": "",
}  # fmt: skip
