"""``key=value`` as typed → data of a header or an event, by the fields' kinds.

What is typed wrong is told in Chinese with what to write. Whether the result may be
written is not asked here: that is the schema's and the rules' to say.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hotline.procedure.lifecycle import TABLE, Field
from hotline.values.times import NotATime, parse_date, parse_time, suggest_date, suggest_time
from hotline.writing.fields import HEADER, NOBODY, Names, parts_of_value, spelt_out

Read = Callable[[str], str]
"""Gives the text of ``@file``, or of standard input for ``-``."""

_LISTS = frozenset(("units", "cases", "texts"))


class WrongWords(ValueError):
    """What was typed cannot be taken; the message is Chinese and says what to write."""


def pairs_of(words: Sequence[str]) -> list[tuple[str, str]]:
    """``key=value`` words, each cut at its first equals sign, full-width or not."""
    pairs = []
    for word in words:
        found = re.fullmatch(r"([^=＝]+)[=＝](.*)", word, re.S)
        if found is None:
            hint = "（英文的，中文引号“ ”不算）" if re.search("[“”]", "".join(words)) else ""
            raise WrongWords(f"“{word[:40]}”不是 字段=值 的写法，值里有空格时请加引号{hint}")
        key, value = found.groups()
        try:
            value.encode()
        except UnicodeEncodeError:
            raise WrongWords(f"{key} 的值不是 UTF-8 文字") from None
        pairs.append((key.strip(), value))
    return pairs


def build(
    pairs: Iterable[tuple[str, str]],
    fields: Sequence[Field],
    *,
    now: str,
    read: Read,
    names: Names = NOBODY,
) -> dict[str, Any]:
    """Nested data from pairs. A key given twice is an error, but for lists, which grow."""
    given = list(pairs)
    known = {row.name: row for row in fields}
    if "value" in known and known["value"].kind == "any":
        known |= {row.name: row for row in parts_of_value(dict(given).get("field", ""))}
    flat: dict[str, Any] = {}
    for key, raw in given:
        row = known.get(key)
        if row is None:
            raise WrongWords(_unknown(key, known))
        value = _as_id(row, value_of(row, raw, now=now, read=read), names)
        if key in flat and row.kind in _LISTS:
            value = [*flat[key], *value]
        elif key in flat:
            raise WrongWords(f"{key} 写了两遍")
        flat[key] = value
    if "value" in flat and "value" in known and known["value"].kind == "any":
        flat["value"] = _corrected_value(str(flat.get("field", "")), flat["value"], now)
    return nested(flat)


def _as_id(row: Field, value: Any, names: Names) -> Any:
    if row.kind == "units":
        return [names.units.get(unit, unit) for unit in value]
    if row.kind == "unit":
        return names.units.get(value, value)
    return names.categories.get(value, value) if row.name == "category" else value


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """``{"a.b": 1}`` → ``{"a": {"b": 1}}``."""
    data: dict[str, Any] = {}
    for key, value in flat.items():
        head, dot, rest = key.partition(".")
        if dot:
            data.setdefault(head, {})[rest] = value
        else:
            data[key] = value
    return data


def paragraph(text: str) -> str:
    """A longer text as the block that a clerk would write: ending in one line end."""
    text = text.strip()
    return f"{text}\n" if "\n" in text or len(text) > 40 else text


def _unknown(key: str, known: Mapping[str, Field]) -> str:
    near = difflib.get_close_matches(key, list(known), 1, 0.5)
    hint = f"，是不是想写 {near[0]}？" if near else "。"
    return f"没有 {key[:40]} 这个字段{hint}可写：{'、'.join(known)}"


# --- one value -------------------------------------------------------------------------


def value_of(field: Field, raw: str, *, now: str, read: Read) -> Any:
    """A value as typed, by the kind of its field."""
    text = raw.strip()
    if text in ("…", "……", "..."):
        raise WrongWords(f"{field.name} 不对：… 是占位，请写实际内容")
    if field.kind not in ("text", "any", "texts") and re.fullmatch("[“”].*[“”]", text):
        raise WrongWords(f"{field.name} 的值 {text[:40]} 外面是中文引号“ ”，请去掉或改用英文引号")
    match field.kind:
        case "bool" | "true":
            return _bool(field, text)
        case "days":
            if not re.fullmatch(r"[0-9]{1,4}", text):
                raise WrongWords(f"{field.name} 应是整数，如 3")
            return int(text)
        case "time":
            return now if text == "now" else _time(field, text)
        case "date":
            return _date(field, text)
        case "choice":
            return _one_of(field, text)
        case "units" | "cases":
            return _list(re.sub(r"^[\[［【](.*)[\]］】]$", r"\1", text), r"[,，、\s]+")
        case "texts":
            return _list(text, r",")
        case "text" | "any":
            return _text(raw, read)
    return text


def _bool(field: Field, text: str) -> bool:
    if field.kind == "true" and text != "true":
        raise WrongWords(f"{field.name} 只能写 true，不需要时请不写这个字段")
    if text not in ("true", "false"):
        meant = {"是": "true", "否": "false", "yes": "true", "no": "false"}.get(text.lower())
        hint = f"，是不是想写 {meant}？" if meant else ""
        raise WrongWords(f"{field.name} 只能写 true（是）或 false（否）{hint}")
    return text == "true"


def _time(field: Field, text: str) -> str:
    try:
        parse_time(text)
    except NotATime as why:
        guess = suggest_time(text)
        raise WrongWords(f"{field.name} 不对：{why}{f'；请写 {guess}' if guess else ''}") from None
    return text


def _date(field: Field, text: str) -> str:
    try:
        parse_date(text)
    except NotATime as why:
        guess = suggest_date(text)
        raise WrongWords(f"{field.name} 不对：{why}{f'；请写 {guess}' if guess else ''}") from None
    return text


def _one_of(field: Field, text: str) -> str:
    """A choice by its name, or by the Chinese that people read for it."""
    by_title = {title: name for name, title in field.choices}
    name = by_title.get(text, text)
    if name not in dict(field.choices):
        listed = "、".join(f"{name}（{title}）" for name, title in field.choices)
        near = difflib.get_close_matches(text, [*dict(field.choices), *by_title], 1, 0.5)
        hint = f"，是不是想写 {near[0]}？" if near else "。"
        raise WrongWords(f"{field.name} 没有这个取值{hint}可写：{listed}")
    return name


def _list(text: str, separator: str) -> list[str]:
    if text in ("", "[]"):
        return []
    return [part.strip() for part in re.split(separator, text) if part.strip()]


def _text(raw: str, read: Read) -> str:
    """The text itself; ``@file`` and ``-`` fetch it, ``@@`` writes a leading @."""
    if raw == "-" or (raw.startswith("@") and not raw.startswith("@@")):
        raw = read("-" if raw in ("-", "@-") else raw[1:])
        raw = raw.replace("\r\n", "\n").rstrip()
    elif raw.startswith("@@"):
        raw = raw[1:]
    return f"{raw.rstrip()}\n" if "\n" in raw.strip() else raw


_KIND_BY_NAME = {
    field.name.rpartition(".")[2]: field.kind
    for field in [*(f for row in TABLE.values() for f in spelt_out(row.fields)), *HEADER]
}


def _corrected_value(field: str, text: str, now: str) -> Any:
    """The value of a correction, by the kind of the field that it corrects."""
    kind = _KIND_BY_NAME.get(field.rpartition(".")[2], "text")
    if field in ("at", "dispatched_at"):
        kind = "time"
    if kind in ("text", "choice", "any", "true"):
        return text
    return value_of(Field("value", "正确的值", kind), text, now=now, read=lambda _: text)
