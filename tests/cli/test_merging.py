"""``hotline merge-driver`` and ``hotline setup``: git itself merges work orders by their events."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from hotline.doors import clone
from tests.doors.landing import NOW, PATH, PROGRESS, TEXT, USER, Land
from tests.support import ROOT

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Land:
    for name, value in USER.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return Land(tmp_path / "data")


@pytest.fixture
def setup(repository: Land, hotline: Run) -> Run:
    def run(*words: str) -> tuple[int, str, str]:
        return hotline("setup", "--repo", str(repository.root), *words)

    return run


# --- the driver -------------------------------------------------------------------------------


def three(folder: Path, base: str, ours: str, theirs: str) -> list[str]:
    names = []
    for name, text in zip("OAB", (base, ours, theirs), strict=True):
        (folder / name).write_bytes(text.encode())
        names.append(str(folder / name))
    return names


def test_the_driver_writes_the_union_to_ours(tmp_path: Path, hotline: Run) -> None:
    names = three(tmp_path, TEXT, TEXT + PROGRESS["a"], TEXT + PROGRESS["b"])
    assert hotline("merge-driver", *names, PATH) == (0, "", "")
    assert (tmp_path / "A").read_text("utf-8") == TEXT + PROGRESS["b"] + PROGRESS["a"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["A", "B", "O"]


def test_an_empty_base_is_none(tmp_path: Path, hotline: Run) -> None:
    names = three(tmp_path, "", TEXT + PROGRESS["a"], TEXT + PROGRESS["b"])
    assert hotline("merge-driver", *names)[0] == 0
    assert (tmp_path / "A").read_text("utf-8") == TEXT + PROGRESS["b"] + PROGRESS["a"]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (TEXT.replace("夜间施工噪音 ", "噪音 "), TEXT.replace("夜间施工噪音 ", "扰民 ")),
        (TEXT + "  - [\n", TEXT + PROGRESS["a"]),
    ],
)
def test_a_conflict_is_left_as_git_leaves_it(
    tmp_path: Path, hotline: Run, ours: str, theirs: str
) -> None:
    code, out, err = hotline("merge-driver", *three(tmp_path, TEXT, ours, theirs), PATH)
    assert (code, out) == (1, "")
    assert PATH in err and "<<<<<<<" in err and "git add" in err
    left = (tmp_path / "A").read_text("utf-8")
    assert "<<<<<<< 本分支\n" in left and ">>>>>>> 另一分支\n" in left


def test_a_missing_file_is_told(tmp_path: Path, hotline: Run) -> None:
    code, _, err = hotline("merge-driver", "none", "none", "none")
    assert code == 2 and "没有这个文件" in err
    assert hotline("merge-driver", "none")[0] == 2


def test_the_driver_starts_with_what_it_needs_only() -> None:
    script = (
        "import sys; from hotline.cli.main import main; main(['merge-driver', 'x', 'x', 'x']);"
        "print(sorted({'jinja2', 'git', 'jsonschema', 'mkdocs', 'hotline.findings.engine'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "[]\n"


# --- setup ------------------------------------------------------------------------------------


def test_setup_does_what_is_missing_once(repository: Land, setup: Run) -> None:
    code, out, err = setup()
    assert (code, err) == (0, "")
    assert "合并驱动已登记" in out and ".gitattributes" in out and out.count("已安装") == 2
    driver = repository.git("config", "--local", "merge.hotline.driver")
    assert driver.endswith("merge-driver %O %A %B %P")
    for name in ("pre-commit", "pre-push"):
        hook = repository.root / ".git/hooks" / name
        assert hook.stat().st_mode & 0o111
        assert hook.read_text().startswith("#!/bin/sh\n")
        assert hook.read_text().endswith(f' hook {name} "$@"\n')
    before = {p: p.read_bytes() for p in (repository.root / ".git").rglob("*") if p.is_file()}
    code, out, _ = setup()
    assert code == 0 and "早已登记" in out and out.count("早已安装") == 2
    assert before == {p: p.read_bytes() for p in before}


def test_hooks_of_others_stay(repository: Land, setup: Run) -> None:
    hook = repository.root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nmake lint\n")
    link = hook.with_name("pre-push")
    link.unlink(missing_ok=True)
    link.symlink_to("elsewhere")
    code, out, _ = setup()
    assert code == 0 and out.count("没有改动") == 2 and "hotline hook pre-commit" in out
    assert hook.read_text() == "#!/bin/sh\nmake lint\n" and link.is_symlink()


def test_hooks_that_git_looks_for_elsewhere(repository: Land, setup: Run) -> None:
    repository.git("config", "core.hooksPath", "/opt/hooks")
    code, out, _ = setup()
    assert code == 0 and "core.hooksPath 指向 /opt/hooks" in out
    assert not (repository.root / ".git/hooks/pre-commit").exists()


def test_no_hooks(repository: Land, setup: Run) -> None:
    assert setup("--no-hooks")[0] == 0
    assert not (repository.root / ".git/hooks/pre-commit").exists()
    assert repository.git("config", "merge.hotline.name")


def test_attributes_of_others_stay(repository: Land, setup: Run) -> None:
    repository.write({".gitattributes": "*.png binary"})
    setup()
    setup()
    text = (repository.root / ".gitattributes").read_text("utf-8")
    assert text.startswith("*.png binary\n") and text.count("merge=hotline") == 1
    assert text.endswith((ROOT / ".gitattributes").read_text("utf-8"))
    said = repository.git("check-attr", "merge", "text", "--", PATH)
    assert said.splitlines() == [f"{PATH}: merge: hotline", f"{PATH}: text: unset"]


def test_a_path_with_odd_characters_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "it's 100% $(here)"
    folder.mkdir()
    (folder / "hotline").write_text("#!/bin/sh\n")
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    assert shlex.split(clone.program()) == [str(folder / "hotline")]
    (folder / "hotline").unlink()
    assert shlex.split(clone.program()) == [str(folder / "python"), "-P", "-m", "hotline"]


def test_outside_of_git(tmp_path: Path, hotline: Run) -> None:
    (tmp_path / "registry").mkdir()
    code, _, err = hotline("setup", "--repo", str(tmp_path))
    assert code == 2 and "git init" in err


def test_a_worktree_shares_the_hooks(repository: Land, hotline: Run, tmp_path: Path) -> None:
    repository.git("worktree", "add", "-q", str(tmp_path / "other"))
    assert hotline("setup", "--repo", str(tmp_path / "other"))[0] == 0
    assert (repository.root / ".git/hooks/pre-commit").is_file()


# --- git itself -------------------------------------------------------------------------------


def test_git_merge_gives_the_same_bytes_as_land(repository: Land, setup: Run, hotline: Run) -> None:
    setup("--no-hooks")
    repository.commit("attributes")
    for name, text in PROGRESS.items():
        repository.branch(name, {PATH: TEXT + text})
    start, found = repository.tip(), set()
    for order in permutations(PROGRESS):
        repository.git("reset", "-q", "--hard", start)
        for name in order:
            repository.git("merge", "-q", "--no-ff", "-m", name, name)
        found.add((repository.read(), repository.tip("HEAD^{tree}")))
        repository.git("reset", "-q", "--hard", start)
        assert hotline("land", *order, "--repo", str(repository.root), "--now", NOW)[0] == 0
        found.add((repository.read(), repository.tip("HEAD^{tree}")))
    assert len(found) == 1


def test_a_conflict_of_git_merge_is_a_normal_one(repository: Land, setup: Run) -> None:
    setup("--no-hooks")
    repository.commit("attributes")
    for name in ("甲", "乙"):
        repository.branch(name, {PATH: TEXT.replace("夜间施工噪音 ", f"{name} ")})
    repository.git("merge", "-q", "甲")
    repository.git("merge", "-q", "乙", ok=False)
    assert repository.git("diff", "--name-only", "--diff-filter=U") == PATH
    assert "<<<<<<< " in (repository.root / PATH).read_text("utf-8")
    repository.git("merge", "--abort")
    assert repository.is_clean()


def test_rebase_and_cherry_pick_use_it_too(repository: Land, setup: Run) -> None:
    setup("--no-hooks")
    repository.commit("attributes")
    for name in "ab":
        repository.branch(name, {PATH: TEXT + PROGRESS[name]})
    repository.git("merge", "-q", "a")
    repository.git("cherry-pick", "b")
    assert repository.read() == TEXT + PROGRESS["b"] + PROGRESS["a"]


def test_the_starter_and_this_repository_have_the_same_attributes() -> None:
    own = (ROOT / ".gitattributes").read_bytes()
    assert own == (ROOT / "site_templates/starter/.gitattributes").read_bytes()
