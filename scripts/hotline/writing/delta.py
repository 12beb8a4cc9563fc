"""What a change is, and what it broke: findings that were not there before it.

A finding's line moves with the lines above it, and an event's number with the events
before it. So a finding is known again by the node that it stands at.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from hotline.procedure.identity import event_id
from hotline.values.finding import Finding
from hotline.values.node import Items, Mapping, Place
from hotline.values.times import NotATime, parse_time
from hotline.writing.cells import plain_number

Path = tuple[str | int, ...]
OF_THE_TEXT = frozenset(("S001", "S002", "S003", "S004"))


def newly(
    before: Iterable[Finding],
    root_before: Any,
    after: Iterable[Finding],
    root_after: Any,
    index: int,
) -> list[Finding]:
    """The findings of ``after`` that ``before`` did not have, where the event ``index`` of
    ``root_after`` is what was added."""
    nodes_before, nodes_after = _nodes(root_before), _nodes(root_after)
    known = Counter(
        (finding.code, finding.severity, _shifted(_what(finding, nodes_before), index))
        for finding in before
    )
    found = []
    for finding in after:
        key = (finding.code, finding.severity, _what(finding, nodes_after))
        if known[key]:
            known[key] -= 1
        else:
            found.append(finding)
    return found


def newly_among(
    before: Iterable[Finding], root_before: Any, after: Iterable[Finding], root_after: Any
) -> list[Finding]:
    """As :func:`newly`, where any number of events came in anywhere: an event is known again
    by its content."""
    nodes_before, nodes_after = _nodes(root_before), _nodes(root_after)
    known = Counter(
        (finding.code, finding.severity, _by_content(_what(finding, nodes_before), root_before))
        for finding in before
    )
    found = []
    for finding in after:
        what = _by_content(_what(finding, nodes_after), root_after)
        key = (finding.code, finding.severity, what)
        if known[key]:
            known[key] -= 1
        else:
            found.append(finding)
    return found


def _by_content(path: Path, root: Any) -> Path:
    if path[:1] == ("events",) and len(path) > 1 and isinstance(path[1], int):
        event = root["events"][path[1]]
        return ("events", event_id(event) if isinstance(event, dict) else str(event), *path[2:])
    return path


def _what(finding: Finding, nodes: list[tuple[Place, Path]]) -> Path:
    """The node that a finding stands at; for the text itself (S001 to S004), its words,
    for such a fault lies between the nodes."""
    if finding.code in OF_THE_TEXT:
        return (finding.message,)
    number = bisect_right(nodes, finding.place, key=lambda pair: pair[0])
    return nodes[number - 1][1] if number else ()


def _shifted(path: Path, index: int) -> Path:
    if path[:1] == ("events",) and len(path) > 1 and isinstance(path[1], int) and path[1] >= index:
        return ("events", path[1] + 1, *path[2:])
    return path


def _nodes(root: Any) -> list[tuple[Place, Path]]:
    """Every node's place with its path, in the order of the file."""
    return sorted(_walk(root, ()), key=lambda pair: (pair[0], len(pair[1])))


def _walk(node: Any, path: Path) -> Iterator[tuple[Place, Path]]:
    if isinstance(node, Mapping):
        for key, (key_place, value_place) in node.marks.items():
            yield key_place, (*path, key)
            yield value_place, (*path, key)
            yield from _walk(node[key], (*path, key))
    elif isinstance(node, Items):
        for number, place in enumerate(node.marks):
            yield place, (*path, number)
            yield from _walk(node[number], (*path, number))


def differing(row: Any, root: Any, columns: Any) -> list[str]:
    """The titles of the columns whose value in ``row`` is not what the order holds, neither
    in its header nor as corrected or reclassified since."""
    titles = []
    for name, title in columns.items():
        if name == "demand" and _at(root, "sealed.demand") is not None:
            continue  # nobody can tell without its key
        value = _at(row, name)
        held = [_at(root, name), *_later(root, name)]
        if value is not None and _same(name, value) not in [_same(name, one) for one in held]:
            titles.append(title)
    return titles


def _at(data: Any, name: str) -> Any:
    for key in name.split("."):
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _later(root: Any, name: str) -> Iterator[Any]:
    events = root.get("events")
    for event in events if isinstance(events, list) else ():
        if isinstance(event, dict) and event.get("type") == "reclassified":
            yield event.get(name)
        elif isinstance(event, dict) and event.get("header") and event.get("field") == name:
            yield event.get("value")


def _same(name: str, value: Any) -> Any:
    """A value as it is compared."""
    if name == "upstream_id":
        return plain_number(str(value))
    if name == "dispatched_at":
        try:
            return parse_time(str(value))
        except NotATime:
            return value
    return value.strip() if isinstance(value, str) else value


def about(finding: Finding, root: Any) -> str:
    """What a finding on text that was not written is about, as it was typed: ``key=value``.

    A longer text is not repeated, for it may hold a person's data.
    """
    path = _what(finding, _nodes(root)) if finding.code not in OF_THE_TEXT else ()
    value, keys = root, [str(key) for key in path]
    for key in path:
        value = value[key]
    if path[:1] == ("events",):
        keys = keys[2:]
    elif path and isinstance(path[-1], int):
        keys = keys[:-1]
    if not keys or keys == ["type"]:
        return "事件" if path[:1] == ("events",) else "工单"
    name = ".".join(key for key in keys if not key.isdigit())
    if isinstance(value, bool):
        value = str(value).lower()
    shown = isinstance(value, str | int) and re.fullmatch(r"(?!.*\d{7})[^\n]{0,30}", str(value))
    return f"{name}={value if shown else '…'}"


def diff(path: str, old: bytes, new: bytes) -> str:
    """The change to one file as a unified diff."""
    before, after = (blob.decode("utf-8", "replace").splitlines() for blob in (old, new))
    return "\n".join(difflib.unified_diff(before, after, path, path, lineterm=""))
