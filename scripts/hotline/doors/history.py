"""When and by which commit the events of one order were first recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hotline.audit.versions import read
from hotline.doors.commits import Repository
from hotline.doors.fault import Unavailable
from hotline.procedure.identity import event_id


def recorded(root: Path, path: str, now: datetime) -> dict[str, tuple[str, datetime]]:
    """Event id → the first commit that holds the event, on whatever branch it was made, and when
    it reached the main line; nothing where there is no history."""
    try:
        with Repository(root) as repository:
            return recorded_by_id(repository, path, now)
    except Unavailable:
        return {}


def recorded_by_id(
    repository: Repository, path: str, now: datetime
) -> dict[str, tuple[str, datetime]]:
    """As :func:`recorded`, of a repository that is open; :class:`Unavailable` without history."""
    head = repository.resolve("HEAD")
    versions = repository.versions(head, path)
    landed = repository.landed(head, int(now.timestamp()), {name for name, _ in versions})
    found: dict[str, tuple[str, datetime]] = {}
    for commit, blob in versions:
        at = datetime.fromtimestamp(landed[commit], UTC)
        for event in read(repository.blob(blob)).events.values():
            found.setdefault(event_id(event), (commit, at))
    return found
