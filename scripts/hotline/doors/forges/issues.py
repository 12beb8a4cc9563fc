"""Carries a plan out on a forge: at most one open issue per case, whatever the forge does."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace

from hotline.doors.fault import Unavailable
from hotline.doors.forges.dialect import Comment, Dialect, Label, Reason, Ref
from hotline.doors.forges.patience import Patient, Refused
from hotline.doors.forges.tracker import SETTLE, Tracker
from hotline.doors.forges.wire import Lost
from hotline.escalation.comments import comment_of, note_of
from hotline.escalation.found import Found, Judge, Row
from hotline.escalation.issue import Issue, key_of
from hotline.escalation.marker import Body, Marker, read
from hotline.escalation.plan import KEEP_CLOSED, Action, Plan, duplicates
from hotline.escalation.report import Report

ALL = "热线升级"
LEVEL_LABELS = {
    "unit": "升级：承办单位",
    "bureau": "升级：局督办",
    "county": "升级：县督办",
    "accountability": "升级：追责线索",
}
LABELS = (
    Label(ALL, "5319e7", "由 hotline 自动维护，请勿手工新建"),
    Label(LEVEL_LABELS["unit"], "fbca04", "时限将到或已过"),
    Label(LEVEL_LABELS["bureau"], "d93f0b", "办法第十九条"),
    Label(LEVEL_LABELS["county"], "b60205", "办法第二十条"),
    Label(LEVEL_LABELS["accountability"], "5c0000", "办法第二十一条，仅为线索"),
    Label(KEEP_CLOSED, "c2e0c6", "先加本标签再关闭的提醒，情形仍在也不再打开"),
)
MOST_NEW = 400
"""New issues of one run where the forge limits them (GitHub: 500 an hour)."""
_LOSSES = 3
"""Lost answers in a row after which a run writes nothing more."""


class Issues:
    """The bot's issues in one repository of a forge."""

    def __init__(
        self, dialect: Dialect, patient: Patient, judge: Judge, nonce: Callable[[], str]
    ) -> None:
        self.tracker = Tracker(dialect, patient)
        self.judge = judge
        self.nonce = nonce
        self.rows: dict[int, Row] = {}
        self._author = ""
        self._awaited: dict[str, Action] = {}
        self._losses = 0

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
        own = [f for lying in found.values() for f in lying if f.marker and f.marker.by]
        self._author = own[-1].marker.by if own and own[-1].marker else ""
        return found

    def apply(self, plan: Plan) -> Report:
        """Carries the plan out, what is most serious first. What the forge does not confirm is
        looked for; what cannot be known is reported, and the next run repairs it."""
        report = Report()
        last = self.tracker.last_number
        opened = 0
        try:
            for action in plan.in_order:
                if self._losses >= _LOSSES:
                    report.unknown.append(action.case)
                elif action.action == "open" and opened >= self._most_new:
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

    @property
    def _most_new(self) -> int:
        return MOST_NEW if self.tracker.patient.paced else 1_000_000

    def _carry_out(self, action: Action, report: Report) -> None:
        try:
            if action.action == "open":
                self._open(action, report)
            else:
                self._change(action)
                report.written += 1
            self._losses = 0
        except Lost:
            self._losses += 1
            if action.action != "open":
                report.unknown.append(action.case)
        except Refused as refused:
            if refused.answer.status == 401:
                raise
            report.left.append((action.case, _why(refused)))

    # --- opening ---------------------------------------------------------------------------

    def _open(self, action: Action, report: Report) -> None:
        if action.issue is None:
            return
        issue, nonce = action.issue, self.nonce()
        marker = self._marker(action, nonce=nonce, by=self._author)
        body = Body(None, "").with_ours(marker, issue.body)
        refs = self.tracker.refs(LABELS)
        labels = [refs[name] for name in _labels_of(issue.level) if name in refs]
        self._awaited[nonce] = action
        try:
            row = self.tracker.create(issue.title, body, labels)
        except Refused:
            del self._awaited[nonce]
            raise
        self._made(row, report)

    def _made(self, row: Row, report: Report) -> None:
        """An issue of ours that certainly exists: its author is the bot."""
        marker = read(row.body).marker
        if marker is None:
            raise Lost(was_sent=True)
        self._awaited.pop(marker.nonce, None)
        self.rows[row.number] = row
        report.written += 1
        if self.judge.secrets and row.author and marker.by != row.author:
            self._author = row.author
            self._sign_author(row, marker)

    def _sign_author(self, row: Row, marker: Marker) -> None:
        """Binds the mark to its author, so that no copy of it can be passed off as ours."""
        signed = replace(marker, by=row.author).signed(self.judge.secrets)
        body = read(row.body)
        text = body.with_ours(signed, body.ours)
        self.rows[row.number] = self.tracker.edit(
            row.number, row.title, text, is_open=row.is_open
        )  # fmt: skip

    def _settle(self, last: int, report: Report) -> None:
        """Looks for what was made without an answer, and closes what another run made twice."""
        for pause in (0.0, *SETTLE):
            self.tracker.patient.clock.sleep(pause)
            fresh = self.tracker.newer_than(last)
            for row in fresh:
                marker = read(row.body).marker
                if marker is not None and marker.nonce in self._awaited:
                    with suppress(Lost):  # only the author's name was not bound to it
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
        if found is None:
            return
        self._label(action, found)
        self._comment(action, found)
        issue, is_open = action.issue, action.issue is not None
        title = issue.title if issue else found.title
        text = issue.body if issue else found.text
        if action.action == "close_duplicate":
            text = f"本提醒与 #{action.keeper} 重复，以 #{action.keeper} 为准。"
        author = self.rows[found.number].author if found.number in self.rows else ""
        marker = self._marker(action, nonce=found.marker.nonce if found.marker else "", by=author)
        self.rows[found.number] = self.tracker.edit(
            found.number, title, found.body.with_ours(marker, text), is_open=is_open,
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
        keep the issue closed away, for it was said of other grounds."""
        issue = action.issue
        if issue is None:
            return
        stale = {name for name in LEVEL_LABELS.values() if name in found.labels}
        stale |= {KEEP_CLOSED} & found.labels if action.action == "reopen" else set()
        missing = LEVEL_LABELS[issue.level] not in found.labels
        stale -= {LEVEL_LABELS[issue.level]}
        if not stale and not (missing and issue.level != found.level):
            return
        refs = self.tracker.refs(LABELS)
        self._permitted(found, refs, missing, stale, issue)

    def _permitted(
        self, found: Found, refs: dict[str, Ref], missing: bool, stale: set[str], issue: Issue
    ) -> None:
        """Labels are a help to the eye: where the forge refuses them, the issue goes on."""
        try:
            if missing and LEVEL_LABELS[issue.level] in refs:
                self.tracker.add_label(found.number, refs[LEVEL_LABELS[issue.level]])
            for name in sorted(stale & refs.keys()):
                self.tracker.drop_label(found.number, refs[name])
        except Refused:
            pass

    def _comment(self, action: Action, found: Found) -> None:
        text = comment_of(action)
        if not text or found.is_locked:
            return
        note = f"<!-- hotline-note {note_of(action, self.judge.secrets)} -->"

        def is_it(comment: Comment) -> bool:
            return comment.body.startswith(note)

        try:
            self.tracker.comment_once(found.number, f"{note}\n{text}", is_it)
        except Refused as refused:
            if refused.answer.status not in (403, 423):  # locked meanwhile
                raise


def _labels_of(level: str) -> tuple[str, ...]:
    return (ALL, LEVEL_LABELS[level])


def _reason(action: Action, *, was_open: bool) -> Reason:
    if action.action == "close_duplicate":
        return "duplicate"
    if action.issue is None:
        return "completed" if was_open else ""
    return "" if was_open else "reopened"


def _why(refused: Refused) -> str:
    """The forge's refusal, and what a person can do about it."""
    status, words = refused.answer.status, refused.answer.message
    known = {
        301: "这条提醒被移到了别的仓库，下次运行会重新建一条",
        401: "令牌无效或已过期，请换一个",
        403: "令牌没有写提醒的权限（需要 issues: write），或者这条提醒被锁定",
        404: "这条提醒刚被删除，下次运行会重新建；若每条都这样，是令牌没有权限",
        410: "这条提醒刚被删除，或者仓库关闭了 Issues 功能",
        422: "平台不接受提醒的内容",
        423: "仓库或提醒被锁定",
    }
    told = known.get(status, "平台拒绝了")
    return f"{told}（{status}{' ' + words[:200] if words else ''}）"
