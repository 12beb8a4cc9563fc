"""A history ten times as long takes hardly more memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.history.staging import UNITS, order_text
from tests.history.town import clean_environment, rest_of_registry, units_text
from tests.support import at

SHORT, LONG, MOST = 2_000, 20_000, 1.25
PER_ORDER = 5
EVENTS = ("accepted", "assigned", "signed", "contacted", "support_opinion")
AUTHORS = (
    "clerk@hotline-center.lezhi.example", "clerk@hotline-center.lezhi.example",
    "clerk@housing-bureau.lezhi.example", "clerk@housing-bureau.lezhi.example",
    "clerk@tianchi-street.lezhi.example",
)  # fmt: skip
_MEASURE = (
    "import contextlib, io, resource, sys\n"
    "from hotline.cli.main import main\n"
    "with contextlib.redirect_stdout(io.StringIO()):\n"
    "    code = main(sys.argv[1:])\n"
    "for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):\n"
    "    print(resource.getrusage(whose).ru_maxrss)\n"
    "sys.exit(code)\n"
)
_SMALL = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"
"""A process that is started by a large one counts that one's memory as its own: so between."""
GITS_CACHE = 96 << 10
"""KiB: what git keeps of unpacked objects (``core.deltaBaseCacheLimit``)."""


def stream(commits: int) -> bytes:
    """For ``git fast-import``: orders of five events, one commit each."""
    told = bytearray()

    def commit(email: str, seconds: int, files: dict[str, bytes]) -> None:
        person = f"<{email}> {seconds} +0800\n"
        told.extend(f"commit refs/heads/main\nauthor a {person}committer a {person}".encode())
        told.extend(b"data 1\nx\n")
        for path, content in files.items():
            told.extend(f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n")

    begin = int(at("2026-10-12T09:00").timestamp())
    commit(AUTHORS[0], begin, {**rest_of_registry(), UNITS: units_text().encode()})
    moment = int(at("2026-10-13T12:00").timestamp())
    whole = [order_text(*EVENTS[: n + 1]) for n in range(PER_ORDER)]
    for number in range(commits // PER_ORDER):
        name = f"LZ-20261013-{number:06}"
        for count, text in enumerate(whole):
            moment += 1
            own = text.replace("LZ-20261013-0007", name).replace("130007", f"{number:06}")
            commit(AUTHORS[count], moment, {f"cases/2026/10/{name}.yaml": own.encode()})
    told.extend(b"done\n")
    return bytes(told)


def town_of(root: Path, commits: int) -> Path:
    root.mkdir()
    env = clean_environment()
    for command, given in (
        (["git", "init", "-q", "-b", "main"], b""),
        (["git", "fast-import", "--quiet", "--done"], stream(commits)),
        (["git", "read-tree", "HEAD"], b""),
        (["git", "checkout-index", "-q", "registry/units.yaml"], b""),
    ):
        subprocess.run(command, cwd=root, env=env, input=given, check=True)
    return root


def peaks(root: Path) -> tuple[int, int]:
    """KiB of the audit itself, and of the largest git that it asks."""
    given = ["audit", "--no-cache", "--format", "json", "--repo", str(root),
             "--now", "2026-11-20T17:00:00+08:00"]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", _SMALL, sys.executable, "-c", _MEASURE, *given],
        capture_output=True, text=True, check=False, env=clean_environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    own, gits = map(int, done.stdout.split())
    return own, gits


@pytest.mark.slow
def test_memory_hardly_grows_with_history(tmp_path: Path) -> None:
    short, short_git = peaks(town_of(tmp_path / "short", SHORT))
    long_root = town_of(tmp_path / "long", LONG)
    long, long_git = peaks(long_root)
    assert long < short * MOST, f"{short} → {long} KiB"
    packs = sum(path.stat().st_size for path in (long_root / ".git" / "objects").rglob("pack-*"))
    assert long_git < short_git + GITS_CACHE + (packs >> 10), f"{short_git} → {long_git} KiB"
