"""Whoever reads a file only as far as a place finds what the strict reader finds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from hotline.reading import strict_yaml
from hotline.reading.places import Source
from hotline.reading.quick_yaml import values
from hotline.reading.strict_yaml import parse
from hotline.values.node import key_place, place_of
from tests.reading.test_mutations import mutated
from tests.support import ROOT, every

ORDERS = sorted((ROOT / "cases").rglob("*.yaml"))
Path_ = tuple[str | int, ...]


def steps(node: Any, path: Path_ = ()) -> Iterator[Path_]:
    """The path of every node, and beside each one that leads nowhere."""
    yield path
    yield (*path, "no_such_key", 0)
    yield (*path, 99)
    rows = node.items() if isinstance(node, dict) else enumerate(node if type(node) is list else ())
    for step, below in rows:
        yield from steps(below, (*path, step))


def agree(blob: bytes) -> None:
    data, root = values(blob), parse(blob).root
    once = Source(blob, beyond_doubt=True)
    for path in steps(data):
        assert Source(blob, beyond_doubt=True).place(*path) == place_of(root, *path)
        assert once.place(*path) == Source(blob).place(*path) == place_of(root, *path)
        *above, key = path or ("no_such_key",)
        if isinstance(key, str):
            source = Source(blob, beyond_doubt=True)
            there = above if place_of(root, *above) and _is_there(data, above) else []
            assert source.key_place(there, key) == key_place(root, there, key)


def _is_there(data: Any, path: list[str | int]) -> bool:
    try:
        for step in path:
            data = data[step]
    except (KeyError, IndexError, TypeError):
        return False
    return True


@pytest.mark.parametrize("number", every(8, range(len(ORDERS))))
def test_places_of_an_order(number: int) -> None:
    agree(ORDERS[number].read_bytes())


@pytest.mark.parametrize("seed", range(3))
def test_places_of_mutated_files(seed: int) -> None:
    chance, seen = random.Random(seed), 0
    while seen < 4:
        blob = mutated(chance)
        if len(blob) < 3000 and values(blob) is not None:
            agree(blob)
            seen += 1


def test_a_few_places_need_no_strict_reader() -> None:
    blob = ORDERS[0].read_bytes()
    source = Source(blob, beyond_doubt=True)
    with patch.object(strict_yaml, "parse", side_effect=AssertionError):
        places = [source.place("events", n, "type") for n in range(3)]
    assert places == [place_of(parse(blob).root, "events", n, "type") for n in range(3)]


SPELLINGS = [
    "id: A1\n", "id:   A1  \n", 'id: "A1"\nx: 1\n', "x: 1\nid: 'A1'", "\ufeffid: A1\n",
    '"id": A1\n', "{id: A1}\n", "id:\n  A1\n", "id: |-\n  A1\n", "x: 'a\n\nid: A1'\nid: A1\n",
    'x: "a\n\n id: A1"\n"id": A1\n', "id: A1 # x\n", "id: A1\r\nx: 1\r\n", "idx: 1\nid: A1\n",
]  # fmt: skip


@pytest.mark.parametrize("text", SPELLINGS)
def test_the_place_of_a_line(text: str) -> None:
    blob = text.encode()
    assert Source(blob).place_of_line("id", "A1") == place_of(parse(blob).root, "id")


@pytest.mark.parametrize("path", ORDERS[:12], ids=lambda path: path.stem)
def test_the_places_of_the_header(path: Path) -> None:
    blob = path.read_bytes()
    root = parse(blob).root
    for key, value in root.items():
        if isinstance(value, str):
            assert Source(blob).place_of_line(key, value) == place_of(root, key)
