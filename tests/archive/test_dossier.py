"""The dossier of one order as files, without a disk and without git."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from hotline.archive.dossier import (
    Kept,
    Letter,
    Shelf,
    Signed,
    ended,
    files,
    kept_until,
    shelf_of,
)
from hotline.archive.label import label, until_of
from hotline.findings.subject import Subject
from hotline.values.case import Event
from hotline.values.recording import Recording
from tests.support import at, judge, rules_with, shipped_rules, to_yaml

NOW = at("2026-11-20T09:00")
CENTER, LEAD = "hotline-center", "housing-bureau"


def event(day: str, by: str, type_: str, **fields: Any) -> dict[str, Any]:
    return {"at": f"2026-{day}:00+08:00", "by": by, "type": type_, **fields}


ACCEPTED = event("10-13T09:40", CENTER, "accepted")
ASSIGNED = event("10-13T09:50", CENTER, "assigned", lead=LEAD, support=[], basis="clear")
WITHDRAWN = event("10-14T09:00", CENTER, "withdrawn", reason="诉求人\u202e撤回")
RETURNED = event("10-14T09:00", CENTER, "returned_upstream", reason="不属于本县")


def closed(day: str) -> dict[str, Any]:
    return event(day, CENTER, "closed", ground="withdrawn")


def order(*events: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "LZ-20261013-0007", "channel": "city_12345", "upstream_id": "ZY1",
        "dispatched_at": "2026-10-13T09:30:00+08:00", "kind": "complaint", "urgency": "normal",
        "category": "noise-construction", "title": "夜间施工噪音", "demand": "要求制止。",
        "location": "天池街道", "petitioner": {"confidential": False, "anonymous": False},
        "events": list(events),
    }  # fmt: skip


def subject(*events: dict[str, Any], policy: dict[str, Any] | None = None) -> Subject:
    rules = rules_with({"policy": policy}) if policy else shipped_rules()
    found = judge(order(*events), NOW, rules).subject
    assert found is not None
    return found


def kept(one: Subject, *letters: Letter) -> Kept:
    recording = Recording("a" * 40, "clerk@example.org", datetime(2026, 10, 14, 2, tzinfo=UTC))

    def recorded(event: Event) -> Recording | None:
        return None if event.type == "withdrawn" else recording

    def signed(_: str) -> Signed:
        return Signed("good", "clerk@example.org")

    return Kept(one, to_yaml(one.case.data), [], letters, recording, recorded, signed)


@pytest.mark.parametrize(
    ("events", "shelf"),
    [
        ([], None),
        ([ACCEPTED, ASSIGNED], None),
        ([ACCEPTED, ASSIGNED, WITHDRAWN, closed("10-14T09:30")], Shelf(LEAD, "2026-10")),
        ([ACCEPTED, RETURNED], Shelf(CENTER, "2026-10")),
        # In the county it is November, where the machine may be in October.
        ([ACCEPTED, WITHDRAWN, closed("11-01T00:10")], Shelf(CENTER, "2026-11")),
    ],
)
def test_where_a_dossier_belongs(events: list[dict[str, Any]], shelf: Shelf | None) -> None:
    assert shelf_of(subject(*events)) == shelf


def test_how_long_it_is_kept() -> None:
    over = [ACCEPTED, WITHDRAWN, closed("10-14T09:30")]
    assert ended(subject(*over)) == at("2026-10-14T09:30")
    assert kept_until(subject(*over)) == date(2036, 12, 31)
    assert kept_until(subject(*over, policy={"archive_retention_years": 30})) == date(2056, 12, 31)


def test_the_files_of_a_dossier() -> None:
    one = subject(ACCEPTED, ASSIGNED, WITHDRAWN, closed("10-14T09:30"))
    made = kept(one, Letter(b"first", b"PK1"), Letter(b"long", None))
    found = dict(files(made))
    assert list(found) == [
        "case.yaml", "timeline.json", "timeline.txt", "findings.json", "letter-1.txt",
        "letter-1.docx", "letter-2.txt", "index.txt",
    ]  # fmt: skip
    index = found.pop("index.txt").decode()
    for name, blob in found.items():
        assert f"{hashlib.sha256(blob).hexdigest()}  {name}" in index.splitlines()
    assert "letter-2 的信太长" in index
    assert "保管至：2036-12-31" in index
    assert "已办结，诉求人撤回" in index
    assert files(made) == files(made)


def test_the_course_tells_commits_and_signatures() -> None:
    found = dict(files(kept(subject(ACCEPTED, WITHDRAWN, closed("10-14T09:30")))))
    told = json.loads(found["timeline.json"])
    assert told["commit"] == "a" * 40
    first, second, _ = told["timeline"]
    assert first["at"] == "2026-10-13T09:40:00+08:00"
    assert (first["commit"], first["author"]) == ("a" * 40, "clerk@example.org")
    assert first["recorded_at"] == "2026-10-14T10:00:00+08:00"
    assert (first["signature"], first["signed_by"]) == ("good", "clerk@example.org")
    assert {second[key] for key in ("commit", "author", "recorded_at", "signature")} == {None}
    lines = found["timeline.txt"].decode().splitlines()
    assert lines[0].startswith("2026-10-13 09:40  受理  县热线中心")
    assert lines[1].endswith("签名有效（clerk@example.org）")
    assert lines[3].strip() == "没有入库记录"


def test_what_an_order_says_commands_nothing() -> None:
    one = subject(ACCEPTED, {**RETURNED, "reason": "不\u202e属\n于\x9b31m"})
    index = dict(files(kept(one)))["index.txt"].decode()
    assert "\u202e" not in index
    assert "\x9b" not in index


def test_the_label_follows_from_the_dossiers() -> None:
    one = subject(ACCEPTED, ASSIGNED, WITHDRAWN, closed("10-14T09:30"))
    rules = shipped_rules()
    fields = dict(label(Shelf(LEAD, "2026-10"), [kept(one)], rules.registry, rules.calendar))
    assert fields["Bagging-Date"] == "2026-10-14"
    assert fields["Hotline-Commit"] == "a" * 40
    assert fields["Hotline-Policy"] == "registry/policy/2023-06-20.yaml"
    assert "2026年10月办结" in fields["External-Description"]
    assert until_of(fields) == date(2036, 12, 31)


@pytest.mark.parametrize("text", ["", "永久", "2036-13-01", "\x00"], ids=ascii)
def test_a_bag_may_say_no_day(text: str) -> None:
    assert until_of({"Retention-Until": text}) is None
