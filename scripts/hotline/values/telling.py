"""Who is told of what stands, where, and when not: the settings of ``registry/notify.yaml``."""

from __future__ import annotations

from datetime import time
from typing import NamedTuple

LEVELS = ("unit", "bureau", "county", "accountability")
"""What a channel may be set to carry, in rising order."""


class Channel(NamedTuple):
    """A unit, and the environment variables that hold its addresses. An address is a secret:
    no value of this package holds one."""

    unit: str
    urls_from: tuple[str, ...]
    levels: frozenset[str] = frozenset(LEVELS)


class Telling(NamedTuple):
    """``quiet`` are the periods of a working day without digests (a period may cross midnight);
    None stands for all that lies outside of working hours."""

    channels: tuple[Channel, ...] = ()
    site: str = ""
    quiet: tuple[tuple[time, time], ...] | None = None
