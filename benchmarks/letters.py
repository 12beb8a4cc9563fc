"""Do the letter rules cost less than reading the letters? Run by ``make bench-letters``.

10,000 replied orders of a made repository: their files read (bytes, YAML, schema), then all
R rules over them, in one process and one run. The ratio is the result; it must not exceed 1.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from hotline.doors.repository import Repository
from hotline.findings.subject import Subject
from hotline.reading.cases import read_case
from hotline.rules.declare import Check, load, parameters

HOTLINE = Path(sys.executable).with_name("hotline")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replies", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="hotline-bench-"))
    try:
        orders = options.replies * 3 // 2
        made = [str(HOTLINE), "demo", str(scratch / "made"), "--orders", str(orders)]
        subprocess.run(made, stdout=subprocess.DEVNULL, check=True)
        compare(Repository(scratch / "made"), options.replies, options.rounds)
    finally:
        shutil.rmtree(scratch)


def compare(repository: Repository, wanted: int, rounds: int) -> None:
    """Prints both times and their ratio, the medians of ``rounds`` rounds."""
    rules, _ = repository.rules()
    assert rules is not None
    now = datetime(2100, 1, 1, tzinfo=UTC)
    all_paths = repository.listing.cases
    paths = [p for p, blob in repository.blobs(all_paths) if b"type: replied" in blob][:wanted]
    checks = [
        (check, parameters(check))
        for rule in load().values()
        if rule.letter == "R"
        for check in rule.checks
    ]
    reading, judging, raw = [], [], []
    replies = characters = 0
    for _ in range(rounds):
        raw.append(seconds(lambda: sum(len(blob) for _, blob in repository.blobs(paths))))
        cases = []
        started = time.perf_counter()
        for path, blob in repository.blobs(paths):
            case, _ = read_case(path, blob, repository.case_schema)
            assert case is not None
            cases.append(case)
        reading.append(time.perf_counter() - started)
        subjects = [Subject(case, rules, now) for case in cases]
        for subject in subjects:
            assert subject.course and subject.policy  # what other rules need as well
        judging.append(seconds(lambda: judge(subjects, checks)))  # noqa: B023
        sections = [e.get("sections") for case in cases for e in case.of("replied")]
        replies = len(sections)
        characters = sum(len(text) for given in sections for text in given.values())
    read, judged, bytes_ = map(statistics.median, (reading, judging, raw))
    print(f"{len(paths):,} orders, {replies:,} replies of {characters // replies} characters")
    print("| | seconds | of reading |")
    print("| --- | --- | --- |")
    print(f"| bytes of the files alone | {bytes_:.2f} | {bytes_ / read:.2f} |")
    print(f"| reading the files | {read:.2f} | 1 |")
    print(f"| all R rules | {judged:.2f} | {judged / read:.2f} |")


def judge(subjects: list[Subject], checks: list[tuple[Check, tuple[str, ...]]]) -> int:
    """All findings of the checks, counted."""
    return sum(
        1
        for subject in subjects
        for check, names in checks
        for _ in check(*[getattr(subject, name) for name in names])
    )


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
