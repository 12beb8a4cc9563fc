"""When and by whom an event was written into history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple


class Recording(NamedTuple):
    """The first commit that held an event. ``at`` is when it reached the main line."""

    commit: str
    author: str
    at: datetime


Key = tuple[str, str, str, str]
"""Path of the case; type, author and time of the event, as written."""
Recordings = Mapping[Key, Recording]


class Recorded(NamedTuple):
    """What history says of the orders: of each event the first commit, of each file (by its
    path) the last that made something else of it."""

    events: Recordings
    files: Mapping[str, Recording]
