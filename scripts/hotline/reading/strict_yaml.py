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

from hotline.reading.hidden import PLANE_ENDS, may_hide
from hotline.reading.limits import MAX_BYTES, MAX_DEPTH
from hotline.reading.scalars import resolve
from hotline.reading.yaml_words import NO_TAG, Stop, explain, place_of_mark, stop_of
from hotline.values.node import START, Items, Mapping, Place

MAX_NODES = 50_000
MAX_CHARACTER_FAULTS = 20
MAX_FAULTS = 100
"""More are not told: a file with so many is no work order, or was broken in one stroke."""


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
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffd"
    f"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a{PLANE_ENDS}\U000e0000-\U000e0fff]+"
    # The emoji selector shows where it follows a symbol, as in ☎️ and 1️⃣; elsewhere it hides.
    "|(?<![\xa9\xae\u2000-\u3299\U0001f000-\U0001faff])\ufe0f(?!\u20e3)"
    # A return without a line feed: one line to git, two lines to an editor.
    "|\r(?!\n)"
)
# What libyaml refuses outright; after these nothing can be parsed.
_FATAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_BREAK = re.compile(r"\r\n|\r|\n")


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
    the whole number 1). Never raises on any input, but :class:`LibyamlIsMissing` where nothing
    can be read.
    """
    if len(blob) > max_bytes:
        return Parsed(None, [Fault("S001", START, _too_large(max_bytes))])
    if blob.startswith(b"\xef\xbb\xbf"):
        blob = blob[3:]
    try:
        text = blob.decode("utf-8")
    except UnicodeDecodeError as error:
        return Parsed(None, [_not_utf8(blob, error.start)])
    if _looks_like_utf16(blob):
        return Parsed(None, [_not_utf8(blob, 0)])
    faults = list(_hidden_characters(text)) if may_hide(text) else []
    if faults and _FATAL.search(text):
        return Parsed(None, faults)
    # libyaml reads the line separators of Unicode as line ends, an editor does not:
    # they have been reported, and must not shift the places of what follows.
    if faults:
        text = re.sub("[\x85\u2028\u2029]", " ", text)
    require_libyaml()
    builder = _Builder(text.encode(), faults, max_nodes, floats)
    try:
        return Parsed(builder.document(), faults)
    except yaml.MarkedYAMLError as error:
        fault = _yaml_fault(stop_of(error, text, builder.last, builder.open))
        if fault.place.line not in hidden_lines(faults):
            faults.append(fault)
    except yaml.YAMLError:
        faults.append(Fault("S001", START, "文件不是合法的 YAML，请检查缩进、冒号和引号"))
    except _Refused as refused:
        faults.append(refused.fault)
    return Parsed(None, faults)


class _Refused(Exception):
    """Reading stops: the fault says why."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.fault = Fault("S001", place, message)


class _Builder:
    """Builds nodes from libyaml's events; one pass, no recursion.

    Where libyaml stops, ``last`` and ``open`` tell how far it had come.
    """

    def __init__(self, blob: bytes, faults: list[Fault], max_nodes: int, floats: bool) -> None:
        self.loader = yaml.CSafeLoader(blob)
        self.faults = faults
        self.hides = bool(faults)
        self.max_nodes = max_nodes
        self.floats = floats
        self.last: yaml.Event | None = None
        self.open: Place | None = None

    def document(self) -> Any:
        get = self.loader.get_event
        try:
            get()  # stream start
            event: Any = get()
            if isinstance(event, yaml.StreamEndEvent):
                raise _Refused(START, _EMPTY)
            if event.version or event.tags:
                place = Place(event.start_mark.line + 1, 1)
                self._fault("S003", place, "不允许使用以“%”开头的 YAML 指令，请删去这一行")
            root = self._node(get)
            get()  # document end
            event = get()
            if not isinstance(event, yaml.StreamEndEvent):
                place = place_of_mark(event.start_mark)
                raise _Refused(place, "一个文件只能有一件工单，请删去第二个“---”和它后面的内容")
            if root is None and not self.faults:
                raise _Refused(START, _EMPTY)
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
            event = self.last = get()
            kind = type(event)
            if kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                value, place = node, node.place
                node, key, key_mark = stack.pop()
                if node is None:
                    return value
                self.open = node.place
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
                        raise _Refused(place, _NOT_A_KEY)
                    if len(stack) >= MAX_DEPTH:
                        raise _Refused(place, f"嵌套超过 {MAX_DEPTH} 层")
                    stack.append((node, key, key_mark))
                    node = Mapping(place) if kind is yaml.MappingStartEvent else Items(place)
                    self.open = place
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
                if value is None:  # an alias as a key: told, and like no other
                    value = f"*{count}"
                elif value in node:
                    first = node.marks[value][0].line
                    words = f"键{shown_key(value)}重复：第 {first} 行已经写过，请删去一个"
                    self._fault("S002", place, words)
                key, key_mark = value, place
            else:
                if key not in node:
                    node[key] = value
                    node.marks[key] = (key_mark or place, place)
                key = None

    def _scalar(self, event: yaml.ScalarEvent, place: Place, *, is_key: bool) -> Any:
        value: str = event.value
        if event.tag is not None:
            self._no_tag(place)
        # What stands in the file itself has been told by then, at its own place.
        if event.style == '"' and not self.hides and (found := _HIDDEN.search(value)):
            self._fault("S004", place, _hidden_words(found[0][0], escaped=True))
        if is_key or event.style:
            return value
        return resolve(value, floats=self.floats)

    def _fault(self, code: str, place: Place, message: str) -> None:
        if len(self.faults) >= MAX_FAULTS:
            raise _Refused(place, f"前面的错误已有 {MAX_FAULTS} 处，请先改好，再检查后面的内容")
        self.faults.append(Fault(code, place, message))

    def _no_anchor(self, kind: type, place: Place) -> None:
        what, sign = ("别名", "*") if kind is yaml.AliasEvent else ("锚点", "&")
        words = f"不允许使用 YAML 的{what}（{sign}），请把内容直接写在这里"
        self._fault("S003", place, f"{words}；文字以“{sign}”开头时请加引号")

    def _no_tag(self, place: Place) -> None:
        self._fault("S003", place, NO_TAG)


def hidden_lines(faults: list[Fault]) -> set[int]:
    """Lines with hidden characters: what else is wrong there may come from these."""
    return {fault.place.line for fault in faults if fault.code == "S004"}


def _yaml_fault(stop: Stop) -> Fault:
    place, words = explain(stop)
    if words == NO_TAG:
        return Fault("S003", place, words)
    return Fault("S001", place, f"YAML 写法有误：{words}")


_EMPTY = "文件里没有内容：可用 hotline new 新建工单，或恢复上一个版本"
_NOT_A_KEY = "键必须是一个词，不能是列表或映射；文字以 {、[ 或“? ”开头时请加引号"
_SAFE_KEY = re.compile(r"[A-Za-z_][A-Za-z_-]{0,39}[0-9]{0,3}")


def shown_key(key: str) -> str:
    """A key as a message may show it: what looks like no key may be somebody's name."""
    return f" {key} " if _SAFE_KEY.fullmatch(key) else ""


def _too_large(limit: int) -> str:
    return f"文件超过 {limit // 1024} KiB 的上限，请把附件内容移出工单"


def _looks_like_utf16(blob: bytes) -> bool:
    """ASCII in UTF-16 is UTF-8 too, every other byte of it NUL."""
    return len(blob) >= 4 and (blob[0:4:2] == b"\0\0") != (blob[1:4:2] == b"\0\0")


def _not_utf8(blob: bytes, offset: int) -> Fault:
    guess = _guess_encoding(blob)
    if guess.startswith("UTF-16"):
        place = START
    else:
        read = blob[:offset].decode("utf-8", "replace")
        lines = _BREAK.split(read)
        place = Place(len(lines), len(lines[-1]) + 1)
    seems = f"，看来是 {guess}" if guess else ""
    message = f"文件不是 UTF-8 编码{seems}（第 {offset} 字节起）；请用“另存为”选择 UTF-8 再保存"
    return Fault("S001", place, message)


def _guess_encoding(blob: bytes) -> str:
    if blob[:2] in (b"\xff\xfe", b"\xfe\xff") or _looks_like_utf16(blob):
        return "UTF-16（记事本的“Unicode”）"
    try:
        blob.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "GBK（记事本的“ANSI”）"


def _hidden_characters(text: str) -> Iterator[Fault]:
    """At most ``MAX_CHARACTER_FAULTS``, and one for all lone returns together."""
    line, line_start, seen, number, returns = 1, 0, 0, 0, 0
    for found in _HIDDEN.finditer(text):
        start = found.start()
        for end in _BREAK.finditer(text, seen, start):
            line, line_start = line + 1, end.end()
        seen = start
        character = found[0][0]
        is_return = character == "\r"
        if is_return and returns:
            continue
        returns += is_return
        number += 1
        if number > MAX_CHARACTER_FAULTS:
            return
        place = Place(line, start - line_start + 1)
        yield Fault("S004", place, _RETURN if is_return else _hidden_words(character))


_RETURN = "这里换行只有回车符（CR），有的软件会把两行显示成一行；请在编辑器里把换行改成 LF 再保存"


def _hidden_words(character: str, *, escaped: bool = False) -> str:
    code = f"U+{ord(character):04X}"
    if escaped:
        return f"双引号里用反斜杠写了看不见的字符 {code}，请删去"
    if character == "\ufffd":
        return f"这里有已经变成乱码的字（{code}），请照原件重新输入"
    return f"这里有看不见的字符 {code}（多半是粘贴带来的），请删去后重新输入"
