"""kill -9, a full disk and a failing one at every file call: nothing torn, nothing that was
acknowledged lost, no lock and no half file left behind. Eight writers at once lose nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pytest

from hotline.cli.main import main
from hotline.reading.strict_yaml import parse
from hotline.rules.declare import load
from tests.cli.test_import import MAPPING, TITLES, line
from tests.conftest import DataRepository
from tests.doors.crashing import Ended, How, ended, not_yet_durable
from tests.doors.landing import ID, NOW, PATH, TEXT, case

HOWS: tuple[How, ...] = ("kill", "torn", "ENOSPC", "EIO")
ADD = ["add", ID, "progress", "text=已到现场", "--by", "housing-bureau"]
NEW = [
    "new", "channel=city_12345", "upstream_id=N1", "dispatched_at=2026-09-30T09:30:00+08:00",
    "kind=complaint", "urgency=normal", "category=noise-construction", "title=噪音",
    "demand=要求制止。", "location=天池街道",
]  # fmt: skip

QUICK = 3
STEPS = [
    pytest.param(QUICK, id="some calls"),
    pytest.param(1, id="every call", marks=pytest.mark.slow),
]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


class County:
    """A repository that is made anew for each crash."""

    def __init__(self, repository: DataRepository, folder: Path) -> None:
        self.root, self.folder = repository.root, folder
        path, other = case(8)
        for name, text in ((PATH, TEXT), (path, other)):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text, "utf-8")
        (self.root / "registry" / "imports" / "test.yaml").write_text(
            MAPPING.replace("xlsx", "csv"), "utf-8"
        )
        rows = [line("A1"), line("A2", 派单时间="2026/09/14 09:30"), line("A3", 工单类型="不明")]
        self.sheet = folder / "sheet" / "来件.csv"
        self.sheet.parent.mkdir()
        self.sheet.write_text(
            "".join(",".join(map(str, row)) + "\n" for row in (TITLES, *rows)), "utf-8-sig"
        )
        self.before = self.files()
        self.begin = folder / "begin"
        shutil.copytree(self.root, self.begin)

    @property
    def importing(self) -> list[str]:
        return ["import", str(self.sheet), "--map", "test"]

    def again(self) -> None:
        """Everything as it was."""
        shutil.rmtree(self.root / "cases")
        shutil.rmtree(self.root / ".hotline", ignore_errors=True)
        shutil.copytree(self.begin / "cases", self.root / "cases")
        for left in self.sheet.parent.glob("*退回*"):
            left.unlink()

    def run(self, words: Sequence[str], at: int = -1, how: How = "none") -> Ended:
        return ended(self.folder, [*words, "--repo", str(self.root), "--now", NOW], at, how)

    def files(self) -> dict[str, bytes]:
        """Everything in the repository but empty folders."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }

    def errors(self) -> list[str]:
        _, out, err, _ = ended(
            self.folder, ["check", "--no-cache", "--repo", str(self.root), "--now", NOW]
        )
        assert err == ""
        return [row for row in out.splitlines() if " 错误 " in row]


@pytest.fixture
def county(repository: DataRepository, tmp_path: Path) -> County:
    for verb in ("add", "check", "import_", "new"):  # loaded in the parent, once for all children
        import_module(f"hotline.cli.verbs.{verb}")
    load()
    return County(repository, tmp_path)


def survives(
    county: County, words: Sequence[str], success: str, hows: Sequence[How], step: int = 1
) -> None:
    """The law, at every call of a command, or at every ``step``-th, each way another one first."""
    whole = county.run(words)
    assert success in whole.out, whole
    assert list(not_yet_durable(whole.calls, county.root / "cases")) == []
    after = county.files()
    assert after != county.before and not any(".hotline" in name for name in after)
    calls = sum(call.name != "print" for call in whole.calls)
    assert calls > 8
    for number, how in enumerate(hows):
        for at in range(number % step, calls, step):
            if how == "torn" and [c for c in whole.calls if c.name != "print"][at].name != "write":
                continue
            county.again()
            _crashes(county, words, success, after, at, how)


def _crashes(
    county: County, words: Sequence[str], success: str, after: dict[str, bytes], at: int, how: How
) -> None:
    where = f"{how} at call {at}"
    crashed = county.run(words, at, how)
    assert "Traceback" not in crashed.err and "程序出错" not in crashed.err, (where, crashed)
    assert crashed.code == (-9 if how in ("kill", "torn") else crashed.code), (where, crashed)
    left = county.files()
    for name, blob in left.items():
        if name.startswith("cases/"):
            assert blob in (county.before.get(name), after.get(name)), (where, name)
            assert not parse(blob).faults, (where, name)
    assert county.before.keys() <= left.keys(), where
    if success in crashed.out:
        assert _data(left) == _data(after), where
    assert county.errors() == [], where
    again = county.run(words)
    # ``new`` finds its own order and refuses a second one.
    assert again.code in (0, 1) and again.err in ("", "没有写入：请先改正上面的错误。\n"), (
        where,
        again,
    )
    assert county.files() == after, where


def _data(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: blob for name, blob in files.items() if name.startswith("cases/")}


@pytest.mark.parametrize("step", STEPS)
def test_add_survives_a_crash(county: County, step: int) -> None:
    survives(county, ADD, "已记入", HOWS, step)


def test_an_import_survives_a_kill(county: County) -> None:
    survives(county, county.importing, "新增 2 件", ("kill",), QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("how", HOWS)
def test_an_import_survives_a_crash(county: County, how: How) -> None:
    survives(county, county.importing, "新增 2 件", (how,))


def test_an_import_survives_a_failing_disk(county: County) -> None:
    """Every sixth call; all of them in the slow test."""
    whole = county.run(county.importing)
    after = county.files()
    for at in range(0, sum(call.name != "print" for call in whole.calls), 6):
        county.again()
        how: How = "EIO" if at % 12 else "ENOSPC"
        _crashes(county, county.importing, "新增 2 件", after, at, how)


@pytest.mark.parametrize("step", STEPS)
def test_a_new_order_survives_a_crash(county: County, step: int) -> None:
    survives(county, NEW, "已新建", ("kill", "ENOSPC"), step)


def test_what_is_told_to_be_there_is_on_the_disk(county: County) -> None:
    """The one before may have been cut off between the naming and the last sync."""
    for words, said in ((ADD, "已经有完全相同"), (county.importing, "新增 0 件，已有 2 件")):
        county.run(words)
        again = county.run(words)
        assert said in again.out
        before = again.calls[
            : next(n for n, call in enumerate(again.calls) if call.name == "print")
        ]
        synced = {call.path for call in before if call.name == "fsync"}
        assert str(county.root / "cases/2026/10") in synced
        assert words is not ADD or str(county.root / PATH) in synced


def test_a_disk_that_does_not_confirm_is_told(county: County) -> None:
    whole = county.run(ADD)
    calls = [call for call in whole.calls if call.name != "print"]
    last = max(n for n, call in enumerate(calls) if call.name == "fsync")
    county.again()
    told = county.run(ADD, last, "EIO")
    assert told.code == 2 and told.out == ""
    assert "已写入" in told.err and "磁盘没有确认" in told.err and "再运行一次" in told.err


def test_what_a_killed_command_left_goes_with_the_next(county: County) -> None:
    left = county.root / ".hotline" / "written-abc.tmp"
    left.parent.mkdir()
    left.write_text("half", "utf-8")
    old = county.root / "cases/2026/10" / f".{ID}.yaml.abc.tmp"
    old.write_text("half", "utf-8")
    several = county.root / ".hotline" / "import-abc" / "0"
    several.parent.mkdir()
    several.write_text("half", "utf-8")
    assert county.run(ADD).code == 0
    assert not any(path.exists() for path in (left, old, several.parent))


# --- many at once --------------------------------------------------------------------------------


def written(county: County, texts: Sequence[str]) -> int:
    """Forks a writer that adds an event for each text, and gives its process."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        given = ["--by", "housing-bureau", "--repo", str(county.root), "--now", NOW]
        code = max(main(["add", ID, "progress", f"text={text}", *given]) for text in texts)
    finally:
        os._exit(code)


def events(county: County) -> list[str]:
    """The texts of the events that were added, in the order of the file."""
    parsed = parse((county.root / PATH).read_bytes())
    assert parsed.faults == []
    return [event["text"] for event in parsed.root["events"] if event["type"] == "progress"]


def test_eight_writers_lose_nothing(county: County) -> None:
    """25 appends each: every event once, and the file is as valid as before."""
    texts = [[f"第{writer}人第{number}次" for number in range(25)] for writer in range(8)]
    children = [written(county, own) for own in texts]
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 8
    assert sorted(events(county)) == sorted(text for own in texts for text in own)
    assert county.errors() == []
    assert county.files().keys() == county.before.keys()


def test_writers_that_are_killed_take_nothing_of_others_with_them(county: County) -> None:
    """Four are killed while they write; what the others acknowledged is there, once."""
    texts = [[f"第{writer}人第{number}次" for number in range(12)] for writer in range(4)]
    doomed = [
        written(county, [f"短命{writer}-{number}" for number in range(99)]) for writer in range(4)
    ]
    children = [written(county, own) for own in texts]
    for victim in doomed:
        time.sleep(0.15)
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    found = events(county)
    assert len(found) == len(set(found))
    assert {text for own in texts for text in own} <= set(found)
    assert county.run(ADD).code == 0
    assert county.files().keys() == county.before.keys()


@pytest.mark.slow
def test_eight_processes_lose_nothing(county: County) -> None:
    """The same with the command as a clerk starts it."""
    script = (
        f'for n in $(seq 25); do "$0" -P -m hotline add {ID} progress "text=第$1人第$n次" '
        f"--by housing-bureau --repo '{county.root}' --now {NOW} >/dev/null || exit 1; done"
    )
    running = [
        subprocess.Popen(["sh", "-c", script, sys.executable, str(writer)]) for writer in range(8)
    ]
    assert [process.wait() for process in running] == [0] * 8
    found = events(county)
    assert sorted(found) == sorted(f"第{w}人第{n}次" for w in range(8) for n in range(1, 26))
    assert county.errors() == []


def test_numbers_are_given_once(county: County) -> None:
    """Eight clerks at once write down five orders each."""

    def clerk(number: int) -> int:
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            code = max(
                main([
                    *(word.replace("=N1", f"=N{number}x{order}") for word in NEW),
                    "--repo", str(county.root), "--now", NOW,
                ])
                for order in range(5)
            )  # fmt: skip
        finally:
            os._exit(code)

    children = [clerk(number) for number in range(8)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 8
    names = sorted(path.name for path in (county.root / "cases/2026/09").iterdir())
    assert names == [f"LZ-20260930-{number:04}.yaml" for number in range(1, 41)]
    assert county.errors() == []
