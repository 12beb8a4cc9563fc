"""Whole letters as clerks write them, and what each note of annex 2 finds when one is spoilt.

``samples/order_*.yaml`` are orders whose letters are right. ``samples/rules*.yaml`` change one of
them at a time, for each rule to what it must find and to what it must leave alone;
``samples/breaches.yaml`` spoils all of them in every way that applies. The changes are made in
the YAML as it is written, so that places are those a clerk would see, whatever the style.
Where words stand is looked up with PyYAML and by search, never with the product's own reader.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.findings.engine import Engine
from hotline.values.finding import Finding
from tests.support import ROOT, at, path_of, schema, shipped_rules

SAMPLES = ROOT / "tests" / "replies" / "samples"
WARNINGS = frozenset({"R014", "W033", "W035"})
"""Of the contract; all other codes are errors."""
CODES = (*(f"R{number:03}" for number in range(1, 15)), "W033", "W035")
ENOUGH = 5
PLACEHOLDERS = {"petitioner.name": 3, "petitioner.phone": 11, "petitioner.id_number": 18}


# --- YAML as text ----------------------------------------------------------------------


@lru_cache(4096)
def _root(text: str) -> yaml.Node:
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    assert root is not None
    return root


def _child(node: yaml.Node, step: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
        return node.value[int(step)]  # type: ignore[no-any-return]
    return None


@dataclass(frozen=True, slots=True)
class Order:
    """The text of an order, and which of its replies is spoken of: -1 is the last."""

    text: str
    reply: int = -1

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = _data(self.text)
        return found

    def events(self, type_: str) -> list[int]:
        return [n for n, event in enumerate(self.data["events"]) if event["type"] == type_]

    def steps(self, path: str) -> list[str]:
        """A sample's path from the root: ``order.x``, ``event.TYPE.x``, or below the reply,
        where a section goes by its own name, and by ``facts`` and ``answer`` what states the
        facts and what answers, under whatever name the template has them."""
        first, *rest = path.split(".")
        if first == "order":
            return rest
        if first == "event":
            return ["events", str(self.events(rest[0])[-1]), *rest[1:]]
        number = self.events("replied")[self.reply]
        sections = self.data["events"][number]["sections"]
        one_text = "opinion" in sections
        first = {"facts": "opinion" if one_text else "findings"}.get(first, first)
        first = {"answer": "opinion" if one_text else "handling"}.get(first, first)
        names = ("demand", "findings", "handling", "opinion", "communication")
        place = ["sections", first] if first in names else [] if first == "reply" else [first]
        return ["events", str(number), *place, *rest]

    def node(self, path: str, up: int = 0) -> yaml.Node | None:
        """The node at a path, or ``up`` steps above it; None where there is none."""
        steps = self.steps(path)
        node: yaml.Node | None = _root(self.text)
        for step in steps[: len(steps) - up]:
            node = _child(node, step) if node is not None else None
        return node

    def place(self, path: str) -> tuple[int, int]:
        node = self.node(path)
        assert node is not None, path
        return node.start_mark.line + 1, node.start_mark.column + 1

    def place_of_words(self, words: str) -> tuple[int, int]:
        """Where words stand in the file. They must be there once, or nobody could tell."""
        bare = [re.escape(character) for character in words if not character.isspace()]
        found = [m.start() for m in re.finditer(r"\s*".join(bare), self.text)]
        assert len(found) == 1, f"{words!r} stands {len(found)} times"
        before = self.text[: found[0]]
        return before.count("\n") + 1, found[0] - (before.rfind("\n") + 1) + 1

    def with_text(self, start: int, end: int, new: str) -> Order:
        return Order(self.text[:start] + new + self.text[end:], self.reply)


class _Plain(yaml.CSafeLoader):
    """Times stay text."""


_Plain.yaml_implicit_resolvers = {
    key: [row for row in rows if row[0] != "tag:yaml.org,2002:timestamp"]
    for key, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@lru_cache(4096)
def _data(text: str) -> Any:
    return yaml.load(text, Loader=_Plain)


# --- changes ---------------------------------------------------------------------------


def write(order: Order, given: dict[str, str]) -> Order:
    """Sets values, written as they are to stand in the file."""
    for path, raw in given.items():
        raw, node = _signed(order, raw), order.node(path)
        if node is not None:
            order = _replaced(order, node, raw)
            continue
        parent = order.node(path, up=1)
        assert isinstance(parent, yaml.MappingNode), path
        start, key = parent.start_mark.index, path.rpartition(".")[2]
        if parent.flow_style:
            order = order.with_text(start + 1, start + 1, f"{key}: {raw}, ")
        else:
            indent = " " * parent.start_mark.column
            new = f"{key}: {_indented(raw, indent)}\n{indent}"
            order = order.with_text(start, start, new)
    return order


def _signed(order: Order, raw: str) -> str:
    """LEAD, UNITS and TEMPLATE are those of the order's last reply."""
    for reply in [event for event in order.data["events"] if event["type"] == "replied"][-1:]:
        units = reply.get("units", [reply["by"]])
        raw = raw.replace("LEAD", reply["by"]).replace("UNITS", f"[{', '.join(units)}]")
        raw = raw.replace("TEMPLATE", reply["template"])
    return raw


def _replaced(order: Order, node: yaml.Node, raw: str) -> Order:
    start, end = node.start_mark.index, node.end_mark.index
    line = order.text[order.text.rfind("\n", 0, start) + 1 : start]
    indent = " " * (len(line) - len(line.lstrip()))
    old = order.text[start:end]
    tail = old[len(old.rstrip()) :] if "\n" in old[len(old.rstrip()) :] else ""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        raw = f"\n{raw}"  # it may begin at the column of its key, which nothing else may
    return order.with_text(start, end, _indented(raw, indent) + tail)


def _indented(raw: str, indent: str) -> str:
    return raw.rstrip("\n").replace("\n", f"\n{indent}  ")


def put(order: Order, given: dict[str, str]) -> Order:
    """Writes words at the end of a text, in whatever style it is written."""
    for path, words in given.items():
        node = order.node(path)
        assert isinstance(node, yaml.ScalarNode), path
        start, end = node.start_mark.index, node.end_mark.index
        end = start + len(order.text[start:end].rstrip()) - (node.style in ("'", '"'))
        order = order.with_text(end, end, words)
    return order


def drop(order: Order, given: str | list[str]) -> Order:
    """Takes keys away."""
    for path in [given] if isinstance(given, str) else given:
        parent = order.node(path, up=1)
        assert isinstance(parent, yaml.MappingNode), path
        keys = [key.value for key, _ in parent.value]
        number = keys.index(order.steps(path)[-1])
        start = parent.value[number][0].start_mark.index
        if number + 1 < len(keys):
            order = order.with_text(start, parent.value[number + 1][0].start_mark.index, "")
        elif parent.flow_style:
            before = parent.value[number - 1][1].end_mark.index
            order = order.with_text(before, parent.value[number][1].end_mark.index, "")
        else:
            begin = order.text.rfind("\n", 0, start) + 1
            order = order.with_text(begin, parent.value[number][1].end_mark.index, "")
    return order


def fill(order: Order, given: dict[str, int]) -> Order:
    """Lengthens a text until the sections together have so many characters."""
    for path, count in given.items():
        missing = count - _length(order)
        assert missing > 0
        told = "".join(f"第{number}户已经入户核对水表读数，" for number in range(1, 99))
        order = put(order, {path: told[: missing - 1] + "。"})
    return order


def _length(order: Order) -> int:
    """Characters of all sections as note 4 counts them."""
    number = order.events("replied")[order.reply]
    text = "".join(str(value) for value in order.data["events"][number]["sections"].values())
    for name, length in PLACEHOLDERS.items():
        text = text.replace(f"{{{name}}}", "字" * length)
    return len(re.sub(r"\s", "", text))


def keep(order: Order, count: int) -> Order:
    """Leaves the first events."""
    events = order.node("order.events")
    assert events is not None
    return order.with_text(events.value[count - 1].end_mark.index, len(order.text), "\n")


def add(order: Order, raw: str) -> Order:
    """Adds events at the end."""
    lines = "".join(f"  {line}\n" for line in _signed(order, raw).rstrip("\n").split("\n"))
    return Order(order.text.rstrip("\n") + "\n" + lines, order.reply)


CHANGES: dict[str, Any] = {f.__name__: f for f in (write, put, drop, fill, keep, add)}


def changed(order: Order, sample: dict[str, Any]) -> Order:
    """An order with a sample's changes, in the order in which they are written."""
    for name, given_ in sample.items():
        if name in CHANGES:
            order = CHANGES[name](order, given_)
    return order


# --- judging ---------------------------------------------------------------------------


def judged(order: Order) -> list[Finding]:
    """Every finding at the time of the last event, when no deadline has passed."""
    return judged_bytes(order.data, order.text.encode())


def judged_bytes(data: dict[str, Any], blob: bytes) -> list[Finding]:
    now = max(at(event["at"]) for event in data["events"])
    found = Engine(shipped_rules(), schema(), now).judge(path_of(data), blob).findings
    # That a faulty letter is a ground of supervision follows from its fault (E194).
    return [finding for finding in found if not finding.code.startswith("E")]


class Told(NamedTuple):
    """A finding as far as a sample foresees it."""

    code: str
    severity: str
    line: int
    column: int


def _told(finding: Finding) -> Told:
    return Told(finding.code, finding.severity, *finding.place)


def _expected(order: Order, code: str, sample: dict[str, Any]) -> list[tuple[Told, list[str]]]:
    """What a spoilt order must give: the finding, and what its message must say."""
    rows = []
    for row in sample.get("finds") or [sample]:
        its = row.get("code", code)
        severity = row.get("severity", "warning" if its in WARNINGS else "error")
        if "words" in row:
            place = order.place_of_words(str(row.get("source", row["words"])))
            says = [_quoted(row["words"])]
        else:
            place, says = order.place(row["at"]), []
        says += [row["says"]] if "says" in row else []
        if severity == "warning" and its not in WARNINGS:
            # What has gone out is not to be mended: the message proposes nothing any more.
            says = [words for words in says if words.startswith("“")] or ["已经发出的答复不要改动"]
        assert says, f"{sample['name']}: what must the message say?"
        rows.append((Told(its, severity, *place), says))
    return rows


def _quoted(words: str) -> str:
    return f"“{words}”" if len(words) <= 20 else f"“{words[:20]}……”"


def assert_found(order: Order, code: str, sample: dict[str, Any]) -> None:
    """The sample's findings are found, each once, and nothing else is."""
    expected, found = _expected(order, code, sample), judged(order)
    listing = "\n".join(f"{_told(f)} {f.message}" for f in found)
    assert sorted(map(_told, found)) == sorted(row for row, _ in expected), listing
    for told, says in expected:
        messages = [f.message for f in found if _told(f) == told]
        assert any(all(s in m for s in says) for m in messages), f"{says}\n{listing}"


# --- the samples -----------------------------------------------------------------------


@cache
def orders() -> dict[str, Order]:
    return {
        path.stem.removeprefix("order_"): Order(path.read_text("utf-8"))
        for path in sorted(SAMPLES.glob("order_*.yaml"))
    }


def _read(name: str) -> Any:
    return yaml.load((SAMPLES / name).read_text("utf-8"), Loader=_Plain)


RULES: dict[str, dict[str, list[dict[str, Any]]]] = {
    code: rows
    for path in sorted(SAMPLES.glob("rules*.yaml"))
    for code, rows in _read(path.name).items()
}
BREACHES: list[dict[str, Any]] = _read("breaches.yaml")["breaches"]
HARMLESS: list[dict[str, Any]] = _read("breaches.yaml")["harmless"]
NOTES: dict[str, dict[str, Any]] = _read("notes.yaml")
DISPUTED: dict[str, str] = _read("disputed.yaml") or {}
"""Names of samples that the rules judge otherwise than we do, with the reason."""


def _of_rules(kind: str) -> list[Any]:
    return [
        pytest.param(code, sample, id=f"{code} {sample['name']}", marks=_marks(sample))
        for code, rows in RULES.items()
        for sample in rows[kind]
    ]


def _marks(sample: dict[str, Any]) -> list[pytest.MarkDecorator]:
    reason = DISPUTED.get(sample["name"])
    return [pytest.mark.xfail(strict=True, reason=reason)] if reason else []


def _spoken_of(sample: dict[str, Any]) -> Order:
    return Order(orders()[sample["order"]].text, sample.get("reply", -1))


@pytest.mark.parametrize("name", orders())
def test_a_letter_as_it_should_be_gives_no_finding(name: str) -> None:
    assert judged(orders()[name]) == []


def test_the_letters_are_of_every_kind() -> None:
    told = [order.data for order in orders().values()]
    replies = [e for case in told for e in case["events"] if e["type"] == "replied"]
    assert len(told) >= 8
    assert len({reply["template"] for reply in replies}) == 7
    ordinary = [case for case in told if case["channel"] == "city_12345"]
    assert any(case["petitioner"]["anonymous"] for case in ordinary)
    assert any(case["petitioner"]["confidential"] for case in ordinary)
    assert any(len(reply.get("units", [])) > 1 for reply in replies)
    province = [case for case in told if case["channel"] == "province_12345"]
    assert {bool(case.get("origin")) for case in province} == {True, False}
    assert any(r["template"] == "gov_cn" and r.get("legal_basis") for r in replies)
    assert any(r.get("letter") == "none" for r in replies)
    assert max(map(_length, orders().values())) > 950
    assert min(map(_length, orders().values())) < 120


@pytest.mark.parametrize(("code", "sample"), _of_rules("failing"))
def test_what_a_rule_must_find(code: str, sample: dict[str, Any]) -> None:
    assert_found(changed(_spoken_of(sample), sample), code, sample)


@pytest.mark.parametrize(("code", "sample"), _of_rules("passing"))
def test_what_a_rule_must_leave_alone(code: str, sample: dict[str, Any]) -> None:
    order = changed(_spoken_of(sample), sample)
    assert order.text != _spoken_of(sample).text
    assert [(f.code, f.message) for f in judged(order)] == []


@pytest.mark.parametrize("code", CODES)
def test_every_rule_has_samples_enough(code: str) -> None:
    for kind in ("failing", "passing"):
        names = [sample["name"] for sample in RULES[code][kind] if sample["name"] not in DISPUTED]
        assert len(set(names)) >= ENOUGH, kind


def _scalars(node: yaml.Node, flow: bool = False) -> Iterator[tuple[yaml.ScalarNode, bool]]:
    """Every scalar, and whether it stands within brackets or braces."""
    if isinstance(node, yaml.ScalarNode):
        yield node, flow
        return
    assert isinstance(node, yaml.CollectionNode)
    inside = flow or bool(node.flow_style)
    for child in node.value:
        for part in child if isinstance(child, tuple) else (child,):
            yield from _scalars(part, inside)


def test_words_are_looked_for_in_every_style_of_yaml() -> None:
    styles: set[tuple[str | None, bool]] = set()
    for rows in RULES.values():
        for sample in rows["failing"]:
            if "words" in sample:
                order = changed(_spoken_of(sample), sample)
                place = order.place_of_words(str(sample.get("source", sample["words"])))
                marks = [
                    (style.style or None, flow)
                    for style, flow in _scalars(_root(order.text))
                    if (style.start_mark.line + 1, style.start_mark.column + 1) <= place
                    and place <= (style.end_mark.line + 1, style.end_mark.column + 1)
                ]
                styles.update(marks)
    assert styles >= {(style, False) for style in (None, "|", ">", "'", '"')}
    assert styles >= {(None, True), ('"', True)}


def test_names_tell_samples_apart() -> None:
    names = Counter(s["name"] for rows in RULES.values() for kind in rows.values() for s in kind)
    names.update(row["name"] for row in (*BREACHES, *HARMLESS))
    assert [name for name, count in names.items() if count > 1] == []
    assert set(DISPUTED) <= set(names)


# --- the notes -------------------------------------------------------------------------


@pytest.mark.parametrize("note", [str(number) for number in range(1, 10)])
@pytest.mark.parametrize("kind", ["passing", "failing"])
def test_every_note_is_carried_out_by_samples(note: str, kind: str) -> None:
    row = NOTES[note]
    known = {s["name"] for rows in RULES.values() for s in rows[kind]}
    for code in row["rules"]:
        named = {s["name"] for s in RULES[code][kind]}
        assert named & set(row[kind]), f"no sample of {code}"
    assert set(row[kind]) <= known, set(row[kind]) - known
    assert len(set(row[kind]) - set(DISPUTED)) >= ENOUGH


def test_the_notes_are_those_of_the_measure() -> None:
    measure = (ROOT / "registry" / "measure" / "2023-06-20.txt").read_text("utf-8")
    notes = dict(re.findall(r"(?m)^([1-9])\. (.+)$", measure.partition("注意事项：")[2]))
    assert set(NOTES) == set(notes)
    for number, row in NOTES.items():
        assert row["words"] in notes[number]


# --- every letter spoilt in every way --------------------------------------------------


def _facts(order: Order) -> set[str]:
    """What decides whether a breach can be committed in a letter."""
    data = order.data
    replies = [e for e in data["events"] if e["type"] == "replied"]
    reply = replies[order.reply]
    facts = {data["channel"], reply["template"], *(key for key in reply)}
    facts |= {f"section {name}" for name in reply["sections"]}
    facts |= {key for key, value in data["petitioner"].items() if value}
    facts |= {"sent"} if reply.get("letter") != "none" else set()
    facts |= {"joint"} if len(reply.get("units", [])) > 1 else set()
    asks = data["channel"] in ("gov_cn", "national_platform") or data.get("origin")
    facts |= {"handler asked"} if asks else set()
    facts |= {"answered once"} if len(replies) == 1 else set()
    return facts


def _applies(breach: dict[str, Any], order: Order) -> bool:
    facts = _facts(order)
    return facts.issuperset(breach.get("when", ())) and not facts & set(breach.get("unless", ()))


def _letters(breach: dict[str, Any]) -> list[str]:
    return [name for name, order in orders().items() if _applies(breach, order)]


SPOILT = [
    pytest.param(breach, name, id=f"{breach['name']} in {name}")
    for breach in BREACHES
    for name in _letters(breach)
]
SUPERSEDED = ("ordinary_redo", "national_redo")
"""Orders with an earlier reply."""
_OF_EARLIER = [b for b in BREACHES if not b.get("alone") and b["code"] not in ("R013", "R012")]
EARLIER = [
    pytest.param(breach, name, id=f"{breach['name']} in the first of {name}")
    for breach in _OF_EARLIER
    for name in SUPERSEDED
    if _applies(breach, Order(orders()[name].text, 0))
]


@pytest.mark.parametrize(("breach", "name"), SPOILT)
def test_a_breach_is_found_and_nothing_else(breach: dict[str, Any], name: str) -> None:
    assert_found(changed(orders()[name], breach), breach["code"], breach)


@pytest.mark.parametrize(("breach", "name"), EARLIER)
def test_a_breach_of_an_earlier_letter_stays_as_a_warning(
    breach: dict[str, Any], name: str
) -> None:
    order = changed(Order(orders()[name].text, 0), breach)
    assert_found(order, breach["code"], {**breach, "severity": "warning"})
    told = [f.message for f in judged(order)]
    assert all("留作记录" in message for message in told if breach["code"][0] == "R")


REDO = "- {at: 2026-11-25T09:30:00+08:00, by: hotline-center, type: redo_ordered, reason: 请核实后重新答复, cause: other, ordered_by: city}"


@pytest.mark.parametrize("name", orders())
def test_a_breach_of_a_letter_sent_back_stays_as_a_warning(name: str) -> None:
    for breach in _OF_EARLIER:
        if _applies(breach, orders()[name]):
            order = add(changed(orders()[name], breach), REDO)
            finds = [{**row, "severity": "warning"} for row in breach.get("finds") or [breach]]
            assert_found(order, breach["code"], {**breach, "finds": finds})


@pytest.mark.parametrize("name", orders())
def test_what_is_allowed_is_allowed_in_every_letter(name: str) -> None:
    for harmless in HARMLESS:
        if _applies(harmless, orders()[name]):
            found = judged(changed(orders()[name], harmless))
            assert [(f.code, f.message) for f in found] == [], harmless["name"]


def test_every_rule_has_a_breach() -> None:
    assert {breach["code"] for breach in BREACHES} == set(CODES)


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: breach["name"])
def test_a_breach_is_tried_in_letters_enough(breach: dict[str, Any]) -> None:
    assert len(_letters(breach)) >= breach.get("letters", 3)


WORDS = [
    (breach["code"], breach["words"], words)
    for breach in BREACHES
    if breach["code"] in ("R004", "R005", "R008")
    for path, words in breach["put"].items()
    if path != "subject"
]


@st.composite
def _anywhere(draw: st.DrawFn) -> tuple[Order, str, str]:
    """An order with a breach after any sentence of any section."""
    order = orders()[draw(st.sampled_from(_letters({"when": ["sent"]})))]
    sections = order.node("sections")
    assert sections is not None
    span = order.text[sections.start_mark.index : sections.end_mark.index]
    ends = [m.end() + sections.start_mark.index for m in re.finditer("。(?=[^”》）])", span)]
    code, words, sentence = draw(st.sampled_from(WORDS))
    at_ = draw(st.sampled_from(ends))
    return order.with_text(at_, at_, sentence), code, words


@settings(max_examples=120, deadline=None, derandomize=True)
@given(_anywhere())
def test_words_are_found_wherever_they_stand(given_: tuple[Order, str, str]) -> None:
    order, code, words = given_
    assert list(map(_told, judged(order))) == [Told(code, "error", *order.place_of_words(words))]


@pytest.mark.parametrize("name", orders())
def test_a_file_from_another_system_has_the_same_places(name: str) -> None:
    """Line ends and a byte order mark of Windows shift nothing."""
    for breach in [b for b in APART if "words" in b and _applies(b, orders()[name])]:
        order = changed(orders()[name], breach)
        told = sorted(map(_told, judged(order)))
        windows = "\ufeff" + order.text.replace("\n", "\r\n")
        found = judged_bytes(order.data, windows.encode())
        assert sorted(map(_told, found)) == told, breach["name"]


# --- two breaches at once --------------------------------------------------------------

APART = [breach for breach in BREACHES if not breach.get("alone")]


def _touched(order: Order, breach: dict[str, Any]) -> set[tuple[str, ...]]:
    """What a breach writes or takes away; words put beside a text leave it as it is."""
    paths = [*breach.get("write", {})]
    paths += [breach["drop"]] if isinstance(breach.get("drop"), str) else breach.get("drop", [])
    return {tuple(order.steps(path)) for path in (*paths, *breach.get("touches", ()))}


def _put(order: Order, breach: dict[str, Any]) -> set[tuple[str, ...]]:
    paths = [*breach.get("put", {}), *breach.get("fill", {})]
    return {tuple(order.steps(path)) for path in paths}


def _meet(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> bool:
    return any(a[: len(b)] == b or b[: len(a)] == a for a in one for b in other)


def _independent(order: Order, one: dict[str, Any], other: dict[str, Any]) -> bool:
    written, others = _touched(order, one), _touched(order, other)
    every = (written | _put(order, one), others | _put(order, other))
    return not _meet(written, every[1]) and not _meet(others, every[0])


@st.composite
def _pairs(draw: st.DrawFn) -> tuple[str, dict[str, Any], dict[str, Any]]:
    name = draw(st.sampled_from(sorted(orders())))
    order = orders()[name]
    fitting = [breach for breach in APART if _applies(breach, order)]
    one = draw(st.sampled_from(fitting))
    rest = [b for b in fitting if b is not one and _independent(order, one, b)]
    return name, one, draw(st.sampled_from(rest))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(_pairs())
def test_two_breaches_are_both_found(pair: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
    name, one, other = pair
    order = changed(changed(orders()[name], one), other)
    found = Counter((f.code, f.severity) for f in judged(order))
    expected = Counter(
        (code, "warning" if code in WARNINGS else "error")
        for breach in (one, other)
        for code in [row.get("code", breach["code"]) for row in breach.get("finds") or [breach]]
    )
    assert found == expected, f"{one['name']} + {other['name']}"
