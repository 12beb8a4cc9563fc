"""Printers: findings → text. One module per format; each is a function of its arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hotline.values.finding import Finding


class Summary(NamedTuple):
    """What a check went through. ``seconds`` is the time that it took."""

    files: int
    errors: int
    warnings: int
    seconds: float


Printer = Callable[["Sequence[Finding]", Summary], str]
FORMATS = ("text", "json", "github", "markdown", "sarif")


def summarise(findings: Sequence[Finding], files: int, seconds: float) -> Summary:
    errors = sum(finding.severity == "error" for finding in findings)
    return Summary(files, errors, len(findings) - errors, round(seconds, 3))


def printer(name: str) -> Printer:
    """The printer of a format; only its own module is imported."""
    found: Printer = import_module(f"hotline.findings.printers.{name}").render
    return found


def verdict(summary: Summary) -> str:
    """The closing line that a person reads."""
    if not summary.errors and not summary.warnings:
        return f"检查了 {summary.files} 个文件，没有发现问题。"
    return f"检查了 {summary.files} 个文件：错误 {summary.errors} 处，提醒 {summary.warnings} 处。"
