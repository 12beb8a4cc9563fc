"""The judge of history: one commit after another, newest first, and what is wrong with each.

A commit is held against each of its parents: whatever a parent recorded must still be there
(art. 12). What a merge takes over from one of its parents was judged where it was written; only
what none of them has is the merge's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from hotline.audit.history import NOTHING, SKEW, Change, Step
from hotline.audit.in_force import JUDGED_FROM, edited
from hotline.audit.rights import NO_RIGHTS, Rights, may_not, read_rights
from hotline.audit.versions import Difference, Mark, Version, Versions, compared, mark_of
from hotline.procedure.calendar import Calendar
from hotline.procedure.identity import event_id
from hotline.procedure.lifecycle import TABLE
from hotline.procedure.recording import is_late
from hotline.reading.places import Source
from hotline.reading.strict_yaml import shown_key
from hotline.rules.declare import RULES, load
from hotline.values.finding import Finding, Severity
from hotline.values.node import START, Place
from hotline.values.registry import MemberKey
from hotline.values.times import NotATime, parse_time

UNITS = "registry/units.yaml"
_DAY = 86_400
"""Seconds: nothing is late before, and most need not be looked at closer."""
_LICENCES: dict[str, frozenset[str]] = {
    "sealed": frozenset({"resealed", "erased"}),
    "petitioner.fingerprint": frozenset({"resealed", "erased"}),
    "demand": frozenset({"resealed"}),
}
"""Field of the header → the events that license its change. All others never change: what
turns out wrong is mended by ``corrected`` or ``reclassified``."""
_ADVISORY = "（没有有效签名，作者一栏可以冒写，仅供核对）"


class Signature(NamedTuple):
    """What git says of a commit's signature: ``none``, ``other`` (no SSH), ``bad``, ``unknown``
    (a key that the registry does not know) or ``good``, with the keys that it may be of."""

    state: str
    keys: tuple[MemberKey, ...] = ()


class Keyless(NamedTuple):
    """How many commits have no signature while nobody has a key, the newest of them, and the day
    (as an ordinal) on which that one reached the main line."""

    commits: int = 0
    newest: str = ""
    day: int = 0


NONE_KEYLESS = Keyless()


class Fault(NamedTuple):
    """A finding, and the commit that it is about."""

    finding: Finding
    commit: str
    author: str


class Placed(NamedTuple):
    """A commit with the rights as they stood before it and what its signature is worth."""

    step: Step
    rights: Rights
    signature: Signature


class Judge:
    """``ancestors`` gives the merge bases of two commits, ``blob_at`` the blob of a path in a
    commit; both are asked rarely. ``twins`` are paths of the newest version that differ from
    another one by case only. ``binds`` tells of a day whether signatures were asked for."""

    def __init__(
        self,
        versions: Versions,
        calendar: Calendar,
        ancestors: Callable[[str, str], Iterable[str]],
        blob_at: Callable[[str, str], str],
        twins: dict[str, str] | None = None,
        binds: Callable[[date], bool] = lambda _day: False,
    ) -> None:
        load()
        self._versions = versions
        self._calendar = calendar
        self._ancestors = ancestors
        self._blob_at = blob_at
        self._twins = twins or {}
        self._binds = binds
        self.keyless = NONE_KEYLESS

    def judge(self, placed: Placed) -> Iterator[Fault]:
        """What is wrong with a commit."""
        step = placed.step
        yield from self._signature(placed)
        yield from self._clock(step)
        if step.is_merge:
            yield from self._merge(placed)
            return
        is_first = not step.commit.parents and placed.rights is not NO_RIGHTS
        for change in step.changes[0]:
            yield from self._twin(step, change)
            if _is_of_cases(change.path):
                yield from self._change(placed, change)
            else:
                yield from self._registry(placed, change, is_first=is_first)

    def of_all(self, before: Keyless) -> Iterator[Fault]:
        """What is told once, after all commits: where nobody had a key, what is missing is one
        thing, however many commits there are. ``before`` is :attr:`keyless` of an earlier audit,
        and is counted with what this one found."""
        newest = self.keyless if self.keyless.commits else before
        self.keyless = Keyless(self.keyless.commits + before.commits, newest.newest, newest.day)
        count, name, day = self.keyless
        if count:
            words = f"名录里还没有登记任何密钥，{count} 个提交没有签名，无从核对"
            yield self._told(
                "A006",
                name,
                "",
                UNITS,
                words,
                "keyless",
                START,
                self._of_signatures(date.fromordinal(day)),
            )

    def _of_signatures(self, day: date) -> Severity:
        return "error" if self._binds(day) else "warning"

    # --- a commit with one parent ---------------------------------------------------------

    def _change(self, placed: Placed, change: Change) -> Iterator[Fault]:
        step = placed.step
        yield from self._gone(step, change)
        if not _is_case(change) or not change.is_plain:
            return
        old = change.old if change.was_plain else NOTHING
        found = self._versions.difference(old, change.new)
        yield from self._lost(step, change, found)
        for field in found.fields:
            if not self._is_licensed(field, found.added, change):
                yield self._header(step, change, field)
        yield from self._added(placed, change, found.added)

    def _gone(self, step: Step, change: Change) -> Iterator[Fault]:
        """A file that is no more, or that is no plain file."""
        if _is_case(change) and change.was_plain and not change.is_plain:
            if change.new_mode.strip("0"):
                words = "工单文件被换成了链接或子模块"
            else:
                to = _moved_to(step, change)
                words = f"工单文件被改名或移走（现为 {to}）" if to else "工单文件被删除"
            yield self._fault("A003", step, change.path, words, "gone")
        elif not change.is_plain and change.new_mode.strip("0"):
            yield self._fault("A003", step, change.path, "cases/ 下放了链接或子模块", "link")

    def _twin(self, step: Step, change: Change) -> Iterator[Fault]:
        """A new name that differs from another one by case only; told once of the two, where
        the second came."""
        if change.old == NOTHING and change.path in self._twins:
            twin = self._twins.pop(change.path)
            self._twins.pop(twin, None)
            words = f"文件名与 {twin} 只差大小写，在 Windows 上会互相覆盖"
            yield self._fault("A003", step, change.path, words, "twin")

    def _lost(self, step: Step, change: Change, found: Difference) -> Iterator[Fault]:
        if found.unreadable and change.was_plain and self._versions.version(change.old).is_case:
            yield self._fault(
                "A001", step, change.path, "工单改得读不出了，原有事件都看不到", "unreadable"
            )
            return
        old = self._versions.version(change.old) if found.lost else None
        for known in found.lost:
            assert old is not None
            yield self._event_lost(step, change, old, known, found)

    def _event_lost(
        self, step: Step, change: Change, old: Version, known: str, found: Difference
    ) -> Fault:
        event = old.events[known]
        title = _title(str(event.get("type")))
        same = next((mark for mark in found.added if _is_successor(mark, event)), None)
        words = f"已记录的“{title}”（{event_id(event)}，{event.get('at')}）" + (
            "被改动" if same else "被删去"
        )
        place = self._place(change, same.number) if same else START
        return self._fault("A001", step, change.path, words, event_id(event), place)

    def _is_licensed(self, field: str, added: Iterable[Mark], change: Change) -> bool:
        licences = _LICENCES.get(field, frozenset())
        if not any(mark.type in licences for mark in added):
            return False
        header = self._versions.version(change.new).header
        sealed = header.get("sealed")
        if field == "demand":
            return "demand" not in header and isinstance(sealed, dict) and "demand" in sealed
        if any(mark.type == "resealed" for mark in added):
            return True
        # What is erased is gone: no other seal and no other fingerprint stands in its place.
        before = self._versions.version(change.old)
        return _value(Version(True, header, {}), field) is None or (
            field == "sealed" and _is_part(sealed, before.header.get("sealed"))
        )

    def _header(self, step: Step, change: Change, field: str) -> Fault:
        name = field if all(map(shown_key, field.split("."))) else "一个字段"
        words = f"工单头的 {name} 被改动"
        return self._fault("A002", step, change.path, words, field, self._place_of(change, field))

    def _added(self, placed: Placed, change: Change, added: Iterable[Mark]) -> Iterator[Fault]:
        step = placed.step
        for mark in added:
            why = may_not(placed.rights, self._person(placed), mark.type, mark.by)
            if why:
                yield self._of_event("A004", placed, change, mark, why + self._advisory(placed))
            try:
                at = parse_time(mark.at)
            except NotATime:
                continue
            moment = at.timestamp()
            if moment > step.commit.committed + SKEW:
                words = f"提交时间 {self._local(step.commit.committed)}，事件却写在 {mark.at}"
                yield self._of_event("A010", placed, change, mark, words)
            if step.when.landed - moment > _DAY and is_late(
                self._calendar, at, _utc(step.when.landed)
            ):
                words = f"{mark.at} 发生，{self._local(step.when.landed)} 才入库"
                yield self._of_event("A005", placed, change, mark, words)

    # --- a merge --------------------------------------------------------------------------

    def _merge(self, placed: Placed) -> Iterator[Fault]:
        step = placed.step
        by_path: dict[str, dict[int, Change]] = {}
        for number, changes in enumerate(step.changes):
            for change in changes:
                by_path.setdefault(change.path, {})[number] = change
        count = len(step.commit.parents)
        for path in sorted(by_path):
            against = by_path[path]
            if len(against) == count:
                yield from self._twin(step, against[0])
            if not _is_of_cases(path):
                own = self._own_of_merge(step, path, against)
                if own is not None:
                    yield from self._registry(placed, own, is_first=False)
            elif len(against) < count and all(map(self._is_growth, against.values())):
                continue
            else:
                yield from self._merged(placed, path, against)

    def _own_of_merge(self, step: Step, path: str, against: dict[int, Change]) -> Change | None:
        """What the merge itself made of a path: something that no parent has, or what was there
        before one of them changed it."""
        same = [n for n in range(len(step.commit.parents)) if n not in against]
        for number, change in against.items():
            if not same or any(
                self._base_blob(step, number, other, path) == change.new for other in same
            ):
                return change
        return None

    def _is_growth(self, change: Change) -> bool:
        """Whether the merge only took over what another parent has, beyond what this one has."""
        if not (_is_case(change) and change.is_plain):
            return False
        if change.old == NOTHING:
            return True
        found = self._versions.difference(change.old, change.new)
        return change.was_plain and found._replace(added=()) == Difference()

    def _merged(self, placed: Placed, path: str, against: dict[int, Change]) -> Iterator[Fault]:
        step = placed.step
        change = next(iter(against.values()))
        parents = [
            against[number].old if number in against else change.new
            for number in range(len(step.commit.parents))
        ]
        if not change.is_plain:
            yield from self._merged_away(step, against, parents)
            return
        if not _is_case(change):
            return
        new = self._versions.version(change.new)
        versions = [self._versions.version(old) for old in parents]
        for number, one in against.items():
            yield from self._merge_lost(step, one, number, versions, new)
        own = [known for known in new.events if not any(known in old.events for old in versions)]
        numbered = {known: number for number, known in enumerate(new.events)}
        marks = [mark_of(new.events[known], numbered[known]) for known in own]
        yield from self._added(placed, change, marks)

    def _merged_away(
        self, step: Step, against: dict[int, Change], parents: list[str]
    ) -> Iterator[Fault]:
        """A file that a merge drops, unless one of its parents had dropped it before."""
        for number, change in against.items():
            gone_before = any(
                self._base_blob(step, number, other, change.path) != NOTHING
                for other, blob in enumerate(parents)
                if blob == NOTHING
            )
            if not gone_before:
                yield from self._gone(step, change)
                return

    def _merge_lost(
        self, step: Step, change: Change, number: int, versions: list[Version], new: Version
    ) -> Iterator[Fault]:
        """What a merge lost of one parent, unless another parent had lost it before."""
        old = versions[number]
        if not old.is_case:
            return
        found = compared(old, new)
        for known in found.lost:
            others = [n for n, v in enumerate(versions) if v.is_case and known not in v.events]
            if not any(
                known in self._base_version(step, number, other, change.path).events
                for other in others
            ):
                yield self._event_lost(step, change, old, known, found)
        for field in found.fields:
            if self._is_licensed(field, found.added, change):
                continue
            value = _value(new, field)
            others = [n for n, v in enumerate(versions) if v.is_case and _value(v, field) == value]
            if not any(
                _value(self._base_version(step, number, other, change.path), field)
                == _value(old, field)
                for other in others
            ):
                yield self._header(step, change, field)

    def _base_blob(self, step: Step, one: int, other: int, path: str) -> str:
        """A path where two parents parted; :data:`NOTHING` where it was not there."""
        parents = step.commit.parents
        for base in self._ancestors(parents[one], parents[other]):
            blob = self._blob_at(base, path)
            if blob != NOTHING:
                return blob
        return NOTHING

    def _base_version(self, step: Step, one: int, other: int, path: str) -> Version:
        return self._versions.version(self._base_blob(step, one, other, path))

    # --- rights, policies, signatures, clocks ----------------------------------------------

    def _registry(self, placed: Placed, change: Change, *, is_first: bool) -> Iterator[Fault]:
        if is_first:
            return
        step = placed.step
        if change.path == UNITS and not placed.rights.may_keep(self._person(placed)):
            if self._changes_rights(change):
                words = "名录里的单位、成员或密钥被既非管理机构也非审批局的人改动"
                yield self._fault(
                    "A009", step, change.path, words + self._advisory(placed), step.commit.name
                )
            return
        if not change.path.startswith(JUDGED_FROM):
            return
        day = self._landed(step)
        old = self._versions.content(change.old) if change.old != NOTHING else None
        new = (
            self._versions.content(change.new)
            if change.new != NOTHING and change.is_plain
            else None
        )
        words = edited(change.path, old, new, day)
        if words:
            yield self._fault("A008", step, change.path, words, "in force")

    def _changes_rights(self, change: Change) -> bool:
        if NOTHING in (change.old, change.new) or not change.is_plain or not change.was_plain:
            return True
        before, after = map(read_rights, map(self._versions.content, (change.old, change.new)))
        return bool(after.told != before.told)

    def _signature(self, placed: Placed) -> Iterator[Fault]:
        step, state = placed.step, placed.signature.state
        day = self._landed(step)
        if state == "none" and not placed.rights.keys:
            count, newest, last = self.keyless
            self.keyless = Keyless(count + 1, newest or step.commit.name, last or day.toordinal())
            return
        words = _SIGNATURES.get(state, "")
        if state == "good":
            owners = [key.owner for key in placed.signature.keys if key.holds_on(day)]
            if not owners:
                words = f"签名的密钥在入库时（{day}）不在有效期内"
            elif step.commit.author not in owners:
                words = f"由 {owners[0]} 签名，作者却写 {step.commit.author}"
        if words:
            yield self._fault(
                "A006", step, "", words, "signature", severity=self._of_signatures(day)
            )

    def _person(self, placed: Placed) -> str:
        """Who made a commit: whoever signed it with a key that was valid then, else its author."""
        return self._signer(placed) or placed.step.commit.author

    def _signer(self, placed: Placed) -> str:
        if placed.signature.state != "good":
            return ""
        day = self._landed(placed.step)
        owners = [key.owner for key in placed.signature.keys if key.holds_on(day)]
        author = placed.step.commit.author
        return author if author in owners else next(iter(owners), "")

    def _landed(self, step: Step) -> date:
        return self._calendar.local(_utc(step.when.landed)).date()

    def _advisory(self, placed: Placed) -> str:
        return "" if self._signer(placed) else _ADVISORY

    def _clock(self, step: Step) -> Iterator[Fault]:
        if step.when.doubt and any(step.changes):
            early = step.when.doubt == "early"
            words = "提交时间早于它前面的提交" if early else "提交时间在将来"
            shown = self._local(step.commit.committed)
            yield self._fault("A005", step, "", f"{words}（{shown}），不能为凭", "clock")

    # --- words ------------------------------------------------------------------------------

    def _of_event(self, code: str, placed: Placed, change: Change, mark: Mark, words: str) -> Fault:
        place = self._place(change, mark.number)
        told = f"“{_title(mark.type)}”：{words}"
        subject = f"{mark.type} {mark.at} {mark.by}"
        return self._fault(code, placed.step, change.path, told, subject, place)

    def _fault(
        self,
        code: str,
        step: Step,
        path: str,
        words: str,
        subject: str,
        place: Place = START,
        severity: Severity | None = None,
    ) -> Fault:
        commit = step.commit
        return self._told(code, commit.name, commit.author, path, words, subject, place, severity)

    @staticmethod
    def _told(
        code: str, commit: str, author: str, path: str, words: str, subject: str, place: Place,
        severity: Severity | None,
    ) -> Fault:  # fmt: skip
        rule = RULES[code]
        name = path.rpartition("/")[2]
        case = name.removesuffix(".yaml") if path.startswith("cases/") else None
        finding = Finding(
            code, severity or rule.severity, path, f"{words}。{rule.mend}", rule.article, place,
            case, f"{commit} {subject}",
        )  # fmt: skip
        return Fault(finding, commit, author)

    def _place(self, change: Change, number: int) -> Place:
        return Source(self._versions.content(change.new)).place("events", number)

    def _place_of(self, change: Change, field: str) -> Place:
        return Source(self._versions.content(change.new)).place(*field.split("."))

    def _local(self, seconds: int) -> str:
        try:
            moment = _utc(seconds)
        except (OverflowError, ValueError, OSError):
            return "一个不可能的时间"
        return self._calendar.local(moment).strftime("%Y-%m-%d %H:%M")


_SIGNATURES = {
    "none": "提交没有签名",
    "other": "提交的签名不是 SSH 签名，不能按名录核对",
    "bad": "提交的签名不对：签名以后内容被改过，或签名已损坏",
    "unknown": "提交由名录里没有的密钥签名",
}


def _utc(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _is_of_cases(path: str) -> bool:
    return path.startswith("cases/")


def _is_case(change: Change) -> bool:
    return change.path.endswith(".yaml")


def _title(type_: str) -> str:
    row = TABLE.get(type_)
    return row.title if row else "事件"


def _moved_to(step: Step, gone: Change) -> str | None:
    """Where a deleted file's content, or a file of its name, came up in the same commit."""
    name = gone.path.rpartition("/")[2].lower()
    for changes in step.changes:
        for change in changes:
            if change.old == NOTHING and (
                change.new == gone.old or change.path.rpartition("/")[2].lower() == name
            ):
                return change.path
    return None


def _is_successor(mark: Mark, event: dict[str, Any]) -> bool:
    """Whether an added event looks like what became of a lost one."""
    before = mark_of(event, 0)
    return sum(one == other for one, other in zip(mark[:3], before[:3], strict=True)) >= 2


def _is_part(sealed: Any, before: Any) -> bool:
    """Whether there is no seal that was not there before."""
    whole = isinstance(sealed, dict) and isinstance(before, dict)
    return whole and all(before.get(part) == seal for part, seal in sealed.items())


def _value(version: Version, field: str) -> object:
    value: object = version.header
    for key in field.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def placed(
    steps: Iterable[Step], head_units: str, rights_of: Callable[[str], Rights], root: str
) -> Iterator[tuple[Step, Rights]]:
    """Each commit with the rights as they stood before it; of ``root``, with which the main line
    began, those that it gives. Another beginning, merged in later, gives itself none.

    Children come before their parents, so what a commit's registry was is known from a child
    and from what that child changed.
    """
    units: dict[str, str] = {}
    for step in steps:
        own = units.pop(step.commit.name, head_units)
        before = own
        for number, parent in enumerate(step.commit.parents):
            old = next((c.old for c in step.changes[number] if c.path == UNITS), own)
            units.setdefault(parent, old)
            before = old if number == 0 else before
        if not step.commit.parents and step.commit.name != root:
            before = NOTHING
        yield step, NO_RIGHTS if before == NOTHING else rights_of(before)
