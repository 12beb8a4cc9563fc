"""What a copy's own configuration or the caller's environment say has no effect, and nothing
that they name is run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.history.staging import Stage
from tests.history.town import Keys, Town, clean_environment, copy
from tests.support import every

NOW = "2026-11-20T17:00:00+08:00"
_SECONDS = re.compile(rb'"seconds": [0-9.]+')


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Signed, with a merge, a dropped event, a forged author and a bad signature: much to say."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "keys").mkdir()
    keys = Keys(folder / "keys")
    stage = Stage(Town(folder / "town", keys), keys)
    stage.begin(keyed=True)
    stage.step({"branch": {"side": "begun"}})
    stage.commit({"by": "housing", "edit": [{"add": "复查"}]}, on="side")
    stage.commit({"by": "center", "sign": "housing", "edit": [{"add": "催办"}]})
    stage.merge({"from": ["side"], "take": "main", "by": "center", "at": "11:40"})
    stage.commit({"by": "housing", "at": "11:42", "edit": [{"drop": "contacted"}], "forge": "flip"})
    stage.commit({"by": "center", "at": "11:44", "edit": [{"move": "cases/2026/10/旧.yaml"}]})
    stage.town.check_out()
    return stage.town


def audited(root: Path, **environment: str) -> tuple[int, bytes, bytes]:
    """By a process of its own, without memory."""
    done = subprocess.run(
        [sys.executable, "-m", "hotline", "audit", "--repo", str(root), "--now", NOW,
         "--format", "json", "--no-cache"],
        cwd=root.parent, capture_output=True, check=False,
        env=clean_environment() | {"PYTHONUTF8": "1"} | environment,
    )  # fmt: skip
    return done.returncode, _SECONDS.sub(b"", done.stdout), done.stderr


@pytest.fixture(scope="module")
def plain(town: Town) -> tuple[int, bytes, bytes]:
    told = audited(town.root)
    assert told[0] == 1
    for code in (b"A001", b"A003", b"A004", b"A006"):
        assert code in told[1]
    return told


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A program that leaves a trace when it runs."""
    program = tmp_path / "canary.sh"
    program.write_text(f"#!/bin/sh\necho ran >> '{tmp_path}/sang'\ncat\n", "ascii")
    program.chmod(0o755)
    return program


def sang(canary: Path) -> bool:
    return canary.with_name("sang").exists()


PROGRAMS = [
    "core.fsmonitor", "core.editor", "core.pager", "core.sshCommand", "core.askPass",
    "core.alternateRefsCommand", "core.gitProxy", "gpg.program", "gpg.ssh.program",
    "gpg.openpgp.program", "gpg.x509.program", "gpg.ssh.defaultKeyCommand", "diff.external",
    "diff.lie.textconv", "diff.lie.command", "filter.lie.clean", "filter.lie.smudge",
    "filter.lie.process", "merge.lie.driver", "credential.helper", "sequence.editor",
    "interactive.diffFilter", "pager.log", "pager.rev-list", "pager.cat-file",
    "uploadpack.packObjectsHook", "remote.origin.uploadpack", "remote.origin.vcs",
    "trailer.lie.command", "browser.lie.cmd",
]  # fmt: skip
ALIASES = [
    "rev-list",
    "cat-file",
    "diff-tree",
    "log",
    "rev-parse",
    "ls-tree",
    "show",
    "for-each-ref",
]
SETTINGS = {
    "gpg.ssh.allowedSignersFile": "/nonexistent", "gpg.ssh.revocationFile": "/nonexistent",
    "gpg.minTrustLevel": "ultimate", "core.attributesFile": "/nonexistent", "core.bare": "true",
    "core.quotePath": "true", "core.commitGraph": "true", "core.ignoreCase": "true",
    "core.abbrev": "4", "core.autocrlf": "true", "core.symlinks": "false",
    "core.precomposeUnicode": "true", "core.logAllRefUpdates": "false",
    "core.multiPackIndex": "true", "core.useReplaceRefs": "true",
    "log.showSignature": "true", "log.mailmap": "true", "log.showRoot": "false",
    "log.decorate": "full", "log.follow": "true", "log.date": "relative",
    "log.diffMerges": "off", "log.excludeDecoration": "*", "log.initialDecorationSet": "all",
    "mailmap.file": "/nonexistent", "i18n.logOutputEncoding": "GBK", "i18n.commitEncoding": "GBK",
    "diff.renames": "copies", "diff.renameLimit": "100", "diff.ignoreSubmodules": "all",
    "diff.orderFile": "/nonexistent", "diff.noprefix": "true", "diff.relative": "true",
    "diff.submodule": "log", "diff.algorithm": "patience", "diff.wordRegex": ".",
    "diff.suppressBlankEmpty": "true", "diff.statGraphWidth": "1", "color.ui": "always",
    "color.diff": "always", "format.pretty": "%s", "format.notes": "true",
    "notes.displayRef": "refs/notes/*", "transfer.hideRefs": "refs/heads",
    "pack.useBitmaps": "true", "advice.graftFileDeprecated": "false",
    "extensions.lie": "x", "fetch.fsckObjects": "true",
}  # fmt: skip


def with_config(town: Town, target: Path, lines: str) -> Path:
    copy(town, target)
    config = target / ".git" / "config"
    config.write_text(config.read_text("ascii") + lines, "utf-8")
    return target


def section(name: str, value: str) -> str:
    """``a.b.c`` as a section of a configuration file."""
    head, _, rest = name.partition(".")
    middle, _, key = rest.rpartition(".")
    title = f'[{head} "{middle}"]' if middle else f"[{head}]"
    return f"{title}\n\t{key} = {value}\n"


def test_no_program_of_the_configuration_runs(
    town: Town, plain: tuple[int, bytes, bytes], canary: Path, tmp_path: Path
) -> None:
    lines = "".join(section(name, str(canary)) for name in PROGRAMS)
    lines += "".join(section(f"alias.{name}", f"!{canary}") for name in ALIASES)
    root = with_config(town, tmp_path / "copy", lines)
    attributes = "* filter=lie diff=lie merge=lie\n"
    (root / ".gitattributes").write_text(attributes, "ascii")
    (root / ".git" / "info" / "attributes").write_text(attributes, "ascii")
    assert audited(root) == plain
    assert not sang(canary)


def test_no_hook_runs(
    town: Town, plain: tuple[int, bytes, bytes], canary: Path, tmp_path: Path
) -> None:
    hooks = tmp_path / "hooks"
    root = with_config(town, tmp_path / "copy", section("core.hooksPath", str(hooks)))
    for folder in (hooks, root / ".git" / "hooks"):
        folder.mkdir(exist_ok=True)
        for name in ("post-checkout", "reference-transaction", "fsmonitor-watchman",
                     "post-index-change", "pre-auto-gc", "post-rewrite"):  # fmt: skip
            (folder / name).write_bytes(canary.read_bytes())
            (folder / name).chmod(0o755)
    assert audited(root) == plain
    assert not sang(canary)


@pytest.mark.parametrize("name", every(4, SETTINGS))
def test_a_setting_changes_nothing(
    name: str, town: Town, plain: tuple[int, bytes, bytes], tmp_path: Path
) -> None:
    assert audited(with_config(town, tmp_path / "copy", section(name, SETTINGS[name]))) == plain


def test_all_settings_together_change_nothing(
    town: Town, plain: tuple[int, bytes, bytes], canary: Path, tmp_path: Path
) -> None:
    included = tmp_path / "included"
    included.write_text(section("gpg.ssh.program", str(canary)), "ascii")
    lines = "".join(section(name, value) for name, value in SETTINGS.items())
    lines += section("include.path", str(included))
    lines += section("includeIf.gitdir:**.path", str(included))
    assert audited(with_config(town, tmp_path / "copy", lines)) == plain
    assert not sang(canary)


def test_a_work_tree_elsewhere(town: Town, plain: tuple[int, bytes, bytes], tmp_path: Path) -> None:
    """The verdict is over the repository that was named, not over what its configuration names."""
    (tmp_path / "elsewhere").mkdir()
    lines = section("core.worktree", str(tmp_path / "elsewhere"))
    assert audited(with_config(town, tmp_path / "copy", lines)) == plain


def test_without_a_configuration(
    town: Town, plain: tuple[int, bytes, bytes], tmp_path: Path
) -> None:
    root = copy(town, tmp_path / "copy")
    (root / ".git" / "config").unlink()
    assert audited(root) == plain


# --- the environment of the caller ------------------------------------------------------------


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Another repository, with nothing to say about."""
    stage = Stage(Town(tmp_path_factory.mktemp("other") / "town"))
    stage.begin()
    stage.town.check_out()
    return stage.town


def environments(other: Path, canary: Path) -> dict[str, dict[str, str]]:
    config = {"GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "gpg.ssh.program",
              "GIT_CONFIG_VALUE_0": str(canary), "GIT_CONFIG_KEY_1": "core.worktree",
              "GIT_CONFIG_VALUE_1": str(other)}  # fmt: skip
    git = other / ".git"
    return {
        "GIT_DIR": {"GIT_DIR": str(git)},
        "GIT_WORK_TREE": {"GIT_DIR": str(git), "GIT_WORK_TREE": str(other)},
        "GIT_COMMON_DIR": {"GIT_COMMON_DIR": str(git)},
        "GIT_INDEX_FILE": {"GIT_INDEX_FILE": str(git / "index")},
        "GIT_OBJECT_DIRECTORY": {"GIT_OBJECT_DIRECTORY": str(git / "objects")},
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": {
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(git / "objects")
        },
        "GIT_NAMESPACE": {"GIT_NAMESPACE": "elsewhere"},
        "GIT_REPLACE_REF_BASE": {"GIT_REPLACE_REF_BASE": "refs/heads/"},
        "GIT_CONFIG_COUNT": config,
        "GIT_CONFIG_PARAMETERS": {"GIT_CONFIG_PARAMETERS": f"'gpg.ssh.program'='{canary}'"},
        "GIT_EXTERNAL_DIFF": {"GIT_EXTERNAL_DIFF": str(canary)},
        "GIT_PAGER": {"GIT_PAGER": str(canary), "PAGER": str(canary)},
        "GIT_SSH_COMMAND": {"GIT_SSH_COMMAND": str(canary), "GIT_ASKPASS": str(canary)},
        "GIT_SHALLOW_FILE": {"GIT_SHALLOW_FILE": str(canary)},
        "GIT_GRAFT_FILE": {"GIT_GRAFT_FILE": str(canary)},
        "GIT_CEILING_DIRECTORIES": {"GIT_CEILING_DIRECTORIES": "/"},
        "GIT_LITERAL_PATHSPECS": {"GIT_LITERAL_PATHSPECS": "1", "GIT_ICASE_PATHSPECS": "1"},
        "GIT_TRACE": {"GIT_TRACE": "1", "GIT_TRACE2": "1"},
        "GIT_ATTR_SOURCE": {"GIT_ATTR_SOURCE": "HEAD"},
        "GIT_DIFF_OPTS": {"GIT_DIFF_OPTS": "-u0"},
        "TZ": {"TZ": "Pacific/Apia"},
        "LC_ALL": {"LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr"},
    }  # fmt: skip


@pytest.mark.parametrize("name", every(3, environments(Path(), Path())))
def test_the_environment_points_elsewhere_in_vain(
    name: str, town: Town, other: Town, plain: tuple[int, bytes, bytes], canary: Path
) -> None:
    assert audited(town.root, **environments(other.root, canary)[name]) == plain
    assert not sang(canary)


def test_a_users_configuration_has_no_say(
    town: Town, plain: tuple[int, bytes, bytes], canary: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    lines = "".join(section(name, str(canary)) for name in PROGRAMS)
    (home / ".gitconfig").write_text(lines, "ascii")
    given = {"HOME": str(home), "GIT_CONFIG_GLOBAL": str(home / ".gitconfig")}
    assert audited(town.root, **given) == plain
    assert not sang(canary)


def test_no_program_of_the_folder_runs(
    town: Town, plain: tuple[int, bytes, bytes], canary: Path, tmp_path: Path
) -> None:
    """``git`` and ``ssh-keygen`` beside the cases are nobody's."""
    root = copy(town, tmp_path / "copy")
    for name in ("git", "ssh-keygen", "gpg"):
        (root / name).write_bytes(canary.read_bytes())
        (root / name).chmod(0o755)
    assert audited(root, PATH=os.environ["PATH"]) == plain
    assert not sang(canary)
