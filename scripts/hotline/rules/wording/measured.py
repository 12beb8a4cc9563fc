"""How often the rules about words are right on real replies, as the rule pages say it."""

from __future__ import annotations

from typing import NamedTuple


class Figures(NamedTuple):
    """Replies of a labelled sample, by what a rule said and what they are."""

    hits: int
    false_alarms: int
    misses: int
    clean: int

    @property
    def precision(self) -> float | None:
        """Of what is found, the share that is a breach; None where nothing is found."""
        found = self.hits + self.false_alarms
        return self.hits / found if found else None

    @property
    def recall(self) -> float | None:
        """Of the breaches, the share that is found; None where there are none."""
        breaches = self.hits + self.misses
        return self.hits / breaches if breaches else None


FIGURES: dict[str, dict[str, Figures]] = {}

R004 = R005 = R008 = R014 = ""
