"""Nothing, or what people type so that a field is not empty."""

from __future__ import annotations

import re
from functools import lru_cache

_FILLERS = frozenset(
    [
        "无",
        "暂无",
        "没有",
        "略",
        "同上",
        "同前",
        "见上",
        "内容同前",
        "待补",
        "待补充",
        "待填",
        "待填写",
        "待定",
        "待沟通",
        "未填",
        "空",
        "空白",
        "不涉及",
        "na",
        "todo",
        "tbd",
    ]
)
# Signs that mask (*, X, _, □) are no punctuation here: another rule tells them.
_SIGNS = r"\s/\\|.,;:，。、；：…—–~～()（）【】\[\]“”\"'-"
_PUNCTUATION = re.compile(f"[{_SIGNS}]+")
_MORE = 2 * max(map(len, _FILLERS)) + 1
"""So many characters without punctuation are no filler, nor one said twice."""
_MANY = re.compile(f"(?:[{_SIGNS}]*+[^{_SIGNS}]){{{_MORE}}}")
_LONGEST = 100


def is_filler(text: object) -> bool:
    """Whether a text says nothing: none at all, punctuation, “无”, “（略）”, “无/无”."""
    if not isinstance(text, str):
        return True
    if len(text) >= _MORE and text[:_MORE].isalnum():
        return False  # most texts: letters and digits are no punctuation
    if len(text) > _LONGEST:
        return not text.strip()
    if _MANY.match(text):
        return False
    return _is_short_filler(text)


@lru_cache(maxsize=1024)
def _is_short_filler(text: str) -> bool:
    """Names of offices and posts, and fillers themselves, come again and again."""
    bare = _PUNCTUATION.sub("", text).lower()
    half = bare[: len(bare) // 2]
    return not bare or bare in _FILLERS or (half * 2 == bare and half in _FILLERS)
