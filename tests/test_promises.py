"""What no one should have to remember: the code keeps the tables of ``tests/contract.yaml``.

Where a test says that something is built which the contract still marks ``since: planned``,
the mark goes; where it says that something is missing, the promise is broken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING, Any

import pytest

from hotline.cli.main import VERBS
from hotline.procedure import lifecycle
from hotline.procedure.clocks import CLOCKS, STATUSES
from hotline.procedure.lifecycle import ANY, DONE, OPEN, STATES, TABLE, EventType
from hotline.rules import declare
from hotline.rules.declare import RULES, load
from tests.rules.examples import complete, judged, read_alone
from tests.rules.test_examples import BY_READING
from tests.rules.test_severities import SEVERITIES
from tests.support import ROOT, schema, strict

if TYPE_CHECKING:
    from tests.conftest import DataRepository

CONTRACT: Any = strict((ROOT / "tests" / "contract.yaml").read_text("utf-8"))
LETTERS: Any = CONTRACT["rules"]
BUILT = "".join(letter for letter, row in LETTERS.items() if "since" not in row)
CODES: dict[str, str] = {code: s for row in LETTERS.values() for code, s in row["codes"].items()}
Hotline = Callable[..., tuple[int, str, str]]
load()


# --- rules -----------------------------------------------------------------------------


def test_a_letter_is_planned_until_it_has_a_module() -> None:
    assert set(BUILT) == set(declare.MODULES)


def test_every_code_is_declared_and_no_other() -> None:
    assert sorted(RULES) == sorted(code for code in CODES if code[0] in BUILT)


@pytest.mark.parametrize("code", [code for code in CODES if code[0] in BUILT])
def test_a_rule_has_the_severity_of_the_contract(code: str) -> None:
    promised, rule = CODES[code], RULES[code]
    if code[0] == "A":  # whether they are found is told by tests/history
        assert rule.severity == ("warning" if promised == "both" else promised)
    elif promised == "both":
        table = [severities for _, shown, severities, _ in SEVERITIES if shown == code]
        assert {severity for row in table for severity in row} == {"error", "warning"}
    elif promised != "ground":
        assert rule.severity == promised
        found = read_alone(rule.bad) if code in BY_READING else judged(rule.bad, rule.now)
        assert {f.severity for f, _ in found if f.code == code} == {promised}


def test_a_practice_clock_cites_no_article() -> None:
    for clock in CONTRACT["practice"]:
        assert {RULES[code].article for code in CONTRACT["clocks"][clock]} == {"practice"}
    for clock, codes in CONTRACT["clocks"].items():
        if clock not in CONTRACT["practice"]:
            assert all(RULES[code].article.startswith("art. ") for code in codes)


def test_every_rule_is_exercised() -> None:
    """By a scenario, by a broken file of the corpus, or by its own example."""
    used = {code for code, rule in RULES.items() if rule.bad}
    for folder in ("scenarios", "corpus", "history"):
        for path in sorted((ROOT / "tests" / folder).rglob("*.yaml")):
            used |= set(re.findall(rf"\b[{BUILT}][0-9]{{3}}\b", path.read_text("utf-8")))
    assert sorted(code for code in RULES if code not in used) == []
    assert sorted(code for code in used if code not in CODES) == []


def test_the_scenarios_expect_only_codes_of_the_contract() -> None:
    named: set[str] = set()
    for path in sorted((ROOT / "tests" / "scenarios").glob("*.yaml")):
        for variant in strict(path.read_text("utf-8"))["variants"]:
            expect = variant["expect"]
            later = expect.get("later") or {}
            for row in (expect, later):
                for key in ("codes", "has_codes", "not_codes"):
                    named.update(row.get(key) or [])
    assert named <= set(CODES)


# --- the lifecycle ---------------------------------------------------------------------


def test_the_states_are_those_of_the_contract() -> None:
    assert sorted(STATES) == sorted(CONTRACT["states"])
    assert sorted(DONE) == sorted(CONTRACT["done"])
    assert OPEN == ANY - DONE


def test_the_events_stand_in_the_order_of_the_contract() -> None:
    assert list(TABLE) == list(CONTRACT["events"])


@pytest.mark.parametrize("name", list(CONTRACT["events"]))
def test_an_event_is_as_the_contract_has_it(name: str) -> None:
    promised, row = CONTRACT["events"][name], TABLE[name]
    assert row.title.startswith(promised["zh"])
    assert list(row.who) == promised["who"]
    assert row.states == _states(promised["in"])
    assert row.to == promised.get("to")
    assert row.condition == promised.get("needs", "")
    assert _fields(row) == {
        field: _promised(wanted) for field, wanted in (promised.get("fields") or {}).items()
    }


def _states(written: Any) -> frozenset[str]:
    return {"open": OPEN, "any": ANY}[written] if isinstance(written, str) else frozenset(written)


def _fields(row: EventType) -> dict[str, tuple[bool, list[str]]]:
    return {f.name: (f.required, [name for name, _ in f.choices]) for f in row.fields}


def _promised(wanted: Any) -> tuple[bool, list[str]]:
    """(whether the schema asks for it, its choices)."""
    if isinstance(wanted, str):
        return wanted == "required", []
    ((how, choices),) = wanted.items()
    return how == "required", list(choices)


@pytest.mark.parametrize("name", list(CONTRACT["events"]))
def test_what_excludes_each_other_is_in_the_schema(name: str) -> None:
    promised, made = CONTRACT["events"][name], schema().document["$defs"][name]
    for key, word in (("exactly_one", "oneOf"), ("at_least_one", "anyOf")):
        wanted = [{"required": [field]} for field in promised.get(key, [])]
        assert made.get(word, []) == wanted


def test_what_a_rule_asks_for_may_be_missing_in_the_schema() -> None:
    """A field that a rule of its own asks for is reported once, by that rule."""
    for name, promised in CONTRACT["events"].items():
        asked = {f for f, how in (promised.get("fields") or {}).items() if how == "asked"}
        assert not asked & set(schema().document["$defs"][name]["required"])


def test_the_clocks_are_those_of_the_contract() -> None:
    assert sorted(CLOCKS) == sorted(CONTRACT["clocks"])
    assert list(STATUSES) == CONTRACT["statuses"]
    families = [code for codes in CONTRACT["clocks"].values() for code in codes]
    assert sorted(families) == sorted(c for c in CODES if re.fullmatch("D1[01][1-9]", c))
    for clock, codes in CONTRACT["clocks"].items():
        assert all(RULES[code].title.startswith(CLOCKS[clock]) for code in codes)


def test_the_first_reading_of_a_switch_is_the_shipped_one() -> None:
    properties = schema("policy").document["properties"]
    for path in sorted((ROOT / "registry" / "policy").glob("*.yaml")):
        policy = strict(path.read_text("utf-8"))
        for switch, readings in CONTRACT["switches"].items():
            assert properties[switch]["enum"] == readings
            assert policy.get(switch, readings[0]) == readings[0]


# --- the schema ------------------------------------------------------------------------


def _tool(name: str) -> Any:
    spec = spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_schema_of_orders_is_what_the_table_makes() -> None:
    """Else run ``make generated``."""
    made = (ROOT / "schema" / "case.schema.json").read_text("utf-8")
    assert made == _tool("make_case_schema").text()


def test_the_header_is_that_of_the_contract() -> None:
    document, header = schema().document, CONTRACT["header"]
    properties = document["properties"]
    assert sorted(properties) == sorted([*header["required"], *header["optional"]])
    # `demand` is absent where it is sealed, so the schema asks for it by a condition.
    assert sorted([*document["required"], "demand"]) == sorted(header["required"])
    assert document["then"] == {"required": ["demand"]}
    person = properties["petitioner"]
    assert person["required"] == header["petitioner"]["required"]
    given = [*header["petitioner"]["required"], *header["petitioner"]["optional"]]
    assert sorted(person["properties"]) == sorted(given)
    parts = properties["sealed"]["properties"]
    assert sorted(parts) == sorted(header["sealed"]["parts"])
    assert all(part["required"] == header["sealed"]["required"] for part in parts.values())


def test_the_enums_are_those_of_the_contract() -> None:
    enums, properties = CONTRACT["enums"], schema().document["properties"]
    for key in ("channel", "kind", "urgency", "classification"):
        assert properties[key]["enum"] == enums[key]
    delivery = schema().document["$defs"]["replied"]["properties"]["delivery"]
    assert delivery["properties"]["method"]["enum"] == enums["delivery"]
    assert list(lifecycle.CHANNELS) == enums["channel"]
    assert list(lifecycle.KINDS) == enums["kind"]
    assert list(lifecycle.URGENCIES) == enums["urgency"]
    unit = schema("units").document["properties"]["units"]["items"]["properties"]
    assert unit["role"]["enum"] == enums["role"]


def test_every_kind_of_schema_speaks_chinese() -> None:
    for path in sorted((ROOT / "schema").glob("*.schema.json")):
        document = json.loads(path.read_text("utf-8"))
        assert re.search("[\u4e00-\u9fff]", document["title"]), path.name
        silent = [name for name, row in document["properties"].items() if not _is_chinese(row)]
        assert silent == [], path.name


def _is_chinese(row: dict[str, Any]) -> bool:
    return bool(re.search("[\u4e00-\u9fff]", str(row.get("title", row.get("$ref", "")))))


# --- commands --------------------------------------------------------------------------


def _is_built(verb: str) -> bool:
    return verb in VERBS and find_spec(f"hotline.cli.verbs.{VERBS[verb][0]}") is not None


def test_every_verb_is_of_the_contract() -> None:
    assert set(VERBS) <= set(CONTRACT["verbs"])


@pytest.mark.parametrize("verb", list(CONTRACT["verbs"]))
def test_a_verb_is_planned_until_it_is_built(verb: str) -> None:
    assert _is_built(verb) == ("since" not in CONTRACT["verbs"][verb])


ENGLISH = re.compile(
    r"usage:|options:|optional arguments|positional arguments|show this help|default:|"
    r"\b(?:the|and|or|of|for|with|is|to)\b",
    re.I,
)


@pytest.mark.parametrize("verb", [verb for verb in CONTRACT["verbs"] if _is_built(verb)])
def test_the_help_of_a_verb_is_chinese(verb: str, hotline: Hotline) -> None:
    code, out, err = hotline(verb, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"用法：hotline {verb}")
    assert re.search("[\u4e00-\u9fff]{2}", VERBS[verb][1])
    assert not ENGLISH.search(out), out
    for line in out.splitlines():
        if re.match(r"  -", line):
            assert re.search("[\u4e00-\u9fff]", line), line


def test_the_help_lists_every_verb(hotline: Hotline) -> None:
    code, out, _ = hotline("--help")
    assert code == 0
    assert all(re.search(rf"^  {re.escape(verb)} ", out, re.M) for verb in VERBS)
    assert not ENGLISH.search(out), out


@pytest.mark.parametrize("verb", list(CONTRACT["formats"]))
def test_a_verb_offers_its_formats(verb: str, hotline: Hotline) -> None:
    _, out, _ = hotline(verb, "--help")
    offered = re.search(r"输出格式：([a-z、]+)，", out)
    assert offered is not None
    assert set(CONTRACT["formats"][verb]) <= set(offered[1].split("、"))


OVERDUE = """
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [], basis: clear}
"""
NOW = "2026-10-13T16:00:00+08:00"
JSON = {verb: row for verb, row in CONTRACT["json"].items() if "since" not in row}


@pytest.mark.parametrize("verb", list(JSON))
def test_the_json_of_a_verb_has_the_keys(
    verb: str, repository: DataRepository, hotline: Hotline
) -> None:
    case = complete(OVERDUE)
    repository.put(case)
    named = [case["id"]] if verb == "show" else []
    given = ["--repo", str(repository.root), "--now", NOW, "--format", "json"]
    code, out, err = hotline(verb, *named, *given)
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["schema_version"] == 1
    for key, wanted in JSON[verb].items():
        found = [document] if key == "top" else list(_rows(document, key))
        assert found, f"nothing under {key}"
        for row in found:
            assert set(wanted) <= set(row), key


def _rows(node: Any, key: str) -> Iterator[dict[str, Any]]:
    """Every mapping that stands under ``key``, itself or as an item of a list."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield from value if isinstance(value, list) else [value]
            yield from _rows(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from _rows(value, key)


def test_levels_and_actions_are_those_of_the_contract() -> None:
    from hotline.escalation.level import LEVELS
    from hotline.escalation.printers import ACTIONS

    assert [level for level in LEVELS if level != "none"] == CONTRACT["levels"]
    assert list(ACTIONS) == CONTRACT["actions"]


# --- norms and glossary ----------------------------------------------------------------

NORMS: Any = strict((ROOT / "registry" / "norms.yaml").read_text("utf-8"))["norms"]


@pytest.mark.parametrize("norm", [pytest.param(row, id=row["id"]) for row in NORMS])
def test_a_norm_is_carried_by_what_exists(norm: Any) -> None:
    assert norm["mark"] in ("computed", "recorded", "out")
    if norm["mark"] == "out":
        assert norm["reason"].strip()
        return
    assert any(norm[key] for key in ("rules", "clocks", "events", "pages", "verbs", "data"))
    assert set(norm["rules"]) <= set(CODES)
    assert set(norm["clocks"]) <= set(CLOCKS)
    assert set(norm["events"]) <= set(TABLE)
    assert set(norm["pages"]) <= set(CONTRACT["pages"])
    assert set(norm["verbs"]) <= set(CONTRACT["verbs"])
    assert all((ROOT / path).exists() for path in norm["data"])


def test_every_article_of_a_rule_is_a_norm_of_the_measure() -> None:
    """A rule cites what the norm table knows: an article, an item, a note."""
    known = {str(norm["article"]) for norm in NORMS} | {
        norm["id"].rsplit("-", 1)[0] for norm in NORMS
    }
    for rule in RULES.values():
        if rule.article.startswith("art. "):
            cited = rule.article.removeprefix("art. ")
            assert cited in known or f"{cited}-0" in known, rule.code


def test_the_glossary_has_every_event_state_and_clock() -> None:
    terms = strict((ROOT / "registry" / "glossary.yaml").read_text("utf-8"))["terms"]
    english = {term["en"] for term in terms}
    chinese = {term["zh"] for term in terms}
    assert sorted(name for name in (*TABLE, *STATES) if name not in english) == []
    # A clock may be explained under the act that meets it: 签收, 答复反馈.
    for name, zh in CLOCKS.items():
        assert name in english or any(term.startswith(zh) for term in chinese), name
    assert all(term["meaning"].strip() for term in terms)
