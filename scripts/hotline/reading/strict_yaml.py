"""YAML read strictly, with the place of every node.

The subset is what a clerk writes: mappings, lists, text, whole numbers, ``true`` and
``false``. Anchors, aliases, tags, duplicate keys and a second document are faults,
because each makes one file mean two things. Scalars follow the YAML 1.2 core schema
(``no`` is text, ``012345`` is text), so nothing a clerk types turns into another type.

It stands on the event stream of libyaml (through PyYAML): the stream names anchors
and tags, which composed nodes have lost, and it costs less than composing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from hotline.values.node import START, Items, Mapping, Place

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
MAX_NODES = 50_000
MAX_SCALAR = 64 * 1024
MAX_CHARACTER_FAULTS = 20


class Fault(NamedTuple):
    """What is wrong with the text of a file: code (S001…S004), place and Chinese words."""

    code: str
    place: Place
    message: str


class Parsed(NamedTuple):
    """What reading gave: the root node (None where nothing can be read), and faults."""

    root: Any
    faults: list[Fault]


class LibyamlIsMissing(RuntimeError):
    """PyYAML was built without libyaml; the reader needs its C parser."""

    in_chinese = (
        "本机的 PyYAML 没有带 libyaml，无法读取工单。"
        "请重新安装官方的 wheel：pip install --force-reinstall --only-binary :all: PyYAML"
    )


# Controls, bidirectional marks, invisible characters, tag characters, noncharacters:
# what an editor does not show can make a text say something else than it seems to.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\uffff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f]+"
)
# What libyaml refuses outright; after these nothing can be parsed.
_FATAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]")
_FLOAT = re.compile(r"[-+]?[0-9]+\.[0-9]+")
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLS = {"true": True, "false": False}

_PROBLEMS = (
    ("found character that cannot start any token", "这里的字符不能作为一个值的开头（制表符、@、` 等），请用引号把文字括起来"),
    ("found a tab character", "缩进里有制表符（Tab），请改用空格"),
    ("mapping values are not allowed", "这里不该再有冒号：文字里有“: ”时请用引号括起来，或检查缩进"),
    ("could not find expected ':'", "这一行缺少冒号“:”，或者上一行的文字没有写完"),
    ("did not find expected key", "缩进与上文不对齐，或上一行没有写完"),
    ("did not find expected '-' indicator", "列表项要以“- ”开头，并与上一项对齐"),
    ("did not find expected ',' or", "方括号或花括号没有配对，或各项之间缺少逗号"),
    ("did not find expected node content", "这里应当有一个值"),
    ("found unexpected end of stream", "文件在引号或括号里就结束了，请把引号补全"),
    ("found unexpected document indicator", "引号没有配对：文件在文字中间遇到了“---”"),
    ("block sequence entries are not allowed", "这里不能写“- ”：请另起一行并检查缩进"),
    ("block mapping", "缩进与上文不对齐"),
    ("found unknown escape character", "双引号里的反斜杠“\\”写法不对，请改用单引号"),
    ("invalid Unicode character escape", "转义出来的字符不存在"),
    ("control characters are not allowed", "文件里有控制字符"),
    ("found duplicate anchor", "不允许使用锚点"),
    ("found undefined alias", "不允许使用别名"),
    ("while parsing a flow", "方括号或花括号没有配对"),
)  # fmt: skip


def require_libyaml() -> None:
    """Raises :class:`LibyamlIsMissing` where PyYAML has no C parser."""
    if not getattr(yaml, "__with_libyaml__", False):
        raise LibyamlIsMissing(LibyamlIsMissing.in_chinese)


def parse(
    blob: bytes,
    *,
    max_bytes: int = MAX_BYTES,
    max_nodes: int = MAX_NODES,
    floats: bool = False,
) -> Parsed:
    """Reads one YAML document of at most ``max_bytes`` bytes.

    A byte order mark and CRLF line ends are accepted. ``1.0`` stays text unless
    ``floats`` (a work order holds no fractions, and a validator would take 1.0 for
    the whole number 1). Never raises on any input.
    """
    if len(blob) > max_bytes:
        return Parsed(None, [Fault("S001", START, _too_large(len(blob), max_bytes))])
    if blob.startswith(b"\xef\xbb\xbf"):
        blob = blob[3:]
    try:
        text = blob.decode("utf-8")
    except UnicodeDecodeError as error:
        return Parsed(None, [_not_utf8(blob, error)])
    faults = list(_hidden_characters(text))
    if faults and _FATAL.search(text):
        return Parsed(None, faults)
    # libyaml reads the line separators of Unicode as line ends, an editor does not:
    # they have been reported, and must not shift the places of what follows.
    if faults:
        blob = re.sub("[\x85\u2028\u2029]", " ", text).encode()
    try:
        root = _Builder(blob, faults, max_nodes, floats).document()
    except yaml.MarkedYAMLError as error:
        faults.append(_yaml_fault(error))
        return Parsed(None, faults)
    except yaml.YAMLError as error:
        faults.append(Fault("S001", START, f"文件不是合法的 YAML（{type(error).__name__}）"))
        return Parsed(None, faults)
    except _Refused as refused:
        faults.append(refused.fault)
        return Parsed(None, faults)
    return Parsed(root, faults)


class _Refused(Exception):
    """Reading stops: the fault says why."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.fault = Fault("S001", place, message)


class _Builder:
    """Builds nodes from libyaml's events; one pass, no recursion."""

    def __init__(self, blob: bytes, faults: list[Fault], max_nodes: int, floats: bool) -> None:
        self.loader = yaml.CSafeLoader(blob)
        self.faults = faults
        self.max_nodes = max_nodes
        self.floats = floats

    def document(self) -> Any:
        get = self.loader.get_event
        try:
            get()  # stream start
            event = get()
            if isinstance(event, yaml.StreamEndEvent):
                raise _Refused(START, "文件是空的")
            root = self._node(get)
            get()  # document end
            event = get()
            if not isinstance(event, yaml.StreamEndEvent):
                place = _place(event.start_mark)
                raise _Refused(place, "一个文件只能有一个 YAML 文档，请删去第二个“---”以后的内容")
            return root
        finally:
            self.loader.dispose()

    def _node(self, get: Any) -> Any:
        """The whole tree below the document's root, built with an explicit stack."""
        stack: list[tuple[Any, str | None, Place | None]] = []  # container, waiting key, its place
        node: Any = None
        key: str | None = None
        key_mark: Place | None = None
        count = 0
        while True:
            event = get()
            kind = type(event)
            if kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                value, place = node, node.place
                node, key, key_mark = stack.pop()
                if node is None:
                    return value
            else:
                mark = event.start_mark
                place = Place(mark.line + 1, mark.column + 1)
                count += 1
                if count > self.max_nodes:
                    raise _Refused(place, f"文件里的项目超过 {self.max_nodes} 个")
                if event.anchor is not None:
                    self._no_anchor(kind, place)
                if kind is yaml.ScalarEvent:
                    value = self._scalar(event, place, is_key=type(node) is Mapping and key is None)
                elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                    if event.tag is not None:
                        self._no_tag(place)
                    if type(node) is Mapping and key is None:
                        raise _Refused(place, "键必须是一个词，不能是列表或映射")
                    if len(stack) >= MAX_DEPTH:
                        raise _Refused(place, f"嵌套超过 {MAX_DEPTH} 层")
                    stack.append((node, key, key_mark))
                    node = Mapping(place) if kind is yaml.MappingStartEvent else Items(place)
                    key = None
                    continue
                else:  # an alias
                    value = None
                if node is None:
                    return value
            if type(node) is Items:
                node.append(value)
                node.marks.append(place)
            elif key is None:
                if value is None:  # an alias as a key
                    value = "*"
                if value in node:
                    first = node.marks[value][0].line
                    self.faults.append(
                        Fault(
                            "S002",
                            place,
                            f"键 {_shown(value)} 重复：第 {first} 行已经写过，请删去一个",
                        )
                    )
                key, key_mark = value, place
            else:
                if key not in node:
                    node[key] = value
                    node.marks[key] = (key_mark or place, place)
                key = None

    def _scalar(self, event: yaml.ScalarEvent, place: Place, *, is_key: bool) -> Any:
        value: str = event.value
        if len(value) > MAX_SCALAR:
            raise _Refused(place, f"一段文字超过 {MAX_SCALAR // 1024} K 个字符")
        if event.tag is not None:
            self._no_tag(place)
        if event.style == '"' and (found := _HIDDEN.search(value)):
            self.faults.append(_hidden_fault(found[0][0], place))
        if is_key or event.style:
            return value
        return resolve(value, floats=self.floats)

    def _no_anchor(self, kind: type, place: Place) -> None:
        what = "别名（*）" if kind is yaml.AliasEvent else "锚点（&）"
        self.faults.append(Fault("S003", place, f"不允许使用 YAML 的{what}，请把内容直接写在这里"))

    def _no_tag(self, place: Place) -> None:
        self.faults.append(Fault("S003", place, "不允许使用 YAML 的标签（!），请删去它"))


def resolve(text: str, *, floats: bool = False) -> Any:
    """A plain scalar by the YAML 1.2 core schema, without octal, hex, infinity and NaN.

    A number with a leading zero or of more than 18 digits names something (an order,
    a phone) and stays text.
    """
    first = text[:1]
    if first in "-+0123456789":
        if text == "0" or (_INT.fullmatch(text) and not _LEADING_ZERO.match(text)):
            return int(text)
        if floats and len(text) <= 18 and _FLOAT.fullmatch(text):
            return float(text)
        return text or None
    if text in _BOOLS:
        return _BOOLS[text]
    return None if text in _NULLS else text


def _place(mark: yaml.Mark) -> Place:
    return Place(mark.line + 1, mark.column + 1)


def _shown(key: str) -> str:
    return f"“{key[:40]}”"


def _too_large(size: int, limit: int) -> str:
    return f"文件有 {size // 1024} KiB，超过 {limit // 1024} KiB 的上限，请把附件内容移出工单"


def _not_utf8(blob: bytes, error: UnicodeDecodeError) -> Fault:
    line = blob.count(b"\n", 0, error.start) + 1
    column = error.start - (blob.rfind(b"\n", 0, error.start) + 1)
    prefix = blob[error.start - column : error.start].decode("utf-8", "replace")
    guess = ""
    if blob[:2] in (b"\xff\xfe", b"\xfe\xff"):
        guess = "，看来是 UTF-16"
    else:
        try:
            blob.decode("gb18030")
        except UnicodeDecodeError:
            pass
        else:
            guess = "，看来是 GBK（记事本的“ANSI”）"
    message = (
        f"文件不是 UTF-8 编码{guess}（第 {error.start} 字节起）；请用“另存为”选择 UTF-8 再保存"
    )
    return Fault("S001", Place(line, len(prefix) + 1), message)


def _hidden_characters(text: str) -> Iterator[Fault]:
    if text.isascii() and text.isprintable():
        return
    for number, found in enumerate(_HIDDEN.finditer(text)):
        if number == MAX_CHARACTER_FAULTS:
            return
        start = found.start()
        line = text.count("\n", 0, start) + 1
        column = start - (text.rfind("\n", 0, start) + 1) + 1
        yield _hidden_fault(found[0][0], Place(line, column))


def _hidden_fault(character: str, place: Place) -> Fault:
    message = f"这里有看不见的字符 U+{ord(character):04X}，请删去后重新输入"
    return Fault("S004", place, message)


def _yaml_fault(error: yaml.MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    place = _place(mark) if mark else START
    english = f"{error.problem or ''} {error.context or ''}"
    for key, chinese in _PROBLEMS:
        if key in english:
            return Fault("S001", place, f"YAML 写法有误：{chinese}")
    return Fault("S001", place, "YAML 写法有误，请检查这一行的缩进、冒号和引号")
