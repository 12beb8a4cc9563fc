"""For programs: the form of the contract, section 4."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hotline.findings.printers import Summary
from hotline.values.finding import Finding


def render(findings: Sequence[Finding], summary: Summary) -> str:
    document = {
        "schema_version": 1,
        "findings": [row(finding) for finding in findings],
        "summary": {
            "files": summary.files,
            "errors": summary.errors,
            "warnings": summary.warnings,
            "seconds": summary.seconds,
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def row(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "path": finding.path,
        "line": finding.place.line,
        "column": finding.place.column,
        "case": finding.case,
        "message": finding.message,
        "article": finding.article,
        "fingerprint": finding.fingerprint,
    }
