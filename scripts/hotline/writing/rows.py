"""A row of a platform's sheet → the header of a work order, by an import mapping.

A row that cannot become one gives its reasons, which say what to write and never
repeat the cell: it may hold a person's data.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from hotline.procedure.lifecycle import Field
from hotline.values.times import NotATime, parse_time, suggest_time
from hotline.writing.cells import BadCell, Cell, as_moment, as_text, clean, one_line, plain_number
from hotline.writing.fields import Names
from hotline.writing.mapping import FIELDS, Columns, ImportMapping
from hotline.writing.words import nested, paragraph

_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
"""Always understood: how a sheet of rejected rows writes a time."""
_BOOLS = {"true": True, "false": False, "是": True, "否": False}


@dataclass(slots=True)
class Row:
    """What a row gave: a header without its id, or reasons why not."""

    data: dict[str, Any] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    person: dict[str, Any] = field(default_factory=dict)
    """What the row tells of the petitioner, to be sealed."""
    removed: int = 0
    """Hidden characters taken out."""


@dataclass(frozen=True, slots=True)
class RowReader:
    """Rows → headers. ``zone`` is the calendar's; ``epoch`` is from where the sheet counts
    its days, None where it is text."""

    mapping: ImportMapping
    columns: Columns
    names: Names
    zone: tzinfo
    epoch: datetime | None = None

    def read(self, row: Sequence[Cell]) -> Row:
        found = Row()
        flat: dict[str, Any] = {}
        for name, rule in FIELDS.items():
            title = self.mapping.columns.get(name)
            number = len(row) if title is None else self.columns.at[title]
            cell = row[number] if number < len(row) else None
            try:
                value, removed = self._value(rule, cell)
            except BadCell as why:
                found.reasons.append(f"“{title}”{why}")
                continue
            found.removed += removed
            if value is not None:
                flat[name] = value
            elif rule.required:
                found.reasons.append(f"“{title}”空着，请补上")
        found.data = nested(flat)
        self._read_person(row, found)
        return found

    def _read_person(self, row: Sequence[Cell], found: Row) -> None:
        """The personal columns. A message never repeats what stands there."""
        for title, key in self.mapping.personal.items():
            number = self.columns.at.get(title, len(row))
            try:
                text, removed = clean(as_text(row[number] if number < len(row) else None))
            except BadCell as why:
                found.reasons.append(f"“{title}”{why}")
                continue
            found.removed += removed
            if text and key == "parties":
                found.person[key] = [part for part in re.split(r"[\n;；]+", text) if part.strip()]
            elif text:
                found.person[key] = one_line(text)

    def _value(self, rule: Field, cell: Cell) -> tuple[Any, int]:
        """The value (None where there is none) and how many hidden characters were cut."""
        if rule.kind == "time" and (moment := as_moment(cell)) is not None:
            return self._checked(self._written(moment)), 0
        text, removed = clean(as_text(cell))
        given = self.mapping.values.get(rule.name, {})
        if not text:
            return self.mapping.defaults.get(rule.name), removed
        if text in given:
            return given[text], removed
        if rule.kind == "time":
            return self._time(text, cell), removed
        if rule.kind == "units":
            parts = [part for part in re.split(r"[,，、;；\s]+", text) if part]
            return [self.names.units.get(part, part) for part in parts], removed
        if rule.kind in ("choice", "bool") or rule.name == "category":
            return self._known(rule, text, given), removed
        if rule.name == "demand":
            return paragraph(text), removed
        if rule.name == "upstream_id":
            return plain_number(text), removed
        return one_line(text), removed

    def _known(self, rule: Field, text: str, given: Mapping[str, Any]) -> Any:
        """A value from a closed list: by its name, or by its Chinese."""
        if rule.kind == "bool":
            known: Mapping[str, Any] = _BOOLS
        elif rule.kind == "choice":
            known = {title: name for name, title in rule.choices}
            known |= {name: name for name, _ in rule.choices}
        else:
            known = self.names.categories
        if text in known:
            return known[text]
        words = [*given] or [name for name in known if not name.isascii()]
        near = difflib.get_close_matches(text, words, 1, 0.5)
        hint = f"，是不是想写“{near[0]}”？" if near else "。"
        listed = "、".join(words[:20]) + ("……" if len(words) > 20 else "")
        raise BadCell(f"的值不认识{hint}可写：{listed}")

    def _time(self, text: str, cell: Cell) -> str:
        for moment in self._moments(text):
            return self._checked(moment)
        if (serial := as_moment(cell, self.epoch)) is not None:
            return self._checked(self._written(serial))
        example = datetime(2026, 10, 13, 9, 30).strftime((*self.mapping.time_formats, *_FORMATS)[0])
        guess = suggest_time(text)
        hint = f"；像是 {guess}，请照此填写" if guess else ""
        raise BadCell(f"读不出时间，请写成 {example} 的样子{hint}")

    def _moments(self, text: str) -> Iterator[str]:
        """The readings of a time that some format allows."""
        if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", text):
            yield text
        for form in (*self.mapping.time_formats, *_FORMATS):
            try:
                yield self._written(datetime.strptime(text, form))
            except ValueError:
                continue

    def _written(self, moment: datetime) -> str:
        aware = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
        return aware.replace(microsecond=0).isoformat()

    def _checked(self, written: str) -> str:
        try:
            parse_time(written)
        except NotATime as why:
            raise BadCell(f"不对：{why}") from None
        return written
