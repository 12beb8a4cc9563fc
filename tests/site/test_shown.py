"""Whatever a template shows is text: the quick way gives what escaping everything gives."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from hotline.pages.templates import PageIsBroken, Source, Templates
from hotline.values.shown import _UNSAFE, on_terminal

TEXTS = st.text(st.characters(codec="utf-8")) | st.text("<>&'\"a中 \u202e\x00\u00ad\u3000{}%`|\n")


def templates(text: str, *, markdown: bool = False, is_foreign: bool = False) -> Templates:
    return Templates(Source(lambda name: text, is_foreign), markdown=markdown)


HTML = templates("{{ value }}")
FOREIGN = templates("{% autoescape false %}{{ value }}{% endautoescape %}", is_foreign=True)
IN_A_MACRO = templates(
    "{% macro m(v) %}{{ v }}{% endmacro %}{% set x %}{{ m(value) }}{% endset %}{{ x }}"
)
MARKDOWN = templates("{{ value }}", markdown=True)


def every_sign() -> str:
    return "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))


def test_no_sign_that_hides_passes_for_a_plain_one() -> None:
    """Of all there are: what Python calls printable is never one that must be told."""
    assert not [
        hex(ord(sign)) for sign in every_sign() if sign.isprintable() and re.match(_UNSAFE, sign)
    ]
    assert not [hex(ord(sign)) for sign in every_sign() if sign.isalnum() and sign in "<>&'\""]
    assert not [
        hex(ord(sign)) for sign in every_sign() if sign.isalnum() and re.match(_UNSAFE, sign)
    ]


@given(TEXTS)
def test_in_html(value: str) -> None:
    told = HTML.render("x", {"value": value})
    assert not re.search("[<>'\"]", told)
    assert html.unescape(told) == html.unescape(html.escape(on_terminal(value)))
    assert IN_A_MACRO.render("x", {"value": value}) == told
    assert FOREIGN.render("x", {"value": value}) == told, "nobody can turn it off"


@given(TEXTS)
def test_in_markdown_only_letters_are_left(value: str) -> None:
    told = re.sub("&#[0-9]+;", "", MARKDOWN.render("x", {"value": value}))
    assert not re.search(r"""[<>'"`*_\[\](){}#!|~$\\@:]""", told)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, ""), (3, "3"), (0.5, "0.5"), (True, "True"), (Markup("<b>"), "<b>"),
        (["<"], "[&#39;&lt;&#39;]"),
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_text(value: Any, told: str) -> None:
    assert HTML.render("x", {"value": value}) == told


def test_what_is_not_there_is_told() -> None:
    with pytest.raises(PageIsBroken, match=r"第 1 行|undefined"):
        HTML.render("x", {})
