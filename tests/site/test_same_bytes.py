"""The same repository gives the same site, byte for byte: again, in another time zone, under
another language, from a folder that was copied in another order, with and without a cache."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.site.test_build import digest
from tests.support import every

HOTLINE = Path(sys.executable).with_name("hotline")
NOW = "2026-10-14T10:40:00+08:00"

PLACES = {
    "far west": {"TZ": "Pacific/Marquesas", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "7"},
    "far east": {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "11"},
    "no zone": {"TZ": "", "LC_ALL": "POSIX", "LANG": "zh_CN.GBK", "PYTHONUTF8": "0"},
    "a zone with summer time": {"TZ": "America/New_York", "LANG": "de_DE.UTF-8", "LC_TIME": "C"},
}  # fmt: skip


@dataclass(slots=True)
class Here:
    root: Path
    cache: Path
    first: dict[str, str] = field(default_factory=dict)

    def build(self, root: Path, cache: Path, **extra: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "TZ"))}
        environment = {**kept, "XDG_CACHE_HOME": str(cache), **extra}
        shutil.rmtree(root / "site", ignore_errors=True)
        done = subprocess.run(
            [str(HOTLINE), "site", "build", "--repo", str(root), "--now", NOW],
            env=environment, capture_output=True, cwd="/",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        return digest(root / "site")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Here:
    """The demo with its history, built once."""
    folder = tmp_path_factory.mktemp("same")
    root = folder / "data"
    command = [str(HOTLINE), "demo", str(root), "--now", NOW, "--orders", "60"]
    subprocess.run(command, check=True, capture_output=True)
    made = Here(root, folder / "cache")
    made.first = made.build(root, made.cache, TZ="Asia/Shanghai", LC_ALL="C.UTF-8")
    assert len(made.first) > 300
    assert {"index.html", "api/v1/cases.json", "board/index.html"} <= set(made.first)
    return made


def told(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


@pytest.mark.parametrize("place", every(2, PLACES))
def test_in_another_place(here: Here, tmp_path: Path, place: str) -> None:
    """Nothing that was remembered helps: each place begins with an empty cache."""
    assert told(here.first, here.build(here.root, tmp_path, **PLACES[place])) == []


def test_with_what_was_remembered(here: Here) -> None:
    assert told(here.first, here.build(here.root, here.cache, TZ="UTC")) == []


def test_from_a_copy_made_in_another_order(here: Here, tmp_path: Path) -> None:
    """Neither the order in a folder, nor the times of files, nor where they lie counts."""
    copy = tmp_path / "一个 副本"
    paths = [p for p in here.root.rglob("*") if p.is_file() and "site" not in p.parts]
    random.Random(3).shuffle(paths)
    for number, path in enumerate(paths):
        target = copy / path.relative_to(here.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        os.utime(target, (number * 1000, number * 1000))
    assert told(here.first, here.build(copy, tmp_path / "cache", TZ="UTC")) == []


def test_another_moment_is_another_site(here: Here) -> None:
    """The comparison can fail."""
    other = dict(here.first)
    other["index.html"] = "0"
    assert told(here.first, other) == ["index.html"]
    site = here.root / "site" / "index.html"
    site.write_bytes(site.read_bytes() + b" ")
    assert told(here.first, digest(here.root / "site")) == ["index.html"]
