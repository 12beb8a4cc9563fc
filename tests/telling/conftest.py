"""A data repository whose units are told over sinks of this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import DataRepository
from tests.rules.examples import ACCEPTED, ASSIGNED, SIGNED, complete, timed
from tests.support import to_yaml
from tests.telling.sinks import Sink, http_sink

Hotline = Callable[..., tuple[int, str, str]]
SECRET = "s3cr3t-of-the-robot"


def overdue(number: int = 7, **header: Any) -> dict[str, Any]:
    """An order of 13 October whose answer was due on 22 October at 17:00."""
    case = complete("- {type: accepted}")
    case.update(id=f"LZ-20261013-{number:04d}", upstream_id=f"ZY20261013{number:04d}", **header)
    case["events"] = timed([dict(ACCEPTED), dict(ASSIGNED), dict(SIGNED)], case)
    return case


@pytest.fixture
def sink() -> Iterator[Sink]:
    with http_sink() as made:
        yield made


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a proxy nor a state of the machine takes part."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("HOTLINE_STATE", raising=False)


@pytest.fixture
def channels(repository: DataRepository) -> Callable[..., None]:
    """``channels(site=…, housing_bureau="NAME")`` writes the settings."""

    def write(*rows: dict[str, Any], **more: Any) -> None:
        path = repository.root / "registry" / "notify.yaml"
        path.write_bytes(to_yaml({**more, "channels": list(rows)}))

    return write


@pytest.fixture
def notify(repository: DataRepository, hotline: Hotline) -> Hotline:
    """``notify("2026-10-23T09:00")`` runs the verb and sends."""

    def run(now: str, *more: str) -> tuple[int, str, str]:
        moment = f"{now}:00+08:00"
        return hotline(
            "notify", "--apply", "--repo", str(repository.root), "--now", moment, *more
        )  # fmt: skip

    return run
