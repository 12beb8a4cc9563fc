"""A work order's text taken apart and put together again: header entries, events, comments.

A comment belongs to what follows it, and what follows nothing stays at the end. Nothing of
a text is lost: put together as it was, it is the same lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import yaml

from hotline.writing.append import (
    BOM,
    closed_text,
    end_of_lines,
    is_open_end,
    last_leaf,
)
from hotline.writing.yaml_text import event_lines

_LINE = re.compile(r"( *)([^\r\n]*)(?:\r\n|\n|\r)")
_BREAK = re.compile(r"\r\n|\n|\r")
_UNICODE_BREAK = re.compile("[\x85\u2028\u2029]")
_USUAL = 2
_MARGIN = -(1 << 20)
"""The indent of a line at the margin, wherever the dashes stand."""


class CannotTakeApart(ValueError):
    """The text is written in a way that has no lines of its own for each event (Chinese)."""


class Line(NamedTuple):
    """A line without its indent, which counts from the dashes of the list, and without its
    line end, which is that of the whole file."""

    indent: int
    text: str


Lines = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """An entry of the header, or an event: the comments before it, and its own lines."""

    leading: Lines
    body: Lines


@dataclass(frozen=True, slots=True)
class Pieces:
    """A file. ``header`` holds the key ``events`` too, without its items."""

    bom: str
    line_end: str
    header: Mapping[str, Piece]
    events: Sequence[Piece]
    column: int | None
    """Where the dashes stand; None where there is no event."""
    tail: Lines
    without_events: Lines = field(default=())
    """The line of ``events`` as it is where the list is empty."""


def take_apart(blob: bytes, events: Sequence[Any]) -> Pieces:
    """The pieces of a file that holds ``events``.

    Raises :class:`CannotTakeApart`, and what libyaml and UTF-8 raise.
    """
    whole = blob.decode("utf-8")
    bom = BOM if whole.startswith(BOM) else ""
    text, root = _ended(whole.removeprefix(BOM))
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise CannotTakeApart("整个文件写成了一个 {…}，请改成一行一个字段")
    pieces = _Cut(text, root, events).pieces(bom)
    if not _flow_events(root) and put_together(pieces) != bom + _BREAK.sub(pieces.line_end, text):
        raise CannotTakeApart("文件的写法少见，请用编辑器合并")
    return pieces


def _compose(text: str) -> Any:
    # As the strict reader does: an editor sees no line end in these.
    return yaml.compose(_UNICODE_BREAK.sub(" ", text), Loader=yaml.CSafeLoader)


def _ended(text: str) -> tuple[str, Any]:
    """The text with a line end after its last line, and its root."""
    root = _compose(text)
    if root is None or text.endswith(("\n", "\r")):
        return text, root
    leaf = last_leaf(root)
    closed = closed_text(text, leaf) if is_open_end(text, leaf) else text
    text = closed + _line_end(text)
    return text, _compose(text)


def _line_end(text: str) -> str:
    """The line end of most lines."""
    windows = text.count("\r\n")
    return "\r\n" if windows * 2 > len(_BREAK.findall(text)) else "\n"


def _flow_events(root: Any) -> bool:
    return any(key.value == "events" and value.flow_style for key, value in root.value)


class _Cut:
    """Walks through a text from piece to piece; ``at`` is where the next begins."""

    def __init__(self, text: str, root: Any, events: Sequence[Any]) -> None:
        self.text, self.root, self.written = text, root, events
        self.at = 0
        self.events: list[Piece] = []
        self.column: int | None = None
        self.without_events: Lines = ()

    def pieces(self, bom: str) -> Pieces:
        header: dict[str, Piece] = {}
        for key, value in self.root.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in header:
                raise CannotTakeApart(f"第 {key.start_mark.line + 1} 行的字段重复或少见")
            leading = self._up_to(key.start_mark.index - key.start_mark.column)
            is_list = key.value == "events"
            body = self._events(key, value) if is_list else self._through(last_leaf(value))
            header[key.value] = Piece(leading, body)
        tail = self._up_to(len(self.text), _USUAL if self.column is None else self.column)
        return Pieces(
            bom, _line_end(self.text), header, self.events, self.column, tail, self.without_events
        )

    def _up_to(self, end: int, column: int = 0) -> Lines:
        taken, self.at = self.text[self.at : end], max(self.at, end)
        return tuple(_lines(taken, column))

    def _through(self, leaf: Any, column: int = 0) -> Lines:
        return self._up_to(end_of_lines(self.text, leaf), column)

    def _events(self, key: Any, value: Any) -> Lines:
        if not isinstance(value, yaml.SequenceNode) or len(value.value) != len(self.written):
            raise CannotTakeApart("文件里没有 events 列表")
        if value.flow_style:
            return self._flow(key, value)
        self.column = column = value.start_mark.column
        found = _BREAK.search(self.text, key.end_mark.index)
        head = self._up_to(found.end() if found else len(self.text))
        for node in value.value:
            leading = self._up_to(self._dash(node.start_mark.index), column)
            self.events.append(Piece(leading, self._through(last_leaf(node), column)))
        return head

    def _dash(self, end: int) -> int:
        """Where the first line begins that is neither empty nor a comment."""
        at = self.at
        for line in _LINE.finditer(self.text, at):
            if line[2].strip() and not line[2].startswith("#"):
                break
            at = line.end()
        return min(at, end)

    def _flow(self, key: Any, value: Any) -> Lines:
        """``events: […]`` as the line before a block, and its items as blocks would be."""
        start, end = value.start_mark.index, value.end_mark.index
        between, at = "", start
        for node, event in zip(value.value, self.written, strict=True):
            between += self.text[at : node.start_mark.index]
            at = node.end_mark.index
            self.events.append(_from_flow(self.text[node.start_mark.index : at], event))
        if "#" in between + self.text[at:end]:
            raise CannotTakeApart("events: […] 里面有注释，请改成一行一件事")
        if self.events:
            self.column = key.start_mark.column + _USUAL
        begin, self.without_events = self.at, self._through(value)
        rest = self.text[end : self.at]
        head = self.text[begin:start].rstrip(" ") + (rest if rest.strip() else "")
        line_end = "" if head.endswith(("\n", "\r")) else _line_end(self.text)
        return tuple(_lines(head + line_end, 0))


def _from_flow(text: str, event: Any) -> Piece:
    if not _BREAK.search(text):
        return Piece((), (Line(0, f"- {text}"),))
    if "#" in text or not isinstance(event, dict):
        raise CannotTakeApart("events: […] 里一件事写成了几行，请改成一行一件事")
    return Piece((), tuple(_lines("".join(f"{line}\n" for line in event_lines(event, 0)), 0)))


def _lines(text: str, column: int) -> Iterator[Line]:
    for spaces, words in _LINE.findall(text):
        at_margin = not spaces and (column or not words)
        yield Line(_MARGIN if at_margin else len(spaces) - column, words)


# --- and together again -------------------------------------------------------------------


def put_together(pieces: Pieces) -> str:
    """The text of a file: its events stand where the key ``events`` stands."""
    column = pieces.column or 0
    parts = [pieces.bom]
    for key, piece in pieces.header.items():
        is_list = key == "events"
        body = piece.body if pieces.events or not is_list else pieces.without_events
        parts += _written((*piece.leading, *body), 0, pieces.line_end)
        for event in pieces.events if is_list else ():
            parts += _written((*event.leading, *event.body), column, pieces.line_end)
    column = _USUAL if pieces.column is None else pieces.column
    return "".join([*parts, *_written(pieces.tail, column, pieces.line_end)])


def _written(lines: Iterable[Line], column: int, line_end: str) -> Iterator[str]:
    for indent, text in lines:
        yield " " * max(0, column + indent) + text + line_end


def shallow(pieces: Pieces, column: int) -> Pieces:
    """The pieces with no comment after the first event deeper than the dashes, at ``column``:
    after a block of text it would be read as more of it."""
    header, is_after = {}, False
    for key, piece in pieces.header.items():
        leading = _no_deeper(piece.leading, column) if is_after else piece.leading
        header[key] = replace(piece, leading=leading)
        is_after = is_after or key == "events"
    events = [replace(event, leading=_no_deeper(event.leading, 0)) for event in pieces.events]
    return replace(pieces, header=header, events=events, tail=_no_deeper(pieces.tail, 0))


def _no_deeper(lines: Lines, limit: int) -> Lines:
    return tuple(Line(min(indent, limit) if text else indent, text) for indent, text in lines)
