"""The norms of the measure and what carries each of them out."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from hotline.procedure.clocks import CLOCKS
from hotline.procedure.lifecycle import TABLE

MARKS = {"computed": "自动判断", "recorded": "如实记录", "out": "不在软件内"}


@dataclass(frozen=True, slots=True)
class Norm:
    """One single norm: ``7-3-c`` is the third norm of article 7, item (三)."""

    id: str
    article: str
    text: str
    asks: str
    kind: str
    mark: str
    reason: str = ""
    rules: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    data: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def norm(row: dict[str, Any]) -> Norm:
    """A norm from its row of ``registry/norms.yaml``."""
    lists = ("rules", "clocks", "events", "pages", "verbs", "data")
    given: dict[str, Any] = {key: tuple(row.get(key) or ()) for key in lists}
    words = {
        k: str(row.get(k) or "")
        for k in ("id", "article", "text", "asks", "kind", "mark", "reason")
    }
    return Norm(**{**words, **given})


def carriers(norm_: Norm) -> list[str]:
    """What carries the norm out, in words that a person reads."""
    return [
        *norm_.rules,
        *(f"时限“{CLOCKS.get(name, name)}”" for name in norm_.clocks),
        *(f"事件“{TABLE[name].title if name in TABLE else name}”" for name in norm_.events),
        *(f"网页 {page}" for page in norm_.pages),
        *(f"hotline {verb}" for verb in norm_.verbs),
        *norm_.data,
    ]
