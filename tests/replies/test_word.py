"""Letters in Word: styles, page, fonts, the draft; and how LibreOffice sets them."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from hotline.doors import word
from hotline.doors.fault import Unavailable
from hotline.replies.paragraphs import Paragraph
from tests.support import ROOT

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HEADING = "关于天池街道夜间施工噪声问题的答复"
LONG_HEADING = (
    "关于天池街道迎宾大道中段与川鄂大道交叉口在建项目夜间施工噪声扰民以及扬尘污染问题的答复"
)
DRAFT = "草稿：有 2 处不符合规定，改好以前不要发出"
SENTENCE = (
    "经查，该工地2026年11月12日22时40分仍在浇筑混凝土，未办理《夜间施工许可证》，已责令整改；"
)


def p(kind: str, text: str) -> Paragraph:
    return Paragraph(kind, text)


SHEET = [
    p("sheet-title", "承办意见"),
    p("sheet", "承办单位：乐至县综合行政执法局"),
    p("sheet", "经办人：{party.handler}"),
    p("sheet", "联系电话：028-23322222"),
]
END = [
    p("closing", "感谢您对资阳市12345政务服务热线的关注和支持！"),
    p("signature", "资阳市乐至县综合行政执法局"),
    p("signature", "资阳市乐至县住房和城乡建设局"),
    p("date", "2026年11月20日"),
]
ORDINARY = [
    p(
        "opening",
        "尊敬的{petitioner.name}您好，您反映的“夜间施工噪声”问题已收悉，经调查，现回复如下：",
    ),
    p("heading", "一、您的主要诉求："),
    p("text", "要求制止 A&B <建筑> 公司夜间施工……——希望尽快处理，电话028-23322222。"),
    p("heading", "二、调查核实情况："),
    p("text", SENTENCE),
    *END,
]
NETIZEN = [
    p("salutation", "尊敬的网友："),
    p("text", "您在人民网“领导留言板”中的留言已收悉，现将相关情况回复如下："),
    p("text", SENTENCE * 2),
    p("closing", "尊敬的网友，感谢您的留言，欢迎对我们的工作提出宝贵意见和建议！"),
    *END[1:],
]
GOV = [
    p("opening", "尊敬的网友您好！您在中国政府网反映的关于欠薪的问题已收悉。经县人社局调查，现回复如下："),
    p("heading", "您的主要诉求："),
    p("text", "退款；"),
    p("closing", "感谢您对中国政府网的关注和支持！"),
    p("text", "承办单位：县人社局，经办人：{party.handler}，经办人联系电话{party.handler_phone}。"),
]  # fmt: skip
POINTS = [x for n in range(12) for x in (p("heading", f"第{n}点："), p("text", SENTENCE * 5))]
UNSIGNED = [*ORDINARY[:-1], *SHEET]


@dataclass(frozen=True, slots=True)
class Sample:
    heading: str
    paragraphs: list[Paragraph]
    draft: str
    pages: int


SAMPLES = {
    "ordinary": Sample(HEADING, ORDINARY, "", 1),
    "people-daily": Sample(HEADING, NETIZEN, "", 1),
    "gov-cn": Sample(HEADING, GOV, DRAFT, 1),
    "province": Sample(HEADING, UNSIGNED, "", 2),
    "national-platform": Sample(HEADING, [*GOV[:-1], p("text", "承办单位：县人社局"), *SHEET], "", 2),
    "netizen": Sample(LONG_HEADING, [ORDINARY[0], ORDINARY[2], *END], "", 1),
    "long": Sample(LONG_HEADING, [ORDINARY[0], *POINTS, *END, *SHEET], DRAFT, 8),
    # The text ends where the page does: closing, signature and date go over together.
    "tight": Sample(HEADING, [ORDINARY[0], *[p("text", "一行。")] * 14, *END], "", 2),
}  # fmt: skip


def made(paragraphs: list[Paragraph], draft: str = "", *, root: Path = ROOT) -> Document:
    return docx.Document(io.BytesIO(word.document(root, HEADING, paragraphs, draft)))


def xml(blob: bytes, part: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        return ElementTree.fromstring(archive.read(part))


def styles(document: Document) -> list[str]:
    return [x.style.name or "" for x in document.paragraphs if x.style is not None]


# --- form ------------------------------------------------------------------------------


def test_the_page_is_that_of_the_standard() -> None:
    (page,) = made(ORDINARY).sections
    near = Mm(0.1)
    for is_, wanted in (
        (page.page_width, 210), (page.page_height, 297), (page.top_margin, 37),
        (page.bottom_margin, 35), (page.left_margin, 28), (page.right_margin, 26),
    ):  # fmt: skip
        assert is_ is not None and abs(is_ - Mm(wanted)) < near
    blob = word.document(ROOT, HEADING, ORDINARY, "")
    pitch = int(next(xml(blob, "word/document.xml").iter(f"{W}docGrid")).attrib[f"{W}linePitch"])
    height = page.page_height - page.top_margin - page.bottom_margin
    assert height // Pt(pitch / 20) == 22


@pytest.mark.parametrize(
    ("paragraph", "style"),
    [
        (p("salutation", "尊敬的网友："), "信函称谓"),
        (ORDINARY[0], "信函正文"),
        (GOV[0], "信函正文"),
        (p("salutation", "县热线中心："), "信函称谓"),
        (p("heading", "一、您的主要诉求："), "信函小标题"),
        (p("text", "甲"), "信函正文"),
        (p("closing", "感谢！"), "信函结语"),
        (END[1], "信函落款"),
        (p("新的", "甲"), "信函正文"),
        (END[-1], "信函日期"),
        (SHEET[0], "承办意见标题"),
        (SHEET[1], "承办意见正文"),
    ],
)
def test_each_kind_has_its_style(paragraph: Paragraph, style: str) -> None:
    assert styles(made([paragraph])) == ["信函标题", style]


def test_styles_have_the_form_of_the_standard() -> None:
    of = {style.name: style for style in made([]).styles}

    def told(name: str, path: str) -> dict[str, str]:
        found = of[name].element.find(f"{W}pPr/{W}{path}")
        return {key.removeprefix(W): value for key, value in found.attrib.items()}

    fonts = {
        "信函标题": "方正小标宋简体",
        "信函正文": "仿宋_GB2312",
        "信函小标题": "黑体",
        "Footer": "宋体",
    }
    for name, font in fonts.items():
        found = of[name].element.find(f"{W}rPr/{W}rFonts").attrib
        assert {found[f"{W}{which}"] for which in ("ascii", "hAnsi", "eastAsia")} == {font}
    sizes = {"信函标题": 22, "信函正文": 16, "信函小标题": 16, "信函落款": 16, "Footer": 14}
    assert {name: of[name].font.size.pt for name in sizes} == sizes
    for name in ("信函正文", "信函小标题", "信函结语", "承办意见正文"):
        assert told(name, "ind")["firstLineChars"] == "200"
    assert of["信函称谓"].element.find(f"{W}pPr/{W}ind") is None
    rights = [told(name, "ind")["rightChars"] for name in ("信函落款", "信函日期")]
    assert rights == ["200", "400"]
    assert told("信函正文", "spacing") == {
        "before": "0",
        "after": "0",
        "line": "579",
        "lineRule": "exact",
    }
    for name in ("信函标题", "信函小标题", "信函结语", "信函落款"):
        assert of[name].paragraph_format.keep_with_next
    assert of["信函正文"].paragraph_format.widow_control
    assert str(of["草稿提示"].font.color.rgb) == "C00000"


def test_fonts_have_others_in_their_place() -> None:
    table = xml(word.document(ROOT, HEADING, ORDINARY, ""), "word/fontTable.xml")
    instead = {
        font.attrib[f"{W}name"]: font.find(f"{W}altName").attrib[f"{W}val"].split(",")
        for font in table
    }
    assert {"方正小标宋_GBK", "宋体", "SimSun", "Noto Serif CJK SC"} <= set(
        instead["方正小标宋简体"]
    )
    assert {"仿宋", "FangSong", "STFangsong", "Noto Serif CJK SC"} <= set(instead["仿宋_GB2312"])
    assert {"SimHei", "Noto Sans CJK SC"} <= set(instead["黑体"])


def test_text_is_kept_as_it_is_written() -> None:
    texts = ['A&B <建筑> &lt; {petitioner.name} "x"', "“引”……——", "𠮷", "  两端  "]
    document = made([p("text", text) for text in texts])
    assert [x.text for x in document.paragraphs[1:]] == texts
    runs = document.element.body.iter(f"{W}rFonts")
    assert {run.attrib[f"{W}hint"] for run in runs} == {"eastAsia"}


def test_what_xml_cannot_hold_is_dropped() -> None:
    blob = word.document(ROOT, "甲\x00" * 300, [p("text", "乙\x00\x08\ud800\ufffe丙")], "丁\x0b")
    document = docx.Document(io.BytesIO(blob))
    assert document.paragraphs[-1].text == "乙丙"
    assert document.core_properties.title == "甲" * 255


def test_a_long_latin_word_is_not_set_in_a_stretched_line() -> None:
    document = made(
        [p("text", "见 https://www.example.gov.cn/notice/2026"), p("text", "028-23322222")]
    )
    long, short = document.paragraphs[1:]
    assert (long.alignment, short.alignment) == (WD_ALIGN_PARAGRAPH.LEFT, None)


def test_a_long_heading_breaks_between_words() -> None:
    lines = docx.Document(
        io.BytesIO(word.document(ROOT, LONG_HEADING, [], ""))
    ).paragraphs[0].text.split("\n")  # fmt: skip
    assert "".join(lines) == LONG_HEADING
    assert lines == [
        "关于天池街道迎宾大道中段与川鄂",
        "大道交叉口在建项目夜间施工噪声",
        "扰民以及扬尘污染问题的答复",
    ]
    assert made([]).paragraphs[0].text == HEADING


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ([], [""]),
        (["甲乙", "丙丁"], ["甲乙丙丁"]),
        (["甲乙", "丙丁", "戊己", "庚"], ["甲乙丙丁", "戊己庚"]),
        (["甲乙丙丁", "戊己"], ["甲乙丙丁", "戊己"]),
        (["甲乙丙丁戊己庚"], ["甲乙丙丁", "戊己庚"]),
        (["abcdefgh", "ij"], ["abcdefgh", "ij"]),
    ],
)
def test_lines_of_about_one_length(words: list[str], lines: list[str]) -> None:
    assert word.in_lines(words, 4) == lines


def test_the_sheet_begins_a_page() -> None:
    document = made([*ORDINARY, *SHEET])
    breaks = [x.text for x in document.paragraphs if x.paragraph_format.page_break_before]
    assert breaks == ["承办意见"]


def test_a_draft_is_told_at_the_head_of_each_page() -> None:
    header = made(ORDINARY, DRAFT).sections[0].header
    assert [(x.text, x.style and x.style.name) for x in header.paragraphs] == [(DRAFT, "草稿提示")]
    assert made(ORDINARY).sections[0].header.is_linked_to_previous


def test_the_foot_has_the_page_number() -> None:
    footer = xml(word.document(ROOT, HEADING, ORDINARY, ""), "word/footer1.xml")
    assert "".join(footer.itertext()) == "— 1 —"
    assert [f.attrib[f"{W}instr"] for f in footer.iter(f"{W}fldSimple")] == [" PAGE "]


def test_the_same_letter_is_the_same_file() -> None:
    one = word.document(ROOT, HEADING, ORDINARY, DRAFT)
    assert one == word.document(ROOT, HEADING, list(ORDINARY), DRAFT)
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    about = docx.Document(io.BytesIO(one)).core_properties
    assert (about.title, about.language, about.author, about.last_modified_by) == (
        HEADING,
        "zh-CN",
        "",
        "",
    )
    assert about.created == about.modified and about.created and about.created.year == 1980


# --- the base --------------------------------------------------------------------------


def test_the_base_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "tools")
    sys.modules.pop("make_letter_base", None)
    import make_letter_base as tool

    assert (ROOT / tool.PATH).read_bytes() == tool.content()
    assert {style.name for style in tool.STYLES} >= set(word.STYLES)
    assert "/".join(word.BASE) == tool.PATH


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A repository's own base, for the time being the shipped one."""
    path = tmp_path.joinpath(*word.BASE)
    path.parent.mkdir(parents=True)
    shutil.copy(ROOT.joinpath(*word.BASE), path)
    return path


def edited(path: Path, edit: Callable[[Document], None]) -> None:
    document = docx.Document(str(path))
    edit(document)
    document.save(str(path))


def with_letterhead(document: Document) -> None:
    document.paragraphs[0].add_run("乐至县人民政府")
    document.add_paragraph()
    section = document.sections[0]
    section.header.paragraphs[0].text = "页眉"
    section.different_first_page_header_footer = True
    section.first_page_header.add_table(1, 1, Mm(100)).cell(0, 0).text = "信头"
    document.core_properties.author = "张三"


def test_a_letterhead_of_its_own_stands_above_the_letter(tmp_path: Path, own: Path) -> None:
    edited(own, with_letterhead)
    document = made(ORDINARY, DRAFT, root=tmp_path)
    assert [x.text for x in document.paragraphs[:3]] == [
        "乐至县人民政府",
        HEADING,
        ORDINARY[0].text,
    ]
    section = document.sections[0]
    assert [x.text for x in section.header.paragraphs] == [DRAFT, "页眉"]
    first, _, table, *_ = section.first_page_header.iter_inner_content()
    assert (first.text, table.cell(0, 0).text) == (DRAFT, "信头")
    assert section.even_page_header.paragraphs[0].text == DRAFT
    assert document.core_properties.author == ""


def test_a_repository_without_a_base_has_the_shipped_one(tmp_path: Path) -> None:
    assert word.document(tmp_path, HEADING, ORDINARY, "") == word.document(
        ROOT, HEADING, ORDINARY, ""
    )


def without_style(document: Document) -> None:
    document.styles["信函正文"].delete()


def without_page(document: Document) -> None:
    document.element.body.remove(document.element.body.sectPr)


def with_linked_image(document: Document) -> None:
    image = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    document.part.relate_to("http://example.cn/logo.png", image, is_external=True)


def with_link(document: Document) -> None:
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    document.part.relate_to("http://example.cn/", link, is_external=True)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (without_style, "缺少样式“信函正文”；请用 Word 改好后存为 .docx，或删去"),
        (without_page, "没有页面设置"),
        (with_linked_image, "请改为嵌入或去掉"),
    ],
)
def test_a_base_that_will_not_do_is_told(
    tmp_path: Path, own: Path, edit: Callable[[Document], None], told: str
) -> None:
    edited(own, edit)
    with pytest.raises(Unavailable, match=told):
        word.document(tmp_path, HEADING, ORDINARY, "")


def test_a_base_may_have_links_to_click_on(tmp_path: Path, own: Path) -> None:
    edited(own, with_link)
    assert word.document(tmp_path, HEADING, ORDINARY, "")


def zipped(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("blob", "told"),
    [
        (b"", "打不开"),
        (b"\xd0\xcf\x11\xe0", "打不开"),
        (ROOT.joinpath(*word.BASE).read_bytes()[:9000], "打不开"),
        (zipped({"a.txt": "a"}), "打不开"),
        (zipped({"[Content_Types].xml": "<Types"}), "打不开"),
        (zipped({"a": "0" * (word.MAX_UNPACKED + 1)}), "太大"),
        (None, "读不了"),
    ],
    ids=["empty", "doc", "cut", "zip", "xml", "bomb", "folder"],
)
def test_a_broken_base_is_told(tmp_path: Path, own: Path, blob: bytes | None, told: str) -> None:
    own.unlink()
    if blob is None:
        own.mkdir()
    else:
        own.write_bytes(blob)
    with pytest.raises(Unavailable, match=told):
        word.document(tmp_path, HEADING, ORDINARY, "")


@pytest.mark.parametrize("part", ["docProps/core.xml", "word/styles.xml", "word/document.xml"])
def test_a_base_with_a_strange_part_is_told(tmp_path: Path, own: Path, part: str) -> None:
    with zipfile.ZipFile(own) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    own.write_bytes(zipped({**parts, part: "<strange/>"}))
    with pytest.raises(Unavailable, match="打不开"):
        word.document(tmp_path, HEADING, ORDINARY, DRAFT)


# --- as LibreOffice sets it ------------------------------------------------------------


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All samples as PDF, made by one start of LibreOffice."""
    missing = [name for name in ("soffice", "pdffonts", "pdftotext") if not shutil.which(name)]
    if missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI has no {missing}")
        pytest.skip(f"no {missing} here (apt-get install libreoffice-writer-nogui poppler-utils)")
    folder = tmp_path_factory.mktemp("word")
    for name, sample in SAMPLES.items():
        blob = word.document(ROOT, sample.heading, sample.paragraphs, sample.draft)
        (folder / f"{name}.docx").write_bytes(blob)
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
         "--convert-to", "pdf", "--outdir", str(folder), *map(str, folder.glob("*.docx"))],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return folder


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def pages(pdf: Path) -> list[str]:
    """The text of each page without white space."""
    return [re.sub(r"\s", "", page) for page in output("pdftotext", str(pdf), "-").split("\f")[:-1]]


@pytest.mark.office
@pytest.mark.parametrize("name", SAMPLES)
def test_libreoffice_sets_the_letter(pdfs: Path, name: str) -> None:
    sample, pdf = SAMPLES[name], pdfs / f"{name}.pdf"
    set_pages = pages(pdf)
    assert len(set_pages) == sample.pages
    text = ""
    for number, page in enumerate(set_pages, 1):
        draft, foot = re.sub(r"\s", "", sample.draft), f"—{number}—"
        assert draft in page and foot in page
        text += page.replace(draft, "", 1).replace(foot, "", 1)
    wanted = sample.heading + "".join(paragraph.text for paragraph in sample.paragraphs)
    assert text == re.sub(r"\s", "", wanted)

    about = output("pdfinfo", str(pdf))
    assert re.search(r"Page size: .*\(A4\)", about) and sample.heading in about
    fonts = output("pdffonts", str(pdf)).splitlines()[2:]
    # Without a Chinese font every character is a box, and the text reads the same.
    assert any(re.search(r"\+\S*(?:CJK|Song|Hei|FangSong|Sim)", font) for font in fonts), fonts
    assert all(" yes yes " in font for font in fonts), "a font is not embedded"


@pytest.mark.office
def test_the_sheet_is_a_page_of_its_own(pdfs: Path) -> None:
    letter, sheet = pages(pdfs / "province.pdf")
    assert sheet.startswith("承办意见承办单位") and "承办" not in letter


@pytest.mark.office
def test_no_page_has_signature_and_date_alone(pdfs: Path) -> None:
    first, last = pages(pdfs / "tight.pdf")
    assert "感谢" not in first
    assert last.startswith("感谢") and "2026年11月20日" in last
