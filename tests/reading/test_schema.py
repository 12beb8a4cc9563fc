"""The schema: two validators of one mind, and words exactly where the data does not fit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from hotline.procedure.lifecycle import TABLE, EventType, Field
from hotline.reading.schema import Schema, _is_date, _is_time
from hotline.reading.strict_yaml import parse
from hotline.values.node import key_place, place_of
from tests.corpus import CLEAN, RICH, broken
from tests.reading.conftest import Find
from tests.support import ROOT, schema

ROWS = [row for row in broken() if len(row.blob) < 50_000]
CASES = sorted((ROOT / "cases").rglob("*.yaml"))
CHOICES = [(row, field) for row in TABLE.values() for field in row.fields if field.kind == "choice"]


@pytest.fixture(scope="module")
def plain() -> Draft202012Validator:
    """``jsonschema`` as it is, without what the product passes over for speed."""
    checker = FormatChecker(formats=())
    checker.checks("date-time")(_is_time)
    checker.checks("date")(_is_date)
    return Draft202012Validator(schema().document, format_checker=checker)


def agree(data: Any, plain: Draft202012Validator) -> None:
    fits = schema().fits(data)
    # The separators 1C to 1F and 85 are blank to Python alone, the byte order mark to the other
    # alone; S004 refuses them before.
    if not re.search(r"\\u001[c-f]|\\u0085|\\ufeff", json.dumps(data)):
        assert plain.is_valid(data) == fits
    assert bool(schema().explain(data)) == (not fits)


# --- of one mind -------------------------------------------------------------------------------


def test_the_schema_is_a_schema() -> None:
    for path in sorted((ROOT / "schema").glob("*.schema.json")):
        Draft202012Validator.check_schema(json.loads(path.read_bytes()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_both_validators_agree_on_a_broken_file(row: Any, plain: Draft202012Validator) -> None:
    agree(parse(row.blob).root, plain)


def test_both_validators_agree_on_every_case_of_the_repository(plain: Draft202012Validator) -> None:
    assert CASES
    for path in CASES:
        agree(parse(path.read_bytes()).root, plain)


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**18), 10**18), st.text(max_size=12),
    st.sampled_from(["", " ", "\n", "housing-bureau\n", "LZ-20261013-0007\n", "2026-10-13", "2026-10-13T09:30:00Z",
                     "true", "0a1b2c3d", "clear", "precedent", "\x1c", "\x85", "\u2028", "\ufeff", "\xa0", "\u180e"]),
    st.lists(st.sampled_from([1, True, "a", "a\n", {}, [], None, 1]), max_size=3),
    st.dictionaries(st.sampled_from(["law", "due_on", "method", "at", "x"]), st.sampled_from(["a", None, "2026-10-13"])),
)  # fmt: skip


def _spots(node: Any) -> Iterator[tuple[Any, Any]]:
    """(container, key or index) of everything in a tree."""
    for key in (
        list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    ):
        yield node, key
        yield from _spots(node[key])


@given(st.data())
@settings(max_examples=250, deadline=None)
def test_both_validators_agree_on_any_change_of_a_rich_case(data: st.DataObject) -> None:
    root = parse(RICH.encode()).root
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(list(_spots(root))))
        change = data.draw(st.sampled_from(["drop", "add", "put"]))
        if change == "drop" and key in container:
            del container[key]
        elif change == "add" and isinstance(container, dict):
            container[data.draw(st.sampled_from(["note", "days", "statutory", "x", "event"]))] = (
                data.draw(VALUES)
            )
        else:
            container[key] = data.draw(VALUES)
    checker = FormatChecker(formats=())
    checker.checks("date-time")(_is_time)
    checker.checks("date")(_is_date)
    agree(root, Draft202012Validator(schema().document, format_checker=checker))


def test_words_are_never_lacking_where_the_deciding_validator_refuses() -> None:
    class Silent(Schema):
        def explain(self, data: Any, places: Any = None) -> list[Any]:
            return []

    faults = Silent(json.dumps({"type": "object"}).encode()).faults([])
    assert [fault.message for fault in faults] == ["内容不合字段规定，请对照 schema/ 检查"]


# --- each event of the lifecycle -----------------------------------------------------------------


def _indexes() -> dict[str, int]:
    return {
        event["type"]: number for number, event in enumerate(parse(RICH.encode()).root["events"])
    }


INDEX = _indexes()


def test_the_rich_case_holds_every_event_and_fits(find: Find) -> None:
    assert list(INDEX) == list(TABLE)
    assert schema().fits(parse(RICH.encode()).root)
    assert find(RICH) == []


def _required() -> list[tuple[str, str]]:
    always = [(name, key) for name in TABLE for key in ("at", "by", "type")]
    return always + [
        (row.name, field.name) for row in TABLE.values() for field in row.fields if field.required
    ]


def without(type_: str, key: str) -> str:
    """The rich case, one key of one event left out (the key's lines blanked, so that places stay)."""
    lines = RICH.split("\n")
    event = parse(RICH.encode()).root["events"][INDEX[type_]]
    place = event.marks[key][0]
    if key == "at":  # it shares its line with the dash
        del lines[place.line - 1]
        lines[place.line - 1] = "  - " + lines[place.line - 1][4:]
        return "\n".join(lines)
    end = place.line
    while end < len(lines) and lines[end].startswith(" " * place.column):
        end += 1
    lines[place.line - 1 : end] = [""] * (end - place.line + 1)
    return "\n".join(lines)


@pytest.mark.parametrize(("type_", "key"), _required(), ids=lambda part: part)
def test_a_missing_field_is_one_fault_at_its_event(type_: str, key: str, find: Find, fair) -> None:
    text = without(type_, key)
    found = find(text)
    event = parse(RICH.encode()).root["events"][INDEX[type_]]
    assert [(f.code, *f.place) for f in found] == [("S010", *event.place)]
    field = next((field for field in TABLE[type_].fields if field.name == key), None)
    title = field.title if field else {"at": "发生时间", "by": "记录单位", "type": "事件类型"}[key]
    assert f"第 {INDEX[type_] + 1} 个事件缺少必填的 {key}（{title}）" in found[0].message
    fair(found[0], text.encode())


@pytest.mark.parametrize("type_", TABLE)
def test_a_field_that_an_event_may_lack_may_be_lacking(type_: str, find: Find) -> None:
    event = parse(RICH.encode()).root["events"][INDEX[type_]]
    asked = _EITHER.get(type_, ())
    optional = [field.name for field in TABLE[type_].fields if not field.required]
    for key in [*optional, "note"]:
        if key in event and key not in asked:
            assert find(without(type_, key)) == [], key


_EITHER = {
    "extension_requested": ("days", "statutory"),
    "corrected": ("event", "header"),
    "callback": ("process", "result"),
    "reclassified": ("kind", "urgency", "category"),
}
"""Of these the event needs one, or all where something else is so; they have tests of their own."""


def _changed(type_: str, key: str, value: str) -> str:
    event = parse(RICH.encode()).root["events"][INDEX[type_]]
    place = event.marks[key][1]
    lines = RICH.split("\n")
    lines[place.line - 1] = lines[place.line - 1][: place.column - 1] + value
    return "\n".join(lines)


@pytest.mark.parametrize(("row", "field"), CHOICES, ids=lambda part: part.name)
def test_a_choice_written_wrongly_gets_the_nearest_or_all(
    row: EventType, field: Field, find: Find
) -> None:
    if field.name not in parse(RICH.encode()).root["events"][INDEX[row.name]]:
        return
    for value, title in field.choices:
        for written in (f"{value}{value[-1]}", value.upper() + "X", title):
            found = find(_changed(row.name, field.name, json.dumps(written, ensure_ascii=False)))
            assert [f.code for f in found] == ["S010"]
            assert f"是不是想写 {value}？" in found[0].message, (written, found[0].message)
    found = find(_changed(row.name, field.name, "甲乙丙"))
    assert [f.code for f in found] == ["S010"]
    for value, title in field.choices:
        assert f"{value}（{title}）" in found[0].message


def _simple_fields() -> list[tuple[str, str]]:
    """(event type, key) of all that stands on one line of the rich case."""
    events = parse(RICH.encode()).root["events"]
    return [
        (event["type"], key)
        for event in events
        for key, value in event.items()
        if not isinstance(value, dict)
    ]


@pytest.mark.parametrize(("type_", "key"), _simple_fields(), ids=lambda part: part)
def test_a_value_of_another_type_is_one_fault_at_its_place(
    type_: str, key: str, find: Find, fair
) -> None:
    event = parse(RICH.encode()).root["events"][INDEX[type_]]
    if (type_, key) == ("corrected", "value"):
        return
    wrong = ["{甲: 乙}", "~", "3.5e1"]
    if not isinstance(event[key], str):
        wrong += ["甲乙", '"13881234567"']
    if not isinstance(event[key], list):
        wrong.append("[甲]")
    if isinstance(event[key], str):
        wrong = [value for value in wrong if value != "3.5e1"] + ["3", "true", "''"]
    for value in wrong:
        text = _changed(type_, key, value)
        if value == "''" and _may_be_empty(type_, key):
            continue
        found = find(text)
        assert [(f.code, *f.place) for f in found] == [("S010", *event.marks[key][1])], (
            value,
            found,
        )
        assert f"第 {INDEX[type_] + 1} 个事件的 {key} " in found[0].message
        assert "13881234567" not in repr(found)
        fair(found[0], text.encode())


def _may_be_empty(type_: str, key: str) -> bool:
    """Fields that a rule of its own asks for, and notes: the schema lets them stand empty."""
    field = schema().document["$defs"][type_]["properties"][key]
    return (
        "pattern" not in field
        and "enum" not in field
        and "const" not in field
        and "format" not in field
    )


def _mappings() -> list[tuple[str | int, ...]]:
    root = parse(RICH.encode()).root
    paths: list[tuple[str | int, ...]] = [(), ("petitioner",), ("sealed",), ("sealed", "person")]
    for number, event in enumerate(root["events"]):
        paths.append(("events", number))
        paths += [
            ("events", number, key) for key, value in event.items() if isinstance(value, dict)
        ]
    return paths


@pytest.mark.parametrize("path", _mappings(), ids=str)
def test_a_key_too_many_is_one_fault_at_the_key(path: tuple[str | int, ...]) -> None:
    root = parse(RICH.encode()).root
    node = root
    for step in path:
        node = node[step]
    node["zzz"] = 1
    node.marks["zzz"] = (place_of(node), place_of(node))
    faults = schema().faults(root)
    assert len(faults) == 1
    assert faults[0].place == key_place(root, path, "zzz")


def test_two_missing_keys_of_one_event_are_told_apart(find: Find) -> None:
    found = find(
        CLEAN.replace("    basis: clear\n", "").replace("    support: [tianchi-street]\n", "")
    )
    assert len({finding.fingerprint for finding in found}) == len(found) == 2


def test_the_order_of_events_does_not_change_a_fault_s_words_but_its_number(find: Find) -> None:
    first = find(CLEAN.replace("basis: clear", "basis: claer"))[0]
    assert first.message == "第 2 个事件的 basis 没有这个取值，是不是想写 clear？"


TIMES = st.one_of(
    st.from_regex(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]\+08:00", fullmatch=True),
    st.from_regex(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}", fullmatch=True),
    st.sampled_from([
        "2026-02-29T09:30:00+08:00", "2028-02-29T09:30:00+08:00", "2026-04-31T09:30:00+08:00",
        "2026-10-13T24:00:00+08:00", "2026-10-13T09:30:60+08:00", "2026-10-13T09:30:00+08:00\n",
        "２０26-10-13T09:30:00+08:00", "2100-12-31T23:59:59+08:00", "2026-10-13T09:30:00Z",
    ]),
)  # fmt: skip


@given(time=TIMES)
@settings(max_examples=1500, deadline=None)
def test_what_is_usual_is_right(time: str) -> None:
    """The cheap schema lets no time through that the other would not."""
    data: Any = json.loads(json.dumps(parse(CLEAN.encode()).root))
    data["dispatched_at"] = time
    data["events"][0]["at"] = time
    cheap, whole = schema()._usual(data), schema()._fast(data)
    assert whole or not cheap
    assert schema().fits(data) == whole
