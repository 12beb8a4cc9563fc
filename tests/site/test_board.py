"""The board tells of the same orders, at the same levels, as the plan of issues."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from hotline.doors.site import build
from hotline.values.times import parse_time
from tests.support import ROOT

NOW = "2026-11-26T09:00:00+08:00"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The shipped orders, which stand at every level, and the page that is made of them."""
    root = tmp_path_factory.mktemp("board") / "data"
    for folder in ("cases", "registry"):
        shutil.copytree(ROOT / folder, root / folder)
    out = build(root, parse_time(NOW)).out
    return root, unescape((out / "board" / "index.html").read_text("utf-8"))


def test_each_order_stands_once_at_its_highest_level(
    page: tuple[Path, str], hotline: Callable[..., tuple[int, str, str]]
) -> None:
    root, html = page
    _, out, _ = hotline("escalate", "--repo", str(root), "--now", NOW, "--format", "json")
    planned = {action["case"]: action["level"] for action in json.loads(out)["actions"]}
    shown = re.findall(
        r'hl-standing hl-standing--([a-z]+)".*?<span class="hl-id">([^<]+)</span>', html, re.S
    )
    assert {case: level for level, case in shown} == planned
    assert len(shown) == len(planned)
    assert {"bureau", "county", "accountability", "unit"} == set(planned.values())


def test_a_ground_comes_with_its_command(page: tuple[Path, str]) -> None:
    commands = re.findall(r"<code>(hotline add [^<]+)</code>", page[1])
    assert any("supervision_opened" in command for command in commands)
    assert all("…" in command or "=" in command for command in commands)


def test_a_county_without_trouble_says_so(tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(ROOT / "registry", root / "registry")
    (root / "registry" / "precedents.yaml").write_text("precedents: []\n", "utf-8")
    (root / "cases").mkdir()
    html = (build(root, parse_time(NOW)).out / "board" / "index.html").read_text("utf-8")
    assert "没有时限将到或已过的工单" in html
