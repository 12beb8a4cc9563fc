"""The labels of escalation. They help the eye, and nothing depends on them but 人工关闭."""

from __future__ import annotations

from hotline.doors.forges.dialect import Label
from hotline.escalation.plan import KEEP_CLOSED

ALL = "热线升级"
LEVEL_LABELS = {
    "unit": "升级：承办单位",
    "bureau": "升级：局督办",
    "county": "升级：县督办",
    "accountability": "升级：追责线索",
}
LABELS = (
    Label(ALL, "5319e7", "由 hotline 自动维护，请勿手工新建"),
    Label(LEVEL_LABELS["unit"], "fbca04", "时限将到或已过"),
    Label(LEVEL_LABELS["bureau"], "d93f0b", "办法第十九条"),
    Label(LEVEL_LABELS["county"], "b60205", "办法第二十条"),
    Label(LEVEL_LABELS["accountability"], "5c0000", "办法第二十一条，仅为线索"),
    Label(KEEP_CLOSED, "c2e0c6", "先加本标签再关闭的提醒，情形仍在也不再打开"),
)


def labels_of(level: str) -> tuple[str, ...]:
    """What a new issue of a level carries."""
    return (ALL, LEVEL_LABELS[level])
