"""What an event holds that its order already says, so that nobody need type it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hotline.procedure.replying import expected_template
from hotline.procedure.timeline import Standing, Timeline


def completed(
    event: str, data: Mapping[str, Any], course: Timeline, standing: Standing
) -> dict[str, Any]:
    """The fields as typed, with the rest of what follows from the order: of a reply the
    channel's template, the order's title as its subject, and all units that handled it."""
    if event != "replied":
        return dict(data)
    usual = {"template": expected_template(course), "subject": str(course.header.get("title"))}
    whole = {**usual, **data}
    if standing.support and "units" not in data:
        whole["units"] = [str(standing.lead), *standing.support]
    return whole
