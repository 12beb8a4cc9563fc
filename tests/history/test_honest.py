"""Honest histories pass; of the same histories with one event lost, the loss is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hotline.reading.strict_yaml import parse
from hotline.writing.merge import merge
from tests.history.honest import CRLF, County, accounted_for, may_be_told, must_be_told
from tests.history.town import Keys, Town

NOW = "2026-11-20T17:00:00+08:00"
FEW, MANY = 40, 300
Hotline = Callable[..., tuple[int, str, str]]


def seeds(few: int, many: int, quick: int | None = None) -> list[Any]:
    """``few`` now and as many as ``many`` in the slow tests; or from ``few`` on, ``quick`` now."""
    begin, end = (0, few) if quick is None else (few, few + quick)
    slow = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(end, many)]
    return [*range(begin, end), *slow]


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


def findings(county: County, hotline: Hotline) -> list[Any]:
    given = ("--repo", str(county.town.root), "--now", NOW, "--format", "json", "--no-cache")
    code, out, err = hotline("audit", *given)
    assert code in (0, 1), err
    return list(json.loads(out)["findings"])


@pytest.mark.parametrize("seed", seeds(FEW, MANY))
def test_an_honest_history_has_no_errors(
    seed: int, tmp_path: Path, keys: Keys, hotline: Hotline
) -> None:
    signed = keys if seed % 10 == 0 else None
    county = County(Town(tmp_path / "town", signed), seed, signed)
    county.live(commits=20 + seed % 30)
    told = [f"{f['code']} {f['commit'][:8]} {f['message']}" for f in findings(county, hotline)]
    # Late records, and people who sign nothing or with a key that their branch does not know.
    assert [words for words in told if words[:4] not in ("A005", "A006")] == []


@pytest.mark.parametrize("seed", seeds(600, 760, quick=8))
def test_what_the_merge_law_writes_is_honest(seed: int, tmp_path: Path, hotline: Hotline) -> None:
    """The texts of merges are made by the driver that git calls."""
    county = County(Town(tmp_path / "town"), seed, merge=by_law)
    county.live(commits=40)
    told = [f"{f['code']} {f['commit'][:8]} {f['message']}" for f in findings(county, hotline)]
    assert [words for words in told if words[:4] not in ("A005", "A006")] == []


def test_the_merge_law_has_work_to_do(tmp_path: Path) -> None:
    counties = [County(Town(tmp_path / f"{seed}"), seed, merge=by_law) for seed in range(600, 606)]
    for county in counties:
        county.live(commits=40)
    assert sum(county.together for county in counties) > 30


def by_law(base: bytes | None, ours: bytes, theirs: bytes) -> bytes:
    return merge(base, ours, theirs, lambda blob: parse(blob).root)


def test_windows_line_ends_change_nothing(tmp_path: Path, hotline: Hotline) -> None:
    county = County(Town(tmp_path / "town"), 4, styles=CRLF)
    county.live(commits=40)
    told = [f"{f['code']} {f['message']}" for f in findings(county, hotline)]
    assert [words for words in told if words[:4] not in ("A005", "A006")] == []


@pytest.mark.parametrize("seed", seeds(20, 600))
def test_a_lost_event_is_told(seed: int, tmp_path: Path, hotline: Hotline) -> None:
    county = County(
        Town(tmp_path / "town"),
        seed,
        spoil=(8 + seed % 20, *(range(9, 30, 7) if seed % 3 == 0 else ())),
    )
    county.live(commits=32)
    told = {(f["commit"], f["case"]) for f in findings(county, hotline) if f["code"] == "A001"}
    assert must_be_told(county) - told == set(), "lost and not told"
    assert accounted_for(county, told)
    assert told - may_be_told(county) == set(), "told and not lost"


def test_the_towns_are_sound_for_git(tmp_path: Path, keys: Keys) -> None:
    for seed, signed in ((1, None), (10, keys)):
        county = County(Town(tmp_path / f"town{seed}", signed), seed, signed)
        county.live(commits=30)
        assert county.town.run("fsck", "--strict", "--full", "--no-dangling") == ""
        assert int(county.town.run("rev-list", "--count", "main")) >= 30
        county.town.check_out()
        assert county.town.run("status", "--porcelain") == ""
