"""One build of the site: everything read and judged, frames filled, the old site replaced.

MkDocs renders the frames, through its plugin (``doors/mkdocs.py``), and only where something
that they follow from has changed; what is made of orders is filled into them here. What a build
found and made is kept for the next (``doors/keeping.py``), so that its cost follows the change.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from hotline.doors import frames as framing
from hotline.doors import keeping, publishing
from hotline.doors.compiled import compiled
from hotline.doors.fault import Unavailable
from hotline.doors.filling import Filling, Watch
from hotline.doors.forked import Apart, default_jobs
from hotline.doors.guarding import only_one, refuse_foreign
from hotline.doors.judging_key import judging_key
from hotline.doors.measure import read_articles, read_glossary, read_norms
from hotline.doors.months import Kept
from hotline.doors.past import history
from hotline.doors.repository import Repository
from hotline.doors.templates import files_below, pages_of
from hotline.doors.theme import configuration, quiet_mkdocs, settings_of
from hotline.doors.tree_files import address, assets, fresh, handbook, put, put_anew, schemas
from hotline.findings.printers.text import line
from hotline.pages import frame, search, shell
from hotline.pages.assessment import AssessmentPages
from hotline.pages.casepages import CasePages
from hotline.pages.gather import Gather
from hotline.pages.history import History
from hotline.pages.models import Editing, Site
from hotline.pages.reference import Reference
from hotline.pages.templates import Source
from hotline.pages.tree import HANDBOOK, NAV, Broken, tree
from hotline.procedure.calendar import Calendar
from hotline.reading.registry import Rules
from hotline.rules.declare import load as load_rules
from hotline.values.finding import Finding

WORK = ".hotline/site"
"""Where a build keeps what it needs, below the repository."""
SOURCES = "sources"
"""What MkDocs renders, below that."""


def unwatched(items: Iterable[Any], total: int, words: str) -> Iterable[Any]:
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
    watch: Watch = unwatched
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
    _past: Apart[History] | None = None
    _lock: Any = None
    _fit: Callable[[], bool] | None = None
    _fitting: Apart[bool] | None = None
    """Looks whether the folders of the last build are as they were left."""
    _publishing: publishing.Publishing | None = None

    def prepare(self, lock: Any = None) -> None:
        """``lock`` is held by whoever calls, where it is given."""
        refuse_foreign(self.out, self.root)
        if lock is None and self.record is None:
            self._lock = only_one(self.root / WORK)
        put(self.root / ".hotline", ".gitignore", b"*\n")
        # The longest part of a build that needs nothing of the rest.
        self._past = Apart(partial(history, self.root, self.now), default_jobs())
        self._repository = Repository(self.root, recalls=True)
        rules, self._problems = self._repository.rules()
        if rules is None:
            reasons = "\n".join(map(line, self._problems[:50]))
            self.abandon()
            raise Unavailable(f"名录、时限或放假安排（registry/）有错误，先改好再运行\n{reasons}")
        self._rules = rules
        newest = rules.policies[-1] if rules.policies else None
        self._reference = Reference(
            read_articles(), read_norms(), read_glossary(), load_rules(), newest,
            _hours(rules.calendar),
        )  # fmt: skip
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
        fresh(folder)
        files = {path: text.encode() for path, text in sources.items()}
        for path, content in (*files.items(), *assets(self.root).items(), *handbook(self.root)):
            put(folder, path, content)

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
            for _ in range(4):
                try:
                    report = self._made()
                except (keeping.PartIsGone, publishing.NotFit):
                    self._anew()
                else:
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
            made = publishing.Publishing(self.out, work, before, self._is_fit)
        self._publishing = made
        self.broken = Broken()
        filling = self._filling(made)
        kept = Kept(self.record) if before and self.record else None
        problems = filling.read(kept, self.watch, default_jobs())
        errors = [f for f in [*self._problems, *problems] if f.severity == "error"]
        site = self._finished(filling.gather, self.history(), problems=errors)
        while filling.open_more(site):
            site = self._finished(filling.gather, self.history(), problems=errors)
        texts = self._texts(site, self.broken)
        sources = frame.sources(texts, is_foreign=self.source.is_foreign)
        if framing.sources_key(sources) != self.frames.sources:
            old = self.frames.shells
            self._render_again(sources)
            if self.frames.shells != old:
                self._anew()
                return None
        pages = filling.finish(site)
        self._fill(made, site, texts, filling)
        assessments = AssessmentPages(
            self.source, site, self._shell(shell.MONTHS), self.rules.policies
        )
        pages += filling.put_assessments(assessments)
        self._write_tree(texts)
        keeping.forget(work)
        turns = made.finish()
        self._publishing = None
        compiled().keep()
        if self.served is None:
            self._keep(turns, filling, site)
        # Of those that MkDocs rendered, shells are no pages; the first page has no folder.
        rendered = sum(path.endswith("/index.html") for path in self.frames.files)
        count = rendered - len(shell.PATHS) + 1
        unreadable = tuple(file.path for file in site.unreadable)
        return Report(
            self.out, site.tally.orders, count + pages, unreadable, tuple(self.broken.pages),
            self.frames.warnings,
        )  # fmt: skip

    def _anew(self) -> None:
        """Nothing of the last build is used."""
        assert self._publishing is not None
        self._publishing.abandon()
        self.record = None

    def _filling(self, made: publishing.Publishing) -> Filling:
        assert self._repository is not None and self.site is not None and self.frames is not None
        empty = replace(self.site, history=self.history()) if self.source.is_foreign else self.site
        pages = CasePages(self.source, empty, self._shell(shell.CASES), self.history)
        return Filling(
            self._repository, self.rules, self.now, pages, empty, self.history, made, self.broken
        )

    def _shell(self, path: str) -> shell.Shell:
        assert self.frames is not None
        return shell.Shell(self.frames.shells[path], path)

    def _turns(self) -> publishing.Turns | None:
        """The folders of the last build, where they are as they were left and nothing else that
        a page depends on has changed."""
        if self.record is None or self.frames is None or self.served is not None:
            return None
        head = self.record.head
        try:
            if head["shared"] != self._shared():
                return None
            turns = publishing.Turns.of(self.record.plain("turns"))
        except (keeping.PartIsGone, KeyError, TypeError, ValueError):
            return None
        self._fit = partial(publishing.fit, turns, self.out, self.root / WORK)
        return turns

    def _is_fit(self) -> bool:
        self.history()
        assert self._fitting is not None
        return self._fitting.result()

    def _shared(self) -> str:
        """Of all that every page of an order is made from, but the order and the moment."""
        assert self.frames is not None
        told = [
            self.frames.static, self.name, self.editing.base, self.editing.commits,
            self.frames.shells, judging_key(self.root).hex(),
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def _keep(self, turns: publishing.Turns, filling: Filling, site: Site) -> None:
        assert self.frames is not None
        default = str(self.out) if self.is_default_out else None
        if default is None and self.record is not None:
            default = self.record.head.get("default_out")
        head = {
            "shared": self._shared(), "frames": self.frames.told(), "shards": filling.shards,
            "default_out": default,
        }  # fmt: skip
        new, same = filling.record(site)
        keeping.keep(self.root / WORK, head, {**new, "turns": turns.told()}, same)

    def _texts(self, site: Site, broken: Broken) -> dict[str, str]:
        assert self._reference is not None
        return dict(tree(site, self._reference, self.source, broken))

    def _finished(self, gather: Gather, history: History, **more: Any) -> Site:
        listed = [name for name, _ in handbook(self.root) if name.endswith(".md")]
        return gather.finish(
            name=self.name, editing=self.editing, policy=self.policy, history=history,
            handbook=listed, **more,
        )  # fmt: skip

    def history(self) -> History:
        if self._history is None:
            assert self._past is not None
            self._history = self._past.result()
            if self._fit is not None:  # not earlier: there may be no third core
                self._fitting = Apart(self._fit, default_jobs())
        return self._history

    def _fill(
        self, made: publishing.Publishing, site: Site, texts: Mapping[str, str], filling: Filling
    ) -> None:
        """The frames with what is made of orders, and the files for programs."""
        assert self.frames is not None
        foot = f"数据截至 {site.now:%Y-%m-%d %H:%M} · "
        pages = {address(path): text for path, text in texts.items()}
        record = self.record
        is_same = record is not None and record.head.get("frames") == self.frames.told()
        for path in self.frames.files:
            if path.startswith(shell.PATHS):
                continue
            if path.endswith(".html"):
                text = pages.get(path, "")
                told = keeping.digest_of(f"{self.frames.files[path]}{foot}{text}".encode())
                made.put_group(f"{path} {told}", partial(self._filled, path, text, foot))
            elif not (is_same and made.keep(path)):
                made.put(path, self.frames.content(path))
        filling.put_data(site)
        for path, content in schemas():
            made.put(path, content)

    def _filled(self, path: str, text: str, foot: str) -> Iterable[tuple[str, bytes]]:
        """A page: its frame, filled with what it shows."""
        assert self.frames is not None
        html = self.frames.content(path).decode()
        page = frame.fill(html, text, foot) if text else frame.footed(html, foot)
        yield path, page.encode()

    def _write_tree(self, texts: Mapping[str, str]) -> None:
        """The Markdown tree whole, for any other builder of MkDocs' kind."""
        folder = self.root / WORK
        files = {path: text.encode() for path, text in texts.items()}
        wanted = {**files, **assets(self.root), **dict(handbook(self.root))}
        for path in {path for path, _ in files_below(folder / "docs")} - wanted.keys():
            (folder / "docs" / path).unlink(missing_ok=True)
        for path, content in wanted.items():
            put_anew(folder / "docs", path, content)
        put_anew(folder, "mkdocs.yml", self._successor().encode())

    def _render_again(self, sources: Mapping[str, str]) -> None:
        """MkDocs over pages that depend on orders in a way that frames do not know."""
        from mkdocs.commands.build import build as mkdocs_build
        from mkdocs.exceptions import MkDocsException

        from hotline.doors.mkdocs import HotlinePlugin, plugin_of

        os.environ["NO_MKDOCS_2_WARNING"] = "1"
        with quiet_mkdocs() as told:
            config = configuration(self.root, None, self.configuration)
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
        for apart in (self._past, self._fitting):
            if apart is not None:
                apart.end()
        if self._publishing is not None:
            self._publishing.abandon()
            self._publishing = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _hours(calendar: Calendar) -> str:
    """The periods of a working day by the newest hours: 09:00–12:00、13:00–17:00."""
    if not calendar.hours:
        return ""
    return "、".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in calendar.hours[-1][1])
