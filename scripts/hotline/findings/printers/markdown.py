"""One comment for a pull request, on any forge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple, Protocol

from hotline.findings.printers import Summary, verdict
from hotline.values.article import cite
from hotline.values.finding import Finding
from hotline.values.shown import in_html, in_markdown

MAX_ROWS = 200
MAX_LETTERS = 20_000
"""A forge cuts a comment at 65,536 characters; the rest is counted, not shown."""


TITLE = "## 工单检查"
_WELL = "✅ "
_CUT = "（内容太长，没有全部列出，请在本地运行 `hotline check` 查看。）"


class Preview(NamedTuple):
    """A letter to show below the findings of its file: a line about it, its paragraphs, and
    what its writer should know of it."""

    title: str
    paragraphs: Sequence[Paragraph]
    notices: Sequence[str] = ()


class Paragraph(Protocol):
    """A paragraph of a rendered letter."""

    @property
    def text(self) -> str: ...


def render(
    findings: Sequence[Finding],
    summary: Summary,
    letters: Mapping[str, Sequence[Preview]] | None = None,
) -> str:
    """``letters`` are those to show, by the path of their file."""
    lines = [TITLE, "", _headline(summary), ""]
    by_path = {
        path: list(group)
        for path, group in groupby(findings[:MAX_ROWS], key=lambda finding: finding.path)
    }
    room = MAX_LETTERS
    shown = letters or {}
    left_out = 0
    for path in sorted({*by_path, *shown}):
        lines += [f"### {in_markdown(path)}", ""]
        found = by_path.get(path, [])
        lines += _table(found)
        is_draft = any(f.severity == "error" and f.code.startswith("R") for f in found)
        for preview in shown.get(path, ()):
            folded = _folded(preview, is_draft=is_draft)
            room -= sum(map(len, folded))
            left_out += room < 0
            lines += folded if room >= 0 else []
    if len(findings) > MAX_ROWS:
        lines += [f"另有 {len(findings) - MAX_ROWS} 处未列出，请在本地运行 `hotline check`。", ""]
    if left_out:
        lines += [f"另有 {left_out} 封信未列出，请在本地运行 `hotline reply 工单编号`。", ""]
    if findings:
        lines += ["每条规则的说明和例子：`hotline rule 代码`，或网站的“规则”页。", ""]
    return "\n".join(lines).rstrip("\n")


def all_is_well(text: str) -> str | None:
    """The one green line of a text that tells of no finding, None of any other.

    The text may hold several checks, one after another.
    """
    if text.startswith(_CUT):
        return None
    lines = text.splitlines()
    told = [lines[n + 2] for n, line in enumerate(lines[:-2]) if line == TITLE]
    return told[-1] if told and all(line.startswith(_WELL) for line in told) else None


def shortened(text: str, at_most: int) -> str:
    """A text cut to so many bytes where a line ends, with what it opened closed again. Every
    verdict in it stays: a fault beyond the cut must not look like none."""
    if len(text.encode()) <= at_most:
        return text
    lines = text.splitlines()
    verdicts = [lines[n + 2] for n, line in enumerate(lines[:-2]) if line == TITLE]
    head = "\n".join(
        ["（内容太长，没有全部列出，请在本地运行 `hotline check` 查看。）", "", *verdicts, ""]
    )
    room = at_most - len(head.encode()) - 100
    kept = text.encode()[: max(room, 0)].decode("utf-8", "ignore").rpartition("\n")[0]
    still_open = kept.count("<details>") - kept.count("</details>")
    return f"{head}\n{kept}" + "\n\n</details>" * still_open


def _table(findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return ["没有发现问题。", ""]
    head = ["| 行 | | 问题与改法 | 依据 |", "| --- | --- | --- | --- |"]
    return [*head, *map(_row, findings), ""]


def _folded(preview: Preview, *, is_draft: bool) -> list[str]:
    """A letter that opens on a click. Its lines begin with a blank of full width, so that
    none is taken for a list, a heading or code."""
    title = f"{'草稿，改好以前不要发出：' if is_draft else ''}{preview.title}"
    lines = [f"<details><summary>{in_html(title)}</summary>", ""]
    lines += [f"- ⚠️ {in_markdown(words)}" for words in preview.notices]
    lines += [""] if preview.notices else []
    for paragraph in preview.paragraphs:
        lines += [f"> \u3000\u3000{in_markdown(paragraph.text)}", ">"]
    return [*lines, "", "</details>", ""]


def _headline(summary: Summary) -> str:
    mark = "❌ " if summary.errors else ("⚠️ " if summary.warnings else _WELL)
    return mark + verdict(summary)


def _row(finding: Finding) -> str:
    kind = "❌" if finding.severity == "error" else "⚠️"
    message = in_markdown(finding.message)
    return f"| {finding.place.line} | {kind} {finding.code} | {message} | {cite(finding.article)} |"
