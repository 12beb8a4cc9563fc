"""Chance that gives the same draw for the same name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Deck:
    """Cards in fixed shares, shuffled block by block: in each block every share is exact, so
    that what is rare is rare, and still there in a small demo."""

    def __init__(self, seed: int, name: str, shares: Mapping[str, int]) -> None:
        self.name = f"{seed}/{name}"
        self.cards = [card for card, count in shares.items() for _ in range(count)]
        self._block = -1
        self._shuffled: list[str] = []

    def card(self, number: int) -> str:
        """The card of order ``number``."""
        block, place = divmod(number, len(self.cards))
        if block != self._block:
            self._block = block
            self._shuffled = list(self.cards)
            Random(f"{self.name}/{block}").shuffle(self._shuffled)
        return self._shuffled[place]


def chance(random: Random, share: float) -> bool:
    """True in ``share`` of the draws."""
    return random.random() < share


def pick(random: Random, choices: Sequence[T]) -> T:
    """One of ``choices``, each alike."""
    return choices[int(random.random() * len(choices))]


def between(random: Random, low: float, high: float) -> float:
    return low + (high - low) * random.random()
