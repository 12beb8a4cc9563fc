"""For a person at a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from hotline.findings.printers import Summary, verdict
from hotline.values.article import cite
from hotline.values.finding import Finding
from hotline.values.shown import on_one_line

SEVERITIES = {"error": "错误", "warning": "提醒"}


def render(findings: Sequence[Finding], summary: Summary) -> str:
    lines = [line(finding) for finding in findings]
    return "\n".join([*lines, verdict(summary)])


def line(finding: Finding) -> str:
    """``path:line:column: 错误 W010 what is wrong. what to write.（article）``"""
    where = f"{finding.path}:{finding.place.line}:{finding.place.column}"
    cited = cite(finding.article)
    kind = SEVERITIES[finding.severity]
    return on_one_line(f"{where}: {kind} {finding.code} {finding.message}（{cited}）")
