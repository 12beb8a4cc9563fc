"""The printers: what a file holds is text, never a command to the thing that shows it."""

from __future__ import annotations

import json
import re

import pytest

from hotline.findings.printers import FORMATS, printer, summarise
from hotline.values.finding import Finding
from hotline.values.node import Place

HOSTILE = "\n::stop-commands::x\r%0A::add-mask::y \x1b[31m \u202e @all #12 closes #3 <!-- x --> <img src=x> | a"


def finding(
    message: str = "主办单位又列在协办单位里。从 support 中删去主办单位。",
    path: str = "cases/2026/10/LZ-20261013-0007.yaml",
) -> Finding:
    return Finding(
        "W010", "error", path, message, "art. 6-1", Place(16, 15), "LZ-20261013-0007", "1/assigned/"
    )


def render(name: str, *findings: Finding) -> str:
    return printer(name)(list(findings), summarise(list(findings), 3, 0.5))


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_shows_code_place_and_words(name: str) -> None:
    text = render(name, finding())
    for part in ("W010", "16", "从 support 中删去主办单位"):
        assert part in text
    assert render(name), "nothing found is a text too"


def test_text_is_one_line_that_an_editor_can_jump_to() -> None:
    first, last = render("text", finding()).splitlines()
    assert first.startswith("cases/2026/10/LZ-20261013-0007.yaml:16:15: 错误 W010 ")
    assert first.endswith("（第六条第（一）项）")
    assert last == "检查了 3 个文件：错误 1 处，提醒 0 处。"


def test_the_runner_sees_one_command_per_finding() -> None:
    text = render("github", finding(HOSTILE, "cases/a,b:c.yaml"))
    commands = [line for line in text.splitlines() if line.startswith("::")]
    assert len(commands) == 1
    head, _, data = commands[0][2:].partition("::")
    kind, _, properties = head.partition(" ")
    assert kind == "error"
    given = dict(pair.split("=", 1) for pair in properties.split(","))
    assert given["file"] == "cases/a%2Cb%3Ac.yaml"
    assert given["line"] == "16"
    assert "%250A" in data and "\r" not in data and "\n" not in data


@pytest.mark.parametrize("name", ["text", "github"])
def test_no_control_character_reaches_a_terminal(name: str) -> None:
    text = render(name, finding(HOSTILE))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_a_comment_mentions_nobody_and_closes_nothing() -> None:
    text = render("markdown", finding(HOSTILE))
    assert not re.search(r"(?<!\\)<", text)
    assert "@all" not in text
    assert "#12" not in text and "closes #3" not in text
    row = next(line for line in text.splitlines() if "W010" in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 5, "a table row keeps its cells"


def test_a_comment_fits_into_a_forge() -> None:
    text = render("markdown", *[finding("很长的一句话" * 10) for _ in range(1000)])
    assert len(text) < 65_536
    assert "另有 800 处未列出" in text


def test_json_is_the_contract_s() -> None:
    document = json.loads(render("json", finding()))
    assert document["schema_version"] == 1
    assert set(document["findings"][0]) == {
        "code", "severity", "path", "line", "column", "case", "message", "article", "fingerprint",
    }  # fmt: skip
    assert document["summary"] == {"files": 3, "errors": 1, "warnings": 0, "seconds": 0.5}


def test_sarif_points_at_the_rule_and_the_place() -> None:
    run = json.loads(render("sarif", finding()))["runs"][0]
    result = run["results"][0]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "W010"
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 16, "startColumn": 15}


def test_a_fingerprint_survives_a_moved_line_and_not_another_fault() -> None:
    here = finding()
    moved = Finding(
        here.code,
        here.severity,
        here.path,
        here.message,
        here.article,
        Place(99, 1),
        here.case,
        here.subject,
    )
    other = Finding(
        here.code,
        here.severity,
        here.path,
        here.message,
        here.article,
        here.place,
        here.case,
        "2/assigned/",
    )
    assert here.fingerprint == moved.fingerprint != other.fingerprint
