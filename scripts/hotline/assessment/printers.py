"""An assessment for programs and for sheets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from hotline.assessment.assess import (
    Assessment,
    GroupResult,
    Result,
    Share,
    UnitResult,
    rounded,
)
from hotline.assessment.count import Named
from hotline.assessment.figures import FIGURES
from hotline.values.registry import Registry

Value = str | int | float
SHARES = {
    "kind": "诉求类型", "urgency": "紧急程度", "channel": "来件渠道", "category": "事项分类",
    "place": "所在乡镇（街道）",
}  # fmt: skip


_ALMOST_ALL, _HARDLY_ANY = Decimal("99.9"), Decimal("0.1")


class Source(NamedTuple):
    """What an assessment was made from. ``commit`` is None where there is no history."""

    commit: str | None = None
    uncommitted: tuple[str, ...] = ()
    """Files that are not as the commit has them."""
    left_out: tuple[str, ...] = ()
    """Files that are not in the figures: unreadable ones, and second ones of the same id."""


class Sheet(NamedTuple):
    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Value]]


# --- JSON --------------------------------------------------------------------------------


def as_json(found: Assessment, source: Source) -> str:
    return json.dumps(as_document(found, source), ensure_ascii=False, indent=1)


def as_document(found: Assessment, source: Source) -> dict[str, Any]:
    """The form of ``report --format json``. Rates are of one, exact to six places."""
    stats = found.statistics
    return {
        "schema_version": 1,
        "period": found.period.text,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "is_over": found.is_over,
        "commit": source.commit,
        "uncommitted": list(source.uncommitted),
        "not_counted": list(source.left_out),
        "policy": found.policy.version if found.policy else None,
        "calendar": [{"year": year, "notice": notice or None} for year, notice in found.years],
        "weights": dict(found.weights),
        "deductions": dict(found.deductions),
        "figures": [
            {"name": f.name, "title": f.title, "formula": f.formula, "article": f.article}
            for f in FIGURES.values()
        ],
        "groups": [
            {
                "name": group.name,
                "title": group.title,
                "units": [_unit(unit) for unit in group.units],
                "total": {name: _result(one) for name, one in group.total.items()},
            }
            for group in found.groups
        ],
        "total": {name: _result(one) for name, one in found.total.items()},
        "previous": found.previous and {name: _result(one) for name, one in found.previous.items()},
        "center": {
            "orders": found.center.orders,
            "mean_minutes": None if found.center.mean is None else float(found.center.mean),
            "slow": [
                {"case": one.case, "minutes": one.value, "reason": one.note}
                for one in found.center.slow
            ],
        },
        "lapses": [
            {"case": one.case, "unit": one.unit, "reason": one.note} for one in found.lapses
        ],
        "statistics": {
            "orders": stats.orders,
            "open": stats.open,
            "before": stats.before,
            "year_ago": stats.year_ago,
            "shares": {
                name: [share._asdict() for share in shares] for name, shares in stats.shares.items()
            },
            "spots": [spot._asdict() for spot in stats.spots],
        },
    }


def _unit(one: UnitResult) -> dict[str, Any]:
    return {
        "unit": one.unit.id,
        "name": one.unit.name,
        "orders": one.orders,
        "figures": {name: _result(result) for name, result in one.results.items()},
        "score": float(one.score.points) if one.score else None,
        "rank": one.score.rank if one.score else None,
    }


def _result(one: Result) -> dict[str, Any]:
    if not FIGURES[one.name].is_ratio:
        return {"count": one.counted, "listed": _named(one.below)}
    return {
        "numerator": one.counted,
        "denominator": one.over,
        "rate": None if one.rate is None else float(rounded(one.rate, 6)),
        "listed": _named(one.below),
        "excluded": _named(one.left_out),
    }


def _named(all_: Sequence[Named]) -> list[dict[str, str]]:
    return [{"case": one.case, "reason": one.note} for one in all_]


# --- words -------------------------------------------------------------------------------


def percent(rate: Fraction | None) -> str:
    """92.3%; a dash where there is nothing to be measured. What is not all is not 100.0%, and
    what is not nothing is not 0.0%."""
    if rate is None:
        return "—"
    shown = rounded(100 * rate)
    if rate < 1 and shown == 100:
        shown = _ALMOST_ALL
    if rate > 0 and shown == 0:
        shown = _HARDLY_ANY
    return f"{shown}%"


def told(one: Result) -> str:
    """12/13（92.3%）, or the count."""
    if not FIGURES[one.name].is_ratio:
        return str(one.counted)
    return f"{one.counted}/{one.over}（{percent(one.rate)}）" if one.over else "—"


# --- sheets ------------------------------------------------------------------------------


def sheets(found: Assessment, source: Source, registry: Registry) -> list[Sheet]:
    """A workbook: what it is of, a sheet for each kind of unit, orders by name, what came."""
    made = [
        Sheet("说明", ("项目", "内容"), list(about(found, source))),
        *[_of_group(group) for group in found.groups],
        Sheet("涉及的工单", ("指标", "单位", "工单编号", "情形"), list(listed(found, "below"))),
        Sheet("不计入的", ("指标", "单位", "工单编号", "原因"), list(listed(found, "left_out"))),
        Sheet(
            "调整类别前的超期", ("单位", "工单编号", "情形"),
            [(registry.unit_name(one.unit), one.case, one.note) for one in found.lapses],
        ),
        Sheet(
            "来件统计", ("项目", "名称", "件数", "上期", "去年同期"),
            [
                (SHARES[what], share.name, share.orders, _count(share.before), _count(share.year_ago))
                for what, shares in found.statistics.shares.items()
                for share in shares
            ],
        ),
        Sheet(
            "反映集中的问题", ("事项分类", "地方", "件数", "民生事项"),
            [(s.category, s.place, s.orders, "是" if s.livelihood else "") for s in
             found.statistics.spots],
        ),
    ]  # fmt: skip
    return [sheet if sheet.rows else sheet._replace(rows=[("没有",)]) for sheet in made]


def _count(count: int | None) -> Value:
    return "" if count is None else count


def about(found: Assessment, source: Source) -> Iterator[tuple[str, Value]]:
    """What an assessment is of and was made from, and what its figures mean."""
    yield "考评时段", found.period.title
    yield (
        "数据截至",
        f"{found.until:%Y-%m-%d %H:%M}" + ("" if found.is_over else "（时段还没有结束）"),
    )
    yield "版本库提交", source.commit or "（没有版本库）"
    if source.uncommitted:
        yield "未提交的改动", f"{len(source.uncommitted)} 个文件，因此不能由提交重现"
    if source.left_out:
        yield "不在数字里的文件", "、".join(source.left_out)
    yield "政策版本", found.policy.version if found.policy else "（没有）"
    for year, notice in found.years:
        yield f"{year} 年放假安排", notice or "没有发布，按普通周末和法定节日暂算"
    for figure in FIGURES.values():
        yield figure.title, figure.formula
    for name, weight in found.weights.items():
        yield f"权重：{FIGURES[name].title}", _plain(weight)
    for name, weight in found.deductions.items():
        yield f"每次扣分：{FIGURES[name].title}", _plain(weight)


def _plain(number: Any) -> Value:
    return float(number) if isinstance(number, float) else int(number)


def _of_group(group: GroupResult) -> Sheet:
    header = ["排名", "单位", "得分", "交办工单"]
    for figure in FIGURES.values():
        header += (
            [f"{figure.title}：分子", f"{figure.title}：分母", f"{figure.title}（%）"]
            if figure.is_ratio
            else [figure.title]
        )
    rows = [_row(unit) for unit in group.units]
    total: list[Value] = ["", "合计", "", group.total["extensions"].over]
    rows.append([*total, *_figures(group.total)])
    return Sheet(f"考评：{group.title}", header, rows)


def _row(one: UnitResult) -> list[Value]:
    rank: Value = one.score.rank if one.score and one.score.rank else ""
    points: Value = float(one.score.points) if one.score else ""
    return [rank, one.unit.label, points, one.orders, *_figures(one.results)]


def _figures(results: Mapping[str, Result]) -> Iterator[Value]:
    for name, figure in FIGURES.items():
        one = results[name]
        if figure.is_ratio:
            yield from (one.counted, one.over)
            yield "" if one.rate is None else float(rounded(100 * one.rate))
        else:
            yield one.counted


def listed(found: Assessment, which: str) -> Iterator[tuple[str, str, str, str]]:
    """(figure, unit, order, words) of all that are named: ``below`` or ``left_out``."""
    for name, figure in FIGURES.items():
        for group in found.groups:
            for one in group.units:
                result = one.results[name]
                for named in result.below if which == "below" else result.left_out:
                    yield figure.title, one.unit.label, named.case, named.note


def grown(share: Share) -> str:
    """12（上期 9，去年同期 7）."""
    known = [
        f"{title} {value}"
        for title, value in (("上期", share.before), ("去年同期", share.year_ago))
        if value is not None
    ]
    return f"{share.orders}（{'，'.join(known)}）" if known else str(share.orders)
