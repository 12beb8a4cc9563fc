"""How a tale of the YAML files is put on stage: an honest beginning, then acts, merges, rewrites.

A tale has either ``acts`` (commits that are staged along the main line, in a side branch, in a
branch of a branch, and as the merge commit itself) or ``steps`` (whatever it says, once).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.history.town import (
    LINK,
    MODULE,
    PROGRAM,
    Content,
    Key,
    Keys,
    Made,
    Town,
    email_of,
    rest_of_registry,
    units_text,
    units_yaml,
)

DAY = "2026-10-13T"
ORDER, OTHER = "LZ-20261013-0007", "LZ-20261013-0008"
IDS = {"order": ORDER, "other": OTHER, "third": "LZ-20261013-0009"}
UNITS = "registry/units.yaml"

HEADER = """\
id: LZ-20261013-0007
channel: city_12345
upstream_id: "ZY202610130099"
dispatched_at: 2026-10-13T09:30:00+08:00
kind: complaint
urgency: normal
category: noise-construction
title: 锦绣花园小区东侧夜间施工噪音
demand: |
  {petitioner.name}反映锦绣花园小区东侧工地晚上十一点后仍在施工，要求制止。
location: 天池街道锦绣花园小区
petitioner: {confidential: false, anonymous: false, fingerprint: 0123456789abcdef0123456789abcdef}
sealed:
  person:
    recipient: age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq
    to: [hotline-center, housing-bureau, tianchi-street]
    text: |
      -----BEGIN AGE ENCRYPTED FILE-----
      YWdlLWVuY3J5cHRpb24ub3JnL3YxCg==
      -----END AGE ENCRYPTED FILE-----
against: [traffic-bureau]
classification: internal
"""
EVENTS = {
    "accepted": "{at: 2026-10-13T09:40:00+08:00, by: hotline-center, type: accepted}",
    "assigned": (
        "{at: 2026-10-13T09:50:00+08:00, by: hotline-center, type: assigned, lead: housing-bureau,"
        " support: [tianchi-street], basis: clear}"
    ),
    "signed": "{at: 2026-10-13T10:20:00+08:00, by: housing-bureau, type: signed}",
    "contacted": (
        "{at: 2026-10-13T10:40:00+08:00, by: housing-bureau, type: contacted, method: phone,"
        " summary: 诉求人要求夜间停工, result: reached}"
    ),
    "support_opinion": (
        "{at: 2026-10-13T11:00:00+08:00, by: tianchi-street, type: support_opinion,"
        " text: 街道已到现场劝止, agrees: true}"
    ),
    "progress": (
        "{at: 2026-10-13T11:15:00+08:00, by: housing-bureau, type: progress, text: 已责令停工}"
    ),
    "urged": "{at: 2026-10-13T11:20:00+08:00, by: hotline-center, type: urged, text: 请抓紧办理}",
}
"""What happened in the order, each on one line of its file."""


def order_text(*events: str, name: str = "order") -> str:
    number = IDS[name][-4:]
    head = HEADER.replace("-0007", f"-{number}").replace("0099", f"0{number[1:]}")
    return f"{head}events:\n" + "".join(f"  - {EVENTS.get(e, e)}\n" for e in events)


def path_of(name: str) -> str:
    return f"cases/2026/10/{IDS.get(name, name)}.yaml"


# --- edits: what one commit does to files ------------------------------------------------


class Desk:
    """The files of a commit while they are worked on."""

    def __init__(self, town: Town, commit: str, keys: Keys | None) -> None:
        self.town, self.commit, self.keys = town, commit, keys
        self.files: dict[str, Content] = {}

    def read(self, path: str) -> str:
        if path in self.files:
            content = self.files[path]
            assert isinstance(content, str), path
            return content
        return self.town.text(path, self.commit)

    def write(self, path: str, content: Content) -> None:
        self.files[path] = content

    def units(self) -> list[dict[str, Any]]:
        units: Any = yaml.load(self.read(UNITS), Loader=yaml.CSafeLoader)["units"]
        return list(units)


def _drop(desk: Desk, path: str, kind: str) -> None:
    text = desk.read(path)
    left = [line for line in text.splitlines(True) if f"type: {kind}" not in line]
    assert len(left) < text.count("\n"), kind
    desk.write(path, "".join(left))


def _text(desk: Desk, path: str, told: Sequence[str]) -> None:
    old, new = told
    text = desk.read(path)
    assert old in text, old
    desk.write(path, text.replace(old, new, 1))


def _add(desk: Desk, path: str, told: str) -> None:
    desk.write(path, f"{desk.read(path)}  - {EVENTS.get(told, told)}\n")


def _insert(desk: Desk, path: str, told: Mapping[str, str]) -> None:
    """Before the event of a type, in the middle of the list."""
    lines = desk.read(path).splitlines(True)
    place = next(i for i, line in enumerate(lines) if f"type: {told['before']}" in line)
    lines.insert(place, f"  - {EVENTS.get(told['event'], told['event'])}\n")
    desk.write(path, "".join(lines))


def _swap(desk: Desk, path: str, kinds: Sequence[str]) -> None:
    lines = desk.read(path).splitlines(True)
    one, two = (
        next(i for i, line in enumerate(lines) if f"type: {kind}" in line) for kind in kinds
    )
    lines[one], lines[two] = lines[two], lines[one]
    desk.write(path, "".join(lines))


def _new(desk: Desk, path: str, events: Sequence[str]) -> None:
    name = next(name for name in IDS if path_of(name) == path)
    desk.write(path, order_text(*events, name=name))


def _events(desk: Desk, path: str, events: Sequence[str]) -> None:
    """Exactly these events, whatever was there."""
    head = desk.read(path).partition("events:")[0]
    desk.write(path, f"{head}events:\n" + "".join(f"  - {EVENTS.get(e, e)}\n" for e in events))


def _whole(desk: Desk, path: str, text: str) -> None:
    desk.write(path, text)


def _delete(desk: Desk, path: str, _: Any) -> None:
    desk.write(path, None)


def _restore(desk: Desk, path: str, _: Any) -> None:
    """As it stood when the honest beginning ended."""
    desk.write(path, desk.town.text(path, "begun"))


def _move(desk: Desk, path: str, target: str) -> None:
    desk.write(target, desk.read(path))
    desk.write(path, None)


def _move_back(desk: Desk, path: str, source: str) -> None:
    desk.write(path, desk.read(source))
    desk.write(source, None)


def _copy(desk: Desk, path: str, target: str) -> None:
    desk.write(target, desk.read(path))


def _trade(desk: Desk, path: str, other: str) -> None:
    """Two orders' files change places."""
    one, two = desk.read(path), desk.read(path_of(other))
    desk.write(path, two)
    desk.write(path_of(other), one)


def _link(desk: Desk, path: str, target: str) -> None:
    desk.write(path, Made(LINK, target.encode()))


def _module(desk: Desk, path: str, _: Any) -> None:
    desk.write(path, Made(MODULE, desk.commit.encode()))


def _program(desk: Desk, path: str, _: Any) -> None:
    desk.write(path, Made(PROGRAM, desk.read(path).encode()))


def _folder(desk: Desk, path: str, inside: str) -> None:
    desk.write(f"{path}/{inside}", desk.read(path))
    desk.write(path, None)


def _all_cases(desk: Desk, _: str, __: Any) -> None:
    for path in desk.town.trees[desk.commit]:
        if path.startswith("cases/"):
            desk.write(path, None)


def _file(desk: Desk, _: str, told: Mapping[str, Any]) -> None:
    """Any file: ``text``, ``replace``, ``append``, ``gone`` or ``as_begun``."""
    path = told["path"]
    if "text" in told:
        desk.write(path, told["text"])
    elif "replace" in told:
        _text(desk, path, told["replace"])
    elif "append" in told:
        desk.write(path, desk.read(path) + told["append"])
    elif "as_begun" in told:
        desk.write(path, desk.town.text(path, "begun"))
    else:
        desk.write(path, None)


def _unit(desk: Desk, _: str, told: Mapping[str, Any]) -> None:
    """A unit of the registry with other values; ``gone`` strikes it out."""
    units = desk.units()
    found = next((unit for unit in units if unit["id"] == told["id"]), None)
    if found is None:
        units.append(dict(told))
    elif told.get("gone"):
        units.remove(found)
    else:
        found.update(told)
    desk.write(UNITS, units_yaml(units))


def _member(desk: Desk, _: str, told: Mapping[str, Any]) -> None:
    """``add`` or ``gone``: a member of a unit; ``key``: one more for the member, by its name."""
    units = desk.units()
    members = next(unit for unit in units if unit["id"] == told["of"])["members"]
    email = email_of(told["who"])
    if "add" in told:
        members.append({"email": email, "keys": []})
    elif "gone" in told:
        members[:] = [member for member in members if member["email"] != email]
    elif "key" in told:
        member = next(member for member in members if member["email"] == email)
        assert desk.keys is not None
        row = {"ssh": desk.keys.public(told["key"])}
        member["keys"] += [row | {k: told[k] for k in ("from", "until") if k in told}]
    else:
        next(member for member in members if member["email"] == email)["keys"] = []
    desk.write(UNITS, units_yaml(units))


EDITS: dict[str, Callable[[Desk, str, Any], None]] = {
    "drop": _drop, "text": _text, "add": _add, "insert": _insert, "swap": _swap, "new": _new,
    "events": _events, "whole": _whole, "delete": _delete, "restore": _restore, "move": _move,
    "move_back": _move_back, "copy": _copy, "trade": _trade, "link": _link, "module": _module,
    "program": _program, "folder": _folder, "all_cases": _all_cases, "file": _file,
    "unit": _unit, "member": _member,
}  # fmt: skip


# --- a stage -----------------------------------------------------------------------------


@dataclass
class Stage:
    """A town in which a tale is played; ``labels`` names the commits that it speaks of."""

    town: Town
    keys: Keys | None = None
    labels: dict[str, str] = field(default_factory=dict)
    authors: dict[str, str] = field(default_factory=dict)

    def clock(self, time: str) -> str:
        return time if "T" in time else DAY + time

    def begin(self, keys: Sequence[Key] = ()) -> None:
        """An honest forenoon: an order received, assigned, signed, contacted, supported; and
        a second order."""
        files = {**rest_of_registry(), UNITS: units_text(keys)}
        signing = bool(keys)
        story: tuple[tuple[str, str, Mapping[str, Content]], ...] = (
            ("center", "2026-10-12T09:00", files),
            ("center", "09:41", {path_of("order"): order_text("accepted")}),
            ("center", "09:51", {path_of("order"): order_text("accepted", "assigned")}),
            ("housing", "10:21", {path_of("order"): order_text("accepted", "assigned", "signed")}),
            ("housing", "10:41", {path_of("order"): order_text(*list(EVENTS)[:4])}),
            ("tianchi", "11:01", {path_of("order"): order_text(*list(EVENTS)[:5])}),
            ("center", "11:11", {path_of("other"): order_text("accepted", name="other")}),
        )
        for who, time, changes in story:
            self.town.commit(changes, by=who, at=self.clock(time), sign=who if signing else None)
        self.town.branches["begun"] = self.labels["begun"] = self.town.branches["main"]

    def files(self, edits: Sequence[Mapping[str, Any]], commit: str) -> dict[str, Content]:
        """What the edits make of the commit's files."""
        desk = Desk(self.town, commit, self.keys)
        for edit in edits:
            (verb,) = edit.keys() - {"case"}
            EDITS[verb](desk, path_of(edit.get("case", "order")), edit[verb])
        return desk.files

    def commit(self, told: Mapping[str, Any], on: str = "main", **more: Any) -> str:
        """The commit that an act tells of."""
        parents = more.pop("parents", None) or [self.town.branches[on]]
        tree = more.pop("tree", None) or self.town.trees[parents[0]]
        scratch = "scratch"
        self.town.trees[scratch] = tree
        files = self.files(told.get("edit", ()), scratch)
        del self.town.trees[scratch]
        time = self.clock(told.get("at", "11:31"))
        name = self.town.commit(
            files, by=told["by"], at=self.clock(told["written"]) if "written" in told else time,
            on=on, parents=parents, tree=tree, committer=told.get("committer"), committed=time,
            sign=told.get("sign"), message=told.get("message", "记一件事"), **more,
        )  # fmt: skip
        if "as" in told:
            self.label(told["as"], name, told["by"])
        return name

    def label(self, label: str, commit: str, by: str) -> None:
        self.labels[label] = commit
        self.authors[label] = email_of(by)

    def merge(self, told: Mapping[str, Any]) -> str:
        """``into`` takes in ``from``; ``take`` says whose files: a branch's, or what an honest
        merge holds, on which the edits then work."""
        into = told.get("into", "main")
        sides = [self.town.branches[name] for name in told["from"]]
        parents = [self.town.branches[into], *sides]
        if "take" in told:
            tree = self.town.trees[self.town.branches[told["take"]]]
        else:
            tree = self.town.merged(*parents)
        return self.commit(told, on=into, parents=parents, tree=tree)

    def step(self, told: Mapping[str, Any]) -> None:
        (verb,) = told.keys()
        given = told[verb]
        if verb == "branch":
            for name, source in given.items():
                commit = self.labels.get(source) or self.town.branches[source]
                self.town.point(name, commit)
        elif verb == "commit":
            self.commit(given, on=given.get("on", "main"))
        elif verb == "merge":
            self.merge(given)
        else:
            raise ValueError(verb)


# --- the four places of an act ------------------------------------------------------------

MEANWHILE = {
    "by": "center", "at": "11:21",
    "edit": [{"add": "urged", "case": "other"}],
}  # fmt: skip
HONEST = {"by": "housing", "at": "11:16", "edit": [{"add": "progress"}]}


def along_the_main_line(stage: Stage, acts: Sequence[Mapping[str, Any]]) -> None:
    for act in acts:
        stage.commit(act)


def in_a_side_branch(stage: Stage, acts: Sequence[Mapping[str, Any]]) -> None:
    stage.step({"branch": {"side": "begun"}})
    for act in acts:
        stage.commit(act, on="side")
    _go_on_and_take_in(stage, "side", acts)


def in_a_branch_of_a_branch(stage: Stage, acts: Sequence[Mapping[str, Any]]) -> None:
    """Reached only through the second parent of a second parent."""
    stage.step({"branch": {"outer": "begun"}})
    stage.commit({"by": "dispatcher", "at": "11:21", "edit": [{"new": ["accepted"], "case": "third"}]},
                 on="outer")  # fmt: skip
    stage.step({"branch": {"inner": "begun"}})
    for act in acts:
        stage.commit(act, on="inner")
    time = _after(acts)
    stage.merge({"into": "outer", "from": ["inner"], "by": "dispatcher", "at": time, **_signed(acts, "dispatcher"),
                 "as": "echo inner"})  # fmt: skip
    _go_on_and_take_in(stage, "outer", acts)


def as_a_merge(stage: Stage, acts: Sequence[Mapping[str, Any]]) -> None:
    """The first act is what a merge of two honest branches does beside merging."""
    stage.step({"branch": {"side": "begun"}})
    stage.commit({**HONEST, **_signed(acts, "housing")}, on="side")
    stage.commit({**MEANWHILE, **_signed(acts, "center")})
    first, *rest = acts
    stage.merge({"from": ["side"], **first})
    for act in rest:
        stage.commit(act)


def _go_on_and_take_in(stage: Stage, branch: str, acts: Sequence[Mapping[str, Any]]) -> None:
    mine = _signed(acts, "center")
    stage.commit({**MEANWHILE, **mine})
    stage.merge({"from": [branch], "by": "center", "at": _after(acts), **mine, "as": "echo main"})


def _after(acts: Sequence[Mapping[str, Any]]) -> str:
    last: str = max(act.get("at", "11:31") for act in acts)
    return last if "T" in last else f"{int(last[:2]):02}:{min(59, int(last[3:]) + 1):02}"


def _signed(acts: Sequence[Mapping[str, Any]], who: str) -> dict[str, str]:
    return {"sign": who} if any("sign" in act or act.get("unsigned") for act in acts) else {}


PLACES: dict[str, Callable[[Stage, Sequence[Mapping[str, Any]]], None]] = {
    "主线": along_the_main_line,
    "支线": in_a_side_branch,
    "支线的支线": in_a_branch_of_a_branch,
    "合并提交": as_a_merge,
}
CASE_ID = re.compile(r"[A-Z]{2,6}-\d{8}-\d{4,6}")
