"""A wording as data, finding wordings in a text, and the surnames that two modules look for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from heapq import merge
from itertools import islice
from typing import NamedTuple

# A sign or 某 after one of these stands for a given name, whatever is before.
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱郭罗梁宋郑谢韩唐冯董曹袁邓傅沈彭吕苏卢蒋蔡贾丁魏薛阎"
    "潘杜戴汪姜范姚谭廖邹熊陆郝崔邱秦侯邵孟龚赖尹黎贺乔樊殷俞阮聂莫詹岳柯翟涂欧马肖闫覃苗葛庞冉蒲敖霍瞿谌喻牟骆缪"
)
# These end common words too (工程, 沱江, 提高): a person only after no Chinese character, a
# particle or the end of a word for a person; 于, 向 and 方 follow most particles too (由于, 对方).
SURNAME = (
    f"(?:[{SURNAMES}]"
    "|(?:(?<![一-鿿])|(?<=[为与和及被给找叫称知民友员户主人长师生事志弟兄妻夫姓名但因是于系父母子女居学对由经将据让]))"
    "[林何高程许曾叶余夏钟田任石金孔白康毛江史顾龙万段雷钱汤易武温洪严牛舒章倪辛颜鲁兰文付代游柳甘申施童焦卓盛桂关伍祝凌]"
    "|(?:(?<![一-鿿])|(?<=[人与]))[于向方常左]"
    "|欧阳|司马|上官|诸葛|皇甫|令狐|司徒|夏侯|慕容)"
)


_SPLIT = r"(?<=[一-鿿])(?=\s)[ \t　]{0,8}\n?[ \t　]{0,8}(?=[一-鿿])"
"""White space within a sentence: a line end or blanks between two Chinese characters."""


class Pattern:
    """One kind of wording that a letter must not have.

    ``expression`` is what it looks like, ``unless`` what looks the same and is fine (a
    match that lies inside a match of this does not count). ``says`` is what is wrong with it, for
    a clerk: it follows the quoted words; ``propose`` what to write in its place, a clause without
    full stop. ``breaches`` and ``clean`` are examples: in each breach the bracketed words 【…】 are
    found and nothing else is, in a clean text nothing is.
    """

    def __init__(
        self,
        name: str,
        expression: str,
        says: str,
        propose: str,
        breaches: tuple[str, ...],
        clean: tuple[str, ...],
        unless: str = "",
    ) -> None:
        self.name = name
        self.expression = expression
        self.says = says
        self.propose = propose
        self.breaches = breaches
        self.clean = clean
        self.unless = unless


class Wording(NamedTuple):
    """Words found: where in the text (characters, ``end`` excluded) and of which kind."""

    start: int
    end: int
    pattern: Pattern


class Finder:
    """Finds the wordings of a list of patterns.

    Where wordings overlap, the one that starts first counts; of those that start together
    the longest, and of equal ones that of the earlier pattern. ``hint`` matches something
    that every wording holds: a text without it is passed over. ``signs`` is a set of characters
    (as in an expression) one of which every match of it has.
    """

    def __init__(self, patterns: Sequence[Pattern], hint: str, signs: str) -> None:
        self.patterns = tuple(patterns)
        self.hint = hint
        self.signs = signs

    @cached_property
    def _hint(self) -> re.Pattern[str]:
        return re.compile(self.hint)

    @cached_property
    def _compiled(self) -> tuple[tuple[Pattern, re.Pattern[str], re.Pattern[str] | None], ...]:
        return tuple(
            (p, re.compile(p.expression), re.compile(p.unless) if p.unless else None)
            for p in self.patterns
        )

    @cached_property
    def _signs(self) -> re.Pattern[str]:
        return re.compile(f"[{self.signs}]")

    def may_find(self, text: str) -> bool:
        """A first look, which may be at many texts in one."""
        return self._signs.search(text) is not None

    def find(self, text: str, most: int | None = None) -> list[Wording]:
        """What is found, in the order of the text and without overlaps; the first ``most``."""
        found = self._find(text, most)
        if len(text.split(None, 1)) > 1 and _split().search(text):
            found += self._across_lines(text, most)
            found = list(islice(_first(sorted(found, key=_place)), most))
        return found

    def _find(self, text: str, most: int | None) -> list[Wording]:
        if self._hint.search(text) is None:
            return []
        by_pattern = (_found(text, *row) for row in self._compiled)
        return list(islice(_first(merge(*by_pattern, key=_place)), most))

    def _across_lines(self, text: str, most: int | None) -> list[Wording]:
        """Wordings that a line end or a blank splits: 详见 at the end of a line, 附件 on the
        next. The text is looked at as if white space between Chinese characters were not."""
        pieces: list[str] = []
        origin: list[int] = []
        begin = 0
        for gap in (*_split().finditer(text), None):
            end = gap.start() if gap else len(text)
            pieces.append(text[begin:end])
            origin.extend(range(begin, end))
            begin = gap.end() if gap else end
        return [
            Wording(origin[w.start], origin[w.end - 1] + 1, w.pattern)
            for w in self._find("".join(pieces), most)
            if origin[w.end - 1] - origin[w.start] > w.end - 1 - w.start
        ]


@cache
def _split() -> re.Pattern[str]:
    return re.compile(_SPLIT)


def _place(wording: Wording) -> tuple[int, int]:
    """The order of wordings: by their beginnings, the longest first."""
    return wording.start, -wording.end


def _found(
    text: str, pattern: Pattern, expression: re.Pattern[str], unless: re.Pattern[str] | None
) -> Iterator[Wording]:
    """The wordings of one pattern. Matches and what is fine are gone through once, left to
    right, and no further than is asked for."""
    fine: Iterator[re.Match[str]] | None = None
    begin, end = -1, -1
    for match in expression.finditer(text):
        if unless is not None:
            fine = fine or unless.finditer(text)
            while end <= match.start() and (span := next(fine, None)) is not None:
                begin, end = span.span()
        if not (begin <= match.start() and match.end() <= end):
            yield Wording(match.start(), match.end(), pattern)


def _first(found: Iterable[Wording]) -> Iterator[Wording]:
    """Each wording that starts where those before it have ended."""
    taken = 0
    for wording in found:
        if wording.start >= taken:
            taken = wording.end
            yield wording
