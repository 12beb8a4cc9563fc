"""Messages really sent: over HTTP and as mail, once, whatever fails in between."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hotline.doors import telling
from hotline.doors.fault import Unavailable
from tests.conftest import DataRepository
from tests.support import ROOT
from tests.telling.conftest import SECRET, Hotline, overdue
from tests.telling.sinks import Sink, free_port, http_sink, mail_sink

HOUSING = {"unit": "housing-bureau", "urls_from": ["NOTIFY_HOUSING"]}
BUREAU = {"unit": "approval-bureau", "urls_from": ["NOTIFY_BUREAU"]}
MORNING = "2026-10-23T09:00"
Channels = Callable[..., None]
CANARIES = {
    "title": "金丝雀标题", "demand": "金丝雀诉求", "location": "金丝雀地点",
    "petitioner": {"confidential": False, "anonymous": False, "fingerprint": "c" * 32},
}  # fmt: skip


# --- once -----------------------------------------------------------------------------------


def test_a_unit_is_told_in_the_morning_and_not_again_that_day(
    repository: DataRepository, channels: Channels, notify: Hotline, sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    repository.put(overdue())
    channels(HOUSING, site="http://hotline.example.cn/")
    monkeypatch.setenv("NOTIFY_HOUSING", sink.url)
    assert notify("2026-10-23T08:45")[0] == 0, "before work begins"
    assert sink.posts == []
    code, out, err = notify(MORNING)
    assert (code, err) == (0, "发出 1 条。\n")
    assert "每日 1 条" in out
    for later in ("2026-10-23T09:15", "2026-10-23T16:00", "2026-10-24T10:00", "2026-10-25T10:00"):
        code, out, _ = notify(later)
        assert (code, len(sink.posts)) == (0, 1), "also not on Saturday and Sunday"
    (text,) = sink.texts
    assert text == (
        "【12345热线】县住建局 10月23日每日提醒：1 件\n"
        "局督办情形 1 件，已超期 1 件。\n"
        "1. LZ-20261013-0007 局督办情形 E191 超期未办理（第十九条第（一）项）（县住建局）；"
        "答复已超期（县住建局，2026-10-22 17:00 到期） "
        "http://hotline.example.cn/cases/LZ-20261013-0007/\n"
        "看经过：hotline show LZ-20261013-0007"
    )
    notify("2026-10-26T09:00")
    assert len(sink.posts) == 2


def test_without_apply_nothing_is_sent_and_nothing_remembered(
    repository: DataRepository, channels: Channels, hotline: Hotline, sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    repository.put(overdue())
    channels(HOUSING)
    monkeypatch.setenv("NOTIFY_HOUSING", sink.url)
    now = ("--repo", str(repository.root), "--now", f"{MORNING}:00+08:00")
    for _ in range(2):
        code, out, err = hotline("notify", *now, "--format", "json")
        document = json.loads(out)
        assert (code, err, sink.posts) == (0, "", [])
        assert [m["unit"] for m in document["messages"]] == ["housing-bureau"]
    assert not (repository.root / ".hotline").exists()


def test_special_orders_are_told_at_night_once_for_each_state(
    repository: DataRepository, channels: Channels, notify: Hotline, sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    case = overdue(dispatched_at="2026-10-17T22:00:00+08:00", urgency="special")  # a Saturday
    case["id"] = "LZ-20261017-0007"
    case["events"] = []
    repository.put(case)
    channels({"unit": "hotline-center", "urls_from": ["NOTIFY_CENTER"]})
    monkeypatch.setenv("NOTIFY_CENTER", sink.url)
    sent = []
    for minutes in range(0, 240, 15):
        at = f"2026-10-17T{22 + minutes // 60}:{minutes % 60:02d}"
        if minutes >= 120:
            at = f"2026-10-18T0{minutes // 60 - 2}:{minutes % 60:02d}"
        assert notify(at)[0] == 0
        sent.append(len(sink.posts))
    assert [post["title"] for post in sink.posts] == [
        "【12345热线·特殊事项】LZ-20261017-0007 初步响应即将到期",
        "【12345热线·特殊事项】LZ-20261017-0007 初步响应已超期",
    ]
    assert sent.index(1) == 4 and sent.index(2) == 9


def test_mail_is_plain_text(
    repository: DataRepository, channels: Channels, notify: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.put(overdue())
    channels(HOUSING)
    with mail_sink() as (box, url):
        monkeypatch.setenv("NOTIFY_HOUSING", url)
        assert notify(MORNING)[0] == 0
        assert notify("2026-10-23T09:15")[0] == 0
    ((subject, kind, text),) = box.mails
    assert subject == "【12345热线】县住建局 10月23日每日提醒：1 件"
    assert kind == "text/plain"
    assert "LZ-20261013-0007" in text and text.rstrip().endswith("hotline show LZ-20261013-0007")


# --- what goes wrong ------------------------------------------------------------------------


def test_a_channel_that_fails_stops_no_other_and_is_tried_again(
    repository: DataRepository, channels: Channels, notify: Hotline, sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    repository.put(overdue())
    channels({**HOUSING, "urls_from": ["NOTIFY_BROKEN", "NOTIFY_HOUSING"]}, BUREAU)
    with http_sink() as broken:
        broken.status = 500
        monkeypatch.setenv("NOTIFY_BROKEN", f"json://u:{SECRET}@{broken.host}/{SECRET}")
        monkeypatch.setenv("NOTIFY_HOUSING", sink.url)
        code, out, err = notify(MORNING)
        assert code == 2
        assert "没有通知到 县住建局：NOTIFY_BROKEN 的第 1 个地址，没有送达" in err
        assert "没有通知到 县行政审批局：NOTIFY_BUREAU，环境变量没有设置" in err
        assert SECRET not in out + err and broken.host not in out + err
        assert len(sink.posts) == 1
        broken.status = 200
        monkeypatch.setenv("NOTIFY_BUREAU", sink.url)
        assert notify("2026-10-23T09:15")[0] == 0
        assert len(broken.posts) == 2
    assert len(sink.posts) == 2, "the bureau's, and no second one for the unit"


@pytest.mark.parametrize(
    "address",
    [
        f"wecombot://{SECRET}!?",
        f"dingtalk://{SECRET}$",
        f"nonsense://{SECRET}",
        SECRET,
        f"https://oapi.dingtalk.com/robot/send?access_token={SECRET}",
        f"json://user:{SECRET}@127.0.0.1:{{port}}/{SECRET}",
        f"mailto://user:{SECRET}@127.0.0.1:{{port}}?from=a@example.cn&to=b@example.cn",
    ],
)
def test_a_secret_is_shown_nowhere(
    address: str, repository: DataRepository, channels: Channels, notify: Hotline,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    repository.put(overdue())
    channels(HOUSING)
    monkeypatch.setenv("NOTIFY_HOUSING", address.format(port=free_port()))
    with caplog.at_level(1):
        code, out, err = notify(MORNING)
    assert code == 2 and "NOTIFY_HOUSING 的第 1 个地址" in err
    assert SECRET not in out + err + caplog.text
    assert not [path for path in _memory(repository) if SECRET in path.read_text("utf-8")]


def test_a_fresh_process_shows_no_secret_either(
    repository: DataRepository, channels: Channels
) -> None:
    """With nothing of pytest around its log, and the details asked for."""
    repository.put(overdue())
    channels(HOUSING)
    address = f"json://user:{SECRET}@127.0.0.1:{free_port()}/{SECRET} wecombot://{SECRET}!?"
    done = _process(repository, {"NOTIFY_HOUSING": address, "HOTLINE_DEBUG": "1"})
    assert done.returncode == 2
    assert "没有送达" in done.stderr and "写法不对" in done.stderr
    assert SECRET not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr and "WARNING" not in done.stderr


def _process(
    repository: DataRepository, more: dict[str, str], script: str = ""
) -> subprocess.CompletedProcess[str]:
    script = script or "from hotline.cli.main import main; raise SystemExit(main())"
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT / "scripts"), "NO_PROXY": "127.0.0.1", **more,
    }  # fmt: skip
    words = ["notify", "--apply", "--repo", str(repository.root), "--now", f"{MORNING}:00+08:00"]
    return subprocess.run(
        [sys.executable, "-c", script, *words],
        capture_output=True, text=True, check=False, env=environment, encoding="utf-8",
    )  # fmt: skip


def test_an_answer_that_does_not_come_ends_the_wait(
    repository: DataRepository, channels: Channels, notify: Hotline, sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    repository.put(overdue())
    channels({**HOUSING, "urls_from": ["NOTIFY_SLOW", "NOTIFY_HOUSING"]})
    monkeypatch.setattr(telling, "PATIENCE", 1.5)
    monkeypatch.setenv("NOTIFY_HOUSING", sink.url)
    with http_sink() as slow:
        slow.held = True
        monkeypatch.setenv("NOTIFY_SLOW", slow.url)
        code, _, err = notify(MORNING)
        assert not slow.released.is_set()
    assert (code, len(sink.posts)) == (2, 1)
    assert "NOTIFY_SLOW 的第 1 个地址，20 秒内没有发完" in err
    assert len(_memory(repository)) == 1


@pytest.mark.parametrize("schema", ["wecombot", "dingtalk"])
@pytest.mark.parametrize(
    ("answer", "code"),
    [('{"errcode":0,"errmsg":"ok"}', 0), ('{"errcode":93000,"errmsg":"no"}', 2), ("<html>", 2)],
)
def test_a_robot_that_refuses_with_status_200_has_not_been_told(
    schema: str, answer: str, code: int, repository: DataRepository, channels: Channels,
    notify: Hotline, sink: Sink, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from apprise.plugins import dingtalk, wecombot

    plugin = {"wecombot": wecombot.NotifyWeComBot, "dingtalk": dingtalk.NotifyDingTalk}[schema]
    monkeypatch.setattr(plugin, "notify_url", f"http://{sink.host}/")
    sink.answer = answer.encode()
    repository.put(overdue())
    channels(HOUSING)
    monkeypatch.setenv("NOTIFY_HOUSING", f"{schema}://{SECRET.replace('-', '')}")
    assert notify(MORNING)[0] == code
    assert len(_memory(repository)) == (code == 0)
    (post,) = sink.posts
    assert post["msgtype"] == "text"


def test_no_message_to_wecom_is_over_2048_bytes(
    repository: DataRepository, channels: Channels, notify: Hotline, sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from apprise.plugins.wecombot import NotifyWeComBot

    monkeypatch.setattr(NotifyWeComBot, "notify_url", f"http://{sink.host}/")
    monkeypatch.setattr(NotifyWeComBot, "request_rate_per_sec", 0)
    sink.answer = b'{"errcode":0}'
    for number in range(1, 36):
        repository.put(overdue(number))
    channels(HOUSING, site="http://hotline.lezhi.example.cn/12345")
    monkeypatch.setenv("NOTIFY_HOUSING", "wecombot://abc")
    assert notify(MORNING)[0] == 0
    texts = [post["text"]["content"] for post in sink.posts]
    assert len(texts) > 1 and max(len(text.encode()) for text in texts) <= 2048
    assert all(f"每日提醒：35 件（{n}/{len(texts)}）" in text for n, text in enumerate(texts, 1))
    assert all(re.fullmatch(r".*（.*）.* http://\S*/", t.splitlines()[-1]) for t in texts[:-1])
    whole = "\n".join(texts)
    assert whole.count("答复已超期") == 30 and "另有 5 件" in whole


# --- crashes and crowds ---------------------------------------------------------------------


def test_what_was_sent_and_not_recorded_is_sent_again(
    repository: DataRepository, channels: Channels, notify: Hotline, sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    repository.put(overdue())
    channels(HOUSING)
    monkeypatch.setenv("NOTIFY_HOUSING", sink.url)
    killed = (
        "import os; from hotline.doors import telling;"
        "telling.Memory.record = lambda *_: os._exit(9);"
        "from hotline.cli.main import main; main()"
    )
    assert _process(repository, {"NOTIFY_HOUSING": sink.url}, killed).returncode == 9
    assert (len(sink.posts), _memory(repository)) == (1, [])
    for later in (MORNING, "2026-10-23T09:15"):
        assert notify(later)[0] == 0
        assert len(sink.posts) == 2


def test_two_runs_at_once_tell_once(
    repository: DataRepository, channels: Channels, sink: Sink
) -> None:
    repository.put(overdue())
    channels(HOUSING)
    sink.wait = 0.3
    results: list[Any] = []

    def one() -> None:
        results.append(_process(repository, {"NOTIFY_HOUSING": sink.url}))

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [done.returncode for done in results] == [0, 0, 0]
    assert len(sink.posts) == 1


def test_nothing_is_sent_where_it_could_not_be_written_down(
    repository: DataRepository, channels: Channels, notify: Hotline, sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    repository.put(overdue())
    channels(HOUSING)
    monkeypatch.setenv("NOTIFY_HOUSING", sink.url)
    (repository.root / ".hotline").write_text("a file", "utf-8")
    code, _, err = notify(MORNING)
    assert (code, sink.posts) == (2, [])
    assert "notified" in err


def test_what_cannot_be_recorded_is_said(
    repository: DataRepository, channels: Channels, notify: Hotline, sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def full(*_: object) -> None:
        raise Unavailable("磁盘已满")

    repository.put(overdue())
    channels(HOUSING)
    monkeypatch.setenv("NOTIFY_HOUSING", sink.url)
    monkeypatch.setattr(telling.Memory, "record", full)
    code, _, err = notify(MORNING)
    assert code == 2 and "记不下来" in err


def test_memory_lies_where_the_environment_says_and_is_swept(
    repository: DataRepository, channels: Channels, notify: Hotline, sink: Sink, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    case = overdue(urgency="special")
    case["events"] = case["events"][:2]
    repository.put(case)
    repository.put(overdue(8))
    channels(HOUSING)
    monkeypatch.setenv("NOTIFY_HOUSING", sink.url)
    monkeypatch.setenv("HOTLINE_STATE", str(tmp_path / "state"))
    assert notify(MORNING)[0] == 0
    folder = tmp_path / "state" / "notified"
    assert not (repository.root / ".hotline").exists()
    first = {path.name for path in folder.glob("*.json")}
    urgent = len(first) - 1
    assert urgent > 0 and len(sink.posts) == urgent + 1
    (folder / ".half.json.x.tmp").write_text("")
    notify("2026-12-20T09:00")  # a Sunday, 58 days later
    assert {path.name for path in folder.glob("*.json")} == first
    notify("2026-12-27T09:00")
    left = {path.name for path in folder.iterdir()}
    assert len(left) == urgent and left < first, "what still stands is not told anew"
    assert len(sink.posts) == urgent + 1


def _memory(repository: DataRepository) -> list[Path]:
    return sorted((repository.root / ".hotline" / "notified").glob("*.json"))


# --- what is never told ---------------------------------------------------------------------


def test_nothing_that_an_order_says_is_in_a_message(
    repository: DataRepository, channels: Channels, notify: Hotline, sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    case = overdue(**CANARIES)
    case["events"][1]["opinion"] = "金丝雀意见"
    repository.put(case)
    repository.put(overdue(8, **CANARIES, urgency="special"))
    channels(HOUSING, BUREAU)
    with mail_sink() as (box, url):
        monkeypatch.setenv("NOTIFY_HOUSING", f"{sink.url}\t{url}\n")
        monkeypatch.setenv("NOTIFY_BUREAU", sink.url)
        _, out, err = notify(MORNING)
    sent = "\n".join([*sink.texts, *(f"{s}\n{text}" for s, _, text in box.mails), out, err])
    assert "LZ-20261013-0007" in sent and "LZ-20261013-0008" in sent
    assert "金丝雀" not in sent and "c" * 32 not in sent
    assert "金丝雀" not in "".join(path.read_text("utf-8") for path in _memory(repository))


def test_a_unit_complained_of_is_not_told(
    repository: DataRepository, channels: Channels, notify: Hotline, sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    repository.put(overdue(against=["housing-bureau"]))
    channels(HOUSING, {"unit": "hotline-center", "urls_from": ["NOTIFY_CENTER"]})
    with http_sink() as center:
        monkeypatch.setenv("NOTIFY_HOUSING", sink.url)
        monkeypatch.setenv("NOTIFY_CENTER", center.url)
        assert notify(MORNING)[0] == 0
        assert sink.posts == []
        assert len(center.posts) == 1, "somebody has to act"
