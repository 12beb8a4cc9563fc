"""A data repository opened for reading: its rules, its cases, where its files lie."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from hotline.doors import disk, package
from hotline.reading.registry import Rules, read_registry
from hotline.reading.schema import Schema
from hotline.values.finding import Finding


class Repository:
    """``trust`` names a revision from which schema, registry, policy and calendar come, so
    that a pull request does not judge itself."""

    def __init__(self, root: Path, trust: str | None = None) -> None:
        self.root = root
        self._trusted: dict[str, bytes] | None = None
        if trust is not None:
            from hotline.doors import git

            self._trusted = git.files_at(root, trust, ("registry", "schema"))

    def schema(self, name: str) -> Schema:
        if self._trusted is None:
            return package.schema(self.root, name)
        own = self._trusted.get(f"schema/{name}.schema.json")
        return Schema(own) if own is not None else package.schema(None, name)

    @cached_property
    def case_schema(self) -> Schema:
        return self.schema("case")

    def rules(self) -> tuple[Rules | None, list[Finding]]:
        """Registry, policies and calendar; None with the findings where they are broken."""
        if self._trusted is None:
            files = disk.read_registry_files(self.root)
        else:
            files = {p: b for p, b in self._trusted.items() if p.startswith("registry/")}
        return read_registry(files, self.schema)

    @cached_property
    def listing(self) -> disk.Listing:
        return disk.list_cases(self.root)

    def blobs(self, paths: list[str]) -> Iterator[tuple[str, bytes]]:
        for path in paths:
            yield path, disk.read(self.root, path)

    def path_of(self, case: str) -> str | None:
        """Where a case of this id lies by its name, None where no such file is."""
        parts = case.split("-")
        if len(parts) != 3 or len(parts[1]) != 8 or not parts[1].isdigit():
            return None
        path = f"cases/{parts[1][:4]}/{parts[1][4:6]}/{case}.yaml"
        found = self.root / path
        return path if found.is_file() and not found.is_symlink() else None
