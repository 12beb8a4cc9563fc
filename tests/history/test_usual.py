"""A file in the usual form is known without YAML: then YAML must say the same of it."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hotline.audit.usual import events_of
from hotline.audit.versions import marks_of
from hotline.reading.strict_yaml import parse
from tests.support import plain

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "cases").glob("*/*/*.yaml"))
TEXTS = [path.read_bytes() for path in CASES]
HEAD = b"id: LZ-20261013-0007\nevents:\n"
ONE = b"  - {at: 2026-10-13T11:30:00+08:00, by: housing-bureau, type: progress, text: x}\n"
PIECES = [
    b"\n", b"\n\n", b" ", b"  ", b"      ", b"#", b"  # x\n", b"      # x\n", b"       \n", b'"', b"'", b": ",
    b":", b", ", b"- ", b"  - ", b"-\n", b"{", b"}", b"[", b"]", b"|\n", b"|+\n", b">-\n", b"&a ", b"*a", b"!!str ",
    b"---\n", b"...\n", b"%YAML 1.1\n", b"\t", b"\r\n", b"\\", b"\xc2\x85", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\xe3\x80\x80",
    b"\xc2\xa0", b"\xe2\x80\x8b", b"\xe2\x80\xae", b"\xe2\x80\xa9", b"\xef\xb8\x8f", b"\xef\xbf\xbe", b"\xf3\xa0\x80\x81", b"\xf0\x9f\xbf\xbe", b"\x7f", b"\x00", b"\xff", b"null", b"~", b"by: x\n", b"    by: hotline-center\n", b"type: urged", b"at: 2026-10-13\n",
    b"events:\n", b"events: []\n", b"? ", b"    text: |\n      x\n", b"    note: x\n", b"  y: x\n", ONE, ONE[:-1],
]  # fmt: skip


def holds(blob: bytes) -> bool:
    """Whether the file is in the usual form; if so, what YAML says of it and of each of its
    beginnings is held against what was seen without YAML."""
    found = events_of(blob)
    for number, event in enumerate(found):
        for cut in (event.above, event.start) if number else ():
            assert said(blob[:cut]) == seen(found[:number]), blob[:cut]
    if found:
        assert said(blob) == seen(found), blob
    return bool(found)


def said(blob: bytes) -> list[tuple[str, ...]]:
    root = plain(parse(blob).root)
    assert isinstance(root, dict), "cannot be read"
    assert list(root)[-1] == "events"
    return [mark[:3] for mark in marks_of(root["events"])]


def seen(events: list[object]) -> list[tuple[str, ...]]:
    return [(one.type, one.by, one.at) for one in events]  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_orders_of_the_repository_are_usual(path: Path) -> None:
    blob = path.read_bytes()
    assert holds(blob) != (b"events: []" in blob)


@given(st.integers(0, 2**32), st.integers(1, 3))
def test_whatever_is_put_in_or_taken_out(seed: int, times: int) -> None:
    draw = random.Random(seed)
    blob = draw.choice(TEXTS)
    for _ in range(times):
        at = draw.choice([draw.randrange(len(blob)), ends(blob, draw)])
        piece = draw.choice([draw.choice(PIECES), b""])
        blob = blob[:at] + piece + blob[at + draw.choice([0, 0, 0, 1, 2, len(piece)]) :]
    holds(blob)


def ends(blob: bytes, draw: random.Random) -> int:
    """Where a line begins: there most goes wrong."""
    starts = [number + 1 for number, sign in enumerate(blob) if sign == 10]
    return draw.choice(starts)


LINES = [
    b"  - at: 2026-10-13T11:30:00+08:00\n    by: housing-bureau\n    type: progress\n",
    ONE, b"    text: x\n", b"    text: |\n", b"    text: |-\n", b"    sections:\n", b"      demand: |\n", b"        x\n",
    b"      x\n", b"      - x\n", b"      # x\n", b"    # x\n", b"  # x\n", b"# x\n", b"\n", b"    \n", b"      \n",
    b"       \n", b"         \n", b"    list:\n", b'    q: "x"\n', b"    q: 'x'\n", b"    m: {a: [x, \"y\"], b: z}\n", b"    t: a:b\n",
    b"    t: a {b} [c], d\n", b"    t: null\n", b"    t: 1\n",
]  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=9))
@example([LINES[0], b"    text: |\n", b"      x\n", b"       \n", ONE])
@example([LINES[0], b"    text: |\n", b"      x\n", b"      # x\n", ONE])
def test_lines_in_any_order(lines: list[bytes]) -> None:
    holds(HEAD + b"".join(lines))


HEADERS = [
    b"a: x\n", b"b: |\n", b"  x\n", b"  # x\n", b" # x\n", b"   \n", b"\n", b"c:\n", b"  d: x\n", b"  e: |\n", b"    x\n",
    b"  f:\n", b"    g: |-\n", b"      x\n", b"      - x\n", b'h: "x\n', b"x\"\n", b"i: 'x'\n", b"- x\n", b"j: {k: l}\n", b"events:\n", b"{\n",
]  # fmt: skip


@given(st.lists(st.sampled_from(HEADERS), max_size=9))
def test_headers_in_any_order(lines: list[bytes]) -> None:
    holds(b"".join(lines) + b"events:\n" + ONE + ONE)


SLOW = [
    b" ",
    b"\n",
    b"x: ",
    b"    x: y\n",
    b"a:b",
    b", a: b",
    b"[a, ",
    b'"',
    b"# \n",
    b"      x\n",
    b"\xc2\xa0",
    b"x",
]


BEFORE = [b"", HEAD, HEAD + ONE, HEAD + ONE[:-2], HEAD + LINES[0] + LINES[3]]


@pytest.mark.parametrize("piece", SLOW, ids=repr)
@pytest.mark.parametrize("before", BEFORE, ids=len)
def test_no_text_takes_long(before: bytes, piece: bytes) -> None:
    """64 KiB take some milliseconds; were there any going back, they would take minutes."""
    begun = time.process_time()
    events_of(before + piece * ((63 << 10) // len(piece)))
    assert time.process_time() - begun < 2
