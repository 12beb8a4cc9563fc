"""The page of an order: its body made while the case is at hand, with the sections that need
other orders, filled into the shell that the theme rendered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from html import escape

from markupsafe import Markup

from hotline.pages.case import CasePage, case_page, related
from hotline.pages.history import History
from hotline.pages.models import Row, Site
from hotline.pages.parts import common
from hotline.pages.shell import Shell
from hotline.pages.templates import Source, Templates
from hotline.values.finding import Finding
from hotline.values.shown import on_one_line
from hotline.views.case_view import CaseView

_LATE = "\x02late\x03"
"""Where the sections go that need other cases: findings, and what is linked. No text of a
person can hold it: control characters are shown, never kept."""


class CasePages:
    """Makes pages; :class:`~hotline.pages.templates.PageIsBroken` where a template cannot."""

    def __init__(
        self, source: Source, site: Site, shell: Shell, history: Callable[[], History]
    ) -> None:
        """``site`` may still be without rows: bodies use its registry, calendar and name.
        ``history`` may have to be waited for, and so is asked for by the first body."""
        self._templates = Templates(source, markdown=False)
        # Of all pages alike, so that it is not handed over for each.
        self._templates.environment.globals.update(common(site, "../../"))
        self.is_foreign = source.is_foreign
        self._shell = shell
        self._site = site
        self._history = history

    def shown(self, view: CaseView, row: Row) -> CasePage:
        """What the page shows of the case itself."""
        return case_page(view, row, self._site.registry, self._history())

    def body(self, page: CasePage, row: Row) -> str:
        """The page's own part, with a mark where the late sections go."""
        values = {"page": page, "row": row, "late": Markup(_LATE)}
        return self._templates.render("pages/case.html", values)

    def page(
        self, row: Row, body: str, findings: Sequence[Finding], site: Site, by_id: Mapping[str, Row]
    ) -> str:
        """The whole page. ``site`` and ``by_id`` give the orders that it is linked with."""
        late = {"row": row, "findings": findings, "related": related(row, site, by_id)}
        sections = self._templates.render("pages/case_late.html", late)
        head, _, tail = body.partition(_LATE)
        title = escape(on_one_line(f"{row.id} {row.title}"), quote=True)
        return self._shell.fill(row.url, title, f"{head}{sections}{tail}")

    def moment(self, is_open: bool, days: Collection[str]) -> str:
        """What a page takes from the moment of the build. Of an order that is over that is the
        year, which other years are told apart from, and whether one of its clocks is due today;
        a template of anybody's hand may take more."""
        now = self._site.now
        if is_open or self.is_foreign:
            return now.isoformat()
        today = now.date().isoformat()
        return today if today in days else str(now.year)


def days_of(view: CaseView) -> list[str]:
    """The days on which clocks of a case are due, as its page shows them."""
    return sorted({_day(each.clock.due_at) for each in view.clocks})


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def late_key(row: Row, findings: Sequence[Finding], site: Site, by_id: Mapping[str, Row]) -> str:
    """Tells apart what the late sections show; empty where they show nothing."""
    linked = related(row, site, by_id) if row.links or row.id in site.named_by else ()
    if not findings and not linked:
        return ""
    told = [
        [[f.code, f.severity, f.path, f.message, f.article, *f.place] for f in findings],
        [[one.id, one.same, one.earlier, _shown(one.row)] for one in linked],
    ]
    text = json.dumps(told, ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _shown(row: Row | None) -> list[str]:
    """What a page shows of another order."""
    return [row.url, row.title, row.state, row.stage] if row else []
