"""The forge ``file``: one Markdown file per issue, for a county without a forge and for
looking at a plan before it is carried out."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from hotline.doors import disk
from hotline.doors.fault import Unavailable
from hotline.escalation.found import Found
from hotline.escalation.marker import Marker
from hotline.escalation.plan import Action, Plan

FOLDER = Path(".hotline") / "escalation"
_HEAD = re.compile(
    r"---\ncase: (\S+)\nkey: ([0-9a-f]{16})\nlevel: (unit|bureau|county|accountability)\nstate: (open|closed)\n"
    r"(?:grounds: ([A-Z0-9,]*)\n)?---\n# ([^\n]*)\n\n",
    re.S,
)


class Files:
    """Issues as files below the repository's ``.hotline/escalation/``."""

    def __init__(self, root: Path) -> None:
        self.folder = root / FOLDER

    def found(self, wanted: Collection[str] = ()) -> dict[str, list[Found]]:
        """The issues that lie there, by case. What is no plain file, or none of ours, is as if
        it were not there."""
        issues: dict[str, list[Found]] = {}
        if any(part.is_symlink() for part in (self.folder, self.folder.parent)):
            raise Unavailable(f"{FOLDER.as_posix()} 是链接，不往链接里写；请删去链接，用普通文件夹")
        for path in sorted(self.folder.glob("*.md")) if self.folder.is_dir() else ():
            if path.is_symlink() or not path.is_file():
                continue
            try:
                text = path.read_text("utf-8")
            except OSError as error:
                raise Unavailable(f"读不了 {path}：{disk.reason(error)}") from error
            except UnicodeDecodeError:
                continue
            head = _HEAD.match(text)
            if head is not None and path.stem == head[1]:
                issues[head[1]] = [_found(head, text[head.end() :])]
        return issues

    def apply(self, plan: Plan) -> int:
        """Carries the plan out; says how many files were written."""
        return sum(self._write(action) for action in plan.actions if action.writes)

    def _write(self, action: Action) -> bool:
        path = self.folder / f"{action.case}.md"
        if action.issue is not None:
            state, title, body = "open", action.issue.title, action.issue.body
        elif action.found is not None:
            state, title, body = "closed", action.found.title, action.found.text
        else:
            return False
        head = (
            f"---\ncase: {action.case}\nkey: {action.key}\nlevel: {action.level}\n"
            f"state: {state}\ngrounds: {','.join(action.grounds)}\n---\n"
        )
        return disk.write(path, f"{head}# {title}\n\n{body.strip()}\n".encode())


def _found(head: re.Match[str], text: str) -> Found:
    case, key, level, state, grounds, title = head.groups()
    told = tuple(filter(None, (grounds or "").split(",")))
    marker = Marker(case, key, "", state, level, told)
    return Found(case, title, text, state == "open", level, marker=marker)
