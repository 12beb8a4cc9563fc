"""Plans for tests: the shipped rules, a fixed moment."""

from __future__ import annotations

from hotline.demo.plan import Plan
from hotline.demo.told import Told, told
from tests.support import at, shipped_rules

NOW = "2026-11-24T10:20"


def plan(orders: int, seed: int = 1, now: str = NOW) -> Plan:
    return Plan(shipped_rules(), orders, seed, at(now))


def orders(number: int, seed: int = 1, now: str = NOW) -> list[Told]:
    return list(told(plan(number, seed, now)))
