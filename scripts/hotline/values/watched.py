"""A moment that remembers what it was compared with.

What a pure function of ``now`` gives can change only where a comparison with ``now`` would
come out otherwise. So a result that was found at one moment holds from the last moment that
``now`` was compared with and found to be past, until the first that was still to come.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

EVER = 1e18
"""Seconds since 1970 that no clock shows."""
ALWAYS = (-EVER, EVER)
"""The bounds of what hangs on no moment."""


class Watched(datetime):
    """``now``, watched. Whatever is done with it but comparing makes its results hold for this
    very moment only: nobody knows what was done with the outcome."""

    since: datetime | None = None
    until: datetime | None = None
    is_spent: bool = False

    @classmethod
    def maker(cls, moment: datetime) -> Callable[[], Watched]:
        """Makes watched moments, all the same and each with a memory of its own."""
        return partial(
            cls, moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second,
            moment.microsecond, moment.tzinfo,
        )  # fmt: skip

    @classmethod
    def at(cls, moment: datetime) -> Watched:
        return cls.maker(moment)()

    @property
    def bounds(self) -> tuple[float, float]:
        """From when until when (seconds since 1970, both outside) what it was asked for holds;
        never again, where it is spent."""
        if self.is_spent:
            return EVER, -EVER
        return (
            -EVER if self.since is None else self.since.timestamp(),
            EVER if self.until is None else self.until.timestamp(),
        )

    def forget(self) -> None:
        """Begins anew: the next results hold whenever."""
        self.since = self.until = None
        self.is_spent = False

    def _met(self, other: Any) -> None:
        if not isinstance(other, datetime):
            self.is_spent = True
        elif datetime.__gt__(self, other):
            self.since = other if self.since is None else max(self.since, other)
        elif datetime.__lt__(self, other):
            self.until = other if self.until is None else min(self.until, other)
        else:  # now itself: past and to come are both other answers
            self.is_spent = True

    def __lt__(self, other: Any) -> bool:
        self._met(other)
        return datetime.__lt__(self, other)

    def __le__(self, other: Any) -> bool:
        self._met(other)
        return datetime.__le__(self, other)

    def __gt__(self, other: Any) -> bool:
        self._met(other)
        return datetime.__gt__(self, other)

    def __ge__(self, other: Any) -> bool:
        self._met(other)
        return datetime.__ge__(self, other)

    def __eq__(self, other: object) -> bool:
        self._met(other)
        return datetime.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        self._met(other)
        return datetime.__ne__(self, other)

    def __hash__(self) -> int:
        self.is_spent = True
        return datetime.__hash__(self)


def _spending(name: str) -> Any:
    """A member of ``datetime`` whose use spends the moment."""
    inherited = getattr(datetime, name)
    if callable(inherited):

        def method(self: Watched, *arguments: Any, **named: Any) -> Any:
            self.is_spent = True
            return _unwatched(inherited(self, *arguments, **named))

        return method

    def attribute(self: Watched) -> Any:
        self.is_spent = True
        return inherited.__get__(self)

    return property(attribute)


def _unwatched(value: Any) -> Any:
    """What is made of a moment is another one, which nobody watches."""
    if not isinstance(value, Watched):
        return value
    plain = datetime.fromordinal(value.toordinal())
    since_midnight = [
        part.__get__(value)
        for part in (datetime.hour, datetime.minute, datetime.second, datetime.microsecond)
    ]
    hour, minute, second, micro = since_midnight
    zone = datetime.tzinfo.__get__(value)
    return plain.replace(hour=hour, minute=minute, second=second, microsecond=micro, tzinfo=zone)


_MEMBERS = [name for name in dir(datetime) if not name.startswith("__")]
_OPERATORS = ["__add__", "__radd__", "__sub__", "__rsub__", "__str__", "__repr__", "__format__", "__reduce__", "__reduce_ex__"]  # fmt: skip
_KEPT = ("min", "max", "resolution", "now", "utcnow", "fromtimestamp", "utcfromtimestamp", "strptime", "combine", "fromisoformat", "fromordinal", "today", "fromisocalendar")  # fmt: skip
for _name in [*_MEMBERS, *_OPERATORS]:
    if _name not in _KEPT and hasattr(datetime, _name):
        setattr(Watched, _name, _spending(_name))
