"""The labelled texts of this folder, read once (see ``README.md``)."""

from __future__ import annotations

import csv
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook

from tests.support import REAL

FOLDER = Path(__file__).parent
SHEET = "22de41d463ef5c3f673805cfdfbc395a9912a291c7e4860f556e2c88314ecbd9"
"""SHA-256 over the fields that ``real.csv`` points into: another sheet has other places."""
FIELDS = ("留言主题", "留言详情", "答复意见")


def rows(name: str) -> list[dict[str, Any]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        found: list[dict[str, Any]] = yaml.load(file, yaml.CSafeLoader)
    return found


@cache
def evasions() -> list[dict[str, Any]]:
    return rows("evasions.yaml")


@cache
def harmless() -> list[dict[str, Any]]:
    return rows("harmless.yaml")


@cache
def real() -> list[str]:
    """The harmless sentences of real messages and replies that ``real.csv`` points to."""
    if not REAL.is_file():
        pytest.skip(f"no sheet of real messages at {REAL}: set HOTLINE_REAL_MESSAGES")
    book = load_workbook(REAL, read_only=True)
    titles, *lines = book.active.iter_rows(values_only=True)
    book.close()
    places = [titles.index(name) for name in ("留言编号", *FIELDS)]
    digest, texts = sha256(), {}
    for line in lines:
        number, *fields = (str(line[place] or "") for place in places)
        digest.update("\x1f".join([number, *fields]).encode() + b"\x1e")
        texts[number] = dict(zip(FIELDS, fields, strict=True))
    if digest.hexdigest() != SHEET:
        pytest.skip(f"{REAL} is not the sheet that real.csv points into")
    with (FOLDER / "real.csv").open(encoding="utf-8", newline="") as file:
        return [
            texts[row["id"]][row["column"]][int(row["start"]) : int(row["end"])]
            for row in csv.DictReader(file)
        ]
