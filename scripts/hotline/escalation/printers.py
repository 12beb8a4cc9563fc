"""The plan for people and for programs."""

from __future__ import annotations

import json
from collections import Counter

from hotline.escalation.plan import Plan

ACTIONS = {
    "open": "新建",
    "update": "更新",
    "close": "关闭",
    "reopen": "重开",
    "close_duplicate": "关闭重复",
    "keep": "保持",
    "blocked": "暂不处理",
}
LEVELS = {
    "unit": "承办单位",
    "bureau": "行政审批局",
    "county": "县人民政府",
    "accountability": "追责线索",
}


def as_text(plan: Plan) -> str:
    lines = [
        f"{ACTIONS[a.action]}  {LEVELS[a.level]}  {a.title}"
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
