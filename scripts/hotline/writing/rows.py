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
from hotline.writing.cells import BadCell, Cell, as_moment, as_text, clean, one_line
from hotline.writing.fields import DEFAULTS, HEADER, is_personal, nested

REASON = "原因"
"""The column that a sheet of rejected rows has more; such a sheet may be imported again."""
MAX_HEADING_ROW = 10

_FIELDS = {row.name: row for row in HEADER}
_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
_BOOLS = {"true": True, "false": False, "是": True, "否": False}


class WrongMapping(ValueError):
    """A mapping that cannot be used, or that does not fit the sheet; Chinese."""


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """``registry/imports/<name>.yaml`` (contract, section 2)."""

    format: str
    columns: Mapping[str, str]
    id_prefix: str
    sheet: str | None = None
    encoding: str = "utf-8-sig"
    defaults: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    time_formats: tuple[str, ...] = ()
    personal: Mapping[str, str] = field(default_factory=dict)
    drop: tuple[str, ...] = ()


def mapping_of(data: Mapping[str, Any]) -> ImportMapping:
    """A mapping from data that fits its schema."""
    for key in ("columns", "defaults", "values"):
        for name in data.get(key) or {}:
            _require_field(key, name)
    formats = data.get("time_format") or ()
    return ImportMapping(
        format=data["format"],
        columns={name: heading(title) for name, title in data["columns"].items()},
        id_prefix=data["id_prefix"],
        sheet=data.get("sheet"),
        encoding=data.get("encoding", "utf-8-sig"),
        defaults={**DEFAULTS, **(data.get("defaults") or {})},
        values={name: dict(row) for name, row in (data.get("values") or {}).items()},
        time_formats=(formats,) if isinstance(formats, str) else tuple(formats),
        personal={heading(title): key for title, key in (data.get("personal") or {}).items()},
        drop=tuple(heading(title) for title in data.get("drop") or ()),
    )


def _require_field(key: str, name: str) -> None:
    if is_personal(name):
        raise WrongMapping(f"对照表的 {key} 里写了 {name}：个人信息只能写在 personal 里，由密封处理")
    if name not in _FIELDS:
        near = difflib.get_close_matches(name, list(_FIELDS), 1, 0.5)
        hint = f"，是不是想写 {near[0]}？" if near else ""
        raise WrongMapping(f"对照表的 {key} 里没有 {name} 这个字段{hint}可写：{'、'.join(_FIELDS)}")


def heading(title: str) -> str:
    """A column's title as it is compared: without hidden characters and inner blanks."""
    return re.sub(r"\s+", "", clean(title).text)


# --- the sheet as a whole --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns stand: the row of the titles, and title → number."""

    row: int
    at: Mapping[str, int]


def find_columns(rows: Sequence[Sequence[Cell]], mapping: ImportMapping) -> Columns:
    """The row of titles: the first that holds every mapped column, for banners stand above.

    Raises :class:`WrongMapping` where columns are missing, double, or named nowhere.
    """
    wanted = set(mapping.columns.values())
    filled = [n for n, row in enumerate(rows) if any(cell is not None for cell in row)]
    first = [n for n in filled[:MAX_HEADING_ROW] if wanted <= set(_titles(rows[n]))]
    if not filled:
        raise WrongMapping("表里没有内容")
    number = first[0] if first else filled[0]
    titles = _titles(rows[number])
    if missing := sorted(wanted - set(titles)):
        raise WrongMapping(f"表里没有对照表写的列：{_listed(missing)}；表里的列是：{_listed(titles)}")
    known = {*wanted, *mapping.personal, *mapping.drop}
    used = [n for n in range(len(titles)) if titles[n] or _is_used(rows[number + 1 :], n)]
    if used and titles[used[-1]] == REASON and REASON not in known:
        used.pop()
    if unnamed := [n + 1 for n in used if not titles[n]]:
        raise WrongMapping(f"第 {'、'.join(map(str, unnamed))} 列有内容而没有列名，请补上列名或删去")
    names = [titles[n] for n in used]
    if double := sorted({name for name in names if names.count(name) > 1}):
        raise WrongMapping(f"列名重复：{_listed(double)}，分不清取哪一列，请改名或删去一列")
    if unknown := [name for name in names if name not in known]:
        raise WrongMapping(
            f"对照表没有提到这些列：{_listed(unknown)}。要导入的写进 columns，"
            "个人信息写进 personal，不要的写进 drop"
        )
    at = {titles[n]: n for n in used}
    _refuse_personal(rows[number + 1 :], at, mapping)
    return Columns(number, at)


def _titles(row: Sequence[Cell]) -> list[str]:
    return [heading(cell) if isinstance(cell, str) else _shown(cell) for cell in row]


def _shown(cell: Cell) -> str:
    try:
        return as_text(cell)
    except BadCell:
        return "?"


def _is_used(rows: Sequence[Sequence[Cell]], column: int) -> bool:
    return any(column < len(row) and row[column] not in (None, "") for row in rows)


def _listed(titles: Sequence[str]) -> str:
    return "、".join(f"“{title[:30]}”" for title in titles[:30] if title)


def _refuse_personal(
    rows: Sequence[Sequence[Cell]], at: Mapping[str, int], mapping: ImportMapping
) -> None:
    held = [title for title in mapping.personal if title in at and _is_used(rows, at[title])]
    if held:
        raise WrongMapping(
            f"这些列是个人信息：{_listed(held)}。导入时还不能密封，明文不能写进工单；"
            "请在表格里删去这些列的内容，或在对照表里把它们从 personal 移到 drop（不导入），"
            "导入后再用 hotline seal 密封"
        )


# --- one row ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Names:
    """What a sheet may say in place of an id: names of categories and units → ids."""

    categories: Mapping[str, str]
    units: Mapping[str, str]


@dataclass(slots=True)
class Row:
    """What a row gave: a header without its id, or reasons why not."""

    data: dict[str, Any] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    removed: int = 0
    """Hidden characters taken out."""


def read_row(
    row: Sequence[Cell],
    columns: Columns,
    mapping: ImportMapping,
    names: Names,
    zone: tzinfo,
    epoch: datetime | None = None,
) -> Row:
    """One row by its mapping. ``epoch`` is from where the sheet counts its days."""
    found = Row()
    flat: dict[str, Any] = {}
    reader = _Reader(mapping, names, zone, epoch)
    for name, rule in _FIELDS.items():
        title = mapping.columns.get(name)
        number = columns.at[title] if title is not None else len(row)
        cell = row[number] if number < len(row) else None
        try:
            value, removed = reader.value(rule, cell)
        except BadCell as why:
            found.reasons.append(f"“{title}”{why}")
            continue
        found.removed += removed
        if value is not None:
            flat[name] = value
        elif rule.required:
            where = f"“{title}”空着" if title else f"对照表没有给出 {rule.title}"
            found.reasons.append(f"{where}，请补上{rule.title if title else ''}")
    found.data = nested(flat)
    return found


class _Reader:
    """Cells → values of fields, by one mapping."""

    def __init__(
        self, mapping: ImportMapping, names: Names, zone: tzinfo, epoch: datetime | None
    ) -> None:
        self.mapping = mapping
        self.names = names
        self.zone = zone
        self.epoch = epoch

    def value(self, rule: Field, cell: Cell) -> tuple[Any, int]:
        """The value (None where there is none) and how many hidden characters were cut."""
        default = self.mapping.defaults.get(rule.name)
        if rule.kind == "time" and (moment := as_moment(cell)) is not None:
            return self._written(moment), 0
        text, removed = clean(as_text(cell))
        if not text:
            return default, removed
        given = {clean(key).text: value for key, value in self._given(rule).items()}
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
            return (f"{text}\n" if "\n" in text else text), removed
        return one_line(text), removed

    def _given(self, rule: Field) -> Mapping[str, Any]:
        return self.mapping.values.get(rule.name, {})

    def _known(self, rule: Field, text: str, given: Mapping[str, Any]) -> Any:
        """A value from a closed list: by the mapping, by its name, or by its Chinese."""
        if rule.kind == "bool":
            known: Mapping[str, Any] = _BOOLS
        elif rule.kind == "choice":
            known = {**{title: name for name, title in rule.choices}, **{n: n for n, _ in rule.choices}}
        else:
            known = self.names.categories
        if text in known:
            return known[text]
        words = [*given] or [title for _, title in rule.choices] or ["是", "否"]
        if rule.name == "category" and not given:
            words = [name for name in known if not name.isascii()]
        near = difflib.get_close_matches(text, words, 1, 0.5)
        hint = f"，是不是想写“{near[0]}”？" if near else "。"
        listed = "、".join(words[:20]) + ("……" if len(words) > 20 else "")
        raise BadCell(f"的值不认识{hint}可写：{listed}")

    def _time(self, text: str, cell: Cell) -> str:
        for moment in self._moments(text):
            try:
                return self._checked(moment)
            except NotATime as why:
                raise BadCell(f"不对：{why}") from None
        serial = as_moment(cell, self.epoch)
        if serial is not None:
            return self._written(serial)
        example = datetime(2026, 10, 13, 9, 30).strftime((*self.mapping.time_formats, *_FORMATS)[0])
        guess = suggest_time(text)
        hint = f"，如果是 {guess}，请照此填写" if guess else ""
        raise BadCell(f"读不出时间，请写成 {example} 的样子{hint}")

    def _moments(self, text: str) -> Iterator[str | datetime]:
        """The readings of a time that some format allows."""
        if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", text):
            yield text
        for form in (*self.mapping.time_formats, *_FORMATS):
            try:
                yield datetime.strptime(text, form)
            except (ValueError, re.error):
                continue

    def _checked(self, moment: str | datetime) -> str:
        written = moment if isinstance(moment, str) else self._written(moment)
        parse_time(written)
        return written

    def _written(self, moment: datetime) -> str:
        aware = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
        return aware.replace(microsecond=0).isoformat()
