"""Completes the short examples of rule declarations into whole files, and judges them.

An example names only what it is about: header keys, or a list of events. What it leaves
out is filled in, a header key without a value is taken away: times ten minutes apart, authors by the lifecycle table, the usual
content of a reply, and the events that lead to the state in which its first event is
allowed. ``event: -1`` in a correction stands for the event before it. A line ``# cases/….yaml`` or ``# registry/….yaml`` begins another file: an order
may be empty, a registry file changes the shipped one, and an empty one takes it away.

A finding is told with the line of the example that it stands on, None where it stands on
what was filled in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import PurePath
from typing import Any, NamedTuple

from hotline.findings.engine import Engine
from hotline.procedure.identity import event_id
from hotline.procedure.lifecycle import ANY, OPEN, SECTIONS_OF, TABLE
from hotline.procedure.replying import template_of
from hotline.reading.registry import Rules, read_registry
from hotline.reading.strict_yaml import parse
from hotline.values.facts import Cases
from hotline.values.finding import Finding
from hotline.values.node import Items, Mapping, Place, place_of
from hotline.values.times import parse_time
from tests.support import ROOT, at, path_of, plain, schema, strict, to_yaml

HEADER: dict[str, Any] = {
    "id": "LZ-20261013-0007",
    "channel": "city_12345",
    "upstream_id": "ZY202610130007",
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
ALERTED: dict[str, Any] = {"type": "alerted", "authority": "县应急管理局", "text": "已报告。"}
ASSIGNED: dict[str, Any] = {
    "type": "assigned", "lead": "housing-bureau", "support": [], "basis": "clear",
}  # fmt: skip
SIGNED: dict[str, Any] = {"type": "signed"}
RESPONDED: dict[str, Any] = {"type": "first_response", "text": "已派人到现场。"}
CONTACTED: dict[str, Any] = {"type": "contacted"}
REPLIED: dict[str, Any] = {"type": "replied"}
CALLBACK: dict[str, Any] = {
    "type": "callback", "reached": True, "process": "satisfied", "result": "satisfied",
}  # fmt: skip
CLOSED: dict[str, Any] = {"type": "closed", "ground": "satisfied"}
LEADING: dict[str, list[dict[str, Any]]] = {
    "new": [],
    "accepted": [ACCEPTED, ALERTED],
    "assigned": [ACCEPTED, ALERTED, ASSIGNED],
    "handling": [ACCEPTED, ALERTED, ASSIGNED, SIGNED, RESPONDED, CONTACTED],
    "replied": [ACCEPTED, ALERTED, ASSIGNED, SIGNED, RESPONDED, CONTACTED, REPLIED],
    "closed": [
        ACCEPTED, ALERTED, ASSIGNED, SIGNED, RESPONDED, CONTACTED, REPLIED, CALLBACK, CLOSED,
    ],
}  # fmt: skip
"""State → the shortest clean way there. Reporting and responding are for special matters,
contact is not for a confidential petitioner."""
USUAL: dict[str, dict[str, Any]] = {
    "contacted": {"method": "phone", "summary": "已告知收悉。"},
    "replied": {"subject": "夜间施工噪音"},
    "callback": {"source": "city"},
}
"""Event → what it must hold and an example need not say."""
SECTIONS = {
    "demand": "要求制止夜间施工。",
    "findings": "现场检查属实。",
    "handling": "已责令夜间停工。",
    "opinion": "现场检查属实，已责令夜间停工。",
    "communication": "已电话沟通，诉求人表示理解。",
}
"""What a usual reply says; the template tells which of them it has."""


class Found(NamedTuple):
    """A finding, and the line of the example that it stands on."""

    finding: Finding
    line: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an example. ``root`` is as written, its places those of the example."""

    path: str | None
    root: Any

    @property
    def events(self) -> Any:
        return self.root if isinstance(self.root, Items) else self.root.get("events", Items())

    @property
    def header(self) -> dict[str, Any]:
        if isinstance(self.root, Items):
            return {}
        return {key: value for key, value in self.root.items() if key != "events"}


@dataclass(frozen=True, slots=True)
class File:
    """A completed file. ``filled`` counts the events that stand before the example's own."""

    path: str
    blob: bytes
    part: Part
    filled: int = 0

    def line(self, place: Place) -> int | None:
        """The line of the example for a place of the completed file."""
        path = path_at(parse(self.blob, max_bytes=1 << 22).root, place)
        root = self.part.root
        if path[:1] == ("events",) and len(path) > 1:
            number = int(path[1]) - self.filled
            if number < 0:
                return None
            return place_of(self.part.events, number, *path[2:]).line
        known = isinstance(root, Mapping) and path[:1] and path[0] in root
        return place_of(root, *path).line if known else None


# --- reading an example ----------------------------------------------------------------

_HEADING = re.compile(r"# ((?:cases|registry)/\S+\.yaml)(?: .*)?")


def parts(example: str) -> list[Part]:
    """The files of an example; one without headings is one order."""
    found: list[Part] = []
    path, begin = None, 0
    lines = example.strip("\n").split("\n")
    for number, line in enumerate([*lines, "# cases/end.yaml"]):
        if heading := _HEADING.fullmatch(line):
            body = lines[begin:number]
            if path is not None or any(text.strip() for text in body):
                blank = all(text.lstrip()[:1] in ("", "#") for text in body)
                text = "\n" * begin + "\n".join(body)
                found.append(Part(path, Mapping() if blank else strict(text + "\n")))
            path, begin = heading[1], number + 1
    return found


def marked(example: str, code: str) -> set[int]:
    """The lines of the example that ``# CODE`` marks."""
    lines = example.strip("\n").split("\n")
    return {n for n, line in enumerate(lines, 1) if line.endswith(f"  # {code}")}


def path_at(node: Any, place: Place) -> tuple[str | int, ...]:
    """The path of the node that ``place`` lies in: the last, and of those the deepest, that
    begins there or before."""
    best: tuple[str | int, ...] = ()
    waiting: list[tuple[Any, tuple[str | int, ...]]] = [(node, ())]
    begins = Place(0, 0)
    while waiting:
        node, path = waiting.pop()
        steps = node if isinstance(node, dict) else range(len(node)) if _is_list(node) else ()
        for step in steps:
            here = place_of(node, step)
            if begins <= here <= place:
                begins, best = here, (*path, step)
            waiting.append((node[step], (*path, step)))
    return best


def _is_list(node: Any) -> bool:
    return isinstance(node, list)


# --- completing ------------------------------------------------------------------------


def complete(example: str) -> dict[str, Any]:
    """The whole work order that an example stands for; the last where there are several."""
    return strict(order(parts(example)[-1]).blob.decode())  # type: ignore[no-any-return]


def order(part: Part) -> File:
    """The whole file of an order."""
    given = part.header
    name = PurePath(part.path).stem if part.path else ""
    case = {key: value for key, value in {**HEADER, **given}.items() if value is not None}
    if "id" not in given:
        day = str(given.get("dispatched_at", ""))[:10].replace("-", "")
        case["id"] = name or (f"LZ-{day}-0007" if day else HEADER["id"])
    digits = str(name or case["id"]).split("-")[1]
    if "dispatched_at" not in given and "id" not in given:
        case["dispatched_at"] = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}T09:30:00+08:00"
    if "upstream_id" not in given:
        case["upstream_id"] = "ZY" + "".join(str(case["id"]).split("-")[1:])
    before = leading(part.events, case)
    case["events"] = timed([*before, *(dict(event) for event in part.events)], case)
    return File(part.path or path_of(case), to_yaml(case), part, len(before))


def leading(events: list[Any], case: dict[str, Any]) -> list[dict[str, Any]]:
    """The events before the first of the example."""
    if not events or events[0]["type"] == "accepted":
        return []
    states = TABLE[events[0]["type"]].states
    state = "handling" if states in (ANY, OPEN) else next(s for s in LEADING if s in states)
    left_out = [CONTACTED] if case["petitioner"]["confidential"] else []
    left_out += [ALERTED, RESPONDED] if case["urgency"] == "normal" else []
    return [dict(event) for event in LEADING[state] if event not in left_out]


def timed(events: list[dict[str, Any]], case: dict[str, Any]) -> list[dict[str, Any]]:
    """Events with times, authors and the usual content where they have none."""
    now: datetime = at(str(case["dispatched_at"]))
    lead, support, joint = "housing-bureau", ["tianchi-street"], []
    found: list[dict[str, Any]] = []
    for event in events:
        now = at(event["at"]) if "at" in event else now + timedelta(minutes=10)
        if event["type"] == "assigned":
            lead, support, joint = event["lead"], event["support"] or support, event["support"]
        by = event.get("by") or _author(event["type"], lead, support)
        whole = {"at": now.isoformat(), "by": by, **USUAL.get(event["type"], {}), **event}
        if event["type"] == "replied":
            whole = {**_reply(event, case, now), **whole, "sections": _sections(event, case)}
            whole |= {"units": [lead, *joint]} if joint and "units" not in event else {}
        if isinstance(whole.get("event"), int):
            whole["event"] = event_id(plain(found[whole["event"]]))
        found.append(whole)
    return found


def _reply(event: dict[str, Any], case: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What a usual reply has besides its text; what an example says of review and delivery
    is all that it has."""
    usual: dict[str, Any] = {"template": template_of(case["channel"])}
    if "reviewed_by" not in event and "delivery" not in event:
        method = "platform" if case["petitioner"]["confidential"] else "phone"
        usual |= {"reviewed_by": "何静", "delivery": {"method": method, "at": now.isoformat()}}
    return usual


def _sections(event: dict[str, Any], case: dict[str, Any]) -> dict[str, str]:
    """The sections of the reply's template, those of the example in place of the usual."""
    template = event.get("template", template_of(case["channel"]))
    names = (*SECTIONS_OF[template], "communication")
    return {**{name: SECTIONS[name] for name in names}, **event.get("sections", {})}


def _author(type_: str, lead: str, support: list[str]) -> str:
    return {
        "center": "hotline-center", "bureau": "approval-bureau", "government": "county-government",
        "supervisor": "supervision-commission", "lead": lead, "support": support[0],
        "opener": "approval-bureau", "author": "hotline-center",
    }[TABLE[type_].who[0]]  # fmt: skip


# --- the registry ----------------------------------------------------------------------


@cache
def _shipped() -> dict[str, bytes]:
    files = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in (ROOT / "registry").rglob("*.yaml")
    }
    # Precedents name shipped orders, and would bind the orders of examples.
    return {**files, "registry/precedents.yaml": b"precedents: []\n"}


@cache
def _rules() -> Rules:
    return _read(_shipped())


def _read(files: dict[str, bytes]) -> Rules:
    rules, findings = read_registry(files, schema)
    assert rules is not None, findings
    return rules


def changed(part: Part) -> File:
    """A registry file as the example changes it: mappings are merged, the rest replaced."""
    assert part.path is not None
    old = strict(_shipped()[part.path].decode()) if part.path in _shipped() else {}
    return File(part.path, to_yaml(_merged(old, part.root)), part)


def _merged(old: Any, new: Any) -> Any:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}


# --- judging ---------------------------------------------------------------------------


def judged(example: str, now: str = "") -> list[Found]:
    """Every finding over the files of an example. ``now`` is the last event's time by
    default."""
    given = parts(example)
    registry = [p for p in given if str(p.path).startswith("registry/")]
    files = [order(part) for part in given if part not in registry]
    changes = [changed(part) for part in registry if part.root]
    taken = {str(part.path) for part in registry if not part.root}
    rules = _rules()
    if registry:
        kept = {path: blob for path, blob in _shipped().items() if path not in taken}
        rules = _read({**kept, **{file.path: file.blob for file in changes}})
    engine = Engine(rules, schema(), at(now) if now else _last(files))
    findings: list[Finding] = []
    facts = []
    for file in files:
        told = engine.judge(file.path, file.blob)
        findings += told.findings
        facts += [told.subject.facts] if told.subject else []
    cases = Cases(facts)
    findings += [*engine.across(facts, cases), *engine.of_registry(cases)]
    by_path = {file.path: file for file in (*files, *changes)}
    return [
        Found(f, by_path[f.path].line(f.place) if f.path in by_path else None) for f in findings
    ]


def _last(files: list[File]) -> datetime:
    """The time of the last event; the last dispatch where there are no events."""
    times = [] if files else [HEADER["dispatched_at"]]
    for file in files:
        case = strict(file.blob.decode())
        times += [case["dispatched_at"], *(event["at"] for event in case["events"])]
    return max(parse_time(text) for text in times)


def read_alone(example: str) -> list[Found]:
    """What reading finds in an example that no reader can take apart: its text as it is,
    with the header keys that it leaves out written below."""
    body = example.strip("\n")
    keys = set(re.findall(r"^(\w+):", body, re.M))
    rest = {key: value for key, value in {**HEADER, "events": []}.items() if key not in keys}
    blob = f"{body}\n".encode() + to_yaml(rest)
    told = Engine(_rules(), schema(), at(HEADER["dispatched_at"])).judge(path_of(HEADER), blob)
    lines = len(body.split("\n"))
    return [Found(f, f.place.line if f.place.line <= lines else None) for f in told.findings]
