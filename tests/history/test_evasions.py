"""Tampering that leans on how the audit reads: the forms of YAML, twice-told units, switches."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.history import test_tampering
from tests.history.staging import ORDER, PLACES, UNITS, Stage, order_text, path_of
from tests.history.test_tampering import judge, play
from tests.history.town import LINK, Keys, Made, Town, clean_environment, copy
from tests.support import strict

NOW = test_tampering.NOW
SHANGHAI = timezone(timedelta(hours=8))
TALES: list[dict[str, Any]] = strict(Path(__file__).with_name("evasions.yaml").read_text("utf-8"))[
    "tales"
]

Hotline = Callable[..., tuple[int, str, str]]


def plays() -> Iterator[Any]:
    """Every tale along the main line and at one other place; the slow tests at all of them."""
    for number, tale in enumerate(TALES):
        for place in PLACES:
            is_quick = place in (next(iter(PLACES)), list(PLACES)[number % len(PLACES)])
            marks = () if is_quick else pytest.mark.slow
            yield pytest.param(tale, place, id=f"{tale['name']}-{place}", marks=marks)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


def audited(hotline: Hotline, root: Path, *more: str) -> tuple[int, list[Any]]:
    given = ("--repo", str(root), "--now", NOW, "--format", "json", "--no-cache")
    code, out, err = hotline("audit", *given, *more)
    assert code in (0, 1), err
    return code, list(json.loads(out)["findings"])


@pytest.mark.parametrize(("tale", "place"), [*plays()])
def test_an_evasion_is_found(
    tale: dict[str, Any], place: str, tmp_path: Path, hotline: Hotline
) -> None:
    stage = Stage(Town(tmp_path / "town"))
    wanted = play(tale, place, stage)
    code, findings = audited(hotline, stage.town.root)
    judge(tale, stage, wanted, findings)
    assert code == int(any(finding["severity"] == "error" for finding in findings))


def test_what_a_merge_drops_of_both_parents_is_told_once(tmp_path: Path, hotline: Hotline) -> None:
    stage = Stage(Town(tmp_path / "town"))
    PLACES["合并提交"](_begun(stage), [{"by": "housing", "edit": [{"drop": "contacted"}]}], None)
    stage.town.lay_out()
    _, findings = audited(hotline, stage.town.root)
    assert [f["code"] for f in findings if f["code"] != "A006"] == ["A001"]


def _begun(stage: Stage) -> Stage:
    stage.begin()
    return stage


# --- signatures: binding --------------------------------------------------------------------

BINDING = ("signatures: advisory", "signatures: binding")
TWELFTH = (
    "{{at: 2026-10-13T11:30:{number:02}+08:00, by: housing-bureau, type: progress,"
    " text: 第{number}次}}"
)
LATER = "{{at: 2026-10-{day}T11:30:00+08:00, by: housing-bureau, type: progress, text: 又查}}"


def announce(stage: Stage, effective: str, time: str, *, binding: bool) -> None:
    text = stage.town.text("registry/policy/2023-06-20.yaml", "begun")
    text = text.replace("effective: 2023-06-20", f"effective: {effective}")
    assert BINDING[0] in text
    told = {f"registry/policy/{effective}.yaml": text.replace(*BINDING) if binding else text}
    stage.town.commit(told, by="center", at=stage.clock(time), sign="center")


def unsigned(stage: Stage, day: int) -> str:
    edit = [{"add": LATER.format(day=day)}]
    return stage.commit(
        {"by": "housing", "at": f"2026-10-{day}T11:35", "sign": False, "edit": edit}
    )


@pytest.fixture
def signing(tmp_path: Path, keys: Keys) -> Stage:
    stage = Stage(Town(tmp_path / "town", keys), keys)
    stage.begin(keyed=True)
    return stage


def severities(hotline: Hotline, stage: Stage) -> tuple[int, dict[str, str]]:
    stage.town.lay_out()
    code, findings = audited(hotline, stage.town.root)
    assert {f["code"] for f in findings} == {"A006"}
    return code, {f["commit"]: f["severity"] for f in findings}


def test_where_signatures_bind_their_lack_is_an_error(signing: Stage, hotline: Hotline) -> None:
    announce(signing, "2026-10-14", "11:32", binding=True)
    late = unsigned(signing, 15)
    assert severities(hotline, signing) == (1, {late: "error"})


def test_what_came_before_signatures_bound_stays_a_warning(
    signing: Stage, hotline: Hotline
) -> None:
    early = unsigned(signing, 14)
    announce(signing, "2026-10-20", "2026-10-15T11:32", binding=True)
    late = unsigned(signing, 21)
    assert severities(hotline, signing) == (1, {early: "warning", late: "error"})


def test_a_coming_policy_does_not_bind_yet(signing: Stage, hotline: Hotline) -> None:
    announce(signing, "2027-03-01", "11:32", binding=True)
    made = unsigned(signing, 15)
    assert severities(hotline, signing) == (0, {made: "warning"})


def test_a_coming_policy_sets_nobody_free_yet(signing: Stage, hotline: Hotline) -> None:
    announce(signing, "2026-10-14", "11:32", binding=True)
    announce(signing, "2027-03-01", "11:33", binding=False)
    made = unsigned(signing, 15)
    assert severities(hotline, signing) == (1, {made: "error"})


@pytest.mark.parametrize("typo", ["ssh-ed25519 AAAA", "ssh-ed25519 %%%", "我的公钥"])
def test_a_misspelt_key_takes_nobody_elses_away(
    typo: str, signing: Stage, hotline: Hotline
) -> None:
    units = signing.town.text(UNITS).replace("- ssh:", f"- ssh: {typo}\n    - ssh:", 1)
    assert typo in units
    signing.town.commit({UNITS: units}, by="center", at=signing.clock("11:32"), sign="center")
    signing.commit({"by": "housing", "at": "11:34", "edit": [{"add": "复查"}]})
    signing.town.lay_out()
    assert audited(hotline, signing.town.root) == (0, [])


# --- another beginning -----------------------------------------------------------------------


def test_a_beginning_of_ones_own_as_first_parent(
    signing: Stage, hotline: Hotline, tmp_path: Path
) -> None:
    """The merge names the side first; an anchor tells which of the two was there before."""
    stage, note = signing, tmp_path / "anchor.json"
    stage.town.lay_out()
    given = ("--repo", str(stage.town.root), "--out", str(note), "--unsigned", "--now", NOW)
    assert hotline("anchor", *given)[0] == 0
    grant = {"member": {"of": "hotline-center", "who": "housing", "add": True}}
    edits = [grant, {"new": ["accepted"], "case": "third"}]
    own = {"branch": "side", "by": "housing", "at": "10:00", "edit": edits, "as": "own"}
    stage.step({"root": own})
    main = stage.town.branches["main"]
    tree = stage.town.changed(
        stage.town.trees[main], {path_of("third"): order_text("accepted", name="third")}
    )
    stage.town.commit(
        by="housing", at=stage.clock("11:40"), parents=[stage.town.branches["side"], main],
        tree=tree, sign="housing",
    )  # fmt: skip
    stage.town.lay_out()
    _, findings = audited(hotline, stage.town.root, "--anchor", str(note))
    told = {(f["code"], f["commit"]) for f in findings if f["severity"] == "error"}
    assert ("A004", stage.labels["own"]) in told
    assert stage.labels["first"] not in {commit for _, commit in told}


# --- merges that no git makes, or seldom ---------------------------------------------------


def test_a_merge_of_a_commit_with_itself(tmp_path: Path, hotline: Hotline) -> None:
    stage = _begun(Stage(Town(tmp_path / "town")))
    begun = stage.town.branches["main"]
    text = stage.town.text(path_of("order")).replace("夜间停工", "停止")
    made = stage.town.commit(
        {path_of("order"): text}, by="housing", at=stage.clock("11:31"), parents=[begun, begun]
    )
    assert stage.town.run("fsck", "--strict", "--no-dangling") == ""
    stage.town.lay_out()
    _, findings = audited(hotline, stage.town.root)
    assert ("A001", made, path_of("order")) in told(findings)


@pytest.mark.parametrize("lost", [None, 0, 7, 11])
def test_twelve_branches_at_once(lost: int | None, tmp_path: Path, hotline: Hotline) -> None:
    stage = _begun(Stage(Town(tmp_path / "town")))
    rows = [TWELFTH.format(number=number) for number in range(12)]
    for number, row in enumerate(rows):
        stage.step({"branch": {f"b{number}": "begun"}})
        stage.commit({"by": "housing", "edit": [{"add": row}]}, on=f"b{number}")
    kept = [{"add": row} for number, row in enumerate(rows) if number != lost]
    heads = [stage.town.branches[f"b{number}"] for number in range(12)]
    begun = stage.town.branches["main"]
    stage.commit(
        {"by": "center", "at": "11:40", "edit": kept, "as": "joined"},
        parents=[begun, *heads], tree=stage.town.trees[begun],
    )  # fmt: skip
    stage.town.lay_out()
    _, findings = audited(hotline, stage.town.root)
    wanted = [] if lost is None else [("A001", stage.labels["joined"], path_of("order"))]
    assert told(findings) == wanted


def test_all_orders_behind_a_link(tmp_path: Path, hotline: Hotline) -> None:
    """The folder itself is a link to somewhere else."""
    stage = _begun(Stage(Town(tmp_path / "town")))
    tree = {k: v for k, v in stage.town.trees[stage.labels["begun"]].items() if k[:6] != "cases/"}
    made = stage.town.commit(
        {"cases": Made(LINK, b"/tmp")}, by="center", at=stage.clock("11:31"), tree=tree
    )
    stage.town.lay_out()
    _, findings = audited(hotline, stage.town.root)
    assert [row[:2] for row in told(findings)] == [("A003", made)] * 2


# --- names and places ------------------------------------------------------------------------


def named(stage: Stage, name: bytes) -> None:
    """A copy of the order under a name that git alone can write; then it is taken away."""
    stage.town.write()
    blob = stage.town.trees[stage.town.branches["main"]][path_of("order")].name
    put = b"100644 " + blob.encode() + b"\t" + name + b"\0"
    gone = b"0 " + b"0" * 40 + b"\t" + name + b"\0"
    for minute, line in ((31, put), (33, gone)):
        date = f"2026-10-13T11:{minute}:00+08:00"
        env = clean_environment() | {"GIT_INDEX_FILE": str(stage.town.root / ".git" / "scratch")}
        for role in ("AUTHOR", "COMMITTER"):
            env |= {f"GIT_{role}_NAME": "t", f"GIT_{role}_DATE": date,
                    f"GIT_{role}_EMAIL": "clerk@housing-bureau.lezhi.example"}  # fmt: skip

        def git(*arguments: str, given: bytes = b"", env: dict[str, str] = env) -> str:
            done = subprocess.run(
                ["git", *arguments], cwd=stage.town.root, env=env, input=given,
                capture_output=True, check=True,
            )  # fmt: skip
            return done.stdout.decode().strip()

        git("read-tree", "main")
        git("update-index", "-z", "--index-info", given=line)
        made = git("commit-tree", git("write-tree"), "-p", "main", "-m", "x")
        git("update-ref", "refs/heads/main", made)


NAMES = {
    "换行和控制符": b"cases/2026/10/a\nb\x1b[31m.yaml",
    "双向控制符": "cases/2026/10/\u202elmay.yaml".encode(),
    "引号和反斜杠": b'cases/2026/10/a"\\n.yaml',
    "冒号": b"cases/2026/10/HEAD:x.yaml",
    "不是 UTF-8": b"cases/2026/10/\xff\xfe.yaml",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_strange_name_is_told_of(name: bytes, tmp_path: Path, hotline: Hotline) -> None:
    stage = Stage(Town(tmp_path / "town"))
    stage.begin()
    stage.town.lay_out()
    named(stage, name)
    code, out, err = hotline("audit", "--repo", str(stage.town.root), "--now", NOW, "--no-cache")
    assert (code, err) == (1, "")
    assert "A003" in out
    assert not set(out) & set("\x1b\u202e")
    code, findings = audited(hotline, stage.town.root)
    assert code == 1
    assert "A003" in {f["code"] for f in findings}


def dropped(tmp_path: Path) -> Stage:
    stage = Stage(Town(tmp_path / "town"))
    stage.begin()
    stage.commit({"by": "housing", "edit": [{"drop": "contacted"}], "as": "first drop"})
    stage.commit({"by": "housing", "at": "11:34", "edit": [{"drop": "signed"}], "as": "second"})
    stage.town.check_out()
    return stage


def told(findings: list[Any]) -> list[tuple[str, str, str]]:
    return [(f["code"], f["commit"], f["path"]) for f in findings if f["code"] != "A006"]


def test_a_linked_working_tree_has_the_same_history(tmp_path: Path, hotline: Hotline) -> None:
    stage = dropped(tmp_path)
    stage.town.run("worktree", "add", "-q", "--detach", str(tmp_path / "linked"), "main")
    found = audited(hotline, tmp_path / "linked")
    assert found == audited(hotline, stage.town.root)
    assert len(told(found[1])) == 2


def test_data_below_the_top_of_a_repository(tmp_path: Path, hotline: Hotline) -> None:
    stage, below = dropped(tmp_path), Town(tmp_path / "below")
    names = {}
    for commit in stage.town.parents:
        raw = stage.town.raw(commit).decode()
        author = raw.partition("author ")[2].partition("<")[2].partition(">")[0]
        moment = datetime.fromtimestamp(int(raw.partition("> ")[2].split()[0]), SHANGHAI)
        tree = stage.town.trees[commit].items()
        files = {f"资料/{path}": stage.town.raw(entry.name) for path, entry in tree}
        names[commit] = below.commit(files, by=author, at=f"{moment:%Y-%m-%dT%H:%M}", tree={})
    below.check_out()
    _, findings = audited(hotline, below.root / "资料")
    _, plain = audited(hotline, stage.town.root)
    assert told(findings) == [(code, names[commit], path) for code, commit, path in told(plain)]


def test_since_tells_of_what_came_after(tmp_path: Path, hotline: Hotline) -> None:
    stage = dropped(tmp_path)
    _, findings = audited(hotline, stage.town.root, "--since", stage.labels["first drop"])
    assert [(f["code"], f["commit"], f["case"]) for f in findings if f["code"] != "A006"] == [
        ("A001", stage.labels["second"], ORDER)
    ]


def test_names_of_another_length_are_not_called_clean(tmp_path: Path, hotline: Hotline) -> None:
    """A repository whose objects are named by SHA-256."""
    stage = dropped(tmp_path)
    root = copy(stage.town, tmp_path / "copy")
    subprocess.run(["rm", "-r", root / ".git"], check=True)
    person = ("-c", "user.name=t", "-c", "user.email=clerk@hotline-center.lezhi.example")
    for command in (
        ("init", "-q", "-b", "main", "--object-format=sha256"),
        ("add", "-A"),
        (*person, "commit", "-qm", "x"),
    ):
        subprocess.run(["git", *command], cwd=root, env=clean_environment(), check=True)
    code, out, err = hotline("audit", "--repo", str(root), "--now", NOW, "--no-cache")
    assert (code, out) == (2, "")
    assert "Traceback" not in err
