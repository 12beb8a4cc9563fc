"""Jinja2 for pages: strict, and deaf to markup in what people wrote.

Templates that a repository brings itself run in a sandbox; those of the package need none
and are twice as fast without. Values are text:
in HTML they are escaped; in Markdown every character that is not a letter, a digit or
plain punctuation becomes a numeric entity, so that no extension of Markdown (links,
attributes, snippets, macros) ever sees it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jinja2 import BytecodeCache, Environment, FunctionLoader, StrictUndefined, TemplateError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from hotline.procedure.clocks import STATUSES
from hotline.procedure.lifecycle import CHANNELS, KINDS, STATES, URGENCIES
from hotline.values import placeholders
from hotline.values.article import cite
from hotline.values.shown import on_terminal


@dataclass(frozen=True, slots=True)
class Source:
    """Where templates come from. ``load`` gives the text of a template by its name, None
    where there is none; ``is_foreign`` says that any of them is not the package's own."""

    load: Callable[[str], str | None]
    is_foreign: bool
    compiled: BytecodeCache | None = None
    """What was compiled of them before."""


_PLAIN = re.compile(r"[^0-9A-Za-z\u3400-\u9fff\uf900-\ufaff\u3001-\u3011\uff01-\uff5e·—…“”‘’ ]")
_MEANT = re.compile("[&<>'\"]").search
"""What markupsafe escapes."""
_WEEK = "一二三四五六日"
_GAPS = re.compile(r"\n(?:[ \t]*\n){2,}")


# What an expression in a template can raise besides the errors of Jinja.
_BROKEN = (
    TemplateError, ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError,
    TypeError, ValueError,
)  # fmt: skip


class PageIsBroken(Exception):
    """A page that a template could not make; the message is Chinese."""


def in_markdown(text: str) -> Markup:
    """Text as numeric entities wherever a character could mean something."""
    shown = on_terminal(text)
    return Markup(_PLAIN.sub(lambda found: f"&#{ord(found[0])};", shown))


def sealed(text: str) -> Markup:
    """Text with the placeholders of sealed data shown as what they stand for, for Markdown."""
    return _sealed(text, _escaped)


def sealed_in_html(text: str) -> Markup:
    """The same for HTML, where fewer characters mean anything."""
    if "{" not in text:
        return Markup(_in_html(text))
    return _sealed(text, escape)


def _sealed(text: str, escaped: Callable[[str], str]) -> Markup:
    parts = []
    for number, part in enumerate(placeholders.split(on_terminal(text))):
        if number % 2:
            name = placeholders.name(part)
            parts.append(f'<span class="hl-sealed" title="已密封">{name}</span>')
        elif part:
            parts.append(str(escaped(part)))
    return Markup("".join(parts))


def _escaped(text: str) -> str:
    """Safe in HTML and in Markdown alike."""
    return _PLAIN.sub(lambda found: f"&#{ord(found[0])};", text)


class _Generator(CodeGenerator):
    """Whatever a template works out is given to ``environment.shown``, and to nothing else:
    finalizing and escaping one after another takes several times as long, and there are
    hundreds of expressions on each of ten thousand pages. (A constant of a template is escaped
    by Jinja itself, when the template is compiled.)"""

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        self.write("environment.shown(")

    def _output_child_post(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        self.write(")")


class _Ours(Environment):
    """How a value is shown is the environment's to say."""

    code_generator_class = _Generator
    shown: Callable[[Any], str]

    def make_globals(self, more: Mapping[str, Any] | None) -> dict[str, Any]:
        """Jinja keeps what all templates know in a chain of two, so that it may still change;
        here it is whole before the first is loaded."""
        return {**self.globals, **(more or {})}


class _Sandbox(_Ours, ImmutableSandboxedEnvironment):
    """For templates that a repository brings."""


class Templates:
    """The templates of pages. ``markdown`` is for pages that Markdown will read; ``filled``
    is how letters show their placeholders."""

    def __init__(
        self, source: Source, *, markdown: bool, filled: Callable[[str], Markup] | None = None
    ) -> None:
        self.markdown = markdown
        self.environment = (_Sandbox if source.is_foreign else _Ours)(
            loader=FunctionLoader(source.load), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True, auto_reload=False,
            bytecode_cache=source.compiled,
        )  # fmt: skip
        self.environment.shown = _in_markdown if markdown else _in_html
        shown = sealed if markdown else sealed_in_html
        self.environment.filters.update(
            moment=moment, day=day, clock=clock_time, cite=cite, sealed=shown,
            weekday=weekday, iso=lambda t: t.isoformat(), groups=groups, filled=filled or shown,
        )  # fmt: skip
        # The sandbox has a range of its own, which is bounded.
        self.environment.globals = {
            "STATES": STATES, "KINDS": KINDS, "URGENCIES": URGENCIES, "CHANNELS": CHANNELS,
            "STATUSES": STATUSES, "range": self.environment.globals["range"], "dict": dict,
        }  # fmt: skip

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        try:
            text = self.environment.get_template(name).render(values)
        except _BROKEN as fault:
            line = getattr(fault, "lineno", None)
            where = f"{name} 第 {line} 行" if line else name
            words = getattr(fault, "message", None) or str(fault)
            raise PageIsBroken(f"模板 {where}：{type(fault).__name__}，{words}") from fault
        return _GAPS.sub("\n\n", text) if self.markdown else text


def _in_markdown(value: Any) -> str:
    if isinstance(value, Markup):
        return value
    if value is None:
        return ""
    return in_markdown(str(value)) if isinstance(value, str | int | float) else escape(value)


def _in_html(value: Any) -> str:
    kind = type(value)
    if kind is Markup or isinstance(value, Markup):
        return value  # type: ignore[no-any-return]
    if value is None:
        return ""
    text = value if kind is str else str(value)
    # Letters and digits alone, as most are, can be nothing else.
    if text.isalnum() or (text.isprintable() and _MEANT(text) is None):
        return text
    return escape(on_terminal(text))


# --- filters ---------------------------------------------------------------------------


def moment(value: datetime, now: datetime | None = None) -> str:
    """10月14日 09:05; with the year where it is not that of ``now``."""
    return f"{day(value, now)} {clock_time(value)}"


def day(value: date, now: datetime | None = None) -> str:
    year = f"{value.year}年" if now is not None and value.year != now.year else ""
    return f"{year}{value.month}月{value.day}日"


def clock_time(value: datetime) -> str:
    """09:05"""
    return f"{value.hour:02}:{value.minute:02}"  # strftime takes four times as long


def weekday(value: date) -> str:
    return f"周{_WEEK[value.weekday()]}"


def groups(value: int) -> str:
    """12,345"""
    return f"{value:,}"
