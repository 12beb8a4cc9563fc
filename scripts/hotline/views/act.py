"""What to do now about a running clock, and the command that records it."""

from __future__ import annotations

from dataclasses import dataclass

from hotline.procedure.lifecycle import SECTIONS_OF, TABLE
from hotline.procedure.replying import expected_template
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
    "first_response": ("first_response", "text=…"),
    "support": ("support_opinion", "text=…"),
    "progress": ("progress", "text=…"),
    "screening": ("screening_decided", "upheld=…"),
    "supervision": ("supervision_closed", "result=… outcome=…"),
}


_SHARED = frozenset({"support_opinion", "progress"})
"""Events that more than one unit of an order may write: the command names the unit."""


def act_for(view: CaseView, row: ClockView) -> Act:
    """The act that meets a clock, taking the next step first where one is missing."""
    case, state, name = view.id, view.state, row.clock.name
    if state == "new":
        return _act(case, "accepted", "", None)
    if state == "accepted":
        return _act(case, "assigned", "lead=… support= basis=…", None)
    if name in ("reply", "redo", "promise"):
        if state == "assigned":
            return _act(case, "signed", "", row.clock.unit)
        return _act(case, "replied", _reply_fields(view), row.clock.unit)
    event, fields = _EVENTS[name]
    opened = row.clock.opened_by
    if name == "supervision" and opened is not None:
        fields = f"--by {opened.by} {fields}"
    elif event in _SHARED and row.clock.unit:
        fields = f"--by {row.clock.unit} {fields}"
    return _act(case, event, fields, row.clock.unit)


def _reply_fields(view: CaseView) -> str:
    """What a reply needs, by the template that the order's channel asks for."""
    template = expected_template(view.subject.course)
    sections = dict.fromkeys((*SECTIONS_OF[template], "communication"))
    texts = " ".join(f"sections.{name}=@{name}.txt" for name in sections)
    return f"subject=… {texts} reviewed_by=… delivery.method=… delivery.at=…"


def _act(case: str, event: str, fields: str, unit: str | None) -> Act:
    command = f"hotline add {case} {event} {fields}".rstrip()
    return Act(unit, event, TABLE[event].title, command)
