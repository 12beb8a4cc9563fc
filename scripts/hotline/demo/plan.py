"""What a demo is made from: how many orders, from which seed, seen at which moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from hotline.procedure.calendar import Calendar, Year, statutory_days
from hotline.procedure.policy import Policy, in_force
from hotline.reading.registry import Rules
from hotline.values.registry import Registry, Unit

YEAR = 52
"""Weeks of a year, which up to ``ONE_YEAR`` orders fill at most."""
ONE_YEAR = 12_000
TEN_YEARS = 100_000
A_WEEK = 40
"""Orders of a week, while they fill less than a year."""
SHORTEST = 4
"""Weeks: below them no order could be answered, called about, closed and archived."""


def weeks(orders: int) -> float:
    """Over how many weeks the orders are spread: a year at most up to 12,000 of them, ten
    years at 100,000, in step between."""
    if orders <= ONE_YEAR:
        return min(max(orders / A_WEEK, SHORTEST), YEAR)
    more = (orders - ONE_YEAR) / (TEN_YEARS - ONE_YEAR)
    return YEAR * min(1 + 9 * more, 10)


@dataclass(frozen=True)
class Plan:
    """The arguments, and what follows from them at once."""

    rules: Rules
    orders: int
    seed: int
    now: datetime

    @property
    def registry(self) -> Registry:
        return self.rules.registry

    @cached_property
    def calendar(self) -> Calendar:
        """The shipped calendar, counting back to the first order: a year before the first
        schedule is a plain year with its statutory days."""
        shipped = self.rules.calendar
        first = self.now.astimezone(shipped.zone).year - 12
        if first >= min(shipped.years, default=first):
            return shipped
        off = {day: name for day, name in statutory_days().items() if day.year == first}
        years = {first: Year(first, "", off, {}), **shipped.years}
        return Calendar(shipped.zone, shipped.hours, years)

    @cached_property
    def local_now(self) -> datetime:
        """Now in the county's zone, to the minute."""
        return self.calendar.local(self.now).replace(second=0, microsecond=0)

    @cached_property
    def start(self) -> date:
        """The day of the first order."""
        return self.local_now.date() - timedelta(days=round(weeks(self.orders) * 7))

    def policy(self, day: date) -> Policy:
        """The policy in force; before the first one, people worked as they do under it."""
        policies = self.rules.policies
        return in_force(policies, day) or min(policies, key=lambda policy: policy.effective)

    @cached_property
    def center(self) -> Unit:
        return self.registry.units[self.registry.center()]

    def one_of(self, role: str) -> str:
        """The id of the unit that holds a role."""
        return next(unit.id for unit in self.registry.units.values() if unit.role == role)
