"""``registry/notify.yaml``: what is wrong with it is told, and no order suffers from it."""

from __future__ import annotations

import json
import re

import pytest

from hotline.doors.telling import _service, addresses
from hotline.reading.registry import read_registry
from hotline.reading.strict_yaml import parse
from hotline.values.telling import Channel
from tests.conftest import DataRepository
from tests.support import ROOT, schema
from tests.telling.conftest import Hotline, overdue

NOW = ("--now", "2026-10-23T09:00:00+08:00")
FILES = {
    path.relative_to(ROOT).as_posix(): path.read_bytes()
    for path in (ROOT / "registry").rglob("*.yaml")
}
GUIDE = (ROOT / "docs" / "handbook" / "notify.md").read_text("utf-8")
ONE = "channels:\n- unit: housing-bureau\n  urls_from: "


@pytest.mark.parametrize(
    ("text", "code", "line", "says"),
    [
        (ONE + "[wecombot://0123-abc]", "S010", 3, "放在环境变量里"),
        (ONE + "wecombot://0123-abc", "S010", 3, "放在环境变量里"),
        (ONE + "[notify_housing]", "S010", 3, "只写环境变量的名字"),
        (ONE + '["NOTIFY\\n"]', "S010", 3, "写法不对"),
        (ONE + "[]", "S010", 3, "至少要有一项"),
        (ONE + "[A, A]", "S010", 3, "重复"),
        (ONE + "[A]\n  levels: [units]", "S010", 4, "是不是想写 unit？"),
        (ONE + "[A]\n  url: dingtalk://0123-abc", "S010", 4, "没有叫 url 的键"),
        ("channels:\n- urls_from: [A]", "S010", 2, "缺少必填的 unit"),
        ("site: http://u:0123-abc@a.cn\nchannels: []", "S010", 1, "不带用户名、密码"),
        ("quiet: [18:00-9:00]\nchannels: []", "S010", 1, "时段要写成"),
        ("quiet: [18:00-18:00]\nchannels: []", "S010", 1, "没有长度"),
        ("site: http://a.cn", "S010", 1, "缺少必填的 channels"),
        ("channels:\n- unit: housing-burea\n  urls_from: A", "X010", 2, "不在名录里"),
        ("channels: [", "S001", 1, ""),
    ],
)
def test_a_fault_is_told_and_everything_else_goes_on(
    text: str, code: str, line: int, says: str
) -> None:
    rules, findings = read_registry({**FILES, "registry/notify.yaml": text.encode()}, schema)
    assert rules is not None and rules.policies
    assert [(f.path, f.place.line) for f in findings] == [("registry/notify.yaml", line)]
    (finding,) = findings
    assert finding.code == code or (code == "S001" and finding.code[0] == "S")
    assert says in finding.message
    assert "0123-abc" not in finding.message
    assert (rules.telling is None) == (code != "X010")


def test_a_broken_registry_is_still_told_beside_it() -> None:
    broken = {**FILES, "registry/notify.yaml": b"channels: 1", "registry/units.yaml": b"units: 1"}
    rules, findings = read_registry(broken, schema)
    assert rules is None and len({finding.path for finding in findings}) == 2
    policy = {p: b for p, b in FILES.items() if not p.startswith("registry/policy/")}
    rules, findings = read_registry({**policy, "registry/notify.yaml": b"channels: 1"}, schema)
    assert rules is None and len(findings) == 2


def test_one_name_needs_no_brackets() -> None:
    rules, findings = read_registry({**FILES, "registry/notify.yaml": (ONE + "A").encode()}, schema)
    assert findings == [] and rules is not None and rules.telling is not None
    assert rules.telling.channels == (Channel("housing-bureau", ("A",)),)


@pytest.mark.parametrize("content", [None, "channels: []\n"])
@pytest.mark.parametrize("format_", ["text", "json"])
def test_without_channels_it_says_how_to_set_them_up(
    content: str | None, format_: str, repository: DataRepository, hotline: Hotline
) -> None:
    path = repository.root / "registry" / "notify.yaml"
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_text(content, "utf-8")
    arguments = ("notify", "--apply", "--repo", str(repository.root), *NOW, "--format", format_)
    code, out, err = hotline(*arguments)
    assert (code, err) == (0, "")
    if format_ == "json":
        assert json.loads(out)["configured"] is False
    else:
        assert "还没有设置通知渠道" in out and "registry/notify.yaml" in out
    assert not (repository.root / ".hotline").exists()


def test_a_fault_stops_this_verb_and_no_other(repository: DataRepository, hotline: Hotline) -> None:
    path = repository.root / "registry" / "notify.yaml"
    path.write_text(ONE + "[wecombot://0123-abc]\n", "utf-8")
    repository.put(overdue())
    given = ("--repo", str(repository.root), *NOW)
    code, out, err = hotline("notify", *given)
    assert code == 2 and "registry/notify.yaml:3" in err
    assert hotline("due", *given)[0] == 0
    assert "新建 1" in hotline("escalate", *given)[1]
    code, found, _ = hotline("check", *given)
    assert code == 1 and "registry/notify.yaml:3" in found
    assert "0123-abc" not in out + err + found


def test_a_unit_that_is_none_stops_no_other(
    repository: DataRepository, hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = repository.root / "registry" / "notify.yaml"
    path.write_text(f"{ONE}A\n- unit: no-such-unit\n  urls_from: B\n", "utf-8")
    repository.put(overdue())
    code, out, err = hotline("notify", "--repo", str(repository.root), *NOW)
    assert code == 0 and "每日 1 条" in out and "X010" in err


# --- the guide ------------------------------------------------------------------------------


def examples() -> list[tuple[str, str]]:
    """(scheme, address) of every address that the guide shows."""
    found = re.findall(r"\b((wecombot|dingtalk|feishu|lark|mailtos?)://[^\s'\"`，。）]+)", GUIDE)
    return [(scheme, url) for url, scheme in found if "…" not in url and url[-3:] != "://"]


CLASSES = {
    "wecombot": "NotifyWeComBot", "dingtalk": "NotifyDingTalk", "feishu": "NotifyFeishu",
    "lark": "NotifyLark", "mailto": "NotifyEmail", "mailtos": "NotifyEmail",
}  # fmt: skip


def test_the_guide_shows_an_address_of_each_kind() -> None:
    assert {scheme for scheme, _ in examples()} >= {"wecombot", "dingtalk", "feishu", "mailtos"}


@pytest.mark.parametrize(("scheme", "url"), examples())
def test_an_address_of_the_guide_is_one(scheme: str, url: str) -> None:
    (address,) = addresses("A", {"A": url})
    service = _service(address)
    assert type(service).__name__ == CLASSES[scheme]
    assert service.socket_connect_timeout <= 8 and service.socket_read_timeout <= 8


def test_the_schemes_exist() -> None:
    from apprise import Apprise

    known = {
        scheme
        for row in Apprise().details()["schemas"]
        for scheme in [*(row["protocols"] or ()), *(row["secure_protocols"] or ())]
    }
    assert set(CLASSES) <= known


def test_the_example_of_the_guide_and_the_starter_fit() -> None:
    (example,) = re.findall(r"```yaml\n(# registry/notify\.yaml.*?)```", GUIDE, re.S)
    starter = (ROOT / "registry" / "notify.yaml").read_text("utf-8")
    commented = starter[starter.index("# site:") :].replace("channels: []", "")
    for text in (example, starter, re.sub("(?m)^# ?", "", commented)):
        parsed = parse(text.encode(), max_bytes=1 << 20)
        assert not parsed.faults and schema("notify").faults(parsed.root) == []
        rules, findings = read_registry({**FILES, "registry/notify.yaml": text.encode()}, schema)
        assert rules is not None and findings == []
