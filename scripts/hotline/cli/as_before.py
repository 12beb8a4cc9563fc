"""What ``check`` said of a file when it looked last, where that must be so still.

A clerk checks one file again and again. Where nothing changed, neither the rules are loaded
nor the registry is read, and the usual command line need not be parsed: a look at the file and
at the cache is enough. So this module imports next to nothing.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hotline.doors import disk
from hotline.doors.cache import Cache, Row, cache_of
from hotline.doors.fault import Unavailable

if TYPE_CHECKING:
    from hotline.values.finding import Finding


def told_as_before(named: Sequence[str]) -> int | None:
    """``check`` of the named files and nothing else, as it was told before, with its exit code;
    None where it must be worked out."""
    started = time.perf_counter()
    try:
        root = disk.find_root(Path.cwd(), explicit=False)
    except (Unavailable, OSError):
        return None
    known = findings_as_before(named, root, time.time())
    if known is None:
        return None
    from hotline.findings.printers import printer, summarise, verdict

    findings, files = known
    summary = summarise(findings, files, time.perf_counter() - started)
    print(printer("text")(findings, summary) if findings else verdict(summary))
    return 1 if summary.errors else 0


def findings_as_before(
    named: Sequence[str], root: Path, moment: float
) -> tuple[list[Finding], int] | None:
    """The findings of the named files in their order, and how many files; None where they must
    be judged. ``moment`` is now, in seconds since 1970."""
    try:
        paths = plain_files(named, root)
        if not paths:
            return None
        cache = cache_of(root)
        rows = cache.rows(paths) if cache.is_there else {}
        if not all(_holds(cache, rows.get(path), root, moment) for path in paths):
            return None
    except (Unavailable, OSError):
        return None  # whoever judges tells it better
    if not any(rows[path].findings for path in paths):
        return [], len(paths)
    from hotline.doors.remembered import findings_of

    found = [finding for path in paths for finding in findings_of(rows[path].findings)]
    return sorted(found, key=lambda finding: finding.order), len(paths)


def plain_files(named: Sequence[str], root: Path) -> list[str] | None:
    """The named files, where all are plain files of orders: then nobody need look at all that
    lies under ``cases/``. None where that must be done."""
    found = set()
    for given in named:
        path = Path(given).absolute()
        try:
            relative = path.parent.resolve().joinpath(path.name).relative_to(root).as_posix()
        except ValueError:
            return None
        if not disk.is_case_file(root, relative):
            return None
        found.add(relative)
    return sorted(found)


def _holds(cache: Cache, row: Row | None, root: Path, moment: float) -> bool:
    """Whether what was found in a file is what would be found now: the same bytes, at a moment
    at which it holds, and nothing to compare it with."""
    if row is None or not row.holds_at(moment) or not row.is_alone:
        return False
    blob = disk.read(root, row.path)
    if hashlib.sha1(blob, usedforsecurity=False).digest() != row.hash:
        return False
    return not row.id or cache.alike(row.id, row.upstream) == [row.path]
