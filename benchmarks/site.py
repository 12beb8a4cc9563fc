"""Does a build of the site cost by what changed? Run by ``make bench-site``.

A living repository (``hotline demo``) is built as a whole, with nothing changed, after one order
was edited, after that was committed, and a quarter of an hour later; beside MkDocs with a page for
each order, out of the navigation, of the same content. ``--large`` adds ten times the orders of
``benchmarks/orders.py``.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orders
import report
from measuring import Measured, Task, measure

HOTLINE = Path(sys.executable).with_name("hotline")
MKDOCS = Path(sys.executable).with_name("mkdocs")
CHROMIUM = Path("/usr/bin/chromium")
NOW, LATER = "2026-11-20T09:00:00+08:00", "2026-11-20T09:15:00+08:00"
WHOLE, PEER = "whole", "MkDocs, a page for each order"
GOALS = (
    (WHOLE, PEER, 1 / 7),
    ("one order edited", WHOLE, 1 / 20),
    ("one order edited and committed", WHOLE, 1 / 20),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", action="store_true", help="ten times the orders as well")
    parser.add_argument("--no-peer", action="store_true", help="without MkDocs beside it")
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    options = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="hotline-bench-"))
    try:
        text = run(options, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(text)
    if not options.dry_run and options.orders == 10_000:
        report.put("site", text)


def run(options: argparse.Namespace, scratch: Path) -> str:
    root = scratch / "county"
    made = [HOTLINE, "demo", root, "--orders", str(options.orders), "--now", NOW]
    subprocess.run(made, stdout=subprocess.DEVNULL, check=True)
    busy = f"{os.getloadavg()[0]:.1f}"
    tasks = _tasks(root, scratch)
    found = measure([tasks], options.rounds, scratch / "said")
    if not options.no_peer:
        # Told to build the pages that our own build wrote, once.
        peer = _peer(root, scratch / "peer")
        found |= measure([[peer]], 1, scratch / "said", sampled=True)
    parts = [
        report._filled(_circumstances(options, busy)), _times(found), _goals(found),
        _sizes(root / "site"),
    ]  # fmt: skip
    if options.large:
        parts.append(_large(options.orders * 10, scratch))
    return "\n\n".join(parts)


def _tasks(root: Path, scratch: Path) -> list[Task]:
    home = scratch / "home"
    build = _command(NOW)
    edit = _Editor(root)
    trash = scratch / "trash"
    trash.mkdir()
    return [
        Task(WHOLE, build, root, home, True, before=partial(_forget, root, trash)),
        Task("nothing changed", build, root, home),
        Task("one order edited", build, root, home, before=edit),
        Task(
            "one order edited and committed", build, root, home, before=partial(edit, commit=True)
        ),
        Task("a quarter of an hour later", _command(LATER), root, home),
    ]


def _command(now: str) -> Callable[[], list[str]]:
    return lambda: [str(HOTLINE), "site", "build", "--now", now]


def _forget(root: Path, trash: Path) -> None:
    """Moved away, not deleted: for some seconds after ten thousand files were deleted, ext4 takes
    five times as long to make new ones."""
    for name in ("site", ".hotline"):
        if (root / name).exists():
            (root / name).rename(tempfile.mkdtemp(dir=trash) + "/" + name)


class _Editor:
    """Edits another order each time."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._paths = sorted(root.glob("cases/*/*/*.yaml"))[::-97]
        self._turn = 0

    def __call__(self, *, commit: bool = False) -> None:
        self._turn += 1
        path = self._paths[self._turn % len(self._paths)]
        path.write_bytes(path.read_bytes() + f"# {self._turn}\n".encode())
        if commit:
            who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
            git = ["git", "-C", str(self._root), *who, "commit", "-qam", "x"]
            when = {"GIT_COMMITTER_DATE": NOW, "GIT_AUTHOR_DATE": NOW}
            subprocess.run(git, check=True, env={**os.environ, **when})


def _peer(root: Path, folder: Path) -> Task:
    """The same content as Markdown files, the orders' out of the navigation."""
    shutil.copytree(root / ".hotline" / "site" / "docs", folder / "docs")
    for page in (root / "site" / "cases").glob("*/index.html"):
        article = re.search(r"<article.*?</article>", page.read_text("utf-8"), re.S)
        target = folder / "docs" / "cases" / page.parent.name / "index.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        if article and not target.exists():
            target.write_text(f"# {page.parent.name}\n\n{article[0]}\n", "utf-8")
    settings = (root / ".hotline" / "site" / "mkdocs.yml").read_text("utf-8")
    silent = "validation: {nav: {omitted_files: ignore}}\n"
    (folder / "mkdocs.yml").write_text(settings + silent, "utf-8")
    return Task(PEER, lambda: [str(MKDOCS), "build", "-q"], folder, once=True)


# --- what is told ----------------------------------------------------------------------------


def _circumstances(options: argparse.Namespace, busy: str) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"Last run: {time.strftime('%Y-%m-%d')}, {len(os.sched_getaffinity(0))} cores, "
        f"{memory:.0f} GiB, Python {platform.python_version()}; {options.orders:,} orders; "
        f"{options.rounds} round{'s' * (options.rounds != 1)}; load average {busy} before, "
        f"{os.getloadavg()[0]:.1f} after."
    )


def _times(found: dict[str, Measured]) -> str:
    whole = found[WHOLE].median
    rows = [
        [name, report._time(one.median), report._span(one), f"{one.median / whole:.3f}", report._mb(one)]
        for name, one in found.items()
    ]  # fmt: skip
    return report._table(("", "median", "min–max", "of a whole build", "peak memory"), rows)


def _goals(found: dict[str, Measured]) -> str:
    rows = []
    for name, against, limit in GOALS:
        if against in found:
            ratio = found[name].median / found[against].median
            rows.append(
                [name, against, f"{ratio:.3f}", f"≤ {limit:.3f}", report._met(ratio <= limit)]
            )
    return report._table(("", "held against", "ratio", "goal", ""), rows)


def _sizes(site: Path) -> str:
    """What a browser loads, at first and for the first search."""
    files = [path for path in site.rglob("*") if path.is_file()]
    shards = sorted(
        (path.stat().st_size for path in site.glob("search/orders/*.json")), reverse=True
    )
    pages = (site / "search" / "search_index.json").stat().st_size
    listed = (site / "search" / "orders.json").stat().st_size
    at_most = pages + listed + 1024 * 1024
    rows = [
        ["files of the site", f"{len(files):,}"],
        ["the first page, transferred with gzip", _first_page(site)],
        ["search: pages, and the list of shards", f"{pages + listed:,} bytes"],
        ["search: shards of orders", f"{len(shards)}, the largest {shards[0]:,} bytes"],
        ["a first search loads unasked, at most", f"{at_most:,} bytes, not compressed"],
        ["all orders, if somebody asks for them", f"{sum(shards):,} bytes, not compressed"],
    ]  # fmt: skip
    return report._table(("", ""), rows)


class _Gzipped(SimpleHTTPRequestHandler):
    """Serves as any web server is set to."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        body = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silence."""


def _first_page(site: Path) -> str:
    if not CHROMIUM.exists():
        return "not measured (no Chromium)"
    from playwright.sync_api import sync_playwright

    handler = partial(_Gzipped, directory=str(site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    total = 0

    def arrived(event: dict[str, float]) -> None:
        nonlocal total
        total += int(event["encodedDataLength"])

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", arrived)
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.wait_for_load_state("networkidle")
        browser.close()
    server.shutdown()
    return f"{total:,} bytes (goal < 200,000: {report._met(total < 200_000)})"


def _large(count: int, scratch: Path) -> str:
    root, home = scratch / "large", scratch / "home-large"
    orders.write(root, count)
    edit = _Editor(root)
    tasks = [
        Task("whole", _command(NOW), root, home, True),
        Task("one order edited", _command(NOW), root, home, before=edit),
    ]
    found = measure([tasks], 1, scratch / "said", sampled=True)
    return f"{count:,} closed orders, no history:\n\n{_times(found)}\n\n{_sizes(root / 'site')}"


if __name__ == "__main__":
    main()
