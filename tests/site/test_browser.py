"""The site in a real browser, with every request to another host refused."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.site.conftest import PAYLOADS, County, Opened

pytestmark = pytest.mark.browser

KINDS = (
    "", "cases/", "CASE", "units/", "units/housing-bureau/", "units/hotline-center/", "ledger/",
    "board/", "hot/", "assessment/", "assessment/2026-09/", "assessment/2026-10/", "knowledge/", "audit/", "measure/", "flow/", "rules/", "rules/D103/",
    "glossary/", "handbook/", "404.html",
)  # fmt: skip
SIZES = [
    pytest.param((1440, 900), id="1440"),
    pytest.param((768, 1024), id="768"),
    pytest.param((390, 844), id="390"),
    pytest.param((320, 640), id="320", marks=pytest.mark.slow),
]


def a_case(county: County) -> str:
    """The page of the order with most events."""
    pages = list((county.out / "cases").glob("LZ-*/index.html"))
    longest = max(pages, key=lambda p: (p.read_text("utf-8").count("hl-happening--"), p.as_posix()))
    return f"cases/{longest.parent.name}/"


@pytest.mark.parametrize("opened", SIZES, indirect=True)
def test_every_kind_of_page(opened: Opened, county: County) -> None:
    """No request to another host, no complaint of the browser, no sideways scrolling."""
    small = opened.page.viewport_size["width"] < 390
    for path in KINDS:
        if small and path in ("flow/", "measure/"):
            continue  # as at 390, and the diagram takes its time
        page = opened.open(a_case(county) if path == "CASE" else path)
        if path == "cases/":
            page.wait_for_selector("[data-hl-ready]")
        if path == "flow/":
            opened.until("!document.querySelector('pre.mermaid')")
        width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1], (path, width)
        assert page.locator("h1").count() == 1, path
        assert page.evaluate("document.documentElement.lang") == "zh"
    opened.assert_clean()


def search(opened: Opened, words: str) -> list[str]:
    """The titles that the search shows, the best first, once they change no more."""
    page = opened.page
    page.fill(".md-search__input", words)
    before: list[str] | None = None
    for _ in range(60):
        page.wait_for_timeout(120)
        titles = page.locator(".md-search-result__item h1").all_text_contents()
        if titles and titles == before:
            break
        before = titles
    return [title.replace("\u200b", "") for title in titles]


@pytest.fixture
def searching(opened: Opened) -> Opened:
    opened.open("").click(".md-search__input")
    return opened


FOUND = {
    "停水": "停水",
    "书记信箱": "LZ-",
    "县住建局": "县住建局",
    "住建局": "县住建局",
    "乐至县住房和城乡建设局": "县住建局",
    "审批局": "县行政审批局",
    "D103": "D103 答复超期",
    "临时办结": "办结",
}


def test_search_finds(searching: Opened, county: County) -> None:
    """Words, parts of words, units by each of their names, orders by their id."""
    ids = [folder.name for folder in sorted((county.out / "cases").glob("LZ-*"))[:3]]
    for words, first in [*FOUND.items(), *((name, name) for name in ids)]:
        searching.page.fill(".md-search__input", "")
        searching.page.wait_for_timeout(200)
        titles = search(searching, words)
        assert any(first in title for title in titles[:3]), (words, titles[:5])
    searching.assert_clean()


def test_what_was_pasted_is_looked_for_among_the_pages_too(searching: Opened) -> None:
    """No key says that there is something new; and where nothing is left, no button says so."""
    searching.page.keyboard.insert_text("住建局")
    meta = "document.querySelector('.md-search-result__meta').innerText"
    searching.until(f"/[0-9]+ 个符合条件的结果/.test({meta})")
    searching.until("document.querySelector('.hl-found')?.innerText.includes('工单：找到')")
    searching.page.fill(".md-search__input", "LZ-20261013-0001")
    searching.until("document.querySelector('.hl-found')?.innerText.includes('找到 1 件')")
    searching.until("document.querySelector('.hl-found__more').hidden")
    assert not searching.page.locator(".hl-found__more").is_visible()


def rows(page: Any) -> list[str]:
    return page.locator(".tabulator-row .hl-cell__title:visible").all_inner_texts()


def test_the_table_filters_and_keeps_it_in_the_address(opened: Opened, county: County) -> None:
    page = opened.open("cases/")
    page.wait_for_selector("[data-hl-ready]")
    all_ = json.loads((county.out / "api/v1/cases.json").read_text("utf-8"))["cases"]
    assert f"共 {len(all_)} 件" in page.inner_text("[data-hl-count]")
    page.fill("input[name=find]", "停水")
    opened.until("location.search.includes('find=')")
    wanted = [r for r in all_ if "停水" in r["title"]]
    assert len(rows(page)) >= len(wanted) > 0
    page.select_option("select[name=state]", "open")
    opened.until("location.search.includes('state=open')")
    page.reload()
    page.wait_for_selector("[data-hl-ready]")
    assert page.input_value("input[name=find]") == "停水"
    assert page.input_value("select[name=state]") == "open"
    still = [r for r in wanted if r["state"] not in ("closed", "archived", "returned")]
    assert {r["title"] for r in still} <= set(rows(page))
    page.click(".hl-filter__reset")
    opened.until("location.search === ''")
    assert f"共 {len(all_)} 件" in page.inner_text("[data-hl-count]")
    opened.assert_clean()


@pytest.mark.parametrize("title", ["未办结", "已超期", "今日到期", "特殊事项"])
def test_a_number_of_the_overview_leads_to_as_many_rows(opened: Opened, title: str) -> None:
    page = opened.open("")
    figure = page.locator(".hl-figure", has_text=title).first
    number = int(re.findall(r"\d+", figure.locator(".hl-figure__number").inner_text())[0])
    figure.locator("a").click()
    page.wait_for_selector("[data-hl-ready]")
    assert re.findall(r"\d+", page.inner_text("[data-hl-count]"))[-1] == str(number)


def test_the_table_sorts_by_keyboard(opened: Opened) -> None:
    page = opened.open("cases/")
    page.wait_for_selector("[data-hl-ready]")
    page.focus('.tabulator-col[tabulator-field="dispatched_at"]')
    page.keyboard.press("Enter")
    opened.until("location.search.includes('sort=dispatched_at:asc')")
    first = page.locator(".tabulator-row .hl-id:visible").first.inner_text()
    page.keyboard.press("Enter")
    opened.until("location.search.includes('sort=dispatched_at:desc')")
    assert page.locator(".tabulator-row .hl-id:visible").first.inner_text() > first


def test_the_rows_can_be_taken_as_a_sheet(opened: Opened, tmp_path: Path) -> None:
    """As filtered; what begins like a formula is text."""
    page = opened.open("cases/?find=LZ-20261013-90")
    page.wait_for_selector("[data-hl-ready]")
    with page.expect_download() as waiting:
        page.click("[data-hl-csv]")
    waiting.value.save_as(tmp_path / "sheet.csv")
    rows = list(csv.reader((tmp_path / "sheet.csv").read_text("utf-8-sig").splitlines()))
    assert rows[0][:2] == ["编号", "标题"]
    assert {row[0][:14] for row in rows[1:]} == {"LZ-20261013-90"}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    opened.assert_clean()


def test_orders_are_found_by_the_number_of_the_city_and_by_place(
    opened: Opened, county: County
) -> None:
    row = json.loads((county.out / "api/v1/cases.json").read_text("utf-8"))["cases"][0]
    for words in (row["upstream_id"], row["location"]):
        page = opened.open(f"cases/?find={words}")
        page.wait_for_selector("[data-hl-ready]")
        assert row["title"] in rows(page)
    place = row["location"][:4]
    page = opened.open(f"cases/?find=地点:{place}")
    page.wait_for_selector("[data-hl-ready]")
    all_ = json.loads((county.out / "api/v1/cases.json").read_text("utf-8"))["cases"]
    assert set(rows(page)) <= {r["title"] for r in all_ if place in r["location"]}
    assert row["title"] in rows(page)


def test_a_unit_finds_what_it_leads_and_what_it_supports(opened: Opened, county: County) -> None:
    all_ = json.loads((county.out / "api/v1/cases.json").read_text("utf-8"))["cases"]
    unit = next(r["support"][0] for r in all_ if r["support"])
    own = [r for r in all_ if unit in (r["lead"], *r["support"])]
    page = opened.open(f"cases/?unit={unit}")
    page.wait_for_selector("[data-hl-ready]")
    assert page.inner_text("[data-hl-count]").endswith(f"符合条件 {len(own)} 件")


def test_an_order_leads_to_the_others_at_its_place(opened: Opened, county: County) -> None:
    all_ = json.loads((county.out / "api/v1/cases.json").read_text("utf-8"))["cases"]
    row = next(r for r in all_ if r["location"])
    page = opened.open(row["url"])
    page.click(".hl-alike")
    page.wait_for_selector("[data-hl-ready]")
    assert page.input_value("input[name=find]") == f"地点:{row['location']}"
    there = {r["title"] for r in all_ if row["location"] in r["location"]}
    assert set(rows(page)) == there
    opened.assert_clean()


def test_a_link_that_asks_for_what_there_is_not_says_so(opened: Opened) -> None:
    page = opened.open("cases/?unit=dissolved-bureau&state=open")
    page.wait_for_selector("[data-hl-ready]")
    assert "“dissolved-bureau”没有这一项" in page.inner_text("[data-hl-count]")
    page.select_option("select[name=state]", "closed")
    opened.until("!document.querySelector('[data-hl-count]').innerText.includes('没有这一项')")
    opened.assert_clean()


def test_paper_shows_every_row_that_was_chosen(opened: Opened, county: County) -> None:
    """The screen makes only the rows near it."""
    page = opened.open("cases/")
    page.wait_for_selector("[data-hl-ready]")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed = page.locator(".tabulator-print-table tbody tr").count()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    all_ = json.loads((county.out / "api/v1/cases.json").read_text("utf-8"))["cases"]
    assert printed == len(all_)
    opened.assert_clean()


def test_a_command_is_copied_where_there_is_no_clipboard(opened: Opened) -> None:
    """A page of an intranet over plain HTTP has none; the older way is left."""
    page = opened.open("units/housing-bureau/")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    button = page.locator("[data-hl-copy]:visible").first
    button.click()
    opened.until("document.querySelector('[data-hl-copy]').textContent === '已复制'")
    opened.until("document.querySelector('[data-hl-copy]').textContent === '复制'")


def test_ten_thousand_rows(opened: Opened, county: County) -> None:
    """The table stays quick: made and filtered within seconds."""
    data = json.loads((county.out / "api/v1/cases.json").read_text("utf-8"))
    some = data["cases"]
    data["cases"] = [{**some[n % len(some)], "path": f"p{n}"} for n in range(10_000)]
    body = json.dumps(data)
    opened.page.route(
        "**/api/v1/cases.json",
        lambda route: route.fulfill(body=body, content_type="application/json"),
    )
    page = opened.open("cases/")
    page.wait_for_selector("[data-hl-ready]", timeout=8000)
    assert "共 10,000 件" in page.inner_text("[data-hl-count]")
    page.fill("input[name=find]", "停水")
    opened.until("document.querySelector('[data-hl-count]').innerText.includes('符合条件')", 4)
    assert page.locator(".tabulator-row").count() <= 50
    opened.assert_clean()


SMALL = """() => [...document.querySelectorAll('.hl a, .hl button, .hl summary, .hl select, .hl input')]
  .filter((node) => node.offsetParent && !node.closest('p, td'))
  .map((node) => [node, node.getBoundingClientRect()])
  .filter(([node, box]) => box.width && Math.min(box.width, box.height) < 23.9)
  .map(([node, box]) => `${node.tagName}.${node.className} ${box.width}x${box.height} ${node.textContent.slice(0, 20)}`)"""


def test_a_finger_hits_what_it_aims_at(chromium: Any, county: County) -> None:
    """24 pixels (WCAG 2.5.8), but for links within running text."""
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    rows = json.loads((county.out / "api/v1/cases.json").read_text("utf-8"))["cases"]
    pages = ("", "board/", "units/", "units/housing-bureau/", "cases/", "ledger/", "hot/", "assessment/", "assessment/2026-10/", "measure/", "rules/",
             *(row["url"] for row in rows[:5]))  # fmt: skip
    for path in pages:
        page.goto(f"{county.url}{path}")
        if path == "cases/":
            page.wait_for_selector("[data-hl-ready]")
        assert page.evaluate(SMALL) == [], path
    page.close()


def test_dark_and_light(opened: Opened) -> None:
    page = opened.open("")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click('label[title="换成深色"]')
    opened.until("document.body.dataset.mdColorScheme === 'slate'")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.reload()
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    opened.assert_clean()


def test_a_case_can_be_read_without_scripts(chromium: Any, county: County) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(county.url + a_case(county))
    assert page.locator(".hl-stage--current").count() == 1
    assert page.locator(".hl-clock").count() > 2
    page.goto(county.url + "cases/")
    assert "启用脚本" in page.inner_text(".hl-cases")
    context.close()


def test_nothing_moves_while_the_overview_loads(opened: Opened) -> None:
    page = opened.page
    page.add_init_script(
        "window.__shift = 0; new PerformanceObserver((list) => {"
        " for (const entry of list.getEntries()) window.__shift += entry.value;"
        "}).observe({type: 'layout-shift', buffered: true});"
    )
    opened.open("")
    page.wait_for_timeout(300)
    assert page.evaluate("window.__shift") < 0.02


ACTIVE = """async (path) => {
  const bad = window.__hit ? ['script ran'] : [];
  let here = document;
  if (path !== null) {
    const answer = await fetch(path);
    here = new DOMParser().parseFromString(await answer.text(), 'text/html');
  }
  for (const node of here.querySelectorAll('article *, .md-search *, .md-header *, head > :not(meta), title')) {
    for (const attribute of node.attributes) {
      const active = attribute.name.startsWith('on') || /^\\s*javascript:/i.test(attribute.value)
        || (/evil\\.example/.test(attribute.value) && /^(href|src|action|data|srcdoc)$/.test(attribute.name));
      if (active && attribute.name !== 'value') bad.push(node.outerHTML.slice(0, 90));
    }
    if (/^(IFRAME|OBJECT|EMBED|BASE|META|FORM)$/.test(node.tagName)
        && !node.matches('.hl-filter, .md-search__form, .md-header__option')) bad.push(node.outerHTML.slice(0, 90));
  }
  const words = (node) => node ? node.textContent.split(/\\s+/).filter(Boolean).join(' ') : '';
  return {bad, title: words(here.querySelector('title')), heading: words(here.querySelector('h1')),
    demand: words(here.querySelector('.hl-demand'))};
}"""


def test_what_people_wrote_is_text(opened: Opened, county: County) -> None:
    """Twenty payloads in every field that a person writes: shown as written, nothing active."""
    page = opened.open("")
    for number, (case, payload) in enumerate(zip(county.hostile, PAYLOADS, strict=True)):
        path = f"{county.url}cases/{case['id']}/"
        if number % 5 == 1:
            page.goto(path)
        found = page.evaluate(ACTIVE, None if number % 5 == 1 else path)
        shown = " ".join(payload.split())
        assert found["bad"] == [], payload
        assert found["heading"] == shown
        assert shown in found["title"]
        assert found["demand"] == shown or "{petitioner" in payload
    for path in ("", "cases/", "units/housing-bureau/", "ledger/", "rules/W033/"):
        page = opened.open(path)
        if path == "cases/":
            page.wait_for_selector("[data-hl-ready]")
            page.fill("input[name=find]", "LZ-20261013-90")
            opened.until(f"document.querySelectorAll('.tabulator-row').length === {len(PAYLOADS)}")
        assert page.evaluate(ACTIVE, None)["bad"] == [], path
    opened.assert_clean()


def test_search_results_are_text(searching: Opened) -> None:
    for words in ("LZ-20261013-9001", "evil", "script", "onerror"):
        assert search(searching, words)
        assert searching.page.evaluate(ACTIVE, None)["bad"] == [], words
    searching.assert_clean()
