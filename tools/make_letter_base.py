"""Makes site_templates/letters/letter.docx, the base of a letter in Word (run by `make generated`).

Written part by part, so that it holds nothing but what a letter needs, and stored rather than
compressed, so that its bytes are the same with every zlib. Measures are in twentieths of a
point. Clauses are those of GB/T 9704-2012.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

PATH = "site_templates/letters/letter.docx"
ROOT = Path(__file__).parent.parent

MM = 1440 / 25.4
PAGE = (11906, 16838)  # A4 (5.1)
TOP, BOTTOM, LEFT, RIGHT = (
    round(n * MM) for n in (37, 35, 28, 26)
)  # 5.2.1; the type area is 156 by 225
HEADER, FOOTER = round(20 * MM), round(24 * MM)  # 7.5: the page number 7 mm below the type area
LINE = (PAGE[1] - TOP - BOTTOM) // 22  # 22 lines a page (5.2.3)
TIGHTEN = -5  # 28 characters a line (5.2.3): 16 points each would be 448 of 442

SMALL_TITLE, FANGSONG, HEITI, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "宋体"
SIZE_2, SIZE_3, SIZE_4, SIZE_SMALL_4 = 44, 32, 28, 24  # 二号、三号、四号、小四, in half points
RED = "C00000"


class Font(NamedTuple):
    name: str
    instead: str
    family: str


FONTS = (
    Font(SMALL_TITLE, "方正小标宋_GBK,FZXiaoBiaoSong-B05S,宋体,SimSun,STSong,Noto Serif CJK SC", "roman"),
    Font(FANGSONG, "仿宋,FangSong,FangSong_GB2312,STFangsong,华文仿宋,Noto Serif CJK SC", "roman"),
    Font(HEITI, "SimHei,STHeiti,华文黑体,Noto Sans CJK SC", "swiss"),
    Font(SONG, "SimSun,STSong,华文宋体,Noto Serif CJK SC", "roman"),
)  # fmt: skip


class Style(NamedTuple):
    """A paragraph style. ``form`` and ``letters`` are what OOXML puts into its pPr and rPr
    beside fonts and size, in the order of its schema."""

    id: str
    name: str
    font: str = FANGSONG
    size: int = SIZE_3
    form: str = ""
    letters: str = ""
    next: str = ""
    builtin: bool = False


def spacing(line: int = LINE, before: int = 0, after: int = 0) -> str:
    """Lines of a fixed height (固定值)."""
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="exact"/>'


def right(characters: int) -> str:
    """So many characters free at the right."""
    return f'<w:ind w:rightChars="{characters * 100}" w:right="{characters * 10 * SIZE_3}"/><w:jc w:val="right"/>'


INDENT = f'<w:ind w:firstLineChars="200" w:firstLine="{20 * SIZE_3}"/>'  # 7.3.3
TIGHT = f'<w:spacing w:val="{TIGHTEN}"/>'
KEEP_NEXT, KEEP_LINES, WIDOWS = "<w:keepNext/>", "<w:keepLines/>", "<w:widowControl/>"
# Word's default, said all the same: LibreOffice (7.4) reads it the wrong way round, and left
# to hang its justified lines lose the last comma.
HANGING = '<w:overflowPunct w:val="1"/>'
OFF_GRID = '<w:snapToGrid w:val="0"/>'
BOTH, CENTRE = '<w:jc w:val="both"/>', '<w:jc w:val="center"/>'
ONCE = "<w:contextualSpacing/>"  # no space between two of one style
TITLE = (
    KEEP_NEXT + KEEP_LINES + OFF_GRID + spacing(after=LINE) + CENTRE + '<w:outlineLvl w:val="0"/>'
)

STYLES = (
    Style("LetterTitle", "信函标题", SMALL_TITLE, SIZE_2, TITLE, next="LetterText"),  # 7.3.1
    Style("LetterSalutation", "信函称谓", form=KEEP_NEXT + spacing() + BOTH, letters=TIGHT, next="LetterText"),  # 7.3.2
    Style("LetterText", "信函正文", form=WIDOWS + spacing() + INDENT + BOTH, letters=TIGHT),  # 7.3.3
    Style("LetterHeading", "信函小标题", HEITI, form=KEEP_NEXT + KEEP_LINES + spacing() + INDENT + BOTH + '<w:outlineLvl w:val="1"/>', letters=TIGHT, next="LetterText"),  # 7.3.3
    # 7.3.5.4: no page of signature and date alone.
    Style("LetterClosing", "信函结语", form=KEEP_NEXT + WIDOWS + spacing() + INDENT + BOTH, letters=TIGHT, next="LetterSignature"),
    # 7.3.5: a free line above, two characters at the right; the date two characters further in.
    Style("LetterSignature", "信函落款", form=KEEP_NEXT + KEEP_LINES + spacing(before=LINE) + right(2).replace("<w:jc", ONCE + "<w:jc"), next="LetterDate"),
    Style("LetterDate", "信函日期", form=KEEP_LINES + spacing() + right(4)),
    Style("SheetTitle", "承办意见标题", SMALL_TITLE, SIZE_2, TITLE, next="SheetText"),
    Style("SheetText", "承办意见正文", form=WIDOWS + spacing() + INDENT + BOTH, letters=TIGHT),
    Style("DraftNotice", "草稿提示", HEITI, SIZE_SMALL_4, OFF_GRID + spacing(line=400) + CENTRE, f'<w:color w:val="{RED}"/>'),
    Style("Header", "header", SONG, 18, OFF_GRID + CENTRE, builtin=True),
    Style("Footer", "footer", SONG, SIZE_4, OFF_GRID + CENTRE, builtin=True),  # 7.5
)  # fmt: skip

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
KINDS = "application/vnd.openxmlformats-officedocument.wordprocessingml"
CORE = "application/vnd.openxmlformats-package.core-properties+xml"
CORE_REL = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"


def fonts(name: str) -> str:
    """One font for every script: figures and quotes then look as the text around them."""
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}"/>'


def size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def style(given: Style) -> str:
    following = f'<w:next w:val="{given.next}"/>' if given.next else ""
    custom, shown = ("", "") if given.builtin else (' w:customStyle="1"', "<w:qFormat/>")
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{given.id}"><w:name w:val="{given.name}"/>'
        f'<w:basedOn w:val="Normal"/>{following}{shown}<w:pPr>{given.form}</w:pPr>'
        f"<w:rPr>{fonts(given.font)}{given.letters}{size(given.size)}</w:rPr></w:style>"
    )


def styles() -> str:
    normal = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        "<w:qFormat/></w:style>"
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
    )
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts(FANGSONG)}{size(SIZE_3)}"
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault><w:pPr>{HANGING}</w:pPr></w:pPrDefault></w:docDefaults>"
    )
    return f"{XML}<w:styles {W}>{defaults}{normal}{''.join(map(style, STYLES))}</w:styles>"


def font_table() -> str:
    rows = "".join(
        f'<w:font w:name="{font.name}"><w:altName w:val="{font.instead}"/>'
        f'<w:charset w:val="86"/><w:family w:val="{font.family}"/><w:pitch w:val="default"/></w:font>'
        for font in FONTS
    )
    return f"{XML}<w:fonts {W}>{rows}</w:fonts>"


def body() -> str:
    """An empty page. The letter takes the place of its paragraph."""
    width, height = PAGE
    return (
        f'{XML}<w:document {W} {R}><w:body><w:p/><w:sectPr><w:footerReference w:type="default" r:id="rId4"/>'
        f'<w:pgSz w:w="{width}" w:h="{height}"/><w:pgMar w:top="{TOP}" w:right="{RIGHT}" w:bottom="{BOTTOM}"'
        f' w:left="{LEFT}" w:header="{HEADER}" w:footer="{FOOTER}" w:gutter="0"/>'
        f'<w:docGrid w:type="lines" w:linePitch="{LINE}"/></w:sectPr></w:body></w:document>'
    )


def footer() -> str:
    """— 1 — (7.5)."""
    dash = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    return (
        f'{XML}<w:ftr {W}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{dash.format("— ")}'
        '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        f"{dash.format(' —')}</w:p></w:ftr>"
    )


def settings() -> str:
    return (
        f'{XML}<w:settings {W}><w:zoom w:percent="100"/><w:defaultTabStop w:val="{20 * SIZE_3}"/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat>'
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word"'
        ' w:val="15"/></w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def core() -> str:
    return (
        f'{XML}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>信函底稿</dc:title>'
        "<dc:language>zh-CN</dc:language></cp:coreProperties>"
    )


def relationships(*targets: tuple[str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type={quoteattr(kind)} Target={quoteattr(target)}/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f"{XML}<Relationships {RELS}>{rows}</Relationships>"


def content_types() -> str:
    kinds = {
        "/word/document.xml": f"{KINDS}.document.main+xml",
        "/word/styles.xml": f"{KINDS}.styles+xml",
        "/word/settings.xml": f"{KINDS}.settings+xml",
        "/word/fontTable.xml": f"{KINDS}.fontTable+xml",
        "/word/footer1.xml": f"{KINDS}.footer+xml",
        "/docProps/core.xml": CORE,
    }
    rows = "".join(f'<Override PartName="{n}" ContentType="{k}"/>' for n, k in kinds.items())
    return (
        f'{XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{rows}</Types>'
    )


def parts() -> dict[str, str]:
    return {
        "[Content_Types].xml": content_types(),
        "_rels/.rels": relationships(
            (f"{OFFICE}/officeDocument", "word/document.xml"), (CORE_REL, "docProps/core.xml")
        ),
        "docProps/core.xml": core(),
        "word/document.xml": body(),
        "word/_rels/document.xml.rels": relationships(
            (f"{OFFICE}/styles", "styles.xml"),
            (f"{OFFICE}/settings", "settings.xml"),
            (f"{OFFICE}/fontTable", "fontTable.xml"),
            (f"{OFFICE}/footer", "footer1.xml"),
        ),
        "word/styles.xml": styles(),
        "word/settings.xml": settings(),
        "word/fontTable.xml": font_table(),
        "word/footer1.xml": footer(),
    }


def content() -> bytes:
    """The base document, always the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts().items():
            part = zipfile.ZipInfo(name)
            part.create_system = 3
            archive.writestr(part, text.encode())
    return out.getvalue()


def main() -> int:
    path = ROOT / PATH
    if "--check" in sys.argv:
        return int(not path.is_file() or path.read_bytes() != content())
    path.write_bytes(content())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
