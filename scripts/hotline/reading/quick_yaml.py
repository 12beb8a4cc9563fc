"""The values of a file that is beyond doubt, without places.

Most files have no fault, and then nobody asks where anything stands. This reader gives the
same values as :mod:`hotline.reading.strict_yaml` in a third of the time, or None as soon as
anything looks unusual: then the strict reader has the word. A test holds the two together.
"""

from __future__ import annotations

from typing import Any

import yaml

from hotline.reading.limits import MAX_BYTES
from hotline.reading.strict_yaml import MAX_DEPTH, MAX_NODES, may_hide, resolve
from hotline.values.node import Place, place_of

_DIRECTIVES = (b"\n%", b"\n---", b"\n...")
# Plain scalars of these beginnings are not always text.
_TYPED = frozenset("-+0123456789tfnN~")


def values(blob: bytes) -> Any:
    """The values of one YAML document, None where the strict reader must look at it."""
    if len(blob) > MAX_BYTES or blob.startswith((b"%", b"---", b"...")):
        return None
    if any(directive in blob for directive in _DIRECTIVES):
        return None
    try:
        text = blob.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if may_hide(text):
        return None
    loader = yaml.CSafeLoader(blob)
    try:
        return _document(loader.get_event, has_escapes=b"\\" in blob)
    except (yaml.YAMLError, _Doubtful):
        return None
    finally:
        loader.dispose()


class _Doubtful(Exception):
    """Something that the strict reader would tell of, or read in a way of its own."""


def _document(get: Any, *, has_escapes: bool) -> Any:
    get()  # stream start
    if type(get()) is not yaml.DocumentStartEvent:
        raise _Doubtful
    root = _tree(get, has_escapes)
    get()  # document end
    if type(get()) is not yaml.StreamEndEvent:
        raise _Doubtful
    return root


def _tree(get: Any, has_escapes: bool) -> Any:
    """The mapping or list below the document's root. A key waits until its value has come."""
    scalar, mapping, items = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
    stack: list[tuple[Any, str | None]] = []
    node: Any = None
    key: str | None = None
    count = 0
    while True:
        event = get()
        kind = type(event)
        if kind is scalar:
            if event.tag is not None or event.anchor is not None or node is None:
                raise _Doubtful
            value: Any = event.value
            count += 1
            if type(node) is dict and key is None:
                if value in node or (has_escapes and event.style == '"'):
                    raise _Doubtful
                key = value
                continue
            style = event.style
            if not style:
                if value[:1] in _TYPED:
                    value = resolve(value)
                elif not value:
                    value = None
            elif has_escapes and style == '"' and may_hide(value):
                raise _Doubtful
        elif kind is mapping or kind is items:
            if event.tag is not None or event.anchor is not None:
                raise _Doubtful
            if (type(node) is dict and key is None) or len(stack) >= MAX_DEPTH:
                raise _Doubtful
            count += 1
            stack.append((node, key))
            node, key = ({} if kind is mapping else []), None
            continue
        elif kind is yaml.AliasEvent or count > MAX_NODES:
            raise _Doubtful
        else:  # the end of a mapping or a list
            value = node
            node, key = stack.pop()
            if node is None:
                return value
        if key is not None:
            node[key] = value
            key = None
        else:
            node.append(value)


class Source:
    """Where things stand in a file, read when first asked for."""

    __slots__ = ("_blob", "_root")

    def __init__(self, blob: bytes) -> None:
        self._blob = blob
        self._root: Any = None

    def place(self, *path: str | int) -> Place:
        """As :func:`hotline.values.node.place_of` from the file's root."""
        if self._root is None:
            from hotline.reading.strict_yaml import parse

            self._root = parse(self._blob).root
        return place_of(self._root, *path)

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
