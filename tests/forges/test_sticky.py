"""The one comment on a pull request."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hotline.doors.forges.connect import sticky
from hotline.doors.forges.sticky import Done
from hotline.findings.printers.markdown import all_is_well, shortened
from tests.forges.bots import SECRET, Direct, Waiting, place
from tests.forges.descriptions import Dialect
from tests.forges.faults import Fault, Schedule
from tests.forges.model import Clock
from tests.forges.served import served
from tests.forges.standin import BOTS, StandIn

DIALECTS: tuple[Dialect, ...] = ("github", "gitea")
FAULTY = "## 工单检查\n\n❌ 错误 1 处。\n\n### cases/x.yaml\n\n| 1 | ❌ S001 | 坏了 |  |\n"
GREEN = "✅ 检查了 3 个文件，没有发现问题。"


class Request:
    """A pull request on a forge, and the check that comments on it."""

    def __init__(self, dialect: Dialect) -> None:
        self.clock = Clock()
        self.standin = StandIn(dialect, self.clock)
        self.number = self.standin.open_issue("改一件工单", "", "clerk", pull=True).number

    def put(self, text: str, *, is_well: bool = False, token: str = "bot-token") -> Done:
        comment = sticky(
            self.standin.dialect, place(self.standin),
            wire=Direct(self.standin, token), clock=Waiting(self.clock),
        )  # fmt: skip
        return comment.put(self.number, text, is_well=is_well)

    @property
    def said(self) -> list[str]:
        """The comments without their first line, the mark."""
        bot = BOTS[self.standin.dialect]
        comments = self.standin.comments_of(self.number)
        return [c.body.split("\n", 1)[1] for c in comments if c.author == bot]


@pytest.fixture(params=DIALECTS)
def request_(request: pytest.FixtureRequest) -> Request:
    return Request(request.param)


def test_one_comment_is_kept_up_to_date(request_: Request) -> None:
    assert request_.put(FAULTY) == "written"
    assert request_.put(FAULTY) == "same"
    assert request_.put(FAULTY + "x") == "updated"
    assert request_.put(GREEN, is_well=True) == "updated"
    assert request_.said == [GREEN]


def test_where_all_is_well_from_the_start_nobody_is_disturbed(request_: Request) -> None:
    assert request_.put(GREEN, is_well=True) == "none"
    assert request_.said == [] and request_.standin.writes == 0


def test_other_peoples_comments_are_left_alone(request_: Request) -> None:
    request_.put(FAULTY)
    copied = request_.standin.comments_of(request_.number)[0].body
    request_.standin.comment(request_.number, copied, by="passer-by")
    request_.standin.comment(request_.number, "> " + copied, by="clerk")
    assert request_.put(FAULTY + "x") == "updated"
    assert [c.body for c in request_.standin.comments_of(request_.number)][1] == copied
    assert request_.said == [FAULTY + "x"]


def test_two_runs_at_once_leave_one_comment(request_: Request) -> None:
    request_.put(FAULTY)
    own = request_.standin.comments_of(request_.number)[0]
    request_.standin.comment(request_.number, own.body, by=own.author.login)
    assert len(request_.said) == 2
    request_.put(FAULTY + "x")
    assert request_.said == [FAULTY + "x"]


@pytest.mark.parametrize("kind", ["cut-after", "502-after", "429"])
def test_a_lost_answer_makes_no_second_comment(request_: Request, kind: str) -> None:
    at = request_.standin.ordinal + 1
    schedule = Schedule(kind, request_.standin.dialect, faults={at: Fault(kind, 5.0)})
    request_.standin.schedule = schedule
    assert request_.put(FAULTY) == "written"
    assert len(request_.said) == 1


def test_a_comment_that_is_not_ours_to_edit_is_somebody_elses(request_: Request) -> None:
    """A stranger was first, with our mark and a green line. The bot says its own."""
    request_.put(FAULTY)
    body = request_.standin.comments_of(request_.number)[0].body
    other = Request(request_.standin.dialect)
    other.standin.comment(other.number, body.split("\n")[0] + "\n✅ 全部合格", by="passer-by")
    handle = other.standin.handle

    def guarded(method: str, target: str, *rest: Any) -> Any:
        first = other.standin.comments_of(other.number)[0].id
        if method == "PATCH" and target.endswith(f"/comments/{first}"):
            return 403, {}, b'{"message": "Must have admin rights to Repository."}'
        return handle(method, target, *rest)

    other.standin.handle = guarded  # type: ignore[method-assign]
    assert other.put(FAULTY) == "written"
    assert other.put(FAULTY + "x") == "updated"
    assert other.said == [FAULTY + "x"]


def test_a_long_text_is_cut_where_a_line_ends_and_keeps_its_verdicts() -> None:
    folded = "<details><summary>信</summary>\n\n" + "> 一行字\n" * 20_000 + "\n</details>\n"
    text = f"## 工单检查\n\n✅ 没有问题。\n\n{folded}\n## 工单检查\n\n❌ 错误 1 处。\n"
    for at_most in (300, 1000, 100_000):
        cut = shortened(text, at_most)
        assert len(cut.encode()) <= at_most
        assert "❌ 错误 1 处。" in cut and all_is_well(cut) is None
        assert cut.count("<details>") == cut.count("</details>")
    assert shortened(text, 10**6) == text


Hotline = Callable[..., tuple[int, str, str]]


def test_the_verb_writes_what_the_check_printed(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    request = Request("gitea")
    text = tmp_path / "comment.md"
    text.write_text(FAULTY, "utf-8")
    with served(request.standin) as url:
        for name, value in place(request.standin, secret=SECRET, api=url).items():
            monkeypatch.setenv(name, value)
        verb = ("comment", str(text), "--pull", str(request.number), "--forge", "gitea")
        code, _, err = hotline(*verb)
        assert (code, err) == (0, f"已写评论（合并请求 {request.number}）\n")
        text.write_text(f"## 工单检查\n\n{GREEN}\n\n## 工单检查\n\n{GREEN}\n", "utf-8")
        assert hotline(*verb)[2] == f"已更新评论（合并请求 {request.number}）\n"
    assert request.said == [GREEN]


def test_the_verb_shortens_for_what_carries_it(hotline: Hotline, tmp_path: Path) -> None:
    text = tmp_path / "comment.md"
    text.write_text(FAULTY + "字" * 100_000 + "\n", "utf-8")
    code, out, _ = hotline("comment", str(text), "--at-most", "1000")
    assert code == 0 and len(out.encode()) <= 1001 and "❌ 错误 1 处。" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-", "--pull", "0", "--forge", "github"), "--pull 12"),
        (("-", "--forge", "github"), "--pull 12"),
        (("没有.md", "--pull", "1", "--forge", "github"), "读不了 没有.md：没有这个文件"),
        (("-", "--pull", "x", "--forge", "github"), "编号"),
    ],
)
def test_wrong_use_says_the_way_out(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FAULTY.encode())))
    code, _, err = hotline("comment", *arguments)
    assert code == 2 and words in err
