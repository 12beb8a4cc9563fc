"""What libyaml's complaints mean to a clerk: the place of the slip, and what to type.

libyaml stops where it can go no further, which is often a line below the slip, and names
what it wanted, in English. Here its problem and the lines around it give the place where
the hand must go. A message never repeats what stands there, for it may be personal.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from hotline.values.node import Place


class Stop(NamedTuple):
    """Where libyaml stopped: its words, its two marks, and what had been read before.

    ``last`` is the last event; ``open`` the place of the innermost open container.
    """

    problem: str
    at: Place
    context: str
    begun: Place
    lines: list[str]
    last: Any
    open: Place

    @property
    def line(self) -> str:
        return self.line_at(self.at)

    @property
    def before(self) -> str:
        """What stands before the stop on its line."""
        return self.line[: self.at.column - 1]

    @property
    def character(self) -> str:
        return self.line[self.at.column - 1 :][:1]

    @property
    def is_at_the_end(self) -> bool:
        last = len(self.lines) - (self.lines[-1] == "")
        return self.at.line > last

    def line_at(self, place: Place) -> str:
        return self.lines[place.line - 1] if place.line <= len(self.lines) else ""

    def inside(self, place: Place) -> Place:
        """A place that an editor can go to: the end of the file is that of its last line."""
        last = max(1, len(self.lines) - (self.lines[-1] == ""))
        if place.line <= last:
            return place
        return Place(last, len(self.lines[last - 1]) + 1)


def stop_of(
    error: yaml.MarkedYAMLError, text: str, last: yaml.Event | None, open_: Place | None
) -> Stop:
    mark = error.problem_mark or error.context_mark
    at = place_of_mark(mark) if mark else Place(1, 1)
    begun = place_of_mark(error.context_mark) if error.context_mark else at
    lines = re.split(r"\r\n|\r|\n", text)
    return Stop(error.problem or "", at, error.context or "", begun, lines, last, open_ or begun)


def place_of_mark(mark: yaml.Mark) -> Place:
    return Place(mark.line + 1, mark.column + 1)


def explain(stop: Stop) -> tuple[Place, str]:
    """(place, words) of a YAML fault."""
    for number, line in enumerate(stop.lines[: stop.at.line], 1):
        if _CONFLICT.match(line):
            return Place(number, 1), _RESOLVE
    for key, look in _LOOKS:
        if key in stop.problem:
            place, words = look(stop)
            return stop.inside(place), words
    for key, words in _WORDS_AT_START:
        if key in stop.problem or key in stop.context:
            return stop.inside(stop.begun), words
    for key, words in _WORDS:
        if key in stop.problem:
            return stop.inside(stop.at), words
    return stop.inside(stop.at), "请检查这一行的缩进、冒号和引号"


# --- slips of the hand that a line shows by itself ------------------------------------------

_ODD_BLANK = "[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_NOT_ALIGNED = "缩进与上文不一致：同一级的键要从同一列开始"
_NO_COLON = "这一行缺少冒号加空格“: ”；若它是上一行文字的续行，要比上一行的键多缩进两格"
_CONFLICT = re.compile("<{7}|={7}|>{7}")
_RESOLVE = "这是 git 合并冲突的记号：留下对的内容，删去 <<<<<<<、=======、>>>>>>> 各行"
_SLIPS = (
    (rf" *{_ODD_BLANK}", "行首的空格不是半角空格（可能是全角的），请删去重打"),
    (r"\s*[—–－]", "列表项要以半角的减号加空格“- ”开头"),
    (r"\s*-(?=[^\s-])", "列表项的减号后面要有一个空格“- ”"),
    (r"\s*(?:- )?[\w-]+：", "冒号是全角的“：”，请改成半角冒号加一个空格“: ”"),
    (rf"\s*(?:- )?[\w-]+:{_ODD_BLANK}", "冒号后面的空格不是半角空格（可能是全角的），请删去重打"),
    (r"\s*(?:- )?[\w-]+:(?=[^\s:/])", "冒号后面要有一个空格“: ”"),
)  # fmt: skip
_KEY = re.compile(r"\s*(?:- )*(?:\"[^\"]*\"|'[^']*'|[^\s\"'][^:]*?):(?:\s|$)")
_SAYS_NOTHING = re.compile(r"\s*(?:#.*)?")


def _slip(line: str) -> tuple[int, str] | None:
    """(column, words) of a slip at the beginning of a line."""
    for pattern, words in _SLIPS:
        if found := re.match(pattern, line):
            return len(found[0]), words
    return None


def _at_start(stop: Stop, number: int) -> Place:
    line = stop.lines[number - 1]
    return Place(number, len(line) - len(line.lstrip()) + 1)


def _no_colon(stop: Stop) -> tuple[Place, str]:
    """A line that should begin with a key does not: the line where its text begins."""
    if slip := _slip(stop.line_at(stop.begun)):
        return Place(stop.begun.line, slip[0]), slip[1]
    return stop.begun, _NO_COLON


def _colon_too_many(stop: Stop) -> tuple[Place, str]:
    """A colon where no key can be: in a text, after a broken line, or under a wrong indent."""
    if wide := re.search("[｛［【]", stop.before):
        return Place(stop.at.line, wide.start() + 1), "括号是全角的，请改成半角的 { } 或 [ ]"
    if _KEY.match(stop.before):
        return stop.at, "文字里有冒号加空格“: ”：请用引号把整段文字括起来"
    if slip := _slip(stop.line):
        return Place(stop.at.line, slip[0]), slip[1]
    above = _beside(stop, -1)
    if above is None:
        return _at_start(stop, stop.at.line), _NOT_ALIGNED
    if slip := _slip(stop.lines[above - 1]):
        return Place(above, slip[0]), slip[1]
    if not _KEY.match(stop.lines[above - 1]):
        return _at_start(stop, above), _NO_COLON
    return _odd_one(stop, above), _NOT_ALIGNED


def _odd_one(stop: Stop, above: int) -> Place:
    """Of two lines that are not aligned, the one that the next line is not aligned with."""
    here, below = _at_start(stop, stop.at.line), _beside(stop, 1)
    if below is not None and _at_start(stop, below).column == here.column:
        return _at_start(stop, above)
    return here


def _beside(stop: Stop, step: int) -> int | None:
    """The number of the next line above or below that says something."""
    number = stop.at.line + step
    while 1 <= number <= len(stop.lines):
        if not _SAYS_NOTHING.fullmatch(stop.lines[number - 1]):
            return number
        number += step
    return None


def _left_over(stop: Stop) -> tuple[Place, str]:
    """Something stands where the next key or item should be."""
    if not stop.before.strip():
        return _badly_begun(stop)
    last = stop.last
    if getattr(last, "style", None) in ("'", '"'):
        if last.start_mark.line != last.end_mark.line:
            place = place_of_mark(last.start_mark)
            return place, "这里开始的引号没有在这段文字的末尾结束，请补上同样的半角引号"
        return stop.at, "引号后面还有文字：请把整段文字括在一对引号里，文字里面的引号用“”"
    if stop.character in ("]", "}"):
        return stop.at, "多了一个右括号，请删去"
    if isinstance(last, yaml.SequenceEndEvent | yaml.MappingEndEvent):
        return stop.at, "括号后面还有文字：文字以 { 或 [ 开头时，请用引号把整段括起来"
    return stop.at, "这里的内容接不上前面：检查前面是否写完，文字里的标点是否要加引号"


def _badly_begun(stop: Stop) -> tuple[Place, str]:
    if slip := _slip(stop.line):
        return Place(stop.at.line, slip[0]), slip[1]
    if stop.character == "-":
        return stop.at, "这一项没有与上面的各项对齐：同一个列表的“- ”要从同一列开始"
    if stop.character == ":":
        return stop.at, "冒号前面没有键"
    if "'-'" in stop.problem:
        return stop.at, "缩进不对：新的一项要以“- ”开头，同一项里的键要与上一个键对齐"
    return stop.at, _NOT_ALIGNED


def _flow_not_closed(stop: Stop) -> tuple[Place, str]:
    left, right = ("[", "]") if "']'" in stop.problem else ("{", "}")
    if stop.at.line > stop.begun.line:
        return stop.begun, f"这里开始的括号没有结束，请补上“{right}”；已有的，检查各项之间的逗号"
    if stop.character in ("]", "}"):
        return stop.at, f"括号不配对：以“{left}”开始的要以“{right}”结束"
    between = stop.before[stop.begun.column - 1 :]
    if wide := re.search("[，、]", between):
        return Place(
            stop.at.line, stop.begun.column + wide.start()
        ), "逗号是全角的，请改成半角逗号“, ”"
    return stop.at, "括号里的各项之间要用半角逗号“, ”隔开，文字里有标点时请加引号"


def _quote_not_closed(stop: Stop) -> tuple[Place, str]:
    if wide := re.search("[“”‘’]", stop.line_at(stop.begun)[stop.begun.column :]):
        place = Place(stop.begun.line, stop.begun.column + wide.start() + 1)
        return place, "引号一半是全角的：两边都要用同样的半角引号"
    return stop.begun, "这里开始的引号没有结束，请在文字末尾补上同样的半角引号"


def _no_value(stop: Stop) -> tuple[Place, str]:
    if stop.is_at_the_end:
        return stop.open, "这里开始的括号没有结束，请补上右括号"
    return stop.at, "这里应当有一个值：文字以标点开头时请加引号，多余的标点请删去"


def _no_token(stop: Stop) -> tuple[Place, str]:
    if stop.character == "\t":
        return stop.at, "这里有制表符（Tab），请改用空格"
    return stop.at, f"文字不能以“{stop.character}”开头，请用引号把它括起来"


def _second_document(stop: Stop) -> tuple[Place, str]:
    for number, line in enumerate(stop.lines[: stop.at.line], 1):
        if line.startswith("%"):
            return Place(number, 1), _NO_DIRECTIVE
        if line.strip() and not line.startswith("#"):
            break
    return stop.at, "上面的内容已经完整，这里不能再有别的：一件工单只写一个“键: 值”的映射"


NO_TAG = "不允许使用 YAML 的标签（!），请删去它；文字以“!”开头时请加引号"
_NO_DIRECTIVE = "文件不能以“%”开头的指令开始，请删去这一行"
_LOOKS = (
    ("could not find expected ':'", _no_colon),
    ("mapping values are not allowed", _colon_too_many),
    ("did not find expected key", _left_over),
    ("did not find expected '-' indicator", _left_over),
    ("did not find expected ',' or", _flow_not_closed),
    ("did not find expected node content", _no_value),
    ("found unexpected end of stream", _quote_not_closed),
    ("found character that cannot start any token", _no_token),
    ("did not find expected <document start>", _second_document),
)
_WORDS_AT_START = (
    ("directive", _NO_DIRECTIVE),
    ("found incompatible YAML document", _NO_DIRECTIVE),
    ("found unexpected document indicator", "这里开始的引号没有结束：文字中间遇到了“---”或“...”"),
    ("while scanning an alias", "文字不能以“*”开头，请用引号把它括起来"),
    ("while scanning an anchor", "文字不能以“&”开头，请用引号把它括起来"),
    ("while scanning a tag", "文字不能以“!”开头，请用引号把它括起来"),
    ("found undefined tag handle", NO_TAG),
)
_WORDS = (
    ("found a tab character", "缩进里有制表符（Tab），请改用空格"),
    ("mapping keys are not allowed", "文字不能以“? ”开头，请用引号把它括起来"),
    ("block sequence entries are not allowed", "这里不能写“- ”：列表要另起一行；文字以“- ”开头时请加引号"),
    ("did not find expected comment or line break", "“|”和“>”后面要换行，文字从下一行缩进两格写起"),
    ("found an indentation indicator equal to 0", "“|”后面不用写数字，请删去"),
    ("found unknown escape character", "双引号里的反斜杠“\\”写法不对：请改用单引号，或写成“\\\\”"),
    ("hexdecimal number", "双引号里的反斜杠“\\”写法不对：请改用单引号，或写成“\\\\”"),
    ("invalid Unicode character escape", "双引号里用反斜杠写的字符不存在，请直接写这个字"),
    ("nesting depth", "嵌套太深，工单最多 32 层"),
)  # fmt: skip
