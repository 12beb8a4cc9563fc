"""The merge law: the union of events, the same bytes whoever comes first, nothing lost."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.procedure.identity import event_id
from hotline.procedure.lifecycle import ORDER
from hotline.reading.strict_yaml import parse
from hotline.writing.append import append
from hotline.writing.merge import CannotMerge, merge
from hotline.writing.yaml_text import event_lines
from tests.writing.shapes import texts

HEADER = """\
# 一件工单
id: LZ-20261013-0007
channel: city_12345
title: 夜间施工噪音   # 标题
demand: |
  {petitioner.name}反映工地夜间施工。

petitioner: {confidential: false, anonymous: false}
"""
ACCEPTED = "  - {at: 2026-10-13T09:40:00+08:00, by: hotline-center, type: accepted}\n"
ASSIGNED = """\
  # 交办给住建
  - at: 2026-10-13T09:50:00+08:00   # 电话已说
    by: hotline-center
    type: assigned
    lead: housing-bureau
"""
BASE = f"{HEADER}events:\n{ACCEPTED}{ASSIGNED}"


def line(minute: int, words: str = "x", kind: str = "progress") -> str:
    return f'  - {{at: "2026-10-13T10:{minute:02}:00+08:00", by: u, type: {kind}, text: {words}}}\n'


def root(blob: bytes) -> Any:
    return parse(blob).root


def merged(base: str | None, one: str, other: str) -> str:
    found = merge(base.encode() if base is not None else None, one.encode(), other.encode(), root)
    turned = merge(base.encode() if base is not None else None, other.encode(), one.encode(), root)
    assert found == turned
    return found.decode()


def refused(base: str | None, one: str, other: str) -> str:
    said = set()
    for a, b in ((one, other), (other, one)):
        with pytest.raises(CannotMerge) as why:
            merge(base.encode() if base is not None else None, a.encode(), b.encode(), root)
        said.add(str(why.value))
    assert len(said) == 1
    assert re.search("[\u4e00-\u9fff]", why.value.args[0])
    return said.pop()


# --- by example -----------------------------------------------------------------------------


def test_two_appends_stand_in_the_order_of_time() -> None:
    assert merged(BASE, BASE + line(30), BASE + line(20)) == BASE + line(20) + line(30)


def test_at_one_moment_the_lifecycle_table_rules_then_the_id() -> None:
    texts = [line(20, "甲", "urged"), line(20, "乙"), line(20, "丙"), line(20, "丁", "signed")]
    whole = BASE
    for text in texts:
        whole = merged(BASE, whole, BASE + text)
    events = root(whole.encode())["events"][2:]
    assert events == sorted(events, key=lambda e: (ORDER[e["type"]], event_id(e)))


def test_identical_appends_become_one() -> None:
    assert merged(BASE, BASE + line(20), BASE + line(20) + line(30)) == BASE + line(20) + line(30)


def test_equal_events_of_one_version_stay_as_many() -> None:
    twice = BASE + line(20) + line(20)
    assert merged(BASE, twice, BASE + line(20) + line(30)) == twice + line(30)


def test_comments_go_with_the_event_that_follows() -> None:
    one = BASE + "\n  # 住建的人说\n" + line(30) + "  # 完\n"
    other = BASE + "# 街道\n" + line(20)
    assert merged(BASE, one, other) == (
        BASE + "# 街道\n" + line(20) + "\n  # 住建的人说\n" + line(30) + "  # 完\n"
    )


def test_comments_of_both_on_one_event_are_kept() -> None:
    one = BASE.replace("  # 交办给住建\n", "  # 交办给住建\n  # 甲注\n")
    other = BASE.replace("  # 交办给住建\n", "  # 交办给住建\n  # 乙注\n") + line(20)
    kept = "  # 交办给住建\n  # 乙注\n  # 甲注\n"
    assert merged(BASE, one, other) == BASE.replace("  # 交办给住建\n", kept) + line(20)


def test_a_deletion_never_wins() -> None:
    without = BASE.replace(ACCEPTED, "")
    assert merged(BASE, without, BASE + line(20)) == BASE + line(20)
    assert merged(BASE, without, BASE) == BASE


def test_an_event_at_the_wrong_place_is_put_right() -> None:
    early = line(20).replace("T10:20", "T09:45")
    assert merged(BASE, BASE + early, BASE) == BASE.replace("  # 交办", early + "  # 交办")
    wrong = BASE + early
    assert merged(wrong, wrong, wrong + line(20)) == wrong + line(20), "what was so stays so"


def test_of_two_writings_of_a_new_event_the_longer_is_kept() -> None:
    long = line(20).replace("}\n", "}   # 补记\n")
    assert merged(BASE, BASE + line(20), BASE + long) == BASE + long


def test_a_new_writing_of_an_old_event_is_kept() -> None:
    other = BASE.replace("   # 电话已说", "")
    assert merged(BASE, BASE + line(20), other) == other + line(20)


def test_an_empty_list_becomes_a_block() -> None:
    base = f"{HEADER}events: []   # 还没有\n# 完\n"
    begun = f"{HEADER}events:   # 还没有\n"
    one, other = begun + line(30) + "# 完\n", begun + line(20) + "# 完\n"
    assert merged(base, one, other) == begun + line(20) + line(30) + "# 完\n"
    assert merged(base, base.replace("# 一件", "# 甲"), base.replace("# 完", "# 结束")) == (
        base.replace("# 一件", "# 甲").replace("# 完", "# 结束")
    )


def test_a_list_on_one_line_becomes_a_block() -> None:
    base = f"{HEADER}events: [{{at: 2026-10-13T09:40:00+08:00, by: u, type: accepted}}]\n"
    first = "  - {at: 2026-10-13T09:40:00+08:00, by: u, type: accepted}\n"
    one = base.replace("]", ", " + line(30).strip(" -\n") + "]")
    assert merged(base, one, f"{HEADER}events:\n{first}{line(20)}") == (
        f"{HEADER}events:\n{first}{line(20)}{line(30)}"
    )
    flow = base.replace("events: [", "events: [ # 注\n  ")
    assert "注释" in refused(base, flow, one)


def test_other_indents_are_taken_over() -> None:
    flush = BASE.replace("\n  ", "\n").replace("|\n{pet", "|\n  {pet")
    one = flush + "# 注\n" + line(20)[2:]
    deep = merged(BASE, flush, BASE + "  # 注\n" + line(20))
    assert deep == one
    assert merged(f"{HEADER}events: []\n", f"{HEADER}events:\n{line(20)}", one) == one


def test_line_ends_and_mark_of_the_file_stay() -> None:
    windows = "\ufeff" + BASE.replace("\n", "\r\n")
    one, other = windows + line(30).replace("\n", "\r\n"), windows + line(20)
    both = (line(20) + line(30)).replace("\n", "\r\n")
    assert merged(windows, one, other) == windows + both
    assert merged(BASE, windows, BASE + line(20)) == windows + line(20).replace("\n", "\r\n")


@pytest.mark.parametrize("mark", ["|", ">", "|+", "|-"])
def test_a_block_of_text_at_the_end_keeps_its_value(mark: str) -> None:
    text = f"  - at: 2026-10-13T10:10:00+08:00\n    type: progress\n    text: {mark}\n      甲\n      乙"
    whole = merged(BASE, BASE + text, BASE + line(20))
    assert root(whole.encode())["events"][2:] == [
        *root((BASE + text).encode())["events"][2:], *root((BASE + line(20)).encode())["events"][2:]
    ]  # fmt: skip


def test_a_deep_comment_never_becomes_text() -> None:
    text = "  - at: 2026-10-13T10:10:00+08:00\n    type: progress\n    text: |\n     甲\n"
    one, other = BASE + "      # 深\n" + line(20), BASE + text
    assert merged(BASE, one, other) == BASE + text + "  # 深\n" + line(20)


def test_events_may_stand_before_the_header() -> None:
    base = f"events:\n{ACCEPTED}{HEADER}"
    events = f"events:\n{ACCEPTED}"
    assert merged(base, events + line(20) + HEADER, events + line(10) + HEADER) == (
        events + line(10) + line(20) + HEADER
    )


# --- the header -----------------------------------------------------------------------------

SEALED = "sealed: {person: {recipient: r, to: [hotline-center], text: t}}\n"
PERSON = "petitioner: {confidential: false, anonymous: false}"


def test_a_seal_and_an_event_come_together() -> None:
    sealed = BASE.replace("events:\n", SEALED + "events:\n")
    marked = BASE.replace("anonymous: false}", f"anonymous: false, fingerprint: {'0' * 32}}}")
    whole = merged(BASE, sealed + line(30), marked + line(20))
    assert whole == marked.replace("events:\n", SEALED + "events:\n") + line(20) + line(30)
    gone = merged(sealed, BASE + line(30), sealed + line(20))
    assert gone == BASE + line(20) + line(30)


def test_the_comment_of_a_changed_key_stays() -> None:
    other = BASE.replace("   # 标题", "   # 改过的标题注")
    assert "# 改过的标题注" in merged(BASE, BASE + line(20), other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("昼间施工噪音", "早晨施工噪音"), ("1", "true"), ("昼间施工噪音", None)],
)
def test_two_changes_of_one_key_are_refused(one: str, other: str | None) -> None:
    changed = [
        BASE.replace("title: 夜间施工噪音   # 标题\n", f"title: {title}\n" if title else "")
        for title in (one, other)
    ]
    assert "title" in refused(BASE, *changed)


def test_without_a_base_headers_must_be_equal() -> None:
    assert merged(None, BASE + line(30), BASE + line(20)) == BASE + line(20) + line(30)
    assert "title" in refused(None, BASE, BASE.replace("title: 夜间", "title: 昼间"))
    assert merged("坏：[", BASE + line(30), BASE + line(20)) == BASE + line(20) + line(30)


@pytest.mark.parametrize(
    "broken",
    [
        "", "[", "a: 1\n", f"{HEADER}events:\n", f"{HEADER}events: 3\n", f"{HEADER}{HEADER}events: []\n",
        BASE + "<<<<<<< a\n", f"{BASE}  - {{type: progress}}\n", f"{BASE}  - progress\n",
        "{id: a, events: []}\n", BASE.replace("title:", "? [a]\n: 1\ntitle:"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(broken: str) -> None:
    refused(BASE, broken, BASE + line(20))


def test_what_is_no_utf8_is_refused() -> None:
    for pair in ((BASE.encode("gbk"), BASE.encode()), (BASE.encode(), BASE.encode("gbk"))):
        with pytest.raises(CannotMerge):
            merge(b"", *pair, root)


# --- by chance --------------------------------------------------------------------------------

TYPES = ("progress", "urged", "contacted", "support_opinion", "supplemented")


@st.composite
def events(draw: st.DrawFn) -> str:
    """An event as somebody may write it: one line or several, a block of text, comments."""
    event = {
        "at": f"2026-10-13T1{draw(st.integers(0, 2))}:0{draw(st.integers(0, 3))}:00+08:00",
        "by": draw(st.sampled_from(["housing-bureau", "tianchi-street"])),
        "type": draw(st.sampled_from(TYPES)),
        "text": draw(st.sampled_from(["甲", "乙\n丙\n", "丁 # 不是注释", "a: b"]) | texts()),
    }
    lines = event_lines(event, 2)
    if draw(st.booleans()):
        lines.insert(0, f"  # 注{draw(st.integers(0, 99))}")
    if draw(st.integers(0, 5)) == 0:
        lines.insert(0, "")
    if not lines[-1].strip() or len(lines) > 1:
        return "\n".join(lines) + "\n"
    tail = draw(st.sampled_from(["", "", f"   # 尾{draw(st.integers(0, 99))}"]))
    return "\n".join(lines) + tail + "\n"


def key_of(text: str) -> tuple[Any, ...]:
    event = root(f"{HEADER}events:\n{text}".encode())["events"][0]
    return datetime.fromisoformat(event["at"]), ORDER[event["type"]], event_id(event)


def written(chunks: list[str], begin: str = "events:\n", end: str = "") -> str:
    unique = {key_of(text): text for text in chunks}
    return HEADER + begin + "".join(unique[key] for key in sorted(unique)) + end


@st.composite
def versions(draw: st.DrawFn, number: int = 3) -> tuple[str, list[str]]:
    """A base and versions of it, each with events of its own among the others."""
    pool = draw(st.lists(events(), min_size=1, max_size=8, unique_by=key_of))
    old = [text for text in pool if draw(st.booleans())]
    base = written(old) if old else HEADER + "events: []\n"
    found = []
    for _ in range(number):
        mine = old + [text for text in pool if text not in old and draw(st.booleans())]
        end = draw(st.sampled_from(["", "", "", "  # 完\n", "# 毕\n"]))
        text = written(mine, end=end) if mine else base
        if draw(st.integers(0, 7)) == 0:
            text = text.replace("\n", "\r\n")
        if draw(st.integers(0, 9)) == 0:
            text = text.replace("# 一件工单", f"# 一件工单 {draw(st.integers(0, 2))}")
        if draw(st.integers(0, 9)) == 0:
            text = text.removesuffix("\n")
        found.append(text)
    return base, found


def landed(base: str, branches: tuple[str, ...]) -> bytes:
    now = base.encode()
    for branch in branches:
        now = merge(base.encode(), now, branch.encode(), root)
    return now


def contents(blob: bytes) -> list[str]:
    return sorted(map(event_id, root(blob)["events"]))


def comments(text: str) -> set[str]:
    return set(re.findall(r"# (?:注|尾)\d+|# 完|# 毕", text))


@settings(max_examples=400, deadline=None)
@given(versions())
def test_six_orders_give_the_same_bytes_and_lose_nothing(given: tuple[str, list[str]]) -> None:
    """Six landings each: 2,400 interleavings."""
    base, branches = given
    results = {landed(base, order) for order in permutations(branches)}
    assert len(results) == 1
    (result,) = results
    assert contents(result) == sorted({e for b in branches for e in contents(b.encode())})
    assert {c for branch in branches for c in comments(branch)} == comments(result.decode())
    for branch in branches:  # again changes nothing
        assert merge(base.encode(), result, branch.encode(), root) == result


@settings(max_examples=400, deadline=None)
@given(versions())
def test_the_law_is_associative_and_commutative(given: tuple[str, list[str]]) -> None:
    base, (one, other, third) = given[0].encode(), [text.encode() for text in given[1]]
    left = merge(base, merge(base, one, other, root), third, root)
    assert left == merge(base, one, merge(base, other, third, root), root)
    assert left == merge(base, third, merge(base, other, one, root), root)
    assert merge(base, one, one, root) == one


@settings(max_examples=300, deadline=None)
@given(versions(number=2))
def test_without_a_base_too(given: tuple[str, list[str]]) -> None:
    one, other = (text.encode() for text in given[1])
    assert merge(None, one, other, root) == merge(None, other, one, root)


@settings(max_examples=300, deadline=None)
@given(versions(number=2), st.sampled_from(["title: 夜间施工噪音", PERSON]), st.booleans())
def test_conflicting_headers_are_always_refused(
    given: tuple[str, list[str]], key: str, has_base: bool
) -> None:
    base, (one, other) = given
    one, other = (
        text.replace(
            key, key.replace("夜间", f"{n}时").replace("anonymous: false", f"anonymous: {n}")
        )
        for n, text in enumerate((one, other))
    )
    refused(base if has_base else None, one, other)


@settings(max_examples=200, deadline=None)
@given(st.lists(events(), min_size=2, max_size=2, unique_by=key_of), events())
def test_appends_by_the_tool_touch_only_their_lines(pair: list[str], first: str) -> None:
    base = written([first])
    if any(key_of(text) == key_of(first) for text in pair):
        return
    versions = []
    for text in pair:
        event = root(f"{HEADER}events:\n{text}".encode())["events"][0]
        versions.append(append(base.encode(), event, root).blob.decode())
    whole = merged(base, *versions)
    rest = iter(whole.splitlines())
    assert all(line in rest for line in base.splitlines()), "the base's lines, in their order"
