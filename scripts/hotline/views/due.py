"""The table of clocks, and its printers: text, json, ics."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hotline.procedure.calendar import Calendar
from hotline.procedure.clocks import CLOCKS, STATUSES
from hotline.values.registry import Registry
from hotline.views.case_view import WORST_FIRST, CaseView, ClockView
from hotline.views.table import table


@dataclass(frozen=True, slots=True)
class DueTable:
    """The chosen cases with the chosen clocks, in the order of their ids."""

    now: datetime
    cases: tuple[tuple[CaseView, tuple[ClockView, ...]], ...]

    @property
    def is_overdue(self) -> bool:
        return any(view.status == "overdue" for _, views in self.cases for view in views)

    def rows(self) -> Iterator[tuple[CaseView, ClockView]]:
        """Each clock with its case, what burns first."""
        pairs = [(case, view) for case, views in self.cases for view in views]
        yield from sorted(
            pairs, key=lambda p: (WORST_FIRST[p[1].status], p[1].clock.due_at, p[0].id)
        )


def due_table(
    cases: Iterable[CaseView], now: datetime, calendar: Calendar, *, unit: str | None = None,
    within: int | None = None, all_: bool = False,
) -> DueTable:  # fmt: skip
    """The clocks of open cases (of all with ``all_``), of one ``unit``, or those that ask for
    something by close of business ``within`` working days from ``now``."""
    last = None
    if within is not None:
        today = calendar.local(now).date()
        last = calendar.close(calendar.nth_working_day_after(today, within) if within else today)
    chosen = []
    for case in cases:
        if not (case.is_open or all_):
            continue
        views = tuple(
            view
            for view in case.clocks
            if (unit is None or view.clock.unit == unit)
            and (last is None or (view.counts and view.clock.due_at <= last))
        )
        if views or (unit is None and within is None):
            chosen.append((case, views))
    return DueTable(now, tuple(sorted(chosen, key=lambda pair: (pair[0].id, pair[0].subject.path))))


def as_text(due: DueTable, registry: Registry) -> str:
    rows = [
        (
            case.id,
            CLOCKS[view.clock.name],
            registry.unit_name(view.clock.unit),
            view.clock.due_at.strftime("%Y-%m-%d %H:%M"),
            STATUSES[view.status] + _mark(view),
            left(view, due.now, case.subject.calendar),
        )
        for case, view in due.rows()
    ]
    if not rows:
        return "没有符合条件的时限。"
    overdue = sum(view.status == "overdue" for _, view in due.rows())
    soon = sum(view.status == "due_soon" for _, view in due.rows())
    head = ("工单", "时限", "单位", "到期", "状态", "")
    closing = (
        f"{len(due.cases)} 件工单，{len(rows)} 个时限：已超期 {overdue} 个，即将到期 {soon} 个。"
    )
    return f"{table(head, rows)}\n{closing}"


def _mark(view: ClockView) -> str:
    marks = ["暂定"] if view.clock.provisional else []
    marks += ["待审核"] if view.clock.decision_pending else []
    return f"（{'，'.join(marks)}）" if marks else ""


def left(view: ClockView, now: datetime, calendar: Calendar) -> str:
    """How long until (or since) the due moment: 还剩 2 个工作日, as limits are counted; within a
    day, and of what runs day and night, by the minutes of the wall clock: 还剩 3 小时 20 分.
    At 22:00:25 a moment at 17:00 is nineteen hours away, as whoever reads 22:00 works out."""
    if not view.counts:
        return ""
    due = view.clock.due_at
    gap = due - now
    words = "还剩" if gap >= timedelta() else "已过"
    if abs(gap) >= timedelta(days=1) and not view.clock.due.wall:
        first, last = sorted((calendar.local(now).date(), due.date()))
        worked = calendar.working_days_between(first, last)
        if worked:
            return f"{words} {worked} 个工作日"
    minutes = int(abs(due.replace(second=0) - now.replace(second=0)).total_seconds())
    minutes //= 60
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    if days:
        return f"{words} {days} 天" + (f" {hours} 小时" if hours else "")
    return f"{words} {hours} 小时 {minutes} 分" if hours else f"{words} {minutes} 分"


def as_json(due: DueTable) -> str:
    document = {
        "schema_version": 1,
        "now": due.now.isoformat(),
        "cases": [
            {**case.as_json(), "clocks": [view.as_json() for view in views]}
            for case, views in due.cases
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def as_ics(due: DueTable, registry: Registry, name: str = "12345热线时限") -> str:
    """An RFC 5545 calendar of the duties that still run. Stamps are those of the orders,
    so that the same orders give the same bytes."""
    pairs = [(case, view) for case, view in due.rows() if view.counts and not view.clock.is_right]
    return calendar_of(pairs, registry, name)


def calendar_of(pairs: Sequence[tuple[CaseView, ClockView]], registry: Registry, name: str) -> str:

    from icalendar import Alarm, Event  # heavy, and only calendars need it
    from icalendar import Calendar as Ics

    ics = Ics()
    ics.add("prodid", "-//hotline//12345//ZH")
    ics.add("version", "2.0")
    ics.add("method", "PUBLISH")
    ics.add("x-wr-calname", name)
    for case, view in sorted(pairs, key=lambda p: (p[1].clock.due_at, p[0].id, p[1].clock.name)):
        clock = view.clock
        utc = UTC
        event = Event()
        number = case.clocks.index(view)
        event.add("uid", f"{case.id}-{clock.name}-{number}@hotline")
        event.add("dtstamp", clock.started_at.astimezone(utc))
        event.add("dtstart", clock.due_at.astimezone(utc))
        event.add("dtend", clock.due_at.astimezone(utc))
        event.add("summary", f"{CLOCKS[clock.name]}到期 {case.id} {registry.unit_name(clock.unit)}")
        event.add("status", "TENTATIVE" if clock.provisional else "CONFIRMED")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"{case.id} 即将到期")
        alarm.add("trigger", timedelta(minutes=-min(clock.due.own_minutes / 2, 420)))
        event.add_component(alarm)
        ics.add_component(event)
    return str(ics.to_ical(), "utf-8")
