"""``hotline demo`` as a newcomer runs it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hotline.doors import demo as door
from hotline.doors.fault import Unavailable
from tests.support import shipped_rules

Run = Callable[..., tuple[int, str, str]]
NOW = "2026-11-24T10:20:00+08:00"


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=True
    )  # fmt: skip
    return done.stdout.strip()


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_check_finds_no_error(tmp_path: Path, hotline: Run, seed: str) -> None:
    target = str(tmp_path / "demo")
    code, out, err = hotline("demo", target, "--orders", "60", "--seed", seed, "--now", NOW)
    assert (code, err) == (0, "")
    assert "工单 60 件" in out
    assert "hotline check" in out
    code, out, _ = hotline("check", "--repo", target, "--now", NOW)
    assert code == 0, out
    assert "错误 0 处" in out


def test_the_same_arguments_give_the_same_commits(tmp_path: Path, hotline: Run) -> None:
    for name in ("one", "two"):
        hotline("demo", str(tmp_path / name), "--orders", "30", "--seed", "5", "--now", NOW)
    assert git(tmp_path / "one", "log", "--format=%H") == git(
        tmp_path / "two", "log", "--format=%H"
    )


def test_the_history_is_sound(tmp_path: Path, hotline: Run) -> None:
    root = tmp_path / "demo"
    hotline("demo", str(root), "--orders", "40", "--now", NOW)
    members = {m for unit in shipped_rules().registry.units.values() for m in unit.members}
    log = git(root, "log", "--reverse", "--format=%ae%x09%ce%x09%at%x09%ct%x09%s").splitlines()
    times = [int(line.split("\t")[2]) for line in log]
    assert times == sorted(times)
    for line in log:
        author, committer, written, recorded, _ = line.split("\t")
        assert author == committer and author in members
        assert written == recorded
    assert log[0].endswith("建立名录、时限规定和放假安排")
    assert git(root, "fsck", "--strict") == ""
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "branch", "--show-current") == "main"
    assert {"README.md", ".gitignore", "registry", "cases"} <= {p.name for p in root.iterdir()}


def test_without_history_the_files_are_the_same(tmp_path: Path, hotline: Run) -> None:
    hotline("demo", str(tmp_path / "long"), "--orders", "30", "--now", NOW)
    hotline("demo", str(tmp_path / "short"), "--orders", "30", "--now", NOW, "--no-history")
    assert git(tmp_path / "short", "rev-list", "--count", "HEAD") == "1"
    trees = [git(tmp_path / name, "rev-parse", "HEAD^{tree}") for name in ("long", "short")]
    assert trees[0] == trees[1]


def test_an_empty_folder_is_filled(tmp_path: Path, hotline: Run) -> None:
    root = tmp_path / "demo"
    root.mkdir()
    before = root.stat().st_ino
    assert hotline("demo", str(root), "--orders", "5", "--now", NOW)[0] == 0
    assert root.stat().st_ino == before
    assert git(root, "status", "--porcelain") == ""


def test_nothing_is_overwritten(tmp_path: Path, hotline: Run) -> None:
    root = tmp_path / "demo"
    root.mkdir()
    (root / "mine.txt").write_text("我的", "utf-8")
    code, out, err = hotline("demo", str(root))
    assert (code, out) == (2, "")
    assert "不是空文件夹" in err
    assert [p.name for p in root.iterdir()] == ["mine.txt"]
    code, _, err = hotline("demo", str(root / "mine.txt"))
    assert code == 2
    assert "不是文件夹" in err
    code, _, err = hotline("demo", str(tmp_path / "no" / "demo"))
    assert code == 2
    assert "没有文件夹" in err


def test_a_failure_leaves_nothing_behind(
    tmp_path: Path, hotline: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise Unavailable("磁盘已满")

    monkeypatch.setattr(door, "_put", full)
    code, _, err = hotline("demo", str(tmp_path / "demo"), "--orders", "5", "--now", NOW)
    assert code == 2
    assert "磁盘已满" in err
    assert list(tmp_path.iterdir()) == []


def test_what_git_refuses_is_told(
    tmp_path: Path, hotline: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_data", lambda content: b"nonsense\n")
    code, _, err = hotline("demo", str(tmp_path / "demo"), "--orders", "5", "--now", NOW)
    assert code == 2
    assert "git fast-import 失败" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--orders", "0"), "件数要在 1 到"),
        (("--orders", "x"), "的值不对"),
        (("--now", "2001-01-01T00:00:00+08:00"), "2013 至 2099"),
        (("--now", "yesterday"), "--now 的值不对"),
    ],
)
def test_wrong_use_ends_2(
    tmp_path: Path, hotline: Run, arguments: tuple[str, ...], words: str
) -> None:
    code, _, err = hotline("demo", str(tmp_path / "demo"), *arguments)
    assert code == 2
    assert words in err
    assert list(tmp_path.iterdir()) == []
