"""The measure and its norms, as the package carries them."""

from __future__ import annotations

from typing import Any

from hotline.doors import shipped
from hotline.doors.fault import Unavailable
from hotline.reading.strict_yaml import parse
from hotline.views.norms import Norm, norm


def _load(*parts: str) -> Any:
    path = shipped.find(None, "registry", *parts)
    try:
        parsed = parse(path.read_bytes(), max_bytes=8 << 20, max_nodes=500_000)
    except OSError as error:
        raise Unavailable(f"安装不完整：读不了 {path}") from error
    if parsed.root is None or parsed.faults:
        raise Unavailable(f"安装不完整：{path} 有错误")
    return parsed.root


def read_norms() -> list[Norm]:
    return [norm(row) for row in _load("norms.yaml")["norms"]]


def read_articles() -> list[dict[str, Any]]:
    """The articles of the measure in order: id, chapter, title, paragraphs."""
    return list(_load("measure", "articles.yaml")["articles"])


def read_glossary() -> list[dict[str, Any]]:
    return list(_load("glossary.yaml")["terms"])


def measure_text() -> str:
    """The measure as issued."""
    return shipped.find(None, "registry", "measure", "2023-06-20.txt").read_text("utf-8")
