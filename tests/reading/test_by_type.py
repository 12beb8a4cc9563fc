"""A schema asked event by event decides as the whole schema does."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest

from hotline.reading.by_type import ByType, goes_by_type
from hotline.reading.strict_yaml import parse
from tests.reading.test_mutations import mutated
from tests.support import ROOT, every

DOCUMENT: dict[str, Any] = json.loads((ROOT / "schema" / "case.schema.json").read_bytes())
ORDERS = [parse(path.read_bytes()).root for path in sorted((ROOT / "cases").rglob("*.yaml"))]


def compiled(document: Any) -> Callable[[Any], bool]:
    is_valid: Callable[[Any], bool] = jsonschema_rs.Draft202012Validator(document).is_valid
    return is_valid


WHOLE = compiled(DOCUMENT)


@pytest.fixture(scope="module")
def parts() -> ByType:
    return ByType(DOCUMENT, compiled)


def test_our_schema_can_be_taken_apart() -> None:
    assert goes_by_type(DOCUMENT)


@pytest.mark.parametrize("number", every(4, range(len(ORDERS))))
def test_orders_that_fit(parts: ByType, number: int) -> None:
    assert WHOLE(ORDERS[number])
    assert parts.fits(ORDERS[number])


WRONG: list[Callable[[dict[str, Any]], Any]] = [
    lambda event: event.pop("at"),
    lambda event: event.pop("by"),
    lambda event: event.pop("type"),
    lambda event: event.update(type="no_such_type"),
    lambda event: event.update(type="archived"),
    lambda event: event.update(type=["signed"]),
    lambda event: event.update(type=None),
    lambda event: event.update(by="Nobody At All"),
    lambda event: event.update(at="yesterday"),
    lambda event: event.update(said="something"),
    lambda event: event.clear(),
]


@pytest.mark.parametrize("wrong", range(len(WRONG)))
@pytest.mark.parametrize("number", every(6, range(len(ORDERS))))
def test_an_event_that_is_wrong(parts: ByType, number: int, wrong: int) -> None:
    for at in range(len(ORDERS[number]["events"])):
        order = copy.deepcopy(ORDERS[number])
        WRONG[wrong](order["events"][at])
        assert parts.fits(order) == WHOLE(order)


@pytest.mark.parametrize("event", [None, "signed", 1, [], ["type"], {}, True])
def test_what_is_no_event(parts: ByType, event: Any) -> None:
    order = {**ORDERS[0], "events": [*ORDERS[0]["events"], event]}
    assert not WHOLE(order)
    assert not parts.fits(order)


@pytest.mark.parametrize("data", [None, [], "", 1, {}, {"events": []}, {"events": None}])
def test_what_is_no_order(parts: ByType, data: Any) -> None:
    assert not WHOLE(data)
    assert not parts.fits(data)


@pytest.mark.parametrize("seed", range(6))
def test_files_mutated_at_random(parts: ByType, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(200):
        data = parse(mutated(chance)).root
        try:
            fits = WHOLE(data)
        except ValueError:  # a key that is no text
            continue
        assert parts.fits(data) == fits


def test_a_part_refers_to_what_it_needs_through_others() -> None:
    document = {
        "type": "object",
        "required": ["events"],
        "properties": {
            "events": {
                "type": "array",
                "items": {
                    "allOf": [
                        {
                            "if": {"properties": {"type": {"const": "a"}}, "required": ["type"]},
                            "then": {"$ref": "#/$defs/a"},
                        },
                        {"properties": {"n": {"maximum": 9}}},
                    ]
                },
            }
        },
        "$defs": {
            "a": {"properties": {"n": {"$ref": "#/$defs/n"}}},
            "n": {"type": "integer"},
        },
    }
    assert goes_by_type(document)
    parts = ByType(document, compiled)
    assert parts.fits({"events": [{"type": "a", "n": 1}]})
    assert not parts.fits({"events": [{"type": "a", "n": "1"}]})
    assert not parts.fits({"events": [{"type": "a", "n": 10}]})


def _with(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    change(document)
    return document


@pytest.mark.parametrize(
    "document",
    [
        True,
        {},
        _with(lambda schema: schema.pop("required")),
        _with(lambda schema: schema["properties"].pop("events")),
        _with(lambda schema: schema["properties"]["events"].pop("type")),
        _with(lambda schema: schema["properties"]["events"].update(prefixItems=[True])),
        _with(lambda schema: schema["properties"]["events"]["items"].pop("allOf")),
        _with(lambda schema: schema["$defs"]["signed"].update({"$ref": "#"})),
        _with(lambda schema: schema["$defs"]["signed"].update({"$dynamicAnchor": "x"})),
        _with(lambda schema: schema["$defs"]["signed"].update({"$ref": "#/$defs/signed/title"})),
    ],
)  # fmt: skip
def test_schemas_of_another_form_are_left_whole(document: Any) -> None:
    assert not goes_by_type(document)
