"""Orders in the search: shards of bounded size, and a browser that finds what lies in the oldest
without loading all of them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from hotline.doors.site import build
from hotline.pages import search as shards
from hotline.values.times import parse_time
from tests.site import sample
from tests.site.conftest import PAYLOADS, County, Opened, _Silent
from tests.site.test_browser import search
from tests.support import every

OLD = "LZ-20240311-0007"
TITLE = "老城区化粪池满溢无人清掏"
STATUTE = "《城镇排水与污水处理条例》第三十四条"
LIMIT = 3000
"""Bytes of a shard in these tests, so that few orders fill many."""


def an_old_order() -> dict[str, Any]:
    """Archived long ago, as the archive's oldest order."""
    day = "2024-03-11T"
    center, lead = "hotline-center", "urban-management-bureau"

    def event(at: str, by: str, type_: str, **fields: Any) -> dict[str, Any]:
        return {"at": f"2024-03-{at}:00+08:00", "by": by, "type": type_, **fields}

    told = "经现场核实，已联系清掏。"
    return {
        "id": OLD, "channel": "city_12345", "upstream_id": "OLD1",
        "dispatched_at": f"{day}09:00:00+08:00", "kind": "complaint", "urgency": "normal",
        "category": "city-sanitation", "title": TITLE, "demand": "反映化粪池满溢。",
        "location": "南塔街道老城区", "petitioner": {"confidential": False, "anonymous": False},
        "events": [
            event("11T09:10", center, "accepted"),
            event("11T09:20", center, "assigned", lead=lead, support=[], basis="clear"),
            event("11T10:00", lead, "signed"),
            event(
                "13T10:00", lead, "replied", template="ordinary", subject=TITLE, units=[lead],
                sections={"demand": "反映满溢。", "findings": told, "handling": told, "communication": told},
                legal_basis=[STATUTE], handler="周明", reviewed_by="何静",
            ),
            event("14T10:00", center, "callback", source="city", reached=True, process="satisfied", result="satisfied"),
            event("14T11:00", center, "closed", ground="satisfied"),
            event("14T12:00", center, "archived"),
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    root = tmp_path_factory.mktemp("archive") / "data"
    root.mkdir()
    hostile = an_old_order() | {
        "id": "LZ-20240412-0001",
        "upstream_id": "OLD2",
        "title": PAYLOADS[1],
    }
    sample.repository(root, [*sample.orders(90), an_old_order(), hostile])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shards, "SHARD", LIMIT)
        report = build(root, parse_time(sample.NOW))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(report.out)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield County(root, report.out, report, f"http://127.0.0.1:{server.server_port}/")
    server.shutdown()
    server.server_close()
    thread.join()


def listed(out: Path) -> list[tuple[str, int, int]]:
    return json.loads((out / shards.SHARDS).read_text("utf-8"))["shards"]  # type: ignore[no-any-return]


def test_every_order_lies_in_one_shard_of_bounded_size(archive: County) -> None:
    rows = json.loads((archive.out / "api/v1/cases.json").read_text("utf-8"))["cases"]
    found: list[str] = []
    for name, count, size in listed(archive.out):
        path = archive.out / "search" / "orders" / name
        told = json.loads(path.read_bytes())
        assert len(told) == count and path.stat().st_size == size
        assert size <= LIMIT + 8 or count == 1
        found += [one[0] for one in told]
    assert sorted(found) == sorted(row["url"].split("/")[1] for row in rows)
    names = [name for name, *_ in listed(archive.out)]
    files = {path.name for path in (archive.out / "search" / "orders").iterdir()}
    assert files == set(names) and len(names) > 10


def test_open_orders_come_first_then_the_newest(archive: County) -> None:
    groups = [name.partition(".")[0][:7].partition("-")[0] for name, *_ in listed(archive.out)]
    months = [name[:7] for name, *_ in listed(archive.out) if not name.startswith("open")]
    assert groups[0] == "open" and "open" not in groups[groups.count("open") :]
    assert months == sorted(months, reverse=True) and months[-1] == "2024-03"


def test_the_index_of_the_theme_holds_no_order(archive: County) -> None:
    index = json.loads((archive.out / "search/search_index.json").read_text("utf-8"))
    places = [entry["location"] for entry in index["docs"]]
    assert not [place for place in places if place.startswith("cases/LZ")]
    assert {"measure/", "units/housing-bureau/", "rules/D103/"} <= set(places)
    size = (archive.out / "search/search_index.json").stat().st_size
    assert size < 300_000


def test_sealed_text_is_not_found(archive: County) -> None:
    for path in (archive.out / "search" / "orders").iterdir():
        text = path.read_text("utf-8")
        assert "SECRET-ARMOR" not in text and "{petitioner" not in text


@pytest.fixture
def looking(archive: County, chromium: Any) -> Iterator[Opened]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = context.new_page()
    here = Opened(page, archive.url)
    page.on("console", lambda m: here.complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: here.complaints.append(str(error)))
    page.on("request", lambda request: here.outside.append(request.url))
    yield here
    context.close()


def loaded(here: Opened) -> list[str]:
    return [url.rpartition("/")[2] for url in here.outside if "/search/orders/" in url]


@pytest.mark.browser
@pytest.mark.parametrize(
    "words",
    every(
        3,
        [
            OLD,
            OLD.lower(),
            "化粪池",
            "乐至县综合行政执法局 化粪池",
            "城镇排水与污水处理条例",
            "第三十四条",
        ],
    ),
)
def test_what_lies_in_the_oldest_shard_is_found(looking: Opened, words: str) -> None:
    looking.open("units/").click(".md-search__input")
    search(looking, words)
    link = looking.page.locator(".hl-found a", has_text=TITLE).first
    link.wait_for()  # one shard after another is looked through
    assert OLD in link.inner_text()
    link.click()
    looking.page.wait_for_url(f"**/cases/{OLD}/")
    assert looking.complaints == []


@pytest.mark.browser
def test_an_id_loads_its_own_month_first(looking: Opened) -> None:
    looking.open("").click(".md-search__input")
    search(looking, OLD)
    assert loaded(looking)[0] == "2024-03.json"


@pytest.mark.browser
def test_no_more_is_loaded_than_may_be_until_somebody_goes_on(
    looking: Opened, archive: County
) -> None:
    """With a bound as small as these shards; by keyboard alone."""
    script = (archive.out / "assets/search.js").read_text("utf-8")
    bound = 4 * LIMIT
    small = script.replace("const MOST = 1024 * 1024;", f"const MOST = {bound};")
    assert small != script
    looking.page.route(
        "**/assets/search.js",
        lambda route: route.fulfill(body=small, content_type="text/javascript"),
    )
    page = looking.open("")
    page.click(".md-search__input")
    assert not any(OLD in title for title in search(looking, "化粪池"))
    sizes = {name: size for name, _, size in listed(archive.out)}
    assert 0 < sum(sizes[name] for name in loaded(looking)) <= bound
    assert "查其余" in page.inner_text(".hl-found__more")
    for _ in range(40):
        if any(OLD in title for title in page.locator(".hl-found h1").all_text_contents()):
            break
        if page.locator(".hl-found__more").is_visible():
            page.focus(".hl-found__more")
            page.keyboard.press("Enter")
        page.wait_for_timeout(150)
    else:
        raise AssertionError("never found")
    assert len(loaded(looking)) == len(set(loaded(looking))), "a shard was loaded twice"
    assert looking.complaints == []


@pytest.mark.browser
def test_what_people_wrote_is_text_in_the_list(looking: Opened) -> None:
    looking.open("").click(".md-search__input")
    assert search(looking, "LZ-20240412-0001")
    assert PAYLOADS[1] in looking.page.inner_text(".hl-found h1")
    assert looking.page.evaluate("window.__hit") is None
    assert looking.page.locator(".hl-found img").count() == 0


@pytest.mark.browser
def test_where_the_list_cannot_be_read_it_says_so(looking: Opened) -> None:
    looking.page.route("**/search/orders.json", lambda route: route.abort())
    looking.open("").click(".md-search__input")
    looking.page.fill(".md-search__input", "停水")
    looking.page.wait_for_selector(".hl-found >> text=没有读到")
