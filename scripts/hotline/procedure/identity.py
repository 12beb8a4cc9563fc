"""An event is its content: its id is a hash of what is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def event_id(data: Mapping[str, Any]) -> str:
    """The first 8 hex digits of SHA-256 over the event's canonical JSON (RFC 8785).

    Strings count as written: the same moment in another offset is another event.
    """
    if _is_simple(data):
        canonical = _ENCODER.encode(data).encode()
    else:
        import rfc8785  # asked for by few files, so not paid for by all

        canonical = rfc8785.dumps(_plain(data))
    return hashlib.sha256(canonical).hexdigest()[:8]


def _is_simple(node: Any) -> bool:
    """Whether Python's own JSON is canonical: it differs from RFC 8785 in how it writes fractions
    and in the order of names beyond ASCII, and it is several times as fast."""
    kind = type(node)
    if kind is str:
        return True
    if kind is dict:
        return all(key.isascii() and _is_simple(value) for key, value in node.items())
    if kind is list:
        return all(map(_is_simple, node))
    if kind is int:
        return bool(abs(node) < 2**53)
    return kind is bool or node is None


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    if isinstance(node, int) and not isinstance(node, bool) and abs(node) > 2**53 - 1:
        return str(node)  # beyond what JSON numbers hold exactly
    return node
