"""A schema of work orders that asks of each event only what concerns its type.

The schema in ``schema/`` asks of every event some forty times which type it is, as JSON Schema
has no other way to say it. What holds for one type is known without asking: the same schema
without the conditions on all other types. Parts are compiled when first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Fits = Callable[[Any], bool]
_REF = "#/$defs/"


class ByType:
    """Decides as the whole ``document`` does, or says that something does not fit which does
    (an event of a type that the schema does not name). ``compile_`` makes a validator."""

    def __init__(self, document: dict[str, Any], compile_: Callable[[Any], Fits]) -> None:
        self._document = document
        self._compile = compile_
        self._events: dict[str, Any] = document["properties"]["events"]
        self._types = frozenset(filter(None, map(_type_asked, self._conditions)))
        self._by_type: dict[str, Fits] = {}
        self._header: Fits | None = None

    def fits(self, data: Any) -> bool:
        if self._header is None:
            self._header = self._compile(self._without_events())
        if not self._header(data):
            return False
        known = self._by_type
        for event in data["events"]:
            type_ = event.get("type") if isinstance(event, dict) else None
            if not isinstance(type_, str):
                return False
            fits = known.get(type_) or self._part(type_)
            if fits is None or not fits(event):
                return False
        return True

    @property
    def _conditions(self) -> list[Any]:
        conditions: list[Any] = self._events["items"]["allOf"]
        return conditions

    def _without_events(self) -> dict[str, Any]:
        events = {name: part for name, part in self._events.items() if name != "items"}
        return {**self._document, "properties": {**self._document["properties"], "events": events}}

    def _part(self, type_: str) -> Fits | None:
        if type_ not in self._types:
            return None
        of_type = [part for part in self._conditions if _type_asked(part) in (None, type_)]
        part = {**self._events["items"], "allOf": of_type}
        part["$defs"] = _reached(part, self._document.get("$defs", {}))
        self._by_type[type_] = self._compile(part)
        return self._by_type[type_]


def goes_by_type(document: Any) -> bool:
    """Whether a schema is of the form that :class:`ByType` takes apart."""
    try:
        events = document["properties"]["events"]
        conditions = events["items"]["allOf"]
        usual = events["type"] == "array" and "prefixItems" not in events
        return (
            usual
            and "events" in document["required"]
            and document["type"] == "object"
            and any(map(_type_asked, conditions))
            and all(ref.removeprefix(_REF) in document["$defs"] for ref in _refs(document))
        )
    except (KeyError, TypeError):
        return False


def _type_asked(condition: Any) -> str | None:
    """The type of ``{"if": {"properties": {"type": {"const": …}}, "required": ["type"]}, "then":
    …}``; None for a condition of another form."""
    if not isinstance(condition, dict) or condition.keys() != {"if", "then"}:
        return None
    asked = condition["if"]
    if not isinstance(asked, dict) or asked.keys() != {"properties", "required"}:
        return None
    named = asked["properties"].get("type")
    if asked["required"] != ["type"] or asked["properties"].keys() != {"type"}:
        return None
    is_one = isinstance(named, dict) and named.keys() == {"const"}
    return named["const"] if is_one and isinstance(named["const"], str) else None


def _reached(part: Any, defs: dict[str, Any]) -> dict[str, Any]:
    """Of the definitions those that a part refers to, directly or by another."""
    found: dict[str, Any] = {}
    left = [part]
    while left:
        for ref in _refs(left.pop()):
            name = ref.removeprefix(_REF)
            if name not in found:
                found[name] = defs[name]
                left.append(defs[name])
    return found


def _refs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield value
            elif key in ("$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor"):
                yield key
            else:
                yield from _refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _refs(value)
