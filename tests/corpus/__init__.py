"""Broken files as data: how each is made from one clean case, and what must be found in it.

``broken/*.yaml`` hold a row per file. A row starts from ``clean.yaml`` (or from ``file``,
a whole text) and changes it:

``put``      line number → the text that stands there instead
``replace``  text → other text, each once
``start``, ``after``  text before the first line, after the last
``ends``     the line ends of the whole file; ``cut`` drops so many characters at the end
``event``    the fields of one more event, on line 22, by the lead at 10:25
``make``     the name of a function of ``worst`` that gives the whole file
``encode``   the encoding it is saved in; ``raw``: text → bytes, written as Latin-1
``path``     where it lies, if not where it belongs

``finds`` lists each finding as ``CODE line:column``; ``says`` holds a piece of its message
(one, or a list in the same order); ``hides`` must stand in none of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
CLEAN = (FOLDER / "clean.yaml").read_text("utf-8")
"""The work order of the contract's example: nothing is found in it at ``NOW``."""
RICH = (FOLDER / "rich.yaml").read_text("utf-8")
"""Fits the schema and holds an event of every type, one key a line."""
NOW = "2026-10-13T10:30:00+08:00"
PATH = "cases/2026/10/LZ-20261013-0007.yaml"


@dataclass(frozen=True)
class Broken:
    """A file, and the findings that it must give: (code, line, column), in order."""

    name: str
    blob: bytes
    path: str
    finds: tuple[tuple[str, int, int], ...]
    says: tuple[str, ...]
    hides: str


def broken() -> Iterator[Broken]:
    """Every row of every table."""
    for table in sorted((FOLDER / "broken").glob("*.yaml")):
        for row in yaml.safe_load(table.read_text("utf-8")):
            yield made(row)


def made(row: dict[str, Any]) -> Broken:
    says = row.get("says", [])
    return Broken(
        name=row["name"],
        blob=_bytes(row),
        path=row.get("path", PATH),
        finds=tuple(_found(text) for text in row["finds"]),
        says=tuple(says) if isinstance(says, list) else (says,),
        hides=str(row.get("hides", "")),
    )


def with_lines(put: dict[int, str], text: str = CLEAN) -> str:
    """The text with other lines, which are counted from 1."""
    lines = text.splitlines()
    for number, line in put.items():
        lines[number - 1] = line
    return "\n".join(lines) + "\n"


def _found(text: str) -> tuple[str, int, int]:
    code, place = text.split()
    line, column = place.split(":")
    return code, int(line), int(column)


def _bytes(row: dict[str, Any]) -> bytes:
    if "make" in row:
        from tests.corpus import worst

        made_by = getattr(worst, row["make"])
        return bytes(made_by())
    text = (
        with_lines(row.get("put", {}), row.get("file", CLEAN))
        if "put" in row
        else row.get("file", CLEAN)
    )
    for old, new in row.get("replace", {}).items():
        assert old in text, old
        text = text.replace(old, new, 1)
    if "event" in row:
        text += f"  - {{at: 2026-10-13T10:25:00+08:00, by: housing-bureau, {row['event']}}}\n"
    text = row.get("start", "") + text + row.get("after", "")
    if "ends" in row:
        text = text.replace("\n", row["ends"])
    text = text[: len(text) - row.get("cut", 0)]
    blob = text.encode(row.get("encode", "utf-8"))
    for old, new in row.get("raw", {}).items():
        assert old.encode() in blob, old
        blob = blob.replace(old.encode(), new.encode("latin-1"), 1)
    return blob
