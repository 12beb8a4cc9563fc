"""A schema of work orders that asks of each event only what concerns its type.

The schema in ``schema/`` asks of every event some forty times which type it is, as JSON Schema
has no other way to say it. What holds for one type is known without asking: the same schema
without the conditions on all other types. Parts are compiled when first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

Fits = Callable[[Any], bool]
_REF = "#/$defs/"


class ByType:
    """Decides as the whole ``document`` does. ``compile_`` makes a validator of a schema."""

    def __init__(self, document: dict[str, Any], compile_: Callable[[Any], Fits]) -> None:
        self._document = document
        self._compile = compile_
        self.items: dict[str, Any] = document["properties"]["events"]["items"]
        asked = list(map(_type_asked, self.items["allOf"]))
        self._numbers: dict[str | None, list[int]] = {
            type_: [number for number, one in enumerate(asked) if one in (None, type_)]
            for type_ in filter(None, asked)
        }
        self._numbers[None] = list(range(len(asked)))
        self._parts: dict[str | None, Fits] = {}

    def fits(self, data: Any) -> bool:
        return self._header(data) and all(map(self.fits_event, data["events"]))

    def fits_event(self, event: Any) -> bool:
        type_ = self._type(event)
        part = self._parts.get(type_)
        if part is None:
            part = self._parts[type_] = self._compiled(self._for(type_))
        return part(event)

    @cached_property
    def _header(self) -> Fits:
        fields = self._document["properties"]
        events = {name: part for name, part in fields["events"].items() if name != "items"}
        return self._compiled({**self._document, "properties": {**fields, "events": events}})

    def _for(self, type_: str | None) -> dict[str, Any]:
        """What is asked of events of a type; with None all that is asked of any."""
        asked = [self.items["allOf"][number] for number in self._numbers[type_]]
        return {**self.items, "allOf": asked}

    def _compiled(self, part: dict[str, Any]) -> Fits:
        """With the definitions that it needs: most of the time goes by what has to be read."""
        bare = {key: value for key, value in part.items() if key != "$defs"}
        return self._compile({**bare, "$defs": _reached(bare, self._document["$defs"])})

    def conditions_on(self, event: Any) -> Sequence[int]:
        """Which of the conditions on events concern one, by their numbers."""
        return self._numbers[self._type(event)]

    def _type(self, event: Any) -> str | None:
        """Its type, where the schema names that."""
        type_ = event.get("type") if isinstance(event, dict) else None
        return type_ if isinstance(type_, str) and type_ in self._numbers else None


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
