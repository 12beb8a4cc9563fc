"""A data repository opened for reading: its rules, its cases, where its files lie."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hotline.doors import disk, package, shipped
from hotline.doors.cache import Cache, cache_of
from hotline.doors.judging_key import reading_key
from hotline.reading.schema import Schema

if TYPE_CHECKING:
    from hotline.doors.snapshot import Snapshot
    from hotline.reading.registry import Rules
    from hotline.values.finding import Finding

_ID = re.compile(r"[A-Z]{2,6}-[0-9]{8}-[0-9]{4,6}")


class Repository:
    """``trust`` is a revision from which schema, registry, policy and calendar come, so
    that a pull request does not judge itself. ``seen`` is a revision in which all files are
    seen in place of the work tree, which a server's repository has not. One that ``recalls``
    reads nothing of the registry again that was found without fault before."""

    def __init__(
        self,
        root: Path,
        trust: str | Snapshot | None = None,
        seen: Snapshot | None = None,
        *,
        recalls: bool = False,
    ) -> None:
        self.root = root
        self._recalls = recalls
        self._seen = seen
        self._trusted: dict[str, bytes] | None = None
        self._schemas: dict[str, Schema] = {}
        if isinstance(trust, str):
            from hotline.doors import git

            self._trusted = git.files_at(root, trust, ("registry", "schema"))
        elif trust is not None:
            self._trusted = trust.contents("registry/", "schema/")
        elif seen is not None:
            self._trusted = seen.contents("registry/", "schema/")

    def schema(self, name: str) -> Schema:
        """The schema of a kind of file; one is compiled once, however many files there are."""
        if name not in self._schemas:
            self._schemas[name] = self._schema(name)
        return self._schemas[name]

    def _schema(self, name: str) -> Schema:
        if self._trusted is None:
            return package.schema(self.root, name)
        own = self._trusted.get(f"schema/{name}.schema.json")
        if own is None:
            return package.schema(None, name)
        floor = shipped.find(None, "schema", f"{name}.schema.json").read_bytes()
        return package.usable(own, floor, f"{name}.schema.json")

    @cached_property
    def case_schema(self) -> Schema:
        return self.schema("case")

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(path.rpartition("/")[2] for path in self.listing.cases)

    def holds(self, case: str) -> bool:
        """Whether a file of this case is there, in whatever folder and state."""
        return self.path_of(case) is not None or f"{case}.yaml" in self._names

    @cached_property
    def _registry_files(self) -> dict[str, bytes]:
        if self._trusted is None:
            return disk.read_registry_files(self.root)
        return _of_registry(self._trusted)

    @cached_property
    def memory(self) -> Cache:
        """What was found before by this very registry, of a work tree that is trusted."""
        return cache_of(self.root, self._registry_files)

    def rules(self) -> tuple[Rules | None, list[Finding]]:
        """Registry, policies and calendar; None with the findings where they are broken."""
        from hotline.reading.registry import read_registry

        if self._recalls and not self.is_trusting:
            return self._rules_as_before()
        return read_registry(self._registry_files, self.schema)

    def _rules_as_before(self) -> tuple[Rules | None, list[Finding]]:
        """What the files are taken for is worked out anew; only their form is not tested again
        where they are the same, and so are their schemas and the code."""
        from hotline.doors.remembered import trees_as_json
        from hotline.reading.registry import read_files, rules_of

        files = self._registry_files
        before = remembered_rules(self.root, files, self.memory)
        if before is not None:
            return before
        read = read_files(files, self.schema)
        if all(one.tree is not None for one in read.values()):
            trees = {path: one.tree for path, one in read.items()}
            self.memory.store_registry(_key(self.root, files), trees_as_json(trees))
        return rules_of(files, read)

    @property
    def is_trusting(self) -> bool:
        """Whether a revision stands in place of the work tree, wholly or as the judge."""
        return self._trusted is not None

    def own_registry_findings(self) -> list[Finding]:
        """What is wrong with the repository's own registry, where another is trusted."""
        if self._trusted is None:
            return []
        from hotline.reading.registry import read_registry

        own = (
            disk.read_registry_files(self.root)
            if self._seen is None
            else _of_registry(self._seen.contents("registry/"))
        )
        return read_registry(own, self.schema)[1]

    @cached_property
    def listing(self) -> disk.Listing:
        return disk.list_cases(self.root) if self._seen is None else self._seen.listing

    def blobs(self, paths: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        for path in paths:
            yield path, disk.read(self.root, path) if self._seen is None else self._seen.read(path)

    def has(self, path: str) -> bool:
        """Whether a plain file of this path is there."""
        if self._seen is not None:
            return self._seen.has(path)
        found = self.root / path
        return found.is_file() and not found.is_symlink()

    def path_of(self, case: str) -> str | None:
        """Where a case of this id lies by its name, None where no such file is."""
        if _ID.fullmatch(case) is None:
            return None  # also what would lead out of the repository
        day = case.split("-")[1]
        path = f"cases/{day[:4]}/{day[4:6]}/{case}.yaml"
        return path if self.has(path) else None


def remembered_rules(
    root: Path, files: Mapping[str, bytes], memory: Cache
) -> tuple[Rules | None, list[Finding]] | None:
    """What the same files of a registry were read as before; None where nobody has read them."""
    from hotline.doors.remembered import trees_of
    from hotline.reading.registry import FileRead, rules_of

    told = memory.registry(_key(root, files))
    if not told:
        return None
    return rules_of(files, {path: FileRead(tree, []) for path, tree in trees_of(told).items()})


def _key(root: Path, files: Mapping[str, bytes]) -> bytes:
    from hotline.reading.registry import schema_name

    schemas = sorted({name for path in files if (name := schema_name(path))})
    return reading_key(root, files, schemas)


def _of_registry(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {
        path: blob
        for path, blob in files.items()
        if path.startswith("registry/") and path.endswith(".yaml")
    }
