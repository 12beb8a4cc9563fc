"""Fixtures and flags for all tests."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT, path_of, to_yaml


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew", action="store_true", help="write the snapshots anew")


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests find is not remembered for the people of this machine, nor the other way round."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """``snapshot(name, text)`` compares with ``snapshots/name`` beside the test."""

    def compare(name: str, text: str) -> None:
        path = Path(request.path).parent / "snapshots" / name
        if request.config.getoption("--renew"):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode())
        assert path.is_file(), f"no snapshot {path.name}: run pytest --renew"
        assert text == path.read_bytes().decode()

    return compare


class DataRepository:
    """A data repository in a temporary folder, with a real git where asked."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, case: dict[str, Any]) -> Path:
        path = self.root / path_of(case)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(to_yaml(case))
        return path

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.cn", *arguments],
            cwd=self.root, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def commit(self, message: str = "x") -> str:
        if not (self.root / ".git").exists():
            self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("commit", "-qm", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> DataRepository:
    """An empty data repository with the shipped registry."""
    root = tmp_path / "data"
    shutil.copytree(ROOT / "registry", root / "registry")
    (root / "cases").mkdir()
    # Precedents name orders of the shipped cases, which are not here.
    (root / "registry" / "precedents.yaml").write_text("precedents: []\n", "utf-8")
    return DataRepository(root)


@pytest.fixture
def hotline(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a verb in this process: (exit code, standard output, standard error)."""
    from hotline.cli.main import main

    def run(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        try:
            code = main(list(arguments))
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capfd.readouterr()
        return code, out, err

    return run
