"""The largest and worst files: at the edge of each limit, and far beyond it.

The functions that the tables name write files at an edge; ``WORST`` holds what someone
would write to make the reader slow, large or talkative.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.corpus import CLEAN

HEAD = CLEAN[: CLEAN.index("events:\n")]
TOP = HEAD + "events:\n"
BY = "at: 2026-10-13T10:20:00+08:00, by: housing-bureau"
LINK = "  - {at: 2026-10-13T10:25:00+08:00, by: hotline-center, type: linked, cases: [], same: person, reasonable: true}\n"


def depth_32() -> bytes:
    return _with("note", "[" * 29 + "x" + "]" * 29)


def depth_33() -> bytes:
    return _with("note", "[" * 30 + "x" + "]" * 30)


def nodes_50000() -> bytes:
    return _corrected("[" + "1," * (50_000 - _NODES_BESIDE) + "]")


def nodes_50001() -> bytes:
    return _corrected("[" + "1," * (50_001 - _NODES_BESIDE) + "]")


def scalar_65536() -> bytes:
    return CLEAN.replace("锦绣花园小区东侧夜间施工噪音", "噪" * 65536).encode()


def scalar_65537() -> bytes:
    return CLEAN.replace("锦绣花园小区东侧夜间施工噪音", "噪" * 65537).encode()


def bytes_262144() -> bytes:
    return _padded(262_144)


def bytes_262145() -> bytes:
    return _padded(262_145)


def events_2000() -> bytes:
    return (CLEAN + LINK * 1997).encode()


def events_2001() -> bytes:
    return (CLEAN + LINK * 1998).encode()


def _with(key: str, value: str) -> bytes:
    """The case with a last event that holds a field; its list is the third level."""
    return f"{CLEAN}  - {{{BY}, type: progress, text: x, {key}: {value}}}\n".encode()


_EVENT = "at: 2026-10-13T10:25:00+08:00, by: hotline-center, type: corrected, header: true, field: title, reason: 笔误"


def _corrected(value: str) -> bytes:
    return f"{CLEAN}  - {{{_EVENT}, value: {value}}}\n".encode()


# The root, 12 header entries (24), the petitioner's (4), three events (7 + 14 + 7, of which one is
# the support unit), and the correction (15): each key, value and container counts once.
_NODES_BESIDE = 1 + 24 + 4 + 28 + 15


def _padded(size: int) -> bytes:
    blob = CLEAN.encode()
    return blob + b"#" * (size - len(blob) - 1) + b"\n"
