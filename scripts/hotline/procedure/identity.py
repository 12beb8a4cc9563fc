"""An event is its content: its id is a hash of what is written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any


def event_id(data: Mapping[str, Any]) -> str:
    """The first 8 hex digits of SHA-256 over the event's canonical JSON (RFC 8785).

    Strings count as written: the same moment in another offset is another event.
    """
    import rfc8785  # asked for by few files, so not paid for by all

    return hashlib.sha256(rfc8785.dumps(_plain(data))).hexdigest()[:8]


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    if isinstance(node, int) and not isinstance(node, bool) and abs(node) > 2**53 - 1:
        return str(node)  # beyond what JSON numbers hold exactly
    return node
