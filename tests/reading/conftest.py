"""One engine for all broken files, and what every message owes to a clerk."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from hotline.findings.engine import Engine, Selection
from hotline.values.finding import Finding
from tests.corpus import NOW, PATH
from tests.support import at, schema, shipped_rules

Find = Callable[..., list[Finding]]

CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z']+(?: [a-z']+){2,}")
"""Three words in a row: a library's own message shows through."""


@pytest.fixture(scope="session")
def find() -> Find:
    """``find(blob)``: the S findings of a file, in the order in which they are told."""
    engine = Engine(shipped_rules(), schema(), at(NOW), Selection(("S", "P002")))

    def found(blob: bytes | str, path: str = PATH) -> list[Finding]:
        content = blob.encode() if isinstance(blob, str) else blob
        return sorted(engine.judge(path, content).findings, key=lambda finding: finding.order)

    return found


@pytest.fixture(scope="session")
def all_rules() -> Engine:
    return Engine(shipped_rules(), schema(), at(NOW))


@pytest.fixture(scope="session")
def fair() -> Callable[[Finding, bytes], None]:
    """Asserts what holds of every finding: Chinese words, and a place inside the file."""

    def check(finding: Finding, blob: bytes) -> None:
        assert CHINESE.search(finding.message), finding
        assert not ENGLISH.search(finding.message), finding
        assert len(finding.message) < 1500, finding
        lines = re.split(r"\r\n|\r|\n", blob.decode("utf-8-sig", "replace"))
        line, column = finding.place
        assert 1 <= line <= max(1, len(lines) - (lines[-1] == "")), (finding, len(lines))
        assert 1 <= column <= len(lines[line - 1]) + 1, finding

    return check
