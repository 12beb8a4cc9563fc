"""Five thousand case files broken at random: never an exception, fair words, nothing leaked."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.findings.engine import Engine
from hotline.reading.strict_yaml import parse
from tests.corpus import CLEAN, PATH, RICH
from tests.support import at, schema, shipped_rules

NAME, PHONE = "王大锤", "13881234567"
SEEDS = range(20)
FILES_PER_SEED = 250
"""Together 5,000."""

TOKENS = (
    "kind: complaint", "type: signed", "type: replied", "type: corrected", "support: []", "days: 3",
    "at: 2026-10-13T09:30:00+08:00", "at: 2026-02-29T09:30:00+08:00", "at: 2100-12-31T23:59:59Z",
    "at: 2000-01-01T00:00:00+14:00", "due_on: 2000-01-01", "due_on: 2100-12-31", "by: hotline-center",
    "true", "false", "null", "~", "[]", "{}", "''", '""', "-", "- ", ": ", "：", "，", "?", "|", ">", "&a",
    "*a", "!x", "%", "@", "`", "#", "'", '"', "\\", "\\u202e", "\t", "\n", "\r", "\r\n", "\u200b", "\u202e",
    "\u2028", "\x00", "\x1b", "\ufeff", "\ufffd", "　", "\xa0", "0", "012", "1e3", "9" * 19, "---", "...",
    "<<: ", "<<<<<<< HEAD", "=======", "housing-bureau", "event: 0a1b2c3d", "header: true",
    "field: dispatched_at", "field: events", "field: petitioner", "field: at", "value: {a: [1]}",
    "value: 2026-10-13T23:59:59+08:00", "reached: true", "approved: false", "promised_on: 2026-10-14",
)  # fmt: skip
WRONG_KEYS = (
    "name",
    "phone",
    "姓名",
    "联系电话",
    "titel",
    "id_number",
    "x",
    "Name",
    "nmae",
    NAME,
    PHONE,
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    """At the end of the rich case, so that every clock has something to say."""
    return Engine(shipped_rules(), schema(), at("2026-11-30T10:00"))


# --- mutations: text → text, by chance -------------------------------------------------------------


def _line(text: str, chance: random.Random) -> str:
    """One line dropped, doubled, moved, blanked, or indented otherwise."""
    lines = text.split("\n")
    index = chance.randrange(len(lines))
    match chance.randrange(6):
        case 0:
            del lines[index]
        case 1:
            lines.insert(index, lines[index])
        case 2:
            lines.insert(chance.randrange(len(lines)), lines.pop(index))
        case 3:
            lines[index] = " " * chance.randrange(1, 4) + lines[index]
        case 4:
            lines[index] = lines[index][1:]
        case _:
            lines[index] = lines[index].rstrip()[:-1]
    return "\n".join(lines)


def _token(text: str, chance: random.Random) -> str:
    """A piece of YAML put somewhere, in place of what stood there."""
    start = chance.randrange(len(text))
    return text[:start] + chance.choice(TOKENS) + text[start + chance.choice((0, 0, 1, 3, 10)) :]


def _value(text: str, chance: random.Random) -> str:
    """The value of one line replaced by a token or by the value of another line."""
    lines = text.split("\n")
    index = chance.randrange(len(lines))
    key, colon, _ = lines[index].partition(": ")
    other = (
        chance.choice(lines).partition(": ")[2] if chance.random() < 0.5 else chance.choice(TOKENS)
    )
    lines[index] = key + colon + other
    return "\n".join(lines)


def _planted(text: str, chance: random.Random) -> str:
    """A person's name or number under a key where it must not stand."""
    lines = text.split("\n")
    index = chance.randrange(len(lines))
    indent = lines[index][: len(lines[index]) - len(lines[index].lstrip(" -"))].replace("-", " ")
    value = chance.choice(
        (NAME, PHONE, f'"{PHONE}"', f"{NAME} {PHONE}", f"[{NAME}]", f"&{PHONE} x")
    )
    colon = chance.choice((": ", ": ", ": ", ":", "：", " "))
    lines.insert(index + 1, f"{indent}{chance.choice(WRONG_KEYS)}{colon}{value}")
    return "\n".join(lines)


def _cut(text: str, chance: random.Random) -> str:
    """A piece missing, or the rest."""
    start = chance.randrange(len(text))
    return text[:start] + text[start + chance.choice((1, 5, 80, len(text))) :]


MUTATIONS: tuple[Callable[[str, random.Random], str], ...] = (
    _line, _line, _token, _token, _value, _value, _planted, _planted, _cut,
)  # fmt: skip


def mutated(chance: random.Random) -> bytes:
    text = RICH
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5))):
        text = chance.choice(MUTATIONS)(text, chance) or "\n"
    blob = bytearray(text.encode())
    for _ in range(chance.choice((0, 0, 0, 0, 1, 3))):
        blob[chance.randrange(len(blob))] = chance.randrange(256)
    return bytes(blob)


# --- what must hold ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_files_mutated_at_random(seed: int, engine: Engine, fair) -> None:
    chance = random.Random(f"hotline {seed}")
    for _ in range(FILES_PER_SEED):
        blob = mutated(chance)
        started = time.process_time()
        findings = engine.judge(PATH, blob).findings
        assert time.process_time() - started < 2
        for finding in findings:
            assert NAME not in repr(finding), finding
            assert PHONE not in repr(finding), finding
            if b"\0" not in blob[:4]:
                fair(finding, blob)


@pytest.mark.parametrize("seed", range(4))
def test_mutations_of_a_flow_of_two_cases_mixed(seed: int, engine: Engine, fair) -> None:
    """Lines of two cases shuffled together, as a bad merge does."""
    chance = random.Random(f"merge {seed}")
    ours, theirs = RICH.split("\n"), CLEAN.split("\n")
    for _ in range(50):
        start, end = sorted(chance.sample(range(len(ours)), 2))
        lines = [*ours[:start], *chance.choice((["=======", *theirs], theirs)), *ours[end:]]
        blob = "\n".join(lines).encode()
        for finding in engine.judge(PATH, blob).findings:
            fair(finding, blob)


def _paths(node: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of every scalar, list and mapping."""
    found = [path] if path else []
    for key, value in (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    ):
        found += _paths(value, (*path, key))
    return found


EVERYWHERE = _paths(parse(RICH.encode()).root)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 100), st.text(max_size=8),
    st.sampled_from(["2000-01-01T00:00:00Z", "2100-12-31T23:59:59-12:00", "2026-10-13T09:30:00+08:00",
                     "2000-01-01", "2100-12-31", "housing-bureau", "hotline-center", "no-such-unit", "help",
                     "special", "emergency", "LZ-20261013-0007", "national_platform", "events", "at", "petitioner",
                     "petitioner.confidential", "sections.demand", "...", "a.b.c"]),
    st.lists(st.sampled_from(["housing-bureau", "tianchi-street", "no-such-unit"]), max_size=3),
    st.just({}),
)  # fmt: skip


def _put(root: Any, path: tuple[str | int, ...], value: object) -> None:
    """Sets what stands at a path, where that still leads somewhere."""
    node = root
    for step in path[:-1]:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(node, list) and isinstance(path[-1], int) and path[-1] < len(node):
        node[path[-1]] = value
    elif isinstance(node, dict):
        node[str(path[-1])] = value


@given(changes=st.lists(st.tuples(st.sampled_from(EVERYWHERE), VALUES), min_size=1, max_size=4))
@settings(max_examples=400, deadline=None)
def test_any_values_anywhere_in_a_rich_case(
    engine: Engine, changes: list[tuple[tuple[str | int, ...], object]]
) -> None:
    """Values that fit by their form reach the rules and the clocks: no combination stops them."""
    root = parse(RICH.encode()).root
    for path, value in changes:
        _put(root, path, deepcopy(value))  # one drawn twice would hold itself
    judged = engine.judge(PATH, json.dumps(root, ensure_ascii=False).encode())
    if judged.subject is not None:
        assert judged.subject.facts.id
        assert judged.subject.clocks is not None
