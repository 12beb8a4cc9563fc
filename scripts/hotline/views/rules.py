"""A rule's declaration, shown: the same words on the terminal and on its page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hotline.findings.printers.text import SEVERITIES
from hotline.rules.declare import Rule
from hotline.values.article import cite


def as_json(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "severity": rule.severity,
        "title": rule.title,
        "article": rule.article,
        "why": rule.why,
        "mend": rule.mend,
        "bad": rule.bad.strip("\n"),
        "good": rule.good.strip("\n"),
    }


def as_text(rule: Rule) -> str:
    mend, bad, good = rule.headings
    lines = [
        f"{rule.code}  {rule.title}",
        f"轻重：{SEVERITIES[rule.severity]}    依据：{cite(rule.article)}",
        "",
        f"为什么：{rule.why}",
        f"{mend}：{rule.mend}",
    ]
    if rule.bad.strip():
        lines += ["", f"{bad}：", *_indented(rule.bad)]
    if rule.good.strip():
        lines += ["", f"{good}：", *_indented(rule.good)]
    if rule.wordings:
        lines += ["", "认得的写法（【】里的找出来，“不算”的放过）：", *_wordings(rule)]
    if rule.measured:
        lines += ["", f"准确程度：{rule.measured}"]
    return "\n".join(lines)


def _wordings(rule: Rule) -> Iterator[str]:
    for pattern in rule.wordings:
        yield f"    {pattern.breaches[0]}"
        if pattern.clean:
            yield f"        不算：{pattern.clean[0]}"


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.strip("\n").splitlines()]
