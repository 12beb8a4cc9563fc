"""Declaring a rule: its code, article, words, example, and the function that looks.

Tests, ``hotline rule``, the rule pages and the norm table come from the declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, NamedTuple

from hotline.rules.wording.pattern import Pattern
from hotline.values.finding import Severity
from hotline.values.node import Place


class Inside(NamedTuple):
    """A place inside a text: the whole text, and the index of the character."""

    text: str
    offset: int


class Hit(NamedTuple):
    """A rule's find: where, and what is wrong (Chinese, without full stop).

    ``severity`` stands only where it follows from the data; ``subject`` names what the
    fault is about apart from its line; ``path`` only where it is not the case's file,
    ``article`` and ``mend`` only where they follow from the data. ``inside`` points into
    the text that begins at ``place``.
    """

    place: Place
    words: str
    severity: Severity | None = None
    subject: str = ""
    path: str | None = None
    article: str | None = None
    mend: str | None = None
    inside: Inside | None = None


Check = Callable[..., Iterable[Hit]]


class Rule(NamedTuple):
    """One code of the contract. ``checks`` is empty where the reader itself finds it."""

    code: str
    title: str
    article: str
    why: str
    mend: str
    severity: Severity
    checks: list[Check]
    bad: str = ""
    good: str = ""
    now: str = ""
    wordings: tuple[Pattern, ...] = ()
    """The wordings that it looks for, where it judges words."""
    measured: str = ""
    """How often it is right, where that is not certain: figures and method (Chinese)."""

    @property
    def letter(self) -> str:
        return self.code[0]

    @property
    def headings(self) -> tuple[str, str, str]:
        """What stands above mend, bad and good. A ground is no fault of writing: it stands,
        or it does not."""
        if self.letter == "E":
            return "怎么办", "情形成立", "情形不成立，或已经结束"
        if self.severity == "warning" and self.letter in "DW":
            # What happened, happened: nobody is to write it down otherwise than it was.
            return "怎么办", "会提醒的情形", "不提醒的情形（只作对照，时间和经过要如实写）"
        return "怎么改", "不对的写法", "正确的写法"


RULES: dict[str, Rule] = {}
"""Code → rule, filled as the modules are imported."""

_OF: dict[Check, frozenset[str]] = {}
_GIVEN: dict[Callable[..., Any], tuple[str, ...]] = {}

LETTERS = "SXWDRPKEA"
"""The letters of the contract, in its order."""

MODULES = {
    "S": "structure",
    "X": "cross",
    "W": "workflow",
    "D": "deadlines",
    "R": "letters",
    "P": "personal",
    "E": "grounds",
    "A": "history",
}
"""Code letter → module; a new letter needs this one line."""


def rule(
    code: str, *, title: str, why: str, mend: str, article: str = "practice",
    severity: Severity = "error", bad: str = "", good: str = "", now: str = "",
    wordings: tuple[Pattern, ...] = (), measured: str = "", of: tuple[str, ...] = (),
    given: tuple[str, ...] = (),
) -> Callable[[Check], Check]:  # fmt: skip
    """Declares the decorated function as the check of ``code``.

    ``of`` are event types: in a case that has none of them the check finds nothing and is
    not called. Empty where it looks at more than events.

    ``bad`` and ``good`` are YAML of header keys and events; in ``bad`` a trailing
    ``# CODE`` marks each line that must be found. A line ``# cases/….yaml`` or
    ``# registry/….yaml`` begins another file. ``now`` fixes the time of the example.
    Whole work orders are made of them by ``tests/rules/examples.py``.

    ``given`` names what the check is called with where its own parameters do not.
    """

    def declare(check: Check) -> Check:
        told = (title, article, why, mend, severity)
        _add(Rule(code, *told, [check], bad, good, now, wordings, measured))
        _OF[check] = frozenset(of)
        if given:
            _GIVEN[check] = given
        return check

    return declare


def also(code: str, *, of: tuple[str, ...] = ()) -> Callable[[Check], Check]:
    """A second look for a rule that is declared already (another scope of the same code)."""

    def declare(check: Check) -> Check:
        RULES[code].checks.append(check)
        _OF[check] = frozenset(of)
        return check

    return declare


def found_by_reader(code: str, **words: Any) -> None:
    """Declares a rule that reading itself carries out."""
    _add(Rule(code, article=words.pop("article", "practice"), severity="error", checks=[], **words))


def found_in_history(code: str, *, severity: Severity = "error", **words: Any) -> None:
    """Declares a rule that the audit of commits carries out."""
    _add(
        Rule(code, article=words.pop("article", "practice"), severity=severity, checks=[], **words)
    )


def _add(new: Rule) -> None:
    if new.code in RULES:
        raise ValueError(f"{new.code} is declared twice")
    RULES[new.code] = new


def load() -> dict[str, Rule]:
    """Imports every rule module and gives the declarations in the order of their codes."""
    for module in MODULES.values():
        import_module(f"hotline.rules.{module}")
    return dict(sorted(RULES.items(), key=lambda pair: (LETTERS.index(pair[0][0]), pair[0])))


def event_types(check: Check) -> frozenset[str]:
    """The event types without which a check finds nothing; empty where it needs none."""
    return _OF[check]


def parameters(check: Callable[..., Any]) -> tuple[str, ...]:
    """The names of what a check depends on."""
    code = check.__code__
    return _GIVEN.get(check) or code.co_varnames[: code.co_argcount]
