"""How a due moment came about, told so that anybody can count it again by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hotline.procedure.calendar import Calendar
from hotline.procedure.clocks import Clock
from hotline.procedure.due import Due
from hotline.values.article import cite

_NAMED = 10
"""So many days are named one by one; more by the stretches that they make."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A day that was not worked, why, and by which notice."""

    day: date
    reason: str
    notice: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """Start, limit, article, policy version, and every day counted or skipped."""

    start: datetime
    due: datetime
    rule: str
    article: str
    policy: str
    counted: tuple[date, ...]
    skipped: tuple[Skipped, ...]
    made_up: tuple[Skipped, ...]
    """Days off by the week that are worked: make-up days and exceptions."""
    notes: tuple[str, ...]
    provisional: bool
    spans: tuple[tuple[datetime, datetime], ...] = ()
    """Of a limit in working hours: the stretches of working time that were counted."""
    is_fixed: bool = False
    """Whether the day was named, so that none were counted."""

    @property
    def text(self) -> str:
        """One Chinese paragraph."""
        if self.is_fixed:
            parts = [self.rule]
        else:
            parts = [f"自 {_moment(self.start)} 起算；{self.rule}"]
            if self.spans:
                parts.append("计入 " + "、".join(_spans(self.spans)))
            if self.counted:
                parts.append("计入 " + _listed(self.counted))
            if self.skipped:
                parts.append("跳过 " + "、".join(_grouped(self.skipped)))
            if self.made_up:
                parts.append("调休上班 " + "、".join(_grouped(self.made_up)))
        parts += self.notes
        end = f"到期 {_moment(self.due)}"
        source = f"依据{cite(self.article)}" + (f"，{self.policy} 版时限" if self.policy else "")
        if self.provisional:
            source += "；放假安排未公布，暂按普通周末和法定节日计"
        return "；".join([*parts, f"{end}（{source}）"])

    def as_json(self) -> dict[str, Any]:
        return {
            "start": self.start.isoformat(),
            "due": self.due.isoformat(),
            "rule": self.rule,
            "article": self.article,
            "policy": self.policy,
            "counted": [day.isoformat() for day in self.counted],
            "skipped": [_skipped(row) for row in self.skipped],
            "make_up": [_skipped(row) for row in self.made_up],
            "notes": list(self.notes),
            "provisional": self.provisional,
            "text": self.text,
        }


def derive(due: Due, calendar: Calendar, *, article: str = "practice", policy: str = "",
           notes: tuple[str, ...] = ()) -> Derivation:  # fmt: skip
    """The derivation of a due moment."""
    counted: list[date] = []
    skipped: list[Skipped] = []
    made_up: list[Skipped] = []
    first = due.counted_from or due.start.date()
    day = first + timedelta(days=1) if due.counted_from else first
    # A moment that somebody fixed (a supervision, a cutoff) was not counted out.
    counts = bool(due.days) or due.is_working_hours
    while counts and day <= due.at.date():
        kind = calendar.day(day)
        if not kind.working:
            skipped.append(Skipped(day, kind.reason, kind.notice))
        else:
            if due.days:
                counted.append(day)
            if kind.reason:
                made_up.append(Skipped(day, kind.reason, kind.notice))
        day += timedelta(days=1)
    provisional = calendar.is_provisional(due.start.date(), due.at.date())
    return Derivation(
        due.start, due.at, due.rule, article, policy, tuple(counted), tuple(skipped),
        tuple(made_up), notes, provisional, tuple(_worked(due, calendar)), due.is_fixed,
    )  # fmt: skip


def _worked(due: Due, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of working time that a limit in working hours took."""
    if not due.is_working_hours:
        return
    for opens, closes in calendar.spans(due.start):
        if opens >= due.at:
            return
        yield opens, min(closes, due.at)


def derivation(clock: Clock, calendar: Calendar) -> Derivation:
    """The derivation of a clock's due moment."""
    return derive(
        clock.due, calendar, article=clock.article, policy=clock.policy, notes=clock.notes
    )


def _moment(moment: datetime) -> str:
    return moment.isoformat(" ")[: 19 if moment.second else 16]


def _spans(spans: Sequence[tuple[datetime, datetime]]) -> Iterator[str]:
    """10月13日 09:30–12:00（2小时30分）, the day where it is another than that before."""
    last: date | None = None
    for opens, closes in spans:
        minutes = int((closes - opens).total_seconds() // 60)
        hours, rest = divmod(minutes, 60)
        took = (f"{hours}小时" if hours else "") + (f"{rest}分" if rest or not hours else "")
        day = "" if opens.date() == last else f"{_day(opens.date())} "
        last = opens.date()
        yield f"{day}{opens:%H:%M}–{closes:%H:%M}（{took}）"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _listed(days: tuple[date, ...]) -> str:
    """Days that are counted: each, or where they are many from when to when, and how many."""
    if len(days) <= _NAMED:
        return "、".join(map(_day, days))
    stretches: list[list[date]] = []
    for day in days:
        if stretches and day - stretches[-1][-1] == timedelta(days=1):
            stretches[-1].append(day)
        else:
            stretches.append([day])
    shown = [
        _day(own[0]) + (f"至{_day(own[-1])}（{len(own)}天）" if len(own) > 1 else "")
        for own in stretches
    ]
    return f"{'、'.join(shown)}，共 {len(days)} 个工作日"


def _grouped(rows: tuple[Skipped, ...]) -> list[str]:
    """Consecutive days of one reason as one stretch: 10月1日至10月8日（国庆节，通知文号）."""
    groups: list[list[Skipped]] = []
    for row in rows:
        last = groups[-1][-1] if groups else None
        joined = last is not None and row.day - last.day == timedelta(days=1)
        if joined and last is not None and (row.reason, row.notice) == (last.reason, last.notice):
            groups[-1].append(row)
        else:
            groups.append([row])
    shown = []
    for group in groups:
        span = _day(group[0].day) + (f"至{_day(group[-1].day)}" if len(group) > 1 else "")
        why = "，".join(filter(None, (group[0].reason, group[0].notice)))
        shown.append(f"{span}（{why}）" if why else span)
    return shown


def _skipped(row: Skipped) -> dict[str, str]:
    return {"date": row.day.isoformat(), "reason": row.reason, "notice": row.notice}
