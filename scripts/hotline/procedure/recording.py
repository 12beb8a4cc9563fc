"""Recording what happened: how late is too late (A005)."""

from __future__ import annotations

from datetime import datetime

from hotline.procedure.calendar import Calendar


def is_late(calendar: Calendar, at: datetime, recorded: datetime) -> bool:
    """Whether an event came into history more than a working day after it happened: later
    than the close of business of the next working day (practice)."""
    if (recorded - at).total_seconds() <= 86_400:
        return False
    last = calendar.nth_working_day_after(calendar.local(at).date(), 1)
    return recorded > calendar.close(last)
