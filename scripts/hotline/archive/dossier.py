"""The dossier of one order: files as bytes, from the order and what history says of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import MAXYEAR, date, datetime
from typing import Any, NamedTuple

from hotline.audit.judge import Fault
from hotline.findings.printers.json import row as finding_row
from hotline.findings.printers.text import line as finding_line
from hotline.findings.subject import Subject
from hotline.procedure.identity import event_id
from hotline.procedure.lifecycle import CHANNELS, DONE, KINDS, STATES, TABLE
from hotline.values.case import Event
from hotline.values.finding import Finding
from hotline.values.recording import Recording
from hotline.values.shown import on_one_line

CASE, TIMELINE, INDEX = "case.yaml", "timeline.json", "index.txt"
YEARS = 10
"""How long a dossier is kept where the policy does not say (practice)."""
_CLOSINGS = ("closed", "returned_upstream")


class Letter(NamedTuple):
    """A reply's letter as text, and as a Word document where it is not too long for one;
    placeholders stay."""

    text: bytes
    word: bytes | None


class Signed(NamedTuple):
    """What the signature of a commit is worth: one of :data:`SIGNATURES`; by whom where good."""

    state: str
    by: str = ""


SIGNATURES = {
    "good": "签名有效", "none": "没有签名", "bad": "签名无效", "unknown": "签名的密钥不在名录里",
    "expired": "签名的密钥当时不在有效期内", "other": "不是 SSH 签名",
}  # fmt: skip
_UNSIGNED = Signed("none")


class Shelf(NamedTuple):
    """Where a dossier belongs: the unit that led the order last (the center where none did), and
    the month in which the order was over (``2026-10``, in the county's zone)."""

    unit: str
    month: str


class Kept(NamedTuple):
    """What a dossier is made from. ``last`` is the commit that made the order what it is;
    ``recorded`` tells of an event when and by whom it was recorded, ``signed`` of a commit what
    its signature is worth. ``faults`` are what the audit finds in the order's history."""

    subject: Subject
    blob: bytes
    findings: Sequence[Finding]
    letters: Sequence[Letter]
    last: Recording
    recorded: Callable[[Event], Recording | None]
    signed: Callable[[str], Signed] = lambda _: _UNSIGNED
    faults: Sequence[Fault] = ()


def shelf_of(subject: Subject) -> Shelf | None:
    """None where the order is not over."""
    if subject.course.state not in DONE:
        return None
    day = ended(subject)
    return Shelf(_lead(subject), f"{day.year:04}-{day.month:02}")


def _lead(subject: Subject) -> str:
    leads = [str(step.event.get("lead")) for step in subject.course.of("assigned")]
    return leads[-1] if leads else subject.registry.center()


def ended(subject: Subject) -> datetime:
    """When the order was over, in the county's zone."""
    event = subject.course.last(*_CLOSINGS)
    at = event.at if event else subject.case.events[-1].at
    return subject.calendar.local(at)


def kept_until(subject: Subject) -> date:
    """The last day on which a dossier must be kept: whole years from the end of the year in
    which the order was over, as many as the order's policy says (practice; art. 12 leaves it to
    the rules of archives)."""
    policy = subject.policy
    years = int(policy.switch("archive_retention_years", YEARS)) if policy else YEARS
    return date(min(ended(subject).year + years, MAXYEAR), 12, 31)


def files(kept: Kept) -> list[tuple[str, bytes]]:
    """(name, content) of each file of a dossier, the index last."""
    found = [(CASE, kept.blob), (TIMELINE, _timeline(kept)), ("timeline.txt", _course(kept))]
    found.append(("findings.json", _findings(kept)))
    for number, letter in enumerate(kept.letters, 1):
        found.append((f"letter-{number}.txt", letter.text))
        if letter.word is not None:
            found.append((f"letter-{number}.docx", letter.word))
    return [*found, (INDEX, _index(kept, found))]


# --- the course --------------------------------------------------------------------------


def _timeline(kept: Kept) -> bytes:
    head = {
        "schema_version": 1,
        "id": kept.subject.case.id,
        "path": kept.subject.path,
        "commit": kept.last.commit,
        "recorded_at": _local(kept, kept.last.at),
    }
    return _json({**head, "timeline": [_row(kept, event) for event in kept.subject.case.events]})


def _row(kept: Kept, event: Event) -> dict[str, Any]:
    recorded = kept.recorded(event)
    signed = kept.signed(recorded.commit) if recorded else None
    return {
        "id": event_id(event.data),
        "at": event.data["at"],
        "by": event.by,
        "type": event.type,
        "commit": recorded.commit if recorded else None,
        "author": recorded.author if recorded else None,
        "recorded_at": _local(kept, recorded.at) if recorded else None,
        "signature": signed.state if signed else None,
        "signed_by": (signed.by or None) if signed else None,
    }


def _course(kept: Kept) -> bytes:
    """The same for a person: two lines an event."""
    lines = []
    for event in kept.subject.case.events:
        at = kept.subject.calendar.local(event.at)
        unit = kept.subject.registry.unit_name(event.by)
        what = f"{at:%Y-%m-%d %H:%M}  {TABLE[event.type].title}  {unit}  [{event_id(event.data)}]"
        lines += [on_one_line(what), on_one_line(f"    {_written(kept, event)}")]
    return _text(lines)


def _written(kept: Kept, event: Event) -> str:
    recorded = kept.recorded(event)
    if recorded is None:
        return "没有入库记录"
    signed = kept.signed(recorded.commit)
    by = f"（{signed.by}）" if signed.by else ""
    at = _local(kept, recorded.at)
    return f"{at} 入库，{recorded.author}，提交 {recorded.commit}，{SIGNATURES[signed.state]}{by}"


def _findings(kept: Kept) -> bytes:
    """What the rules find in the order, and what the audit finds in its history."""
    rows = [finding_row(one) for one in kept.findings]
    history = [
        {**finding_row(one.finding), "commit": one.commit, "author": one.author}
        for one in kept.faults
    ]
    head = {"schema_version": 1, "as_of": _local(kept, kept.last.at)}
    return _json({**head, "findings": rows, "history": history})


# --- the index ---------------------------------------------------------------------------


def _index(kept: Kept, found: Sequence[tuple[str, bytes]]) -> bytes:
    """The list of contents that a records clerk reads, with the SHA-256 of each file."""
    last, told = kept.last, [*kept.findings, *(fault.finding for fault in kept.faults)]
    lines = ["卷内目录", "", *(on_one_line(f"{title}：{text}") for title, text in _head(kept))]
    lines += ["", "卷内文件（SHA-256  文件名）："]
    lines += [f"{hashlib.sha256(blob).hexdigest()}  {name}" for name, blob in found]
    lines += ["", *_without_word(kept)]
    lines += [f"检查和审计结果：{f'{len(told)} 处' if told else '没有发现问题'}"]
    lines += [finding_line(one) for one in told]
    written = f"{last.author}，{_local(kept, last.at)} 入库"
    lines += ["", on_one_line(f"工单最后一次改动的提交：{last.commit}（{written}）")]
    return _text(lines)


def _without_word(kept: Kept) -> Iterator[str]:
    for number, letter in enumerate(kept.letters, 1):
        if letter.word is None:
            yield f"letter-{number} 的信太长，没有 Word 文件。"


def _head(kept: Kept) -> Iterator[tuple[str, str]]:
    subject = kept.subject
    case, course, local = subject.case, subject.course, subject.calendar.local
    yield "工单编号", case.id
    yield "标题", str(case.get("title"))
    yield "来源", f"{CHANNELS[str(case.get('channel'))]}，{case.get('upstream_id')}"
    yield "诉求类型", KINDS[str(course.current("kind"))]
    yield "派单时间", f"{local(course.dispatched_at):%Y-%m-%d %H:%M}"
    yield "办结时间", f"{ended(subject):%Y-%m-%d %H:%M}"
    yield "主办单位", subject.registry.unit_name(_lead(subject))
    yield "办理结果", f"{STATES[course.state]}{_ground(subject)}"
    yield "答复", f"{len(kept.letters)} 份" if kept.letters else "没有"
    yield "保管至", f"{kept_until(subject):%Y-%m-%d}"
    yield "工单文件", subject.path


def _ground(subject: Subject) -> str:
    event = subject.course.last(*_CLOSINGS)
    if event is None:
        return ""
    if event.type == "returned_upstream":
        return f"，{event.get('reason')}"
    choices = next(field for field in TABLE["closed"].fields if field.name == "ground").choices
    return "，" + dict(choices).get(str(event.get("ground")), str(event.get("ground")))


def _local(kept: Kept, at: datetime) -> str:
    return kept.subject.calendar.local(at).isoformat(timespec="seconds")


def _json(data: Any) -> bytes:
    return f"{json.dumps(data, ensure_ascii=False, indent=1)}\n".encode()


def _text(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
