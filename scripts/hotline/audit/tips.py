"""Two versions of a whole repository held against each other, without the commits in between:
what a push or a commit would lose. Who wrote it and when is for the audit of every commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hotline.audit.history import NOTHING, Change, Commit, Step, When
from hotline.audit.judge import Judge, Placed, Signature
from hotline.audit.rights import NO_RIGHTS
from hotline.audit.versions import Versions
from hotline.procedure.calendar import Calendar
from hotline.values.finding import Finding

_OF_THE_FILES = frozenset({"A001", "A002", "A003"})
_NOBODY = Commit("", ("",), "", "", 0, "")


def lost(
    changes: Iterable[Change], content: Callable[[str], bytes], calendar: Calendar
) -> list[Finding]:
    """Events that are missing or changed, headers changed without licence, files that are gone
    (A001 to A003). What was no work order before may go."""
    versions = Versions(content)
    changes = list(changes)
    if all(change.is_plain for change in changes):  # else one may be what became of another
        changes = [change for change in changes if change.old != NOTHING]
    kept = [c for c in changes if c.is_plain or not c.was_plain or versions.version(c.old).is_case]
    judge = Judge(versions, calendar, lambda _one, _other: (), lambda _commit, _path: "")
    step = Step(_NOBODY, When(0), (kept,))
    faults = judge.judge(Placed(step, NO_RIGHTS, Signature("none")))
    return [fault.finding for fault in faults if fault.finding.code in _OF_THE_FILES]
