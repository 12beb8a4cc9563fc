"""Edges that were once wrong. Each test is the case it is about."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from hotline.findings.engine import Judged
from hotline.procedure.clocks import status
from hotline.procedure.derivation import derive
from hotline.procedure.due import after_limit
from hotline.procedure.identity import event_id
from hotline.procedure.policy import Limit
from tests.conftest import DataRepository
from tests.rules.examples import CALLBACK, REPLIED, complete
from tests.support import at, judge, plain, shipped_rules

Run = Callable[..., tuple[int, str, str]]
NOW = "2026-10-14T11:00:00+08:00"
REPLY = json.dumps(REPLIED, ensure_ascii=False)
CALL = json.dumps(CALLBACK, ensure_ascii=False)
REDO = "{type: redo_ordered, reason: 未解决, cause: dissatisfied}"


def judged(events: str, now: str = NOW, **header: Any) -> Judged:
    return judge({**complete(events), **header}, at(now))


def errors(found: Judged) -> list[str]:
    return [f.code for f in found.findings if f.severity == "error"]


@pytest.mark.parametrize(
    "event",
    [
        "{type: deadline_set, law: 某法, due_on: 2022-12-31}",
        "{type: interim_requested, ground: complex, situation: a, next_steps: b, promised_on: 2020-01-01}",
        "{type: extension_requested, statutory: {law: 某法, due_on: 2006-06-01}, reason: a, petitioner_informed: true}",
    ],
)
def test_a_day_long_ago_stops_nothing(event: str) -> None:
    decided = (
        "{type: interim_decided, approved: true}"
        if "interim" in event
        else "{type: urged, text: a}"
    )
    assert judged(f"- {event}\n- {decided}").subject is not None


def test_a_limit_before_the_first_schedule_is_provisional() -> None:
    calendar = shipped_rules().calendar
    assert (
        calendar.nth_working_day_after(at("2022-05-06T09:00").date(), 1).isoformat() == "2022-05-09"
    )
    assert calendar.is_provisional(at("2022-05-06T09:00").date())


def test_an_erased_report_needs_no_demand() -> None:
    case = complete(
        f"- {REPLY}\n- {CALL}\n- {{type: closed, ground: satisfied}}\n"
        "- {type: erasure_approved, ground: person_asked, reason: 本人申请}\n- {type: erased}"
    )
    del case["demand"]
    assert errors(judge({**case, "kind": "report"}, at("2026-10-14T11:00:00+08:00"))) == []


def test_a_withdrawal_closes_as_withdrawn_and_not_otherwise() -> None:
    story = f"- {REPLY}\n- {REDO}\n- {{type: withdrawn, reason: 已自行解决}}\n- {{type: closed, ground: %s}}"
    assert errors(judged(story % "lawful_reply")) == ["W042"]
    assert errors(judged(story % "withdrawn")) == []


def test_a_callback_about_an_answer_that_was_sent_back_is_no_ground() -> None:
    again = f"- {REPLY}\n- {CALL}\n- {REDO}\n- {REPLY}"
    assert errors(judged(f"{again}\n- {{type: closed, ground: satisfied}}")) == ["W040"]
    assert errors(judged(f"{again}\n- {CALL}\n- {{type: closed, ground: satisfied}}")) == []


def test_a_corrected_request_does_not_make_an_overdue_reply_met() -> None:
    case = complete(
        "dispatched_at: 2026-03-09T10:00:00+08:00\nevents:\n- {type: accepted, at: 2026-03-09T10:10:00+08:00}\n"
        "- {type: assigned, at: 2026-03-09T10:20:00+08:00, lead: housing-bureau, support: [], basis: clear}\n"
        "- {type: signed, at: 2026-03-09T11:00:00+08:00}\n"
        "- {type: interim_requested, at: 2026-03-18T17:00:01+08:00, ground: complex, situation: a, next_steps: b, promised_on: 2026-05-01}\n"
        "- {type: interim_decided, at: 2026-03-19T09:00:00+08:00, approved: true}"
    )
    request = event_id(plain(case["events"][3]))
    case["events"].append(
        {
            "at": "2026-03-20T09:00:00+08:00", "by": "hotline-center", "type": "corrected", "event": request,
            "field": "at", "value": "2026-03-18T16:59:00+08:00", "reason": "笔误",
        }
    )  # fmt: skip
    found = judge(case, at("2026-03-23T09:00:00+08:00"))
    assert found.subject is not None
    reply = next(clock for clock in found.subject.clocks if clock.name == "reply")
    assert status(reply, found.subject.now, shipped_rules().calendar) == "overdue"


def test_a_support_unit_is_never_overdue_before_it_was_asked() -> None:
    found = judged(
        f"- {REPLY}\n- {REDO}\n"
        "- {type: return_requested, reason: a, legal_basis: b, suggested_unit: water-bureau}\n"
        "- {type: return_decided, approved: true, opinion: 同意}\n"
        "- {type: assigned, at: 2026-11-02T11:10:00+08:00, lead: water-bureau, support: [tianchi-street], basis: clear}",
        "2026-11-02T11:20:00+08:00",
    )
    assert found.subject is not None
    support = next(clock for clock in found.subject.clocks if clock.name == "support")
    assert support.due_at > support.started_at


def test_the_lead_among_the_support_is_one_fault() -> None:
    found = judged(
        "- {type: accepted}\n- {type: assigned, lead: housing-bureau, support: [housing-bureau], basis: clear}\n"
        "- {type: signed}",
        "2026-11-10T09:00:00+08:00",
    )
    assert [f.code for f in found.findings] == ["W010", "D103", "E191"]


def test_two_complaints_wait_for_one_screening() -> None:
    bad = CALL.replace('"satisfied"', '"dissatisfied"')
    found = judged(
        f"- {REPLY}\n- {bad}\n- {bad}\n- {{type: screening_requested, ground: beyond_law, statement: a}}"
    )
    assert found.subject is not None
    assert [clock.name for clock in found.subject.clocks].count("screening") == 1


def test_raising_the_urgency_hides_no_late_first_response() -> None:
    found = judged(
        "urgency: special\nevents:\n- {type: accepted}\n"
        "- {type: assigned, lead: housing-bureau, support: [], basis: clear}\n"
        "- {type: reclassified, at: 2026-10-13T12:00:00+08:00, urgency: emergency, reason: 升级}\n"
        "- {type: first_response, at: 2026-10-13T12:30:00+08:00, text: 已派员}"
    )
    assert found.subject is not None
    clock = next(c for c in found.subject.clocks if c.name == "first_response")
    assert [(lapse.since.hour, lapse.until.hour) for lapse in clock.lapses] == [(11, 12)]


def test_a_linked_order_that_cannot_be_read_still_exists(
    repository: DataRepository, hotline: Run
) -> None:
    linked = complete(
        "- {type: accepted}\n- {type: linked, cases: [LZ-20261012-0001], same: problem}"
    )
    repository.put(linked)
    broken = repository.root / "cases" / "2026" / "10" / "LZ-20261012-0001.yaml"
    broken.write_text("id: [\n", "utf-8")
    _, out, _ = hotline("check", "--repo", str(repository.root), "--now", NOW, "--format", "json")
    assert {f["code"] for f in json.loads(out)["findings"] if f["severity"] == "error"} == {"S001"}


@pytest.mark.parametrize(
    "name", ["../../../etc-20261013-passwd", "LZ-20261013-0007/../x", "../LZ-20261013-0007"]
)
def test_an_id_never_leads_out_of_the_repository(
    repository: DataRepository, hotline: Run, name: str
) -> None:
    code, out, err = hotline("show", name, "--repo", str(repository.root))
    assert (code, out) == (2, "")
    assert "没有工单" in err


class TestOwnSchema:
    @pytest.mark.parametrize("text", ["{not json", '{"type": "nosuch"}'])
    def test_a_broken_one_is_told(
        self, repository: DataRepository, hotline: Run, text: str
    ) -> None:
        (repository.root / "schema").mkdir()
        (repository.root / "schema" / "case.schema.json").write_text(text, "utf-8")
        code, _, err = hotline("check", "--repo", str(repository.root))
        assert (code, "不是合法的 JSON Schema" in err) == (2, True)

    def test_a_weaker_one_allows_nothing_more(
        self, repository: DataRepository, hotline: Run
    ) -> None:
        (repository.root / "schema").mkdir()
        (repository.root / "schema" / "case.schema.json").write_text('{"type": "object"}', "utf-8")
        case = complete("- {type: accepted}")
        del case["kind"]
        repository.put(case)
        _, out, _ = hotline(
            "check", "--repo", str(repository.root), "--now", NOW, "--format", "json"
        )
        assert [f["code"] for f in json.loads(out)["findings"]] == ["S010"]


def test_a_limit_without_its_article_is_told(repository: DataRepository, hotline: Run) -> None:
    policy = repository.root / "registry" / "policy" / "2023-06-20.yaml"
    text = policy.read_text("utf-8")
    policy.write_text(
        text.replace("{working_hours: 5, article: art. 7-1}", "{working_hours: 5}"), "utf-8"
    )
    code, _, err = hotline("check", "--repo", str(repository.root))
    assert (code, "article" in err) == (2, True)


def test_trusting_another_registry_does_not_hide_a_broken_one(
    repository: DataRepository, hotline: Run
) -> None:
    base = repository.commit()
    policy = repository.root / "registry" / "policy" / "2023-06-20.yaml"
    policy.write_text("effective: [broken\n", "utf-8")
    code, out, _ = hotline(
        "check", "--repo", str(repository.root), "--since", base, "--trust", base
    )
    assert (code, "registry/policy/2023-06-20.yaml" in out) == (1, True)


def test_many_days_are_told_as_stretches_that_can_be_counted_again() -> None:
    """A promise of seven weeks was fifty dates in a row, which nobody counts."""
    calendar = shipped_rules().calendar
    days = Limit(12, "working_days", "art. 7-1")
    told = derive(after_limit(days, at("2026-09-24T10:00"), calendar), calendar)
    assert (
        "计入 9月28日至9月30日（3天）、10月8日至10月10日（3天）、10月12日至10月16日（5天）、10月19日，共 12 个工作日"
        in told.text
    )
    assert len(told.counted) == 12
    few = derive(
        after_limit(Limit(2, "working_days", "art. 7-1"), at("2026-09-24T10:00"), calendar),
        calendar,
    )
    assert "计入 9月28日、9月29日；" in few.text
