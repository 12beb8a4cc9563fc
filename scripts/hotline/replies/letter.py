"""What the templates of annex 2 are filled with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hotline.procedure.calendar import Calendar
from hotline.procedure.lifecycle import SECTIONS, SECTIONS_OF
from hotline.procedure.replying import (
    communicated,
    expected_template,
    has_letter,
    has_opinion_sheet,
    origin,
    sections_of,
    units_of,
)
from hotline.procedure.timeline import Step, Timeline
from hotline.values.registry import Registry

CITIZEN = "市民"
"""Whom a letter addresses whose petitioner is anonymous or confidential."""
PLACE = "资阳市乐至县"
"""What the templates print before a unit's name."""
_COUNTY, _NAMED = "乐至县", "乐至"
_ABOUT = re.compile(
    r"^(?:关于|反映(?!方|人|者|渠道|强烈|问题|情况)|(?:求助|投诉|举报|咨询|建议|表扬)[：:])"
    r"|[的之]?(?:相关)?问题$|[。．.！!？?；;，,、\s]+$"
)
_LONGEST_SUBJECT = 200
# Words of a 沟通情况 that tells why nobody was spoken to, and of one that tells a talk.
_NOT_REACHED = re.compile(
    "未沟通|未联系|没有联系|未能|无法|无人接听|未接听?|未接通|停机|空号|关机|拒接|联系不上|未留"
)
_REACHED = re.compile("表示|告知|说明|解释|沟通后|已沟通|满意|认可|理解")
_END = " \t。．.；;，,！!？?"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter before its template is applied. Personal data stand as placeholders."""

    template: str
    petitioner: str
    title: str
    """先生/女士 where the template asks for it, '' where nobody is named."""
    platform: str
    subject: str
    sections: Mapping[str, tuple[str, ...]]
    """Each section's paragraphs."""
    communicated: bool
    units: tuple[str, ...]
    """Full names of all who reply, the lead first."""
    signatures: tuple[str, ...]
    """The same with city and county before them."""
    date: str
    legal_basis: tuple[str, ...]
    handler: str
    handler_phone: str
    contact_office: str
    contact_phone: str
    opinion_sheet: bool
    goes_out: bool
    """False where the result goes to the center alone (a redo, note 9)."""

    @property
    def file(self) -> str:
        """The template's file; what goes to the center alone is no letter and has its own."""
        return f"letters/{self.template if self.goes_out else 'feedback'}.html"

    @property
    def printed(self) -> frozenset[str]:
        """The sections that a reader of the letter sees."""
        if not self.goes_out:
            return frozenset(("demand", "findings", "handling", "communication"))
        shown = frozenset(SECTIONS_OF[self.template])
        is_told = self.communication or self.template == "ordinary"
        return shown if is_told else shown - {"communication"}

    @property
    def unit(self) -> str:
        """All who reply, in one line."""
        return "、".join(self.units)

    @property
    def communication(self) -> str:
        """The communication in one line without its last stop, '' where none took place."""
        told = " ".join(self.sections["communication"]).rstrip(_END)
        none = _NOT_REACHED.search(told) and not _REACHED.search(told)
        return told if self.communicated and not none else ""

    @property
    def basis(self) -> str:
        """What the templates call 可附政策法律依据, '' where none is given."""
        return f"（依据：{'；'.join(self.legal_basis)}）" if self.legal_basis else ""

    def open_ended(self, section: str) -> tuple[str, ...]:
        """A section's paragraphs, the last without its stop: the template has one of its own."""
        lines = self.sections[section]
        return (*lines[:-1], lines[-1].rstrip(_END)) if lines else lines

    @property
    def heading(self) -> str:
        """What the letter is called where a document needs a name."""
        return f"关于{self.subject}问题的答复"


def letter(course: Timeline, step: Step, registry: Registry, calendar: Calendar) -> Letter:
    """The letter of a reply. Its template is the channel's, whatever the reply names."""
    event = step.event
    hidden = course.is_anonymous or course.is_confidential
    names = tuple(_name(unit, registry) for unit in units_of(step))
    return Letter(
        template=expected_template(course),
        petitioner=CITIZEN if hidden else "{petitioner.name}",
        title="" if hidden else "{petitioner.title}",
        platform=origin(course),
        subject=about(str(event.get("subject") or "")),
        sections={n: paragraphs(str(sections_of(step).get(n) or "")) for n in SECTIONS},
        communicated=communicated(course, step),
        units=names,
        signatures=tuple(map(signed, names)),
        date=in_chinese(calendar.local(event.at).date()),
        legal_basis=tuple(map(str, event.get("legal_basis") or ())),
        handler=str(event.get("handler") or ""),
        handler_phone=str(event.get("handler_phone") or ""),
        contact_office=str(event.get("contact_office") or ""),
        contact_phone=str(event.get("contact_phone") or ""),
        opinion_sheet=has_opinion_sheet(course),
        goes_out=has_letter(course, step),
    )


def in_chinese(day: date) -> str:
    """2026年5月9日: Arabic figures without a leading nought (GB/T 9704)."""
    return f"{day.year}年{day.month}月{day.day}日"


def about(subject: str) -> str:
    """The subject as the templates need it, which print 关于 and 问题 themselves. One that is
    longer than any title stays as it is."""
    subject = subject.strip()
    if len(subject) > _LONGEST_SUBJECT:
        return subject
    shorter = _ABOUT.sub("", subject)
    while shorter and shorter != subject:
        subject, shorter = shorter, _ABOUT.sub("", shorter)
    return subject


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a section: its lines, without blank ones."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def signed(name: str) -> str:
    """A unit's name as it signs. One that names the county elsewhere (国家税务总局乐至县税务局)
    is an official name as it stands."""
    if name.startswith(_COUNTY):
        return PLACE + name.removeprefix(_COUNTY)
    return name if _NAMED in name else PLACE + name


def _name(unit: str, registry: Registry) -> str:
    known = registry.units.get(unit)
    return known.name if known else unit
