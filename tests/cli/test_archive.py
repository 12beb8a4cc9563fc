"""Dossiers of orders that are over: whole, the same when made again, and told when they are not."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NOW = "2026-11-21T09:00:00+08:00"
Hotline = Callable[..., tuple[int, str, str]]


class Archive:
    """A living county with its dossiers."""

    def __init__(self, root: Path, hotline: Hotline) -> None:
        self.root, self.hotline = root, hotline
        self.out = root / ".hotline" / "archive"

    def make(self, *arguments: str) -> tuple[int, str, str]:
        return self.hotline("archive", "--repo", str(self.root), "--now", NOW, *arguments)

    def verify(self, *arguments: str) -> tuple[int, list[str]]:
        code, out, err = self.make("verify", "--format", "json", *arguments)
        assert code in (0, 1), err
        return code, [
            f"{p['file']} {p['case']} {p['problem']}" for p in json.loads(out)["problems"]
        ]

    @property
    def bags(self) -> list[Path]:
        return sorted(path.parent for path in self.out.glob("*/*/bagit.txt"))

    def bytes(self) -> dict[str, bytes]:
        found = (path for path in self.out.rglob("*") if path.is_file())
        return {path.relative_to(self.out).as_posix(): path.read_bytes() for path in found}

    def git(self, *arguments: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=self.root, check=True, capture_output=True)

    def change(self, case: str) -> None:
        """The order goes on: one event more, committed."""
        (path,) = self.root.glob(f"cases/*/*/{case}.yaml")
        event = '  - {at: "2026-11-20T10:00:00+08:00", by: hotline-center, type: public_opinion, text: 有人转发, negative: false, caused_by_handling: false, impact: slight}\n'
        path.write_text(path.read_text("utf-8") + event, "utf-8")
        self.git("commit", "-qam", "later")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from hotline.cli.main import main

    root = tmp_path_factory.mktemp("archive") / "county"
    assert main(["demo", str(root), "--orders", "14", "--now", "2026-11-20T09:00:00+08:00"]) == 0
    assert main(["archive", "--repo", str(root), "--now", NOW]) == 0
    return root


@pytest.fixture
def archive(made: Path, tmp_path: Path, hotline: Hotline) -> Archive:
    shutil.copytree(made, tmp_path / "county", symlinks=True)
    return Archive(tmp_path / "county", hotline)


def test_every_order_that_is_over_has_its_dossier(archive: Archive) -> None:
    assert archive.verify() == (0, [])
    over = [
        path.stem
        for path in archive.root.glob("cases/*/*/*.yaml")
        if archive.hotline("show", path.stem, "--repo", str(archive.root))[1].find("已归档") >= 0
    ]
    kept = {path.parent.name for path in archive.out.glob("*/*/data/*/case.yaml")}
    assert set(over) <= kept
    assert kept


def test_a_dossier_can_be_read_by_a_person(archive: Archive) -> None:
    folder = next(path.parent for path in archive.out.glob("*/*/data/*/letter-1.txt"))
    index = (folder / "index.txt").read_text("utf-8")
    for path in folder.iterdir():
        if path.name != "index.txt":
            assert f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" in index
    told = json.loads((folder / "timeline.json").read_text("utf-8"))
    assert all(
        event["commit"] and event["author"] and event["recorded_at"] for event in told["timeline"]
    )
    assert (folder / "letter-1.docx").read_bytes().startswith(b"PK")


def test_other_programs_find_the_bags_whole(archive: Archive) -> None:
    bagit = [sys.executable, "-m", "bagit", "--validate", "--quiet"]
    assert subprocess.run([*bagit, *archive.bags], check=False).returncode == 0
    for bag in archive.bags:
        for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
            subprocess.run(
                ["sha256sum", "--quiet", "--strict", "-c", manifest], cwd=bag, check=True
            )


def test_made_again_nothing_is_written(archive: Archive) -> None:
    times = {path: path.stat().st_mtime_ns for path in archive.out.glob("*/*/**/*")}
    code, out, _ = archive.make("--format", "json", "--now", "2027-03-01T09:00:00+08:00")
    assert code == 0
    assert not any(bag["new"] for bag in json.loads(out)["bags"])
    assert {path: path.stat().st_mtime_ns for path in archive.out.glob("*/*/**/*")} == times


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kathmandu"])
def test_the_same_bytes_elsewhere(archive: Archive, tmp_path: Path, zone: str) -> None:
    hotline = Path(sys.executable).with_name("hotline")
    subprocess.run(
        [hotline, "archive", "--repo", archive.root, "--now", NOW, "--out", tmp_path / "other"],
        check=True, env={**os.environ, "TZ": zone, "LC_ALL": "C"}, capture_output=True,
    )  # fmt: skip
    wanted = archive.bytes()
    archive.out = tmp_path / "other"
    assert archive.bytes() == wanted


def test_an_order_that_went_on_makes_its_dossier_old(archive: Archive) -> None:
    case = next(archive.out.glob("*/*/data/*")).name
    archive.change(case)
    code, (problem,) = archive.verify()
    assert code == 1
    assert case in problem
    assert "又有变动" in problem
    archive.make()
    assert archive.verify() == (0, [])


def test_what_is_not_committed_is_not_archived(archive: Archive) -> None:
    case = next(archive.out.glob("*/*/data/*")).name
    (path,) = archive.root.glob(f"cases/*/*/{case}.yaml")
    path.write_text("id: 改\n", "utf-8")
    before = archive.bytes()
    archive.make()
    assert archive.bytes() == before


def _altered(bag: Path) -> None:
    next(bag.glob("data/*/case.yaml")).write_text("x", "utf-8")


def _removed(bag: Path) -> None:
    next(bag.glob("data/*/index.txt")).unlink()


def _added(bag: Path) -> None:
    (next(bag.glob("data/*")) / "extra.txt").write_text("x", "utf-8")


def _manifest(bag: Path) -> None:
    path = bag / "manifest-sha256.txt"
    path.write_text(path.read_text("utf-8").replace("index.txt", "index.md"), "utf-8")


def _link(bag: Path) -> None:
    path = next(bag.glob("data/*/case.yaml"))
    path.unlink()
    path.symlink_to("/etc/passwd")


def _fetch(bag: Path) -> None:
    (bag / "fetch.txt").write_text("http://evil.example/x 3 data/x\n", "utf-8")


def _outside(bag: Path) -> None:
    path = bag / "manifest-sha256.txt"
    path.write_text(f"{path.read_text('utf-8')}{'0' * 64}  ../../../../../../etc/passwd\n", "utf-8")


def _binary(bag: Path) -> None:
    (bag / "manifest-sha256.txt").write_bytes(b"\xff\xfe\x00" * 99)


def _no_declaration(bag: Path) -> None:
    (bag / "bagit.txt").unlink()


def _empty(bag: Path) -> None:
    (bag / "bagit.txt").write_bytes(b"")


DAMAGES = {
    "altered": (_altered, "内容被改动"), "removed": (_removed, "缺少"), "added": (_added, "清单里没有"),
    "manifest": (_manifest, "index.md"), "link": (_link, "链接"), "fetch": (_fetch, "不该有"),
    "outside": (_outside, ""), "binary": (_binary, ""), "undeclared": (_no_declaration, "缺少"),
    "empty": (_empty, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", list(DAMAGES))
def test_each_damage_is_told_and_mended(archive: Archive, name: str) -> None:
    damage, words = DAMAGES[name]
    damage(archive.bags[0])
    code, problems = archive.verify()
    assert code == 1
    assert any(words in problem for problem in problems), problems
    assert "root:" not in "".join(problems)
    archive.make()
    assert archive.verify() == (0, [])


def test_a_bag_forged_as_a_whole_is_held_against_history(archive: Archive) -> None:
    """Every hash fits, but the order never was like that."""
    import bagit  # type: ignore[import-untyped]

    bag = archive.bags[0]
    path = next(bag.glob("data/*/case.yaml"))
    path.write_text(path.read_text("utf-8").replace("accepted", "accepted, note: 伪"), "utf-8")
    bagit.Bag(str(bag)).save(manifests=True)
    code, problems = archive.verify()
    assert code == 1
    assert any("与所记提交里的工单不一致" in problem for problem in problems)


def test_a_missing_bag_is_told_by_its_orders(archive: Archive) -> None:
    bag = archive.bags[0]
    cases = sorted(path.name for path in (bag / "data").iterdir())
    shutil.rmtree(bag)
    code, problems = archive.verify()
    assert code == 1
    assert sorted(p.split()[0] for p in problems) == cases
    assert all("缺少卷宗" in p for p in problems)


def test_by_unit_and_month(archive: Archive) -> None:
    bag = archive.bags[0]
    shutil.rmtree(archive.out)
    code, *_ = archive.make("--unit", bag.parent.name, "--month", bag.name)
    assert code == 0
    assert archive.bags == [bag]
    assert archive.verify("--unit", bag.parent.name, "--month", bag.name) == (0, [])
    assert archive.verify()[0] == 1


def test_past_its_time_a_dossier_is_to_be_reviewed(archive: Archive) -> None:
    _, out, _ = archive.make("verify", "--format", "json", "--now", "2099-01-01T00:00:00+08:00")
    assert len(json.loads(out)["review"]) == len(archive.bags)
    _, out, _ = archive.make("verify", "--format", "json")
    assert json.loads(out)["review"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--unit", "housing-burea"], "housing-bureau"), (["--month", "2026-13"], "2026-10"),
     (["verify", "--out", "/nowhere/at/all"], "没有卷宗")],
)  # fmt: skip
def test_a_wrong_use_says_the_way_out(archive: Archive, arguments: list[str], words: str) -> None:
    code, out, err = archive.make(*arguments)
    assert (code, out) == (2, "")
    assert words in err


def test_a_folder_without_history(repository: Any, hotline: Hotline) -> None:
    code, _, err = hotline("archive", "--repo", str(repository.root))
    assert code == 2
    assert "git" in err


@pytest.mark.parametrize("after", [2, 9, 30])
def test_killed_it_goes_on(archive: Archive, after: int) -> None:
    """Killed while bags are put away: nothing half, and the next run makes it whole."""
    wanted = archive.bytes()
    shutil.rmtree(archive.out)
    script = f"""
import os, signal
from pathlib import Path
left = [{after}]
rename = Path.rename
def counted(self, *arguments):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, *arguments)
Path.rename = counted
from hotline.cli.main import main
main(["archive", "--repo", {str(archive.root)!r}, "--now", {NOW!r}])
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
    for bag in archive.bags:
        assert not [p for p in archive.verify("--unit", bag.parent.name)[1] if "缺少卷宗" not in p]
    assert done.returncode in (0, -signal.SIGKILL)
    archive.make()
    assert archive.bytes() == wanted
    assert not list(archive.out.rglob(".*"))
