"""Git, called so that nothing in a repository's own configuration can run.

Plain pipes: what is read here is small, and GitPython would cost its import.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
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


def run(
    root: Path,
    *arguments: str,
    stdin: bytes | None = None,
    more: Mapping[str, str] | None = None,
) -> bytes:
    """The output of a git command; a failure is :class:`Unavailable`. ``more`` is added to its
    environment."""
    done = _start(["git", *SAFE, *arguments], root, environment() | dict(more or {}), stdin)
    if done.returncode:
        name = next((a for a in arguments if not a.startswith("-") and "=" not in a), "")
        raise Unavailable(
            f"git {name} 失败：{done.stderr.decode('utf-8', 'replace').strip()[:300]}"
        )
    return done.stdout


def _start(
    command: list[str], root: Path, env: dict[str, str], stdin: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            command, cwd=root, env=env, input=stdin, capture_output=True, check=False
        )
    except FileNotFoundError:
        raise Unavailable("没有找到 git，请先安装 git") from None


def pipe(
    root: Path, *arguments: str, more: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """A command that is asked again and again, line by line; :func:`end` ends it."""
    try:
        return subprocess.Popen(
            ["git", *SAFE, *arguments], cwd=root, env=environment() | dict(more or {}),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except FileNotFoundError:
        raise Unavailable("没有找到 git，请先安装 git") from None


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends what :func:`pipe` began, however far it has come."""
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    process.wait()


def quarantine() -> dict[str, str]:
    """Where the objects of a push lie until the server's hook has accepted them. Beside
    :func:`index` nothing else of what git tells a hook is passed on to the git that it asks."""
    told = ("GIT_QUARANTINE_PATH", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES")
    if told[0] not in os.environ:
        return {}
    return {name: os.environ[name] for name in told if name in os.environ}


def index() -> dict[str, str]:
    """The index of which git makes the commit before which a hook is asked: ``git commit -a``
    and ``git commit FILE`` make one of their own."""
    told = os.environ.get("GIT_INDEX_FILE")
    return {"GIT_INDEX_FILE": str(Path(told).absolute())} if told else {}


def holds(root: Path, *arguments: str, more: Mapping[str, str] | None = None) -> bool:
    """Whether a command that answers by its exit code says yes (0); more than 1 is
    :class:`Unavailable`."""
    done = _start(["git", *SAFE, *arguments], root, environment() | dict(more or {}))
    if done.returncode > 1:
        raise Unavailable(
            f"git {arguments[0]} 失败：{done.stderr.decode('utf-8', 'replace').strip()[:300]}"
        )
    return done.returncode == 0


def _as_the_user(root: Path, *arguments: str) -> str | None:
    """What git says with the user's own configuration. Only for questions that run nothing."""
    moved = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_NAMESPACE")
    env = {key: value for key, value in os.environ.items() if key not in moved}
    command = ["git", "-c", "safe.directory=*", *arguments]
    done = _start(command, root, env | {"LC_ALL": "C.UTF-8"})
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None


def users_own(root: Path, name: str) -> str | None:
    """A value of the user's own configuration; the repository's has no say."""
    return _as_the_user(root, "config", "--global", "--get", name)


def hooks_elsewhere(root: Path) -> str | None:
    """``core.hooksPath``, where the user or the repository has set one."""
    return _as_the_user(root, "config", "--get", "core.hooksPath")


def identity(root: Path, whose: str) -> tuple[str, str, str] | None:
    """Name, e-mail and time of the ``AUTHOR`` or ``COMMITTER``, as git's configuration has
    them; None where nobody has said who that is."""
    said = _as_the_user(root, "-c", "user.useConfigOnly=true", "var", f"GIT_{whose}_IDENT")
    found = re.fullmatch(r"(.*) <(.*)> (\d+ [-+]\d{4})", said or "")
    return (found[1], found[2], found[3]) if found and found[1] else None


def merge_file(ours: Path, base: Path, theirs: Path) -> None:
    """Git's own merge of three files, with conflict markers, written to ``ours``."""
    labels = ("-L", "本分支", "-L", "共同的上一版", "-L", "另一分支")
    command = ["git", *SAFE, "merge-file", *labels, "--", str(ours), str(base), str(theirs)]
    done = _start(command, ours.parent, environment())
    if done.returncode > 127:
        raise Unavailable("git merge-file 失败，文件没有改动")


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


def uncommitted(root: Path, folders: tuple[str, ...]) -> list[str]:
    """Files below ``folders`` (from ``root``) that are not as HEAD has them."""
    listed = run(
        root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignored",
        "--", *folders,
    )  # fmt: skip
    top = prefix(root)
    names = [line[3:].decode("utf-8", "surrogateescape") for line in listed.split(b"\0") if line]
    return sorted(name.removeprefix(top) for name in names)


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
    return dict(zip(blobs, contents(root, list(blobs.values())), strict=True))


def contents(root: Path, blobs: list[str]) -> Iterator[bytes]:
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
