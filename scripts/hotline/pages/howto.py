"""How a command that a page offers is filled in: what each blank means and what may stand there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from hotline.procedure.lifecycle import TABLE
from hotline.writing.fields import event_fields
from hotline.writing.guide import values_of

_COMMAND = re.compile(r"hotline add \S+ ([a-z_]+)(.*)")
_BLANK = re.compile(r"([a-z_.]+)=")


class Blank(NamedTuple):
    """A field to fill in; ``values`` says what may be written, in Chinese."""

    field: str
    title: str
    values: str


class Step(NamedTuple):
    """An event with its blanks."""

    event: str
    title: str
    blanks: tuple[Blank, ...]


def steps(commands: Iterable[str]) -> tuple[Step, ...]:
    """The blanks of these commands, each event once, in the order of the commands."""
    found: dict[str, dict[str, None]] = {}
    for command in commands:
        match = _COMMAND.match(command)
        if match is not None and match[1] in TABLE:
            found.setdefault(match[1], {}).update(dict.fromkeys(_BLANK.findall(match[2])))
    made = (_step(event, tuple(names)) for event, names in found.items())
    return tuple(step for step in made if step.blanks)


@cache
def _step(event: str, names: tuple[str, ...]) -> Step:
    fields = {field.name: field for field in event_fields(event)}
    blanks = tuple(
        Blank(name, fields[name].title, values_of(fields[name])) for name in names if name in fields
    )
    return Step(event, TABLE[event].title, blanks)
