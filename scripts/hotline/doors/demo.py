"""A repository made whole: files and history through one pipe, put in place at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from hotline.demo.hands import Commit
from hotline.doors import disk, git, shipped
from hotline.doors.fault import Unavailable

BRANCH = "main"
_STARTER = ("site_templates", "starter")


def shipped_registry() -> dict[str, bytes]:
    """Every file of the shipped registry by its path."""
    return dict(_files(shipped.data_folder(), "registry"))


def starter() -> dict[str, bytes]:
    """What ships for a new data repository (``mkdocs.yml``), where anything does."""
    folder = shipped.find(None, *_STARTER)
    found = _files(folder, "") if folder.is_dir() else ()
    return dict(found)


def _files(root: Path, folder: str) -> Iterator[tuple[str, bytes]]:
    try:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root).as_posix(), path.read_bytes()
    except OSError as error:
        raise Unavailable(f"读不了 {root / folder}：{disk.reason(error)}") from error


def refuse_if_taken(target: Path) -> None:
    """Nothing that exists is ever overwritten."""
    try:
        if target.is_dir():
            if any(target.iterdir()):
                raise Unavailable(f"{target} 不是空文件夹，不覆盖已有内容；请换一个目录名")
        elif target.exists() or target.is_symlink():
            raise Unavailable(f"{target} 已存在，而且不是文件夹；请换一个目录名")
        elif not target.parent.is_dir():
            raise Unavailable(f"没有文件夹 {target.parent}，请先建立")
    except OSError as error:
        raise Unavailable(f"读不了 {target}：{disk.reason(error)}") from error


def build(target: Path, commits: Iterable[Commit]) -> None:
    """Makes the repository beside ``target`` and moves it there when it is whole; what
    fails leaves nothing behind."""
    target = target.resolve()
    refuse_if_taken(target)
    with _beside(target) as made:
        git.run(made, "init", "--quiet", "--template=", f"--initial-branch={BRANCH}", ".")
        _import(made, commits)
        git.run(made, "read-tree", "-u", "--reset", "HEAD")
        _put(made, target)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A folder on the same disk, gone at the end unless it was moved away."""
    try:
        made = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp"))
    except OSError as error:
        raise Unavailable(f"写不了 {target.parent}：{disk.reason(error)}") from error
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _put(made: Path, target: Path) -> None:
    """An empty folder that is there stays itself (it may be where the user stands)."""
    try:
        if target.is_dir():
            for entry in sorted(made.iterdir()):
                entry.rename(target / entry.name)
        else:
            made.chmod(0o777 & ~_umask())
            made.rename(target)
    except OSError as error:
        raise Unavailable(f"写不了 {target}：{disk.reason(error)}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


# --- git fast-import ---------------------------------------------------------------------


def _import(root: Path, commits: Iterable[Commit]) -> None:
    """Streams the commits into git; memory does not grow with their number here."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            ["git", *git.SAFE, "fast-import", "--quiet", "--done", "--date-format=raw"],
            cwd=root, env=git.environment(), stdin=subprocess.PIPE, stderr=errors,
        )  # fmt: skip
        assert process.stdin is not None
        try:
            _write(process.stdin, commits)
        except BrokenPipeError:
            pass  # git says why below
        except BaseException:
            process.kill()
            raise
        finally:
            _close(process.stdin)
            failed = process.wait()
        if failed:
            errors.seek(0)
            why = errors.read().decode("utf-8", "replace").strip()[:300]
            raise Unavailable(f"git fast-import 失败：{why}")


def _write(pipe: IO[bytes], commits: Iterable[Commit]) -> None:
    for commit in commits:
        seconds = int(commit.at.timestamp())
        who = f"{commit.name} <{commit.email}> {seconds} {commit.at:%z}"
        head = f"commit refs/heads/{BRANCH}\nauthor {who}\ncommitter {who}\n"
        pipe.write(head.encode() + _data(commit.message.encode()))
        for path, content in commit.files:
            pipe.write(f"M 100644 inline {path}\n".encode() + _data(content))
    pipe.write(b"done\n")


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def _close(pipe: IO[bytes]) -> None:
    with suppress(BrokenPipeError):
        pipe.close()
