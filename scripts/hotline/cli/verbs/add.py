"""``hotline add``: one event more in a work order's file.

Refused only for what the event itself breaks: what was wrong before stays to be mended
by whoever is to mend it, and stops nobody.
"""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from hotline.cli.common import Opened, add_repo, open_repository
from hotline.cli.parser import Parser, nearest
from hotline.doors import disk
from hotline.doors.fault import Unavailable
from hotline.doors.lock import locked, sweep
from hotline.findings.engine import Engine, Judged
from hotline.findings.printers.text import line
from hotline.findings.subject import Subject
from hotline.procedure.lifecycle import ROLES, STATES, TABLE, Field
from hotline.procedure.timeline import Standing
from hotline.reading.cases import read_case
from hotline.reading.strict_yaml import parse
from hotline.replies.letter import letter
from hotline.replies.notices import notices
from hotline.values.facts import Cases, Facts
from hotline.values.finding import Finding
from hotline.values.shown import on_one_line, on_terminal
from hotline.values.times import NotATime, parse_time, suggest_time
from hotline.writing import guide
from hotline.writing.append import CannotAppend, append, position
from hotline.writing.author import authors
from hotline.writing.delta import about, diff, newly
from hotline.writing.fields import event_fields, names_of
from hotline.writing.numbers import ID, path_of
from hotline.writing.usual import completed
from hotline.writing.words import WrongWords, build, pairs_of

MAX_TEXT = 256 * 1024


def configure(parser: Parser) -> None:
    parser.usage = "hotline add 工单编号 事件 字段=值… [--by 单位] [--at 时间] [--dry-run]"
    parser.add_argument("id", metavar="工单编号", nargs="?", help="如 LZ-20261013-0007")
    parser.add_argument("event", metavar="事件", nargs="?", help="如 signed（签收），见下表")
    parser.add_argument("words", metavar="字段=值", nargs="*", help="事件的字段")
    parser.add_argument("--at", metavar="时间", help="何时发生，默认现在")
    parser.add_argument("--by", metavar="单位", help="哪个单位，能推定时可不写")
    parser.add_argument("--dry-run", action="store_true", help="只显示改动，不写入")
    add_repo(parser)
    parser.epilog = guide.overview()
    let_options_stand_anywhere(parser, events=True)


def let_options_stand_anywhere(parser: Parser, *, events: bool = False) -> None:
    """``--by`` may stand between the fields, which argparse by itself does not allow; and
    an event's name beside ``--help`` asks for the help of that event."""

    def parse_args(arguments: Sequence[str]) -> argparse.Namespace:
        wants_help = bool({"-h", "--help"}.intersection(arguments))
        if events and (wants_help or len(arguments) == 1):
            words = [w for w in _positionals(arguments) if not ID.fullmatch(w)][:1]
            if words and (event_of(words[0]) is not None or wants_help):
                print(guide.details(_event(words[0])))
                raise SystemExit(0)
        return parser.parse_intermixed_args(arguments)

    parser.parse_args = parse_args  # type: ignore[method-assign, assignment]


def _positionals(arguments: Sequence[str]) -> list[str]:
    """The words that are neither options nor their values nor fields."""
    before = ("", *arguments)
    return [
        word
        for word, last in zip(arguments, before, strict=False)
        if not word.startswith("-") and not re.search("[=＝]", word)
        and (not last.startswith("--") or "=" in last or last in ("--help", "--dry-run"))
    ]  # fmt: skip


def event_of(word: str) -> str | None:
    """An event by its name or its Chinese title."""
    titles = {row.title: name for name, row in TABLE.items()}
    return word if word in TABLE else titles.get(word)


def _event(word: str) -> str:
    event = event_of(word)
    if event is None:
        near = nearest(word, TABLE) or nearest(word, [row.title for row in TABLE.values()])
        name = event_of(near) if near else None
        shown = f"{name}（{TABLE[name].title}）" if name else ""
        hint = f"，是不是想写 {shown}？" if shown else "。"
        raise Unavailable(
            f"没有 {on_one_line(word)[:40]} 这种事件{hint}全部事件：hotline add --help"
        )
    return event


def run(args: argparse.Namespace) -> int:
    if not args.id or not args.event:
        raise Unavailable(
            "要写工单编号和事件，如：hotline add LZ-20261013-0007 signed；说明：hotline add --help"
        )
    if ID.fullmatch(args.event) and (meant := event_of(args.id)):
        raise Unavailable(f"次序反了，应写 hotline add {args.event} {meant}")
    args.event = _event(args.event)
    opened = open_repository(args)
    path = find_case(opened, args.id)
    draft = _draft(args, opened)
    with locked(opened.repository.root):
        sweep(opened.repository.root / PurePosixPath(path).parent)
        while True:
            blob = disk.read(opened.repository.root, path)
            change = _change(opened, path, blob, draft)
            broken = [f for f in change.findings if _stops(f)]
            if broken or args.dry_run or not change.blob:
                break
            # Between reading and writing an editor may have saved, which takes no lock.
            if disk.read(opened.repository.root, path) == blob:
                disk.put(opened.repository.root, path, change.blob)
                break
        if not (broken or args.dry_run or change.blob):
            disk.settle(opened.repository.root, path)
    return _report(opened, path, blob, change, dry=args.dry_run)


# --- what was typed --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draft:
    """The event as typed; ``by`` is empty where it has to be derived."""

    type: str
    at: str
    by: str
    data: dict[str, Any]


def _draft(args: argparse.Namespace, opened: Opened) -> Draft:
    now = now_text(opened)
    try:
        pairs = pairs_of(args.words)
        own = {key: value for key, value in pairs if key in ("at", "by")}
        rest = [pair for pair in pairs if pair[0] not in own]
        names = names_of(opened.rules.registry)
        fields = event_fields(args.event)
        refuse_file_names(rest, fields)
        data = build(rest, fields, now=now, read=read_text, names=names)
    except WrongWords as why:
        raise Unavailable(f"{why}\n这种事件的字段：hotline add {args.event} --help") from None
    at = args.at or own.get("at") or now
    try:
        parse_time(now if at == "now" else at)
    except NotATime as why:
        guess = suggest_time(at)
        raise Unavailable(f"--at 不对：{why}{f'；请写 {guess}' if guess else ''}") from None
    by = str(args.by or own.get("by") or "")
    return Draft(args.event, now if at == "now" else at, names.units.get(by, by), data)


def refuse_file_names(pairs: Sequence[tuple[str, str]], fields: Sequence[Field]) -> None:
    """Refuses a text that is the name of a file here: its content is likely meant."""
    texts = {row.name for row in fields if row.kind in ("text", "any")}
    for key, value in pairs:
        name = value.strip().removeprefix("＠")
        if key in texts and re.fullmatch(r"[^\s@][^\s]*\.\w{1,5}", name) and _is_file(name):
            raise WrongWords(f"{key} 不对：是不是想写 @{name}？")


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False


def now_text(opened: Opened) -> str:
    return opened.rules.calendar.local(opened.now).isoformat(timespec="seconds")


def read_text(name: str) -> str:
    """The text of ``@file``, or of standard input for ``-``."""
    try:
        blob = _bytes(name)
    except OSError as error:
        raise WrongWords(f"读不了 {name}：{disk.reason(error)}") from None
    if len(blob) > MAX_TEXT:
        raise WrongWords(f"{name} 超过 {MAX_TEXT // 1024} KiB")
    try:
        return blob.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongWords(f"{name} 不是 UTF-8 文字，请另存为 UTF-8") from None


def _bytes(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(MAX_TEXT + 1)
    with Path(name).open("rb") as file:
        return file.read(MAX_TEXT + 1)


def find_case(opened: Opened, name: str) -> str:
    """The path of an order's file; where there is none, ids that may be meant."""
    paths = opened.repository.listing.cases
    wanted = name.removesuffix(".yaml").rpartition("/")[2]
    found = opened.repository.path_of(wanted) if ID.fullmatch(wanted) else None
    found = found or next((p for p in paths if p.endswith(f"/{wanted}.yaml")), None)
    if found is not None:
        return found
    if ID.fullmatch(wanted) and (opened.repository.root / path_of(wanted)).is_symlink():
        raise Unavailable(f"{path_of(wanted)} 是一个链接，不读取链接")
    known = [PurePosixPath(path).stem for path in paths]
    near = difflib.get_close_matches(wanted.upper(), known, 3, 0.6)
    hint = f"，是不是 {'、'.join(near)}？" if near else f"（仓库 {opened.repository.root}）"
    raise Unavailable(f"没有工单 {on_one_line(wanted)[:40]}{hint}")


# --- the change ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """New bytes (none where nothing is to be done), and the findings that came with them."""

    blob: bytes
    event: dict[str, Any]
    findings: list[Finding]
    subject: Subject | None = None
    root: Any = None
    """What the new bytes hold."""


def _change(opened: Opened, path: str, blob: bytes, draft: Draft) -> Change:
    engine = Engine(opened.rules, opened.repository.case_schema, opened.now)
    root = _root(blob)
    before = judged(engine, opened, path, blob)
    if not isinstance(root, dict) or not isinstance(root.get("events"), list):
        return Change(b"", {}, before.findings)
    standing = _standing(before, root, draft)
    event = {
        "at": draft.at,
        "by": draft.by or _author(opened, standing, root, draft),
        "type": draft.type,
    }
    course = before.subject.course if before.subject else None
    event |= completed(draft.type, draft.data, course, standing) if course else draft.data
    if event in root["events"]:
        return Change(b"", event, [])
    try:
        new, number = append(blob, event, _root)
    except CannotAppend as why:
        raise Unavailable(f"{path} 没有改动：{why}") from None
    after = judged(engine, opened, path, new)
    findings = newly(before.findings, root, after.findings, _root(new), number)
    return Change(new, event, findings, after.subject, _root(new))


@lru_cache(maxsize=4)
def _root(blob: bytes) -> Any:
    """What a file holds. One change asks for the same bytes several times."""
    return parse(blob).root


def judged(engine: Engine, opened: Opened, path: str, blob: bytes) -> Judged:
    """All rules on one file, those that compare it with the orders it names too."""
    found = engine.judge(path, blob)
    if found.subject is None:
        return found
    facts = found.subject.facts
    cases = Cases([facts], lambda case: _facts(opened, case))
    return Judged([*found.findings, *engine.across([facts], cases)], found.subject)


def _facts(opened: Opened, case: str) -> Facts | None:
    path = opened.repository.path_of(case)
    if path is None:
        return None
    blob = disk.read(opened.repository.root, path)
    found, _ = read_case(path, blob, opened.repository.case_schema)
    return Subject(found, opened.rules, opened.now).facts if found else None


def _standing(before: Judged, root: Any, draft: Draft) -> Standing:
    """How the case stands when the event happens."""
    if before.subject is None:
        return Standing()
    number = position(root["events"], {"at": draft.at, "type": draft.type, "by": "~"})
    return before.subject.course.steps[number - 1].after if number else Standing()


def _author(opened: Opened, standing: Standing, root: Any, draft: Draft) -> str:
    registry = opened.rules.registry
    found = authors(draft.type, draft.data, standing, registry, root["events"])
    if len(found) == 1:
        return found[0]
    row = TABLE[draft.type]
    who = "、".join(ROLES[role] for role in row.who)
    names = "、".join(f"{unit}（{registry.unit_name(unit)}）" for unit in found[:20])
    raise Unavailable(
        f"“{row.title}”由{who}记录，请用 --by 写明单位" + (f"：{names}" if names else "")
    )


def unwritten(finding: Finding, root: Any) -> str:
    """A finding on text that is in no file: what it is about, in place of where it stands."""
    where = f"{finding.path}:{finding.place.line}:{finding.place.column}: "
    return on_one_line(f"{about(finding, root)}: {line(finding).removeprefix(where)}")


def _report(opened: Opened, path: str, blob: bytes, change: Change, *, dry: bool) -> int:
    broken = any(map(_stops, change.findings))
    for finding in change.findings:
        new = broken and change.blob and finding.path == path
        print(unwritten(finding, change.root) if new else line(finding))
    if broken:
        print("没有写入：请先改正上面的错误。", file=sys.stderr)
        return 1
    if not change.blob:
        print(f"{path} 里已经有完全相同的一件事，没有重复写入。")
        return 0
    if dry:
        print(on_terminal(diff(path, blob, change.blob)))
        return 0
    event = change.event
    unit = opened.rules.registry.unit_name(event["by"])
    subject = change.subject
    state = f"，工单现在“{STATES[subject.course.state]}”" if subject else ""
    print(f"已记入 {path}：{TABLE[event['type']].title}（{unit}，{event['at']}）{state}")
    if event["type"] == "replied" and change.subject is not None:
        _tell_of_the_letter(change.subject, event)
    return 0


def _stops(finding: Finding) -> bool:
    """Whether a finding keeps an event from being written. What must be sealed, and for whom,
    follows from the event: it is put right after it, and before it is pushed."""
    return finding.severity == "error" and finding.code not in ("P003", "P005")


def _tell_of_the_letter(subject: Subject, event: dict[str, Any]) -> None:
    """What the letter will not say as its writer may think, and how to look at it."""
    for step in subject.course.of("replied"):
        if subject.case.events[step.event.index].data == event:
            finished = letter(subject.course, step, subject.registry, subject.calendar)
            for words in notices(step, finished, subject.registry):
                print(f"注意：{words}。")
    print(f"看诉求人收到的信：hotline reply {subject.case.id}")


# --- one writer at a time --------------------------------------------------------------
