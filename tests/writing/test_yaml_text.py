"""What is dumped is read back the same, and looks as a clerk would write it."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.reading.strict_yaml import parse
from hotline.writing.yaml_text import case_text, event_flow, event_lines, flow, items
from tests.writing.shapes import cases, events, texts

RELAXED = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(text: str) -> Any:
    parsed = parse(text.encode(), max_bytes=1 << 22)
    assert not parsed.faults, (parsed.faults, text)
    return parsed.root


@given(cases())
@RELAXED
def test_a_case_is_read_back(case: dict[str, Any]) -> None:
    assert read(case_text(case)) == case


@given(events(), st.integers(0, 6))
@RELAXED
def test_an_event_is_read_back_as_item_and_in_flow(event: dict[str, Any], indent: int) -> None:
    assert read("\n".join([*event_lines(event, indent), ""])) == [event]
    assert read(f"[{event_flow(event)}]") == [event]


@given(texts())
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_back(text: str) -> None:
    assert read(case_text({"title": text}))["title"] == text
    assert read(case_text({"against": [text, text]}))["against"] == [text, text]
    assert read(case_text({text: "x", "id": "y"}))[text] == "x"


def test_every_short_text_of_awkward_characters() -> None:
    """All of up to three: as a value, in a list on one line, in a block, and as a key."""
    signs = "甲a0 \n\t-+.:?#,[]{}&*!|>'\"%@`~\\=<"
    found = ["".join(chosen) for n in range(1, 4) for chosen in product(signs, repeat=n)]
    for start in range(0, len(found), 3000):
        part = found[start : start + 3000]
        keyed = {f"k{number}": text for number, text in enumerate(part)}
        assert list(read(case_text(keyed)).values())[:-1] == part
        assert read(f"{flow(part)}\n") == part
        assert read("\n".join([*items(part, 0), ""])) == part
        assert list(read(case_text(dict.fromkeys(part, "x"))))[:-1] == part


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@settings(max_examples=200, deadline=None)
def test_hidden_characters_survive_escaped_and_are_found(text: str) -> None:
    parsed = parse(case_text({"title": text}).encode())
    assert parsed.root["title"] == text
    assert {fault.code for fault in parsed.faults} <= {"S004"}


def test_a_corrected_value_of_any_shape() -> None:
    values = [
        None,
        True,
        0,
        -7,
        "",
        "null",
        [],
        {},
        [[1, ["a\nb"]], {"k": [None]}],
        {"a": {"b": "c\n"}},
    ]
    for value in values:
        assert read(case_text({"id": "x", "events": [{"type": "corrected", "value": value}]})) == {
            "id": "x",
            "events": [{"type": "corrected", "value": value}],
        }


@pytest.mark.parametrize("value", [1.5, 10**18, object()])
def test_what_the_reader_cannot_give_back_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        case_text({"id": value})


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("夜间施工噪音", "title: 夜间施工噪音"),
        ("no", "title: no"),
        ("true", 'title: "true"'),
        ("null", 'title: "null"'),
        ("0012", 'title: "0012"'),
        ("12", 'title: "12"'),
        ("2026-10-13", "title: 2026-10-13"),
        ("2026-10-13T09:30:00+08:00", "title: 2026-10-13T09:30:00+08:00"),
        ("028-23001001", 'title: "028-23001001"'),
        ("甲: 乙", 'title: "甲: 乙"'),
        ("甲：乙", "title: 甲：乙"),
        ("甲 #乙", 'title: "甲 #乙"'),
        ("{petitioner.name}反映", 'title: "{petitioner.name}反映"'),
        ('他说"好"', 'title: 他说"好"'),
        ('"好"', "title: '\"好\"'"),
        ("- 甲", 'title: "- 甲"'),
        (" 甲", 'title: " 甲"'),
        ("一行\n两行\n", "title: |\n  一行\n  两行"),
        ("一行\n\n两行", "title: |-\n  一行\n\n  两行"),
        ("一行 \n两行", 'title: "一行 \\n两行"'),
        ("\n一行", 'title: "\\n一行"'),
        ("http://a.b/c?d=e,f", "title: http://a.b/c?d=e,f"),
    ],
)
def test_quotes_stand_only_where_they_must(text: str, line: str) -> None:
    assert case_text({"title": text}) == f"{line}\nevents: []\n"


def test_a_case_looks_like_the_example_of_the_contract() -> None:
    case = {
        "events": [
            {"type": "accepted", "by": "hotline-center", "at": "2026-10-13T09:40:00+08:00"},
            {
                "note": "甲", "basis": "clear", "support": ["tianchi-street"], "lead": "housing-bureau",
                "type": "assigned", "by": "hotline-center", "at": "2026-10-13T09:50:00+08:00",
            },
        ],
        "petitioner": {"confidential": False, "anonymous": False},
        "demand": "{petitioner.name}反映工地夜间施工。\n要求制止。\n",
        "upstream_id": "ZY202610130099",
        "channel": "city_12345",
        "id": "LZ-20261013-0007",
    }  # fmt: skip
    assert case_text(case) == (
        "id: LZ-20261013-0007\n"
        "channel: city_12345\n"
        "upstream_id: ZY202610130099\n"
        "demand: |\n"
        "  {petitioner.name}反映工地夜间施工。\n"
        "  要求制止。\n"
        "petitioner: {confidential: false, anonymous: false}\n"
        "events:\n"
        "  - {at: 2026-10-13T09:40:00+08:00, by: hotline-center, type: accepted}\n"
        "  - at: 2026-10-13T09:50:00+08:00\n"
        "    by: hotline-center\n"
        "    type: assigned\n"
        "    lead: housing-bureau\n"
        "    support: [tianchi-street]\n"
        "    basis: clear\n"
        "    note: 甲\n"
    )
