"""What people call about: one module per field of life, nothing but texts.

Invented for the demo; no person, no firm and no message of the real world stands here.
"""

from __future__ import annotations

from hotline.demo.matter import Matter
from hotline.demo.matters import (
    city,
    elsewhere,
    environment,
    government,
    housing,
    labor,
    market,
    public_service,
    rural,
    security,
    urgent,
    utilities,
)

MATTERS: tuple[Matter, ...] = (
    *city.MATTERS, *environment.MATTERS, *government.MATTERS, *housing.MATTERS, *labor.MATTERS,
    *market.MATTERS, *public_service.MATTERS, *rural.MATTERS, *security.MATTERS,
    *utilities.MATTERS,
)  # fmt: skip
"""Ordinary matters of the county."""
URGENT: tuple[Matter, ...] = urgent.MATTERS
"""Special and emergency matters (art. 7 (4))."""
ELSEWHERE: tuple[Matter, ...] = elsewhere.MATTERS
"""Matters of another county, which go back to the city platform."""
