"""OpenAPI 3.0 schemas as JSON Schema (draft 4), which they almost are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_NOTES = {"description", "example", "examples", "default", "title", "xml", "discriminator"}


@dataclass(frozen=True)
class Reading:
    """``side`` names the registry's document that references lead to."""

    side: str
    closed: bool = False
    """Objects hold no members but those named."""
    go_values: bool = False
    """Every member may be null, and an address may be empty."""


def translated(schema: dict[str, Any], reading: Reading) -> dict[str, Any]:
    if "$ref" in schema:
        return {"$ref": f"urn:{reading.side}{schema['$ref']}"}
    found = {key: value for key, value in schema.items() if _counts(key)}
    nullable = found.pop("nullable", False)
    if reading.go_values and found.get("format") == "uri":
        del found["format"]
        found["pattern"] = "^$|^https?://"
    for key in ("allOf", "anyOf", "oneOf"):
        if key in found:
            found[key] = [translated(part, reading) for part in found[key]]
    for key in ("items", "not", "additionalProperties"):
        if isinstance(found.get(key), dict):
            found[key] = translated(found[key], reading)
    if "properties" in found:
        found["properties"] = _members(found["properties"], reading)
        if reading.closed:
            found.setdefault("additionalProperties", False)
    return _or_null(found) if nullable else found


def _counts(key: str) -> bool:
    return key not in _NOTES and not key.startswith("x-")


def _members(properties: dict[str, Any], reading: Reading) -> dict[str, Any]:
    read = {name: translated(schema, reading) for name, schema in properties.items()}
    return {n: _or_null(s) for n, s in read.items()} if reading.go_values else read


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(schema.get("type"), str) or "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]} if schema else schema
    both = {**schema, "type": [schema["type"], "null"]}
    return {**both, "enum": [*schema["enum"], None]} if "enum" in schema else both


def components(document: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """The document's component schemas, where references look for them."""
    schemas = document["components"]["schemas"]
    read = {name: translated(schema, reading) for name, schema in schemas.items()}
    return {"components": {"schemas": read}}
