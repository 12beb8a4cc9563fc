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
from collections.abc import Collection, Iterator, Mapping
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
_ALIKE = {"O": 0, "o": 0, "О": 0, "о": 0, "l": 1, "I": 1, "i": 1}  # Latin and Cyrillic
_DIGIT = (
    r"\d²³¹⁰⁴-⁹₀-₉①-⑨⑴-⑼⒈-⒐⓪⓵-⓽⓿❶-❾➀-➈➊-➒㈠-㈨㊀-㊈🄋🄌🄀🄁-🄊" + "".join(_CHINESE) + "".join(_ALIKE)
)
_BETWEEN = r"[\W_ㅤᅟᅠﾠ丨]"
"""Whatever is no letter: blanks, signs, pictures, and what nobody sees."""
_X = "XxＸｘХхΧχ×✕✖ⅹⅩ𝐗𝗫𝖷𝑋𝒙𝐱"
_RUN = re.compile(rf"[{_DIGIT}](?:{_BETWEEN}{{0,6}}[{_DIGIT}]){{10,}}(?:{_BETWEEN}{{0,4}}[{_X}])?")
_SHOWN_AS = str.maketrans("АВСЕНКМОРТХУΑΒΕΗΚΜΝΟΡΤΧΥΖ", "ABCEHKMOPTXYABEHKMNOPTXYZ")
_LETTER = "A-Za-zＡ-Ｚａ-ｚⒶ-ⓏⒶ-ⓩ🄐-🅉🅐-🅩🅰-🆉𝐀-𝟋АВСЕНКМОРТХУΑΒΕΗΚΜΝΟΡΤΧΥΖ"
_PLATE = re.compile(
    rf"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使](?<![梯锅容起管索]\d\d.)"
    rf"{_BETWEEN}{{0,3}}[{_LETTER}]"
    rf"(?:{_BETWEEN}{{0,3}}[{_DIGIT}{_LETTER}]){{4,6}}(?:{_BETWEEN}?[挂学警港澳领])?"
    rf"(?![\dA-Za-z])(?!室|号[^牌])"
)
_IN_PARTS = re.compile(r"1(?<!\d1)([3-9]\d)\D{1,10}(\d{4})\D{1,10}(\d{4})(?!\d)")

# Only what is found calls for these: they are compiled where they are first asked for.
_OF_A_PHONE = (
    "手机|电话|号码|微信|联系|拨|致电|来电|尾号|[前中后]三位|[中后]间?四位|打给?|号段|中间"
)
_NO_PARTS = "[年月日时点分元号栋楼室米吨度人户个]"
_MARKUP = r"</?[A-Za-z][^<>\n]{0,12}>|&#?\w{1,6};|%20|\\\\?[ntr](?=\d)"
_AMOUNT = r"\s?(?:元|万|亿|平方|㎡|吨|千瓦|立方|公里|千克|公斤|米|%|％)"
_NUMBERED = r"(?:运单号?|[快递订流水]单号|流水号|发票号码?|合同编?号|[设备表]编?号|条码|批次号?)[：: 为是]{0,2}$"


def found(text: str, known: Collection[str] = ()) -> list[Clear]:
    """Personal data in a text, in their order. ``known`` are numbers that may stand there, as
    they would usually be written: phones of offices and of handlers."""
    text = _bare(text)
    hits = [hit for run in _RUN.finditer(text) for hit in _Run(text, run).hits()]
    hits += _plates(text)
    if not hits:
        hits += _in_parts(text)
    return sorted((hit for hit in hits if hit.plain not in known), key=lambda hit: hit.start)


JOIN = "\n人\n"
"""Stands between texts that are looked at together, and belongs to no number."""


def may_hold(text: str) -> bool:
    """Whether a text must be looked at closer."""
    text = _bare(text)
    return bool(_RUN.search(text) or _PLATE.search(text) or _IN_PARTS.search(text))


def _bare(text: str) -> str:
    """The text with blanks in the place of marks of HTML and the like."""
    if not any(sign in text for sign in "<&%\\"):
        return text
    return re.sub(_MARKUP, lambda mark: " " * len(mark[0]), text)


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
        if self.signs[-1][0] == "X" and len(self.signs) < 18:
            del self.signs[-1]
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
        """Letters at either end belong to words beside the number (No138…), unless they complete
        a number of eleven."""
        for end in (0, -1):
            while self.signs and self.text[self.signs[end][1]] in _ALIKE and len(self.signs) != 11:
                del self.signs[end]

    def hits(self) -> Iterator[Clear]:
        taken: list[tuple[int, int]] = []
        for find in (self._ids, self._cards, self._mobiles):
            for hit in find():
                if all(hit.end <= start or end <= hit.start for start, end in taken):
                    taken.append((hit.start, hit.end))
                    yield hit

    def _ids(self) -> Iterator[Clear]:
        """In a longer number without anything between, only at one of its ends."""
        values = "".join(value for value, _ in self.signs)
        begins = {group.start for group in self.groups}
        ends = {group.end for group in self.groups}
        start = 0
        while start + 18 <= len(values):
            first, last = self.signs[start][1], self.signs[start + 17][1]
            if (first in begins or last + 1 in ends) and is_id(values[start : start + 18]):
                yield Clear("id", first, last + 1, values[start : start + 18])
                start += 18
            else:
                start += 1

    def _cards(self) -> Iterator[Clear]:
        for window in self._windows(_OF_A_CARD):
            digits, sizes = window.digits, window.sizes
            usual = len(sizes) == 1 or set(sizes[:-1]) == {4} or window.stands_apart
            of_a_word = self._is_of_a_word(window.start) and not digits.startswith("62")
            if usual and is_card(digits) and not of_a_word:
                yield Clear("card", window.start, window.end, digits)

    def _mobiles(self) -> Iterator[Clear]:
        for window in self._windows(_OF_A_MOBILE):
            digits = re.sub(r"^(?:00?86|86)(?=1[3-9][0-9]{9}$)", "", window.digits)
            if len(digits) == 11 and digits[1] in "3456789" and self._is_a_phone(window, digits):
                yield Clear("mobile", window.start, window.end, digits)

    def _is_of_a_word(self, start: int) -> bool:
        return start > 0 and self.text[start - 1].isascii() and self.text[start - 1].isalpha()

    def _is_a_phone(self, window: _Window, digits: str) -> bool:
        sizes, between = window.sizes, window.between
        if sizes[0] < 3 and any(":" in sign or "：" in sign for sign in between):
            return False  # times
        if between and {*between} <= {",", "，"} and set(sizes[1:]) == {3}:
            return False  # an amount
        if window.before in (".", "．") or (window.after in (".", "．") and window.next <= 2):
            return False  # a fraction
        if re.compile(_AMOUNT).match(self.text, window.end):
            return False
        if re.compile(_NUMBERED).search(self.text, 0, window.start):
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
        if window.stands_apart or len(sizes) == 1:
            return True
        return sizes in _USUAL

    def _windows(self, counts: Mapping[str, tuple[int, ...]]) -> Iterator[_Window]:
        """Groups one after another that have so many digits together, by how they begin."""
        for first, group in enumerate(self.groups):
            wanted = counts.get(group.digits[0])
            if wanted is None:
                continue
            count = 0
            for last in range(first, len(self.groups)):
                count += len(self.groups[last].digits)
                if count > wanted[-1]:
                    break
                if count in wanted:
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


_OF_A_CARD = dict.fromkeys("4569", (16, 17, 18, 19))
_OF_A_MOBILE = {"1": (11,), "8": (13,), "0": (14, 15)}
"""First digit → how many digits there can be."""
_USUAL = frozenset(
    [(3, 4, 4), (3, 8), (7, 4), (2, 3, 4, 4), (2, 11), (4, 4, 3), (3, 3, 5), (5, 6), (6, 5)]
)
"""How the eleven digits of a phone are grouped, with or without 86 before them."""


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
    def stands_apart(self) -> bool:
        """Whether it is the whole run, or held together by signs that do not part it from the
        rest of the run."""
        inner = {sign.strip() for sign in self.between}
        outer = {sign.strip() for sign in (self.before, self.after) if sign}
        return not outer or (len(inner) == 1 and not inner & outer)


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


_OF_A_FILE = r"5[0-4][0-9]{4}(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}[01][0-9]"


def is_card(number: str) -> bool:
    """Whether digits are a bank card's: an issuer of those that are in use here, and Luhn."""
    if not re.match("62|60|4|5|9[0-9]", number) or re.match(_OF_A_FILE, number):
        return False
    from stdnum import luhn

    return bool(luhn.is_valid(number))


_OF_A_PLATE = "[挂学警港澳领]$"


def _plates(text: str) -> Iterator[Clear]:
    for match in _PLATE.finditer(text):
        signs = [_plate_sign(sign) for sign in match[0]]
        plain = match[0][0] + "".join(sign for sign in signs[1:] if sign)
        number = plain[2:]
        is_special = re.search(_OF_A_PLATE, number)
        letters = re.sub(_OF_A_PLATE, "", number).replace("O", "0").replace("I", "1")
        fits = len(letters) == 4 if is_special else len(letters) in (5, 6)
        if fits and sum(map(str.isdigit, letters)) >= 3:
            yield Clear("plate", match.start(), match.end(), plain)


def _plate_sign(sign: str) -> str:
    """A sign of a plate as it is stamped; '' for what stands between two of them."""
    if sign in "挂学警港澳领":
        return sign
    known = _CHINESE.get(sign)
    if known is not None:
        return str(known)
    shown = unicodedata.normalize("NFKC", sign).upper().translate(_SHOWN_AS)
    shown = re.sub("[^0-9A-Z]", "", shown)
    if shown:
        return shown[0]
    code = ord(sign)
    for first in (0x1F150, 0x1F170, 0x24B6):  # letters on black, which have no plain form
        if first <= code < first + 26:
            return chr(ord("A") + code - first)
    return _value(sign) if sign.isalnum() or sign in "○◯" else ""


def _in_parts(text: str) -> Iterator[Clear]:
    """A phone told part by part (前三位138，中间四位8123，后四位4567)."""
    for match in _IN_PARTS.finditer(text):
        around = text[max(0, match.start() - 20) : match.end() + 6]
        if re.search(_OF_A_PHONE, around) and not re.search(
            _NO_PARTS, match[0].replace("号码", "")
        ):
            yield Clear("mobile", match.start(), match.end(), "1" + "".join(match.groups()))
