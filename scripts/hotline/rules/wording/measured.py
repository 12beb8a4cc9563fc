"""How often the rules about words are right on real replies, as the rule pages say it.

The sample and the method stand in ``tests/replies/LABELS.md``; a test measures again where
the replies are at hand.
"""

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

    @property
    def words(self) -> str:
        found, breaches = self.hits + self.false_alarms, self.hits + self.misses
        if not breaches:
            return f"没有这种毛病，误报 {self.false_alarms} 条"
        return (
            f"有 {breaches} 条，找出 {self.hits} 条；报出 {found} 条，误报 {self.false_alarms} 条"
        )


FIGURES: dict[str, dict[str, Figures]] = {
    "R004": {"dev": Figures(5, 0, 0, 119), "held": Figures(2, 0, 0, 121)},
    "R005": {"dev": Figures(1, 0, 0, 123), "held": Figures(2, 0, 0, 121)},
    "R008": {"dev": Figures(0, 0, 0, 124), "held": Figures(0, 0, 0, 123)},
    "R014": {"dev": Figures(15, 0, 0, 109), "held": Figures(17, 0, 1, 105)},
}
"""Rule → half of the sample → figures. ``held`` was kept from those who wrote the patterns
until these were done; R014 was then mended by 65 of its 123 replies."""
FIRST = Figures(9, 0, 9, 105)
"""R014 on the held half, as first written."""
UNSEEN = Figures(6, 0, 1, 51)
"""R014 as it is, on the 58 replies of that half which nobody has looked at."""


def _whole(code: str) -> str:
    parts = zip(*FIGURES[code].values(), strict=True)
    return Figures(*map(sum, parts)).words


_SAMPLE = "在公开发表的247条真实答复上量过（两人分别标注，其中一半在写规则时不看）："
_FEW = "正例太少，不能当作比例；各种写法另用上百条自编的句子逐条测试。"
R004 = f"{_SAMPLE}{_whole('R004')}。{_FEW}"
R005 = f"{_SAMPLE}{_whole('R005')}。{_FEW}"
R008 = f"{_SAMPLE}{_whole('R008')}。找得全不全，只在近百条自编的句子上试过。"
R014 = (
    f"{_SAMPLE}{_whole('R014')}。写规则时完全没有看过的 58 条里：{UNSEEN.words}。"
    "报出来的大多确实敷衍；没有报出来的，不等于不敷衍。"
)
