"""Landing with a real git: the same bytes in any order, nothing touched that is refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from hotline.doors import git
from hotline.doors.landing import Files, Order
from hotline.doors.landing import land as run_landing
from tests.doors.landing import ID, NOW, PATH, PROGRESS, TEXT, USER, Land, case
from tests.support import ROOT, strict

Run = Callable[..., tuple[int, str, str]]
MERGED = TEXT + PROGRESS["b"] + PROGRESS["c"] + PROGRESS["a"]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Land:
    for name, value in USER.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return Land(tmp_path / "data")


@pytest.fixture
def land(repository: Land, hotline: Run) -> Run:
    def run(*words: str) -> tuple[int, str, str]:
        return hotline("land", *words, "--repo", str(repository.root), "--now", NOW)

    return run


def people(repository: Land) -> None:
    for name, text in PROGRESS.items():
        repository.branch(name, {PATH: TEXT + text})


# --- what lands -------------------------------------------------------------------------------


def test_three_branches_land_alike_in_all_six_orders(repository: Land, land: Run) -> None:
    people(repository)
    start, trees = repository.tip(), set()
    for order in permutations(PROGRESS):
        repository.git("reset", "-q", "--hard", start)
        code, out, err = land(*order)
        assert (code, err) == (0, ""), out
        assert (repository.root / PATH).read_text("utf-8") == MERGED
        assert repository.is_clean()
        trees.add(repository.tip("HEAD^{tree}"))
    assert len(trees) == 1


def test_each_landing_is_a_merge_commit(repository: Land, land: Run) -> None:
    people(repository)
    before = repository.tip()
    assert land("a", "b")[0] == 0
    last, first = repository.git(
        "log", "--first-parent", "--format=%H %P|%an <%ae>|%s"
    ).splitlines()[:2]
    assert first.split("|")[0].split()[1:] == [before, repository.tip("a")]
    assert last.split("|")[0].split()[1:] == [first.split()[0], repository.tip("b")]
    assert last.split("|")[1:] == ["张三 <zhang@lezhi.example>", f"合并 b：{ID}"]
    assert repository.git("log", "-1", "--format=%b").endswith(f"- {ID}")
    assert repository.git("fsck", "--strict") == ""


def test_a_branch_is_not_fast_forwarded(repository: Land, land: Run) -> None:
    repository.branch("a", {PATH: TEXT + PROGRESS["a"]})
    code, out, _ = land("a", "a")
    assert code == 0 and "已合并" in out and "已经在里面" in out
    assert len(repository.git("log", "-1", "--format=%P").split()) == 2
    assert repository.tip("HEAD^{tree}") == repository.tip("a^{tree}")


def test_identical_appends_become_one(repository: Land, land: Run) -> None:
    for name in ("one", "two"):
        repository.branch(name, {PATH: TEXT + PROGRESS["a"]})
    assert land("one", "two")[0] == 0
    assert repository.read() == TEXT + PROGRESS["a"]


def test_what_others_do_not_touch_comes_along(repository: Land, land: Run) -> None:
    path, text = case(8)
    repository.write({"docs/old.md": "旧\n", "docs/x.md": "x\n"})
    repository.commit()
    repository.branch(
        "a", {path: text, "README.md": "读\n", "docs/old.md": None, "docs/程序.sh": "echo\n"}
    )
    repository.branch("b", {PATH: TEXT + PROGRESS["b"]})
    assert land("b", "a")[0] == 0
    assert repository.read(path) == text and repository.read("README.md") == "读\n"
    assert not (repository.root / "docs/old.md").exists()
    assert (repository.root / "docs/程序.sh").exists() and repository.is_clean()


def test_another_branch_than_the_one_checked_out(repository: Land, land: Run) -> None:
    people(repository)
    repository.git("branch", "release")
    (repository.root / PATH).write_text("改到一半", "utf-8")
    assert land("a", "b", "--onto", "release")[0] == 0
    assert repository.read(PATH, "release") == TEXT + PROGRESS["b"] + PROGRESS["a"]
    assert (repository.root / PATH).read_text("utf-8") == "改到一半"
    assert repository.read() == TEXT


def test_a_dry_run_moves_nothing(repository: Land, land: Run) -> None:
    people(repository)
    before = repository.tip()
    code, out, _ = land("a", "b", "--dry-run")
    assert code == 0 and out.count("可以合并") == 2
    assert repository.tip() == before and repository.is_clean()


def test_json(repository: Land, land: Run) -> None:
    people(repository)
    repository.branch("bad", {PATH: TEXT + "  - {type: x}\n"})
    code, out, _ = land("a", "bad", "a", "--format", "json")
    told = json.loads(out)
    assert code == 1 and told["schema_version"] == 1
    assert [row["status"] for row in told["branches"]] == ["landed", "refused", "contained"]
    assert told["branches"][0]["commit"] == repository.tip()
    assert told["branches"][0]["cases"] == [ID]


def test_an_event_that_a_branch_deleted_stays(repository: Land, land: Run) -> None:
    signed = TEXT.splitlines(keepends=True)[-1]
    repository.branch("a", {PATH: TEXT.replace(signed, PROGRESS["c"])})
    assert land("a")[0] == 0
    assert repository.read() == TEXT + PROGRESS["c"]


def test_an_event_written_at_the_end_goes_where_its_time_is(repository: Land, land: Run) -> None:
    early = "  - {at: 2026-10-13T09:45:00+08:00, by: hotline-center, type: urged, text: 请抓紧}\n"
    repository.branch("a", {PATH: TEXT + early})
    assert land("a")[0] == 0
    assert repository.read() == TEXT.replace("  # 交办", early + "  # 交办")


def test_a_criss_cross_history_lands(repository: Land, land: Run) -> None:
    people(repository)
    repository.git("branch", "side", "b")
    assert land("b")[0] == 0
    assert land("a", "--onto", "side")[0] == 0
    assert land("a")[0] == 0
    repository.git("checkout", "-q", "side")
    repository.write({PATH: repository.read() + "# 完\n"})
    repository.commit()
    repository.git("checkout", "-q", "main")
    assert land("side")[0] == 0
    assert repository.read() == TEXT + PROGRESS["b"] + PROGRESS["a"] + "# 完\n"


# --- what is refused --------------------------------------------------------------------------


def refused(repository: Land, land: Run, branch: str) -> str:
    """Why a branch was refused; nothing has moved, and the next one lands."""
    before, theirs = repository.tip("main"), repository.tip(f"refs/heads/{branch}")
    code, out, err = land(branch)
    assert (code, err) == (1, ""), out
    assert "没有合并，分支原样未动" in out
    assert repository.tip("main") == before and repository.tip(f"refs/heads/{branch}") == theirs
    assert repository.is_clean()
    return out


def test_a_red_branch_is_refused_and_the_next_lands(repository: Land, land: Run) -> None:
    people(repository)
    again = "  - {at: 2026-10-14T11:00:00+08:00, by: housing-bureau, type: signed}\n"
    repository.branch("red", {PATH: TEXT + again})
    assert "W001" in refused(repository, land, "red")
    code, out, _ = land("a", "red", "b")
    assert code == 1 and out.count("已合并") == 2
    assert repository.read() == TEXT + PROGRESS["b"] + PROGRESS["a"]


def test_what_was_wrong_before_stops_nobody(repository: Land, land: Run) -> None:
    wrong = TEXT.replace("support: [tianchi-street]", "support: [housing-bureau]")
    repository.write({PATH: wrong})
    repository.commit()
    repository.branch("a", {PATH: wrong + PROGRESS["a"]})
    early = "  - {at: 2026-10-13T09:45:00+08:00, by: hotline-center, type: urged, text: 请抓紧}\n"
    repository.branch("b", {PATH: wrong.replace("  # 交办", early + "  # 交办")})
    code, out, _ = land("a", "b")
    assert code == 0, out


def test_two_green_branches_that_are_red_together(repository: Land, land: Run) -> None:
    for number in (8, 9):
        path, text = case(number)
        repository.branch(f"n{number}", {path: text.replace(f"13{number:04}", "13777")})
    code, out, _ = land("n8", "n9")
    assert code == 1 and "X002" in out
    assert repository.git("ls-files", "cases").splitlines() == [PATH, case(8)[0]]


def test_a_branch_may_mend_a_broken_file(repository: Land, land: Run) -> None:
    broken = TEXT + "  - {at: 2026\n"
    repository.write({PATH: broken})
    repository.commit()
    repository.branch("worse", {PATH: broken + "?? [\n"})
    repository.branch("a", {PATH: TEXT + PROGRESS["a"]})
    assert land("a")[0] == 0
    assert repository.read() == TEXT + PROGRESS["a"]
    repository.branch("broken", {PATH: TEXT + PROGRESS["a"] + "  - [\n"})
    assert "S001" in refused(repository, land, "broken")


def test_a_branch_may_write_in_any_way_what_only_it_changes(repository: Land, land: Run) -> None:
    path, text = case(8)
    flow = f"{{{json.dumps(strict(text), ensure_ascii=False)[1:-1]}}}\n"
    repository.write({path: flow})
    repository.commit()
    repository.branch("a", {path: flow.replace(", ", ",  ")})
    assert land("a")[0] == 0
    repository.branch("b", {path: flow.replace('"type": "signed"', '"type": "urged"')})
    assert "{…}" in refused(repository, land, "b")


def test_a_header_that_only_the_branch_changed_is_refused(repository: Land, land: Run) -> None:
    """Nobody else wrote to it, and still no event licenses it: the audit would find it (A002)."""
    tip = repository.tip()
    repository.branch("a", {PATH: TEXT.replace("urgency: normal", "urgency: special")})
    code, out, _ = land("a")
    assert code == 1
    assert "A002" in out
    assert repository.tip() == tip


def test_a_conflicting_header_is_refused(repository: Land, land: Run) -> None:
    repository.branch("b", {PATH: TEXT.replace("夜间施工噪音 ", "扰民 ")})
    repository.write({PATH: TEXT.replace("夜间施工噪音 ", "噪音 ")})
    repository.commit("pushed past everybody")
    assert "title" in refused(repository, land, "b")


def test_a_registry_that_breaks_orders_is_refused(repository: Land, land: Run) -> None:
    units = repository.read("registry/units.yaml")
    repository.branch(
        "a", {"registry/units.yaml": units.replace("id: tianchi-street", "id: other")}
    )
    assert "X010" in refused(repository, land, "a")
    repository.branch("b", {"registry/units.yaml": "units: 3\n"})
    assert "registry/units.yaml" in refused(repository, land, "b")
    repository.branch("c", {"registry/units.yaml": units + "# 注\n"})
    assert land("c")[0] == 0


def test_a_schema_that_breaks_orders_is_refused(repository: Land, land: Run) -> None:
    path = "schema/case.schema.json"
    own = (ROOT / path).read_text("utf-8")
    repository.branch("a", {path: "{"})
    assert "schema" in refused(repository, land, "a")
    repository.branch("b", {path: own.replace('"city_12345",', "")})
    assert "S010" in refused(repository, land, "b")
    repository.branch("c", {path: own})
    repository.branch("d", {PATH: TEXT + PROGRESS["a"]})
    assert land("c", "d")[0] == 0


def test_the_data_may_lie_in_a_folder_of_the_repository(
    repository: Land, hotline: Run, tmp_path: Path
) -> None:
    whole = Land.__new__(Land)
    whole.root = tmp_path / "whole"
    (whole.root / "data").mkdir(parents=True)
    shutil.copytree(repository.root / "registry", whole.root / "data/registry")
    whole.git("init", "-q", "-b", "main")
    whole.write({f"data/{PATH}": TEXT, "cases/x.yaml": "x"})
    whole.commit()
    for name in "ab":
        whole.branch(name, {f"data/{PATH}": TEXT + PROGRESS[name], f"cases/{name}": name})
    code, out, err = hotline("land", "a", "b", "--repo", str(whole.root / "data"), "--now", NOW)
    assert (code, err) == (0, ""), out
    assert whole.read(f"data/{PATH}") == TEXT + PROGRESS["b"] + PROGRESS["a"]
    assert whole.is_clean() and (whole.root / "cases/a").exists()


def test_the_branch_is_judged_by_the_registry_of_the_base(repository: Land, land: Run) -> None:
    """A unit that only the branch knows is none, not even for its own order."""
    units = repository.read("registry/units.yaml")
    path, text = case(8)
    new = units.replace("id: tianchi-street", "id: invented")
    repository.branch(
        "a", {"registry/units.yaml": new, path: text.replace("tianchi-street", "invented")}
    )
    assert "X010" in refused(repository, land, "a")


def make_link(repository: Land) -> None:
    (repository.root / PATH).unlink()
    (repository.root / PATH).symlink_to("/etc/passwd")


def make_executable(repository: Land) -> None:
    (repository.root / PATH).chmod(0o755)


def make_module(repository: Land) -> None:
    tip = repository.tip()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{tip},cases/sub")
    (repository.root / "cases/sub").mkdir()


def rename(repository: Land) -> None:
    (repository.root / PATH).rename(repository.root / case(8)[0])


def delete(repository: Land) -> None:
    (repository.root / PATH).unlink()


def put_stray(repository: Land) -> None:
    repository.write({"cases/2026/10/$(touch pwned).yml": "x"})


def change_another(repository: Land) -> None:
    repository.write({"README.md": "乙\n"})


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (make_link, "链接"), (make_executable, "可执行"), (make_module, "子仓库"), (rename, "改名"),
        (delete, "删除"), (put_stray, "S020"), (change_another, "两边都改了 README.md"),
    ],
)  # fmt: skip
def test_what_no_branch_may_bring(
    repository: Land, land: Run, act: Callable[[Land], None], why: str
) -> None:
    repository.git("checkout", "-q", "-b", "bad")
    act(repository)
    repository.commit()
    repository.git("checkout", "-q", "main")
    shutil.rmtree(repository.root / "cases/sub", ignore_errors=True)
    repository.write({"README.md": "甲\n"})
    repository.commit()
    assert why in refused(repository, land, "bad")


def test_only_cases_where_asked(repository: Land, land: Run) -> None:
    repository.branch("a", {PATH: TEXT + PROGRESS["a"], "README.md": "x\n"})
    repository.branch("b", {PATH: TEXT + PROGRESS["b"]})
    code, out, _ = land("a", "b", "--cases-only")
    assert code == 1 and "工单以外的文件 README.md" in out
    assert repository.read() == TEXT + PROGRESS["b"]


def test_an_unrelated_or_unknown_branch_is_refused(repository: Land, land: Run) -> None:
    repository.git("checkout", "-q", "--orphan", "alien")
    repository.commit()
    repository.git("checkout", "-q", "main")
    assert "没有共同的历史" in refused(repository, land, "alien")
    code, out, _ = land("nowhere")
    assert code == 1 and "没有分支 nowhere" in out


def test_large_files_are_refused(repository: Land, land: Run) -> None:
    repository.branch("a", {PATH: TEXT + "#" * (300 * 1024)})
    assert f"{PATH} 读不出，或超过 256 KiB" in refused(repository, land, "a")


# --- before anything begins -------------------------------------------------------------------


def test_a_work_tree_with_changes_is_left_alone(repository: Land, land: Run) -> None:
    people(repository)
    (repository.root / PATH).write_text(TEXT + "# 改到一半\n", "utf-8")
    before = repository.tip()
    code, out, err = land("a")
    assert (code, out) == (2, "") and "git stash" in err
    assert repository.tip() == before
    assert (repository.root / PATH).read_text("utf-8") == TEXT + "# 改到一半\n"


def test_a_file_in_the_way_is_left_alone(repository: Land, land: Run) -> None:
    path, text = case(8)
    repository.branch("a", {path: text})
    repository.write({path: "我的草稿\n"})
    before = repository.tip()
    code, out, _ = land("a")
    assert code == 1 and "盖掉" in out
    assert (
        repository.tip() == before and (repository.root / path).read_text("utf-8") == "我的草稿\n"
    )


def test_nobody_known_to_git(repository: Land, land: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    people(repository)
    for name in USER:
        monkeypatch.delenv(name)
    code, _, err = land("a")
    assert code == 2 and "git config --global user.name" in err
    repository.git("config", "user.name", "李四")
    repository.git("config", "user.email", "li@lezhi.example")
    assert land("a")[0] == 0
    assert repository.git("log", "-1", "--format=%an %ce") == "李四 li@lezhi.example"


@pytest.mark.parametrize("words", [("a", "--onto", "nowhere"), ("a", "--onto", "-x"), ()])
def test_wrong_use_is_told(repository: Land, land: Run, words: tuple[str, ...]) -> None:
    people(repository)
    code, _, err = land(*words)
    assert code == 2 and "Traceback" not in err and err


def test_a_detached_head_needs_a_branch(repository: Land, land: Run) -> None:
    people(repository)
    repository.git("checkout", "-q", "--detach")
    code, _, err = land("a")
    assert code == 2 and "--onto" in err
    assert land("a", "--onto", "main")[0] == 0


def test_a_stale_lock_is_told_with_the_way_out(repository: Land, land: Run) -> None:
    people(repository)
    lock = repository.root / ".git" / "index.lock"
    lock.touch()
    code, _, err = land("a")
    assert code == 2 and str(lock) in err
    lock.unlink()
    lock = repository.root / ".git" / "refs/heads/main.lock"
    lock.touch()
    code, _, err = land("a")
    assert code == 2 and "锁" in err and repository.is_clean()
    lock.unlink()
    assert land("a")[0] == 0


def test_a_branch_that_is_open_elsewhere(repository: Land, land: Run, tmp_path: Path) -> None:
    people(repository)
    repository.git("branch", "release")
    repository.git("worktree", "add", "-q", str(tmp_path / "other"), "release")
    code, _, err = land("a", "--onto", "release")
    assert code == 2 and "另一个工作区" in err


def test_no_git_repository(tmp_path: Path, hotline: Run) -> None:
    (tmp_path / "registry").mkdir()
    code, _, err = hotline("land", "a", "--repo", str(tmp_path))
    assert code == 2 and "Traceback" not in err


# --- hostile repositories ---------------------------------------------------------------------

HOSTILE = (
    "$(touch${IFS}pwned)",
    "`touch`",
    ";touch\u202epwned",
    "a'b\"c",
    "&&touch",
    "-x",
    "--onto=x",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_text(repository: Land, hotline: Run, name: str) -> None:
    made = repository.branch("plain", {PATH: TEXT + PROGRESS["a"]})
    repository.git("update-ref", f"refs/heads/{name}", made)
    where = ("--repo", str(repository.root), "--now", NOW)
    code, out, err = hotline("land", *where, "--", name)
    assert (code, err) == (0, ""), out
    assert repository.read() == TEXT + PROGRESS["a"]
    assert "\u202e" not in out + repository.git("log", "-1", "--format=%B")
    assert not list(repository.root.rglob("pwned*"))


def test_nothing_that_the_repository_names_runs(
    repository: Land, land: Run, tmp_path: Path
) -> None:
    people(repository)
    canary = tmp_path / "canary"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho $0 $* >> {canary}\ncat\n")
    program.chmod(0o755)
    for hook in (
        "pre-commit", "post-commit", "post-merge", "pre-merge-commit", "commit-msg", "update",
        "reference-transaction", "post-checkout", "post-index-change", "prepare-commit-msg",
    ):  # fmt: skip
        shutil.copy(program, repository.root / ".git/hooks" / hook)
    (repository.root / ".git/info/attributes").write_text("* filter=evil merge=evil diff=evil\n")
    for key in (
        "core.fsmonitor", "core.editor", "core.pager", "core.sshCommand", "diff.external",
        "diff.evil.command", "diff.evil.textconv", "filter.evil.clean", "filter.evil.smudge",
        "filter.evil.process", "merge.evil.driver", "gpg.program", "gpg.ssh.program",
        "gpg.ssh.defaultKeyCommand", "credential.helper", "alias.merge-base", "sequence.editor",
    ):  # fmt: skip
        repository.git("config", key, str(program))
    repository.git("config", "filter.evil.required", "true")
    repository.git("config", "commit.gpgsign", "true")
    repository.git("config", "gpg.format", "ssh")
    canary.unlink(missing_ok=True)
    code, out, err = land("a", "b", "c")
    assert (code, err) == (0, ""), out
    assert not canary.exists(), canary.read_text()
    assert (repository.root / PATH).read_text("utf-8") == MERGED


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="OpenSSH is not installed")
def test_commits_are_signed_where_the_user_signs(
    repository: Land, land: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(repository)
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    settings = tmp_path / "gitconfig"
    settings.write_text(
        f"[commit]\n gpgsign = true\n[gpg]\n format = ssh\n[user]\n signingkey = {key}\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    assert land("a")[0] == 0
    assert "gpgsig -----BEGIN SSH SIGNATURE" in repository.git("cat-file", "commit", "HEAD")
    settings.write_text("[commit]\n gpgsign = true\n[gpg]\n format = ssh\n")
    code, _, err = land("b")
    assert code == 2 and "user.signingkey" in err


# --- interrupted ------------------------------------------------------------------------------


def test_what_was_killed_after_the_branch_moved_is_carried_on(repository: Land, land: Run) -> None:
    people(repository)
    before = repository.tip()
    assert land("a")[0] == 0
    repository.git("read-tree", "-m", "-u", "HEAD", before)
    assert not repository.is_clean()
    assert land("b")[0] == 0
    assert repository.is_clean()
    assert repository.read() == TEXT + PROGRESS["b"] + PROGRESS["a"]


class Killed(BaseException):
    """As if the process were gone."""


@pytest.mark.parametrize(
    "step",
    [pytest.param(4, id="some"), pytest.param(1, id="every one", marks=pytest.mark.slow)],
)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_around_any_call_of_git(
    repository: Land, land: Run, monkeypatch: pytest.MonkeyPatch, after: bool, step: int
) -> None:
    """For every n: the n-th call of git is the last; the same command again ends it well."""
    people(repository)
    start, real = repository.tip(), git._start
    for last in range(1 + step // 2 * after, 200, step):
        calls = 0

        def dying(*arguments: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == last and not after:  # noqa: B023 — called within the turn
                raise Killed
            done = real(*arguments)
            if calls == last:  # noqa: B023
                raise Killed
            return done

        order = Order(("a", "b"))
        with monkeypatch.context() as patch:
            patch.setattr(git, "_start", dying)
            try:
                list(run_landing(repository.root, order, lambda tip: Everything()))
            except Killed:
                was_killed = True
            else:
                was_killed = False
        assert repository.read().startswith(TEXT)
        code, out, err = land("a", "b")
        assert code == 0, out + err
        assert repository.read() == TEXT + PROGRESS["b"] + PROGRESS["a"]
        assert repository.is_clean()
        assert len(repository.git("rev-list", "--merges", "HEAD").split()) == 2
        if not was_killed:
            break
        repository.git("reset", "-q", "--hard", start)
    else:
        raise AssertionError("it never came to its end")
    assert last > 40


class Everything:
    """A judge whom everything suits."""

    def faults(self, changed: Files) -> list[str]:
        return []

    def accept(self, changed: Files) -> None:
        pass


def test_killed_at_any_moment_old_or_new(repository: Land) -> None:
    people(repository)
    start = repository.tip()
    tool = [sys.executable, "-m", "hotline", "land", "a", "b", "c", "--now", NOW]
    for delay in (0.4, 0.6, 0.7, 0.8, 0.9, 1.1):
        running = subprocess.Popen(
            tool, cwd=repository.root, stdout=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(delay)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        (repository.root / ".git/index.lock").unlink(missing_ok=True)
        (repository.root / ".git/refs/heads/main.lock").unlink(missing_ok=True)
        assert TEXT in repository.read()
        assert repository.git("fsck", "--strict", "--no-dangling") == ""
        done = subprocess.run(tool, cwd=repository.root, capture_output=True)
        if done.returncode == 2:  # killed while files were being written
            repository.git("reset", "-q", "--hard")
            done = subprocess.run(tool, cwd=repository.root, capture_output=True)
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
        assert repository.read() == MERGED and repository.is_clean()
        repository.git("reset", "-q", "--hard", start)


def test_two_at_once_do_not_interfere(repository: Land) -> None:
    people(repository)
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "hotline", "land", *order, "--now", NOW],
            cwd=repository.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for order in ("abc", "cba")
    ]  # fmt: skip
    said = [process.communicate() for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    assert repository.read() == MERGED and repository.is_clean()
