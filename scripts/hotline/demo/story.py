"""A story in the making: the order, who handles it, and what has happened so far."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from hotline.demo.draw import between
from hotline.demo.order import Order
from hotline.demo.plan import Plan
from hotline.procedure.due import Due, after_limit
from hotline.procedure.policy import Policy

_MINUTE = timedelta(minutes=1)
_LONG = timedelta(days=400)
_CLOSING = timedelta(minutes=20)
"""The clerk closes the day's orders so long before close of business."""
_ARCHIVING = timedelta(minutes=30)
_ENDINGS = (
    ("局", "我局"), ("街道办事处", "我街道"), ("镇人民政府", "我镇"), ("乡人民政府", "我乡"), ("公司", "我公司"),
    ("派出所", "我所"), ("大队", "我大队"), ("中心", "我中心"), ("医院", "我院"), ("管理委员会", "我委"),
    ("监察委员会", "我委"), ("联合会", "我会"), ("管理部", "我管理部"),
)  # fmt: skip


class Story:
    """Events are added in the order of time. ``haste`` below 1 makes everybody quicker."""

    def __init__(self, order: Order, plan: Plan, random: Random, haste: float = 1.0) -> None:
        self.order = order
        self.plan = plan
        self.random = random
        self.haste = haste
        self.calendar = plan.calendar
        self.policy: Policy = plan.policy(order.dispatched_at.date())
        self.day_count = str(self.policy.switch("day_count", "next_day_close"))
        self.center = plan.center.id
        self.kind = order.kind
        self.lead = order.lead
        self.support = order.support
        self.extended = 0
        self.events: list[dict[str, Any]] = []
        self.at = order.dispatched_at

    # --- telling ------------------------------------------------------------------------

    def add(self, type_: str, by: str, at: datetime, **fields: Any) -> dict[str, Any]:
        """Adds an event at ``at``, or a minute after the one before where that is later."""
        earliest = self.at if not self.events else self.at + _MINUTE
        self.at = max(at, earliest).replace(second=0, microsecond=0)
        event = {"at": self.at, "by": by, "type": type_, **fields}
        self.events.append(event)
        return event

    # --- words --------------------------------------------------------------------------

    def name(self, unit: str) -> str:
        return self.plan.registry.unit_name(unit)

    @property
    def we(self) -> str:
        """How the lead speaks of itself."""
        name = self.plan.registry.units[self.lead].name
        return next((own for end, own in _ENDINGS if name.endswith(end)), "我单位")

    def words(self, text: str, visit: date | None = None, soon: date | None = None) -> str:
        """``text`` with its slots filled."""
        slots = {**self.order.slots, "we": self.we}
        if visit is not None:
            slots["visit"] = self.day(visit)
        if soon is not None:
            slots["soon"] = self.day(soon)
        return text.format_map(slots)

    def day(self, day: date) -> str:
        """A day as a letter says it, with the year where it is another."""
        year = f"{day.year}年" if day.year != self.order.dispatched_at.year else ""
        return f"{year}{day.month}月{day.day}日"

    # --- time ---------------------------------------------------------------------------

    def wall(self, low: float, high: float) -> datetime:
        """So many minutes after the latest event, by the clock on the wall."""
        return self.at + timedelta(minutes=between(self.random, low, high))

    def working(self, low: float, high: float) -> datetime:
        """So many working minutes after the latest event."""
        minutes = between(self.random, low, high) * self.haste
        return self.calendar.after_working_hours(self.at, minutes / 60)

    def part(self, since: datetime, until: datetime, share: float) -> datetime:
        """The moment when ``share`` of the working time between two moments is over."""
        length = self.calendar.working_time(since, until, _LONG)
        return self.calendar.after_working_hours(since, length.total_seconds() * share / 3600)

    def working_day(self, days: int) -> date:
        """The day so many working days after the latest event."""
        return self.calendar.nth_working_day_after(self.at.date(), days)

    def closing_time(self) -> datetime:
        """When the clerk next closes orders: towards the end of each working day."""
        return self._next(self.calendar.working_day_from(self.at.date()), _CLOSING)

    def archiving_time(self) -> datetime:
        """When the clerk next archives: on the last working day of a week, after a while."""
        day = self.working_day(8)
        while (following := self.calendar.nth_working_day_after(day, 1)) and (
            following.isocalendar()[:2] == day.isocalendar()[:2]
        ):
            day = following
        return self.calendar.close(day) - _ARCHIVING

    def _next(self, day: date, before_close: timedelta) -> datetime:
        at = self.calendar.close(day) - before_close
        if at > self.at:
            return at
        return self.calendar.close(self.calendar.nth_working_day_after(day, 1)) - before_close

    # --- clocks -------------------------------------------------------------------------

    @property
    def urgent(self) -> bool:
        return self.order.urgency != "normal"

    def due(self, since: datetime | None = None) -> Due:
        """When the answer is due: the earlier of kind and urgency, extensions added.
        ``since`` is the redo, else the dispatch."""
        start = since or self.order.dispatched_at
        found = [self._after(("reply", self.kind), start, self.extended)]
        if self.urgent:
            found.append(self._after(("reply", self.order.urgency), start, self.extended))
        return min(found, key=lambda due: due.at)

    def limit(self, name: str) -> Due:
        """When signing (``sign``) or the right to return (``return``) ends."""
        return self._after((name,), self.order.dispatched_at)

    def _after(self, name: tuple[str, ...], start: datetime, more: int = 0) -> Due:
        return after_limit(
            self.policy.limit(*name), start, self.calendar, day_count=self.day_count, more_days=more
        )
