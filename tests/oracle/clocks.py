"""The clocks of an order under corrections, their status at a moment, and the order's state."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from .minutes import WORKING_DAY, working_seconds_between
from .rows import Row, rows_of
from .story import Story, corrections_of_time, in_order, moment

DEFAULT_SWITCHES = {
    "day_count": "next_day_close",
    "reassignment": "restart_sign_and_return",
    "progress_rhythm": "since_last",
}
OTHER_SWITCHES = {
    "day_count": "same_clock",
    "reassignment": "from_dispatch",
    "progress_rhythm": "fixed",
}


def clocks(
    case: Mapping[str, Any],
    *,
    switches: Mapping[str, str] = DEFAULT_SWITCHES,
    cutoffs: Sequence[datetime] = (),
    city_involved: bool = True,
) -> list[Row]:
    """Every clock that started, in the order of the contract's table.

    A corrected time moves clocks, but what was late before a correction is not met after it: that
    row stays as it was.
    """
    corrected: dict[str, datetime] = {}
    rows = rows_of(_story(case, corrected, switches, cutoffs, city_involved))
    for event, at in corrections_of_time(case):
        corrected[event] = at
        rows = _keep_late(rows, rows_of(_story(case, corrected, switches, cutoffs, city_involved)))
    return rows


def state(case: Mapping[str, Any]) -> str:
    """The state after all events."""
    corrected = dict(corrections_of_time(case))
    story = _story(case, corrected, DEFAULT_SWITCHES, (), city_involved=True)
    return story.state_at(story.end)


def status(row: Row, now: datetime) -> str:
    """What a row is at a moment; a right that lapses unused is void, never overdue."""
    if row["void"]:
        return "void"
    if row["done_at"] is not None:
        return "met" if row["done_at"] <= row["due_at"] else "late"
    is_a_duty = row["name"] != "return" and (row["name"] != "screening" or row["asked"])
    if now > row["due_at"]:
        return "overdue" if is_a_duty else "void"
    threshold = min(row["limit"] / 2, WORKING_DAY)
    return "due_soon" if is_a_duty and _remaining(row, now) <= threshold else "running"


def _remaining(row: Row, now: datetime) -> timedelta:
    if row["name"] == "first_response":
        return row["due_at"] - now
    return timedelta(seconds=working_seconds_between(now, row["due_at"]))


def _story(
    case: Mapping[str, Any],
    corrected: Mapping[str, datetime],
    switches: Mapping[str, str],
    cutoffs: Sequence[datetime],
    city_involved: bool,
) -> Story:
    chosen = {**DEFAULT_SWITCHES, **switches}
    for name, value in chosen.items():
        if value not in (DEFAULT_SWITCHES.get(name), OTHER_SWITCHES.get(name)):
            raise ValueError(f"no such switch: {name}: {value}")
    return Story(
        dispatched_at=moment(case["dispatched_at"]),
        kind=case["kind"],
        urgency=case["urgency"],
        events=in_order(case, corrected),
        same_clock=chosen["day_count"] == "same_clock",
        pairs_from_dispatch=chosen["reassignment"] == "from_dispatch",
        fixed_rhythm=chosen["progress_rhythm"] == "fixed",
        cutoffs=sorted(cutoffs),
        city_involved=city_involved,
    )


def _keep_late(before: list[Row], after: list[Row]) -> list[Row]:
    late = {key: row for key, row in _numbered(before) if _ended(row) == "late"}
    return [
        late[key] if key in late and _ended(row) == "met" else row for key, row in _numbered(after)
    ]


def _numbered(rows: list[Row]) -> Iterator[tuple[tuple[str, str | None, int], Row]]:
    seen: dict[tuple[str, str | None], int] = {}
    for row in rows:
        key = (row["name"], row["unit"])
        seen[key] = seen.get(key, 0) + 1
        yield (*key, seen[key]), row


def _ended(row: Row) -> str | None:
    return status(row, row["done_at"]) if row["done_at"] is not None else None
