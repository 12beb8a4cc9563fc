"""Dossiers of orders that are over: whole, the same when made again, and told when they are not."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from hotline.archive.bag import bagged, read_info
from hotline.demo.seals import placeholder
from tests.support import ROOT, every

NOW = "2026-11-21T09:00:00+08:00"
Hotline = Callable[..., tuple[int, str, str]]
_BY = 'at: "2026-11-20T10:00:00+08:00", by: hotline-center'
LATER = (
    f"  - {{{_BY}, type: public_opinion, text: 有人转发, negative: false,"
    " caused_by_handling: false, impact: slight}\n"
)
REDO = f"  - {{{_BY}, type: redo_ordered, reason: 不满意, cause: dissatisfied}}\n"
"""Events as lines of a file."""


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
            " ".join(filter(None, (p["file"], p["problem"], p["case"])))
            for p in json.loads(out)["problems"]
        ]

    @property
    def bags(self) -> list[Path]:
        return sorted(path.parent for path in self.out.glob("*/*/bagit.txt"))

    def bytes(self) -> dict[str, bytes]:
        found = (path for path in self.out.rglob("*") if path.is_file())
        return {path.relative_to(self.out).as_posix(): path.read_bytes() for path in found}

    def git(self, *arguments: str) -> str:
        who = ["-c", "user.name=t", "-c", "user.email=clerk@hotline-center.lezhi.example"]
        command = ["git", *who, *arguments]
        done = subprocess.run(command, cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def path(self, case: str) -> Path:
        (path,) = self.root.glob(f"cases/*/*/{case}.yaml")
        return path

    def change(self, case: str, event: str = LATER) -> None:
        """The order goes on: one event more, committed."""
        path = self.path(case)
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


@pytest.mark.parametrize("zone", every(2, ["Asia/Kathmandu", "America/New_York"]))
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
    letters = archive.root / "site_templates" / "letters"
    letters.mkdir(parents=True)
    for template in (ROOT / "site_templates" / "letters").iterdir():
        (letters / template.name).write_bytes(b"x")
    before = archive.bytes()
    archive.make()
    assert archive.bytes() == before


def _case(bag: Path) -> Path:
    return next(bag.glob("data/*/case.yaml"))


def _alter(bag: Path) -> None:
    _case(bag).write_text("x", "utf-8")


def _flip(bag: Path) -> None:
    """One bit: the size stays."""
    blob = bytearray(_case(bag).read_bytes())
    blob[7] ^= 1
    _case(bag).write_bytes(blob)


def _remove(bag: Path) -> None:
    next(bag.glob("data/*/index.txt")).unlink()


def _add(bag: Path) -> None:
    (next(bag.glob("data/*")) / "extra.txt").write_text("x", "utf-8")


def _hide(bag: Path) -> None:
    (bag / "data" / ".hidden").write_text("x", "utf-8")


def _say(name: str, text: bytes, *, more: bool = False) -> Callable[[Path], None]:
    def damage(bag: Path) -> None:
        path = bag / name
        path.write_bytes((path.read_bytes() if more else b"") + text)

    return damage


def _rename_in_manifest(bag: Path) -> None:
    path = bag / "manifest-sha256.txt"
    path.write_text(path.read_text("utf-8").replace("index.txt", "index.md"), "utf-8")


def _link(bag: Path) -> None:
    _case(bag).unlink()
    _case_path = next(bag.glob("data/*")) / "case.yaml"
    _case_path.symlink_to("/etc/passwd")


def _link_folder(bag: Path) -> None:
    (bag / "data" / "LZ-20261013-9999").symlink_to("/etc")


def _link_data(bag: Path) -> None:
    (bag / "data").rename(bag.parent / ".data")
    (bag / "data").symlink_to(bag.parent / ".data")


def _link_bag(bag: Path) -> None:
    bag.rename(bag.parent / ".away")
    bag.symlink_to(bag.parent / ".away")


def _pipe(bag: Path) -> None:
    """Whoever opens it waits for ever."""
    (bag / "manifest-sha256.txt").unlink()
    os.mkfifo(bag / "manifest-sha256.txt")


def _huge(bag: Path) -> None:
    with (bag / "manifest-sha256.txt").open("r+b") as file:
        file.truncate(1 << 40)


def _undeclare(bag: Path) -> None:
    (bag / "bagit.txt").unlink()


def _empty(bag: Path) -> None:
    shutil.rmtree(bag)
    bag.mkdir()


_ZEROS = b"0" * 64
_MANIFEST = "manifest-sha256.txt"
DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "altered": (_alter, "case.yaml 内容被改动"),
    "flipped": (_flip, "case.yaml 内容被改动"),
    "removed": (_remove, "index.txt 缺少"),
    "added": (_add, "extra.txt 清单里没有"),
    "hidden": (_hide, ".hidden 文件名不可用"),
    "manifest": (_rename_in_manifest, "manifest-sha256.txt 内容被改动"),
    "link": (_link, "case.yaml 是链接"),
    "linked folder": (_link_folder, "是链接"),
    "linked data": (_link_data, "data 是链接"),
    "linked bag": (_link_bag, "是链接"),
    "pipe": (_pipe, "特殊文件"),
    "fetch": (_say("fetch.txt", b"http://evil.example/x 3 data/x\n"), "fetch.txt 不该有"),
    "other manifest": (_say("manifest-md5.txt", b""), "manifest-md5.txt 不该有"),
    "traversal": (
        _say(_MANIFEST, _ZEROS + b"  ../../../../../etc/passwd\n", more=True),
        "文件名不可用",
    ),
    "sibling": (_say(_MANIFEST, _ZEROS + b"  ../2026-10-x/y\n", more=True), "文件名不可用"),
    "absolute": (_say("tagmanifest-sha256.txt", _ZEROS + b"  /etc/passwd\n"), "文件名不可用"),
    "NUL": (_say(_MANIFEST, _ZEROS + b"  data/\0\n"), "NUL"),
    "binary": (_say(_MANIFEST, b"\xff\xfe\0" * 99), "不是 UTF-8"),
    "utf-16": (
        _say("bag-info.txt", "Retention-Until: 2036-12-31\n".encode("utf-16")),
        "不是 UTF-8",
    ),
    "codec": (
        _say("bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: zip\n"),
        "不是本程序写的",
    ),
    "huge": (_huge, "太大"),
    "undeclared": (_undeclare, "bagit.txt 缺少"),
    "empty": (_empty, "缺少"),
}


@pytest.mark.parametrize("name", list(DAMAGES))
def test_each_damage_is_told_and_mended(archive: Archive, name: str) -> None:
    damage, words = DAMAGES[name]
    bag = archive.bags[0]
    damage(bag)
    with only_below(archive.root) as strangers:
        code, problems = archive.verify("--unit", bag.parent.name)
    assert code == 1
    assert any(words in problem for problem in problems), problems
    assert not strangers
    assert archive.make()[0] == 0
    assert archive.verify("--unit", bag.parent.name) == (0, [])


_watched: list[list[str]] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _watched and isinstance(arguments[0], str | bytes | os.PathLike):
        _watched[-1].append(os.fsdecode(arguments[0]))


sys.addaudithook(_hook)


@contextmanager
def only_below(root: Path) -> Iterator[list[str]]:
    """Collects the files of /etc that are opened meanwhile, by whatever way."""
    strangers: list[str] = []
    _watched.append([])
    yield strangers
    opened = _watched.pop()
    strangers += [name for name in opened if os.path.realpath(name).startswith("/etc/passwd")]


def forge(bag: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Changes a file, and all that bears witness of it in the bag."""
    path = next(bag.glob(f"data/*/{name}"))
    path.write_bytes(change(path.read_bytes()))
    payload = {
        found.relative_to(bag / "data").as_posix(): found.read_bytes()
        for found in (bag / "data").rglob("*")
        if found.is_file()
    }
    info = read_info((bag / "bag-info.txt").read_bytes())
    del info["Payload-Oxum"]
    for name, blob in bagged(payload, list(info.items())).items():
        (bag / name).write_bytes(blob)


def test_a_bag_forged_as_a_whole_is_held_against_history(archive: Archive) -> None:
    """Every hash fits, but the order never was like that."""
    forge(
        archive.bags[0], "case.yaml", lambda blob: blob.replace(b"accepted", b"accepted, note: x")
    )
    code, problems = archive.verify()
    assert code == 1
    assert [problem for problem in problems if "与所记提交" in problem]


@pytest.mark.parametrize(
    "told",
    [b"", b"[" * 200_000, b"\xff", b"[1]", b'{"commit": 7}', b'{"commit": "HEAD"}',
     b'{"commit": "--all"}', b'{"commit": "' + b"0" * 40 + b'"}'],
    ids=lambda told: ascii(told)[:20],
)  # fmt: skip
def test_a_course_that_names_no_commit_is_told(archive: Archive, told: bytes) -> None:
    bag = archive.bags[0]
    forge(bag, "timeline.json", lambda _: told)
    code, problems = archive.verify("--unit", bag.parent.name)
    assert code == 1
    assert [p for p in problems if "没有写明提交" in p or "与所记提交" in p]


@pytest.mark.parametrize("name", ["letter-1.txt", "timeline.json", "index.txt"])
def test_made_again_a_forged_file_is_found(archive: Archive, name: str) -> None:
    bag = next(archive.out.glob(f"*/*/data/*/{name}")).parents[2]
    forge(bag, name, lambda blob: blob.replace(b"2026", b"2025").replace("县".encode(), b"X"))
    assert archive.verify("--unit", bag.parent.name) == (0, [])
    code, problems = archive.verify("--unit", bag.parent.name, "--rebuild")
    assert code == 1
    assert [p for p in problems if name in p]


def test_made_again_a_whole_archive_is_the_same(archive: Archive) -> None:
    assert archive.verify("--rebuild") == (0, [])


@pytest.mark.parametrize("text", ["永久", "9999-99-99"])
def test_a_bag_must_say_until_when_it_is_kept(archive: Archive, text: str) -> None:
    bag = archive.bags[0]
    path = bag / "bag-info.txt"
    info = {**read_info(path.read_bytes()), "Retention-Until": text}
    path.write_text("".join(f"{key}: {value}\n" for key, value in info.items()), "utf-8")
    forge(bag, "case.yaml", lambda blob: blob)
    code, problems = archive.verify("--unit", bag.parent.name)
    assert code == 1
    assert [p for p in problems if "没有写明保管到哪天" in p]


def test_a_link_in_place_of_a_unit_is_not_entered(archive: Archive, tmp_path: Path) -> None:
    unit = archive.bags[0].parent
    unit.rename(tmp_path / "elsewhere")
    unit.symlink_to(tmp_path / "elsewhere")
    before = sorted((tmp_path / "elsewhere").rglob("*"))
    code, problems = archive.verify()
    assert code == 1
    assert [p for p in problems if "是链接" in p]
    code, _, err = archive.make()
    assert code == 2
    assert "是链接" in err
    assert sorted((tmp_path / "elsewhere").rglob("*")) == before


def test_names_that_command_a_terminal_are_shown_as_text(archive: Archive) -> None:
    (archive.bags[0] / "data" / "\x1b[31mx\u202e").write_text("x")
    (archive.bags[0] / os.fsdecode(b"\xff")).write_text("x")
    code, out, _ = archive.make("verify")
    assert code == 1
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_an_order_taken_up_again_has_an_old_dossier(archive: Archive) -> None:
    case = next(archive.out.glob("*/*/data/*")).name
    archive.change(case, REDO)
    code, problems = archive.verify()
    assert code == 1
    assert [p for p in problems if case in p and "又在办理" in p]


def test_a_bag_without_an_order_is_left_and_told(archive: Archive) -> None:
    bag = next(bag for bag in archive.bags if len(list((bag / "data").iterdir())) == 1)
    archive.change(next((bag / "data").iterdir()).name, REDO)
    before = archive.bytes()
    code, _, err = archive.make()
    assert code == 0
    assert f"{bag.parent.name}/{bag.name}" in err
    assert archive.bytes() == before


def test_orders_that_cannot_be_read_are_told(archive: Archive) -> None:
    (one, other) = [archive.path(path.name) for path in list(archive.out.glob("*/*/data/*"))[:2]]
    one.write_text("id: x\n", "utf-8")
    shutil.copy(other, archive.root / "cases" / other.name)
    archive.git("add", "-A")
    archive.git("commit", "-qm", "broken")
    code, problems = archive.verify()
    assert code == 1
    assert [p for p in problems if one.stem in p and "读不出" in p]
    assert [p for p in problems if other.stem in p and "与另一个文件相同" in p]
    code, _, err = archive.make()
    assert code == 1
    assert "读不出" in err
    assert "与另一个文件相同" in err


def test_of_a_merge_the_side_that_was_taken_is_named(archive: Archive) -> None:
    """The newer commit of the other side never held the order as it is now."""
    case = next(archive.out.glob("*/*/data/*")).name
    start = archive.git("rev-parse", "HEAD")
    archive.change(case)
    own = archive.path(case).read_bytes()
    taken = archive.git("rev-parse", "HEAD")
    archive.git("checkout", "-q", "-b", "side", start)
    archive.change(case, LATER.replace("有人转发", "别的话"))
    archive.git("merge", "-q", "-s", "ours", "-m", "merge", "main")
    archive.path(case).write_bytes(own)
    archive.git("commit", "-q", "-a", "--amend", "--no-edit")
    assert archive.make()[0] == 0
    assert archive.verify() == (0, [])
    (told,) = archive.out.glob(f"*/*/data/{case}/timeline.json")
    assert json.loads(told.read_bytes())["commit"] == taken


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="OpenSSH is not installed")
def test_the_course_says_who_signed(archive: Archive, tmp_path: Path) -> None:
    key, clerk = tmp_path / "key", "clerk@hotline-center.lezhi.example"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    units = archive.root / "registry" / "units.yaml"
    ssh = " ".join(key.with_suffix(".pub").read_text().split()[:2])
    text = units.read_text("utf-8")
    entry = next(line for line in text.splitlines() if f"email: {clerk}" in line)
    assert f"{entry}\n        keys: []" in text
    new = text.replace(f"{entry}\n        keys: []", f"{entry}\n        keys: [{{ssh: '{ssh}'}}]")
    units.write_text(new, "utf-8")
    archive.git("commit", "-qam", "key")
    case = next(archive.out.glob("*/*/data/*")).name
    archive.git("config", "gpg.format", "ssh")
    archive.git("config", "user.signingkey", str(key))
    archive.git("config", "commit.gpgsign", "true")
    archive.change(case)
    archive.make()
    (told,) = archive.out.glob(f"*/*/data/{case}/timeline.json")
    *_, last = json.loads(told.read_bytes())["timeline"]
    assert (last["signature"], last["signed_by"]) == ("good", clerk)
    assert f"签名有效（{clerk}）" in told.with_suffix(".txt").read_text("utf-8")


def test_a_missing_bag_is_told_by_its_orders(archive: Archive) -> None:
    bag = archive.bags[0]
    cases = sorted(path.name for path in (bag / "data").iterdir())
    shutil.rmtree(bag)
    code, problems = archive.verify()
    assert code == 1
    assert sorted(p.split()[1] for p in problems) == cases
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


CALLS = {"rename": "Path.rename", "fsync": "os.fsync", "exchange": "bags._exchanged"}


@pytest.mark.parametrize(
    ("call", "after"),
    every(
        2,
        [
            ("rename", 1),
            ("rename", 5),
            ("fsync", 40),
            ("fsync", 3),
            ("exchange", 2),
            ("exchange", 0),
        ],
    ),
)
@pytest.mark.parametrize("atomic", [True, False], ids=["exchange", "two renames"])
def test_killed_it_goes_on(archive: Archive, call: str, after: int, atomic: bool) -> None:
    """Killed while bags are put away, over old ones: each is the old or the new one, and the next
    run makes all of them new, and nothing else is left."""
    old = archive.bytes()
    for bag in archive.bags[:4]:
        archive.change(next((bag / "data").iterdir()).name)
    if call == "rename" and atomic:
        shutil.rmtree(archive.bags[0])
    archive.make("--out", str(archive.root / "wanted"))
    script = f"""
import os, signal
from pathlib import Path
from hotline.doors import bags
if not {atomic}:
    bags._exchanged = lambda one, other: False
left, real = [{after}], {CALLS[call]}
def counted(*arguments):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments)
{CALLS[call]} = counted
from hotline.cli.main import main
main(["archive", "--repo", {str(archive.root)!r}, "--now", {NOW!r}])
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    between = archive.bytes()
    assert archive.make()[0] == 0
    made, archive.out = archive.bytes(), archive.root / "wanted"
    wanted = archive.bytes()
    assert made == wanted
    for bag in archive.bags if atomic else []:
        mine = f"{bag.parent.name}/{bag.name}/"
        assert of(between, mine) in ({}, of(old, mine), of(wanted, mine))


def of(files: dict[str, bytes], prefix: str) -> dict[str, bytes]:
    return {name: blob for name, blob in files.items() if name.startswith(prefix)}


def test_an_archive_elsewhere(archive: Archive, tmp_path: Path) -> None:
    """What else lies in the folder is left alone."""
    out = tmp_path / "disk"
    (out / ".new-x").mkdir(parents=True)
    (out / "housing-bureau" / ".old-2026-10").mkdir(parents=True)
    (out / "说明.txt").write_text("x")
    assert archive.make("--out", str(out))[0] == 0
    assert (out / ".new-x").is_dir()
    assert (out / "housing-bureau" / ".old-2026-10").is_dir()
    assert archive.verify("--out", str(out)) == (0, [])
    assert stat.S_IMODE(next(out.glob("*/*/data")).stat().st_mode) & 0o055


@pytest.mark.parametrize("name", ["file", "below/a/file"])
def test_an_archive_that_cannot_be_made_is_told(
    archive: Archive, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("x")
    code, out, err = archive.make("--out", str(tmp_path / name))
    assert (code, out) == (2, "")
    assert "程序出错" not in err
    shutil.rmtree(archive.bags[0])
    unit = archive.bags[0].parent
    shutil.rmtree(unit)
    unit.write_text("x")
    code, _, err = archive.make()
    assert code == 2
    assert "程序出错" not in err


# --- what an archive must not lose, and where it must not lie -----------------------------------


def _with_several(archive: Archive) -> tuple[Path, str]:
    """A bag with more than one dossier, and one of its orders."""
    bag = next(bag for bag in archive.bags if len(list((bag / "data").iterdir())) > 1)
    return bag, next((bag / "data").iterdir()).name


@pytest.mark.parametrize("text", [None, "id: [\n"], ids=["deleted", "broken"])
def test_a_dossier_that_cannot_be_made_again_is_not_lost(
    archive: Archive, text: str | None
) -> None:
    bag, case = _with_several(archive)
    if text is None:
        archive.path(case).unlink()
    else:
        archive.path(case).write_text(text, "utf-8")
    archive.git("commit", "-qam", "lost")
    before = archive.bytes()
    code, out, err = archive.make("--format", "json")
    assert code == 1
    assert case in err
    (row,) = (row for row in json.loads(out)["bags"] if row["lost"])
    assert (row["unit"], row["month"], row["lost"]) == (bag.parent.name, bag.name, [case])
    assert archive.bytes() == before
    code, problems = archive.verify()
    assert code == 1
    assert any(case in problem for problem in problems)


@pytest.mark.parametrize("place", [".", "..", "cases", "cases/2026", "registry", ".git"])
def test_dossiers_do_not_lie_among_orders(archive: Archive, place: str) -> None:
    before = archive.git("status", "--porcelain")
    code, out, err = archive.make("--out", str(archive.root / place))
    assert (code, out) == (2, "")
    assert "请放到别的文件夹" in err
    assert archive.git("status", "--porcelain") == before


def test_a_folder_can_be_named_to_verify(archive: Archive, tmp_path: Path) -> None:
    archive.out.rename(tmp_path / "disk")
    archive.out = tmp_path / "disk"
    unit = archive.bags[0].parent.name
    assert archive.verify(str(archive.out)) == (0, [])
    assert archive.verify("--unit", unit, str(archive.out)) == (0, [])
    code, out, _ = archive.make("--unit", unit, "verify", str(archive.out), "--format", "json")
    assert code == 0
    assert json.loads(out)["summary"]["bags"] == len(list((archive.out / unit).iterdir()))
    assert archive.make("verify")[0] == 2
    code, _, err = archive.make("verify", str(archive.bags[0]))
    assert code == 2
    assert "上两级" in err


def test_the_longest_time_of_keeping_can_be_told(archive: Archive) -> None:
    for path in archive.root.glob("registry/policy/*.yaml"):
        text = path.read_text("utf-8").replace("retention_years: 10 ", "retention_years: 100 ")
        path.write_text(text, "utf-8")
    archive.git("commit", "-qam", "kept for long")
    archive.make()
    assert "Retention-Until: 2126-12-31\n" in (archive.bags[0] / "bag-info.txt").read_text("utf-8")
    assert archive.verify() == (0, [])


def test_the_moment_of_making_leaves_no_trace(archive: Archive) -> None:
    """Even where a commit says that it is of a moment which has not come yet."""
    case = next(archive.out.glob("*/*/data/*")).name
    path = archive.path(case)
    path.write_text(path.read_text("utf-8") + LATER, "utf-8")
    archive.git("add", "-A")
    date = {"GIT_COMMITTER_DATE": "2026-12-24T12:00:00+08:00"}
    who = ["-c", "user.name=t", "-c", "user.email=clerk@hotline-center.lezhi.example"]
    command = ["git", *who, "commit", "-qm", "ahead"]
    subprocess.run(command, cwd=archive.root, check=True, env={**os.environ, **date})
    archive.make("--now", "2026-12-01T09:00:00+08:00")
    before = archive.bytes()
    archive.make("--now", "2027-01-15T09:00:00+08:00")
    assert archive.bytes() == before


def test_events_that_differ_in_words_only_have_their_own_commits(archive: Archive) -> None:
    case = next(archive.out.glob("*/*/data/*")).name
    archive.change(case)
    first = archive.git("rev-parse", "HEAD")
    archive.change(case, LATER.replace("text: ", "text: 又"))
    second = archive.git("rev-parse", "HEAD")
    archive.make()
    folder = next(archive.out.glob(f"*/*/data/{case}"))
    told = json.loads((folder / "timeline.json").read_text("utf-8"))["timeline"][-2:]
    assert [row["commit"] for row in told] == [first, second]
    assert {row["author"] for row in told} == {"clerk@hotline-center.lezhi.example"}


def test_what_the_audit_finds_in_an_order_is_in_its_dossier(archive: Archive) -> None:
    case = next(archive.out.glob("*/*/data/*")).name
    path = archive.path(case)
    path.write_text(path.read_text("utf-8").replace("title: ", "title: 改过的", 1), "utf-8")
    archive.git("commit", "-qam", "rewritten")
    commit = archive.git("rev-parse", "HEAD")
    archive.make()
    folder = next(archive.out.glob(f"*/*/data/{case}"))
    told = json.loads((folder / "findings.json").read_text("utf-8"))["history"]
    assert [row["commit"] for row in told if row["code"] == "A002"] == [commit]
    assert " A002 " in (folder / "index.txt").read_text("utf-8")


def test_folders_without_end_are_refused(archive: Archive) -> None:
    bag = archive.bags[0]
    here = Path.cwd()
    os.chdir(bag / "data")
    try:
        for _ in range(1500):
            Path("d").mkdir()
            os.chdir("d")
    finally:
        os.chdir(here)
    try:
        code, problems = archive.verify()
        assert code == 1
        assert any("不该有的文件夹" in problem for problem in problems)
        code, _, err = archive.make()
        assert code == 2
        assert "太深" in err
    finally:  # Python itself cannot take them away
        subprocess.run(["rm", "-rf", bag], check=True)
    assert archive.make()[0] == 0
    assert archive.verify() == (0, [])


def test_what_is_sealed_stays_sealed(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever keys lie about, the order's file alone holds what is sealed, and letters name
    nobody."""
    monkeypatch.setenv("HOTLINE_IDENTITY", str(tmp_path / "identity"))
    (tmp_path / "identity").write_text("AGE-SECRET-KEY-1", "utf-8")
    letter = next(p for p in archive.out.glob("*/*/data/*/letter-1.txt") if _is_addressed(p))
    case = letter.parent.name
    seal = yaml.safe_dump({"sealed": {"person": placeholder(case, "person", ["hotline-center"])}})
    path = archive.path(case)
    head, _, events = path.read_text("utf-8").partition("\nevents:")
    path.write_text(f"{head}\n{seal}events:{events}", "utf-8")
    archive.git("commit", "-qam", "sealed")
    assert archive.make()[0] == 0
    for path in letter.parent.iterdir():
        whole = path.read_bytes()
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as parts:
                whole = b"".join(map(parts.read, parts.namelist()))
        assert b"SECRET" not in whole
        assert (b"AGE ENCRYPTED FILE" in whole) == (path.name == "case.yaml")
    assert _is_addressed(letter)


def _is_addressed(letter: Path) -> bool:
    return "{petitioner.name}" in letter.read_text("utf-8")
