"""The built wheel in a fresh environment, outside the checkout, as an IT person gets it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.rules.examples import complete
from tests.support import ROOT, path_of, to_yaml

UV = Path(sys.executable).with_name("uv")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not UV.exists():
        pytest.skip("uv is not in the environment: run through make")
    out = tmp_path_factory.mktemp("dist")
    subprocess.run([UV, "build", "--wheel", "--out-dir", out, "-q"], cwd=ROOT, check=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the entry points of an environment that holds the wheel and its needs."""
    home = tmp_path_factory.mktemp("env") / "venv"
    subprocess.run([UV, "venv", "-q", "--python", sys.executable, home], check=True)
    subprocess.run([UV, "pip", "install", "-q", "--python", home, wheel], check=True)
    return home / "bin"


def hotline(installed: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(cwd), "LANG": "C", "TZ": "UTC"}
    return subprocess.run(
        [installed / "hotline", *arguments], cwd=cwd, env=environment, capture_output=True, text=True,
        encoding="utf-8", check=False,
    )  # fmt: skip


def test_the_wheel_carries_what_the_verbs_need(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in ("schema/case.schema.json", "registry/units.yaml", "registry/norms.yaml"):
        assert f"hotline/_data/{name}" in names
    assert any(name.startswith("hotline/_data/site_templates/") for name in names)
    assert "hotline/procedure/statutory_days.json" in names
    assert not any("tests" in name.split("/")[0] for name in names)


def test_the_verbs_work_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(ROOT / "registry", root / "registry")
    case = complete(
        "- {type: accepted}\n- {type: assigned, lead: housing-bureau, support: [], basis: clear}"
    )
    path = root / path_of(case)
    path.parent.mkdir(parents=True)
    path.write_bytes(to_yaml(case))
    done = hotline(installed, root, "check", "--now", "2026-10-13T11:00:00+08:00")
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "检查了 1 个文件，没有发现问题。\n",
        "",
    )
    for arguments in (
        ("rule", "W010"),
        ("norms", "7-3"),
        ("due",),
        ("show", case["id"]),
        ("escalate",),
    ):
        done = hotline(installed, root, *arguments)
        assert (done.returncode, done.stderr) == (0, ""), arguments
        assert done.stdout


def test_a_missing_git_is_told(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "registry").mkdir()
    done = subprocess.run(
        [installed / "hotline", "check", "--trust", "HEAD"], cwd=tmp_path, env={"PATH": "/nowhere"},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "没有找到 git" in done.stderr
