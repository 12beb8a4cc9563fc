"""The grounds of arts. 19 to 21 that stand now: what escalation and telling both begin with."""

from __future__ import annotations

from collections.abc import Sequence

from hotline.cli.common import Opened
from hotline.findings.engine import Engine, Selection
from hotline.values.facts import Cases
from hotline.values.finding import Finding
from hotline.views.case_view import CaseView


def standing_grounds(
    opened: Opened, views: Sequence[CaseView], cases: Cases | None = None
) -> dict[str, list[Finding]]:
    """The grounds of arts. 19 to 21 that stand, by case, in the order of their codes. ``cases``
    are those to compare with, where they are more than the views."""
    engine = Engine(
        opened.rules, opened.repository.case_schema, opened.now, Selection(select=("E",))
    )
    facts = [view.subject.facts for view in views]
    found = [finding for view in views for finding in engine.of_subject(view.subject)]
    found += engine.across(facts, cases or Cases(facts, holds=opened.repository.holds))
    by_case: dict[str, list[Finding]] = {}
    for finding in sorted(found, key=lambda f: (f.code, f.order)):
        by_case.setdefault(str(finding.case), []).append(finding)
    return by_case
