"""The rules about words against hand-labelled real replies (see ``LABELS.md``).

The labels are kept here, the replies are not: they belong to the people who wrote them, and
are read from the published sheet where it lies beside the project.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any

import pytest
from openpyxl import load_workbook

from hotline.rules.wording import attachment, masking, perfunctory, vague
from hotline.rules.wording.measured import FIGURES, UNSEEN, Figures
from tests.support import REAL, ROOT

FINDERS: dict[str, Callable[[str], Any]] = {
    "R004": masking.find,
    "R005": vague.find,
    "R008": attachment.find,
    "R014": perfunctory.find,
}
FOLDER = ROOT / "tests" / "replies"
PRECISION, RECALL = 0.95, 0.90


@cache
def replies() -> dict[str, str]:
    """留言编号 → 答复意见."""
    if not REAL.is_file():
        pytest.skip(f"no sheet of real messages at {REAL}: set HOTLINE_REAL_MESSAGES")
    book = load_workbook(REAL, read_only=True)
    titles, *rows = book.active.iter_rows(values_only=True)
    book.close()
    number, answer = titles.index("留言编号"), titles.index("答复意见")
    return {str(row[number]): str(row[answer] or "") for row in rows}


@cache
def labels(name: str = "labels.csv") -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def figures(code: str, rows: list[dict[str, str]]) -> Figures:
    counts = {"hits": 0, "false_alarms": 0, "misses": 0, "clean": 0}
    for row in rows:
        found, is_breach = bool(FINDERS[code](replies()[row["id"]])), row[code] == "1"
        names = {(True, True): "hits", (True, False): "false_alarms", (False, True): "misses"}
        counts[names.get((found, is_breach), "clean")] += 1
    return Figures(**counts)


def test_the_sample_is_large_enough_and_half_of_it_was_held_back() -> None:
    assert len(labels()) >= 150
    assert {row["half"] for row in labels()} == {"dev", "held"}


@pytest.mark.parametrize("half", ["dev", "held"])
@pytest.mark.parametrize("code", list(FINDERS))
def test_the_figures_on_the_rule_page_are_what_is_measured(code: str, half: str) -> None:
    rows = [row for row in labels() if row["half"] == half]
    assert figures(code, rows) == FIGURES[code][half]


def test_what_nobody_has_looked_at_is_told_apart() -> None:
    """The replies of the held half whose id has an odd hash stayed closed to the end."""
    held = [row for row in labels() if row["half"] == "held"]
    closed = [row for row in held if sha256(row["id"].encode()).digest()[-1] % 2]
    assert figures("R014", closed) == UNSEEN


@pytest.mark.parametrize("code", list(FINDERS))
def test_a_rule_is_right_often_enough(code: str) -> None:
    found = figures(code, labels())
    assert found.precision is None or found.precision >= PRECISION, found
    assert found.recall is None or found.recall >= RECALL, found


@pytest.mark.parametrize("code", list(FINDERS))
def test_a_second_labeller_agrees(code: str) -> None:
    second = {row["id"]: row for row in labels("second.csv")}
    differing = [row["id"] for row in labels() if row[code] != second[row["id"]][code]]
    assert len(differing) <= 1
