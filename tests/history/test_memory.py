"""An audit that remembers says what one says that does not."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NOW = "2026-11-26T09:00:00+08:00"
Hotline = Callable[..., tuple[int, str, str]]


class Archive:
    """A living county with a branch that was merged, and what audits say of it."""

    def __init__(self, root: Path, hotline: Hotline) -> None:
        self.root = root
        self.hotline = hotline

    def git(self, *arguments: str, **environment: str) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
            cwd=self.root, capture_output=True, text=True, check=True,
            env={**os.environ, **environment},
        )  # fmt: skip
        return done.stdout.strip()

    def audit(self, *arguments: str) -> Any:
        """Findings and counts, without the seconds."""
        given = ("--repo", str(self.root), "--now", NOW, "--format", "json")
        _, out, _err = self.hotline("audit", *given, *arguments)
        told = json.loads(out)
        del told["summary"]["seconds"]
        return told

    def spoil(self, number: int, when: str = "2026-11-20T10:00:00+08:00") -> None:
        """A commit by a stranger that changes what was recorded."""
        path = sorted(self.root.glob("cases/*/*/*.yaml"))[number]
        path.write_text(
            path.read_text("utf-8").replace("type: accepted", "type: accepted, note: 改")
        )
        self.git("commit", "-qam", f"x{number}", GIT_COMMITTER_DATE=when, GIT_AUTHOR_DATE=when)


@pytest.fixture
def archive(tmp_path: Path, hotline: Hotline, monkeypatch: pytest.MonkeyPatch) -> Archive:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "county"
    hotline("demo", str(root), "--orders", "12", "--now", "2026-11-20T09:00:00+08:00")
    return Archive(root, hotline)


def test_growing_history_is_told_the_same(archive: Archive) -> None:
    """By steps along the main line, a side branch and tampering among them."""
    archive.spoil(1)
    archive.git("checkout", "-qb", "side", "HEAD~9")
    archive.spoil(2, "2026-11-20T11:00:00+08:00")
    archive.git("checkout", "-q", "main")
    archive.git(
        "merge", "-q", "--no-ff", "-m", "m", "side", GIT_COMMITTER_DATE="2026-11-23T12:00:00+08:00"
    )
    archive.spoil(3, "2026-11-24T09:00:00+08:00")
    line = archive.git("rev-list", "--first-parent", "--reverse", "main").splitlines()
    for commit in [*line[5:-4:11], *line[-4:]]:
        archive.git("checkout", "-q", commit)
        assert archive.audit() == archive.audit("--no-cache"), commit
        assert archive.audit() == archive.audit("--no-cache"), "and again"
    codes = [f["code"] for f in archive.audit()["findings"]]
    assert codes.count("A001") == 3


def test_history_that_went_back_is_audited_as_a_whole(archive: Archive) -> None:
    archive.spoil(1)
    assert "A001" in [f["code"] for f in archive.audit()["findings"]]
    archive.git("reset", "-q", "--hard", "HEAD~1")
    assert archive.audit() == archive.audit("--no-cache")
    assert "A001" not in [f["code"] for f in archive.audit()["findings"]]


def test_an_audited_commit_that_is_on_a_side_now(archive: Archive) -> None:
    """The remembered commit came to the main line from the other side: nothing is taken over."""
    archive.git("checkout", "-qb", "other", "HEAD~3")
    archive.spoil(1)
    archive.audit()
    archive.git("checkout", "-q", "main")
    archive.git("merge", "-q", "--no-ff", "-m", "m", "other")
    assert archive.audit() == archive.audit("--no-cache")


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "foreign", "folder", "list"])
def test_a_damaged_memory_is_none(archive: Archive, tmp_path: Path, damage: str) -> None:
    archive.spoil(1)
    wanted = archive.audit()
    (memory,) = (tmp_path / "cache" / "hotline").glob("audited-*.json")
    whole = memory.read_bytes()
    forged = whole.replace(b'"A001"', b'"A005"')
    content = {
        "flip": forged, "cut": whole[: len(whole) // 2], "empty": b"", "foreign": b"\x00\xff" * 9,
        "list": whole.partition(b"\n")[0] + b"\n[]", "folder": b"",
    }[damage]  # fmt: skip
    memory.unlink()
    if damage == "folder":
        memory.mkdir()
    else:
        memory.write_bytes(content)
    assert archive.audit() == wanted


def test_other_days_off_are_another_audit(archive: Archive) -> None:
    """What was late may be in time now: a calendar that changed is asked anew."""
    archive.spoil(1)
    archive.audit()
    year = archive.root / "registry" / "calendar" / "2026.yaml"
    year.write_text(f"{year.read_text('utf-8')}# 改\n", "utf-8")
    archive.git("commit", "-qam", "calendar", GIT_COMMITTER_DATE="2026-11-24T09:00:00+08:00")
    assert archive.audit() == archive.audit("--no-cache")


def test_the_second_audit_walks_what_is_new(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hotline.doors.commits import Repository

    archive.audit()
    archive.spoil(1)
    walked: list[str] = []
    steps = Repository.steps

    def counted(self: Repository, *arguments: Any, **options: Any) -> Any:
        for step in steps(self, *arguments, **options):
            walked.append(step.commit.name)
            yield step

    monkeypatch.setattr(Repository, "steps", counted)
    archive.audit()
    assert walked == [archive.git("rev-parse", "HEAD")]
