"""``hotline import``: each row a valid order or a rejected row with its reason."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from hotline.doors import together
from hotline.reading.strict_yaml import parse
from tests.conftest import DataRepository
from tests.support import REAL, ROOT

Run = Callable[..., tuple[int, str, str]]
NOW = "2026-11-01T11:00:00+08:00"
TITLES = ["工单编号", "派单时间", "工单类型", "紧急程度", "事项分类", "工单标题", "诉求内容", "事发地址", "是否保密"]  # fmt: skip
MAPPING = """\
format: xlsx
columns:
  upstream_id: 工单编号
  dispatched_at: 派单时间
  kind: 工单类型
  urgency: 紧急程度
  category: 事项分类
  title: 工单标题
  demand: 诉求内容
  location: 事发地址
  petitioner.confidential: 是否保密
defaults: {channel: city_12345}
values:
  urgency: {一般: normal, 加急: special}
  category: {施工噪音: noise-construction}
time_format: '%Y/%m/%d %H:%M'
id_prefix: LZ
drop: [坐席]
"""


def line(number: str = "ZY1", **changes: Any) -> list[Any]:
    row = dict(
        zip(
            TITLES,
            [
                number,
                "2026/10/13 09:30",
                "投诉",
                "一般",
                "施工噪音",
                "夜间施工",
                "要求制止。",
                "天池街道",
                "否",
            ],
            strict=True,
        )
    )
    return list({**row, **changes}.values())


class Desk:
    """A repository, a mapping and a sheet, and the command over them."""

    def __init__(self, repository: DataRepository, hotline: Run, folder: Path) -> None:
        self.root = repository.root
        self.hotline = hotline
        self.sheet = folder / "导出.xlsx"
        self.map(MAPPING)

    def map(self, text: str) -> None:
        (self.root / "registry" / "imports" / "test.yaml").write_text(text, "utf-8")

    def fill(self, *rows: list[Any], titles: list[Any] | None = None, **cells: Any) -> None:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for row in (TITLES if titles is None else titles, *rows):
            sheet.append(row)
        for place, value in cells.items():
            sheet[place] = value
        book.save(self.sheet)

    def run(self, *words: str, name: str = "test") -> tuple[int, str, str]:
        return self.hotline(
            "import", str(self.sheet), "--map", name, "--repo", str(self.root), "--now", NOW, *words
        )

    @property
    def cases(self) -> dict[str, dict[str, Any]]:
        paths = sorted((self.root / "cases").rglob("*.yaml"))
        return {path.stem: parse(path.read_bytes()).root for path in paths}

    def digest(self) -> str:
        whole = hashlib.sha256()
        for path in sorted(p for p in self.root.rglob("*") if p.is_file()):
            whole.update(path.as_posix().encode() + b"\0" + path.read_bytes())
        return whole.hexdigest()

    def rejects(self, path: Path | None = None) -> list[list[str]]:
        sheet = load_workbook(path or self.sheet.with_name("导出-退回.xlsx")).active
        assert sheet is not None
        assert all(
            c.data_type in ("s", "n") and (c.data_type == "s" or c.value is None)
            for row in sheet
            for c in row
        )
        return [[str(c.value or "") for c in row] for row in sheet.iter_rows()]


@pytest.fixture
def desk(repository: DataRepository, hotline: Run, tmp_path: Path) -> Desk:
    return Desk(repository, hotline, tmp_path)


def test_rows_become_orders(desk: Desk) -> None:
    desk.fill(
        line("001"),
        line("002", 派单时间=datetime(2026, 10, 13, 10, 0, 0, 1)),
        line("003", 派单时间="2026/10/14 00:10"),
    )
    code, out, err = desk.run()
    assert (code, err) == (0, "")
    assert out == "新增 3 件，已有 0 件，退回 0 行\n编号：LZ-20261013-0001 …… LZ-20261014-0001\n"
    assert list(desk.cases) == ["LZ-20261013-0001", "LZ-20261013-0002", "LZ-20261014-0001"]
    first = (desk.root / "cases/2026/10/LZ-20261013-0001.yaml").read_text("utf-8")
    assert first == (
        "id: LZ-20261013-0001\n"
        "channel: city_12345\n"
        'upstream_id: "001"\n'
        "dispatched_at: 2026-10-13T09:30:00+08:00\n"
        "kind: complaint\n"
        "urgency: normal\n"
        "category: noise-construction\n"
        "title: 夜间施工\n"
        "demand: 要求制止。\n"
        "location: 天池街道\n"
        "petitioner: {confidential: false, anonymous: false}\n"
        "events: []\n"
    )
    assert desk.cases["LZ-20261013-0002"]["dispatched_at"] == "2026-10-13T10:00:00+08:00"
    assert (
        desk.hotline("check", "--repo", str(desk.root), "--now", "2026-10-13T09:35:00+08:00")[0]
        == 0
    )


def test_a_second_import_changes_no_byte(desk: Desk) -> None:
    desk.fill(line("1"), line("2"), line("3", 工单类型="投拆"))
    desk.run()
    before = desk.digest()
    code, out, _ = desk.run()
    assert (code, "新增 0 件，已有 2 件，退回 1 行" in out) == (1, True)
    assert desk.digest() == before
    assert len(list(desk.sheet.parent.glob("*退回*"))) == 1


def test_numbers_follow_those_already_there(desk: Desk) -> None:
    desk.fill(line("1"))
    desk.run()
    desk.fill(line("9"), line("1"), line("8", 派单时间="2026/10/12 09:00"), line("7"))
    assert "新增 3 件，已有 1 件" in desk.run()[1]
    found = {case["upstream_id"]: name for name, case in desk.cases.items()}
    assert found == {
        "1": "LZ-20261013-0001", "9": "LZ-20261013-0002", "8": "LZ-20261012-0001", "7": "LZ-20261013-0003",
    }  # fmt: skip


def test_an_order_of_another_platform_is_another(desk: Desk) -> None:
    desk.fill(line("1"))
    desk.run()
    desk.map(MAPPING.replace("city_12345}", "city_web, platform: 问政四川}"))
    assert "新增 1 件，已有 0 件" in desk.run()[1]


def test_the_same_row_twice_is_one_order_and_a_different_one_is_rejected(desk: Desk) -> None:
    desk.fill(line("1"), line("1"), line("1", 工单标题="别的"))
    code, out, _ = desk.run()
    assert (code, "新增 1 件，已有 1 件，退回 1 行" in out) == (1, True)
    assert "第 4 行退回：第 2 行是同一来件编号，内容却不同" in out


REJECTED = {
    "time": ({"派单时间": "昨天下午"}, "“派单时间”读不出时间，请写成 2026/10/13 09:30 的样子"),
    "time near": ({"派单时间": "2026.10.13 9:30"}, "像是 2026-10-13T09:30:00+08:00"),
    "no such day": ({"派单时间": "2026/02/30 09:30"}, "读不出时间"),
    "year 2199": ({"派单时间": "2199/02/03 09:30"}, "年份应在 2000 至 2100"),
    "year 1900": ({"派单时间": datetime(1999, 1, 1)}, "年份应在 2000 至 2100"),
    "leap second": ({"派单时间": "2026-10-13T09:30:60+08:00"}, "闰秒"),
    "kind": ({"工单类型": "投拆"}, "“工单类型”的值不认识，是不是想写“投诉”？可写：咨询、求助、建议、投诉、举报"),
    "urgency": ({"紧急程度": "火急"}, "可写：一般、加急"),
    "category": ({"事项分类": "施工躁音"}, "是不是想写“施工噪音”"),
    "bool": ({"是否保密": "也许"}, "可写：是、否"),
    "no id": ({"工单编号": None}, "“工单编号”空着，请补上"),
    "blank title": ({"工单标题": " \u3000"}, "“工单标题”空着"),
    "hidden title": ({"工单标题": "\u200b"}, "“工单标题”空着"),
    "long id": ({"工单编号": 1.2345678901234567e17}, "超过 15 位的数字"),
    "formula": ({"诉求内容": "=A1&B1"}, "“诉求内容”是没有算出值的公式"),
    "two faults": ({"工单类型": "x", "事发地址": ""}, "；“事发地址”空着"),
}  # fmt: skip


@pytest.mark.parametrize("name", REJECTED)
def test_a_wrong_row_is_rejected_with_what_to_write(desk: Desk, name: str) -> None:
    changes, words = REJECTED[name]
    desk.fill(line("1", **changes), line("2"))
    code, out, err = desk.run()
    assert (code, err) == (1, "")
    assert "新增 1 件，已有 0 件，退回 1 行，见 " in out
    header, rejected = desk.rejects()
    assert header == [*TITLES, "原因"]
    assert rejected[-1].startswith("第 2 行：")
    assert words in rejected[-1]
    assert list(desk.cases) == ["LZ-20261013-0001"]


def test_mended_rejects_can_be_imported(desk: Desk) -> None:
    desk.fill(line("1", 派单时间=datetime(2026, 10, 13), 工单类型="投拆"), line("2"))
    desk.run()
    back = desk.sheet.with_name("导出-退回.xlsx")
    book = load_workbook(back)
    assert book.active is not None
    book.active["C2"] = "投诉"
    book.save(back)
    desk.sheet = back
    assert "新增 1 件，已有 0 件，退回 0 行" in desk.run()[1]
    assert desk.cases["LZ-20261013-0002"]["dispatched_at"] == "2026-10-13T00:00:00+08:00"


def test_rejects_that_somebody_mends_are_not_overwritten(desk: Desk) -> None:
    desk.fill(line("1", 工单类型="x"))
    desk.run()
    back = desk.sheet.with_name("导出-退回.xlsx")
    back.write_bytes(b"mended")
    _, out, _ = desk.run()
    assert "导出-退回-2.xlsx" in out
    assert back.read_bytes() == b"mended"


def test_rejects_as_csv_hold_no_formula(desk: Desk, tmp_path: Path) -> None:
    desk.fill(line("1", 工单类型="=1+1", 工单标题="+1", 事发地址="@x"))
    target = tmp_path / "r.csv"
    desk.run("--rejects", str(target))
    rows = list(csv.reader(io.StringIO(target.read_text("utf-8-sig"), newline="")))
    assert rows[0][-1] == "原因"
    assert (rows[1][5], rows[1][7]) == ("'+1", "'@x")


def test_nothing_that_a_row_holds_is_repeated_on_the_screen(desk: Desk) -> None:
    secret = "13800138000"
    desk.fill(
        line(
            secret,
            工单类型=secret,
            派单时间=secret,
            紧急程度=secret,
            事项分类=secret,
            是否保密=secret,
        )
    )
    _, out, err = desk.run()
    assert "退回 1 行" in out
    assert secret not in out + err


def test_text_is_cleaned_and_told(desk: Desk) -> None:
    text = "一、\u200b夜间施工 \u3000\r\n\r\n二、\ufeff扬尘\t\r\n_x000D_"
    desk.fill(line(" 1\n2 ", 诉求内容=text, 工单标题="夜间\n施工", 事发地址="天池\u202e街道"))
    code, out, _ = desk.run()
    assert (code, "去掉了 3 个看不见的字符" in out) == (0, True)
    case = desk.cases["LZ-20261013-0001"]
    assert case["demand"] == "一、夜间施工\n\n二、扬尘\n"
    assert (case["title"], case["location"], case["upstream_id"]) == (
        "夜间 施工",
        "天池街道",
        "12",
    )


def test_numbers_and_chinese_names_as_people_type_them(desk: Desk) -> None:
    center_key(desk)
    desk.fill(
        line(
            "x",
            工单编号=20261013000099,
            事项分类="建筑施工噪音",
            紧急程度="加急",
            工单类型="help",
            是否保密=True,
        )
    )
    desk.run()
    case = desk.cases["LZ-20261013-0001"]
    assert case["upstream_id"] == "20261013000099"
    assert (case["category"], case["urgency"], case["kind"]) == (
        "noise-construction",
        "special",
        "help",
    )
    assert case["petitioner"]["confidential"] is True


def test_a_time_kept_as_a_plain_number_is_a_time(desk: Desk) -> None:
    desk.fill(line("1", 派单时间=46308.39583333), line("2", 派单时间=20261013))
    _, out, _ = desk.run()
    assert "新增 1 件，已有 0 件，退回 1 行" in out
    assert desk.cases["LZ-20261013-0001"]["dispatched_at"] == "2026-10-13T09:30:00+08:00"


def test_a_banner_above_the_titles_and_blank_rows(desk: Desk) -> None:
    desk.fill(TITLES, [], line("1"), [None] * 9, line("2"), titles=["2026年10月工单明细"])
    assert "新增 2 件" in desk.run()[1]


def test_merged_cells_count_for_each_row(desk: Desk) -> None:
    desk.fill(line("1"), line("2", 工单类型=None))
    book = load_workbook(desk.sheet)
    assert book.active is not None
    book.active.merge_cells("C2:C3")
    book.save(desk.sheet)
    assert "新增 2 件" in desk.run()[1]


# --- columns and mappings --------------------------------------------------------------


def test_a_column_that_is_named_nowhere(desk: Desk) -> None:
    desk.fill([*line("1"), "x", "y", None], titles=[*TITLES, "坐席", "备注", None])
    code, out, err = desk.run()
    assert (code, out) == (2, "")
    assert "对照表没有提到这些列：“备注”" in err
    assert "坐席" not in err
    assert desk.cases == {}


@pytest.mark.parametrize(
    ("titles", "said"),
    [
        (TITLES[1:], "没有对照表写的列：“工单编号”"),
        ([*TITLES, "工单编号"], "列名重复：“工单编号”"),
        ([*TITLES, None], "第 10 列有内容而没有列名"),
        ([*TITLES, "原因", "备注"], "“原因”、“备注”"),
    ],
)
def test_wrong_columns(desk: Desk, titles: list[Any], said: str) -> None:
    desk.fill([*line("1"), "x", "y"][: max(len(titles), 10)], titles=titles)
    code, _, err = desk.run()
    assert (code, said in err) == (2, True), err
    assert desk.cases == {}


PERSONAL = MAPPING + "personal: {姓名: name, 电话: phone}\n"
PRIVATE = [*TITLES, "姓名", "电话"]


def center_key(desk: Desk) -> Path:
    key = desk.sheet.with_name("center.key")
    where = ("--repo", str(desk.root))
    assert desk.hotline("keys", "new", "hotline-center", "--out", str(key), *where)[0] == 0
    return key


def test_personal_columns_need_a_key_to_seal_to(desk: Desk) -> None:
    desk.map(PERSONAL)
    desk.fill([*line("1"), "张三某", None], titles=PRIVATE)
    code, out, err = desk.run()
    assert (code, out) == (2, "")
    assert "hotline keys new hotline-center" in err
    assert "张三某" not in err
    assert desk.cases == {}
    desk.fill([*line("1"), None, None], titles=PRIVATE)
    assert desk.run()[0] == 0


def test_persons_are_sealed_in_the_same_step(desk: Desk) -> None:
    key = center_key(desk)
    desk.map(PERSONAL)
    rows = [
        [*line("1", 诉求内容="张三某反映夜间施工，请回电 138-8123-4567，或找工头 13981234568。"), "张三某", "13881234567"],
        [*line("2", 诉求内容="还是夜间施工。"), "张三", "+86 138 8123 4567"],
        [*line("3", 诉求内容="举报工地夜间施工。", 工单类型="举报"), "王二麻", "13700001111"],
        [*line("4", 事项分类="没有的"), "赵六某", "13700002222"],
    ]  # fmt: skip
    desk.fill(*rows, titles=PRIVATE)
    code, out, err = desk.run()
    assert (code, err) == (1, "")
    one, two, three = desk.cases.values()
    assert one["demand"].strip() == (
        "{petitioner.name}反映夜间施工，请回电 {petitioner.phone}，或找工头 {party.1}。"
    )
    assert one["petitioner"]["fingerprint"] == two["petitioner"]["fingerprint"]
    assert three["petitioner"]["fingerprint"] != one["petitioner"]["fingerprint"]
    assert "demand" not in three
    assert {*three["sealed"]} == {"person", "demand"}
    where = ("--repo", str(desk.root), "--identity", str(key), "--reason", "核对")
    code, told, _ = desk.hotline("unseal", one["id"], *where)
    assert json.loads(told) == {
        "name": "张三某", "phone": "13881234567", "parties": ["13981234568"],
    }  # fmt: skip
    code, told, _ = desk.hotline("unseal", three["id"], "--part", "demand", *where)
    assert json.loads(told) == {"demand": "举报工地夜间施工。"}
    assert desk.hotline("check", "--repo", str(desk.root), "--now", NOW)[0] == 0
    told = out + str(desk.rejects())
    for private in ("赵六某", "张三某", "138", "137"):
        assert private not in told
    for path in desk.root.rglob("*"):
        if path.is_file():
            blob = path.read_bytes()
            assert not any(
                word in blob for word in ("张三某".encode(), b"13881234567", b"13981234568")
            )


def test_the_same_sheet_again_seals_nothing_anew(desk: Desk) -> None:
    center_key(desk)
    desk.map(PERSONAL)
    desk.fill([*line("1", 工单类型="举报"), "张三某", "13881234567"], titles=PRIVATE)
    assert desk.run()[0] == 0
    before = desk.digest()
    code, out, _ = desk.run()
    assert (code, "已有 1 件" in out, "不同" in out) == (0, True, False)
    assert desk.digest() == before


def test_a_trial_makes_no_key_store(desk: Desk) -> None:
    center_key(desk)
    desk.map(PERSONAL)
    desk.fill([*line("1"), "张三某", "13881234567"], titles=PRIVATE)
    before = desk.digest()
    assert desk.run("--dry-run")[0] == 0
    assert desk.digest() == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  kind: 工单类型\n", "  knid: 工单类型\n", "是不是想写 kind"),
        ("  kind: 工单类型\n", "", "没有给出必填的 kind（工单类型）"),
        ("title: 工单标题", "petitioner.name: 工单标题", "个人信息只能写在 personal 里"),
        ("format: xlsx", "format: csv", "不是 utf-8-sig 编码"),
    ],
)
def test_wrong_mappings(desk: Desk, old: str, new: str, said: str) -> None:
    assert old in MAPPING
    desk.map(MAPPING.replace(old, new))
    desk.fill(line("1"))
    code, _, err = desk.run()
    assert (code, said in err) == (2, True), err


def test_a_mapping_outside_the_registry(desk: Desk, tmp_path: Path) -> None:
    desk.fill(line("1"))
    (tmp_path / "我的.yaml").write_text(MAPPING, "utf-8")
    assert desk.run(name=str(tmp_path / "我的.yaml"))[0] == 0
    (tmp_path / "坏.yaml").write_text("format: [\n", "utf-8")
    code, _, err = desk.run(name=str(tmp_path / "坏.yaml"))
    assert (code, "对照表有错误" in err, "S001" in err) == (2, True, True)
    (tmp_path / "缺.yaml").write_text("format: xls\ncolumns: {}\n", "utf-8")
    code, _, err = desk.run(name=str(tmp_path / "缺.yaml"))
    assert (code, "缺少必填的 id_prefix" in err) == (2, True)


@pytest.mark.parametrize(
    ("words", "name", "said"),
    [
        ((), "tset", "是不是 test"),
        ((), "../../x.yaml", "没有对照表"),
        (("--rejects", "a.txt"), "test", ".xlsx 或 .csv"),
        (("--sheet", "x"), "test", "不认识的参数"),
    ],
)
def test_wrong_uses(desk: Desk, words: tuple[str, ...], name: str, said: str) -> None:
    desk.fill(line("1"))
    code, out, err = desk.run(*words, name=name)
    assert (code, out, said in err) == (2, "", True), err
    assert desk.cases == {}


def test_the_rejects_never_overwrite_the_sheet(desk: Desk) -> None:
    desk.fill(line("1", 工单类型="x"))
    before = desk.sheet.read_bytes()
    code, _, err = desk.run("--rejects", str(desk.sheet))
    assert (code, "不能写到原表上" in err) == (2, True)
    assert desk.sheet.read_bytes() == before


def test_no_sheet_and_an_empty_one(desk: Desk) -> None:
    code, _, err = desk.run()
    assert (code, "没有这个文件" in err) == (2, True)
    desk.fill(titles=[])
    code, _, err = desk.run()
    assert (code, "表里没有内容" in err) == (2, True)
    desk.fill()
    assert "新增 0 件，已有 0 件，退回 0 行" in desk.run()[1]


def test_csv_in_gbk(desk: Desk) -> None:
    desk.map(MAPPING.replace("format: xlsx", "format: csv\nencoding: gbk"))
    desk.sheet = desk.sheet.with_suffix(".csv")
    out = io.StringIO()
    csv.writer(out).writerows([TITLES, line("0001\t"), line("0002", 工单类型="x")])
    desk.sheet.write_bytes(out.getvalue().encode("gbk"))
    code, said, _ = desk.run()
    assert (code, "新增 1 件，已有 0 件，退回 1 行" in said) == (1, True)
    assert desk.cases["LZ-20261013-0001"]["upstream_id"] == "0001"
    assert desk.sheet.with_name("导出-退回.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    desk.map(MAPPING.replace("format: xlsx", "format: csv"))
    code, _, err = desk.run()
    assert (code, "encoding: gbk" in err) == (2, True)


def test_a_text_beyond_the_limits_of_a_file_is_rejected_whole(desk: Desk, tmp_path: Path) -> None:
    desk.map(MAPPING.replace("format: xlsx", "format: csv"))
    desk.sheet = desk.sheet.with_suffix(".csv")
    out = io.StringIO()
    long = "长" * 90_000
    csv.writer(out).writerows([TITLES, line("1", 诉求内容=long), line("2")])
    desk.sheet.write_text(out.getvalue(), "utf-8")
    _, said, _ = desk.run()
    assert "新增 1 件，已有 0 件，退回 1 行" in said
    rows = list(
        csv.reader(io.StringIO(desk.sheet.with_name("导出-退回.csv").read_text("utf-8-sig")))
    )
    assert rows[1][6] == long
    assert "S001" in rows[1][-1]
    desk.run("--rejects", str(tmp_path / "r.xlsx"))
    cell = desk.rejects(tmp_path / "r.xlsx")[1][6]
    assert (len(cell), cell[-1]) == (32_767, "…")


def test_shipped_mappings_are_usable(desk: Desk) -> None:
    desk.fill(line("1"))
    for path in (ROOT / "registry" / "imports").glob("*.yaml"):
        code, _, err = desk.run(name=path.stem)
        assert code == 2
        assert any(
            said in err for said in ("没有对照表写的列", "没有名为", "csv 不是 utf-8-sig")
        ), err


# --- all or nothing --------------------------------------------------------------------


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    desk.fill(line("1"), line("2", 工单类型="x"))
    before = desk.digest()
    code, out, _ = desk.run("--dry-run")
    assert (code, "新增 1 件，已有 0 件，退回 1 行（试运行，没有写入）" in out) == (1, True)
    assert desk.digest() == before
    assert list(desk.sheet.parent.glob("*退回*")) == []


@pytest.mark.parametrize("number", range(6))
def test_a_full_disk_leaves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The disk fails at the n-th write or naming: no order is there, none half."""
    desk.fill(*(line(str(n)) for n in range(3)))
    before = desk.digest()
    left = [number]

    def failing(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "full")
            return real(*arguments, **options)

        return call

    with monkeypatch.context() as patched:
        patched.setattr(together.os, "link", failing(os.link))
        patched.setattr(together.os, "fsync", failing(os.fsync))
        patched.setattr(Path, "rename", failing(Path.rename))
        code, out, err = desk.run()
    assert (code, out) == (2, "")
    assert "磁盘已满" in err
    assert desk.digest() == before
    assert not (desk.root / ".hotline").exists()
    assert "新增 3 件" in desk.run()[1]


def test_an_import_that_was_killed_is_taken_up_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [line(str(n), 派单时间=f"2026/10/{13 + n % 2} 09:30") for n in range(6)]
    desk.fill(*rows)
    desk.run()
    whole = desk.cases
    for path in list((desk.root / "cases").rglob("*.yaml")):
        if whole[path.stem]["upstream_id"] in "345":
            path.unlink()
    (desk.root / ".hotline" / "import-left").mkdir(parents=True)
    (desk.root / ".hotline" / "import-left" / "0").write_text("half", "utf-8")
    assert "新增 3 件，已有 3 件" in desk.run()[1]
    assert desk.cases == whole
    assert not (desk.root / ".hotline").exists()


def test_a_file_that_is_there_already_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "b.yaml").write_text("old", "utf-8")
    from hotline.doors.fault import Unavailable

    with pytest.raises(Unavailable):
        together.write_all(tmp_path, [("cases/a.yaml", b"new"), ("cases/b.yaml", b"new")])
    assert [p.name for p in (tmp_path / "cases").iterdir()] == ["b.yaml"]
    assert (tmp_path / "cases" / "b.yaml").read_text("utf-8") == "old"


def test_unread_orders_are_said(desk: Desk) -> None:
    folder = desk.root / "cases" / "2026" / "10"
    folder.mkdir(parents=True)
    (folder / "LZ-20261013-0007.yaml").write_bytes(b"id: [")
    desk.fill(line("1"))
    code, out, _ = desk.run()
    assert (code, "有 1 个工单文件读不出，没能核对是否重复" in out) == (0, True)
    assert "LZ-20261013-0008" in out


# --- a real sheet ----------------------------------------------------------------------


@pytest.mark.skipif(not REAL.is_file(), reason="the real messages lie outside the project")
def test_every_real_message_is_an_order_or_a_rejected_row(desk: Desk, tmp_path: Path) -> None:
    desk.sheet = tmp_path / "messages.xlsx"
    desk.sheet.write_bytes(REAL.read_bytes())
    code, out, err = desk.run(name="message-board")
    back = desk.sheet.with_name("messages-退回.xlsx")
    rejected = desk.rejects(back)[1:] if back.is_file() else []
    assert (code, err) == (1 if rejected else 0, "")
    assert f"新增 {len(desk.cases)} 件，已有 0 件，退回 {len(rejected)} 行" in out
    assert len(desk.cases) + len(rejected) == 360
    assert all(row[-1] for row in rejected)
    before = desk.digest()
    assert f"新增 0 件，已有 {len(desk.cases)} 件" in desk.run(name="message-board")[1]
    assert desk.digest() == before
    _, found, _ = desk.hotline("check", "--repo", str(desk.root), "--select", "S,X,W")
    assert "错误 0 处" in found
    assert {text.split("提醒 ")[1][:4] for text in found.splitlines()[:-1]} == {"X011"}


@pytest.mark.parametrize("dropped", ["坐席", "原因"])
def test_mended_rejects_are_imported_again(desk: Desk, dropped: str) -> None:
    desk.map(MAPPING.replace("坐席", dropped) + "sheet: 工单明细\n")
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "工单明细"
    for row in ([*TITLES, dropped], [*line("1", 工单类型="？"), "x"]):
        sheet.append(row)
    book.save(desk.sheet)
    assert desk.run()[0] == 1
    desk.sheet = desk.sheet.with_name("导出-退回.xlsx")
    again = load_workbook(desk.sheet)
    again["工单明细"]["C2"] = "投诉"
    again.save(desk.sheet)
    code, out, err = desk.run()
    assert (code, err, "新增 1 件" in out) == (0, "", True)


def test_csv_rejects_of_a_gbk_sheet_are_imported_again(desk: Desk) -> None:
    desk.map(MAPPING.replace("format: xlsx", "format: csv\nencoding: gbk"))
    desk.sheet = desk.sheet.with_name("a.csv")
    rows = [TITLES, line("1", 工单类型="？")]
    desk.sheet.write_text("\n".join(",".join(row) for row in rows), "gbk")
    assert desk.run()[0] == 1
    desk.sheet = desk.sheet.with_name("a-退回.csv")
    desk.sheet.write_bytes(desk.sheet.read_bytes().replace("？".encode(), "投诉".encode()))
    assert desk.run()[0] == 0


def test_known_rows_that_differ_are_named_and_left(desk: Desk) -> None:
    desk.fill(line("1"), line("2"))
    desk.run()
    before = desk.cases
    desk.fill(line("１ ", 工单标题="另一标题", 紧急程度="加急"), line("2"))
    code, out, _ = desk.run()
    assert (code, desk.cases) == (0, before)
    assert "有 1 行与已有工单不同，没有改动：LZ-20261013-0001 紧急程度、工单标题\n" in out
    assert "新增 0 件，已有 2 件" in out


def test_upstream_numbers_are_of_normal_width(desk: Desk) -> None:
    desk.fill(line("　ＺＹ 1 "), line("ZY1"))
    assert "新增 1 件，已有 1 件" in desk.run()[1]
    assert [case["upstream_id"] for case in desk.cases.values()] == ["ZY1"]


def test_a_blank_for_confidential_is_no_answer(desk: Desk) -> None:
    desk.fill(line("1", 是否保密=None))
    code, out, _ = desk.run()
    assert (code, "“是否保密”空着" in out) == (1, True)
    desk.map(MAPPING.replace("{channel:", "{petitioner.confidential: false, channel:"))
    assert desk.run()[0] == 0


def test_a_dispatch_to_come_is_rejected(desk: Desk) -> None:
    desk.fill(line("1", 派单时间="2026/11/01 11:04"), line("2", 派单时间="2026/11/01 11:06"))
    code, out, _ = desk.run()
    assert (code, len(desk.cases)) == (1, 1)
    assert "第 3 行退回：“派单时间”不对：派单时间还没有到" in out


def test_a_warning_is_shown_in_its_own_words(desk: Desk) -> None:
    desk.fill(*(line(str(n), 派单时间="2022/10/13 09:30") for n in range(3)))
    out = desk.run()[1]
    assert "提醒 X011（3 件），如 LZ-20221013-0001：" in out
    assert "派单当日有办法可依" not in out
