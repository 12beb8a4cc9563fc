"""The audit's page: what is wrong at a glance, and each kind of fault of a commit once."""

from __future__ import annotations

from hotline.audit.judge import Fault
from hotline.pages.history import SHOWN, Audit, delay
from hotline.values.finding import Finding, Severity
from tests.support import at


def fault(code: str, commit: str, path: str = "", severity: Severity = "error") -> Fault:
    return Fault(Finding(code, severity, path, "words", "art. 12"), commit, "a@example.org")


def test_what_one_commit_did_to_many_orders_is_told_once() -> None:
    faults = [fault("A004", "c1", f"cases/{n}") for n in range(300)] + [fault("A001", "c2")]
    audit = Audit("h", 2, 300, faults)
    assert [(f.finding.code, count) for f, count in audit.shown] == [("A001", 1), ("A004", 300)]
    assert (audit.errors, audit.warnings) == (301, 0)


def test_errors_stand_before_warnings_and_the_newest_first() -> None:
    faults = [fault("A001", "old"), fault("A005", "mid", severity="warning"), fault("A001", "new")]
    shown = [(f.finding.code, f.commit) for f, _ in Audit("h", 3, 1, faults).shown]
    assert shown == [("A001", "new"), ("A001", "old"), ("A005", "mid")]


def test_the_list_is_bounded() -> None:
    faults = [fault("A001", f"c{n}") for n in range(SHOWN + 50)]
    assert len(Audit("h", 1, 1, faults).shown) == SHOWN


def test_delays_in_words() -> None:
    start = at("2026-10-13T09:00")
    told = {
        "2026-10-13T09:00": "当时入库", "2026-10-13T08:58": "当时入库",
        "2026-10-13T09:59": "59 分钟后入库", "2026-10-13T10:00": "1 小时后入库",
        "2026-10-15T08:59": "47 小时后入库", "2026-10-15T09:00": "2 天后入库",
    }  # fmt: skip
    assert {when: delay(start, at(when)) for when in told} == told
