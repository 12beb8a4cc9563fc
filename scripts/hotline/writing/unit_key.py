"""A unit's public key in ``registry/units.yaml``, such that all the rest stays as it was written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from hotline.writing.header import CannotChange


def with_key(blob: bytes, unit: str, key: str, parse: Callable[[bytes], Any]) -> bytes:
    """``blob`` with ``age: key`` in the unit's entry. Raises :class:`CannotChange`."""
    before = parse(blob)
    rows = before.get("units") if isinstance(before, dict) else None
    number = next((n for n, row in enumerate(rows or []) if row.get("id") == unit), None)
    if number is None:
        raise CannotChange(f"名录里没有单位 {unit}")
    text = blob.decode("utf-8")
    root: Any = yaml.compose(text, Loader=yaml.CSafeLoader)
    nodes = next(value for name, value in root.value if name.value == "units")
    assert isinstance(rows, list)
    new = _written(text, nodes.value[number], key).encode("utf-8")
    wanted = [{**row, "age": key} if n == number else row for n, row in enumerate(rows)]
    if parse(new) != {**before, "units": wanted}:
        raise CannotChange(f"名录里 {unit} 的写法少见，请自己在它下面写一行 age: {key}")
    return new


def _written(text: str, node: Any, key: str) -> str:
    """The key stands where one stood, or in a line of its own below the unit's first keys."""
    places = {name.value: (name, value) for name, value in node.value}
    if "age" in places:
        old = places["age"][1]
        return text[: old.start_mark.index] + key + text[old.end_mark.index :]
    name, value = next(places[k] for k in ("role", "name", "id") if k in places)
    at = value.end_mark.index
    if node.flow_style:
        return f"{text[:at]}, age: {key}{text[at:]}"
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    nl = "\r\n" if text[:end].endswith("\r") else "\n"
    head = text[:end].removesuffix("\r")
    return f"{head}{nl}{' ' * name.start_mark.column}age: {key}{text[len(head) :]}"
