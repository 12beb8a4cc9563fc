"""What to do now about a running clock, and the command that records it."""

from __future__ import annotations

from dataclasses import dataclass

from hotline.procedure.lifecycle import TABLE
from hotline.views.case_view import CaseView, ClockView


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do: who, which event, and the ready command."""

    unit: str | None
    event: str
    title: str
    command: str


# clock → (event, fields that the clerk fills in)
_EVENTS: dict[str, tuple[str, str]] = {
    "sign": ("signed", ""),
    "first_response": ("first_response", "text=初步响应意见"),
    "support": ("support_opinion", "text=协办意见"),
    "progress": ("progress", "text=进展情况"),
    "screening": ("screening_decided", "upheld=…"),
    "supervision": ("supervision_closed", "result=督办结果 outcome=effective"),
}


def act_for(view: CaseView, row: ClockView) -> Act:
    """The act that meets a clock, taking the next step first where one is missing."""
    case, state, name = view.id, view.state, row.clock.name
    if state == "new":
        return _act(case, "accepted", "", None)
    if state == "accepted":
        return _act(case, "assigned", "lead=主办单位 support= basis=clear", None)
    if name in ("reply", "redo", "promise"):
        if state == "assigned":
            return _act(case, "signed", "", row.clock.unit)
        return _act(
            case, "replied", "template=… subject=… sections.handling=@答复.txt", row.clock.unit
        )
    event, fields = _EVENTS[name]
    return _act(case, event, fields, row.clock.unit)


def _act(case: str, event: str, fields: str, unit: str | None) -> Act:
    command = f"hotline add {case} {event} {fields}".rstrip()
    return Act(unit, event, TABLE[event].title, command)
