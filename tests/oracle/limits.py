"""Limits in working days: how `reply` and `redo` are counted, lengthened and met (art. 7)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .minutes import (
    WORKING_DAY,
    close_of_day_or_next,
    close_of_nth_working_day_after,
    same_time_after_working_days,
    working_days_after,
    working_seconds_between,
)
from .story import DISPATCH, Story

DAYS_OF_KIND = {"consultation": 1, "help": 5, "suggestion": 5, "complaint": 7, "report": 7}
DAYS_OF_URGENCY = {"special": 2, "emergency": 1}


@dataclass(frozen=True)
class Limit:
    """So many working days from a start."""

    start: datetime
    days: int


@dataclass(frozen=True)
class Due:
    """A due moment, its nominal limit, and that limit in whole working days."""

    at: datetime
    nominal: timedelta
    days: int


@dataclass(frozen=True)
class Course:
    """How a clock went: the place of its end (None while it runs), whether it was met or void."""

    due: Due
    end: int | None
    is_met: bool

    @property
    def is_void(self) -> bool:
        return self.end is not None and not self.is_met


def counted(story: Story, limit: Limit) -> datetime:
    """When a limit in working days ends, by the switch `day_count`."""
    if story.same_clock:
        return same_time_after_working_days(limit.start, limit.days)
    return close_of_nth_working_day_after(limit.start.date(), limit.days)


def reply_limit(story: Story, place: int) -> Limit:
    """The earlier of kind and urgency, as they were in force at a place."""
    limits = [Limit(story.dispatched_at, DAYS_OF_KIND[story.kind_at(place)])]
    _, since, urgency = [c for c in story.urgency_changes() if c[0] <= place][-1]
    if urgency in DAYS_OF_URGENCY:
        limits.append(Limit(since, DAYS_OF_URGENCY[urgency]))
    return min(limits, key=lambda limit: counted(story, limit))


def redo_limit(story: Story, ordered: int, place: int) -> Limit:
    """As for the reply, by the kind and urgency in force at a place of the redo."""
    opened = story.events[ordered].at
    limits = [Limit(opened, DAYS_OF_KIND[story.kind_at(place)])]
    _, since, urgency = [c for c in story.urgency_changes() if c[0] <= place][-1]
    if urgency in DAYS_OF_URGENCY:
        limits.append(Limit(max(since, opened), DAYS_OF_URGENCY[urgency]))
    return min(limits, key=lambda limit: counted(story, limit))


@dataclass(frozen=True)
class LengthenedClock:
    """A clock in working days that extensions lengthen and an interim closing can meet.

    `opened` is the place where it starts: what was asked before belongs to another clock.
    """

    story: Story
    opened: int
    limit_at: Callable[[int], Limit]

    def due_at(self, place: int) -> Due:
        """The due moment in force at a place, from all that was asked until then.

        A grant reaches back to its request, so only the place of the request matters.
        """
        days, law = 0, None
        granted = self._granted_extensions()
        for i, event in self.story.after(self.opened, "extension_requested"):
            if i > place or i not in granted or event.at > self._due(i, days, law).at:
                continue
            if statutory := event.data.get("statutory"):
                if self.story.urgency_at(i) in DAYS_OF_URGENCY:
                    law = close_of_day_or_next(date.fromisoformat(statutory["due_on"]))
            else:
                days += event.data["days"]
                # Days granted after a law's day never shorten what that law gave.
                law = law and max(law, self._counted(i, days))
        return self._due(place, days, law)

    def _counted(self, place: int, days: int) -> datetime:
        limit = self.limit_at(place)
        return counted(self.story, Limit(limit.start, limit.days + days))

    def _due(self, place: int, days: int, law: datetime | None) -> Due:
        limit = self.limit_at(place)
        total = limit.days + days
        at = law or self._counted(place, days)
        if (earlier := self._earlier_law(place)) and earlier < at:
            at = law = earlier
        if law is None:
            return Due(at, total * WORKING_DAY, total)
        nominal = timedelta(seconds=max(0.0, working_seconds_between(limit.start, at)))
        return Due(at, nominal, working_days_after(limit.start.date(), at.date()))

    def _earlier_law(self, place: int) -> datetime | None:
        """The earliest day that another law was recorded to set while this clock ran."""
        days = [
            date.fromisoformat(event.data["due_on"])
            for i, event in self.story.after(self.opened, "deadline_set")
            if i <= place
        ]
        return close_of_day_or_next(min(days)) if days else None

    def _granted_extensions(self) -> set[int]:
        answers = self.story.decisions("extension_requested", "extension_decided")
        return {
            place
            for place, decided in answers.items()
            if (answer := self.story.events[decided]).is_approval
            and (answer.data.get("city_approved") is True or not self.story.city_involved)
        }

    def course(self) -> Course:
        """The first event that meets or voids the clock decides; none after it touches it."""
        interims = self.story.approved_interims()
        for i, event in self.story.after(self.opened):
            if event.type in ("replied", "terminated"):
                return Course(self.due_at(i), i, is_met=True)
            if i in interims:
                due = self.due_at(i)
                if event.at <= due.at:
                    return Course(due, i, is_met=True)
            if event.type in ("withdrawn", "closed"):
                return Course(self.due_at(i), i, is_met=False)
        return Course(self.due_at(self.story.end), None, is_met=False)


def reply_clock(story: Story) -> LengthenedClock:
    """The one clock of the reply, open from the dispatch."""
    return LengthenedClock(story, DISPATCH, lambda place: reply_limit(story, place))


def redo_clock(story: Story, ordered: int) -> LengthenedClock:
    """The clock of one redo, open from its order."""
    return LengthenedClock(story, ordered, lambda place: redo_limit(story, ordered, place))
