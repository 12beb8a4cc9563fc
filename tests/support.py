"""What tests share: the shipped rules with changes, and cases made from short YAML."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from hotline.findings.engine import Engine, Judged
from hotline.procedure.calendar import Calendar
from hotline.procedure.policy import Policy
from hotline.reading.registry import Rules, read_registry
from hotline.reading.schema import Schema
from hotline.reading.strict_yaml import parse
from hotline.values.registry import Precedent
from hotline.values.times import parse_date, parse_time

ROOT = Path(__file__).parent.parent
REAL = Path(
    os.environ.get("HOTLINE_REAL_MESSAGES")
    or next(ROOT.parent.glob("*/real/messages.xlsx"), ROOT / "no-real-messages.xlsx")
)
"""A published sheet of real messages, where one lies beside the project. Its text belongs to
the people who wrote it and is never copied here."""


def at(text: str) -> datetime:
    """``2026-10-13T09:30`` in the county's zone."""
    return parse_time(
        text if text[19:] else f"{text}:00+08:00" if len(text) == 16 else f"{text}+08:00"
    )


@cache
def schema(name: str = "case") -> Schema:
    return Schema((ROOT / "schema" / f"{name}.schema.json").read_bytes())


@cache
def shipped_rules() -> Rules:
    files = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in (ROOT / "registry").rglob("*.yaml")
    }
    rules, findings = read_registry(files, schema)
    assert rules is not None, findings
    return rules


def rules_with(changes: dict[str, Any] | None) -> Rules:
    """The shipped rules with other precedents, policy switches or satisfaction cutoffs."""
    rules = shipped_rules()
    changes = changes or {}
    if "precedents" in changes:
        given = [
            Precedent(
                row["id"], row["category"], row["lead"], parse_date(str(row["on"])), row.get("area"),
                tuple(row.get("support") or ()), row.get("decided_in"),
            )
            for row in changes["precedents"]
        ]  # fmt: skip
        registry = rules.registry._replace(precedents={row.id: row for row in given})
        rules = rules._replace(registry=registry)
    if "policy" in changes:
        policies = tuple(
            Policy(policy.path, policy.effective, {**policy.data, **changes["policy"]})
            for policy in rules.policies
        )
        rules = rules._replace(policies=policies)
    if "satisfaction_cutoffs" in changes:
        old = rules.calendar
        cutoffs = tuple(parse_time(text) for text in changes["satisfaction_cutoffs"])
        years = {n: y._replace(cutoffs=cutoffs if n == 2026 else ()) for n, y in old.years.items()}
        rules = rules._replace(calendar=Calendar(old.zone, old.hours, years))
    return rules


def path_of(case: dict[str, Any]) -> str:
    day = str(case["id"]).split("-")[1]
    return f"cases/{day[:4]}/{day[4:6]}/{case['id']}.yaml"


def to_yaml(case: dict[str, Any]) -> bytes:
    return yaml.safe_dump(plain(case), allow_unicode=True, sort_keys=False).encode()


def plain(node: Any) -> Any:
    """The node as plain dicts and lists, which PyYAML can write."""
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items()}
    return [plain(value) for value in node] if isinstance(node, list) else node


def judge(case: dict[str, Any], now: datetime, rules: Rules | None = None) -> Judged:
    """One case by all rules, read from its YAML as the product reads it."""
    return Engine(rules or shipped_rules(), schema(), now).judge(path_of(case), to_yaml(case))


def strict(text: str) -> Any:
    """YAML as the product reads it (``on`` and times stay text)."""
    parsed = parse(text.encode(), max_bytes=1 << 22)
    assert not parsed.faults, parsed.faults
    return parsed.root


def every(step: int, rows: Iterable[Any]) -> list[Any]:
    """All rows as parameters, of which a quick run takes one in ``step``."""
    return [
        pytest.param(
            *(row if isinstance(row, tuple) else (row,)), id=_id(row),
            marks=() if number % step == 0 else pytest.mark.slow,
        )
        for number, row in enumerate(rows)
    ]  # fmt: skip


def _id(row: Any) -> str:
    return "-".join(map(str, row)) if isinstance(row, tuple) else str(row)
