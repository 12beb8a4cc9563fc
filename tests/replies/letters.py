"""What tests of letters share: a case with a reply, and its letter rendered."""

from __future__ import annotations

from typing import Any

from hotline.doors.letters import press
from hotline.procedure.timeline import timeline
from hotline.reading.cases import read_case
from hotline.replies.letter import Letter, letter
from hotline.replies.paragraphs import Paragraph, as_text, paragraphs_of
from tests.rules.examples import complete
from tests.support import ROOT, path_of, schema, shipped_rules, to_yaml

SECTIONS = {
    "demand": "要求制止锦绣花园小区东侧工地夜间施工。",
    "findings": "10月13日23时现场检查，工地仍在浇筑，情况属实。",
    "handling": "已责令22时以后停工并立案，10月14日夜间复查没有再施工。",
    "opinion": "10月13日23时现场检查属实，已责令22时以后停工并立案。",
    "communication": "10月14日10时电话告知办理结果，对方表示满意。",
}
HANDLER = {"handler": "周明", "handler_phone": "028-23001234"}


def replied(example: str) -> Letter:
    """The letter of the last reply of an example (see :mod:`tests.rules.examples`)."""
    return letter_of(complete(example))


def letter_of(case: dict[str, Any]) -> Letter:
    rules = shipped_rules()
    found, findings = read_case(path_of(case), to_yaml(case), schema())
    assert found is not None, findings
    course = timeline(found)
    return letter(course, list(course.of("replied"))[-1], rules.registry, rules.calendar)


def rendered(finished: Letter) -> list[Paragraph]:
    return paragraphs_of(press(ROOT)(finished))


def text(finished: Letter) -> str:
    return as_text(rendered(finished))
