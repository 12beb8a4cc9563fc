"""Nothing of a sealed person gets out by any verb: distinct words in every personal field, and a
search for them in every form through all that the verbs leave behind."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
import zipfile
from base64 import b64encode, encodebytes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_import import MAPPING, TITLES, line
from tests.forges.bots import place
from tests.forges.descriptions import Dialect
from tests.forges.served import served
from tests.forges.standin import StandIn
from tests.sealing.county import CENTER, HOUSING, County, Told, told
from tests.sealing.searching import Search, forms, inside
from tests.sealing.test_erase import STEPS, event
from tests.support import ROOT
from tests.telling.sinks import http_sink

NOW = "2026-10-14T15:00:00+08:00"
NAME, ADDRESS, TITLE, DEMAND, PARTY = "魑魅甲", "饕餮巷", "貔貅教授", "举报麒麟矿", "192735118"
PHONE, NUMBER = "192735048", "51202219"
CORES = (NAME, ADDRESS, TITLE, DEMAND, PARTY, PHONE, NUMBER)
"""What all words of a field have in common: whoever leaks one leaks this."""
COLUMNS = {
    "姓名": "name",
    "电话": "phone",
    "证件号": "id_number",
    "住址": "address",
    "称谓": "title",
}
PERSONAL = (
    MAPPING.replace("xlsx", "csv")
    + "personal: {"
    + ", ".join(f"{title}: {key}" for title, key in COLUMNS.items())
    + "}\n"
)


def id_number(n: int) -> str:
    body = f"{NUMBER}{60 + n % 40:02}0{1 + n % 9}{10 + n % 18}{n % 1000:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


def row(n: int, **changes: Any) -> list[Any]:
    person = [
        f"{NAME}{n:04}",
        f"{PHONE}{n % 100:02}",
        id_number(n),
        f"{ADDRESS}{n}号",
        f"{TITLE}{n}",
    ]
    text = f"{person[0]}（住{person[3]}）反映夜间施工，电话 {person[1]}，证件 {person[2]}；工头 {PARTY}{n % 100:02}。"
    kind = "举报" if n % 3 == 0 else "投诉"
    if kind == "举报":
        text = f"{DEMAND}{n}，{text}"
    secret = "是" if n % 5 == 0 else "否"
    cells = {"诉求内容": text, "工单类型": kind, "是否保密": secret, **changes}
    return [*line(f"ZY{n:05}", **cells), *person]


def imported(county: County, folder: Path, rows: list[list[Any]], *, code: int = 0) -> str:
    """``import`` of a sheet in ``folder``, which alone has the persons in clear."""
    folder.mkdir(exist_ok=True)
    out = io.StringIO()
    csv.writer(out).writerows([[*TITLES, *COLUMNS], *rows])
    sheet = folder / "来件.csv"
    sheet.write_text(out.getvalue(), "utf-8-sig")
    (county.root / "registry/imports/test.yaml").write_text(PERSONAL, "utf-8")
    rejects = county.folder / "退回.xlsx"
    done = county.run("import", str(sheet), "--map", "test", "--rejects", str(rejects),
                      "--identity", str(county.key(CENTER)), now="2026-10-13T09:41:00+08:00")  # fmt: skip
    assert done.code == code, done
    return done.all


VERBS: tuple[tuple[str, ...], ...] = (
    *(("check", "--format", form) for form in ("text", "json", "github", "markdown", "sarif")),
    ("check", "--no-cache"),
    *(("due", "--all", "--format", form) for form in ("text", "json", "ics")),
    ("escalate", "--format", "json"),
    ("escalate", "--forge", "file", "--apply"),
    ("export", "--out", "OUT/orders.xlsx"),
    ("export", "--out", "OUT/orders.csv"),
    ("report", "--period", "2026", "--out", "OUT/report.md"),
    ("report", "--period", "2026", "--out", "OUT/report.json"),
    ("report", "--period", "2026", "--out", "OUT/report.xlsx"),
    ("report", "--period", "2026", "--out", "OUT/report.docx"),
    ("archive", "--out", "OUT/archive"),
    ("archive", "verify", "OUT/archive"),
    ("run", "--out", "OUT/site"),
    ("audit",),
    ("audit", "--format", "json"),
    ("notify",),
    ("keys", "list"),
    ("keys", "verify", "--identity", "KEY"),
    ("keys", "export", "--out", "OUT/backup.tar"),
    ("anchor", "--unsigned"),
    ("rules",),
    ("norms",),
    ("setup",),
    ("hook", "pre-commit"),
    ("hook", "pre-push", "origin", "OUT/bare.git"),
)  # fmt: skip


VERBS_OF = ROOT / "scripts" / "hotline" / "cli" / "verbs"
WITHOUT_A_REPOSITORY = ("comment", "pulls", "merge-driver", "rules", "rule", "norms", "demo")
LATER = "2026-11-20T09:30:00+08:00"
"""By then the units are late, and told so."""


class Heard(StandIn):
    """A forge that keeps every request that it is sent."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self.heard: list[str] = []

    def handle(self, method: str, target: str, headers: Any, body: bytes) -> Any:
        self.heard.append(f"{method} {target} {body.decode('utf-8', 'replace')}")
        return super().handle(method, target, headers, body)


class Scene:
    """A county, the sheet that its orders came from, and the folders that are searched."""

    def __init__(self, county: County, folder: Path, count: int) -> None:
        self.county = county
        self.said: list[str] = []
        self.verbs = {"import"}
        self.out = folder / "out"
        self.out.mkdir()
        county.git("rm", "-rq", "--cached", "--ignore-unmatch", "cases")
        for path in (county.root / "cases").rglob("*.yaml"):
            path.unlink()
        county.commit("2026-10-12T09:00:00+08:00")
        wrong = [row(count + n, 事项分类="没有的", 诉求内容=f"电话 {PHONE}99") for n in range(2)]
        self.said.append(
            imported(county, folder / "desk", [*map(row, range(count)), *wrong], code=1)
        )
        county.commit("2026-10-13T09:42:00+08:00")
        self.paths = sorted((county.root / "cases").rglob("*.yaml"))
        assert len(self.paths) == count
        for step in (("accepted", CENTER, "2026-10-13T09:43:00+08:00", ""), *STEPS[:6]):
            for path in self.paths:
                text = path.read_text("utf-8").replace("events: []\n", "events:\n")
                path.write_text(text + event(step), "utf-8")
            county.commit(step[2], step[1])

    def run(self, *words: str, given: bytes = b"", now: str = NOW) -> Told:
        """A verb, with all that it says kept."""
        names = {"OUT": str(self.out), "KEY": str(self.county.key(CENTER))}
        here = [names.get(word, word.replace("OUT/", f"{self.out}/")) for word in words]
        if words[0] not in WITHOUT_A_REPOSITORY:
            here += ["--repo", str(self.county.root)]
            here += ["--now", now] if words[0] != "setup" else []
        self.verbs.add(words[0])
        done = told(here, given)
        assert "Traceback" not in done.all and "程序出错" not in done.all, done
        self.said.append(done.all)
        return done

    # --- what others are told -----------------------------------------------------------------

    def tells_forges(self) -> None:
        """Issues, and the check as a comment, on both kinds of forge, over HTTP."""
        dialects: tuple[Dialect, ...] = ("github", "gitea")
        for dialect in dialects:
            forge = Heard(dialect)
            number = forge.open_issue("改工单", "", "clerk", pull=True).number
            with pytest.MonkeyPatch.context() as patch, served(forge) as url:
                for name, value in place(forge, api=url).items():
                    patch.setenv(name, value)
                assert self.run("escalate", "--forge", dialect, "--apply", now=LATER).code == 0
                checked = self.run("check", "--format", "markdown", now=LATER).out
                say = ("comment", "-", "--pull", str(number), "--forge", dialect)
                assert self.run(*say, given=checked.encode()).code == 0
            assert len(forge.heard) > 3
            self.said += forge.heard

    def tells_units(self) -> None:
        """Digests, over HTTP."""
        with http_sink() as sink, pytest.MonkeyPatch.context() as patch:
            settings = self.county.root / "registry/notify.yaml"
            before = settings.read_bytes()
            settings.write_text(
                f"channels: [{{unit: {HOUSING}, urls_from: [TOLD]}}, {{unit: {CENTER}, urls_from: [TOLD]}}]\n",
                "utf-8",
            )
            patch.setenv("TOLD", sink.url)
            patch.setenv("NO_PROXY", "127.0.0.1")
            assert self.run("notify", "--apply", now=LATER).code == 0
            settings.write_bytes(before)
        assert sink.posts
        self.said += sink.texts

    # --- what comes together ------------------------------------------------------------------

    def merges(self, one: str, other: str) -> None:
        """Two branches: landed, and merged file by file."""
        county, paths = self.county, {path.stem: path for path in self.paths}
        for branch, case, step in (("a", one, "urged"), ("b", other, "urged")):
            county.git("checkout", "-qb", branch, "main")
            path = paths[case]
            path.write_text(
                path.read_text("utf-8") + event((step, CENTER, NOW, "text: 请抓紧")), "utf-8"
            )
            county.commit(NOW)
            county.git("checkout", "-q", "main")
        self.run("land", "a", "b")
        sides = {}
        for name, more in (("base", ""), ("ours", "甲"), ("theirs", "乙")):
            sides[name] = self.out / f"{name}.yaml"
            text = paths[one].read_text("utf-8")
            text += event(("urged", CENTER, NOW, f"text: {more}")) if more else ""
            sides[name].write_text(text, "utf-8")
        assert self.run("merge-driver", *map(str, sides.values()), one).code == 0

    def changes_keys(self) -> None:
        key = self.county.key(HOUSING)
        key.rename(key.with_suffix(".old"))
        assert self.run("keys", "new", HOUSING, "--out", str(key)).code == 0
        assert self.run("keys", "rotate", "--identity", "KEY").code == 0

    def seals_by_hand(self) -> None:
        """A person at the telephone, and a report that is written down."""
        fields = ("channel=city_12345", "urgency=normal", "category=noise-construction", "location=天池街道",
                  "title=夜间施工", "dispatched_at=2026-10-13T09:30:00+08:00")  # fmt: skip
        demand = f"demand={DEMAND}9999"
        new = self.run("new", *fields, "upstream_id=N1", "kind=report", demand)
        assert new.code == 0, new
        one = next(
            path.stem
            for path in (self.county.root / "cases").rglob("*.yaml")
            if path not in self.paths
        )
        person = {"name": f"{NAME}9999", "phone": f"{PHONE}98", "address": f"{ADDRESS}9999号"}
        done = self.run("seal", one, "--identity", "KEY", given=json.dumps(person).encode())
        assert done.code == 0, done

    def erases(self, one: str) -> None:
        path = next(path for path in self.paths if path.stem == one)
        for step in STEPS[5:]:
            path.write_text(path.read_text("utf-8") + event(step), "utf-8")
            self.county.commit(step[2], step[1])
        assert self.run("erase", one).code == 0

    def places(self) -> Iterator[tuple[str, bytes]]:
        yield from (("what was printed", text.encode()) for text in self.said)
        temporary = Path(os.environ["TMPDIR"])
        yield from inside(
            [self.county.folder, self.out, temporary, Path(os.environ["XDG_CACHE_HOME"])]
        )


@pytest.fixture
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, folder in (("TMPDIR", "tmp"), ("XDG_CACHE_HOME", "cache")):
        (tmp_path / folder).mkdir()
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setattr(tempfile, "tempdir", None)


def nothing_gets_out(county: County, folder: Path, count: int) -> None:
    scene = Scene(county, folder, count)
    some = [path.stem for path in scene.paths[:8]]
    for one in some:
        scene.run("reseal", one, "--identity", "KEY")
        for part in ("person", "demand"):  # what is shown is not searched, what is written down is
            key = str(county.key(CENTER))
            county.run("unseal", one, "--part", part, "--reason", "核对", "--identity", key)
        scene.run("unseal", one, "--reason", "核对", "--identity", str(county.key("police-bureau")))
        for words in (("show", one), ("show", one, "--format", "json"), ("reply", one),
                      ("reply", one, "--out", f"OUT/{one}.docx"), ("reply", one, "--out", f"OUT/{one}.html"),
                      ("add", one, "urged", "text=请抓紧", "--by", CENTER)):  # fmt: skip
            scene.run(*words)
    scene.run("rule", "P001")
    scene.run(
        "pulls", "--forge", "gitea", "--base", "main", "--label", "可合并"
    )  # there is no forge
    scene.run("clock", some[0])
    scene.run("demo", "OUT/demo", "--orders", "3")
    county.commit(NOW)
    scene.seals_by_hand()
    county.commit(NOW)
    scene.changes_keys()
    county.commit(NOW)
    scene.merges(some[2], some[4])
    scene.erases(some[1])
    county.commit(NOW)
    for words in VERBS:
        scene.run(*words)
    scene.run("site", "build", "--out", "OUT/site2")
    scene.tells_forges()
    scene.tells_units()
    verbs = {path.stem.strip("_").replace("_", "-") for path in VERBS_OF.glob("[a-z]*.py")}
    assert scene.verbs == verbs, "every verb had its chance"
    assert [*(scene.out / "archive").rglob("*")] and [*(scene.out / "site").rglob("*.html")]
    one = scene.paths[11].stem  # neither a report nor confidential
    shown = county.run("unseal", one, "--reason", "核对", "--identity", str(county.key(CENTER)))
    assert NAME in shown.out, shown
    assert Search(CORES).found(scene.places()) == []


def test_nothing_of_sixty_persons_gets_out(
    county: County, tmp_path: Path, own_places: None
) -> None:
    nothing_gets_out(county, tmp_path, 60)


@pytest.mark.slow
def test_nothing_of_a_thousand_persons_gets_out(
    county: County, tmp_path: Path, own_places: None
) -> None:
    nothing_gets_out(county, tmp_path, 1000)


# --- the search itself ----------------------------------------------------------------------------


def planted(how: str, word: str, folder: Path) -> None:
    blob = f'{{"note": "某{word}某"}}'.encode()
    path = folder / "file"
    if how in ("utf-8", "utf-16", "utf-16-be", "gbk"):
        path.write_bytes(f"甲{word}乙".encode(how, "replace"))
    elif how == "base64 in lines":
        path.write_bytes(encodebytes(b"x" * 50 + blob))
    elif how.startswith("base64"):
        path.write_bytes(b64encode(b"\1" * int(how[-1]) + blob))
    elif how == "hex":
        path.write_text(blob.hex())
    elif how == "percent":
        from urllib.parse import quote

        path.write_text(quote(word))
    elif how == "json":
        path.write_text(json.dumps(word))
    elif how == "gzip":
        path.write_bytes(gzip.compress(blob))
    elif how == "zip in tar in gzip":
        inner, outer = io.BytesIO(), io.BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("x/y.xml", blob)
        with tarfile.open(fileobj=outer, mode="w") as tar:
            info = tarfile.TarInfo("a.docx")
            info.size = len(inner.getvalue())
            tar.addfile(info, io.BytesIO(inner.getvalue()))
        path.write_bytes(gzip.compress(outer.getvalue()))
    elif how == "sqlite":
        with sqlite3.connect(path) as base:
            base.execute("create table t (x)")
            base.execute("insert into t values (?)", (word,))
    elif how == "the name of a file":
        (folder / f"{word}.txt").touch()
    elif how == "an unreachable object":
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
        subprocess.run(
            ["git", "hash-object", "-w", "--stdin"],
            cwd=folder,
            input=blob,
            check=True,
            capture_output=True,
        )
    elif how == "a packed object":
        planted("an unreachable object", word, folder)
        (folder / "x").write_bytes(blob)
        for words in (["add", "x"], ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "x"],
                      ["rm", "-qf", "x"], ["repack", "-adq"]):  # fmt: skip
            subprocess.run(["git", *words], cwd=folder, check=True)


HOWS = ["utf-8", "utf-16", "utf-16-be", "gbk", "base640", "base641", "base642", "base64 in lines", "hex",
        "percent", "json", "gzip", "zip in tar in gzip", "sqlite", "the name of a file",
        "an unreachable object", "a packed object"]  # fmt: skip


@pytest.mark.parametrize("how", HOWS)
def test_the_search_finds_what_was_planted(tmp_path: Path, how: str) -> None:
    search = Search(CORES)
    for number, word in enumerate((f"{NAME}0007", f"{PHONE}07")):
        folder = tmp_path / str(number)
        folder.mkdir()
        planted(how, word, folder)
        told = {found for _, found in search.found(inside([folder]))}
        assert told == {word[: len(CORES[0])] if number == 0 else PHONE}, how


def test_a_form_is_never_a_word_of_everybody() -> None:
    assert all(len(form) > 5 for core in CORES for form in forms(core))


# --- what gets out --------------------------------------------------------------------------------


def leaked(
    county: County, folder: Path, one: list[Any], words: list[str], *, code: int = 0
) -> list[str]:
    """The words of one row that lie in clear in what its import wrote and said."""
    told = imported(county, folder / "desk", [one], code=code)
    return [
        found for _, found in Search(words).found([("", told.encode()), *inside([county.folder])])
    ]


def changed(one: list[Any], **cells: str) -> list[Any]:
    names = [*TITLES, *COLUMNS]
    return [cells.get(name, cell) for name, cell in zip(names, one, strict=True)]


IN_TEXT = {
    "a landline": ("电话", "028-26637788"),
    "a passport": ("证件号", "E83927164"),
    "a salutation": ("称谓", "貔貅老教授"),
    "a name with a blank": ("姓名", "欧阳 魑魅"),
}


@pytest.mark.parametrize("name", IN_TEXT)
def test_what_stands_in_a_personal_column_is_covered_in_the_text(
    county: County, tmp_path: Path, name: str
) -> None:
    title, value = IN_TEXT[name]
    there = value.replace(" ", "")
    one = changed(row(1), **{title: value, "诉求内容": f"请联系{there}，反映夜间施工。"})
    assert leaked(county, tmp_path, one, [there]) == []


@pytest.mark.parametrize("name", ["a name", "an address", "a report"])
def test_rejected_rows_name_nobody(county: County, tmp_path: Path, name: str) -> None:
    number = 3 if name == "a report" else 1
    words = {"a name": NAME, "an address": ADDRESS, "a report": DEMAND}
    one = changed(row(number), 事项分类="没有的")
    assert leaked(county, tmp_path, one, [words[name]], code=1) == []


PRIVATE = "13912345678"
WRONG_VALUES = (
    ("kind: complaint", f"kind: '{PRIVATE}'"),
    ("urgency: normal", f"urgency: {PRIVATE}"),
    ("category: noise-construction", f"category: p{PRIVATE}"),
    ("channel: city_12345", f"channel: 手机{PRIVATE}"),
    ("location: 天池街道", f"location: 天池街道\n手机{PRIVATE}: x"),
    ("location: 天池街道", f"location: 天池街道\nlocation: {PRIVATE}"),
    ("title: 夜间施工噪音", f"title: &a{PRIVATE} 夜间"),
    ("support: [tianchi-street]", f"support: [u{PRIVATE}]"),
    ("petitioner: {", f"petitioner: {{phone: '{PRIVATE}', "),
    ("dispatched_at: 2026-10-13T09:30:00+08:00", f"dispatched_at: {PRIVATE}"),
)


def test_a_number_that_does_not_fit_is_not_repeated(county: County) -> None:
    """By none of the printers: their words go to logs, comments and mails."""
    path = county.put()
    text = path.read_text("utf-8")
    for old, new in WRONG_VALUES:
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        for form in ("text", "json", "github", "markdown", "sarif"):
            done = county.run("check", "--format", form)
            assert done.code == 1, (new, done)
            assert PRIVATE not in done.all, (new, form, done.all[:400])


def test_a_number_in_the_place_of_a_unit_is_not_repeated(county: County) -> None:
    path = county.put()
    text = path.read_text("utf-8")
    path.write_text(text.replace("lead: housing-bureau", f"lead: u{PRIVATE}"), "utf-8")
    assert PRIVATE not in county.run("check").all
