"""A build after a change gives the very bytes that a build from nothing gives, whatever changed,
whatever became of the record, and whenever a build was killed."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from hotline.doors import frames, keeping, orders
from hotline.doors.auditing import recordings
from hotline.doors.building import WORK
from hotline.doors.commits import Repository
from hotline.doors.fault import Unavailable
from hotline.doors.site import build
from hotline.values.times import parse_time
from tests.site import sample
from tests.site.test_build import digest
from tests.support import ROOT

NOW = parse_time(sample.NOW)
BROKEN = "id: [没写完\n"
GIT = {
    "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.org", "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.org", "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_DATE": "2026-09-01T02:00:00Z", "GIT_COMMITTER_DATE": "2026-09-01T02:00:00Z",
}  # fmt: skip


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


class Desk:
    """A repository at which somebody works, and the moment there."""

    def __init__(self, root: Path, seed: int = 1) -> None:
        self.root = root
        self.now = NOW
        self.dice = random.Random(seed)
        self.number = 0

    def git(self, *arguments: str) -> None:
        subprocess.run(
            ["git", *arguments], cwd=self.root, check=True, capture_output=True,
            env={**os.environ, **GIT},
        )  # fmt: skip

    def some(self) -> Path:
        return self.dice.choice(sorted(self.root.glob("cases/*/*/*.yaml")))

    # --- what may happen ------------------------------------------------------------------

    def event(self) -> None:
        path = self.some()
        if path.read_text("utf-8") == BROKEN:
            return
        case = yaml.safe_load(path.read_bytes())
        by = case["events"][-1]["by"] if case["events"] else "hotline-center"
        at = (self.now - timedelta(minutes=self.dice.randrange(5, 500))).isoformat()
        case["events"].append({"at": at, "by": by, "type": "progress", "text": "已到现场核实。"})
        sample.write(self.root, case)

    def order(self) -> None:
        self.number += 1
        case = sample.orders(6, seed=self.number)[-1]
        case["id"] = f"LZ-20261014-{8000 + self.number}"
        case["upstream_id"] = f"NEW{self.number}"
        sample.write(self.root, case)

    def twin(self) -> None:
        """A second file of an id that is there (X001), whose folder is another."""
        path = self.some()
        folder = path.parent.with_name("01")
        folder.mkdir(exist_ok=True)
        (folder / path.name).write_bytes(path.read_bytes())

    def link(self) -> None:
        path, other = self.some(), self.some()
        if path.read_text("utf-8") == BROKEN:
            return
        case = yaml.safe_load(path.read_bytes())
        at = self.now.isoformat()
        case["events"].append(
            {"at": at, "by": "hotline-center", "type": "linked", "cases": [other.stem], "same": "problem"}
        )  # fmt: skip
        path.write_text(yaml.safe_dump(case, allow_unicode=True, sort_keys=False), "utf-8")

    def comment_all(self) -> None:
        """Files change and their pages do not."""
        for path in self.root.glob("cases/*/*/*.yaml"):
            path.write_bytes(path.read_bytes() + b"# x\n")

    def delete(self) -> None:
        self.some().unlink()

    def breaking(self) -> None:
        self.some().write_text(BROKEN, "utf-8")

    def registry(self) -> None:
        path = self.root / "registry" / "units.yaml"
        text = path.read_text("utf-8")
        path.write_text(text.replace("028-2300", "028-2301", 1), "utf-8")

    def handbook(self) -> None:
        folder = self.root / "docs" / "handbook"
        folder.mkdir(parents=True, exist_ok=True)
        self.number += 1
        (folder / "index.md").write_text(f"# 手册\n\n第 {self.number} 版。\n", "utf-8")

    def template(self) -> None:
        folder = self.root / "site_templates" / "pages"
        folder.mkdir(parents=True, exist_ok=True)
        self.number += 1
        words = f"第 {self.number} 版 {{{{ site.rows | length }}}}，{{{{ site.now | moment }}}}"
        (folder / "ledger.html").write_text(f"<p>{words}</p>\n\n## 标题\n\n文字", "utf-8")

    def no_template(self) -> None:
        shutil.rmtree(self.root / "site_templates", ignore_errors=True)

    def later(self) -> None:
        minutes = self.dice.choice((1, 15, 60 * 7, 60 * 24, 60 * 24 * 9, 60 * 24 * 120))
        self.now += timedelta(minutes=minutes)

    def earlier(self) -> None:
        self.now -= timedelta(minutes=self.dice.choice((1, 60, 60 * 24)))

    def commit(self) -> None:
        if not (self.root / ".git").exists():
            self.git("init", "-q", "-b", "main")
            (self.root / ".gitignore").write_text("site/\n.hotline/\n", "utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")

    # --- what must hold -------------------------------------------------------------------

    def build(self) -> dict[str, str]:
        build(self.root, self.now)
        return digest(self.root / "site")

    def from_nothing(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
        other = self.root.parent / "from-nothing"
        shutil.rmtree(other, ignore_errors=True)
        shutil.copytree(self.root, other, ignore=shutil.ignore_patterns("site", ".hotline"))
        with monkeypatch.context() as patched:
            patched.setenv("XDG_CACHE_HOME", str(other / ".cache"))
            build(other, self.now)
        return digest(other / "site")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    root = tmp_path / "data"
    root.mkdir()
    return Desk(sample.repository(root, sample.orders(12)))


def same(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """The files in which two sites differ."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def some(rows: dict[str, Any], *quick: str) -> list[Any]:
    """All rows, of which a quick run takes these."""
    marks = {name: () if name in quick else pytest.mark.slow for name in rows}
    return [pytest.param(row, id=name, marks=marks[name]) for name, row in rows.items()]


EDITS: dict[str, list[str]] = {
    "event": ["event"], "order": ["order"], "delete": ["delete"], "link": ["link", "event"],
    "twin": ["twin"], "broken": ["breaking"], "registry": ["registry"], "handbook": ["handbook"],
    "template": ["template"], "template gone": ["template", "build", "no_template"],
    "later": ["later"], "earlier": ["earlier"], "commit": ["commit", "build", "event", "commit"],
    "nothing": [],
    "a comment where another links": ["link", "build", "comment_all"],
}  # fmt: skip


@pytest.mark.parametrize("edits", some(EDITS, "event", "delete", "commit", "template"))
def test_each_change_gives_the_same_bytes(
    desk: Desk, edits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.build()
    for edit in edits:
        getattr(desk, edit)()
    assert same(desk.build(), desk.from_nothing(monkeypatch)) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_any_course_of_changes_gives_the_same_bytes(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "data"
    root.mkdir()
    desk = Desk(sample.repository(root, sample.orders(25)), seed)
    usual = ["event", "order", "delete", "link", "later", "commit", "twin", "earlier"]
    rare = ["registry", "handbook", "template", "no_template", "breaking"]
    desk.build()
    for _ in range(8):
        for _ in range(desk.dice.randrange(1, 4)):
            getattr(desk, desk.dice.choice(usual * 3 + rare))()
        assert same(desk.build(), desk.from_nothing(monkeypatch)) == []


def test_a_day_on_which_a_clock_of_a_closed_order_is_due(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is due today is called so on the pages of orders that are over, too."""
    desk.build()
    for days in (1, 2, 3):
        desk.now = NOW + timedelta(days=days)
        assert same(desk.build(), desk.from_nothing(monkeypatch)) == []


# --- the cost ------------------------------------------------------------------------------


def test_only_what_changed_is_judged_and_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.build()
    before = {p: p.stat().st_ino for p in (desk.root / "site").rglob("*.html")}
    judged: list[str] = []
    true = orders.Judge.judged

    def counted(self: Any, files: Any, *rest: Any) -> Any:
        judged.extend(path for path, _ in files)
        return true(self, files, *rest)

    monkeypatch.setattr(orders.Judge, "judged", counted)
    monkeypatch.setattr(frames, "taken", lambda *_, **__: pytest.fail("MkDocs was asked"))
    path = desk.some()
    path.write_bytes(path.read_bytes() + b"# x\n")
    desk.build()
    assert judged == [path.relative_to(desk.root).as_posix()]
    other = [p for p in before if p.parent.name.startswith("LZ-") and p.parent.name != path.stem]
    assert other and all(p.stat().st_ino == before[p] for p in other)


def test_another_moment_makes_closed_orders_not_again(desk: Desk) -> None:
    desk.now = NOW + timedelta(days=20)
    desk.build()
    rows = json.loads((desk.root / "site/api/v1/cases.json").read_text("utf-8"))["cases"]
    over = [desk.root / "site" / r["url"] / "index.html" for r in rows if r["closed_at"]]
    assert over
    before = {page: page.stat().st_ino for page in over}
    desk.now += timedelta(minutes=15)
    desk.build()
    assert {page: page.stat().st_ino for page in over} == before


# --- a record that is not what was left -------------------------------------------------------


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    blob = bytearray(path.read_bytes())
    blob[len(blob) // 3] ^= 1
    path.write_bytes(blob)


def plant(path: Path) -> None:
    """Of somebody's who does not know the secret: a part with a title that the site never had."""
    seal, _, text = path.read_bytes().partition(b"\n")
    for part in (path.parent / keeping.PARTS).iterdir():
        planted = part.read_bytes().replace("停水".encode(), b"<b>")
        digest = keeping.digest_of(planted)
        part.with_name(digest).write_bytes(planted)
        text = text.replace(part.name.encode(), digest.encode())
    path.write_bytes(seal + b"\n" + text)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def nested(path: Path) -> None:
    path.write_bytes(b"0" * 64 + b"\n" + b"[" * 100_000)


def linked(path: Path) -> None:
    aside = path.with_name("elsewhere")
    path.rename(aside)
    path.symlink_to(aside)


SPOILS = {one.__name__: one for one in (cut, flip, plant, empty, nested, linked, Path.unlink)}
PART_SPOILS = {one.__name__: one for one in (cut, flip, empty, nested, Path.unlink)}


@pytest.mark.parametrize("spoil", some(SPOILS, "plant"))
def test_a_record_that_is_not_what_was_left_is_none(
    desk: Desk, spoil: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.build()
    spoil(desk.root / WORK / keeping.NAME)
    assert keeping.recall(desk.root / WORK) is None
    desk.event()
    assert same(desk.build(), desk.from_nothing(monkeypatch)) == []


@pytest.mark.parametrize("spoil", some(PART_SPOILS, "flip", "unlink"))
def test_a_part_that_is_not_what_was_left_is_none(
    desk: Desk, spoil: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever it is."""
    desk.build()
    parts = keeping.recall(desk.root / WORK)
    assert parts is not None
    for name, named in parts.parts.items():
        part = desk.root / WORK / keeping.PARTS / named
        if part.exists():
            spoil(part)
            with pytest.raises(keeping.PartIsGone):
                parts.part(name)
    desk.event()
    assert same(desk.build(), desk.from_nothing(monkeypatch)) == []


@pytest.mark.parametrize("kind", ["turns", "month", "orders", "lines", "open"])
def test_one_part_that_is_gone_costs_nothing_but_time(
    desk: Desk, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.build()
    record = keeping.recall(desk.root / WORK)
    assert record is not None
    for name, named in record.parts.items():
        if name.rpartition("/")[2] == kind:
            (desk.root / WORK / keeping.PARTS / named).unlink(missing_ok=True)
    desk.event()
    assert same(desk.build(), desk.from_nothing(monkeypatch)) == []


def test_a_record_of_somebody_else_is_none(desk: Desk, tmp_path: Path) -> None:
    desk.build()
    assert keeping.recall(desk.root / WORK) is not None
    (tmp_path / "cache" / "hotline" / "site.key").write_bytes(b"x" * 32)
    assert keeping.recall(desk.root / WORK) is None


SPOILED = {
    "a page": "site/index.html", "an order": "site/cases/LZ-*/index.html", "gone": "-site/404.html",
    "one more": "+site/cases/mine.html", "waiting": ".hotline/site/spare/board/index.html",
    "waiting, gone": "-.hotline/site/spare/board/index.html",
    "waiting, one more": "+.hotline/site/spare/robots.txt",
    "frame": ".hotline/site/frames/cases/shell/index.html",
    "another frame": ".hotline/site/frames/board/index.html",
}  # fmt: skip


@pytest.mark.parametrize("what", some(SPOILED, "a page", "waiting"))
def test_what_somebody_did_to_the_folders_is_undone(
    desk: Desk, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one build where it shows, and in two where it lies in the folder that is put aside."""
    desk.build()
    desk.event()
    desk.build()
    if what.startswith("+"):
        (desk.root / what[1:]).write_text("mine", "utf-8")
    else:
        (path,) = sorted(desk.root.glob(what.removeprefix("-")))[:1]
        path.unlink() if what.startswith("-") else path.write_text("HotlineFillBody mine")
    desk.event()
    wanted = desk.from_nothing(monkeypatch)
    assert same(desk.build(), wanted) == []
    assert same(desk.build(), wanted) == []


# --- killed, and two at once -------------------------------------------------------------------


@pytest.mark.parametrize("delay", [pytest.param(0.3, marks=pytest.mark.slow), 0.9])
def test_a_killed_build_costs_nothing_but_time(
    desk: Desk, delay: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.build()
    desk.event()
    command = [
        sys.executable, "-m", "hotline.cli.main", "site", "build", "--now", desk.now.isoformat(),
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=desk.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
    assert (desk.root / "site" / "index.html").is_file()
    desk.event()
    assert same(desk.build(), desk.from_nothing(monkeypatch)) == []


STOPS = ["finish", "put", "_twin"]


@pytest.mark.parametrize("name", some(dict(zip(STOPS, STOPS, strict=True)), "_twin"))
def test_a_build_that_fails_midway_leaves_the_last_good_site(
    desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hotline.doors import publishing

    before = desk.build()
    if name == "_twin":
        desk.registry()  # a whole build, which is cut off after it was published
    desk.event()

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(publishing.Publishing, name, stop)
        with pytest.raises(KeyboardInterrupt):
            build(desk.root, desk.now)
    if name != "_twin":
        assert same(digest(desk.root / "site"), before) == []
    assert same(desk.build(), desk.from_nothing(monkeypatch)) == []
    assert not list(desk.root.glob(".site.*"))


@pytest.fixture
def looking(desk: Desk) -> Iterator[list[str]]:
    """Somebody who opens the first page again and again, and what they missed."""
    missed: list[str] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            for name in ("index.html", "api/v1/cases.json", "search/orders.json"):
                try:
                    (desk.root / "site" / name).read_bytes()
                except OSError as error:
                    missed.append(f"{name}: {error}")

    desk.build()
    thread = threading.Thread(target=look)
    thread.start()
    yield missed
    ended.set()
    thread.join()


@pytest.mark.skipif(sys.platform != "linux", reason="another system cannot exchange two folders")
def test_a_reader_never_finds_nothing(desk: Desk, looking: list[str]) -> None:
    for _ in range(4):
        desk.event()
        desk.build()
    desk.handbook()
    desk.build()
    assert looking == []


def test_two_at_once_give_what_one_gives(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.build()
    desk.event()
    refused: list[str] = []

    def one() -> None:
        try:
            build(desk.root, desk.now)
        except Unavailable as fault:
            refused.append(str(fault))

    command = [
        sys.executable, "-m", "hotline.cli.main", "site", "build", "--now", desk.now.isoformat(),
    ]  # fmt: skip
    others = [
        subprocess.Popen(command, cwd=desk.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]  # fmt: skip
    one()
    codes = [other.wait() for other in others]
    assert all("另一个进程" in words for words in refused) and set(codes) <= {0, 2}
    assert len(refused) + codes.count(2) < 3
    assert same(desk.build(), desk.from_nothing(monkeypatch)) == []


# --- what history recorded ----------------------------------------------------------------------


def test_what_history_recorded_is_told_the_same_step_by_step(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A side branch, a file taken back to what it was, and one that went away among the steps."""

    def told() -> Any:
        with Repository(desk.root) as repository:
            found = recordings(repository, datetime.fromisoformat("2099-01-01T00:00:00+08:00"))
            return found.head, found.events(), found.files()

    def whole() -> Any:
        with monkeypatch.context() as patched:
            patched.setenv("XDG_CACHE_HOME", str(desk.root.parent / "none" / str(desk.number)))
            desk.number += 1
            return told()

    path = desk.some()
    first = path.read_bytes()
    desk.commit()
    assert told() == whole()
    desk.event()
    desk.commit()
    desk.git("checkout", "-q", "-b", "side")
    desk.order()
    desk.commit()
    desk.git("checkout", "-q", "main")
    path.write_bytes(first + b"# x\n")
    desk.commit()
    assert told() == whole()
    desk.git("merge", "-q", "--no-ff", "-m", "m", "side")
    assert told() == whole()
    path.write_bytes(first)
    desk.commit()
    assert told() == whole()
    desk.delete()
    desk.event()
    desk.commit()
    assert told() == whole()
    desk.git("reset", "-q", "--hard", "HEAD~2")
    assert told() == whole()


def test_the_configuration_is_read_again_where_it_changed(desk: Desk) -> None:
    desk.build()
    starter = (ROOT / "site_templates/starter/mkdocs.yml").read_text("utf-8")
    (desk.root / "mkdocs.yml").write_text(starter.replace("乐至县", "某某县"), "utf-8")
    desk.build()
    assert "某某县12345热线" in (desk.root / "site/index.html").read_text("utf-8")
