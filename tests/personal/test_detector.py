"""P001 on texts that were labelled by somebody who had not seen its patterns (README.md here).

Rows marked hard, that few readers would see through or that only their context clears, are told
apart: of those the detector finds what it finds, and no figure is claimed.
"""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.findings.engine import Engine
from hotline.rules.wording import personal
from tests.corpus import CLEAN, NOW, PATH
from tests.personal import labels
from tests.support import at, schema, shipped_rules

RECALL, FALSE_ALARMS = 0.99, 0.005


def test_it_finds_nearly_all() -> None:
    rows = [row for row in labels.evasions() if not row.get("hard")]
    missed = [row["text"] for row in rows if not _kinds(row["text"]) & {row["kind"]}]
    assert len(rows) >= 500
    assert len(missed) <= (1 - RECALL) * len(rows), missed


def test_of_plain_numbers_it_misses_none() -> None:
    rows = [row for row in labels.evasions() if row["form"].startswith("plain")]
    assert len(rows) > 100
    for row in rows:
        assert row["digits"] in {hit.plain for hit in personal.found(row["text"])}, row


def test_it_seldom_cries_wolf() -> None:
    rows = [row["text"] for row in labels.harmless() if not row.get("hard")]
    alarms = [text for text in rows if personal.found(text)]
    assert len(rows) >= 2000
    assert len(alarms) <= FALSE_ALARMS * len(rows), alarms


def test_nor_in_real_messages_and_replies() -> None:
    texts = labels.real()
    assert [text for text in texts if personal.found(text)] == []


def _kinds(text: str) -> set[str]:
    return {hit.kind for hit in personal.found(text)}


def test_the_first_look_never_hides_anything() -> None:
    """Texts of a whole order are looked at together first."""
    rows = labels.evasions()
    for row in rows:
        if personal.found(row["text"]):
            joined = personal.JOIN.join(["前文。", row["text"], "后文。"])
            assert personal.may_hold(joined), row["text"]


def test_two_texts_side_by_side_make_no_number() -> None:
    assert not personal.may_hold(personal.JOIN.join(["尾号138812", "34567"]))


@given(st.integers(0, 2**32))
def test_a_number_is_found_wherever_it_stands(seed: int) -> None:
    draw = random.Random(seed)
    number = "1" + draw.choice("3456789") + "".join(draw.choices("0123456789", k=9))
    before, after = draw.choices(["", "电话", "您好，", "（", "No.", "，2026年8月3日", "x"], k=2)
    if before[-1:] == "x":
        before = "看"
    text = before + number + after
    (hit,) = personal.found(text)
    assert (hit.kind, hit.plain) == ("mobile", number)
    assert text[hit.start : hit.end] == number


def test_numbers_of_offices_may_stand() -> None:
    text = "经办人电话 138-8123-4567，诉求人 13981234568"
    assert [hit.plain for hit in personal.found(text, {"13881234567"})] == ["13981234568"]


@pytest.mark.parametrize("piece", ["1", "1 ", "一", "川A", "138 ", "1-2-3-", "<b>", "I", "·", "６"])
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    begun = time.process_time()
    personal.may_hold(text)
    personal.found(text)
    assert time.process_time() - begun < 5


@pytest.fixture(scope="module")
def all_rules() -> Engine:
    return Engine(shipped_rules(), schema(), at(NOW))


@pytest.mark.parametrize(
    "spoiled",
    [
        {"demand: |\n": "more: x\ndemand: |\n  电话 13881234567。\n"},
        {"demand: |\n": 'demand: "电话 13881234567\n'},
        {"events:": "more: [1388123, 4567, '138 8123 4567']\nevents:"},
    ],
)
def test_a_file_that_is_no_case_is_looked_at_too(
    spoiled: dict[str, str], all_rules: Engine
) -> None:
    text = CLEAN
    for old, new in spoiled.items():
        assert old in text
        text = text.replace(old, new, 1)
    found = all_rules.judge(PATH, text.encode()).findings
    codes = {finding.code for finding in found}
    assert "P001" in codes
    assert codes & {"S001", "S010"}
    assert not any("13881234567" in finding.message for finding in found)


def test_phones_of_offices_in_such_a_file_are_let_be(all_rules: Engine) -> None:
    text = CLEAN.replace(
        "events:", 'x: "\nhandler_phone: 13881234567\nupstream_id: 13881234567\nevents:'
    )
    assert "P001" not in {f.code for f in all_rules.judge(PATH, text.encode()).findings}


@pytest.mark.parametrize(
    "line",
    [
        "2026-10-13T09:30:00+08:00 13881234567",
        "13881234567，2026-10-13T09:30:00+08:00",
        "[2026-10-13T09:30:00+08:00,13881234567]",
    ],
)
def test_a_number_beside_a_time_in_such_a_file_is_seen(line: str, all_rules: Engine) -> None:
    text = CLEAN.replace("events:", f"more: {line}\nevents:")
    assert "P001" in {f.code for f in all_rules.judge(PATH, text.encode()).findings}
