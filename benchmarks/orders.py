"""Orders for the benchmarks: as many as asked for, of ten events each, plain and alike.

Three kinds: ``clean`` orders have no finding, ``late`` ones a breach of a clock each (a
warning), ``broken`` ones a fault of form each (an error). Times are quoted, or a peer whose
YAML knows timestamps would refuse every file. Places, figures and times differ from order to
order, as they do in life, so that nothing is gained by remembering a text or a time.
"""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Literal

Kind = Literal["clean", "late", "broken"]
ROOT = Path(__file__).parent.parent
NOW = "2026-11-20T09:00:00+08:00"
_ZONE = timezone(timedelta(hours=8))
_DAYS = [
    datetime(2026, 10, 12, 9, tzinfo=_ZONE) + timedelta(weeks=week, days=day)
    for week in range(4)
    for day in range(5)
]
"""Four weeks of five working days: all that follows is done in working time."""
_PLACES = (
    "锦绣花园",
    "天池家园",
    "滨河苑",
    "学府名城",
    "安居雅苑",
    "九曲新城",
    "帅乡华府",
    "南塔佳苑",
)
_BUILDINGS = 89

_TEMPLATE = """\
id: {id}
channel: city_12345
upstream_id: "ZY{number:012d}"
dispatched_at: "{dispatched}"
kind: complaint
urgency: normal
category: noise-construction
title: {place}东侧夜间施工噪音（第{number}件）
demand: |
  {{petitioner.name}}反映{place}东侧工地晚上十一点后仍在施工，灯光刺眼、机器轰鸣，
  老人和孩子无法休息，要求有关部门到现场查看并制止。
location: 天池街道{place}
petitioner: {{confidential: false, anonymous: false}}
events:
  - {{at: "{accepted}", by: hotline-center, type: accepted}}
  - at: "{assigned}"
    by: hotline-center
    type: assigned
    lead: housing-bureau
    support: [tianchi-street]
    basis: clear
  - {{at: "{signed}", by: housing-bureau, type: signed}}
  - at: "{contacted}"
    by: housing-bureau
    type: contacted
    method: phone
    summary: 电话联系{{petitioner.title}}，核实施工地点和时间。
  - at: "{supplemented}"
    by: hotline-center
    type: supplemented
    text: 诉求人补充：周末也有施工。
  - at: "{opinion}"
    by: tianchi-street
    type: support_opinion
    text: 已会同社区到现场查看，情况属实。
    agrees: true
  - at: "{replied}"
    by: housing-bureau
    type: replied
    template: ordinary
    subject: {place}东侧夜间施工噪音
    units: [housing-bureau, tianchi-street]
    reviewed_by: 分管副局长
    sections:
      demand: 反映{place}东侧工地夜间施工噪音扰民，要求制止。
      findings: {month}月{day}日中午，我局执法人员会同天池街道到现场检查，发现该工地前一晚超过规定时间施工两小时。
      handling: 当场责令停工，下达整改通知书，罚款{fine}元；工地已承诺22时以后不再施工。
      communication: {month}月{day}日电话告知处理结果，诉求人表示满意。
    delivery: {{method: phone, at: "{replied}"}}
  - at: "{called}"
    by: hotline-center
    type: callback
    source: county
    reached: true
    process: satisfied
    result: satisfied
  - {{at: "{closed}", by: hotline-center, type: closed, ground: satisfied}}
  - {{at: "{archived}", by: hotline-center, type: archived}}
"""


def order(number: int, kind: Kind) -> tuple[str, str]:
    """The path and the text of the ``number``-th order, counted from 1."""
    day = _DAYS[number % len(_DAYS)]
    dispatched = day + timedelta(seconds=number * 37 % 3600)
    signed = timedelta(hours=29 if kind == "late" else 2)
    steps = {
        "dispatched": timedelta(), "accepted": timedelta(minutes=5),
        "assigned": timedelta(minutes=10), "signed": signed,
        "contacted": signed + timedelta(minutes=10), "supplemented": signed + timedelta(minutes=20),
        "opinion": signed + timedelta(minutes=30), "replied": signed + timedelta(minutes=50),
        "called": signed + timedelta(days=7), "closed": signed + timedelta(days=7, hours=1),
        "archived": signed + timedelta(days=7, hours=2),
    }  # fmt: skip
    times = {name: (dispatched + step).isoformat() for name, step in steps.items()}
    case = f"LZ-{day:%Y%m%d}-{number:06d}"
    text = _TEMPLATE.format(
        id=case, number=number, place=_place(number), month=day.month, day=day.day,
        fine=3000 + number % 700 * 10, **times,
    )  # fmt: skip
    if kind == "broken":
        text = text.replace("method: phone\n", "method: telegraph\n", 1)
    return f"cases/{day:%Y/%m}/{case}.yaml", text


def _place(number: int) -> str:
    return f"{_PLACES[number % len(_PLACES)]}小区{number % _BUILDINGS + 1}号楼"


def edited(number: int, turn: int) -> tuple[str, str]:
    """A clean order after its ``turn``-th edit: another place, still without a finding."""
    path, text = order(number, "clean")
    return path, text.replace("\npetitioner:", f"{turn}单元\npetitioner:", 1)


def write(root: Path, count: int, kind: Kind = "clean") -> None:
    """A data repository of ``count`` orders with the shipped registry."""
    shutil.copytree(ROOT / "registry", root / "registry")
    (root / "registry" / "precedents.yaml").write_text("precedents: []\n", "utf-8")
    for folder in {day.strftime("cases/%Y/%m") for day in _DAYS}:
        (root / folder).mkdir(parents=True)
    for number in range(1, count + 1):
        path, text = order(number, kind)
        (root / path).write_text(text, "utf-8")
