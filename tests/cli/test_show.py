"""``show`` as whoever reads it."""

from __future__ import annotations

from collections.abc import Callable

from tests.support import ROOT

Hotline = Callable[..., tuple[int, str, str]]


def test_sentences_of_one_event_are_parted_once(hotline: Hotline) -> None:
    """What a clerk wrote ends with a full stop; the next part of the line needs no second sign."""
    case = ("LZ-20261116-0004", "--repo", str(ROOT), "--now", "2026-11-26T09:00:00+08:00")
    code, out, _ = hotline("show", *case)
    assert code == 0
    assert "不能按期办结；是否已向诉求人说明 是" in out
    assert "。；" not in out
