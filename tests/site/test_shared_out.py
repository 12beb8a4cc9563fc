"""Two processes make the site that one makes, byte for byte, and one that dies takes nothing of
the last good site with it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from hotline.doors import building, filling, forked
from hotline.doors.fault import Unavailable
from hotline.doors.site import build
from hotline.values.times import parse_time
from tests.site import sample
from tests.site.test_build import digest
from tests.support import every

NOW = parse_time(sample.NOW)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Forty orders or so: two of one id, a file that claims the page of a later one, one that cannot be
    read, two that name each other."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(forked, "FEW", 1)
    monkeypatch.setattr(forked, "_PIECE", 4)
    (tmp_path / "data").mkdir()
    root = sample.repository(tmp_path / "data", sample.orders(40))
    paths = sorted(root.glob("cases/*/*/*.yaml"))
    twin = paths[20]
    (twin.parent.with_name("01")).mkdir(exist_ok=True)
    (twin.parent.with_name("01") / twin.name).write_bytes(twin.read_bytes())
    claimed = paths[31]
    (claimed.parent / f"{claimed.stem[:-4]}0000.yaml").write_bytes(claimed.read_bytes())
    paths[5].write_text("id: [没写完\n", "utf-8")
    for here, there in ((paths[2], paths[36]), (paths[36], paths[2])):
        linked = (
            f'\n- {{at: "{sample.NOW}", by: hotline-center, type: linked, '
            f"cases: [{there.stem}], same: problem}}\n"
        )
        here.write_text(here.read_text("utf-8").rstrip("\n") + linked, "utf-8")
    return root


def jobs(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "default_jobs", lambda: count)


def forget(root: Path) -> None:
    for name in ("site", ".hotline"):
        shutil.rmtree(root / name, ignore_errors=True)


def linked_page(root: Path) -> str:
    """One of the two pages that other orders have a word in."""
    path = next(p for p in root.glob("cases/*/*/*.yaml") if "linked" in p.read_text("utf-8"))
    return (root / "site" / "cases" / path.stem / "index.html").read_text("utf-8")


def test_two_processes_make_what_one_makes(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs(1, monkeypatch)
    report = build(county, NOW)
    assert len(report.unreadable) == 1
    alone = digest(county / "site")
    assert "同一问题" in linked_page(county)
    # A file that claims the id of another, before it and after it.
    assert len([name for name in alone if "~2/" in name]) == 2
    forget(county)
    jobs(2, monkeypatch)
    build(county, NOW)
    assert digest(county / "site") == alone


def test_when_all_files_changed_at_once(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over what is there, by one process and by two: as if made from nothing."""
    for count in (1, 2):
        jobs(count, monkeypatch)
        build(county, NOW)
        for path in county.glob("cases/*/*/*.yaml"):
            path.write_text(path.read_text("utf-8") + f"# {count}\n", "utf-8")
        build(county, NOW)
        over = digest(county / "site")
        forget(county)
        build(county, NOW)
        assert digest(county / "site") == over


def test_a_process_that_dies_costs_nothing(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs(2, monkeypatch)
    build(county, NOW)
    before = digest(county / "site")
    here, real = os.getpid(), filling.Filling._look

    def dying(self: filling.Filling, paths: list[str], *rest: Any) -> list[filling.Looked]:
        if os.getpid() != here and any(path.endswith("2.yaml") for path in paths):
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, paths, *rest)

    for path in county.glob("cases/*/*/*.yaml"):
        path.write_text(path.read_text("utf-8") + "# x\n", "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(filling.Filling, "_look", dying)
        with pytest.raises(Unavailable, match="中途被结束"):
            build(county, NOW)
    assert digest(county / "site") == before
    build(county, NOW)
    assert digest(county / "site").keys() == before.keys()


def test_without_the_process_of_the_audit_it_is_done_here(
    county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs(2, monkeypatch)
    build(county, NOW)
    before = digest(county / "site")
    forget(county)
    here, real = os.getpid(), building.history

    def dying(*arguments: object) -> object:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(building, "history", dying)
    build(county, NOW)
    assert digest(county / "site") == before


SLOWLY = """
import os, sys, time
from pathlib import Path
from hotline.doors import building, filling, forked
from hotline.doors.site import build
from hotline.values.times import parse_time
forked.FEW, forked._PIECE = 1, 4
building.default_jobs = lambda: 2
here, real = os.getpid(), filling.Filling._look
def slow(self, path, *rest):
    if os.getpid() != here:
        (Path(sys.argv[1]).parent / f"worker-{os.getpid()}").touch()
    time.sleep(0.05)
    return real(self, path, *rest)
filling.Filling._look = slow
build(Path(sys.argv[1]), parse_time(sys.argv[2]))
"""


def is_running(number: int) -> bool:
    """Whether there is such a process, and it is no mere entry that nobody has fetched yet."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes as Linux tells them")
@pytest.mark.parametrize("how", every(2, [signal.SIGKILL, signal.SIGTERM]))
def test_whoever_ends_a_build_ends_all_of_it(county: Path, how: signal.Signals) -> None:
    """As a time limit of CI does, or the kernel where memory runs out: nobody is left who holds
    the lock, or writes into what the next build makes."""
    run = subprocess.Popen([sys.executable, "-c", SLOWLY, str(county), sample.NOW])
    workers: list[int] = []
    for _ in range(600):
        workers = [int(p.name.partition("-")[2]) for p in county.parent.glob("worker-*")]
        if len(workers) == 2:
            break
        time.sleep(0.02)
    assert len(workers) == 2, "both were at work"
    run.send_signal(how)
    run.wait(10)
    for _ in range(250):
        if not any(map(is_running, workers)):
            break
        time.sleep(0.02)
    assert not any(map(is_running, workers))
    assert build(county, NOW).cases > 30


def test_a_build_that_fails_ends_what_it_began(
    county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audit is longest at work where all else has failed already; the next build in the same
    process (``mkdocs serve``) need not wait for it."""
    jobs(2, monkeypatch)
    real = building.history

    def slow(*arguments: Path) -> object:
        time.sleep(60)
        return real(*arguments)  # type: ignore[arg-type]

    def failing(self: building.Builder, *rest: object) -> None:
        raise Unavailable("不行")

    with monkeypatch.context() as patch:
        patch.setattr(building, "history", slow)
        patch.setattr(building.Builder, "write_sources", failing)
        with pytest.raises(Unavailable, match="不行"):
            build(county, NOW)
    started = time.monotonic()
    assert build(county, NOW).cases > 30
    assert time.monotonic() - started < 30
