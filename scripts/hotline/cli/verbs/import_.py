"""``hotline import``: a platform's sheet becomes work orders, or rejected rows with reasons."""

from __future__ import annotations

import argparse
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from hotline.cli.common import Opened, add_repo, open_repository, progress
from hotline.cli.parser import Parser, nearest
from hotline.cli.sealed import add_identity, sealer_of
from hotline.cli.sealed_rows import RowSealer, covered, must_be_sealed
from hotline.cli.verbs.new import AHEAD, Key, Survey, is_ahead, survey
from hotline.doors import age, disk, sheets, shipped
from hotline.doors.fault import Unavailable
from hotline.doors.lock import locked
from hotline.doors.together import settle, write_all
from hotline.findings.engine import Engine, Selection
from hotline.findings.printers.text import line
from hotline.reading.strict_yaml import parse
from hotline.values.finding import Finding
from hotline.values.shown import on_one_line
from hotline.values.times import parse_time
from hotline.writing.cells import BadCell, Cell, as_text
from hotline.writing.delta import differing
from hotline.writing.fields import names_of
from hotline.writing.mapping import (
    REASON,
    Columns,
    ImportMapping,
    WrongMapping,
    find_columns,
    mapping_of,
)
from hotline.writing.numbers import DayIsFull, path_of
from hotline.writing.rows import Row, RowReader
from hotline.writing.sheet_out import render
from hotline.writing.yaml_text import case_text

JUDGED_BY = Selection(select=("S", "X", "W", "P"))
"""A sheet's rows are judged as files; that their clocks run out is not the sheet's fault."""
SHOWN = 20
SHOWN_KNOWN = 5


def configure(parser: Parser) -> None:
    parser.add_argument("file", metavar="文件", help="平台导出的 xlsx 或 csv")
    parser.add_argument(
        "--map", required=True, metavar="对照表", help="registry/imports/ 里的名字，或一个文件"
    )
    parser.add_argument(
        "--rejects", metavar="文件", help="退回的行写到这里（.xlsx 或 .csv），默认在原表旁边"
    )
    add_identity(parser)
    parser.add_argument("--dry-run", action="store_true", help="只说明会怎样，不写入")
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    source = Path(args.file)
    if args.rejects is not None:
        _require_target(Path(args.rejects), source)
    opened = open_repository(args)
    try:
        mapping = mapping_of(_load_mapping(opened, args.map))
        sheet = sheets.read_sheet(
            source, mapping.format, sheet=mapping.sheet, encoding=mapping.encoding
        )
        columns = find_columns([cells for _, cells in sheet.rows], mapping)
    except WrongMapping as why:
        raise Unavailable(f"没有导入：{why}") from None
    numbered = sheet.rows[columns.row + 1 :]
    reader = RowReader(
        mapping, columns, names_of(opened.rules.registry), opened.rules.calendar.zone, sheet.epoch
    )
    rows = [(number, cells, reader.read(cells)) for number, cells in numbered]
    sealer = _row_sealer(args, opened, rows)
    with locked(opened.repository.root), sealer.held_if(not args.dry_run):
        plan = _plan(opened, mapping, rows, sealer)
        rejects = _rejects_target(args, source, mapping) if plan.rejected else None
        if rejects is not None:
            title = mapping.sheet if mapping.sheet and mapping.format == "xlsx" else "退回"
            content = _rejects_sheet(
                rejects, title, sheet.rows[columns.row][1], columns, plan, mapping
            )
            rejects = rejects if args.rejects else _unused(rejects, content)
        if not args.dry_run:
            if rejects is not None:
                disk.write(rejects, content)
            # A key first, then what is sealed to it.
            sealer.keep({Path(path).stem for path, _ in plan.files})
            write_all(opened.repository.root, plan.files)
            _settle(opened.repository.root, plan.present_in)
    _report(plan, rejects, sealer, dry=args.dry_run)
    return 1 if plan.rejected else 0


def _row_sealer(
    args: argparse.Namespace, opened: Opened, rows: Sequence[tuple[int, list[Cell], Row]]
) -> RowSealer:
    """What seals; where persons are told of, the center must have a key to seal to."""
    sealer = sealer_of(opened)
    center = [opened.rules.registry.center()]
    has_persons = any(row.person for _, _, row in rows)
    if has_persons:
        sealer.recipients(center)
    must = any(must_be_sealed(row.data) for _, _, row in rows)
    wanted = has_persons or (must and not sealer.without_keys(center))
    given = wanted and (args.identity or os.environ.get(age.VARIABLE))
    return RowSealer(sealer, age.identities(args.identity) if given else None, wanted, args.dry_run)


# --- the mapping -----------------------------------------------------------------------


def _load_mapping(opened: Opened, name: str) -> Any:
    root = opened.repository.root
    path = Path(name)
    if re.fullmatch(r"[A-Za-z0-9_-]+", name):
        path = shipped.find(root, "registry", "imports", f"{name}.yaml")
    if not path.is_file():
        known = sorted(p.stem for p in (root / "registry" / "imports").glob("*.yaml"))
        near = nearest(name, known)
        hint = f"，是不是 {near}？" if near else f"；有：{'、'.join(known)}"
        raise Unavailable(f"没有对照表 {on_one_line(name)[:60]}{hint}")
    parsed = parse(disk.read(path.parent, path.name))
    faults = [(fault.place, fault.code, fault.message) for fault in parsed.faults]
    if not faults:
        wrong = opened.repository.schema("import").faults(parsed.root)
        faults = [(fault.place, "S010", fault.message) for fault in wrong]
    if faults:
        findings = [Finding(c, "error", str(path), m, "practice", p) for p, c, m in faults]
        raise Unavailable("\n".join(["对照表有错误，先改好再导入", *map(line, findings)]))
    return parsed.root


# --- rows to files ---------------------------------------------------------------------


@dataclass(slots=True)
class Plan:
    """What an import would do."""

    files: list[tuple[str, bytes]] = field(default_factory=list)
    present: int = 0
    present_in: set[str] = field(default_factory=set)
    """Files of orders that were there: an import that was cut off may have written them."""
    removed: int = 0
    rejected: list[tuple[int, Sequence[Cell], str, Row]] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    first: dict[str, Finding] = field(default_factory=dict)
    """The first warning of each code, whose words are shown."""
    differing: dict[str, list[str]] = field(default_factory=dict)
    """Known orders from which a row differs, with the columns."""
    unread: int = 0

    def note_warnings(self, findings: Sequence[Finding]) -> None:
        self.warnings.update({finding.code for finding in findings})
        for finding in findings:
            self.first.setdefault(finding.code, finding)

    def note_differing(self, path: str, titles: list[str]) -> None:
        if titles:
            self.differing.setdefault(path, titles)


def _plan(
    opened: Opened, mapping: ImportMapping, rows: list[tuple[int, list[Cell], Row]],
    sealer: RowSealer,
) -> Plan:  # fmt: skip
    good = [row for _, _, row in rows if not row.reasons]
    there = survey(opened, {str(row.data["upstream_id"]) for row in good})
    engine = Engine(opened.rules, opened.repository.case_schema, opened.now, JUDGED_BY)
    plan = Plan(unread=len(there.unread))
    seen: dict[Key, tuple[int, dict[str, Any]]] = {}
    for number, cells, row in progress(rows, len(rows), "导入"):
        reasons = row.reasons or _take(
            opened, mapping, engine, there, plan, seen, number, row, sealer
        )
        if reasons:
            plan.rejected.append((number, cells, "；".join(reasons), row))
        else:
            plan.removed += row.removed
    return plan


def _take(
    opened: Opened, mapping: ImportMapping, engine: Engine, there: Survey, plan: Plan,
    seen: dict[Key, tuple[int, dict[str, Any]]], number: int, row: Row, sealer: RowSealer,
) -> list[str]:  # fmt: skip
    """Puts the row's order into the plan, or says why it is rejected."""
    person = dict(row.person)
    data = sealer.placeholders_for(row.data, person) if person else row.data
    key = (str(data["channel"]), str(data.get("platform") or ""), str(data["upstream_id"]))
    if key in seen and seen[key][1] != data:
        return [f"第 {seen[key][0]} 行是同一来件编号，内容却不同；请保留一行"]
    if key in seen or key in there.keys:
        plan.present += 1
        if key in there.keys:
            path = there.keys[key]
            plan.present_in.add(path)
            plan.note_differing(path, differing(data, there.roots[path], mapping.columns))
        return []
    if is_ahead(opened, data["dispatched_at"]):
        return [f"“{mapping.columns.get('dispatched_at', 'dispatched_at')}”不对：{AHEAD}"]
    day = opened.rules.calendar.local(parse_time(data["dispatched_at"])).date()
    try:
        case = there.numbers.next(mapping.id_prefix, day)
    except DayIsFull as why:
        return [str(why)]
    try:
        sealed = sealer.sealed(case, data, person)
    except Unavailable as why:
        return [why.in_chinese]
    text = case_text({"id": case, **sealed, "events": []}).encode()
    findings = engine.judge(path_of(case), text).findings
    if errors := [f"{f.code} {f.message}" for f in findings if f.severity == "error"]:
        return errors
    there.numbers.take(case)
    seen[key] = (number, data)
    plan.files.append((path_of(case), text))
    plan.note_warnings(findings)
    return []


# --- rejected rows ---------------------------------------------------------------------


def _require_target(target: Path, source: Path) -> None:
    if target.suffix.lower() not in (".xlsx", ".csv"):
        raise Unavailable("--rejects 的文件名要以 .xlsx 或 .csv 结尾")
    if target.resolve() == source.resolve():
        raise Unavailable("--rejects 不能写到原表上")


def _rejects_target(args: argparse.Namespace, source: Path, mapping: ImportMapping) -> Path:
    if args.rejects is not None:
        return Path(args.rejects)
    return source.with_name(f"{source.stem}-退回.{mapping.format}")


def _unused(target: Path, content: bytes) -> Path:
    """A name that overwrites nothing: somebody may be mending the rows of the last time."""
    number = 1
    wanted = target
    while wanted.exists() and wanted.read_bytes() != content:
        number += 1
        wanted = target.with_name(f"{target.stem}-{number}{target.suffix}")
    return wanted


def _rejects_sheet(
    target: Path, name: str, heading: Sequence[Cell], columns: Columns, plan: Plan,
    mapping: ImportMapping,
) -> bytes:  # fmt: skip
    """The rejected rows with their columns, and why; mended, it can be imported. What is
    personal is left out: the sheet that it came from is the only one that has it in clear."""
    kept = sorted(columns.at.values())
    titles = [_kept(heading[number], {}) for number in kept]
    reason = REASON if REASON not in titles else f"{REASON}（导入）"
    private = {columns.at[title] for title in mapping.personal if title in columns.at}
    telling = {columns.at.get(mapping.columns.get(key, ""), -1) for key in ("title", "demand")}

    def row(number: int, cells: Sequence[Cell], why: str, read: Row) -> list[str]:
        hidden = private | telling if must_be_sealed(read.data) else private
        shown = [cells[n] if n < len(cells) and n not in hidden else None for n in kept]
        return [*(_kept(cell, read.person) for cell in shown), f"第 {number} 行：{why}"]

    rows = (row(*rejected) for rejected in plan.rejected)
    return render(target.suffix.lower().lstrip("."), name, [*titles, reason], rows)


def _kept(cell: Cell, person: dict[str, Any]) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    try:
        return covered(as_text(cell), dict(person))
    except BadCell:
        return repr(cell) if isinstance(cell, float) else ""


# --- writing ---------------------------------------------------------------------------


def _settle(root: Path, paths: Iterable[str]) -> None:
    """What is told to be there stays there."""
    try:
        settle((root / path).parent for path in paths)
    except OSError as error:
        raise Unavailable(f"已有的工单能不能留住，磁盘没有确认：{disk.reason(error)}") from error


# --- the summary -----------------------------------------------------------------------


def _report(plan: Plan, rejects: Path | None, sealer: RowSealer, *, dry: bool) -> None:
    for number, _, why, _ in plan.rejected[:SHOWN]:
        print(on_one_line(f"第 {number} 行退回：{why}"))
    if len(plan.rejected) > SHOWN:
        print(f"……另有 {len(plan.rejected) - SHOWN} 行")
    for code, count in sorted(plan.warnings.items()):
        first = plan.first[code]
        print(
            on_one_line(f"提醒 {code}（{count} 件），如 {Path(first.path).stem}：{first.message}")
        )
    if plan.differing:
        some = [
            f"{Path(p).stem} {'、'.join(t)}" for p, t in [*plan.differing.items()][:SHOWN_KNOWN]
        ]
        more = "……" if len(plan.differing) > SHOWN_KNOWN else ""
        print(
            on_one_line(
                f"有 {len(plan.differing)} 行与已有工单不同，没有改动：{'；'.join(some)}{more}"
            )
        )
    if plan.removed:
        print(f"去掉了 {plan.removed} 个看不见的字符")
    if plan.unread:
        print(f"有 {plan.unread} 个工单文件读不出，没能核对是否重复：运行 hotline check 查看")
    if sealer.without_fingerprint:
        print(
            f"有 {sealer.without_fingerprint} 人没有算指纹（没有管理机构的私钥 --identity），"
            "同一人的工单暂时对不上"
        )
    if rejects is not None and sealer.has_sealed:
        print("退回表里没有个人信息的列：请在原表上改退回的行，再导入一次原表（已导入的会跳过）")
    there = f"，见 {rejects}" if rejects is not None and not dry else ""
    dried = "（试运行，没有写入）" if dry else ""
    print(
        f"新增 {len(plan.files)} 件，已有 {plan.present} 件，退回 {len(plan.rejected)} 行{there}{dried}"
    )
    if plan.files and not dry:
        one, last = (Path(plan.files[n][0]).stem for n in (0, -1))
        print(f"编号：{one}" + (f" …… {last}" if last != one else ""))
