"""The adapter to MkDocs Material: our tree in, its theme around it, our pages after it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mkdocs.config import config_options as options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.utils import CountHandler

from hotline.doors import building, frames, shipped
from hotline.doors.fault import Unavailable
from hotline.doors.filling import Watch
from hotline.doors.templates import TEMPLATES
from hotline.doors.theme import settings_of
from hotline.pages import search, shell
from hotline.pages.frame import FOOT
from hotline.pages.models import Editing
from hotline.pages.tree import HANDBOOK, NAV
from hotline.values.times import NotATime, parse_time

_GUESSED = ("edit/master/docs/", "src/default/docs/", "", None)
"""What MkDocs puts in ``edit_uri`` when nobody wrote one."""


class Settings(Config):  # type: ignore[no-untyped-call]
    """``now`` fixes the time, as ``HOTLINE_NOW`` does; ``repo`` is the repository."""

    now = options.Optional(options.Type(str))
    repo = options.Optional(options.Type(str))


class HotlinePlugin(BasePlugin[Settings]):  # type: ignore[no-untyped-call]
    now: datetime | None = None
    watch: Watch = staticmethod(building.unwatched)
    report: building.Report | None = None
    lock: Any = None
    """Held by whoever builds, where it is given."""
    is_default_out = False
    frames_of: tuple[building.Builder, Mapping[str, str]] | None = None
    """A build that asks for frames of these sources, and for nothing else."""
    _builder: building.Builder | None = None
    _sources: Mapping[str, str] = {}
    _rendered: Path | None = None
    _settings: frames.Settings | None = None
    _serving = False

    @classmethod
    def added_to(cls, config: MkDocsConfig) -> HotlinePlugin:
        plugin = cls()
        plugin.load_config({})
        config.plugins["hotline"] = plugin
        return plugin

    def on_startup(self, *, command: str, dirty: bool) -> None:
        self._serving = command == "serve"

    @event_priority(100)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        root = Path(config.config_file_path or "mkdocs.yml").resolve().parent
        root = (root / self.config.repo).resolve() if self.config.repo else root
        out = Path(config.site_dir).absolute()
        editing = _editing(config)
        self._settings = frames.Settings(
            str(out), config.site_name, editing, _is_plain(config) and not self.config.repo
        )
        search.segmenter()
        with _as_plugin_error():
            if self.frames_of is not None:
                self._builder, self._sources = self.frames_of
            else:
                self._builder = building.Builder(
                    root, out, self._moment(), config.site_name, editing, self.watch
                )
                self._builder.is_default_out = self.is_default_out
                if config.config_file_path:
                    self._builder.configuration = Path(config.config_file_path).resolve()
                self._builder.prepare(self.lock)
                self._sources = self._builder.sources()
            self._builder.write_sources(self._sources)
        config.docs_dir = str(root / building.WORK / building.SOURCES)
        if not self._serving:
            self._rendered = root / building.WORK / "rendered"
            shutil.rmtree(self._rendered, ignore_errors=True)
            config.site_dir = str(self._rendered)
        _apply(config, self._builder)
        return config

    def on_pre_page(self, page: Any, *, config: MkDocsConfig, files: Any) -> Any:
        """Only the handbook's pages are files that somebody can edit."""
        if self._builder is not None and page.file.src_uri.startswith("handbook/"):
            page.edit_url = self._builder.editing.url(f"docs/{page.file.src_uri}") or None
        return page

    @event_priority(-100)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """After the search plugin, which writes its index in the same event."""
        builder, settings = self._builder, self._settings
        if builder is None or settings is None:
            return
        with _as_plugin_error():
            rendered = Path(config.site_dir)
            builder.take(rendered, settings, self._sources)
            if self._rendered is not None:
                shutil.rmtree(self._rendered, ignore_errors=True)
            if self.frames_of is not None:
                return
            if self._serving:
                for path in shell.PATHS:
                    shutil.rmtree(rendered / path, ignore_errors=True)
                builder.served = rendered
            if _will_abort():
                builder.abandon()
            else:
                self.report = builder.made()

    def on_serve(self, server: Any, *, config: MkDocsConfig, builder: Any) -> Any:
        """Our tree is written anew by each build: what it is made from is watched instead."""
        if self._builder is not None:
            server.unwatch(config.docs_dir)
            for name in ("cases", "registry", "docs/handbook", TEMPLATES):
                if (self._builder.root / name).is_dir():
                    server.watch(str(self._builder.root / name))
        return server

    def on_build_error(self, *, error: Exception) -> None:
        if self._builder is not None:
            self._builder.abandon()

    def _moment(self) -> datetime:
        """The time given, else that of the machine."""
        given = self.config.now or os.environ.get("HOTLINE_NOW")
        if self.now is not None:
            return self.now
        if not given:
            return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
        try:
            return parse_time(given)
        except NotATime as why:
            raise PluginError(f"now 的值不对：{why}") from None


def plugin_of(config: MkDocsConfig) -> HotlinePlugin | None:
    found = [p for p in config.plugins.values() if isinstance(p, HotlinePlugin)]
    return found[0] if found else None


class _as_plugin_error:
    """A fault of ours ends MkDocs with its words instead of a traceback."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, fault: Any, trace: Any) -> None:
        if isinstance(fault, Unavailable):
            raise PluginError(fault.in_chinese) from fault


def _will_abort() -> bool:
    """Whether MkDocs, being strict, is about to refuse what it built."""
    import logging

    handlers = logging.getLogger("mkdocs").handlers
    return any(isinstance(h, CountHandler) and h.get_counts() for h in handlers)


def _is_plain(config: MkDocsConfig) -> bool:
    """Whether nobody else has a hand in the pages: a plugin or hook of another's may make
    something else of the same sources tomorrow, and so may what stands in the environment."""
    path = Path(config.config_file_path or "")
    text = path.read_text("utf-8", "replace") if path.is_file() else ""
    return (
        {type(plugin).__module__.partition(".")[0] for plugin in config.plugins.values()}
        <= {"hotline", "material", "mkdocs"}
        and {name.rpartition("/")[2] for name in config.plugins} <= {"search", "hotline"}
        and not config.hooks
        and not config.theme.custom_dir
        and "INHERIT" not in text
        and "!" not in text
    )


def _editing(config: MkDocsConfig) -> Editing:
    """``edit_uri`` leads to the root of the repository; where it is not written, it
    follows from the host."""
    base = (config.repo_url or "").rstrip("/")
    if not base.startswith(("http://", "https://")):
        return Editing()
    uri = config.edit_uri
    if uri in _GUESSED:
        uri = {"github.com": "edit/main/", "gitlab.com": "-/edit/main/"}.get(
            base.split("/")[2].lower(), "_edit/main/"
        )
    commits = f"{base}/-/commit/" if "gitlab" in base.split("/")[2].lower() else f"{base}/commit/"
    return Editing(f"{base}/{str(uri).strip('/')}/", commits)


def _apply(config: MkDocsConfig, builder: building.Builder) -> None:
    """Theme, navigation and extensions; what the repository's own file adds stays."""
    settings = settings_of()
    theme = settings["theme"]
    if config.theme.name != theme.pop("name"):
        raise PluginError(
            "hotline 网站用 material 主题：请在 mkdocs.yml 写 theme: {name: material}"
        )
    features = [*theme.pop("features"), *(config.theme.get("features") or [])]
    for name, value in {**theme, "features": list(dict.fromkeys(features))}.items():
        config.theme[name] = value
    place = 1 if config.theme.custom_dir else 0
    config.theme.dirs.insert(place, str(shipped.data_folder() / TEMPLATES / "theme"))
    config.theme.static_templates.discard("sitemap.xml")
    config.nav = [{title: path} for title, path in NAV]
    handbook = builder.site.handbook if builder.site else ()
    if handbook:
        config.nav.append({HANDBOOK: list(handbook)})
    config.validation.nav.omitted_files = 10  # logging.DEBUG: cases and desks stay out of it
    config.extra_css = [*settings["extra_css"], *config.extra_css]
    config.extra_javascript = [*settings["extra_javascript"], *config.extra_javascript]
    config.extra.update(settings["extra"])
    for extension in settings["markdown_extensions"]:
        names = [extension] if isinstance(extension, str) else list(extension)
        config.markdown_extensions += [n for n in names if n not in config.markdown_extensions]
        if isinstance(extension, dict):
            config.mdx_configs = {**extension, **config.mdx_configs}
    # The theme would ask the forge's API for stars; edit links are ours.
    config.repo_url = config.edit_uri = config.edit_uri_template = None
    config.copyright = f"{FOOT}时限依据 {builder.policy} 版"
