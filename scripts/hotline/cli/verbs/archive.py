"""``hotline archive``: a dossier for each order that is over, in bags by unit and month; and
``hotline archive verify``: whether the dossiers are whole, and none is missing (art. 12)."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hotline.archive.bag import bagged
from hotline.archive.dossier import Shelf, files
from hotline.archive.label import label
from hotline.cli.common import Opened, add_format, add_repo, open_repository, progress
from hotline.cli.parser import Parser, nearest
from hotline.doors import bags, disk
from hotline.doors.commits import Repository
from hotline.doors.dossiers import Maker, Order, Over, Source, case_files, over
from hotline.doors.fault import Unavailable
from hotline.doors.inspection import Inspection, Problem, Scope
from hotline.doors.lock import locked
from hotline.values.shown import on_one_line, on_terminal

FOLDER = ".hotline/archive"
MOST = 200
"""Problems that are printed for people; all are counted."""


def configure(parser: Parser) -> None:
    parser.usage = "hotline archive [verify] [--unit 单位] [--month 2026-10] [--out 文件夹] [选项…]"
    parser.add_argument(
        "act", nargs="?", choices=("verify",), metavar="verify",
        help="核对已有的卷宗：有没有被动过、缺不缺；不写时生成卷宗",
    )  # fmt: skip
    parser.add_argument("--unit", metavar="单位", help="只做这个单位的")
    parser.add_argument("--month", metavar="年-月", help="只做这个月办结的，如 2026-10")
    parser.add_argument("--out", metavar="文件夹", help=f"卷宗放在哪里，默认 {FOLDER}")
    parser.add_argument(
        "--rebuild", action="store_true",
        help="与 verify 同用：从历史重新生成每一卷，逐个文件比对（慢）",
    )  # fmt: skip
    add_format(parser, "text", "json")
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    if args.month and not re.fullmatch("[0-9]{4}-(0[1-9]|1[0-2])", args.month):
        raise Unavailable(f"--month 不对：{args.month[:20]}；请写成 2026-10 的样子")
    if args.rebuild and args.act != "verify":
        raise Unavailable("--rebuild 与 verify 同用：hotline archive verify --rebuild")
    opened = open_repository(args, "HEAD")
    _refuse_unknown(opened, args.unit)
    root = opened.repository.root
    out = Path(args.out).absolute() if args.out else root / FOLDER
    scope = Scope(args.unit, args.month)
    with Repository(root) as history:
        history.refuse_incomplete()
        head = history.resolve("HEAD")
        source = Source(
            history, head, opened.rules, opened.repository.case_schema, opened.now
        )  # fmt: skip
        if args.act == "verify":
            return _verify(args, source, out, scope)
        return _make(args, source, out, scope)


def _refuse_unknown(opened: Opened, unit: str | None) -> None:
    units = opened.rules.registry.units
    if unit is not None and unit not in units:
        near = nearest(unit, units)
        raise Unavailable(f"名录里没有单位 {unit[:40]}" + (f"，是不是 {near}？" if near else ""))


def _over(source: Source) -> Over:
    found = case_files(source)
    return over(source, progress(found.items(), len(found), "读取"))


# --- making --------------------------------------------------------------------------------


def _make(args: argparse.Namespace, source: Source, out: Path, scope: Scope) -> int:
    found = _over(source)
    wanted = {shelf: own for shelf, own in found.shelves.items() if scope.holds(*shelf)}
    try:
        disk.make_folder(out)
    except OSError as error:
        raise Unavailable(f"建不了文件夹 {out}：{disk.reason(error)}") from error
    with locked(out):
        bags.sweep(out)
        rows = _put_all(source, out, wanted)
        left = [s for s in bags.listed(out) if scope.holds(*s) and Shelf(*s) not in wanted]
    if args.format == "json":
        told = {"unreadable": found.unreadable, "twice": found.twice, "left": _named(left)}
        print(_json({"commit": source.head, "bags": rows, **told}))
    else:
        new = sum(bool(row["new"]) for row in rows)
        cases = sum(len(orders) for orders in wanted.values())
        words = f"{cases} 件办完的工单，{len(rows)} 个卷宗包，新做或更新 {new} 个：{out}"
        print(on_terminal(f"{words}\n核对：hotline archive verify"))
    for name in _named(left):
        words = "没有一件工单现在还属于这个包（又有变动，或移到别处），没有动它；请核对后移走"
        print(on_one_line(f"hotline：{name}：{words}"), file=sys.stderr)
    return 1 if _tell_unread(found) else 0


def _put_all(
    source: Source, out: Path, wanted: Mapping[Shelf, Sequence[Order]]
) -> list[dict[str, Any]]:
    """One row for each bag. One bag is in memory at a time."""
    rows: list[dict[str, Any]] = []
    if not wanted:
        return rows
    maker = Maker(source, [order for orders in wanted.values() for order in orders])
    total = sum(map(len, wanted.values()))
    for shelf, orders in progress(wanted.items(), total, "立卷", lambda item: len(item[1])):
        content = _bag(source, maker, shelf, orders)
        is_new = bags.put(out, *shelf, content)
        rows.append({**shelf._asdict(), "cases": len(orders), "new": is_new})
    return rows


def _bag(source: Source, maker: Maker, shelf: Shelf, orders: Sequence[Order]) -> dict[str, bytes]:
    kept = [maker.kept(order) for order in orders]
    payload = {
        f"{order.id}/{name}": blob
        for order, one in zip(orders, kept, strict=True)
        for name, blob in files(one)
    }
    rules = source.rules
    return bagged(payload, label(shelf, kept, rules.registry, rules.calendar))


def _named(places: Sequence[tuple[str, str]]) -> list[str]:
    return ["/".join(filter(None, place)) for place in places]


def _tell_unread(found: Over) -> bool:
    """Says which orders have no dossier because nobody can tell what they are."""
    if found.unreadable:
        first, count = found.unreadable[0], len(found.unreadable)
        print(
            f"hotline：有 {count} 个工单文件读不出，没有立卷（{first} 等）；运行 hotline check 查看原因",
            file=sys.stderr,
        )
    for path in found.twice:
        print(f"hotline：{path} 的工单编号与另一个文件相同，没有立卷", file=sys.stderr)
    return bool(found.unreadable or found.twice)


# --- verifying -----------------------------------------------------------------------------


def _verify(args: argparse.Namespace, source: Source, out: Path, scope: Scope) -> int:
    if not out.is_dir() or not bags.listed(out):
        raise Unavailable(f"没有卷宗 {out}；先运行 hotline archive")
    found = _over(source)
    inspection = Inspection(source, found, out, scope)
    problems = inspection.problems()
    if args.rebuild:
        problems += _rebuilt(source, inspection)
    if args.format == "json":
        told = {
            "commit": source.head,
            "problems": [problem._asdict() for problem in problems],
            "review": [{**shelf._asdict(), "until": str(day)} for shelf, day in inspection.review],
            "summary": {"bags": inspection.bags, "cases": inspection.due},
        }
        print(_json(told))
    else:
        _tell(problems, inspection)
    return 1 if problems else 0


def _rebuilt(source: Source, inspection: Inspection) -> list[Problem]:
    """Where a bag that is whole is not what history gives now."""
    sound = inspection.sound
    if not sound:
        return []
    maker = Maker(source, [order for orders in sound.values() for order in orders])
    total = sum(map(len, sound.values()))
    problems: list[Problem] = []
    for shelf, orders in progress(sound.items(), total, "重新生成", lambda item: len(item[1])):
        problems += inspection.against(shelf, _bag(source, maker, shelf, orders))
    return problems


def _tell(problems: Sequence[Problem], inspection: Inspection) -> None:
    for one in problems[:MOST]:
        what = " ".join(filter(None, (f"{one.unit}/{one.month}", one.case, one.file)))
        print(on_one_line(f"{what}：{one.problem}"))
    if len(problems) > MOST:
        print(f"……另有 {len(problems) - MOST} 处，全部见 --format json")
    for shelf, day in inspection.review:
        words = f"保管期到 {day} 已满，请按档案规定鉴定（本程序不删除卷宗）"
        print(on_one_line(f"{shelf.unit}/{shelf.month}：{words}"))
    words = f"有 {len(problems)} 处问题" if problems else "没有发现问题"
    print(f"核对了 {inspection.bags} 个卷宗包、{inspection.due} 件办完的工单：{words}。")


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps({"schema_version": 1, **data}, ensure_ascii=False, indent=1)
