"""An import mapping, and a sheet's columns held against it: nothing is lost silently."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hotline.writing.cells import BadCell, Cell, as_text, clean
from hotline.writing.fields import DEFAULTS, HEADER, is_personal

REASON = "原因"
"""The column that a sheet of rejected rows has more; such a sheet may be imported again."""
OWN = frozenset((REASON, f"{REASON}（导入）"))
MAX_HEADING_ROW = 10

FIELDS = {row.name: row for row in HEADER}


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
    defaults = {**DEFAULTS, **(data.get("defaults") or {})}
    given = {*data["columns"], *defaults}
    if lacking := [row for row in HEADER if row.required and row.name not in given]:
        names = "、".join(f"{row.name}（{row.title}）" for row in lacking)
        raise WrongMapping(f"对照表没有给出必填的 {names}：写进 columns（列）或 defaults（默认值）")
    # A blank there may mean yes: only who wrote the mapping can say that it means no.
    own = data.get("defaults") or {}
    unsaid = [n for n in data["columns"] if n.startswith("petitioner.") and n not in own]
    defaults = {name: value for name, value in defaults.items() if name not in unsaid}
    formats = data.get("time_format") or ()
    return ImportMapping(
        format=data["format"],
        columns={name: heading(title) for name, title in data["columns"].items()},
        id_prefix=data["id_prefix"],
        sheet=data.get("sheet"),
        encoding=data.get("encoding", "utf-8-sig"),
        defaults=defaults,
        values={
            name: {clean(text).text: value for text, value in row.items()}
            for name, row in (data.get("values") or {}).items()
        },
        time_formats=(formats,) if isinstance(formats, str) else tuple(formats),
        personal={heading(title): key for title, key in (data.get("personal") or {}).items()},
        drop=tuple(heading(title) for title in data.get("drop") or ()),
    )


def _require_field(key: str, name: str) -> None:
    if is_personal(name):
        raise WrongMapping(
            f"对照表的 {key} 里写了 {name}：个人信息只能写在 personal 里，由密封处理"
        )
    if name not in FIELDS:
        near = difflib.get_close_matches(name, list(FIELDS), 1, 0.5)
        hint = f"，是不是想写 {near[0]}？" if near else ""
        raise WrongMapping(f"对照表的 {key} 里没有 {name} 这个字段{hint}可写：{'、'.join(FIELDS)}")


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
        raise WrongMapping(
            f"表里没有对照表写的列：{_listed(missing)}；表里的列是：{_listed(titles)}"
        )
    known = {*wanted, *mapping.personal, *mapping.drop}
    used = [n for n in range(len(titles)) if titles[n] or _is_used(rows[number + 1 :], n)]
    if used and titles[used[-1]] in OWN.difference(known):
        used.pop()
    if unnamed := [n + 1 for n in used if not titles[n]]:
        raise WrongMapping(
            f"第 {'、'.join(map(str, unnamed))} 列有内容而没有列名，请补上列名或删去"
        )
    names = [titles[n] for n in used]
    if double := sorted({name for name in names if names.count(name) > 1}):
        raise WrongMapping(f"列名重复：{_listed(double)}，分不清取哪一列，请改名或删去一列")
    if unknown := [name for name in names if name not in known]:
        raise WrongMapping(
            f"对照表没有提到这些列：{_listed(unknown)}。要导入的写进 columns，"
            "个人信息写进 personal，不要的写进 drop"
        )
    return Columns(number, {titles[n]: n for n in used})


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
