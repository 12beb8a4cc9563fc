"""Templates from disk, the repository's own first. What a repository brings runs in a
sandbox, because it may be of anybody's hand."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from hotline.doors import shipped
from hotline.doors.compiled import compiled
from hotline.doors.fault import Unavailable
from hotline.pages.templates import Source

TEMPLATES = "site_templates"
_NAME = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]*/)*[A-Za-z0-9_][A-Za-z0-9_.-]*")
_OF_PAGES = (".html", ".svg")


def issue_body(root: Path | None) -> Callable[[dict[str, object]], str]:
    """Renders the body of an issue, which is Markdown."""
    return _markdown(root, "issues/unit.md.j2")


def bulletin(root: Path | None) -> Callable[[dict[str, object]], str]:
    """Renders the bulletin of an assessment, which is Markdown."""
    return _markdown(root, "bulletins/assessment.md.j2")


def _markdown(root: Path | None, name: str) -> Callable[[dict[str, object]], str]:
    own = [root / TEMPLATES] if root else []
    folders = [*own, shipped.data_folder() / TEMPLATES]
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        autoescape=False, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip

    def render(values: dict[str, object]) -> str:
        try:
            return environment.get_template(name).render(values)
        except (TemplateError, UnicodeDecodeError, ArithmeticError, TypeError) as error:
            raise Unavailable(
                f"模板 {TEMPLATES}/{name} 有错误（{type(error).__name__}）；"
                "改好它，或删去仓库里的这一个，改用自带的"
            ) from error

    return render


def pages_of(root: Path, trusted: Mapping[str, bytes] | None = None) -> Source:
    """The templates of pages and letters. ``trusted`` are files of a revision (path → text)
    that stand in place of the repository's own."""
    folder, standard = root / TEMPLATES, shipped.data_folder() / TEMPLATES
    if trusted is not None:
        own = {path.removeprefix(f"{TEMPLATES}/"): blob for path, blob in trusted.items()}
        return Source(lambda name: _decoded(own, name) or _load(name, standard), bool(own))
    if folder.resolve() == standard.resolve():
        return Source(lambda name: _load(name, standard), False, compiled())
    is_foreign = any(name.endswith(_OF_PAGES) for name, _ in files_below(folder))
    before = None if is_foreign else compiled()
    return Source(lambda name: _load(name, folder, standard), is_foreign, before)


def _decoded(files: Mapping[str, bytes], name: str) -> str | None:
    blob = files.get(name)
    return None if blob is None else blob.decode("utf-8", "replace")


def _load(name: str, *folders: Path) -> str | None:
    """The text of a template from the first folder that has it, never through a link."""
    if not _NAME.fullmatch(name):
        return None
    for folder in folders:
        path = folder / name
        if path.is_file() and _is_inside(path, folder):
            try:
                return path.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise Unavailable(f"读不了模板 {path}") from error
    return None


def _is_inside(path: Path, folder: Path) -> bool:
    return not path.is_symlink() and folder.resolve() in path.resolve().parents


def files_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The plain files below ``folder``; links are never followed."""
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(where) / name
            if path.is_symlink() or not path.is_file() or name.startswith("."):
                continue
            yield path.relative_to(folder).as_posix(), path.read_bytes()
