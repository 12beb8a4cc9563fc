"""What a plain scalar of YAML means."""

from __future__ import annotations

import re
from typing import Any

_INT = re.compile(r"[-+]?[0-9]{1,18}")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]")
_FLOAT = re.compile(r"[-+]?[0-9]+\.[0-9]+")
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLS = {"true": True, "false": False}


def resolve(text: str, *, floats: bool = False) -> Any:
    """A plain scalar by the YAML 1.2 core schema, without octal, hex, infinity and NaN.

    A number with a leading zero or of more than 18 digits names something (an order,
    a phone) and stays text.
    """
    first = text[:1]
    if first in "-+0123456789":
        if text == "0" or (_INT.fullmatch(text) and not _LEADING_ZERO.match(text)):
            return int(text)
        if floats and len(text) <= 18 and _FLOAT.fullmatch(text):
            return float(text)
        return text or None
    if text in _BOOLS:
        return _BOOLS[text]
    return None if text in _NULLS else text
