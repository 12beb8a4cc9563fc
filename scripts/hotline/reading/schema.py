"""JSON Schema with Chinese words: each fault at its own place, told once.

``jsonschema-rs`` decides; what it refuses goes to ``jsonschema`` for the words. A test
over the broken files keeps the two of one mind. The validators' own English is never
shown, and the value of a field never stands in a message, for it may be personal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from hotline.reading.by_type import ByType, Fits, goes_by_type
from hotline.reading.places import Marked, Places
from hotline.values.times import NotATime, parse_date, parse_time

if TYPE_CHECKING:
    from hotline.reading.schema_words import SchemaFault

MAX_FAULTS = 100
"""More are not told: a file with so many was broken in one stroke."""

_MORE = "错误太多，只列出前面的，改好后再检查一次"


class Schema:
    """A compiled schema; compiling happens when it is first used.

    ``floor`` is a schema that must hold besides, whatever this one allows.
    """

    def __init__(self, text: bytes, floor: Schema | None = None) -> None:
        self._text = text
        self._floor = floor

    @cached_property
    def document(self) -> dict[str, Any]:
        return json.loads(self._text)  # type: ignore[no-any-return]

    @cached_property
    def _exact(self) -> ByType | None:
        """None where the schema cannot be taken apart."""
        document = self.document
        return ByType(document, _fits) if goes_by_type(document) else None

    @cached_property
    def _fast(self) -> Fits:
        return self._exact.fits if self._exact else _fits(self.document)

    @cached_property
    def _slow(self) -> Any:
        from jsonschema import Draft202012Validator, FormatChecker
        from jsonschema.validators import extend

        checker = FormatChecker(formats=())
        checker.checks("date-time")(_is_time)
        checker.checks("date")(_is_date)
        keywords = {
            "items": self._items, "properties": self._properties, "allOf": self._all_of,
            "if": self._if,
            "uniqueItems": _unique_items, "pattern": self._pattern,
        }  # fmt: skip
        words = extend(Draft202012Validator, keywords)  # type: ignore[no-untyped-call]
        return words(self.document, format_checker=checker)

    @cached_property
    def _usual(self) -> Fits:
        """The same, but of times and dates only those that are usual fit: no call into Python
        is needed to tell."""

        def compiled(part: Any) -> Fits:
            return _fits(_with_usual_times(part), formats={})

        return ByType(self.document, compiled).fits if self._exact else compiled(self.document)

    def fits(self, data: Any) -> bool:
        own = self._usual(data) or self._fast(data)
        return own and (self._floor is None or self._floor.fits(data))

    def faults(self, data: Any, places: Places | None = None) -> list[SchemaFault]:
        """Every fault of ``data``, in the order of the file; empty where it fits. ``places`` tells
        where things stand where the data do not."""
        if self._usual(data) or self._fast(data):
            return self._floor.faults(data, places) if self._floor is not None else []
        return self.explain(data, places) or [_unexplained()]

    def explain(self, data: Any, places: Places | None = None) -> list[SchemaFault]:
        """The faults as ``jsonschema`` sees them, in Chinese, one for one cause."""
        from hotline.reading.schema_words import drop_what_was_meant

        found: dict[tuple[Any, ...], SchemaFault] = {}
        is_cut = False
        for fault, cause in self._told(data, places or Marked(data)):
            is_cut = len(found) == MAX_FAULTS and cause not in found
            if is_cut:
                break
            found.setdefault(cause, fault)
        drop_what_was_meant(found)
        faults = sorted(found.values(), key=lambda fault: fault.place)
        if is_cut:
            faults[-1] = faults[-1]._replace(message=f"{faults[-1].message}（{_MORE}）")
        return faults

    def _told(self, data: Any, places: Places) -> Iterator[tuple[SchemaFault, tuple[Any, ...]]]:
        from hotline.reading.schema_words import translate

        for error in self._slow.iter_errors(data):
            yield from translate(error, places, self.document)

    def _items(self, validator: Any, items: Any, instance: Any, schema: Any) -> Iterator[Any]:
        """The keyword ``items``, which passes over what fits: words are slow to make."""
        del schema
        if isinstance(instance, list):
            fits = self._fits_item(items)
            for index, item in enumerate(instance):
                if not fits(item):
                    yield from validator.descend(item, items, path=index)

    def _fits_item(self, items: Any) -> Fits:
        if self._exact and items is self._exact.items:
            return self._exact.fits_event
        return self._fast_for(id(items), items)

    def _properties(self, validator: Any, fields: Any, instance: Any, schema: Any) -> Iterator[Any]:
        """The keyword ``properties``, likewise."""
        del schema
        if isinstance(instance, dict):
            for name, part in fields.items():
                if name in instance and not self._fast_for(id(part), part)(instance[name]):
                    yield from validator.descend(instance[name], part, path=name, schema_path=name)

    def _all_of(self, validator: Any, parts: Any, instance: Any, schema: Any) -> Iterator[Any]:
        """The keyword ``allOf``, likewise."""
        numbers: Sequence[int] = range(len(parts))
        if self._exact and schema is self._exact.items:
            numbers = self._exact.conditions_on(instance)
        for index in numbers:
            if not self._fast_for(id(parts[index]), parts[index])(instance):
                yield from validator.descend(instance, parts[index], schema_path=index)

    def _if(self, validator: Any, condition: Any, instance: Any, schema: Any) -> Iterator[Any]:
        """The keyword ``if``: an event is asked some forty times of which type it is."""
        branch = "then" if self._fast_for(id(condition), condition)(instance) else "else"
        if branch in schema:
            yield from validator.descend(instance, schema[branch], schema_path=branch)

    def _pattern(self, validator: Any, pattern: Any, instance: Any, schema: Any) -> Iterator[Any]:
        """The keyword ``pattern`` as the one that decides reads it (what a blank is differs)."""
        from jsonschema import ValidationError

        del validator, schema
        if not self._fast_for(pattern, {"pattern": pattern})(instance):
            yield ValidationError("")

    def _fast_for(self, key: int | str, part: Any) -> Fits:
        """Whether something fits a part of the schema; ``key`` names the part."""
        if isinstance(part, bool):
            return lambda _: part
        if key not in self._parts:
            whole = {**part, "$defs": self.document.get("$defs", {})}
            self._parts[key] = _fits(whole)
        return self._parts[key]

    @cached_property
    def _parts(self) -> dict[int | str, Fits]:
        return {}


def _unexplained() -> SchemaFault:
    """Where the two are not of one mind, the one that decides has refused it."""
    from hotline.reading.schema_words import SchemaFault
    from hotline.values.node import START

    return SchemaFault(START, "内容不合字段规定，请对照 schema/ 检查")


def _fits(
    document: dict[str, Any], formats: Mapping[str, Callable[[Any], bool]] | None = None
) -> Fits:
    """What a schema says, with our own ``formats`` where none are given."""
    import jsonschema_rs

    known = {"date-time": _is_time, "date": _is_date} if formats is None else dict(formats)
    validator = jsonschema_rs.Draft202012Validator(
        document, formats=known, validate_formats=bool(known)
    )
    is_valid: Fits = validator.is_valid
    return is_valid


# Days that each month has in every year; the 29th of February is not usual.
_DAY = (
    "20[0-9][0-9]-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_USUAL = {
    "date": f"^{_DAY}$",
    "date-time": f"^{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\+08:00$",
}


def _with_usual_times(node: Any) -> Any:
    """A schema in which a pattern stands for each format. Where the schema has a pattern or a
    format of its own there, the format stays, and is not looked at: then nothing fits."""
    if isinstance(node, list):
        return [_with_usual_times(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {key: _with_usual_times(value) for key, value in node.items()}
    name = made.get("format")
    if isinstance(name, str):
        if name not in _USUAL or "pattern" in made:
            return {"not": {}}
        made["pattern"] = _USUAL[name]
    return made


def _unique_items(validator: Any, unique: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """The keyword ``uniqueItems`` in linear time, told of the second of two equal items."""
    from jsonschema import ValidationError

    del validator, schema
    seen = set()
    for index, item in enumerate(instance if unique and isinstance(instance, list) else ()):
        text = json.dumps(item, sort_keys=True)
        if text in seen:
            yield ValidationError("", path=[index])
            return
        seen.add(text)


def _is_time(value: Any) -> bool:
    return _can(parse_time, value)


def _is_date(value: Any) -> bool:
    return _can(parse_date, value)


def _can(parse: Callable[[str], Any], value: Any) -> bool:
    """Other types than text are refused by ``type``, not by ``format``."""
    if not isinstance(value, str):
        return True
    try:
        parse(value)
    except NotATime:
        return False
    return True
