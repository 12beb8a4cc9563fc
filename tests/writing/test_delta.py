"""What a change broke is told apart from what was broken before."""

from __future__ import annotations

from hotline.reading.strict_yaml import parse
from hotline.values.finding import Finding
from hotline.values.node import Place
from hotline.writing.delta import diff, newly

BEFORE = "id: x\nevents:\n  - {type: a}\n  - {type: b}\n"
AFTER = "id: x\nevents:\n  - {type: a}\n  - {type: new}\n  - {type: b}\n"


def finding(
    code: str, line: int, column: int = 6, severity: str = "error", words: str = ""
) -> Finding:
    return Finding(
        code, severity, "p", words, "practice", Place(line, column), "x", f"{line}/{words}"
    )  # type: ignore[arg-type]


def new(before: list[Finding], after: list[Finding]) -> list[Finding]:
    roots = (parse(text.encode()).root for text in (BEFORE, AFTER))
    return newly(before, next(roots), after, next(roots), 1)


def test_a_finding_moves_with_its_event() -> None:
    assert new([finding("W001", 4)], [finding("W001", 5)]) == []
    assert new([finding("W001", 3)], [finding("W001", 3)]) == []


def test_one_at_the_new_event_is_new_though_the_line_had_one() -> None:
    at_new, moved = finding("W001", 4), finding("W001", 5)
    assert new([finding("W001", 4)], [at_new, moved]) == [at_new]


def test_another_code_severity_or_a_second_one_is_new() -> None:
    worse, other = finding("X030", 5), finding("W002", 5)
    assert new([finding("X030", 4, severity="warning")], [worse]) == [worse]
    assert new([finding("W001", 4)], [other]) == [other]
    assert new([finding("W001", 4)], [finding("W001", 5)] * 2) == [finding("W001", 5)]


def test_other_words_at_the_same_node_are_the_same_fault() -> None:
    assert new([finding("S010", 4, words="第 2 个")], [finding("S010", 5, words="第 3 个")]) == []


def test_faults_of_the_text_go_by_their_words() -> None:
    one = finding("S004", 1, 2, words="U+200B")
    assert new([one], [finding("S004", 9, 1, words="U+200B")]) == []
    assert len(new([one], [one, finding("S004", 4, words="U+200B")])) == 1


def test_a_file_that_holds_nothing() -> None:
    assert newly([], None, [finding("S001", 1)], None, 0) == [finding("S001", 1)]


def test_diff() -> None:
    assert "+  - {type: new}" in diff("p", BEFORE.encode(), AFTER.encode()).splitlines()
    assert diff("p", b"a\r\n", b"a\r\nb\r\n").splitlines()[-1] == "+b"
