"""YAML mappings and lists that remember where each entry stands.

They are plain ``dict`` and ``list`` to every reader (a JSON Schema validator,
``json.dumps``) and carry the source places beside the data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple


class Place(NamedTuple):
    """A line and a column of a file, both counted from 1, columns in characters."""

    line: int
    column: int


START = Place(1, 1)


class Mapping(dict[str, Any]):
    """A YAML mapping; ``marks`` holds (key place, value place) of each key."""

    __slots__ = ("marks", "place")

    def __init__(self, place: Place = START) -> None:
        super().__init__()
        self.place = place
        self.marks: dict[str, tuple[Place, Place]] = {}

    def copy(self) -> Mapping:
        """A shallow copy that keeps its places."""
        other = Mapping(self.place)
        other.update(self)
        other.marks = self.marks
        return other


class Items(list[Any]):
    """A YAML sequence; ``marks`` holds the place of each item."""

    __slots__ = ("marks", "place")

    def __init__(self, place: Place = START) -> None:
        super().__init__()
        self.place = place
        self.marks: list[Place] = []


def place_of(node: Any, *path: str | int) -> Place:
    """The place of the value at ``path`` below ``node``.

    Where a step does not exist the place of the last existing one is given, so
    that a missing key is reported at the mapping that lacks it.
    """
    place = node.place if isinstance(node, Mapping | Items) else START
    for step in path:
        if isinstance(node, Mapping) and step in node.marks:
            place = node.marks[str(step)][1]
            node = node[str(step)]
        elif isinstance(node, Items) and isinstance(step, int) and step < len(node.marks):
            place = node.marks[step]
            node = node[step]
        else:
            break
    return place


def key_place(node: Any, path: Sequence[str | int], key: str) -> Place:
    """The place of the key itself (not of its value) in the mapping at ``path``."""
    for step in path:
        node = node[step]
    if isinstance(node, Mapping) and key in node.marks:
        return node.marks[key][0]
    return place_of(node)


def walk(
    node: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every scalar below ``node`` with its path, in the order of the file."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from walk(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, (*path, index))
    else:
        yield path, node
