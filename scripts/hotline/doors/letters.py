"""Letters rendered from the templates of annex 2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from markupsafe import Markup, escape

from hotline.doors.fault import Unavailable
from hotline.doors.templates import pages_of
from hotline.pages.templates import PageIsBroken, Templates
from hotline.replies.letter import Letter
from hotline.values.shown import on_terminal


def press(root: Path, trusted: Mapping[str, bytes] | None = None) -> Callable[[Letter], str]:
    """Renders letters as HTML; placeholders stay. ``trusted`` as for :func:`pages_of`."""
    templates = Templates(pages_of(root, trusted), markdown=False, filled=_as_written)
    return lambda letter: _rendered(templates, letter.file, {"letter": letter})


def _as_written(text: str) -> Markup:
    return escape(on_terminal(str(text)))


def page(root: Path, letter: Letter, body: str, draft: str) -> str:
    """A rendered letter as a web page of its own; ``draft`` is told at its head."""
    values = {"letter": letter, "body": Markup(body), "draft": draft}
    return _rendered(Templates(pages_of(root), markdown=False), "letters/page.html", values)


def _rendered(templates: Templates, name: str, values: Mapping[str, object]) -> str:
    try:
        return templates.render(name, values)
    except PageIsBroken as fault:
        raise Unavailable(f"{fault}；请改好它，或删去它改用自带的模板") from fault
