"""A county with keys, made once and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.sealing.county import County


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_KEYS", "")
    monkeypatch.delenv("HOTLINE_IDENTITY", raising=False)


@pytest.fixture(scope="session")
def _begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTLINE_KEYS", "")
        return County.begun(tmp_path_factory.mktemp("county")).folder


@pytest.fixture
def county(_begun: Path, tmp_path: Path, nobodys_settings: None) -> County:
    """The county with an order that housing handles and tianchi supports, not sealed yet."""
    folder = tmp_path / "county"
    shutil.copytree(_begun, folder)
    made = County(folder)
    made.put()
    return made
