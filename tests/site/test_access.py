"""Everybody can use the pages: axe-core finds nothing serious, in light and in dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python  # type: ignore[import-untyped]
import pytest

from tests.site.conftest import County, Opened
from tests.site.test_browser import KINDS, a_case

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def faults(page: Any) -> list[str]:
    """What axe calls serious or critical: rule, element, why."""
    page.evaluate(AXE)
    asked = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", asked)
    return [
        f"{each['id']} {node['target']} {node['failureSummary'].splitlines()[1].strip()}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


@pytest.mark.parametrize(
    ("opened", "scheme"),
    [((1440, 900), "light"), ((390, 844), "dark")],
    indirect=["opened"], ids=["wide and light", "narrow and dark"],
)  # fmt: skip
def test_no_serious_fault(opened: Opened, county: County, scheme: str) -> None:
    opened.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    told = {}
    for path in KINDS:
        page = opened.open(a_case(county) if path == "CASE" else path)
        if path == "cases/":
            page.wait_for_selector("[data-hl-ready]")
        if path == "flow/":
            opened.until("!document.querySelector('pre.mermaid')")
        if found := faults(page):
            told[path] = found[:6]
    assert not told, "\n".join(f"{path} {one}" for path, own in told.items() for one in own)
