"""What lies under ``cases/`` and is no work order: seen, refused, never followed or opened."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hotline.doors.disk import list_cases
from tests.corpus import CLEAN, NOW, PATH

SECRET = "王大锤的电话是13881234567"
STRAYS = (
    "cases/2026/10/LZ-20261013-0008.yml",
    "cases/2026/10/LZ-20261013-0008.YAML",
    "cases/2026/10/LZ-20261013-0008 (副本).yaml",
    "cases/2026/10/副本.yaml",
    "cases/2026/10/LZ-20261013-0008.yaml ",
    "cases/2026/10/LZ-20261013-0008.yaml~",
    "cases/2026/10/LZ-20261013-0008.yaml.bak",
    "cases/2026/10/.LZ-20261013-0008.yaml.swp",
    "cases/2026/10/LZ-20261013-0008.yaml\n",
    "cases/2026/10/$(id).yaml",
    "cases/2026/10/a,b.yaml",
    "cases/2026/10/LZ-２０２６１０１３-0008.yaml",
    "cases/README.md",
    "cases/2026/10/Thumbs.db",
    "cases/2026/10/工单.xlsx",
    "cases/2026/10/LZ-20261013-0008.json",
    "cases/LZ-20261013-0008.yaml/说明.txt",
)


def strays_told(hotline, root: Path) -> list[str]:
    """The paths for which ``check`` tells S020, after it was seen that all formats get through."""
    for form in ("text", "github", "markdown", "sarif", "json"):
        code, out, err = hotline("check", "--repo", str(root), "--now", NOW, "--format", form)
        assert code == 1, err
        assert SECRET not in out + err
        assert "Traceback" not in out + err
    found = json.loads(out)["findings"]
    assert {(f["code"], f["line"], f["column"]) for f in found} == {("S020", 1, 1)}, found
    return [f["path"] for f in found]


@pytest.mark.parametrize("name", STRAYS, ids=lambda name: repr(name.rsplit("/", 1)[1]))
def test_a_file_that_is_no_work_order_is_told(name: str, repository, hotline) -> None:
    (repository.root / name).parent.mkdir(parents=True, exist_ok=True)
    (repository.root / name).write_text(SECRET, "utf-8")
    assert strays_told(hotline, repository.root) == [name]


def test_a_link_is_told_and_what_it_points_at_is_not_shown(
    repository, hotline, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}: [\n", "utf-8")
    place = repository.root / PATH
    place.parent.mkdir(parents=True)
    place.symlink_to(secret)
    assert strays_told(hotline, repository.root) == [PATH]


def test_a_link_to_a_good_case_is_told_as_well(repository, hotline, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(CLEAN, "utf-8")
    place = repository.root / PATH
    place.parent.mkdir(parents=True)
    place.symlink_to(tmp_path / "good.yaml")
    assert strays_told(hotline, repository.root) == [PATH]


def test_a_case_that_names_a_linked_file_does_not_stop_the_check(
    repository, hotline, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text(SECRET, "utf-8")
    link = repository.root / "cases/2026/09/LZ-20260901-0003.yaml"
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "secret")
    case = repository.root / PATH
    case.parent.mkdir(parents=True)
    linked = "type: linked, cases: [LZ-20260901-0003], same: problem"
    by = "at: 2026-10-13T10:25:00+08:00, by: hotline-center"
    case.write_text(f"{CLEAN}  - {{{by}, {linked}}}\n", "utf-8")
    code, out, err = hotline("check", "--repo", str(repository.root), "--now", NOW)
    assert code == 1, err
    assert "S020" in out
    assert "X010" in out
    assert SECRET not in out + err


def test_a_link_to_nothing_and_a_link_in_a_circle_are_told(repository, hotline) -> None:
    folder = repository.root / "cases/2026"
    folder.mkdir()
    (folder / "nothing.yaml").symlink_to("/nonexistent")
    (folder / "round.yaml").symlink_to("round.yaml")
    assert strays_told(hotline, repository.root) == [
        "cases/2026/nothing.yaml",
        "cases/2026/round.yaml",
    ]


def test_a_linked_folder_is_told_and_not_entered(repository, hotline, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "LZ-20261013-0007.yaml").write_text(SECRET, "utf-8")
    (repository.root / "cases/2026").symlink_to(outside)
    assert strays_told(hotline, repository.root) == ["cases/2026"]


def test_a_linked_cases_folder_is_told_and_not_entered(repository, hotline, tmp_path: Path) -> None:
    (repository.root / "cases").rmdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/LZ-20261013-0007.yaml").write_text(SECRET, "utf-8")
    (repository.root / "cases").symlink_to(tmp_path / "outside")
    assert strays_told(hotline, repository.root) == ["cases"]


def test_a_pipe_is_told_and_not_waited_for(repository, hotline) -> None:
    (repository.root / "cases/2026").mkdir()
    os.mkfifo(repository.root / "cases/2026/LZ-20261013-0007.yaml")
    assert strays_told(hotline, repository.root) == ["cases/2026/LZ-20261013-0007.yaml"]


def test_a_folder_with_the_name_of_a_case_is_looked_into(repository, hotline) -> None:
    folder = repository.root / PATH
    folder.mkdir(parents=True)
    (folder / "LZ-20261013-0007.yaml").write_text(CLEAN, "utf-8")
    code, out, _ = hotline(
        "check", "--repo", str(repository.root), "--now", NOW, "--format", "json"
    )
    assert code == 1
    assert [(f["code"], f["line"]) for f in json.loads(out)["findings"]] == [("S020", 1)]


def test_a_name_that_is_no_utf8_is_told_with_its_bytes(repository, hotline) -> None:
    name = os.fsencode(repository.root / "cases") + b"/\xff\xe5.yaml"
    Path(os.fsdecode(name)).write_text(CLEAN, "utf-8")
    assert strays_told(hotline, repository.root) == [r"cases/\xff\xe5.yaml"]


def test_a_very_deep_folder_is_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cases").mkdir()
    monkeypatch.chdir(tmp_path / "cases")
    for _ in range(1200):
        Path("a").mkdir()
        os.chdir("a")
    Path("x.yml").touch()
    try:
        assert list_cases(tmp_path).strays == ["cases/" + "a/" * 1200 + "x.yml"]
    finally:  # pytest itself cannot remove what is so deep
        Path("x.yml").unlink()
        for _ in range(1200):
            os.chdir("..")
            Path("a").rmdir()


def test_one_bad_file_does_not_stop_the_others(repository, hotline) -> None:
    folder = repository.root / "cases/2026/10"
    folder.mkdir(parents=True)
    (folder / "LZ-20261013-0001.yaml").write_bytes(b"\xff\xfe\0")
    (folder / "LZ-20261013-0002.yaml").write_text("id: [", "utf-8")
    (folder / "LZ-20261013-0007.yaml").write_text(CLEAN.replace("complaint", "complain"), "utf-8")
    code, out, _ = hotline(
        "check", "--repo", str(repository.root), "--now", NOW, "--format", "json"
    )
    found = json.loads(out)["findings"]
    assert code == 1
    assert [(f["path"][-7:-5], f["code"]) for f in found] == [
        ("01", "S001"),
        ("02", "S001"),
        ("07", "S010"),
    ]
