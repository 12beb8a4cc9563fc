"""The id of an event is that of its canonical JSON (RFC 8785), whichever way that is made."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from hotline.procedure.identity import event_id

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
NAMES = TEXTS | st.sampled_from(["at", "by", "type", "\ufb33", "\U0001f600", "é", "z", "a\\b"])
VALUES = st.recursive(
    TEXTS | st.booleans() | st.none() | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def by_the_library(data: Any) -> str:
    return hashlib.sha256(rfc8785.dumps(data)).hexdigest()[:8]


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_as_the_library_writes_it(data: dict[str, Any]) -> None:
    assert event_id(data) == by_the_library(data)


@pytest.mark.parametrize(
    "data",
    [
        {"text": "\x00\x1f\"\\/\b\f\n\r\t\x7f\u2028é\U0001f600"},
        {"n": 1.0}, {"n": 1e30}, {"n": -0.0}, {"n": 0}, {"n": True}, {"n": 2**53 - 1},
        {"\U0001f600": 1, "\ufb33": 2}, {"b": 1, "a": {"d": [], "c": {}}},
    ],
    ids=ascii,
)  # fmt: skip
def test_where_writers_of_json_differ(data: dict[str, Any]) -> None:
    assert event_id(data) == by_the_library(data)
