"""One trouble at a time, told plainly: what the random schedules only show in the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from hotline.doors.fault import Unavailable
from hotline.doors.forges.issues import Issues
from hotline.escalation.comments import note_of
from hotline.escalation.issue import Issue, key_of
from hotline.escalation.marker import Body, Marker, read
from hotline.escalation.plan import KEEP_CLOSED, plan
from hotline.escalation.report import Report
from tests.forges.bots import SECRET, an_issue, bot, reconcile, wanted
from tests.forges.descriptions import Dialect
from tests.forges.faults import Fault, Happening, Schedule
from tests.forges.model import Clock, User
from tests.forges.model import Issue as Row
from tests.forges.standin import StandIn

DIALECTS: tuple[Dialect, ...] = ("github", "gitea")
ONE = an_issue(1)
MORE = an_issue(
    1, "D103", "E191", level="bureau", title="【提请局督办】LZ-20261013-0001 超期未办理 · 县住建局"
)


class County:
    """A forge at a time, and runs of the bot that let it pass."""

    def __init__(self, dialect: Dialect, **given: float) -> None:
        self.clock = Clock()
        self.standin = StandIn(dialect, self.clock, page_max=10, **given)  # type: ignore[arg-type]

    def run(self, *asked: Issue, **given: str) -> Report:
        report = reconcile(bot(self.standin, self.clock, **given), wanted(*asked))[1]
        assert not self.standin.refused
        return report

    def actions(self, *asked: Issue) -> list[tuple[str, str]]:
        """What a run plans and does: (action, why)."""
        made, report = reconcile(bot(self.standin, self.clock), wanted(*asked))
        assert report.is_sure
        return [(action.action, action.why) for action in made.actions]

    def next_fault(self, kind: str, at: int, seconds: float = 5.0) -> None:
        """Trouble at the ``at``-th request from now."""
        ordinal = self.standin.ordinal + at
        self.standin.schedule = Schedule(
            kind, self.standin.dialect, faults={ordinal: Fault(kind, seconds)}
        )  # fmt: skip

    @property
    def open_rows(self) -> list[Row]:
        return self.standin.open_issues()

    def said(self, number: int) -> list[str]:
        return [comment.body.split("\n")[1] for comment in self.standin.comments_of(number)]


@pytest.fixture(params=DIALECTS)
def county(request: pytest.FixtureRequest) -> Iterator[County]:
    yield County(request.param)


def position(dialect: Dialect, method: str, end: str) -> int:
    """The ordinal of the first such request of a calm first run."""
    calm = County(dialect)
    calm.run(ONE)
    requests = [r for r in calm.standin.requests if r.method == method]
    return next(r.ordinal for r in requests if r.target.split("?")[0].endswith(end))


def test_open_update_close_reopen_is_one_issue(county: County) -> None:
    assert county.actions(ONE) == [("open", "")]
    assert county.actions(ONE) == [("keep", "")]
    assert county.actions(MORE) == [("update", "new_ground")]
    assert county.said(1) == ["新出现的情形："]
    assert county.actions() == [("close", "")]
    assert county.actions() == []
    assert county.actions(ONE) == [("reopen", "again")]
    assert county.said(1) == ["新出现的情形：", "情形再次出现，本提醒重新打开："]
    assert [row.number for row in county.open_rows] == [1]


def test_labels_follow_the_level(county: County) -> None:
    county.run(ONE)
    assert set(county.open_rows[0].label_names) == {"热线升级", "升级：承办单位"}
    county.standin.add_label(1, "重点")
    county.run(MORE)
    assert set(county.open_rows[0].label_names) == {"热线升级", "升级：局督办", "重点"}


@pytest.mark.parametrize("kind", ["cut-after", "timeout-after", "502-after", "broken-json"])
@pytest.mark.parametrize("lag", [0.0, 60.0])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_lost_answer_is_looked_for_not_sent_again(
    dialect: Dialect, lag: float, kind: str
) -> None:
    county = County(dialect, lag=lag)
    county.next_fault(kind, position(dialect, "POST", "/issues"))
    report = county.run(ONE)
    assert report.is_sure and len(county.standin.issues) == 1


@pytest.mark.parametrize("kind", ["cut-before", "502-before", "html"])
def test_what_cannot_be_known_is_said_and_repaired_by_the_next_run(
    county: County, kind: str
) -> None:
    county.next_fault(kind, position(county.standin.dialect, "POST", "/issues"))
    started = county.clock()
    report = county.run(ONE)
    assert report.unknown == [ONE.case] and not county.standin.issues
    assert 60 < county.clock() - started < 120, "as long as a list may lag, and not for ever"
    assert county.run(ONE).is_sure
    assert len(county.open_rows) == 1


@pytest.mark.parametrize("dialect", DIALECTS)
def test_two_runs_at_once_end_in_one_issue(dialect: Dialect) -> None:
    """The other run lies between any two requests of this one."""
    for at in count():
        county = County(dialect)
        schedule = Schedule("twin", dialect, happenings={at: Happening("second-bot")})
        county.standin = StandIn(
            dialect, county.clock, schedule=schedule, happen=lambda _, c=county: c.run(ONE)
        )  # fmt: skip
        assert county.run(ONE).is_sure
        assert [row.number for row in county.open_rows] == [1], at
        assert county.actions(ONE) == [("keep", "")]
        if at > county.standin.ordinal:
            assert at > 10
            return


def test_a_duplicate_is_closed_with_a_link(county: County) -> None:
    county.run(ONE)
    county.standin.open_issue(ONE.title, county.standin.issue(1).body, by=bot_login(county))
    assert county.actions(ONE) == [("keep", ""), ("close_duplicate", "")]
    twin = county.standin.issue(2)
    assert (twin.state, "与 #1 重复" in twin.body) == ("closed", True)


def bot_login(county: County) -> str:
    return county.standin.issue(1).author.login


def test_a_persons_closing_is_taken_back_once(county: County) -> None:
    county.run(ONE)
    county.standin.close(1)
    assert county.actions(ONE) == [("reopen", "taken_back")]
    assert county.said(1) == ["本提醒被人工关闭，但情形仍在，所以重新打开一次："]
    county.standin.close(1)
    assert county.actions(ONE) == [("blocked", "closed_twice")]
    assert county.actions(ONE) == [("blocked", "closed_twice")]
    assert county.actions(MORE) == [("reopen", "new_ground")], "that was not what they closed"


def test_a_closing_with_the_label_holds_while_its_ground_stands(county: County) -> None:
    county.run(ONE)
    county.standin.add_label(1, KEEP_CLOSED)
    county.standin.close(1)
    assert county.actions(ONE) == [("keep", "")]
    assert county.actions(MORE) == [("reopen", "new_ground")]
    assert KEEP_CLOSED not in county.open_rows[0].label_names


def test_a_ground_that_ended_under_a_persons_closing_may_come_again(county: County) -> None:
    county.run(ONE)
    county.standin.add_label(1, KEEP_CLOSED)
    county.standin.close(1)
    assert county.actions() == [("update", "settled")]
    assert county.actions() == []
    assert county.actions(ONE) == [("reopen", "again")]


def test_what_people_write_around_our_part_stays(county: County) -> None:
    county.run(ONE)
    county.standin.edit_body(
        1, f"已电话催办。\r\n\r\n{county.standin.issue(1).body}\r\n\r\n另见会议纪要。"
    )
    assert county.actions(ONE) == [("keep", "")]
    county.run(MORE)
    body = county.standin.issue(1).body
    assert body.startswith("已电话催办。") and body.endswith("另见会议纪要。") and "E191" in body


def test_what_people_change_in_our_part_is_mended(county: County) -> None:
    """Title and mark too, as long as another issue of the bot tells who the bot is."""
    county.run(ONE, an_issue(2))
    county.standin.retitle(1, "没事了")
    county.standin.edit_body(1, county.standin.issue(1).body.replace("：D103", "：已办"))
    assert county.actions(ONE, an_issue(2)) == [("update", ""), ("keep", "")]
    assert county.standin.issue(1).title == ONE.title and "D103" in county.standin.issue(1).body


def test_a_mark_that_was_taken_away_is_put_back(county: County) -> None:
    county.run(ONE, an_issue(2))
    county.standin.edit_body(2, "没有标记了")
    assert county.actions(ONE, an_issue(2)) == [("keep", ""), ("update", "")]
    assert read(county.standin.issue(2).body).marker


def test_a_locked_issue_is_updated_without_a_comment(county: County) -> None:
    county.run(ONE)
    county.standin.lock(1)
    assert county.run(MORE).is_sure
    assert county.standin.issue(1).title == MORE.title and not county.said(1)


def test_a_damaged_mark_is_not_believed(county: County) -> None:
    """Somebody writes into it that it was closed by the bot, for grounds that do not stand."""
    county.run(ONE, an_issue(2))
    county.standin.edit_body(1, county.standin.issue(1).body.replace("state=open", "state=closed"))
    assert county.actions(ONE, an_issue(2)) == [("update", ""), ("keep", "")]


@pytest.mark.parametrize("what", ["delete", "transfer"])
def test_an_issue_that_is_gone_is_opened_anew(county: County, what: str) -> None:
    county.run(ONE)
    getattr(county.standin, what)(1)
    assert county.actions(ONE) == [("open", "")]
    assert [row.number for row in county.open_rows] == [2]
    assert county.actions(ONE) == [("keep", "")]


def test_an_issue_that_goes_while_it_is_written_is_reported(county: County) -> None:
    county.run(ONE)
    forge = bot(county.standin, county.clock)
    made = plan(wanted(MORE), forge.found([MORE.case]))
    county.standin.delete(1)
    report = forge.apply(made)
    assert not report.is_sure and report.left[0][0] == ONE.case
    assert county.run(MORE).is_sure and len(county.open_rows) == 1


def test_a_row_that_slips_between_two_pages_is_not_opened_again() -> None:
    """Somebody deletes an issue while the pages are read: all later rows move up by one."""
    county = County("github")
    county.standin.page_max = 2
    asked = [an_issue(number) for number in range(1, 6)]
    county.run(*asked)
    start = county.standin.ordinal
    county.standin.schedule = Schedule(
        "slip", "github", happenings={start + 1: Happening("delete")}
    )
    county.standin._coming = sorted(county.standin.schedule.happenings.items())
    county.run(*asked[1:])
    assert sorted(row.number for row in county.open_rows) == [2, 3, 4, 5]


def test_a_list_that_cannot_be_read_to_its_end_closes_nothing(county: County) -> None:
    county.run(ONE, an_issue(2))
    start = county.standin.ordinal
    faults = {start + n: Fault("502-before") for n in range(50)}
    county.standin.schedule = Schedule("dead", county.standin.dialect, faults=faults)
    with pytest.raises(Unavailable):
        county.run()
    assert len(county.open_rows) == 2


def test_without_labels_the_issue_is_opened_all_the_same(county: County) -> None:
    """A token that may write issues but no labels."""
    position_of = position(county.standin.dialect, "POST", "/labels")
    county.next_fault("redirect", position_of)
    assert county.run(ONE).is_sure
    assert len(county.open_rows) == 1


# --- who we are --------------------------------------------------------------------------


def unkeyed(county: County, token: str = "bot-token") -> Issues:
    return bot(county.standin, county.clock, secret="", token=token)


def go(forge: Issues, *asked: Issue) -> Report:
    return reconcile(forge, wanted(*asked))[1]


def test_without_a_key_another_account_stops_before_it_makes_everything_twice(
    county: County,
) -> None:
    """An administrator tried it once with his own token; then the workflow takes over."""
    county.standin.tokens["admin"] = User("admin", 303, writer=True)
    assert go(unkeyed(county, "admin"), ONE, an_issue(2)).is_sure
    for _ in range(3):
        report = go(unkeyed(county), ONE, an_issue(2), an_issue(3))
        assert "HOTLINE_MARKER_KEY" in report.stopped
        assert len(county.standin.issues) == 3, "one was tried, and closed again"
        assert len(county.open_rows) == 2
    report = county.run(ONE, an_issue(2), an_issue(3))
    assert report.is_sure, "with a key the two can be told apart"


def test_without_a_key_a_forgery_made_beforehand_cannot_flood(county: County) -> None:
    forged = Marker("LZ-20261013-0009", key_of("LZ-20261013-0009"), county.standin.repository)
    county.standin.open_issue("求助", Body(None, "").with_ours(forged, "无"), by="passer-by")
    for _ in range(3):
        assert go(unkeyed(county), ONE, an_issue(2)).stopped
    assert len(county.standin.issues) == 2


def test_with_a_key_another_account_goes_on(county: County) -> None:
    county.standin.tokens["admin"] = User("admin", 303, writer=True)
    assert go(bot(county.standin, county.clock, token="admin"), ONE).is_sure
    assert county.actions(ONE, an_issue(2)) == [("keep", ""), ("open", "")]
    assert county.actions(ONE, an_issue(2)) == [("keep", ""), ("keep", "")]


@pytest.mark.parametrize("kind", ["cut-before", "500-before"])
def test_a_copy_of_a_mark_that_names_no_author_yet_is_never_taken_in(
    county: County, kind: str
) -> None:
    """The first issue was made, and the run died before it wrote its author into the mark."""
    at = position(county.standin.dialect, "PATCH", "/issues/1")
    faults = {county.standin.ordinal + at + n: Fault(kind) for n in range(30)}
    county.standin.schedule = Schedule(kind, county.standin.dialect, faults=faults)
    assert not county.run(ONE).is_sure
    county.standin.schedule = Schedule("calm", county.standin.dialect)
    county.standin.open_issue(ONE.title, county.standin.issue(1).body, by="passer-by")
    assert county.actions(ONE) == [("keep", "")]
    assert read(county.standin.issue(1).body).marker.by == str(county.standin.issue(1).author.id)  # type: ignore[union-attr]
    assert county.standin.issue(2).state == "open", "the copy is left alone"
    county.standin.open_issue(an_issue(2).title, "", by="passer-by")
    assert county.actions(ONE, an_issue(2)) == [("keep", ""), ("open", "")]


def test_a_ground_that_comes_again_is_told_again(county: County) -> None:
    for times in range(1, 4):
        county.run(ONE)
        county.run()
        assert len(county.said(1)) == times - 1
    county.run(ONE)
    for times in range(1, 4):
        county.run(MORE)
        county.run(ONE)
        assert len([s for s in county.said(1) if s == "新出现的情形："]) == times


def test_what_a_person_wrote_under_a_title_in_brackets_is_not_ours(county: County) -> None:
    """The bot's token is a person's own, and he asks about an order."""
    county.run(ONE)
    county.standin.open_issue("【请示】LZ-20261013-0002 怎么答复", "请指示。", by=bot_login(county))
    assert county.actions(ONE, an_issue(2)) == [("keep", ""), ("open", "")]
    assert county.standin.issue(2).body == "请指示。"


def test_a_text_that_lost_its_mark_is_kept_below_ours(county: County) -> None:
    county.run(ONE, an_issue(2))
    county.standin.edit_body(2, "会议纪要：已定方案。")
    county.run(ONE, an_issue(2))
    body = county.standin.issue(2).body
    assert read(body).marker and body.endswith("会议纪要：已定方案。")


@pytest.mark.parametrize("what", ["level=foo", "state=foo", "level=none"])
def test_a_mark_that_says_nonsense_is_a_damaged_one(county: County, what: str) -> None:
    go(unkeyed(county), ONE, an_issue(2))
    name, value = what.split("=")
    body = county.standin.issue(1).body
    county.standin.edit_body(1, re.sub(rf"{name}=\w+", f"{name}={value}", body))
    assert go(unkeyed(county), ONE, an_issue(2)).is_sure
    assert len(county.open_rows) == 2


def test_one_issue_that_cannot_be_written_keeps_no_other_waiting(county: County) -> None:
    county.run(ONE)
    handle = county.standin.handle

    def stubborn(method: str, target: str, *rest: Any) -> Any:
        if "/issues/1/comments" in target:
            county.standin.ordinal += 1
            return 500, {}, b"{}"
        return handle(method, target, *rest)

    county.standin.handle = stubborn  # type: ignore[method-assign]
    report = go(bot(county.standin, county.clock), MORE, an_issue(2), an_issue(3))
    assert [case for case, _ in report.left] == [ONE.case]
    assert len(county.open_rows) == 3


def test_a_forge_that_takes_our_marks_away_is_not_flooded(county: County) -> None:
    handle = county.standin.handle

    def cleaning(*request: Any) -> Any:
        status, headers, body = handle(*request)
        return status, headers, re.sub(rb"<!--.*?-->", b"", body)

    county.standin.handle = cleaning  # type: ignore[method-assign]
    report = go(bot(county.standin, county.clock), ONE, an_issue(2), an_issue(3))
    assert "标记" in report.stopped and len(county.standin.issues) == 1


@pytest.mark.parametrize("secret", [SECRET, ""], ids=["keyed", "unkeyed"])
def test_a_copy_made_while_the_answer_is_looked_for_is_not_taken_for_it(
    county: County, secret: str
) -> None:
    """The answer to the POST was lost; before the list is read, somebody copies what was made."""
    go(bot(county.standin, county.clock, secret=secret), an_issue(2))
    at = county.standin.ordinal + position_of_next_post(county)
    standin, kind = county.standin, "cut-after"
    standin.schedule = Schedule(kind, standin.dialect, faults={at: Fault(kind)})

    def copied(_: Happening) -> None:
        standin.open_issue(ONE.title, standin.issue(2).body, by="passer-by")

    standin._coming, standin.happen = [(at + 1, Happening("outsider-copies-marker"))], copied
    assert go(bot(standin, county.clock, secret=secret), ONE, an_issue(2)).is_sure
    assert standin.issue(2).state == standin.issue(3).state == "open"
    assert standin.issue(3).body == standin.issue(3).body.replace("state=foreign", "")
    again = go(bot(standin, county.clock, secret=secret), ONE, an_issue(2))
    assert again.is_sure and again.written == 0
    assert standin.issue(3).author.login == "passer-by" and len(standin.issues) == 3


def position_of_next_post(county: County) -> int:
    """How many requests the next run makes before it opens an issue, tried on a twin."""
    twin = County(county.standin.dialect)
    twin.run(an_issue(2))
    start = twin.standin.ordinal
    twin.run(ONE, an_issue(2))
    posts = [r for r in twin.standin.requests if r.ordinal >= start and r.method == "POST"]
    return posts[0].ordinal - start


def test_without_a_key_nobody_can_keep_a_comment_back(county: County) -> None:
    """The note in the first line can be computed by anyone; whoever writes it is not the bot."""
    go(unkeyed(county), ONE)
    forge = unkeyed(county)
    made = plan(wanted(MORE), forge.found([MORE.case]))
    note = f"<!-- hotline-note {note_of(made.actions[0])} -->"
    county.standin.comment(1, f"{note}\n没事。", by="passer-by")
    assert forge.apply(made).is_sure
    assert county.said(1) == ["没事。", "新出现的情形："]
