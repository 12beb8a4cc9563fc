"""JSON Schema with Chinese words: each fault at its own place, told once.

``jsonschema-rs`` decides; what it refuses goes to ``jsonschema`` for the words. A test
over the broken files keeps the two of one mind. The validators' own English is never
shown, and the value of a field never stands in a message, for it may be personal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from hotline.reading.schema_words import SchemaFault, drop_what_was_meant, translate
from hotline.values.node import START
from hotline.values.times import NotATime, parse_date, parse_time

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
    def _fast(self) -> Any:
        return _compiled(self.document)

    @cached_property
    def _slow(self) -> Any:
        from jsonschema import Draft202012Validator, FormatChecker
        from jsonschema.validators import extend

        checker = FormatChecker(formats=())
        checker.checks("date-time")(_is_time)
        checker.checks("date")(_is_date)
        keywords = {"items": self._items, "uniqueItems": _unique_items, "pattern": self._pattern}
        words = extend(Draft202012Validator, keywords)  # type: ignore[no-untyped-call]
        return words(self.document, format_checker=checker)

    def fits(self, data: Any) -> bool:
        own = bool(self._fast.is_valid(data))
        return own and (self._floor is None or self._floor.fits(data))

    def faults(self, data: Any) -> list[SchemaFault]:
        """Every fault of ``data``, in the order of the file; empty where it fits."""
        if self._fast.is_valid(data):
            return self._floor.faults(data) if self._floor is not None else []
        return self.explain(data) or [SchemaFault(START, "内容不合字段规定，请对照 schema/ 检查")]

    def explain(self, data: Any) -> list[SchemaFault]:
        """The faults as ``jsonschema`` sees them, in Chinese, one for one cause."""
        found: dict[tuple[Any, ...], SchemaFault] = {}
        is_cut = False
        for fault, cause in self._told(data):
            is_cut = len(found) == MAX_FAULTS and cause not in found
            if is_cut:
                break
            found.setdefault(cause, fault)
        drop_what_was_meant(found)
        faults = sorted(found.values(), key=lambda fault: fault.place)
        if is_cut:
            faults[-1] = faults[-1]._replace(message=f"{faults[-1].message}（{_MORE}）")
        return faults

    def _told(self, data: Any) -> Iterator[tuple[SchemaFault, tuple[Any, ...]]]:
        for error in self._slow.iter_errors(data):
            yield from translate(error, data, self.document)

    def _items(self, validator: Any, items: Any, instance: Any, schema: Any) -> Iterator[Any]:
        """The keyword ``items``, which passes over what fits: words are slow to make."""
        del schema
        if isinstance(instance, list):
            fits = self._fast_for(id(items), items)
            for index, item in enumerate(instance):
                if not fits(item):
                    yield from validator.descend(item, items, path=index)

    def _pattern(self, validator: Any, pattern: Any, instance: Any, schema: Any) -> Iterator[Any]:
        """The keyword ``pattern`` as the one that decides reads it (what a blank is differs)."""
        from jsonschema import ValidationError

        del validator, schema
        if not self._fast_for(pattern, {"pattern": pattern})(instance):
            yield ValidationError("")

    def _fast_for(self, key: int | str, part: dict[str, Any]) -> Callable[[Any], bool]:
        """Whether something fits a part of the schema; ``key`` names the part."""
        if key not in self._parts:
            whole = {**part, "$defs": self.document.get("$defs", {})}
            self._parts[key] = _compiled(whole).is_valid
        return self._parts[key]

    @cached_property
    def _parts(self) -> dict[int | str, Callable[[Any], bool]]:
        return {}


def _compiled(document: dict[str, Any]) -> Any:
    import jsonschema_rs

    formats = {"date-time": _is_time, "date": _is_date}
    return jsonschema_rs.Draft202012Validator(document, formats=formats, validate_formats=True)


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
