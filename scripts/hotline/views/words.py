"""A field of an event in the words that people read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hotline.procedure.lifecycle import TABLE, Field
from hotline.values.registry import Registry
from hotline.values.times import parse_time

DELIVERIES = {"phone": "电话", "message": "短信", "visit": "上门", "platform": "平台"}


def field_words(field: Field, value: Any, registry: Registry) -> str:
    """The value of a field: names for ids, Chinese for enum values, readable times."""
    match field.kind:
        case "unit":
            return registry.unit_name(str(value))
        case "units":
            return "、".join(registry.unit_name(str(unit)) for unit in value)
        case "choice":
            return dict(field.choices).get(str(value), str(value))
        case "bool":
            return "是" if value else "否"
        case "days":
            return f"{value} 个工作日"
        case "statutory":
            return f"{value['law']}，{value['due_on']}"
        case "delivery":
            return delivery_words(value)
        case "time":
            return _moment(str(value))
        case "true":
            return "是"
    if isinstance(value, list):
        names = registry.units
        return "、".join(registry.unit_name(v) if v in names else str(v) for v in value)
    if field.name == "field":
        return _FIELDS.get(str(value), str(value))
    return registry.unit_name(str(value)) if value in registry.units else str(value)


_FIELDS = {field.name: field.title for row in TABLE.values() for field in row.fields}
"""What a correction mends, by the name that it has in the file."""


def delivery_words(value: Mapping[str, Any]) -> str:
    return f"{DELIVERIES[str(value['method'])]}，{_moment(str(value['at']))}"


def _moment(text: str) -> str:
    return parse_time(text).strftime("%Y-%m-%d %H:%M")
