"""When and by which commit an event was first recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from hotline.doors import git
from hotline.doors.fault import Unavailable
from hotline.procedure.identity import event_id
from hotline.reading.strict_yaml import parse


@dataclass(frozen=True, slots=True)
class Recorded:
    """Event id → (commit, committer time as RFC 3339)."""

    events: dict[str, tuple[str, str]] = field(default_factory=dict)

    def get_pair(self, event: str) -> tuple[str | None, str | None]:
        return self.events.get(event, (None, None))


def recorded(root: Path, path: str) -> Recorded:
    """The first commit that holds each event of one case file; nothing where there is no
    history (a folder that is no git repository)."""
    found: dict[str, tuple[str, str]] = {}
    try:
        listed = git.run(
            root, "log", "--full-history", "--reverse", "-m", "--first-parent", "--format=%H %cI",
            "--no-ext-diff", "--no-textconv", "--", path,
        ).decode()  # fmt: skip
        prefix = git.prefix(root)
    except Unavailable:
        return Recorded()
    for line in listed.splitlines():
        commit, _, when = line.partition(" ")
        try:
            blob = git.run(root, "cat-file", "blob", f"{commit}:{prefix}{path}")
        except Unavailable:
            continue  # a commit that deleted the file
        root_node = parse(blob).root
        events = root_node.get("events") if isinstance(root_node, dict) else None
        for event in events if isinstance(events, list) else ():
            if isinstance(event, dict):
                found.setdefault(event_id(event), (commit, when))
    return Recorded(found)
