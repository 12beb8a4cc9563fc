"""A note that is kept elsewhere tells whether history is still what it was."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DataRepository
from tests.doors.landing import case

Hotline = Callable[..., tuple[int, str, str]]
CLERK = "clerk@hotline-center.lezhi.example"


class Kept:
    """A repository with an anchor made of it; ``key`` belongs to a member of the center."""

    def __init__(self, repository: DataRepository, hotline: Hotline, folder: Path) -> None:
        self.repository, self.hotline, self.folder = repository, hotline, folder
        self.key = self.new_key("center")
        units = repository.root / "registry" / "units.yaml"
        ssh = self.key.with_suffix(".pub").read_text("ascii").strip()
        told = f"- email: {CLERK}\n        keys: [{{ssh: '{ssh}'}}]"
        units.write_text(
            units.read_text("utf-8").replace(f"- email: {CLERK}\n        keys: []", told)
        )
        self.put(7)
        repository.commit("first")
        self.note = folder / "anchor.json"

    def put(self, number: int) -> None:
        path, text = case(number)
        target = self.repository.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")

    def new_key(self, name: str) -> Path:
        key = self.folder / name
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)],
            check=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return key

    def anchor(self, *arguments: str, key: Path | None = None) -> tuple[int, str, str]:
        given = ("--repo", str(self.repository.root), "--out", str(self.note))
        return self.hotline("anchor", *given, "--key", str(key or self.key), *arguments)

    def codes(self) -> list[str]:
        code, out, err = self.hotline(
            "audit", "--repo", str(self.repository.root), "--anchor", str(self.note),
            "--format", "json",
        )  # fmt: skip
        assert code in (0, 1), err
        return [f["message"] for f in json.loads(out)["findings"] if f["code"] == "A007"]

    def change(self, **fields: Any) -> None:
        data = json.loads(self.note.read_text("utf-8"))
        self.note.write_text(json.dumps({**data, **fields}), "utf-8")


@pytest.fixture
def kept(repository: DataRepository, hotline: Hotline, tmp_path: Path) -> Kept:
    return Kept(repository, hotline, tmp_path)


def test_history_that_went_on_holds_its_anchor(kept: Kept) -> None:
    assert kept.anchor()[0] == 0
    kept.put(8)
    kept.repository.commit("second")
    assert kept.codes() == []


def test_an_amended_commit_is_found(kept: Kept) -> None:
    kept.anchor()
    kept.repository.git("commit", "--amend", "-qm", "another")
    (words,) = kept.codes()
    assert "历史被重写过" in words


def test_a_side_branch_does_not_count(kept: Kept) -> None:
    """The anchored commit is still there, but the main line went another way."""
    kept.repository.git("branch", "old")
    kept.anchor()
    kept.repository.git("commit", "--amend", "-qm", "another")
    assert kept.codes()


@pytest.mark.parametrize(
    ("field", "value"),
    [("tree", "0" * 40), ("commits", 7), ("cases", 2), ("digest", "0" * 64),
     ("made_at", "2020-01-01T00:00:00+08:00")],
)  # fmt: skip
def test_a_note_that_was_changed_is_found(kept: Kept, field: str, value: Any) -> None:
    kept.anchor()
    kept.change(**{field: value})
    assert any("签名不对" in words for words in kept.codes())


def test_a_key_that_nobody_of_the_keepers_has(kept: Kept) -> None:
    kept.anchor(key=kept.new_key("stranger"))
    (words,) = kept.codes()
    assert "都没有的密钥" in words


def test_a_note_signed_for_something_else(kept: Kept) -> None:
    """A signature of the same key over another text, in another namespace."""
    kept.anchor()
    other = kept.folder / "other"
    other.write_text("x", "utf-8")
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", str(kept.key), str(other)], check=True
    )
    kept.change(signature=Path(f"{other}.sig").read_text("ascii"))
    assert any("签名不对" in words for words in kept.codes())


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "x", "[" * 90_000, '{"kind": "hotline anchor", "commit": 1}'],
    ids=["empty", "nothing", "list", "null", "words", "deep", "half"],
)  # fmt: skip
def test_what_is_no_anchor_is_refused(kept: Kept, text: str) -> None:
    kept.note.write_text(text, "utf-8")
    root = str(kept.repository.root)
    code, out, err = kept.hotline("audit", "--repo", root, "--anchor", str(kept.note))
    assert (code, out) == (2, "")
    assert "锚点" in err


def test_a_hostile_commit_name_is_no_option(kept: Kept) -> None:
    kept.anchor()
    kept.change(commit="--output=/tmp/x")
    assert kept.codes()


def test_an_anchor_is_never_written_over(kept: Kept) -> None:
    kept.anchor()
    before = kept.note.read_bytes()
    code, _, err = kept.anchor()
    assert (code, kept.note.read_bytes()) == (2, before)
    assert "不覆盖" in err


def test_without_a_key_it_says_how(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOTLINE_SIGNING_KEY", raising=False)
    code, _, err = kept.hotline("anchor", "--repo", str(kept.repository.root))
    assert code == 2
    assert "--key" in err
    assert "--unsigned" in err


def test_a_tag_holds_the_note(kept: Kept) -> None:
    kept.anchor("--tag", "--now", "2026-11-20T17:00:00+08:00")
    (name,) = kept.repository.git("tag", "--list").splitlines()
    assert name.startswith("anchor/2026-11-20-")
    body = kept.repository.git("cat-file", "tag", name).partition("\n\n")[2]
    assert json.loads(body) == json.loads(kept.note.read_text("utf-8"))
