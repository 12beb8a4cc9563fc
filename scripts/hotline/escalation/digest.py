"""Who is told what, and when: what stands in, messages out. Sending them is a door's work.

A message names the order by its number and says which clock or ground it is about; nothing
that the order itself says is ever in it, for messages leave the house.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from hotline.escalation.issue import Grounds, asks
from hotline.escalation.level import level_of
from hotline.procedure.calendar import Calendar
from hotline.procedure.clocks import CLOCKS, STATUSES
from hotline.procedure.lifecycle import URGENCIES
from hotline.rules.grounds import GROUNDS
from hotline.values.article import cite
from hotline.values.registry import Registry
from hotline.values.shown import on_one_line
from hotline.values.telling import Telling
from hotline.views.case_view import CaseView, ClockView

MAX_LINES = 30
"""Orders that a digest lists; the rest is a number."""
KINDS = {
    "accountability": "追责线索", "county": "县督办情形", "bureau": "局督办情形",
    "overdue": STATUSES["overdue"], "due_soon": STATUSES["due_soon"],
}  # fmt: skip
"""What is told, most serious first."""
_ORDER = {kind: number for number, kind in enumerate(KINDS)}
_ROLES = {
    "bureau": ("bureau",), "county": ("center", "government"), "accountability": ("supervisor",),
}  # fmt: skip
"""Level of a ground → the roles that may act on it (arts. 19 to 21)."""
_INERT = str.maketrans(
    {char: chr(ord(char) + 0xFEE0) for char in "@<>&*_`#[]{}()!|~\\"} | {"\n": " ", "\r": " "}
)
"""To full width: no mention, markup or template, wherever a message is shown."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that one unit is to know of one order. ``name`` is a clock or a ground's code,
    ``whose`` the unit whose duty it is, ``urgency`` that of the order."""

    unit: str
    case: str
    level: str
    kind: str
    name: str
    due_at: datetime | None = None
    whose: str | None = None
    urgency: str = "normal"
    article: str = ""

    @property
    def key(self) -> str:
        """The state that is told: it changes when the due moment does."""
        if self.due_at is None:
            return f"{self.case}/{self.name}"
        return f"{self.case}/{self.name}/{self.kind}/{self.due_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"

    @property
    def order(self) -> tuple[int, str, str, str]:
        due = f"{self.due_at.astimezone(UTC):%Y%m%dT%H%M%S}" if self.due_at else ""
        return (_ORDER[self.kind], due, self.case, self.name)


@dataclass(frozen=True, slots=True)
class Message:
    """What a unit is sent. ``key`` names it for good: what was sent under it is not sent again.
    ``urls_from`` are the environment variables that say where to."""

    unit: str
    kind: Literal["at_once", "digest"]
    key: str
    title: str
    lines: tuple[str, ...]
    urls_from: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        return "\n".join(self.lines)

    def parts(self, max_bytes: int) -> list[tuple[str, str]]:
        """(title, body) of each part, cut between lines so that title and body fit together."""
        room = max_bytes - len(f"{self.title}（99/99）\r\n".encode())
        bodies = [""]
        for line in self.lines:
            longer = f"{bodies[-1]}\n{line}" if bodies[-1] else line
            if bodies[-1] and len(longer.encode()) > room:
                bodies.append(line)
            else:
                bodies[-1] = longer
        if len(bodies) == 1:
            return [(self.title, bodies[0])]
        count = len(bodies)
        return [(f"{self.title}（{n}/{count}）", body) for n, body in enumerate(bodies, 1)]


# --- what stands, and who is to know it ---------------------------------------------------


def matters(views: Iterable[CaseView], registry: Registry, grounds: Grounds) -> list[Matter]:
    """All that anybody is to know now. A unit that an order complains of never learns of it."""
    found: dict[tuple[str, str], Matter] = {}
    for view in views:
        against = complained_of(view)
        told = [*_clocks(view, registry, against), *_grounds(view, registry, grounds)]
        for matter in told:
            if matter.unit not in against:
                found.setdefault((matter.unit, matter.key), matter)
    return list(found.values())


def complained_of(view: CaseView) -> frozenset[str]:
    """The units of ``against``, as first written and as corrected."""
    named = (view.subject.case.get("against"), view.subject.course.header.get("against"))
    return frozenset(str(unit) for units in named for unit in units or ())


def _clocks(
    view: CaseView, registry: Registry, against: Collection[str]
) -> Iterator[Matter]:  # fmt: skip
    for row in view.clocks if view.is_open else ():
        if asks(row):
            yield Matter(
                _who(row, registry, against), view.id, "unit", row.status, row.clock.name,
                row.clock.due_at, row.clock.unit, _urgency(view),
            )  # fmt: skip


def _who(row: ClockView, registry: Registry, against: Collection[str]) -> str:
    """Whose clock it is. Before an order is assigned, and where it lies with the unit that it
    complains of, the center has to act."""
    unit = row.clock.unit
    return registry.center() if unit is None or unit in against else unit


def _grounds(view: CaseView, registry: Registry, grounds: Grounds) -> Iterator[Matter]:
    for ground in grounds.get(view.id, ()):
        level = level_of([ground.code], is_due=False)
        if level not in _ROLES:
            continue
        units = [unit.id for unit in registry.units.values() if unit.role in _ROLES[level]]
        if level == "bureau" and view.lead is not None:
            units.append(view.lead)
        for unit in dict.fromkeys(units):
            yield Matter(
                unit, view.id, level, level, ground.code, None, view.lead, _urgency(view),
                ground.article,
            )  # fmt: skip


def _urgency(view: CaseView) -> str:
    return str(view.subject.course.current("urgency"))


# --- messages -------------------------------------------------------------------------------


def messages(
    standing: Iterable[Matter], telling: Telling, registry: Registry, now: datetime,
    calendar: Calendar,
) -> list[Message]:  # fmt: skip
    """What is to be sent now, whatever was sent before: what cannot wait first, then at most
    one digest for each unit and address."""
    by_unit: dict[str, list[Matter]] = {}
    for matter in sorted(standing, key=lambda matter: matter.order):
        by_unit.setdefault(matter.unit, []).append(matter)
    say = _Words(telling.site.rstrip("/"), registry, calendar)
    quiet = is_quiet(now, telling, calendar)
    at_once, digests = [], []
    for unit, levels, names in _routes(telling, registry):
        told = [matter for matter in by_unit.get(unit, ()) if matter.level in levels]
        at_once += [say.at_once(m, names) for m in told if m.urgency != "normal"]
        waiting = [matter for matter in told if matter.urgency == "normal"]
        if waiting and not quiet:
            digests.append(say.digest(unit, waiting, calendar.local(now), names))
    return at_once + digests


def is_quiet(now: datetime, telling: Telling, calendar: Calendar) -> bool:
    """Whether digests wait: on days off, and outside of working hours or as the county has it."""
    local = calendar.local(now)
    if not calendar.day(local.date()).working:
        return True
    if telling.quiet is None:
        return calendar.opening(local) != local
    at = local.time()
    return any(
        begin <= at < end if begin < end else at >= begin or at < end
        for begin, end in telling.quiet
    )


def _routes(
    telling: Telling, registry: Registry
) -> list[tuple[str, frozenset[str], tuple[str, ...]]]:
    """(unit, levels, variables): a variable stands once for a unit, with all its levels."""
    levels: dict[tuple[str, str], frozenset[str]] = {}
    for channel in telling.channels:
        for name in channel.urls_from if channel.unit in registry.units else ():
            at = (channel.unit, name)
            levels[at] = levels.get(at, frozenset()) | channel.levels
    routes: dict[tuple[str, frozenset[str]], list[str]] = {}
    for (unit, name), wanted in levels.items():
        routes.setdefault((unit, wanted), []).append(name)
    return [(unit, wanted, tuple(names)) for (unit, wanted), names in routes.items()]


class _Words:
    """The words of messages: numbers, names of clocks and grounds, units, times, links."""

    def __init__(self, site: str, registry: Registry, calendar: Calendar) -> None:
        self.site = site
        self.registry = registry
        self.calendar = calendar

    def at_once(self, matter: Matter, names: tuple[str, ...]) -> Message:
        urgency = URGENCIES[matter.urgency]
        title = f"【12345热线·{urgency}】{matter.case} {self._short(matter)}"
        lines = [self._whole(matter), *self._link(matter.case), f"hotline show {matter.case}"]
        return Message(
            matter.unit, "at_once", f"at_once/{matter.unit}/{matter.key}", title, tuple(lines), names
        )  # fmt: skip

    def digest(
        self, unit: str, waiting: Sequence[Matter], now: datetime, names: tuple[str, ...]
    ) -> Message:
        """``waiting`` is in the order of :attr:`Matter.order`: an order stands where the most
        serious thing about it does."""
        by_case: dict[str, list[Matter]] = {}
        for matter in waiting:
            by_case.setdefault(matter.case, []).append(matter)
        shown = list(by_case)[:MAX_LINES]
        lines = [f"{_counts(by_case)}。"]
        lines += [self._line(number, by_case[case]) for number, case in enumerate(shown, 1)]
        if len(by_case) > MAX_LINES:
            lines.append(f"另有 {len(by_case) - MAX_LINES} 件")
        lines.append(f"看经过：hotline show {shown[0]}")
        title = (
            f"【12345热线】{self._unit(unit)} {now.month}月{now.day}日每日提醒：{len(by_case)} 件"
        )
        return Message(unit, "digest", f"digest/{unit}/{now:%Y-%m-%d}", title, tuple(lines), names)

    def _line(self, number: int, of_case: Sequence[Matter]) -> str:
        case = of_case[0].case
        words = "；".join(map(self._whole, of_case))
        return " ".join([f"{number}. {case}", words, *self._link(case)])

    def _short(self, matter: Matter) -> str:
        if matter.due_at is None:
            return f"{KINDS[matter.kind]} {matter.name}"
        return f"{CLOCKS[matter.name]}{KINDS[matter.kind]}"

    def _whole(self, matter: Matter) -> str:
        whose = self._unit(matter.whose)
        if matter.due_at is not None:
            due = f"{self.calendar.local(matter.due_at):%Y-%m-%d %H:%M}"
            return f"{self._short(matter)}（{whose}，{due} 到期）"
        lead = "，只是线索，不是结论" if matter.level == "accountability" else ""
        words = f"{GROUNDS[matter.name]}（{cite(matter.article)}{lead}）"
        return f"{self._short(matter)} {words}（{whose}）"

    def _unit(self, unit: str | None) -> str:
        if unit is None:
            return "未交办"
        return on_one_line(self.registry.unit_name(unit)).translate(_INERT)

    def _link(self, case: str) -> list[str]:
        return [f"{self.site}/cases/{case}/"] if self.site else []


def _counts(by_case: Mapping[str, Sequence[Matter]]) -> str:
    """How many orders have what, most serious first."""
    counts = {
        kind: sum(any(matter.kind == kind for matter in of) for of in by_case.values())
        for kind in KINDS
    }
    return "，".join(f"{KINDS[kind]} {number} 件" for kind, number in counts.items() if number)
