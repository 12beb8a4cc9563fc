"""``hotline export``: one row per order, text in every cell, nothing sealed."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.conftest import DataRepository
from tests.rules.examples import complete

Run = Callable[..., tuple[int, str, str]]
NOW = "2026-10-14T11:00:00+08:00"
ASSIGNED = complete(
    "- {type: accepted}\n- {type: assigned, lead: housing-bureau, support: [tianchi-street], basis: clear}"
)
NEW = {**ASSIGNED, "events": []}


def numbered(case: dict[str, Any], number: int, **more: Any) -> dict[str, Any]:
    return {**case, "id": f"LZ-20261013-{number:04d}", "upstream_id": f"00{number}", **more}


@pytest.fixture
def export(repository: DataRepository, hotline: Run) -> Run:
    repository.put(numbered(ASSIGNED, 1))
    sealed = {"recipient": "age1xx", "to": ["hotline-center"], "text": "SEALED-TEXT"}
    petitioner = {"confidential": True, "anonymous": False, "fingerprint": "f" * 32}
    repository.put(
        numbered(NEW, 2, title='=HYPERLINK("http://x","y")', location="-1+1",
                 petitioner=petitioner, sealed={"person": sealed})
    )  # fmt: skip

    def run(*words: str) -> tuple[int, str, str]:
        return hotline("export", *words, "--repo", str(repository.root), "--now", NOW)

    return run


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def test_csv(export: Run, tmp_path: Path) -> None:
    out = tmp_path / "工单.csv"
    assert export("--out", str(out))[:2] == (0, f"导出 2 件到 {out}\n")
    header, first, second = rows(out)
    row = dict(zip(header, first, strict=True))
    assert row["工单编号"] == "LZ-20261013-0001"
    assert row["来源渠道"] == "市12345热线普通件"
    assert row["派单时间"] == "2026-10-13 09:30"
    assert (row["状态"], row["主办单位"], row["协办单位"]) == ("已交办", "县住建局", "天池街道")
    assert (row["答复时限"], row["答复情况"]) == ("2026-10-22 17:00", "计时中")
    assert row["来件编号"] == "001"
    other = dict(zip(header, second, strict=True))
    assert (other["状态"], other["主办单位"], other["要求保密"]) == ("待受理", "（未交办）", "是")
    assert other["标题"] == '\'=HYPERLINK("http://x","y")'
    assert other["地点"] == "'-1+1"
    text = out.read_text("utf-8-sig")
    assert "SEALED" not in text and "ffff" not in text and "petitioner" not in text


def test_xlsx_is_text_with_a_frozen_header(export: Run, tmp_path: Path) -> None:
    out = tmp_path / "工单.xlsx"
    assert export("--out", str(out))[0] == 0
    sheet = load_workbook(out).active
    assert sheet is not None
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].value == "工单编号"
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s"}
    assert sheet["I3"].value == '=HYPERLINK("http://x","y")'
    with zipfile.ZipFile(out) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    again = tmp_path / "再.xlsx"
    export("--out", str(again))
    assert again.read_bytes() == out.read_bytes()


def test_unit_and_state(export: Run, tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    for words, count in (
        (("--unit", "tianchi-street"), 1), (("--unit", "police-bureau"), 0),
        (("--state", "待受理"), 1), (("--state", "assigned"), 1),
        (("--state", "new", "--unit", "housing-bureau"), 0),
    ):  # fmt: skip
        assert f"导出 {count} 件" in export("--out", str(out), *words)[1]
        assert len(rows(out)) == count + 1


def test_the_format_may_differ_from_the_name(export: Run, tmp_path: Path) -> None:
    out = tmp_path / "a.data"
    assert export("--out", str(out), "--format", "xlsx")[0] == 0
    assert out.read_bytes().startswith(b"PK")


def test_a_file_that_cannot_be_read_is_said(
    repository: DataRepository, export: Run, tmp_path: Path
) -> None:
    repository.put(numbered(NEW, 3)).write_bytes(b"id: [")
    code, out, err = export("--out", str(tmp_path / "a.csv"))
    assert (code, "导出 2 件" in out, "有 1 个文件读不出" in err) == (1, True, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "还缺：--out"),
        (("--out", "a.pdf"), "看不出要什么格式"),
        (("--out", "a.csv", "--unit", "housing"), "名录里没有单位 housing"),
        (("--out", "a.csv", "--state", "办里中"), "是不是 办理中"),
        (("--out", "a.csv", "--format", "pdf"), "--format"),
        (("--out", "/proc/nowhere/a.csv"), "写不了"),
    ],
)
def test_wrong_uses(
    export: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = export(*words)
    assert (code, out, said in err) == (2, "", True), err
    assert not (tmp_path / "a.csv").exists()


def test_a_format_that_contradicts_the_name(export: Run, tmp_path: Path) -> None:
    code, _, err = export("--out", str(tmp_path / "a.xlsx"), "--format", "csv")
    assert (code, "不一致" in err, (tmp_path / "a.xlsx").exists()) == (2, True, False)


def test_a_unit_by_its_name(export: Run, tmp_path: Path) -> None:
    assert export("--out", str(tmp_path / "a.csv"), "--unit", "住建局")[0] == 0
    assert len(rows(tmp_path / "a.csv")) == 2
