"""GitHub's hourly count of requests, told in headers and never enforced; faults do that."""

from __future__ import annotations

from collections.abc import Callable

from tests.forges.descriptions import Rendered, rendered


class Hour:
    """What is left of the hour; it never shows nothing left."""

    def __init__(self, now: Callable[[], float], limit: int = 5000) -> None:
        self._now, self.limit = now, limit
        self._start, self._used = 0.0, 0

    def count(self) -> dict[str, str]:
        """One more request, and the headers that tell of it."""
        now = self._now()
        if now >= self._start + 3600:
            self._start, self._used = now, 0
        self._used += 1
        return {f"x-ratelimit-{name}": str(value) for name, value in self._rate().items()}

    def _rate(self) -> dict[str, int]:
        left = max(self.limit - self._used, 1)
        reset = int(self._start) + 3600
        return {"limit": self.limit, "remaining": left, "reset": reset, "used": self._used}

    def overview(self) -> Rendered:
        rate = self._rate()
        return rendered({"resources": {"core": rate, "search": rate}, "rate": rate})
