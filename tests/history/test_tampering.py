"""The audit finds each way of tampering, at the commit that did it, wherever it stands."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.history import staging
from tests.history.staging import IDS, PLACES, Stage
from tests.history.town import Keys, Town, clean_environment, email_of

TALES: list[dict[str, Any]] = staging.TOLD["tales"]

NOW = "2026-11-20T17:00:00+08:00"
WARNINGS = {"A005", "A006", "A008"}
OF_A_CASE = {"A001", "A002", "A003", "A004", "A005", "A010"}
ECHOES = {"A001", "A002", "A003", "A008"}
"""A merge that takes in what a branch did lacks of its other parent what the branch took away:
to say it of the merge too is right, and so is to say it once."""

Hotline = Callable[..., tuple[int, str, str]]


def plays() -> list[Any]:
    """Every tale at one of its places, in turn; the slow tests play it at all of them."""
    rows = []
    for number, tale in enumerate(TALES):
        if "steps" in tale:
            rows.append(pytest.param(tale, None, id=tale["name"]))
            continue
        places = tale.get("places") or [p for p in PLACES if p not in tale.get("skip", ())]
        places = list(places)
        quick = {places[number % len(places)]}
        rows += [
            pytest.param(
                tale, place, id=f"{tale['name']}-{place}",
                marks=() if place in quick else pytest.mark.slow,
            )
            for place in places
        ]  # fmt: skip
    return rows


class Wanted(NamedTuple):
    """One of ``codes`` at the commit ``label``, whose author is known; of which case."""

    codes: frozenset[str]
    label: str
    author: str
    case: str | None


def wanted_of(tale: Mapping[str, Any], acts: Sequence[Mapping[str, Any]]) -> list[Wanted]:
    rows = []
    for act in acts:
        finds = act.get("finds", [])
        case = act.get("case", tale.get("case", "order"))
        for told in [finds] if isinstance(finds, str) else finds:
            codes = frozenset(told.split("|"))
            of = IDS.get(case, case) if codes <= OF_A_CASE else None
            rows.append(Wanted(codes, act["as"], email_of(act["by"]), of))
    return rows


def play(tale: Mapping[str, Any], place: str | None, stage: Stage) -> list[Wanted]:
    """Plays the tale; what is to be found."""
    stage.begin(keyed=tale.get("keys") is True)
    if place is None:
        for step in tale["steps"]:
            stage.step(step)
        told = [told for step in tale["steps"] for told in step.values()]
        acts = [act for act in told if isinstance(act, dict) and "finds" in act]
    else:
        acts = [{**act, "as": f"act {n}"} for n, act in enumerate(tale["acts"])]
        PLACES[place](stage, acts, tale.get("merged"))
    stage.town.lay_out()
    return wanted_of(tale, acts)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.mark.parametrize(("tale", "place"), plays())
def test_tampering_is_found(
    tale: dict[str, Any], place: str | None, tmp_path: Path, keys: Keys, hotline: Hotline
) -> None:
    stage = Stage(Town(tmp_path / "town", keys), keys)
    note = tmp_path / "anchor.json"

    def anchor() -> None:
        key = str(keys.file("center"))
        told = hotline("anchor", "--repo", root, "--out", str(note), "--key", key, "--now", NOW)
        assert told[0] == 0, told

    root, stage.anchor = str(stage.town.root), anchor
    wanted = play(tale, place, stage)
    anchored = ("--anchor", str(note)) if note.exists() else ()
    code, out, err = hotline("audit", "--repo", root, "--now", NOW, "--format", "json", *anchored)
    assert code in (0, 1), err
    findings = json.loads(out)["findings"]
    of_all = {f["code"] for f in findings if f["code"] == tale.get("finds")}
    assert of_all == ({tale["finds"]} if tale.get("finds") else set())
    judge(tale, stage, wanted, [f for f in findings if f["code"] not in of_all])
    assert code == int(any(finding["severity"] == "error" for finding in findings))


def judge(tale: Mapping[str, Any], stage: Stage, wanted: list[Wanted], findings: list[Any]) -> None:
    labels = {commit: label for label, commit in stage.labels.items()}
    keyed = tale.get("keys") is True
    told = [f"{labels.get(f['commit'], f['commit'])}: {f['code']} {f['message']}" for f in findings]
    sought = set().union(*(row.codes for row in wanted))
    left = list(findings)
    for codes, label, author, case in wanted:
        here = [f for f in findings if f["code"] in codes and labels.get(f["commit"]) == label]
        assert here, f"no {'/'.join(sorted(codes))} at {label}; said: {told}"
        assert {f["author"] for f in here} == {author}
        if case:
            assert case in {f["case"] for f in here}, told
        left = [f for f in left if f not in here]
    for finding in left:
        label, code = labels.get(finding["commit"], "?"), finding["code"]
        told_again = label.startswith("echo") and code in ECHOES & sought
        nobody_signs = code == "A006" and not keyed
        late = code == "A005" and "late" in tale and not label.startswith("act")
        assert told_again or nobody_signs or late or code in tale.get("also", ()), told
    for finding in findings:
        assert finding["severity"] == ("warning" if finding["code"] in WARNINGS else "error")
        assert len(finding["commit"]) == 40


def test_there_are_enough_kinds() -> None:
    assert len(TALES) >= 70
    names = [tale["name"] for tale in TALES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", ["删去中间一件", "改种类，没有调整类别的事件", "没有签名"])
def test_a_process_says_the_same(name: str, tmp_path: Path, keys: Keys, hotline: Hotline) -> None:
    tale = next(tale for tale in TALES if tale["name"] == name)
    stage = Stage(Town(tmp_path / "town", keys), keys)
    play(tale, "支线", stage)
    given = ("audit", "--repo", str(stage.town.root), "--now", NOW, "--format", "json")
    code, out, _ = hotline(*given)
    done = subprocess.run(
        [sys.executable, "-m", "hotline", *given], cwd=tmp_path, env=clean_environment(),
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == code
    assert json.loads(done.stdout)["findings"] == json.loads(out)["findings"]
