"""One event more in the text of a file, and not a byte of the rest touched.

libyaml's marks say where each event ends; the new lines go between. What came out is
read again and compared before anybody gets it: old events, and the new one among them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import yaml

from hotline.procedure.identity import event_id
from hotline.procedure.lifecycle import ORDER
from hotline.values.times import NotATime, parse_time
from hotline.writing.yaml_text import event_flow, items

BOM = "\ufeff"
_BREAK = re.compile(r"\r\n|\n|\r")
_BLOCK_MARK = re.compile(r"[|>][0-9+-]{0,2}")
_UNICODE_BREAK = re.compile("[\x85\u2028\u2029]")
_FIRST = datetime.min.replace(tzinfo=UTC)


class CannotAppend(ValueError):
    """The text has no place where an event could be put safely; the message is Chinese."""


class Appended(NamedTuple):
    """The new bytes, and the number (from 0) of the new event in them."""

    blob: bytes
    number: int


def append(blob: bytes, event: Mapping[str, Any], parse: Callable[[bytes], Any]) -> Appended:
    """``blob`` with ``event`` where its ``at`` belongs; ``parse`` gives the root of a file.

    Raises :class:`CannotAppend` where the result would not read as the old events and
    the new one.
    """
    before = parse(blob)
    if not isinstance(before, dict) or not isinstance(before.get("events"), list):
        raise CannotAppend("文件里没有 events 列表")
    index = position(before["events"], event)
    try:
        text = blob.decode("utf-8")
        new = _Text(text, before["events"]).with_event(event, index).encode("utf-8")
    except (UnicodeError, yaml.YAMLError) as error:
        raise CannotAppend(f"文件读不出（{type(error).__name__}）") from error
    after = parse(new)
    wanted = [*before["events"][:index], dict(event), *before["events"][index:]]
    if not isinstance(after, dict) or {**before, "events": wanted} != after:
        raise CannotAppend("文件里 events 的写法少见，请用编辑器在末尾添加")
    return Appended(new, index)


def position(events: Sequence[Any], event: Mapping[str, Any]) -> int:
    """Where ``event`` belongs: after all that are not later, looked for from the end.

    At the same ``at`` the lifecycle table's order rules, then the id: the order of a merge.
    """
    key = _key(event)
    index = len(events)
    while index and _later(events[index - 1], event, key):
        index -= 1
    return index


def _key(event: Any) -> tuple[datetime, int]:
    """Unreadable events count as long past: nothing is put before them for their sake."""
    if not isinstance(event, dict):
        return _FIRST, -1
    try:
        at = parse_time(event.get("at") or "")
    except (NotATime, TypeError):
        at = _FIRST
    return at, ORDER.get(str(event.get("type")), -1)


def _later(other: Any, event: Mapping[str, Any], key: tuple[datetime, int]) -> bool:
    theirs = _key(other)
    return theirs > key or (theirs == key and event_id(other) > event_id(event))


class _Text:
    """A file's text and where its ``events`` stand in it, in characters."""

    def __init__(self, text: str, written: Sequence[Any]) -> None:
        self.written = written
        self.start = text[: len(BOM)] if text.startswith(BOM) else ""
        self.text = text.removeprefix(BOM)
        # As the strict reader does: an editor sees no line end in these.
        root: Any = yaml.compose(_UNICODE_BREAK.sub(" ", self.text), Loader=yaml.CSafeLoader)
        self.root_is_flow = bool(root.flow_style)
        self.key, self.events = next(
            (key, value) for key, value in root.value if key.value == "events"
        )

    def with_event(self, event: Mapping[str, Any], index: int) -> str:
        if not self.events.flow_style:
            return self.start + self._in_block(event, index)
        inside = self.text[self.events.start_mark.index : self.events.end_mark.index]
        if self.root_is_flow or (self.events.value and "#" in inside):
            return self.start + self._in_flow(event, index)
        return self.start + self._from_flow_to_block(event, index)

    # --- a block sequence ---------------------------------------------------------------

    def _in_block(self, event: Mapping[str, Any], index: int) -> str:
        mark = self.events.start_mark
        if index == 0:
            lines = self._lines([event], mark.column)
            return self._put(mark.index, lines[mark.column :] + " " * mark.column)
        last = last_leaf(self.events.value[index - 1])
        if is_open_end(self.text, last):
            closed = closed_text(self.text, last)
            return closed + self._nl(len(self.text)) + self._lines([event], mark.column)
        at = end_of_lines(self.text, last)
        glue = "" if _BREAK.match(self.text[at - 1]) else self._nl(at)
        return self._put(at, glue + self._lines([event], mark.column))

    def _lines(self, events: Sequence[Any], indent: int) -> str:
        nl = self._nl(self.events.start_mark.index)
        return "".join(line + nl for line in items(events, indent))

    # --- a flow sequence ----------------------------------------------------------------

    def _from_flow_to_block(self, event: Mapping[str, Any], index: int) -> str:
        """``events: []`` and the like become the block that a clerk can add to."""
        start, end = self.events.start_mark.index, self.events.end_mark.index
        found = _BREAK.search(self.text, end)
        rest = self.text[end : found.start() if found else len(self.text)]
        nl = self._nl(start)
        head = self.text[:start].rstrip(" ") + (rest if rest.strip() else "")
        events = [*self.written[:index], event, *self.written[index:]]
        glue = "" if _BREAK.match(head[-1]) else nl
        lines = self._lines(events, self.key.start_mark.column + 2)
        return head + glue + lines + self.text[found.end() if found else len(self.text) :]

    def _in_flow(self, event: Mapping[str, Any], index: int) -> str:
        new = event_flow(event)
        nodes = self.events.value
        if not nodes:
            return self._put(self.events.start_mark.index + 1, new)
        if index == 0:
            return self._put(nodes[0].start_mark.index, f"{new}, ")
        before = nodes[index - 1]
        start = before.start_mark.index
        line = _BREAK.split(self.text[:start])[-1]
        glue = ", " if line.strip() or not line else f",{self._nl(start)}{line}"
        return self._put(before.end_mark.index, glue + new)

    def _put(self, at: int, new: str) -> str:
        return self.text[:at] + new + self.text[at:]

    def _nl(self, at: int) -> str:
        """The line end that is in use around ``at``."""
        before = list(_BREAK.finditer(self.text, 0, at))
        found = before[-1] if before else _BREAK.search(self.text)
        return found[0] if found else "\n"


# --- where things end, for all who put lines between them ---------------------------------


def last_leaf(node: Any) -> Any:
    """The node that a block collection's text ends with: libyaml lets the collection
    itself end only where the next thing begins."""
    while not isinstance(node, yaml.ScalarNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(node, yaml.MappingNode) else last
    return node


def end_of_lines(text: str, leaf: Any) -> int:
    """Where the line after ``leaf`` begins."""
    at: int = leaf.end_mark.index
    if not is_block_text(leaf):
        found = _BREAK.search(text, at)
        return found.end() if found else len(text)
    if "+" in _header(text, leaf)[0]:
        return at
    # Empty lines after the block are not its text; the event stands before them.
    found = _BREAK.search(text, len(text[:at].rstrip("\r\n")))
    return min(at, found.end()) if found else at


def is_block_text(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")


def is_open_end(text: str, leaf: Any) -> bool:
    """Whether ``leaf`` is a block of text that ends with the file, without a line end."""
    at = leaf.end_mark.index
    return is_block_text(leaf) and at == len(text) and not _BREAK.match(text[-1])


def closed_text(text: str, leaf: Any) -> str:
    """The text with ``leaf`` told to end without a line end, as it does at the end of
    the file: the line end that must now follow would else become part of it."""
    header = _header(text, leaf)
    mark = header[0] if "-" in header[0] else header[0].replace("+", "") + "-"
    return text[: header.start()] + mark + text[header.end() :]


def _header(text: str, leaf: Any) -> re.Match[str]:
    found = _BLOCK_MARK.search(text, leaf.start_mark.index)
    assert found is not None, "a block scalar begins with its mark"
    return found
