"""``key=value`` as typed → data of a header or an event, by the table's field kinds.

What is typed wrong is told in Chinese with what to write. Whether the result may be
written is not asked here: that is the schema's and the rules' to say.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hotline.procedure.lifecycle import CHANNELS, KINDS, TABLE, URGENCIES, Field
from hotline.values.times import NotATime, parse_date, parse_time, suggest_date, suggest_time

Read = Callable[[str], str]
"""Gives the text of ``@file``, or of standard input for ``-``."""


class WrongWords(ValueError):
    """What was typed cannot be taken; the message is Chinese and says what to write."""


def _choice(name: str, title: str, choices: Mapping[str, str]) -> Field:
    return Field(name, title, "choice", True, tuple(choices.items()))


HEADER = (
    _choice("channel", "来源渠道", CHANNELS),
    Field("platform", "网络平台", required=False, help="city_web 用：五个平台之一"),
    Field("origin", "信函中写明的平台", required=False, help="province_12345 用"),
    Field("upstream_id", "上级平台编号"),
    Field("dispatched_at", "派单时间", "time", help="时限由此起算"),
    _choice("kind", "工单类型", KINDS),
    _choice("urgency", "紧急程度", URGENCIES),
    Field("category", "事项分类", help="registry/categories.yaml 里的编号"),
    Field("title", "标题"),
    Field("demand", "诉求内容", help="不写个人信息，用 {petitioner.name} 等代替"),
    Field("location", "地点"),
    Field("petitioner.confidential", "要求保密", "bool"),
    Field("petitioner.anonymous", "匿名", "bool"),
    Field("against", "被反映的单位", "units", False),
    Field("classification", "密级", "choice", False, (("internal", "内部"), ("public", "公开"))),
)
"""The header's fields as people give them; ``id`` is allotted, ``sealed`` comes by sealing."""

DEFAULTS: dict[str, str | bool] = {
    "urgency": "normal",
    "petitioner.confidential": False,
    "petitioner.anonymous": False,
}
NOTE = Field("note", "备注", required=False)

_PARTS = {
    "sections": (
        Field("demand", "主要诉求"), Field("findings", "调查核实情况"),
        Field("handling", "调查处理意见"), Field("communication", "沟通情况"),
        Field("opinion", "回复意见"),
    ),
    "delivery": (
        _choice("method", "送达方式", {
            "phone": "电话", "message": "短信", "visit": "上门", "platform": "平台",
        }),
        Field("at", "送达时间", "time"),
    ),
    "statutory": (Field("law", "法律法规规章名称和条款"), Field("due_on", "法定到期日", "date")),
}  # fmt: skip
_LISTS = frozenset(("units", "cases", "texts"))
_PERSONAL = frozenset((
    "name", "phone", "mobile", "tel", "id_number", "address", "parties", "fingerprint",
    "petitioner.name", "petitioner.phone", "petitioner.id_number", "petitioner.address",
    "petitioner.title", "petitioner.parties", "petitioner.fingerprint", "petitioner",
    "person", "sealed", "姓名", "电话", "手机", "手机号码", "身份证", "身份证号", "身份证号码", "住址", "地址",
))  # fmt: skip


def event_fields(event: str) -> tuple[Field, ...]:
    """The fields of an event, those of a nested one spelt out (``delivery.method``)."""
    return (*_spelt_out(TABLE[event].fields), NOTE)


def _spelt_out(fields: Iterable[Field]) -> list[Field]:
    found: list[Field] = []
    for field in fields:
        parts = _PARTS.get(field.kind)
        for part in parts or ():
            name, title = f"{field.name}.{part.name}", f"{field.title}：{part.title}"
            needed = field.required and field.kind != "sections"
            found.append(Field(name, title, part.kind, needed, part.choices, part.help))
        if not parts:
            found.append(field)
    return found


def pairs_of(words: Iterable[str]) -> list[tuple[str, str]]:
    """``key=value`` words, each cut at its first equals sign."""
    pairs = []
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise WrongWords(f"“{word[:40]}”不是 字段=值 的写法，值里有空格时请加引号")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise WrongWords(f"{key} 的值不是 UTF-8 文字") from None
        pairs.append((key.strip(), value))
    return pairs


def build(
    pairs: Iterable[tuple[str, str]], fields: Sequence[Field], *, now: str, read: Read
) -> dict[str, Any]:
    """Nested data from pairs. A key given twice is an error, but for lists, which grow."""
    known = {field.name: field for field in fields}
    flat: dict[str, Any] = {}
    for key, raw in pairs:
        field = known.get(key)
        if field is None:
            raise WrongWords(_unknown(key, known))
        value = value_of(field, raw, now=now, read=read)
        if key in flat and field.kind in _LISTS:
            value = [*flat[key], *value]
        elif key in flat:
            raise WrongWords(f"{key} 写了两遍")
        flat[key] = value
    if "value" in flat and "value" in known and known["value"].kind == "any":
        flat["value"] = _corrected_value(str(flat.get("field", "")), flat["value"], now)
    return nested(flat)


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


def is_personal(key: str) -> bool:
    """Whether a header key would hold what belongs under seal."""
    return key.lower() in _PERSONAL or key.lower().startswith("sealed.")


def _unknown(key: str, known: Mapping[str, Field]) -> str:
    near = difflib.get_close_matches(key, list(known), 1, 0.5)
    hint = f"，是不是想写 {near[0]}？" if near else "。"
    return f"没有 {key[:40]} 这个字段{hint}可写：{'、'.join(known)}"


# --- one value -------------------------------------------------------------------------


def value_of(field: Field, raw: str, *, now: str, read: Read) -> Any:
    """A value as typed, by the kind of its field."""
    text = raw.strip()
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
            return _list(text, r"[,，、\s]+")
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
    for field in [*(f for row in TABLE.values() for f in _spelt_out(row.fields)), *HEADER]
}


def _corrected_value(field: str, text: str, now: str) -> Any:
    """The value of a correction, by the kind of the field that it corrects."""
    kind = _KIND_BY_NAME.get(field.rpartition(".")[2], "text")
    if field in ("at", "dispatched_at"):
        kind = "time"
    if kind in ("text", "choice", "any", "true"):
        return text
    return value_of(Field("value", "正确的值", kind), text, now=now, read=lambda _: text)
