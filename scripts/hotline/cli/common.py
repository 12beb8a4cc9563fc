"""What verbs share: the repository, the time, progress, and opening it all at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from hotline.doors.disk import find_root
from hotline.doors.fault import Unavailable
from hotline.doors.repository import Repository
from hotline.values.times import NotATime, parse_time, suggest_time

if TYPE_CHECKING:
    import argparse

    from hotline.cli.parser import Parser
    from hotline.findings.subject import Subject
    from hotline.reading.registry import Rules
    from hotline.values.finding import Finding

T = TypeVar("T")


class RegistryIsBroken(Unavailable):
    """Nothing can be judged without the registry; the findings say what is wrong with it."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("名录、时限或放假安排（registry/）有错误，先改好再运行")

    @property
    def in_chinese(self) -> str:
        from hotline.findings.printers.text import line

        return "\n".join([str(self), *map(line, self.findings[:50])])


class Opened(NamedTuple):
    """A repository, what it judges by, and the moment that counts as now."""

    repository: Repository
    rules: Rules
    registry_findings: list[Finding]
    now: datetime


def add_repo(parser: Parser, *, now: bool = True) -> None:
    parser.add_argument("--repo", metavar="目录", help="工单仓库，默认是当前所在的仓库")
    if now:
        parser.add_argument(
            "--now", metavar="时间", help="假定现在是这个时间，如 2026-10-13T09:30:00+08:00"
        )


def add_format(parser: Parser, *formats: str) -> None:
    parser.add_argument(
        "--format", choices=formats, default=formats[0], metavar="格式",
        help=f"输出格式：{'、'.join(formats)}，默认 {formats[0]}",
    )  # fmt: skip


def root_of(args: argparse.Namespace) -> Path:
    explicit = args.repo is not None
    return find_root(Path(args.repo) if explicit else Path.cwd(), explicit)


def wrong_time(option: str, text: str, why: NotATime) -> str:
    """What is wrong with a time given as an option, and what was most likely meant."""
    meant = suggest_time(text)
    return f"{option} 的值不对：{why}" + (f"；请写 {meant}" if meant else "")


def machine_time() -> datetime:
    """The clock of the machine, to the second."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 — the one clock


def now_of(args: argparse.Namespace) -> datetime:
    """``--now``, else the clock of the machine."""
    if getattr(args, "now", None) is None:
        return machine_time()
    try:
        return parse_time(args.now)
    except NotATime as why:
        raise Unavailable(wrong_time("--now", args.now, why)) from None


def open_repository(
    args: argparse.Namespace, trust: str | None = None, *, recalls: bool = False
) -> Opened:
    """Reads what cases are judged by; :class:`RegistryIsBroken` where that cannot be. With
    ``recalls``, what was read of it before is used where it still holds."""
    if not recalls:  # else whoever must read a file strictly asks for it
        from hotline.reading.strict_yaml import require_libyaml

        require_libyaml()
    repository = Repository(root_of(args), trust, recalls=recalls)
    rules, findings = repository.rules()
    if rules is None:
        raise RegistryIsBroken(findings)
    return Opened(repository, rules, findings, now_of(args))


def refuse_data(root: Path, target: Path) -> None:
    """A sheet or a report must not take the place of what it was made from."""
    for folder in ("cases", "registry"):
        if (root / folder).resolve() in target.absolute().resolve().parents:
            raise Unavailable(f"不能写到工单仓库的 {folder}/ 里（{target}）；请写到别的地方")


def progress(
    items: Iterable[T], total: int, words: str, size: Callable[[T], int] = lambda _: 1
) -> Iterator[T]:
    """A bar on standard error where the work takes over a second and a person looks on.

    ``size`` is how many of ``total`` one item stands for.
    """
    if total < 500 or not sys.stderr.isatty():
        yield from items
        return
    from tqdm import tqdm

    with tqdm(total=total, desc=words, delay=1, leave=False, file=sys.stderr, unit="件") as bar:
        for item in items:
            yield item
            bar.update(size(item))


def read_cases(
    opened: Opened, unreadable: set[str], paths: list[str] | None = None
) -> Iterator[Subject]:
    """Every readable case, one at a time; the names of files that give none (which are the
    ids of their cases) go into ``unreadable`` and never stop the others."""
    from hotline.findings.subject import Subject
    from hotline.reading.cases import read_case

    listed = opened.repository.listing.cases if paths is None else paths
    blobs = opened.repository.blobs(listed)
    for path, blob in progress(blobs, len(listed), "读取"):
        case, _ = read_case(path, blob, opened.repository.case_schema)
        if case is None:
            unreadable.add(Path(path).stem)
        else:
            yield Subject(case, opened.rules, opened.now)


def cases_of(opened: Opened, paths: list[str] | None = None) -> Iterator[Subject]:
    """As :func:`read_cases`; what cannot be read is told at the end, on standard error."""
    unreadable: set[str] = set()
    yield from read_cases(opened, unreadable, paths)
    if unreadable:
        print(
            f"hotline：有 {len(unreadable)} 个文件读不出，不在结果里（{min(unreadable)} 等）；"
            "运行 hotline check 查看原因",
            file=sys.stderr,
        )
