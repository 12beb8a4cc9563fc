"""Messages for people and for programs, before they are sent. Where to is the name of an
environment variable, never what it holds."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hotline.escalation.digest import Message
from hotline.values.registry import Registry

_KINDS = {"at_once": "立即", "digest": "每日"}
UNSET = """\
还没有设置通知渠道，什么也不会发。
在 registry/notify.yaml 里给单位写上渠道：
  channels:
    - unit: housing-bureau              # registry/units.yaml 里的单位编号
      urls_from: [NOTIFY_HOUSING]       # 环境变量的名字；地址放在变量里，不写进文件
怎么取得企业微信、钉钉、飞书、邮件的地址：docs/handbook/notify.md"""


def as_text(messages: Sequence[Message], registry: Registry, *, quiet: bool) -> str:
    lines = []
    for message in messages:
        names = "、".join(message.urls_from)
        lines.append(f"{_KINDS[message.kind]}  {registry.unit_name(message.unit)}  → {names}")
        lines += [f"    {line}" for line in (message.title, *message.lines)]
    if quiet:
        lines.append("现在是免打扰时间：每日提醒等到下一个工作时段，特殊、紧急事项照发。")
    counts = [
        f"{words} {number} 条"
        for kind, words in _KINDS.items()
        if (number := sum(message.kind == kind for message in messages))
    ]
    lines.append(f"要发的消息：{'，'.join(counts) or '没有'}。")
    return "\n".join(lines)


def as_json(messages: Sequence[Message], *, is_set_up: bool, quiet: bool) -> str:
    document = {
        "schema_version": 1,
        "configured": is_set_up,
        "quiet": quiet,
        "messages": [
            {
                "unit": message.unit,
                "kind": message.kind,
                "key": message.key,
                "title": message.title,
                "lines": list(message.lines),
                "urls_from": list(message.urls_from),
            }
            for message in messages
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)
