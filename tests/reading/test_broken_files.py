"""Every broken file of the corpus: the exact findings, at the exact places, in a clerk's words."""

from __future__ import annotations

from collections import Counter

import pytest

from hotline.findings.engine import Engine
from tests.corpus import CLEAN, PATH, Broken, broken
from tests.reading.conftest import Find

ROWS = list(broken())


def test_the_corpus_is_large_and_each_file_has_a_name_of_its_own() -> None:
    assert len(ROWS) >= 180
    assert [name for name, times in Counter(row.name for row in ROWS).items() if times > 1] == []


def test_nothing_at_all_is_found_in_the_case_that_all_are_made_from(all_rules: Engine) -> None:
    assert all_rules.judge(PATH, CLEAN.encode()).findings == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_broken_file_gives_exactly_these_findings(row: Broken, find: Find) -> None:
    found = find(row.blob, row.path)
    assert [(finding.code, *finding.place) for finding in found] == list(row.finds)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_its_messages_say_what_is_wrong_and_what_to_type(row: Broken, find: Find, fair) -> None:
    found = find(row.blob, row.path)
    assert len(row.says) == len(found), [finding.message for finding in found]
    for piece, finding in zip(row.says, found, strict=True):
        assert piece in finding.message
        assert not row.hides or row.hides not in repr(finding)
        if not row.blob.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\0" not in row.blob[:8]:
            fair(finding, row.blob)


@pytest.mark.parametrize("row", [row for row in ROWS if row.finds], ids=lambda row: row.name)
def test_its_findings_can_be_told_apart(row: Broken, find: Find) -> None:
    """Fingerprints stay while lines move, so two faults of one kind may share one only in S001 to S004."""
    found = [finding for finding in find(row.blob, row.path) if finding.code == "S010"]
    unnamed = sum("没有这个键" in finding.message for finding in found)
    assert len({finding.fingerprint for finding in found}) >= len(found) - max(0, unnamed - 1)


def test_a_file_of_many_faults_names_the_first_hundred_and_says_so(find: Find) -> None:
    found = find(CLEAN + "  - {}\n" * 500)
    assert len(found) == 100
    assert [finding.place.line for finding in found] == list(range(22, 122))
    assert "错误太多，只列出前面的" in found[-1].message
    assert "错误太多" not in found[-2].message


def test_exactly_a_hundred_faults_are_not_called_too_many(find: Find) -> None:
    found = find(CLEAN + "  - {}\n" * 100)
    assert len(found) == 100
    assert not any("错误太多" in finding.message for finding in found)


def test_a_hundred_and_one_duplicate_keys_are_not_all_told(find: Find) -> None:
    found = find(CLEAN.replace("events:", "a: 1\n" * 102 + "events:"))
    assert [finding.code for finding in found] == ["S002"] * 100 + ["S001"]
    assert "前面的错误已有 100 处" in found[-1].message


def test_every_hidden_character_is_told_up_to_twenty(find: Find) -> None:
    found = find(CLEAN.replace("锦绣花园小区东侧夜间", "锦\u200b" * 30))
    assert [finding.code for finding in found] == ["S004"] * 20


def test_the_case_id_stands_in_the_finding_only_where_it_is_one(find: Find) -> None:
    assert find(CLEAN.replace("complaint", "complain"))[0].case == "LZ-20261013-0007"
    for other in ('"13881234567"', "13881234567", "王大锤", "LZ-20261013-0007x"):
        assert {f.case for f in find(CLEAN.replace("LZ-20261013-0007", other))} == {None}
