"""JSON Schema with Chinese words: each fault at its own place, told once.

``jsonschema-rs`` decides; what it refuses goes to ``jsonschema`` for the words. A test
over the broken files keeps the two of one mind. The validators' own English is never
shown, and the value of a field never stands in a message, for it may be personal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from hotline.values.node import Place, key_place, place_of
from hotline.values.times import NotATime, parse_date, parse_time, suggest_date, suggest_time

if TYPE_CHECKING:
    from jsonschema import ValidationError


class SchemaFault(NamedTuple):
    """One breach of the schema. ``path`` leads to the node that is at fault."""

    path: tuple[str | int, ...]
    place: Place
    message: str


class Schema:
    """A compiled schema; compiling happens when it is first used."""

    def __init__(self, text: bytes) -> None:
        self._text = text

    @cached_property
    def document(self) -> dict[str, Any]:
        return json.loads(self._text)  # type: ignore[no-any-return]

    @cached_property
    def _fast(self) -> Any:
        import jsonschema_rs

        formats = {"date-time": _is_time, "date": _is_date}
        return jsonschema_rs.Draft202012Validator(
            self.document, formats=formats, validate_formats=True
        )

    @cached_property
    def _slow(self) -> Any:
        from jsonschema import Draft202012Validator, FormatChecker

        checker = FormatChecker(formats=())
        checker.checks("date-time")(_is_time)
        checker.checks("date")(_is_date)
        return Draft202012Validator(self.document, format_checker=checker)

    def fits(self, data: Any) -> bool:
        return bool(self._fast.is_valid(data))

    def faults(self, data: Any) -> list[SchemaFault]:
        """Every fault of ``data``, in the order of the file; empty where it fits."""
        return [] if self.fits(data) else self.explain(data)

    def explain(self, data: Any) -> list[SchemaFault]:
        """The faults as ``jsonschema`` sees them, in Chinese, one for one cause."""
        found: dict[tuple[Any, ...], SchemaFault] = {}
        for error in self._slow.iter_errors(data):
            for fault, cause in _translate(error, data):
                found.setdefault(cause, fault)
        for cause in [c for c in found if c[-2:-1] == ("?",)]:
            _drop_what_was_meant(cause, found)
        return sorted(found.values(), key=lambda fault: fault.place)


def _drop_what_was_meant(cause: tuple[Any, ...], found: dict[tuple[Any, ...], SchemaFault]) -> None:
    """A misspelt key is one fault: the key that is missing by it is not told again."""
    *path, _, key = cause
    missing = [c[-1] for c in found if c[:-2] == tuple(path) and c[-2:-1] == ("+",)]
    if meant := _nearest(key, missing):
        del found[(*path, "+", meant)]


def _is_time(value: Any) -> bool:
    if not isinstance(value, str):
        return True
    try:
        parse_time(value)
    except NotATime:
        return False
    return True


def _is_date(value: Any) -> bool:
    if not isinstance(value, str):
        return True
    try:
        parse_date(value)
    except NotATime:
        return False
    return True


# --- words -----------------------------------------------------------------------------

_TYPES = {
    "string": "文字",
    "boolean": "true 或 false",
    "integer": "整数",
    "number": "数字",
    "object": "“键: 值”的映射",
    "array": "列表（每项以“- ”开头，没有时写 []）",
}
_PATTERNS = {
    "^[A-Z]{2,6}-[0-9]{8}-[0-9]{4,6}$": "工单编号要写成 LZ-20261013-0007 的样子（全部用半角字符）",
    "^[a-z][a-z0-9-]*$": "编号只能用小写字母、数字和连字符，如 housing-bureau",
    "^[0-9a-f]{8}$": "事件编号是 8 位十六进制数，用 hotline show 查看；全是数字时要加引号",
    "^[0-9a-f]{32}$": "指纹是 32 位十六进制数，由系统写入",
    "^[A-Za-z0-9-]+$": "编号只能用字母、数字和连字符",
    "\\S": "这里不能空着",
    "[\\r\\n]": "编号里不能有换行",
}
_PERSONAL = frozenset(
    {
        "name",
        "phone",
        "id_number",
        "address",
        "title",
        "mobile",
        "姓名",
        "电话",
        "身份证",
        "地址",
        "tel",
    }
)


def _translate(error: ValidationError, data: Any) -> Iterator[tuple[SchemaFault, tuple[Any, ...]]]:
    """(fault, cause); two errors of one cause are one fault."""
    path = tuple(error.absolute_path)
    place = place_of(data, *path)
    name = _name(path)
    keyword = error.validator
    if keyword == "required":
        for key in _missing(error):
            title = _title(error, key)
            yield SchemaFault(path, place, f"{name}缺少必填的 {key}{title}"), (*path, "+", key)
    elif keyword in ("additionalProperties", "unevaluatedProperties"):
        for key in _unknown(error):
            message = _unknown_key(key, error, path)
            yield SchemaFault(path, key_place(data, path, key), message), (*path, "?", key)
    else:
        yield SchemaFault(path, place, f"{name}{_value_fault(error, path)}"), path


def _name(path: tuple[str | int, ...]) -> str:
    """``events[3].lead`` as a clerk says it: 第 4 个事件的 lead."""
    parts = []
    for step in path:
        if isinstance(step, int):
            name = parts.pop() if parts else "文件"
            parts.append(
                f"第 {step + 1} 个事件" if name == "events" else f"{name} 第 {step + 1} 项"
            )
        else:
            parts.append(str(step))
    return " 的 ".join(parts).replace("事件 的 ", "事件的 ") + " " if parts else ""


def _missing(error: ValidationError) -> list[str]:
    return (
        [key for key in error.validator_value if key not in error.instance][:1]
        if ("'" not in error.message)
        else [error.message.split("'")[1]]
    )


def _title(error: ValidationError, key: str) -> str:
    found = (error.schema.get("properties") or {}).get(key, {}).get("title")
    return f"（{found}）" if found else ""


def _unknown(error: ValidationError) -> list[str]:
    allowed = error.schema.get("properties") or {}
    return [key for key in error.instance if key not in allowed]


def _unknown_key(key: str, error: ValidationError, path: tuple[str | int, ...]) -> str:
    shown = key[:40]
    if path[-1:] == ("petitioner",) and key in _PERSONAL:
        return (
            f"{key} 是个人信息，不能明文写进工单（第十六条）。请删去这一行，"
            "改用 hotline seal 密封，正文里用 {petitioner.name} 等代替"
        )
    near = _nearest(key, list(error.schema.get("properties") or ()))
    hint = f"，是不是想写 {near}？" if near else "，请删去，或改成允许的键"
    return f"{_name(path)}没有叫 {shown} 的键{hint}"


def _nearest(word: str, known: list[str]) -> str | None:
    import difflib

    return next(iter(difflib.get_close_matches(word, known, 1, 0.6)), None)


def _value_fault(error: ValidationError, path: tuple[str | int, ...]) -> str:
    value = error.validator_value
    match error.validator:
        case "type":
            return _wrong_type(value, error.instance)
        case "enum":
            return _not_in(value, error, path)
        case "const":
            return f"只能写 {json.dumps(value, ensure_ascii=False)}"
        case "format":
            return _wrong_time(value, error.instance)
        case "pattern" | "not":
            pattern = value["pattern"] if isinstance(value, dict) else value
            return _with_colon(_PATTERNS.get(pattern, "写法不对"))
        case "minimum" | "maximum":
            low, high = error.schema.get("minimum"), error.schema.get("maximum")
            return f"要在 {low} 到 {high} 之间"
        case "minItems" | "minProperties":
            return "至少要有一项"
        case "maxItems":
            return f"不能超过 {value} 项"
        case "uniqueItems":
            return "里有重复的项，请删去一个"
        case "oneOf":
            names = [branch["required"][0] for branch in value if "required" in branch]
            return f"里 {' 与 '.join(names)} 必须写一个，而且只能写一个"
        case "anyOf":
            names = [branch["required"][0] for branch in value if "required" in branch]
            return f"里至少要写 {'、'.join(names)} 中的一个" if names else "写法不对"
    return "写法不对"


def _with_colon(words: str) -> str:
    return f"写法不对：{words}"


def _wrong_type(expected: Any, instance: Any) -> str:
    names = [expected] if isinstance(expected, str) else list(expected)
    words = "或".join(_TYPES.get(name, name) for name in names)
    if instance is None:
        return f"空着，应写{words}"
    if names == ["boolean"]:
        return "只能写 true 或 false（不加引号）"
    if names == ["string"] and isinstance(instance, bool | int | float):
        return "应是文字，请加上引号"
    return f"应是{words}"


def _not_in(allowed: list[Any], error: ValidationError, path: tuple[str | int, ...]) -> str:
    if path[-1:] == ("classification",):
        return (
            "只能是 internal 或 public。涉密事项不得进入本系统，"
            "请按第十六条通过专门的保密渠道、由专门人员流转"
        )
    written = error.instance
    listed = "、".join(str(a) for a in allowed[:30])
    if written is None or written == "":
        return f"空着，可写：{listed}"
    near = _nearest(written, [str(a) for a in allowed]) if isinstance(written, str) else None
    if near:
        return f"没有这个取值，是不是想写 {near}？"
    return f"没有这个取值，可写：{listed}"


def _wrong_time(kind: str, text: str) -> str:
    try:
        parse_time(text) if kind == "date-time" else parse_date(text)
    except NotATime as why:
        guess = suggest_time(text) if kind == "date-time" else suggest_date(text)
        hint = f"；请写 {guess}" if guess and guess != text else ""
        return f"不对：{why}{hint}"
    return "不对"
