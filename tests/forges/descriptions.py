"""Requests and answers against a forge's own OpenAPI description.

Read stricter or looser than written in these places:

- a request's JSON objects may hold only members that the description names. Both forges pass
  over unknown members in silence, and a client that relies on one has a fault;
- Gitea's description comes from Go types, which cannot say that an empty pointer or slice is
  written as ``null`` and an address that does not apply as ``""``. Its answers may hold both;
- errors that any forge may give (``ANY_ERROR``) are allowed where they are not listed, and 422
  from Gitea's form binding wherever a request has a body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote

import jsonschema_rs

from tests.forges.schemas import Reading, components, translated

Dialect = Literal["github", "gitea"]
ANY_ERROR = frozenset({401, 403, 404, 410, 423, 429, 500, 502, 503, 504})
_HERE = Path(__file__).parent / "descriptions"
_INTEGER = re.compile(r"-?\d{1,18}\Z")


class NotInDescription(AssertionError):
    """A request or an answer that the forge's description does not know."""


@dataclass(frozen=True, eq=False)
class Rendered:
    """One JSON value with its text, and the schemas that it is known to fit."""

    value: Any
    text: bytes
    fits: set[str | int] = field(default_factory=set)


def rendered(value: Any) -> Rendered:
    return Rendered(value, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


@dataclass(frozen=True, eq=False)
class Operation:
    """One method of one path."""

    method: str
    template: str
    segments: tuple[str | None, ...]
    """The literal segments; None where a parameter stands."""
    integers: tuple[bool, ...]
    queries: Mapping[str, Callable[[str], bool]]
    body: Any
    body_required: bool
    answers: Mapping[int, Any]

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"


class Match(NamedTuple):
    operation: Operation
    values: tuple[str, ...]
    """The path's parameters, unquoted, in the order of the path."""


class Description:
    """One forge's description, ready to check."""

    def __init__(self, dialect: Dialect) -> None:
        document = json.loads((_HERE / f"{dialect}-issues.openapi.json").read_bytes())
        self.dialect = dialect
        self.document = document
        self._request = Reading("request", closed=True)
        self._answer = Reading("answer", go_values=dialect == "gitea")
        pairs = [(f"urn:{r.side}", components(document, r)) for r in (self._request, self._answer)]
        self._registry = jsonschema_rs.Registry(pairs, draft=jsonschema_rs.Draft4)
        self._validators: dict[tuple[str, str | int], jsonschema_rs.Draft4Validator] = {}
        self._matches: dict[tuple[str, str], Match] = {}
        self._operations: dict[tuple[str, int], list[Operation]] = {}
        for operation in self._read_operations():
            key = operation.method, len(operation.segments)
            self._operations.setdefault(key, []).append(operation)

    # -- reading ------------------------------------------------------------------------

    def _read_operations(self) -> Iterable[Operation]:
        for path, item in self.document["paths"].items():
            for method, told in item.items():
                if method in {"get", "put", "post", "patch", "delete"}:
                    yield self._operation(method.upper(), path, told)

    def _operation(self, method: str, path: str, told: dict[str, Any]) -> Operation:
        parameters = [self._follow(row) for row in told.get("parameters", ())]
        kinds = {p["name"]: p["schema"].get("type") for p in parameters if p["in"] == "path"}
        parts = path.strip("/").split("/")
        names = [part[1:-1] for part in parts if part.startswith("{")]
        body = self._follow(told.get("requestBody", {}))
        answers = {int(s): self._json(self._follow(r)) for s, r in told["responses"].items()}
        return Operation(
            method,
            path,
            tuple(None if part.startswith("{") else part for part in parts),
            tuple(kinds[name] == "integer" for name in names),
            {p["name"]: self._query(p["schema"]) for p in parameters if p["in"] == "query"},
            self._json(body),
            bool(body.get("required", body.get("x-originalParamName"))),
            answers,
        )

    def _follow(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            found: Any = self.document
            for part in node["$ref"][2:].split("/"):
                found = found[part]
            node = found
        return node

    @staticmethod
    def _json(node: dict[str, Any]) -> Any:
        return node.get("content", {}).get("application/json", {}).get("schema")

    def _query(self, schema: dict[str, Any]) -> Callable[[str], bool]:
        if schema.get("type") == "integer":
            return lambda text: _INTEGER.match(text) is not None
        return self._validator(schema, self._request).is_valid

    def _validator(self, schema: Any, reading: Reading) -> jsonschema_rs.Draft4Validator:
        key = reading.side, _key(schema)
        found = self._validators.get(key)
        if found is None:
            found = self._validators[key] = jsonschema_rs.Draft4Validator(
                translated(schema, reading), registry=self._registry, validate_formats=True
            )
        return found

    # -- checking -----------------------------------------------------------------------

    def match(self, method: str, path: str) -> Match:
        """The operation that a path means; a literal segment goes before a parameter."""
        key = method, path
        found = self._matches.get(key)
        if found is None:
            if len(self._matches) > 50_000:
                self._matches.clear()
            found = self._matches[key] = self._find(method, path)
        return found

    def _find(self, method: str, path: str) -> Match:
        parts = path.strip("/").split("/")
        best: Match | None = None
        for operation in self._operations.get((method, len(parts)), ()):
            pairs = list(zip(operation.segments, parts, strict=True))
            if any(literal not in (None, part) for literal, part in pairs):
                continue
            values = tuple(unquote(part) for literal, part in pairs if literal is None)
            rows = zip(operation.integers, values, strict=True)
            if all(value and (_INTEGER.match(value) or not number) for number, value in rows) and (
                best is None or len(values) < len(best.values)
            ):
                best = Match(operation, values)
        if best is None:
            raise NotInDescription(f"{self.dialect}: no operation {method} {path}")
        return best

    def check_request(
        self, method: str, path: str, query: Iterable[tuple[str, str]], body: Any
    ) -> Match:
        """``body`` is the parsed JSON, or ``...`` where the request has none."""
        match = self.match(method, path)
        operation, seen = match.operation, set()
        for name, value in query:
            check = operation.queries.get(name)
            if check is None or name in seen or not check(value):
                raise NotInDescription(f"{operation.name}: query {name}={value!r}")
            seen.add(name)
        if body is ...:
            if operation.body is not None and operation.body_required:
                raise NotInDescription(f"{operation.name}: a body is missing")
        elif operation.body is None:
            raise NotInDescription(f"{operation.name}: takes no body")
        else:
            _hold(self._validator(operation.body, self._request), body, f"{operation.name}: body")
        return match

    def check_answer(self, method: str, path: str, status: int, body: Any) -> None:
        """``body`` is the parsed JSON, or ``...`` where the answer has none or is not JSON."""
        operation = self.match(method, path).operation
        schema = self._answer_schema(operation, status)
        if body is ... and schema is not None and status < 300:
            raise NotInDescription(f"{operation.name}: {status} without a body")
        if body is not ... and schema is None and status < 300:
            raise NotInDescription(f"{operation.name}: {status} takes no body")
        if body is not ... and schema is not None:
            _hold(self._validator(schema, self._answer), body, f"{operation.name}: {status}")

    def check_rows(
        self, operation: Operation, status: int, rows: Rendered | Sequence[Rendered]
    ) -> None:
        """As ``check_answer`` for values that stay: each is held once against each schema."""
        schema = self._answer_schema(operation, status)
        if isinstance(rows, Rendered):
            rows = (rows,)
        elif schema is None or schema.get("type") != "array":
            raise NotInDescription(f"{operation.name}: {status} is no list")
        else:
            schema = schema["items"]
        if schema is None:
            if status < 300:
                raise NotInDescription(f"{operation.name}: {status} takes no body")
            return
        key = _key(schema)
        for row in rows:
            if key not in row.fits:
                _hold(
                    self._validator(schema, self._answer), row.value, f"{operation.name}: {status}"
                )
                row.fits.add(key)

    def _answer_schema(self, operation: Operation, status: int) -> Any:
        schema = operation.answers.get(status)
        if schema is None and status not in operation.answers and status not in ANY_ERROR:
            bound = self.dialect == "gitea" and status == 422 and operation.body is not None
            if not bound:
                raise NotInDescription(f"{operation.name}: does not answer {status}")
        return schema


def _key(schema: Any) -> str | int:
    """A schema's identity: what it refers to, or its place in the document, which stays."""
    return schema.get("$ref") or id(schema)


def _hold(validator: jsonschema_rs.Draft4Validator, value: Any, where: str) -> None:
    if not validator.is_valid(value):
        error = next(iter(validator.iter_errors(value)))
        at = "/".join(str(step) for step in error.instance_path)
        raise NotInDescription(f"{where}: {at or '(whole)'}: {error.message}"[:600])


@cache
def description(dialect: Dialect) -> Description:
    return Description(dialect)
