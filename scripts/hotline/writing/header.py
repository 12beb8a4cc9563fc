"""Changes in the header of a work order's file, such that all the rest stays as it was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import yaml

from hotline.writing.append import BOM
from hotline.writing.yaml_text import HEADER_KEYS, case_text, entry, flow, scalar


class CannotChange(ValueError):
    """The file cannot be changed without a risk; Chinese."""


def changed(blob: bytes, values: Mapping[str, Any], parse: Callable[[bytes], Any]) -> bytes:
    """``blob`` with header keys that have these values; None takes a key away.

    A key that was there is written anew in its place, a new one before the first that follows it
    in the contract's order. ``parse`` gives the root of a file. Raises :class:`CannotChange`
    where the result would not read as the old file with these values.
    """
    before = parse(blob)
    if not isinstance(before, dict) or not isinstance(before.get("events"), list):
        raise CannotChange("文件里没有 events 列表")
    wanted = {key: value for key, value in {**before, **values}.items() if value is not None}
    try:
        new = _changed(blob.decode("utf-8"), before, values).encode("utf-8")
    except (UnicodeError, yaml.YAMLError) as error:
        raise CannotChange(f"文件读不出（{type(error).__name__}）") from error
    if parse(new) != wanted:
        raise CannotChange("工单头的写法少见，请先改成常见的写法（每项一行）")
    return new


def _changed(text: str, before: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    start = text[: len(BOM)] if text.startswith(BOM) else ""
    text = text.removeprefix(BOM)
    root: Any = yaml.compose(text, Loader=yaml.CSafeLoader)
    if root.flow_style:
        if "#" in text:
            raise CannotChange("工单写成一行还带注释，改写会丢掉注释；请先把注释移走")
        return start + case_text({k: v for k, v in {**before, **values}.items() if v is not None})
    nl = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    rows = [key.start_mark.line for key, _ in root.value]
    spans = {
        key.value: (begin, _end(lines, begin, end, is_text=isinstance(value, yaml.ScalarNode)))
        for (key, value), begin, end in zip(root.value, rows, [*rows[1:], len(lines)], strict=True)
    }
    nodes = {key.value: value for key, value in root.value}
    # From the end on, so that the lines above keep their numbers.
    changes: list[tuple[int, int, list[str]]] = []
    for key, value in values.items():
        new = [] if value is None else [line + nl for line in entry(key, value)]
        if (
            key in spans
            and value
            and _is_flat(value)
            and _is_flat(before.get(key))
            and (
                not nodes[key].flow_style or nodes[key].start_mark.line == nodes[key].end_mark.line
            )
        ):
            begin, end = spans[key]
            old = lines[begin:end]
            changes.append((begin, end, _within(old, begin, nodes[key], before[key], value, nl)))
        elif key in spans:
            changes.append((*spans[key], new))
        elif new:
            at = _place_of(key, spans)
            changes.append((at, at, new))
    for begin, end, new in sorted(changes, key=lambda one: one[0], reverse=True):
        lines[begin:end] = new
    return start + "".join(lines)


def _is_flat(value: Any) -> bool:
    """Whether a mapping has plain values only."""
    return isinstance(value, dict) and not any(
        isinstance(one, dict | list) or "\n" in str(one) for one in value.values()
    )


def _within(
    lines: list[str], first: int, node: Any, old: Mapping[str, Any], new: Mapping[str, Any], nl: str
) -> list[str]:
    """The lines of a flat mapping with other values; comments and all the rest as they were."""
    if node.flow_style:
        number = node.start_mark.line - first
        line = lines[number]
        line = line[: node.start_mark.column] + flow(dict(new)) + line[node.end_mark.column :]
        return [*lines[:number], line, *lines[number + 1 :]]
    stand = {key.value: key.start_mark.line - first for key, _ in node.value}
    column = node.value[0][0].start_mark.column
    gone = {stand[key] for key in old if old[key] != new.get(key)}
    added = [
        f"{' ' * column}{key}: {scalar(value)}{nl}"
        for key, value in new.items()
        if old.get(key) != value
    ]
    last = max(stand.values())
    above = [line for number, line in enumerate(lines[: last + 1]) if number not in gone]
    return [*above, *added, *lines[last + 1 :]]


def _end(lines: list[str], begin: int, end: int, *, is_text: bool) -> int:
    """Where a key's lines end: comments and empty lines above the next key are not its own. In a
    text, an indented line that begins with # is one of it."""
    while end > begin + 1:
        line = lines[end - 1]
        if (line if is_text else line.strip()).startswith("#") or not line.strip():
            end -= 1
            continue
        break
    return end


def _place_of(key: str, spans: Mapping[str, tuple[int, int]]) -> int:
    """The line before which a new key stands."""
    order = [*HEADER_KEYS, "events"]
    after = order[order.index(key) + 1 :] if key in order else ["events"]
    return min(spans[name][0] for name in after if name in spans)
