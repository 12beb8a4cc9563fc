"""The Markdown pages: a bounded number, whatever the number of orders.

They hold HTML made by the templates between a head of metadata and nothing else, so
that any builder of Markdown sites gives the same pages.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from hotline.pages import shell
from hotline.pages.assessment import months
from hotline.pages.board import board
from hotline.pages.desks import Desk, desks
from hotline.pages.hot import hot
from hotline.pages.knowledge import shelves
from hotline.pages.models import Row, Site
from hotline.pages.overview import overview
from hotline.pages.parts import common, relative
from hotline.pages.reference import LETTERS, Reference, flow, measure, rule_groups
from hotline.pages.templates import PageIsBroken, Source, Templates, in_markdown

NAV: tuple[tuple[str, str], ...] = (
    ("概览", "index.md"),
    ("看板", "board/index.md"),
    ("工单", "cases/index.md"),
    ("单位", "units/index.md"),
    ("台账", "ledger/index.md"),
    ("热点", "hot/index.md"),
    ("考评", "assessment/index.md"),
    ("知识库", "knowledge/index.md"),
    ("办法", "measure/index.md"),
    ("流程图", "flow/index.md"),
    ("规则", "rules/index.md"),
    ("审计", "audit/index.md"),
    ("术语", "glossary/index.md"),
)
HANDBOOK = "手册"
SHOWN_FINDINGS = 50


@dataclass(slots=True)
class Broken:
    """Pages that could not be made, with the reason; the others are made all the same."""

    pages: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page to be made: where, from which template, of which values."""

    path: str
    template: str
    title: str
    values: Mapping[str, Any] = field(default_factory=dict)
    hide: tuple[str, ...] = ("navigation", "toc")
    search: bool = False
    """Whether the theme's search reads it; lists of orders only drown the orders themselves,
    and ``search.py`` knows better words for desks and rules."""


def tree(
    site: Site, reference: Reference, source: Source, broken: Broken
) -> Iterator[tuple[str, str]]:
    """Every Markdown page as (path, text)."""
    templates = Templates(source, markdown=True)
    for page in _pages(site, reference):
        values = {**common(site, relative(page.path)), **page.values, "title": page.title}
        try:
            body = templates.render(page.template, values)
        except PageIsBroken as fault:
            broken.pages.append((page.path, str(fault)))
            body = f'<div class="hl"><p>{in_markdown("本页没有生成：" + str(fault))}</p></div>'
        yield page.path, f"{_head(page)}\n{body.strip()}\n"


def _head(page: _Page) -> str:
    """The metadata, as YAML that is JSON. The theme prints titles as they are, so that
    they are escaped here."""
    lines = [f"title: {json.dumps(str(in_markdown(page.title)), ensure_ascii=False)}"]
    if page.hide:
        lines.append(f"hide: {json.dumps(page.hide)}")
    if not page.search:
        lines.append('search: {"exclude": true}')
    return "\n".join(["---", *lines, "---", ""])


def _pages(site: Site, reference: Reference) -> Iterator[_Page]:
    yield _Page("index.md", "pages/overview.html", "概览", {"page": overview(site)})
    yield _Page("board/index.md", "pages/board.html", "督办看板", {"page": board(site)})
    yield _Page("cases/index.md", "pages/cases.html", "工单", _choices(site))
    for path in shell.PATHS:
        mark = {"mark": Markup(shell.BODY)}
        yield _Page(f"{path}index.md", "pages/shell.html", shell.TITLE, mark)
    yield from _unit_pages(site)
    ledger = [(row, each) for row in site.rows for each in row.interims]
    yield _Page(
        "ledger/index.md", "pages/ledger.html", "台账",
        {
            "running": sorted((p for p in ledger if not p[1].is_over), key=_by_promise),
            "over": sorted((p for p in ledger if p[1].is_over), key=_by_promise)[::-1],
        },
    )  # fmt: skip
    yield _Page(
        "knowledge/index.md", "pages/knowledge.html", "知识库", {"shelves": shelves(site)}, search=True
    )  # fmt: skip
    yield _Page("hot/index.md", "pages/hot.html", "热点", {"page": hot(site)})
    yield _Page(
        "assessment/index.md", "pages/assessments.html", "考评", {"months": list(months(site))}
    )  # fmt: skip
    yield _Page(
        "measure/index.md", "pages/measure.html", "办法", {"page": measure(reference)},
        hide=("navigation",), search=True,
    )  # fmt: skip
    yield _Page("flow/index.md", "pages/flow.html", "流程图", {"page": flow()}, search=True)
    yield from _rule_pages(site, reference)
    yield _Page("audit/index.md", "pages/audit.html", "审计", {"history": site.history})
    terms = list(reference.glossary)
    yield _Page("glossary/index.md", "pages/glossary.html", "术语", {"terms": terms}, search=True)


def _by_promise(pair: tuple[Row, Any]) -> tuple[str, str]:
    return (pair[1].promised_on, pair[0].id)


def _choices(site: Site) -> dict[str, Any]:
    """What the table can be filtered by: units that hold orders, by number of orders."""
    leads = site.tally.leads
    units = sorted(leads, key=lambda unit: (-leads[unit], unit))
    return {"units": units, "count": site.tally.orders}


def _unit_pages(site: Site) -> Iterator[_Page]:
    all_ = list(desks(site))
    busy = sorted((d for d in all_ if not d.is_idle), key=_busiest)
    yield _Page(
        "units/index.md", "pages/units.html", "单位",
        {"busy": busy, "idle": [desk for desk in all_ if desk.is_idle]},
    )  # fmt: skip
    for desk in all_:
        yield _Page(
            f"units/{desk.unit.id}/index.md", "pages/desk.html", desk.unit.label, {"desk": desk}
        )


def _busiest(desk: Desk) -> tuple[int, int, int, int, str]:
    return (-desk.overdue, -desk.today, -desk.soon, -desk.leads, desk.unit.id)


def _rule_pages(site: Site, reference: Reference) -> Iterator[_Page]:
    groups = rule_groups(reference.rules)
    by_path = {row.path: row for row in site.rows}
    found: dict[str, list[Any]] = {}
    for findings in site.findings.values():
        for finding in findings:
            found.setdefault(finding.code, []).append((by_path.get(finding.path), finding))
    counts = {code: len(all_) for code, all_ in found.items()}
    values: dict[str, Any] = {"groups": groups, "counts": counts, "letters": LETTERS}
    yield _Page("rules/index.md", "pages/rules.html", "规则", values, hide=("navigation",))
    for group in groups:
        for rule in group.rules:
            own = found.get(rule.code, [])
            shown: dict[str, Any] = {
                "rule": rule, "group": group, "findings": own[:SHOWN_FINDINGS], "count": len(own),
            }  # fmt: skip
            yield _Page(
                f"rules/{rule.code}/index.md", "pages/rule.html", f"{rule.code} {rule.title}", shown
            )
