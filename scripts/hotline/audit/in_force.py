"""Policies and calendars that hold already: what may still be changed in them (A008).

A version is fixed from the day on which it takes effect; only later dates may be added. The
schedule of a year that had none may be entered at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hotline.reading.strict_yaml import parse
from hotline.values.times import NotATime, parse_date

JUDGED_FROM = ("registry/policy/", "registry/calendar/")


def edited(path: str, old: bytes | None, new: bytes | None, day: date) -> str:
    """What was changed on ``day`` that held already (Chinese, without full stop); else empty."""
    before, after = _values(old), _values(new)
    if before == after:
        return ""
    if path.startswith("registry/policy/"):
        return _policy(path, before, after, day)
    if path == "registry/calendar/hours.yaml":
        return _hours(before, after, day)
    if path.startswith("registry/calendar/"):
        return _year(path, before, after, day)
    return ""


def _values(blob: bytes | None) -> Any:
    if blob is None:
        return None
    root = parse(blob, floats=True).root
    return {} if root is None else root


def _policy(path: str, before: Any, after: Any, day: date) -> str:
    held = [text for text in (_day(_get(one, "effective")) for one in (before, after)) if text]
    if not held or min(held) > day:
        return ""
    name = path.rpartition("/")[2].removesuffix(".yaml")
    if before is None:
        return f"补加了生效日已过的时限规定 {name}"
    return f"已经生效的时限规定 {name} 被{'删除' if after is None else '改动'}"


def _hours(before: Any, after: Any, day: date) -> str:
    if before is None:
        return ""
    if _get(before, "timezone") != _get(after, "timezone"):
        return "时区被改动"
    if _past(_get(before, "hours"), "from", day) != _past(_get(after, "hours"), "from", day):
        return "已经实行的上下班时间被改动"
    return ""


def _year(path: str, before: Any, after: Any, day: date) -> str:
    name = path.rpartition("/")[2].removesuffix(".yaml")
    if before is None or not name.isdigit() or int(name) > day.year:
        return ""
    if after is None:
        return f"{name} 年的放假安排被删除"
    for key in ("year", "notice", "off", "work"):
        if _get(before, key) != _get(after, key):
            return f"已经实行的 {name} 年放假安排（{key}）被改动"
    if _past(_get(before, "exceptions"), "date", day) != _past(
        _get(after, "exceptions"), "date", day
    ):
        return f"{name} 年已经过去的县级例外被改动"
    if _cutoffs(before, day) != _cutoffs(after, day):
        return f"{name} 年已经过去的满意度截止日被改动"
    return ""


def _past(rows: Any, key: str, day: date) -> list[Any]:
    """The rows of a list that begin on ``day`` or before; what has no date counts too."""
    return [row for row in rows or () if (_day(_get(row, key)) or date.min) <= day]


def _cutoffs(data: Any, day: date) -> list[str]:
    found = _get(data, "satisfaction_cutoffs") or ()
    return [text for text in found if (_day(str(text)[:10]) or date.min) <= day]


def _get(data: Any, key: str) -> Any:
    return data.get(key) if isinstance(data, Mapping) else None


def _day(text: Any) -> date | None:
    try:
        return parse_date(str(text))
    except NotATime:
        return None
