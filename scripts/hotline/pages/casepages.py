"""The pages of all orders: bodies made while each case is at hand, filled into the shell
once the theme has rendered it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from html import escape

from markupsafe import Markup

from hotline.pages.case import case_page, related
from hotline.pages.models import Row, Site
from hotline.pages.parts import common
from hotline.pages.shell import Shell
from hotline.pages.templates import PageIsBroken, Source, Templates
from hotline.pages.tree import Broken
from hotline.values.registry import Registry
from hotline.views.case_view import CaseView

_LATE = "\x02late\x03"
"""Where the sections go that need other cases: findings, and what is linked. No text of a
person can hold it: control characters are shown, never kept."""


class CasePages:
    """Keeps the body of each page compressed: some 3 KB an order."""

    def __init__(self, source: Source, site: Site, broken: Broken) -> None:
        """``site`` may still be without rows: bodies use its registry, calendar and name."""
        self._templates = Templates(source, markdown=False)
        self._broken = broken
        self._history = site.history
        self._values = common(site, "../../")
        self._bodies: dict[str, bytes] = {}

    def take(self, view: CaseView, row: Row, registry: Registry) -> None:
        page = case_page(view, row, registry, self._history)
        values = {**self._values, "page": page, "row": row, "late": Markup(_LATE)}
        try:
            body = self._templates.render("pages/case.html", values)
        except PageIsBroken as fault:
            self._broken.pages.append((row.url, str(fault)))
            return
        self._bodies[row.slug] = zlib.compress(body.encode(), 1)

    def pages(self, shell: Shell, site: Site) -> Iterator[tuple[str, str]]:
        """(path, HTML) of every page, each body let go once it is used."""
        values = common(site, "../../")
        by_id = site.by_id()
        for row in site.rows:
            packed = self._bodies.pop(row.slug, None)
            if packed is None:
                continue
            late = {
                **values, "row": row, "findings": site.findings.get(row.path, ()),
                "related": related(row, site, by_id),
            }  # fmt: skip
            try:
                sections = self._templates.render("pages/case_late.html", late)
            except PageIsBroken as fault:
                self._broken.pages.append((row.url, str(fault)))
                continue
            head, _, tail = zlib.decompress(packed).decode().partition(_LATE)
            title = escape(f"{row.id} {row.title}", quote=True)
            yield f"{row.url}index.html", shell.fill(row.url, title, f"{head}{sections}{tail}")
