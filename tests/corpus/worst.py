"""The largest and worst files: at the edge of each limit, and far beyond it.

The functions that the tables name write files at an edge; ``WORST`` holds what someone
would write to make the reader slow, large or talkative.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.corpus import CLEAN

HEAD = CLEAN[: CLEAN.index("events:\n")]
TOP = HEAD + "events:\n"
BY = "at: 2026-10-13T10:20:00+08:00, by: housing-bureau"
STEP = f"  - {{{BY}, type: progress, text: 已到现场}}\n"


def depth_32() -> bytes:
    return _with("note", "[" * 29 + "x" + "]" * 29)


def depth_33() -> bytes:
    return _with("note", "[" * 30 + "x" + "]" * 30)


def nodes_50000() -> bytes:
    return _participants("甲," * (50_000 - _NODES_BESIDE))


def nodes_50001() -> bytes:
    return _participants("甲," * (50_001 - _NODES_BESIDE))


def scalar_65537() -> bytes:
    return CLEAN.replace("锦绣花园小区东侧夜间施工噪音", "噪" * 65537).encode()


def bytes_262144() -> bytes:
    return _padded(262_144)


def bytes_262145() -> bytes:
    return _padded(262_145)


def events_2000() -> bytes:
    return (CLEAN + STEP * 1997).encode()


def events_2001() -> bytes:
    return (CLEAN + STEP * 1998).encode()


def _with(key: str, value: str) -> bytes:
    """The case with a last event that holds a field; its list is the third level."""
    return f"{CLEAN}  - {{{BY}, type: progress, text: x, {key}: {value}}}\n".encode()


def _corrected(value: str) -> bytes:
    fields = "at: 2026-10-13T10:25:00+08:00, by: hotline-center, type: corrected, header: true"
    return f"{CLEAN}  - {{{fields}, field: title, reason: 笔误, value: {value}}}\n".encode()


def _participants(items: str) -> bytes:
    """An assignment that names many participants, which the schema does not count."""
    fields = "at: 2026-10-13T10:25:00+08:00, by: approval-bureau, type: assigned"
    kept = "lead: housing-bureau, support: [], basis: joint_consultation"
    return f"{CLEAN}  - {{{fields}, {kept}, participants: [{items}]}}\n".encode()


# The root, 12 header entries (24), the petitioner's (4), three events (7 + 14 + 7, of which one is
# the support unit), and the assignment (15): each key, value and container counts once.
_NODES_BESIDE = 1 + 24 + 4 + 28 + 15


def _padded(size: int) -> bytes:
    blob = CLEAN.encode()
    return blob + b"#" * (size - len(blob) - 1) + b"\n"


def _events(fields: str, times: int = 2000) -> str:
    return TOP + f"  - {{{fields}}}\n" * times


def _support(items: str) -> str:
    """An assignment with a very long list of support units."""
    start = "at: 2026-10-13T09:50:00+08:00, by: hotline-center, type: assigned, basis: clear"
    return f"{TOP}  - {{{start}, lead: housing-bureau, support: [{items}]}}\n"


def _numbered(pattern: str, times: int) -> str:
    return "".join(pattern.format(number) for number in range(times))


_STEP = "  - {{at: 2026-10-13T10:25:00+08:00, by: {}, type: {}}}\n"
_REPLY = ("housing-bureau", "replied, template: ordinary, subject: x, sections: {demand: a}")
_REDO = ("hotline-center", "redo_ordered, reason: x, cause: other")
_CALL = ("hotline-center", "callback, source: city, reached: false")


def _steps(fields: str, times: int) -> str:
    """The case, then the center writes the same event many times."""
    return CLEAN + _STEP.format("hotline-center", fields) * times


WORST: dict[str, Callable[[], str]] = {
    "两千个事件，只有最后一个错": lambda: (
        _events(f"{BY}, type: progress, text: x", 1999) + "  - {}\n"
    ),
    "两千个事件，每个的键都打错": lambda: _events(f"{BY}, type: progress, txt: x"),
    "两千个事件，每个的类型都打错": lambda: _events(f"{BY}, type: progres, text: x"),
    "两千个事件，每个有五处错": lambda: _events("at: 1, by: A, type: progress, text: , x: 1, y: 2"),
    "两千个事件，每个是一个数": lambda: TOP + "  - 1\n" * 2000,
    "两千个事件，每个是空的映射": lambda: TOP + "  - {}\n" * 2000,
    "两千个答复，处处是错": lambda: _events(
        "at: x, by: X, type: replied, template: o, sections: {a: }"
    ),
    "两千个交办": lambda: _events(
        f"{BY}, type: assigned, lead: housing-bureau, support: [], basis: clear"
    ),
    "两千次延期申请": lambda: _events(
        f"{BY}, type: extension_requested, days: 1, reason: x, petitioner_informed: true"
    ),
    "两万四千个重复的键": lambda: CLEAN + "a: 1\n" * 24_000,
    "两万四千个没有的键": lambda: CLEAN + _numbered("k{}: 1\n", 24_000),
    "一万两千个像是打错的键": lambda: CLEAN + _numbered("dispatched_a{}: 1\n", 12_000),
    "两百四十个很长的键": lambda: CLEAN + _numbered("? " + "k" * 1000 + "{}\n: 1\n", 240),
    "一个六万字的键": lambda: CLEAN + "? " + "k" * 60_000 + "\n: 1\n",
    "一个六万字的取值": lambda: CLEAN.replace("kind: complaint", "kind: " + "complain" * 8000),
    "一个六万字的时间": lambda: CLEAN.replace("09:30:00", "9" * 60_000),
    "一个六万位的整数": lambda: CLEAN.replace('"ZY202610130099"', "9" * 60_000),
    "一个六万字的编号": lambda: CLEAN.replace("LZ-20261013-0007", "A" * 60_000, 1),
    "两万个锚点": lambda: CLEAN + "a: &a 1\n" * 20_000,
    "四万个别名": lambda: CLEAN + "x:\n" + "- *a\n" * 40_000,
    "两万四千个标签": lambda: CLEAN + "x:\n" + "- !a b\n" * 24_000,
    "十亿次笑声": lambda: "".join(
        f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    ),
    "六万个看不见的字符在一行里": lambda: "# " + "\u200b " * 60_000 + "\n" + CLEAN,
    "四万行看不见的字符": lambda: "#\u200b\n" * 40_000 + CLEAN,
    "两万个转义的看不见的字符": lambda: CLEAN + "x:\n" + '- "\\u202e"\n' * 20_000,
    "六万个零字节": lambda: "\0a\n" * 60_000,
    "二十万个左方括号": lambda: "[" * 200_000,
    "二十万个左花括号": lambda: "{" * 200_000,
    "十万个减号": lambda: "- " * 100_000,
    "十万个问号": lambda: "? " * 100_000,
    "六万层花括号": lambda: "{a: " * 60_000,
    "六百层缩进": lambda: "".join(" " * level + "a:\n" for level in range(600)),
    "十二万项的列表": lambda: "[" + "1," * 120_000 + "]",
    "四万个相同的协办单位": lambda: _support("a," * 40_000),
    "三万个写错的协办单位": lambda: _support(_numbered("U{},", 30_000)),
    "四万五千个空映射作协办单位": lambda: _support("{}," * 45_000),
    "三万个不同种类的协办单位": lambda: _support(_numbered("{0},a{0},{{}},", 10_000)),
    "两万个列表作协办单位": lambda: _support(_numbered("[{}],", 15_000)),
    "一行二十五万字": lambda: CLEAN + "x: " + "a" * 250_000 + "\n",
    "六万行的文字块": lambda: CLEAN + "x: |\n" + "  a\n" * 60_000,
    "没有尽头的续行": lambda: CLEAN + "x: a\n" + "  a\n" * 60_000,
    "十三万个冒号": lambda: "a:" * 130_000,
    "八万个冒号加空格": lambda: "a: " * 80_000,
    "二十五万个引号": lambda: '"' * 250_000,
    "没有尽头的单引号": lambda: "'" * 250_001,
    "十三万行注释": lambda: "#\n" * 130_000,
    "二十六万个空行": lambda: "\n" * 262_000,
    "六万个文档": lambda: "---\n" * 60_000,
    "二十万个百分号": lambda: "%" * 200_000,
    "括号里二十五万个空行": lambda: "[" + "\n" * 250_000,
    "更正里五万个值": lambda: _corrected("[" + "1," * 49_000 + "]").decode(),
    "二十五万个全角冒号": lambda: "：" * 80_000,
    "十二万个回车": lambda: "#\r" * 120_000,
    "六万个没有冒号的行": lambda: "a\n" * 60_000 + "b: c\n",
    "两万行后才缺冒号": lambda: CLEAN + "# x\n" * 40_000 + "y\n  z: 1\n",
    "三万个不在名录里的协办单位": lambda: _support(_numbered("u{},", 30_000)),
    "一千九百个法定时限": lambda: _steps("deadline_set, law: 条例, due_on: 2026-10-20", 1900),
    "一千九百次更正工单头": lambda: _steps(
        "corrected, header: true, field: kind, value: help, reason: x", 1900
    ),
    "一千九百次更正，每次都不合适": lambda: _steps(
        "corrected, header: true, field: kind, value: x, reason: x", 1900
    ),
    "一千六百次更正没有的事件": lambda: _steps(
        "corrected, event: 0a1b2c3d, field: at, value: x, reason: x", 1600
    ),
    "七百次答复又重办": lambda: CLEAN + (_STEP.format(*_REPLY) + _STEP.format(*_REDO)) * 700,
    "一千四百次回访": lambda: CLEAN + _STEP.format(*_REPLY) + _STEP.format(*_CALL) * 1400,
    "一千五百次督办": lambda: _steps(
        "supervision_opened, level: bureau, ground: E191, due_at: 2026-10-20T10:00:00+08:00", 1500
    ),
    "一千九百次调整类别": lambda: _steps("reclassified, kind: help, reason: x", 1900),
    "一次关联一万两千件": lambda: _steps(
        f"linked, same: person, cases: [{_numbered('LZ-20260901-{:06d},', 12_000)}]", 1
    ),
    "承诺在本世纪末": lambda: _steps("deadline_set, law: 条例, due_on: 2100-12-31", 1),
}
"""Name → the text of a file that is within 256 KiB, or just beyond."""
