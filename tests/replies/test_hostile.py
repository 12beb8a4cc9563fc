"""Whole orders as large as a file may be, written to hold up a check.

Held by growth within one run, never by seconds: four times the text may cost little more
than four times the time.
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.rules.examples import complete
from tests.support import at, every, judge

NOW = at("2026-10-20T09:00:00+08:00")
LARGE = 60_000
"""Bytes of one section; four of them and the rest of the order stay below 256 KiB."""
PIECES = [
    "*", "X", "X ", "张**", "138****", "×", "某", "某人", "张某", "某一个", "附件", "见附件", "附：", "已处理，",
    "已转相关部门", "请咨询", "《", "“", "（", "1", "1月", "{petitioner.name}", "{", "将", "的", "感谢", "，", "。", "\n ", "a",
]  # fmt: skip


def order(piece: str, size: int) -> dict[str, Any]:
    """A reply whose every section is the piece over and over, ``size`` bytes each."""
    case = complete("- {type: replied}")
    text = (piece * (size // len(piece.encode()) + 1)).encode()[:size].decode("utf-8", "ignore")
    for name in case["events"][-1]["sections"]:
        case["events"][-1]["sections"][name] = f"经{text}x"
    return case


def seconds(case: dict[str, Any]) -> float:
    best = float("inf")
    for _ in range(2):
        started = time.process_time()
        judge(case, NOW)
        best = min(best, time.process_time() - started)
    return best


@pytest.mark.parametrize("piece", every(3, PIECES))
def test_the_cost_grows_with_the_text_and_no_faster(piece: str) -> None:
    large = seconds(order(piece, LARGE))
    if large > 0.1:  # below that, noise
        assert large < 10 * max(seconds(order(piece, LARGE // 4)), 0.02)
    assert large < 20, "a check must end, on any machine"
