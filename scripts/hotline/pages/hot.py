"""Hot spots: what people call about, where and in which season, and what grows (art. 15).

Counted by the day of dispatch in the county's zone. Nothing here is weighted: counts, and the
same counts a year before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hotline.pages.models import Row, Site
from hotline.values.towns import Towns

WINDOW = 30
"""Days that are compared."""
MONTHS = 12
SHOWN = 15
_ENOUGH = 5
"""Orders from which on a growth is worth a word; fewer come and go by chance."""
_WORTH_TELLING = 12


@dataclass(frozen=True, slots=True)
class Spot:
    """A kind of matter, or a place, in the window; ``before`` and ``year_ago`` are None where the
    county's records do not go back so far."""

    key: str
    name: str
    is_place: bool
    count: int
    before: int | None
    year_ago: int | None
    open: int

    @property
    def growth(self) -> int | None:
        """More or fewer than in the days before, in orders."""
        return None if self.before is None else self.count - self.before

    @property
    def is_growing(self) -> bool:
        """Half as many again as before, and as a year ago where that is known; three at least."""
        if self.before is None:
            return False
        past = max(self.before, self.year_ago or 0)
        return self.count >= _ENOUGH and self.count - past >= 3 and self.count * 2 >= past * 3


@dataclass(frozen=True, slots=True)
class Season:
    """A kind of matter by month; ``shades`` are tenths of the largest month."""

    name: str
    counts: tuple[int, ...]
    shades: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Problem:
    """One matter that came again: the orders that the center linked as one problem."""

    rows: tuple[Row, ...]

    @property
    def newest(self) -> Row:
        return max(self.rows, key=lambda row: (row.dispatched_at, row.id))


@dataclass(frozen=True, slots=True)
class Hot:
    since: date
    until: date
    total: int
    before: int | None
    year_ago: int | None
    categories: tuple[Spot, ...]
    places: tuple[Spot, ...]
    months: tuple[date, ...]
    seasons: tuple[Season, ...]
    problems: tuple[Problem, ...]

    @property
    def growing(self) -> tuple[Spot, ...]:
        """Those that grow most."""
        found = [spot for spot in (*self.categories, *self.places) if spot.is_growing]
        return tuple(sorted(found, key=lambda spot: -(spot.growth or 0))[:_WORTH_TELLING])


def hot(site: Site) -> Hot:
    """The last thirty days, today included, beside the thirty before and those a year ago."""
    until = site.today
    since = until - timedelta(days=WINDOW - 1)
    spans = (
        (since, until),
        (since - timedelta(days=WINDOW), since - timedelta(days=1)),
        (_year_before(since), _year_before(until)),
    )
    tally, towns = site.tally, Towns(site.registry)
    matters = [_in_span(tally.matters, *span) for span in spans]
    places = [_in_span(tally.places, *span) for span in spans]
    came = [count.total() for count in matters]
    oldest = min(tally.matters, default="9999")
    # A span that the records reach only in part would make everything grow.
    had_before, had_a_year = (oldest <= spans[n][0].isoformat() for n in (1, 2))
    had = (True, had_before, had_a_year)
    open_ = [r for r in site.rows if r.is_open and since <= r.dispatched_at.date() <= until]
    open_matters = Counter(row.category for row in open_)
    open_places = Counter(towns.of(row.location) for row in open_)
    months = tuple(_months(until, min(oldest, until.isoformat())))
    return Hot(
        since, until, came[0], came[1] if had_before else None, came[2] if had_a_year else None,
        tuple(_spots(matters, had, open_matters, _category_names(site), is_place=False)),
        tuple(_spots(places, had, open_places, towns.names, is_place=True)),
        months, tuple(_seasons(site, months)), tuple(_problems(site, spans[1][0])),
    )  # fmt: skip


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=min(day.day, 28 if day.month == 2 else day.day))


def _category_names(site: Site) -> dict[str, str]:
    return {name: category.name for name, category in site.registry.categories.items()}


def _in_span(days: Mapping[str, Mapping[str, int]], since: date, until: date) -> Counter[str]:
    """How many orders of each kind came from one day to another, both included."""
    first, last = since.isoformat(), until.isoformat()
    found: Counter[str] = Counter()
    for day, counts in days.items():
        if first <= day <= last:
            found.update(counts)
    return found


def _spots(
    counts: Sequence[Counter[str]],
    had: Sequence[bool],
    still_open: Counter[str],
    names: Mapping[str, str],
    *,
    is_place: bool,
) -> Iterator[Spot]:
    """Those with most orders first."""
    spots = [
        Spot(
            name, names.get(name, name), is_place, count, counts[1][name] if had[1] else None,
            counts[2][name] if had[2] else None, still_open[name],
        )
        for name, count in counts[0].items()
        if name
    ]  # fmt: skip
    yield from sorted(spots, key=lambda spot: (-spot.count, -(spot.growth or 0), spot.key))[:SHOWN]


def _months(until: date, oldest: str) -> Iterator[date]:
    """The first days of the last twelve months, as far as there are records, the oldest first."""
    first = until.year * 12 + until.month - MONTHS
    for number in range(first, first + MONTHS):
        month = date(number // 12, number % 12 + 1, 1)
        if month.isoformat()[:7] >= oldest[:7]:
            yield month


def _seasons(site: Site, months: Sequence[date]) -> Iterator[Season]:
    place = {f"{month:%Y-%m}": number for number, month in enumerate(months)}
    counts: dict[str, list[int]] = {}
    for day, matters in site.tally.matters.items():
        number = place.get(day[:7])
        for category, count in matters.items() if number is not None else ():
            counts.setdefault(category, [0] * len(months))[number or 0] += count
    names = _category_names(site)
    largest = max((max(own) for own in counts.values()), default=0)
    ranked = sorted(counts.items(), key=lambda pair: (-sum(pair[1]), pair[0]))
    for name, own in ranked[:SHOWN]:
        shades = tuple(-(-9 * count // largest) if count else 0 for count in own)
        yield Season(names.get(name, name), tuple(own), shades)


def _problems(site: Site, since: date) -> Iterator[Problem]:
    """Orders that are linked as one problem, where one of them came lately; most orders first."""
    by_id = site.by_id()
    groups: dict[str, set[str]] = {}
    for row in site.rows:
        for name, same in row.links:
            if same == "problem" and name in by_id:
                joined = groups.get(row.id, {row.id}) | groups.get(name, {name})
                groups.update(dict.fromkeys(joined, joined))
    unique = {min(group): group for group in groups.values()}
    problems = [Problem(tuple(by_id[name] for name in sorted(group))) for group in unique.values()]
    lately = [p for p in problems if p.newest.dispatched_at.date() >= since]
    yield from sorted(lately, key=lambda p: (-len(p.rows), p.newest.id))[:SHOWN]
