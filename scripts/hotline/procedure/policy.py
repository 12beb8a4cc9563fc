"""The policy: every limit and switch, by the date from which it holds.

A case is judged by the policy in force on the day of its dispatch. A limit carries
its article, or ``practice`` where the measure is silent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from hotline.values.node import Place


class Limit(NamedTuple):
    """A length of time: of ``working_days``, ``working_hours`` or wall-clock ``hours``."""

    amount: int
    unit: str
    article: str

    @property
    def text(self) -> str:
        return f"{self.amount}{_UNITS[self.unit]}"


_UNITS = {"working_days": "个工作日", "working_hours": "个工作小时", "hours": "小时"}


class Policy:
    """One policy file. ``data`` is the file's mapping, which keeps its places."""

    __slots__ = ("_limits", "data", "effective", "path")

    def __init__(self, path: str, effective: date, data: Mapping[str, Any]) -> None:
        self.path: Final = path
        self.effective: Final = effective
        self.data: Final = data
        self._limits: dict[tuple[str, ...], Limit] = {}

    @property
    def version(self) -> str:
        return self.effective.isoformat()

    def switch(self, name: str, default: Any) -> Any:
        """A top-level scalar; ``default`` is the reading that the docs recommend."""
        return self.data.get(name, default)

    def limit(self, *path: str) -> Limit:
        """The limit at ``limits.<path>``."""
        known = self._limits.get(path)
        if known is None:
            known = self._limits[path] = self._limit(path)
        return known

    def _limit(self, path: tuple[str, ...]) -> Limit:
        node: Any = self.data["limits"]
        for step in path:
            node = node[step]
        article = node.get("article") or node.get("source", "practice")
        unit = next(unit for unit in _UNITS if unit in node)
        return Limit(int(node[unit]), unit, str(article))

    def urgency_limit(self, urgency: str) -> Limit | None:
        """The reply limit that an urgency sets, None for a normal matter."""
        return self.limit("reply", urgency) if urgency in self.data["limits"]["reply"] else None

    def extension_days(self, kind: str) -> int:
        """Working days that all extensions together should not exceed (art. 7-3)."""
        return int(self.data["extensions"][kind]["working_days"])

    def city_involved(self, channel: str) -> bool:
        """Whether the city platform takes part (not for the mailboxes and 人民网, art. 2)."""
        row = self.data.get("channels", {}).get(channel, {})
        return bool(row.get("city_involved", True))

    def place(self, *path: str) -> Place:
        from hotline.values.node import place_of

        return place_of(self.data, *path)


def in_force(policies: Sequence[Policy], day: date) -> Policy | None:
    """The policy in force on ``day``: the latest that has begun, None before the first."""
    begun = [policy for policy in policies if policy.effective <= day]
    return max(begun, key=lambda policy: policy.effective) if begun else None
