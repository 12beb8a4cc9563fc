"""What a breach of a schema means to a clerk: which field, what is wrong, what to type.

The words come from the schema's own Chinese titles and descriptions. Values are never
repeated, and a key only where it looks like one: either may be somebody's name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from hotline.reading.strict_yaml import shown_key
from hotline.values.node import Place, key_place, place_of
from hotline.values.times import NotATime, parse_date, parse_time, suggest_date, suggest_time

if TYPE_CHECKING:
    from jsonschema import ValidationError

Path = tuple[str | int, ...]
Cause = tuple[Any, ...]
"""A path; for a key that is missing or unknown, the path, ``+`` or ``?``, and the key."""


class SchemaFault(NamedTuple):
    """One breach of the schema. ``subject`` is what it is about, apart from its line."""

    place: Place
    message: str
    subject: str = ""


class _Breach(NamedTuple):
    """An error of ``jsonschema`` as it is used here."""

    keyword: str
    expected: Any
    value: Any
    schema: dict[str, Any]
    path: Path
    fields: dict[str, Any]
    """The fields of the nearest schema above that names some."""


def translate(
    error: ValidationError, data: Any, document: dict[str, Any]
) -> Iterator[tuple[SchemaFault, Cause]]:
    """(fault, cause); two errors of one cause are one fault."""
    breach = _breach(error, document)
    name = _name(breach.path)
    for place, cause, words in _faults(breach, data):
        yield SchemaFault(place, f"{name}{words}", "/".join(map(str, cause))), cause


def drop_what_was_meant(found: dict[Cause, SchemaFault]) -> None:
    """A misspelt key is one fault: the key that is missing by it is not told again."""
    missing: dict[Path, list[str]] = {}
    for cause in found:
        if cause[-2:-1] == ("+",):
            missing.setdefault(cause[:-2], []).append(cause[-1])
    for cause in [cause for cause in found if cause[-2:-1] == ("?",)]:
        path = cause[:-2]
        if meant := _nearest(cause[-1], missing.get(path, [])):
            missing[path].remove(meant)
            del found[(*path, "+", meant)]


def _breach(error: ValidationError, document: dict[str, Any]) -> _Breach:
    raw: Any = error
    steps = tuple(raw.absolute_schema_path)
    return _Breach(
        raw.validator, raw.validator_value, raw.instance, raw.schema,
        tuple(raw.absolute_path), _fields(document, steps),
    )  # fmt: skip


def _fields(document: dict[str, Any], steps: Path) -> dict[str, Any]:
    """The nearest ``properties`` above: ``then`` asks for fields that its parent describes."""
    node: Any = document
    found: dict[str, Any] = {}
    for step in steps:
        if isinstance(node, dict) and node.get("type") == "object":
            found = node.get("properties", found)
        if isinstance(node, dict) and step not in node:  # jsonschema leaves $ref out of the path
            node = document["$defs"][node["$ref"].rsplit("/", 1)[1]]
            found = node.get("properties", found)
        node = node[step]
    return found


def _faults(breach: _Breach, data: Any) -> Iterator[tuple[Place, Cause, str]]:
    path = breach.path
    match breach.keyword:
        case "required":
            for key in breach.expected:
                if key not in breach.value:
                    yield _missing(key, breach, data)
        case "additionalProperties" | "unevaluatedProperties":
            for key in breach.value:
                if key not in breach.schema.get("properties", {}):
                    yield key_place(data, path, key), (*path, "?", key), _unknown(key, breach)
        case "oneOf" | "anyOf":
            yield _alternatives(breach, data), path, _value_fault(breach)
        case _:
            yield place_of(data, *path), path, _value_fault(breach)


# --- keys ----------------------------------------------------------------------------------

_PERSONAL = re.compile(
    "name|phone|mobile|^tel|id_?n|id_?card|addr|姓名|电话|手机|身份证|地址|住址", re.IGNORECASE
)
_SEAL = (
    "是个人信息，不能明文写进工单（第十六条）。请删去这一行，"
    "改用 hotline seal 密封，正文里用 {petitioner.name} 等代替"
)


def _name(path: Path) -> str:
    """``events[3].lead`` as a clerk says it: 第 4 个事件的 lead."""
    name = ""
    for step in path:
        if isinstance(step, int):
            counted = f"第 {step + 1} 个事件" if name == "events" else f"{name} 第 {step + 1} 项"
            name = counted.lstrip()
        elif name:
            name = f"{name}的 {step}" if name.endswith(("事件", "项")) else f"{name} 的 {step}"
        else:
            name = step
    return f"{name} " if name[-1:].isascii() and name else name


def _missing(key: str, breach: _Breach, data: Any) -> tuple[Place, Cause, str]:
    """At the mapping that lacks the key; at the key that was written for it, where one was."""
    field = breach.fields.get(key, {})
    title = f"（{field['title']}）" if "title" in field else ""
    help_ = field.get("description", "")
    hint = f"：{help_}" if help_ and len(help_) < 200 else ""
    cause = (*breach.path, "+", key)
    strangers = [other for other in breach.value if other not in breach.fields]
    if key == "type" and (near := _nearest(key, strangers)):
        place = key_place(data, breach.path, near)
        return place, cause, f"缺少必填的 type{title}，{shown_key(near).strip()} 是不是想写 type？"
    return place_of(data, *breach.path), cause, f"缺少必填的 {key}{title}{hint}"


def _unknown(key: str, breach: _Breach) -> str:
    fields = breach.fields
    shown = shown_key(key)
    if (colon := re.search("[:：]", key)) and (near := _meant(key[: colon.start()], fields)):
        return f"没有这个键：{near} 后面要写半角冒号，再加一个空格"
    if near := _meant(key, fields):
        return (
            f"没有叫{shown}的键，是不是想写 {near}？"
            if shown
            else f"没有这个键，是不是想写 {near}？"
        )
    listed = "、".join(fields)
    if breach.path[-1:] == ("petitioner",):
        return f"里{shown or '这一行'}{_SEAL}；这里只能写 {listed}"
    if _PERSONAL.search(key) and not shown.strip().endswith(("title", "name")):
        return f"里{shown or '这一行'}{_SEAL}"
    return f"没有{f'叫{shown}的' if shown else '这个'}键，请删去；这里可以写 {listed}"


def _meant(key: str, fields: dict[str, Any]) -> str | None:
    """The field of that Chinese title, or of a like name."""
    for name, field in fields.items():
        if key == field.get("title"):
            return name
    return _nearest(key, list(fields))


def _nearest(word: str, known: list[str]) -> str | None:
    if len(word) > 60:
        return None
    return next(iter(get_close_matches(word.lower().replace("-", "_"), known, 1, 0.6)), None)


def _alternatives(breach: _Breach, data: Any) -> Place:
    """Where two were written, the second is the one too many."""
    value = breach.value if isinstance(breach.value, dict) else {}
    written = [key for key in _names(breach.expected) if key in value]
    if len(written) < 2:
        return place_of(data, *breach.path)
    return max(key_place(data, breach.path, key) for key in written)


# --- values --------------------------------------------------------------------------------

_TYPES = {
    "string": "文字",
    "boolean": "true 或 false",
    "integer": "整数",
    "number": "数字",
    "object": "“键: 值”的映射",
    "array": "列表：写成 [甲, 乙] 的样子，或每项另起一行以“- ”开头；没有时写 []",
}
_PATTERNS = {
    "^[A-Z]{2,6}-[0-9]{8}-[0-9]{4,6}$": "工单编号要写成 LZ-20261013-0007 的样子（全部用半角字符）",
    "^[a-z][a-z0-9-]*$": "编号只能用小写字母、数字和连字符，如 housing-bureau",
    "^[0-9a-f]{8}$": "事件编号是 8 位十六进制数，用 hotline show 查看；全是数字时要加引号",
    "^[0-9a-f]{32}$": "指纹是 32 位十六进制数，由系统写入",
    "^[A-Za-z0-9-]+$": "编号只能用字母、数字和连字符",
}
_CHOICE = re.compile(r"(\w+)（(.+?)）(?=、\w+（|$)")


def _value_fault(breach: _Breach) -> str:
    expected = breach.expected
    match breach.keyword:
        case "type":
            return _wrong_type(expected, breach.value)
        case "enum":
            return _not_in(breach)
        case "const":
            return f"只能写 {json.dumps(expected, ensure_ascii=False)}"
        case "format":
            return _wrong_time(expected, breach.value)
        case "pattern":
            return _not_like(expected, breach.value)
        case "not":
            return "写法不对：编号里不能有换行"
        case "minimum" | "maximum":
            low, high = breach.schema.get("minimum"), breach.schema.get("maximum")
            return f"要在 {low} 到 {high} 之间"
        case "minItems" | "minProperties":
            return "至少要有一项"
        case "maxItems":
            return f"不能超过 {expected} 项"
        case "uniqueItems":
            return "与前面的重复，请删去一个"
        case "oneOf":
            return f"里 {' 与 '.join(_names(expected))} 必须写一个，而且只能写一个"
        case "anyOf" if names := _names(expected):
            return f"里至少要写 {'、'.join(names)} 中的一个"
    return "写法不对"


def _names(branches: list[Any]) -> list[str]:
    return [branch["required"][0] for branch in branches if "required" in branch]


def _wrong_type(expected: Any, value: Any) -> str:
    names = [expected] if isinstance(expected, str) else list(expected)
    words = "或".join(_TYPES.get(name, name) for name in names)
    if value is None:
        return f"空着，应写{words}"
    if names == ["boolean"]:
        return "只能写 true（是）或 false（否），不加引号"
    if names == ["string"] and isinstance(value, bool | int | float):
        return "应是文字，请加上引号"
    if names == ["string"] and isinstance(value, dict | list):
        return "应是文字：以 { 或 [ 开头、或带“- ”“: ”的文字要用引号括起来"
    return f"应是{words}"


def _not_in(breach: _Breach) -> str:
    if breach.path[-1:] == ("classification",):
        return (
            "只能是 internal 或 public。涉密事项不得进入本系统，"
            "请按第十六条通过专门的保密渠道、由专门人员流转"
        )
    titles = dict(_CHOICE.findall(breach.schema.get("description", "").removeprefix("可写：")))
    allowed = {str(value): titles.get(value, "") for value in breach.expected}
    listed = "、".join(f"{v}（{title}）" if title else v for v, title in allowed.items())
    written = breach.value
    if written is None or written == "":
        return f"空着，可写：{listed}"
    if isinstance(written, str):
        if written.strip() in allowed:
            return f"前后多了空白，只写 {written.strip()}"
        by_title = (value for value, title in allowed.items() if title and written == title)
        if near := next(by_title, None) or _nearest(written, list(allowed)):
            return f"没有这个取值，是不是想写 {near}？"
    return f"没有这个取值，可写：{listed}"


def _not_like(pattern: str, value: str) -> str:
    if pattern == "\\S":
        return "空着，请写上内容"
    if value != value.strip() and re.search(pattern, value.strip()):
        return "写法不对：前后多了空白，请删去"
    if "a-z" in pattern and re.search("[,，、;；\\s]", value):
        return "写法不对：一项只能写一个编号，几个之间用半角逗号“, ”隔开"
    return f"写法不对：{_PATTERNS.get(pattern, '请对照字段说明')}"


def _wrong_time(kind: str, text: str) -> str:
    parse, suggest = (
        (parse_time, suggest_time) if kind == "date-time" else (parse_date, suggest_date)
    )
    try:
        parse(text)
    except NotATime as why:
        guess = suggest(text)
        return f"不对：{why}" + (f"；可写成 {guess}" if guess and guess != text else "")
    return "不对"
