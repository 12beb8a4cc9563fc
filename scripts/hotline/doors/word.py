"""A letter as a Word document, in the form of a Chinese official letter (GB/T 9704-2012).

Every look lies in the styles of a base document, which a county can open in Word and change;
here paragraphs are only given their styles, and what must hold whatever the base says: the
sheet on a page of its own, the draft told on every page.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hotline.doors import shipped
from hotline.doors.disk import reason
from hotline.doors.fault import Unavailable
from hotline.replies.paragraphs import Paragraph

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import _Header
    from docx.styles.style import ParagraphStyle
    from docx.text.paragraph import Paragraph as Written

BASE = ("site_templates", "letters", "letter.docx")
TITLE, SALUTATION, BODY = "信函标题", "信函称谓", "信函正文"
DRAFT = "草稿提示"
STYLE_OF = {
    "salutation": SALUTATION,
    "opening": BODY,
    "heading": "信函小标题",
    "text": BODY,
    "closing": "信函结语",
    "signature": "信函落款",
    "date": "信函日期",
    "sheet-title": "承办意见标题",
    "sheet": "承办意见正文",
}
STYLES = tuple(dict.fromkeys((TITLE, *STYLE_OF.values(), DRAFT)))
"""What a base document has to have, by the names that Word shows."""

MAX_FILE = 16 << 20
MAX_UNPACKED = 64 << 20
_DAY = datetime(1980, 1, 1)
"""When every letter was made: the first day that a zip can name."""
_LONGEST = 60_000
"""Characters; a paragraph counts as 20 more. A letter of note 4 has a fiftieth of it."""
_LONGEST_TITLE = 255  # of a document's properties, for python-docx
_NOT_OF_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_USUAL_ROOM = 20.0
_NOT_FIRST = frozenset("的地得了等、，。；：！？”’）》】〕…—")
_NOT_LAST = frozenset("“‘（《【〔")
_LONG_WORD = re.compile("[!-~]{20,}")  # longer than a telephone number or {petitioner.name}
_HYPERLINK = "/hyperlink"
# What zipfile, lxml and python-docx raise on bytes that are no document.
_BROKEN = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, NotImplementedError,
    OSError, RuntimeError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def is_too_long(paragraphs: Sequence[Paragraph]) -> bool:
    """Whether no Word document is made of a letter: it is many times what note 4 allows."""
    return sum(len(paragraph.text) + 20 for paragraph in paragraphs) > _LONGEST


def document(
    root: Path,
    heading: str,
    paragraphs: list[Paragraph],
    draft: str,
    trusted: Mapping[str, bytes] | None = None,
) -> bytes:
    """The letter as docx, the same bytes for the same letter and base. ``draft`` says that it
    is one, in red at the head of each page; it is empty where the letter may go out. ``trusted``
    are files of a revision (path → bytes) that stand in place of the repository's own."""

    def write(base: Document) -> None:
        _write(base, heading, paragraphs)
        if draft:
            _tell(base, draft)

    return made(root, heading, write, trusted)


def made(
    root: Path, heading: str, write: Callable[[Document], None],
    trusted: Mapping[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    """A document that ``write`` makes of the base, the same bytes for the same."""
    from docx.exceptions import PythonDocxError
    from docx.opc.exceptions import OpcError

    path, blob = _base(root, trusted)
    try:
        base = _opened(path, blob)
        write(base)
        _describe(base, heading)
        return _without_times(_saved(base))
    except (*_BROKEN, PythonDocxError, OpcError) as error:
        raise _unusable(path, "打不开，不是完好的 .docx 文件") from error


# --- the base document -----------------------------------------------------------------


def _opened(path: Path, blob: bytes) -> Document:
    """The base document, with all that a letter needs."""
    from docx import Document as open_document

    base = open_document(io.BytesIO(blob))
    if missing := [name for name in STYLES if name not in _styles(base)]:
        raise _unusable(path, f"缺少样式“{'”“'.join(missing)}”")
    if not len(base.sections):
        raise _unusable(path, "没有页面设置（纸张、页边距）")
    if _is_linked(base):
        raise _unusable(path, "引用了文件以外的内容（链接的图片或文档模板），请改为嵌入或去掉")
    return base


def _base(root: Path, trusted: Mapping[str, bytes] | None) -> tuple[Path, bytes]:
    own = None if trusted is None else trusted.get("/".join(BASE))
    if own is not None:
        path = root.joinpath(*BASE)
        return path, _of_some_size(path, own)
    path = shipped.find(root if trusted is None else None, *BASE)
    return path, _read(path)


def _read(path: Path) -> bytes:
    """The bytes of a base that may be opened without harm."""
    if not path.is_file():  # opening a pipe would wait for ever
        raise _unusable(path, "读不了：不是普通文件")
    try:
        with path.open("rb") as file:
            blob = file.read(MAX_FILE + 1)
    except OSError as error:
        raise _unusable(path, f"读不了：{reason(error)}") from error
    return _of_some_size(path, blob)


def _of_some_size(path: Path, blob: bytes) -> bytes:
    if len(blob) > MAX_FILE or _unpacked(blob) > MAX_UNPACKED:
        raise _unusable(path, "太大，请去掉大的图片")
    return blob


def _unpacked(blob: bytes) -> int:
    """How much a zip's directory says that it holds; 0 where it is no zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            return sum(part.file_size for part in archive.infolist())
    except _BROKEN:
        return 0


def _unusable(path: Path, why: str) -> Unavailable:
    name = "/".join(BASE)
    if path.is_relative_to(shipped.data_folder()):
        way = "请恢复原来的文件或重新安装 hotline"
    else:
        way = "请用 Word 改好后存为 .docx，或删去仓库里的这个文件，改用自带的"
    return Unavailable(f"信函的 Word 底稿 {name} {why}；{way}")


def _styles(base: Document) -> dict[str, ParagraphStyle]:
    """Paragraph styles by the names that Word shows."""
    from docx.styles.style import ParagraphStyle

    return {
        style.name: style
        for style in base.styles
        if isinstance(style, ParagraphStyle) and style.name is not None
    }


def _is_linked(base: Document) -> bool:
    """Whether opening the letter would fetch something from elsewhere. What one has to click
    on does no such thing."""
    holders = (base.part.package, *base.part.package.iter_parts())
    return any(
        rel.is_external and not rel.reltype.endswith(_HYPERLINK)
        for holder in holders
        for rel in holder.rels.values()
    )


# --- the letter ------------------------------------------------------------------------


def _write(base: Document, heading: str, paragraphs: list[Paragraph]) -> None:
    """The letter after whatever stands in the base's body, in place of its last empty line."""
    begin(base, heading)
    styles = _styles(base)
    is_sheet = False
    for paragraph in paragraphs:
        written = _add(base, styles[STYLE_OF.get(paragraph.kind, BODY)], paragraph.text)
        if paragraph.is_of_sheet and not is_sheet:
            is_sheet = written.paragraph_format.page_break_before = True


def begin(base: Document, heading: str) -> None:
    """The title, in lines of about one length."""
    _drop_empty_end(base)
    title = _styles(base)[TITLE]
    _add(base, title, _heading(legible(heading), _room(base, title)))


def say(base: Document, kind: str, text: str) -> None:
    """A paragraph of a kind (see ``STYLE_OF``)."""
    _add(base, _styles(base)[STYLE_OF[kind]], text)


def _drop_empty_end(base: Document) -> None:
    """Word ends every document in a paragraph; the letter takes its place if it is empty."""
    from docx.text.paragraph import Paragraph as Written

    *_, last = [None, *base.iter_inner_content()]
    if isinstance(last, Written) and not last._p.xpath(".//w:r | .//w:sectPr"):
        last._p.getparent().remove(last._p)


def _add(base: Document, style: ParagraphStyle, text: str) -> Written:
    """A paragraph. One with a long word in Latin letters is not stretched: the word moves to
    the next line whole, and the line before would be torn apart."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH as Align

    written = base.add_paragraph(style=style)
    _say(written, text)
    if style.paragraph_format.alignment == Align.JUSTIFY and _LONG_WORD.search(text):
        written.alignment = Align.LEFT
    return written


def _say(written: Written, text: str) -> None:
    """A paragraph's text. The hint makes Word take “”, — and … for Chinese ones."""
    from docx.oxml.ns import qn

    run = written.add_run(legible(text))
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")


def legible(text: str) -> str:
    """``text`` without the characters that XML cannot hold."""
    return _NOT_OF_XML.sub("", text)


def _room(base: Document, style: ParagraphStyle) -> float:
    """How many Chinese characters a line of ``style`` holds."""
    page = base.sections[0]
    width, left, right, size = page.page_width, page.left_margin, page.right_margin, style.font.size
    if width is None or left is None or right is None or not size:
        return _USUAL_ROOM
    return float((width - left - right) / size)


def _heading(text: str, room: float) -> str:
    """A heading, broken where it needs several lines: words stay whole, and the lines are of
    about one length (GB/T 9704-2012, 7.3.1)."""
    if _width(text) <= room:
        return text
    from hotline.pages.search import segmenter

    return "\n".join(in_lines(_glued(segmenter().lcut(text)), room))


def _glued(words: list[str]) -> list[str]:
    """Words with what must not begin a line after them, or end one before them."""
    whole: list[str] = []
    for word in words:
        if whole and (word[0] in _NOT_FIRST or whole[-1][-1] in _NOT_LAST or whole[-1] == "关于"):
            whole[-1] += word
        else:
            whole.append(word)
    return whole


def in_lines(words: list[str], room: float) -> list[str]:
    """As few lines as ``room`` allows, the longest as short as it can be."""
    pieces = [p for word in words for p in ([word] if _width(word) <= room else word)]
    fewest, limit = len(_filled(pieces, room)), room
    while limit > 1 and len(_filled(pieces, limit - 0.5)) == fewest:
        limit -= 0.5
    return _filled(pieces, limit)


def _filled(pieces: list[str], room: float) -> list[str]:
    """Lines of ``room``, each as full as it gets."""
    lines = [""]
    for piece in pieces:
        if lines[-1] and _width(lines[-1] + piece) > room:
            lines.append("")
        lines[-1] += piece
    return lines


def _width(text: str) -> float:
    """In Chinese characters; a Latin letter takes half the room."""
    return sum(1 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


# --- the draft -------------------------------------------------------------------------


def _tell(base: Document, draft: str) -> None:
    """The draft at the head of each page, above a letterhead that stands there."""
    look = _styles(base)[DRAFT]
    for header in _headers(base):
        is_new = header.is_linked_to_previous
        header.is_linked_to_previous = False
        told = header.paragraphs[0] if is_new else header.add_paragraph()
        told.style = look
        _say(told, draft)
        told._p.getparent().insert(0, told._p)


def _headers(base: Document) -> Iterator[_Header]:
    """Every header that some page may have: of first, odd and even pages. A later section
    without headers of its own has those of the first."""
    for number, section in enumerate(base.sections):
        for header in (section.header, section.first_page_header, section.even_page_header):
            if number == 0 or not header.is_linked_to_previous:
                yield header


# --- the file --------------------------------------------------------------------------


def _describe(base: Document, heading: str) -> None:
    """The document's properties: what it is, and neither who wrote it nor when."""
    about = base.core_properties
    about.title = legible(heading)[:_LONGEST_TITLE]
    about.language = "zh-CN"
    about.author = about.last_modified_by = about.comments = ""
    about.created = about.modified = _DAY
    about.revision = 1


def _saved(base: Document) -> bytes:
    out = io.BytesIO()
    base.save(out)
    return out.getvalue()


def _without_times(blob: bytes) -> bytes:
    """The same zip with every part of one time."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(blob)) as archive,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as stamped,
    ):
        for name in archive.namelist():
            part = zipfile.ZipInfo(name, _DAY.timetuple()[:6])
            part.compress_type, part.create_system = zipfile.ZIP_DEFLATED, 3
            stamped.writestr(part, archive.read(name))
    return out.getvalue()
