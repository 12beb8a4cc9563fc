"""What the audit says does not hang on how a file is written.

The same history is audited twice: as drawn, in whatever form YAML allows, and with every version
written anew from its values. Both must be told the same.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hotline.reading.strict_yaml import parse
from tests.history.staging import DAY, HEADER
from tests.history.town import Town, rest_of_registry, units_text
from tests.support import plain

NOW = "2026-11-20T17:00:00+08:00"
ORDERS = 200
OF_A_CASE = {"A001", "A002", "A004", "A005", "A010"}
Hotline = Callable[..., tuple[int, str, str]]


class Scribe:
    """Draws pieces of a list of events; every event is of a second of its own."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.second = 0

    def text(self, pieces: int) -> str:
        kinds = (
            self._flow, self._block, self._scalar, self._scalar, self._usual, self._note, self._between,
            self._between, self._dash, self._order, self._quoted,
        )  # fmt: skip
        return "".join(self.draw.choice(kinds)() for _ in range(pieces))

    def _event(self) -> str:
        self.second += 1
        moment = f"{DAY}11:{self.second // 60:02}:{self.second % 60:02}+08:00"
        by = self.draw.choice(("housing-bureau", "housing-bureau", "tianchi-street"))
        return f"at: {moment}, by: {by}, type: progress"

    def _lines(self, indent: int) -> str:
        return f"\n{' ' * indent}".join(self._event().split(", "))

    def _flow(self) -> str:
        return f"  - {{{self._event()}, text: 甲}}\n"

    def _usual(self) -> str:
        return f"  - {{{self._event()}}}\n"

    def _block(self) -> str:
        return f"  - {self._lines(4)}\n    text: 甲\n"

    def _scalar(self) -> str:
        style = self.draw.choice(("|", "|+", "|-", ">", ">+", ">-"))
        return f"  - {self._lines(4)}\n    text: {style}\n      甲\n"

    def _note(self) -> str:
        return self.draw.choice(("    note: 乙\n", "      续行\n", "      - 丙\n"))

    def _between(self) -> str:
        return self.draw.choice(
            ("\n", "    \n", "  # 注\n", "      # 深处的注\n", "# 顶格的注\n", "\n      # 注\n")
        )

    def _dash(self) -> str:
        gap = self.draw.choice(("\n    ", "    ", " # 注\n    ", "\n\n    "))
        return f"  -{gap}{self._lines(8 if gap == '    ' else 4)}\n".replace(
            "  -    at", "  -     at"
        )

    def _order(self) -> str:
        told = self._event().split(", ")
        self.draw.shuffle(told)
        return f"  - {{{', '.join(told)}}}\n"

    def _quoted(self) -> str:
        return f'  - {{{self._event()}, text: "甲\n  - {{{self._event()}, text: 乙"}}\n'


def values(text: str) -> Any:
    """What a file says; None where it cannot be read."""
    parsed = parse(text.encode())
    root = None if parsed.faults else plain(parsed.root)
    return root if isinstance(root, dict) and isinstance(root.get("events"), list) else None


def story(seed: int) -> list[tuple[str, str]]:
    """Orders as they were and as they became: always with something added at the end."""
    scribe, pairs = Scribe(seed), list[tuple[str, str]]()
    while len(pairs) < ORDERS:
        scribe.second = 0
        old = (
            f"{HEADER}events:\n  - {{{scribe._event()}}}\n{scribe.text(scribe.draw.randint(0, 3))}"
        )
        new = old + scribe.text(scribe.draw.randint(1, 3))
        if values(old) is not None and values(new) is not None:
            pairs.append((old, new))
    return pairs


def anew(text: str) -> str:
    return yaml.safe_dump(values(text), allow_unicode=True, sort_keys=False, width=10_000)


def told(hotline: Hotline, root: Path, write: Callable[[str], str], seed: int) -> set[Any]:
    town = Town(root)
    first = {**rest_of_registry(), "registry/units.yaml": units_text()}
    town.commit(first, by="center", at="2026-10-12T09:00")
    commits = []
    for time, side in (("11:50", 0), ("11:55", 1)):
        files = {
            f"cases/2026/10/LZ-20261013-{number:04}.yaml": write(
                pair[side].replace("LZ-20261013-0007", f"LZ-20261013-{number:04}")
            )
            for number, pair in enumerate(story(seed))
        }
        commits.append(town.commit(files, by="housing", at=DAY + time))
    town.lay_out()
    given = ("--repo", str(root), "--now", NOW, "--format", "json", "--no-cache")
    code, out, err = hotline("audit", *given)
    assert code in (0, 1), err
    return {
        (f["code"], commits.index(f["commit"]), f["case"], f["message"])
        for f in json.loads(out)["findings"] if f["code"] in OF_A_CASE
    }  # fmt: skip


SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 40))]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_form_hides_anything(seed: int, tmp_path: Path, hotline: Hotline) -> None:
    drawn = told(hotline, tmp_path / "drawn", str, seed)
    written = told(hotline, tmp_path / "written", anew, seed)
    assert written - drawn == set(), "so, but not told"


@pytest.mark.parametrize("seed", SEEDS)
def test_no_form_makes_anything_up(seed: int, tmp_path: Path, hotline: Hotline) -> None:
    drawn = told(hotline, tmp_path / "drawn", str, seed)
    written = told(hotline, tmp_path / "written", anew, seed)
    assert drawn - written == set(), "told, but not so"


def test_the_stories_tell_of_something(tmp_path: Path, hotline: Hotline) -> None:
    found = told(hotline, tmp_path / "town", anew, 0)
    assert {(code, commit) for code, commit, *_ in found} == {("A004", 0), ("A004", 1), ("A001", 1)}
