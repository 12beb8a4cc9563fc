"""The values of a file that is beyond doubt, without places.

Most files have no fault, and then nobody asks where anything stands. Two readers give the same
values as :mod:`hotline.reading.strict_yaml` in a part of its time, or None as soon as anything
looks unusual: then the strict reader has the word. A test holds the three together.

ryaml knows libyaml's grammar, refuses duplicate keys and second documents, and makes a file's
values in one call. How a scalar was written it does not tell: where that matters (numbers,
escapes), libyaml's events are read, as they are where there is no ryaml for a machine.
"""

from __future__ import annotations

from typing import Any

from hotline.reading.hidden import may_hide
from hotline.reading.limits import MAX_DEPTH

_LARGE = 64 * 1024
"""Bytes. A larger file may have more nodes than the strict reader takes."""


def values(blob: bytes) -> Any:
    """The values of one YAML document, None where the strict reader must look at it."""
    if len(blob) > _LARGE or _is_unusual(blob):
        return None
    try:
        text = blob.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if may_hide(text):
        return None
    return _by_events(blob) if _has_other_spellings(blob) else _at_once(blob, text)


def _is_unusual(blob: bytes) -> bool:
    """Whether there could be an anchor, an alias, a tag, a directive or a second document."""
    return (
        b"&" in blob or b"*" in blob or b"!" in blob
        or b"\n---" in blob or b"\n..." in blob or (b"%" in blob and b"\n%" in blob)
        or blob.startswith((b"%", b"---", b"..."))
    )  # fmt: skip


# --- in one call --------------------------------------------------------------------------


def _has_other_spellings(blob: bytes) -> bool:
    """Whether there could be an escape, which can hide a character, or a word that ryaml takes
    for ``true`` or ``false`` and the strict reader for text."""
    return (
        b"\\" in blob or b"True" in blob or b"TRUE" in blob
        or (b"F" in blob and (b"False" in blob or b"FALSE" in blob))
    )  # fmt: skip


_LONG = 10**18
"""A number of so many digits is text to the strict reader."""


def _has_other_numbers(blob: bytes) -> bool:
    """Whether there could be a number that the strict reader takes for text (0x1F, 0o17)."""
    return any(sign in blob for sign in (b"0x", b"0o", b"0b"))


def _at_once(blob: bytes, text: str) -> Any:
    """The mapping in a text, by ryaml; None where it is refused. What may have been written in
    another way than it seems is read again."""
    try:
        import ryaml
    except ImportError:
        return _by_events(blob)
    try:
        root = ryaml.loads(text)  # type: ignore[attr-defined]
    except ValueError:
        return None
    return root if type(root) is dict and _is_plain(root, blob) else _by_events(blob)


def _is_plain(root: dict[Any, Any], blob: bytes) -> bool:
    """Whether all keys are text, all values text, ``true``, ``false`` or a usual number, and
    nothing lies deeper than the strict reader goes."""
    level: list[Any] = [root]
    for _ in range(MAX_DEPTH):
        deeper: list[Any] = []
        for node in level:
            if type(node) is dict:
                for key in node:
                    if type(key) is not str:
                        return False
                node = node.values()
            for value in node:
                kind = type(value)
                if kind is str or kind is bool:
                    continue
                if kind is dict or kind is list:
                    deeper.append(value)
                elif kind is not int or not -_LONG < value < _LONG or _has_other_numbers(blob):
                    return False
        if not deeper:
            return True
        level = deeper
    return False


# --- libyaml ------------------------------------------------------------------------------

# Plain scalars of these beginnings are not always text.
_TYPED = frozenset("-+0123456789tfnN~")


def _by_events(blob: bytes) -> Any:
    import yaml

    if not yaml.__with_libyaml__:
        return None  # the strict reader says so
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
    import yaml

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
    import yaml

    from hotline.reading.scalars import resolve

    scalar, mapping, items, typed = (
        yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent, _TYPED,
    )  # fmt: skip
    stack: list[tuple[Any, str | None]] = []
    node: Any = None
    key: str | None = None
    in_mapping = False
    while True:
        event = get()
        kind = type(event)
        if kind is scalar:
            value: Any = event.value
            if in_mapping and key is None:
                if value in node or (has_escapes and event.style == '"'):
                    raise _Doubtful
                key = value
                continue
            style = event.style
            if not style:
                if not value:
                    value = None
                elif value[0] in typed:
                    value = resolve(value)
            elif has_escapes and style == '"' and may_hide(value):
                raise _Doubtful
        elif kind is mapping or kind is items:
            if (in_mapping and key is None) or len(stack) >= MAX_DEPTH:
                raise _Doubtful
            stack.append((node, key))
            in_mapping = kind is mapping
            node, key = ({} if in_mapping else []), None
            continue
        else:  # the end of a mapping or a list
            if node is None:
                raise _Doubtful  # nothing began
            value = node
            node, key = stack.pop()
            if node is None:
                return value
            in_mapping = key is not None
        if in_mapping:
            node[key] = value
            key = None
        elif node is None:
            raise _Doubtful  # the document is a mere scalar
        else:
            node.append(value)
