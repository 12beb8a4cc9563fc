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

from hotline.archive.bag import BAGIT, bagged
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
_USAGE = """hotline archive [--unit 单位] [--month 2026-10] [--out 文件夹] [选项…]
      hotline archive verify [文件夹] [--unit 单位] [--month 2026-10] [选项…]"""
MOST = 200
"""Problems that are printed for people; all are counted."""


def configure(parser: Parser) -> None:
    parser.usage = _USAGE
    parser.set_defaults(rebuild=False, folder=None)
    _add_options(parser)
    words = "核对已有的卷宗：有没有被动过、缺不缺；不写时生成卷宗"
    actions = parser.add_subparsers(dest="act", metavar="verify", prog="hotline archive")
    verify = actions.add_parser("verify", help=words, description=words)
    verify.add_argument("folder", nargs="?", metavar="文件夹", help=f"卷宗在哪里，默认 {FOLDER}")
    verify.add_argument(
        "--rebuild", action="store_true", help="从历史重新生成每一卷，逐个文件比对（慢）"
    )
    _add_options(verify)
    for action in verify._actions:  # what stands before the word verify counts too
        if action.option_strings:
            action.default = argparse.SUPPRESS


def _add_options(parser: Parser) -> None:
    parser.add_argument("--unit", metavar="单位", help="只做这个单位的")
    parser.add_argument("--month", metavar="年-月", help="只做这个月办结的，如 2026-10")
    parser.add_argument("--out", metavar="文件夹", help=f"卷宗放在哪里，默认 {FOLDER}")
    add_format(parser, "text", "json")
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    if args.month is not None and not re.fullmatch("[0-9]{4}-(0[1-9]|1[0-2])", args.month):
        raise Unavailable(f"--month 不对：{args.month[:20]}；请写成 2026-10 的样子")
    opened = open_repository(args, "HEAD")
    _refuse_unknown(opened, args.unit)
    root = opened.repository.root
    folder = args.folder or args.out
    out = Path(folder).absolute() if folder else root / FOLDER
    scope = Scope(args.unit, args.month)
    with Repository(root) as history:
        history.refuse_incomplete()
        head = history.resolve("HEAD")
        source = Source(
            history, head, opened.rules, opened.repository.case_schema, opened.now
        )  # fmt: skip
        if args.act == "verify":
            return _verify(args, source, out, scope)
        _refuse_foreign(out, root)
        return _make(args, source, out, scope)


def _refuse_foreign(out: Path, root: Path) -> None:
    """Dossiers never come to lie among what the repository itself holds."""
    out, root = out.resolve(), root.resolve()
    if out == root or out in root.parents:
        raise Unavailable(f"{out} 里有工单仓库，卷宗请放到别的文件夹")
    for name in ("cases", "registry", ".git"):
        if root / name in (out, *out.parents):
            raise Unavailable(f"{out} 在仓库的 {name}/ 里，卷宗请放到别的文件夹")


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
        rows = _put_all(source, out, wanted, found)
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
    lost = _tell_lost(rows)
    return 1 if _tell_unread(found) or lost else 0


def _put_all(
    source: Source, out: Path, wanted: Mapping[Shelf, Sequence[Order]], found: Over
) -> list[dict[str, Any]]:
    """One row for each bag. One bag is in memory at a time. A bag is left as it is that holds a
    dossier which the repository could not give again."""
    rows: list[dict[str, Any]] = []
    if not wanted:
        return rows
    maker = Maker(source, [order for orders in wanted.values() for order in orders])
    total, known = sum(map(len, wanted.values())), found.known
    for shelf, orders in progress(wanted.items(), total, "立卷", lambda item: len(item[1])):
        held = bags.dossiers(out / shelf.unit / shelf.month)
        lost = sorted(held - known)
        content = {} if lost else _bag(source, maker, shelf, orders)
        is_new = not lost and bags.put(out, *shelf, content)
        rows.append({**shelf._asdict(), "cases": len(orders), "new": is_new, "lost": lost})
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


def _tell_lost(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Says which bags were left as they are, and why."""
    told = [row for row in rows if row["lost"]]
    for row in told:
        words = (
            f"没有更新：里面有 {'、'.join(row['lost'][:5])} 的案卷，仓库里却没有这些工单或读不出，"
            "更新会丢掉案卷；请先运行 hotline check 和 hotline audit"
        )
        print(on_one_line(f"hotline：{row['unit']}/{row['month']} {words}"), file=sys.stderr)
    return bool(told)


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
    if (out / BAGIT).is_file():
        raise Unavailable(
            f"{out} 是一个卷宗包；请写它上两级的文件夹，要少看一些就加 --unit、--month"
        )
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
