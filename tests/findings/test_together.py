"""Files judged together are judged as each by itself, and each holds as long as it would alone."""

from __future__ import annotations

import random

import pytest

from hotline.findings.engine import Engine, Judged
from hotline.values.watched import Watched
from tests.corpus import CLEAN, PATH, RICH, broken
from tests.support import ROOT, at, schema, shipped_rules

SHIPPED = sorted((ROOT / "cases").rglob("*.yaml"))
FILES = [
    (PATH, CLEAN.encode()),
    (PATH, RICH.encode()),
    *((row.path, row.blob) for row in broken()),
    *((path.relative_to(ROOT).as_posix(), path.read_bytes()) for path in SHIPPED),
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(shipped_rules(), schema(), at("2026-11-20T09:00"))


@pytest.mark.parametrize("size", [2, 25, 1000])
def test_together_or_alone(engine: Engine, size: int) -> None:
    files = random.Random(size).sample(FILES, len(FILES))
    together = [
        judged
        for start in range(0, len(files), size)
        for judged in engine.judge_all(files[start : start + size])
    ]
    assert len(together) == len(files)
    for (path, blob), judged in zip(files, together, strict=True):
        alone = engine.judge(path, blob)
        assert judged.findings == alone.findings
        assert (judged.subject is None) == (alone.subject is None)
        if judged.subject is not None:
            assert judged.subject.path == path


def test_each_has_bounds_of_its_own(engine: Engine) -> None:
    """What one order was compared with says nothing of how long another holds."""
    moments = Watched.maker(engine.now)
    together = engine.judge_all(FILES, moments)
    alone = [engine.judge_all([file], moments)[0] for file in FILES]
    assert list(map(bounds, together)) == list(map(bounds, alone))
    assert len({bounds(judged) for judged in together}) > 20


def bounds(judged: Judged) -> tuple[float, float] | None:
    if judged.subject is None:
        return None
    assert isinstance(judged.subject.now, Watched)
    return judged.subject.now.bounds
