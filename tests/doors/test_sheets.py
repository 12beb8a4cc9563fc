"""Sheets from outside: forty made to harm or mislead, each read right or refused in words."""

from __future__ import annotations

import csv
import io
import random
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from hotline.doors.fault import Unavailable
from hotline.doors.sheets import MAX_ROWS, Sheet, read_csv, read_sheet, read_xlsx
from hotline.writing.cells import Unreadable, as_text
from hotline.writing.sheet_out import MAX_CELL_TEXT, to_csv, to_xlsx

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
    '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    "</Types>"
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders>'
    '<cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>'
)
STRINGS = f'<sst xmlns="{MAIN}"><si><t>甲</t></si><si><t>乙_x000D_丙</t></si></sst>'
ROW = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>编号</t></is></c><c r="B1" t="s"><v>0</v></c></row>'
)


def parts(rows: str = ROW, after: str = "", head: str = "") -> dict[str, str | bytes]:
    return {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/sharedStrings.xml": STRINGS,
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{MAIN}"><dimension ref="A1"/><sheetData>{rows}</sheetData>{after}</worksheet>',
    }


def packed(content: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return out.getvalue()


def book(rows: str = ROW, after: str = "", head: str = "", **more: str | bytes) -> bytes:
    return packed(parts(rows, after, head) | more)


def cell(reference: str, value: str, more: str = "") -> str:
    return f'<c r="{reference}"{more}><v>{value}</v></c>'


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def values(sheet: Sheet) -> list[list[object]]:
    return [cells for _, cells in sheet.rows]


def saved(fill: Callable[[Workbook], None]) -> bytes:
    made, out = Workbook(), io.BytesIO()
    fill(made)
    made.save(out)
    return out.getvalue()


def entity(text: str) -> str:
    return f'<?xml version="1.0"?><!DOCTYPE x [{text}]>'


LAUGHS = entity('<!ENTITY a "ha">' + "".join(
    '<!ENTITY {} "{}">'.format(chr(98 + n), f"&{chr(97 + n)};" * 10) for n in range(9)
))  # fmt: skip
NESTED = f"<x>{'<a>' * 60_000}{'</a>' * 60_000}</x>"


def overlapping() -> bytes:
    """A directory that promises 4 GiB from one small entry."""
    blob = bytearray(book())
    at = blob.rfind(b"PK\x01\x02")
    blob[at + 24 : at + 28] = (0xFFFF0000).to_bytes(4, "little")
    return bytes(blob)


def encrypted() -> bytes:
    blob = bytearray(book())
    at = blob.find(b"PK\x01\x02")
    blob[at + 8] |= 1
    return bytes(blob)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "不是 xlsx"),
    "text": (lambda: "编号,标题\n1,甲\n".encode(), "不是 xlsx"),
    "old xls": (lambda: b"\xd0\xcf\x11\xe0" + bytes(600), "另存为不加密的 .xlsx"),
    "html named xlsx": (lambda: b"<html><table></table></html>", "不是 xlsx"),
    "zip of nothing": (lambda: packed({}), "读不出"),
    "zip of other things": (lambda: packed({"a.txt": "x"}), "读不出"),
    "cut off": (lambda: book()[:-200], "读不出"),
    "cut in the middle": (lambda: book()[:400], "读不出"),
    "flipped bytes": (lambda: book().replace(b"sheet1.xml", b"sheet2.xml"), "没有工作表"),
    "zip bomb": (lambda: book(**{"xl/media/a.bin": bytes(30 << 20)}), "压缩比"),
    "zip bomb in the sheet": (lambda: book(ROW + " " * (40 << 20)), "压缩比"),
    "unpacks to too much": (lambda: book(**{f"a{n}": bytes(3 << 20) for n in range(50)}), "上限 128"),
    "many parts": (lambda: book(**{f"a/{n}": b"" for n in range(2500)}), "个部分"),
    "directory lies": (overlapping, "解开后有"),
    "encrypted": (encrypted, "加了密码"),
    "external entity": (lambda: book(head=entity('<!ENTITY x SYSTEM "file:///etc/passwd">')), "DOCTYPE"),
    "parameter entity": (lambda: book(head=entity('<!ENTITY % x SYSTEM "http://127.0.0.1:9/">%x;')), "DOCTYPE"),
    "billion laughs": (lambda: book(head=LAUGHS, rows=row(1, cell("A1", "&j;", ' t="str"'))), "DOCTYPE"),
    "laughs in the strings": (lambda: book(**{"xl/sharedStrings.xml": LAUGHS + STRINGS}), "DOCTYPE"),
    "laughs in the types": (lambda: book(**{"[Content_Types].xml": LAUGHS + TYPES}), "DOCTYPE"),
    "laughs in UTF-16": (lambda: book(**{"xl/styles.xml": (LAUGHS + STYLES).encode("utf-16")}), "DOCTYPE"),
    "nested deep": (lambda: book(NESTED), "读不出"),
    "row numbers out of order": (lambda: book(row(2, cell("A2", "1")) + row(1, cell("A1", "1"))), "行号"),
    "a row far away": (lambda: book(row(1_048_577, cell("A1048577", "1"))), "行号"),
    "a row number that is none": (lambda: book('<row r="x"><c r="A1"><v>1</v></c></row>'), "读不出"),
    "too many columns": (lambda: book(row(1, cell("ZZ1", "1"))), "200 列"),
    "a column that is none": (lambda: book(row(1, cell("ZZZZZ1", "1"))), "读不出"),
    "a string that is not there": (lambda: book(row(1, cell("A1", "9", ' t="s"'))), "读不出"),
    "too many merged": (
        lambda: book(
            "".join(row(n, cell(f"A{n}", "1"), cell(f"GR{n}", "1")) for n in range(1, 300)),
            '<mergeCells>' + '<mergeCell ref="B1:GQ299"/>' * 99 + "</mergeCells>",
        ), "合并",
    ),
    "strict OOXML": (
        lambda: book(**{"xl/worksheets/sheet1.xml": parts()["xl/worksheets/sheet1.xml"].replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")}),  # type: ignore[arg-type, union-attr]
        "另存为",
    ),
    "no sheet of that name": (lambda: saved(lambda made: None), "没有名为“明细”的工作表；有：Sheet"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_workbook_is_refused_in_words_and_at_once(name: str) -> None:
    make, said = REFUSED[name]
    blob = make()
    started = time.perf_counter()
    tracemalloc.start()
    try:
        with pytest.raises(Unavailable) as refused:
            read_xlsx(blob, "明细" if name.startswith("no sheet") else None)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert said in refused.value.in_chinese
    assert "passwd" not in refused.value.in_chinese
    assert time.perf_counter() - started < 5
    assert peak < 64 << 20


def test_flipped_bytes_never_raise_anything_else() -> None:
    good = book(ROW + row(2, cell("A2", "1"), cell("B2", "1", ' t="s"')))
    chance = random.Random(12345)
    outcomes = set()
    for _ in range(300):
        blob = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            blob[chance.randrange(len(blob))] = chance.randrange(256)
        try:
            read_xlsx(bytes(blob))
            outcomes.add("read")
        except Unavailable:
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}


def test_values_are_what_a_person_sees() -> None:
    sheet = read_xlsx(
        book(
            row(
                1,
                cell("A1", "0", ' t="s"'),
                cell("B1", "1", ' t="s"'),
                cell("C1", "12"),
                cell("D1", "12.0"),
            )
            + row(
                3,
                cell("A3", "46308.39583333333", ' s="1"'),
                cell("B3", "1", ' t="b"'),
                cell("C3", "0.1"),
            )
        )
    )
    assert sheet.rows[0] == (1, ["甲", "乙\r丙", 12, 12.0])
    assert sheet.rows[1] == (3, [datetime(2026, 10, 13, 9, 30), True, 0.1, None])
    assert [as_text(value) for value in sheet.rows[0][1]] == ["甲", "乙\r丙", "12", "12"]
    assert sheet.epoch == datetime(1899, 12, 30)


def test_a_stated_size_that_is_wrong_cuts_nothing_off() -> None:
    rows = "".join(row(n, cell(f"A{n}", str(n))) for n in range(1, 40))
    assert len(read_xlsx(book(rows)).rows) == 39


def test_formulas_with_a_value_are_values_and_without_are_not() -> None:
    sheet = read_xlsx(
        book(row(
            1, '<c r="A1"><f>1+1</f><v>2</v></c>', '<c r="B1"><f>1+1</f></c>',
            '<c r="C1"><f>1+1</f><v></v></c>', '<c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
            '<c r="E1" t="str"><f>""</f><v></v></c>',
        ))
    )  # fmt: skip
    two, *lost, empty = sheet.rows[0][1]
    assert (two, empty) == (2, None)
    assert [isinstance(value, Unreadable) for value in lost] == [True, True, True]
    assert "没有算出值" in str(lost[0]) and "错误值" in str(lost[2])


def test_openpyxl_s_own_formulas_have_no_value() -> None:
    def fill(made: Workbook) -> None:
        assert made.active is not None
        made.active.append(["=1+1", "甲"])

    assert isinstance(read_xlsx(saved(fill)).rows[0][1][0], Unreadable)


def test_merged_cells_hold_their_value_in_every_row() -> None:
    def fill(made: Workbook) -> None:
        sheet = made.active
        assert sheet is not None
        for line in (
            ["一个标题", None, None],
            ["编号", "类型", "内容"],
            [1, "投诉", "甲"],
            [2, None, "乙"],
            [3, None, "丙"],
        ):
            sheet.append(line)
        sheet.merge_cells("A1:C1")
        sheet.merge_cells("B3:B4")

    assert values(read_xlsx(saved(fill))) == [
        ["一个标题"] * 3, ["编号", "类型", "内容"], [1, "投诉", "甲"], [2, "投诉", "乙"], [3, None, "丙"],
    ]  # fmt: skip


def test_a_million_blank_rows_are_skipped() -> None:
    blank = "".join(f'<row r="{n}"/>' for n in range(3, 200_000))
    started = time.perf_counter()
    sheet = read_xlsx(
        book(ROW + row(2, cell("A2", "1")) + blank + row(1_048_576, cell("A1048576", "9")))
    )
    assert [number for number, _ in sheet.rows] == [1, 2, 1_048_576]
    assert time.perf_counter() - started < 8


def test_a_sheet_with_too_many_rows_is_refused() -> None:
    rows = "".join(f"<row><c><v>{n}</v></c></row>" for n in range(MAX_ROWS + 1))
    with pytest.raises(Unavailable, match="超过 50000 行"):
        read_xlsx(book(rows))


def test_blank_looking_cells_are_blank() -> None:
    rows = row(
        1,
        *(
            f'<c r="{c}1" t="inlineStr"><is><t> {s} </t></is></c>'
            for c, s in (("A", ""), ("B", "\u3000"))
        ),
    )
    assert read_xlsx(book(rows)).rows == []


def test_a_named_sheet(tmp_path: Path) -> None:
    def fill(made: Workbook) -> None:
        made.create_sheet("明细").append(["甲"])

    (tmp_path / "a.xlsx").write_bytes(saved(fill))
    assert values(read_sheet(tmp_path / "a.xlsx", "xlsx", sheet="明细")) == [["甲"]]
    with pytest.raises(Unavailable, match="没有这个文件"):
        read_sheet(tmp_path / "b.xlsx", "xlsx")


# --- csv -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("blob", "encoding", "said"),
    [
        ("编号\n甲".encode("gbk"), "utf-8-sig", "看来是 GBK：请在对照表里写 encoding: gbk"),
        ("编号\n甲".encode("utf-16"), "utf-8-sig", "UTF-16"),
        (b"a\n\xff\xff\xff", "utf-8-sig", "第 2 行起读不出"),
        (b"a\n\xff\xff", "gbk", "不是 gbk"),
        (b"a", "klingon", "没有 klingon 这种编码"),
        (b'a,b\n"x', "utf-8", "第 2 行读不出"),
        (b'a\n"x"y\n', "utf-8", "引号没有配对"),
        (b"a\n" + b"x" * 200_000, "utf-8", "一格太长"),
        (b"a\n" * (MAX_ROWS + 2), "utf-8", "50000 行"),
        (b"," * 300 + b"x", "utf-8", "200 列"),
    ],
    ids=["gbk", "utf-16", "neither", "no gbk", "no encoding", "open quote", "text after a quote",
         "long cell", "rows", "columns"],
)  # fmt: skip
def test_a_hostile_csv_is_refused_in_words(blob: bytes, encoding: str, said: str) -> None:
    with pytest.raises(Unavailable) as refused:
        read_csv(blob, encoding)
    assert said in refused.value.in_chinese


def test_csv_cells_are_text_and_line_ends_may_stand_inside() -> None:
    blob = '\ufeff编号,内容\r\n0012,"一行\r\n两行"\r\n\r\n , \r\n\'=1,-1\r\n'.encode()
    assert read_csv(blob, "utf-8-sig").rows == [
        (1, ["编号", "内容"]), (2, ["0012", "一行\r\n两行"]), (5, ["=1", "-1"]),
    ]  # fmt: skip
    assert values(read_csv("编号\n甲".encode("gbk"), "gbk")) == [["编号"], ["甲"]]


# --- out -------------------------------------------------------------------------------

NASTY = (
    '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "0012",
    "138.0", "http://example.cn", "a\x0bb\x00c\x1b[31m", "\ufffe\u202e甲", "'=1", "一\n二", "", " ",
)  # fmt: skip


def test_nothing_written_becomes_a_formula() -> None:
    sheet = load_workbook(io.BytesIO(to_xlsx("表", ["列"], [[text] for text in NASTY]))).active
    assert sheet is not None
    cells = [line[0] for line in sheet.iter_rows(min_row=2)]
    assert {c.data_type for c in cells if c.value is not None} == {"s"}
    assert all(c.hyperlink is None for c in cells)
    assert [c.value for c in cells][:3] == ['=HYPERLINK("http://x")', "+1", "-1"]
    assert cells[10].value == "a\nbc[31m"
    text = to_csv(["列"], [[text] for text in NASTY]).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert len(lines) == len(NASTY) + 1
    assert not any(
        line[0].startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for line in lines if line
    )


def test_csv_out_is_csv_in() -> None:
    kept = [text for text in NASTY if text.strip() and text.isprintable() and text != "'=1"]
    read = read_csv(to_csv(["列"], [[text] for text in kept]), "utf-8-sig")
    assert [cells[0] for _, cells in read.rows[1:]] == kept


def test_a_cell_longer_than_excel_takes_is_cut_visibly() -> None:
    sheet = load_workbook(io.BytesIO(to_xlsx("表", ["列"], [["长" * 40_000]]))).active
    assert sheet is not None
    value = str(sheet["A2"].value)
    assert (len(value), value[-1]) == (MAX_CELL_TEXT, "…")


def test_no_rows_at_all() -> None:
    assert to_csv([], []).decode("utf-8-sig") == "\r\n"
    assert load_workbook(io.BytesIO(to_xlsx("表", ["列"], [])))
