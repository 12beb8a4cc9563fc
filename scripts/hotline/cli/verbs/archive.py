"""``hotline archive``: a dossier for each order that is over, in bags by unit and month; and
``hotline archive verify``: whether the dossiers are whole, and none is missing (art. 12)."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hotline.archive.dossier import (
    CASE,
    TIMELINE,
    Kept,
    Letter,
    Shelf,
    ended,
    files,
    kept_until,
    shelf_of,
)
from hotline.cli.common import Opened, add_format, add_repo, open_repository, progress
from hotline.cli.parser import Parser, nearest
from hotline.doors import bags
from hotline.doors.auditing import is_case, recorded
from hotline.doors.commits import Repository
from hotline.doors.fault import Unavailable
from hotline.doors.letters import press
from hotline.doors.lock import locked
from hotline.findings.engine import Engine
from hotline.findings.subject import Subject
from hotline.procedure.timeline import Step
from hotline.replies.letter import letter
from hotline.replies.paragraphs import as_text, paragraphs_of
from hotline.values.recording import Recorded, Recording
from hotline.values.times import NotATime, parse_date

FOLDER = ".hotline/archive"
YEARS = 10
"""How long a dossier is kept where the policy does not say (practice)."""


def configure(parser: Parser) -> None:
    parser.usage = "hotline archive [verify] [--unit 单位] [--month 2026-10] [--out 文件夹]"
    parser.add_argument(
        "act", nargs="?", choices=("verify",), metavar="verify",
        help="核对已有的卷宗：有没有被动过、缺不缺；不写时生成卷宗",
    )  # fmt: skip
    parser.add_argument("--unit", metavar="单位", help="只做这个单位的")
    parser.add_argument("--month", metavar="年-月", help="只做这个月办结的，如 2026-10")
    parser.add_argument("--out", metavar="文件夹", help=f"卷宗放在哪里，默认 {FOLDER}")
    add_format(parser, "text", "json")
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    if args.month and not re.fullmatch("[0-9]{4}-(0[1-9]|1[0-2])", args.month):
        raise Unavailable(f"--month 不对：{args.month[:20]}；请写成 2026-10 的样子")
    opened = open_repository(args, "HEAD")
    _refuse_unknown(opened, args.unit)
    root = opened.repository.root
    out = Path(args.out).absolute() if args.out else root / FOLDER
    with Repository(root) as history:
        over = _over(opened, history)
        wanted = {shelf: own for shelf, own in over.items() if _is_wanted(args, shelf)}
        if args.act == "verify":
            if not out.is_dir():
                raise Unavailable(f"没有卷宗 {out}；先运行 hotline archive")
            return _verify(args, opened, history, out, wanted)
        with locked(root):
            return _make(args, opened, history, out, wanted)


def _refuse_unknown(opened: Opened, unit: str | None) -> None:
    units = opened.rules.registry.units
    if unit is not None and unit not in units:
        near = nearest(unit, units)
        raise Unavailable(f"名录里没有单位 {unit[:40]}" + (f"，是不是 {near}？" if near else ""))


def _is_wanted(args: argparse.Namespace, shelf: Shelf) -> bool:
    return args.unit in (None, shelf.unit) and args.month in (None, shelf.month)


class _Order(NamedTuple):
    """An order that is over, as HEAD has it."""

    path: str
    blob: str
    subject: Subject


def _over(opened: Opened, history: Repository) -> dict[Shelf, list[_Order]]:
    """The orders that are over, by where their dossiers belong."""
    from hotline.reading.cases import read_case

    found: dict[Shelf, list[_Order]] = {}
    names = history.files(history.resolve("HEAD"), "cases")
    paths = sorted(path for path in names if is_case(path))
    for path in progress(paths, len(paths), "读取"):
        case, _ = read_case(path, history.blob(names[path]), opened.repository.case_schema)
        if case is None:
            continue  # the check tells of it
        subject = Subject(case, opened.rules, opened.now)
        shelf = shelf_of(subject)
        if shelf is not None:
            found.setdefault(shelf, []).append(_Order(path, names[path], subject))
    return dict(sorted(found.items()))


# --- making --------------------------------------------------------------------------------


def _make(
    args: argparse.Namespace,
    opened: Opened,
    history: Repository,
    out: Path,
    wanted: Mapping[Shelf, Sequence[_Order]],
) -> int:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"建不了文件夹 {out}") from error
    bags.sweep(out)
    told = recorded(history, opened.now)
    rows = []
    for shelf, orders in progress(wanted.items(), len(wanted), "立卷"):
        kept = [_kept(opened, history, told, order) for order in orders]
        content = {
            f"{one.subject.case.id}/{name}": blob for one in kept for name, blob in files(one)
        }
        changed = bags.put(out / shelf.unit / shelf.month, content, _info(opened, shelf, kept))
        rows.append({"unit": shelf.unit, "month": shelf.month, "cases": len(kept), "new": changed})
    if args.format == "json":
        print(json.dumps({"schema_version": 1, "bags": rows}, ensure_ascii=False, indent=1))
        return 0
    new = sum(bool(row["new"]) for row in rows)
    cases = sum(len(orders) for orders in wanted.values())
    print(f"{cases} 件办完的工单，{len(rows)} 个卷宗包，新做或更新 {new} 个：{out}")
    print("核对：hotline archive verify")
    return 0


def _kept(opened: Opened, history: Repository, told: Recorded, order: _Order) -> Kept:
    """Judged at the moment of its last change, so that its dossier does not age."""
    last = told.files[order.path]
    blob = history.blob(order.blob)
    engine = Engine(opened.rules, opened.repository.case_schema, last.at)
    judged = engine.judge(order.path, blob)
    assert judged.subject is not None, "it was read before"
    subject = judged.subject

    def when(event: Any) -> Recording | None:
        key = (order.path, event.type, event.by, str(event.data.get("at")))
        return told.events.get(key)

    return Kept(subject, blob, judged.findings, list(_letters(opened, subject)), last, when)


def _letters(opened: Opened, subject: Subject) -> Iterator[Letter]:
    from hotline.doors import word

    root = opened.repository.root
    rendered = press(root)
    for step in subject.course.of("replied"):
        finished = letter(subject.course, step, subject.registry, subject.calendar)
        given = paragraphs_of(rendered(finished))
        yield Letter(
            f"{as_text(given)}\n".encode(), word.document(root, finished.heading, given, _old(step, subject))
        )  # fmt: skip


def _old(step: Step, subject: Subject) -> str:
    """What a copy of a letter that was replaced says at its head."""
    return "" if step is list(subject.course.of("replied"))[-1] else "已由后来的答复代替"


def _info(opened: Opened, shelf: Shelf, kept: Sequence[Kept]) -> dict[str, str]:
    """What the bag says of itself; all of it follows from its orders and the policy."""
    newest = max((one.last for one in kept), key=lambda last: (last.at, last.commit))
    day = max(ended(one.subject) for one in kept).date()
    unit = opened.rules.registry.units.get(shelf.unit)
    policy = opened.rules.policies[-1]
    years = int(policy.switch("archive_retention_years", YEARS))
    return {
        "Source-Organization": unit.name if unit else shelf.unit,
        "External-Identifier": f"{shelf.unit}/{shelf.month}",
        "External-Description": f"12345热线工单卷宗，{shelf.month} 办结，{len(kept)} 件",
        "Bagging-Date": f"{opened.rules.calendar.local(newest.at):%Y-%m-%d}",
        "Bag-Software-Agent": "hotline",
        "Hotline-Commit": newest.commit,
        "Hotline-Policy": policy.version,
        "Retention-Until": kept_until(day, years).isoformat(),
    }


# --- verifying -------------------------------------------------------------------------------


class _Problem(NamedTuple):
    """Something wrong with a dossier, or none where there should be one."""

    unit: str
    month: str
    case: str
    file: str
    problem: str


def _verify(
    args: argparse.Namespace,
    opened: Opened,
    history: Repository,
    out: Path,
    wanted: Mapping[Shelf, Sequence[_Order]],
) -> int:
    problems: list[_Problem] = []
    review: list[str] = []
    seen: set[Shelf] = set()
    for bag in bags.listed(out):
        shelf = Shelf(bag.parent.name, bag.name)
        if not _is_wanted(args, shelf):
            continue
        seen.add(shelf)
        wrong = [_Problem(*shelf, _case_of(name), name, words) for name, words in bags.faults(bag)]
        problems += wrong
        if not wrong:
            problems += _against_history(history, shelf, bag, wanted.get(shelf, ()))
            review += [f"{shelf.unit}/{shelf.month}"] if _is_past(opened, bag) else []
    for shelf, orders in wanted.items():
        if shelf not in seen:
            problems += [_Problem(*shelf, o.subject.case.id, "", "缺少卷宗") for o in orders]
    _report(args, problems, review, len(seen), sum(map(len, wanted.values())))
    return 1 if problems else 0


def _case_of(name: str) -> str:
    parts = name.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "data" else ""


def _against_history(
    history: Repository, shelf: Shelf, bag: Path, orders: Sequence[_Order]
) -> Iterator[_Problem]:
    """What a whole bag holds, against what the repository holds and held."""
    due = {order.subject.case.id: order for order in orders}
    held = {path.name for path in (bag / "data").iterdir() if path.is_dir()}
    for case in sorted(due.keys() - held):
        yield _Problem(*shelf, case, "", "缺少卷宗")
    for case in sorted(held - due.keys()):
        yield _Problem(*shelf, case, "", "工单后来又有变动，不再属于这里，要重新立卷")
    for case in sorted(held & due.keys()):
        folder = bag / "data" / case
        blob = (folder / CASE).read_bytes() if (folder / CASE).is_file() else b""
        if not _is_of_history(history, folder, due[case].path, blob):
            yield _Problem(*shelf, case, f"data/{case}/{CASE}", "与所记提交里的工单不一致")
        elif blob != history.blob(due[case].blob):
            yield _Problem(*shelf, case, "", "工单后来又有变动，要重新立卷")


def _is_of_history(history: Repository, folder: Path, path: str, blob: bytes) -> bool:
    """Whether the commit that a dossier names holds the order as the dossier has it."""
    try:
        commit = json.loads((folder / TIMELINE).read_bytes())["commit"]
        name = history.blob_at(history.resolve(str(commit)), path)
        return history.blob(name) == blob
    except (OSError, ValueError, KeyError, TypeError, Unavailable):
        return False


def _is_past(opened: Opened, bag: Path) -> bool:
    try:
        last = parse_date(str(bags.info(bag).get("Retention-Until")))
    except NotATime:
        return False
    return opened.rules.calendar.local(opened.now).date() > last


def _report(
    args: argparse.Namespace,
    problems: Sequence[_Problem],
    review: Sequence[str],
    count: int,
    cases: int,
) -> None:
    if args.format == "json":
        told = {
            "schema_version": 1,
            "problems": [problem._asdict() for problem in problems],
            "review": list(review),
            "summary": {"bags": count, "cases": cases},
        }
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for one in problems:
        what = " ".join(filter(None, (one.case, one.file)))
        print(f"{one.unit}/{one.month} {what}：{one.problem}".replace(" ：", "："))
    for name in review:
        print(f"{name}：保管期已满，请按档案规定鉴定（本程序不删除卷宗）")
    words = f"有 {len(problems)} 处问题" if problems else "没有发现问题"
    print(f"核对了 {count} 个卷宗包、{cases} 件办完的工单：{words}。")
