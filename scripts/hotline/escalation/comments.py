"""What people are told of an issue beside its body: a new ground, a closing taken back."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from hotline.escalation.issue import Issue
from hotline.escalation.plan import KEEP_CLOSED, Action


def comment_of(action: Action) -> str:
    """The comment that goes with an action, empty where it needs none."""
    if action.issue is None or action.action not in ("update", "reopen"):
        return ""
    if action.why == "taken_back":
        return _taken_back(action.issue)
    if not action.news:
        return ""
    head = "情形再次出现，本提醒重新打开：" if action.action == "reopen" else "新出现的情形："
    rows = [f"- {code} {action.issue.words.get(code, '')}" for code in action.news]
    return "\n".join([head, "", *rows, "", f"请处理：{action.issue.told}"])


def note_of(action: Action, secrets: Sequence[bytes] = ()) -> str:
    """16 hex digits that stand for the comment, so that it is not written twice for one turn of
    the issue: the nonce changes with every writing. With a secret, nobody else can write them
    first."""
    marker = action.found.marker if action.found else None
    text = "/".join(["hotline/note", action.case, action.why, marker.nonce if marker else ""])
    return hmac.new(secrets[0] if secrets else b"", text.encode(), hashlib.sha256).hexdigest()[:16]


def _taken_back(issue: Issue) -> str:
    rows = [f"- {code} {words}" for code, words in sorted(issue.words.items())]
    return "\n".join(
        [
            "本提醒被人工关闭，但情形仍在，所以重新打开一次：",
            "",
            *(rows or ["- 时限将到"]),
            "",
            f"办理后如实记录，本提醒会自动关闭。确需不再提醒的，先加标签“{KEEP_CLOSED}”，再关闭。",
        ]
    )
