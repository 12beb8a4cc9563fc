"""One event more: the old bytes stay, in order and whole, and the new event is read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.reading.strict_yaml import parse
from hotline.writing.append import CannotAppend, append, position
from hotline.writing.yaml_text import case_text
from tests.writing.shapes import cases, events

SIGNED = {"at": "2026-10-13T10:20:00+08:00", "by": "housing-bureau", "type": "signed"}
LATER = {
    "at": "2026-10-14T10:20:00+08:00",
    "by": "housing-bureau",
    "type": "progress",
    "text": "甲",
}


def root(blob: bytes) -> Any:
    return parse(blob, max_bytes=1 << 22).root


def added(text: str | bytes, event: dict[str, Any] = LATER) -> bytes:
    blob = text.encode() if isinstance(text, str) else text
    return append(blob, event, root).blob


def is_insertion(old: bytes, new: bytes) -> bool:
    """Whether ``new`` is ``old`` with bytes put in at one place."""
    head = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old))
    return new.endswith(old[head:]) and len(new) > len(old)


# --- formats that people and programs write --------------------------------------------


def by_hand(case: dict[str, Any]) -> str:
    return case_text(case)


def unindented(case: dict[str, Any]) -> str:
    return str(yaml.safe_dump(case, allow_unicode=True, sort_keys=False, width=60))


def quoted(case: dict[str, Any]) -> str:
    return str(yaml.safe_dump(case, allow_unicode=True, default_style='"', width=1000))


def folded(case: dict[str, Any]) -> str:
    return str(yaml.safe_dump(case, allow_unicode=True, default_style="|", indent=4))


def in_flow(case: dict[str, Any]) -> str:
    return str(yaml.safe_dump(case, allow_unicode=True, default_flow_style=True, width=80))


def as_json(case: dict[str, Any]) -> str:
    return json.dumps(case, ensure_ascii=False, indent=2)


def flow_events(case: dict[str, Any]) -> str:
    head = case_text({**case, "events": []}).removesuffix("events: []\n")
    return head + f"events: {json.dumps(case['events'], ensure_ascii=False)}  # 完\n"


def commented(case: dict[str, Any]) -> str:
    text = re.sub(r"(?m)^  - ", "  # 一件事\n\n  - ", case_text(case))
    return f"# 抬头\n---\n{text}  # 末尾\n\n# 完\n"


def events_first(case: dict[str, Any]) -> str:
    text = case_text(case)
    at = text.index("\nevents:") + 1
    return text[at:] + "\n# 其他\n" + text[:at]


FORMATS = [
    by_hand, unindented, quoted, folded, in_flow, as_json, flow_events, commented, events_first,
]  # fmt: skip


@given(cases(), events(), st.sampled_from(FORMATS), st.booleans(), st.booleans(), st.booleans())
@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_only_the_added_lines_are_touched(
    case: dict[str, Any], event: dict[str, Any], write: Any, crlf: bool, bom: bool, cut: bool
) -> None:
    text = write(case)
    if crlf:
        text = text.replace("\n", "\r\n")
    if cut:
        text = text.rstrip("\r\n")
    old = (b"\xef\xbb\xbf" if bom else b"") + text.encode("utf-8", "surrogatepass")
    before = root(old)
    if before is None or before.get("events") is None:
        return  # PyYAML's own reading differs from ours in corners (a raw tab, a lone CR)
    new, index = append(old, event, root)
    after = root(new)
    assert after["events"] == [*before["events"][:index], event, *before["events"][index:]]
    assert {**after, "events": 0} == {**before, "events": 0}
    assert any(is_insertion(kept, new) for kept in what_must_stay(old)), (old, new)
    if crlf and b"\r\n" in old:
        assert new.count(b"\r\n") == new.count(b"\n")


def what_must_stay(old: bytes) -> Iterator[bytes]:
    """The old bytes; without their flow sequence, where it became a block; or with the
    last block scalar told to end as it did, where the file ended in it."""
    yield old
    if found := re.search(
        rb'(?ms)^(?:\xef\xbb\xbf)?"?events"?:( *\[.*\])( *(?:#[^\r\n]*)?\r?$.*)', old
    ):
        yield old[: found.start(1)] + found[2]
    if not old.endswith(b"\n"):
        for found in re.finditer(rb"(?m)([|>])([1-9]?)\+?(?=\r?$)", old):
            yield old[: found.start()] + found[1] + found[2] + b"-" + old[found.end() :]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: x\nevents: []\n", "id: x\nevents:\n  - LATER\n"),
        ("id: x\nevents: []", "id: x\nevents:\n  - LATER\n"),
        ("events: []  # 还没有\nid: x\n", "events:  # 还没有\n  - LATER\nid: x\n"),
        ("events:\n  []\nid: x\n", "events:\n  - LATER\nid: x\n"),
        ("id: x\r\nevents: [ ]\r\n", "id: x\r\nevents:\r\n  - LATER\r\n"),
        ("{id: x, events: []}\n", "{id: x, events: [LATER]}\n"),
        ('{\n "events": [\n  SIGNED\n ]\n}\n', '{\n "events": [\n  SIGNED,\n  LATER\n ]\n}\n'),
        ("events: [SIGNED]\nid: x\n", "events:\n  - SIGNED\n  - LATER\nid: x\n"),
        ("events: [\n  SIGNED, # 签\n]\n", "events: [\n  SIGNED,\n  LATER, # 签\n]\n"),
        ("events:\n- SIGNED\nid: x\n", "events:\n- SIGNED\n- LATER\nid: x\n"),
        ("events:\n    - SIGNED # 签\n\n# 完", "events:\n    - SIGNED # 签\n    - LATER\n\n# 完"),
        ("events:\n  - SIGNED", "events:\n  - SIGNED\n  - LATER\n"),
        (
            "events:\n  - type: urged\n    text: |\n      甲\n\n\nid: x\n",
            "events:\n  - type: urged\n    text: |\n      甲\n  - LATER\n\n\nid: x\n",
        ),
        (
            "events:\n  - text: |+\n      甲\n\nid: x\n",
            "events:\n  - text: |+\n      甲\n\n  - LATER\nid: x\n",
        ),
        ("events:\n  - text: |\n      甲", "events:\n  - text: |-\n      甲\n  - LATER\n"),
        ("events:\n  - text: >2+\n      甲", "events:\n  - text: >2-\n      甲\n  - LATER\n"),
        ("? events\n: - SIGNED\n", "? events\n: - SIGNED\n  - LATER\n"),
    ],
)  # fmt: skip
def test_by_example(old: str, new: str) -> None:
    signed = "{at: 2026-10-13T10:20:00+08:00, by: housing-bureau, type: signed}"
    later = "{at: 2026-10-14T10:20:00+08:00, by: housing-bureau, type: progress, text: 甲}"
    old, new = (text.replace("SIGNED", signed).replace("LATER", later) for text in (old, new))
    assert added(old).decode() == new


def test_it_stands_where_its_time_belongs() -> None:
    text = case_text({"id": "x", "events": [SIGNED, LATER]})
    between = {**LATER, "at": "2026-10-13T12:00:00+08:00"}
    earlier = {**SIGNED, "at": "2026-10-13T01:00:00Z", "type": "accepted"}
    assert root(added(text, between))["events"] == [SIGNED, between, LATER]
    assert root(added(text, earlier))["events"] == [earlier, SIGNED, LATER]
    assert is_insertion(text.encode(), added(text, earlier))


def test_at_the_same_time_the_table_rules_then_the_id() -> None:
    closed = {**SIGNED, "type": "closed", "ground": "satisfied"}
    archived = {**SIGNED, "type": "archived"}
    assert position([archived], closed) == 0
    assert position([closed], archived) == 1
    twice = [{**LATER, "text": text} for text in "甲乙"]
    assert {position([twice[0]], twice[1]), position([twice[1]], twice[0])} == {0, 1}


def test_events_out_of_order_or_unreadable_are_left_where_they_are() -> None:
    broken: list[Any] = [{"at": 5}, {"at": ["x"], "type": "signed"}, "text", LATER, SIGNED]
    assert position(broken, {**SIGNED, "at": "2026-10-13T12:00:00+08:00"}) == 5
    text = "events:\n  - 5\n  - [a]\n  - {at: soon}\n"
    assert added(text).decode() == text + "  - " + case_text({"events": [LATER]}).split("- ")[1]


@pytest.mark.parametrize(
    "text",
    ["", "- a\n", "id: x\n", "events:\n", "events: 5\n", "events: {a: b}\n", "events: [",
     "id: &a x\nevents:\n  - &b {text: [甲]}\n  - *b\n", "\x00"],
)  # fmt: skip
def test_what_cannot_be_added_to_is_refused(text: str) -> None:
    with pytest.raises(CannotAppend):
        added(text)


def test_a_file_in_another_encoding_is_refused() -> None:
    with pytest.raises(CannotAppend):
        append("events: [] # 甲".encode("gbk"), LATER, lambda _: {"events": []})


def test_a_parser_that_reads_otherwise_stops_it() -> None:
    with pytest.raises(CannotAppend, match="少见"):
        append(b"events: []\n", LATER, lambda blob: {"events": []})


@pytest.mark.parametrize("separator", ["\x85", "\u2028"])
def test_unicode_line_ends_do_not_shift_it(separator: str) -> None:
    text = f"title: 甲{separator}乙\nevents:\n  - {{at: 2026-10-13T10:20:00+08:00, type: urged}}\n"
    assert is_insertion(text.encode(), added(text))
