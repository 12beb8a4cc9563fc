"""The tables of README.md: medians, ratios against the goals, growth, and a profile."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from measuring import Measured, Results

README = Path(__file__).with_name("README.md")
_MEMORY_MB = 200
_GROWN_MEMORY = 3.0
_LINEAR = 1.2
_ALONE = ("unchanged", "changed", "no cache")


@dataclass(frozen=True, slots=True)
class Goal:
    """What is measured must take at most ``limit`` times what it is held against."""

    name: str
    against: str
    limit: float
    strictly: bool = False


GOALS = (
    Goal("check, cold", "ajv-cli, all", 1.0),
    Goal("check, cold", "check-jsonschema, all", 1 / 20),
    Goal("check, cold, late", "check, cold", 2.0),
    Goal("check, cold, broken", "check, cold", 2.0),
    Goal("check, one file changed", "ajv-cli, all", 0.15),
    *(Goal(f"check ONE, {how}", "yamllint, ONE", 0.6) for how in _ALONE),
    *(Goal(f"check ONE, {how}", "check-jsonschema, ONE", 0.25) for how in _ALONE),
    Goal("due, warm", "check, cold", 0.5, strictly=True),
    Goal("escalate, warm", "check, cold", 0.5, strictly=True),
)


def put(name: str, text: str) -> None:
    """Writes one part of the README between its two marker lines; the rest is by hand."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    whole = README.read_text("utf-8")
    if whole.count(begin) != 1 or whole.count(end) != 1:
        raise SystemExit(f"{README} needs the lines {begin} and {end}")
    head, _, rest = whole.partition(begin)
    tail = rest.partition(end)[2]
    README.write_text(f"{head}{begin}\n\n{text}\n\n{end}{tail}", "utf-8")


def of_speed(found: Results, circumstances: str) -> str:
    rounds = max(len(m.seconds) for m in found.values())
    rows = [
        [
            f"{_words(name)}{' (once)' * (len(m.seconds) < rounds)}",
            _time(m.median),
            _span(m),
            _mb(m),
        ]
        for name, m in found.items()
    ]
    times = _table(("", "median", "min–max", "peak memory"), rows)
    goals = [_ratio_row(goal, found) for goal in GOALS]
    goals.append(_memory_row(found))
    goals_ = _table(("", "held against", "ratio", "goal", ""), goals)
    return "\n\n".join((_filled(circumstances), times, goals_))


def of_large(found: Results, sizes: tuple[int, int], circumstances: str) -> str:
    """Times and memory of both sizes, and how they grew."""
    small, large = sizes
    factor = large / small
    rows = []
    for name in (name.removeprefix("small: ") for name in found if name.startswith("small: ")):
        a, b = found[f"small: {name}"], found[f"large: {name}"]
        grown = b.median / a.median / factor
        memory = b.peak_mb / a.peak_mb
        rows.append([
            _words(name), f"{_time(a.median)} ({_span(a)})", f"{_time(b.median)} ({_span(b)})",
            f"{grown:.2f}", _met(grown <= _LINEAR),
            f"{_mb(a)} → {_mb(b)}", f"{memory:.1f}", _met(memory <= _GROWN_MEMORY),
        ])  # fmt: skip
    heads = (
        "", f"{small:,} orders", f"{large:,} orders",
        f"time per order, large ÷ small (goal ≤ {_LINEAR})", "",
        "peak memory", f"large ÷ small (goal ≤ {_GROWN_MEMORY:.0f})", "",
    )  # fmt: skip
    return f"{_filled(circumstances)}\n\n{_table(heads, rows)}"


def of_profile(
    whole: float, start: float, parts: Mapping[str, float], count: int, circumstances: str
) -> str:
    """The parts of a cold check, as seconds, per order, and as a share of the whole."""
    rest = whole - start - sum(parts.values())
    named = {"start: interpreter, imports, registry": start, **parts}
    named |= {"the rest: walking, sorting, printing, freeing": rest}
    rows = [_profile_row(name, took, whole, count) for name, took in named.items()]
    rows.append(_profile_row("**a cold check, one process**", whole, whole, count))
    table = _table(("", "seconds", "µs per order", "of the whole"), rows)
    return f"{_filled(circumstances)}\n\n{table}"


def _profile_row(name: str, took: float, whole: float, count: int) -> list[str]:
    return [name, f"{took:.2f}", f"{took / count * 1e6:.0f}", f"{took / whole:.0%}"]


def _ratio_row(goal: Goal, found: Results) -> list[str]:
    left, right = found[goal.name], found[goal.against]
    ratio = left.median / right.median
    met = ratio < goal.limit if goal.strictly else ratio <= goal.limit
    shown = f"{ratio:.3f}" if ratio < 0.1 else f"{ratio:.2f}"
    if len(left.seconds) == len(right.seconds) > 1:
        each = [a / b for a, b in zip(left.seconds, right.seconds, strict=True)]
        shown += f" ({min(each):.2f}–{max(each):.2f})"
    sign = "<" if goal.strictly else "≤"
    return [_words(goal.name), _words(goal.against), shown, f"{sign} {goal.limit:g}", _met(met)]


def _memory_row(found: Results) -> list[str]:
    own = {n: m for n, m in found.items() if n.startswith(("check, ", "check ONE", "due", "escal"))}
    name = max(own, key=lambda one: own[one].peak_mb)
    met = own[name].peak_mb < _MEMORY_MB
    what, limit = f"peak memory, largest: {_words(name)}", f"< {_MEMORY_MB} MB"
    return [what, "", _mb(own[name]), limit, _met(met)]


def _met(met: bool) -> str:
    return "met" if met else "**missed**"


def _words(name: str) -> str:
    """A task's name with the command in code."""
    return re.sub(r"^(check ONE|check|due|escalate)(?=,)", r"`\1`", name)


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _span(measured: Measured) -> str:
    return f"{_time(min(measured.seconds))} – {_time(max(measured.seconds))}"


def _mb(measured: Measured) -> str:
    return f"{measured.peak_mb:.0f} MB"


def _filled(words: str) -> str:
    return textwrap.fill(words, 120, break_long_words=False, break_on_hyphens=False)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in lines)
