"""The issue that a case should have: level, grounds, title, body."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hotline.procedure.clocks import CLOCKS, STATUSES
from hotline.procedure.derivation import derivation
from hotline.procedure.lifecycle import STATES
from hotline.values.article import cite
from hotline.values.registry import Registry
from hotline.values.shown import in_markdown
from hotline.views.act import act_for
from hotline.views.case_view import CaseView, ClockView

LEVELS = ("unit", "bureau", "county", "accountability")
_CODES = {
    "sign": "D101", "first_response": "D102", "reply": "D103", "progress": "D104", "redo": "D105",
    "supervision": "D106", "support": "D107", "promise": "D108", "screening": "D109",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of one case. ``key`` names it on whatever forge it lies."""

    case: str
    level: str
    grounds: tuple[str, ...]
    title: str
    body: str

    @property
    def key(self) -> str:
        return key_of(self.case)


def key_of(case: str) -> str:
    """16 hex digits that stand for the case's issue."""
    return hashlib.sha256(f"hotline/issue/{case}".encode()).hexdigest()[:16]


Render = Callable[[dict[str, object]], str]


def wanted_issues(
    views: Iterable[CaseView], registry: Registry, render: Render
) -> dict[str, Issue]:
    """The issues that the facts ask for, by case; ``render`` fills the body's template."""
    found = {}
    for view in views:
        issue = issue_of(view, registry, render)
        if issue is not None:
            found[issue.case] = issue
    return found


def issue_of(view: CaseView, registry: Registry, render: Render) -> Issue | None:
    """The issue of one case at the level ``unit``: a clock is due soon or overdue."""
    if not view.is_open:
        return None
    rows = [row for row in view.clocks if row.status in ("overdue", "due_soon")]
    if not rows:
        return None
    rows.sort(key=lambda row: (row.status != "overdue", row.clock.due_at, row.clock.name))
    late = [row for row in rows if row.status == "overdue"]
    grounds = tuple(sorted({_CODES[row.clock.name] for row in late}))
    body = render(
        {
            "case": view.id,
            "path": view.subject.path,
            "state": STATES[view.state],
            "title": _title_of_case(view),
            "lead": registry.unit_name(view.lead),
            "clocks": [_row(view, row, registry) for row in rows],
        }
    )
    return Issue(view.id, "unit", grounds, _title(view, rows[0], bool(late), registry), body)


def _title(view: CaseView, first: ClockView, is_late: bool, registry: Registry) -> str:
    word = "已超期" if is_late else "即将到期"
    unit = registry.unit_name(first.clock.unit)
    return f"【{word}】{view.id} {CLOCKS[first.clock.name]} · {unit}"


def _title_of_case(view: CaseView) -> str:
    """The order's title, but not of a report or a confidential order (art. 16)."""
    course = view.subject.course
    if course.current("kind") == "report" or course.is_confidential:
        return ""
    return in_markdown(str(view.subject.case.get("title")))


def _row(view: CaseView, row: ClockView, registry: Registry) -> dict[str, str]:
    clock = row.clock
    pending = "，申请待审核" if clock.decision_pending else ""
    return {
        "name": CLOCKS[clock.name],
        "unit": registry.unit_name(clock.unit),
        "due": f"{clock.due_at:%Y-%m-%d %H:%M}",
        "status": STATUSES[row.status] + pending,
        "article": cite(clock.article),
        "code": _CODES.get(clock.name, "") if row.status == "overdue" else "",
        "derivation": derivation(clock, view.subject.calendar).text,
        "act": act_for(view, row).command,
    }
