"""From case views, one after another, to the site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from hotline.assessment.parts import parts
from hotline.pages.history import History
from hotline.pages.models import (
    ClockRow,
    Done,
    Editing,
    Interim,
    MonthShown,
    Row,
    Site,
    Tally,
    Unreadable,
)
from hotline.pages.tally import tally_of, total
from hotline.pages.tasks import tasks
from hotline.procedure.calendar import Calendar
from hotline.procedure.clocks import CLOCKS
from hotline.procedure.lifecycle import TABLE
from hotline.values.finding import Finding
from hotline.values.month import month_of
from hotline.values.registry import Registry
from hotline.views.case_view import CaseView, ClockView
from hotline.views.due import left

_ANSWERS = ("replied", "terminated")
_DONE_DUTIES = frozenset(CLOCKS) - {"return", "screening"}


class Gather:
    """Takes one case at a time; :meth:`finish` gives the site. Holds rows, and no view."""

    def __init__(self, registry: Registry, calendar: Calendar, now: datetime) -> None:
        self.registry = registry
        self.calendar = calendar
        self.now = now
        self._rows: list[Row] = []
        self._unreadable: list[Unreadable] = []
        self._findings: dict[str, list[Finding]] = {}
        self._slugs: set[str] = set()
        self._same: dict[str, MonthShown] = {}
        self.tallies: dict[str, Tally] = {}
        """Of each month whose orders were taken, when all is finished."""

    def take(self, view: CaseView, findings: Sequence[Finding]) -> Row:
        """One readable case with what the rules about it alone found."""
        return self.known(self.row(view, findings), findings)

    def known(self, row: Row, findings: Sequence[Finding]) -> Row:
        """The same of a row that was made before; the folder of its page may be another now."""
        slug = self._slug(row.id)
        if row.slug != slug:
            row = row._replace(slug=slug)
        self._rows.append(row)
        self.found(findings)
        return row

    def found(self, findings: Sequence[Finding]) -> None:
        """Findings of cases already taken or still to come (rules that compare files)."""
        for finding in findings:
            self._findings.setdefault(finding.path, []).append(finding)

    def unreadable(self, path: str, findings: Sequence[Finding]) -> None:
        self._unreadable.append(Unreadable(path, tuple(sorted(findings, key=lambda f: f.order))))

    def month(self, month: str, shown: MonthShown) -> None:
        """The orders of a month that is as it was at the last build, with what was found in
        each by itself; the folders of their pages are named by their ids."""
        self._same[month] = shown

    def opened(self, month: str) -> None:
        """A month whose orders will be taken one by one after all."""
        del self._same[month]

    def finish(
        self, *, name: str, editing: Editing, problems: Sequence[Finding] = (),
        handbook: Sequence[str] = (), policy: str = "", history: History | None = None,
    ) -> Site:  # fmt: skip
        all_found = {path: list(found) for path, found in self._findings.items()}
        all_rows = list(self._rows)
        for month in self._same.values():
            all_rows += month.rows
            for path, found in month.findings.items():
                all_found[path] = [*found, *all_found.get(path, ())]
        findings = {
            path: tuple(sorted(found, key=lambda f: f.order))
            for path, found in sorted(all_found.items())
        }
        rows = tuple(
            _counted(row, findings.get(row.path, ()))
            for row in sorted(all_rows, key=lambda r: r.path)
        )
        taken = groupby(sorted(self._rows, key=lambda r: r.path), lambda r: month_of(r.path))
        self.tallies = {month: tally_of(own, self.registry) for month, own in taken}
        tally = total([*self.tallies.values(), *(month.tally for month in self._same.values())])
        unreadable = sorted(self._unreadable, key=lambda u: u.path)
        return Site(
            self.calendar.local(self.now), self.registry, self.calendar, name, editing, rows,
            tally, tuple(unreadable), tuple(problems), findings,
            _named_by(rows), tuple(handbook), policy, history or History(),
        )  # fmt: skip

    # --- one row ------------------------------------------------------------------------

    def _slug(self, case: str) -> str:
        """The folder of the case's page: its id; a second file of the same id (X001) is
        shown beside the first."""
        slug, number = case, 1
        while slug in self._slugs:
            number += 1
            slug = f"{case}~{number}"
        self._slugs.add(slug)
        return slug

    def row(self, view: CaseView, findings: Sequence[Finding] | None = None) -> Row:
        """What lists show of a case; ``findings`` are all that were found in it alone."""
        case, course = view.subject.case, view.subject.course
        clocks = [clock_row(each, view, self.registry) for each in view.clocks]
        asking = tuple(c for c in clocks if c.counts)
        next_due = view.next_due
        ended = course.last("closed", "returned_upstream")
        return Row(
            id=case.id, slug=case.id, path=case.path, title=str(case.get("title")),
            location=str(case.get("location")), demand=str(case.get("demand") or ""),
            platform=str(case.get("platform") or case.get("origin") or ""),
            upstream_id=str(case.get("upstream_id")),
            state=view.state, stage="redo" if course.final.redo else view.state,
            kind=str(course.current("kind")), urgency=str(course.current("urgency")),
            category=str(course.current("category")), channel=str(case.get("channel")),
            lead=view.lead, support=course.final.support,
            dispatched_at=self.calendar.local(course.dispatched_at),
            closed_at=self.calendar.local(ended.at) if ended and not view.is_open else None,
            is_open=view.is_open, worst=view.worst if view.is_open else None,
            next_due=clock_row(next_due, view, self.registry)
            if next_due and view.is_open
            else None,
            clocks=asking if view.is_open else (),
            answered=tuple(self.calendar.local(s.event.at) for s in course.of(*_ANSWERS)),
            tasks=tuple(tasks(view, clocks, self.registry)) if view.is_open else (),
            done=tuple(_done(clocks)), interims=tuple(_interims(view, self.registry)),
            links=tuple(
                (str(name), str(step.event.get("same")))
                for step in course.of("linked")
                for name in step.event.get("cases")
            ),
            parts=tuple(parts(view, found=findings)),
        )  # fmt: skip


def clock_row(each: ClockView, view: CaseView, registry: Registry) -> ClockRow:
    clock, unit = each.clock, each.clock.unit
    if clock.name == "screening" and each.counts and not clock.is_right:
        unit = registry.center()  # the unit has asked; who has to act is the center
    return ClockRow(
        clock.name, CLOCKS[clock.name], unit, registry.unit_name(unit),
        clock.started_at, clock.due_at, clock.done_at, each.status, clock.article, each.counts,
        clock.is_right, clock.provisional, clock.decision_pending, left(each, view.now, view.subject.calendar),
    )  # fmt: skip


def _counted(row: Row, findings: Sequence[Finding]) -> Row:
    if not findings:
        return row
    errors = sum(finding.severity == "error" for finding in findings)
    return row._replace(findings=len(findings), errors=errors)


def _done(clocks: Sequence[ClockRow]) -> Iterator[Done]:
    for clock in clocks:
        if clock.done_at is not None and clock.unit is not None and clock.name in _DONE_DUTIES:
            yield Done(clock.unit, clock.done_at, clock.title, clock.status == "met")


def _interims(view: CaseView, registry: Registry) -> Iterator[Interim]:
    course = view.subject.course
    grounds = dict(next(f for f in TABLE["interim_requested"].fields if f.name == "ground").choices)
    for step in course.of("interim_decided"):
        request = step.before.pending.get("interim")
        if not step.event.get("approved") or request is None:
            continue
        rows = [clock_row(each, view, registry) for each in view.clocks]
        promise = next(
            (r for each, r in zip(view.clocks, rows, strict=True)
             if r.name == "promise" and each.clock.opened_by is request), None,
        )  # fmt: skip
        reports = [r for r in rows if r.name == "progress"]
        told = [
            s.event.at
            for s in course.of("progress", "replied")
            if s.event.index > step.event.index and s.event.by == s.before.lead
        ]
        law = request.get("statutory") or {}
        yield Interim(
            decided_at=view.subject.calendar.local(step.event.at),
            ground=grounds.get(str(request.get("ground")), str(request.get("ground"))),
            promised_on=str(request.get("promised_on") or law.get("due_on") or ""),
            promise=promise,
            progress_at=view.subject.calendar.local(max(told)) if told else None,
            progress=next((r for r in reports if r.counts), None),
            statute=f"{law['law']}，{law['due_on']}" if law else "",
            is_over=not view.is_open or (promise is not None and promise.done_at is not None),
        )


def _named_by(rows: Sequence[Row]) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        for name, same in row.links:
            found.setdefault(name, []).append((row.id, same))
    return {name: tuple(links) for name, links in found.items()}
