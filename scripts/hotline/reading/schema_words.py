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

from hotline.reading.places import Places
from hotline.reading.strict_yaml import shown_key
from hotline.values.node import Place
from hotline.values.times import NotATime, parse_date, parse_time, suggest_date, suggest_time

if TYPE_CHECKING:
    from jsonschema import ValidationError

Path = tuple[str | int, ...]
_LONG_HELP = 200
_LONG_WORD = 60
Cause = tuple[Any, ...]
"""A path; for a key that is missing or unknown, the path, ``+`` or ``?``, and the key."""


class SchemaFault(NamedTuple):
    """One breach of the schema.

    ``subject`` is what it is about, apart from its line; ``meant`` is the field that a
    misspelt key stands for.
    """

    place: Place
    message: str
    subject: str = ""
    meant: str = ""


class _Breach(NamedTuple):
    """An error of ``jsonschema`` as it is used here.

    ``fields`` are those of the nearest schema above that names some.
    """

    keyword: str
    expected: Any
    value: Any
    schema: dict[str, Any]
    path: Path
    fields: dict[str, Any]
    document: dict[str, Any]


def translate(
    error: ValidationError, places: Places, document: dict[str, Any]
) -> Iterator[tuple[SchemaFault, Cause]]:
    """(fault, cause); two errors of one cause are one fault."""
    raw: Any = error
    fields = _fields(document, tuple(raw.absolute_schema_path))
    path = tuple(raw.absolute_path)
    breach = _Breach(
        raw.validator, raw.validator_value, raw.instance, raw.schema, path, fields, document
    )
    match breach.keyword:
        case "required":
            missing = (key for key in breach.expected if key not in breach.value)
            yield from (_missing(key, breach, places) for key in missing)
        case "additionalProperties" | "unevaluatedProperties":
            allowed = breach.schema.get("properties", {})
            unknown = (key for key in breach.value if key not in allowed)
            yield from (_unknown(key, breach, places) for key in unknown)
        case _:
            name = _name(path) or ("整个文件" if breach.keyword == "type" else "")
            place = _second(breach, places) or places.place(*path)
            yield SchemaFault(place, f"{name}{_value_fault(breach)}", _subject(path)), path


def drop_what_was_meant(found: dict[Cause, SchemaFault]) -> None:
    """A misspelt key is one fault: the key that is missing by it is not told again."""
    for cause, fault in list(found.items()):
        if fault.meant:
            found.pop((*cause[:-2], "+", fault.meant), None)


def _subject(path: Path) -> str:
    return "/".join(map(str, path))


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


# --- keys ----------------------------------------------------------------------------------

_PERSONAL = re.compile(
    "^name$|phone|mobile|^tel|id_?num|id_?card|^addr|姓名|电话|手机|身份证|住址", re.IGNORECASE
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


def _missing(key: str, breach: _Breach, places: Places) -> tuple[SchemaFault, Cause]:
    """At the mapping that lacks the key; at the key that was written for it, where one was."""
    path, field = breach.path, breach.fields.get(key, {})
    title = f"（{field['title']}）" if "title" in field else ""
    help_ = field.get("description", "")
    hint = f"：{help_}" if 0 < len(help_) < _LONG_HELP else ""
    cause = (*path, "+", key)
    place = places.place(*path)
    strangers = [other for other in breach.value if other not in breach.fields]
    # Without its type an event has no other fields, so that no key of it is unknown.
    if key == "type" and (near := _nearest(key, strangers)):
        place, hint = places.key_place(path, near), f"，{shown_key(near).strip()} 是不是想写 type？"
    message = f"{_name(path)}缺少必填的 {key}{title}{hint}"
    return SchemaFault(place, message, _subject(cause)), cause


def _unknown(key: str, breach: _Breach, places: Places) -> tuple[SchemaFault, Cause]:
    path, shown = breach.path, shown_key(key)
    meant = _meant(key, breach.fields) or ""
    words = _slip(key, shown, meant) if meant else _stranger(key, shown, breach)
    subject = _subject((*path, "?", shown.strip()))  # a hash of a name or number tells it
    fault = SchemaFault(places.key_place(path, key), f"{_name(path)}{words}", subject, meant)
    return fault, (*path, "?", key)


def _meant(key: str, fields: dict[str, Any]) -> str | None:
    """The field of that Chinese title, or of a like name."""
    name = re.split("[:：]", key.strip())[0]
    titles = {str(field.get("title", "")): name for name, field in fields.items()}
    within = (field for title, field in titles.items() if len(name) > 1 and name in title)
    return titles.get(name) or next(within, None) or _nearest(name, list(fields))


def _slip(key: str, shown: str, meant: str) -> str:
    """How a key was misspelt."""
    if key.strip() == meant:
        return f"{meant} 的前后有全角空格或别的空白，请删去重打"
    if re.search("[:：]", key):
        return f"没有这个键：{meant} 后面要写半角冒号，再加一个空格"
    return f"没有{f'叫{shown}的' if shown else '这个'}键，是不是想写 {meant}？"


def _stranger(key: str, shown: str, breach: _Breach) -> str:
    listed = "、".join(breach.fields)
    if key == "<<":
        return "不允许使用合并键 <<，请把内容直接写在这里"
    if breach.path[-1:] == ("petitioner",):
        return f"里{shown or '这一行'}{_SEAL}；这里只能写 {listed}"
    if _is_personal(key, breach.document):
        return f"{'' if breach.path else '工单'}里{shown or '这一行'}{_SEAL}"
    what = "请把文字移到正确的键下面" if breach.path[-1:] == ("sections",) else "请删去"
    return f"没有{f'叫{shown}的' if shown else '这个'}键，{what}；这里可以写 {listed}"


def _is_personal(key: str, document: dict[str, Any]) -> bool:
    """A work order's key of a person's datum; what some event may hold (handler_phone) is none."""
    if "petitioner" not in document.get("properties", {}) or not _PERSONAL.search(key):
        return False
    return not any(key in part.get("properties", {}) for part in document["$defs"].values())


def _nearest(word: str, known: list[str]) -> str | None:
    if len(word) > _LONG_WORD:
        return None
    return next(iter(get_close_matches(word.lower().replace("-", "_"), known, 1, 0.6)), None)


def _second(breach: _Breach, places: Places) -> Place | None:
    """Where two were written of which one may be, the second is the one too many."""
    if breach.keyword != "oneOf" or not isinstance(breach.value, dict):
        return None
    written = [key for key in _names(breach.expected) if key in breach.value]
    return max(places.key_place(breach.path, key) for key in written) if written[1:] else None


# --- values --------------------------------------------------------------------------------

_TYPES = {
    "string": "文字",
    "boolean": "true 或 false",
    "integer": "整数，如 3，不加引号",
    "number": "数字",
    "object": "“键: 值”的映射",
    "array": "列表：写成 [甲, 乙] 的样子，或每项另起一行以“- ”开头；没有时写 []",
}
_PATTERN_WORDS = {
    "^[A-Z]{2,6}-[0-9]{8}-[0-9]{4,6}$": "写法不对：工单编号要写成 LZ-20261013-0007 的样子（全部用半角字符）",
    "^[a-z][a-z0-9-]*$": "写法不对：编号只能用小写字母、数字和连字符，如 housing-bureau，不写名称",
    "^[0-9a-f]{8}$": "写法不对：事件编号是 8 位十六进制数，用 hotline show 查看；全是数字时要加引号",
    "^[0-9a-f]{32}$": "写法不对：指纹是 32 位十六进制数，由系统写入；全是数字时要加引号",
    "^[A-Za-z0-9-]+$": "写法不对：编号只能用字母、数字和连字符，全是数字时要加引号",
    "^[A-Z][A-Z0-9_]*$": (
        "写法不对：这里只写环境变量的名字，如 NOTIFY_HOUSING（大写字母、数字、下划线）；地址和密钥不能写进文件，"
        "要放在环境变量里。已经提交过的地址等于泄露，请到机器人设置里换新的"
    ),
    "^https?://[A-Za-z0-9.:/_~%-]+$": "写法不对：网址要写成 http://hotline.example.cn/ 的样子，不带用户名、密码和参数",
    "^(?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:[01][0-9]|2[0-3]):[0-5][0-9]$": "写法不对：时段要写成 18:00-09:00 的样子，半角，24 小时制",
}
_FORMATS = {
    "date-time": "时间，如 2026-10-13T09:30:00+08:00",
    "date": "日期，如 2026-10-13",
}
_CHOICE = re.compile(r"(\w+)（(.+?)）(?=、\w+（|$)")


def _value_fault(breach: _Breach) -> str:
    expected = breach.expected
    match breach.keyword:
        case "type":
            return _wrong_type(breach)
        case "enum":
            return _not_in(breach)
        case "const":
            return f"只能写 {json.dumps(expected, ensure_ascii=False)}"
        case "format":
            return _wrong_time(expected, breach.value)
        case "pattern":
            return _not_like(expected, breach.value)
        case "not":
            return "写法不对：里面不能有换行"
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


def _wrong_type(breach: _Breach) -> str:
    expected, value = breach.expected, breach.value
    names = [expected] if isinstance(expected, str) else list(expected)
    words = "或".join(_TYPES.get(name, name) for name in names)
    if "format" in breach.schema:
        words = _FORMATS.get(breach.schema["format"], words)
    if value is None:
        return f"空着，应写{' ' * words[0].isascii()}{words}"
    if names == ["boolean"]:
        return "只能写 true（是）或 false（否），不加引号"
    if names == ["string"] and isinstance(value, bool | int | float) and "文字" in words:
        return _PATTERN_WORDS.get(breach.schema.get("pattern", ""), "应是文字，请加上引号")
    if names == ["string"] and isinstance(value, dict | list):
        return f"应是{words}：以 {{ 或 [ 开头、或带“- ”“: ”的文字要用引号括起来"
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
        return "写法不对：前后多了空格或换行，请删去"
    if "a-z" in pattern and re.search("[,，、;；\\s]", value):
        return "写法不对：一项只能写一个编号，几个之间用半角逗号“, ”隔开"
    return _PATTERN_WORDS.get(pattern, "写法不对，请对照字段说明")


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
