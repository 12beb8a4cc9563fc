"""What stands in texts for sealed personal data: ``{petitioner.name}``, ``{party.1}`` …

The list is closed. Everything else in braces is text, and no format language is at work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_PLACEHOLDER = re.compile(
    r"\{(petitioner\.(?:name|phone|id_number|address|title)|party\.[0-9]{1,3})\}"
)
NAMES = {
    "petitioner.name": "诉求人姓名",
    "petitioner.phone": "诉求人电话",
    "petitioner.id_number": "诉求人证件号",
    "petitioner.address": "诉求人住址",
    "petitioner.title": "诉求人称谓",
}
OTHER = "其他人员"
_LENGTHS = {
    "petitioner.name": 3, "petitioner.phone": 11, "petitioner.id_number": 18,
    "petitioner.address": 18, "petitioner.title": 2,
}  # fmt: skip
_PARTY = 3


def name(key: str) -> str:
    """What a placeholder stands for, as people read it."""
    return NAMES.get(key, OTHER)


def split(text: str) -> list[str]:
    """Text and placeholder keys by turns, text first and last."""
    return _PLACEHOLDER.split(text)


def filled(text: str, values: Mapping[str, str], written: Callable[[str], str] = str) -> str:
    """The text with each placeholder that has a value replaced by it, as ``written`` writes it."""
    parts = split(text)
    for number in range(1, len(parts), 2):
        value = values.get(parts[number])
        parts[number] = f"{{{parts[number]}}}" if value is None else written(value)
    return "".join(parts)


def length(text: str) -> int:
    """Characters of the text, white space apart; a placeholder counts as what usually
    stands for it (a name 3, a phone 11, an ID number 18)."""
    if "{" not in text:
        return len("".join(text.split()))
    parts = split(text)
    counted = sum(len("".join(part.split())) for part in parts[::2])
    return counted + sum(_LENGTHS.get(key, _PARTY) for key in parts[1::2])


def index_of(text: str, count: int) -> int:
    """The index of the character that comes after the first ``count`` as :func:`length`
    counts them."""
    index = 0
    for number, part in enumerate(split(text)):
        if number % 2:
            count -= _LENGTHS.get(part, _PARTY)
            if count < 0:
                return index
            index += len(part) + 2
            continue
        for character in part:
            if not character.isspace():
                count -= 1
                if count < 0:
                    return index
            index += 1
    return index


def head(text: str, count: int) -> str:
    """The first ``count`` characters of the text, a placeholder that begins it whole."""
    found = _PLACEHOLDER.match(text)
    return text[: max(count, found.end() if found else 0)]
