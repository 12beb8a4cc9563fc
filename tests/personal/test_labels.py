"""The labels agree with themselves; no detector is asked here."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import date

import pytest

from tests.personal.labels import evasions, harmless, real

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
KINDS = {"mobile": 300, "id": 200, "card": 130, "plate": 200}
PLATE = (
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]"
    r"(?:[A-HJ-NP-Z0-9]{5}|[A-HJ-NP-Z0-9]{4}[警学挂领]|[DF][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[DF])"
)


def is_id(text: str) -> bool:
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", text, re.ASCII):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == text[17]


def luhn(text: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(text)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_card(text: str) -> bool:
    return bool(re.fullmatch(r"[456]\d{15,18}", text, re.ASCII)) and luhn(text)


def is_mobile(text: str) -> bool:
    return bool(re.fullmatch(r"1[3-9]\d{9}", text, re.ASCII))


def is_plate(text: str) -> bool:
    return bool(re.fullmatch(PLATE, text))


IS = {"mobile": is_mobile, "id": is_id, "card": is_card, "plate": is_plate}


def in_one_piece(text: str) -> list[str]:
    """Numbers of a person that stand whole in the text, by the definitions and nothing else."""
    text = unicodedata.normalize("NFKC", text)
    runs = re.findall(r"(?<![0-9A-Za-z])[0-9]+[Xx]?(?![0-9A-Za-z])", text)
    found = [run for run in runs if is_mobile(run) or is_id(run.upper()) or is_card(run)]
    return found + re.findall(PLATE, text)


def test_there_are_enough_of_every_kind_and_each_form_is_named() -> None:
    counts = Counter(row["kind"] for row in evasions())
    assert counts.keys() == KINDS.keys()
    assert all(counts[kind] >= least for kind, least in KINDS.items()), counts
    assert len({row["form"] for row in evasions()}) >= 60
    assert sum(row["form"].startswith("plain") for row in evasions()) < len(evasions()) / 4
    assert len(harmless()) >= 2400


def test_the_fields_are_the_ones_described() -> None:
    for row in evasions():
        assert {"kind", "digits", "form", "text"} <= row.keys()
        assert row.keys() <= {"kind", "digits", "form", "text", "hard", "also"}
        assert row.get("hard", True) is True
    for row in harmless():
        assert row.keys() in ({"text"}, {"text", "hard"})
        assert row.get("hard", True) is True


def test_no_text_stands_twice() -> None:
    texts = [row["text"] for row in [*evasions(), *harmless()]]
    assert [text for text, times in Counter(texts).items() if times > 1] == []


def test_every_number_is_right_in_its_kind_and_in_no_other() -> None:
    for row in evasions():
        assert [kind for kind, right in IS.items() if right(row["digits"])] == [row["kind"]], row
        for digits in row.get("also", []):
            assert sum(right(digits) for right in IS.values()) == 1, row


def test_no_number_is_used_twice() -> None:
    numbers = [number for row in evasions() for number in [row["digits"], *row.get("also", [])]]
    assert len(numbers) == len(set(numbers))


def test_a_plain_number_stands_in_the_text_as_it_is_and_an_evasion_does_not() -> None:
    as_it_is = (
        "plain",
        "country code",
        "next to other digits or letters",
        "X as",
        "other X",
        "several numbers",
        "province written out",
    )
    for row in evasions():
        if row["form"].startswith("plain"):
            assert row["digits"] in row["text"], row
        elif not row["form"].startswith(as_it_is):
            assert row["digits"] not in row["text"], row


def test_a_harmless_text_holds_no_whole_number_unless_it_is_marked_as_hard() -> None:
    assert [row for row in harmless() if "hard" not in row and in_one_piece(row["text"])] == []


def test_no_harmless_text_holds_a_number_of_the_evasions() -> None:
    numbers = {row["digits"] for row in evasions()}
    assert [row for row in harmless() if numbers & set(in_one_piece(row["text"]))] == []


def test_the_real_sentences_are_many_and_hold_no_whole_number() -> None:
    sentences = real()
    assert len(sentences) >= 600
    assert len(set(sentences)) == len(sentences)
    assert all(6 <= len(text) <= 160 for text in sentences)
    if found := [text for text in sentences if in_one_piece(text)]:
        pytest.fail(f"{len(found)} of the real sentences hold a number of a person")
