"""A clone made ready: the merge driver in its configuration, attributes, local hooks.

The one place that writes to a clone's git configuration.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from hotline.doors import disk, git, shipped
from hotline.doors.fault import Unavailable

HOOKS = ("pre-commit", "pre-push")
_MARK = "# hotline setup"
_NAME = "工单按事件合并"


def program() -> str:
    """The running hotline as a shell would call it from anywhere."""
    python = Path(sys.executable)
    for name in ("hotline", "hotline.exe"):
        if (found := python.with_name(name)).is_file():
            return shlex.quote(found.as_posix())
    # -P: a folder "hotline" in the repository is no program.
    return f"{shlex.quote(python.as_posix())} -P -m hotline"


def set_up(root: Path, *, hooks: bool) -> Iterator[str]:
    """Does what is missing and says, line by line, what was done and what was there."""
    folder = _git_folder(root)
    yield from _driver(root)
    yield from _attributes(root)
    if not hooks:
        yield "没有安装钩子（--no-hooks）"
        return
    yield from _hooks(root, folder / "hooks")


def _git_folder(root: Path) -> Path:
    try:
        said = git.run(root, "rev-parse", "--path-format=absolute", "--git-common-dir")
    except Unavailable as fault:
        if "没有找到 git" in str(fault):
            raise
        raise Unavailable(f"{root} 不是 git 仓库，先运行 git init 或 git clone") from None
    return Path(said.decode().removesuffix("\n"))


def _driver(root: Path) -> Iterator[str]:
    # git fills in %-words itself: a % of the path is written twice.
    command = f"{program().replace('%', '%%')} merge-driver %O %A %B %P"
    wanted = {"merge.hotline.name": _NAME, "merge.hotline.driver": command}
    missing = {name: value for name, value in wanted.items() if _local(root, name) != [value]}
    for name, value in missing.items():
        git.run(root, "config", "--local", "--replace-all", name, value)
    yield "合并驱动已登记：git merge 遇到同一件工单按事件合并" if missing else "合并驱动早已登记"


def _local(root: Path, name: str) -> list[str]:
    try:
        said = git.run(root, "config", "--local", "-z", "--get-all", name).decode(
            "utf-8", "replace"
        )
    except Unavailable:
        return []  # no such key
    return said.split("\0")[:-1]


def _attributes(root: Path) -> Iterator[str]:
    path = root / ".gitattributes"
    if path.is_symlink():
        yield ".gitattributes 是一个链接，没有改动；请换成普通文件再运行"
        return
    old = disk.read(root, ".gitattributes", at_most=1 << 20) if path.is_file() else b""
    wanted = shipped.find(None, "site_templates", "starter", ".gitattributes").read_bytes()
    missing = _missing(old, wanted)
    if not missing:
        yield ".gitattributes 已写好"
        return
    glue = b"" if not old or old.endswith(b"\n") else b"\n"
    disk.write(path, old + glue + b"".join(line + b"\n" for line in missing))
    yield "写了 .gitattributes，请提交（git add .gitattributes）"


def _missing(old: bytes, wanted: bytes) -> list[bytes]:
    """The lines that are not there, with their comment where none is."""
    there = {b" ".join(line.split()) for line in old.splitlines()}
    lines = [line for line in wanted.splitlines() if line not in there]
    return lines if any(not line.startswith(b"#") for line in lines) else []


def _hooks(root: Path, folder: Path) -> Iterator[str]:
    elsewhere = git.hooks_elsewhere(root)
    if elsewhere is not None:
        yield (
            f"没有安装钩子：git 的 core.hooksPath 指向 {elsewhere}；"
            f"请在那里的 {'、'.join(HOOKS)} 里各加一行 hotline hook 钩子名"
        )
        return
    for name in HOOKS:
        yield _hook(folder / name)


def _hook(path: Path) -> str:
    script = f'#!/bin/sh\n{_MARK}\nexec {program()} hook {path.name} "$@"\n'.encode()
    try:
        old = path.read_bytes() if path.is_file() else None
        if path.is_symlink() or path.is_dir() or (old is not None and _MARK.encode() not in old):
            return (
                f"钩子 {path.name} 是别人写的，没有改动；"
                f"要一起用，请在其中加一行：hotline hook {path.name}"
            )
        changed = disk.write(path, script)
        path.chmod(0o755)
    except OSError as error:
        raise Unavailable(f"写不了 {path}：{disk.reason(error)}") from error
    return f"钩子 {path.name} {'已安装' if changed else '早已安装'}"
