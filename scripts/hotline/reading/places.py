"""Where things stand in a file whose values were read without places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from hotline.values.node import Place, key_place, place_of

_MANY = 3
"""So many places are looked for by themselves; for more the file is read again, with all."""


class Places(Protocol):
    """Tells where values and keys stand."""

    def place(self, *path: str | int) -> Place: ...

    def key_place(self, path: Sequence[str | int], key: str) -> Place: ...


class Marked:
    """Data that carry their places."""

    def __init__(self, root: Any) -> None:
        self._root = root

    def place(self, *path: str | int) -> Place:
        return place_of(self._root, *path)

    def key_place(self, path: Sequence[str | int], key: str) -> Place:
        return key_place(self._root, path, key)


class Source:
    """A file that is read again when a place is first asked for: as far as that place, where the
    file is ``beyond_doubt``, else strictly and as a whole."""

    __slots__ = ("_asked", "_blob", "_marked")

    def __init__(self, blob: bytes, *, beyond_doubt: bool = False) -> None:
        self._blob = blob
        self._marked: Marked | None = None
        self._asked = 0 if beyond_doubt else _MANY

    def place(self, *path: str | int) -> Place:
        """As :func:`hotline.values.node.place_of` from the file's root."""
        if (looked := self._look(path)) is not None:
            return looked[1]
        return self._read().place(*path)

    def key_place(self, path: Sequence[str | int], key: str) -> Place:
        """As :func:`hotline.values.node.key_place` from the file's root."""
        if (looked := self._look((*path, key))) is not None:
            return looked[0]
        return self._read().key_place(path, key)

    def place_of_line(self, key: str, value: str) -> Place:
        """The place of a value of the header, which mostly stands on a line of its own: then the
        file need not be read again for it."""
        start = b"\n" + self._blob.removeprefix(b"\xef\xbb\xbf")
        head = f"\n{key}:".encode()
        at = start.find(head)
        if at < 0 or start.find(head, at + 1) >= 0:
            return self.place(key)
        rest = start[at + len(head) :].partition(b"\n")[0].decode().rstrip()
        written = rest.lstrip(" ")
        if written not in (value, f'"{value}"', f"'{value}'"):
            return self.place(key)
        return Place(start.count(b"\n", 0, at + 1), len(key) + 2 + len(rest) - len(written))

    def _look(self, path: Sequence[str | int]) -> tuple[Place, Place] | None:
        self._asked += 1
        return _looked_up(self._blob, path) if self._asked <= _MANY else None

    def _read(self) -> Marked:
        if self._marked is None:
            from hotline.reading.strict_yaml import parse

            self._marked = Marked(parse(self._blob).root)
        return self._marked


def _looked_up(blob: bytes, path: Sequence[str | int]) -> tuple[Place, Place] | None:
    """The places of the key and of the value at a path, those of the last existing step where it
    ends before; None where the file must be read strictly."""
    import yaml

    loader = yaml.CSafeLoader(blob)
    get = loader.get_event
    try:
        get()  # stream start
        get()  # document start
        value = get()
        key = value
        for step in path:
            found = _below(get, value, step)
            if found is None:
                key = value
                break
            key, value = found
        return _place(key), _place(value)
    except (yaml.YAMLError, AttributeError):
        return None
    finally:
        loader.dispose()


def _below(get: Callable[[], Any], node: Any, step: str | int) -> tuple[Any, Any] | None:
    """The events of the key and of the value at a step below a mapping or a list that has just
    begun; of an item the same one twice."""
    import yaml

    kind, number = type(node), 0
    if kind is not yaml.MappingStartEvent and kind is not yaml.SequenceStartEvent:
        return None
    while True:
        key = value = get()
        if type(key) is yaml.MappingEndEvent or type(key) is yaml.SequenceEndEvent:
            return None
        if kind is yaml.MappingStartEvent:
            value = get()
        if step == (key.value if kind is yaml.MappingStartEvent else number):
            return key, value
        number += 1
        depth = 0
        while True:
            if type(value) is yaml.MappingStartEvent or type(value) is yaml.SequenceStartEvent:
                depth += 1
            elif type(value) is yaml.MappingEndEvent or type(value) is yaml.SequenceEndEvent:
                depth -= 1
            if not depth:
                break
            value = get()


def _place(event: Any) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1)
