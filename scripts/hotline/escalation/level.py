"""Who is to act: the level of a case's grounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Level(NamedTuple):
    """What a level is called, who is told, and the word that its issues' titles begin with
    (empty where the clock itself has one)."""

    shown: str
    told: str
    word: str = ""


LEVELS: dict[str, Level] = {
    "none": Level("", ""),
    "unit": Level("承办单位", "承办单位"),
    "bureau": Level("行政审批局", "行政审批局（第十九条）", "提请局督办"),
    "county": Level("县人民政府", "县人民政府，由热线管理机构报请（第二十条）", "报请县督办"),
    "accountability": Level(
        "追责线索", "监察机关和主管单位（第二十一条，仅为线索，不是结论）", "追责线索"
    ),
}
"""In rising order. ``none`` asks for no issue."""
_RISING = tuple(LEVELS)
_OF_GROUND = {"E19": "bureau", "E20": "county", "E21": "accountability"}


def level_of(codes: Iterable[str], *, is_due: bool) -> str:
    """The highest level of these grounds; ``unit`` where only a clock is due soon or overdue."""
    found = [_OF_GROUND[code[:3]] for code in codes if code.startswith("E")]
    return max(["unit" if is_due else "none", *found], key=rank)


def rank(level: str) -> int:
    """How high a level is."""
    return _RISING.index(level)
