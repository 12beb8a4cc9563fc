"""Git, called so that nothing in a repository's own configuration can run.

Plain pipes: what is read here is small, and GitPython would cost its import.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from hotline.doors.fault import Unavailable

SAFE = (
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "diff.external=",
    "-c", "gpg.program=gpg", "-c", "gpg.ssh.program=ssh-keygen", "-c", "protocol.ext.allow=never",
    "-c", "core.quotePath=false", "-c", "safe.directory=*", "-c", "core.pager=cat",
    "-c", "core.attributesFile=/dev/null", "-c", "diff.renames=false",
)  # fmt: skip


def environment() -> dict[str, str]:
    """The environment that git runs in: no user's configuration, no replace refs, English."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return own | {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "LC_ALL": "C.UTF-8",
    }


def run(root: Path, *arguments: str, stdin: bytes | None = None) -> bytes:
    """The output of a git command; a failure is :class:`Unavailable`."""
    try:
        done = subprocess.run(
            ["git", *SAFE, *arguments],
            cwd=root,
            env=environment(),
            input=stdin,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise Unavailable("没有找到 git，请先安装 git") from None
    if done.returncode:
        raise Unavailable(
            f"git {arguments[0]} 失败：{done.stderr.decode('utf-8', 'replace').strip()[:300]}"
        )
    return done.stdout


def resolve(root: Path, revision: str) -> str:
    """The commit that ``revision`` names."""
    if revision.startswith("-"):
        raise Unavailable(f"没有版本 {revision}")
    try:
        found = run(
            root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
    except Unavailable as fault:
        if "没有找到 git" in str(fault):
            raise
        raise Unavailable(f"没有版本 {revision}，或这里不是 git 仓库") from None
    return found.decode().strip()


def prefix(root: Path) -> str:
    """The folder of ``root`` inside its git repository, '' at the top, else ending in '/'."""
    return run(root, "rev-parse", "--show-prefix").decode().strip()


def left_at(root: Path, revision: str) -> str:
    """The commit where the work left ``revision``; that itself where they share none."""
    commit = resolve(root, revision)
    try:
        return run(root, "merge-base", commit, "HEAD").decode().strip()
    except Unavailable:
        return commit


def changed_since(root: Path, revision: str) -> list[str]:
    """Paths (from ``root``) that differ from where the work left ``revision``: committed,
    in the work tree, and not yet tracked. Deleted files are not among them."""
    base = left_at(root, revision)
    listed = run(
        root, "diff", "--name-only", "-z", "--relative", "--no-ext-diff", "--no-textconv",
        "--diff-filter=d", base, "--", ".",
    )  # fmt: skip
    untracked = run(root, "ls-files", "-z", "--others", "--exclude-standard", "--", ".")
    paths = {
        name.decode("utf-8", "surrogateescape")
        for name in (listed + untracked).split(b"\0")
        if name
    }
    return sorted(paths)


def files_at(root: Path, revision: str, folders: tuple[str, ...]) -> dict[str, bytes]:
    """The plain files of ``folders`` as they stand in ``revision``; links are left out."""
    commit = resolve(root, revision)
    top = prefix(root)
    listed = run(
        root, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *(top + f for f in folders)
    )
    blobs: dict[str, str] = {}
    for line in filter(None, listed.split(b"\0")):
        head, _, name = line.partition(b"\t")
        mode, kind, blob = head.split()
        if kind == b"blob" and mode in (b"100644", b"100755"):
            blobs[name.decode("utf-8", "surrogateescape").removeprefix(top)] = blob.decode()
    return dict(zip(blobs, _contents(root, list(blobs.values())), strict=True))


def _contents(root: Path, blobs: list[str]) -> Iterator[bytes]:
    """The contents of blobs, all through one process."""
    if not blobs:
        return
    given = run(root, "cat-file", "--batch", stdin="\n".join(blobs).encode() + b"\n")
    begin = 0
    for _ in blobs:
        end = given.index(b"\n", begin)
        size = int(given[begin:end].split()[-1])
        yield given[end + 1 : end + 1 + size]
        begin = end + size + 2
