"""A matter: a kind of thing that people call about, with the words of both sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

HERE = "here"
"""In ``lead`` and ``support``: the township or street of the place."""


@dataclass(frozen=True, slots=True)
class Matter:
    """Texts with slots: ``{place}``, ``{town}``, ``{we}`` (the lead speaking of itself),
    ``{visit}`` (the day of the inspection), ``{soon}`` (a day some weeks on), and those of
    ``details``.

    ``problem`` and ``wish`` are what the caller says, without subject and full stop;
    ``found`` and ``done`` are what the lead found and did. ``months`` is the season
    (empty: all year round); ``place`` is a kind of place.
    """

    category: str
    kind: str
    lead: str
    title: str
    problem: str
    wish: str
    found: str
    done: str
    law: str
    place: str = "estate"
    support: tuple[str, ...] = ()
    months: tuple[int, ...] = ()
    weight: float = 1.0
    urgency: str = "normal"
    authority: str = ""
    """Whom the center alerts (art. 7 (4))."""
    against: tuple[str, ...] = ()
    slow: str = ""
    """Why it may take long (art. 7 (3)); empty where it never does."""
    details: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
