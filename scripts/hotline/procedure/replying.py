"""What a reply must be, from its order: template, platform, signatories, whether a letter goes.

Both the rules about letters and the letters themselves ask here, so that they cannot differ.
"""

from __future__ import annotations

from typing import Any

from hotline.procedure.lifecycle import SECTIONS_OF, TEMPLATE_OF, TEMPLATES
from hotline.procedure.timeline import Step, Timeline

PROVINCE = "四川省12345政务服务平台"
"""The platform that a provincial letter names where the order names no other (annex 2)."""
_STATE_COUNCIL = ("国务院", "中国政府网", "gov_cn")
_NATIONAL = ("国家政务服务平台", "national_platform")


def template_of(channel: str) -> str:
    """The template that a channel's letters have."""
    return TEMPLATE_OF.get(channel, channel)


def expected_template(course: Timeline) -> str:
    return template_of(str(course.header.get("channel")))


def origin(course: Timeline) -> str:
    """The platform that a provincial letter names: orders of the State Council's
    mini-programme say 中国政府网 (annex 2)."""
    given = " ".join(str(course.header.get("origin") or "").split())
    if any(name in given for name in _STATE_COUNCIL):
        return TEMPLATES["gov_cn"]
    if any(name in given for name in _NATIONAL):
        return TEMPLATES["national_platform"]
    return given or PROVINCE


def needs_handler(course: Timeline) -> bool:
    """Whether annex 2 asks for the handler's name and phone."""
    template = expected_template(course)
    names = (TEMPLATES["gov_cn"], TEMPLATES["national_platform"])
    return template in ("gov_cn", "national_platform") or (
        template == "province_12345" and origin(course) in names
    )


def has_opinion_sheet(course: Timeline) -> bool:
    """Whether handler and phone go into a 承办意见 beside the letter: everywhere but in the
    letters of 中国政府网, which name both themselves."""
    return needs_handler(course) and expected_template(course) != "gov_cn"


def units_of(step: Step) -> list[str]:
    """The units that reply together, as the reply names them; the lead where it names none."""
    given = [str(unit) for unit in step.event.get("units") or ()]
    return given or [step.before.lead or step.event.by]


def returns_a_national_order(course: Timeline, step: Step) -> bool:
    """Whether the event returns an order to the platform that takes none back (note 7)."""
    is_return = step.event.type == "returned_upstream"
    return is_return and course.header.get("channel") == "national_platform"


def is_second_on_national(course: Timeline, step: Step) -> bool:
    """Whether the national platform, which takes one letter, has had its letter (note 9)."""
    if expected_template(course) != "national_platform":
        return False
    for earlier in course.of("replied"):
        if earlier.event.index >= step.event.index:
            return False
        if has_letter(course, earlier):
            return True
    return False


def has_letter(course: Timeline, step: Step) -> bool:
    """Whether a letter goes out. ``letter: none`` is for a redo on the national platform
    (note 9) and means nothing elsewhere."""
    return step.event.get("letter") != "none" or not is_second_on_national(course, step)


def is_in_force(course: Timeline, step: Step) -> bool:
    """Whether the reply is the answer that counts: the last, and not sent back."""
    last = course.last("replied")
    return last is step.event and course.final.redo is None


def sections_of(step: Step) -> dict[str, Any]:
    """The sections as written, by their names."""
    return dict(step.event.get("sections"))


def printed(template: str) -> tuple[str, ...]:
    """The sections that the letter of a template prints."""
    return SECTIONS_OF[template]


def communicated(course: Timeline, step: Step) -> bool:
    """Whether the petitioner was reached before the reply: what the letter of 人民网 says."""
    return any(
        other.event.index < step.event.index and other.event.get("result") in (None, "reached")
        for other in course.of("contacted")
    )
