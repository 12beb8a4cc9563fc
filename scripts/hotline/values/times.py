"""RFC 3339 times, read strictly.

``datetime.fromisoformat`` takes week dates, a blank for the T and nine digits of
fraction, so the format is read here. Years 2000 to 2100, because the calendar's
zone had other offsets before; no leap second, because no clock of a county has one.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6}))?"
    r"(?:(Z)|([+-])([0-9]{2}):([0-9]{2}))"
)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_LOOSE = re.compile(
    r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
    r"(?:[Tt\s]*([0-9]{1,2})[:：时点]([0-9]{1,2})?(?:[:：分]([0-9]{1,2}))?)?.*"
)
_UTC = timezone.utc
_CHINA = timezone(timedelta(hours=8))
YEARS = range(2000, 2101)


class NotATime(ValueError):
    """The text is no RFC 3339 time; the message is Chinese and says why."""


@lru_cache(maxsize=65536)
def parse_time(text: str) -> datetime:
    """An RFC 3339 time with an offset → an aware datetime; else :class:`NotATime`."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise NotATime("时间要写成 2026-10-13T09:30:00+08:00 的样子，带时区")
    year, month, day, hour, minute, second = (int(found[i]) for i in range(1, 7))
    if second == 60:
        raise NotATime("不能写闰秒 60 秒，请写下一分钟的 00 秒")
    if year not in YEARS:
        raise NotATime("年份应在 2000 至 2100 之间")
    micro = int((found[7] or "0").ljust(6, "0"))
    if found[8]:
        zone = _UTC
    else:
        hours, minutes = int(found[10]), int(found[11])
        if found[9] == "-" and hours == minutes == 0:
            raise NotATime("时区 -00:00 的意思是“不知道时区”，请写 +08:00")
        offset = timedelta(hours=hours, minutes=minutes) * (1 if found[9] == "+" else -1)
        if minutes > 59 or not timedelta(hours=-12) <= offset <= timedelta(hours=14):
            raise NotATime("没有这样的时区，请写 +08:00")
        zone = _CHINA if offset == timedelta(hours=8) else timezone(offset)
    try:
        return datetime(year, month, day, hour, minute, second, micro, zone)
    except ValueError:
        raise NotATime("没有这样的日期或时刻") from None


def parse_date(text: str) -> date:
    """A date ``2026-10-13``; else :class:`NotATime`."""
    found = _DATE.fullmatch(text)
    if found is None:
        raise NotATime("日期要写成 2026-10-13 的样子")
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise NotATime("没有这样的日期") from None
    if day.year not in YEARS:
        raise NotATime("年份应在 2000 至 2100 之间")
    return day


def suggest_time(text: str) -> str | None:
    """What the writer of a near miss (``2026/10/13 9:30``) most likely meant."""
    found = _LOOSE.fullmatch(text.strip())
    if found is None or found[4] is None:
        return None
    year, month, day, hour = (int(found[i]) for i in range(1, 5))
    minute, second = int(found[5] or 0), int(found[6] or 0)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=_CHINA).isoformat()
    except ValueError:
        return None


def suggest_date(text: str) -> str | None:
    """As :func:`suggest_time`, for a date."""
    found = _LOOSE.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return None
