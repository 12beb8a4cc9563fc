"""Faults of the world: no repository, no git, a full disk. Faults of data are findings."""

from __future__ import annotations


class Unavailable(Exception):
    """Something outside the data is missing; the message is Chinese and says the way out."""

    @property
    def in_chinese(self) -> str:
        return str(self)
