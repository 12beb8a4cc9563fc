"""What was remembered of a shorter history, and what came since, say together what a walk over the
whole says: the same recordings, and the same faults in the same order. And what is remembered is
of the head that was walked, wherever the branch is by then."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hotline.doors import auditing
from hotline.doors.auditing import audit, audit_and_recordings, recordings
from hotline.doors.commits import Repository
from tests.site import sample
from tests.support import ROOT, path_of, to_yaml

NOW = datetime(2026, 10, 20, tzinfo=UTC)
BEGAN = int(datetime(2026, 9, 1, tzinfo=UTC).timestamp())
CASES = [case for case in sample.orders(12) if case["events"]]
REGISTRY = {
    path.relative_to(ROOT).as_posix(): path.read_bytes()
    for path in (ROOT / "registry").rglob("*.yaml")
}
PEOPLE = (
    "clerk@hotline-center.lezhi.example", "dispatcher1@hotline-center.lezhi.example",
    "clerk@housing-bureau.lezhi.example", "somebody@elsewhere.example",
)  # fmt: skip
Tree = dict[str, bytes]


class Chance:
    """Histories with branches, merges that keep what they like, and files that come, go, move
    and are written anew."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def order(self) -> tuple[str, bytes]:
        case = dict(self.dice.choice(CASES))
        events = list(case["events"][: self.dice.randrange(1, len(case["events"]) + 1)])
        match self.dice.randrange(10):
            case 0:
                number = self.dice.randrange(len(events))
                events[number] = {**events[number], "note": f"改 {self.dice.randrange(3)}"}
            case 1:
                events.pop(self.dice.randrange(len(events)))
            case 2:
                events.insert(self.dice.randrange(len(events) + 1), self.dice.choice(events))
            case 3:
                self.dice.shuffle(events)
            case 4:
                case["title"] = "另题"
            case 5:
                return path_of(case), b"id: [x\n"
        case["events"] = events
        return path_of(case), to_yaml(case)

    def changed(self, tree: Tree) -> Tree:
        tree = dict(tree)
        for _ in range(self.dice.randrange(4)):
            path, text = self.order()
            orders = [name for name in tree if name.startswith("cases/")]
            match self.dice.randrange(8):
                case 0:
                    tree.pop(path, None)
                case 1 if orders:
                    tree[path] = tree.pop(self.dice.choice(orders))
                case 2 if orders:
                    tree[path] = tree[self.dice.choice(orders)]
                case _:
                    tree[path] = text
        return tree

    def history(self, root: Path, commits: int) -> list[str]:
        """The commits of the main line, the first first."""
        heads, trees, told, moment = {"main": 0}, {0: dict(REGISTRY)}, [], BEGAN
        for mark in range(1, commits + 1):
            moment += self.dice.choice((0, 60, 3600, 40_000, -500))
            branch = self.dice.choice(list(heads))
            parent, tree, merged = heads[branch], dict(trees[heads[branch]]), 0
            if parent and self.dice.random() < 0.25 and len(heads) < 4:
                heads[f"b{mark}"] = parent
            others = [name for name in heads if heads[name] not in (0, parent)]
            if parent and others and self.dice.random() < 0.5:
                merged = heads[self.dice.choice(others)]
                taken = trees[merged].items()
                tree |= {path: text for path, text in taken if self.dice.random() < 0.6}
            trees[mark], heads[branch] = self.changed(tree), mark
            told.append(self._commit(mark, branch, moment, parent, merged, trees[mark]))
        git = ["git", "-C", str(root)]
        subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
        subprocess.run(
            [*git, "fast-import", "--quiet", "--force"], input=b"".join(told), check=True
        )
        line = subprocess.run(
            [*git, "rev-list", "--first-parent", "--reverse", "main"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return line.stdout.split()

    def _commit(
        self, mark: int, branch: str, moment: int, parent: int, merged: int, tree: Tree
    ) -> bytes:
        who = self.dice.choice(PEOPLE)
        head = (
            f"commit refs/heads/{branch}\nmark :{mark}\nauthor a <{who}> {moment} +0800\n"
            f"committer a <{who}> {moment} +0800\ndata 1\nx\n"
        )
        head += f"from :{parent}\n" if parent else ""
        head += f"merge :{merged}\n" if merged else ""
        files = [
            f"M 100644 inline {path}\ndata {len(text)}\n".encode() + text + b"\n"
            for path, text in tree.items()
        ]
        return b"".join([head.encode(), b"deleteall\n", *files])


def everything(root: Path) -> tuple[Any, ...]:
    with Repository(root) as repository:
        found, recorded = audit_and_recordings(repository, NOW)
    return (
        found.head, found.commits, found.cases, found.faults, recorded.head, recorded.events(),
        recorded.files(), recorded.latest,
    )  # fmt: skip


def put_back(root: Path, commit: str) -> None:
    (root / ".git" / "refs" / "heads" / "main").write_text(f"{commit}\n")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    yield tmp_path / "cache"


@pytest.mark.parametrize(
    ("seed", "rounds"), [(1, 10), pytest.param(2, 300, marks=pytest.mark.slow)]
)
def test_remembered_and_new_say_what_the_whole_says(
    tmp_path: Path, cache: Path, seed: int, rounds: int
) -> None:
    chance = Chance(seed)
    told_of_several = 0
    for number in range(rounds):
        root = tmp_path / "county"
        line = chance.history(root, chance.dice.randrange(3, 30))
        whole = everything(root)
        assert everything(root) == whole, f"remembered at once, {number}"
        shutil.rmtree(cache)
        put_back(root, chance.dice.choice(line))
        everything(root)
        forgotten = chance.dice.choice(("", "audited", "recorded"))
        for file in cache.rglob(f"{forgotten}-*") if forgotten else ():
            file.unlink()
        put_back(root, line[-1])
        assert everything(root) == whole, f"round {number}, without {forgotten or 'nothing'}"
        with Repository(root) as repository:
            alone = audit(repository, NOW, remember=False)
        assert alone.faults == whole[3]
        told_of_several += len({fault.commit for fault in alone.faults}) > 1
        shutil.rmtree(cache)
        shutil.rmtree(root)
    assert told_of_several > rounds / 4, "the order of faults was at stake"


def test_a_branch_that_moves_on_meanwhile(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A push during a build: what is remembered is of the commit that was walked."""
    root = tmp_path / "county"
    line = Chance(5).history(root, 25)
    put_back(root, line[-2])
    real = auditing._walk

    def moving(*arguments: Any) -> Any:
        done = real(*arguments)
        put_back(root, line[-1])
        return done

    with monkeypatch.context() as patch, Repository(root) as repository:
        patch.setattr(auditing, "_walk", moving)
        found, recorded = audit_and_recordings(repository, NOW)
    assert found.head == recorded.head == line[-2]
    with Repository(root) as repository:
        after = recordings(repository, NOW)
    shutil.rmtree(cache)
    with Repository(root) as repository:
        right = recordings(repository, NOW)
    assert after.head == right.head == line[-1]
    assert (after.events(), after.files()) == (right.events(), right.files())
