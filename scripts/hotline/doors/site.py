"""The status site: a repository read, pages made, files written, the old site replaced.

``build`` is what ``hotline site build`` and the daily run call. MkDocs renders frames (its
plugin, ``doors/mkdocs.py``, calls :class:`Builder`, so that plain ``mkdocs build`` gives the same
files), and only where something that they follow from has changed; what is made of orders is
filled into them here. What a build found and made is kept for the next (``doors/keeping.py``), so
that its cost follows the change.
"""

from __future__ import annotations

import gc
import hashlib
import io
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from hotline.doors import anchors, disk, keeping, publishing, shipped
from hotline.doors import frames as framing
from hotline.doors.auditing import audit_and_recordings
from hotline.doors.commits import Repository as Commits
from hotline.doors.fault import Unavailable
from hotline.doors.filling import Filling, Watch
from hotline.doors.forked import apart, default_jobs
from hotline.doors.judging_key import judging_key
from hotline.doors.measure import read_articles, read_glossary, read_norms
from hotline.doors.orders import orders_of
from hotline.doors.repository import Repository
from hotline.doors.templates import TEMPLATES, files_below, pages_of
from hotline.findings.printers.text import line
from hotline.pages import frame, search, shell
from hotline.pages.casepages import CasePages
from hotline.pages.gather import Gather
from hotline.pages.history import Anchor, Audit, History
from hotline.pages.models import Editing, Site
from hotline.pages.reference import Reference
from hotline.pages.templates import Source
from hotline.pages.tree import HANDBOOK, NAV, Broken, tree
from hotline.reading.registry import Rules
from hotline.rules.declare import load as load_rules
from hotline.values.finding import Finding

WORK = ".hotline/site"
"""Where a build keeps what it needs, below the repository."""
SOURCES = "sources"
"""What MkDocs renders, below that."""


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

    Works without a ``mkdocs.yml``. Where anything fails the last good site stays. Where nothing
    that MkDocs renders has changed since the last build, it is not even loaded.
    """
    if out is not None:
        _refuse_foreign(out.resolve(), root)
    with _rare_collection():
        lock = _only_one(root)
        try:
            builder = _as_before(root, now, out, watch)
            if builder is not None:
                with suppress(framing.FramesAreGone):
                    return builder.made()
            return _by_mkdocs(root, now, out, watch, lock)
        finally:
            lock.close()


def _as_before(root: Path, now: datetime, out: Path | None, watch: Watch) -> Builder | None:
    """A builder with the configuration and the frames of the last build; None where MkDocs must
    have a word."""
    record = keeping.recall(root / WORK)
    kept = framing.kept(root / WORK, record.head.get("frames")) if record else None
    if record is None or kept is None or not kept.settings.is_plain:
        return None
    if framing.static_key(root) != kept.static:
        return None
    where = str(out.resolve()) if out is not None else record.head.get("default_out")
    if not isinstance(where, str):
        return None
    settings = kept.settings
    builder = Builder(root, Path(where), now, settings.name, settings.editing, watch)
    builder.frames, builder.record = kept, record
    builder.prepare()
    return builder


def _by_mkdocs(
    root: Path, now: datetime, out: Path | None, watch: Watch, lock: Any = None
) -> Report:
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    from mkdocs.commands.build import build as mkdocs_build
    from mkdocs.exceptions import MkDocsException

    from hotline.doors.mkdocs import HotlinePlugin, plugin_of

    with _quiet_mkdocs() as told:
        try:
            config = _configuration(root, out)
            plugin = plugin_of(config) or HotlinePlugin.added_to(config)
            plugin.now, plugin.watch, plugin.lock = now, watch, lock
            plugin.is_default_out = out is None
            mkdocs_build(config)
        except MkDocsException as fault:
            reasons = [*told.lines, fault.message]
            raise Unavailable("网站没有生成，原来的网站没有改动：" + "；".join(reasons)) from fault
    report = plugin.report
    if report is None:
        raise Unavailable("网站没有生成，原来的网站没有改动：" + "；".join(told.lines))
    return replace(report, warnings=tuple(told.lines))


def _configuration(root: Path, out: Path | None, own: Path | None = None) -> Any:
    """``own`` is the file, where it is not the repository's."""
    from mkdocs.config import load_config

    own = own or root / "mkdocs.yml"
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
    """One build. :meth:`prepare` reads what everything is judged by; MkDocs renders
    :meth:`sources` into frames where none are kept; :meth:`made` reads the orders, fills the
    frames, and puts the new site in the place of the old."""

    root: Path
    out: Path
    now: datetime
    name: str
    editing: Editing
    watch: Watch = _unwatched
    broken: Broken = field(default_factory=Broken)
    record: keeping.Record | None = None
    frames: framing.Frames | None = None
    served: Path | None = None
    """Where everything is written when MkDocs serves it itself; nothing is kept of it then."""
    is_default_out: bool = False
    configuration: Path | None = None
    """The file of MkDocs' settings, where it is not the repository's."""
    site: Site | None = None
    _repository: Repository | None = None
    _rules: Rules | None = None
    _problems: list[Finding] = field(default_factory=list)
    _reference: Reference | None = None
    _history: History | None = None
    _told: Callable[[], History] | None = None
    _lock: Any = None
    _publishing: publishing.Publishing | None = None

    def prepare(self, lock: Any = None) -> None:
        """``lock`` is held by whoever calls, where it is given."""
        _refuse_foreign(self.out, self.root)
        if lock is None and self.record is None:
            self._lock = _only_one(self.root)
        _put(self.root / ".hotline", ".gitignore", b"*\n")
        self._repository = Repository(self.root)
        rules, self._problems = self._repository.rules()
        if rules is None:
            reasons = "\n".join(map(line, self._problems[:50]))
            raise Unavailable(f"名录、时限或放假安排（registry/）有错误，先改好再运行\n{reasons}")
        self._rules = rules
        # The longest part of a build that needs nothing of the rest.
        self._told = apart(partial(_history, self.root, self.now), default_jobs())
        self._reference = Reference(read_articles(), read_norms(), read_glossary(), load_rules())
        if self.record is None:
            self.record = keeping.recall(self.root / WORK)
        self.site = self._finished(Gather(rules.registry, rules.calendar, self.now), History())

    @property
    def source(self) -> Source:
        return pages_of(self.root)

    @property
    def rules(self) -> Rules:
        assert self._rules is not None
        return self._rules

    @property
    def policy(self) -> str:
        return self.rules.policies[-1].version if self.rules.policies else ""

    def sources(self, site: Site | None = None) -> dict[str, str]:
        """What MkDocs renders, of a site without orders unless another is given."""
        assert self.site is not None
        return frame.sources(
            self._texts(site or self.site, Broken()), is_foreign=self.source.is_foreign
        )

    def write_sources(self, sources: Mapping[str, str]) -> None:
        folder = self.root / WORK / SOURCES
        _fresh(folder)
        files = {path: text.encode() for path, text in sources.items()}
        for path, content in (*files.items(), *_assets(self.root).items(), *_handbook(self.root)):
            _put(folder, path, content)

    def take(self, rendered: Path, settings: framing.Settings, sources: Mapping[str, str],
             warnings: tuple[str, ...] = ()) -> None:  # fmt: skip
        """What MkDocs made of the sources, with its search made to find Chinese."""
        index = rendered / framing.INDEX
        if index.is_file():
            assert self.site is not None
            written = search.index(index.read_text("utf-8"), self.site, load_rules())
            index.write_bytes(written.encode())
        for worker in sorted(rendered.glob("assets/javascripts/workers/search.*.min.js")):
            worker.write_text(search.mended(worker.read_text("utf-8")), "utf-8")
        static = framing.static_key(self.root)
        try:
            self.frames = framing.taken(
                self.root / WORK, rendered, settings, static, sources, warnings
            )
        except framing.FramesAreGone as fault:
            raise Unavailable("工单页没有外壳：主题没有生成它") from fault

    # --- the site itself ----------------------------------------------------------------

    def made(self) -> Report:
        """Reads, fills, and publishes."""
        try:
            for _ in range(2):
                report = self._made()
                if report is not None:
                    return report
            raise Unavailable("网站没有生成：主题两次生成的外壳不同")
        except shell.ShellIsBroken as fault:
            raise Unavailable(f"工单页没有外壳：{fault}") from fault
        finally:
            self.abandon()

    def _made(self) -> Report | None:
        """None where the shell turned out to be another, so that all must be filled anew."""
        assert self.frames is not None
        work = self.root / WORK
        before = self._turns()
        if self.served is not None:
            made: publishing.Publishing = publishing.Served(self.served)
        else:
            made = publishing.Publishing(self.out, work, before)
        self._publishing = made
        self.broken = Broken()
        filling = self._filling(made)
        kept = orders_of(self.record.orders) if before and self.record else {}
        problems = filling.read(kept, self.watch, default_jobs())
        errors = [f for f in [*self._problems, *problems] if f.severity == "error"]
        site = self._finished(filling.gather, self.history(), problems=errors)
        texts = self._texts(site, self.broken)
        sources = frame.sources(texts, is_foreign=self.source.is_foreign)
        if framing.sources_key(sources) != self.frames.sources:
            old = self.frames.shell
            self._render_again(sources)
            if self.frames.shell != old:
                made.abandon()
                self.record = None
                return None
        pages = filling.finish(site)
        self._fill(made, site, texts, filling)
        self._write_tree(texts)
        keeping.forget(work)
        turns = made.finish()
        self._publishing = None
        if self.served is None:
            self._keep(turns, filling)
        # Of those that MkDocs rendered, the shell is no page, and the first page has no folder.
        count = sum(path.endswith("/index.html") for path in self.frames.files)
        unreadable = tuple(file.path for file in site.unreadable)
        return Report(
            self.out, len(site.rows), count + pages, unreadable, tuple(self.broken.pages),
            self.frames.warnings,
        )  # fmt: skip

    def _filling(self, made: publishing.Publishing) -> Filling:
        assert self._repository is not None and self.site is not None and self.frames is not None
        empty = replace(self.site, history=self.history())
        pages = CasePages(self.source, empty, shell.Shell(self.frames.shell))
        return Filling(self._repository, self.rules, self.now, pages, empty, made, self.broken)

    def _turns(self) -> publishing.Turns | None:
        """The folders of the last build, where they are as they were left and nothing else that
        a page depends on has changed."""
        if self.record is None or self.frames is None or self.served is not None:
            return None
        head = self.record.head
        try:
            if head["shared"] != self._shared():
                return None
            turns = publishing.Turns.of(head["turns"], self.record.files)
            return turns if publishing.fit(turns, self.out, self.root / WORK) else None
        except (KeyError, TypeError, ValueError):
            return None

    def _shared(self) -> str:
        """Of all that every page of an order is made from, but the order and the moment."""
        assert self.frames is not None
        told = [
            self.frames.static, self.name, self.editing.base, self.editing.commits,
            self.frames.shell, judging_key(self.root).hex(),
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def _keep(self, turns: publishing.Turns, filling: Filling) -> None:
        assert self.frames is not None
        default = str(self.out) if self.is_default_out else None
        if default is None and self.record is not None:
            default = self.record.head.get("default_out")
        head = {
            "shared": self._shared(), "frames": self.frames.told(), "turns": turns.told(),
            "default_out": default,
        }  # fmt: skip
        keeping.keep(self.root / WORK, head, len(filling), filling.lines(), turns.lines())

    def _texts(self, site: Site, broken: Broken) -> dict[str, str]:
        assert self._reference is not None
        return dict(tree(site, self._reference, self.source, broken))

    def _finished(self, gather: Gather, history: History, **more: Any) -> Site:
        handbook = [name for name, _ in _handbook(self.root) if name.endswith(".md")]
        return gather.finish(
            name=self.name, editing=self.editing, policy=self.policy, history=history,
            handbook=handbook, **more,
        )  # fmt: skip

    def history(self) -> History:
        if self._history is None:
            assert self._told is not None
            self._history = self._told()
        return self._history

    def _fill(
        self, made: publishing.Publishing, site: Site, texts: Mapping[str, str], filling: Filling
    ) -> None:
        """The frames with what is made of orders, and the files for programs."""
        assert self.frames is not None
        foot = f"数据截至 {site.now:%Y-%m-%d %H:%M} · "
        pages = {_address(path): text for path, text in texts.items()}
        record = self.record
        is_same = record is not None and record.head.get("frames") == self.frames.told()
        for path in self.frames.files:
            if path.startswith(shell.PATH):
                continue
            if path.endswith(".html"):
                html = self.frames.content(path).decode()
                filled = frame.fill(html, pages[path], foot) if path in pages else None
                made.put(path, (filled or frame.footed(html, foot)).encode())
            elif not (is_same and made.keep(path)):
                made.put(path, self.frames.content(path))
        for path, content in (*filling.data(site), *_schemas()):
            made.put(path, content)

    def _write_tree(self, texts: Mapping[str, str]) -> None:
        """The Markdown tree whole, for any other builder of MkDocs' kind."""
        folder = self.root / WORK
        files = {path: text.encode() for path, text in texts.items()}
        wanted = {**files, **_assets(self.root), **dict(_handbook(self.root))}
        for path in {path for path, _ in files_below(folder / "docs")} - wanted.keys():
            (folder / "docs" / path).unlink(missing_ok=True)
        for path, content in wanted.items():
            _put_anew(folder / "docs", path, content)
        _put_anew(folder, "mkdocs.yml", self._successor().encode())

    def _render_again(self, sources: Mapping[str, str]) -> None:
        """MkDocs over pages that depend on orders in a way that frames do not know."""
        from mkdocs.commands.build import build as mkdocs_build
        from mkdocs.exceptions import MkDocsException

        from hotline.doors.mkdocs import HotlinePlugin, plugin_of

        os.environ["NO_MKDOCS_2_WARNING"] = "1"
        with _quiet_mkdocs() as told:
            config = _configuration(self.root, None, self.configuration)
            plugin = plugin_of(config) or HotlinePlugin.added_to(config)
            # MkDocs has one plugin for all builds of a process, and may be in the midst of one.
            before = dict(vars(plugin))
            plugin.frames_of = self, sources
            try:
                mkdocs_build(config)
            except MkDocsException as fault:
                reasons = "；".join([*told.lines, fault.message])
                raise Unavailable(f"网站没有生成，原来的网站没有改动：{reasons}") from fault
            finally:
                vars(plugin).clear()
                vars(plugin).update(before)
        assert self.frames is not None
        self.frames.warnings = tuple(told.lines)

    def _successor(self) -> str:
        """The same tree's configuration for any other builder of MkDocs' kind."""
        import yaml

        nav: list[dict[str, Any]] = [{title: path} for title, path in NAV]
        if self.site is not None and self.site.handbook:
            nav.append({HANDBOOK: list(self.site.handbook)})
        settings = {"site_name": self.name, "docs_dir": "docs", **settings_of(), "nav": nav}
        return yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)

    def abandon(self) -> None:
        """A failed build leaves nothing but the last good site."""
        if self._publishing is not None:
            self._publishing.abandon()
            self._publishing = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _history(root: Path, now: datetime) -> History:
    """The audit, the anchors and when events were recorded; where there is no history to look
    at, why."""
    try:
        with Commits(root) as commits:
            found, recorded = audit_and_recordings(commits, now)
            notes = [_anchor(*kept) for kept in anchors.kept(commits, found.head)]
            made = Audit(
                found.head, found.commits, found.cases, found.faults, notes, commits.replacements
            )
            return History(made, "", recorded)
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
        "extra_javascript": ["assets/hotline.js", "assets/search.js"],
        "extra": {"generator": False},
        "markdown_extensions": [
            "admonition", "attr_list", "def_list", "footnotes", "tables", "fenced_code",
            "pymdownx.details", "pymdownx.superfences", {"toc": {"toc_depth": 3, "title": "本页"}},
        ],
    }  # fmt: skip


# --- files -----------------------------------------------------------------------------


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


def _put_anew(folder: Path, path: str, content: bytes) -> None:
    """As above, but a file that is the same stays."""
    try:
        if (folder / path).read_bytes() == content:
            return
    except OSError:
        pass
    _put(folder, path, content)


def _address(path: str) -> str:
    """Where the page of a Markdown file is rendered."""
    return path.removesuffix("index.md") + "index.html"


def _fresh(folder: Path) -> None:
    """An empty folder."""
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    except OSError as error:
        raise Unavailable(f"写不了 {folder}：{disk.reason(error)}") from error


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
