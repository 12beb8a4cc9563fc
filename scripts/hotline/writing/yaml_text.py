"""Data → YAML as a clerk would write it, such that the strict reader gives it back.

Keys stand in the contract's order, short events on one line, text of several lines as a
block. A string is quoted only where it would be read as something else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hotline.procedure.lifecycle import TABLE
from hotline.writing.hidden import CLASS

WIDTH = 100
"""Columns that a one-line event or list may take; a Chinese character takes two."""

HEADER_KEYS = (
    "id", "channel", "platform", "origin", "upstream_id", "dispatched_at", "kind", "urgency",
    "category", "title", "demand", "location", "petitioner", "sealed", "against",
    "classification",
)  # fmt: skip

_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_FLOW_ONLY = re.compile(r"[,\[\]{}]|:\?")
_MISREAD = re.compile(r":(\s|$)|\s#")
_NUMERIC = re.compile(r"[-+.0-9][-+.0-9_:eE]*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = frozenset(("true", "false", "~", "null", "Null", "NULL"))
# What libyaml will not take raw, takes as a line end, or what no editor shows.
_NO_BLOCK = re.compile(f"[\x00-\x08\x0b-\x1f{CLASS}]")
_NO_PLAIN = re.compile(f"[\x00-\x1f{CLASS}]")
_TO_ESCAPE = re.compile(f'[\x00-\x1f{CLASS}"\\\\]')
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def case_text(data: Mapping[str, Any]) -> str:
    """A whole work order file."""
    known = [key for key in HEADER_KEYS if key in data]
    more = [key for key in data if key not in HEADER_KEYS and key != "events"]
    lines = [line for key in [*known, *more] for line in _entry(key, data[key], 0)]
    events = data.get("events", [])
    lines += ["events:", *items(events, 2)] if events else ["events: []"]
    return "\n".join(lines) + "\n"


def event_lines(event: Mapping[str, Any], indent: int) -> list[str]:
    """An event as an item of a block sequence whose dashes stand at ``indent``."""
    pad = " " * indent
    ordered = _ordered(event)
    line = f"{pad}- {flow(ordered)}"
    if not any(isinstance(value, dict) for value in ordered.values()) and _fits(line):
        return [line]
    return _dashed(_mapping(ordered, indent + 2), pad)


def event_flow(event: Mapping[str, Any]) -> str:
    """An event on one line, for a file whose events are written so."""
    return flow(_ordered(event))


def _ordered(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event's keys in the order of the contract, unknown ones last."""
    row = TABLE.get(str(event.get("type")))
    known = ["at", "by", "type", *(field.name for field in (row.fields if row else ()))]
    rest = sorted((key for key in event if key not in known), key=lambda key: key == "note")
    return {key: event[key] for key in [*known, *rest] if key in event}


# --- blocks ----------------------------------------------------------------------------


def _mapping(data: Mapping[str, Any], indent: int) -> list[str]:
    return [line for key, value in data.items() for line in _entry(key, value, indent)]


def entry(key: str, value: Any) -> list[str]:
    """A key of the header with its value, as lines without their ends."""
    return _entry(key, value, 0)


def _entry(key: str, value: Any, indent: int) -> list[str]:
    pad = " " * indent
    head = f"{pad}{scalar(key)}:"
    if isinstance(value, str) and (mark := _block_mark(value)):
        return [f"{head} {mark}", *_block(value, pad + "  ")]
    if isinstance(value, dict | list) and value:
        line = f"{head} {flow(value)}"
        if _fits(line) and not _is_deep(value):
            return [line]
        nested = (
            _mapping(value, indent + 2) if isinstance(value, dict) else items(value, indent + 2)
        )
        return [head, *nested]
    return [f"{head} {_line(value)}"]


def items(values: Iterable[Any], indent: int) -> list[str]:
    """A block sequence whose dashes stand at ``indent``."""
    return [line for value in values for line in _item(value, indent)]


def _item(value: Any, indent: int) -> list[str]:
    pad = " " * indent
    if isinstance(value, dict) and "type" in value and "at" in value:
        return event_lines(value, indent)
    if isinstance(value, str) and (mark := _block_mark(value)):
        return [f"{pad}- {mark}", *_block(value, pad + "  ")]
    if isinstance(value, dict) and value and not _fits(f"{pad}- {flow(value)}"):
        return _dashed(_mapping(value, indent + 2), pad)
    return [f"{pad}- {_line(value)}"]


def _line(value: Any) -> str:
    return flow(value) if isinstance(value, dict | list) else scalar(value)


def _dashed(lines: list[str], pad: str) -> list[str]:
    """Lines of a mapping two columns in, as one item of a sequence."""
    return [f"{pad}- {lines[0][len(pad) + 2 :]}", *lines[1:]]


def _is_deep(value: Any) -> bool:
    """Whether a collection reads better over several lines: text or collections inside."""
    inside = value.values() if isinstance(value, dict) else value
    return any(
        isinstance(part, dict | list) or (isinstance(part, str) and "\n" in part) for part in inside
    )


def _block_mark(text: str) -> str:
    """``|`` or ``|-`` where a block scalar holds ``text`` exactly, else ''."""
    if "\n" not in text or text.endswith("\n\n") or _NO_BLOCK.search(text):
        return ""
    lines = text.split("\n")
    if (
        not lines[0]
        or lines[0][0] in " \t"
        or any(line[-1:] in (" ", "\t") for line in lines if line)
    ):
        return ""
    return "|" if text.endswith("\n") else "|-"


def _block(text: str, pad: str) -> Iterator[str]:
    for line in text.removesuffix("\n").split("\n"):
        yield pad + line if line else ""


# --- one line --------------------------------------------------------------------------


def flow(value: Any) -> str:
    """Any value on one line."""
    if isinstance(value, dict):
        inside = ", ".join(f"{scalar(k, in_flow=True)}: {flow(v)}" for k, v in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    return scalar(value, in_flow=True)


def scalar(value: Any, *, in_flow: bool = False) -> str:
    """A scalar on one line, quoted where it has to be."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if abs(value) >= 10**18:
            raise ValueError("a number of more than 18 digits is read as text")
        return str(value)
    if not isinstance(value, str):
        raise TypeError(f"no work order holds a {type(value).__name__}")
    return value if _is_plain(value, in_flow) else _quoted(value)


def _is_plain(text: str, in_flow: bool) -> bool:
    if not text or text != text.strip() or text[0] in _INDICATORS or text in _WORDS:
        return False
    if text.startswith("...") or _MISREAD.search(text) or _NO_PLAIN.search(text):
        return False
    if in_flow and _FLOW_ONLY.search(text):
        return False
    return not _NUMERIC.fullmatch(text) or bool(_DATE.fullmatch(text))


def _quoted(text: str) -> str:
    if ('"' in text or "\\" in text) and "'" not in text and not _NO_PLAIN.search(text):
        return f"'{text}'"
    return f'"{_TO_ESCAPE.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _fits(line: str) -> bool:
    return len(line) <= WIDTH and display_width(line) <= WIDTH


def display_width(text: str) -> int:
    """Columns on a screen: wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
