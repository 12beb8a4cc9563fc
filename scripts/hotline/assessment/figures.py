"""The figures of an assessment: what each counts, over what, and which way is good."""

from __future__ import annotations

from typing import NamedTuple


class Figure(NamedTuple):
    """A figure of a unit. ``over`` is empty where it is a plain count."""

    name: str
    title: str
    counts: str
    """Chinese: the numerator."""
    over: str
    """Chinese: the denominator."""
    article: str
    more_is_better: bool = False

    @property
    def formula(self) -> str:
        return f"{self.counts} ÷ {self.over}" if self.over else self.counts

    @property
    def is_ratio(self) -> bool:
        return bool(self.over)


FIGURES: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure("sign", "签收及时率", "按时签收", "签收时限已完结", "art. 7-1", True),
        Figure("reply", "答复及时率", "按时答复", "答复时限已完结", "art. 7-1", True),
        Figure("redo", "重办率", "被退回重办的工单", "答复过的工单", "art. 9"),
        Figure("returns", "退单未获同意率", "未获同意的退单", "提出的退单", "art. 7-5"),
        Figure("extensions", "延期率", "获准延期的工单", "交办的工单", "art. 7-3"),
        Figure("format", "格式差错率", "格式有差错的答复", "答复", "art. 19-4"),
        Figure(
            "process",
            "过程满意率",
            "满意、基本满意",
            "回访到的（测算以前甄别成立的除外）",
            "art. 18",
            True,
        ),
        Figure(
            "result",
            "结果满意率",
            "满意、基本满意",
            "回访到的（测算以前甄别成立的除外）",
            "art. 18",
            True,
        ),
        Figure("supervised", "督办", "开出的督办", "", "art. 19"),
        Figure("supervision_overdue", "督办逾期", "到期没有办结的督办", "", "art. 20-5"),
    )
}
"""In the order of the contract."""

ASSIGNING = "assigning"
"""The center's own: working minutes from dispatch to the first assignment, never a unit's."""
LAPSE = "lapse"
"""A stretch overdue that a reclassification took out of the figures, told all the same."""
