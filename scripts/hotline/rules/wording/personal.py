"""Personal data in clear, in whatever way they are written: resident IDs, mobile phones, bank
cards, number plates.

A text is first searched for runs of digits, where a digit is any sign that people read as one
(full-width, circled, Chinese numerals, letters that look alike) and a few other signs may stand
between two of them. Only of such runs it is asked what they may be, by length, grouping and check
digit (GB 11643, Luhn), so that a text without one costs a few searches.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import NamedTuple

KINDS = {"id": "身份证号码", "mobile": "手机号码", "card": "银行卡号", "plate": "车牌号码"}


class Clear(NamedTuple):
    """Personal data found: what they are, where (characters, ``end`` excluded), and how they
    would usually be written."""

    kind: str
    start: int
    end: int
    plain: str


_CHINESE = {
    "〇": 0, "零": 0, "○": 0, "◯": 0, "洞": 0, "一": 1, "壹": 1, "幺": 1, "弌": 1, "二": 2, "贰": 2, "貳": 2, "两": 2,
    "三": 3, "叁": 3, "叄": 3, "四": 4, "肆": 4, "五": 5, "伍": 5, "六": 6, "陆": 6, "陸": 6, "七": 7, "柒": 7, "拐": 7,
    "八": 8, "捌": 8, "九": 9, "玖": 9, "勾": 9,
}  # fmt: skip
_ALIKE = {"O": 0, "o": 0, "О": 0, "о": 0, "l": 1, "I": 1}  # Latin and Cyrillic
_DIGIT = r"\d²³¹⁰⁴-⁹₀-₉①-⑨⑴-⑼⒈-⒐⓪⓵-⓽⓿❶-❾➀-➈➊-➒㈠-㈨㊀-㊈" + "".join(_CHINESE) + "".join(_ALIKE)
_BETWEEN = (
    r"\s\u200b-\u200f\u2060-\u2064\ufeff\xad\ufe0f\u20e3"  # blanks, and what nobody sees
    r"‐-―−－﹣ー─_＿~～=＝+＋"
    r".．。·•・‧∙⋅,，、;；:：/／\\＼|｜*＊#＃'’‘\"“”`^→"
    r"()（）\[\]［］【】〔〕「」『』<>《》〈〉{}\-"
)
_X = "XxＸｘХхΧχ×✕✖ⅹⅩ"
_RUN = re.compile(
    rf"[{_DIGIT}](?:[{_BETWEEN}]{{0,5}}[{_DIGIT}]){{10,}}(?:[{_BETWEEN}]{{0,3}}[{_X}])?"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]"
    rf"([{_BETWEEN}]{{0,3}}[A-HJ-Za-hj-zＡ-ＨＪ-Ｚａ-ｈｊ-ｚ])"
    rf"((?:[{_BETWEEN}]{{0,3}}[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]){{4,6}}[挂学警港澳]?)(?![0-9A-Za-z])"
)
_IN_PARTS = re.compile(r"(?<!\d)(1[3-9]\d)\D{1,10}(\d{4})\D{1,10}(\d{4})(?!\d)")
_OF_A_PHONE = re.compile(
    "手机|电话|号码|微信|联系|拨打|致电|来电|尾号|[前中后]三位|[中后]间?四位|打给"
)
_NO_PARTS = re.compile("[年月日时点分元号栋楼室米吨度人户个]")
_AMOUNT = re.compile(r"\s?(?:元|万|亿|平方|㎡|吨|千瓦|立方|公里|千克|公斤|米|%|％)")
_NUMBERED = re.compile(
    r"(?:运单号?|[快递订流水]单号|流水号|发票号码?|合同编?号|[设备表]编?号|条码|批次号?)[：: 为是]{0,2}$"
)


def found(text: str, known: Collection[str] = ()) -> list[Clear]:
    """Personal data in a text, in their order. ``known`` are numbers that may stand there, as
    they would usually be written: phones of offices and of handlers."""
    hits = [hit for run in _RUN.finditer(text) for hit in _Run(text, run).hits()]
    hits += _plates(text)
    if not hits:
        hits += _in_parts(text)
    return sorted((hit for hit in hits if hit.plain not in known), key=lambda hit: hit.start)


def may_hold(text: str) -> bool:
    """Whether a text must be looked at closer."""
    return bool(_RUN.search(text) or _PLATE.search(text) or _IN_PARTS.search(text))


class _Group(NamedTuple):
    """Digits without anything between them, and where they stand."""

    digits: str
    start: int
    end: int


class _Run:
    """A run of digits, in groups, with what stands between these."""

    def __init__(self, text: str, match: re.Match[str]) -> None:
        self.text = text
        self.signs = [
            (value, index) for index in range(*match.span()) if (value := _value(text[index]))
        ]
        self._cut_words()
        self.groups: list[_Group] = []
        self.between: list[str] = []
        for value, index in self.signs:
            last = self.groups[-1] if self.groups else None
            if last and last.end == index:
                self.groups[-1] = last._replace(digits=last.digits + value, end=index + 1)
                continue
            if last:
                self.between.append(text[last.end : index])
            self.groups.append(_Group(value, index, index + 1))

    def _cut_words(self) -> None:
        """Letters at either end belong to words beside the number (No138…)."""
        while (
            self.signs and self.text[self.signs[0][1]] in "OoОоlI" and not self._is_mostly_digits(0)
        ):
            del self.signs[0]
        while (
            self.signs
            and self.text[self.signs[-1][1]] in "OoОоlI"
            and not self._is_mostly_digits(-1)
        ):
            del self.signs[-1]

    def _is_mostly_digits(self, end: int) -> bool:
        """Whether a letter at an end completes a number of eleven."""
        return sum(value != "X" for value, _ in self.signs) == 11

    def hits(self) -> Iterator[Clear]:
        taken: list[tuple[int, int]] = []
        for find in (self._ids, self._cards, self._mobiles):
            for hit in find():
                if all(hit.end <= start or end <= hit.start for start, end in taken):
                    taken.append((hit.start, hit.end))
                    yield hit

    def _ids(self) -> Iterator[Clear]:
        values = "".join(value for value, _ in self.signs)
        start = 0
        while start + 18 <= len(values):
            if is_id(values[start : start + 18]):
                first, last = self.signs[start][1], self.signs[start + 17][1]
                yield Clear("id", first, last + 1, values[start : start + 18])
                start += 18
            else:
                start += 1

    def _cards(self) -> Iterator[Clear]:
        for window in self._windows(16, 19):
            digits, sizes = window.digits, window.sizes
            usual = len(sizes) == 1 or set(sizes[:-1]) == {4} or window.is_whole
            if usual and is_card(digits) and not self._is_of_a_word(window.start):
                yield Clear("card", window.start, window.end, digits)

    def _mobiles(self) -> Iterator[Clear]:
        for window in self._windows(11, 15):
            digits = re.sub(r"^(?:00?86|86)(?=1[3-9][0-9]{9}$)", "", window.digits)
            if re.fullmatch("1[3-9][0-9]{9}", digits) and self._is_a_phone(window, digits):
                yield Clear("mobile", window.start, window.end, digits)

    def _is_of_a_word(self, start: int) -> bool:
        return start > 0 and self.text[start - 1].isascii() and self.text[start - 1].isalpha()

    def _is_a_phone(self, window: _Window, digits: str) -> bool:
        sizes, between = window.sizes, window.between
        if any(":" in sign or "：" in sign for sign in between) and 2 in sizes:
            return False  # times
        if between and {*between} <= {",", "，"} and set(sizes[1:]) == {3}:
            return False  # an amount
        if window.before in (".", "．") or (window.after in (".", "．") and window.next <= 2):
            return False  # a fraction
        if _AMOUNT.match(self.text, window.end) or _NUMBERED.search(self.text, 0, window.start):
            return False
        if (
            len(sizes) > 2
            and set(sizes) <= {1, 2}
            and len({*between}) == 1
            and between[0] in "、，,"
        ):
            numbers = [int(group) for group in window.groups]
            if numbers == sorted(numbers):
                return False  # a list
        if window.is_whole or len(sizes) == 1:
            return True
        inner = {sign.strip() for sign in between}
        outer = {sign.strip() for sign in (window.before, window.after) if sign}
        usual = sizes in (
            (3, 4, 4),
            (3, 8),
            (7, 4),
            (2, 3, 4, 4),
            (2, 11),
            (4, 4, 3),
            (3, 3, 5),
            (5, 6),
            (6, 5),
        )
        return usual or (len(inner) == 1 and not inner & outer)

    def _windows(self, least: int, most: int) -> Iterator[_Window]:
        """Groups one after another that have so many digits together."""
        for first in range(len(self.groups)):
            count = 0
            for last in range(first, len(self.groups)):
                count += len(self.groups[last].digits)
                if count > most:
                    break
                if count >= least:
                    yield self._window(first, last)

    def _window(self, first: int, last: int) -> _Window:
        groups = self.groups[first : last + 1]
        return _Window(
            tuple([group.digits for group in groups]),
            tuple(self.between[first:last]),
            groups[0].start,
            groups[-1].end,
            self.between[first - 1] if first else "",
            self.between[last] if last < len(self.groups) - 1 else "",
            len(self.groups[last + 1].digits) if last < len(self.groups) - 1 else 0,
        )


class _Window(NamedTuple):
    """Some groups of a run. ``before`` and ``after`` are what parts it from the rest of the run,
    ``next`` the digits of the group that follows."""

    groups: tuple[str, ...]
    between: tuple[str, ...]
    start: int
    end: int
    before: str
    after: str
    next: int

    @property
    def digits(self) -> str:
        return "".join(self.groups)

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(map(len, self.groups))

    @property
    def is_whole(self) -> bool:
        return not self.before and not self.after


def _value(sign: str) -> str:
    """The digit that a sign is read as, X, or nothing."""
    if sign in _X:
        return "X"
    known = _CHINESE.get(sign, _ALIKE.get(sign))
    if known is None:
        number = unicodedata.numeric(sign, -1)
        known = int(number) if 0 <= number <= 9 and number == int(number) else None
    return "" if known is None else str(known)


def is_id(number: str) -> bool:
    """Whether 18 signs are a resident ID: a province, a day, and the check digit (GB 11643)."""
    if not re.fullmatch(
        r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{15}[0-9X]", number
    ):
        return False
    try:
        day = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    from stdnum.iso7064 import mod_11_2

    return 1900 <= day.year <= 2100 and bool(mod_11_2.is_valid(number))


_OF_A_FILE = re.compile(r"5[0-4][0-9]{4}(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}[01][0-9]")


def is_card(number: str) -> bool:
    """Whether digits are a bank card's: an issuer of those that are in use here, and Luhn."""
    if not re.match("62|60|4|5|9[0-9]", number) or _OF_A_FILE.match(number):
        return False
    from stdnum import luhn

    return bool(luhn.is_valid(number))


def _plates(text: str) -> Iterator[Clear]:
    for match in _PLATE.finditer(text):
        plain = "".join(
            sign for sign in unicodedata.normalize("NFKC", match[0]) if sign.isalnum()
        ).upper()
        number = re.sub("[挂学警港澳]$", "", plain[2:])
        if re.search("[挂学警港澳]$", plain):
            fits = len(number) == 4
        else:
            fits = len(number) in (5, 6)
        if fits and sum(map(str.isdigit, number)) >= 3 and not set("IO") & set(number):
            yield Clear("plate", match.start(), match.end(), plain)


def _in_parts(text: str) -> Iterator[Clear]:
    """A phone told part by part (前三位138，中间四位8123，后四位4567)."""
    for match in _IN_PARTS.finditer(text):
        around = text[max(0, match.start() - 20) : match.end() + 6]
        if _OF_A_PHONE.search(around) and not _NO_PARTS.search(match[0].replace("号码", "")):
            yield Clear("mobile", match.start(), match.end(), "".join(match.groups()))
