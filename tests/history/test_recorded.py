"""``show`` and the pages name the commit that first held an event, wherever it was made."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hotline.doors.auditing import recorded
from hotline.doors.commits import Repository
from hotline.values.times import parse_time
from tests.doors.landing import ID, NOW, PATH, PROGRESS, TEXT, USER, Land

LATER = "2099-01-01T00:00:00+08:00"
"""Commits are made by this machine's clock."""

Hotline = Callable[..., tuple[int, str, str]]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Land:
    for name, value in USER.items():
        monkeypatch.setenv(name, value)
    return Land(tmp_path / "data")


def shown(hotline: Hotline, repository: Land) -> dict[str, tuple[str, str]]:
    _, out, err = hotline(
        "show", ID, "--repo", str(repository.root), "--now", LATER, "--format", "json"
    )
    assert not err
    return {row["type"]: (row["commit"], row["recorded_at"]) for row in json.loads(out)["timeline"]}


def test_an_event_of_a_branch_is_of_the_branch_and_counts_from_the_merge(
    repository: Land, hotline: Hotline
) -> None:
    first = repository.tip()
    made = repository.branch("a", {PATH: TEXT + PROGRESS["a"]})
    repository.write({PATH: TEXT + PROGRESS["b"]})
    other = repository.commit()
    code, *_ = hotline("land", "a", "--repo", str(repository.root), "--now", NOW)
    assert code == 0
    told = shown(hotline, repository)
    assert told["accepted"][0] == first
    assert told["support_opinion"][0] == other
    assert told["progress"][0] == made
    merged = repository.git("show", "-s", "--format=%ct", "HEAD")
    assert parse_time(told["progress"][1]).timestamp() == int(merged)


def test_the_pages_say_the_same(repository: Land, hotline: Hotline) -> None:
    repository.branch("a", {PATH: TEXT + PROGRESS["a"]})
    repository.branch("b", {PATH: TEXT + PROGRESS["b"]})
    hotline("land", "a", "b", "--repo", str(repository.root), "--now", NOW)
    with Repository(repository.root) as objects:
        found = {
            key[1]: one.commit for key, one in recorded(objects, parse_time(LATER)).events.items()
        }
    assert found == {type_: commit for type_, (commit, _) in shown(hotline, repository).items()}


def test_what_was_rewritten_is_of_the_commit_that_rewrote_it(
    repository: Land, hotline: Hotline
) -> None:
    repository.write({PATH: TEXT.replace("basis: clear", "basis: clear\n    via: 电话")})
    changed = repository.commit()
    with Repository(repository.root) as objects:
        found = {
            key[1]: one.commit for key, one in recorded(objects, parse_time(LATER)).events.items()
        }
    assert found["assigned"] == changed == shown(hotline, repository)["assigned"][0]
    assert found["signed"] != changed


def test_a_folder_without_history_has_none(repository: Land, hotline: Hotline) -> None:
    subprocess.run(["rm", "-rf", repository.root / ".git"], check=True, env=os.environ)
    assert set(shown(hotline, repository).values()) == {(None, None)}
