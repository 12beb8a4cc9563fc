"""Frames: the pages of the tree as the theme renders them, with marks where orders show.

What the theme makes of a page depends on its title, its headings and the navigation, and these
follow from the registry. So MkDocs renders marks in the place of what is made of orders; the
rendered page is cut at them and filled as often as orders change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from hotline.pages import shell

FOOT = "HotlineFillFoot"
"""Stands in the footer, where a page says of when its data are."""
_PART = "HotlineFillPart"
_ASOF = "HotlineFillAsOf"
_MARKS = re.compile(f'({FOOT}|{_ASOF}|<div class="hl">{_PART}[0-9]+</div>)')
_HEADING = re.compile(r"(?m)^#{1,6} .*\n?")
_HEAD = re.compile(r"\A---\n.*?\n---\n", re.S)
_MOMENT = re.compile(r'(<p class="hl-asof">)(.*?)(</p>)', re.S)
_EXCLUDED = 'search: {"exclude": true}'


def source(text: str) -> str:
    """What MkDocs renders of a page of the tree: the head and the headings as they are, a mark
    for each stretch of HTML between. Of a page that the theme's search reads, all but the moment
    of the data."""
    head, body = _cut(text)
    if _EXCLUDED not in head:
        return head + _MOMENT.sub(rf"\1{_ASOF}\3", body)
    parts, headings = _parts(body)
    marked = "\n".join(
        f"\n{_mark(number)}\n\n{heading}"
        for number, (_, heading) in enumerate(zip(parts, [*headings, ""], strict=True))
    )
    return head + marked


def fill(frame: str, text: str, foot: str) -> str:
    """The page that a frame and the text of the same page make. ``foot`` is HTML."""
    _, body = _cut(text)
    moment = _MOMENT.search(body)
    values = {FOOT: foot, _ASOF: moment[2] if moment else ""}
    pieces = _MARKS.split(frame)
    if _mark(0) in pieces:
        parts, _ = _parts(body)
        values |= {_mark(number): part.strip() for number, part in enumerate(parts)}
    return "".join([values.get(piece, piece) for piece in pieces])


def footed(html: str, foot: str) -> str:
    """A page that holds no orders, such as one of the handbook."""
    return html.replace(FOOT, foot)


def unmarked(words: str) -> str:
    """Text that the search read of frames, without their marks."""
    return words.replace(_ASOF, "")


def sources(pages: Mapping[str, str], *, is_foreign: bool) -> dict[str, str]:
    """Of every page; where templates are of anybody's hand, their pages may be in Markdown and
    anything may depend on orders, so that they are rendered as they are."""
    return {
        path: text if is_foreign or path.startswith(shell.PATHS) else source(text)
        for path, text in pages.items()
    }


def _mark(number: int) -> str:
    """A stretch of HTML to be filled in, which the theme takes for a page of ours."""
    return f'<div class="hl">{_PART}{number}</div>'


def _cut(text: str) -> tuple[str, str]:
    found = _HEAD.match(text)
    return (found[0], text[found.end() :]) if found else ("", text)


def _parts(body: str) -> tuple[Sequence[str], Sequence[str]]:
    """Stretches of HTML, and the headings between them. Whatever people wrote holds no number
    sign in these pages: it is an entity there."""
    if "\n#" not in body and not body.startswith("#"):
        return [body], []
    return _HEADING.split(body), _HEADING.findall(body)
