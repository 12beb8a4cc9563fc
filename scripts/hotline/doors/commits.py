"""A repository's history as it lies in its objects, newest first, in one walk.

Three processes of git stream it: which commits there are, what they say of themselves, and
what each changed against each of its parents. Nothing is taken from what a repository says of
itself beside its objects: no replacement, graft, commit graph, mailmap or configuration. The
contents of commits and files are hashed again as they are read.
"""

from __future__ import annotations

import hashlib
import io
import mmap
import os
import re
import shutil
import subprocess
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import IO, NamedTuple

from hotline.audit.history import NOTHING, Change, Commit, Step, Times
from hotline.doors import git
from hotline.doors.fault import Unavailable

_FOLDERS = ("cases", "registry")
_DAMAGED = "历史里有损坏的对象 {}，请从完好的副本重新克隆，再运行 git fsck 核对"
_INCOMPLETE = "历史不完整：{}。请用完整的克隆（git fetch --unshallow 或重新 git clone）"


class Place(NamedTuple):
    """Where a data repository lies in git: the git folder, and the path of the data below the
    top ('' at the top, else ending in '/')."""

    folder: Path
    prefix: str


def find(root: Path) -> Place:
    """Where git keeps the history of ``root``, found without asking its configuration."""
    root = root.resolve()
    for above in (root, *root.parents):
        if (above / ".git").exists():
            below = root.relative_to(above).as_posix()
            return Place(above / ".git", "" if below == "." else f"{below}/")
    if (root / "HEAD").is_file() and (root / "objects").is_dir():
        return Place(root, "")
    raise Unavailable("这里不是 git 仓库，没有历史可查")


class Repository:
    """The objects of a repository, asked through pipes; to be used as a context."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.place = find(root)
        self._environment = git.environment() | {
            "GIT_DIR": str(self.place.folder),
            "GIT_WORK_TREE": str(self.root),
            "GIT_GRAFT_FILE": os.devnull,
            "GIT_LITERAL_PATHSPECS": "1",
        }
        self._open = ExitStack()
        self._lists: dict[tuple[str, str | None], IO[bytes]] = {}
        self._blobs: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Repository:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    # --- asking ---------------------------------------------------------------------------

    def ask(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """The output of one command; a failure is :class:`Unavailable`."""
        done = subprocess.run(
            self._command(*arguments), env=self._environment, input=stdin, capture_output=True,
            check=False, cwd=self.place.folder.parent,
        )  # fmt: skip
        if done.returncode:
            why = done.stderr.decode("utf-8", "replace").strip()[:300]
            raise Unavailable(f"git {arguments[0]} 失败：{why}")
        return done.stdout

    def _command(self, *arguments: str) -> list[str]:
        return ["git", *git.SAFE, *_PLAIN, *arguments]

    def _stream(self, *arguments: str, stdin: IO[bytes] | int | None = None) -> IO[bytes]:
        """The output of a command while it runs, which ends with this repository's context."""
        errors = self._temporary()
        process = subprocess.Popen(
            self._command(*arguments), env=self._environment, stdin=stdin or subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=errors, bufsize=1 << 18, cwd=self.place.folder.parent,
        )  # fmt: skip
        self._open.callback(process.wait)
        self._open.callback(process.kill)
        assert process.stdout is not None
        self._open.enter_context(process.stdout)
        return process.stdout

    def _temporary(self) -> IO[bytes]:
        return self._open.enter_context(tempfile.TemporaryFile())

    def resolve(self, revision: str) -> str:
        """The commit that ``revision`` names."""
        if not revision or revision.startswith("-"):
            raise Unavailable(f"没有版本 {revision}")
        try:
            name = f"{revision}^{{commit}}"
            found = self.ask("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        except Unavailable:
            words = "没有任何提交" if revision == "HEAD" else f"没有版本 {revision}"
            raise Unavailable(f"{words}，或这里不是 git 仓库") from None
        return found.decode().strip()

    def refuse_incomplete(self) -> None:
        """Raises where a part of the history was never fetched."""
        shallow = self.ask("rev-parse", "--git-path", "shallow").decode().strip()
        path = Path(shallow)
        path = path if path.is_absolute() else self.place.folder.parent / path
        if path.is_file() and path.stat().st_size:
            raise Unavailable(_INCOMPLETE.format("这是浅克隆"))

    def versions(self, head: str, path: str) -> list[tuple[str, str]]:
        """(commit, blob) of each commit that made something else of a file than one of its
        parents had, parents before children; commits without the file are left out."""
        own = self.place.prefix + path
        listed = self.ask(
            "rev-list", "--full-history", "--topo-order", "--reverse", head, "--", own
        ).decode()  # fmt: skip
        names = listed.split()
        asked = "".join(f"{name}:{own}\n" for name in names).encode("utf-8", "surrogateescape")
        told = self.ask("cat-file", "--batch-check", stdin=asked).decode("utf-8", "replace")
        found = zip(names, told.splitlines(), strict=True)
        return [(name, line.split()[0]) for name, line in found if " blob " in line]

    def landed(self, head: str, now: int, names: set[str]) -> dict[str, int]:
        """When some of the commits of ``head`` reached the main line, in seconds since 1970."""
        times = self.times(head, now)
        assert times is not None
        wanted = {name.encode() for name in names}
        return {
            name.decode(): times.when(place).landed
            for place, (name, _) in enumerate(_in_list(self._listed(head)))
            if name in wanted
        }

    def beginning(self, commit: str) -> str:
        """The commit with which the main line of ``commit`` began."""
        return self.ask("rev-list", "--first-parent", "--max-parents=0", commit).decode().strip()

    def commit(self, name: str) -> Commit:
        """A commit by its whole name, without its parents."""
        return _commit(name.encode(), [], self.ask("cat-file", "commit", name))

    def has(self, commit: str) -> bool:
        """Whether a commit of this name is here."""
        try:
            self.ask("cat-file", "-e", f"{commit}^{{commit}}")
        except Unavailable:
            return False
        return True

    def bases(self, one: str, other: str) -> list[str]:
        """Where two commits parted; none where they share nothing."""
        try:
            return self.ask("merge-base", "--all", one, other).decode().split()
        except Unavailable:
            return []

    def blob_at(self, commit: str, path: str) -> str:
        """The blob of a plain file in a commit; :data:`NOTHING` where there is none."""
        return self.files(commit, path).get(path, NOTHING)

    def blobs_at(self, places: Sequence[tuple[str, str]]) -> list[str]:
        """The blobs of many (commit, path), as :meth:`blob_at`, all through one process. A commit
        must be a whole name."""
        asked = "".join(f"{commit}:{self.place.prefix}{path}\n" for commit, path in places)
        stdin = asked.encode("utf-8", "surrogateescape")
        told = self.ask("cat-file", "--batch-check", stdin=stdin) if places else b""
        lines = told.decode("utf-8", "replace").splitlines()
        return [line.split()[0] if " blob " in line else NOTHING for line in lines]

    @property
    def replacements(self) -> int:
        """How many replace refs there are; they have no effect here."""
        return len(self.ask("for-each-ref", "refs/replace").splitlines())

    def files(self, commit: str, *folders: str) -> dict[str, str]:
        """Path (from the data's root) → blob of the plain files below ``folders``."""
        paths = [self.place.prefix + folder for folder in folders or _FOLDERS]
        listed = self.ask("ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths)
        found = {}
        for line in filter(None, listed.split(b"\0")):
            head, _, name = line.partition(b"\t")
            mode, kind, blob = head.split()
            if kind == b"blob" and mode in (b"100644", b"100755"):
                path = name.decode("utf-8", "surrogateescape").removeprefix(self.place.prefix)
                found[path] = blob.decode()
        return found

    def names(self, commit: str) -> list[str]:
        """Every path (from the data's root), of whatever kind."""
        paths = [self.place.prefix] if self.place.prefix else []
        listed = self.ask("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit, "--", *paths)
        names = listed.decode("utf-8", "surrogateescape").split("\0")
        return [name.removeprefix(self.place.prefix) for name in names if name]

    def contents(self, commit: str, *folders: str) -> dict[str, bytes]:
        """Path → content, as :meth:`files`."""
        return {path: self.blob(blob) for path, blob in self.files(commit, *folders).items()}

    def blob(self, name: str) -> bytes:
        """The content of a blob, hashed again."""
        if self._blobs is None:
            self._blobs = self._open_blobs()
        process = self._blobs
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(name.encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            raise Unavailable(_DAMAGED.format(name)) from None
        return _object(process.stdout, b"blob", name.encode())

    def _open_blobs(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self._command("cat-file", "--batch"), env=self._environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=self.place.folder.parent,
        )  # fmt: skip
        self._open.callback(process.wait)
        self._open.callback(process.kill)
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            self._open.enter_context(pipe)
        return process

    # --- the walk -------------------------------------------------------------------------

    def times(
        self, head: str, now: int, since: str | None = None, clamped: dict[bytes, int] | None = None
    ) -> Times | None:
        """When each commit reached the main line, of all that ``head`` holds, or of those that
        came since a commit of the main line; None where ``since`` is none."""
        times = Times(head.encode(), now, clamped)
        listed = self._listed(head, since)
        for name, parents in _in_list(listed):
            times.place(name, parents)
        for line in _backwards(listed):
            stamp, name, *twice = line.split()
            parents = _once(twice)
            if name.startswith(b"-"):
                times.knew(name[1:], int(stamp))
            elif not times.count(name, parents, int(stamp)):
                raise Unavailable(_INCOMPLETE.format("缺少上一级提交"))
        return times if since is None or times.root == since.encode() else None

    def _listed(self, head: str, since: str | None = None) -> IO[bytes]:
        """``time name parent…`` of each commit on a line of a file, children before parents; at
        the end those where ``since`` begins, with a minus before their names."""
        if (head, since) not in self._lists:
            revisions = [head, *(["--boundary", f"^{since}"] if since else [])]
            found = self._temporary()
            pipe = self._stream("rev-list", "--topo-order", "--parents", "--timestamp", *revisions)
            shutil.copyfileobj(pipe, found, 1 << 18)
            found.flush()
            if not since and not found.tell():
                raise Unavailable(_INCOMPLETE.format("有提交读不出"))
            self._lists[head, since] = found
        return self._lists[head, since]

    def steps(
        self, head: str, times: Times, since: str | None = None, *, whole: bool = False
    ) -> Iterator[Step]:
        """Every commit that ``head`` holds and ``since`` does not, children before parents, with
        what it changed against each of its parents. ``times`` are those of the same commits, or
        of all where ``whole``."""
        listed = self._listed(head, since)
        places = self._places(head, listed) if whole and since else range(len(times))
        listed, places = self._as_taken(listed, places, times)
        names, pairs = self._temporary(), self._temporary()
        for name, parents in _in_list(listed):
            names.write(name + b"\n")
            pairs.write(b"".join([b"%b %b\n" % (name, p) for p in parents]) or name + b"\n")
        for file in (names, pairs):
            file.flush()
            file.seek(0)
        commits = self._stream("cat-file", "--batch", "--buffer", stdin=names)
        differences = self._differences(pairs)
        for (name, parents), place in zip(_in_list(listed), places, strict=True):
            commit = _commit(name, parents, _object(commits, b"commit", name))
            changed = []
            for _ in parents or (b"",):
                told, changes = next(differences, (b"", []))
                if told != name:
                    raise Unavailable(_INCOMPLETE.format("有的版本取不到"))
                changed.append(changes)
            yield Step(commit, times.when(place), tuple(changed))

    def _places(self, head: str, some: IO[bytes]) -> Sequence[int]:
        """Where the commits of one list stand in the list of all."""
        all_ = {name: place for place, (name, _) in enumerate(_in_list(self._listed(head)))}
        return [all_[name] for name, _ in _in_list(some)]

    def _as_taken(
        self, listed: IO[bytes], places: Sequence[int], times: Times
    ) -> tuple[IO[bytes], Sequence[int]]:
        """A list of commits by the commit of the main line that took them in, the newest first.
        git lists a side branch after all of the main line that began beside it, so that what is
        older would depend on where a list ends."""
        takers = array("q", map(times.taker, places))
        if all(one <= next_ for one, next_ in pairwise(takers)):
            return listed, places
        order = sorted(range(len(places)), key=takers.__getitem__)
        starts, found = array("q", [0]), self._temporary()
        with _mapped(listed) as text:
            for line in iter(text.readline, b""):
                starts.append(starts[-1] + len(line))
            for number in order:
                text.seek(starts[number])
                found.write(text.readline())
        found.flush()
        return found, array("q", [places[number] for number in order])

    def _differences(self, pairs: IO[bytes]) -> Iterator[tuple[bytes, list[Change]]]:
        paths = [self.place.prefix] if self.place.prefix else []
        pipe = self._stream(
            "diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--root",
            "--always", "--ignore-submodules=none", "--no-relative", "--no-ext-diff",
            "--no-textconv", "--", *paths,
            stdin=pairs,
        )  # fmt: skip
        return _differences(pipe, self.place.prefix)


_PLAIN = (
    "-c", "core.commitGraph=false", "-c", "color.ui=false", "-c", "protocol.allow=never",
    "-c", "core.multiPackIndex=false",
    # Else the cache of a walk grows to a hundred megabytes with the commits, and is no faster.
    "-c", "core.deltaBaseCacheLimit=4m",
)  # fmt: skip


def _object(pipe: IO[bytes], kind: bytes, name: bytes) -> bytes:
    """The next object of ``cat-file --batch``, which must be the one that was asked for."""
    head = pipe.readline().split()
    if len(head) != 3 or head[0] != name:
        missing = len(head) == 2 and head[1] == b"missing"
        words = _INCOMPLETE.format(f"缺少对象 {name.decode()}") if missing else ""
        raise Unavailable(words or _DAMAGED.format(name.decode()))
    size = int(head[2])
    content = pipe.read(size)
    pipe.read(1)
    if head[1] != kind or len(content) != size or named(kind, content) != name:
        raise Unavailable(_DAMAGED.format(name.decode()))
    return content


def named(kind: bytes, content: bytes) -> bytes:
    """The name of an object: the SHA-1 of its kind, size and content, in hexadecimal."""
    head = b"%b %d\0" % (kind, len(content))
    return hashlib.sha1(head + content, usedforsecurity=False).hexdigest().encode()


def _differences(pipe: IO[bytes], prefix: str) -> Iterator[tuple[bytes, list[Change]]]:
    """(commit, its changes against one parent), in the order in which they were asked for."""
    name: bytes = b""
    changes: list[Change] = []
    fields = _fields(pipe)
    for field in fields:
        if not field.startswith(b":"):
            if name:
                yield name, changes
            name, changes = field.strip(), []
            continue
        old_mode, new_mode, old, new, _ = field[1:].decode().split(" ")
        path = next(fields).decode("utf-8", "surrogateescape").removeprefix(prefix)
        changes.append(Change(path, old_mode, new_mode, old, new))
    if name:
        yield name, changes


def _fields(pipe: IO[bytes]) -> Iterator[bytes]:
    """What NUL separates, read in large pieces."""
    rest = b""
    while piece := pipe.read1(1 << 18):  # type: ignore[attr-defined]
        *whole, rest = (rest + piece).split(b"\0")
        yield from whole
    if rest:
        yield rest


def _in_list(file: IO[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    """(name, parents) of each commit in a list, wherever others are reading in it."""
    with _mapped(file) as text:
        for line in iter(text.readline, b""):
            _, name, *parents = line.split()
            if name.startswith(b"-"):
                return
            yield name, _once(parents)


def _once(parents: list[bytes]) -> list[bytes]:
    """A commit may name a parent twice, which no git writes by itself."""
    return list(dict.fromkeys(parents)) if len(parents) > 1 else parents


def _mapped(file: IO[bytes]) -> mmap.mmap | io.BytesIO:
    """A file to read in, from its beginning and without moving in it."""
    if not os.fstat(file.fileno()).st_size:
        return io.BytesIO()
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _backwards(file: IO[bytes]) -> Iterator[bytes]:
    """The lines of a file, the last first."""
    with _mapped(file) as text:
        if isinstance(text, io.BytesIO):
            return
        end = len(text)
        while end > 0:
            start = text.rfind(b"\n", 0, end - 1) + 1
            yield text[start:end]
            end = start


def _commit(name: bytes, parents: list[bytes], content: bytes) -> Commit:
    """A commit by its own words."""
    found = _USUAL.match(content)
    author, committer, stamp = found.groups() if found else _unusual(content)
    head = content[: content.find(b"\n\n")]
    signature = ""
    if b"\ngpgsig " in head:
        signature = "ssh" if b"\ngpgsig -----BEGIN SSH SIGNATURE" in head else "other"
    return Commit(
        name.decode(), tuple([parent.decode() for parent in parents]),
        author.decode("utf-8", "replace").strip(), committer.decode("utf-8", "replace").strip(),
        int(stamp), signature,
    )  # fmt: skip


_USUAL = re.compile(
    rb"tree [0-9a-f]{40}\n(?:parent [0-9a-f]{40}\n)*"
    rb"author [^<>\n]*<([^<>\n]*)> [0-9]+ [+-][0-9]{4}\n"
    rb"committer [^<>\n]*<([^<>\n]*)> ([0-9]{1,18}) [+-][0-9]{4}\n"
)


def _unusual(content: bytes) -> tuple[bytes, bytes, bytes]:
    """Of a commit that no git writes: the first header of each kind counts."""
    fields: dict[bytes, bytes] = {}
    for line in content.partition(b"\n\n")[0].split(b"\n"):
        key, _, value = line.partition(b" ")
        fields.setdefault(key, value)
    author, committer = (fields.get(key, b"") for key in (b"author", b"committer"))
    words = committer.rpartition(b"> ")[2].split()
    stamp = words[0] if words and words[0].isdigit() and len(words[0]) < 19 else b"0"
    return _email(author), _email(committer), stamp


def _email(person: bytes) -> bytes:
    return person.partition(b"<")[2].partition(b">")[0]
