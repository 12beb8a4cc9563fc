"""A small county's archive in a real git repository, made object by object.

Everything a commit holds is chosen here: authors, committers, dates, parents, trees, modes and
signatures. A repository of ten commits takes some milliseconds and a dozen files: its objects
are written as one pack, and only signatures start a process (``ssh-keygen``, as git does).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import subprocess
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.support import ROOT, at

MEMBERS: dict[str, str] = {
    "center": "clerk@hotline-center.lezhi.example",
    "dispatcher": "dispatcher1@hotline-center.lezhi.example",
    "bureau": "clerk@approval-bureau.lezhi.example",
    "government": "clerk@county-government.lezhi.example",
    "supervisor": "clerk@supervision-commission.lezhi.example",
    "housing": "clerk@housing-bureau.lezhi.example",
    "tianchi": "clerk@tianchi-street.lezhi.example",
    "police": "clerk@police-bureau.lezhi.example",
    "traffic": "clerk@traffic-bureau.lezhi.example",
    "stranger": "somebody@elsewhere.example",
}
"""People by the short names that the tests use; the stranger is nobody's member."""

KEPT_UNITS = (
    "hotline-center", "approval-bureau", "county-government", "supervision-commission",
    "housing-bureau", "tianchi-street", "police-bureau", "traffic-bureau",
)  # fmt: skip

PLAIN, PROGRAM, LINK, MODULE = "100644", "100755", "120000", "160000"


class Entry(NamedTuple):
    """What a path is in a tree."""

    mode: str
    name: str


class Made(NamedTuple):
    """Content of a path with a mode of its own: a link's target, a submodule's commit."""

    mode: str
    content: bytes


Content = bytes | str | Made | None
"""``None`` takes the path away."""
Tree = dict[str, Entry]


# --- the registry ------------------------------------------------------------------------


@cache
def shipped_units() -> tuple[dict[str, Any], ...]:
    """The shipped units that the tests need; the whole list only costs time."""
    told = yaml.load((ROOT / "registry" / "units.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    return tuple(unit for unit in told["units"] if unit["id"] in KEPT_UNITS)


class Key(NamedTuple):
    """A member's key as the registry has it."""

    email: str
    ssh: str
    begin: str | None = None
    until: str | None = None


def units_text(keys: Iterable[Key] = ()) -> str:
    """``registry/units.yaml`` with the keys in place."""
    units = yaml.load(
        yaml.dump(list(shipped_units()), Dumper=yaml.CSafeDumper), Loader=yaml.CSafeLoader
    )
    for key in keys:
        member = next(m for u in units for m in u["members"] if m["email"] == key.email)
        days = {"from": key.begin, "until": key.until}
        told = {"ssh": key.ssh, **{name: _day(day) for name, day in days.items() if day}}
        member["keys"].append(told)
    return units_yaml(units)


def _day(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def units_yaml(units: Any) -> str:
    return yaml.dump({"units": units}, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)


@cache
def rest_of_registry() -> dict[str, bytes]:
    """What is the same in every town: the shipped categories, calendar and policy."""
    kept = [ROOT / "registry" / "categories.yaml"]
    kept += sorted((ROOT / "registry" / "calendar").glob("*.yaml"))
    kept += sorted((ROOT / "registry" / "policy").glob("*.yaml"))
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in kept}
    return files | {"registry/precedents.yaml": b"precedents: []\n"}


# --- keys --------------------------------------------------------------------------------


@dataclass
class Keys:
    """Real ed25519 keys by name, each made once."""

    folder: Path
    made: dict[str, str] = field(default_factory=dict)

    def file(self, name: str) -> Path:
        path = self.folder / name
        if name not in self.made:
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)],
                check=True, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            self.made[name] = path.with_suffix(".pub").read_text("ascii").strip()
        return path

    def public(self, name: str) -> str:
        self.file(name)
        return self.made[name]


# --- the repository ----------------------------------------------------------------------


class Conflict(ValueError):
    """Both sides changed a path; the test must say what becomes of it."""


class Town:
    """A repository in the making; ``branches`` are its heads, ``trees`` its commits' files."""

    def __init__(self, root: Path, keys: Keys | None = None, *, loose: bool = False) -> None:
        self.root = root
        self.git_folder = root / ".git"
        self.keys = keys
        self.branches: dict[str, str] = {}
        self.trees: dict[str, Tree] = {}
        self.parents: dict[str, tuple[str, ...]] = {}
        self.loose = loose
        self._objects: dict[str, tuple[str, bytes]] = {}
        self._unwritten: list[str] = []
        root.mkdir(parents=True, exist_ok=True)
        _begin(self.git_folder)

    # --- objects ---

    def put(self, kind: str, content: bytes) -> str:
        """Makes an object; its name."""
        name = _name(kind, content)
        if name not in self._objects:
            self._objects[name] = kind, content
            self._unwritten.append(name)
        return name

    def write(self) -> None:
        """Puts what was made since the last time where git finds it."""
        made = {name: self._objects[name] for name in sorted(self._unwritten)}
        self._unwritten.clear()
        if self.loose:
            for name, (kind, content) in made.items():
                path = self.git_folder / "objects" / name[:2] / name[2:]
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(zlib.compress(_whole(kind, content), 1))
        elif made:
            pack, index = packed(made)
            stem = self.git_folder / "objects" / "pack" / f"pack-{pack[-20:].hex()}"
            stem.with_suffix(".pack").write_bytes(pack)
            stem.with_suffix(".idx").write_bytes(index)

    def text(self, path: str, where: str = "main") -> str:
        """A file as it is in a commit or at a branch's head."""
        return self.content(path, where).decode("utf-8")

    def content(self, path: str, where: str = "main") -> bytes:
        return self.raw(self.trees[self.branches.get(where, where)][path].name)

    def changed(self, tree: Tree, files: Mapping[str, Content]) -> Tree:
        """``tree`` with the contents of ``files`` put in."""
        new = dict(tree)
        for path, content in files.items():
            new.pop(path, None)
            if content is None:
                continue
            made = content if isinstance(content, Made) else Made(PLAIN, _bytes(content))
            name = made.content.decode() if made.mode == MODULE else self.put("blob", made.content)
            new[path] = Entry(made.mode, name)
        return new

    def write_tree(self, tree: Tree) -> str:
        """The tree object with everything below it."""
        below: dict[str, Tree] = {}
        rows: list[tuple[bytes, str, str]] = []
        for path, entry in tree.items():
            head, slash, rest = path.partition("/")
            if slash:
                below.setdefault(head, {})[rest] = entry
            else:
                rows.append((head.encode(), entry.mode, entry.name))
        for folder, files in below.items():
            rows.append((folder.encode() + b"/", "40000", self.write_tree(files)))
        content = b"".join(
            mode.encode() + b" " + name.rstrip(b"/") + b"\0" + bytes.fromhex(sha)
            for name, mode, sha in sorted(rows)
        )
        return self.put("tree", content)

    # --- commits ---

    def commit(
        self,
        files: Mapping[str, Content] | None = None,
        *,
        by: str,
        at: str,
        on: str = "main",
        parents: Sequence[str] | None = None,
        tree: Tree | None = None,
        committer: str | None = None,
        committed: str | None = None,
        sign: str | None = None,
        message: str = "记一件事",
    ) -> str:
        """A commit on a branch by a member (or an e-mail) at a time; ``sign`` names a key.

        ``parents`` and ``tree`` may be anything: a merge holds what the test wants it to hold.
        """
        if parents is None:
            parents = [self.branches[on]] if on in self.branches else []
        if tree is None:
            tree = self.trees[parents[0]] if parents else {}
        tree = self.changed(tree, files or {})
        author = _person(by, at)
        taken_by = _person(committer or by, committed or at)
        head = f"tree {self.write_tree(tree)}\n" + "".join(f"parent {p}\n" for p in parents)
        head += f"author {author}\ncommitter {taken_by}\n"
        body = f"\n{message}\n"
        if sign:
            assert self.keys is not None, "a town without keys signs nothing"
            head += "gpgsig " + signature(f"{head}{body}".encode(), self.keys.file(sign))
        name = self.put("commit", f"{head}{body}".encode())
        self.trees[name], self.parents[name] = tree, tuple(parents)
        self.point(on, name)
        return name

    def raw_commit(self, content: bytes, like: str, on: str = "main") -> str:
        """A commit of exactly these bytes, with the tree and parents of the commit ``like``."""
        name = self.put("commit", content)
        self.trees[name], self.parents[name] = self.trees[like], self.parents[like]
        self.point(on, name)
        return name

    def raw(self, name: str) -> bytes:
        """The content of an object."""
        return self._objects[name][1]

    def merged(self, ours: str, *theirs: str) -> Tree:
        """What an honest merge holds where no path was changed on two sides."""
        tree = dict(self.trees[ours])
        heads = [ours]
        for other in theirs:
            base = self.trees[self._base(heads, other)]
            side = self.trees[other]
            for path in base.keys() | side.keys():
                was, new, mine = base.get(path), side.get(path), tree.get(path)
                if new in (was, mine):
                    continue
                if mine != was:
                    raise Conflict(path)
                if new is None:
                    del tree[path]
                else:
                    tree[path] = new
            heads.append(other)
        return tree

    def _base(self, ours: Sequence[str], other: str) -> str:
        """A commit that both have and from which nothing that both have descends."""
        mine = set().union(*(self.ancestors(head) for head in ours))
        shared = mine & self.ancestors(other)
        return next(c for c in reversed(list(self.trees)) if c in shared)

    def ancestors(self, name: str) -> set[str]:
        found, waiting = set[str](), [name]
        while waiting:
            commit = waiting.pop()
            if commit not in found:
                found.add(commit)
                waiting += self.parents[commit]
        return found

    # --- names ---

    def point(self, branch: str, commit: str) -> None:
        """The branch stands at the commit now, wherever it stood before."""
        self.branches[branch] = commit
        path = self.git_folder / "refs" / "heads" / branch
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{commit}\n", "ascii")

    def run(self, *arguments: str) -> str:
        """Git itself, without anybody's configuration."""
        self.write()
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, capture_output=True, text=True, check=True,
            env=clean_environment() | _identity("AUTHOR", "t <t@example.cn> 1791500000 +0800")
            | _identity("COMMITTER", "t <t@example.cn> 1791500000 +0800"),
        )  # fmt: skip
        return done.stdout.strip()

    def lay_out(self, branch: str = "main") -> None:
        """The plain files of a branch in the folder, as a reader of the county finds them."""
        self.write()
        shutil.rmtree(self.root / "registry", ignore_errors=True)
        shutil.rmtree(self.root / "cases", ignore_errors=True)
        for path, entry in self.trees[self.branches[branch]].items():
            if entry.mode in (PLAIN, PROGRAM):
                target = self.root / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self.content(path, branch))

    def check_out(self, branch: str = "main") -> None:
        """The same by git, with an index that agrees."""
        self.run("symbolic-ref", "HEAD", f"refs/heads/{branch}")
        self.run("read-tree", "--reset", "-u", branch)


def clean_environment() -> dict[str, str]:
    own = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return own | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def _begin(folder: Path) -> None:
    """What ``git init`` makes, as far as git asks for it."""
    for name in ("objects/info", "objects/pack", "refs/heads", "refs/tags", "info"):
        (folder / name).mkdir(parents=True)
    (folder / "HEAD").write_text("ref: refs/heads/main\n", "ascii")
    (folder / "config").write_text(
        "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n", "ascii"
    )


@cache
def _name(kind: str, content: bytes) -> str:
    return hashlib.sha1(_whole(kind, content)).hexdigest()


def _whole(kind: str, content: bytes) -> bytes:
    return f"{kind} {len(content)}\0".encode() + content


_KINDS = {"commit": 1, "tree": 2, "blob": 3, "tag": 4}


def packed(objects: Mapping[str, tuple[str, bytes]]) -> tuple[bytes, bytes]:
    """A pack of the objects (sorted by name) and its index, both of version 2."""
    pack = bytearray(b"PACK" + struct.pack(">II", 2, len(objects)))
    offsets, sums = [], []
    for kind, content in objects.values():
        entry = _entry_head(_KINDS[kind], len(content)) + _squeezed(content)
        offsets.append(len(pack))
        sums.append(zlib.crc32(entry))
        pack += entry
    pack += hashlib.sha1(pack).digest()
    firsts = [int(name[:2], 16) for name in objects]
    fanout = [sum(first <= most for first in firsts) for most in range(256)]
    count = len(objects)
    index = b"\377tOc" + struct.pack(">I256I", 2, *fanout)
    index += b"".join(map(bytes.fromhex, objects))
    index += struct.pack(f">{count}I{count}I", *sums, *offsets) + pack[-20:]
    return bytes(pack), index + hashlib.sha1(index).digest()


def _entry_head(kind: int, size: int) -> bytes:
    head = bytearray([kind << 4 | size & 15])
    size >>= 4
    while size:
        head[-1] |= 128
        head.append(size & 127)
        size >>= 7
    return bytes(head)


@cache
def _squeezed(content: bytes) -> bytes:
    return zlib.compress(content, 1)


def signature(content: bytes, key: Path, namespace: str = "git") -> str:
    """An SSH signature as it stands in a commit: lines after the first begin with a blank."""
    done = subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", str(key)],
        input=content, capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout.decode("ascii").strip().replace("\n", "\n ") + "\n"


def _bytes(content: bytes | str | Made) -> bytes:
    assert not isinstance(content, Made)
    return content.encode("utf-8") if isinstance(content, str) else content


def email_of(who: str) -> str:
    return who if "@" in who else MEMBERS[who]


def _person(who: str, when: str) -> str:
    moment = at(when)
    name = who.partition("@")[0]
    return f"{name} <{email_of(who)}> {int(moment.timestamp())} {moment:%z}"


def _identity(role: str, person: str) -> dict[str, str]:
    name, _, rest = person.partition(" <")
    email, _, date = rest.partition("> ")
    return {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": email, f"GIT_{role}_DATE": f"@{date}"}


def copy(town: Town, target: Path) -> Path:
    """The repository once more, byte for byte."""
    town.write()
    shutil.copytree(town.root, target, symlinks=True)
    return target
