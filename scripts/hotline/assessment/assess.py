"""An assessment: the figures of every unit in a period, apart by kind of unit, and their scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from hotline.assessment.count import Came, Cell, Named
from hotline.assessment.figures import ASSIGNING, FIGURES, LAPSE
from hotline.assessment.parts import LEFT_OUT
from hotline.assessment.period import Period
from hotline.procedure.calendar import Calendar
from hotline.procedure.lifecycle import CHANNELS, KINDS, URGENCIES
from hotline.procedure.policy import Policy, in_force
from hotline.values.registry import Registry, Unit

GROUPS: dict[str, str] = {
    "township": "乡镇（街道）",
    "department": "县级部门（单位）",
    "utility": "公共服务单位",
    "authority": "管理机构和上级",
    "unknown": "名录里没有的单位",
}
"""In the order in which they are shown; a unit of no group stands with the departments."""
SHOWN = 15


class Result(NamedTuple):
    """A figure of a unit."""

    name: str
    counted: int
    over: int
    below: tuple[Named, ...]
    """Orders that make the figure worse, by id."""
    left_out: tuple[Named, ...]

    @property
    def rate(self) -> Fraction | None:
        """None where there is nothing to be measured, and of a plain count."""
        return Fraction(self.counted, self.over) if self.over and FIGURES[self.name].over else None


@dataclass(frozen=True, slots=True)
class Score:
    """Of a hundred, to a tenth; ``rank`` is None where no other unit of the kind has a score."""

    points: Decimal
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class UnitResult:
    unit: Unit
    orders: int
    """Orders assigned to it, or extended, in the period: what ``extensions`` is over."""
    results: Mapping[str, Result]
    score: Score | None
    """None where the unit has too few orders for one, or the policy no weights."""


@dataclass(frozen=True, slots=True)
class GroupResult:
    name: str
    title: str
    units: tuple[UnitResult, ...]
    """Ranked ones first, by rank; then by name."""
    total: Mapping[str, Result]


@dataclass(frozen=True, slots=True)
class Center:
    """What the center took from dispatch to the first assignment, in minutes."""

    orders: int
    mean: Decimal | None
    slow: tuple[Named, ...]
    """Over an hour, the longest first."""


class Lapsed(NamedTuple):
    unit: str
    case: str
    note: str


class Share(NamedTuple):
    """How many orders came of a kind; ``before`` and ``year_ago`` None where nothing is known."""

    name: str
    orders: int
    before: int | None
    year_ago: int | None


class Spot(NamedTuple):
    """A kind of matter at a place, often complained of (art. 7-6)."""

    category: str
    place: str
    orders: int
    livelihood: bool


@dataclass(frozen=True, slots=True)
class Statistics:
    """What came in the period (art. 15)."""

    orders: int
    open: int
    before: int | None
    year_ago: int | None
    shares: Mapping[str, tuple[Share, ...]]
    """``kind``, ``urgency``, ``channel``, ``category``, ``place`` → most orders first."""
    spots: tuple[Spot, ...]
    least: int | None
    """Orders from which on a spot is one (policy); None where the policy names no number."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A period judged; the same repository gives the same, whenever a past period is looked at."""

    period: Period
    since: datetime
    until: datetime
    """The end of the period, or the moment of the count where that is earlier."""
    is_over: bool
    policy: Policy | None
    years: tuple[tuple[int, str], ...]
    """Years of the calendar that count, with the notice; '' where none is published."""
    groups: tuple[GroupResult, ...]
    total: Mapping[str, Result]
    previous: Mapping[str, Result] | None
    """The same of the period before, None where there are no records of it."""
    center: Center
    lapses: tuple[Lapsed, ...]
    statistics: Statistics

    @property
    def weights(self) -> Mapping[str, Any]:
        return dict(_of_policy(self.policy).get("weights", {}))

    @property
    def deductions(self) -> Mapping[str, Any]:
        return dict(_of_policy(self.policy).get("deduct", {}))

    @property
    def least_orders(self) -> int:
        return int(_of_policy(self.policy).get("least_orders", 0))


class Counted(NamedTuple):
    """What was counted for an assessment: the cells of its period, and orders that came in it,
    before it and a year ago (None where the records do not reach)."""

    cells: Mapping[str, Mapping[str, Cell]]
    came: Came
    before: Came | None
    year_ago: Came | None
    cells_before: Mapping[str, Mapping[str, Cell]] | None = None


def policy_of(until: datetime, policies: Sequence[Policy]) -> Policy | None:
    """The policy in force on the last day that is counted: its weights are the period's."""
    return in_force(policies, (until - timedelta(seconds=1)).date())


def assess(
    period: Period, counted: Counted, registry: Registry, calendar: Calendar,
    policies: Sequence[Policy], now: datetime,
) -> Assessment:  # fmt: skip
    """The assessment of ``period`` from what was counted up to ``now``."""
    since, end = period.since(calendar.zone), period.until(calendar.zone)
    until = min(end, max(since, calendar.local(now)))
    policy = policy_of(until, policies)
    center = registry.center()
    groups = tuple(_groups(counted, registry, policy))
    total = _total([unit.results for group in groups for unit in group.units])
    before = counted.cells_before
    previous = None
    if before is not None:
        previous = _total([_results(before[name]) for name in sorted(before)])
    years = tuple(_years(since, until - timedelta(seconds=1), calendar))
    return Assessment(
        period, since, until, now >= end, policy, years, groups, total, previous,
        _center(counted.cells.get(center, {}).get(ASSIGNING)), tuple(_lapses(counted)),
        _statistics(counted, registry, policy, period),
    )  # fmt: skip


def _of_policy(policy: Policy | None) -> Mapping[str, Any]:
    found = policy.data.get("assessment") if policy is not None else None
    return found if isinstance(found, Mapping) else {}


def _years(since: datetime, until: datetime, calendar: Calendar) -> Iterator[tuple[int, str]]:
    for year in range(since.year, until.year + 1):
        known = calendar.years.get(year)
        yield year, known.notice if known else ""


# --- units -------------------------------------------------------------------------------


def _groups(counted: Counted, registry: Registry, policy: Policy | None) -> Iterator[GroupResult]:
    by_group: dict[str, list[UnitResult]] = {name: [] for name in GROUPS}
    least = int(_of_policy(policy).get("least_orders", 0))
    for name in sorted(counted.cells):
        results = _results(counted.cells[name])
        if not any(r.over or r.counted or r.left_out for r in results.values()):
            continue
        known = registry.units.get(name)
        unit = known or Unit(name, name, "unit")
        group = (unit.group if unit.group in GROUPS else "department") if known else "unknown"
        orders = results["extensions"].over
        score = _score(results, policy) if known and orders >= least else None
        by_group[group].append(UnitResult(unit, orders, results, score))
    for name, units in by_group.items():
        if units:
            total = _total([unit.results for unit in units])
            yield GroupResult(name, GROUPS[name], tuple(_ranked(units)), total)


def _results(cells: Mapping[str, Cell]) -> dict[str, Result]:
    return {figure: _result(figure, cells.get(figure, Cell())) for figure in FIGURES}


def _result(figure: str, cell: Cell) -> Result:
    named = sorted(cell.named)
    below = tuple(one for one in named if one.value != LEFT_OUT)
    left_out = tuple(one for one in named if one.value == LEFT_OUT)
    return Result(figure, cell.counted, cell.over, below, left_out)


def _total(all_: Sequence[Mapping[str, Result]]) -> dict[str, Result]:
    return {
        figure: Result(
            figure, sum(one[figure].counted for one in all_), sum(one[figure].over for one in all_),
            (), (),
        )
        for figure in FIGURES
    }  # fmt: skip


def _score(results: Mapping[str, Result], policy: Policy | None) -> Score | None:
    """By the policy's weights: what a unit has nothing of has no weight, and the rest counts for
    all of the hundred; each supervision takes its points away."""
    weights = _of_policy(policy).get("weights", {})
    reached = whole = Fraction(0)
    for name, weight in weights.items():
        rate = results[name].rate
        if rate is not None:
            share = Fraction(str(weight))
            whole += share
            reached += share * (rate if FIGURES[name].more_is_better else 1 - rate)
    if not whole:
        return None
    points = 100 * reached / whole
    for name, each in _of_policy(policy).get("deduct", {}).items():
        points -= Fraction(str(each)) * results[name].counted
    return Score(rounded(max(Fraction(0), points)))


def rounded(value: Fraction, places: int = 1) -> Decimal:
    """Half up, as people round."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _ranked(units: Sequence[UnitResult]) -> Iterator[UnitResult]:
    """The best first; who has as many points has the same rank. One alone has none."""
    able = [u for u in units if u.score is not None]
    able.sort(key=lambda u: (-(u.score.points if u.score else 0), u.unit.label, u.unit.id))
    rank = 0
    for place, one in enumerate(able, 1):
        assert one.score is not None
        last = able[place - 2].score if place > 1 else None
        rank = rank if last is not None and last.points == one.score.points else place
        shown = Score(one.score.points, rank if len(able) > 1 else None)
        yield UnitResult(one.unit, one.orders, one.results, shown)
    ids = {one.unit.id for one in able}
    rest = (one for one in units if one.unit.id not in ids)
    yield from sorted(rest, key=lambda u: (-u.orders, u.unit.label, u.unit.id))


# --- the center, lapses ------------------------------------------------------------------


def _center(cell: Cell | None) -> Center:
    if cell is None or not cell.over:
        return Center(0, None, ())
    slow = tuple(sorted(cell.named, key=lambda one: (-one.value, one.case)))
    return Center(cell.over, rounded(Fraction(cell.counted, cell.over)), slow)


def _lapses(counted: Counted) -> Iterator[Lapsed]:
    for unit in sorted(counted.cells):
        cell = counted.cells[unit].get(LAPSE, Cell())
        yield from (Lapsed(unit, one.case, one.note) for one in sorted(cell.named))


# --- what came: art. 15 -------------------------------------------------------------------


def _statistics(
    counted: Counted, registry: Registry, policy: Policy | None, period: Period
) -> Statistics:
    categories = {name: category.name for name, category in registry.categories.items()}
    places = {unit.id: unit.label for unit in registry.units.values()}
    names: dict[str, Mapping[str, str]] = {
        "kind": KINDS, "urgency": URGENCIES, "channel": CHANNELS, "category": categories,
        "place": places,
    }  # fmt: skip
    shares = {
        what: tuple(
            Share(of.get(key, key), count, _then(counted.before, what, key),
                  _then(counted.year_ago, what, key))
            for key, count in _largest(counted.came.counts.get(what, {}))
        )
        for what, of in names.items()
    }  # fmt: skip
    least = policy.switch("hotspot_orders", None) if policy is not None else None
    spots = []
    for key, count in _largest(counted.came.counts.get("spot", {})):
        category, _, place = key.rpartition("/")
        if least is not None and count >= int(least) * len(period.months):
            known = registry.categories.get(category)
            is_livelihood = bool(known and known.livelihood)
            spots.append(
                Spot(categories.get(category, category), places.get(place, place), count,
                     is_livelihood)
            )  # fmt: skip
    before, year_ago = counted.before, counted.year_ago
    return Statistics(
        counted.came.orders, counted.came.open, before.orders if before else None,
        year_ago.orders if year_ago else None, shares, tuple(spots),
        None if least is None else int(least) * len(period.months),
    )  # fmt: skip


def _then(came: Came | None, what: str, key: str) -> int | None:
    return None if came is None else came.counts.get(what, {}).get(key, 0)


def _largest(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
