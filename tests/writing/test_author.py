"""Who may write an event: what is derived agrees with what the shipped orders say."""

from __future__ import annotations

import pytest

from hotline.procedure.timeline import Standing, timeline
from hotline.reading.cases import read_case
from hotline.writing.author import authors
from tests.support import ROOT, schema, shipped_rules

CASES = sorted((ROOT / "cases").rglob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_author_of_a_shipped_order_is_among_the_derived(path: object) -> None:
    from pathlib import Path

    assert isinstance(path, Path)
    case, _ = read_case(path.name, path.read_bytes(), schema())
    assert case is not None
    registry = shipped_rules().registry
    for step in timeline(case).steps:
        event = step.event
        found = authors(
            event.type, event.data, step.before, registry, [e.data for e in case.events]
        )
        assert event.by in found, (event.type, event.index)


def test_what_only_one_may_say_has_one_author() -> None:
    registry = shipped_rules().registry
    assert authors("assigned", {"basis": "clear"}, Standing(), registry) == ["hotline-center"]
    assert authors("assigned", {"basis": "nearest_duty"}, Standing(), registry) == [
        "county-government"
    ]
    assert authors("supervision_opened", {"level": "bureau"}, Standing(), registry) == [
        "approval-bureau"
    ]
    assert authors("corrected", {"header": True}, Standing(), registry) == ["hotline-center"]
    assert len(authors("assigned", {}, Standing(), registry)) == 3
    assert authors("signed", {}, Standing(), registry) == []
