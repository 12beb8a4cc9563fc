"""What was found before is used again where it holds, and only there."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DataRepository
from tests.support import ROOT, every

Run = Callable[..., tuple[int, str, str]]
NOW = datetime.fromisoformat("2026-11-20T09:00:00+08:00")
SOME = 40
"""Orders of the shipped ones, with findings of all kinds."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that will hold it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "hotline" / "judged.sqlite"


class County:
    """A repository of shipped orders, and checks of it with and without memory."""

    def __init__(self, repository: DataRepository, hotline: Run) -> None:
        self.root, self.hotline = repository.root, hotline
        self.now = NOW
        for path in sorted((ROOT / "cases").rglob("*.yaml"))[:SOME]:
            target = self.root / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        self.age()

    @property
    def files(self) -> list[Path]:
        return sorted((self.root / "cases").rglob("*.yaml"))

    def age(self) -> None:
        """As if nothing had been written for a while: what is fresh is read again anyway."""
        past = time.time() - 3600
        for path in self.files:
            stat = path.stat()
            if stat.st_mtime > past:
                os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns - 7200 * 10**9))

    def check(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        code, out, _ = self.hotline(
            "check", "--repo", str(self.root), "--now", self.now.isoformat(), "--format", "json", *arguments
        )  # fmt: skip
        told = json.loads(out)
        told["summary"].pop("seconds")
        return code, told

    def agree(self) -> None:
        assert self.check() == self.check("--no-cache")


@pytest.fixture
def county(repository: DataRepository, hotline: Run, cache: Path) -> County:
    return County(repository, hotline)


def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that are really judged from here on."""
    from hotline.findings.engine import Engine

    seen: list[str] = []
    judge_all = Engine.judge_all

    def watched(self: Engine, files: Sequence[tuple[str, bytes]], *more: Any) -> Any:
        seen.extend(path for path, _ in files)
        return judge_all(self, files, *more)

    monkeypatch.setattr(Engine, "judge_all", watched)
    return seen


def test_only_what_changed_is_judged_again(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    county.check()
    seen = judged(monkeypatch)
    county.check()
    assert seen == []
    changed = county.files[3]
    changed.write_bytes(changed.read_bytes() + b"\n")
    county.check()
    assert seen == [changed.relative_to(county.root).as_posix()]


def test_a_file_that_was_only_touched_is_not_judged_again(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    county.check()
    seen = judged(monkeypatch)
    for path in county.files:
        path.touch()
    county.check()
    assert seen == []


def test_the_passing_of_time_judges_only_what_it_can_change(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    county.check()
    seen = judged(monkeypatch)
    county.now += timedelta(minutes=15)
    county.agree()
    assert len(set(seen[: len(seen) - len(county.files)])) < len(county.files) / 4
    for days in (1, 3, 30, -40, 400, -2000):
        county.now += timedelta(days=days)
        county.agree()


def edits(county: County, chance: random.Random, kept: dict[Path, bytes]) -> None:
    """One thing that happens to a repository."""
    path = chance.choice(county.files)
    kept.setdefault(path, path.read_bytes())
    text = path.read_text("utf-8")
    what = chance.randrange(9)
    if what == 0:
        path.write_text(text.replace("housing-bureau", "police-bureau", 1), "utf-8")
    elif what == 1:
        lines = text.splitlines(keepends=True)
        lines.pop(chance.randrange(len(lines)))
        path.write_text("".join(lines), "utf-8")
    elif what == 2:
        path.unlink()
    elif what == 3:
        path.rename(path.with_name(f"LZ-20261013-{chance.randrange(10**4):04d}.yaml"))
    elif what == 4:
        other = chance.choice(county.files)
        shutil.copy(path, other.with_name(f"X{other.name}"))
    elif what == 5 and kept:
        old = chance.choice(list(kept))
        old.parent.mkdir(parents=True, exist_ok=True)
        old.write_bytes(kept[old])
    elif what == 6:
        other = chance.choice(county.files)
        number = other.read_text("utf-8").partition("upstream_id: ")[2].partition("\n")[0]
        before, _, rest = text.partition("upstream_id: ")
        path.write_text(f"{before}upstream_id: {number}\n{rest.partition(chr(10))[2]}", "utf-8")
    elif what == 7:
        units = county.root / "registry" / "units.yaml"
        units.write_text(units.read_text("utf-8") + f"# {chance.random()}\n", "utf-8")
    else:
        county.now += timedelta(hours=chance.randrange(-300, 300))


@pytest.mark.parametrize("seed", every(3, range(6)))
def test_the_same_bytes_with_and_without_memory(county: County, seed: int) -> None:
    chance, kept = random.Random(seed), {}
    county.check()
    for _ in range(12):
        for _ in range(chance.randrange(1, 4)):
            edits(county, chance, kept)
        if chance.random() < 0.5:
            county.age()
        county.agree()


def test_two_edits_within_one_tick_of_the_clock(county: County) -> None:
    """A file of the same size and time as when it was judged may yet be another."""
    path = county.files[0]
    stat = path.stat()
    now = time.time_ns()
    os.utime(path, ns=(stat.st_atime_ns, now))
    county.check()
    text = path.read_bytes()
    path.write_bytes(text.replace(b"complaint", b"complainx", 1).replace(b"help", b"hexp", 1))
    os.utime(path, ns=(stat.st_atime_ns, now))
    county.agree()


def test_parts_of_the_rules_and_trusted_revisions_use_no_memory(
    county: County, repository: DataRepository, cache: Path
) -> None:
    revision = repository.commit()
    county.check("--select", "S")
    county.check("--trust", revision)
    assert not cache.exists()


# --- the registry ---------------------------------------------------------------------------


def read(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The files of the registry that are really read from here on."""
    from hotline.reading import registry, strict_yaml

    seen: list[bytes] = []
    parse = strict_yaml.parse

    def watched(blob: bytes, **options: Any) -> Any:
        if options.get("max_nodes") == registry.MAX_NODES:
            seen.append(blob)
        return parse(blob, **options)

    monkeypatch.setattr(strict_yaml, "parse", watched)
    return seen


def test_a_registry_without_fault_is_read_once(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = read(monkeypatch)
    first = county.check()
    assert seen
    seen.clear()
    assert county.check() == first
    county.files[3].write_bytes(county.files[3].read_bytes() + b"\n")
    county.check(str(county.files[3]))
    assert seen == []
    county.agree()
    assert seen, "--no-cache reads all"


def test_a_registry_that_changed_is_read_again(county: County) -> None:
    county.check()
    units = county.root / "registry" / "units.yaml"
    text = units.read_text("utf-8")
    for changed in (text.replace("housing-bureau", "house-bureau"), text + "#", "units: 1", text):
        units.write_text(changed, "utf-8")
        outcomes = [
            county.hotline("check", "--repo", str(county.root), "--format", "json", *more)
            for more in ((), (), ("--no-cache",))
        ]
        told = [(code, json.loads(out)["findings"], err) for code, out, err in outcomes]
        assert told[0] == told[1] == told[2]


def test_a_registry_is_read_again_by_another_schema(county: County) -> None:
    """A repository's own may ask for more: what was fine under the shipped one may be none."""
    county.check()
    shipped = json.loads((ROOT / "schema" / "units.schema.json").read_text("utf-8"))
    own = county.root / "schema" / "units.schema.json"
    own.parent.mkdir(exist_ok=True)
    own.write_text(json.dumps({**shipped, "maxProperties": 0}), "utf-8")
    for more in ((), (), ("--no-cache",)):
        code, out, _ = county.hotline(
            "check", "--repo", str(county.root), "--format", "json", *more
        )
        assert code == 2 and "registry/units.yaml" in out


# --- one file ------------------------------------------------------------------------------


def of_one(county: County, path: Path, *arguments: str) -> list[dict[str, Any]]:
    return list(county.check(str(path), *arguments)[1]["findings"])


def test_one_file_is_told_as_before_without_loading_a_rule(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = county.files[5]
    first = of_one(county, path)
    monkeypatch.setattr("hotline.cli.verbs.check.open_repository", None)
    assert of_one(county, path) == first


def test_a_file_that_was_edited_is_judged_by_what_it_needs_only(county: County) -> None:
    """Most of such a check goes by what it loads (ADR 10)."""
    path = county.files[5]
    county.check()
    path.write_text(path.read_text("utf-8").replace("来电", "致电") + "\n# 改过\n", "utf-8")
    heavy = {"argparse", "dataclasses", "inspect", "html", "yaml", "git", "jinja2", "jsonschema"}
    script = (
        "import sys; from hotline.cli.main import main; sys.argv[0] = 'hotline'; main();"
        f"print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "check", str(path)],
        cwd=county.root, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert "检查了 1 个文件" in done.stdout, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_plain_command_line_means_what_the_parser_says(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``check FILE`` is not parsed."""
    from hotline.cli.parser import Parser
    from hotline.cli.verbs import check

    asked: list[Any] = []
    monkeypatch.setattr(check, "_judge", lambda args, _: asked.append(args) or 0)
    parser = Parser()
    check.configure(parser)
    check.run_plain(["a.yaml", "b"])
    assert vars(asked[0]) == vars(parser.parse_args(["a.yaml", "b"]))


def test_one_file_is_compared_with_what_the_cache_knows(county: County) -> None:
    """Another order with its upstream id was seen by the last check of all."""
    path, other = county.files[5], county.files[6]
    number = path.read_text("utf-8").partition("upstream_id: ")[2].partition("\n")[0]
    head, _, rest = other.read_text("utf-8").partition("upstream_id: ")
    channel = path.read_text("utf-8").partition("channel: ")[2].partition("\n")[0]
    before, _, after = head.partition("channel: ")
    head = f"{before}channel: {channel}\n{after.partition(chr(10))[2]}"
    other.write_text(f"{head}upstream_id: {number}\n{rest.partition(chr(10))[2]}", "utf-8")
    assert "X002" not in [f["code"] for f in of_one(county, path)]
    county.check()
    assert "X002" in [f["code"] for f in of_one(county, path)]
    assert "X002" in [f["code"] for f in of_one(county, path)], "and again"
    other.unlink()
    assert "X002" not in [f["code"] for f in of_one(county, path)]


@pytest.mark.parametrize("seed", every(2, range(4)))
def test_one_file_the_same_with_and_without_memory(county: County, seed: int) -> None:
    """But for what only the cache knows of the others."""
    chance, kept = random.Random(seed + 100), {}
    county.check()
    for _ in range(15):
        edits(county, chance, kept)
        path = chance.choice(county.files)
        for _ in range(2):
            told = [f for f in of_one(county, path) if f["code"] not in ("X001", "X002")]
            fresh = [
                f for f in of_one(county, path, "--no-cache") if f["code"] not in ("X001", "X002")
            ]
            assert told == fresh


# --- a cache that is damaged, foreign or in use --------------------------------------------


def spoil(cache: Path, how: str) -> None:
    blob = cache.read_bytes()
    if how == "text":
        cache.write_text("no database")
    elif how == "empty":
        cache.write_bytes(b"")
    elif how == "half":
        cache.write_bytes(blob[: len(blob) // 2])
    elif how == "folder":
        cache.unlink()
        cache.mkdir()
    elif how == "unreadable":
        cache.chmod(0)
    elif how == "of another version":
        with sqlite3.connect(cache) as database:
            database.execute("PRAGMA user_version = 99")
    elif how == "without tables":
        with sqlite3.connect(cache) as database:
            database.execute("DROP TABLE judged")
    elif how == "other types":
        with sqlite3.connect(cache) as database:
            database.execute("UPDATE judged SET findings = 7, since = 'x', facts = x'00'")
    elif how == "another registry":
        with sqlite3.connect(cache) as database:
            database.execute("UPDATE registry SET trees = replace(trees, 'bureau', 'office')")
    elif how == "no trees":
        with sqlite3.connect(cache) as database:
            database.execute("UPDATE registry SET trees = '{}', checksum = NULL")
    elif how == "nothing found":
        with sqlite3.connect(cache) as database:
            database.execute("UPDATE judged SET findings = ''")


HOW = [
    "text", "empty", "half", "folder", "unreadable", "of another version", "without tables",
    "other types", "nothing found", "another registry", "no trees",
]  # fmt: skip


@pytest.mark.parametrize("how", HOW)
def test_a_damaged_cache_is_none(county: County, cache: Path, how: str) -> None:
    county.check()
    spoil(cache, how)
    county.agree()
    county.agree()


@pytest.mark.parametrize("seed", [3, *every(2, range(3))])
def test_flipped_bytes_are_found_out(county: County, cache: Path, seed: int) -> None:
    county.check()
    blob, chance = cache.read_bytes(), random.Random(seed)
    right = county.check("--no-cache")
    for _ in range(25):
        spoilt = bytearray(blob)
        for _ in range(chance.randrange(1, 5)):
            spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
        cache.write_bytes(spoilt)
        assert county.check() == right


def test_a_cache_that_somebody_holds_keeps_nobody_waiting(county: County, cache: Path) -> None:
    county.check()
    with sqlite3.connect(cache) as database:
        database.execute("BEGIN EXCLUSIVE")
        started = time.monotonic()
        county.agree()
        assert time.monotonic() - started < 5


def process(county: County, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "hotline", "check", "--repo", str(county.root)]
    return subprocess.Popen(
        [*command, "--now", county.now.isoformat(), "--format", "json", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def test_two_runs_at_once_find_the_same(county: County) -> None:
    right = county.check("--no-cache")[1]["findings"]
    runs = [process(county) for _ in range(3)]
    for run in runs:
        out, _ = run.communicate(timeout=60)
        assert json.loads(out)["findings"] == right
    county.agree()


@pytest.mark.parametrize("after", every(2, [0.05, 0.15, 0.25, 0.35, 0.5]))
def test_killed_at_any_time_leaves_nothing_in_the_way(county: County, after: float) -> None:
    run = process(county)
    time.sleep(after)
    run.send_signal(signal.SIGKILL)
    run.communicate()
    county.agree()
    county.agree()
