"""SARIF 2.1.0, for forges and editors that show static analysis."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from hotline import __version__
from hotline.findings.printers import Summary
from hotline.rules.declare import load
from hotline.values.article import cite
from hotline.values.finding import Finding

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(findings: Sequence[Finding], summary: Summary) -> str:
    del summary
    used = sorted({finding.code for finding in findings})
    driver = {
        "name": "hotline",
        "version": __version__,
        "language": "zh-CN",
        "rules": [_rule(code) for code in used],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, used.index(finding.code)) for finding in findings],
    }
    return json.dumps(
        {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1
    )


def _rule(code: str) -> dict[str, Any]:
    rule = load().get(code)
    if rule is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.why}（{cite(rule.article)}）"},
        "help": {"text": rule.mend},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": finding.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(finding.path), "uriBaseId": "%SRCROOT%"},
                    "region": {
                        "startLine": finding.place.line,
                        "startColumn": finding.place.column,
                    },
                }
            }
        ],
        "partialFingerprints": {"hotline/v1": finding.fingerprint},
    }
