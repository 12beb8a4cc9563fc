"""Open pull requests that carry a label: what a workflow lands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from hotline.doors.forges.dialect import AnswerIsStrange, Dialect, has_next, label_name, rows_of
from hotline.doors.forges.patience import Patient

_MAX_PAGES = 200
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Pull(NamedTuple):
    """A pull request's number and the commit that its branch stands at."""

    number: int
    commit: str


@dataclass(frozen=True, slots=True)
class Pulls:
    dialect: Dialect
    patient: Patient
    repository: str

    def close(self) -> None:
        self.patient.wire.close()

    def labelled(self, labels: Collection[str], base: str) -> list[Pull]:
        """Those to the branch ``base`` that carry any of ``labels``, the oldest first. Only
        branches of this repository: whoever may not push to it cannot bring in a change after
        somebody has put the label on."""
        found: dict[int, Pull] = {}
        for row in self._rows():
            number, commit = row.get("number"), _at(row, "head", "sha")
            if not isinstance(number, int) or number < 1:
                raise AnswerIsStrange
            names = {label_name(label) for label in row.get("labels") or ()}
            is_ours = _at(row, "head", "repo", "full_name") == self.repository
            if not names & set(labels) or not is_ours or _at(row, "base", "ref") != base:
                continue
            if not isinstance(commit, str) or _COMMIT.fullmatch(commit) is None:
                raise AnswerIsStrange
            found[number] = Pull(number, commit)
        return [found[number] for number in sorted(found)]

    def _rows(self) -> Iterator[dict[str, Any]]:
        seen: set[Any] = set()
        for page in range(1, _MAX_PAGES):
            size = self.dialect.rows_a_page
            # One forge says per_page, the other limit; each passes over the other's word.
            path = f"{self.dialect.root}/pulls?state=open&per_page={size}&limit={size}&page={page}"
            told, headers = self.patient.read(path)
            rows = rows_of(told)
            if not all(isinstance(row, dict) for row in rows):
                raise AnswerIsStrange
            fresh = [row for row in rows if row.get("number") not in seen]
            seen |= {row.get("number") for row in fresh}
            yield from fresh
            if not fresh or has_next(headers) is False:
                return


def _at(row: Any, *keys: str) -> Any:
    for key in keys:
        row = row.get(key) if isinstance(row, dict) else None
    return row
