"""``hotline check`` as a clerk and a bot run it, rightly and wrongly."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DataRepository
from tests.rules.examples import complete

Run = Callable[..., tuple[int, str, str]]
NOW = "2026-10-13T11:00:00+08:00"
GOOD = complete(
    "- {type: accepted}\n- {type: assigned, lead: housing-bureau, support: [], basis: clear}"
)
FAULTY = complete("- {type: accepted, by: housing-bureau}")


def numbered(case: dict[str, Any], number: int) -> dict[str, Any]:
    return {**case, "id": f"LZ-20261013-{number:04d}", "upstream_id": f"ZY{number}"}


def codes(out: str) -> list[str]:
    return [finding["code"] for finding in json.loads(out)["findings"]]


def test_all_well_ends_0(repository: DataRepository, hotline: Run) -> None:
    repository.put(GOOD)
    code, out, err = hotline("check", "--repo", str(repository.root), "--now", NOW)
    assert (code, out, err) == (0, "检查了 1 个文件，没有发现问题。\n", "")


def test_an_error_ends_1_and_one_bad_file_never_stops_the_others(
    repository: DataRepository, hotline: Run
) -> None:
    repository.put(numbered(FAULTY, 1))
    repository.put(numbered(GOOD, 2)).write_bytes(b"id: [\n")
    repository.put(numbered(FAULTY, 3))
    code, out, _ = hotline(
        "check", "--repo", str(repository.root), "--now", NOW, "--format", "json"
    )
    assert code == 1
    assert codes(out) == ["W002", "S001", "W002"]


def test_a_warning_alone_ends_0(repository: DataRepository, hotline: Run) -> None:
    repository.put(GOOD)
    code, out, _ = hotline(
        "check", "--repo", str(repository.root), "--now", "2026-10-14T11:00:00+08:00"
    )
    assert code == 0
    assert "提醒 D101" in out


def test_a_named_file_alone(repository: DataRepository, hotline: Run) -> None:
    repository.put(numbered(FAULTY, 1))
    path = repository.put(numbered(GOOD, 2))
    code, out, _ = hotline("check", str(path), "--repo", str(repository.root), "--now", NOW)
    assert (code, "检查了 1 个文件" in out) == (0, True)


def test_select_and_ignore(repository: DataRepository, hotline: Run) -> None:
    repository.put(FAULTY)
    base = ("check", "--repo", str(repository.root), "--now", NOW, "--format", "json")
    assert codes(hotline(*base, "--select", "W002")[1]) == ["W002"]
    assert codes(hotline(*base, "--select", "S,D")[1]) == []
    assert codes(hotline(*base, "--ignore", "w")[1]) == []


def test_two_orders_of_one_upstream_number(repository: DataRepository, hotline: Run) -> None:
    repository.put({**numbered(GOOD, 1), "upstream_id": "ZY1"})
    repository.put({**numbered(GOOD, 2), "upstream_id": "ZY1"})
    _, out, _ = hotline("check", "--repo", str(repository.root), "--now", NOW, "--format", "json")
    assert codes(out) == ["X002", "X002"]


def test_a_linked_order_is_looked_for_on_disk_when_one_file_is_named(
    repository: DataRepository, hotline: Run
) -> None:
    linked = complete(
        "- {type: accepted}\n- {type: linked, cases: [LZ-20261013-0001], same: person}"
    )
    path = repository.put(numbered(linked, 2))
    base = ("check", str(path), "--repo", str(repository.root), "--now", NOW, "--format", "json")
    assert codes(hotline(*base)[1]) == ["X010"]
    repository.put(numbered(GOOD, 1))
    assert codes(hotline(*base)[1]) == []


class TestSince:
    def test_only_what_changed(self, repository: DataRepository, hotline: Run) -> None:
        repository.put(numbered(FAULTY, 1))
        base = repository.commit()
        repository.put(numbered(FAULTY, 2))
        repository.commit()
        repository.put(numbered(FAULTY, 3))
        args = (
            "check",
            "--since",
            base,
            "--repo",
            str(repository.root),
            "--now",
            NOW,
            "--format",
            "json",
        )
        document = json.loads(hotline(*args)[1])
        assert [f["case"] for f in document["findings"]] == ["LZ-20261013-0002", "LZ-20261013-0003"]

    def test_what_changed_is_compared_with_all(
        self, repository: DataRepository, hotline: Run
    ) -> None:
        repository.put({**numbered(GOOD, 1), "upstream_id": "ZY1"})
        base = repository.commit()
        repository.put({**numbered(GOOD, 2), "upstream_id": "ZY1"})
        args = (
            "check",
            "--since",
            base,
            "--repo",
            str(repository.root),
            "--now",
            NOW,
            "--format",
            "json",
        )
        document = json.loads(hotline(*args)[1])
        assert [(f["code"], f["case"]) for f in document["findings"]] == [
            ("X002", "LZ-20261013-0002")
        ]

    @pytest.mark.parametrize("revision", ["nosuch", "--help", "HEAD~99"])
    def test_an_unknown_revision(
        self, repository: DataRepository, hotline: Run, revision: str
    ) -> None:
        repository.put(GOOD)
        repository.commit()
        code, _, err = hotline("check", f"--since={revision}", "--repo", str(repository.root))
        assert (code, "没有版本" in err) == (2, True)


class TestTrust:
    def test_a_change_does_not_judge_itself(self, repository: DataRepository, hotline: Run) -> None:
        repository.put(GOOD)
        base = repository.commit()
        repository.put(numbered(FAULTY, 2))
        units = repository.root / "registry" / "units.yaml"
        units.write_text(
            units.read_text("utf-8").replace("id: housing-bureau", "id: housing-bureaux"), "utf-8"
        )
        (repository.root / "schema").mkdir()
        (repository.root / "schema" / "case.schema.json").write_text("true", "utf-8")
        repository.commit()
        args = ("check", "--repo", str(repository.root), "--now", NOW, "--format", "json")
        code, out, _ = hotline(*args, "--since", base, "--trust", base)
        assert (code, codes(out)) == (1, ["W002"])


class TestWrongUse:
    def test_outside_a_repository(self, tmp_path: Path, hotline: Run) -> None:
        code, out, err = hotline("check", "--repo", str(tmp_path))
        assert (code, out) == (2, "")
        assert "不是工单仓库" in err

    def test_a_file_that_is_not_there(self, repository: DataRepository, hotline: Run) -> None:
        code, _, err = hotline("check", "nosuch.yaml", "--repo", str(repository.root))
        assert (code, "没有文件 nosuch.yaml" in err) == (2, True)

    def test_a_file_outside(self, repository: DataRepository, hotline: Run) -> None:
        code, _, err = hotline("check", "/etc/hostname", "--repo", str(repository.root))
        assert (code, "不在仓库" in err) == (2, True)

    def test_a_misspelt_verb_and_option(self, hotline: Run) -> None:
        assert "是不是想用 check" in hotline("chek")[2]
        code, _, err = hotline("check", "--formt", "json")
        assert (code, "不认识的参数：--formt" in err) == (2, True)

    def test_a_wrong_now(self, repository: DataRepository, hotline: Run) -> None:
        code, _, err = hotline("check", "--repo", str(repository.root), "--now", "昨天")
        assert (code, "--now 的值不对" in err) == (2, True)

    @pytest.mark.parametrize("format_", ["text", "json"])
    def test_a_broken_registry_ends_2_and_says_where(
        self, repository: DataRepository, hotline: Run, format_: str
    ) -> None:
        repository.put(GOOD)
        (repository.root / "registry" / "units.yaml").write_text("units:\n- id: x\n", "utf-8")
        code, out, err = hotline("check", "--repo", str(repository.root), "--format", format_)
        assert code == 2
        assert "registry/units.yaml" in out + err and "Traceback" not in err
        if format_ == "json":
            assert {f["code"] for f in json.loads(out)["findings"]} == {"S010"}
