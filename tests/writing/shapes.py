"""Hypothesis strategies for data of the schema's shapes, made from the lifecycle table."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

from hotline.procedure.lifecycle import TABLE, EventType, Field
from hotline.writing.hidden import CLASS

_HIDDEN = re.compile(f"[\ufe0f{CLASS}]")
_CHARACTERS = st.characters(exclude_categories=["Cs", "Cc", "Cf", "Cn"]).filter(
    lambda character: not _HIDDEN.search(character)
)
_AWKWARD = st.sampled_from(
    ["\n", " ", "\t", "#", ": ", " #", "- ", "|", ">", "'", '"', "\\", "{", "}", "[", "]", ",", "&",
     "*", "!", "%", "@", "`", "~", "null", "true", "0", "1", "-", "+", ".", "e", "_", "---", "...",
     "?", ":", "\u3000", "\xa0", "施工", "，", "=", "<<"]
)  # fmt: skip


def texts() -> st.SearchStrategy[str]:
    """Any text of a field, with what YAML finds awkward in it more often than chance."""
    return st.lists(st.one_of(_AWKWARD, _CHARACTERS), max_size=12).map("".join)


UNITS = st.sampled_from(["housing-bureau", "tianchi-street", "hotline-center"])
TIMES = st.datetimes().map(lambda t: f"2026-10-{t.day:02d}T{t.hour:02d}:{t.minute:02d}:00+08:00")
DATES = st.dates().map(lambda d: f"2026-{d.month:02d}-{d.day:02d}")
ANY = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**17), 10**17), texts()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(texts(), inner, max_size=3)
    ),
    max_leaves=6,
)


def values(field: Field) -> st.SearchStrategy[Any]:
    match field.kind:
        case "bool":
            return st.booleans()
        case "true":
            return st.just(True)
        case "days":
            return st.integers(1, 60)
        case "date":
            return DATES
        case "time":
            return TIMES
        case "unit":
            return UNITS
        case "units":
            return st.lists(UNITS, max_size=3)
        case "texts":
            return st.lists(texts(), max_size=3)
        case "cases":
            return st.lists(st.just("LZ-20261013-0001"), min_size=1, max_size=2)
        case "choice":
            return st.sampled_from([name for name, _ in field.choices])
        case "event":
            return st.from_regex(r"[0-9a-f]{8}", fullmatch=True)
        case "any":
            return ANY
        case "statutory":
            return st.fixed_dictionaries({"law": texts(), "due_on": DATES})
        case "delivery":
            return st.fixed_dictionaries({"method": st.just("phone"), "at": TIMES})
        case "sections":
            return st.dictionaries(st.sampled_from(["demand", "findings", "opinion"]), texts())
    return texts()


def events(rows: list[EventType] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    def of(row: EventType) -> st.SearchStrategy[dict[str, Any]]:
        required = {f.name: values(f) for f in row.fields if f.required}
        optional = {f.name: values(f) for f in row.fields if not f.required} | {"note": texts()}
        base = {"at": TIMES, "by": UNITS, "type": st.just(row.name)}
        return st.fixed_dictionaries(base | required, optional=optional)

    return st.sampled_from(rows or list(TABLE.values())).flatmap(of)


def cases(max_events: int = 5) -> st.SearchStrategy[dict[str, Any]]:
    sealed = st.fixed_dictionaries(
        {"recipient": texts(), "to": st.lists(UNITS, max_size=2), "text": texts()}
    )
    return st.fixed_dictionaries(
        {
            "id": st.just("LZ-20261013-0001"), "channel": st.just("city_web"), "upstream_id": texts(),
            "dispatched_at": TIMES, "kind": st.just("help"), "title": texts(), "demand": texts(),
            "location": texts(),
            "petitioner": st.fixed_dictionaries({"confidential": st.booleans(), "anonymous": st.booleans()}),
            "events": st.lists(events(), max_size=max_events),
        },
        optional={
            "platform": texts(), "against": st.lists(UNITS, max_size=3),
            "sealed": st.fixed_dictionaries({"person": sealed}), "more": ANY,
        },
    )  # fmt: skip
