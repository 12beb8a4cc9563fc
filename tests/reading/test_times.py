"""RFC 3339 times and dates: each string of the tables has its verdict and its offer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.values.times import (
    NotATime,
    parse_date,
    parse_time,
    suggest_date,
    suggest_time,
)
from tests.corpus import CLEAN, FOLDER
from tests.reading.conftest import Find

Row = dict[str, Any]
MINUTES = st.integers(-12 * 60, 14 * 60)
MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2100, 12, 30))


def rows(name: str) -> list[Row]:
    table: list[Row] = yaml.safe_load(Path(FOLDER / name).read_text("utf-8"))
    return table


def as_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def test_the_table_of_times_is_large() -> None:
    assert len({row["text"] for row in rows("times.yaml")}) == len(rows("times.yaml")) >= 60


@pytest.mark.parametrize("row", rows("times.yaml"), ids=lambda row: repr(row["text"]))
def test_a_time_has_its_verdict(row: Row) -> None:
    if "is" in row:
        assert as_utc(parse_time(row["text"])) == row["is"]
        return
    with pytest.raises(NotATime, match=row["why"]):
        parse_time(row["text"])


@pytest.mark.parametrize("row", rows("dates.yaml"), ids=lambda row: repr(row["text"]))
def test_a_date_has_its_verdict(row: Row) -> None:
    if "is" in row:
        assert parse_date(row["text"]) == row["is"]
        return
    with pytest.raises(NotATime, match=row["why"]):
        parse_date(row["text"])


@pytest.mark.parametrize(
    "row", [row for row in rows("times.yaml") if "why" in row], ids=lambda row: repr(row["text"])
)
def test_a_refused_time_gets_an_offer_only_where_it_is_no_guess(row: Row) -> None:
    assert suggest_time(row["text"]) == row.get("meant")


@pytest.mark.parametrize(
    "row", [row for row in rows("dates.yaml") if "why" in row], ids=lambda row: repr(row["text"])
)
def test_a_refused_date_gets_an_offer_only_where_it_is_no_guess(row: Row) -> None:
    assert suggest_date(row["text"]) == row.get("meant")


@pytest.mark.parametrize(
    "row", [row for row in rows("times.yaml") if "why" in row], ids=lambda row: repr(row["text"])
)
def test_in_a_file_a_wrong_time_is_one_finding_at_its_place(row: Row, find: Find) -> None:
    quoted = '"' + row["text"].replace("\n", "\\n") + '"'
    found = find(CLEAN.replace("2026-10-13T09:50:00+08:00", quoted))
    assert [(f.code, *f.place) for f in found] == [("S010", 15, 9)]
    assert row["why"] in found[0].message
    assert ("；可写成 " in found[0].message) == ("meant" in row)
    assert found[0].message.endswith(row.get("meant", ""))


@pytest.mark.parametrize(
    "row", [row for row in rows("times.yaml") if "is" in row], ids=lambda row: repr(row["text"])
)
def test_in_a_file_a_right_time_is_read_plain_and_quoted(row: Row, find: Find) -> None:
    for written in (row["text"], f'"{row["text"]}"', f"'{row['text']}'"):
        found = find(CLEAN.replace("2026-10-13T10:20:00+08:00", written))
        assert found == []


@given(MOMENTS, MINUTES)
def test_every_moment_that_python_writes_is_read_back(naive: datetime, minutes: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_time(moment.isoformat()) == moment


@given(MOMENTS, MINUTES, st.data())
@settings(max_examples=400, deadline=None)
def test_a_time_with_one_other_character_is_refused_or_means_what_python_reads(
    naive: datetime, minutes: int, data: st.DataObject
) -> None:
    text = naive.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes))).isoformat()
    index = data.draw(st.integers(0, len(text) - 1))
    other = (
        text[:index]
        + data.draw(st.sampled_from("0123456789-+:.TtZz W/年：０ \n"))
        + text[index + 1 :]
    )
    try:
        read = parse_time(other)
    except NotATime:
        return
    assert read == datetime.fromisoformat(other)


@given(st.text(max_size=80))
def test_no_text_is_too_strange_to_be_refused(text: str) -> None:
    for parse in (parse_time, parse_date):
        try:
            parse(text)
        except NotATime as why:
            assert str(why)


@given(
    st.from_regex(
        r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?[T ]?[0-9]{1,2}[:：点][0-9]{0,2}.{0,8}"
    )
)
def test_an_offer_can_always_be_typed(text: str) -> None:
    offer = suggest_time(text)
    assert offer is None or parse_time(offer).isoformat() == offer
    day = suggest_date(text)
    assert day is None or parse_date(day) == date.fromisoformat(day)


@given(MOMENTS, MINUTES)
def test_an_offer_keeps_the_moment_where_a_zone_was_written(naive: datetime, minutes: int) -> None:
    moment = naive.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    offer = suggest_time(moment.isoformat().replace("T", " "))
    assert offer is not None
    assert parse_time(offer) == moment
