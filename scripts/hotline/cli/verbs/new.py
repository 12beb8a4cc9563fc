"""``hotline new``: writes a work order from ``key=value`` words, with the day's next number."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from hotline.cli.common import Opened, add_repo, open_repository, progress
from hotline.cli.parser import Parser
from hotline.cli.verbs.add import (
    let_options_stand_anywhere,
    now_text,
    read_text,
    refuse_file_names,
    unwritten,
)
from hotline.doors import disk
from hotline.doors.fault import Unavailable
from hotline.doors.lock import locked, sweep
from hotline.findings.engine import Engine
from hotline.findings.printers.text import line
from hotline.findings.subject import Subject
from hotline.procedure.lifecycle import CHANNELS
from hotline.reading.cases import read_case
from hotline.reading.strict_yaml import parse
from hotline.reading.upstream import is_another
from hotline.values.facts import Cases
from hotline.values.finding import Finding
from hotline.values.shown import on_terminal
from hotline.values.times import parse_time
from hotline.writing import guide
from hotline.writing.cells import plain_number
from hotline.writing.fields import DEFAULTS, HEADER, is_personal, names_of
from hotline.writing.numbers import DayIsFull, Numbers, path_of
from hotline.writing.words import WrongWords, build, pairs_of, paragraph
from hotline.writing.yaml_text import case_text

Key = tuple[str, str, str]
"""Channel, platform, upstream id: what an order is on the platform that it came from."""

_PREFIX = re.compile(r"[A-Z]{2,6}")


AHEAD = "派单时间还没有到"
_CLOCKS_DIFFER = timedelta(minutes=5)


def configure(parser: Parser) -> None:
    parser.usage = "hotline new 字段=值… [--channel 渠道] [--prefix LZ] [--dry-run]"
    parser.add_argument("words", metavar="字段=值", nargs="*", help="工单头的字段，见下表")
    parser.add_argument("--channel", metavar="渠道", help=f"来源渠道：{'、'.join(CHANNELS)}")
    parser.add_argument("--prefix", metavar="前缀", default="LZ", help="编号前缀，默认 LZ")
    parser.add_argument("--dry-run", action="store_true", help="只显示工单，不写入")
    add_repo(parser)
    parser.epilog = "\n".join(["字段：", *guide.header_lines(), "", guide.VALUES])
    let_options_stand_anywhere(parser)


def run(args: argparse.Namespace) -> int:
    if not _PREFIX.fullmatch(args.prefix):
        raise Unavailable("编号前缀要写 2 到 6 个大写字母，如 LZ")
    opened = open_repository(args)
    data = _header(args, opened)
    if is_ahead(opened, data["dispatched_at"]):
        raise Unavailable(f"dispatched_at 不对：{AHEAD}")
    day = opened.rules.calendar.local(parse_time(data["dispatched_at"])).date()
    root = opened.repository.root
    with locked(root):
        found = survey(opened, {data["upstream_id"]})
        try:
            case = found.numbers.next(args.prefix, day)
        except DayIsFull as why:
            raise Unavailable(str(why)) from None
        path = path_of(case)
        header, keep = _sealed(opened, case, data)
        text = case_text({"id": case, **header, "events": []})
        findings = _judge(opened, path, text.encode(), found)
        broken = any(finding.severity == "error" for finding in findings)
        if not broken and not args.dry_run:
            sweep(root / PurePosixPath(path).parent)
            keep()
            disk.put(root, path, text.encode())
    for finding in findings:
        new = broken and finding.path == path
        print(unwritten(finding, parse(text.encode()).root) if new else line(finding))
    if broken:
        print("没有写入：请先改正上面的错误。", file=sys.stderr)
        return 1
    if args.dry_run:
        print(on_terminal(f"# {path}\n{text}"), end="")
        return 0
    if header is not data:
        print("诉求内容已密封，只有热线管理机构打得开；交办以后运行 hotline reseal。")
    print(f"已新建 {path}\n下一步：hotline add {case} accepted")
    return 0


def _header(args: argparse.Namespace, opened: Opened) -> dict[str, Any]:
    """The header as typed, with what goes without saying."""
    try:
        pairs = pairs_of(args.words)
        if args.channel is not None:
            pairs.append(("channel", args.channel))
        if personal := [key for key, _ in pairs if is_personal(key)]:
            raise WrongWords(
                f"{personal[0]} 是个人信息，不能明文写进工单：先建工单，再用 "
                "hotline seal 工单编号 --part person 密封；"
                "正文里用 {petitioner.name}、{petitioner.phone} 等代替"
            )
        given = {key for key, _ in pairs}
        pairs += [(key, _word(value)) for key, value in DEFAULTS.items() if key not in given]
        names = names_of(opened.rules.registry)
        refuse_file_names(pairs, HEADER)
        data = build(pairs, HEADER, now=now_text(opened), read=read_text, names=names)
        data["demand"] = paragraph(data.get("demand", ""))
        lacking = [f for f in HEADER if f.required and f.name not in {key for key, _ in pairs}]
        if lacking:
            listed = "、".join(f"{row.name}（{row.title}）" for row in lacking)
            raise WrongWords(f"还缺：{listed}")
    except WrongWords as why:
        raise Unavailable(f"{why}\n字段和写法：hotline new --help") from None
    return data


def _sealed(
    opened: Opened, case: str, data: dict[str, Any]
) -> tuple[dict[str, Any], Callable[[], None]]:
    """The header with its demand under seal where it must be, and what keeps the seal's key."""
    from hotline.cli.sealed_rows import RowSealer, must_be_sealed

    if not must_be_sealed(data):
        return data, lambda: None
    from hotline.cli.sealed import sealer_of

    sealer = RowSealer(sealer_of(opened), None, True)
    header = sealer.sealed(case, data, {})

    def keep() -> None:
        with sealer.held_if(True):
            sealer.keep({case})

    return header, keep


def is_ahead(opened: Opened, dispatched_at: str) -> bool:
    """Whether a dispatch lies in the future by more than clocks differ."""
    return parse_time(dispatched_at) > opened.now + _CLOCKS_DIFFER


def _word(value: str | bool) -> str:
    return value if isinstance(value, str) else str(value).lower()


def _judge(opened: Opened, path: str, blob: bytes, found: Survey) -> list[Finding]:
    """All rules on the new file, compared with the orders that are there."""
    engine = Engine(opened.rules, opened.repository.case_schema, opened.now)
    judged = engine.judge(path, blob)
    if judged.subject is None:
        return judged.findings
    facts = judged.subject.facts
    twin = found.keys.get(facts.upstream_key)
    others = [] if twin is None else [_facts_at(opened, twin)]
    cases = Cases([facts, *(other for other in others if other)])
    return [*judged.findings, *engine.across([facts], cases)]


def _facts_at(opened: Opened, path: str) -> Any:
    blob = disk.read(opened.repository.root, path)
    case, _ = read_case(path, blob, opened.repository.case_schema)
    return Subject(case, opened.rules, opened.now).facts if case else None


# --- what is there already -------------------------------------------------------------


@dataclass(slots=True)
class Survey:
    """Numbers in use, orders of the wanted upstream ids with their paths, unread files."""

    numbers: Numbers
    keys: dict[Key, str] = field(default_factory=dict)
    roots: dict[str, Any] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


def survey(opened: Opened, upstream_ids: Collection[str]) -> Survey:
    """Looks through the repository for orders of these upstream ids."""
    listing = opened.repository.listing
    names = (PurePosixPath(path).stem for path in [*listing.cases, *listing.strays])
    found = Survey(Numbers(names))
    wanted = {text.encode() for text in upstream_ids}
    blobs = opened.repository.blobs(listing.cases)
    for path, blob in progress(blobs, len(listing.cases), "核对已有工单"):
        if is_another(blob, wanted):
            continue
        root = parse(blob).root
        if not isinstance(root, dict):
            found.unread.append(path)
            continue
        key = _key(root)
        plain = (*key[:2], plain_number(key[2]))
        if key[2] in upstream_ids or plain[2] in upstream_ids:
            found.keys.setdefault(key, path)
            found.keys.setdefault(plain, path)
            found.roots[path] = root
    return found


def _key(header: dict[str, Any]) -> Key:
    return (
        str(header.get("channel")),
        str(header.get("platform") or ""),
        str(header.get("upstream_id")),
    )
