"""The bulletin of an assessment as a Word document, on paper turned wide for its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotline.doors import word

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell

_SMALL, _LINE = 9, 13
"""Points: fourteen columns fit on a page, and some thirty rows."""


def document(root: Path, values: Mapping[str, Any]) -> bytes:
    """The same bytes for the same values and base; ``values`` as ``assessment.bulletin`` gives
    them."""
    heading = f"{values['period']}12345热线办理情况通报"
    return word.made(root, heading, lambda base: _write(base, heading, values))


def _write(base: Document, heading: str, values: Mapping[str, Any]) -> None:
    _turn(base)
    word.begin(base, heading)

    def text(words: str) -> None:
        word.say(base, "text", words)

    def part(title: str) -> None:
        word.say(base, "heading", title)

    end = "" if values["is_over"] else "（时段还没有结束，数字还会变）"
    text(f"时段：{values['since']}至{values['until']}{end}")
    years = "；".join(values["years"])
    commit, policy = values["commit"] or "（没有版本库）", values["policy"] or "（没有）"
    text(f"依据：提交 {commit}；政策 {policy}；放假安排 {years}")
    if values["not_counted"]:
        names = "、".join(values["not_counted"])
        text(f"有 {len(values['not_counted'])} 个文件读不出或编号重复，不在数字里：{names}。")
    if values["uncommitted"]:
        text(f"有 {values['uncommitted']} 个文件的改动还没有提交，本通报不能由上述提交重现。")
    part("一、来件")
    text(values["came"])
    for share in values["shares"]:
        text(f"{share['title']}：{share['words']}")
    if values["spots"]:
        text("反映比较集中的（第七条（六）：必须及时处理、限时解决）：")
        rows = [[s["category"], s["place"], str(s["count"]), s["words"]] for s in values["spots"]]
        _table(base, ("事项", "地方", "件数", "说明"), rows)
    part("二、办理")
    text(values["handled"])
    for group in values["groups"]:
        text(group["title"])
        _table(base, group["header"], group["rows"])
    text(values["legend"])
    part("三、管理机构")
    text(values["center"])
    for line in values["slow"]:
        text(line)
    for title, listings in (("四、涉及的工单", "below"), ("五、不计入的", "left_out")):
        part(title)
        for listing in values[listings]:
            text(listing.title)
            _table(base, ("工单（单位）", "情形"), [line.split("：", 1) for line in listing.lines])
        if not values[listings]:
            text("没有。")
    if values["lapses"]:
        part("六、调整类别以前的超期")
        for line in values["lapses"]:
            text(line)
    word.say(base, "signature", values["issued_by"])
    word.say(base, "date", "　　年　　月　　日")


def _turn(base: Document) -> None:
    """Every page wider than high."""
    from docx.enum.section import WD_ORIENT

    for section in base.sections:
        width, height = section.page_width, section.page_height
        if width is not None and height is not None and width < height:
            section.page_width, section.page_height = height, width
            section.orientation = WD_ORIENT.LANDSCAPE


def _table(base: Document, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A ruled table; its head is repeated on every page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    table = base.add_table(rows=len(rows) + 1, cols=len(header))
    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "808080")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    properties.append(borders)
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row, texts in zip(table.rows, (header, *rows), strict=True):
        for cell, words in zip(row.cells, texts, strict=True):
            _fill(cell, str(words), is_head=row is table.rows[0])


def _fill(cell: _Cell, words: str, *, is_head: bool) -> None:
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.first_line_indent = Pt(0)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = Pt(_LINE)
    run = paragraph.add_run(word.legible(words))
    run.font.size = Pt(_SMALL)
    run.font.bold = is_head
