"""The rooms: who may import whom, who may touch the world, who may ask the time."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

PACKAGE = ROOT / "scripts" / "hotline"
PURE = (
    "values",
    "procedure",
    "reading",
    "writing",
    "rules",
    "findings",
    "audit",
    "views",
    "escalation",
    "replies",
    "archive",
    "pages",
    "demo",
)
EFFECTS = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "unlink", "rmdir",
    "rename", "replace_file", "system", "popen", "urlopen", "scandir", "listdir", "glob", "rglob",
}  # fmt: skip
FORBIDDEN_IMPORTS = {"subprocess", "socket", "urllib", "httpx", "shutil", "tempfile", "git", "os"}
# Data that ships inside the package is read through importlib.resources, not from disk.
ALLOWED = {("procedure/calendar.py", "read_text")}


def _modules() -> list[Path]:
    return [path for room in PURE for path in sorted((PACKAGE / room).rglob("*.py"))]


@pytest.mark.parametrize("path", _modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_a_pure_room_has_no_effects_and_asks_no_time(path: Path) -> None:
    name = path.relative_to(PACKAGE).as_posix()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = (
                [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
            )
            roots = {n.split(".")[0] for n in names if n != "urllib.parse"}
            assert not roots & FORBIDDEN_IMPORTS, (name, node.lineno)
        if isinstance(node, ast.Call):
            called = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            if (name, called) not in ALLOWED:
                assert called not in EFFECTS, (name, node.lineno, called)
                assert called not in ("now", "today", "utcnow", "localtime"), (name, node.lineno)


def test_rooms_look_downwards_only() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_generated_files_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "tools/generate.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
