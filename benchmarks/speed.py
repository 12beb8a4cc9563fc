"""How fast is ``hotline check`` beside validators of the same files? Run by ``make bench``.

Makes orders of ten events each, runs the verbs and the peers on them as processes, in turn,
and writes the tables of README.md, goals and misses alike. ``--large`` adds ten times as
many orders, ``--profile`` where the time of a cold check goes.
"""

from __future__ import annotations

import argparse
import itertools
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import orders
import peers
import report
from measuring import Task, measure, run

HOTLINE = Path(sys.executable).with_name("hotline")
FULL = 10_000
"""The size that the goals are about: a smaller run is shown, but not written down."""
LARGER = 10
_minutes = itertools.count()
Groups = list[list[Task]]


def main() -> None:
    options = _options()
    scratch = Path(tempfile.mkdtemp(prefix="hotline-bench-"))
    try:
        for name, text in _sections(options, scratch):
            print(f"\n{text}", flush=True)
            if options.orders == FULL and not options.dry_run:
                report.put(name, text)
    finally:
        shutil.rmtree(scratch)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=FULL, help="10,000 where not given")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="ten times as many orders as well")
    parser.add_argument("--large-rounds", type=int, default=2)
    parser.add_argument("--profile", action="store_true", help="the parts of a cold check as well")
    parser.add_argument("--alone", action="store_true", help="only --large and --profile")
    parser.add_argument("--dry-run", action="store_true", help="leave README.md as it is")
    return parser.parse_args()


def _sections(options: argparse.Namespace, scratch: Path) -> Iterator[tuple[str, str]]:
    """The name and the text of each part of the README that was asked for."""
    if not options.alone:
        yield "speed", speed(options.orders, options.rounds, scratch)
    if options.large:
        yield "large", large(options.orders, options.large_rounds, scratch)
    if options.profile:
        yield "profile", profile(options.orders, options.rounds, scratch)


def speed(count: int, rounds: int, scratch: Path) -> str:
    """The verbs beside the peers."""
    peers.install()
    peers.try_out(HOTLINE, scratch)
    roots = {name: scratch / name for name in ("clean", "late", "broken", "edited", "named")}
    kinds: dict[str, orders.Kind] = {"late": "late", "broken": "broken"}
    for name, root in roots.items():
        orders.write(root, count, kinds.get(name, "clean"))
    groups = _own(roots, scratch) + _peers(roots["clean"], count, scratch)
    for name in ("edited", "named"):
        run(Task(name, hotline("check"), roots[name], scratch / "home" / name), scratch / "said")
    busy = _load()
    found = measure(groups, rounds, scratch / "said")
    return report.of_speed(found, _circumstances(count, rounds, busy, peers.versions()))


def _own(roots: dict[str, Path], scratch: Path) -> Groups:
    home, check = scratch / "home", hotline("check")
    clean = [_pair(verb, roots["clean"], home / verb) for verb in ("check", "due", "escalate")]
    late = Task("check, cold, late", check, roots["late"], home / "late", True)
    broken = Task("check, cold, broken", check, roots["broken"], home / "broken", True, exits=(1,))
    edit = _Editor(roots["edited"], 2, step=1).edit
    warm = Task("check, one file changed", check, roots["edited"], home / "edited", before=edit)
    return [*clean, [late], [broken], [warm], _of_one(roots["named"], home)]


def _of_one(root: Path, home: Path) -> list[Task]:
    """One named file of a repository: as the last run saw it, edited since, never seen. As a
    clerk asks, in the repository and of now."""
    path = orders.order(1, "clean")[0]

    def one() -> list[str]:
        return [str(HOTLINE), "check", path]

    edit = _Editor(root, 1, step=0).edit
    return [
        Task("check ONE, unchanged", one, root, home / "named"),
        Task("check ONE, changed", one, root, home / "named", before=edit),
        Task("check ONE, no cache", one, root, home / "fresh", True),
    ]


def _pair(verb: str, root: Path, home: Path, prefix: str = "") -> list[Task]:
    """A verb with an empty cache, then with what that run left there, nothing changed."""
    name = f"{prefix}{verb}"
    return [
        Task(f"{name}, cold", hotline(verb), root, home, True),
        Task(f"{name}, warm", hotline(verb), root, home),
    ]


def _peers(root: Path, count: int, scratch: Path) -> Groups:
    one = orders.order(1, "clean")[0]
    list_ = scratch / "files"
    with list_.open("w", encoding="utf-8") as lines:
        lines.writelines(f"{orders.order(n, 'clean')[0]}\n" for n in range(1, count + 1))
    slow = Task("check-jsonschema, all", lambda: peers.check_jsonschema_all(list_), root, once=True)
    return [
        [Task("ajv-cli, all", peers.ajv, root)],
        [slow],
        [
            Task("yamllint, ONE", lambda: peers.yamllint(one), root, exits=(0, 1)),
            Task("check-jsonschema, ONE", lambda: peers.check_jsonschema(one), root),
            Task("ajv-cli, ONE", lambda: peers.ajv(one), root),
        ],
    ]


def hotline(*arguments: str) -> Callable[[], list[str]]:
    """A command whose time goes on by a minute at each run, as time does."""

    def command() -> list[str]:
        now = datetime.fromisoformat(orders.NOW) + timedelta(minutes=next(_minutes))
        return [str(HOTLINE), *arguments, "--now", now.isoformat()]

    return command


class _Editor:
    """Edits one order of a repository, and at the next call the one ``step`` further on."""

    def __init__(self, root: Path, number: int, step: int) -> None:
        self._root, self._number, self._step, self._turn = root, number, step, 0

    def edit(self) -> None:
        self._turn += 1
        path, text = orders.edited(self._number, self._turn)
        if not (self._root / path).is_file():
            raise SystemExit("Too few orders to edit another one each round.")
        (self._root / path).write_text(text, "utf-8")
        self._number += self._step


def large(count: int, rounds: int, scratch: Path) -> str:
    """Ten times the orders against these: time and memory of the verbs."""
    groups: Groups = []
    for name, size in (("small", count), ("large", count * LARGER)):
        root = scratch / f"grown-{name}"
        orders.write(root, size)
        for verb in ("check", "due", "escalate"):
            groups.append(_pair(verb, root, scratch / f"home-{name}-{verb}", f"{name}: "))
    busy = _load()
    found = measure(groups, rounds, scratch / "said", sampled=True)
    return report.of_large(found, (count, count * LARGER), _circumstances(None, rounds, busy))


def profile(count: int, rounds: int, scratch: Path) -> str:
    """Where the time of a cold check goes; last, for it makes this process large."""
    import cold_profile

    root, empty = scratch / "profiled", scratch / "empty"
    orders.write(root, count)
    orders.write(empty, 0)
    one_process = cold_profile.one_process(HOTLINE)
    home = scratch / "home-profiled"
    tasks = [
        Task("whole", hotline("check", *one_process), root, home, True),
        Task("start", hotline("check", *one_process), empty, home, True),
    ]
    busy = _load()
    found = measure([tasks], rounds, scratch / "said")
    whole, start = (found[task.name].median for task in tasks)
    parts = cold_profile.parts(root, rounds)
    return report.of_profile(whole, start, parts, count, _circumstances(count, rounds, busy))


def _circumstances(count: int | None, rounds: int, busy: str, peers_: str = "") -> str:
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    node = f", Node {peers.node_version().strip().lstrip('v')}" if peers_ else ""
    words = f"Last run: {time.strftime('%Y-%m-%d')}, {cores} cores, {memory:.0f} GiB, "
    words += f"Python {platform.python_version()}{node}; "
    words += f"{count:,} orders; " if count is not None else ""
    words += f"{rounds} round{'s' * (rounds != 1)}; load average {busy} before, {_load()} after."
    return f"{words} Peers: {peers_}." if peers_ else words


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    main()
