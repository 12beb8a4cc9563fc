"""How an article is cited to people: ``art. 7-3`` → 第七条第（三）项."""

from __future__ import annotations

from functools import lru_cache

_DIGITS = "零一二三四五六七八九十"
_WITH_PARAGRAPHS = frozenset({11, 16})
"""Articles whose middle number is a paragraph (款), not an item (项)."""
PRACTICE = "practice"


def number(value: int) -> str:
    """1…99 in Chinese: 7 → 七, 12 → 十二, 25 → 二十五."""
    tens, ones = divmod(value, 10)
    if not tens:
        return _DIGITS[ones]
    return (_DIGITS[tens] if tens > 1 else "") + "十" + (_DIGITS[ones] if ones else "")


@lru_cache(maxsize=256)
def cite(article: str) -> str:
    """The citation that a clerk reads; ``practice`` is said to be no rule of the measure."""
    if article == PRACTICE:
        return "工作惯例"
    kind, _, rest = article.partition(" ")
    if kind == "note":
        return f"附件2注意事项第{rest}条"
    if kind == "CC":
        return f"民法典第{rest}条"
    if kind != "art.":
        return article
    head, _, item = rest.partition("-")
    if head == "A2" and item.startswith("n"):
        return f"附件2注意事项第{item[1:]}条"
    if head == "A2" and item.startswith("t"):
        return f"附件2第{item[1:]}个模板"
    if head == "F20":
        return "附则（原文作第二十条）"
    if not head.isdigit():
        return article
    text = f"第{number(int(head))}条"
    if item == "z":
        return f"{text}末款"
    if item.isdigit() and int(item):
        ordinal = number(int(item))
        return (
            f"{text}第{ordinal}款" if int(head) in _WITH_PARAGRAPHS else f"{text}第（{ordinal}）项"
        )
    return text
