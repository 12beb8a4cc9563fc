"""What became of a plan on a forge."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """``unknown`` are cases of which it is not known whether the forge did what it was asked,
    ``left`` those that it refused, with the reason in Chinese; ``postponed`` counts new issues
    left for the next run, ``stopped`` says in Chinese why the run ended early."""

    written: int = 0
    unknown: list[str] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    postponed: int = 0
    stopped: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether the forge holds now what the plan asked for."""
        return not (self.unknown or self.left or self.postponed or self.stopped)
