"""``hotline report`` as the center runs it (arts. 15, 18)."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document
from openpyxl import load_workbook

from hotline.assessment.period import NotAPeriod, parse_period
from tests.support import ROOT, shipped_rules, strict

if TYPE_CHECKING:
    from tests.conftest import DataRepository

Hotline = Callable[..., tuple[int, str, str]]
NOW = "2026-11-27T09:00:00+08:00"


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county of two hundred orders, the same in every run."""
    from hotline.cli.main import main

    root = tmp_path_factory.mktemp("report") / "county"
    assert main(["demo", str(root), "--orders", "200", "--now", NOW]) == 0
    return root


def report(hotline: Hotline, root: Path, *more: str, period: str = "2026-10") -> Any:
    code, out, err = hotline(
        "report", "--repo", str(root), "--now", NOW, "--period", period, "--format", "json", *more
    )
    assert code == 0, err
    return json.loads(out)


def test_the_bulletin_of_a_month(
    county: Path, hotline: Hotline, snapshot: Callable[[str, str], None]
) -> None:
    code, out, _ = hotline("report", "--repo", str(county), "--now", NOW, "--period", "2026-10")
    assert code == 0
    # The demo's commits are the same each time, but for the version that wrote them.
    snapshot("report-2026-10.md", re.sub(r"提交 [0-9a-f]{40}", "提交 0123abcd", out))


def test_a_past_month_gives_the_same_bytes_whenever_it_is_made(
    county: Path, hotline: Hotline, tmp_path: Path
) -> None:
    made: dict[str, set[bytes]] = {}
    for number, now in enumerate((NOW, "2026-12-09T10:00:00+08:00", "2027-06-01T09:00:00+08:00")):
        for form in ("md", "json", "xlsx", "docx"):
            target = tmp_path / f"{number}.{form}"
            code, _, err = hotline(
                "report", "--repo", str(county), "--now", now, "--period", "2026-10",
                "--out", str(target),
            )  # fmt: skip
            assert code == 0, err
            made.setdefault(form, set()).add(target.read_bytes())
    assert {form: len(contents) for form, contents in made.items()} == dict.fromkeys(made, 1)


def test_figures_add_up_to_the_clocks(county: Path, hotline: Hotline) -> None:
    """Counted another way: by ``due --all``, over all months together."""
    code, out, _ = hotline(
        "due", "--repo", str(county), "--now", NOW, "--all", "--format", "json"
    )  # fmt: skip
    assert code == 0
    clocks = Counter(
        (clock["name"], clock["status"])
        for case in json.loads(out)["cases"]
        for clock in case["clocks"]
    )
    total = report(hotline, county, period="2026")
    for name in ("sign", "reply"):
        own = total["total"][name]
        assert own["numerator"] == clocks[name, "met"]
        left_out = sum(
            len(unit["figures"][name]["excluded"])
            for group in total["groups"]
            for unit in group["units"]
        )
        ended = sum(clocks[name, status] for status in ("met", "late", "overdue", "void"))
        assert own["denominator"] + left_out == ended


def test_months_add_up_to_the_year(county: Path, hotline: Hotline) -> None:
    """All but satisfaction and what counts an order once in its stretch."""
    year = report(hotline, county, period="2026")
    months = [report(hotline, county, period=f"2026-{n:02}") for n in range(1, 12)]
    for name in ("sign", "reply", "format", "returns"):
        for part in ("numerator", "denominator"):
            assert year["total"][name][part] == sum(m["total"][name][part] for m in months)
    assert year["statistics"]["orders"] == sum(m["statistics"]["orders"] for m in months) == 200


def test_every_rate_is_its_numerator_over_its_denominator(county: Path, hotline: Hotline) -> None:
    found = report(hotline, county)
    for group in found["groups"]:
        for unit in group["units"]:
            for figure in unit["figures"].values():
                if "denominator" not in figure:
                    continue
                assert 0 <= figure["numerator"] <= figure["denominator"]
                if figure["denominator"]:
                    wanted = figure["numerator"] / figure["denominator"]
                    assert figure["rate"] == pytest.approx(wanted, abs=1e-6)
                else:
                    assert figure["rate"] is None


def test_townships_and_departments_stand_apart(county: Path, hotline: Hotline) -> None:
    registry = shipped_rules().registry
    groups = report(hotline, county, period="2026-11")["groups"]
    assert [group["name"] for group in groups][:2] == ["township", "department"]
    for group in groups:
        for unit in group["units"]:
            assert registry.units[unit["unit"]].group == group["name"]


def test_scores_follow_the_weights_of_the_policy(county: Path, hotline: Hotline) -> None:
    found = report(hotline, county)
    weights, deductions = found["weights"], found["deductions"]
    good = {"sign", "reply", "process", "result"}
    for group in found["groups"]:
        ranks = []
        for unit in group["units"]:
            figures = unit["figures"]
            known = {n: figures[n]["rate"] for n in weights if figures[n]["rate"] is not None}
            if not known or unit["orders"] < 3:
                assert unit["score"] is unit["rank"] is None
                continue
            whole = sum(weights[n] for n in known)
            reached = sum(weights[n] * (r if n in good else 1 - r) for n, r in known.items())
            lost = sum(d * figures[n]["count"] for n, d in deductions.items())
            assert unit["score"] == pytest.approx(max(0, 100 * reached / whole - lost), abs=0.051)
            if unit["rank"] is not None:
                ranks.append((unit["score"], unit["rank"]))
        for score, rank in ranks:
            assert rank == 1 + sum(other > score for other, _ in ranks)


def test_a_policy_without_weights_gives_figures_and_no_scores(
    county: Path, hotline: Hotline, tmp_path: Path
) -> None:
    root = tmp_path / "own"
    shutil.copytree(county, root)
    policy = root / "registry" / "policy" / "2023-06-20.yaml"
    text = policy.read_text("utf-8")
    policy.write_text(re.sub(r"(?m)^assessment:.*\n(?: +.*\n)*", "", text), "utf-8")
    found = report(hotline, root)
    assert found["weights"] == {}
    assert {u["score"] for g in found["groups"] for u in g["units"]} == {None}
    assert found["uncommitted"] == ["registry/policy/2023-06-20.yaml"]
    _, out, _ = hotline("report", "--repo", str(root), "--now", NOW, "--period", "2026-10")
    assert "得分" not in out
    assert "有 1 个文件的改动还没有提交" in out


def test_the_workbook_holds_numbers_for_the_yearly_assessment(
    county: Path, hotline: Hotline, tmp_path: Path
) -> None:
    """Art. 18: the results go into another body's assessment, which reckons with them."""
    target = tmp_path / "十月.xlsx"
    hotline(
        "report", "--repo", str(county), "--now", NOW, "--period", "2026-10", "--out", str(target)
    )
    book = load_workbook(target)
    assert book.sheetnames[0] == "说明"
    sheet = book["考评：县级部门（单位）"]
    header, *rows = sheet.iter_rows(values_only=True)
    found, registry = report(hotline, county), shipped_rules().registry
    (group,) = [g for g in found["groups"] if g["name"] == "department"]
    assert [row[1] for row in rows] == [
        *[registry.units[u["unit"]].label for u in group["units"]],
        "合计",
    ]
    for row, unit in zip(rows[:-1], group["units"], strict=True):
        own = dict(zip(header, row, strict=True))
        assert own["答复及时率：分母"] == unit["figures"]["reply"]["denominator"]
        assert (own["得分"] or None) == unit["score"]


def test_the_word_document_says_what_the_bulletin_says(
    county: Path, hotline: Hotline, tmp_path: Path
) -> None:
    target = tmp_path / "十月.docx"
    hotline(
        "report", "--repo", str(county), "--now", NOW, "--period", "2026-10", "--out", str(target)
    )
    document = Document(io.BytesIO(target.read_bytes()))
    words = "\n".join(p.text for p in document.paragraphs)
    _, out, _ = hotline("report", "--repo", str(county), "--now", NOW, "--period", "2026-10")
    plain = out.replace("\\", "")
    rows = [[c.text for c in row.cells] for table in document.tables for row in table.rows]
    for order, what in re.findall(r"- (LZ-[0-9-]+（[^）]+）)：([^\n]+)", plain):
        assert [order, what] in rows
    for line in re.findall(r"(?m)^\| [0-9—]+ \|.*$", plain):
        assert [cell.strip() for cell in line.strip("|").split("|")] in rows
    assert "一、来件" in words
    section = document.sections[0]
    assert section.page_width is not None and section.page_height is not None
    assert section.page_width > section.page_height


def test_a_running_month_says_that_it_is_not_over(county: Path, hotline: Hotline) -> None:
    _, out, _ = hotline("report", "--repo", str(county), "--now", NOW, "--period", "2026-11")
    assert "2026-11-01至2026-11-27 09:00（时段还没有结束，数字还会变）" in out


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "26-10", "2026-Q5", "十月", "", "1999-01"])
def test_a_period_that_is_none_is_refused_with_the_form(text: str, hotline: Hotline) -> None:
    with pytest.raises(NotAPeriod):
        parse_period(text)
    code, out, err = hotline("report", "--repo", str(ROOT), f"--period={text}")
    assert (code, out) == (2, "")
    assert "请写成 2026-10（月）、2026-Q4（季度）或 2026（年）的样子" in err


def test_a_period_still_to_come_is_refused(county: Path, hotline: Hotline) -> None:
    code, _, err = hotline("report", "--repo", str(county), "--now", NOW, "--period", "2026-12")
    assert code == 2
    assert "2026年12月还没有开始" in err


def test_a_form_that_the_name_contradicts_is_refused(hotline: Hotline, tmp_path: Path) -> None:
    told = "report", "--repo", str(ROOT), "--now", NOW, "--period", "2026-10"
    for more, words in (
        (("--out", "a.pdf"), "看不出要什么格式"),
        (("--out", "a.xlsx", "--format", "docx"), "不一致"),
    ):
        code, _, err = hotline(*told, *more)
        assert code == 2
        assert words in err


def test_a_folder_that_is_not_there_is_named(hotline: Hotline, tmp_path: Path) -> None:
    code, _, err = hotline(
        "report", "--repo", str(ROOT), "--now", NOW, "--period", "2026-10",
        "--out", str(tmp_path / "没有" / "a.docx"),
    )  # fmt: skip
    assert code == 2
    assert "没有文件夹" in err


def test_what_is_open_is_what_was_open_at_the_end(county: Path, hotline: Hotline) -> None:
    """A month that is over is told as it was then, however many were done since."""
    found = report(hotline, county)
    code, out, _ = hotline("due", "--repo", str(county), "--now", NOW, "--all", "--format", "json")
    assert code == 0
    cases = {c["id"] for c in json.loads(out)["cases"] if c["id"].startswith("LZ-202610")}
    still = 0
    for path in (county / "cases" / "2026" / "10").glob("*.yaml"):
        case = strict(path.read_text("utf-8"))
        ends = [e["at"] for e in case["events"] if e["type"] in ("closed", "returned_upstream")]
        still += not ends or ends[-1] >= "2026-11-01"
    assert (found["statistics"]["orders"], found["statistics"]["open"]) == (len(cases), still)
    assert still > 5


def test_the_same_order_in_two_files_counts_once(
    county: Path, hotline: Hotline, tmp_path: Path
) -> None:
    root = tmp_path / "twice"
    shutil.copytree(county, root)
    whole = report(hotline, root)
    one = sorted((root / "cases" / "2026" / "10").glob("*.yaml"))[-1]
    (root / "cases" / "2026" / "11" / one.name).write_bytes(one.read_bytes())
    code, out, err = hotline(
        "report", "--repo", str(root), "--now", NOW, "--period", "2026-10", "--format", "json"
    )
    again = json.loads(out)
    assert code == 1
    assert "编号与别的工单相同" in err
    assert again["not_counted"] == [f"cases/2026/11/{one.name}"]
    assert again["total"] == whole["total"]


def test_a_unit_that_the_registry_does_not_know_is_ranked_nowhere(
    repository: DataRepository, hotline: Hotline
) -> None:
    from tests.rules.examples import complete

    case = complete("events:\n- {type: replied, at: 2026-10-15T10:00:00+08:00}")
    for event in case["events"]:
        if event["by"] == "housing-bureau":
            event["by"] = "housing-burau"
        if event.get("lead"):
            event["lead"] = "housing-burau"
    repository.put(case)
    (group,) = report(hotline, repository.root)["groups"][-1:]
    assert (group["name"], group["title"]) == ("unknown", "名录里没有的单位")
    assert [u["score"] for u in group["units"]] == [None]


def test_what_is_no_plain_file_is_not_replaced(hotline: Hotline, tmp_path: Path) -> None:
    """As root one command could take ``/dev/null`` away from a machine."""
    told = "report", "--repo", str(ROOT), "--now", NOW, "--period", "2026-10"
    real, link = tmp_path / "real.md", tmp_path / "link.md"
    real.write_text("x", "utf-8")
    link.symlink_to(real)
    assert hotline(*told, "--out", str(link))[0] == 0
    assert link.is_symlink() and real.read_text("utf-8").startswith("# 2026年10月")
    pipe = tmp_path / "pipe.md"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        read = pool.submit(pipe.read_text, "utf-8")
        assert hotline(*told, "--out", str(pipe))[0] == 0
        assert read.result(timeout=10).startswith("# 2026年10月")
    assert pipe.is_fifo()
    (tmp_path / "folder.md").mkdir()
    code, _, err = hotline(*told, "--out", str(tmp_path / "folder.md"))
    assert (code, "是文件夹" in err) == (2, True)


def test_a_report_takes_the_place_of_no_data(repository: DataRepository, hotline: Hotline) -> None:
    policy = repository.root / "registry" / "policy" / "2023-06-20.yaml"
    before = policy.read_bytes()
    code, _, err = hotline(
        "report", "--repo", str(repository.root), "--now", NOW, "--period", "2026-10",
        "--format", "md", "--out", str(policy),
    )  # fmt: skip
    assert (code, "不能写到工单仓库的 registry/ 里" in err) == (2, True)
    assert policy.read_bytes() == before


def test_a_file_that_git_ignores_is_not_in_the_commit(
    repository: DataRepository, hotline: Hotline
) -> None:
    from tests.rules.examples import complete

    (repository.root / ".gitignore").write_text("*0007.yaml\n", "utf-8")
    repository.commit()
    repository.put(complete("events:\n- {type: replied, at: 2026-10-15T10:00:00+08:00}"))
    assert report(hotline, repository.root)["uncommitted"] == [
        "cases/2026/10/LZ-20261013-0007.yaml"
    ]


def test_a_file_that_cannot_be_read_is_told_and_stops_nothing(
    repository: DataRepository, hotline: Hotline
) -> None:
    broken = repository.root / "cases" / "2026" / "10" / "LZ-20261013-0001.yaml"
    broken.parent.mkdir(parents=True)
    broken.write_text("id: [", "utf-8")
    code, out, err = hotline(
        "report", "--repo", str(repository.root), "--now", NOW, "--period", "2026-10"
    )
    assert code == 1
    assert "派来工单 0 件" in out
    assert "有 1 个文件读不出或编号重复，不在数字里：LZ-20261013-0001" in out.replace("\\", "")
    assert "有 1 个文件读不出" in err


def test_without_history_the_report_says_so(repository: DataRepository, hotline: Hotline) -> None:
    code, out, _ = hotline(
        "report", "--repo", str(repository.root), "--now", NOW, "--period", "2026-10",
        "--format", "json",
    )  # fmt: skip
    assert code == 0
    assert json.loads(out)["commit"] is None


def test_an_order_written_by_an_attacker_stays_text(
    repository: DataRepository, hotline: Hotline
) -> None:
    """Names of the registry reach the table; what would end a cell does not."""
    units = repository.root / "registry" / "units.yaml"
    units.write_text(
        units.read_text("utf-8").replace("short: 县住建局", "short: '|<b>住建|'", 1), "utf-8"
    )
    from tests.rules.examples import complete

    repository.put(complete("events:\n- {type: replied, at: 2026-10-15T10:00:00+08:00}"))
    code, out, err = hotline(
        "report", "--repo", str(repository.root), "--now", NOW, "--period", "2026-10"
    )
    assert code == 0, err
    (line,) = [line for line in out.splitlines() if "住建" in line and line.startswith("|")]
    assert r"\|\<b\>住建\|" in line
