"""Cells of sheets as text and as times."""

from __future__ import annotations

import sys
from datetime import date, datetime, time, timedelta
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.reading.strict_yaml import parse
from hotline.writing.cells import (
    BadCell,
    Cell,
    Unreadable,
    as_moment,
    as_text,
    clean,
    one_line,
)
from hotline.writing.hidden import without_hidden
from hotline.writing.yaml_text import case_text


def test_what_is_cleaned_away_is_what_the_reader_refuses() -> None:
    """Code points: clean text is never S004, and nothing else is taken away."""
    planes = (range(0xD800), range(0xE000, 0x20000), range(0xDFFF0, 0xE1100))
    ends = [0x10000 * plane + 0xFFFE + n for plane in range(2, 17) for n in (0, 1)]
    points = [chr(c) for c in (*chain(*planes), *ends, sys.maxunicode - 2)]
    kept = [c for c in points if clean(f"甲{c}乙").text == f"甲{c}乙" and c != "\ufffd"]
    for start in range(0, len(kept), 4000):
        text = "甲".join(kept[start : start + 4000])
        parsed = parse(case_text({"title": text}).encode(), max_bytes=1 << 22)
        assert (parsed.faults, parsed.root["title"]) == ([], text)
    gone = [c for c in points if clean(f"甲{c}乙").text == "甲乙"]
    for character in gone:
        blob = f"title: 甲{character}乙\n".encode()
        assert [f.code for f in parse(blob).faults][:1] in (["S004"], ["S001"]), ascii(character)
    assert len(kept) + len(gone) + 6 + 1 == len(points)  # six line ends, and U+FFFD


def test_a_character_that_was_lost_is_left_to_be_found() -> None:
    assert clean("甲\ufffd乙") == ("甲\ufffd乙", 0)


@given(
    st.lists(
        st.sampled_from("甲☎1\ufe0f\u20e3\u200b\u200d👨🏽\r\n\u3000 \ufe0e\U000e0100"), max_size=8
    ).map("".join)
)
def test_cleaning_twice_is_cleaning_once_and_the_reader_is_content(text: str) -> None:
    once = clean(text).text
    assert clean(once) == (once, 0)
    assert parse(case_text({"title": once}).encode()).faults == []


def test_clean() -> None:
    assert clean(" 甲\u200b \r\n\r\n乙\u3000\r\x0b丙\u2028\n") == ("甲\n\n乙\n\n丙", 1)
    assert one_line("甲\n\n 乙 ") == "甲 乙"
    assert without_hidden(" 甲\x00\r\n ") == (" 甲\n ", 1)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""), ("甲", "甲"), (True, "true"), (12, "12"), (12.0, "12"), (0.1, "0.1"), (-3.0, "-3"),
        (1e14, "100000000000000"), (datetime(2026, 10, 13, 9, 30), "2026-10-13 09:30:00"),
        (datetime(2026, 10, 13, 9, 29, 59, 999_999), "2026-10-13 09:30:00"),
        (datetime(2026, 10, 13), "2026-10-13"), (date(2026, 10, 13), "2026-10-13"),
        (time(9, 30), "09:30:00"), (timedelta(hours=1), "1:00:00"),
    ],
)  # fmt: skip
def test_as_text(cell: Cell, text: str) -> None:
    assert as_text(cell) == text


@pytest.mark.parametrize("cell", [1e15, float("nan"), float("inf"), Unreadable("是公式")])
def test_what_is_no_text(cell: Cell) -> None:
    with pytest.raises(BadCell):
        as_text(cell)


def test_as_moment() -> None:
    epoch = datetime(1899, 12, 30)
    assert as_moment(46308.395833333, epoch) == datetime(2026, 10, 13, 9, 30)
    assert as_moment(date(2026, 10, 13)) == datetime(2026, 10, 13)
    for cell in (46308.4, "2026", None, True, Unreadable("x")):
        assert as_moment(cell) is None
    for number in (0, -1, 12, 10**9, float("nan")):
        assert as_moment(number, epoch) is None
