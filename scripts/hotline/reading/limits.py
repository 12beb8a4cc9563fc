"""How large and how deep a file may be: known to who reads the disk, without the reader of YAML."""

from __future__ import annotations

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
"""Levels of mappings and lists."""
