"""Writes docs/architecture.md from the heads of the rooms' ``__init__.py``."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "scripts" / "hotline"
LAYERS = (
    ("cli",), ("doors",), ("pages", "demo"), ("escalation", "replies", "archive"), ("views",), ("findings", "audit"),
    ("rules",), ("reading", "writing"), ("procedure",), ("values",),
)  # fmt: skip

HEAD = """\
# Architecture

<!-- Made by `make generated` from the heads of the packages. Do not edit. -->

A repository's files are a value, its history is a second value, and everything shown or
done is a function of the two and of a moment.

```
files ──reading──▶ cases, registry, policies, calendar
                     │                              now
   events ─▶ state ─▶ clocks ─▶ findings ─▶ views ─▶ plan of issues, pages, tables
                     │
              doors: disk, git, sheets, MkDocs, forges
```

`now` is an argument where time matters and nowhere else. A line below imports only from
lines under it; rooms on one line do not know each other. Import-linter and a test over the
syntax tree hold this. Decisions that cost thought have a page in [adr/](adr/).

## Rooms of `scripts/hotline/`
"""


def text() -> str:
    parts = [HEAD]
    for rooms in LAYERS:
        parts += [_room(room) for room in rooms if (PACKAGE / room / "__init__.py").is_file()]
    return "\n".join(parts)


def _room(room: str) -> str:
    folder = PACKAGE / room
    tree = ast.parse((folder / "__init__.py").read_text("utf-8"))
    lines = [
        f"### `{room}/`",
        "",
        ast.get_docstring(tree) or "",
        "",
        "| module | |",
        "| --- | --- |",
    ]
    for path in sorted(folder.rglob("*.py")):
        if path.name == "__init__.py" and path.parent == folder:
            continue
        said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        name = path.relative_to(folder).as_posix().removesuffix("/__init__.py")
        first = " ".join(said.split("\n\n")[0].split())
        lines.append(f"| `{name}` | {first} |")
    return "\n".join([*lines, ""])
