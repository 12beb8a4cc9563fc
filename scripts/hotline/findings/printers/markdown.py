"""One comment for a pull request, on any forge."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from hotline.findings.printers import Summary, verdict
from hotline.values.article import cite
from hotline.values.finding import Finding
from hotline.values.shown import in_markdown

MAX_ROWS = 200
"""A forge cuts a comment at 65,536 characters; the rest is counted, not shown."""


def render(findings: Sequence[Finding], summary: Summary) -> str:
    lines = ["## 工单检查", "", _headline(summary), ""]
    for path, group in groupby(findings[:MAX_ROWS], key=lambda finding: finding.path):
        lines += [
            f"### {in_markdown(path)}",
            "",
            "| 行 | | 问题与改法 | 依据 |",
            "| --- | --- | --- | --- |",
        ]
        lines += [_row(finding) for finding in group]
        lines.append("")
    if len(findings) > MAX_ROWS:
        lines += [f"另有 {len(findings) - MAX_ROWS} 处未列出，请在本地运行 `hotline check`。", ""]
    if findings:
        lines += ["每条规则的说明和例子：`hotline rule 代码`，或网站的“规则”页。", ""]
    return "\n".join(lines).rstrip("\n")


def _headline(summary: Summary) -> str:
    mark = "❌ " if summary.errors else ("⚠️ " if summary.warnings else "✅ ")
    return mark + verdict(summary)


def _row(finding: Finding) -> str:
    kind = "❌" if finding.severity == "error" else "⚠️"
    message = in_markdown(finding.message)
    return f"| {finding.place.line} | {kind} {finding.code} | {message} | {cite(finding.article)} |"
