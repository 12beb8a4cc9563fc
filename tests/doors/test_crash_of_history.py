"""Verbs that write beside the orders, killed or with a failing disk at each of their file calls:
dossiers and landed branches are the old ones or the new ones, and the next run makes them whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import gettempdir
from typing import NamedTuple

import bagit  # type: ignore[import-untyped]
import pytest

from hotline.doors import bags
from tests.doors.crashing import Ended, How, ended
from tests.doors.landing import NOW, PATH, PROGRESS, TEXT, USER, Land, case

HOWS: tuple[How, ...] = ("kill", "ENOSPC", "EIO")
OVER = """\
  - {at: 2026-10-13T11:00:00+08:00, by: hotline-center, type: withdrawn, reason: 不再反映}
  - {at: 2026-10-13T11:10:00+08:00, by: hotline-center, type: closed, ground: withdrawn}
"""


class Verb(NamedTuple):
    """A command in a repository, what it says when all is well, and what it leaves behind."""

    words: list[str]
    success: str
    state: Callable[[], dict[str, str]]
    fresh: Callable[[], None]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Land:
    for name, value in USER.items():
        monkeypatch.setenv(name, value)
    for verb in ("archive", "land"):  # loaded in the parent, once for all children
        import_module(f"hotline.cli.verbs.{verb}")
    return Land(tmp_path / "data")


def run(repository: Land, verb: Verb, at: int = -1, how: How = "none") -> Ended:
    given = [*verb.words, "--repo", str(repository.root), "--now", NOW]
    return ended(repository.root.parent, given, at, how)


def survives(repository: Land, verb: Verb, hows: tuple[How, ...], step: int) -> None:
    """At every ``step``-th call, each way another one first."""
    verb.fresh()
    before = verb.state()
    whole = run(repository, verb)
    assert (whole.code, whole.err) == (0, ""), whole
    assert verb.success in whole.out
    after = verb.state()
    assert after != before
    calls = [call for call in whole.calls if call.name != "print"]
    assert len(calls) > 8
    for number, how in enumerate(hows):
        for at in range(number % step, len(calls), step):
            if how != "kill" and not calls[at].path.startswith(gettempdir()):
                continue  # a pipe to git, or a file of the program's own that it reads
            where = f"{how} at {at}: {calls[at]}"
            verb.fresh()
            crashed = run(repository, verb, at, how)
            assert "Traceback" not in crashed.err, (where, crashed)
            assert "程序出错" not in crashed.err, (where, crashed)
            left = verb.state()
            for name, held in left.items():
                assert held in (before.get(name), after.get(name)), (where, name)
            if verb.success in crashed.out:
                assert left == after, where
            again = run(repository, verb)
            assert again.code == 0, (where, again)
            assert verb.state() == after, where


# --- archive -----------------------------------------------------------------------------------


def archiving(repository: Land) -> Verb:
    path, text = case(8)
    repository.write({PATH: TEXT + OVER, path: text.replace("tianchi-street", "shifo-town") + OVER})
    repository.commit("over")
    out = repository.root.parent / "archive"

    def state() -> dict[str, str]:
        """Each bag by its manifest of everything; one that another program finds broken by that."""
        found = (out / unit / month for unit, month in (bags.listed(out) if out.is_dir() else ()))
        return {
            bag.relative_to(out).as_posix(): (bag / "tagmanifest-sha256.txt").read_text("utf-8")
            if bagit.Bag(str(bag)).is_valid()
            else "broken"
            for bag in found
        }

    def fresh() -> None:
        shutil.rmtree(out, ignore_errors=True)

    return Verb(["archive", "--out", str(out)], "办完的工单", state, fresh)


def test_dossiers_survive(repository: Land) -> None:
    survives(repository, archiving(repository), HOWS, 29)


@pytest.mark.slow
def test_dossiers_survive_at_every_call(repository: Land) -> None:
    survives(repository, archiving(repository), HOWS, 1)


# --- land --------------------------------------------------------------------------------------


def landing(repository: Land) -> Verb:
    repository.branch("a", {PATH: TEXT + PROGRESS["a"]})
    repository.write({PATH: TEXT + PROGRESS["b"]})
    begin = repository.commit()

    def state() -> dict[str, str]:
        """What main holds of the orders, and what lies in the folder."""
        assert "corrupt" not in repository.git("fsck", "--no-dangling", ok=False)
        return {
            "main": repository.read(name="main"),
            "folder": (repository.root / PATH).read_text("utf-8"),
        }

    def fresh() -> None:
        (repository.root / ".git" / "index.lock").unlink(missing_ok=True)
        repository.git("reset", "-q", "--hard", begin)

    return Verb(["land", "a"], "已合并", state, fresh)


def test_landing_survives(repository: Land) -> None:
    survives(repository, landing(repository), HOWS, 17)


@pytest.mark.slow
def test_landing_survives_at_every_call(repository: Land) -> None:
    survives(repository, landing(repository), HOWS, 1)
