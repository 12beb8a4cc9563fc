"""The smallest pieces of a page (a chip, a time, a link to a unit), as functions with memory.

They stand hundreds of times on a page and say the same few things, so that they are made
once here and not by a template each time. Their text is safe in HTML and in Markdown alike.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from markupsafe import Markup

from hotline.pages.case import state_name
from hotline.pages.models import Row, Site
from hotline.pages.reference import anchor
from hotline.pages.templates import day, in_markdown, moment, weekday
from hotline.procedure.clocks import STATUSES
from hotline.procedure.lifecycle import URGENCIES
from hotline.values.article import cite

WEEK = 7
"""Days for which a date to come is told with its day of the week."""


def relative(path: str) -> str:
    """The way from the page made of ``path`` back to the root: '', '../', '../../'."""
    return "../" * path.count("/")


def common(site: Site, root: str) -> dict[str, Any]:
    """What every template may use; ``root`` is the way from the page to the site's root."""
    today = site.today
    now = site.now

    def url(target: str) -> Markup:
        return Markup(f"{root}{target}" if root or target else "./")

    @cache
    def norm_url(article: str) -> Markup:
        place = anchor(article)
        return url(f"measure/#{place}") if place else Markup("")

    @cache
    def article(value: str) -> Markup:
        words, target = in_markdown(cite(value)), norm_url(value)
        if not target:
            return Markup(f'<span class="hl-article">{words}</span>')
        return Markup(f'<a class="hl-article" href="{target}">{words}</a>')

    @cache
    def unit_name(unit: str | None) -> str:
        return site.registry.unit_name(unit)

    @cache
    def unit(name: str) -> Markup:
        words = in_markdown(unit_name(name))
        if name not in site.registry.units:
            return Markup(f'<span class="hl-unit">{words}</span>')
        return Markup(f'<a class="hl-unit" href="{url(f"units/{name}/")}">{words}</a>')

    @cache
    def category_name(name: str) -> str:
        known = site.registry.categories.get(name)
        return known.name if known else name

    def when(value: datetime) -> Markup:
        return Markup(f'<time datetime="{value.isoformat()}">{moment(value, now)}</time>')

    @cache
    def due(value: datetime) -> Markup:
        words = moment(value, now)
        if value.date() == today:
            words = f"今天 {value:%H:%M}"
        elif 0 < (value.date() - today).days <= WEEK:
            words = f"{day(value, now)}（{weekday(value)}）{value:%H:%M}"
        return Markup(
            f'<time datetime="{value.isoformat()}" title="{weekday(value)}">{words}</time>'
        )

    def until(clock: Any) -> Markup:
        return Markup(f'<span class="hl-until">{due(clock.due_at)} 到期</span>')

    def commit(name: str) -> Markup:
        """A commit by the beginning of its name, with a link where the forge is known."""
        short = Markup(f'<code class="hl-commit">{in_markdown(name[:10])}</code>')
        target = site.editing.commit(name)
        return Markup('<a href="{}">{}</a>').format(target, short) if target else short

    return {
        "site": site, "now": now, "today": today, "url": url, "edit_url": site.editing.url,
        "known_units": site.registry.units, "unit_name": unit_name, "unit": unit,
        "category_name": category_name, "state_name": state_name, "article": article,
        "when": when, "commit": commit, "due": due, "until": until, **_STATIC,
    }  # fmt: skip


@cache
def chip(status: str) -> Markup:
    return Markup(f'<span class="hl-chip hl-chip--{status}">{STATUSES[status]}</span>')


@cache
def urgency(value: str) -> Markup:
    if value == "normal":
        return Markup("")
    return Markup(f'<span class="hl-tag hl-tag--{value}">{URGENCIES[value]}</span>')


def state_chip(row: Row) -> Markup:
    return Markup(f'<span class="hl-state hl-state--{row.state}">{state_name(row)}</span>')


_STATIC: dict[str, Callable[..., Markup]] = {
    "chip": chip, "urgency": urgency, "state_chip": state_chip,
}  # fmt: skip
