"""``hotline add``: one event more, refused only for what it breaks itself."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hotline.doors import disk
from hotline.procedure.lifecycle import TABLE
from hotline.reading.strict_yaml import parse
from tests.conftest import DataRepository
from tests.support import ROOT, strict, to_yaml

Run = Callable[..., tuple[int, str, str]]
ID = "LZ-20261013-0007"
NOW = "2026-10-13T11:00:00+08:00"
TEXT = """\
# 一件工单
id: LZ-20261013-0007
channel: city_12345
upstream_id: "ZY202610130099"
dispatched_at: 2026-10-13T09:30:00+08:00
kind: complaint
urgency: normal
category: noise-construction
title: 夜间施工噪音
demand: |
  {petitioner.name}反映工地夜间施工。
location: 天池街道
petitioner: {confidential: false, anonymous: false}
events:
  - {at: 2026-10-13T09:40:00+08:00, by: hotline-center, type: accepted}
  - at: 2026-10-13T09:50:00+08:00   # 交办
    by: hotline-center
    type: assigned
    lead: housing-bureau
    support: [tianchi-street]
    basis: clear
"""
SIGNED = TEXT + "  - {at: 2026-10-13T10:20:00+08:00, by: housing-bureau, type: signed}\n"


def put(repository: DataRepository, text: str | bytes = TEXT) -> Path:
    blob = text.encode() if isinstance(text, str) else text
    found = re.search(rb"(?m)^id: ([A-Z0-9-]+)", blob)
    path = repository.root / f"cases/2026/10/{found[1].decode() if found else ID}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(blob)
    return path


@pytest.fixture
def add(repository: DataRepository, hotline: Run) -> Run:
    def run(*words: str, now: str = NOW) -> tuple[int, str, str]:
        return hotline("add", *words, "--repo", str(repository.root), "--now", now)

    return run


def test_the_lead_signs(repository: DataRepository, add: Run) -> None:
    path = put(repository)
    code, out, err = add(ID, "signed")
    assert (code, err) == (0, "")
    assert "已记入 cases/2026/10/LZ-20261013-0007.yaml：签收（县住建局，" in out
    assert "工单现在“办理中”" in out
    line = "  - {at: 2026-10-13T11:00:00+08:00, by: housing-bureau, type: signed}\n"
    assert path.read_text("utf-8") == TEXT + line


def test_a_file_with_crlf_and_bom_keeps_them(repository: DataRepository, add: Run) -> None:
    old = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()
    path = put(repository, old)
    assert add(ID, "signed")[0] == 0
    assert path.read_bytes().startswith(old)
    assert (
        path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n") == old.count(b"\n") + 1
    )


def test_now_is_written_in_the_countys_zone(repository: DataRepository, add: Run) -> None:
    path = put(repository)
    assert add(ID, "signed", now="2026-10-13T03:00:00Z")[0] == 0
    assert "at: 2026-10-13T11:00:00+08:00, by: housing" in path.read_text("utf-8")


def test_an_earlier_event_stands_where_its_time_belongs(
    repository: DataRepository, add: Run
) -> None:
    path = put(repository, SIGNED)
    words = (
        ID,
        "urged",
        "--by",
        "hotline-center",
        "text=请尽快签收",
        "--at",
        "2026-10-13T10:00:00+08:00",
    )
    assert add(*words)[0] == 0
    events = parse(path.read_bytes()).root["events"]
    assert [event["type"] for event in events] == ["accepted", "assigned", "urged", "signed"]


def test_a_reply_from_files_and_nested_keys(
    repository: DataRepository, add: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(repository, SIGNED)
    findings = tmp_path / "核实.txt"
    findings.write_bytes("经核实，\r\n属实。\r\n".encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("已责令停工。".encode())))
    code, out, _ = add(
        ID, "replied", "template=普通件", "subject=夜间施工", "sections.demand=要求制止",
        f"sections.findings=@{findings}", "--by", "housing-bureau", "sections.handling=-",
        "sections.communication=已电话告知", "legal_basis=噪声污染防治法第四十三条,条例第二条",
        "legal_basis=办法第一条", "delivery.method=phone", "delivery.at=now", "reviewed_by=@@甲",
    )  # fmt: skip
    assert code == 0
    assert "提醒 W031" in out
    event = parse(path.read_bytes()).root["events"][-1]
    assert event["template"] == "ordinary"
    assert event["sections"]["findings"] == "经核实，\n属实。\n"
    assert event["sections"]["handling"] == "已责令停工。"
    assert event["legal_basis"] == ["噪声污染防治法第四十三条", "条例第二条", "办法第一条"]
    assert event["delivery"] == {"method": "phone", "at": NOW}
    assert event["reviewed_by"] == "@甲"
    assert "      findings: |\n        经核实，\n        属实。\n" in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "by"),
    [
        (("assigned", "lead=housing-bureau", "support=", "basis=clear"), "hotline-center"),
        (("assigned", "lead=housing-bureau", "support=[]", "basis=joint_consultation"), "approval-bureau"),
        (("assigned", "lead=housing-bureau", "support=tianchi-street，police-bureau", "basis=nearest_duty"), "county-government"),
        (("supplemented", "text=甲"), "hotline-center"),
        (("corrected", "header=true", "field=petitioner.anonymous", "value=true", "reason=误录"), "hotline-center"),
    ],
)  # fmt: skip
def test_who_writes_it_is_derived(
    repository: DataRepository, add: Run, words: tuple[str, ...], by: str
) -> None:
    path = put(repository, TEXT[: TEXT.index("  - at: 2026-10-13T09:50")])
    assert add(ID, *words)[0] == 0
    event = parse(path.read_bytes()).root["events"][-1]
    assert event["by"] == by
    assert event.get("value", True) is True


def test_units_and_choices_may_be_said_in_chinese(repository: DataRepository, add: Run) -> None:
    path = put(repository, TEXT[: TEXT.index("  - at: 2026-10-13T09:50")])
    words = (
        "assigned",
        "lead=县住建局",
        "support=天池街道，police-bureau",
        "basis=权责相近",
        "--by",
        "县政府",
    )
    assert add(ID, *words)[0] == 0
    event = parse(path.read_bytes()).root["events"][-1]
    assert (event["lead"], event["basis"], event["by"]) == (
        "housing-bureau",
        "nearest_duty",
        "county-government",
    )
    assert event["support"] == ["tianchi-street", "police-bureau"]


def test_the_author_of_what_is_corrected_corrects_it(repository: DataRepository, add: Run) -> None:
    from hotline.procedure.identity import event_id

    path = put(repository, SIGNED)
    name = event_id(parse(path.read_bytes()).root["events"][-1])
    assert add(ID, "corrected", f"event={name}", "field=note", "value=0012", "reason=补记")[0] == 0
    event = parse(path.read_bytes()).root["events"][-1]
    assert (event["by"], event["value"]) == ("housing-bureau", "0012")


def test_where_it_cannot_be_derived_it_is_asked_for(repository: DataRepository, add: Run) -> None:
    path = put(repository)
    code, _, err = add(ID, "contacted", "method=phone", "summary=已联系")
    assert code == 2
    assert "--by" in err
    assert "housing-bureau（县住建局）、tianchi-street（天池街道）" in err
    assert path.read_text("utf-8") == TEXT


def test_what_it_breaks_itself_refuses_it(repository: DataRepository, add: Run) -> None:
    path = put(repository)
    code, out, err = add(ID, "closed", "ground=satisfied")
    assert code == 1
    assert "错误 W001" in out
    assert "没有写入" in err
    assert path.read_text("utf-8") == TEXT


def test_what_was_wrong_before_refuses_nothing(repository: DataRepository, add: Run) -> None:
    """An order with a wrong author takes the next event, and its old fault is not told."""
    path = put(
        repository,
        TEXT.replace("by: hotline-center, type: accepted", "by: police-bureau, type: accepted"),
    )
    code, out, _ = add(ID, "signed")
    assert (code, "W002" in out) == (0, False)
    assert path.read_text("utf-8").endswith("type: signed}\n")


def test_an_old_fault_that_moves_is_not_new(repository: DataRepository, add: Run) -> None:
    """Event numbers and lines shift behind an event put in between; the faults are known."""
    twice = SIGNED + "  - {at: 2026-10-13T10:30:00+08:00, by: housing-bureau, type: signed}\n"
    path = put(repository, twice)
    words = ("urged", "--by", "hotline-center", "text=甲", "--at", "2026-10-13T09:45:00+08:00")
    code, out, _ = add(ID, *words)
    assert (code, "W001" in out) == (0, False)
    assert len(parse(path.read_bytes()).root["events"]) == 5


def test_an_event_that_breaks_a_later_one_is_refused(repository: DataRepository, add: Run) -> None:
    path = put(repository, SIGNED)
    code, out, _ = add(
        ID, "return_decided", "approved=true", "opinion=同意", "--at", "2026-10-13T10:00:00+08:00"
    )
    assert (code, "W001" in out) == (1, True)
    assert path.read_text("utf-8") == SIGNED


def test_a_file_that_breaks_the_schema_takes_an_event(repository: DataRepository, add: Run) -> None:
    path = put(repository, TEXT.replace("urgency: normal", "urgency: hurry"))
    code, out, _ = add(ID, "urged", "text=甲", "--by", "hotline-center")
    assert (code, "S010" in out) == (0, False)
    assert "type: urged" in path.read_text("utf-8")


def test_a_field_that_is_missing_is_told_by_the_schema(
    repository: DataRepository, add: Run
) -> None:
    path = put(repository)
    code, out, _ = add(ID, "progress", "--by", "housing-bureau")
    assert (code, "S010" in out, "text" in out) == (1, True, True)
    assert path.read_text("utf-8") == TEXT


def test_hidden_characters_are_refused(repository: DataRepository, add: Run) -> None:
    put(repository, SIGNED)
    code, out, _ = add(ID, "progress", "--by", "housing-bureau", "text=甲\u202e乙")
    assert (code, "S004" in out) == (1, True)


def test_a_linked_order_that_does_not_exist(repository: DataRepository, add: Run) -> None:
    put(repository)
    code, out, _ = add(ID, "linked", "cases=LZ-20261001-0001", "same=problem")
    assert (code, "X010" in out) == (1, True)


def test_the_same_event_again_changes_nothing(repository: DataRepository, add: Run) -> None:
    path = put(repository)
    add(ID, "signed")
    once = path.read_bytes()
    code, out, _ = add(ID, "signed")
    assert (code, "完全相同" in out) == (0, True)
    assert path.read_bytes() == once


def test_a_dry_run_shows_a_diff_and_writes_nothing(repository: DataRepository, add: Run) -> None:
    path = put(repository)
    code, out, _ = add("--dry-run", ID, "signed")
    assert code == 0
    assert "+  - {at: 2026-10-13T11:00:00+08:00, by: housing-bureau, type: signed}" in out
    assert path.read_text("utf-8") == TEXT


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "要写工单编号和事件"),
        ((ID,), "要写工单编号和事件"),
        (("LZ-20261013-0008", "signed"), f"是不是 {ID}"),
        (("../../etc/passwd", "signed"), "没有工单"),
        (("AB-１２３４５６７８-0001", "signed"), "没有工单"),
        ((ID, "sign"), "是不是想写 signed"),
        ((ID, "签收单"), "是不是想写 signed（签收）"),
        ((ID, "signed", "text"), "字段=值"),
        ((ID, "signed", "=x"), "字段=值"),
        ((ID, "signed", "lead=x"), "没有 lead 这个字段"),
        ((ID, "assigned", "laed=x"), "是不是想写 lead"),
        ((ID, "assigned", "lead=x", "lead=y"), "lead 写了两遍"),
        ((ID, "assigned", "basis=cleer"), "是不是想写 clear"),
        ((ID, "callback", "reached=yes"), "只能写 true（是）或 false（否），是不是想写 true"),
        ((ID, "extension_requested", "days=三"), "days 应是整数"),
        ((ID, "extension_requested", "statutory.due_on=2026/10/20"), "请写 2026-10-20"),
        ((ID, "supervision_opened", "due_at=2026-10-20 17:00"), "请写 2026-10-20T17:00:00+08:00"),
        ((ID, "corrected", "header=yes"), "header 只能写 true"),
        ((ID, "corrected", "field=petitioner.anonymous", "value=ture"), "value 只能写 true"),
        ((ID, "urged", "text=@没有这个文件.txt"), "没有这个文件"),
        ((ID, "signed", "--at", "10:20"), "--at 不对"),
        ((ID, "signed", "--at", "2026/10/13 10:20"), "请写 2026-10-13T10:20:00+08:00"),
        ((ID, "signed", "--nonsense"), "不认识的参数"),
    ],
)
def test_wrong_uses_end_2_and_write_nothing(
    repository: DataRepository, add: Run, words: tuple[str, ...], said: str
) -> None:
    path = put(repository)
    code, out, err = add(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    assert path.read_text("utf-8") == TEXT


@pytest.mark.parametrize("text", ["", "id: [", "- a\n", "events: 5\n", "a: &x b\n"])
def test_a_file_that_cannot_take_one(repository: DataRepository, add: Run, text: str) -> None:
    path = put(repository, text)
    code, out, _ = add(ID, "accepted")
    assert code == 1
    assert "错误 S0" in out
    assert path.read_text("utf-8") == text


def test_a_link_is_never_written_through(
    repository: DataRepository, add: Run, tmp_path: Path
) -> None:
    path = put(repository)
    other = tmp_path / "other.yaml"
    path.rename(other)
    path.symlink_to(other)
    code, _, err = add(ID, "signed")
    assert (code, "不读取链接" in err) == (2, True)
    assert other.read_text("utf-8") == TEXT


def test_the_help_comes_from_the_table(hotline: Run) -> None:
    code, out, _ = hotline("add", "--help")
    assert code == 0
    assert all(f"  {name} " in out for name in TABLE)
    for words in (
        ("assigned", "--help"),
        ("--help", "assigned"),
        ("assigned",),
        (ID, "assigned", "-h"),
    ):
        code, out, _ = hotline("add", *words)
        assert code == 0
        assert "lead          主办单位：单位编号" in out
        assert "clear（职责明确）" in out
        assert "hotline add 工单编号 assigned lead=… support=… basis=…" in out


@pytest.mark.parametrize("name", TABLE)
def test_each_event_has_its_help(hotline: Run, name: str) -> None:
    code, out, _ = hotline("add", name)
    assert code == 0
    for field in TABLE[name].fields:
        assert f"  {field.name}" in out
    assert "何时：" in out


# --- several writers -------------------------------------------------------------------


def test_an_editor_that_saves_in_between_is_not_overwritten(
    repository: DataRepository, add: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(repository)
    read, saved = disk.read, []

    def reading(root: Path, name: str, **options: int) -> bytes:
        if name.startswith("cases/") and not saved and read(root, name) == TEXT.encode():
            saved.append(1)
            blob = read(root, name)
            path.write_text(TEXT.replace("# 一件工单", "# 改过"), "utf-8")
            return blob
        return read(root, name, **options)

    monkeypatch.setattr(disk, "read", reading)
    assert add(ID, "signed")[0] == 0
    text = path.read_text("utf-8")
    assert text.startswith("# 改过")
    assert text.count("type: signed") == 1


def test_a_half_written_file_of_a_killed_command_is_swept(
    repository: DataRepository, add: Run
) -> None:
    path = put(repository)
    left = path.with_name(f".{path.name}.abc.tmp")
    left.write_text("half", "utf-8")
    assert add(ID, "signed")[0] == 0
    assert not left.exists()


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env={"PYTHONPATH": str(ROOT / "scripts"), "HOTLINE_DEBUG": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def shrink(registry: Path) -> None:
    """Leaves what the test needs: the time goes into writing, not into reading names."""
    for folder in ("knowledge", "imports"):
        shutil.rmtree(registry / folder)
    for year in ("2023", "2024", "2025"):
        (registry / "calendar" / f"{year}.yaml").unlink()
    (registry / "categories.yaml").write_text(
        "categories: [{id: noise-construction, name: 噪音, livelihood: true}]\n", "utf-8"
    )
    units = strict((registry / "units.yaml").read_text("utf-8"))["units"]
    kept = [
        unit
        for unit in units
        if unit["id"] in ("hotline-center", "housing-bureau", "tianchi-street")
    ]
    for unit in kept:
        unit.pop("parent", None)
    (registry / "units.yaml").write_bytes(to_yaml({"units": kept}))


def test_eight_writers_each_exactly_once(repository: DataRepository) -> None:
    """Four hundred events, eighty on each of five orders, all writers on all orders."""
    shrink(repository.root / "registry")
    paths = [
        put(repository, SIGNED.replace("-0007", f"-000{n}").replace("0099", f"010{n}"))
        for n in range(5)
    ]
    code = (
        "import sys\nfrom hotline.cli.main import main\n"
        "for n in range(50):\n"
        "    code = main(['add', f'LZ-20261013-000{n % 5}', 'urged', f'text={sys.argv[1]}-{n}', '--by',\n"
        f"                 'hotline-center', '--repo', sys.argv[2], '--now', '{NOW}'])\n"
        "    assert code == 0, code\n"
    )
    writers = [python(code, str(n), str(repository.root)) for n in range(8)]
    for writer in writers:
        _, err = writer.communicate(timeout=120)
        assert (writer.returncode, err) == (0, "")
    texts: list[str] = []
    for path in paths:
        events = parse(path.read_bytes()).root["events"]
        assert len(events) == 3 + 80
        texts += [event["text"] for event in events if event["type"] == "urged"]
    assert sorted(texts) == sorted(f"{w}-{n}" for w in range(8) for n in range(50))
    assert sorted(paths[0].parent.iterdir()) == paths


def test_the_lock_dies_with_the_process(repository: DataRepository, add: Run) -> None:
    put(repository)
    holder = python(
        "import sys, time, pathlib\nfrom hotline.doors.lock import locked\n"
        "with locked(pathlib.Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n",
        str(repository.root),
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    waiting = python(
        "import sys\nfrom hotline.cli.main import main\nsys.exit(main(sys.argv[1:]))",
        "add", ID, "signed", "--repo", str(repository.root), "--now", NOW,
    )  # fmt: skip
    time.sleep(0.8)
    assert waiting.poll() is None
    holder.kill()
    holder.communicate()
    out, err = waiting.communicate(timeout=20)
    assert (waiting.returncode, err) == (0, "")
    assert "已记入" in out


def test_an_event_by_its_title(repository: DataRepository, add: Run) -> None:
    path = put(repository)
    assert add(ID, "签收")[0] == 0
    assert "type: signed" in path.read_text("utf-8")


def test_the_order_of_words(repository: DataRepository, add: Run) -> None:
    put(repository)
    code, _, err = add("签收", ID)
    assert (code, f"次序反了，应写 hotline add {ID} signed" in err) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("text=…",), "… 是占位，请写实际内容"),
        (("text＝...",), "… 是占位，请写实际内容"),
        (("text=处理.txt",), "是不是想写 @处理.txt？"),
        (("text=＠处理.txt",), "是不是想写 @处理.txt？"),
        (("text=“请", "尽快”"), "中文引号“ ”"),
    ],
)
def test_slips_in_a_text(
    repository: DataRepository, add: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...], said: str,
) -> None:  # fmt: skip
    path = put(repository)
    monkeypatch.chdir(tmp_path)
    Path("处理.txt").write_text("请尽快", "utf-8")
    code, _, err = add(ID, "urged", "--by", "县热线中心", *words)
    assert (code, said in err, path.read_text("utf-8")) == (2, True, TEXT)


def test_units_by_their_names_and_in_brackets(repository: DataRepository, add: Run) -> None:
    path = put(repository, TEXT[: TEXT.index("  - at: 2026-10-13T09:50")])
    words = ("assigned", "lead＝住建局", "support=[天池街道]", "basis=clear", "--by", "热线中心")
    assert add(ID, *words)[0] == 0
    event = parse(path.read_bytes()).root["events"][-1]
    assert (event["lead"], event["support"]) == ("housing-bureau", ["tianchi-street"])


def test_the_help_of_a_title_and_of_no_event(hotline: Run) -> None:
    assert hotline("add", "签收", "--help")[1].startswith("signed  签收")
    assert hotline("add", ID, "签收", "--help", "--repo", ".")[1].startswith("signed  签收")
    code, _, err = hotline("add", "签到", "--help")
    assert (code, "是不是想写 signed（签收）" in err) == (2, True)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("return_requested", "reason=… legal_basis=… suggested_unit=…"),
        ("interim_requested", "situation=… next_steps=… promised_on=…"),
        ("terminated", "opinion=… legal_basis=…"),
        ("replied", "sections.communication=… reviewed_by=…"),
        ("corrected", "event=… field=… value=… reason=…"),
        ("extension_requested", "days=… reason=…"),
    ],
)
def test_the_help_shows_what_rules_ask_for(hotline: Run, event: str, words: str) -> None:
    out = hotline("add", event)[1]
    assert words in out
    assert "，要写" in out or event in ("corrected", "extension_requested")


def test_what_is_refused_is_named_by_its_field(repository: DataRepository, add: Run) -> None:
    put(repository, TEXT[: TEXT.index("  - at: 2026-10-13T09:50")])
    words = ("assigned", "lead=nobody-at-all", "support=[]", "basis=clear")
    code, out, _ = add(ID, *words, "--by", "hotline-center")
    assert code == 1
    assert "lead=nobody-at-all: 错误 " in out
    assert "yaml:" not in out
