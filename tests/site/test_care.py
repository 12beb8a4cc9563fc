"""What a county would trip over: pages that jump, keys that lead nowhere, paper that shows the
menu, a policy with a hole in it. All in a real browser."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import hotline.cli.verbs as verbs_of
from hotline.doors.measure import read_articles, read_norms
from hotline.pages.reference import Reference, measure
from hotline.rules.declare import load
from tests.site.conftest import County, Opened
from tests.site.test_access import faults
from tests.site.test_browser import KINDS, a_case
from tests.support import every

pytestmark = pytest.mark.browser

WIDE, MIDDLE, NARROW, NARROWEST = (1440, 900), (768, 1024), (390, 844), (320, 640)
SIZES = [
    pytest.param(size, id=str(size[0]), marks=() if size == NARROW else pytest.mark.slow)
    for size in (WIDE, MIDDLE, NARROW)
]


def path_to(kind: str, county: County) -> str:
    return a_case(county) if kind == "CASE" else kind


def settled(opened: Opened, kind: str, county: County) -> Any:
    """A page with all that its scripts make."""
    page = opened.open(path_to(kind, county))
    if kind == "cases/":
        page.wait_for_selector("[data-hl-ready]")
    if kind == "flow/":
        opened.until("!document.querySelector('pre.mermaid')")
    return page


# --- nothing is promised that is not there --------------------------------------------------


def test_the_measure_names_pages_and_verbs_that_exist(county: County) -> None:
    norms = read_norms()
    shown = measure(Reference(read_articles(), norms, [], load()))
    carriers = {
        (each.kind, each.text): each
        for article in shown.articles
        for paragraph in article.paragraphs
        for norm in paragraph.norms
        for each in norm.carriers
    }
    verbs = {p.stem.strip("_").replace("_", "-") for p in Path(verbs_of.__path__[0]).glob("*.py")}
    told = []
    for (kind, text), each in carriers.items():
        if kind == "网页":
            there = (county.out / each.url / "index.html").is_file()
        elif kind == "命令":
            there = text.split()[1] in verbs
        else:
            continue
        if not there:
            told.append(text)
    assert told == []
    assert len(carriers) > 50


@pytest.mark.parametrize(
    ("desk", "level"), [("approval-bureau", "bureau"), ("county-government", "county")]
)
def test_a_desk_above_the_units_tells_what_stands_at_its_level(
    county: County, desk: str, level: str
) -> None:
    """The bureau's desk is not empty while its board is full."""
    board = (county.out / "board/index.html").read_text("utf-8")
    page = (county.out / f"units/{desk}/index.html").read_text("utf-8")
    count = re.search(rf'id="{level}">[^<]*<span class="hl-badge">(\d+)<', board)
    if count is None:
        assert "没有工单达到本级处理的情形" in page
    else:
        assert f"<b>{count[1]} 件</b>达到本级处理的情形" in page
        assert f"../../board/#{level}" in page
        assert "现在没有要做的事" not in page
    assert "达到本级处理的情形" not in (county.out / "units/health-bureau/index.html").read_text(
        "utf-8"
    )


# --- the policy ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["", "CASE", "cases/", "404.html"])
def test_a_script_that_came_with_a_text_would_not_run(
    opened: Opened, county: County, kind: str
) -> None:
    """Were a template to forget to escape: the browser still refuses."""
    page = settled(opened, kind, county)
    page.evaluate(
        "() => { const bad = document.createElement('div');"
        ' bad.innerHTML = \'<img src=x onerror="window.__hit=1"><style>body{opacity:.5}</style>'
        '<a id=bad href="javascript:window.__hit=1">x</a><iframe srcdoc="<script>parent.__hit=1</script>"></iframe>\';'
        " document.querySelector('article').append(bad);"
        " const script = document.createElement('script'); script.textContent = 'window.__hit=1';"
        " document.body.append(script); document.getElementById('bad').click(); }"
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.__hit") is None
    assert page.evaluate("getComputedStyle(document.body).opacity") == "1"
    refused = [words for words in opened.complaints if "Content Security Policy" in words]
    assert len(refused) >= 4, opened.complaints
    assert opened.outside == []


def test_a_connection_to_elsewhere_is_refused_by_the_page_itself(
    opened: Opened, county: County
) -> None:
    page = settled(opened, "", county)
    told = page.evaluate("fetch('https://evil.example/').then(() => 'sent', () => 'refused')")
    assert told == "refused"
    assert opened.outside == []  # it never came as far as the network


# --- keys ---------------------------------------------------------------------------------


def focused(page: Any) -> str:
    return str(
        page.evaluate(
            "(() => { const e = document.activeElement;"
            " return e.name || e.id || e.className || e.tagName; })()"
        )
    )


@pytest.mark.parametrize("kind", every(3, KINDS))
def test_the_first_key_leads_past_the_navigation(opened: Opened, county: County, kind: str) -> None:
    page = settled(opened, kind, county)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.md-skip')")
    page.wait_for_timeout(300)
    box = page.locator(".md-skip").bounding_box()
    assert box["width"] > 40 and box["y"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(
        "!document.activeElement.closest('.md-header, .md-tabs, .md-sidebar--primary')"
    )


def test_the_search_is_reached_and_used_by_keys_alone(opened: Opened, county: County) -> None:
    page = settled(opened, "", county)
    for _ in range(20):
        page.keyboard.press("Tab")
        if "md-search__input" in page.evaluate("document.activeElement.className"):
            break
    else:
        raise AssertionError("the search is not to be reached")
    name = sorted((county.out / "cases").glob("LZ-*"))[0].name
    page.keyboard.type(name, delay=20)
    page.wait_for_selector(".md-search-result__link")
    page.wait_for_timeout(600)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{name}/**")
    opened.assert_clean()


def test_filters_are_passed_in_their_order_and_used_by_keys(opened: Opened, county: County) -> None:
    page = settled(opened, "cases/", county)
    page.focus("input[name=find]")
    passed = []
    for _ in range(6):
        passed.append(focused(page))
        page.keyboard.press("Tab")
    # The button that clears, and what opens the rest, stand between.
    assert passed[:3] == ["find", "state", "status"]
    assert page.evaluate("document.activeElement.name || document.activeElement.tagName") == "unit"
    page.focus("select[name=status]")
    page.keyboard.press("ArrowDown")
    opened.until("location.search.includes('status=overdue')")
    assert page.locator(".tabulator-row").count() > 0
    opened.assert_clean()


@pytest.mark.parametrize("kind", ["", "CASE", "units/housing-bureau/", "board/"])
def test_whatever_has_the_focus_shows_it(opened: Opened, county: County, kind: str) -> None:
    page = settled(opened, kind, county)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    unseen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        told = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return e === document.body || s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0"
            " || s.boxShadow !== 'none' ? null : e.outerHTML.slice(0, 90); })()"
        )
        if told:
            unseen.append(told)
    assert unseen == []


@pytest.mark.parametrize("opened", [MIDDLE], indirect=True, ids=["768"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_unfolds_can_be_used_by_everybody(opened: Opened, county: County, scheme: str) -> None:
    """Derivations, earlier replies and entries of knowledge, all unfolded: axe finds nothing
    serious, and they unfold by a key."""
    opened.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for kind in ("CASE", "knowledge/", "404.html"):
        page = settled(opened, kind, county)
        if kind != "404.html":
            page.locator("details > summary").first.focus()
            page.keyboard.press("Enter")
            assert page.locator("details[open]").count() == 1
        page.evaluate("for (const e of document.querySelectorAll('details')) e.open = true")
        assert faults(page) == [], kind
    opened.assert_clean()


# --- nothing jumps ------------------------------------------------------------------------

WATCH = (
    "window.__shift = 0; new PerformanceObserver((list) => {"
    " for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value;"
    "}).observe({type: 'layout-shift', buffered: true});"
)


@pytest.mark.parametrize("opened", SIZES, indirect=True)
def test_nothing_moves_while_a_page_loads(opened: Opened, county: County) -> None:
    opened.page.add_init_script(WATCH)
    told = {}
    for kind in KINDS:
        page = settled(opened, kind, county)
        page.wait_for_timeout(150)
        shift = page.evaluate("window.__shift")
        if shift >= 0.1:
            told[kind] = shift
    assert told == {}


@pytest.mark.parametrize("opened", [NARROWEST], indirect=True, ids=["320"])
def test_nothing_scrolls_sideways_but_what_may(opened: Opened, county: County) -> None:
    """Nor is anything cut off at the edge, but in a box of its own that scrolls."""
    told = {}
    for kind in KINDS:
        if kind == "flow/":
            continue
        page = settled(opened, kind, county)
        cut = page.evaluate(
            "[...document.querySelectorAll('article *')].filter((e) => {"
            " const box = e.getBoundingClientRect();"
            " return box.width > 0 && box.right > innerWidth + 1"
            " && !e.closest('.hl-scroll, .hl-diagram, pre, .tabulator, svg, .md-typeset__scrollwrap');"
            "}).map((e) => e.outerHTML.slice(0, 80)).slice(0, 3)"
        )
        if cut:
            told[kind] = cut
    assert told == {}


# --- the drawn clocks ---------------------------------------------------------------------


def test_each_clock_is_drawn_and_told_without_a_script(chromium: Any, county: County) -> None:
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto(county.url + a_case(county))
    clocks = page.locator(".hl-clock").count()
    strips = page.locator(".hl-strip[role=img]")
    assert strips.count() == clocks > 2
    for number in range(clocks):
        words = strips.nth(number).get_attribute("aria-label")
        assert re.fullmatch(r".+：\d+月\d+日 \d\d:\d\d 起算，.*到期.*", words), words
        assert strips.nth(number).bounding_box()["width"] > 200
    assert page.locator(".hl-axis").get_attribute("aria-hidden") == "true"
    context.close()


@pytest.mark.parametrize("opened", SIZES, indirect=True)
def test_dates_on_the_axis_do_not_overlap(opened: Opened, county: County) -> None:
    """And the shading of a strip stands below the dates that it means."""
    for folder in sorted((county.out / "cases").glob("LZ-202610*"))[:25]:
        page = opened.open(f"cases/{folder.name}/")
        boxes = page.evaluate(
            "[...document.querySelectorAll('.hl-axis text')].map((e) => e.getBoundingClientRect())"
            ".filter((b) => b.width).map((b) => [b.left, b.right])"
        )
        assert all(a[1] < b[0] for a, b in pairwise(boxes)), folder.name
        left = page.evaluate(
            "[...document.querySelectorAll('.hl-strip')].map((e) => e.getBoundingClientRect().left)"
        )
        # A box of an svg with padding includes it; the strips themselves stand in one column.
        assert len({round(x) for x in left}) <= 1
    opened.assert_clean()


# --- paper --------------------------------------------------------------------------------

PAPER = {
    "": ("现在最急的", "今日到期", "近 10 个工作日"),
    "board/": ("督办看板", "按单位", "承办单位"),
    "CASE": ("诉求内容", "时限", "经过", "基本情况"),
}
HIDDEN = ".md-header, .md-tabs, .md-footer, .md-sidebar, .md-skip, .hl-crumbs, .hl-jump, .hl-copy"


@pytest.mark.parametrize(
    ("kind", "scheme"), every(2, [(kind, scheme) for kind in PAPER for scheme in ("dark", "light")])
)
def test_on_paper(opened: Opened, county: County, tmp_path: Path, kind: str, scheme: str) -> None:
    """A4, all of the text, nothing to click, dark on white whatever the screen was."""
    page = opened.page
    page.emulate_media(color_scheme=scheme)
    settled(opened, kind, county)
    file = tmp_path / "page.pdf"
    page.pdf(path=str(file), prefer_css_page_size=True, print_background=False)
    blob = file.read_bytes()
    sizes = {(round(float(w)), round(float(h))) for w, h in re.findall(rb"/MediaBox ?\[ ?0 0 ([\d.]+) ([\d.]+)", blob)}  # fmt: skip
    assert sizes == {(595, 842)}
    assert len(re.findall(rb"/Type ?/Page\b", blob)) <= {"": 2, "board/": 20, "CASE": 5}[kind]
    page.emulate_media(media="print", color_scheme=scheme)
    text = page.inner_text("body")
    assert all(words in text for words in PAPER[kind])
    assert "搜索" not in text and "复制" not in text and "术语" not in text
    shown = f"[...document.querySelectorAll({HIDDEN!r})].filter((e) => e.getBoundingClientRect().width > 0).length"  # fmt: skip
    assert page.evaluate(shown) == 0
    ink, paper = page.evaluate(
        "[getComputedStyle(document.querySelector('h1')).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert sum(map(int, re.findall(r"\d+", ink)[:3])) < 200, ink
    assert paper in ("rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"), paper


# --- quick --------------------------------------------------------------------------------


def test_the_first_page_asks_for_little(opened: Opened, county: County) -> None:
    """A few files, of which the theme is most and comes from the cache the next time. What the
    search reads is not counted: nobody waits for it."""
    sizes: dict[str, int] = {}
    opened.page.on("response", lambda r: sizes.update({r.url: len(r.body())}) if r.ok else None)
    settled(opened, "", county)
    opened.page.wait_for_timeout(200)
    sizes = {url: n for url, n in sizes.items() if "/search" not in url}
    assert len(sizes) <= 9, sorted(sizes)
    assert sum(sizes.values()) < 400_000, sizes
    own = [
        n for url, n in sizes.items() if "/stylesheets/" not in url and "/javascripts/" not in url
    ]
    assert sum(own) < 200_000
    assert not [url for url in sizes if "vendor" in url]
