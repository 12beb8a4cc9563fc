"""The builder's own repositories are what git itself would have made."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.history.staging import PLACES, Stage, path_of
from tests.history.town import LINK, MODULE, Conflict, Keys, Made, Town, email_of
from tests.support import at


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    (tmp_path / "keys").mkdir()
    return Keys(tmp_path / "keys")


@pytest.mark.parametrize("place", PLACES)
def test_git_finds_nothing_wrong(place: str, tmp_path: Path) -> None:
    stage = Stage(Town(tmp_path / "town"))
    stage.begin()
    PLACES[place](stage, [{"by": "housing", "edit": [{"add": "复查"}], "as": "act"}], None)
    assert stage.town.run("fsck", "--strict", "--full", "--no-dangling") == ""
    stage.town.check_out()
    assert stage.town.run("status", "--porcelain") == ""
    stage.town.lay_out()
    assert stage.town.run("status", "--porcelain") == ""


def test_a_tree_is_named_as_git_names_it(tmp_path: Path) -> None:
    """Folders sort as if their names ended in a slash; links and modules have their modes."""
    town = Town(tmp_path / "town")
    first = town.commit({"a/x": "1", "a.b": "2", "a0": "3"}, by="center", at="2026-10-12T09:00")
    town.commit(
        {"l": Made(LINK, b"a0"), "m": Made(MODULE, first.encode()), "a0": None},
        by="center", at="2026-10-12T09:01",
    )  # fmt: skip
    town.run("read-tree", "main")
    assert town.run("write-tree") == town.run("rev-parse", "main^{tree}")
    modes = [line.split()[0] for line in town.run("ls-tree", "-r", "main").splitlines()]
    assert modes == ["100644", "100644", "120000", "160000"]


def test_people_and_times_are_as_told(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    town.commit(
        {"a": "1"}, by="housing", at="2026-10-13T10:21", committer="center",
        committed="2026-10-13T10:25",
    )  # fmt: skip
    shown = town.run("log", "-1", "--format=%ae %at %ce %ct").split()
    assert shown == [
        email_of("housing"), f"{at('2026-10-13T10:21').timestamp():.0f}",
        email_of("center"), f"{at('2026-10-13T10:25').timestamp():.0f}",
    ]  # fmt: skip


def test_signatures_are_good_and_forgeries_are_not(tmp_path: Path, keys: Keys) -> None:
    stage = Stage(Town(tmp_path / "town", keys), keys)
    stage.begin(keyed=True)
    signers = tmp_path / "signers"
    signers.write_text(f"{email_of('housing')} {keys.public('housing')}\n", "ascii")
    verdicts = {}
    for kind in ("", "flip", "message", "moved", "namespace"):
        act = {"by": "housing", "edit": [{"add": "复查"}], **({"forge": kind} if kind else {})}
        stage.town.point("main", stage.labels["begun"])
        name = stage.commit(act)
        shown = stage.town.run(
            "-c", f"gpg.ssh.allowedSignersFile={signers}", "log", "-1", "--format=%G?", name
        )
        verdicts[kind] = shown
    assert verdicts.pop("") == "G"
    assert "G" not in verdicts.values()
    assert stage.town.run("fsck", "--strict", "--no-dangling") == ""


def test_a_merge_takes_what_each_side_changed(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    first = town.commit({"a": "1", "b": "1"}, by="center", at="2026-10-12T09:00")
    town.point("side", first)
    town.commit({"a": "2"}, by="center", at="2026-10-12T09:01")
    town.commit({"b": None, "c": "1"}, by="center", at="2026-10-12T09:01", on="side")
    assert set(town.merged(town.branches["main"], town.branches["side"])) == {"a", "c"}
    town.commit({"a": "3"}, by="center", at="2026-10-12T09:02", on="side")
    with pytest.raises(Conflict):
        town.merged(town.branches["main"], town.branches["side"])


def test_ten_commits_take_no_time(tmp_path: Path) -> None:
    Stage(Town(tmp_path / "warm")).begin()
    started = time.process_time()
    stage = Stage(Town(tmp_path / "town"))
    stage.begin()
    for minute in range(3):
        stage.commit({"by": "housing", "at": f"11:3{minute}", "edit": [{"add": "复查"}]})
    assert time.process_time() - started < 0.15
    assert path_of("order") in stage.town.trees[stage.town.branches["main"]]
