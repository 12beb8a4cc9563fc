"""``hotline new``: a work order from words, with the day's next number."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hotline.reading.strict_yaml import parse
from tests.conftest import DataRepository

Run = Callable[..., tuple[int, str, str]]
NOW = "2026-10-13T11:00:00+08:00"
WORDS = (
    "upstream_id=0012", "kind=complaint", "category=noise-construction", "title=夜间施工噪音",
    "demand={petitioner.name}反映工地夜间施工。", "location=天池街道", "dispatched_at=now",
)  # fmt: skip


@pytest.fixture
def new(repository: DataRepository, hotline: Run) -> Run:
    def run(*words: str) -> tuple[int, str, str]:
        return hotline("new", *words, "--repo", str(repository.root), "--now", NOW)

    return run


def files(repository: DataRepository) -> list[Path]:
    return sorted(path for path in (repository.root / "cases").rglob("*") if path.is_file())


def test_the_file_and_the_next_step(repository: DataRepository, new: Run, hotline: Run) -> None:
    code, out, err = new(*WORDS[:3], "--channel", "city_12345", *WORDS[3:])
    assert (code, err) == (0, "")
    assert out == (
        "已新建 cases/2026/10/LZ-20261013-0001.yaml\n下一步：hotline add LZ-20261013-0001 accepted\n"
    )
    assert files(repository)[0].read_text("utf-8") == (
        "id: LZ-20261013-0001\n"
        "channel: city_12345\n"
        'upstream_id: "0012"\n'
        "dispatched_at: 2026-10-13T11:00:00+08:00\n"
        "kind: complaint\n"
        "urgency: normal\n"
        "category: noise-construction\n"
        "title: 夜间施工噪音\n"
        'demand: "{petitioner.name}反映工地夜间施工。"\n'
        "location: 天池街道\n"
        "petitioner: {confidential: false, anonymous: false}\n"
        "events: []\n"
    )
    root = str(repository.root)
    assert hotline("check", "--repo", root, "--now", NOW)[0] == 0
    assert hotline("add", "LZ-20261013-0001", "accepted", "--repo", root, "--now", NOW)[0] == 0


def test_the_number_follows_the_last_of_the_day(repository: DataRepository, new: Run) -> None:
    folder = repository.root / "cases" / "2026" / "10"
    folder.mkdir(parents=True)
    (folder / "LZ-20261013-0041.yaml").write_bytes(b"broken: [")
    (folder / "LZ-20261014-0099.yaml").write_bytes(b"broken: [")
    (folder / "XJ-20261013-0077.yaml").write_bytes(b"broken: [")
    assert "LZ-20261013-0042" in new(*WORDS, "channel=city_12345")[1]
    assert "XJ-20261013-0078" in new(*WORDS, "channel=city_web", "--prefix", "XJ")[1]


def test_nested_keys_chinese_values_and_a_longer_text(repository: DataRepository, new: Run) -> None:
    code, _, _ = new(
        *WORDS[:4], "channel=网络平台", "location=天池", "dispatched_at=2026-10-13T00:10:00+08:00",
    )  # fmt: skip
    assert code == 2
    code, _, _ = new(
        *WORDS[:2], WORDS[3], "channel=资阳网等网络平台", "platform=问政四川", "location=天池",
        "demand=" + "甲" * 50, "category=建筑施工噪音", "petitioner.anonymous=true", "against=housing-bureau,police-bureau",
        "urgency=特殊事项", "dispatched_at=2026-10-12T20:00:00Z",
    )  # fmt: skip
    assert code == 0
    path = files(repository)[0]
    assert path.name == "LZ-20261013-0001.yaml"
    data = parse(path.read_bytes()).root
    assert data["petitioner"] == {"confidential": False, "anonymous": True}
    assert data["against"] == ["housing-bureau", "police-bureau"]
    assert (data["channel"], data["urgency"]) == ("city_web", "special")
    assert data["category"] == "noise-construction"
    assert f"demand: |\n  {'甲' * 50}\n" in path.read_text("utf-8")


def test_the_same_upstream_order_twice_is_refused(repository: DataRepository, new: Run) -> None:
    assert new(*WORDS, "channel=city_12345")[0] == 0
    code, out, err = new(*WORDS, "channel=city_12345")
    assert (code, "X002" in out, "没有写入" in err) == (1, True, True)
    assert new(*WORDS, "channel=city_web")[0] == 0
    assert len(files(repository)) == 2


def test_what_the_rules_refuse_is_not_written(repository: DataRepository, new: Run) -> None:
    code, out, _ = new(*WORDS[:2], "category=nosie", *WORDS[3:], "channel=city_12345")
    assert (code, "X010" in out) == (1, True)
    code, out, _ = new(*WORDS[:3], "title= ", *WORDS[4:], "channel=city_12345")
    assert (code, "S010" in out) == (1, True)
    assert files(repository) == []


def test_a_dry_run_prints_the_file(repository: DataRepository, new: Run) -> None:
    code, out, _ = new(*WORDS, "channel=city_12345", "--dry-run")
    assert (code, "# cases/2026/10/LZ-20261013-0001.yaml\nid: LZ" in out) == (0, True)
    assert files(repository) == []


@pytest.mark.parametrize(
    "word",
    ["name=张三", "petitioner.phone=13800000000", "petitioner=张三", "身份证号=1", "sealed.person=x",
     "petitioner.fingerprint=0", "电话=1"],
)  # fmt: skip
def test_personal_keys_are_refused_with_the_way_out(
    repository: DataRepository, new: Run, word: str
) -> None:
    code, out, err = new(*WORDS, "channel=city_12345", word)
    assert (code, out) == (2, "")
    assert "hotline seal" in err
    assert "{petitioner.name}" in err
    assert word.partition("=")[2] not in err or len(word.partition("=")[2]) < 2
    assert files(repository) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "还缺：channel（来源渠道）、upstream_id（上级平台编号）"),
        (("chanel=x",), "是不是想写 channel"),
        (("id=LZ-20261013-0001",), "没有 id 这个字段"),
        (("events=[]",), "没有 events 这个字段"),
        ((*WORDS, "channel=city_12354"), "是不是想写 city_12345"),
        ((*WORDS, "channel=city_12345", "--prefix", "lz"), "大写字母"),
        ((*WORDS, "channel=city_12345", "urgency=急"), "normal（普通事项）"),
        (("dispatched_at=2026-10-13 9:30",), "请写 2026-10-13T09:30:00+08:00"),
        (("--chanel", "x"), "不认识的参数"),
    ],
)
def test_wrong_uses(
    repository: DataRepository, new: Run, words: tuple[str, ...], said: str
) -> None:
    code, out, err = new(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert files(repository) == []


def test_the_help_lists_the_fields(hotline: Run) -> None:
    code, out, _ = hotline("new", "--help")
    assert code == 0
    for name in ("channel", "upstream_id", "petitioner.confidential", "against"):
        assert f"\n  {name} " in out


def test_a_dispatch_to_come_is_refused(repository: DataRepository, new: Run) -> None:
    words = [*WORDS[:-1], "--channel", "city_12345"]
    code, _, err = new(*words, "dispatched_at=2026-10-13T11:06:00+08:00")
    assert (code, "派单时间还没有到" in err, files(repository)) == (2, True, [])
    assert new(*words, "dispatched_at=2026-10-13T11:04:00+08:00")[0] == 0


def test_what_is_refused_is_named_by_its_field(new: Run) -> None:
    words = [word for word in WORDS if not word.startswith("category")]
    code, out, _ = new(*words, "category=nothing", "--channel", "city_12345")
    assert (code, out.startswith("category=nothing: 错误 ")) == (1, True), out


REPORT = (
    *WORDS[:1], "kind=report", *WORDS[2:4], "demand=举报某项目套取补助。", *WORDS[5:], "channel=city_12345",
)  # fmt: skip


def test_what_a_report_says_is_sealed_at_once(
    repository: DataRepository, new: Run, hotline: Run, tmp_path: Path
) -> None:
    key, where = tmp_path / "center.key", ("--repo", str(repository.root))
    assert hotline("keys", "new", "hotline-center", "--out", str(key), *where)[0] == 0
    code, out, err = new(*REPORT)
    assert (code, err) == (0, "")
    assert "诉求内容已密封" in out
    for path in repository.root.rglob("*"):
        assert not path.is_file() or "套取补助".encode() not in path.read_bytes()
    assert hotline("check", *where, "--now", NOW)[0] == 0
    told = hotline(
        "unseal", "LZ-20261013-0001", "--part", "demand", "--reason", "受理", "--identity", str(key), *where
    )  # fmt: skip
    assert json.loads(told[1]) == {"demand": "举报某项目套取补助。"}


def test_a_report_waits_for_the_first_key(repository: DataRepository, new: Run) -> None:
    code, out, err = new(*REPORT)
    assert (code, out) == (2, "")
    assert "hotline keys new hotline-center --out" in err
    assert files(repository) == []
    assert not (repository.root / ".hotline" / "keys").exists()
