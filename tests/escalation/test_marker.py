"""Whose issue is it? The mark, its code, and those who copy or forge it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.escalation.found import Judge, Row
from hotline.escalation.issue import key_of
from hotline.escalation.marker import END, Body, Marker, read, same_text, secrets_of

HERE, CASE, OTHER = "lezhi/cases", "LZ-20261013-0007", "LZ-20261013-0008"
KEY, OLD_KEY = b"new", b"old"
BOT, OUTSIDER = "41898282", "202"


def mark(case: str = CASE, **fields: object) -> Marker:
    return Marker(case, key_of(case), HERE, **fields)  # type: ignore[arg-type]


def signed(case: str = CASE, by: str = BOT, secret: bytes = KEY, **fields: object) -> Marker:
    return mark(case, by=by, **fields).signed((secret,))


def row(number: int, marker: Marker | None, author: str = BOT, *, is_open: bool = True) -> Row:
    body = Body(None, "").with_ours(marker, "正文") if marker else "正文"
    title = f"【已超期】{marker.case if marker else CASE} 答复 · 住建局"
    return Row(number, title, body, is_open, author)


def numbers(secrets: tuple[bytes, ...], *rows: Row) -> list[int]:
    """The numbers of the issues that count as the bot's."""
    found = Judge(HERE, secrets).found(rows)
    return sorted(one.number for lying in found.values() for one in lying)


KEYED = [
    ("ours", [row(1, signed())], [1]),
    ("a first one, before the author is known", [row(1, signed(by=""))], [1]),
    ("no code at all", [row(1, mark(by=BOT))], []),
    ("a code of another key", [row(1, signed(secret=b"guessed"))], []),
    ("the code of another case", [row(1, signed(), BOT), row(2, Marker(OTHER, key_of(OTHER), HERE, mac=signed().mac), OUTSIDER)], [1]),
    ("an outsider's copy", [row(1, signed()), row(2, signed(), OUTSIDER)], [1]),
    ("an outsider's copy in an older issue", [row(1, signed(), OUTSIDER), row(2, signed())], [2]),
    ("an outsider's copy of a first one", [row(1, signed(by="")), row(2, signed(by=""), OUTSIDER), row(3, signed(OTHER))], [1, 3]),
    ("an outsider who names himself", [row(1, signed()), row(2, mark(by=OUTSIDER), OUTSIDER)], [1]),
    ("a fresh repository and a copy from elsewhere", [row(1, Marker(CASE, key_of(CASE), "else/where").signed((KEY,)), OUTSIDER)], []),
    ("a renamed repository", [row(1, Marker(CASE, key_of(CASE), "old/name", by=BOT).signed((KEY,)))], [1]),
    ("the old key still proves", [row(1, signed(secret=OLD_KEY))], [1]),
    ("the mark was taken away", [row(1, signed(OTHER)), row(2, None)], [1, 2]),
    ("closed, and the mark was taken away", [row(1, signed(OTHER)), row(2, None, is_open=False)], [1]),
    ("an outsider's title like ours", [row(1, signed(OTHER)), row(2, None, OUTSIDER)], [1]),
    ("another account of the bot", [row(1, signed()), row(2, signed(OTHER, by="7"), "7")], [1, 2]),
]  # fmt: skip


@pytest.mark.parametrize(("told", "rows", "counts"), KEYED, ids=[told for told, *_ in KEYED])
def test_with_a_key(told: str, rows: list[Row], counts: list[int]) -> None:
    assert numbers((KEY, OLD_KEY), *rows) == counts, told


UNKEYED = [
    ("ours", [row(1, mark())], [1]),
    ("an outsider's forgery after ours", [row(1, mark()), row(2, mark(OTHER), OUTSIDER)], [1]),
    ("many forgeries after ours", [row(1, mark()), *[row(n, mark(OTHER), OUTSIDER) for n in (2, 3, 4)]], [1]),
    ("signed with a key that this run was not given", [row(1, signed())], [1]),
    ("a key that does not belong to its case", [row(1, Marker(CASE, key_of(OTHER), HERE))], []),
    ("a renamed repository", [row(1, Marker(CASE, key_of(CASE), "old/name"))], [1]),
]  # fmt: skip


@pytest.mark.parametrize(("told", "rows", "counts"), UNKEYED, ids=[told for told, *_ in UNKEYED])
def test_without_a_key_the_author_of_the_first_marked_issue_is_the_bot(
    told: str, rows: list[Row], counts: list[int]
) -> None:
    assert numbers((), *rows) == counts, told


def test_a_mark_in_a_comment_or_a_quotation_is_none() -> None:
    quoted = "> " + signed().line
    assert read(quoted).marker is None
    assert read(f"看这个 {signed().line}").marker is None


plain = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
cases = st.from_regex(r"[A-Z]{2,6}-[0-9]{8}-[0-9]{4,6}", fullmatch=True)
codes = st.lists(st.sampled_from(["D101", "D103", "E191", "E202"]), unique=True).map(tuple)
markers = st.builds(
    lambda case, grounds, state, reopened: mark(
        case, grounds=grounds, state=state, reopened=reopened
    ),
    cases, codes, st.sampled_from(["open", "closed", "duplicate"]), st.integers(0, 9),
)  # fmt: skip


@given(marker=markers, ours=plain, before=plain, after=plain)
def test_a_body_comes_apart_as_it_was_put_together(
    marker: Marker, ours: str, before: str, after: str
) -> None:
    marker = marker.signed((KEY,))
    text = Body(None, "", before, after).with_ours(marker, ours)
    for sent_back in (text, text.replace("\n", "\r\n"), text + "\n"):
        body = read(sent_back)
        assert body.marker == marker and same_text(body.ours, ours)
        assert body.before.strip() == before.strip() and body.after.strip() == after.strip()
        again = body.with_ours(marker, "新内容")
        assert before.strip() in again and after.strip() in again and "新内容" in again


@given(marker=markers, at=st.integers(0, 400), sign=st.characters(codec="ascii"))
def test_no_changed_mark_keeps_its_code(marker: Marker, at: int, sign: str) -> None:
    line = marker.signed((KEY,)).line
    at %= len(line)
    changed = line[:at] + sign + line[at + 1 :]
    told = read(changed).marker
    assert (
        changed == line
        or told is None
        or not told.is_signed_by((KEY,))
        or told == read(line).marker
    )


def test_an_end_that_was_lost_makes_all_the_rest_ours() -> None:
    text = Body(None, "").with_ours(signed(), "正文").replace(END, "")
    assert read(text).marker == signed() and read(text).after == ""


def test_keys_are_set_apart_by_blanks() -> None:
    assert secrets_of(" new  old\n") == (b"new", b"old")
    assert secrets_of("") == ()
