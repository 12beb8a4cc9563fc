"""What ``check`` said of a file when it looked last, where that must be so still.

A clerk checks one file again and again. Where nothing changed, neither the rules are loaded
nor the registry is read: a look at the file and at the cache is enough.
"""

from __future__ import annotations

import argparse
import hashlib
from datetime import datetime
from pathlib import Path

from hotline.cli.common import now_of, root_of
from hotline.doors import disk
from hotline.doors.cache import Cache, Row, cache_of, findings_of
from hotline.doors.fault import Unavailable
from hotline.doors.repository import Repository
from hotline.values.finding import Finding


def findings_as_before(args: argparse.Namespace) -> tuple[list[Finding], int] | None:
    """The findings of the named files in their order, and how many files; None where they must
    be judged."""
    is_whole = not (args.since or args.trust or args.select or args.ignore or args.no_cache)
    if not args.paths or not is_whole or args.format == "markdown":
        return None
    try:
        root, now = root_of(args), now_of(args)
        paths = plain_files(args.paths, root)
        if not paths:
            return None
        cache = cache_of(Repository(root))
        rows = cache.rows(paths) if cache.is_there else {}
        if not all(_holds(cache, rows.get(path), root, now) for path in paths):
            return None
    except Unavailable:
        return None  # whoever judges tells it better
    found = [finding for path in paths for finding in findings_of(rows[path].findings)]
    return sorted(found, key=lambda finding: finding.order), len(paths)


def plain_files(named: list[str], root: Path) -> list[str] | None:
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


def _holds(cache: Cache, row: Row | None, root: Path, now: datetime) -> bool:
    """Whether what was found in a file is what would be found now: the same bytes, at a moment
    at which it holds, and nothing to compare it with."""
    if row is None or not row.holds_at(now.timestamp()) or not row.is_alone:
        return False
    blob = disk.read(root, row.path)
    if hashlib.sha1(blob, usedforsecurity=False).digest() != row.hash:
        return False
    return not row.id or cache.alike(row.id, row.upstream) == [row.path]
