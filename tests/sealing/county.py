"""A county whose orders are sealed: a real repository, real age keys, a key store beside it."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pyrage

from hotline.cli.main import main
from hotline.reading.strict_yaml import parse
from tests.doors.landing import ID, NOW, PATH, TEXT
from tests.support import ROOT

CENTER, HOUSING, TIANCHI, POLICE = (
    "hotline-center", "housing-bureau", "tianchi-street", "police-bureau",
)  # fmt: skip
UNITS = (CENTER, HOUSING, TIANCHI, POLICE)
NAME, PHONE = "欧阳测试人", "13912345678"
PERSON = {"name": NAME, "phone": PHONE, "address": "锦绣花园小区七栋二单元九零一号"}
PRIVATE = (*PERSON.values(),)
HEAD, ACCEPTED = TEXT[: TEXT.index("  - {at")], TEXT[: TEXT.index("  # 交办给")]
REPORT = ACCEPTED.replace("kind: complaint", "kind: report")
__all__ = ["ACCEPTED", "HEAD", "ID", "NOW", "PATH", "TEXT"]


class Told(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err


def told(words: Iterable[str], given: bytes = b"") -> Told:
    """``hotline words`` in this process with ``given`` on standard input."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(given), "utf-8")
    try:
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = main(list(words))
            except SystemExit as stop:
                code = int(stop.code or 0)
    finally:
        sys.stdin = before
    texts = (stream.buffer.getvalue().decode() for stream in (out, err))  # type: ignore[attr-defined]
    return Told(code, *texts)


class County:
    """``root`` is the repository, ``store`` the key store (named by ``HOTLINE_KEYS``),
    ``keys`` the folder with the units' secret keys."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root, self.store, self.keys = (folder / n for n in ("data", "store", "secret"))
        os.environ["HOTLINE_KEYS"] = str(self.store)

    @classmethod
    def begun(cls, folder: Path) -> County:
        """One with the shipped registry, four units with keys, and nothing else."""
        county = cls(folder)
        shutil.copytree(ROOT / "registry", county.root / "registry")
        (county.root / "registry/precedents.yaml").write_text("precedents: []\n", "utf-8")
        county.keys.mkdir()
        for unit in UNITS:
            done = county.run("keys", "new", unit, "--out", str(county.key(unit)))
            assert done.code == 0, done
        return county

    def key(self, unit: str) -> Path:
        return self.keys / f"{unit}.key"

    def run(self, *words: str, given: bytes | str = b"", now: str = NOW) -> Told:
        blob = given.encode() if isinstance(given, str) else given
        return told((*words, "--repo", str(self.root), "--now", now), blob)

    def well(self, *words: str, given: bytes | str = b"", now: str = NOW) -> str:
        done = self.run(*words, given=given, now=now)
        assert done.code == 0, done
        return done.out

    def put(self, text: str | bytes = TEXT, path: str = PATH) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)
        return target

    def seal(self, person: Any = None, *more: str, case: str = ID, now: str = NOW) -> str:
        given = json.dumps(person or PERSON, ensure_ascii=False)
        return self.well("seal", case, *more, given=given, now=now)

    def opens(self, unit: str, part: str = "person", case: str = ID) -> bool:
        """Whether the unit can open the part by ``unseal``."""
        return self.unseal(unit, part, case).code == 0

    def unseal(self, unit: str, part: str = "person", case: str = ID) -> Told:
        reason = ("--part", part, "--reason", "核对", "--identity", str(self.key(unit)))
        return self.run("unseal", case, *reason)

    def add(self, *words: str, at: str, by: str, case: str = ID, now: str = NOW) -> None:
        done = self.run("add", case, *words, "--at", at, "--by", by, now=now)
        assert done.code == 0, done

    def case(self, path: str = PATH) -> dict[str, Any]:
        parsed = parse((self.root / path).read_bytes())
        assert not parsed.faults, parsed.faults
        return parsed.root

    # --- git ------------------------------------------------------------------------------

    def git(self, *words: str, **env: str) -> str:
        own = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        own |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **env}
        if not (self.root / ".git").exists() and words[0] != "init":
            self.git("init", "-q", "-b", "main")
        done = subprocess.run(
            ["git", "-c", "gc.auto=0", *words], cwd=self.root, capture_output=True, env=own
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "replace").strip()

    def commit(self, at: str = NOW, unit: str = CENTER, message: str = "记一件事") -> str:
        who = f"clerk@{unit}.lezhi.example"
        person = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", unit), ("EMAIL", who), ("DATE", at))
        }
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message, **person)
        return self.git("rev-parse", "HEAD")

    # --- what lies where ------------------------------------------------------------------

    def everything(self) -> dict[str, bytes]:
        """Every file of the repository, the store and the keys."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not path.is_symlink()
        }

    def armored(self) -> Iterator[str]:
        """Every age text in any object that git has, reachable or not, and in any file."""
        blobs = list(self.everything().values())
        if (self.root / ".git").exists():
            blobs += [*objects(self.root)]
        yield from {text for blob in blobs for text in age_texts(blob)}


def refused(
    county: County, *words: str, said: str, given: bytes | str = b"", codes: tuple[int, ...] = (2,),
    private: Iterable[str] = PRIVATE,
) -> Told:  # fmt: skip
    """The law of a refusal: a clear word, no byte changed, nothing of the person repeated."""
    before = county.everything()
    done = county.run(*words, given=given)
    assert done.code in codes, done
    assert said in done.all, done
    assert "Traceback" not in done.all and "程序出错" not in done.all, done
    assert not any(word in done.all for word in private), done
    after = county.everything()
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    assert changed == [], changed
    return done


# --- age ------------------------------------------------------------------------------------

_BEGIN, _END = b"-----BEGIN AGE ENCRYPTED FILE-----", b"-----END AGE ENCRYPTED FILE-----"


def objects(root: Path) -> Iterator[bytes]:
    """The content of every object of a repository."""
    done = subprocess.run(
        ["git", "cat-file", "--batch-all-objects", "--batch", "--unordered"],
        cwd=root, capture_output=True, check=True,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull},
    )  # fmt: skip
    blob, at = done.stdout, 0
    while at < len(blob):
        end = blob.index(b"\n", at)
        size = int(blob[at:end].split()[2])
        yield blob[end + 1 : end + 1 + size]
        at = end + 2 + size


def age_texts(blob: bytes) -> Iterator[str]:
    """The armored age texts in a file, whatever YAML or JSON made of their lines."""
    at = blob.find(_BEGIN)
    while at >= 0:
        end = blob.find(_END, at)
        if end < 0:
            return
        inside = blob[at + len(_BEGIN) : end].replace(b"\\n", b"\n").replace(b"\\r", b"")
        lines = [line.strip() for line in inside.split(b"\n")]
        body = b"\n".join(line for line in lines if line)
        yield b"\n".join((_BEGIN, body, _END, b"")).decode("ascii", "replace")
        at = blob.find(_BEGIN, end)


def key_of(path: Path) -> Any:
    secret = next(row for row in path.read_text("utf-8").splitlines() if row.startswith("AGE-"))
    return pyrage.x25519.Identity.from_str(secret)


def opened(text: str, key: Any) -> bytes | None:
    try:
        return bytes(pyrage.decrypt(text.encode(), [key]))
    except (pyrage.DecryptError, ValueError):
        return None


def all_that_opens(texts: Iterable[str], key: Any) -> list[bytes]:
    """Everything that a key opens, directly or by the keys that it finds: to the end."""
    left, found, keys = set(texts), [], [key]
    while keys:
        one = keys.pop()
        for text in list(left):
            plain = opened(text, one)
            if plain is None:
                continue
            left.discard(text)
            found.append(plain)
            if plain.startswith(b"AGE-SECRET-KEY-"):
                keys.append(pyrage.x25519.Identity.from_str(plain.decode().strip()))
    return found


Make = Callable[[], County]
