"""Case files in the usual form, of which every line is known for what YAML makes of it.

A history has five versions of a file and more, and most are the beginning of a later one. In a
file whose whole text is of the forms below, as the verbs write them, each
event begins and ends where these expressions say, and each beginning that ends there is a whole
version. Anything else, be it one line, is for the YAML readers: what is judged must be what
stands there, not what it looks like. A property holds the two together.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

_LARGE = 64 * 1024
"""Bytes: a larger file may have more nodes than the strict reader takes."""


class Event(NamedTuple):
    """An event as it stands in a file. From ``above`` on stand the comments and empty lines
    before it, from ``start`` on it stands itself (both in bytes)."""

    above: int
    start: int
    type: str
    by: str
    at: str


def events_of(blob: bytes) -> list[Event]:
    """The events of a file in the usual form; none where it is in another."""
    if len(blob) > _LARGE or not _is_plain_text(blob):
        return []
    before, one, after = _forms()
    head = before.match(blob)
    if head is None:
        return []
    found, end = [], head.end()
    while event := one.match(blob, end):
        _, *told = event.groups()
        at, by, type_ = filter(None, told)
        found.append(Event(end, event.end("above"), type_.decode(), by.decode(), at.decode()))
        end = event.end()
    return found if after.fullmatch(blob, end) else []


def _is_plain_text(blob: bytes) -> bool:
    """Whether no sign, beside those that the forms exclude, ends a line for YAML or is refused."""
    try:
        text = blob.decode()
    except UnicodeDecodeError:
        return False
    return not (b"\xc2" in blob and _CONTROL.search(text)) and not any(
        sign in text for sign in "\u2028\u2029\ufeff\ufffe\uffff\x7f"
    )


_CONTROL = re.compile("[\x80-\x9f]")


# --- the forms ------------------------------------------------------------------------------
# Every repetition is possessive, so that no text makes an expression go back.

_KEY = rb"[a-z][a-z0-9_]{0,63}"
_QUOTED = rb"""(?:"[^"\\\x00-\x1f]*+"|'[^'\x00-\x1f]*+')"""
# Lines that say nothing: never so far to the right that they were of the text above them.
_BETWEEN_KEYS = rb"(?: ?(?:#[^\x00-\x1f]*+)?\n)*+"
_BETWEEN = rb"(?: {0,4}+(?:#[^\x00-\x1f]*+)?\n)*+"


def _plain(*, without: bytes = b"") -> bytes:
    """Words without quotes on one line, in which no comment and no key can be seen."""
    usual = rb"[^\x00-\x1f:#%b]*+" % without
    return rb"[A-Za-z0-9\x80-\xff(/]%b(?::[^\x00-\x1f :#%b]%b)*+" % (usual, without, usual)


_ITEM = rb"(?:%b|%b)" % (_QUOTED, _plain(without=rb",?\[\]{}"))
_LIST = rb"\[(?:%b(?:, %b)*+)?\]" % (_ITEM, _ITEM)
_MAP = rb"\{%b: (?:%b|%b)(?:, %b: (?:%b|%b))*+\}" % (_KEY, _LIST, _ITEM, _KEY, _LIST, _ITEM)
_IN_BRACES = rb"(?:%b|%b|%b)" % (_MAP, _LIST, _ITEM)
_ON_A_LINE = rb"(?:%b|%b|%b|%b)" % (_MAP, _LIST, _QUOTED, _plain())


def _entry(indent: int, depth: int, *, but: bytes) -> bytes:
    """A key with its value: on its line, as a text below it, or as ``depth`` levels of entries
    or a list. ``but`` are keys that have a place of their own."""
    deeper = b" " * (indent + 2)
    text = rb"%b[^\x00-\x20][^\x00-\x1f]*+\n(?:(?: *+\n)*+%b[^\x00-\x1f]*+\n)*+" % (deeper, deeper)
    below = rb"(?:%b- %b\n)++" % (deeper, _ON_A_LINE)
    if depth:
        below = rb"(?:%b|(?:%b)++)" % (below, _entry(indent + 2, depth - 1, but=rb"(?!)"))
    return rb"%b(?!(?:%b):)%b:(?: %b\n| \|-?\n%b|\n%b)" % (
        b" " * indent, but, _KEY, _ON_A_LINE, text, below,
    )  # fmt: skip


_AT = rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?+(?:Z|[+-][0-9]{2}:[0-9]{2})"
_UNIT = rb"(?!(?:null|true|false)[^a-z0-9-])([a-z][a-z0-9-]*+)"
_TYPE = rb"(?!(?:null|true|false)[^a-z_])([a-z_]++)"
_OWN = rb"at|by|type"
_IN_ONE_LINE = rb"""\{at: (?:(%b)|"(%b)"), by: %b, type: %b(?:, (?!(?:%b):)%b: %b)*+\}\n""" % (
    _AT, _AT, _UNIT, _TYPE, _OWN, _KEY, _IN_BRACES,
)  # fmt: skip
_IN_LINES = rb"""at: (?:(%b)|"(%b)")\n    by: %b\n    type: %b\n(?:%b)*+""" % (
    _AT, _AT, _UNIT, _TYPE, _entry(4, 1, but=_OWN),
)  # fmt: skip


@cache
def _forms() -> tuple[re.Pattern[bytes], re.Pattern[bytes], re.Pattern[bytes]]:
    """What stands before the events, an event, and what may follow. Compiled when the first file
    is looked at: that takes longer than to look whether there is anything new."""
    head = rb"(?:%b%b)++%bevents:\n" % (_BETWEEN_KEYS, _entry(0, 2, but=rb"events"), _BETWEEN_KEYS)
    event = rb"(?P<above>%b)  - (?:%b|%b)" % (_BETWEEN, _IN_ONE_LINE, _IN_LINES)
    return re.compile(head), re.compile(event), re.compile(_BETWEEN)
