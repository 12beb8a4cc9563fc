"""Writes schema/case.schema.json from the lifecycle table (run by `make generated`)."""

from __future__ import annotations

import json
from typing import Any

from hotline.procedure.lifecycle import (
    CHANNELS,
    KINDS,
    SECTIONS,
    TABLE,
    URGENCIES,
    EventType,
    Field,
)

Schema = dict[str, Any]

ID = {
    "type": "string",
    "pattern": "^[A-Z]{2,6}-[0-9]{8}-[0-9]{4,6}$",
    "not": {"pattern": "[\\r\\n]"},
}
UNIT = {"type": "string", "pattern": "^[a-z][a-z0-9-]*$", "not": {"pattern": "[\\r\\n]"}}
NAME = UNIT
TIME = {"type": "string", "format": "date-time"}
DATE = {"type": "string", "format": "date"}
TEXT = {"type": "string", "pattern": "\\S"}
LOOSE_TEXT = {"type": "string"}
KINDS_OF_FIELD: dict[str, Schema] = {
    "bool": {"type": "boolean"},
    "days": {"type": "integer", "minimum": 1, "maximum": 60},
    "date": DATE,
    "time": TIME,
    "unit": UNIT,
    "units": {"type": "array", "items": UNIT, "uniqueItems": True},
    "texts": {"type": "array", "items": TEXT},
    "cases": {"type": "array", "items": ID, "minItems": 1, "uniqueItems": True},
    "event": {"type": "string", "pattern": "^[0-9a-f]{8}$", "not": {"pattern": "[\\r\\n]"}},
    "true": {"const": True},
    "any": {},
    "precedent": {"type": "string", "pattern": "^[A-Za-z0-9-]+$", "not": {"pattern": "[\\r\\n]"}},
    "entry": {"type": "string", "pattern": "^[A-Za-z0-9-]+$", "not": {"pattern": "[\\r\\n]"}},
    "statutory": {
        "type": "object",
        "required": ["law", "due_on"],
        "properties": {
            "law": {**TEXT, "title": "法律法规规章名称和条款"},
            "due_on": {**DATE, "title": "法定到期日"},
        },
        "additionalProperties": False,
    },
    "sections": {
        "type": "object",
        "properties": {name: {**LOOSE_TEXT, "title": title} for name, title in SECTIONS.items()},
        "additionalProperties": False,
    },
    "delivery": {
        "type": "object",
        "required": ["method", "at"],
        "properties": {
            "method": {"enum": ["phone", "message", "visit", "platform"], "title": "送达方式"},
            "at": {**TIME, "title": "送达时间"},
        },
        "additionalProperties": False,
    },
}
# Texts that a rule of its own asks for may be empty here, so that one fault is told once.
RULED = {
    ("return_requested", "reason"), ("return_requested", "legal_basis"),
    ("return_requested", "suggested_unit"), ("interim_requested", "situation"),
    ("interim_requested", "next_steps"), ("terminated", "opinion"),
    ("terminated", "legal_basis"), ("replied", "reviewed_by"), ("replied", "handler"),
    ("replied", "handler_phone"), ("replied", "contact_office"), ("replied", "contact_phone"),
}  # fmt: skip


def field_schema(row: EventType, field: Field) -> Schema:
    """The schema of one field, with what an editor shows on hover."""
    words: Schema = {"title": field.title}
    if field.help:
        words["description"] = field.help
    if field.kind == "choice":
        listed = "、".join(f"{name}（{title}）" for name, title in field.choices)
        words["description"] = f"可写：{listed}"
        return {**words, "enum": [name for name, _ in field.choices]}
    if field.kind == "text":
        if field.name in ("category",):
            return {**words, **NAME}
        return {**words, **(LOOSE_TEXT if (row.name, field.name) in RULED else TEXT)}
    return {**words, **KINDS_OF_FIELD[field.kind]}


def event_schema(row: EventType) -> Schema:
    """The whole event: nothing but what the table names."""
    described = f"{row.title}：{row.help}" if row.help else row.title
    schema: Schema = {
        "title": row.title,
        "description": described,
        "type": "object",
        "required": ["at", "by", "type", *(f.name for f in row.fields if f.required)],
        "properties": {
            "at": {
                **TIME,
                "title": "发生时间",
                "description": "带时区，如 2026-10-13T09:30:00+08:00",
            },
            "by": {**UNIT, "title": "记录单位", "description": "registry/units.yaml 里的编号"},
            "type": {"const": row.name, "title": "事件类型"},
            **{f.name: field_schema(row, f) for f in row.fields},
            "note": {**LOOSE_TEXT, "title": "备注"},
        },
        "additionalProperties": False,
    }
    schema.update(EXTRA.get(row.name, {}))
    return schema


def _exactly_one(*names: str) -> Schema:
    return {"oneOf": [{"required": [name]} for name in names]}


EXTRA: dict[str, Schema] = {
    "extension_requested": _exactly_one("days", "statutory"),
    "corrected": _exactly_one("event", "header"),
    "reclassified": {"anyOf": [{"required": [n]} for n in ("kind", "urgency", "category")]},
    "assigned": {
        "if": {"properties": {"basis": {"const": "precedent"}}, "required": ["basis"]},
        "then": {"required": ["precedent"]},
    },
    "callback": {
        "if": {"properties": {"reached": {"const": True}}, "required": ["reached"]},
        "then": {"required": ["process", "result"]},
    },
}


def part_schema(title: str) -> Schema:
    return {
        "title": title,
        "type": "object",
        "required": ["recipient", "to", "text"],
        "properties": {
            "recipient": {**TEXT, "title": "本件本部分的公钥"},
            "to": {**KINDS_OF_FIELD["units"], "title": "可读单位"},
            "text": {**TEXT, "title": "密文（age）"},
        },
        "additionalProperties": False,
    }


def choice(title: str, table: dict[str, str]) -> Schema:
    listed = "、".join(f"{name}（{zh}）" for name, zh in table.items())
    return {"title": title, "description": f"可写：{listed}", "enum": list(table)}


SEALED_DEMAND: Schema = {
    "properties": {"sealed": {"required": ["demand"]}}, "required": ["sealed"],
}  # fmt: skip
TO_BE_SEALED: dict[str, Any] = {
    "anyOf": [
        {"properties": {"kind": {"const": "report"}}, "required": ["kind"]},
        {
            "properties": {
                "petitioner": {
                    "properties": {"confidential": {"const": True}}, "required": ["confidential"],
                }
            },
            "required": ["petitioner"],
        },
    ]
}  # fmt: skip
"""Whether such an order has its demand, and not in clear, is P005's to say."""
ERASED: Schema = {
    "properties": {
        "events": {"contains": {"properties": {"type": {"const": "erased"}}, "required": ["type"]}}
    },
    "required": ["events"],
}
"""After erasure neither a demand in clear nor a seal is left of what was sealed."""


def case_schema() -> Schema:
    events = {
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {
                "title": "事件类型",
                "description": "、".join(f"{row.name}（{row.title}）" for row in TABLE.values()),
                "enum": list(TABLE),
            }
        },
        "allOf": [
            {
                "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
                "then": {"$ref": f"#/$defs/{name}"},
            }
            for name in TABLE
        ],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://hotline.invalid/schema/case.schema.json",
        "title": "工单",
        "description": "12345 热线工单。由生命周期表生成，请勿手改：make generated",
        "type": "object",
        "required": [
            "id", "channel", "upstream_id", "dispatched_at", "kind", "urgency", "category",
            "title", "location", "petitioner", "events",
        ],
        "properties": {
            "id": {**ID, "title": "工单编号", "description": "如 LZ-20261013-0007，日期为派单日，与文件名相同"},
            "channel": choice("来源渠道", CHANNELS),
            "platform": {**TEXT, "title": "网络平台", "description": "资阳网、资阳市民云、九曲河门户网、问政四川、麻辣社区之一"},
            "origin": {**TEXT, "title": "信函中写明的平台"},
            "upstream_id": {**TEXT, "title": "上级平台编号"},
            "dispatched_at": {**TIME, "title": "派单时间", "description": "所有时限由此起算（第七条末款）"},
            "kind": choice("工单类型", KINDS),
            "urgency": choice("紧急程度", URGENCIES),
            "category": {**NAME, "title": "事项分类", "description": "registry/categories.yaml 里的编号"},
            "title": {**TEXT, "title": "标题", "description": "不写个人信息"},
            "demand": {**TEXT, "title": "诉求内容", "description": "个人信息用 {petitioner.name} 等代替"},
            "location": {**TEXT, "title": "地点"},
            "petitioner": {
                "title": "诉求人",
                "type": "object",
                "required": ["confidential", "anonymous"],
                "properties": {
                    "confidential": {"type": "boolean", "title": "要求保密"},
                    "anonymous": {"type": "boolean", "title": "匿名"},
                    "fingerprint": {
                        "type": "string", "pattern": "^[0-9a-f]{32}$",
                        "not": {"pattern": "[\\r\\n]"}, "title": "指纹",
                    },
                },
                "additionalProperties": False,
            },
            "sealed": {
                "title": "密封内容",
                "type": "object",
                "properties": {
                    "person": part_schema("个人信息"),
                    "demand": part_schema("诉求内容"),
                },
                "minProperties": 1,
                "additionalProperties": False,
            },
            "against": {**KINDS_OF_FIELD["units"], "title": "被反映的单位"},
            "classification": {
                "title": "密级", "description": "internal（内部，默认）或 public（公开）；涉密事项不得进入本系统",
                "enum": ["internal", "public"],
            },
            "events": {"title": "事件", "type": "array", "maxItems": 2000, "items": events},
        },
        "additionalProperties": False,
        "if": {"not": {"anyOf": [SEALED_DEMAND, ERASED, TO_BE_SEALED]}},
        "then": {"required": ["demand"]},
        "$defs": {name: event_schema(row) for name, row in TABLE.items()},
    }  # fmt: skip


def text() -> str:
    """The file's whole content."""
    return json.dumps(case_schema(), ensure_ascii=False, indent=1) + "\n"
