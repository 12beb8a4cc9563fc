"""The help of ``hotline add`` and ``hotline new``, made from the lifecycle table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from hotline.procedure.lifecycle import ANY, OPEN, ROLES, STATES, TABLE, Field
from hotline.values.article import cite
from hotline.writing.fields import HEADER, event_fields
from hotline.writing.yaml_text import display_width

_KINDS = {
    "bool": "true 或 false", "true": "true", "days": "整数", "date": "日期，如 2026-10-20",
    "time": "时间，如 2026-10-20T17:00:00+08:00，或 now", "unit": "单位编号或名称",
    "units": "单位编号或名称，逗号分隔，没有时写 []", "texts": "文字，逗号分隔，或写几遍",
    "cases": "工单编号，逗号分隔", "event": "8 位事件编号", "precedent": "先例编号",
    "entry": "知识库条目编号", "any": "按被更正的字段填写",
}  # fmt: skip
VALUES = (
    "值的写法：文字含空格时加引号；@文件名 从文件读文字，- 从标准输入读；"
    "嵌套的字段用点连接，如 delivery.method=phone"
)


_ASKED = {
    "return_requested": ("reason", "legal_basis", "suggested_unit"),
    "interim_requested": ("situation", "next_steps", "promised_on"),
    "terminated": ("opinion", "legal_basis"),
    "replied": ("sections.communication", "reviewed_by"),
}
"""What the schema leaves open and the rules ask for (D131, D140, W041, R006)."""
_EXAMPLE = {"corrected": ("event",), "extension_requested": ("days",)}
"""One of two alternatives, for the example."""


FOLLOWS = {
    "replied": {
        "template": "来件渠道的模板",
        "subject": "工单的标题",
        "units": "主办和全部协办单位",
    },
}
"""What ``hotline add`` fills in where it is not typed (:mod:`hotline.writing.usual`)."""


def overview() -> str:
    """All events on a line each: name, title, who, in which state."""
    width = max(map(len, TABLE))
    lines = [
        f"  {row.name:<{width}}  {_padded(row.title, 14)}{_who(row.who)}；{_when(row.states)}"
        for row in TABLE.values()
    ]
    return "\n".join(["事件：", *lines, "", "一种事件的字段：hotline add 事件 --help", VALUES])


def details(event: str) -> str:
    """One event: who, when, its fields, and how a command looks."""
    row = TABLE[event]
    fields = event_fields(event)
    lines = [f"{event}  {row.title}（{cite(row.article)}）"]
    lines += [row.help] if row.help else []
    lines += [f"谁记：{_who(row.who)}", f"何时：{_when(row.states)}", "字段："]
    asked = _ASKED.get(event, ())
    shown = {*asked, *_EXAMPLE.get(event, ())}
    follows = FOLLOWS.get(event, {})
    needed = [
        f"{field.name}=…"
        for field in fields
        if (field.required and field.name not in follows) or field.name in shown
    ]
    words = " ".join(["hotline add 工单编号", event, *needed])
    return "\n".join([*lines, *field_lines(fields, asked, follows), "", f"例：{words}", VALUES])


def header_lines() -> list[str]:
    return field_lines(HEADER)


def field_lines(
    fields: Iterable[Field], asked: Collection[str] = (), follows: Mapping[str, str] | None = None
) -> list[str]:
    """Each field with its title, kind, what may be written, and what stands there where
    nothing is."""
    listed, usual = list(fields), follows or {}
    width = max((len(field.name) for field in listed), default=0)
    return [
        f"  {field.name:<{width}}  {_words(field, field.name in asked, usual.get(field.name, ''))}"
        for field in listed
    ]


def values_of(field: Field) -> str:
    """What may be written in a field, '' for plain text."""
    if field.choices:
        return "、".join(f"{name}（{title}）" for name, title in field.choices)
    return _KINDS.get(field.kind, "")


def _words(field: Field, is_asked: bool, usual: str) -> str:
    kind = values_of(field)
    need = "" if field.required else "，要写" if is_asked else "，可不写"
    need = f"，不写就是{usual}" if usual else need
    text = field.title + need + (f"：{kind}" if kind else "")
    return f"{text}。{field.help}" if field.help else text


def _who(roles: tuple[str, ...]) -> str:
    return "、".join(ROLES[role] for role in roles)


def _when(states: frozenset[str]) -> str:
    if states == ANY:
        return "任何时候"
    if states == OPEN:
        return "办结以前"
    return "、".join(title for state, title in STATES.items() if state in states) + "时"


def _padded(text: str, width: int) -> str:
    return text + " " * max(width - display_width(text), 1)
