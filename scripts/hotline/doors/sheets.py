"""Sheets from outside, xlsx and csv, as rows of cells; refused before they can do harm.

A workbook is a zip of XML from anybody. Its directory is looked at before anything is
unpacked, its sheet is gone through once by a plain scanner (which also finds what
openpyxl keeps silent about: formulas without a value, merged cells), and only then read.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.parsers import expat

from hotline.doors.disk import reason
from hotline.doors.fault import Unavailable
from hotline.writing.cells import Cell, Unreadable
from hotline.writing.sheet_out import FORMULA_START

MAX_FILE = 64 * 1024 * 1024
MAX_UNPACKED = 128 * 1024 * 1024
MAX_RATIO = 150
MAX_PARTS = 2000
MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELLS = 3_000_000
MAX_MERGED = 500_000
LAST_ROW = 1_048_576
MAX_DEPTH = 64

_OLE = b"\xd0\xcf\x11\xe0"
_NO_VALUE = Unreadable("是没有算出值的公式；请在 Excel 里打开、保存一次，或粘贴为值")
_ERROR = Unreadable("是公式的错误值（如 #N/A）；请改成正确的值")
# What zipfile, expat and openpyxl raise on bytes that are no workbook.
_BROKEN = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, NotImplementedError,
    OSError, RuntimeError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
    expat.ExpatError,
)  # fmt: skip
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that hold anything, with their numbers in the sheet (from 1)."""

    rows: list[tuple[int, list[Cell]]]
    epoch: datetime | None = None
    """From where numbers count as days; None where the sheet is text."""


def read_sheet(path: Path, kind: str, *, sheet: str | None = None, encoding: str = "") -> Sheet:
    """A sheet of ``kind`` xlsx or csv; :class:`Unavailable` says why it is not read."""
    try:
        with path.open("rb") as file:
            blob = file.read(MAX_FILE + 1)
    except OSError as error:
        raise Unavailable(f"读不了 {path}：{reason(error)}") from error
    if len(blob) > MAX_FILE:
        raise Unavailable(f"{path.name} 超过 {MAX_FILE >> 20} MiB，请分成几个表导入")
    if kind == "csv":
        return read_csv(blob, encoding or "utf-8-sig")
    return read_xlsx(blob, sheet)


# --- xlsx ------------------------------------------------------------------------------


def read_xlsx(blob: bytes, sheet: str | None = None) -> Sheet:
    if blob.startswith(_OLE):
        raise Unavailable("这是旧的 .xls 文件或加了密码的工作簿，请另存为不加密的 .xlsx")
    if not blob.startswith(b"PK"):
        raise Unavailable("这不是 xlsx 工作簿；csv 文件请用 format: csv 的对照表")
    try:
        with zipfile.ZipFile(io.BytesIO(blob)) as archive, warnings.catch_warnings():
            # openpyxl warns of styles and extensions, which no import asks for.
            warnings.simplefilter("ignore")
            _guard(archive, len(blob))
            return _read(archive, blob, sheet)
    except _BROKEN as error:
        raise Unavailable(
            f"工作簿读不出（{type(error).__name__}），请用 Excel 打开后另存为 .xlsx 再试"
        ) from error


def _guard(archive: zipfile.ZipFile, size: int) -> None:
    """Refuses by what the zip's directory says, and any XML with a DOCTYPE."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    swollen = any(
        part.file_size > 1 << 20 and part.file_size > MAX_RATIO * max(part.compress_size, 1)
        for part in parts
    )
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED:
        raise Unavailable(
            f"工作簿解开后有 {unpacked >> 20} MiB（上限 {MAX_UNPACKED >> 20}）、{len(parts)} 个部分；"
            "请删去空白行列和图片，或分成几个表导入"
        )
    if swollen or (unpacked > 8 << 20 and unpacked > MAX_RATIO * size):
        raise Unavailable(
            "工作簿的压缩比大得不正常，像是压缩炸弹，不予打开；请把内容复制到新表再导入"
        )
    if any(part.flag_bits & 1 for part in parts):
        raise Unavailable("工作簿加了密码，请另存为不加密的 .xlsx")
    for part in parts:
        with archive.open(part) as file:
            _refuse_doctype(file.read(64 * 1024))


class _Begun(Exception):
    """The first element of an XML part: what follows can declare nothing."""


def _refuse_doctype(head: bytes) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _doctype
    parser.StartElementHandler = _begun
    try:
        parser.Parse(head, False)
    except (_Begun, expat.ExpatError):
        return  # what is no XML here is no XML to openpyxl either


def _doctype(*_: Any) -> None:
    raise Unavailable("工作簿里有 XML 的实体声明（DOCTYPE），正常的表格没有，不予打开")


def _begun(*_: Any) -> None:
    raise _Begun


def _read(archive: zipfile.ZipFile, blob: bytes, name: str | None) -> Sheet:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(blob), read_only=True, data_only=True, keep_links=False)
    try:
        found = next((s for s in book.worksheets if name is None or s.title == name), None)
        if found is None:
            names = "、".join(s.title for s in book.worksheets[:20])
            raise Unavailable(
                f"没有名为“{name}”的工作表；有：{names}" if names else "工作簿里没有工作表"
            )
        with archive.open(found._worksheet_path) as file:
            scan = _Scan()
            scan.run(file)
        # The size that a file states of itself may be wrong, and would cut the rest off.
        found.reset_dimensions()
        cells = found.iter_rows(
            min_row=1, max_row=max(scan.last, 1), max_col=max(scan.width, 1), values_only=True
        )
        rows = list(_rows(enumerate(cells, 1), scan))
        if not rows and scan.last:
            raise Unavailable("工作表的格式少见，请用 Excel 另存为“Excel 工作簿（.xlsx）”再导入")
        _fill_merged(rows, scan.merged)
        return Sheet(rows, book.epoch)
    finally:
        book.close()


def _rows(
    numbered: Iterable[tuple[int, Sequence[Any]]], scan: _Scan
) -> Iterator[tuple[int, list[Cell]]]:
    for number, values in numbered:
        if number in scan.filled:
            row: list[Cell] = [_cell(value) for value in values]
            for column in scan.lost.get(number, {}):
                row[column - 1] = scan.lost[number][column]
            if any(cell is not None for cell in row):
                yield number, row


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if value.strip() else None
    return value  # type: ignore[no-any-return]


@dataclass(slots=True)
class _Scan:
    """One pass over a sheet's XML: its true size, and what reading values does not tell."""

    filled: set[int] = field(default_factory=set)
    lost: dict[int, dict[int, Unreadable]] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    last: int = 0
    width: int = 0
    row: int = 0
    column: int = 0
    cells: int = 0
    depth: int = 0
    kind: str = ""
    formula: bool = False
    value: bool = False
    inside: bool = False

    def run(self, file: Any) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ParseFile(file)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ValueError("nested too deep")
        match name.rpartition(":")[2]:
            case "row":
                self._begin_row(int(attributes.get("r", self.row + 1)))
            case "c":
                self._begin_cell(attributes)
            case "f":
                self.formula = True
            case "v" | "t":
                self.inside = True
            case "mergeCell":
                self.merged.append(attributes["ref"])

    def _begin_row(self, number: int) -> None:
        if not self.row < number <= LAST_ROW:
            raise Unavailable("工作表的行号次序不对，请用 Excel 打开后另存再导入")
        self.row, self.column = number, 0

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self.cells += 1
        if self.cells > MAX_CELLS:
            raise Unavailable(
                f"工作表的单元格超过 {MAX_CELLS} 个，请删去空白行列，或分成几个表导入"
            )
        self.column = _column(attributes["r"]) if "r" in attributes else self.column + 1
        self.kind = attributes.get("t", "n")
        self.formula = self.value = False

    def _text(self, data: str) -> None:
        self.value = self.value or (self.inside and bool(data.strip()))

    def _end(self, name: str) -> None:
        self.depth -= 1
        short = name.rpartition(":")[2]
        if short in ("v", "t"):
            self.inside = False
        elif short == "c" and (self.value or self.formula):
            self._end_cell()

    def _end_cell(self) -> None:
        if self.kind == "e":
            self.lost.setdefault(self.row, {})[self.column] = _ERROR
        elif not self.value and self.kind != "str":
            self.lost.setdefault(self.row, {})[self.column] = _NO_VALUE
        self.filled.add(self.row)
        self.last = self.row
        self.width = max(self.width, self.column)
        if len(self.filled) > MAX_ROWS or self.width > MAX_COLUMNS:
            raise Unavailable(f"工作表超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列，请分成几个表导入")


def _column(reference: str) -> int:
    """``AB12`` → 28."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    if not 0 < number <= 16_384:
        raise ValueError("no such column")
    return number


def _fill_merged(rows: list[tuple[int, list[Cell]]], merged: list[str]) -> None:
    """A merged cell's value belongs to each row that it spans: so a person reads it."""
    from openpyxl.utils.cell import range_boundaries

    by_number = dict(rows)
    filled = 0
    for reference in merged:
        left, top, right, bottom = range_boundaries(reference)
        if None in (left, top, right, bottom) or top not in by_number or left > MAX_COLUMNS:
            continue
        value = by_number[top][left - 1] if left <= len(by_number[top]) else None
        for number in range(top, min(bottom, rows[-1][0]) + 1):
            row = by_number.get(number, [])
            for column in range(left, min(right, len(row)) + 1):
                filled += 1
                row[column - 1] = value if row[column - 1] is None else row[column - 1]
            if filled > MAX_MERGED:
                raise Unavailable("合并的单元格太多，请取消合并再导入")


# --- csv -------------------------------------------------------------------------------


def read_csv(blob: bytes, encoding: str) -> Sheet:
    if blob.startswith(codecs.BOM_UTF8):  # as a sheet of rejected rows always is
        encoding = "utf-8-sig"
    try:
        text = blob.decode(encoding)
    except LookupError:
        raise Unavailable(f"没有 {encoding} 这种编码，可写 utf-8-sig 或 gbk") from None
    except UnicodeDecodeError as error:
        raise Unavailable(_wrong_encoding(blob, encoding, error)) from error
    rows: list[tuple[int, list[Cell]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for number, values in enumerate(reader, 1):
            if any(value.strip() for value in values):
                rows.append((number, [_unguarded(value) for value in values]))
            if len(rows) > MAX_ROWS or len(values) > MAX_COLUMNS:
                raise Unavailable(f"表超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列，请分成几个表导入")
    except csv.Error as error:
        raise Unavailable(
            f"csv 第 {reader.line_num} 行读不出：引号没有配对，或一格太长（{error}）"
        ) from error
    return Sheet(rows)


def _wrong_encoding(blob: bytes, encoding: str, error: UnicodeDecodeError) -> str:
    line = blob.count(b"\n", 0, error.start) + 1
    guess = ""
    if blob[:2] in (b"\xff\xfe", b"\xfe\xff"):
        guess = "，看来是 UTF-16：请在对照表里写 encoding: utf-16"
    elif not encoding.lower().startswith("gb"):
        try:
            blob.decode("gb18030")
            guess = "，看来是 GBK：请在对照表里写 encoding: gbk，或另存为“CSV UTF-8”"
        except UnicodeDecodeError:
            pass
    return f"csv 不是 {encoding} 编码（第 {line} 行起读不出）{guess}"


def _unguarded(value: str) -> Cell:
    """A cell, without the apostrophe that ``to_csv`` puts before what Excel would run."""
    if value[:1] == "'" and value[1:2] in FORMULA_START:
        value = value[1:]
    return value if value.strip() else None
