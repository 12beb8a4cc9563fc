"""Strict YAML: what values become, where they stand, and which characters are let in."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.reading.limits import MAX_BYTES
from hotline.reading.quick_yaml import values
from hotline.reading.scalars import resolve
from hotline.reading.strict_yaml import LibyamlIsMissing, parse
from hotline.values.node import Place, place_of, walk
from tests.corpus import RICH
from tests.reading.conftest import Find

PLAIN = (
    ("true", True), ("false", False), ("True", "True"), ("TRUE", "TRUE"), ("yes", "yes"),
    ("no", "no"), ("on", "on"), ("off", "off"), ("y", "y"), ("n", "n"), ("是", "是"),
    ("null", None), ("Null", None), ("NULL", None), ("~", None), ("", None), ("nil", "nil"),
    ("0", 0), ("7", 7), ("-7", -7), ("+7", 7), ("-0", 0), ("60", 60), ("00", "00"),
    ("012", "012"), ("-012", "-012"), ("0o17", "0o17"), ("0x1F", "0x1F"), ("0b1", "0b1"),
    ("1_000", "1_000"), ("1,000", "1,000"), ("1e3", "1e3"), ("1.0", "1.0"), ("1.", "1."),
    (".5", ".5"), (".inf", ".inf"), ("-.inf", "-.inf"), (".nan", ".nan"), ("12:30", "12:30"),
    ("12:30:45", "12:30:45"), ("190:20:30", "190:20:30"), ("-", "-"), ("+", "+"), ("--1", "--1"),
    ("３", "３"), ("²", "²"), ("٣", "٣"), ("9" * 18, 10**18 - 1), ("9" * 19, "9" * 19),
    ("2026-10-13", "2026-10-13"), ("2026-10-13T09:30:00Z", "2026-10-13T09:30:00Z"),
    ("=", "="), ("<<", "<<"), ("13881234567", 13881234567), ("1 2", "1 2"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "value"), PLAIN, ids=[repr(text) for text, _ in PLAIN])
def test_a_plain_scalar_becomes(text: str, value: Any) -> None:
    read = resolve(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(("text", "value"), PLAIN, ids=[repr(text) for text, _ in PLAIN])
def test_the_same_in_quotes_is_always_text(text: str, value: Any) -> None:
    assert parse(f"a: '{text}'\nb: \"{text}\"\n".encode()).root == {"a": text, "b": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.0", 1.0),
        ("-0.5", -0.5),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("1.", "1."),
        ("1.2.3", "1.2.3"),
    ],
)
def test_fractions_are_read_where_they_are_asked_for(text: str, value: Any) -> None:
    assert parse(f"a: {text}\n".encode(), floats=True).root == {"a": value}


# --- places ----------------------------------------------------------------------------------


def test_every_scalar_of_a_case_stands_where_it_is_said_to() -> None:
    root = parse(RICH.encode()).root
    lines = RICH.splitlines()
    seen = 0
    for path, value in walk(root):
        place = place_of(root, *path)
        there = lines[place.line - 1][place.column - 1 :]
        written = (
            {True: "true", False: "false"}.get(value, str(value))
            if isinstance(value, bool)
            else str(value)
        )
        assert there.startswith((written, f'"{written}', "|")), (path, place, there)
        seen += 1
    assert seen > 200


def test_every_key_of_a_case_stands_where_it_is_said_to() -> None:
    lines = RICH.splitlines()

    def look(node: Any) -> None:
        for key, value in node.items() if isinstance(node, dict) else ():
            place = node.marks[key][0]
            assert lines[place.line - 1][place.column - 1 :].startswith(f"{key}:")
            look(value)
        for value in node if isinstance(node, list) else ():
            look(value)

    look(parse(RICH.encode()).root)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("start", ["", "\ufeff"], ids=["no mark", "byte order mark"])
def test_places_do_not_depend_on_how_the_file_was_saved(ends: str, start: str) -> None:
    usual = parse(RICH.encode()).root
    other = parse((start + RICH.replace("\n", ends)).encode()).root
    assert other == usual
    for path, _ in walk(usual):
        assert place_of(other, *path) == place_of(usual, *path)


def test_columns_count_characters_also_beyond_the_basic_plane() -> None:
    assert place_of(parse("{𠮷野: 1, b: 2}".encode()).root, "b") == Place(1, 12)


# --- characters ------------------------------------------------------------------------------

DEFAULT_IGNORABLE = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
"""Unicode's Default_Ignorable_Code_Point."""
NONCHARACTERS = [
    *range(0xFDD0, 0xFDF0),
    *(p * 0x10000 + e for p in range(17) for e in (0xFFFE, 0xFFFF)),
]
CONTROLS = [
    c for c in range(0xA0) if unicodedata.category(chr(c)) == "Cc" and chr(c) not in "\t\n\r"
]
SEPARATORS = [0x2028, 0x2029, 0xFFF9, 0xFFFA, 0xFFFB, 0xFFFD]
IGNORABLE = [
    c
    for first, last in DEFAULT_IGNORABLE
    for c in range(first, last + 1)
    if c < 0xE0200 or c > 0xE0FF0
]
VISIBLE_FORMATS = {
    *range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440),
}  # fmt: skip
"""Category Cf, but drawn: Arabic number signs, Kaithi number signs, Egyptian joiners."""


def codes_in(text: str) -> list[str]:
    return [fault.code for fault in parse(text.encode()).faults]


@pytest.mark.parametrize(
    "points", [CONTROLS, SEPARATORS, NONCHARACTERS, IGNORABLE],
    ids=["controls", "separators", "noncharacters", "ignorable"],
)  # fmt: skip
def test_a_hidden_character_is_found_raw_at_its_place(points: list[int]) -> None:
    for point in points:
        faults = parse(f"a: 甲\nb: 夜间{chr(point)}施工\nc: 丙\n".encode()).faults
        assert [(fault.code, *fault.place) for fault in faults] == [("S004", 2, 6)], hex(point)
        assert f"U+{point:04X}" in faults[0].message


@pytest.mark.parametrize(
    "points", [CONTROLS, SEPARATORS, NONCHARACTERS, IGNORABLE],
    ids=["controls", "separators", "noncharacters", "ignorable"],
)  # fmt: skip
def test_a_hidden_character_is_found_as_an_escape(points: list[int]) -> None:
    for point in points:
        faults = parse(f'a: 甲\nb: "夜间\\U{point:08X}施工"\nc: 丙\n'.encode()).faults
        assert [(fault.code, *fault.place) for fault in faults] == [("S004", 2, 4)], hex(point)


def test_every_format_character_of_unicode_is_hidden_or_drawn() -> None:
    for point in range(0x110000):
        if unicodedata.category(chr(point)) == "Cf" and point not in VISIBLE_FORMATS:
            assert codes_in(f"a: 夜间{chr(point)}施工\n") == ["S004"], hex(point)


def test_what_is_drawn_is_let_in() -> None:
    for point in [*VISIBLE_FORMATS, 0x3000, 0xA0, 0x2014, 0x2026, 0x20BB7, 0x1F600, 0xE000, 0xF8FF]:
        assert codes_in(f"a: 夜间{chr(point)}施工\n") == [], hex(point)
    for text in ("☎️", "⚠️", "❤️", "1️⃣", "#️⃣", "©️"):
        assert codes_in(f"a: 夜间{text}施工\n") == [], text


def test_no_lone_surrogate_comes_in_raw_or_as_an_escape() -> None:
    for point in (0xD800, 0xDABC, 0xDBFF, 0xDC00, 0xDFFF):
        raw = "a: 甲".encode() + chr(point).encode("utf-8", "surrogatepass")
        assert [fault.code for fault in parse(raw).faults] == ["S001"]
        assert codes_in(f'a: "\\u{point:04x}"\n') == ["S001"]
    assert codes_in('a: "\\ud83d\\ude00"\n') == ["S001"]  # a pair is no character either


def test_places_of_many_hidden_characters_are_found_in_linear_time(find: Find) -> None:
    found = find("#\u200b\r\n" * 5 + "#\r# \u200b\n" + "# \u200b" * 3)
    assert [(f.code, *f.place) for f in found if f.code == "S004"] == [
        *[("S004", line, 2) for line in range(1, 6)], ("S004", 6, 2), ("S004", 7, 3),
        ("S004", 8, 3), ("S004", 8, 6), ("S004", 8, 9),
    ]  # fmt: skip


# --- never an exception, and the same reading as a plain YAML reader's ---------------------------


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_no_bytes_make_it_raise(blob: bytes) -> None:
    parsed = parse(blob)
    assert parsed.root is not None or parsed.faults


SIGNS = st.text(alphabet="ab: -?#&*!|>'\"%@`{}[],~\n\t\\x0施：，　\r…", max_size=120)


@given(SIGNS)
@settings(max_examples=1500, deadline=None)
def test_no_heap_of_signs_makes_it_raise_or_point_outside(text: str) -> None:
    parsed = parse(text.encode())
    assert parsed.root is not None or parsed.faults
    lines = re.split(r"\r\n|\r|\n", text)
    for fault in parsed.faults:
        assert 1 <= fault.place.line <= max(1, len(lines) - (lines[-1] == ""))
        assert 1 <= fault.place.column <= len(lines[fault.place.line - 1]) + 1
        assert re.search("[\u4e00-\u9fff]", fault.message)


@given(SIGNS)
@settings(max_examples=800, deadline=None)
def test_what_is_read_without_fault_is_what_a_plain_reader_reads(text: str) -> None:
    parsed = parse(text.encode())
    if not parsed.faults:
        plain = yaml.load(text.encode(), yaml.CBaseLoader)
        assert _as_text(parsed.root, text) == plain


def _as_text(node: Any, text: str) -> Any:
    """The tree with the values that the core schema changes turned back."""
    if isinstance(node, dict):
        return {key: _Either(_as_text(value, text)) for key, value in node.items()}
    if isinstance(node, list):
        return [_Either(_as_text(value, text)) for value in node]
    return _Either(node)


class _Either:
    """Equal to the text that a reader without types gives for the same scalar."""

    def __init__(self, value: Any) -> None:
        self.value = value.value if isinstance(value, _Either) else value

    def __eq__(self, other: object) -> bool:
        if self.value is None:
            return other in ("", "~", "null")
        if isinstance(self.value, int):
            return isinstance(other, str) and int(other) == self.value
        return bool(self.value == other)

    __hash__ = None  # type: ignore[assignment]


SEEN = st.characters(
    min_codepoint=0x20, max_codepoint=0x9FFF, categories=("L", "N", "P", "Zs"),
    exclude_characters="".join(map(chr, IGNORABLE)),
)  # fmt: skip
WORDS = st.text(SEEN, max_size=30)
TREES = st.recursive(
    st.one_of(st.booleans(), st.integers(-(10**17), 10**17), WORDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(WORDS, inner, max_size=4),
    ),
    max_leaves=12,
)


@given(st.dictionaries(WORDS, TREES, max_size=4))
@settings(max_examples=300, deadline=None)
def test_what_pyyaml_writes_is_read_back(tree: dict[str, Any]) -> None:
    written = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
    parsed = parse(written.encode())
    assert not parsed.faults
    assert parsed.root == tree


# --- limits ----------------------------------------------------------------------------------


def test_the_limits_can_be_set_for_other_files() -> None:
    large = ("a: " + "x" * 60 + "\n") * 0 + "a: [" + "1," * 60_000 + "]\n"
    assert codes_in(large) == ["S001"]
    assert parse(large.encode(), max_nodes=70_000).faults == []
    longer = "# " + "x" * MAX_BYTES + "\na: 1\n"
    assert codes_in(longer) == ["S001"]
    assert parse(longer.encode(), max_bytes=2 * MAX_BYTES).root == {"a": 1}


def test_without_libyaml_nothing_is_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    with pytest.raises(LibyamlIsMissing, match="pip install"):
        parse(b"a: 1\n")
    assert values(b'a: "\\u4e2d"\n') is None
