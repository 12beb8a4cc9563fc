"""The texts: enough of them, every slot filled, every name in the registry."""

from __future__ import annotations

import string

import pytest

from hotline.demo.matter import HERE, Matter
from hotline.demo.matters import ELSEWHERE, MATTERS, URGENT
from hotline.demo.places import PLACES
from tests.support import shipped_rules

ALL = (*MATTERS, *URGENT, *ELSEWHERE)
GIVEN = {"place", "town", "we", "visit", "soon"}
"""Slots that every story fills; before the reply there is no visit yet."""


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("matter", ALL, ids=lambda matter: matter.title)
def test_a_matter_stands_on_the_registry(matter: Matter) -> None:
    registry = shipped_rules().registry
    assert matter.category in registry.categories
    named = {matter.lead, *matter.support, *matter.against} - {HERE}
    assert named <= set(registry.units)
    assert matter.lead not in matter.support
    assert matter.lead not in matter.against
    assert not matter.authority or matter.authority in registry.units
    assert bool(matter.authority) == (matter.urgency != "normal")


@pytest.mark.parametrize("matter", ALL, ids=lambda matter: matter.title)
def test_every_slot_is_filled(matter: Matter) -> None:
    own = set(matter.details)
    early = slots(matter.title + matter.problem + matter.wish)
    assert early <= own | {"place", "town"}
    assert slots(matter.found) <= own | GIVEN - {"soon"}
    assert slots(matter.done) <= own | GIVEN
    assert own <= early | slots(matter.found) | slots(matter.done)


def test_there_is_variety() -> None:
    told = [matter for matter in MATTERS if matter.problem]
    assert len({matter.problem for matter in told}) >= 60
    assert len({matter.category for matter in ALL}) >= 50


def test_places_lie_in_the_county() -> None:
    units = shipped_rules().registry.units
    for kind, places in PLACES.items():
        assert all(kind == "elsewhere" or units[place.unit].group == "township" for place in places)
    assert {matter.place for matter in ALL} <= set(PLACES)
