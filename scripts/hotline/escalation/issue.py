"""The issue that a case should have: level, grounds, title, body."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hotline.escalation.level import LEVELS, level_of
from hotline.procedure.clocks import CLOCKS, STATUSES
from hotline.procedure.derivation import derivation
from hotline.procedure.lifecycle import STATES
from hotline.rules.grounds import GROUNDS
from hotline.values.article import cite
from hotline.values.finding import Finding
from hotline.values.registry import Registry
from hotline.values.shown import in_markdown, on_one_line, unlinked
from hotline.views.act import act_for
from hotline.views.case_view import CaseView, ClockView

_COMMAND = re.compile("(hotline add [^。`]+)")
_CODES = {
    "sign": "D101", "first_response": "D102", "reply": "D103", "progress": "D104", "redo": "D105",
    "supervision": "D106", "support": "D107", "promise": "D108", "screening": "D109",
}  # fmt: skip


MAX_TITLE, MAX_BODY = 120, 40_000
"""Characters. GitHub takes 256 and 65,536; Gitea cuts a title at 255 columns, of which a Chinese
character takes two, and says nothing. What people add needs room too."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of one case. ``key`` names it on whatever forge it lies."""

    case: str
    level: str
    grounds: tuple[str, ...]
    title: str
    body: str
    told: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    """Ground → what it is, in a few words without anything that the order says."""

    @property
    def key(self) -> str:
        return key_of(self.case)


def key_of(case: str) -> str:
    """16 hex digits that stand for the case's issue."""
    return hashlib.sha256(f"hotline/issue/{case}".encode()).hexdigest()[:16]


Render = Callable[[dict[str, object]], str]


Grounds = Mapping[str, Sequence[Finding]]
"""Case → the grounds of arts. 19 to 21 that stand."""


def wanted_issues(
    views: Iterable[CaseView], registry: Registry, render: Render, grounds: Grounds
) -> dict[str, Issue]:
    """The issues that the facts ask for, by case; ``render`` fills the body's template."""
    found = {}
    for view in views:
        issue = issue_of(view, registry, render, grounds.get(view.id, ()))
        if issue is not None:
            found[issue.case] = issue
    return found


def issue_of(
    view: CaseView, registry: Registry, render: Render, standing: Sequence[Finding] = ()
) -> Issue | None:
    """The issue of one case at its highest level, None where nothing asks for one."""
    rows = [row for row in view.clocks if view.is_open and asks(row)]
    level = level_of([ground.code for ground in standing], is_due=bool(rows))
    if level == "none":
        return None
    rows.sort(key=lambda row: (row.status != "overdue", row.clock.due_at, row.clock.name))
    late = [row for row in rows if row.status == "overdue"]
    words = {_CODES[row.clock.name]: f"{CLOCKS[row.clock.name]}已超期" for row in late}
    words |= {
        ground.code: f"{GROUNDS[ground.code]}（{cite(ground.article)}）" for ground in standing
    }
    told = LEVELS[level].told
    if level == "unit" and view.lead is None:
        told = "热线管理机构（还没有交办）"  # no unit has it yet
    body = render(
        {
            "case": view.id,
            "path": view.subject.path,
            "state": STATES[view.state],
            "title": _title_of_case(view),
            "lead": in_markdown(registry.unit_name(view.lead)),
            "clocks": [_row(view, row, registry) for row in rows],
            "grounds": [_ground(ground) for ground in standing],
            "told": told,
        }
    )
    title = _title(view, rows[0], bool(late), registry) if level == "unit" else ""
    title = title or _title_of_ground(view, level, standing, registry)
    return Issue(
        view.id, level, tuple(sorted(words)), title[:MAX_TITLE].rstrip(), _cut(body), told, words
    )  # fmt: skip


def asks(row: ClockView) -> bool:
    """Whether a clock asks for an issue. One that runs on a provisional calendar may yet fall
    due later: it is told once it is overdue, not before."""
    return row.status == "overdue" or (row.status == "due_soon" and not row.clock.provisional)


def _cut(body: str) -> str:
    """A forge refuses a body over 65,536 characters, and then the whole issue."""
    if len(body) <= MAX_BODY:
        return body
    kept = body[:MAX_BODY].rsplit("\n", 1)[0]
    return f"{kept}\n\n（内容太长，其余请看工单页面或运行 hotline check。）"


def _ground(ground: Finding) -> dict[str, str]:
    """A ground as the issue tells it: what happened and what to do stand in its message."""
    return {
        "code": ground.code,
        "title": GROUNDS[ground.code],
        "article": cite(ground.article),
        "words": _with_commands(ground.message),
        "line": str(ground.place.line),
    }


def _with_commands(message: str) -> str:
    """A message as Markdown, its commands ready to copy."""
    parts = _COMMAND.split(message)
    parts[::2] = map(in_markdown, parts[::2])
    parts[1::2] = [f"`{command.replace('`', '')}`" for command in parts[1::2]]
    return "".join(parts)


def _title_of_ground(
    view: CaseView, level: str, standing: Sequence[Finding], registry: Registry
) -> str:
    highest = [g for g in standing if level_of([g.code], is_due=False) == level]
    unit = _unit(registry, view.lead)
    return f"【{LEVELS[level].word}】{view.id} {GROUNDS[highest[0].code]} · {unit}"


def _title(view: CaseView, first: ClockView, is_late: bool, registry: Registry) -> str:
    word = "已超期" if is_late else "即将到期"
    return f"【{word}】{view.id} {CLOCKS[first.clock.name]} · {_unit(registry, first.clock.unit)}"


def _unit(registry: Registry, unit: str | None) -> str:
    """A unit's name in a title, which is plain text: on one line, and nothing in it links."""
    return unlinked(" ".join(on_one_line(registry.unit_name(unit)).split()))


def _title_of_case(view: CaseView) -> str:
    """The order's title, but not of one that ever was a report or confidential (art. 16)."""
    course, written = view.subject.course, view.subject.case.data
    kinds = {written["kind"], course.header["kind"]}
    kinds |= {step.event.get("kind") for step in course.of("reclassified")}
    if "report" in kinds or course.is_confidential or written["petitioner"].get("confidential"):
        return ""
    title = " ".join(str(course.header["title"]).split())
    return in_markdown(title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1]}…")


def _name(row: ClockView, registry: Registry) -> str:
    """What a clock is called; of two supervisions at once it must be plain whose is whose."""
    opened = row.clock.opened_by
    if row.clock.name != "supervision" or opened is None:
        return CLOCKS[row.clock.name]
    return f"{in_markdown(registry.unit_name(opened.by))}的督办"


def _row(view: CaseView, row: ClockView, registry: Registry) -> dict[str, str]:
    clock = row.clock
    pending = "，申请待审核" if clock.decision_pending else ""
    return {
        "name": _name(row, registry),
        "unit": in_markdown(registry.unit_name(clock.unit)),
        "due": f"{clock.due_at:%Y-%m-%d %H:%M}",
        "status": STATUSES[row.status] + pending,
        "article": cite(clock.article),
        "code": _CODES.get(clock.name, "") if row.status == "overdue" else "",
        "derivation": in_markdown(derivation(clock, view.subject.calendar).text),
        "act": act_for(view, row).command,
    }
