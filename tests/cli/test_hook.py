"""``hotline hook``: real pushes to a real server repository, and real commits."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hotline.cli import brought
from hotline.doors import git
from hotline.doors.clone import program
from hotline.findings.engine import Selection
from tests.doors.landing import ID, NOW, PATH, PROGRESS, TEXT, USER, case
from tests.support import ROOT, strict

Run = Callable[..., tuple[int, str, str]]
PHONE = "13800138000"
WRONG = "  - {at: 2026-10-14T10:00:00+08:00, by: education-bureau, type: progress, text: 到场}\n"
UNKNOWN = "  - {at: 2026-10-14T10:00:00+08:00, by: no-such-unit, type: progress, text: 到场}\n"


class Clone:
    """A clone of somebody, who commits and pushes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        env |= {**USER, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        return subprocess.run(
            ["git", *arguments], cwd=self.root, env=env, capture_output=True, text=True, check=False
        )

    def git(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, path: str, text: str | None) -> None:
        file = self.root / path
        if text is None:
            file.unlink()
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def commit(self, *options: str, **_: Any) -> str:
        self.git("add", "-A")
        self.git("commit", "-qm", "x", *options)
        return self.git("rev-parse", "HEAD")

    def put(self, files: dict[str, str | None]) -> str:
        for path, text in files.items():
            self.write(path, text)
        return self.commit()

    def push(self, *arguments: str) -> tuple[bool, str]:
        """Whether it was accepted, and what the pusher read."""
        done = self.run("push", "origin", *(arguments or ("HEAD:main",)))
        assert "Traceback" not in done.stderr
        return done.returncode == 0, done.stderr

    def refused(self, *words: str, ref: str = "HEAD:main", options: tuple[str, ...] = ()) -> str:
        accepted, said = self.push(*options, ref)
        assert not accepted, said
        assert all(word in said for word in words), said
        return said


class Server(Clone):
    """A bare repository whose pre-receive is the real one."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        root.mkdir()
        self.git("init", "-q", "--bare", "-b", "main")
        self.install()

    def install(self, *options: str) -> None:
        words = " ".join(("--now", NOW, *options))
        hook = self.root / "hooks" / "pre-receive"
        hook.write_text(f"#!/bin/sh\nexec {program()} hook pre-receive {words}\n")
        hook.chmod(0o755)

    def clone(self, name: str) -> Clone:
        self.git("clone", "-q", str(self.root), str(self.root.parent / name))
        return Clone(self.root.parent / name)

    def text(self, path: str = PATH, ref: str = "main") -> str:
        return self.run("show", f"{ref}:{path}").stdout


def filled(clone: Clone) -> None:
    """The files of a small data repository."""
    shutil.copytree(ROOT / "registry", clone.root / "registry", dirs_exist_ok=True)
    clone.write("registry/precedents.yaml", "precedents: []\n")
    clone.write(PATH, TEXT)
    path, other = case(8)
    clone.write(path, other)


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server with its first push, made once."""
    folder = tmp_path_factory.mktemp("hook")
    server = Server(folder / "server.git")
    one = server.clone("one")
    filled(one)
    one.commit()
    accepted, said = one.push()
    assert accepted, said
    return folder


@pytest.fixture
def server(_made: Path, tmp_path: Path) -> Server:
    shutil.copytree(_made, tmp_path / "made")
    server = Server.__new__(Server)
    server.root = tmp_path / "made" / "server.git"
    return server


@pytest.fixture
def one(server: Server) -> Clone:
    clone = Clone(server.root.parent / "one")
    clone.git("remote", "set-url", "origin", str(server.root))
    clone.git("fetch", "-q")
    return clone


# --- pre-receive: what goes through ------------------------------------------------------------


def test_a_good_push_is_accepted(server: Server, one: Clone) -> None:
    one.put({PATH: TEXT + PROGRESS["a"]})
    accepted, said = one.push()
    assert accepted and "remote:" not in said
    assert server.text() == TEXT + PROGRESS["a"]


def test_a_new_order_and_a_new_branch_are_accepted(server: Server, one: Clone) -> None:
    path, text = case(9)
    one.put({path: text})
    accepted, said = one.push("HEAD:refs/heads/work")
    assert accepted and "remote:" not in said
    assert one.push()[0]


def test_what_stood_before_keeps_nobody_back(server: Server, one: Clone) -> None:
    hook = server.root / "hooks" / "pre-receive"
    hook.chmod(0o644)
    one.put({PATH: TEXT + UNKNOWN})
    assert one.push()[0]
    hook.chmod(0o755)
    later = PROGRESS["a"].replace("10-14T10", "10-15T10")
    one.put({PATH: TEXT + UNKNOWN + later})
    accepted, said = one.push()
    assert accepted, said
    one.put({PATH: TEXT + UNKNOWN + later + UNKNOWN.replace("10-14T10", "10-16T10")})
    said = one.refused("X010")
    assert said.count("X010") == 1


def test_a_first_push_is_judged_by_its_own_registry(tmp_path: Path) -> None:
    server = Server(tmp_path / "server.git")
    clone = server.clone("one")
    filled(clone)
    clone.write(PATH, TEXT + UNKNOWN)
    clone.commit()
    clone.refused("X010", f"{PATH}:")
    clone.put({PATH: TEXT})
    assert clone.push()[0]


def test_a_readme_may_come_first(tmp_path: Path) -> None:
    server = Server(tmp_path / "server.git")
    clone = server.clone("one")
    clone.put({"说明.md": "x\n"})
    assert clone.push()[0]
    clone.put({PATH: TEXT})
    clone.refused("registry/")
    filled(clone)
    clone.commit()
    accepted, said = clone.push()
    assert accepted, said


def test_data_may_lie_in_a_folder(tmp_path: Path) -> None:
    server = Server(tmp_path / "server.git")
    clone = server.clone("one")
    below = Clone(clone.root / "data")
    below.root.mkdir()
    filled(below)
    clone.commit()
    assert clone.push()[0]
    below.write(PATH, TEXT + WRONG)
    clone.commit()
    clone.refused("W002")


def test_a_merge_of_what_came_in_between_is_accepted(server: Server, one: Clone) -> None:
    two = server.clone("two")
    two.put({PATH: TEXT + PROGRESS["a"]})
    assert two.push()[0]
    path, text = case(9)
    one.put({path: text})
    one.git("pull", "-q", "--no-rebase", "origin", "main")
    assert one.push()[0]
    assert server.text() == TEXT + PROGRESS["a"]


# --- pre-receive: what is refused ----------------------------------------------------------------


def test_a_red_push_is_refused_with_the_reason(server: Server, one: Clone) -> None:
    one.put({PATH: TEXT + WRONG})
    said = one.refused("W002", f"remote:   {PATH}:24:", "错误", "没有接收这次推送")
    assert "�" not in said
    assert server.text() == TEXT
    blob = one.git("rev-parse", f"HEAD:{PATH}")
    assert server.run("cat-file", "-e", blob).returncode  # nothing of it stays there


def test_an_event_removed_or_changed_is_refused(server: Server, one: Clone) -> None:
    lines = TEXT.splitlines(keepends=True)
    one.put({PATH: "".join(lines[:-1])})
    one.refused("A001", "签收", f"{PATH}:")
    one.put({PATH: TEXT.replace("T10:20", "T10:21")})
    one.refused("A001")
    one.put({PATH: TEXT.replace("title: 夜间施工噪音", "title: 噪音")})
    one.refused("A002", "title")
    one.put({PATH: "id: [\n"})
    one.refused("A001", "S001")


def test_an_order_deleted_or_renamed_is_refused(server: Server, one: Clone) -> None:
    one.put({PATH: None})
    one.refused("A003", "工单文件被删除", PATH)
    one.git("reset", "-q", "--hard", "HEAD~1")
    one.git("mv", PATH, PATH.replace("0007", "0017"))
    one.commit()
    one.refused("A003", "0017")


def test_history_is_not_rewritten(server: Server, one: Clone) -> None:
    one.put({PATH: TEXT + PROGRESS["a"]})
    one.push()
    one.git("reset", "-q", "--hard", "HEAD~1")
    one.put({PATH: TEXT + PROGRESS["b"]})
    one.refused("强制推送", "git pull", options=("--force",))
    one.refused("不能删除", ref=":main")
    assert server.text() == TEXT + PROGRESS["a"]
    one.refused("refs/replace/", ref="HEAD:refs/replace/" + "1" * 40)


def test_links_are_refused_and_never_followed(server: Server, one: Clone, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"TOP-{PHONE}")
    for path in ("cases/2026/10/LZ-20261013-0011.yaml", "registry/policy/x.yaml", "schema/x.json"):
        (one.root / path).parent.mkdir(parents=True, exist_ok=True)
        (one.root / path).symlink_to(secret)
        one.commit()
        said = one.refused(path, "链接")
        assert "TOP" not in said and PHONE not in said
        one.git("reset", "-q", "--hard", "HEAD~1")
    one.git("rm", "-qr", "schema", "--ignore-unmatch")
    (one.root / "schema").symlink_to(tmp_path)
    one.commit()
    one.refused("schema:1:", "链接")
    one.git("reset", "-q", "--hard", "HEAD~1")
    one.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},cases/sub")
    one.git("commit", "-qm", "x")
    one.refused("cases/sub", "子模块")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("cases/2026/10/$(id).yaml", "cases/2026/10/??id?.yaml:1:"),
        ("cases/a\nb.yaml", "cases/a?b.yaml:1:"),
        (f"cases/张三{PHONE}.yaml", "cases/??….yaml:1:"),
        ("registry/a,b.yaml", "registry/a?b.yaml:1:"),
        (".github/`x`", ".github/?x?:1:"),
        ("docs/a;b.md", "docs/a?b.md:1:"),
    ],
)
def test_a_name_that_is_no_name_is_refused(one: Clone, name: str, shown: str) -> None:
    one.put({name: "x\n"})
    said = one.refused(shown, "文件名")
    assert PHONE not in said and "张三" not in said


def test_a_tree_that_no_git_makes_is_refused(one: Clone) -> None:
    blob = one.git("rev-parse", f"HEAD:{PATH}")
    top = one.git("ls-tree", "HEAD").encode() + b"\n"
    for name in (b"..", b".GIT"):
        row = b"100644 blob " + blob.encode() + b"\t" + name + b"\n"
        tree = subprocess.run(
            ["git", "mktree"], cwd=one.root, input=top + row, capture_output=True, check=True
        ).stdout.decode().strip()  # fmt: skip
        commit = one.git("commit-tree", tree, "-p", "HEAD", "-m", "x")
        one.refused("文件名", ref=f"{commit}:refs/heads/main")


def test_names_beside_the_data_may_be_chinese(one: Clone) -> None:
    one.put({"docs/使用说明（二）.md": "x\n"})
    assert one.push()[0]


def test_a_registry_that_comes_along_does_not_judge(server: Server, one: Clone) -> None:
    units = (one.root / "registry/units.yaml").read_text("utf-8")
    row = "  - {id: no-such-unit, name: 新单位, role: unit}\n"
    one.put({"registry/units.yaml": units.rstrip("\n") + "\n" + row, PATH: TEXT + UNKNOWN})
    one.refused("X010")
    one.git("reset", "-q", "--soft", "HEAD~1")
    one.git("commit", "-qm", "x", "registry")
    accepted, said = one.push()
    assert accepted, said
    one.commit()
    said = one.refused("W002")
    assert "X010" not in said  # now it is known


def test_a_registry_that_breaks_orders_or_itself_is_refused(server: Server, one: Clone) -> None:
    units = (one.root / "registry/units.yaml").read_text("utf-8")
    one.put({"registry/units.yaml": units.replace("id: housing-bureau\n", "id: other-bureau\n")})
    one.refused("X010", PATH)
    one.git("reset", "-q", "--hard", "HEAD~1")
    one.put({"registry/units.yaml": "units: 1\n"})
    one.refused("S010", "registry/units.yaml:")
    one.git("reset", "-q", "--hard", "HEAD~1")
    one.put({"registry/units.yaml": None})
    one.refused("registry/units.yaml")


def test_a_broken_registry_can_be_mended(server: Server, one: Clone) -> None:
    hook = server.root / "hooks" / "pre-receive"
    units = (one.root / "registry/units.yaml").read_text("utf-8")
    hook.chmod(0o644)
    one.put({"registry/units.yaml": "units: 1\n"})
    assert one.push()[0]
    hook.chmod(0o755)
    one.put({PATH: TEXT + PROGRESS["a"]})
    one.refused("S010", "registry/units.yaml:")
    one.put({"registry/units.yaml": units})
    accepted, said = one.push()
    assert accepted, said


def test_a_schema_that_comes_along_does_not_judge(server: Server, one: Clone) -> None:
    one.put({"schema/case.schema.json": "{}\n", PATH: TEXT + WRONG.replace("progress", "nonsense")})
    one.refused("S010")
    one.git("reset", "-q", "--hard", "HEAD~1")
    one.put({"schema/case.schema.json": '{"type": 7}\n'})
    assert not one.push()[0]


def test_the_same_number_on_the_platform_is_found(server: Server, one: Clone) -> None:
    path, text = case(9)
    one.put({path: text.replace("ZY20261013130009", "ZY202610130099").replace("ZY2026101 ", "")})
    assert re.search('upstream_id: "(.*)"', text)
    number = re.search('upstream_id: "(.*)"', TEXT)
    assert number is not None
    one.put({path: re.sub('upstream_id: ".*"', number[0], text)})
    one.refused("X002", path)


def test_personal_data_is_kept_off_every_branch(server: Server, one: Clone) -> None:
    clear = TEXT.replace("{petitioner.name}反映", f"{PHONE} 反映")
    path = PATH.replace("0007", "0019")
    one.put({path: clear.replace(ID, "LZ-20261013-0019").replace("130099", "130019")})
    said = one.refused("P001", ref="HEAD:refs/heads/work")
    assert PHONE not in said
    one.put({path: None})
    said = one.refused("P001", "较早的提交", "git reset --soft", ref="HEAD:refs/heads/work")
    assert PHONE not in said
    one.refused("P001")


def test_what_no_branch_may_bring_is_found_on_the_way(
    server: Server, one: Clone, hotline: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another rule stands for those about personal data."""
    monkeypatch.setattr(brought, "PERSONAL", Selection(select=("W002",)))

    def judged(new: str, ref: str) -> tuple[int, str, str]:
        line = f"{'0' * 40} {new} {ref}\n".encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(line)))
        one.git("checkout", "-q", "main")
        return hotline("hook", "pre-receive", "--repo", str(one.root), "--now", NOW)

    one.git("checkout", "-q", "--detach")
    wrong = one.put({PATH: TEXT + WRONG})
    mended = one.put({PATH: TEXT + PROGRESS["a"]})
    code, _, err = judged(wrong, "refs/heads/work")
    assert code == 1 and err.count("W002") == 1 and "较早的提交" not in err
    one.git("tag", "-f", "keep", mended)
    code, _, err = judged(mended, "refs/heads/work")
    assert code == 0, err  # the tag has it already
    one.git("tag", "-d", "keep")
    code, _, err = judged(mended, "refs/heads/work")
    assert code == 1 and err.count("W002") == 1 and "较早的提交" in err


def test_another_branch_is_told_and_accepted(server: Server, one: Clone) -> None:
    one.put({PATH: TEXT + WRONG})
    accepted, said = one.push("HEAD:refs/heads/work")
    assert accepted and "W002" in said and "照样接收" in said
    one.git("commit", "-q", "--amend", "-m", "y", "--allow-empty")
    assert one.push("--force", "HEAD:refs/heads/work")[0]
    assert one.push(":work")[0]
    one.git("tag", "-a", "v1", "-m", "v")
    assert one.push("v1")[0]
    blob = one.git("rev-parse", f"HEAD:{PATH}")
    one.git("tag", "blob", blob)
    one.refused("不是提交", ref="refs/tags/blob")


def test_other_branches_can_be_protected(server: Server, one: Clone) -> None:
    server.install("--protect", "main", "--protect", "refs/heads/release/1")
    one.put({PATH: TEXT + WRONG})
    one.refused("W002", ref="HEAD:refs/heads/release/1")
    one.git("reset", "-q", "--hard", "HEAD~1")
    assert one.push("HEAD:refs/heads/release/1")[0]
    one.refused("不能删除", ref=":release/1")


def test_the_servers_default_branch_is_protected(tmp_path: Path) -> None:
    server = Server(tmp_path / "server.git")
    server.git("symbolic-ref", "HEAD", "refs/heads/master")
    clone = server.clone("one")
    filled(clone)
    clone.commit()
    assert clone.push("HEAD:master")[0]
    clone.put({PATH: TEXT + WRONG})
    clone.refused("W002", ref="HEAD:master")


def test_a_new_name_is_not_repeated_where_it_may_hold_anything(one: Clone) -> None:
    one.git("mv", PATH, f"cases/2026/10/王五 {PHONE}.yaml")
    one.commit()
    said = one.refused("A003", "cases/2026/10/??", PATH)
    assert PHONE not in said and "王五" not in said


def test_many_refs_at_once(server: Server, one: Clone) -> None:
    one.put({PATH: TEXT + PROGRESS["a"]})
    good = [f"HEAD:refs/heads/b{number}" for number in range(200)]
    assert one.push(*good, "HEAD:main")[0]
    one.put({PATH: TEXT + PROGRESS["a"] + WRONG.replace("10-14", "10-15")})
    accepted, said = one.push("HEAD:main", "HEAD~1:refs/heads/c")
    assert not accepted and "refs/heads/main：" in said
    assert "refs/heads/c" not in server.git("for-each-ref")


def test_at_most_fifty_findings_are_told(server: Server, one: Clone) -> None:
    files: dict[str, str | None] = {}
    for number in range(100, 160):
        path, text = case(number)
        files[path] = text + WRONG
    one.put(files)
    said = one.refused("……共 60 处")
    assert said.count("W002") == 50


def test_two_pushes_race_and_one_lands(server: Server, one: Clone) -> None:
    two = server.clone("two")
    one.put({PATH: TEXT + PROGRESS["a"]})
    two.put({PATH: TEXT + PROGRESS["b"]})
    running = [
        subprocess.Popen(
            ["git", "push", "-q", "origin", "HEAD:main"], cwd=clone.root, stderr=subprocess.PIPE
        )
        for clone in (one, two)
    ]
    ended = [process.communicate()[1] for process in running]
    assert sorted(process.returncode == 0 for process in running) == [False, True], ended
    assert server.text() in (TEXT + PROGRESS["a"], TEXT + PROGRESS["b"])
    assert server.git("fsck", "--strict", "--no-dangling") == ""


def test_nothing_but_a_push_is_read_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"GIT_OBJECT_DIRECTORY": "/o", "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/a"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GIT_SSH_COMMAND", "x")
    monkeypatch.delenv("GIT_QUARANTINE_PATH", raising=False)
    assert git.quarantine() == {}
    monkeypatch.setenv("GIT_QUARANTINE_PATH", "/o")
    assert git.quarantine() == {**told, "GIT_QUARANTINE_PATH": "/o"}
    assert not set(told) & set(git.environment())


def test_a_server_in_the_folder_of_another_repository(tmp_path: Path) -> None:
    Clone(tmp_path).git("init", "-q")
    server = Server(tmp_path / "server.git")
    clone = server.clone("one")
    filled(clone)
    clone.commit()
    assert clone.push()[0]
    clone.put({PATH: TEXT + WRONG})
    clone.refused("W002")


def test_a_server_with_a_work_tree(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    server = Clone(tmp_path / "server")
    server.git("init", "-q", "-b", "main")
    filled(server)
    server.commit()
    server.git("config", "receive.denyCurrentBranch", "updateInstead")
    hook = server.root / ".git" / "hooks" / "pre-receive"
    hook.write_text(f"#!/bin/sh\nexec {program()} hook pre-receive --now {NOW}\n")
    hook.chmod(0o755)
    server.git("clone", "-q", str(server.root), str(tmp_path / "one"))
    clone = Clone(tmp_path / "one")
    clone.put({PATH: TEXT + WRONG})
    clone.refused("W002")
    clone.git("reset", "-q", "--hard", "HEAD~1")
    clone.put({PATH: TEXT + PROGRESS["a"]})
    assert clone.push()[0]
    assert (server.root / PATH).read_text("utf-8") == TEXT + PROGRESS["a"]


def test_a_repository_with_longer_names_of_objects(tmp_path: Path) -> None:
    server = Server(tmp_path / "server.git")
    shutil.rmtree(server.root)
    server.root.mkdir()
    server.git("init", "-q", "--bare", "-b", "main", "--object-format=sha256")
    server.install()
    (tmp_path / "one").mkdir()
    clone = Clone(tmp_path / "one")
    clone.git("init", "-q", "-b", "main", "--object-format=sha256")
    clone.git("remote", "add", "origin", str(server.root))
    filled(clone)
    clone.commit()
    accepted, said = clone.push()
    assert accepted, said
    clone.put({PATH: TEXT + PROGRESS["a"]})
    assert clone.push()[0]
    clone.put({PATH: TEXT})
    clone.refused("A001")


# --- hostile --------------------------------------------------------------------------------------


def test_nothing_of_the_pushed_files_runs(server: Server, one: Clone, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    touch = f"touch {canary}"
    one.write(".gitattributes", "*.yaml diff=x filter=x merge=x textconv=x\n")
    one.write(".gitmodules", f'[submodule "x"]\n\tpath = x\n\turl = ext::sh -c "{touch}"\n')
    one.write(".mailmap", "x <x@x>\n")
    one.write("hotline/__init__.py", f"import os; os.system('{touch}')\n")
    one.write("sitecustomize.py", f"import os; os.system('{touch}')\n")
    one.write("hooks/pre-receive", f"#!/bin/sh\n{touch}\n")
    one.write("site_templates/x.html", "{{ x }}\n")
    one.write(PATH, TEXT + PROGRESS["a"])
    one.commit()
    for key in ("core.fsmonitor", "diff.external", "filter.x.clean", "diff.x.textconv",
                "gpg.program", "core.pager"):  # fmt: skip
        server.git("config", key, touch)
    accepted, said = one.push()
    assert accepted, said
    assert not canary.exists()


def test_too_many_files_are_refused(server: Server, one: Clone) -> None:
    server.install("--max-files", "20")
    for number in range(30):
        one.write(f"cases/{number}.yaml", "x\n")
    one.commit()
    one.refused("30 个文件", "最多 20 个")
    one.git("reset", "-q", "--hard", "HEAD~1")
    text = TEXT
    for number in range(25):
        text += PROGRESS["a"].replace("T10:00:00", f"T10:{number:02}:00")
        one.put({PATH: text})
    one.refused("版本超过 20 个")


def _fast_import(clone: Clone, files: int) -> None:
    """A commit with so many orders, made without a work tree."""
    blobs = []
    for number in range(files):
        blob = case(number)[1].encode()
        path = f"cases/2026/10/LZ-20261013-{number:06}.yaml"
        blobs.append(b"M 100644 inline %b\ndata %d\n%b\n" % (path.encode(), len(blob), blob))
    head = b"commit refs/heads/huge\ncommitter x <x@x> 1790000000 +0800\ndata 1\nx\nfrom refs/heads/main^0\n"
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=clone.root, input=head + b"".join(blobs), check=True
    )


def test_a_huge_push_is_refused_soon(server: Server, one: Clone) -> None:
    _fast_import(one, 5_001)
    begun = time.perf_counter()
    one.refused("最多 5000 个", ref="huge:main")
    assert time.perf_counter() - begun < 10


def test_a_huge_file_is_refused_soon(server: Server, one: Clone) -> None:
    path, text = case(9)
    one.write(path, text + "# " + "x" * 80_000_000 + "\n")
    other, more = case(10)
    one.write(other, more + WRONG)
    one.commit()
    one.refused("S001", path, "W002")


def test_called_by_hand_it_explains_itself(repository: Any, hotline: Run, monkeypatch: Any) -> None:
    repository.commit()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert hotline("hook", "pre-receive", "--repo", str(repository.root))[0] == 0
    code, _, err = hotline("hook", "nonsense")
    assert code == 2 and "可写：'pre-receive', 'pre-commit', 'pre-push'" in err
    code, _, err = hotline("hook", "pre-commit", "--repo", str(repository.root.parent / "none"))
    assert code == 2 and "没有文件夹" in err
    (repository.root.parent / "plain").mkdir()
    code, _, err = hotline("hook", "pre-commit", "--repo", str(repository.root.parent / "plain"))
    assert code == 2 and "不是 git 仓库" in err
    assert hotline("hook", "pre-commit", "--max-files", "0")[0] == 2


@pytest.mark.parametrize("line", ["x", "a b c", "0 1 2 3", f"{'1' * 40} {'2' * 40}", "\xff"])
def test_a_wrong_line_is_no_traceback(server: Server, line: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hotline", "hook", "pre-receive"],
        cwd=server.root, input=line.encode("latin-1") + b"\n", capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2 and "由 git 调用" in done.stderr.decode()


# --- laptops --------------------------------------------------------------------------------------


@pytest.fixture
def laptop(one: Clone) -> Iterator[Clone]:
    for name in ("pre-commit", "pre-push"):
        hook = one.root / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f'#!/bin/sh\nexec {program()} hook {name} --now {NOW} "$@"\n')
        hook.chmod(0o755)
    yield one


def commits(clone: Clone, *options: str) -> tuple[bool, str]:
    done = clone.run("commit", "-qm", "x", *options)
    return done.returncode == 0, done.stderr


def test_what_is_staged_is_judged_not_the_work_tree(laptop: Clone) -> None:
    laptop.write(PATH, TEXT + WRONG)
    laptop.git("add", PATH)
    laptop.write(PATH, TEXT + PROGRESS["a"])  # mended, but not staged
    made, said = commits(laptop)
    assert not made and "W002" in said and f"{PATH}:24:" in said and "git add" in said
    laptop.git("add", PATH)
    laptop.write(PATH, TEXT + WRONG)  # broken, but not staged
    assert commits(laptop) == (True, "")


def test_commit_with_an_index_of_its_own(laptop: Clone) -> None:
    laptop.write(PATH, TEXT + WRONG)
    assert not commits(laptop, "-a")[0]
    other, text = case(8)
    laptop.git("add", PATH)
    laptop.write(other, text + PROGRESS["a"])
    assert commits(laptop, "--only", other)[0]
    assert not commits(laptop)[0]


def test_a_commit_loses_no_event_and_no_order(laptop: Clone) -> None:
    laptop.write(PATH, "".join(TEXT.splitlines(keepends=True)[:-1]))
    made, said = commits(laptop, "-a")
    assert not made and "A001" in said and "--no-verify" in said
    laptop.git("rm", "-qf", PATH)
    made, said = commits(laptop)
    assert not made and "A003" in said


def test_a_merge_that_drops_an_event_of_the_other_side(server: Server, laptop: Clone) -> None:
    laptop.git("checkout", "-q", "-b", "other")
    laptop.put({PATH: TEXT + PROGRESS["a"]})
    laptop.git("checkout", "-q", "main")
    laptop.put({PATH: TEXT + PROGRESS["c"]})
    assert laptop.run("merge", "other").returncode
    laptop.write(PATH, TEXT + PROGRESS["c"])
    laptop.write("README.md", "x\n")
    laptop.git("add", "-A")
    made, said = commits(laptop)
    assert not made and "A001" in said
    laptop.write(PATH, TEXT + PROGRESS["c"] + PROGRESS["a"])
    laptop.git("add", "-A")
    assert commits(laptop) == (True, "")


def test_a_commit_of_other_files_is_not_looked_at(laptop: Clone) -> None:
    laptop.put({"README.md": "x\n"})


def test_the_first_commit(tmp_path: Path) -> None:
    root = tmp_path / "new"
    root.mkdir()
    clone = Clone(root)
    clone.git("init", "-q", "-b", "main")
    filled(clone)
    clone.git("add", "-A")
    hook = [sys.executable, "-m", "hotline", "hook", "pre-commit", "--now", NOW]
    done = subprocess.run(hook, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_commit_of_one_order_is_judged_at_once(laptop: Clone) -> None:
    laptop.write(PATH, TEXT + PROGRESS["a"])
    laptop.git("add", PATH)
    hook = [sys.executable, "-m", "hotline", "hook", "pre-commit", "--now", NOW]
    used = []
    for _ in range(3):
        before = os.times()
        subprocess.run(hook, cwd=laptop.root, check=True)
        after = os.times()
        used.append(sum(after[2:4]) - sum(before[2:4]))
    assert min(used) < 0.3  # seconds of the processor, whatever else the machine does


def test_a_push_is_judged_before_it_is_sent(server: Server, laptop: Clone) -> None:
    server.install()
    (server.root / "hooks" / "pre-receive").unlink()
    laptop.write(PATH, TEXT + WRONG)
    laptop.commit("--no-verify")
    said = laptop.refused("W002", "没有推送")
    assert "remote:" not in said
    accepted, said = laptop.push("HEAD:refs/heads/work")
    assert accepted and "W002" in said
    laptop.git("reset", "-q", "--hard", "HEAD~1")
    laptop.write(PATH, TEXT + PROGRESS["a"])
    laptop.commit()
    assert laptop.push()[0]
    laptop.git("reset", "-q", "--hard", "HEAD~1")
    laptop.refused("强制推送", options=("--force",))


def test_a_push_over_what_was_not_fetched(server: Server, laptop: Clone) -> None:
    two = server.clone("two")
    two.put({PATH: TEXT + PROGRESS["a"]})
    assert two.push()[0]
    laptop.write(PATH, TEXT + PROGRESS["b"])
    laptop.commit()
    laptop.refused("git pull")


# --- the pre-commit framework ---------------------------------------------------------------------


def test_the_framework_finds_the_hook() -> None:
    hooks = strict((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [hook["id"] for hook in hooks] == ["hotline-check", "hotline-check-all"]
    for hook in hooks:
        assert {"id", "name", "entry", "language"} <= set(hook)
        assert re.search("[\u4e00-\u9fff]", hook["name"])
        assert hook["language"] == "python" and hook["pass_filenames"] is False
    pattern = re.compile(hooks[0]["files"])
    assert pattern.search(PATH) and pattern.search("registry/units.yaml")
    assert not pattern.search("docs/cases/x.yaml") and not pattern.search("cases/x.md")
    assert hooks[0]["entry"] == "hotline hook pre-commit"
