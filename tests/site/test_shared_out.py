"""Two processes make the site that one makes, byte for byte, and one that dies takes nothing of
the last good site with it."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from hotline.doors import building, filling, forked
from hotline.doors.fault import Unavailable
from hotline.doors.site import build
from hotline.values.times import parse_time
from tests.site import sample
from tests.site.test_build import digest

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
            f'\n  - {{at: "{sample.NOW}", by: hotline-center, type: linked, '
            f"cases: [{there.stem}], same: problem}}\n"
        )
        here.write_text(here.read_text("utf-8").rstrip("\n") + linked, "utf-8")
    return root


def jobs(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "default_jobs", lambda: count)


def forget(root: Path) -> None:
    for name in ("site", ".hotline"):
        shutil.rmtree(root / name, ignore_errors=True)


def test_two_processes_make_what_one_makes(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs(1, monkeypatch)
    build(county, NOW)
    alone = digest(county / "site")
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

    def dying(self: filling.Filling, path: str, *rest: object) -> filling.Looked:
        if os.getpid() != here and path.endswith("2.yaml"):
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, path, *rest)  # type: ignore[arg-type]

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
