"""An order's number on the platform that it came from, looked for without reading the file."""

from __future__ import annotations

import re
from collections.abc import Set

_PLAIN_ID = re.compile(rb"(?m)^upstream_id: [\"']?([A-Za-z0-9_-]+)[\"']?[ \t]*\r?$")


def is_another(blob: bytes, wanted: Set[bytes]) -> bool:
    """Whether the file's upstream id stands there so plainly that it need not be parsed, and is
    none of those wanted."""
    plain = _PLAIN_ID.findall(blob)
    return len(plain) == 1 and plain[0] not in wanted
