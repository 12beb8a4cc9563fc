"""Hot spots are counts of orders, each held against orders counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hotline.pages.hot import Hot, hot
from tests.site.test_pages import order, site_of

NOW = "2026-11-20T09:00:00+08:00"
TODAY = date(2026, 11, 20)
_numbers = iter(range(1, 10_000))


def some(
    count: int, days_ago: int, category: str = "noise-construction", **header: Any
) -> list[dict[str, Any]]:
    """Orders of one day."""
    day = TODAY - timedelta(days=days_ago)
    return [
        order(
            id=f"LZ-{day:%Y%m%d}-{number:04d}", upstream_id=f"Z{number}",
            dispatched_at=f"{day}T09:00:00+08:00", category=category, **header,
        )
        for number in [next(_numbers) for _ in range(count)]
    ]  # fmt: skip


def seen(*orders: list[dict[str, Any]]) -> Hot:
    return hot(site_of([one for some_ in orders for one in some_], NOW))


def test_the_window_is_thirty_days_with_today() -> None:
    page = seen(some(1, 0), some(1, 29), some(1, 30), some(1, 59), some(1, 60))
    assert (page.total, page.before, page.year_ago) == (2, 2, None)
    assert (page.since, page.until) == (date(2026, 10, 22), TODAY)


def test_a_year_ago_is_the_same_days_of_the_calendar() -> None:
    page = seen(some(2, 5), some(3, 370), some(1, 390), some(4, 400))
    (spot,) = page.categories
    assert (spot.count, spot.year_ago) == (2, 4)
    assert page.year_ago == 4


def test_few_orders_do_not_grow() -> None:
    long_ago = some(1, 100)
    assert not seen(some(4, 1), long_ago).growing
    assert {spot.count for spot in seen(some(5, 1), long_ago).growing} == {5}
    assert not seen(some(9, 1), some(7, 40), long_ago).growing, "less than half as many again"


def test_nothing_grows_beside_days_of_which_nothing_is_known() -> None:
    """A county that began six weeks ago had a tenth of its orders in the thirty days before."""
    page = seen(some(9, 1), some(1, 40))
    assert (page.before, page.growing) == (None, ())
    assert [(spot.before, spot.growth) for spot in page.categories] == [(None, None)]
    page = seen(some(9, 1), some(1, 370))
    assert (page.before, page.year_ago) == (0, None), "of those days a year ago only the last"


def test_a_season_like_last_year_is_no_growth() -> None:
    assert not seen(some(9, 1), some(9, 366), some(1, 400)).growing


def test_a_place_is_the_township_that_the_location_names() -> None:
    page = seen(some(2, 1, location="天池街道锦绣花园"), some(1, 1, location="某处"))
    assert [(spot.key, spot.count) for spot in page.places] == [("tianchi-street", 2)]


def test_months_go_back_a_year() -> None:
    page = seen(some(3, 0), some(1, 31), some(1, 400))
    (season,) = page.seasons
    assert (page.months[0], page.months[-1]) == (date(2025, 12, 1), date(2026, 11, 1))
    assert (season.counts[-1], season.counts[-2], season.total) == (3, 1, 4)
    assert season.shades[-1] == 9
    assert season.shades[0] == 0


def test_months_begin_with_the_records() -> None:
    """Empty columns say nothing, and on a phone push out those that do."""
    page = seen(some(3, 0), some(1, 31))
    assert page.months == (date(2026, 10, 1), date(2026, 11, 1))


def test_linked_problems_are_one() -> None:
    first, second, third = some(1, 3) + some(1, 2) + some(1, 1)

    def link(case: dict[str, Any], to: dict[str, Any], same: str = "problem") -> None:
        event = {
            "at": case["dispatched_at"],
            "by": "hotline-center",
            "type": "linked",
            "cases": [to["id"]],
            "same": same,
        }
        case["events"].append(event)

    link(second, first)
    link(third, second)
    (problem,) = seen([first, second, third]).problems
    assert len(problem.rows) == 3
    assert problem.newest.id == third["id"]
    link(first, third, "person")
    assert len(seen([first, second, third]).problems) == 1
