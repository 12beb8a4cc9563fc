"""Honest histories, drawn by a seed: what a county does in a few weeks, with its branches.

Orders are kept here as values, not as text, so that merges follow the law (the union of the
events, in the order of ``at``) by a second hand. ``spoil`` makes one commit lose an event;
:func:`must_be_told` and :func:`may_be_told` say by the parents alone what that amounts to.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import yaml

from tests.history.staging import DAY, HEADER, UNITS, registered
from tests.history.town import (
    Content,
    Keys,
    Town,
    Tree,
    email_of,
    rest_of_registry,
    units_text,
    units_yaml,
)
from tests.support import at

LEADS = {"housing": "housing-bureau", "tianchi": "tianchi-street", "police": "police-bureau"}
SUPPORTS = {"housing": "traffic", "tianchi": "police", "police": "housing"}
UNIT_OF = {**LEADS, "traffic": "traffic-bureau", "center": "hotline-center",
           "bureau": "approval-bureau"}  # fmt: skip
WORKDAYS = [f"2026-10-{day}" for day in (13, 14, 15, 16, 19, 20, 21, 22, 23)]
LF, CRLF = (0, 1, 2), (0, 3)
"""How an order is written: on a line each, in blocks, with comments; with Windows' line ends."""


@dataclass(frozen=True)
class Order:
    """One order: its events in the order of ``at``; ``style`` is only how it is written."""

    number: str
    lead: str
    events: tuple[tuple[str, str], ...] = ()
    seal: str = "YWdl"
    sealed_in: int = 0
    """The number of the commit that sealed it last."""
    style: int = 0

    def with_event(self, event: Mapping[str, Any]) -> Order:
        row = (str(event["at"]), json.dumps(event, ensure_ascii=False))
        return replace(self, events=tuple(sorted({*self.events, row})))

    @property
    def path(self) -> str:
        return f"cases/2026/10/{self.number}.yaml"

    def text(self) -> str:
        head = HEADER.replace("LZ-20261013-0007", self.number).replace("0099", self.number[-4:])
        head = head.replace("YWdlLWVuY3J5cHRpb24ub3JnL3YxCg==", self.seal)
        rows = []
        for _, event in self.events:
            if self.style == 1:
                block = yaml.safe_dump(json.loads(event), allow_unicode=True, sort_keys=False)
                rows.append("  - " + block.strip().replace("\n", "\n    ") + "\n")
            else:
                rows.append(f"  - {event}\n" + ("  # 已核对\n" if self.style == 2 else ""))
        text = f"{head}events:\n{''.join(rows)}" if rows else f"{head}events: []\n"
        if self.style == 2:
            text = "# 本件已核对\n" + text.replace("urgency: normal", "urgency: normal  # 一般件")
        return text.replace("\n", "\r\n") if self.style == 3 else text


Orders = dict[str, Order]


def union(ours: Orders, theirs: Orders) -> Orders:
    """The law of merging, written once more."""
    merged = dict(ours)
    for number, order in theirs.items():
        mine = merged.get(number, order)
        newer = max(mine, order, key=lambda side: side.sealed_in)
        events = tuple(sorted({*mine.events, *order.events}))
        merged[number] = replace(mine, events=events, seal=newer.seal, sealed_in=newer.sealed_in)
    return merged


def as_git_would(base: Orders, ours: Orders, theirs: Orders) -> Orders:
    """As :func:`union`, but what one side took away is gone."""
    merged = union(ours, theirs)
    for number, order in base.items():
        for row in order.events:
            sides = [side[number].events for side in (ours, theirs) if number in side]
            if any(row not in events for events in sides) and number in merged:
                kept = tuple(event for event in merged[number].events if event != row)
                merged[number] = replace(merged[number], events=kept)
    return merged


@dataclass
class County:
    """Draws one history into a town."""

    town: Town
    seed: int
    keys: Keys | None = None
    styles: tuple[int, ...] = LF
    spoil: tuple[int, ...] = ()
    """The numbers of commits that lose an event."""
    merge: Callable[[bytes | None, bytes, bytes], bytes] | None = None
    """Makes one text of the base, ours and theirs where two sides changed an order."""
    together: int = 0
    """How many texts it has made."""
    orders: dict[str, Orders] = field(default_factory=dict)
    """Of each commit."""
    offices: list[str] = field(default_factory=list)
    """The commits that changed the registry."""

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)
        self.now = at(f"{WORKDAYS[0]}T09:00")
        self.second = 0
        self.signers = {who: who for who in UNIT_OF}
        self.colleagues = {who: [who] for who in UNIT_OF}
        self.made = 0

    # --- the story ---

    def live(self, commits: int) -> None:
        files: Mapping[str, Content] = {
            **rest_of_registry(), UNITS: units_text(registered(self.keys) if self.keys else ())
        }  # fmt: skip
        self._commit("center", files, {}, time=at("2026-10-12T09:00"))
        while self.made < commits:
            self._tick()
            self.draw.choices(
                (self._event, self._order, self._branch, self._merge, self._format, self._office),
                (10, 4, 2, 3, 1, 1),
            )[0]()
        for branch in [name for name in self.town.branches if name != "main"]:
            self._tick()
            self._take_in("main", [branch])
        self.town.lay_out()

    def _tick(self) -> None:
        self.now += timedelta(minutes=self.draw.randint(1, 40))
        if self.now.hour >= 17:
            day = f"{self.now:%Y-%m-%d}"
            later = [workday for workday in WORKDAYS if workday > day]
            self.now = at(f"{later[0]}T09:05") if later else self.now.replace(hour=9)

    def _order(self) -> None:
        number = f"LZ-20261013-{len(self._all()) + 1:04}"
        order = Order(number, self.draw.choice(list(LEADS)))
        told = {"at": self._moment(), "by": "hotline-center", "type": "accepted"}
        self._record("center", order.with_event(told), self._any_branch())

    def _all(self) -> set[str]:
        return {number for orders in self.orders.values() for number in orders}

    def _event(self) -> None:
        branch = self._any_branch()
        orders = self.orders[self.town.branches[branch]]
        if not orders:
            return
        order = self.draw.choice(list(orders.values()))
        who, event = self._happening(order)
        event = {"at": self._moment(), "by": UNIT_OF[who], **event}
        changed = order.with_event(event)
        if event["type"] == "resealed":
            seal = f"YWdl{self.draw.getrandbits(64):x}"
            changed = replace(changed, seal=seal, sealed_in=self.made)
        self._record(self.draw.choice(self.colleagues[who]), changed, branch, as_member=who)

    def _happening(self, order: Order) -> tuple[str, dict[str, Any]]:
        """Something that may be recorded, and by whom."""
        kinds = [json.loads(row)["type"] for _, row in order.events]
        if "assigned" not in kinds:
            support = [UNIT_OF[SUPPORTS[order.lead]]]
            return "center", {"type": "assigned", "lead": LEADS[order.lead], "support": support,
                              "basis": "clear"}  # fmt: skip
        if "signed" not in kinds:
            return order.lead, {"type": "signed"}
        words = f"第{self.draw.randint(1, 999)}次"
        happenings: list[tuple[str, dict[str, Any]]] = [
            (order.lead, {"type": "progress", "text": words}),
            (order.lead, {"type": "contacted", "method": "phone", "summary": words}),
            (SUPPORTS[order.lead], {"type": "support_opinion", "text": words, "agrees": True}),
            ("center", {"type": "urged", "text": words}),
            ("bureau", {"type": "urged", "text": words}),
            ("center", {"type": "supplemented", "text": words}),
            ("center", {"type": "corrected", "header": True, "field": "location", "value": words,
                        "reason": "录错"}),
            ("center", {"type": "reclassified", "kind": "help", "reason": words}),
            ("center", {"type": "resealed", "to": ["hotline-center", LEADS[order.lead]]}),
            ("bureau", {"type": "supervision_opened", "level": "bureau", "ground": "E191",
                        "due_at": f"{DAY}17:00:00+08:00"}),
        ]  # fmt: skip
        return self.draw.choice(happenings)

    def _moment(self) -> str:
        """Within the last half hour, now and then long ago; never twice the same second."""
        self.second = (self.second + 1) % 60
        back = (
            timedelta(days=5)
            if self.draw.random() < 0.04
            else timedelta(minutes=self.draw.randint(1, 30))
        )
        moment = max(self.now - back, at(f"{DAY}08:00")) + timedelta(seconds=self.second)
        return min(moment, self.now).isoformat()

    def _branch(self) -> None:
        if len(self.town.branches) < 4:
            name = f"b{self.made}"
            self.town.point(name, self.town.branches[self._any_branch()])

    def _merge(self) -> None:
        others = [name for name in self.town.branches if name != "main"]
        if not others:
            return
        if self.draw.random() < 0.3:  # the main line into a branch: criss-cross
            self._take_in(self.draw.choice(others), ["main"])
            return
        taken = self.draw.sample(others, min(len(others), self.draw.choice((1, 1, 2, 3))))
        self._take_in("main", taken)

    def _take_in(self, into: str, branches: list[str]) -> None:
        ours = self.town.branches[into]
        heads = [self.town.branches[name] for name in branches]
        heads = [h for h in dict.fromkeys(heads) if h not in self.town.ancestors(ours)]
        orders = dict(self.orders[ours])
        carried = bool(self.spoil) and self.draw.random() < 0.5
        for head in heads:
            if carried:
                base = self.orders[self.town._base([ours], head)]
                orders = as_git_would(base, orders, self.orders[head])
            else:
                orders = union(orders, self.orders[head])
        if heads:
            texts = self._texts(ours, heads, orders) if self.merge else {}
            self._commit("center", {}, orders, on=into, parents=[ours, *heads], texts=texts)
        for name in branches:
            if name != "main" and self.draw.random() < 0.7:
                del self.town.branches[name]

    def _texts(self, ours: str, heads: list[str], orders: Orders) -> dict[str, bytes]:
        """What :attr:`merge` makes of the orders that several sides changed; an order whose
        seal two sides changed is left to a clerk, who does as :func:`union`."""
        assert self.merge
        texts = {}
        for order in orders.values():
            sides = [side for side in (ours, *heads) if order.path in self.town.trees[side]]
            text, held = self.town.content(order.path, sides[0]), [sides[0]]
            seals = {self.orders[side][order.number].sealed_in for side in sides}
            for side in sides[1:]:
                base = self.town._base(held, side)
                if len(seals) == 1:
                    there = order.path in self.town.trees[base]
                    first = self.town.content(order.path, base) if there else None
                    text = self.merge(first, text, self.town.content(order.path, side))
                held.append(side)
            if len(sides) > 1 and len(seals) == 1:
                texts[order.path] = text
                self.together += 1
        return texts

    def _format(self) -> None:
        """The same order written another way, by whoever."""
        branch = self._any_branch()
        orders = self.orders[self.town.branches[branch]]
        if orders:
            order = self.draw.choice(list(orders.values()))
            style = self.draw.choice(self.styles)
            self._record(self.draw.choice(list(UNIT_OF)), replace(order, style=style), branch)

    def _office(self) -> None:
        """What the center does to the registry, on the main line."""
        self.draw.choice((self._rotate, self._engage, self._move, self._announce))()

    def _rotate(self) -> None:
        if self.keys is None:
            return
        who = self.draw.choice(list(LEADS))
        name = f"{who}-{self.made}"
        day = f"{self.now:%Y-%m-%d}"
        units = self._units()
        for unit in units:
            for member in unit["members"]:
                if member["email"] == email_of(who):
                    new = {"ssh": self.keys.public(name), "from": _date(day)}
                    member["keys"].append(new)
        self._registry(units)
        if len(self.town.branches) == 1:  # nobody is left on a registry without the new key
            self.signers[who] = name

    def _engage(self) -> None:
        who = self.draw.choice(list(LEADS))
        email = f"new{self.made}@{UNIT_OF[who]}.lezhi.example"
        units = self._units()
        next(u for u in units if u["id"] == UNIT_OF[who])["members"].append(
            {"email": email, "keys": []}
        )
        self._registry(units)
        if len(self.town.branches) == 1 and self.keys is None:
            self.colleagues[who].append(email)

    def _move(self) -> None:
        units = self._units()
        unit = next(u for u in units if u["id"] == "traffic-bureau")
        unit["desk"]["phone"] = f"028-2300{self.made:04}"
        self._registry(units, who="bureau")

    def _announce(self) -> None:
        first = rest_of_registry()["registry/policy/2023-06-20.yaml"].decode()
        coming = first.replace("effective: 2023-06-20", "effective: 2027-03-01")
        calendar = 'year: 2027\nnotice: 国办发明电〔2026〕7号\n"off": []\nwork: []\n'
        path, text = self.draw.choice(
            [("registry/policy/2027-03-01.yaml", coming), ("registry/calendar/2027.yaml", calendar)]
        )
        self._commit("center", {path: text}, self.orders[self.town.branches["main"]])

    def _units(self) -> Any:
        return yaml.load(self.town.text(UNITS), Loader=yaml.CSafeLoader)["units"]

    def _registry(self, units: Any, who: str = "center") -> None:
        self._commit(who, {UNITS: units_yaml(units)}, self.orders[self.town.branches["main"]])

    def _any_branch(self) -> str:
        return self.draw.choice(list(self.town.branches))

    # --- commits ---

    def _record(self, who: str, order: Order, on: str, as_member: str | None = None) -> None:
        orders = {**self.orders[self.town.branches[on]], order.number: order}
        self._commit(who, {}, orders, on=on, as_member=as_member)

    def _commit(
        self,
        who: str,
        files: Mapping[str, Content],
        orders: Orders,
        *,
        on: str = "main",
        parents: list[str] | None = None,
        time: datetime | None = None,
        as_member: str | None = None,
        texts: Mapping[str, bytes] | None = None,
    ) -> None:
        parents = parents or ([self.town.branches[on]] if on in self.town.branches else [])
        if self.made in self.spoil:
            orders = self._spoiled(orders)
        tree = self._registry_of(parents)
        written = {order.path: order.text() for order in orders.values()}
        moment = f"{time or self.now:%Y-%m-%dT%H:%M}"
        name = self.town.commit(
            {**written, **(texts or {}), **files}, by=who, at=moment, on=on, parents=parents, tree=tree,
            sign=self.signers[as_member or who] if self.keys else None, message=f"{self.made}",
        )  # fmt: skip
        self.orders[name] = orders
        if files:
            self.offices.append(name)
        self.made += 1

    def _registry_of(self, parents: list[str]) -> Tree:
        """Only the main line changes the registry: whoever has its youngest change is newest."""
        newest = max(parents, default=None, key=self._age)
        tree = self.town.trees[newest] if newest else {}
        return {path: entry for path, entry in tree.items() if path.startswith("registry/")}

    def _age(self, commit: str) -> int:
        held = self.town.ancestors(commit)
        return max(n for n, name in enumerate(self.offices) if name in held)

    def _spoiled(self, orders: Orders) -> Orders:
        full = [order for order in orders.values() if order.events]
        if not full:
            return orders
        order = self.draw.choice(full)
        gone = self.draw.choice(order.events)
        kept = tuple(event for event in order.events if event != gone)
        return {**orders, order.number: replace(order, events=kept)}


def _date(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


# --- what a loss amounts to ----------------------------------------------------------------


def must_be_told(county: County) -> set[tuple[str, str]]:
    """Commit and order, where a commit lacks an event that a parent has, and no other parent
    can have lost it before."""
    return {
        (commit, number)
        for commit, number, event, parents in _losses(county)
        if not any(_had(county, parent, number, event) for parent in parents)
    }


def accounted_for(county: County, told: set[tuple[str, str]]) -> bool:
    """Whether each loss is told where it happened or, where it was taken over, before."""
    return all(
        any((before, number) in told for before in county.town.ancestors(commit))
        for commit, number in may_be_told(county)
    )


def may_be_told(county: County) -> set[tuple[str, str]]:
    return {(commit, number) for commit, number, _, _ in _losses(county)}


def _losses(county: County) -> list[tuple[str, str, Any, list[str]]]:
    """Commit, order, event, and the parents that lack the event as well."""
    rows = []
    for commit, orders in county.orders.items():
        parents = county.town.parents[commit]
        for parent in parents:
            for number, before in county.orders[parent].items():
                after = orders[number].events if number in orders else ()
                for event in before.events:
                    if event not in after:
                        lacking = [p for p in parents if not _has(county, p, number, event)]
                        rows.append((commit, number, event, lacking))
    return rows


def _has(county: County, commit: str, number: str, event: Any) -> bool:
    orders = county.orders[commit]
    return number in orders and event in orders[number].events


def _had(county: County, commit: str, number: str, event: Any) -> bool:
    return any(_has(county, each, number, event) for each in county.town.ancestors(commit))
