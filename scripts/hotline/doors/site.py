"""The status site: a repository read, pages made, files written, the old site replaced.

``build`` is what ``hotline site build`` and the daily run call. MkDocs renders frames (its
plugin, ``doors/mkdocs.py``, calls :class:`Builder`, so that plain ``mkdocs build`` gives the same
files), and only where something that they follow from has changed; what is made of orders is
filled into them here. What a build found and made is kept for the next (``doors/keeping.py``), so
that its cost follows the change.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from hotline.doors import frames as framing
from hotline.doors import keeping
from hotline.doors.building import WORK, Builder, Report, unwatched
from hotline.doors.fault import Unavailable
from hotline.doors.filling import Watch
from hotline.doors.guarding import only_one, refuse_foreign
from hotline.doors.theme import configuration, quiet_mkdocs


def build(root: Path, now: datetime, out: Path | None = None, watch: Watch = unwatched) -> Report:
    """Builds the site of the repository at ``root`` into ``out`` (default ``site/``).

    Works without a ``mkdocs.yml``. Where anything fails the last good site stays. Where nothing
    that MkDocs renders has changed since the last build, it is not even loaded.
    """
    if out is not None:
        refuse_foreign(out.resolve(), root)
    with _rare_collection():
        lock = only_one(root / WORK)
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

    with quiet_mkdocs() as told:
        try:
            config = configuration(root, out)
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


@contextmanager
def _rare_collection() -> Iterator[None]:
    """Ten thousand orders stay in memory until the end; looking through them for garbage
    every few hundred objects costs a seventh of the time."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
