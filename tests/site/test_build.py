"""What a build writes: the same files by either command, twice, anywhere; and nothing lost."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from hotline.cli.main import main
from hotline.doors.fault import Unavailable
from hotline.doors.site import build
from hotline.values.times import parse_time
from tests.site import sample
from tests.site.conftest import County
from tests.support import ROOT

NOW = parse_time(sample.NOW)
MKDOCS = Path(sys.executable).with_name("mkdocs")


def digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def small(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    root.mkdir()
    return sample.repository(root, sample.orders(6))


def test_every_order_unit_and_rule_has_its_page(county: County) -> None:
    from hotline.rules.declare import load
    from tests.support import shipped_rules

    rows = json.loads((county.out / "api/v1/cases.json").read_text("utf-8"))["cases"]
    assert len(rows) == county.report.cases > 70
    assert all((county.out / row["url"] / "index.html").is_file() for row in rows)
    for unit in shipped_rules().registry.units:
        assert (county.out / "units" / unit / "index.html").is_file()
        assert (county.out / "calendars" / f"{unit}.ics").is_file()
    assert all((county.out / "rules" / code / "index.html").is_file() for code in load())
    assert not (county.out / "cases" / "shell").exists()
    assert not (county.out / "sitemap.xml").exists()
    assert county.report.broken == () and county.report.warnings == ()
    pages = list(county.out.rglob("index.html"))
    assert len(pages) == county.report.pages


def test_api_is_what_due_prints(county: County, capsys: pytest.CaptureFixture[str]) -> None:
    main(["due", "--format", "json", "--repo", str(county.root), "--now", sample.NOW])
    assert (county.out / "api/v1/due.json").read_text("utf-8") == capsys.readouterr().out


@pytest.mark.parametrize("name", ["due", "cases"])
def test_api_fits_its_schema(county: County, name: str) -> None:
    folder = county.out / "api" / "v1"
    document = json.loads((folder / f"{name}.schema.json").read_text("utf-8"))
    told = json.loads((folder / f"{name}.json").read_text("utf-8"))
    Draft202012Validator.check_schema(document)
    Draft202012Validator(document).validate(told)
    assert told["cases"]


def test_numbers_of_the_overview_are_those_of_the_table(county: County) -> None:
    rows = json.loads((county.out / "api/v1/cases.json").read_text("utf-8"))["cases"]
    open_ = [r for r in rows if r["state"] not in ("closed", "archived", "returned")]
    html = (county.out / "index.html").read_text("utf-8")
    shown = re.findall(r'hl-figure__title">(.*?)</span>.*?hl-figure__number">([\d,]+)', html, re.S)
    assert dict(shown) == {
        "未办结": str(len(open_)),
        "已超期": str(sum(r["status"] == "overdue" for r in open_)),
        "今日到期": str(sum(r["due_today"] for r in open_)),
        "特殊事项": str(sum(r["urgency"] != "normal" for r in open_)),
    }


def test_calendars_are_read_back(county: County) -> None:
    from icalendar import Calendar

    due = json.loads((county.out / "api/v1/due.json").read_text("utf-8"))
    wanted = [
        clock
        for case in due["cases"]
        for clock in case["clocks"]
        if clock["unit"] == "housing-bureau"
        and clock["status"] in ("running", "due_soon", "overdue")
        and clock["name"] not in ("return", "screening")
    ]
    blob = (county.out / "calendars/housing-bureau.ics").read_bytes()
    assert blob.count(b"\r\n") == blob.count(b"\n")
    assert len(Calendar.from_ical(blob).walk("VEVENT")) == len(wanted) > 0


def test_what_is_sealed_or_unreadable(county: County) -> None:
    """Nothing sealed reaches the site; what cannot be read is named on the first page."""
    for path in county.out.rglob("*"):
        if path.suffix in (".html", ".json", ".ics"):
            text = path.read_text("utf-8")
            assert "SECRET-ARMOR" not in text, path
            # Findings and rules tell a clerk to write the placeholder; texts show what it means.
            text = re.sub(r'(?s)<li class="hl-finding.*?</li>', "", text)
            is_about = path.suffix == ".json" or "rules" in path.parts or "handbook" in path.parts
            assert "{petitioner.name}" not in text or is_about, path
    assert "LZ&#45;20261014&#45;7777&#46;yaml" in (county.out / "index.html").read_text("utf-8")
    assert county.report.unreadable == ("cases/2026/10/LZ-20261014-7777.yaml",)


def test_linked_orders_name_each_other(county: County) -> None:
    rows = json.loads((county.out / "api/v1/cases.json").read_text("utf-8"))["cases"]
    pages = {r["id"]: (county.out / r["url"] / "index.html").read_text("utf-8") for r in rows}
    linking = [name for name, html in pages.items() if "关联工单" in html]
    assert len(linking) == 2
    first, second = linking
    assert f"cases/{second}/" in pages[first] and f"cases/{first}/" in pages[second]


def test_handbook_of_the_repository(county: County) -> None:
    assert "使用手册" in (county.out / "handbook/index.html").read_text("utf-8")
    assert "手册" in (county.out / "index.html").read_text("utf-8")
    assert (county.out / "handbook/faq/index.html").is_file()


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu"])
def test_mkdocs_gives_the_same_bytes(county: County, tmp_path: Path, zone: str) -> None:
    """Plain ``mkdocs build`` of the starter's mkdocs.yml, in other zones and languages."""
    root = tmp_path / "data"
    shutil.copytree(county.root, root, ignore=shutil.ignore_patterns("site", ".hotline"))
    shutil.copy(ROOT / "site_templates/starter/mkdocs.yml", root / "mkdocs.yml")
    environment = os.environ | {
        "HOTLINE_NOW": sample.NOW, "TZ": zone, "LC_ALL": "C", "PYTHONHASHSEED": "7",
        "NO_MKDOCS_2_WARNING": "1",
    }  # fmt: skip
    done = subprocess.run(
        [MKDOCS, "build", "-q"], cwd=root, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert digest(root / "site") == digest(county.out)


def test_twice_the_same_bytes_and_nothing_left_beside(small: Path) -> None:
    build(small, NOW)
    first = digest(small / "site")
    report = build(small, NOW)
    assert digest(small / "site") == first
    assert report.first_page == small / "site" / "index.html"
    assert sorted(p.name for p in small.iterdir()) == [".hotline", "cases", "registry", "site"]


def test_a_failed_build_leaves_the_last_good_site(small: Path) -> None:
    build(small, NOW)
    before = digest(small / "site")
    (small / "registry/units.yaml").write_text("units: [", "utf-8")
    with pytest.raises(Unavailable, match=r"registry/units\.yaml"):
        build(small, NOW)
    assert digest(small / "site") == before
    assert sorted(p.name for p in small.iterdir()) == [".hotline", "cases", "registry", "site"]


def test_a_killed_build_is_cleaned_up(small: Path) -> None:
    """Killed between the two renames: the old site is put back, then replaced."""
    build(small, NOW)
    (small / "site").rename(small / ".site.old")
    (small / ".site.new-dead").mkdir()
    (small / "registry/units.yaml").rename(small / "registry/units.yml")
    with pytest.raises(Unavailable):
        build(small, NOW)
    (small / "registry/units.yml").rename(small / "registry/units.yaml")
    build(small, NOW)
    assert sorted(p.name for p in small.iterdir()) == [".hotline", "cases", "registry", "site"]


def test_a_broken_template_costs_one_page(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = small / "site_templates" / "pages"
    own.mkdir(parents=True)
    (own / "ledger.html").write_text("{{ site.now.__class__.__mro__ }}", "utf-8")
    (own / "glossary.html").write_text("本县自己的术语页 {{ 7 * 7 }}", "utf-8")
    code = main(["site", "build", "--repo", str(small), "--now", sample.NOW])
    told = capsys.readouterr()
    assert code == 1
    assert "没有生成 ledger/index.md" in told.err and "SecurityError" in told.err
    assert "网站已生成" in told.out
    assert "没有生成" in (small / "site/ledger/index.html").read_text("utf-8")
    assert "本县自己的术语页 49" in (small / "site/glossary/index.html").read_text("utf-8")
    assert (small / "site/flow/index.html").is_file()


@pytest.mark.parametrize(
    "name", ["../../secret", "/etc/passwd", "pages/../../../secret", "pages\\..\\x", ".hidden"]
)
def test_templates_cannot_include_other_files(small: Path, name: str) -> None:
    from hotline.doors.templates import pages_of

    (small.parent / "secret").write_text("SECRET", "utf-8")
    own = small / "site_templates"
    own.mkdir()
    (own / "link.html").symlink_to(small.parent / "secret")
    templates = pages_of(small)
    assert templates.load(name) is None
    assert templates.load("link.html") is None


def test_two_builds_do_not_mix(small: Path) -> None:
    from hotline.doors.guarding import only_one

    lock = only_one(small / ".hotline" / "site")
    with pytest.raises(Unavailable, match="另一个进程"):
        build(small, NOW)
    lock.close()
    assert build(small, NOW).cases > 0


@pytest.mark.parametrize("out", [".", "..", "cases/site", "registry", "notes"])
def test_no_other_folder_is_replaced(small: Path, out: str) -> None:
    (small / "notes").mkdir()
    (small / "notes" / "mine.txt").write_text("mine", "utf-8")
    before = digest(small)
    with pytest.raises(Unavailable):
        build(small, NOW, small / out)
    assert digest(small) == before


def test_edit_links_follow_the_configuration(small: Path) -> None:
    starter = (ROOT / "site_templates/starter/mkdocs.yml").read_text("utf-8")
    (small / "mkdocs.yml").write_text(
        starter + "repo_url: https://git.lezhi.example/12345/gd\n", "utf-8"
    )
    build(small, NOW)
    path = next((small / "cases").rglob("*.yaml")).relative_to(small).as_posix()
    html = (small / "site/cases" / Path(path).stem / "index.html").read_text("utf-8")
    assert f'href="https://git.lezhi.example/12345/gd/_edit/main/{path}"' in html.replace(
        "&#45;", "-"
    )


def test_an_empty_repository_has_a_site(tmp_path: Path) -> None:
    root = tmp_path / "data"
    root.mkdir()
    sample.repository(root, [])
    (root / "cases").rmdir()
    report = build(root, NOW)
    assert report.cases == 0 and report.broken == ()


def test_the_command_says_where(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(
        ["site", "build", "--repo", str(small), "--now", sample.NOW, "--out", str(small / "www")]
    )
    told = capsys.readouterr()
    assert code == 0 and told.err == ""
    assert f"首页：{small / 'www' / 'index.html'}" in told.out
    assert "件工单" in told.out


def test_the_tree_is_complete_for_another_builder(county: County) -> None:
    """Every page lies in the tree as a file, with a configuration that names them."""
    import yaml

    work = county.root / ".hotline" / "site"
    settings = yaml.safe_load((work / "mkdocs.yml").read_text("utf-8"))
    named = [path for entry in settings["nav"] for path in entry.values() if isinstance(path, str)]
    assert all((work / "docs" / path).is_file() for path in named)
    assert (county.root / ".hotline" / ".gitignore").read_text("utf-8") == "*\n"
    assert (work / "docs" / "units" / "housing-bureau" / "index.md").is_file()


def test_zensical_builds_the_same_tree(county: County, tmp_path: Path) -> None:
    """The successor of MkDocs Material: each page, no complaint, a search that knows them."""
    work = tmp_path / "tree"
    shutil.copytree(county.root / ".hotline" / "site", work)
    built = subprocess.run(
        [Path(sys.executable).with_name("zensical"), "build"],
        cwd=work, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    assert "No issues found" in built.stdout + built.stderr
    for page in (work / "docs").rglob("*.md"):
        path = page.relative_to(work / "docs")
        folder = path.parent if path.name == "index.md" else path.with_suffix("")
        assert (work / "site" / folder / "index.html").is_file(), path
    found = json.loads((work / "site" / "search.json").read_text("utf-8"))["items"]
    assert {"flow/", "measure/"} <= {item["location"].partition("#")[0] for item in found}


def test_the_browser_libraries_are_the_locked_ones() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "vendor.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lock = json.loads((ROOT / "site_templates/assets/vendor/LOCK.json").read_text("utf-8"))
    assert {p["license"] for p in lock["packages"]} == {"MIT"}


def test_only_the_flow_page_loads_mermaid(county: County) -> None:
    loading = [
        p.relative_to(county.out).as_posix()
        for p in county.out.rglob("*.html")
        if "mermaid.min.js" in p.read_text("utf-8")
    ]
    assert loading == ["flow/index.html"]


def test_the_search_script_was_mended(county: County) -> None:
    """The pinned theme still holds the loop that our mending looks for."""
    (worker,) = (county.out / "assets/javascripts/workers").glob("search.*.min.js")
    assert "o<=t.length;o++)t.slice(s,o)in e" in worker.read_text("utf-8")
