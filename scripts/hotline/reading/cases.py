"""A work order file: bytes → Case, or the findings that say why not (S001 to S010)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hotline.reading.schema import Schema
from hotline.reading.strict_yaml import Fault, parse
from hotline.values.case import Case, Event
from hotline.values.finding import Finding
from hotline.values.times import parse_time

MAX_EVENTS = 2000


def read_case(path: str, blob: bytes, schema: Schema) -> tuple[Case | None, list[Finding]]:
    """The case where the file fits the schema, and what is wrong with the file.

    A file with hidden characters or a duplicate key can still be a case: then both are
    given. Without a case no other rule looks at the file.
    """
    parsed = parse(blob)
    data = parsed.root
    findings = [_finding(path, fault) for fault in parsed.faults]
    if data is None or any(fault.code == "S003" for fault in parsed.faults):
        return None, findings
    if isinstance(data, dict) and len(_list(data.get("events"))) > MAX_EVENTS:
        place = data.marks["events"][0] if hasattr(data, "marks") else (1, 1)
        message = f"事件超过 {MAX_EVENTS} 个，请另立工单并用 linked 关联"
        return None, [*findings, _finding(path, Fault("S001", place, message), _id(data))]
    faults = schema.faults(data)
    for fault in faults:
        subject = "/".join(map(str, fault.path))
        findings.append(
            Finding(
                "S010", "error", path, fault.message, "practice", fault.place, _id(data), subject
            )
        )
    if faults:
        return None, findings
    return case_of(path, data), [_with_case(f, _id(data)) for f in findings]


def case_of(path: str, data: Any) -> Case:
    """A case from data that fits the schema."""
    events = tuple(
        Event(row["type"], parse_time(row["at"]), row["by"], row, index)
        for index, row in enumerate(data["events"])
    )
    return Case(path, data, parse_time(data["dispatched_at"]), events)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _id(data: Any) -> str | None:
    """The id as written, where it looks like one: a message must not carry other text."""
    value = data.get("id") if isinstance(data, dict) else None
    if isinstance(value, str) and value.isascii() and value.replace("-", "").isalnum():
        return value[:24]
    return None


def _finding(path: str, fault: Fault, case: str | None = None) -> Finding:
    return Finding(fault.code, "error", path, fault.message, "practice", fault.place, case)


def _with_case(finding: Finding, case: str | None) -> Finding:
    return replace(finding, case=case)
