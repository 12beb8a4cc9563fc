"""The worst files: within 2 seconds and 256 MiB each, and never an exception."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hotline.reading.strict_yaml import MAX_BYTES
from tests.corpus import NOW
from tests.corpus.worst import WORST
from tests.support import ROOT

LEGAL = {
    "一个六万位的整数", "十二万个回车", "一千五百次督办", "一千九百次调整类别", "一次关联一万两千件",
    "承诺在本世纪末", "一千九百个法定时限", "一千九百次更正工单头",
}  # fmt: skip
"""Ugly, but nothing that the reader refuses."""


@pytest.fixture(scope="module")
def verdicts() -> dict[str, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("forked.py"))],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'scripts'}{os.pathsep}{ROOT}"},
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    told: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return told


def _marked(name: str) -> Any:
    return pytest.param(name, id=name)


@pytest.mark.parametrize("name", [_marked(name) for name in WORST])
def test_one_of_the_worst_files_is_judged_in_time_and_space(
    name: str, verdicts: dict[str, dict[str, Any]]
) -> None:
    assert len(WORST[name]().encode()) < MAX_BYTES + 16_384
    verdict = verdicts[name]
    assert "error" not in verdict
    assert verdict["seconds"] < 2
    if name not in LEGAL:
        assert verdict["codes"], "nothing was found"
    if verdict["codes"] and verdict["codes"][0][0] == "S":
        assert verdict["count"] <= 130


def test_all_of_them_together_go_through_the_command(repository) -> None:
    """Every file is told of, none stops the others, and no traceback shows."""
    folder = repository.root / "cases/2026/10"
    folder.mkdir(parents=True)
    names = list(WORST)
    for number, name in enumerate(names):
        (folder / f"LZ-20261013-{number:04}.yaml").write_text(WORST[name](), "utf-8", newline="")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(
        [sys.executable, "-m", "hotline", "check", "--repo", str(repository.root), "--now", NOW,
         "--format", "json"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    told = json.loads(done.stdout)
    assert told["summary"]["files"] == len(names)
    assert {f["path"] for f in told["findings"]} == {
        f"cases/2026/10/LZ-20261013-{number:04}.yaml" for number in range(len(names))
    }
    assert seconds < 30
