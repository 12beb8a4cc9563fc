"""Completes the short examples of rule declarations into whole work orders.

An example names only what it is about: header keys, or a list of events. What it leaves
out is filled in: times ten minutes apart, authors by the lifecycle table, and the
events that lead to the state in which its first event is allowed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.support import at, strict

from hotline.procedure.lifecycle import TABLE

HEADER: dict[str, Any] = {
    "id": "LZ-20261013-0007",
    "channel": "city_12345",
    "upstream_id": "ZY202610130099",
    "dispatched_at": "2026-10-13T09:30:00+08:00",
    "kind": "complaint",
    "urgency": "normal",
    "category": "noise-construction",
    "title": "锦绣花园小区东侧夜间施工噪音",
    "demand": "{petitioner.name}反映工地晚上十一点后仍在施工。",
    "location": "天池街道锦绣花园小区",
    "petitioner": {"confidential": False, "anonymous": False},
}
ACCEPTED: dict[str, Any] = {"type": "accepted"}
ASSIGNED: dict[str, Any] = {
    "type": "assigned", "lead": "housing-bureau", "support": [], "basis": "clear",
}  # fmt: skip
SIGNED: dict[str, Any] = {"type": "signed"}
CONTACTED: dict[str, Any] = {"type": "contacted", "method": "phone", "summary": "已告知收悉。"}
REPLIED: dict[str, Any] = {
    "type": "replied", "template": "ordinary", "subject": "夜间施工噪音",
    "sections": {
        "demand": "要求制止夜间施工。", "findings": "现场检查属实。",
        "handling": "已责令夜间停工。", "communication": "已电话沟通，诉求人表示理解。",
    },
    "reviewed_by": "分管副局长", "handler": "城建股经办员", "legal_basis": ["噪声污染防治法第四十三条"],
    "delivery": {"method": "phone", "at": "2026-10-14T10:00:00+08:00"},
}  # fmt: skip
CALLBACK: dict[str, Any] = {
    "type": "callback", "source": "city", "reached": True, "process": "satisfied", "result": "satisfied",
}  # fmt: skip
CLOSED: dict[str, Any] = {"type": "closed", "ground": "satisfied"}
LEADING: dict[str, list[dict[str, Any]]] = {
    "new": [],
    "accepted": [ACCEPTED],
    "assigned": [ACCEPTED, ASSIGNED],
    "handling": [ACCEPTED, ASSIGNED, SIGNED, CONTACTED],
    "replied": [ACCEPTED, ASSIGNED, SIGNED, CONTACTED, REPLIED],
    "closed": [ACCEPTED, ASSIGNED, SIGNED, CONTACTED, REPLIED, CALLBACK, CLOSED],
}
"""State → the shortest clean way there."""


def complete(example: str) -> dict[str, Any]:
    """The whole work order that an example stands for."""
    given = strict(example.strip("\n") + "\n")
    header = {} if isinstance(given, list) else {k: v for k, v in given.items() if k != "events"}
    events = given if isinstance(given, list) else given.get("events", [])
    case = {**HEADER, **header}
    if (
        not str(case["id"]).split("-")[1] == str(case["dispatched_at"])[:10].replace("-", "")
        and "id" not in header
    ):
        case["id"] = f"LZ-{str(case['dispatched_at'])[:10].replace('-', '')}-0007"
    return {**case, "events": timed(leading(events) + [dict(e) for e in events], case)}


def leading(events: list[Any]) -> list[dict[str, Any]]:
    """The events before the first of the example, for the earliest state that allows it."""
    if not events or events[0]["type"] == "accepted":
        return []
    states = TABLE[events[0]["type"]].states
    return [dict(e) for e in next(way for state, way in LEADING.items() if state in states)]


def timed(events: list[dict[str, Any]], case: dict[str, Any]) -> list[dict[str, Any]]:
    """Events with times and authors where they have none."""
    now: datetime = at(str(case["dispatched_at"]))
    lead, support = "housing-bureau", ["tianchi-street"]
    found = []
    for event in events:
        now = at(event["at"]) if "at" in event else now + timedelta(minutes=10)
        if event["type"] == "assigned":
            lead, support = event["lead"], event["support"] or support
        by = event.get("by") or _author(event["type"], lead, support)
        found.append({"at": event.get("at", now.isoformat()), "by": by, **event})
    return found


def _author(type_: str, lead: str, support: list[str]) -> str:
    return {
        "center": "hotline-center", "bureau": "approval-bureau", "government": "county-government",
        "supervisor": "supervision-commission", "lead": lead, "support": support[0],
        "opener": "approval-bureau", "author": "hotline-center",
    }[TABLE[type_].who[0]]  # fmt: skip
