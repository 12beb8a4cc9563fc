"""How large a file may be: known to who reads the disk, without the reader of YAML."""

from __future__ import annotations

MAX_BYTES = 256 * 1024
