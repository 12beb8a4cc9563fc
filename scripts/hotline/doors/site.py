"""The status site: a repository read, pages made, files written, the old site replaced.

``build`` is what ``hotline site build`` and the daily run call. Between reading and
replacing stands MkDocs, whose plugin (``doors/mkdocs.py``) calls :class:`Builder`, so
that plain ``mkdocs build`` gives the same files.
"""

from __future__ import annotations

import gc
import io
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from hotline.doors import anchors, disk, shipped
from hotline.doors.auditing import audit, recorded
from hotline.doors.commits import Repository as Commits
from hotline.doors.fault import Unavailable
from hotline.doors.measure import read_articles, read_glossary, read_norms
from hotline.doors.repository import Repository
from hotline.doors.templates import TEMPLATES, files_below, pages_of
from hotline.findings.engine import Engine
from hotline.findings.printers.text import line
from hotline.pages import data, search, shell
from hotline.pages.casepages import CasePages
from hotline.pages.gather import Gather
from hotline.pages.history import Anchor, Audit, History
from hotline.pages.models import Editing, Site
from hotline.pages.reference import Reference
from hotline.pages.templates import Source
from hotline.pages.tree import HANDBOOK, NAV, Broken, tree
from hotline.reading.registry import Rules
from hotline.rules.declare import load as load_rules
from hotline.values.facts import Cases, Facts
from hotline.values.finding import Finding
from hotline.views.case_view import view_case

WORK = ".hotline/site"
"""Where the Markdown tree is written, below the repository."""
INDEX = "search/search_index.json"

Watch = Callable[[Iterable[Any], int, str], Iterable[Any]]
"""Shows progress over an iterable (items, how many, words)."""


def _unwatched(items: Iterable[Any], total: int, words: str) -> Iterable[Any]:
    return items


@dataclass(frozen=True, slots=True)
class Report:
    """What a build made."""

    out: Path
    cases: int
    pages: int
    unreadable: tuple[str, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def first_page(self) -> Path:
        return self.out / "index.html"


def build(root: Path, now: datetime, out: Path | None = None, watch: Watch = _unwatched) -> Report:
    """Builds the site of the repository at ``root`` into ``out`` (default ``site/``).

    Works without a ``mkdocs.yml``. Where anything fails the last good site stays.
    """
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    from mkdocs.commands.build import build as mkdocs_build
    from mkdocs.exceptions import MkDocsException

    from hotline.doors.mkdocs import HotlinePlugin, plugin_of

    with _quiet_mkdocs() as told, _rare_collection():
        try:
            config = _configuration(root, out)
            plugin = plugin_of(config) or HotlinePlugin.added_to(config)
            plugin.now, plugin.watch = now, watch
            mkdocs_build(config)
        except MkDocsException as fault:
            reasons = [*told.lines, fault.message]
            raise Unavailable("网站没有生成，原来的网站没有改动：" + "；".join(reasons)) from fault
    report = plugin.report
    if report is None:
        raise Unavailable("网站没有生成，原来的网站没有改动：" + "；".join(told.lines))
    return Report(
        report.out, report.cases, report.pages, report.unreadable, report.broken, tuple(told.lines)
    )


def _configuration(root: Path, out: Path | None) -> Any:
    from mkdocs.config import load_config

    own = root / "mkdocs.yml"
    target = str(out.resolve()) if out is not None else None
    if own.is_file():
        return load_config(str(own), site_dir=target)
    starter = shipped.find(None, TEMPLATES, "starter", "mkdocs.yml").read_bytes()
    return load_config(io.BytesIO(starter), config_file_path=str(own), site_dir=target)


class _Told(logging.Handler):
    """What MkDocs warns of, kept for the report instead of printed."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage().strip())


@contextmanager
def _quiet_mkdocs() -> Iterator[_Told]:
    logger = logging.getLogger("mkdocs")
    told = _Told()
    before = logger.propagate
    logger.propagate = False
    logger.addHandler(told)
    try:
        yield told
    finally:
        logger.removeHandler(told)
        logger.propagate = before


@contextmanager
def _rare_collection() -> Iterator[None]:
    """Ten thousand orders stay in memory until the end; looking through them for garbage
    every few hundred objects costs a seventh of the time."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@dataclass(slots=True)
class Builder:
    """One build. :meth:`prepare` writes the tree that MkDocs reads; :meth:`complete` adds
    what MkDocs does not make; :meth:`replace` puts the new site in the place of the old."""

    root: Path
    out: Path
    now: datetime
    name: str
    editing: Editing
    watch: Watch = _unwatched
    site: Site | None = None
    cases: CasePages | None = None
    broken: Broken = field(default_factory=Broken)
    aside: Path | None = None
    """The folder that holds the new site until it replaces the old."""
    pages: int = 0
    _lock: Any = None

    # --- before MkDocs ------------------------------------------------------------------

    def prepare(self) -> None:
        _refuse_foreign(self.out, self.root)
        search.segmenter()
        self._lock = _only_one(self.root)
        self.site = self._read()
        folder = self.root / WORK
        _fresh(folder / "docs")
        _put(self.root / ".hotline", ".gitignore", b"*\n")
        files: dict[str, bytes] = {}
        reference = Reference(read_articles(), read_norms(), read_glossary(), load_rules())
        for path, text in tree(self.site, reference, self.source, self.broken):
            files[path] = text.encode()
        self.pages = len(files) + len(self.site.handbook)
        files |= _assets(self.root)
        files |= dict(_handbook(self.root))
        for path, content in files.items():
            _put(folder / "docs", path, content)
        _put(folder, "mkdocs.yml", self._successor().encode())
        self.aside = _aside(self.out)

    @property
    def source(self) -> Source:
        return pages_of(self.root)

    def _read(self) -> Site:
        """Every case judged once; its page made while it is at hand."""
        repository = Repository(self.root)
        rules, problems = repository.rules()
        if rules is None:
            reasons = "\n".join(map(line, problems[:50]))
            raise Unavailable(f"名录、时限或放假安排（registry/）有错误，先改好再运行\n{reasons}")
        engine = Engine(rules, repository.case_schema, self.now)
        gather = Gather(rules.registry, rules.calendar, self.now)
        policy = rules.policies[-1].version if rules.policies else ""
        words: dict[str, Any] = {
            "name": self.name, "editing": self.editing, "policy": policy,
            "history": _history(self.root, self.now),
        }  # fmt: skip
        self.cases = CasePages(self.source, gather.finish(**words), self.broken)
        facts = self._judge(repository, rules, engine, gather)
        for path in repository.listing.strays:
            gather.unreadable(path, engine.stray(path))
        cases = Cases(facts)
        gather.found(engine.across(facts, cases))
        problems = [*problems, *engine.of_registry(cases)]
        errors = [f for f in problems if f.severity == "error"]
        handbook = [name for name, _ in _handbook(self.root) if name.endswith(".md")]
        return gather.finish(**words, problems=errors, handbook=handbook)

    def _judge(
        self, repository: Repository, rules: Rules, engine: Engine, gather: Gather
    ) -> list[Facts]:
        facts: list[Facts] = []
        listed = repository.listing.cases
        for path, blob in self.watch(_blobs(repository, listed, gather), len(listed), "读取"):
            judged = engine.judge(path, blob)
            if judged.subject is None:
                gather.unreadable(path, judged.findings)
                continue
            view = view_case(judged.subject, self.now)
            row = gather.take(view, judged.findings)
            facts.append(judged.subject.facts)
            if self.cases is not None:
                self.cases.take(view, row, rules.registry)
        return facts

    def _successor(self) -> str:
        """The same tree's configuration for any other builder of MkDocs' kind."""
        import yaml

        nav: list[dict[str, Any]] = [{title: path} for title, path in NAV]
        if self.site is not None and self.site.handbook:
            nav.append({HANDBOOK: list(self.site.handbook)})
        settings = {"site_name": self.name, "docs_dir": "docs", **settings_of(), "nav": nav}
        return yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)

    # --- after MkDocs -------------------------------------------------------------------

    def complete(self, folder: Path) -> Report:
        """Adds case pages, data and search entries to the site that MkDocs made."""
        assert self.site is not None and self.cases is not None
        rendered = folder / shell.PATH / "index.html"
        try:
            frame = shell.Shell(rendered.read_text("utf-8"))
        except (OSError, shell.ShellIsBroken) as fault:
            raise Unavailable(f"工单页没有外壳：{fault}") from fault
        shutil.rmtree(rendered.parent)
        (folder / "sitemap.xml").unlink(missing_ok=True)  # the theme's, with the day of the build
        pages = self.cases.pages(frame, self.site)
        made = 0
        for path, html in self.watch(pages, len(self.site.rows), "生成工单页"):
            _put(folder, path, html.encode())
            made += 1
        for path, content in (*data.files(self.site), *_schemas()):
            _put(folder, path, content)
        index = folder / INDEX
        if index.is_file():
            written = search.index(index.read_text("utf-8"), self.site, load_rules())
            _put(folder, INDEX, written.encode())
        for worker in sorted(folder.glob("assets/javascripts/workers/search.*.min.js")):
            worker.write_text(search.mended(worker.read_text("utf-8")), "utf-8")
        unreadable = tuple(file.path for file in self.site.unreadable)
        broken = tuple(self.broken.pages)
        return Report(self.out, len(self.site.rows), self.pages - 1 + made, unreadable, broken)

    def replace(self) -> None:
        """The new site takes the place of the old."""
        assert self.aside is not None
        old = self.out.with_name(f".{self.out.name}.old")
        try:
            self.aside.chmod(0o755)
            shutil.rmtree(old, ignore_errors=True)
            if self.out.exists():
                self.out.rename(old)
            self.aside.rename(self.out)
        except OSError as error:
            raise Unavailable(f"写不了 {self.out}：{disk.reason(error)}") from error
        shutil.rmtree(old, ignore_errors=True)
        self.aside = None
        self.release()

    def abandon(self) -> None:
        """A failed build leaves nothing but the last good site."""
        if self.aside is not None:
            shutil.rmtree(self.aside, ignore_errors=True)
            self.aside = None
        self.release()

    def release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _history(root: Path, now: datetime) -> History:
    """The audit, the anchors and when events were recorded; where there is no history to look
    at, why."""
    try:
        with Commits(root) as commits:
            found = audit(commits, now)
            notes = [_anchor(*kept) for kept in anchors.kept(commits, found.head)]
            made = Audit(
                found.head, found.commits, found.cases, found.faults, notes, commits.replacements
            )
            return History(made, "", recorded(commits, now).events)
    except Unavailable as fault:
        return History(None, str(fault))


def _anchor(name: str, note: dict[str, Any], wrong: list[str]) -> Anchor:
    made_at = datetime.fromisoformat(note["made_at"])
    return Anchor(
        name, made_at, note["commit"], note["commits"], note["cases"], "signature" in note,
        tuple(wrong),
    )  # fmt: skip


def settings_of() -> dict[str, Any]:
    """How the theme is set; one place for the plugin and for a successor of MkDocs."""
    return {
        "theme": {
            "name": "material",
            "language": "zh",
            "font": False,
            "favicon": "assets/favicon.svg",
            "logo": "assets/logo.svg",
            "features": ["navigation.tabs", "navigation.top", "search.highlight", "toc.follow"],
            "palette": [
                {
                    "media": "(prefers-color-scheme: light)",
                    "scheme": "default",
                    "primary": "custom",
                    "accent": "custom",
                    "toggle": {"icon": "material/weather-night", "name": "换成深色"},
                },
                {
                    "media": "(prefers-color-scheme: dark)",
                    "scheme": "slate",
                    "primary": "custom",
                    "accent": "custom",
                    "toggle": {"icon": "material/weather-sunny", "name": "换成浅色"},
                },
            ],
        },
        "extra_css": ["assets/hotline.css"],
        "extra_javascript": ["assets/hotline.js"],
        "extra": {"generator": False},
        "markdown_extensions": [
            "admonition", "attr_list", "def_list", "footnotes", "tables", "fenced_code",
            "pymdownx.details", "pymdownx.superfences", {"toc": {"toc_depth": 3, "title": "本页"}},
        ],
    }  # fmt: skip


# --- files -----------------------------------------------------------------------------


def _blobs(repository: Repository, paths: list[str], gather: Gather) -> Iterator[tuple[str, bytes]]:
    """The files one by one; one that the disk does not give is told like a broken one."""
    for path in paths:
        try:
            yield path, disk.read(repository.root, path)
        except Unavailable as fault:
            gather.unreadable(path, [Finding("S001", "error", path, str(fault), "practice")])


def _assets(root: Path) -> dict[str, bytes]:
    """Style sheets, scripts and libraries; a repository's own files come first."""
    found: dict[str, bytes] = {}
    for folder in (shipped.data_folder() / TEMPLATES, root / TEMPLATES):
        found |= {f"assets/{name}": blob for name, blob in files_below(folder / "assets")}
    return {name: found[name] for name in sorted(found)}


def _schemas() -> Iterator[tuple[str, bytes]]:
    """The JSON Schemas of what programs read, beside it."""
    folder = shipped.data_folder() / TEMPLATES / "api"
    yield from ((f"api/v1/{name}", blob) for name, blob in sorted(files_below(folder)))


def _handbook(root: Path) -> Iterator[tuple[str, bytes]]:
    """The repository's own handbook, its first page first."""
    files = dict(files_below(root / "docs" / "handbook"))
    order = sorted(files, key=lambda name: (name != "index.md", name))
    yield from ((f"handbook/{name}", files[name]) for name in order)


def _put(folder: Path, path: str, content: bytes) -> None:
    target = folder / PurePosixPath(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except OSError as error:
        raise Unavailable(f"写不了 {target}：{disk.reason(error)}") from error


def _fresh(folder: Path) -> None:
    """An empty folder."""
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    except OSError as error:
        raise Unavailable(f"写不了 {folder}：{disk.reason(error)}") from error


def _aside(out: Path) -> Path:
    """A new folder beside ``out``, where a rename is atomic. What a killed build left is
    swept, and a site that it had already moved away is put back."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        old = out.with_name(f".{out.name}.old")
        if old.is_dir() and not out.exists():
            old.rename(out)
        for left in out.parent.glob(f".{out.name}.new-*"):
            shutil.rmtree(left, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix=f".{out.name}.new-", dir=out.parent))
    except OSError as error:
        raise Unavailable(f"写不了 {out}：{disk.reason(error)}") from error


def _refuse_foreign(out: Path, root: Path) -> None:
    """A folder that is no site of ours is never replaced."""
    if out == root or out in root.parents:
        raise Unavailable(f"{out} 里有工单仓库，网站请写到别的文件夹")
    for name in ("cases", "registry", ".git", ".hotline"):
        if root / name in (out, *out.parents):
            raise Unavailable(f"{out} 在仓库的 {name}/ 里，网站请写到别的文件夹")
    if not out.exists():
        return
    if not out.is_dir():
        raise Unavailable(f"{out} 不是文件夹")
    is_ours = (out / "api" / "v1" / "due.json").is_file()
    if not is_ours and any(out.iterdir()):
        raise Unavailable(f"{out} 里有别的文件，不是以前生成的网站；请另选文件夹或先清空它")


def _only_one(root: Path) -> Any:
    """Held while a build runs; it dies with the process."""
    path = root / WORK / "lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("w")
    except OSError as error:
        raise Unavailable(f"写不了 {path}：{disk.reason(error)}") from error
    try:
        import fcntl
    except ImportError:  # no such lock on Windows
        return handle
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise Unavailable("另一个进程正在生成这个仓库的网站，请等它结束") from None
    return handle


def serve(folder: Path, port: int, ready: Callable[[str], None]) -> None:
    """Shows the site on this machine alone until interrupted."""
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Silence: a line per file helps nobody."""

        def end_headers(self) -> None:
            self.send_header("Cache-Control", "no-cache")
            super().end_headers()

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, directory=str(folder)))
    except (OSError, OverflowError) as error:
        raise Unavailable(f"端口 {port} 用不了，请用 --port 换一个") from error
    with server:
        ready(f"http://127.0.0.1:{server.server_port}/")
        server.serve_forever()
