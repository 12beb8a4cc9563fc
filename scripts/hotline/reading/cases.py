"""A work order file: bytes → Case, or the findings that say why not (S001 to S010)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hotline.procedure.corrections import Correction, correction, mended
from hotline.procedure.identity import event_id
from hotline.reading.places import Source
from hotline.reading.quick_yaml import values
from hotline.reading.schema import MAX_FAULTS, Schema
from hotline.values.case import Case, Event
from hotline.values.finding import Finding
from hotline.values.node import key_place, place_of
from hotline.values.times import parse_time

if TYPE_CHECKING:
    from hotline.reading.schema_words import SchemaFault
    from hotline.reading.strict_yaml import Fault

MAX_EVENTS = 2000
_OF_EVENT = re.compile("^第 1 个事件(?:的 )?")
_ID = re.compile(r"[A-Z]{2,6}-[0-9]{8}-[0-9]{4,6}")


def read_case(path: str, blob: bytes, schema: Schema) -> tuple[Case | None, list[Finding]]:
    """The case where the file fits the schema, and what is wrong with the file.

    A file with hidden characters or a duplicate key can still be a case: then both are
    given. Without a case no other rule looks at the file.
    """
    data = values(blob)
    if not _is_plain(data):
        return _read_strictly(path, blob, schema)
    source = Source(blob, beyond_doubt=True)
    if schema.fits(data):
        return case_of(path, data, source), []
    return None, [_misfit(path, wrong, _id(data)) for wrong in schema.faults(data, source)]


def _read_strictly(path: str, blob: bytes, schema: Schema) -> tuple[Case | None, list[Finding]]:
    """With places. What is not beyond doubt pays for importing the reader of YAML."""
    from hotline.reading.strict_yaml import Fault, hidden_lines, parse

    parsed = parse(blob)
    data = parsed.root
    case_id = _id(data)
    findings = [_finding(path, fault, case_id) for fault in parsed.faults]
    if data is None or any(fault.code == "S003" for fault in parsed.faults):
        return None, findings
    if isinstance(data, dict) and len(_list(data.get("events"))) > MAX_EVENTS:
        message = f"事件超过 {MAX_EVENTS} 个，请另立工单并用 linked 关联"
        fault = Fault("S001", key_place(data, (), "events"), message)
        return None, [*findings, _finding(path, fault, case_id)]
    faults = schema.faults(data)
    if not faults:
        faults = misfit_corrections(data, schema)
    if not faults:
        return case_of(path, data), findings
    hidden = hidden_lines(parsed.faults)
    findings += [
        _misfit(path, wrong, case_id) for wrong in faults if wrong.place.line not in hidden
    ]
    return None, findings


def _code(wrong: SchemaFault) -> str:
    """Where the schema refuses a classification, P002 speaks: the order must not be here."""
    return "P002" if wrong.subject == "classification" else "S010"


def _is_plain(data: Any) -> bool:
    """Whether nothing but the schema is left to ask. A corrected value may stand at a place of
    its own, so cases with corrections are read with their places."""
    events = data.get("events") if isinstance(data, dict) else None
    return (
        isinstance(events, list)
        and len(events) <= MAX_EVENTS
        and not any(isinstance(row, dict) and row.get("type") == "corrected" for row in events)
    )


def misfit_corrections(data: Any, schema: Schema) -> list[SchemaFault]:
    """Corrections that would make the case one that does not fit the schema.

    Everything behind the reader trusts the schema, so a corrected value must fit it too.
    """
    mending = [(n, event) for n, event in enumerate(data["events"]) if event["type"] == "corrected"]
    if not mending:
        return []
    from hotline.reading.schema_words import SchemaFault

    faults: list[SchemaFault] = []
    places = {event_id(event): number for number, event in enumerate(data["events"])}
    document = {**data, "events": list(data["events"])}
    for number, event in mending:
        one = correction(event)
        if not one.is_allowed:
            place, words = place_of(event, "field"), f"{one.path[0]} 不能更正，请另记一个事件"
            faults.append(SchemaFault(place, words, f"{number}/field"))
            continue
        after = _mended(document, places, one)
        if after is document and (one.target is None or one.target in places):
            place, words = place_of(event, "field"), f"没有 {one.field[:40]} 这个字段，更正不起作用"
            if len(one.path) > 1:
                words += f"；补写整个 {one.path[0][:40]}：field: {one.path[0][:40]}，value 写齐各项"
            faults.append(SchemaFault(place, words, f"{number}/field"))
            continue
        # Only what it touches is looked at, or a case of many corrections would take minutes.
        wrong = schema.faults({**after, "events": after["events"][_touched(places, one)]})
        if not wrong:
            document = after
        elif len(faults) < MAX_FAULTS:
            why = _OF_EVENT.sub("", wrong[0].message)
            words = f"更正的值不合适：改后 {why}"
            faults.append(SchemaFault(place_of(event, "value"), words, f"{number}/value"))
    return faults


def _touched(places: dict[str, int], one: Correction) -> slice:
    """Where the event stands that a correction names; nowhere, where it names none."""
    number = places.get(one.target or "")
    return slice(0) if number is None else slice(number, number + 1)


def _mended(document: Any, places: dict[str, int], one: Correction) -> Any:
    if one.target is None:
        return mended(document, one.path, one.value)
    if one.target not in places:
        return document  # X010 tells
    events = list(document["events"])
    number = places[one.target]
    after = mended(events[number], one.path, one.value)
    if after is events[number] or after["type"] == "corrected":
        return document  # nothing of the case changes: no such field, or a correction corrected
    events[number] = after
    return {**document, "events": events}


def case_of(path: str, data: Any, source: Source | None = None) -> Case:
    """A case from data that fits the schema. ``source`` tells places that ``data`` does not."""
    events = tuple(
        [
            Event(row["type"], parse_time(row["at"]), row["by"], row, index, source)
            for index, row in enumerate(data["events"])
        ]
    )
    return Case(path, data, parse_time(data["dispatched_at"]), events, source)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _id(data: Any) -> str | None:
    """The id as written, where it is one: a finding must not carry other text."""
    value = data.get("id") if isinstance(data, dict) else None
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _misfit(path: str, wrong: SchemaFault, case: str | None) -> Finding:
    return Finding(
        _code(wrong), "error", path, wrong.message, "practice", wrong.place, case, wrong.subject
    )


def _finding(path: str, fault: Fault, case: str | None) -> Finding:
    return Finding(fault.code, "error", path, fault.message, "practice", fault.place, case)
