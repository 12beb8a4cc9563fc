"""Assessments on the site (arts. 15, 18): a list of months, and a page for each.

They show what ``hotline report`` tells of the same month; the bulletin that goes out, which names
the commit that it was made from, is that command's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from hotline.assessment.assess import Assessment, Counted, Result, assess
from hotline.assessment.bulletin import legend
from hotline.assessment.count import (
    Arrival,
    Came,
    Sums,
    add_arrival,
    add_came,
    add_parts,
    add_sums,
    is_open_at,
)
from hotline.assessment.figures import FIGURES
from hotline.assessment.period import month_at, parse_period
from hotline.assessment.printers import SHARES, percent
from hotline.pages.models import Row, Site
from hotline.pages.parts import common
from hotline.pages.shell import Shell
from hotline.pages.templates import Source, Templates
from hotline.procedure.policy import Policy
from hotline.values.registry import Registry
from hotline.values.towns import Towns

_OF_LIST = ("sign", "reply", "redo", "process", "result", "supervised")
"""Figures that the list of months shows."""


class Counts(NamedTuple):
    """What the orders dispatched in a month count for, in whatever month."""

    sums: Sums
    came: Mapping[str, Came]

    @property
    def months(self) -> list[str]:
        return sorted({*self.sums, *self.came})


def counts(rows: Iterable[Row], registry: Registry) -> Counts:
    """Of these orders."""
    towns = Towns(registry)
    sums: Sums = {}
    came: dict[str, Came] = {}
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:  # X001: a second file of the same order
            continue
        seen.add(row.id)
        add_parts(sums, row.id, row.parts)
        add_arrival(
            came,
            Arrival(
                month_at(row.dispatched_at), row.kind, row.urgency, row.channel, row.category,
                towns.of(row.location), _was_open(row),
            ),
        )  # fmt: skip
    return Counts(sums, came)


def _was_open(row: Row) -> bool:
    """Whether it was still open when the month ended in which it came; of this month, whether it
    is."""
    first = row.dispatched_at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = (first + timedelta(days=32)).replace(day=1)
    return is_open_at(row.closed_at, end, is_open=row.is_open)


def url(month: str) -> str:
    return f"assessment/{month}/"


# --- the list ----------------------------------------------------------------------------


class Told(NamedTuple):
    """A figure of a month, of all units together."""

    title: str
    words: str
    detail: str


@dataclass(frozen=True, slots=True)
class Month:
    name: str
    first: date
    is_over: bool
    orders: int
    figures: tuple[Told, ...]

    @property
    def url(self) -> str:
        return url(self.name)


def months(site: Site) -> Iterator[Month]:
    """Those that have a page, the newest first."""
    now = month_at(site.now)
    came: dict[str, int] = {}
    for day, matters in site.tally.matters.items():
        came[day[:7]] = came.get(day[:7], 0) + sum(matters.values())
    for name in sorted({*site.tally.figures, *came}, reverse=True):
        if name <= now:
            cells = site.tally.figures.get(name, {})
            figures = tuple(_told(figure, *cells.get(figure, (0, 0))) for figure in _OF_LIST)
            first = date(int(name[:4]), int(name[5:]), 1)
            yield Month(name, first, name < now, came.get(name, 0), figures)


def _told(name: str, counted: int, over: int) -> Told:
    figure, whole = FIGURES[name], Result(name, counted, over, (), ())
    if not figure.is_ratio:
        return Told(figure.title, str(counted), "")
    return Told(figure.title, percent(whole.rate), f"{counted}/{over}" if over else "")


# --- a month -----------------------------------------------------------------------------


class AssessmentPages:
    """Makes the pages of months; :class:`~hotline.pages.templates.PageIsBroken` where the template
    cannot."""

    def __init__(
        self, source: Source, site: Site, shell: Shell, policies: Sequence[Policy]
    ) -> None:
        self._templates = Templates(source, markdown=False)
        self._templates.environment.globals.update(common(site, "../../"))
        self._site = site
        self._shell = shell
        self._policies = policies

    def shown(self, months: Collection[str]) -> list[str]:
        """Those of which there is a page, the oldest first."""
        now = month_at(self._site.now)
        return sorted(month for month in months if month <= now)

    def asks_for(self, month: str) -> tuple[str, ...]:
        """The months whose counts its page shows."""
        period = parse_period(month)
        return (month, *period.before.months, *period.a_year_ago.months)

    def told(self, month: str, shown: Sequence[str]) -> list[Any]:
        """What a page takes from the moment, and of other months: its neighbours, and whether
        there are records from before it."""
        place = shown.index(month)
        beside = [shown[place - 1] if place else "", *shown[place + 1 : place + 2]]
        moment = self._site.now.isoformat() if month == month_at(self._site.now) else ""
        return [moment, beside, [name >= shown[0] for name in self.asks_for(month)[1:]]]

    def page(self, month: str, counts: Iterable[Counts], shown: Sequence[str]) -> str:
        site, period = self._site, parse_period(month)
        sums: Sums = {}
        came: dict[str, Came] = {}
        for one in counts:
            shown_ = (month, *period.before.months)
            add_sums(sums, {name: one.sums[name] for name in shown_ if name in one.sums})
            add_came(came, one.came)
        before, year_ago = (
            came.get(name, Came()) if name >= shown[0] else None
            for name in self.asks_for(month)[1:]
        )
        then = sums.get(period.before.months[0], {}) if before is not None else None
        counted = Counted(
            sums.get(month, {}), came.get(month, Came()), before, year_ago, then
        )  # fmt: skip
        found = assess(
            period, counted, site.registry, site.calendar, self._policies, site.now
        )  # fmt: skip
        place = shown.index(month)
        values = {
            "page": found, "month": month, "title": f"{period.title}考评",
            "earlier": shown[place - 1] if place else None,
            "later": shown[place + 1] if place + 1 < len(shown) else None,
            "figures": FIGURES, "shares": SHARES, "percent": percent, "legend": legend(found),
            "below": list(_listed(found, "below")), "left_out": list(_listed(found, "left_out")),
        }  # fmt: skip
        body = self._templates.render("pages/assessment.html", values)
        return self._shell.fill(url(month), str(values["title"]), body)


def _listed(found: Assessment, which: str) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """(figure, its (unit, order, words)) where there are any."""
    for name, figure in FIGURES.items():
        rows = [
            (one.unit.id, named.case, named.note)
            for group in found.groups
            for one in group.units
            for named in getattr(one.results[name], which)
        ]
        if rows:
            yield figure.title, rows
