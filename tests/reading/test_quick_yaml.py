"""The quick readers never say anything that the strict reader would not say."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hotline.reading import quick_yaml
from hotline.reading.quick_yaml import values
from hotline.reading.strict_yaml import parse
from tests.reading.test_mutations import mutated
from tests.support import ROOT

OWN = sorted((ROOT / "cases").rglob("*.yaml"))
CORPUS = [*OWN, *sorted((ROOT / "tests" / "corpus").rglob("*.yaml"))]


def agree(blob: bytes) -> bool:
    """Whether a quick reader took the file; what any took, all read alike."""
    with patch.dict(sys.modules, {"ryaml": None}):
        by_events = values(blob)
    found = [quick for quick in (values(blob), by_events) if quick is not None]
    if not found:
        return False
    strict = parse(blob)
    assert not strict.faults
    assert all(same(quick, strict.root) for quick in found)
    return True


def same(one: Any, other: Any) -> bool:
    """Equal, and of the same types: 1 is not true, and not "1"."""
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_every_file_of_ours(path: Path) -> None:
    agree(path.read_bytes())


def test_nearly_all_orders_are_read_quickly() -> None:
    """An order with a correction in it is read with places by the caller."""
    taken = [path for path in OWN if agree(path.read_bytes())]
    assert len(taken) > 0.9 * len(OWN)


def test_nearly_all_orders_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_yaml, "_by_events", lambda blob: None)
    taken = [path for path in OWN if values(path.read_bytes()) is not None]
    assert len(taken) > 0.8 * len(OWN)


@pytest.mark.parametrize("seed", range(8))
def test_files_mutated_at_random(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(250):
        agree(mutated(chance))


# What makes YAML mean something else than it seems to, and what is harmless and looks alike.
PIECES = st.sampled_from([
    "a: 1", "a: b", "- c", "  d: e", "&x", "*x", "!!str", "!", "%YAML 1.1", "---", "...", "? a", ": b",
    "|", ">", "|-", "\n", "\n  ", "\n- ", "'", '"', "\\u200b", "\\n", "\\", "{", "}", "[", "]", ",", "#",
    "<<: *x", "0", "007", "1_000", "0x1F", "0o7", "1e3", "1.0", "-1", "+1", "~", "null", "Null", "True",
    "true", "false", "TRUE", "False", "F", "yes", "no", "0b1", "-.inf", ".5", "1: a", "true: a", "~: a", "2026-10-13", "12:30:00", "\u200b", "\ufe0f", "☎\ufe0f", "\u3000",
    "\U000e0041", "\ufffd", "\t", "\r\n", "\r", "\ufeff", "é", "工单", "𠮷", "\x85", "\u2028", "=", ".inf",
])  # fmt: skip


@given(pieces=st.lists(PIECES, max_size=12), gap=st.sampled_from(["", " ", ": ", "\n"]))
@settings(max_examples=3000, deadline=None)
def test_whatever_is_put_together(pieces: list[str], gap: str) -> None:
    agree(gap.join(pieces).encode())


# Numbers stand in few places of the grammar, but are written in many ways.
NUMBERS = st.one_of(
    st.text("0123456789", min_size=1, max_size=22),
    st.from_regex(r"\A[-+]?(0[xXoObB]?)?[0-9a-fA-F_.]{1,20}\Z"),
)
AROUND = (
    "a: {}\n",
    "a:\t{}\n",
    "a:\n  {}\n",
    "a: [{}]\n",
    "a: [1,{}]\n",
    "- {}\n",
    "a:\n  -   {}\n",
)


@given(number=NUMBERS)
@example(number="8625587063069245032")  # of 19 digits, as some platforms number their orders
@settings(max_examples=500, deadline=None)
def test_numbers_however_they_are_written(number: str) -> None:
    for around in AROUND:
        agree(around.format(number).encode())


SUSPICIOUS = [
    "a: &x 1\nb: *x\n", "a: !!str 1\n", "a: 1\na: 2\n", "--- \na: 1\n", "%YAML 1.2\n---\na: 1\n",
    "a: 1\n---\nb: 2\n", "a: 1\n...\nb: 2\n", 'a: "\\u200b"\n', "a: \u200bx\n", "? [a]\n: b\n", "{{a: 1}: 2}\n",
    "a: \ufe0f\n", "a\u00ad: 1\n", "a: \x07\n", "- [" * 40 + "]" * 40, "text", "", "~", "[", "\ufeffa: 1\n",
    "a: " + "[" * 33 + "]" * 33, "a: " + "[" * 9999 + "]" * 9999, "a:\n  " + "- " * 9999 + "b\n",
    "a: {b: c, b: d}\n", "a: \\u200b\nb: \"\\u200b\"\n", "{a: b, ? [c] : d}\n", "a: b\n? {c: d}\n: e\n",
]  # fmt: skip


@pytest.mark.parametrize("text", SUSPICIOUS)
def test_what_is_suspicious_is_left_to_the_strict_reader(text: str) -> None:
    if not (text.startswith("\ufeff") and agree(text.encode())):
        assert values(text.encode()) is None


def test_what_is_no_utf_8_or_too_long() -> None:
    assert values(b"a: \xff") is None
    assert values(b"a: " + b"x" * (257 * 1024)) is None
    assert values(b"a: 1\n" * 3 + b"b: [" + b"1, " * 60_000 + b"]") is None
