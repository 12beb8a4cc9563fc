"""How a tale of the YAML files is put on stage: an honest beginning, then acts, merges, rewrites.

A tale has either ``acts`` (commits that are staged along the main line, in a side branch, in a
branch of a branch, and as the merge commit itself) or ``steps`` (whatever it says, once).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.history.town import (
    LINK,
    MODULE,
    PLAIN,
    PROGRAM,
    Content,
    Key,
    Keys,
    Made,
    Town,
    Tree,
    email_of,
    rest_of_registry,
    signature,
    units_text,
    units_yaml,
)
from tests.support import at, plain, strict

DAY = "2026-10-13T"
ORDER, OTHER = "LZ-20261013-0007", "LZ-20261013-0008"
IDS = {
    "order": ORDER, "other": OTHER, "third": "LZ-20261013-0009", "fourth": "LZ-20261013-0010",
    "fifth": "LZ-20261013-0011",
}  # fmt: skip
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
TOLD: Any = strict((Path(__file__).parent / "tampering.yaml").read_text("utf-8"))
EVENTS.update(TOLD["events"])
"""What happened in the order, each on one line of its file."""

FORENOON = ("accepted", "assigned", "signed", "contacted", "support_opinion")


def order_text(*events: str, name: str = "order") -> str:
    number = IDS[name][-4:]
    head = HEADER.replace("-0007", f"-{number}").replace("0099", f"0{number[1:]}")
    return head + events_text(events)


def events_text(events: Sequence[str]) -> str:
    """By their names in ``EVENTS``, or as they are written."""
    rows = "".join(f"  - {EVENTS.get(event, event)}\n" for event in events)
    return f"events:\n{rows}" if rows else "events: []\n"


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


def _tail(desk: Desk, path: str, text: str) -> None:
    desk.write(path, desk.read(path) + text)


def _block(desk: Desk, path: str, text: str) -> None:
    """An opinion of the supporting unit on several lines, its text written as told."""
    rows = "  - at: 2026-10-13T11:05:00+08:00\n    by: tianchi-street\n    type: support_opinion\n"
    _tail(desk, path, f"{rows}    text: {text}\n")


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
    desk.write(path, head + events_text(events))


def _whole(desk: Desk, path: str, text: str) -> None:
    desk.write(path, text)


_DEMAND = re.compile(r"demand: \|\n(  .*\n)+")
_SEALED = re.compile(r"sealed:\n(  .*\n)+")


def _drop_demand(desk: Desk, path: str, _: Any) -> None:
    desk.write(path, _DEMAND.sub("", desk.read(path)))


def _seal_demand(desk: Desk, path: str, _: Any) -> None:
    """What was in clear is sealed now."""
    seal = "  demand: {recipient: age1qq, to: [hotline-center, housing-bureau], text: YWdl}\n"
    text = _DEMAND.sub("", desk.read(path))
    desk.write(path, _SEALED.sub(lambda found: found[0] + seal, text))


def _unseal(desk: Desk, path: str, _: Any) -> None:
    text = _SEALED.sub("", desk.read(path))
    desk.write(path, text.replace(", fingerprint: 0123456789abcdef0123456789abcdef", ""))


def _crlf(desk: Desk, path: str, _: Any) -> None:
    desk.write(path, desk.read(path).replace("\n", "\r\n"))


def _bom(desk: Desk, path: str, _: Any) -> None:
    desk.write(path, "\ufeff" + desk.read(path))


def _outdent(desk: Desk, path: str, _: Any) -> None:
    desk.write(path, desk.read(path).replace("\n  - {", "\n- {"))


def _no_last_break(desk: Desk, path: str, _: Any) -> None:
    desk.write(path, desk.read(path).rstrip("\n"))


def _gbk(desk: Desk, path: str, _: Any) -> None:
    desk.write(path, Made(PLAIN, desk.read(path).encode("gbk")))


def _pad(desk: Desk, path: str, _: Any) -> None:
    """With more than a file may hold, none of it content."""
    desk.write(path, desk.read(path) + f"# {'x' * (300 << 10)}\n")


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
    desk.write(path, Made(MODULE, desk.town.branches["main"].encode()))


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
    """Any file: ``text``, ``replace``, ``append``, ``link``, ``as_begun`` or ``gone``."""
    path = told["path"]
    if "text" in told:
        desk.write(path, told["text"])
    elif "replace" in told:
        _text(desk, path, told["replace"])
    elif "append" in told:
        desk.write(path, desk.read(path) + told["append"])
    elif "link" in told:
        desk.write(path, Made(LINK, told["link"].encode()))
    elif "as_begun" in told:
        desk.write(path, desk.town.text(path, "begun"))
    else:
        desk.write(path, None)


def _policy(desk: Desk, _: str, told: Mapping[str, str]) -> None:
    """The shipped policy with another first day (and another name)."""
    first = desk.town.text("registry/policy/2023-06-20.yaml", "begun")
    text = first.replace("effective: 2023-06-20", f"effective: {told['effective']}")
    desk.write(
        f"registry/policy/{told['effective']}.yaml",
        text.replace("暂行办法", told.get("name", "暂行办法")),
    )


def _unit(desk: Desk, _: str, told: Mapping[str, Any]) -> None:
    """A unit of the registry with other values; ``gone`` strikes it out."""
    units = desk.units()
    found = next((unit for unit in units if unit["id"] == told["id"]), None)
    if found is None:
        units.append(plain(told))
    elif told.get("gone"):
        units.remove(found)
    else:
        found.update(plain(told))
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
    "crlf": _crlf, "gbk": _gbk, "pad": _pad, "bom": _bom, "outdent": _outdent, "no_last_break": _no_last_break,
    "tail": _tail, "block": _block, "drop": _drop, "text": _text, "add": _add, "insert": _insert, "swap": _swap, "new": _new,
    "events": _events, "whole": _whole,
    "drop_demand": _drop_demand, "seal_demand": _seal_demand, "unseal": _unseal, "delete": _delete, "restore": _restore, "move": _move,
    "move_back": _move_back, "copy": _copy, "trade": _trade, "link": _link, "module": _module,
    "program": _program, "folder": _folder, "all_cases": _all_cases, "file": _file,
    "policy": _policy, "unit": _unit, "member": _member,
}  # fmt: skip


# --- a stage -----------------------------------------------------------------------------


@dataclass
class Stage:
    """A town in which a tale is played; ``labels`` names the commits that it speaks of."""

    town: Town
    keys: Keys | None = None
    labels: dict[str, str] = field(default_factory=dict)
    keyed: bool = False
    anchor: Callable[[], None] | None = None
    """Keeps a note of what history is now."""

    def clock(self, time: str) -> str:
        return time if "T" in time else DAY + time

    def begin(self, keyed: bool = False) -> None:
        """An honest forenoon: an order received, assigned, signed, contacted, supported; and
        a second order. ``keyed``: everybody has keys, and signs."""
        self.keyed = keyed
        keys = registered(self.keys) if keyed and self.keys else ()
        files: dict[str, Content] = {**rest_of_registry(), UNITS: units_text(keys)}
        story: tuple[tuple[str, str, Mapping[str, Content]], ...] = (
            ("center", "2026-10-12T09:00", files),
            ("center", "09:41", {path_of("order"): order_text("accepted")}),
            ("center", "09:51", {path_of("order"): order_text("accepted", "assigned")}),
            ("housing", "10:21", {path_of("order"): order_text("accepted", "assigned", "signed")}),
            ("housing", "10:41", {path_of("order"): order_text(*FORENOON[:4])}),
            ("tianchi", "11:01", {path_of("order"): order_text(*FORENOON)}),
            ("center", "11:11", {path_of("other"): order_text("accepted", name="other")}),
        )
        for who, time, changes in story:
            self.town.commit(changes, by=who, at=self.clock(time), sign=who if keyed else None)
        self.labels["first"] = next(iter(self.town.trees))
        self.town.branches["begun"] = self.labels["begun"] = self.town.branches["main"]

    def files(self, edits: Sequence[str | Mapping[str, Any]], commit: str) -> dict[str, Content]:
        """What the edits make of the commit's files."""
        desk = Desk(self.town, commit, self.keys)
        for edit in edits:
            told: Mapping[str, Any] = {edit: None} if isinstance(edit, str) else edit
            (verb,) = told.keys() - {"case"}
            EDITS[verb](desk, path_of(told.get("case", "order")), told[verb])
        return desk.files

    def commit(self, told: Mapping[str, Any], on: str = "main", *, parents: Sequence[str] = (), tree: Tree | None = None) -> str:  # fmt: skip
        """The commit that an act tells of."""
        parents = parents or [self.town.branches[on]]
        tree = self.town.trees[parents[0]] if tree is None else tree
        scratch = "scratch"
        self.town.trees[scratch] = tree
        files = self.files(told.get("edit", ()), scratch)
        del self.town.trees[scratch]
        time = self.clock(told.get("at", "11:31"))
        written = self.clock(told["written"]) if "written" in told else time
        sign = told.get("sign", told["by"]) if self.keyed else None
        name = self.town.commit(
            files, by=told["by"], at=written, on=on, parents=parents, tree=tree,
            committer=told.get("committer"), committed=time, sign=sign or None,
        )  # fmt: skip
        if "forge" in told:
            forged = FORGERIES[told["forge"]](self, self.town.raw(name))
            name = self.town.raw_commit(forged, like=name, on=on)
        if "as" in told:
            self.labels[told["as"]] = name
        return name

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

    def root(self, told: Mapping[str, Any]) -> None:
        """Another beginning, with a registry of its own or with a branch's files."""
        if "take" in told:
            tree = self.town.trees[self.town.branches[told["take"]]]
        else:
            files: dict[str, Content] = {**rest_of_registry(), UNITS: units_text()}
            tree = self.town.changed({}, files)
        self.town.trees["scratch"] = tree
        tree = self.town.changed(tree, self.files(told.get("edit", ()), "scratch"))
        del self.town.trees["scratch"]
        name = self.town.commit(
            by=told["by"], at=self.clock(told["at"]), on=told["branch"], parents=(), tree=tree,
            sign=told["by"] if self.keyed else None,
        )  # fmt: skip
        if "as" in told:
            self.labels[told["as"]] = name

    def step(self, told: Mapping[str, Any]) -> None:
        (verb,) = told.keys()
        given = told[verb]
        if verb == "branch":
            for name, source in list(given.items()):
                commit = self.labels.get(source) or self.town.branches[source]
                self.town.point(name, commit)
        elif verb == "commit":
            tree = self.town.trees[self.town.branches[given["take"]]] if "take" in given else None
            self.commit(given, on=given.get("on", "main"), tree=tree)
        elif verb == "merge":
            self.merge(given)
        elif verb == "root":
            self.root(given)
        elif verb == "anchor":
            self.town.lay_out()
            assert self.anchor
            self.anchor()
        else:
            raise ValueError(verb)


# --- keys, and signatures that are none ----------------------------------------------------

SIGNING = ("center", "dispatcher", "bureau", "housing", "tianchi", "police", "traffic")


def registered(keys: Keys) -> list[Key]:
    """Everybody's key, and two of housing's that are not valid on the day."""
    rows = [Key(email_of(who), keys.public(who), "2026-01-01") for who in SIGNING]
    housing = email_of("housing")
    return [
        *rows,
        Key(housing, keys.public("housing-old"), "2026-01-01", "2026-06-30"),
        Key(housing, keys.public("housing-coming"), "2027-01-01"),
    ]


_SIGNATURE = re.compile(rb"gpgsig .*?END SSH SIGNATURE-----\n", re.DOTALL)


def _flip(_: Stage, raw: bytes) -> bytes:
    """One letter of the signature itself."""
    at = raw.index(b" -----END SSH SIGNATURE") - 12
    return raw[:at] + (b"A" if raw[at : at + 1] != b"A" else b"B") + raw[at + 1 :]


def _message(_: Stage, raw: bytes) -> bytes:
    return raw.replace("记一件事".encode(), "记两件事".encode())


def _moved(stage: Stage, raw: bytes) -> bytes:
    """The signature of another commit by the same person."""
    name = next(
        commit for commit in stage.town.trees
        if len(commit) == 40 and b"<clerk@housing" in stage.town.raw(commit)
    )  # fmt: skip
    found = _SIGNATURE.search(stage.town.raw(name))
    assert found
    return _SIGNATURE.sub(lambda _: found[0], raw)


def _namespace(stage: Stage, raw: bytes) -> bytes:
    """The right key over the right bytes, but signed as a file and not as a commit."""
    assert stage.keys
    signed = signature(_SIGNATURE.sub(b"", raw), stage.keys.file("housing"), namespace="file")
    return _SIGNATURE.sub(lambda _: f"gpgsig {signed}".encode(), raw)


FORGERIES: dict[str, Callable[[Stage, bytes], bytes]] = {
    "flip": _flip, "message": _message, "moved": _moved, "namespace": _namespace,
}  # fmt: skip


# --- the four places of an act ------------------------------------------------------------

MEANWHILE = {"by": "center", "at": "11:21", "edit": [{"new": ["accepted"], "case": "fourth"}]}
HONEST = {"by": "housing", "at": "11:16", "edit": [{"add": "progress"}]}
OUTER = {"by": "dispatcher", "at": "11:22", "edit": [{"new": ["accepted"], "case": "fifth"}]}
Acts = Sequence[Mapping[str, Any]]


def along_the_main_line(stage: Stage, acts: Acts, merged: str | None) -> None:
    for act in acts:
        stage.commit(act)


def in_a_side_branch(stage: Stage, acts: Acts, merged: str | None) -> None:
    stage.step({"branch": {"side": "begun"}})
    for act in acts:
        stage.commit(act, on="side")
    _go_on_and_take_in(stage, "side", merged or _after(stage, acts))


def in_a_branch_of_a_branch(stage: Stage, acts: Acts, merged: str | None) -> None:
    """Reached only through the second parent of a second parent."""
    stage.step({"branch": {"outer": "begun", "inner": "begun"}})
    stage.commit(OUTER, on="outer")
    for act in acts:
        stage.commit(act, on="inner")
    time = merged or _after(stage, acts)
    stage.merge(
        {"into": "outer", "from": ["inner"], "by": "dispatcher", "at": time, "as": "echo inner"}
    )
    _go_on_and_take_in(stage, "outer", time)


def as_a_merge(stage: Stage, acts: Acts, merged: str | None) -> None:
    """The first act is what a merge of two honest branches does beside merging."""
    stage.step({"branch": {"side": "begun"}})
    stage.commit(HONEST, on="side")
    stage.commit(MEANWHILE)
    first, *rest = acts
    stage.merge({"from": ["side"], **first})
    for act in rest:
        stage.commit(act)


def _go_on_and_take_in(stage: Stage, branch: str, time: str) -> None:
    stage.commit(MEANWHILE)
    stage.merge({"from": [branch], "by": "center", "at": time, "as": "echo main"})


def _after(stage: Stage, acts: Acts) -> str:
    """A minute after the last act."""
    last = max(at(stage.clock(act.get("at", "11:31"))) for act in acts)
    return f"{last + timedelta(minutes=1):%Y-%m-%dT%H:%M}"


PLACES: dict[str, Callable[[Stage, Acts, str | None], None]] = {
    "主线": along_the_main_line,
    "支线": in_a_side_branch,
    "支线的支线": in_a_branch_of_a_branch,
    "合并提交": as_a_merge,
}
