"""Does auditing history cost little beside reading it? Run by ``make bench-audit``.

A living repository of 10,000 orders (some 55,000 commits) is audited as a whole, and again after
a hundred new commits, in turn with ``git log --raw -m`` over the same history.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.measuring import Measured, Task, measure

HOTLINE = Path(sys.executable).with_name("hotline")
NOW = "2026-11-20T09:00:00+08:00"
NEW = 100
_LOG = ["git", "log", "--raw", "-m", "--no-renames", "--no-abbrev"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="hotline-bench-"))
    try:
        root = scratch / "county"
        made = [HOTLINE, "demo", root, "--orders", str(options.orders), "--now", NOW]
        subprocess.run(made, stdout=subprocess.DEVNULL, check=True)
        report(run(root, scratch, options.rounds), root)
    finally:
        shutil.rmtree(scratch)


def run(root: Path, scratch: Path, rounds: int) -> dict[str, Measured]:
    audit = [str(HOTLINE), "audit", "--now", "2026-11-21T09:00:00+08:00"]
    home = scratch / "home"
    tip = _git(root, "rev-parse", "HEAD")
    turns = iter(range(1, 1_000_000))

    def go_on() -> None:
        """A hundred more commits since the last audit."""
        turn = next(turns)
        events = [f"{turn} {number}" for number in range(NEW)]
        _git(root, "fast-import", "--quiet", "--force", stdin=_commits(root, events))

    tasks = [
        Task("git log --raw -m", lambda: _LOG, root),
        Task("audit, whole", lambda: audit, root, home, wipe=True),
        Task("audit, nothing new", lambda: audit, root, home),
        Task("audit, 100 new commits", lambda: audit, root, home, before=go_on),
    ]
    found = measure([tasks], rounds, scratch / "output")
    _git(root, "update-ref", "refs/heads/main", tip)
    return found


def _commits(root: Path, names: list[str]) -> bytes:
    """Commits that touch a comment each, in files of orders that are there."""
    paths = _git(root, "ls-tree", "-r", "--name-only", "HEAD", "cases").split("\n")
    lines = []
    for number, name in enumerate(names):
        path = paths[number * 7 % len(paths)]
        content = _git(root, "show", f"HEAD:{path}") + f"\n# {name}\n"
        data = content.encode()
        parent = b"from refs/heads/main^0\n" if number == 0 else b""
        lines.append(
            b"commit refs/heads/main\ncommitter x <x@example.org> 1795136400 +0800\ndata 1\nx\n"
            + parent
            + f"M 100644 inline {path}\ndata {len(data)}\n".encode()
            + data
        )
    return b"\n".join(lines) + b"\n"


def _git(root: Path, *arguments: str, stdin: bytes | None = None) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *arguments], input=stdin, capture_output=True, check=True
    )
    return done.stdout.decode().rstrip("\n")


def report(found: dict[str, Measured], root: Path) -> None:
    log = found["git log --raw -m"].median
    print(f"{_git(root, 'rev-list', '--count', 'HEAD')} commits\n")
    print("| | median | of git log --raw -m | peak memory |\n| --- | --- | --- | --- |")
    for name, one in found.items():
        print(f"| {name} | {one.median:.2f} s | {one.median / log:.2f} | {one.peak_mb:.0f} MB |")


if __name__ == "__main__":
    main()
