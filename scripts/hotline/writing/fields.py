"""What a header and each event hold, as people give it: made from the lifecycle table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hotline.procedure.lifecycle import CHANNELS, KINDS, SECTIONS, TABLE, URGENCIES, Field
from hotline.values.registry import Registry


def _choice(name: str, title: str, choices: Mapping[str, str]) -> Field:
    return Field(name, title, "choice", True, tuple(choices.items()))


HEADER = (
    _choice("channel", "来源渠道", CHANNELS),
    Field("platform", "网络平台", required=False, help="city_web 用：五个平台之一"),
    Field("origin", "信函中写明的平台", required=False, help="province_12345 用"),
    Field("upstream_id", "上级平台编号"),
    Field("dispatched_at", "派单时间", "time", help="时限由此起算"),
    _choice("kind", "工单类型", KINDS),
    _choice("urgency", "紧急程度", URGENCIES),
    Field("category", "事项分类", help="registry/categories.yaml 里的编号"),
    Field("title", "标题"),
    Field("demand", "诉求内容", help="不写个人信息，用 {petitioner.name} 等代替"),
    Field("location", "地点"),
    Field("petitioner.confidential", "要求保密", "bool"),
    Field("petitioner.anonymous", "匿名", "bool"),
    Field("against", "被反映的单位", "units", False),
    Field("classification", "密级", "choice", False, (("internal", "内部"), ("public", "公开"))),
)
"""The header's fields as people give them; ``id`` is allotted, ``sealed`` comes by sealing."""

DEFAULTS: dict[str, str | bool] = {
    "urgency": "normal",
    "petitioner.confidential": False,
    "petitioner.anonymous": False,
}
MIN_ENDING = 3
NOTE = Field("note", "备注", required=False)

_PARTS = {
    "sections": tuple(Field(name, title) for name, title in SECTIONS.items()),
    "delivery": (
        _choice("method", "送达方式", {
            "phone": "电话", "message": "短信", "visit": "上门", "platform": "平台",
        }),
        Field("at", "送达时间", "time"),
    ),
    "statutory": (Field("law", "法律法规规章名称和条款"), Field("due_on", "法定到期日", "date")),
}  # fmt: skip
_PERSONAL = frozenset((
    "name", "phone", "mobile", "tel", "id_number", "address", "parties", "fingerprint",
    "petitioner.name", "petitioner.phone", "petitioner.id_number", "petitioner.address",
    "petitioner.title", "petitioner.parties", "petitioner.fingerprint", "petitioner",
    "person", "sealed", "姓名", "电话", "手机", "手机号码", "身份证", "身份证号", "身份证号码", "住址", "地址",
))  # fmt: skip


def event_fields(event: str) -> tuple[Field, ...]:
    """The fields of an event, those of a nested one spelt out (``delivery.method``)."""
    return (*spelt_out(TABLE[event].fields), NOTE)


def spelt_out(fields: Iterable[Field]) -> list[Field]:
    """Fields with the parts of a nested one each by itself."""
    found: list[Field] = []
    for field in fields:
        parts = _PARTS.get(field.kind)
        for part in parts or ():
            name, title = f"{field.name}.{part.name}", f"{field.title}：{part.title}"
            needed = field.required and field.kind != "sections"
            words = "按模板的要求填写" if field.kind == "sections" else part.help
            found.append(Field(name, title, part.kind, needed, part.choices, words))
        if not parts:
            found.append(field)
    return found


def parts_of_value(field: str) -> list[Field]:
    """The parts of a corrected value that is a mapping (``value.method`` of ``delivery``)."""
    return [
        Field(f"value.{part.name}", part.title, part.kind, True, part.choices, part.help)
        for part in _PARTS.get(field, ())
    ]


def is_personal(key: str) -> bool:
    """Whether a header key would hold what belongs under seal."""
    return key.lower() in _PERSONAL or key.lower().startswith("sealed.")


@dataclass(frozen=True, slots=True)
class Names:
    """What people say in place of an id: names (and ids) of categories and units → ids."""

    categories: Mapping[str, str]
    units: Mapping[str, str]


NOBODY = Names({}, {})


def _endings(units: Mapping[str, str]) -> dict[str, str]:
    """What the names of one unit alone end in: people leave the county's name out."""
    meant: dict[str, set[str]] = {}
    for name, unit in units.items():
        for start in range(1, len(name) - MIN_ENDING + 1):
            meant.setdefault(name[start:], set()).add(unit)
    return {ending: min(found) for ending, found in meant.items() if len(found) == 1}


def names_of(registry: Registry) -> Names:
    """The names of a registry; a unit's full and its short one, and their endings."""
    categories = {row.name: row.id for row in registry.categories.values()}
    units = {unit.short: unit.id for unit in registry.units.values() if unit.short}
    units |= {unit.name: unit.id for unit in registry.units.values()}
    return Names(
        categories | {name: name for name in registry.categories},
        _endings(units) | units | {name: name for name in registry.units},
    )
