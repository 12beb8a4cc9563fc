"""``hotline show ID``: one case with its state, clocks, derivations and timeline."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from hotline.cli.common import Opened, add_format, add_repo, open_repository
from hotline.cli.parser import Parser, nearest
from hotline.doors.fault import Unavailable
from hotline.findings.subject import Subject
from hotline.reading.cases import read_case
from hotline.views import show
from hotline.views.case_view import view_case


def configure(parser: Parser) -> None:
    parser.add_argument("id", metavar="工单编号", help="如 LZ-20261013-0007")
    add_format(parser, "text", "json")
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    opened = open_repository(args, recalls=True)
    view = view_case(load_case(opened, args.id), opened.now)
    if args.format == "json":
        print(show.as_json(view, _history(opened, view.subject.path)))
    else:
        print(show.as_text(view, opened.rules.registry))
    return 0


def load_case(opened: Opened, case: str) -> Subject:
    """The case of this id, wherever its file lies."""
    path = path_of(opened, case)
    repository = opened.repository
    blob = next(repository.blobs([path]))[1]
    found, findings = read_case(path, blob, repository.case_schema)
    if found is None:
        from hotline.findings.printers.text import line

        raise Unavailable("\n".join([f"工单 {case} 读不出：", *map(line, findings)]))
    return Subject(found, opened.rules, opened.now)


def path_of(opened: Opened, case: str) -> str:
    """Where the file of this id lies; an id that no file has is told with the nearest."""
    repository = opened.repository
    path = repository.path_of(case)
    if path is None:
        paths = [p for p in repository.listing.cases if p.endswith(f"/{case}.yaml")]
        path = paths[0] if paths else None
    if path is None:
        known = [p.rsplit("/", 1)[1].removesuffix(".yaml") for p in repository.listing.cases]
        near = nearest(case, known)
        raise Unavailable(f"没有工单 {case}" + (f"，是不是 {near}？" if near else ""))
    return path


def _history(opened: Opened, path: str) -> Callable[[str], tuple[str | None, str | None]]:
    """Event id → commit, and when it reached the main line; nothing where that is not known."""
    from hotline.doors.history import recorded

    found = recorded(opened.repository.root, path, opened.now)

    def pair(event: str) -> tuple[str | None, str | None]:
        if event not in found:
            return None, None
        commit, at = found[event]
        return commit, opened.rules.calendar.local(at).isoformat()

    return pair
