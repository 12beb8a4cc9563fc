"""The plan for people and for programs."""

from __future__ import annotations

import json
from collections import Counter

from hotline.escalation.level import LEVELS
from hotline.escalation.plan import KEEP_CLOSED, Plan
from hotline.escalation.report import Report
from hotline.values.shown import on_one_line, on_terminal

ACTIONS = {
    "open": "新建",
    "update": "更新",
    "close": "关闭",
    "reopen": "重开",
    "close_duplicate": "关闭重复",
    "keep": "保持",
    "blocked": "暂不处理",
}
_WHY: dict[str, str] = {
    "new_ground": "（有新的情形）",
    "again": "（情形再次出现）",
    "taken_back": "（被人工关闭，但情形仍在）",
    "closed_twice": f"（被人工关闭两次，情形仍在，不再重开；同意关闭的请加标签“{KEEP_CLOSED}”）",
    "settled": "（人工关闭以后，情形已经消除）",
    "unreadable": "（工单读不出）",
}


def of_report(report: Report) -> list[str]:
    """What a person must know after the plan was carried out."""
    lines = [f"办成 {report.written} 条。"]
    lines += [f"没有写成  {case}：{on_one_line(why)}" for case, why in report.left]
    if report.unknown:
        cases = sorted(set(report.unknown))
        more = f" 等 {len(cases)} 件" if len(cases) > 5 else ""
        lines.append(
            f"写没写成不能确定：{'、'.join(cases[:5])}{more}。平台没有回答；"
            "再运行一次 hotline escalate 会先核对，不会写重。"
        )
    if report.postponed:
        lines.append(f"代码平台限制每小时新建的数量，还有 {report.postponed} 条留给下次运行。")
    if report.stopped:
        lines.append(f"hotline：{on_terminal(report.stopped)}。没有办的，下次运行接着办。")
    return lines


def as_text(plan: Plan) -> str:
    lines = [
        f"{ACTIONS[a.action]}  {LEVELS[a.level].shown}  {on_terminal(on_one_line(a.title))}"
        f"{_WHY.get(a.why, '')}"
        for a in plan.actions
        if a.action != "keep"
    ]
    counts = Counter[str](action.action for action in plan.actions)
    told = "，".join(f"{zh} {counts[kind]}" for kind, zh in ACTIONS.items() if counts[kind])
    lines.append(f"升级提醒：{told or '没有需要提醒的工单'}。")
    if not plan.is_complete:
        lines.append("有工单读不出，它们的提醒保持原样；先用 hotline check 改好。")
    return "\n".join(lines)


def as_json(plan: Plan) -> str:
    document = {
        "schema_version": 1,
        "complete": plan.is_complete,
        "actions": [
            {
                "action": action.action,
                "case": action.case,
                "level": action.level,
                "grounds": list(action.grounds),
                "key": action.key,
                "title": action.title,
            }
            for action in plan.actions
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)
