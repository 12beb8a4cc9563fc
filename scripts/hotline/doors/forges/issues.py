"""Carries a plan out on a forge, so that each case ends in one issue."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace

from hotline.doors.fault import Unavailable
from hotline.doors.forges.dialect import Comment, Dialect, Reason
from hotline.doors.forges.labels import LABELS, LEVEL_LABELS, labels_of
from hotline.doors.forges.patience import Later, NoAnswer, Patient, Refused, said
from hotline.doors.forges.tracker import SETTLE, Tracker
from hotline.doors.forges.wire import Lost
from hotline.escalation.comments import comment_of, note_of
from hotline.escalation.found import Found, Judge, Row
from hotline.escalation.issue import key_of
from hotline.escalation.marker import Body, Marker, read
from hotline.escalation.plan import KEEP_CLOSED, Action, Plan, duplicates
from hotline.escalation.report import Report

MOST_NEW = 400
"""New issues of one run where the forge limits them (GitHub: 500 an hour)."""
_FAILURES = 3
"""Actions in a row without an answer after which a run writes nothing more."""
_ANOTHER_ACCOUNT = (
    "提醒是另一个账号写的，没有密钥分不清是不是自己的，已停下，以免重复。"
    "请设置 HOTLINE_MARKER_KEY，或换回原来的账号并删去编号 #{number} 的提醒"
)
_NO_MARKS = "平台去掉了提醒里的标记（HTML 注释），认不出自己写的提醒，已停下；请换一个平台或设置"


class Issues:
    """The bot's issues in one repository of a forge."""

    def __init__(
        self, dialect: Dialect, patient: Patient, judge: Judge, nonce: Callable[[], str]
    ) -> None:
        self.tracker = Tracker(dialect, patient)
        self.judge = judge
        self.nonce = nonce
        self.rows: dict[int, Row] = {}
        self._awaited: dict[str, Action] = {}
        self._failures = 0

    def close(self) -> None:
        self.tracker.patient.wire.close()

    def found(self, wanted: Collection[str]) -> dict[str, list[Found]]:
        """The bot's issues by case. Where one of ``wanted`` has none, numbers that the list may
        not show yet are looked at too."""
        self.rows = {row.number: row for row in self.tracker.rows()}
        found = self.judge.found(self.rows.values())
        if any(case not in found for case in wanted):
            self.rows |= {row.number: row for row in self.tracker.ahead()}
            found = self.judge.found(self.rows.values())
        return found

    def apply(self, plan: Plan) -> Report:
        """Carries the plan out, what is most serious first. What the forge does not confirm is
        looked for; what cannot be known is reported, and the next run repairs it."""
        report = Report()
        last = self.tracker.last_number
        opened = 0
        try:
            self._make_sure_who_we_are(report)
            for action in plan.in_order:
                if self._failures >= _FAILURES:
                    report.left.append((action.case, "平台接连没有回答，没有再试"))
                elif action.action == "open" and self._is_full(opened):
                    report.postponed += 1
                else:
                    opened += action.action == "open"
                    self._carry_out(action, report)
            if opened:
                self._settle(last, report)
        except Unavailable as fault:
            report.stopped = fault.in_chinese
        report.unknown += [action.case for action in self._awaited.values()]
        return report

    def _is_full(self, opened: int) -> bool:
        return self.tracker.patient.paced and opened >= MOST_NEW

    def _make_sure_who_we_are(self, report: Report) -> None:
        """Before anything is written: another account may have been told to stop, and a mark
        that names no author yet must name him, before somebody copies it."""
        refused = self.judge.was_refused(self.rows.values())
        if refused is not None:
            raise Unavailable(_ANOTHER_ACCOUNT.format(number=refused.number))
        unbound = self.judge.unbound(self.rows.values())
        if unbound is not None:
            self._bind_author(unbound, report)

    def _carry_out(self, action: Action, report: Report) -> None:
        try:
            if action.action == "open":
                self._open(action, report)
            else:
                self._change(action)
                report.written += 1
            self._failures = 0
        except Lost:
            self._failures += 1
            if action.action != "open":
                report.unknown.append(action.case)
        except NoAnswer as fault:
            self._failures += 1
            report.left.append((action.case, fault.in_chinese))
        except Refused as refused:
            if refused.answer.status == 401:
                raise
            report.left.append((action.case, _why(refused)))

    # --- opening ---------------------------------------------------------------------------

    def _open(self, action: Action, report: Report) -> None:
        assert action.issue is not None, "only what is wanted is opened"
        issue, nonce = action.issue, self.nonce()
        marker = self._marker(action, nonce=nonce, by=self._newest_author())
        body = Body(None, "").with_ours(marker, issue.body)
        refs = self.tracker.refs(LABELS)
        labels = [refs[name] for name in labels_of(issue.level) if name in refs]
        self._awaited[nonce] = action
        try:
            row = self.tracker.create(issue.title, body, labels)
        except (Refused, Later, NoAnswer):  # certainly not made
            del self._awaited[nonce]
            raise
        if read(row.body).marker is None:
            del self._awaited[nonce]
            raise Unavailable(_NO_MARKS)
        self._made(row, report)

    def _newest_author(self) -> str:
        """The account under which the bot wrote last, where that is proved."""
        if not self.judge.secrets:
            return ""
        known = self.judge.authors(self.rows.values())
        rows = [row for row in self.rows.values() if row.author in known]
        return max(rows, key=lambda row: row.number).author if rows else ""

    def _made(self, row: Row, report: Report) -> None:
        """An issue of ours that certainly exists: its author is the bot."""
        marker = read(row.body).marker
        if marker is None:
            return
        known = self.judge.authors(self.rows.values())
        self._awaited.pop(marker.nonce, None)
        self.rows[row.number] = row
        report.written += 1
        if self.judge.secrets and marker.by != row.author:
            self._bind_author(row, report)
        elif not self.judge.secrets and known and row.author not in known:
            self._give_up(row, marker)

    def _may_be_ours(self, row: Row) -> bool:
        """Whether an issue with our nonce can be the one whose answer was lost: without a key,
        only where we know its author."""
        known = self.judge.authors(self.rows.values())
        return bool(self.judge.secrets) or not known or row.author in known

    def _bind_author(self, row: Row, report: Report) -> None:
        """Writes the author's id into the mark, so that no copy of it can be passed off as ours."""
        body = read(row.body)
        if body.marker is None or not row.author:
            return
        signed = replace(body.marker, by=row.author).signed(self.judge.secrets)
        try:
            self.rows[row.number] = self.tracker.edit(
                row.number, row.title, body.with_ours(signed, body.ours), is_open=row.is_open
            )
        except (Lost, Refused):
            report.unknown.append(body.marker.case)

    def _give_up(self, row: Row, marker: Marker) -> None:
        """Without a key, the marks of another account cannot be told from forged ones: what was
        just made is closed again, and says so to the runs that follow."""
        body = read(row.body)
        text = body.with_ours(replace(marker, state="foreign"), body.ours)
        with suppress(Lost, Refused):
            self.rows[row.number] = self.tracker.edit(
                row.number, row.title, text, is_open=False, reason="duplicate"
            )
        raise Unavailable(_ANOTHER_ACCOUNT.format(number=row.number))

    def _settle(self, last: int, report: Report) -> None:
        """Looks for what was made without an answer, and closes what another run made twice."""
        for pause in (0.0, *SETTLE):
            self.tracker.patient.clock.sleep(pause)
            # The lowest first: a higher one with the same nonce is somebody's copy.
            for row in sorted(self.tracker.newer_than(last), key=lambda row: row.number):
                marker = read(row.body).marker
                if marker is not None and marker.nonce in self._awaited and self._may_be_ours(row):
                    self._made(row, report)
                else:
                    self.rows.setdefault(row.number, row)
            if not self._awaited:
                break
        for action in duplicates(self.judge.found(self.rows.values())):
            self._carry_out(action, report)

    # --- changing --------------------------------------------------------------------------

    def _change(self, action: Action) -> None:
        found = action.found
        assert found is not None, "only what is there is changed"
        self._label(action, found)
        self._comment(action, found)
        issue = action.issue
        text = issue.body if issue else found.text
        if action.action == "close_duplicate":
            text = f"本提醒与 #{action.keeper} 重复，以 #{action.keeper} 为准。"
        author = self.rows[found.number].author
        marker = self._marker(action, nonce=self.nonce(), by=author)
        self.rows[found.number] = self.tracker.edit(
            found.number, issue.title if issue else found.title,
            found.body.with_ours(marker, text), is_open=issue is not None,
            reason=_reason(action, was_open=found.is_open),
        )  # fmt: skip

    def _marker(self, action: Action, *, nonce: str, by: str) -> Marker:
        issue = action.issue
        states = {"close": "closed", "close_duplicate": "duplicate"}
        state = "closed" if action.why == "settled" else states.get(action.action, "open")
        marker = Marker(
            action.case, key_of(action.case), self.judge.repository, state, action.level,
            issue.grounds if issue else (), action.reopened, by if self.judge.secrets else "", nonce,
        )  # fmt: skip
        return marker.signed(self.judge.secrets)

    def _label(self, action: Action, found: Found) -> None:
        """The label of the level in place of an older one; reopening takes a person's word to
        keep the issue closed away, for it was said of other grounds. Where the forge refuses
        labels, the issue goes on without."""
        issue = action.issue
        if issue is None:
            return
        new = {LEVEL_LABELS[issue.level]}
        stale = (set(LEVEL_LABELS.values()) - new) & found.labels
        stale |= {KEEP_CLOSED} & found.labels if action.action == "reopen" else set()
        missing = new - found.labels if issue.level != found.level or stale else set()
        if not stale and not missing:
            return
        refs = self.tracker.refs(LABELS)
        with suppress(Refused):
            for name in sorted(missing & refs.keys()):
                self.tracker.add_label(found.number, refs[name])
            for name in sorted(stale & refs.keys()):
                self.tracker.drop_label(found.number, refs[name])

    def _comment(self, action: Action, found: Found) -> None:
        text = comment_of(action)
        if not text or found.is_locked:
            return
        note = f"<!-- hotline-note {note_of(action, self.judge.secrets)} -->"
        bot = self.rows[found.number].author

        def is_it(comment: Comment) -> bool:
            return comment.author == bot and comment.body.startswith(note)

        try:
            self.tracker.comment_once(found.number, f"{note}\n{text}", is_it)
        except Refused as refused:
            if refused.answer.status not in (403, 423):  # locked meanwhile
                raise


def _reason(action: Action, *, was_open: bool) -> Reason:
    if action.action == "close_duplicate":
        return "duplicate"
    if action.issue is None:
        return "completed" if was_open else ""
    return "" if was_open else "reopened"


_REFUSALS = {
    301: "这条提醒被移到了别的仓库，下次运行会重新建一条",
    403: "令牌没有写提醒的权限（需要 issues: write），或者这条提醒被锁定",
    404: "这条提醒刚被删除，下次运行会重新建；若每条都这样，是令牌没有权限",
    410: "这条提醒刚被删除，或者仓库关闭了 Issues 功能",
    422: "平台不接受提醒的内容",
    423: "仓库或提醒被锁定",
}


def _why(refused: Refused) -> str:
    """Why the forge would not do one thing, and what a person can do about it."""
    told = _REFUSALS.get(refused.answer.status, "平台拒绝了")
    return f"{told}（{said(refused.answer)}）"
