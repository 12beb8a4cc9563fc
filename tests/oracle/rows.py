"""The rows of the ten clocks: when each starts, when it is due, and what ends it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TypedDict

from .limits import Course, Limit, counted, redo_clock, reply_clock
from .minutes import (
    WORKING_DAY,
    after_working_seconds,
    close_of_day_or_next,
    last_close_of_month,
    one_working_day_before,
    working_seconds_between,
)
from .story import DISPATCH, Event, Story, moment

IN_FORCE_FROM = date(2023, 6, 20)
SIGN_LIMIT = timedelta(hours=5)
FIRST_RESPONSE_LIMIT = {"special": timedelta(hours=2), "emergency": timedelta(hours=1)}
PROGRESS_DAYS = 15
ANSWERED = ("replied", "screening", "closed", "archived", "returned")


class Row(TypedDict):
    """One clock of one order.

    `limit` is the nominal limit in the clock's own time: working time for all clocks but
    `first_response`, which runs by the wall clock. `unit` is the lead when the clock ended, for
    `support` the unit itself.
    """

    name: str
    unit: str | None
    started_at: datetime
    due_at: datetime
    done_at: datetime | None
    void: bool
    asked: bool
    limit: timedelta


def rows_of(story: Story) -> list[Row]:
    """Every clock that started, in the order of the contract's table."""
    if story.dispatched_at.date() < IN_FORCE_FROM:
        return []
    rows = [
        *_sign_and_return(story),
        *_first_response(story),
        _reply(story),
        *_support(story),
        *_promise(story),
        *_progress(story),
        *_redo(story),
        *_screening(story),
        *_supervision(story),
    ]
    if any(event.type == "returned_upstream" for event in story.events):
        for row in rows:
            row["void"] = True
    return rows


def _row(
    name: str,
    unit: str | None,
    started: datetime,
    due: datetime,
    limit: timedelta | None = None,
    *,
    done: Event | None = None,
    void: bool = False,
    asked: bool = False,
) -> Row:
    """A row; without a limit of its own the working time from start to due is the limit."""
    if limit is None:
        limit = timedelta(seconds=max(0.0, working_seconds_between(started, due)))
    done_at = done.at if done else None
    return Row(
        name=name,
        unit=unit,
        started_at=started,
        due_at=due,
        done_at=done_at,
        void=void,
        asked=asked,
        limit=limit,
    )


def _is_approved_return(event: Event) -> bool:
    return event.type == "return_decided" and event.is_approval


def _is_approved_interim(event: Event) -> bool:
    return event.type == "interim_decided" and event.is_approval


# -- sign, return ---------------------------------------------------------------------------------


def _sign_and_return(story: Story) -> Iterator[Row]:
    """One pair per assignment; before any, one that belongs to nobody yet (art. 7-1, 7-5)."""
    assigned = list(story.after(DISPATCH, "assigned"))
    if not assigned:
        yield from _pair(story, DISPATCH, None, story.dispatched_at)
    for i, event in assigned:
        returned = any(_is_approved_return(earlier) for earlier in story.events[:i])
        restarts = returned and not story.pairs_from_dispatch
        start = event.at if restarts else story.dispatched_at
        yield from _pair(story, i, event.data["lead"], start)


def _pair(story: Story, place: int, lead: str | None, start: datetime) -> Iterator[Row]:
    due = after_working_seconds(start, SIGN_LIMIT.total_seconds())
    done, void = _pair_end(story, place, lead, "signed")
    yield _row("sign", lead, start, due, SIGN_LIMIT, done=done, void=void)
    due = counted(story, Limit(start, 1))
    done, void = _pair_end(story, place, lead, "return_requested")
    yield _row("return", lead, start, due, WORKING_DAY, done=done, void=void)


def _pair_end(
    story: Story, place: int, lead: str | None, done_by: str
) -> tuple[Event | None, bool]:
    """A return asked after the answer, in a redo, is a late one and no void right."""
    void = False
    for _, event in story.after(place):
        if event.type == done_by and event.by == lead and (not void or done_by != "signed"):
            return event, False
        if event.type in ("replied", "terminated", "withdrawn", "closed"):
            void = True
        if _is_approved_interim(event):
            void = True
        if _is_approved_return(event):
            return None, True
    return None, void


# -- first response -------------------------------------------------------------------------------


def _first_response(story: Story) -> Iterator[Row]:
    """One row for each stretch in which the order is special or emergency (art. 7-4).

    A change between the two moves a clock that still runs: it counts anew from that event. A clock
    that was met stays the only one of its stretch.
    """
    changes = story.urgency_changes()
    met = False
    for (place, start, urgency), following in zip(changes, [*changes[1:], None], strict=True):
        if urgency == "normal":
            met = False
        if urgency == "normal" or met:
            continue
        until = following[0] if following else len(story.events)
        done = _first_response_done(story, place, start, until)
        met = done is not None
        void = not met and _is_answered(story, place, until)
        if following and not met and not void:
            if following[2] != "normal":
                continue
            void = True
        limit = FIRST_RESPONSE_LIMIT[urgency]
        unit = done.by if done else story.lead_at(min(until, story.end))
        yield _row("first_response", unit, start, start + limit, limit, done=done, void=void)


def _first_response_done(story: Story, place: int, start: datetime, until: int) -> Event | None:
    if place > DISPATCH and story.state_at(place) in ANSWERED:
        return None
    for i, event in story.after(DISPATCH, "first_response", "replied", "withdrawn", "closed"):
        if event.type != "first_response":
            if place < i:
                return None
        elif i < until and event.at >= start:
            return event
    return None


def _is_answered(story: Story, place: int, until: int) -> bool:
    """Answered meanwhile, or answered already when the order became special."""
    if place > DISPATCH and story.state_at(place) in ANSWERED:
        return True
    return any(i < until for i, _ in story.after(place, "replied", "withdrawn", "closed"))


# -- reply, support, redo -------------------------------------------------------------------------


def _lengthened_row(name: str, story: Story, start: datetime, course: Course) -> Row:
    end = story.end if course.end is None else course.end
    done = story.events[end] if course.is_met else None
    due = course.due
    unit = story.lead_at(end)
    return _row(name, unit, start, due.at, due.nominal, done=done, void=course.is_void)


def _reply(story: Story) -> Row:
    """Started where the limit in force starts: at dispatch, or where the order became urgent."""
    clock = reply_clock(story)
    course = clock.course()
    start = clock.limit_at(story.end if course.end is None else course.end).start
    return _lengthened_row("reply", story, start, course)


def _redo(story: Story) -> Iterator[Row]:
    for i, event in story.after(DISPATCH, "redo_ordered"):
        yield _lengthened_row("redo", story, event.at, redo_clock(story, i).course())


def _support(story: Story) -> Iterator[Row]:
    """Each support unit of each assignment; its limit follows the reply's (practice)."""
    for number, (place, event) in enumerate(story.after(DISPATCH, "assigned")):
        start = event.at if number else story.dispatched_at
        for unit in event.data.get("support", ()):
            end, done, void = _support_end(story, place, unit)
            due, limit = _support_due(story, place, start, end)
            yield _row("support", unit, start, due, limit, done=done, void=void)


def _support_end(story: Story, place: int, unit: str) -> tuple[int, Event | None, bool]:
    for i, event in story.after(place):
        if event.type == "support_opinion" and event.by == unit:
            return i, event, False
        if event.type in ("replied", "terminated", "withdrawn", "closed"):
            return i, None, True
        if _is_approved_return(event):
            return i, None, True
    return story.end, None, False


def _support_due(story: Story, place: int, start: datetime, end: int) -> tuple[datetime, timedelta]:
    """One working day before the reply is due as in force at the end of the support's own clock."""
    redos = [i for i, _ in story.after(DISPATCH, "redo_ordered") if i < place]
    clock = redo_clock(story, redos[-1]) if redos else reply_clock(story)
    answered = clock.course().end
    due = clock.due_at(end if answered is None else min(end, answered))
    if due.at <= start:
        return counted(story, Limit(start, 1)), WORKING_DAY
    before = one_working_day_before(due.at)
    if due.days <= 1 or before <= start:
        return due.at, due.nominal
    return before, (due.days - 1) * WORKING_DAY


# -- promise, progress ----------------------------------------------------------------------------


def _promise(story: Story) -> Iterator[Row]:
    for asked, place in story.approved_interims().items():
        request = story.events[asked]
        days = [request.data.get("promised_on"), request.data.get("statutory", {}).get("due_on")]
        promised = [date.fromisoformat(day) for day in days if day]
        if not promised:
            continue
        done, void, end = None, False, story.end
        for i, event in story.after(place, "replied", "terminated", "withdrawn", "closed"):
            void = event.type in ("withdrawn", "closed")
            done, end = (None if void else event), i
            break
        due = close_of_day_or_next(min(promised))
        start = story.events[place].at
        yield _row("promise", story.lead_at(end), start, due, done=done, void=void)


def _progress(story: Story) -> Iterator[Row]:
    """A chain of rows from the interim closing to the close of the order (art. 7-3)."""
    interims = {decided: asked for asked, decided in story.approved_interims().items()}
    chain: list[datetime] = []
    for i, event in story.after(DISPATCH):
        if not chain:
            if i in interims and not story.events[interims[i]].data.get("statutory"):
                chain = [event.at]
        elif event.type == "closed":
            yield _progress_row(story, i, chain, void=True)
            chain = []
        elif _is_report(story, i, event):
            yield _progress_row(story, i, chain, done=event)
            chain.append(event.at)
    if chain:
        yield _progress_row(story, story.end, chain)


def _is_report(story: Story, place: int, event: Event) -> bool:
    is_progress = event.type == "progress" and event.by == story.lead_at(place)
    return is_progress or event.type == "replied"


def _progress_row(
    story: Story,
    place: int,
    chain: list[datetime],
    *,
    done: Event | None = None,
    void: bool = False,
) -> Row:
    """`fixed` keeps the grid of the interim closing, else each report starts the count anew."""
    if story.fixed_rhythm:
        due = counted(story, Limit(chain[0], PROGRESS_DAYS * len(chain)))
    else:
        due = counted(story, Limit(chain[-1], PROGRESS_DAYS))
    unit, limit = story.lead_at(place), PROGRESS_DAYS * WORKING_DAY
    return _row("progress", unit, chain[-1], due, limit, done=done, void=void)


# -- screening, supervision -----------------------------------------------------------------------


def _screening(story: Story) -> Iterator[Row]:
    """From each dissatisfied callback to the day on which satisfaction is measured (art. 10)."""
    waits_until = DISPATCH
    for place, callback in story.after(DISPATCH, "callback"):
        if "dissatisfied" not in (callback.data.get("process"), callback.data.get("result")):
            continue
        if place < waits_until:
            continue
        asked, void, end = False, False, story.end
        done: Event | None = None
        for i, event in story.after(place):
            asked = asked or event.type == "screening_requested"
            void = event.type in ("redo_ordered", "closed")
            done = event if event.type == "screening_decided" else None
            if void or done:
                end = i
                break
        waits_until = end if void or done else len(story.events)
        due = _next_cutoff(story, callback.at)
        unit = story.lead_at(end)
        yield _row("screening", unit, callback.at, due, done=done, void=void, asked=asked)


def _next_cutoff(story: Story, at: datetime) -> datetime:
    announced = [cutoff for cutoff in story.cutoffs if cutoff >= at]
    if announced:
        return announced[0]
    due = last_close_of_month(at.year, at.month)
    return due if at <= due else last_close_of_month(at.year, at.month + 1)


def _supervision(story: Story) -> Iterator[Row]:
    for i, opened in story.after(DISPATCH, "supervision_opened"):
        closings = (e for _, e in story.after(i, "supervision_closed") if e.by == opened.by)
        due = moment(opened.data["due_at"])
        lead = story.lead_at(i) or story.lead_at(story.end)
        yield _row("supervision", lead, opened.at, due, done=next(closings, None))
