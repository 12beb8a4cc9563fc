"""Rows of a sheet → headers of orders, by a mapping."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.writing.cells import Cell, Unreadable
from hotline.writing.fields import Names
from hotline.writing.mapping import WrongMapping, find_columns, heading, mapping_of
from hotline.writing.numbers import DayIsFull, Numbers, path_of
from hotline.writing.rows import Row, RowReader

ZONE = timezone(timedelta(hours=8))
NAMES = Names({"噪音": "noise", "noise": "noise"}, {"县住建局": "housing-bureau"})
DATA: dict[str, Any] = {
    "format": "csv", "id_prefix": "LZ",
    "columns": {
        "upstream_id": "编号", "dispatched_at": "时间", "kind": "类型", "category": "分类", "title": "标题",
        "demand": "内容", "location": "地点", "against": "被反映单位", "petitioner.anonymous": "匿名",
    },
    "defaults": {"channel": "city_12345", "location": "乐至县", "petitioner.anonymous": False},
    "values": {"kind": {"咨询类": "consultation"}, "petitioner.anonymous": {"匿名": True}},
    "time_format": ["%Y年%m月%d日 %H时%M分", "%d.%m.%Y"],
}  # fmt: skip
TITLES: list[Cell] = list(DATA["columns"].values())
ROW: list[Cell] = [
    "1",
    "2026年10月13日 9时30分",
    "咨询类",
    "噪音",
    "甲",
    "乙",
    "丙",
    "县住建局，tianchi-street",
    "",
]


def read(**changes: Cell) -> Row:
    mapping = mapping_of(DATA)
    columns = find_columns([TITLES, ROW], mapping)
    row = dict(zip(map(str, TITLES), ROW, strict=True)) | changes
    return RowReader(mapping, columns, NAMES, ZONE).read(list(row.values()))


def test_a_row() -> None:
    found = read()
    assert (found.reasons, found.removed) == ([], 0)
    assert found.data == {
        "channel": "city_12345", "upstream_id": "1", "dispatched_at": "2026-10-13T09:30:00+08:00",
        "kind": "consultation", "urgency": "normal", "category": "noise", "title": "甲", "demand": "乙",
        "location": "丙", "petitioner": {"confidential": False, "anonymous": False},
        "against": ["housing-bureau", "tianchi-street"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("13.10.2026", "2026-10-13T00:00:00+08:00"),
        ("2026-10-13 09:30:05", "2026-10-13T09:30:05+08:00"),
        ("2026-10-13T01:30:00Z", "2026-10-13T01:30:00Z"),
        (" 2026-10-13 09:30 ", "2026-10-13T09:30:00+08:00"),
    ],
)
def test_times(text: str, time: str) -> None:
    assert read(时间=text).data["dispatched_at"] == time


def test_blank_cells_take_the_default_and_others_the_mapping() -> None:
    assert read(地点=None).data["location"] == "乐至县"
    assert read(匿名="匿名").data["petitioner"]["anonymous"] is True
    assert "against" not in read(被反映单位=None).data
    assert len(read(内容="长" * 60).data["demand"]) == 61


@given(st.lists(st.one_of(
    st.none(), st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.datetimes(),
    st.dates(), st.times(), st.timedeltas(), st.just(Unreadable("是公式")),
), max_size=11))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_any_cells_give_an_order_or_reasons(cells: list[Cell]) -> None:
    mapping = mapping_of(DATA)
    reader = RowReader(
        mapping, find_columns([TITLES], mapping), NAMES, ZONE, datetime(1899, 12, 30)
    )
    found = reader.read(cells)
    assert found.reasons or {"upstream_id", "dispatched_at", "petitioner"} <= found.data.keys()
    for reason in found.reasons:
        for cell in cells:
            if isinstance(cell, str) and len(cell.strip()) > 8:
                assert cell.strip() not in reason


@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.text(max_size=5), st.integers()), max_size=5), max_size=4
    )
)
@settings(max_examples=200, deadline=None)
def test_any_sheet_gives_columns_or_words(rows: list[list[Cell]]) -> None:
    with pytest.raises(WrongMapping):
        find_columns(rows, mapping_of(DATA))


def test_headings_are_compared_without_blanks() -> None:
    assert heading(" 工单\u200b 编号\n") == "工单编号"
    titles: list[Cell] = [f" {title}\u3000" for title in TITLES]
    assert find_columns([[None], ["标题栏"], titles], mapping_of(DATA)).row == 2


def test_a_column_of_reasons_is_left_out_only_at_the_end() -> None:
    mapping = mapping_of(DATA)
    assert "原因" not in find_columns([[*TITLES, "原因"]], mapping).at
    with pytest.raises(WrongMapping, match="原因"):
        find_columns([["原因", *TITLES]], mapping)


def test_numbers() -> None:
    day = datetime(2026, 10, 13).date()
    numbers = Numbers(
        ["LZ-20261013-0007", "LZ-20261013-0003", "XJ-20261013-0900", "x", "LZ-20261013-7"]
    )
    assert numbers.next("LZ", day) == numbers.next("LZ", day) == "LZ-20261013-0008"
    numbers.take("LZ-20261013-9999")
    assert numbers.next("LZ", day) == "LZ-20261013-10000"
    numbers.take("LZ-20261013-999999")
    with pytest.raises(DayIsFull):
        numbers.next("LZ", day)
    assert path_of("LZ-20261013-0008") == "cases/2026/10/LZ-20261013-0008.yaml"
