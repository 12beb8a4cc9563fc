"""Jinja2 with the repository's own templates first, sandboxed, because a repository may
bring templates of anybody's hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from hotline.doors import package


def environment(root: Path | None, *, autoescape: bool) -> ImmutableSandboxedEnvironment:
    """``autoescape`` is on for whatever becomes HTML."""
    own = [root / "site_templates"] if root else []
    folders = [*own, package.data_folder() / "site_templates"]
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def issue_body(root: Path | None) -> Callable[[dict[str, object]], str]:
    """Renders the body of an issue."""
    template = environment(root, autoescape=False).get_template("issues/unit.md.j2")
    return lambda values: template.render(values)
