"""RFC 3339 times, read strictly.

``datetime.fromisoformat`` takes week dates, a blank for the T and nine digits of
fraction, so the format is read here. Years 2000 to 2100, because the calendar's
zone had other offsets before; no leap second, because no clock of a county has one.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6}))?"
    r"(?:(Z)|([+-])([0-9]{2}):([0-9]{2}))"
)
# A time of China, to the second, in a year that is allowed: nearly all that are written. What
# matches leaves nothing open but whether there is such a day and such a second.
_USUAL = re.compile(
    r"20(?:0[0-9]|[1-9][0-9])-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\+08:00"
)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
# What people write instead, in half-width form; anything beyond it (下午, PM) is not guessed at.
# Compiled with the first such time.
_LOOSE = (
    r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
    r"(?:[Tt\s]*([0-9]{1,2})[:时点]([0-9]{1,2})?(?:[:分]([0-9]{1,2}))?(?:\.[0-9]+)?[分秒]?)?"
    r"\s*(?:([Zz])|([+-])([0-9]{1,2}):?([0-9]{2})?)?"
)
_LONGEST_GUESS = 64
CHINA = timezone(timedelta(hours=8))
"""China Standard Time. One object for all who keep it: Python compares moments that share theirs
several times as fast, and moves none from one zone into the same."""
YEARS = range(2000, 2101)


class NotATime(ValueError):
    """The text is no RFC 3339 time; the message is Chinese and says why."""


@lru_cache(maxsize=65536)
def parse_time(text: str) -> datetime:
    """An RFC 3339 time with an offset → an aware datetime; else :class:`NotATime`."""
    if _USUAL.fullmatch(text):
        try:
            return datetime.fromisoformat(text[:19]).replace(tzinfo=CHINA)
        except ValueError:
            raise NotATime("没有这样的日期或时刻") from None
    found = _TIME.fullmatch(text)
    if found is None:
        raise NotATime("时间要写成 2026-10-13T09:30:00+08:00 的样子，带时区")
    year, month, day, hour, minute, second = (int(found[i]) for i in range(1, 7))
    if second == 60:
        raise NotATime("没有第 60 秒（闰秒），请写下一分钟的 00 秒")
    if year not in YEARS:
        raise NotATime("年份应在 2000 至 2100 之间")
    micro = int((found[7] or "0").ljust(6, "0"))
    if found[8]:
        zone = UTC
    else:
        hours, minutes = int(found[10]), int(found[11])
        if found[9] == "-" and hours == minutes == 0:
            raise NotATime("时区 -00:00 的意思是“不知道时区”，请写 +08:00")
        offset = timedelta(hours=hours, minutes=minutes) * (1 if found[9] == "+" else -1)
        if minutes > 59 or not timedelta(hours=-12) <= offset <= timedelta(hours=14):
            raise NotATime("没有这样的时区，请写 +08:00")
        zone = CHINA if offset == timedelta(hours=8) else timezone(offset)
    try:
        return datetime(year, month, day, hour, minute, second, micro, zone)
    except ValueError:
        raise NotATime("没有这样的日期或时刻") from None


def parse_date(text: str) -> date:
    """A date ``2026-10-13``; else :class:`NotATime`."""
    found = _DATE.fullmatch(text)
    if found is None:
        raise NotATime("日期要写成 2026-10-13 的样子")
    if int(found[1]) not in YEARS:
        raise NotATime("年份应在 2000 至 2100 之间")
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise NotATime("没有这样的日期") from None


def suggest_time(text: str) -> str | None:
    """What the writer of a near miss (``2026/10/13 9:30``) most likely meant.

    A zone that was written is kept, for the moment must not change; one that was not
    is the county's. ``24:00`` and second 60 become the moment that follows.
    """
    found = _loose(text)
    if found is None or found[4] is None:
        return None
    hour, minute, second = (int(found[i] or 0) for i in range(4, 7))
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        return None
    try:
        midnight = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=_zone(found))
        moment = midnight + timedelta(hours=hour, minutes=minute, seconds=second)
        return parse_time(moment.isoformat()).isoformat()
    except (ValueError, OverflowError):
        return None


def suggest_date(text: str) -> str | None:
    """As :func:`suggest_time`, for a date."""
    found = _loose(text)
    if found is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return day.isoformat() if day.year in YEARS else None


def _loose(text: str) -> re.Match[str] | None:
    if len(text) > _LONGEST_GUESS:
        return None
    return re.fullmatch(_LOOSE, unicodedata.normalize("NFKC", text).strip())


def _zone(found: re.Match[str]) -> timezone:
    """ValueError where a zone was written that there is none of."""
    if found[7]:
        return UTC
    if not found[8]:
        return CHINA
    hours, minutes = int(found[9]), int(found[10] or 0)
    offset = timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or (found[8] == "-" and not offset):
        raise ValueError("no zone, or one that is said to be unknown")
    return timezone(offset if found[8] == "+" else -offset)
