"""The plan of issues: one issue per case, nothing written twice, nothing closed by mistake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.doors.forges.files import Files
from hotline.escalation.found import Found
from hotline.escalation.issue import Issue
from hotline.escalation.marker import Marker
from hotline.escalation.plan import Plan, plan
from tests.conftest import DataRepository
from tests.rules.examples import ACCEPTED, ASSIGNED, REPLIED, SIGNED, complete, timed

Run = Callable[..., tuple[int, str, str]]
CASES = [f"LZ-20261013-{number:04d}" for number in range(6)]


def issue(case: str, body: str = "正文", level: str = "unit") -> Issue:
    return Issue(case, level, ("D103",), f"【已超期】{case}", body)


def found(case: str, body: str = "正文", *, is_open: bool = True) -> Found:
    state = "open" if is_open else "closed"
    marker = Marker(case, "", "", state, grounds=("D103",))
    return Found(case, f"【已超期】{case}", body, is_open, marker=marker)


@pytest.mark.parametrize(
    ("wanted", "lies", "unreadable", "action"),
    [
        (issue(CASES[0]), None, (), "open"),
        (issue(CASES[0]), found(CASES[0]), (), "keep"),
        (issue(CASES[0]), found(CASES[0], "旧"), (), "update"),
        (issue(CASES[0]), found(CASES[0], is_open=False), (), "reopen"),
        (None, found(CASES[0]), (), "close"),
        (None, found(CASES[0]), (CASES[0],), "blocked"),
        (None, found(CASES[0], is_open=False), (), None),
    ],
)
def test_what_is_decided(
    wanted: Issue | None, lies: Found | None, unreadable: tuple[str, ...], action: str | None
) -> None:
    made = plan(
        {CASES[0]: wanted} if wanted else {}, {CASES[0]: [lies]} if lies else {}, unreadable
    )
    assert [a.action for a in made.actions] == ([action] if action else [])
    assert made.is_complete == (not unreadable)


bodies = st.dictionaries(st.sampled_from(CASES), st.sampled_from(["甲", "乙"]))
lying = st.dictionaries(
    st.sampled_from(CASES), st.tuples(st.sampled_from(["甲", "乙"]), st.booleans())
)


@given(wanted_bodies=bodies, lying_=lying)
def test_after_the_plan_was_carried_out_nothing_is_left_to_do(
    wanted_bodies: dict[str, str],
    lying_: dict[str, tuple[str, bool]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    root = tmp_path_factory.mktemp("forge")
    forge = Files(root)
    first = {c: issue(c, b) for c, (b, _) in lying_.items()}
    forge.apply(plan(first, {}))
    closed = {c for c, (_, is_open) in lying_.items() if not is_open}
    forge.apply(plan({c: i for c, i in first.items() if c not in closed}, forge.found()))
    wanted = {c: issue(c, b) for c, b in wanted_bodies.items()}
    forge.apply(plan(wanted, forge.found()))
    again = plan(wanted, forge.found())
    assert {a.action for a in again.actions} <= {"keep"}
    assert forge.apply(again) == 0
    assert {c for c, f in forge.found().items() if f[0].is_open} == set(wanted)


def test_closing_more_than_a_third_and_more_than_twenty_needs_a_word() -> None:
    many = {f"LZ-20261013-{n:04d}": [found(f"LZ-20261013-{n:04d}")] for n in range(30)}
    assert plan({}, many).closes_too_much
    few = dict(list(many.items())[:20])
    assert not plan({}, few).closes_too_much
    most_stay = {case: issue(case) for case in list(many)[:9]}
    assert plan(most_stay, many).closes_too_much


def late_case(**header: object) -> dict[str, object]:
    case = complete("- {type: accepted}")
    case.update(header)
    case["events"] = timed([dict(ACCEPTED), dict(ASSIGNED), dict(SIGNED)], case)
    return case


def test_an_overdue_case_gets_one_file_and_loses_it_when_answered(
    repository: DataRepository, hotline: Run
) -> None:
    case = late_case()
    repository.put(case)
    base = ("escalate", "--apply", "--repo", str(repository.root))
    code, out, _ = hotline(*base, "--now", "2026-10-23T09:00:00+08:00")
    assert (code, "新建 1" in out) == (0, True)
    file = repository.root / ".hotline" / "escalation" / f"{case['id']}.md"
    text = file.read_text("utf-8")
    assert (
        "D103" in text
        and "2026-10-22 17:00" in text
        and f"hotline add {case['id']} replied" in text
    )
    before = file.stat().st_mtime_ns
    hotline(*base, "--now", "2026-10-23T16:00:00+08:00")
    assert file.stat().st_mtime_ns == before, "the passing of time alone writes nothing"
    case["events"] = [
        *case["events"],
        *timed([{**REPLIED, "at": "2026-10-23T17:00:00+08:00"}], case),
    ]  # type: ignore[misc]
    repository.put(case)
    _, out, _ = hotline(*base, "--now", "2026-10-23T18:00:00+08:00")
    assert "更新 1" in out, "answered late: that is a ground until the order is closed"
    assert "E194" in file.read_text("utf-8")
    called = {"type": "callback", "reached": True, "process": "satisfied", "result": "satisfied"}
    done = [
        {**called, "at": "2026-10-24T09:00:00+08:00"},
        {"type": "closed", "ground": "satisfied", "at": "2026-10-24T10:00:00+08:00"},
    ]
    case["events"] = [*case["events"], *timed(done, case)]  # type: ignore[misc]
    repository.put(case)
    _, out, _ = hotline(*base, "--now", "2026-10-24T18:00:00+08:00")
    assert "关闭 1" in out
    assert "state: closed" in file.read_text("utf-8")


def test_before_a_unit_has_an_order_the_centre_is_told(
    repository: DataRepository, hotline: Run
) -> None:
    case = late_case()
    case["events"] = case["events"][:1]  # type: ignore[index]
    repository.put(case)
    now = ("--repo", str(repository.root), "--now", "2026-10-16T09:00:00+08:00")
    hotline("escalate", "--apply", *now)
    text = (repository.root / ".hotline" / "escalation" / f"{case['id']}.md").read_text("utf-8")
    assert "请处理：热线管理机构（还没有交办）" in text
    assert "签收（未交办）已超期" in hotline("show", str(case["id"]), *now)[1]


def test_an_issue_says_nothing_personal(repository: DataRepository, hotline: Run) -> None:
    demand = "绝密诉求内容"
    repository.put(late_case(demand=demand, kind="report", title="举报某工地"))
    hotline(
        "escalate", "--apply", "--repo", str(repository.root), "--now", "2026-10-23T09:00:00+08:00"
    )
    written = "".join(p.read_text("utf-8") for p in Path(repository.root, ".hotline").rglob("*.md"))
    assert written and demand not in written and "举报某工地" not in written


def test_a_broken_file_never_closes_its_issue(repository: DataRepository, hotline: Run) -> None:
    path = repository.put(late_case())
    base = (
        "escalate",
        "--apply",
        "--repo",
        str(repository.root),
        "--now",
        "2026-10-23T09:00:00+08:00",
    )
    hotline(*base)
    for broken in (b"id: [", None):
        path.write_bytes(broken) if broken else path.unlink()
        code, out, _ = hotline(*base, "--format", "json")
        assert code == 0
        assert '"blocked"' in out and '"complete": false' in out
    assert "state: open" in next(repository.root.glob(".hotline/escalation/*.md")).read_text(
        "utf-8"
    )


def test_a_plan_knows_whether_it_writes() -> None:
    made: Plan = plan({CASES[0]: issue(CASES[0])}, {CASES[0]: [found(CASES[0])]})
    assert not any(action.writes for action in made.actions)
