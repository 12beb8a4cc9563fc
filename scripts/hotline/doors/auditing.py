"""The audit of a repository: its commits walked, judged, and remembered for the next time.

What was found in commits of the main line is remembered outside the repository, so that the
next audit walks only what has come since. A damaged memory is none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from hotline.audit.history import NOTHING, SKEW, Step, Times
from hotline.audit.in_force import JUDGED_FROM
from hotline.audit.judge import NONE_KEYLESS, UNITS, Fault, Judge, Keyless, placed
from hotline.audit.rights import Rights, read_rights
from hotline.audit.versions import Versions
from hotline.doors import disk, package
from hotline.doors.cache import cache_file, cache_of
from hotline.doors.commits import Repository
from hotline.doors.fault import Unavailable
from hotline.doors.judging_key import code_key
from hotline.doors.recollection import Recollection, RecordedPaths, Walked
from hotline.doors.repository import remembered_rules
from hotline.doors.signatures import signed
from hotline.procedure.calendar import Calendar
from hotline.procedure.policy import in_force
from hotline.reading.registry import Rules, read_registry
from hotline.values.finding import Finding
from hotline.values.node import Place
from hotline.values.recording import Key, Recorded, Recording

_MOST = 16 * 1024 * 1024
"""Bytes: more than that is not remembered."""


class RegistryIsUnreadable(Unavailable):
    """Times and policies cannot be had from the newest version; ``findings`` say why."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("最新版本的名录、时限或放假安排（registry/）有错误，先改好再审计")


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit found: faults in the order of commits, the first first."""

    head: str
    faults: list[Fault]
    commits: int
    cases: int

    @property
    def errors(self) -> int:
        return sum(fault.finding.severity == "error" for fault in self.faults)


def audit(
    repository: Repository,
    now: datetime,
    since: str | None = None,
    *,
    beginning: str | None = None,
    remember: bool = True,
    recorder: Recorder | None = None,
) -> Audited:
    """All commits that HEAD holds (and ``since`` does not), judged. Of two beginnings that were
    merged, the first parents' gives rights, unless ``beginning`` is known to be the true one.
    ``recorder`` is given every commit, where none is left out."""
    repository.refuse_incomplete()
    head = repository.resolve("HEAD")
    is_other = beginning is not None and beginning != repository.beginning(head)
    remember = remember and since is None and not is_other
    files = repository.files(head)
    rules, key = _rules(repository, files)
    cases = [path for path in files if is_case(path)]
    same = twins(repository.names(head))
    memory = _Memory(repository.root, key) if remember and not same else None
    before, times = _times(repository, head, int(now.timestamp()), memory)
    versions = Versions(repository.blob)
    judge = _judge(repository, rules, same, versions)
    walked = since or (before.head if before else None)
    steps = repository.steps(head, times, walked, whole=since is not None)
    root = beginning if is_other and beginning else times.root.decode()
    units = files.get(UNITS, NOTHING)
    taken = None
    if recorder is not None and walked is None:
        recorder.of, recorder.is_whole = _Walk(head, times, files), True
        taken = partial(recorder.take, versions=versions)
    found = _walk(repository, judge, root, units, steps, taken)
    faults = [*(before.faults if before else ()), *found[1]]
    commits = found[0] + (before.commits if before else 0)
    last = list(judge.of_all(before.keyless if before else NONE_KEYLESS))
    if memory and not times.has_future:
        memory.keep(_Before(head, commits, judge.keyless, times.clamped, tuple(faults)))
    return Audited(head, [*faults, *last], commits, len(cases))


def twins(paths: Sequence[str]) -> dict[str, str]:
    """Paths of data that differ from another one by case only, with that other one."""
    found: dict[str, str] = {}
    first: dict[str, str] = {}
    for path in paths:
        if not path.casefold().startswith(("cases/", "registry/")):
            continue
        other = first.setdefault(path.casefold(), path)
        if other != path:
            found[path], found[other] = other, path
    return found


def _rules(repository: Repository, files: dict[str, str]) -> tuple[Rules, bytes]:
    """Calendar and policies by the newest version, and the fingerprint of what judges."""
    names = {p: b for p, b in files.items() if p.startswith("registry/") and p.endswith(".yaml")}
    contents = {path: repository.blob(blob) for path, blob in names.items()}
    before = remembered_rules(repository.root, contents, cache_of(repository.root, contents))
    rules, findings = before or read_registry(contents, lambda name: package.schema(None, name))
    if rules is None:
        raise RegistryIsUnreadable(findings)
    told = hashlib.sha256(code_key())
    for path, blob in sorted(names.items()):
        if path.startswith(JUDGED_FROM):
            told.update(f"{path} {blob}\n".encode("utf-8", "surrogateescape"))
    return rules, told.digest()


def _judge(repository: Repository, rules: Rules, same: dict[str, str], versions: Versions) -> Judge:
    def binds(day: date) -> bool:
        policy = in_force(rules.policies, day)
        return policy is not None and policy.switch("signatures", "advisory") == "binding"

    return Judge(
        versions, rules.calendar, repository.bases, repository.blob_at, same,
        cache(binds),
    )  # fmt: skip


def _walk(
    repository: Repository,
    judge: Judge,
    root: str,
    units: str,
    steps: Iterator[Step],
    also: Callable[[Step], None] | None = None,
) -> tuple[int, list[Fault]]:
    """How many commits there are, and what is wrong with them."""
    known: dict[str, Rights] = {}

    def rights_of(blob: str) -> Rights:
        if blob not in known:
            known[blob] = read_rights(repository.blob(blob))
        return known[blob]

    found: list[list[Fault]] = []
    count = 0
    with_rights = placed(steps, units, rights_of, root)
    for one in signed(with_rights, repository):
        count += 1
        if faults := list(dict.fromkeys(judge.judge(one))):
            found.append(sorted(faults, key=_place))
        if also is not None:
            also(one.step)
    return count, [fault for some in reversed(found) for fault in some]


def _place(fault: Fault) -> tuple[str, int, int, str]:
    finding = fault.finding
    return finding.path, finding.place.line, finding.place.column, finding.code


def recorded(repository: Repository, now: datetime) -> Recorded:
    """When, by whom and by which commit the orders that HEAD holds were written; of what is told
    twice with the same type, author and time, the first."""
    told = recordings(repository, now)
    return Recorded(told.events(), told.files())


def recordings(repository: Repository, now: datetime) -> RecordedPaths:
    """The same by path, made of what it is asked for; only the commits that came since the last
    time are walked."""
    remembered = _remembered(repository, now)
    return _anew(repository, now) if remembered is None else remembered


def audit_and_recordings(repository: Repository, now: datetime) -> tuple[Audited, RecordedPaths]:
    """Both, by one walk where neither is remembered."""
    remembered = _remembered(repository, now)
    recorder = Recorder() if remembered is None else None
    found = audit(repository, now, recorder=recorder)
    if remembered is None:
        remembered = _anew(repository, now, recorder)
    return found, remembered


def _remembered(repository: Repository, now: datetime) -> RecordedPaths | None:
    """What was recorded up to the last time, and what came since."""
    repository.refuse_incomplete()
    head = repository.resolve("HEAD")
    memory = Recollection(repository.root)
    before = memory.recall()
    if before is None or before.latest > now.timestamp() + SKEW:
        return None
    if before.head == head:
        return before
    if not repository.has(before.head):
        return None
    times = repository.times(head, int(now.timestamp()), before.head, before.clamped)
    if times is None:
        return None
    recorder = Recorder()
    recorder.walk(repository, _Walk(head, times, repository.files(head)), before.head)
    joined = before.joined(recorder.walked(), recorder.of.files)
    if joined is not None and not times.has_future:
        memory.keep(joined)
    return joined


def _anew(repository: Repository, now: datetime, recorder: Recorder | None = None) -> RecordedPaths:
    """``recorder`` may have been given the whole history already."""
    if recorder is None or not recorder.is_whole:
        head = repository.resolve("HEAD")
        times = repository.times(head, int(now.timestamp()))
        assert times is not None
        recorder = Recorder()
        recorder.walk(repository, _Walk(head, times, repository.files(head)))
    made = RecordedPaths.of(recorder.walked(), recorder.of.files)
    if not recorder.of.times.has_future:
        Recollection(repository.root).keep(made)
    return made


class _Walk(NamedTuple):
    """What a walk began with; the branch may have moved on when it ends."""

    head: str
    times: Times
    files: Mapping[str, str]
    """What ``head`` holds: path → blob."""


class Recorder:
    """What commits recorded; takes them one by one, from the newest on: an older commit that
    added the same is written over a newer one that took it over, but not over one that made
    something else of it."""

    of: _Walk

    def __init__(self) -> None:
        self.is_whole = False
        """Whether it was given all commits of a walk that left none out."""
        self._events: dict[Key, Recording] = {}
        self._files: dict[str, Recording] = {}
        self._rewritten: set[Key] = set()
        self._latest = 0

    def walk(self, repository: Repository, walk: _Walk, since: str | None = None) -> None:
        """The commits since ``since``."""
        self.of = walk
        versions = Versions(repository.blob)
        for step in repository.steps(walk.head, walk.times, since):
            self.take(step, versions)

    def take(self, step: Step, versions: Versions) -> None:
        landed = datetime.fromtimestamp(step.when.landed, UTC)
        recording = Recording(step.commit.name, step.commit.author, landed)
        self._latest = max(self._latest, step.commit.committed)
        for path in _settled(step, self.of.files):
            self._files.setdefault(path, recording)
        for change in step.changes[0]:
            if is_case(change.path) and change.is_plain:
                old = change.old if change.was_plain else NOTHING
                difference = versions.difference(old, change.new)
                keys = {(change.path, *mark[:3]) for mark in difference.added} - self._rewritten
                self._events.update(dict.fromkeys(keys, recording))
                self._rewritten |= keys if difference.lost else set()

    def walked(self) -> Walked:
        return Walked(
            self.of.head, self.of.times.clamped, self._events, self._files, self._rewritten,
            self._latest,
        )  # fmt: skip


def _settled(step: Step, blobs: Mapping[str, str]) -> set[str]:
    """The files that a commit, and none of its parents, has as the newest version has them. Of a
    merge that took one side over, it is a commit of that side."""
    of_all = [
        {change.path for change in changes if blobs.get(change.path) == change.new}
        for changes in step.changes
    ]
    return set.intersection(*of_all)


def worth_of(
    repository: Repository, now: datetime, names: Set[str], calendar: Calendar
) -> dict[str, tuple[str, str]]:
    """What the signatures of these commits are worth by the keys that were registered before
    them: (state, by whom). States are those of :class:`~hotline.audit.judge.Signature`, and
    ``expired`` for a key that was not valid when the commit reached the main line."""
    head = repository.resolve("HEAD")
    times = repository.times(head, int(now.timestamp()))
    assert times is not None
    units = repository.files(head).get(UNITS, NOTHING)
    rights = cache(lambda blob: read_rights(repository.blob(blob)))
    steps = placed(repository.steps(head, times), units, rights, times.root.decode())
    wanted = ((step, given) for step, given in steps if step.commit.name in names)
    found: dict[str, tuple[str, str]] = {}
    for one in signed(wanted, repository):
        day = calendar.local(datetime.fromtimestamp(one.step.when.landed, UTC)).date()
        owners = sorted({key.owner for key in one.signature.keys if key.holds_on(day)})
        author, state = one.step.commit.author, one.signature.state
        if state == "good" and not owners:
            state = "expired"
        found[one.step.commit.name] = (state, author if author in owners else (*owners, "")[0])
    return found


def is_case(path: str) -> bool:
    return path.startswith("cases/") and path.endswith(".yaml")


# --- what was found before -----------------------------------------------------------------


class _Before(NamedTuple):
    head: str
    commits: int
    keyless: Keyless
    clamped: dict[bytes, int]
    faults: tuple[Fault, ...]


def _times(
    repository: Repository, head: str, now: int, memory: _Memory | None
) -> tuple[_Before | None, Times]:
    """What was found before, where the main line went on from there, and the times of the rest."""
    before = memory.recall() if memory else None
    if before is not None and repository.has(before.head):
        times = repository.times(head, now, before.head, before.clamped)
        if times is not None:
            return before, times
    whole = repository.times(head, now)
    assert whole is not None
    return None, whole


class _Memory:
    """One file for each repository, beside the cache of findings."""

    def __init__(self, root: Path, key: bytes) -> None:
        name = hashlib.sha256(str(root).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        self._file = cache_file().with_name(f"audited-{name}.json")
        self._key = key

    def recall(self) -> _Before | None:
        """What was kept under the same key; None where there is nothing that is whole."""
        try:
            seal, _, text = self._file.read_bytes().partition(b"\n")
            if seal != self._seal(text):
                return None
            head, commits, keyless, clamped, faults = json.loads(text)
            return _Before(
                head, commits, Keyless(*keyless), {k.encode(): v for k, v in clamped.items()},
                tuple(map(_fault_of, faults)),
            )  # fmt: skip
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None

    def keep(self, before: _Before) -> None:
        """Writes it down; where that cannot be, the next audit takes as long as this one."""
        clamped = {name.decode(): seconds for name, seconds in before.clamped.items()}
        rows = [_row(fault) for fault in before.faults]
        told = [before.head, before.commits, before.keyless, clamped, rows]
        text = json.dumps(told, ensure_ascii=True).encode()
        if len(text) > _MOST:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            disk.write(self._file, self._seal(text) + b"\n" + text)
        except (OSError, Unavailable):
            return

    def _seal(self, text: bytes) -> bytes:
        return hashlib.blake2b(text, key=self._key, digest_size=16).hexdigest().encode()


def _row(fault: Fault) -> list[Any]:
    f = fault.finding
    return [
        f.code, f.severity, f.path, f.message, f.article, f.place.line, f.place.column, f.case,
        f.subject, fault.commit, fault.author,
    ]  # fmt: skip


def _fault_of(row: list[Any]) -> Fault:
    code, severity, path, message, article, line, column, case, subject, commit, author = row
    place = Place(line, column)
    return Fault(
        Finding(code, severity, path, message, article, place, case, subject), commit, author
    )
