"""The bulletin of an assessment (art. 18, 定期通报): every word and table of it, for a template
that makes Markdown of them and for a Word document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from hotline.assessment.assess import SHOWN, Assessment, GroupResult, Result, UnitResult
from hotline.assessment.count import Named
from hotline.assessment.figures import FIGURES
from hotline.assessment.printers import SHARES, Source, grown, percent, told
from hotline.values.registry import Registry

_TITLES = {
    "sign": "签收及时", "reply": "答复及时", "redo": "重办", "returns": "退单未获同意",
    "extensions": "延期", "format": "格式差错", "process": "过程满意", "result": "结果满意",
    "supervised": "督办", "supervision_overdue": "督办逾期",
}  # fmt: skip
"""Heads of columns, where a full name would be too wide."""
_LONGEST = 10
"""Orders that the center had longest, as many as a bulletin names."""


class Listing(NamedTuple):
    """Orders under a figure, a line each."""

    title: str
    lines: Sequence[str]


def values(
    found: Assessment, source: Source, registry: Registry, cell: Callable[[str], str] = str
) -> dict[str, Any]:
    """What the bulletin says. ``cell`` makes text fit to stand in a table or a line."""
    stats, center = found.statistics, registry.center()
    return {
        "period": found.period.title,
        "since": _day(found.since),
        "until": _day(found.until - timedelta(seconds=1))
        if found.is_over
        else f"{found.until:%Y-%m-%d %H:%M}",
        "is_over": found.is_over,
        "commit": source.commit,
        "uncommitted": len(source.uncommitted),
        "not_counted": [cell(name) for name in source.left_out],
        "issued_by": cell(registry.units[center].name) if center in registry.units else "",
        "policy": found.policy.version if found.policy else "",
        "years": [f"{year} 年 {notice or '没有发布，暂算'}" for year, notice in found.years],
        "came": _came(found),
        "shares": [
            {
                "title": title,
                "words": "、".join(
                    f"{cell(share.name)} {grown(share)}" for share in stats.shares[what][:SHOWN]
                ),
            }
            for what, title in SHARES.items()
            if stats.shares[what]
        ],
        "spots": [
            {
                "category": cell(spot.category), "place": cell(spot.place), "count": spot.orders,
                "words": "民生事项" if spot.livelihood else "",
            }
            for spot in stats.spots
        ],
        "handled": _handled(found),
        "groups": [_group(group, found, cell) for group in found.groups],
        "legend": legend(found),
        "center": _center(found),
        "slow": [f"{one.case}：{one.note}" for one in found.center.slow[:_LONGEST]],
        "below": list(_listings(found, lambda result: result.below, cell)),
        "left_out": list(_listings(found, lambda result: result.left_out, cell)),
        "lapses": [
            f"{one.case}（{cell(registry.unit_name(one.unit))}）：{one.note}"
            for one in found.lapses
        ],
    }  # fmt: skip


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _came(found: Assessment) -> str:
    stats = found.statistics
    words = [f"派来工单 {stats.orders} 件"]
    if stats.before is not None:
        whole = "" if found.is_over else "（整期）"
        words.append(f"上期{whole} {stats.before} 件")
    if stats.year_ago is not None:
        words.append(f"去年同期 {stats.year_ago} 件")
    if stats.orders:
        end = "期末" if found.is_over else "目前"
        words.append(f"{end}还有 {stats.open} 件没有办结" if stats.open else f"{end}都已办结")
    return "，".join(words) + "。"


def _handled(found: Assessment) -> str:
    words = [
        f"{_TITLES[name]} {told(found.total[name])}{_then(found, name)}"
        for name in ("sign", "reply", "redo", "process", "result", "supervised")
    ]
    return "全县：" + "".join(words).rstrip("；") + "。"


def _then(found: Assessment, name: str) -> str:
    """The same of the period before, where it is known and a ratio."""
    then = found.previous and found.previous[name]
    return f"，上期 {percent(then.rate)}；" if then and then.rate is not None else "；"


def _group(group: GroupResult, found: Assessment, cell: Callable[[str], str]) -> dict[str, Any]:
    is_scored = bool(found.weights)
    head = ["名次", "单位", "得分"] if is_scored else ["单位"]
    rows = [[*_head_of(one, cell, is_scored), *_cells(one.results)] for one in group.units]
    label = ["", "合计", ""] if is_scored else ["合计"]
    rows.append([*label, str(group.total["extensions"].over), *_cells(group.total)])
    header = [*head, "交办", *(_TITLES[name] for name in FIGURES)]
    aligns = ["---" if name == "单位" else "---:" for name in header]
    return {"title": group.title, "header": header, "aligns": aligns, "rows": rows}


def _head_of(one: UnitResult, cell: Callable[[str], str], is_scored: bool) -> list[str]:
    name = cell(one.unit.label)
    orders = str(one.orders)
    if not is_scored:
        return [name, orders]
    rank = str(one.score.rank) if one.score and one.score.rank else "—"
    return [rank, name, str(one.score.points) if one.score else "—", orders]


def _cells(results: Any) -> list[str]:
    return [short(results[name]) for name in FIGURES]


def short(one: Result) -> str:
    """12/13 92.3%, for a table."""
    if not FIGURES[one.name].is_ratio:
        return str(one.counted)
    return f"{one.counted}/{one.over} {percent(one.rate)}" if one.over else "—"


def legend(found: Assessment) -> str:
    """How to read the table."""
    words = [f"{_TITLES[f.name]}＝{f.formula}" for f in FIGURES.values() if f.is_ratio]
    told_ = "各列：" + "；".join(words) + "。"
    if found.weights:
        weights = "、".join(f"{_TITLES[name]} {weight}" for name, weight in found.weights.items())
        told_ += f"得分按政策的权重（{weights}）折算为百分制，某单位没有的项目不参与折算"
        each = "、".join(f"{_TITLES[n]} {weight} 分" for n, weight in found.deductions.items())
        told_ += f"；每次扣分：{each}" if each else ""
        least = found.least_orders
        told_ += f"；交办少于 {least} 件的只列数字，不评分。" if least else "。"
    return told_ + "“交办”是本期交办、获准延期的工单；单位接手以前用去的时间不算它的。"


def _center(found: Assessment) -> str:
    if found.center.mean is None:
        return "没有交办的工单。"
    words = f"交办 {found.center.orders} 件，从派单到首次交办平均 {found.center.mean} 分钟"
    words += "（普通事项按工作时间，特殊事项昼夜连续）。"
    slow = found.center.slow
    if not slow:
        return words + "没有超过 1 小时的。"
    longest = f"，最长的 {_LONGEST} 件" if len(slow) > _LONGEST else ""
    return words + f"超过 1 小时的 {len(slow)} 件{longest}："


def _listings(
    found: Assessment, which: Callable[[Result], Sequence[Named]], cell: Callable[[str], str]
) -> Iterator[Listing]:
    last: Listing | None = None
    for name, figure in FIGURES.items():
        lines = [
            f"{one.case}（{cell(unit.unit.label)}）：{cell(one.note)}"
            for group in found.groups
            for unit in group.units
            for one in which(unit.results[name])
        ]
        if not lines:
            continue
        if last and last.lines == lines:  # whom nobody reached is left out of both satisfactions
            last = Listing(
                f"{last.title.partition('（')[0]}、{figure.title}（{len(lines)}）", lines
            )
        else:
            if last:
                yield last
            last = Listing(f"{figure.title}（{len(lines)}）", lines)
    if last:
        yield last
