"""A copy may lie about its history, or lack some of it: the audit believes the objects alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.history.staging import Stage, path_of
from tests.history.town import Town, clean_environment

NOW = "2026-11-20T17:00:00+08:00"
Hotline = Callable[..., tuple[int, str, str]]
Told = tuple[int, list[Any]]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """An order from which one event was dropped, and another changed in a side branch."""
    stage = Stage(Town(tmp_path / "town", loose=True))
    stage.begin()
    stage.step({"branch": {"side": "begun"}})
    stage.commit(
        {"by": "tianchi", "edit": [{"text": ["劝止", "查看"]}], "as": "changed"}, on="side"
    )
    stage.commit({"by": "housing", "edit": [{"drop": "contacted"}], "as": "dropped"})
    stage.merge({"from": ["side"], "take": "main", "by": "center", "at": "11:40", "as": "joined"})
    stage.town.lay_out()
    return stage


def told(hotline: Hotline, root: Path) -> Told:
    code, out, err = hotline(
        "audit", "--repo", str(root), "--now", NOW, "--format", "json", "--no-cache"
    )
    assert code in (0, 1), err
    return code, json.loads(out)["findings"]


def git(root: Path, *arguments: str, **more: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.cn", *arguments], cwd=root,
        env=clean_environment() | more, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


# --- lies ----------------------------------------------------------------------------------


def replaced(stage: Stage) -> None:
    """The commit that dropped an event is shown as one that did not."""
    town = stage.town
    honest = git(town.root, "commit-tree", "-p", stage.labels["begun"], "-m", "x",
                 f"{stage.labels['begun']}^{{tree}}")  # fmt: skip
    git(town.root, "update-ref", f"refs/replace/{stage.labels['dropped']}", honest)
    git(town.root, "replace", "--graft", stage.labels["joined"])


def replaced_file(stage: Stage) -> None:
    """The shortened file is shown as it was before."""
    trees = stage.town.trees
    new = trees[stage.labels["dropped"]][path_of("order")].name
    old = trees[stage.labels["begun"]][path_of("order")].name
    git(stage.town.root, "update-ref", f"refs/replace/{new}", old)


def grafted(stage: Stage) -> None:
    """History begins after the drop."""
    grafts = stage.town.git_folder / "info" / "grafts"
    grafts.write_text(f"{stage.labels['joined']}\n{stage.labels['dropped']}\n", "ascii")


def graphed(stage: Stage) -> None:
    """A commit-graph that was written while history was cut short."""
    git(stage.town.root, "-c", "core.commitGraph=true", "commit-graph", "write", "--reachable")
    graph = stage.town.git_folder / "objects" / "info" / "commit-graph"
    raw = bytearray(graph.read_bytes())
    joined = bytes.fromhex(stage.labels["joined"])
    names = sorted(bytes.fromhex(name) for name in stage.town.parents)
    row = names.index(joined)
    chunk = raw.index(b"CDAT")
    begin = int.from_bytes(raw[chunk + 4 : chunk + 12], "big") + row * 36 + 20
    raw[begin : begin + 8] = b"\x70\x00\x00\x00" * 2  # no parents
    graph.chmod(0o644)
    graph.write_bytes(bytes(raw))


def bitmapped(stage: Stage) -> None:
    git(stage.town.root, "repack", "-qadb")


def reflogged(stage: Stage) -> None:
    """A detached head, packed refs, and a branch of the same name as a tag."""
    git(stage.town.root, "tag", "main", stage.labels["begun"])
    git(stage.town.root, "pack-refs", "--all")


FOOLING = [replaced, replaced_file, grafted, graphed]
LIES = [replaced, replaced_file, grafted, graphed, bitmapped, reflogged]


@pytest.mark.parametrize("lie", LIES, ids=[lie.__name__ for lie in LIES])
def test_a_lying_copy_changes_nothing(
    lie: Callable[[Stage], None], stage: Stage, hotline: Hotline
) -> None:
    before = told(hotline, stage.town.root)
    assert {(f["code"], f["commit"]) for f in before[1]} >= {
        ("A001", stage.labels["changed"]), ("A001", stage.labels["dropped"])
    }  # fmt: skip
    shown = what_git_shows(stage)
    lie(stage)
    assert (what_git_shows(stage) != shown) == (lie in FOOLING), "the lie is no lie"
    assert told(hotline, stage.town.root) == before


def what_git_shows(stage: Stage) -> str:
    """Of the history and of one file, as anybody's git has it."""
    asked = ("-c", "core.commitGraph=true", "-c", "advice.graftFileDeprecated=false")
    log = git(stage.town.root, *asked, "rev-list", "--parents", stage.labels["joined"])
    path = f"{stage.labels['dropped']}:{path_of('order')}"
    return log + git(stage.town.root, "cat-file", "-p", path)


# --- files of the repository that speak to git -----------------------------------------------

ATTRIBUTES = ["-diff", "binary", "working-tree-encoding=UTF-16", "export-ignore", "export-subst",
              "ident", "text eol=crlf", "filter=lie", "merge=union", "diff=lie"]  # fmt: skip


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_attributes_change_nothing(attribute: str, tmp_path: Path, hotline: Hotline) -> None:
    """They are committed first, lie in the folder, and in ``.git/info``."""
    stage = Stage(Town(tmp_path / "town"))
    stage.begin()
    told_git = f"cases/** {attribute}\n* {attribute}\n"
    stage.town.commit({".gitattributes": told_git}, by="center", at="2026-10-13T11:20")
    stage.commit({"by": "housing", "edit": [{"drop": "contacted"}], "as": "dropped"})
    stage.town.lay_out()
    (stage.town.root / ".gitattributes").write_text(told_git, "ascii")
    (stage.town.git_folder / "info" / "attributes").write_text(told_git, "ascii")
    code, findings = told(hotline, stage.town.root)
    found = [(f["code"], f["commit"]) for f in findings if f["code"] != "A006"]
    assert (code, found) == (1, [("A001", stage.labels["dropped"])])


def test_a_mailmap_makes_nobody_a_member(tmp_path: Path, hotline: Hotline) -> None:
    stage = Stage(Town(tmp_path / "town"))
    stage.begin()
    lie = "<clerk@hotline-center.lezhi.example> <clerk@police-bureau.lezhi.example>\n"
    stage.town.commit({".mailmap": lie}, by="center", at="2026-10-13T11:20")
    stage.commit({"by": "police", "edit": [{"add": "催办"}], "as": "forged"})
    stage.town.lay_out()
    (stage.town.root / ".mailmap").write_text(lie, "ascii")
    _, findings = told(hotline, stage.town.root)
    (found,) = [f for f in findings if f["code"] == "A004"]
    assert (found["commit"], found["author"]) == (
        stage.labels["forged"], "clerk@police-bureau.lezhi.example"
    )  # fmt: skip


# --- copies that lack something --------------------------------------------------------------


def shallow(stage: Stage, target: Path) -> None:
    git(stage.town.root, "clone", "-q", "--depth", "2", f"file://{stage.town.root}", str(target))


def partial(stage: Stage, target: Path) -> None:
    """Without the old files, and nobody to ask for them."""
    git(stage.town.root, "config", "uploadpack.allowFilter", "true")
    git(stage.town.root, "clone", "-q", "--filter=blob:none", f"file://{stage.town.root}", str(target))  # fmt: skip
    git(target, "remote", "set-url", "origin", str(target.parent / "nowhere"))


def partial_with_remote(stage: Stage, target: Path) -> None:
    """An audit fetches nothing."""
    git(stage.town.root, "config", "uploadpack.allowFilter", "true")
    git(stage.town.root, "clone", "-q", "--filter=blob:none", f"file://{stage.town.root}", str(target))  # fmt: skip


def lacking(name: Callable[[Stage], str]) -> Callable[[Stage, Path], None]:
    def take_away(stage: Stage, target: Path) -> None:
        shutil.copytree(stage.town.root, target)
        gone = name(stage)
        (target / ".git" / "objects" / gone[:2] / gone[2:]).unlink()

    return take_away


def swapped(stage: Stage, target: Path) -> None:
    """An object's file with another object's content."""
    shutil.copytree(stage.town.root, target)
    trees = stage.town.trees
    one = trees[stage.labels["dropped"]][path_of("order")].name
    other = trees[stage.labels["begun"]][path_of("order")].name
    objects = target / ".git" / "objects"
    (objects / one[:2] / one[2:]).write_bytes((objects / other[:2] / other[2:]).read_bytes())


def no_repository(stage: Stage, target: Path) -> None:
    shutil.copytree(stage.town.root, target)
    shutil.rmtree(target / ".git")


def no_commits(stage: Stage, target: Path) -> None:
    shutil.copytree(stage.town.root, target)
    shutil.rmtree(target / ".git")
    git(target, "init", "-q", "-b", "main")


COPIES = {
    "浅克隆": shallow,
    "部分克隆，没有远端": partial,
    "部分克隆，有远端": partial_with_remote,
    "缺一个提交": lacking(lambda stage: stage.labels["dropped"]),
    "缺一棵树": lacking(
        lambda stage: git(stage.town.root, "rev-parse", f"{stage.labels['dropped']}:cases/2026/10")
    ),
    "缺工单的一个旧版本": lacking(
        lambda stage: stage.town.trees[stage.labels["changed"]][path_of("order")].name
    ),
    "缺名录": lacking(lambda stage: stage.town.trees["begun_"]["registry/units.yaml"].name),
    "对象换了内容": swapped,
    "不是 git 仓库": no_repository,
    "没有提交": no_commits,
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
def test_an_incomplete_copy_is_not_called_clean(
    copy: Callable[[Stage, Path], None], stage: Stage, tmp_path: Path, hotline: Hotline
) -> None:
    stage.town.trees["begun_"] = stage.town.trees[stage.labels["begun"]]
    copy(stage, tmp_path / "copy")
    code, out, err = hotline(
        "audit", "--repo", str(tmp_path / "copy"), "--now", NOW, "--format", "json", "--no-cache"
    )
    assert (code, out) == (2, ""), err
    assert err.strip()
    assert "Traceback" not in err


def test_a_shallow_copy_that_hides_it(stage: Stage, tmp_path: Path, hotline: Hotline) -> None:
    """The mark of a shallow clone taken away: the parents are simply missing."""
    shallow(stage, tmp_path / "copy")
    (tmp_path / "copy" / ".git" / "shallow").unlink()
    code, out, _ = hotline("audit", "--repo", str(tmp_path / "copy"), "--now", NOW)
    assert (code, out) == (2, "")


def test_a_shallow_mark_in_a_whole_copy(stage: Stage, hotline: Hotline) -> None:
    """A copy that only says that it is shallow hides what lies before."""
    (stage.town.git_folder / "shallow").write_text(f"{stage.labels['joined']}\n", "ascii")
    code, out, err = hotline("audit", "--repo", str(stage.town.root), "--now", NOW)
    assert (code, out) == (2, ""), err
