"""Rows of a sheet that tell of persons: sealed in the same step, so that nothing of them is ever
written down in clear."""

from __future__ import annotations

import re
import unicodedata
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from hotline.doors import age
from hotline.doors.fault import Unavailable
from hotline.doors.sealing import Sealer
from hotline.rules.wording import personal

_TEXTS = ("title", "demand", "location")


@dataclass(slots=True)
class RowSealer:
    """Seals rows for the center, which alone may read an order that nobody handles yet.
    ``identities`` open the secret of fingerprints; without them none is written."""

    sealer: Sealer
    identities: age.Identities | None
    is_wanted: bool
    """Whether any row has something to be sealed."""
    is_trial: bool = False
    without_fingerprint: int = 0
    """Persons that other orders of theirs will not meet."""
    has_sealed: bool = False
    _made: list[Any] = field(default_factory=list)

    def held_if(self, writes: bool) -> AbstractContextManager[None]:
        """Holds the store where something is going to be put into it."""
        return (
            self.sealer.store.held(may_begin=True) if writes and self.is_wanted else nullcontext()
        )

    @property
    def readers(self) -> tuple[str, ...]:
        return (self.sealer.registry.center(),)

    def placeholders_for(self, data: dict[str, Any], person: dict[str, Any]) -> dict[str, Any]:
        """The row's header with placeholders where a text names the person, or anybody else by
        a number: what they stand for goes to ``person``."""
        found = dict(data)
        for key in _TEXTS:
            if isinstance(found.get(key), str):
                found[key] = covered(found[key], person)
        return found

    def sealed(self, case: str, data: dict[str, Any], person: dict[str, Any]) -> dict[str, Any]:
        """The header with its seals. Their keys wait for :meth:`keep`."""
        found, sealed = dict(data), {}
        petitioner = dict(found["petitioner"])
        if self.readers[0] in (found.get("against") or ()):
            raise Unavailable("被反映的单位是管理机构，没有可以密封给的单位，请由审批局另行处理")
        if person:
            sealed["person"] = self._seal(case, "person", person)
            if not petitioner.get("anonymous"):
                self._add_fingerprint(petitioner, person)
        if must_be_sealed(found):
            sealed["demand"] = self._seal(case, "demand", found.pop("demand"))
        if sealed:
            self.has_sealed = True
            found |= {"petitioner": petitioner, "sealed": sealed}
        return found

    def _seal(self, case: str, part: str, data: Any) -> dict[str, Any]:
        seal, kept = self.sealer.made(case, part, data, self.readers)
        self._made.append(kept)
        return seal.as_data()

    def _add_fingerprint(self, petitioner: dict[str, Any], person: dict[str, Any]) -> None:
        if self.is_trial:
            return  # the first one makes the secret of all
        told = self.sealer.fingerprint(person, self.identities)
        if told:
            petitioner["fingerprint"] = told
        self.without_fingerprint += told is None

    def keep(self, cases: set[str]) -> None:
        """Puts the keys of the orders that are written into the store."""
        for kept in self._made:
            if kept.case in cases:
                self.sealer.keep(kept)


def must_be_sealed(data: dict[str, Any]) -> bool:
    """Whether the demand of a new order is sealed: a report, or a confidential petitioner."""
    return data.get("kind") == "report" or bool((data.get("petitioner") or {}).get("confidential"))


def covered(text: str, person: dict[str, Any]) -> str:
    """The text with placeholders in the place of what tells a person."""
    numbers: dict[str, str] = {
        _plain(str(person[key])): key for key in ("phone", "id_number") if key in person
    }
    for hit in reversed(personal.found(text)):
        key = numbers.get(hit.plain)
        stands = f"petitioner.{key}" if key else _party(person, text[hit.start : hit.end])
        text = f"{text[: hit.start]}{{{stands}}}{text[hit.end :]}"
    for name in ("address", "id_number", "phone", "name", "title"):
        value = str(person.get(name) or "")
        # A salutation of two characters (先生) tells nobody; a name of one is a word.
        if len(value) > (2 if name == "title" else 1):
            text = _as_typed(value).sub(f"{{petitioner.{name}}}", text)
    return text


def _as_typed(value: str) -> re.Pattern[str]:
    """What people make of a value when they type it again: blanks and lines do not count, nor
    marks in a number."""
    signs = [sign for sign in value if not sign.isspace()]
    between = r"[\s()（）-]*" if any(map(str.isdigit, signs)) else r"\s*"
    if any(map(str.isdigit, signs)):
        signs = [sign for sign in signs if sign not in "()（）-"]
    return re.compile(between.join(map(re.escape, signs)))


def _plain(text: str) -> str:
    digits = re.sub("[^0-9X]", "", unicodedata.normalize("NFKC", text).upper())
    return re.sub("^(?:00)?86(?=1[0-9]{10}$)", "", digits)


def _party(person: dict[str, Any], value: str) -> str:
    parties: list[str] = person.setdefault("parties", [])
    if value not in parties:
        parties.append(value)
    return f"party.{parties.index(value) + 1}"
