"""What the site tells of the past.

Whoever asks is another process than the one that builds: what an audit needs is loaded there, and
not where nobody needs it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from hotline.doors.fault import Unavailable
from hotline.pages.history import Anchor, Audit, History


def history(root: Path, now: datetime) -> History:
    """The audit, the anchors and when events were recorded; where there is no history to look
    at, why."""
    from hotline.doors import anchors
    from hotline.doors.auditing import audit_and_recordings
    from hotline.doors.commits import Repository as Commits

    try:
        with Commits(root) as commits:
            found, recorded = audit_and_recordings(commits, now)
            notes = [_anchor(*kept) for kept in anchors.kept(commits, found.head)]
            made = Audit(
                found.head, found.commits, found.cases, found.faults, notes, commits.replacements
            )
            return History(made, "", recorded)
    except Unavailable as fault:
        return History(None, str(fault))


def _anchor(name: str, note: dict[str, Any], wrong: list[str]) -> Anchor:
    made_at = datetime.fromisoformat(note["made_at"])
    return Anchor(
        name, made_at, note["commit"], note["commits"], note["cases"], "signature" in note,
        tuple(wrong),
    )  # fmt: skip
