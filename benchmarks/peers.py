"""The peers: installed into ``build/bench-peers``, kept there, and tried before they are timed.

ajv-cli and check-jsonschema judge the same files by the same schema; yamllint reads YAML.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import orders

NPM = {"ajv-cli": "5.0.0", "ajv-formats": "3.0.1"}
PYPI = {"check-jsonschema": "0.39.0", "yamllint": "1.38.0"}
FOLDER = orders.ROOT / "build" / "bench-peers"
SCHEMA = orders.ROOT / "schema" / "case.schema.json"
_STAMP = FOLDER / "installed.json"
_AJV = FOLDER / "node_modules" / ".bin" / "ajv"
_BIN = FOLDER / "venv" / "bin"
_SPARE = 64 * 1024
"""Bytes of a command line that are left alone, besides the environment."""


def install() -> None:
    """All peers at their pinned versions; nothing where they are there already."""
    pins = json.dumps({**NPM, **PYPI, "python": sys.version}, sort_keys=True)
    if _STAMP.is_file() and _STAMP.read_text("utf-8") == pins:
        return
    if shutil.which("npm") is None:
        raise SystemExit("The peers need Node and npm.")
    print("installing the peers", file=sys.stderr)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    (FOLDER / "package.json").write_text("{}\n", "utf-8")
    wanted = [f"{name}@{version}" for name, version in NPM.items()]
    quiet = ["--no-audit", "--no-fund", "--silent", "--save-exact"]
    subprocess.run(["npm", "install", *quiet, *wanted], cwd=FOLDER, check=True)
    subprocess.run([sys.executable, "-m", "venv", FOLDER / "venv"], check=True)
    wanted = [f"{name}=={version}" for name, version in PYPI.items()]
    pip = [str(_BIN / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, *wanted], check=True)
    _STAMP.write_text(pins, "utf-8")


def versions() -> str:
    """The peers as a sentence names them, with the libraries that do their work."""
    ajv = json.loads((FOLDER / "node_modules/ajv/package.json").read_text("utf-8"))["version"]
    asked = [
        str(_BIN / "python"),
        "-m",
        "pip",
        "list",
        "--format=json",
        "--disable-pip-version-check",
    ]
    listed = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    library = next(row["version"] for row in listed if row["name"] == "jsonschema")
    return (
        f"ajv-cli {NPM['ajv-cli']} (ajv {ajv}, ajv-formats {NPM['ajv-formats']}), "
        f"check-jsonschema {PYPI['check-jsonschema']} (jsonschema {library}), "
        f"yamllint {PYPI['yamllint']}"
    )


def node_version() -> str:
    return subprocess.run(["node", "--version"], capture_output=True, check=True, text=True).stdout


def ajv(files: str = "cases/**/*.yaml") -> list[str]:
    rules = ["--spec=draft2020", "-c", "ajv-formats", "--strict=false"]
    return [str(_AJV), "validate", *rules, "-s", str(SCHEMA), "-d", files]


def check_jsonschema(*files: str) -> list[str]:
    return [str(_BIN / "check-jsonschema"), "--schemafile", str(SCHEMA), *files]


def check_jsonschema_all(list_: Path) -> list[str]:
    """As few processes as a command line can name files for: one up to some 40,000 files."""
    return ["xargs", "-s", str(_room()), "-a", str(list_), *check_jsonschema()]


def yamllint(file: str) -> list[str]:
    return [str(_BIN / "yamllint"), file]


def _room() -> int:
    environment = sum(len(os.fsencode(f"{k}={v}")) + 9 for k, v in os.environ.items())
    return int(os.sysconf("SC_ARG_MAX")) - environment - _SPARE


@dataclass(frozen=True, slots=True)
class _Verdict:
    code: int
    refused: set[str]
    said: str = field(default="", compare=False)


def try_out(hotline: Path, scratch: Path, count: int = 50) -> None:
    """All three accept the clean and the late orders, and refuse every broken one."""
    kinds: tuple[orders.Kind, ...] = ("clean", "late", "broken")
    for kind in kinds:
        root = scratch / f"tried-{kind}"
        orders.write(root, count, kind)
        files = sorted(str(p.relative_to(root)) for p in root.glob("cases/**/*.yaml"))
        wanted = _Verdict(1, set(files)) if kind == "broken" else _Verdict(0, set())
        own = [str(hotline), "check", "--format", "json", "--now", orders.NOW]
        warned = _Verdict(0, set(files)) if kind == "late" else wanted
        _expect(f"hotline, {kind}", _asked(own, root), warned)
        _expect(f"ajv-cli, {kind}", _asked(ajv(), root, r"^(\S+) invalid$"), wanted)
        other = [*check_jsonschema(*files), "--output-format", "json"]
        _expect(f"check-jsonschema, {kind}", _asked(other, root), wanted)


def _asked(command: list[str], root: Path, pattern: str = r'"(cases/[^"]+\.yaml)"') -> _Verdict:
    """How a command ends, and the files that it names as refused."""
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    said = f"{done.stdout}\n{done.stderr}"
    return _Verdict(done.returncode, set(re.findall(pattern, said, re.MULTILINE)), said)


def _expect(who: str, found: _Verdict, wanted: _Verdict) -> None:
    if found != wanted:
        raise SystemExit(
            f"No comparison: {who} orders: exit {found.code} and {len(found.refused)} files named, "
            f"not exit {wanted.code} and {len(wanted.refused)}.\n{found.said[-1000:]}"
        )
