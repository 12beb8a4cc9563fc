"""Annotations for Actions (GitHub, and what understands its workflow commands)."""

from __future__ import annotations

from collections.abc import Sequence

from hotline.findings.printers import Summary, verdict
from hotline.values.article import cite
from hotline.values.finding import Finding
from hotline.values.shown import in_command, in_property


def render(findings: Sequence[Finding], summary: Summary) -> str:
    return "\n".join([*(_annotation(finding) for finding in findings), verdict(summary)])


def _annotation(finding: Finding) -> str:
    place = finding.place
    where = f"file={in_property(finding.path)},line={place.line},col={place.column}"
    title = in_property(f"{finding.code} {cite(finding.article)}")
    return f"::{finding.severity} {where},title={title}::{in_command(finding.message)}"
