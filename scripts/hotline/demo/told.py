"""Whole orders, one after another: the head, the story up to now, and its text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from random import Random
from typing import Any

from hotline.demo.arrivals import Arrival, arrivals
from hotline.demo.chains import Chain, Chains
from hotline.demo.draw import Deck, chance
from hotline.demo.order import Order, Orders
from hotline.demo.phases import Phase
from hotline.demo.plan import Plan
from hotline.demo.plots import KINDS_OF, PLOTS, SHARES
from hotline.demo.story import Story
from hotline.procedure.timeline import timeline
from hotline.reading.cases import case_of
from hotline.writing.yaml_text import case_text, event_lines

_HASTE = (1.0, 0.5, 0.15)
_NONE = "events: []\n"


@dataclass(frozen=True, slots=True)
class Told:
    """An order with what has happened. ``text`` is its file with the first events only."""

    path: str
    id: str
    title: str
    """What a commit message may say: empty where the demand is sealed."""
    dispatched_at: datetime
    state: str
    head: str
    events: tuple[dict[str, Any], ...]
    items: tuple[str, ...]

    def text(self, count: int | None = None) -> bytes:
        """The file with its first ``count`` events, or all."""
        items = self.items[:count]
        return "".join([self.head, "events:\n", *items] if items else [self.head, _NONE]).encode()


def told(plan: Plan) -> Iterator[Told]:
    """Every order, in the order of dispatch."""
    teller = _Teller(plan)
    for number, arrival in enumerate(arrivals(plan)):
        yield teller.tell(number, arrival)


class _Teller:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.orders = Orders(plan)
        self.plots = Deck(plan.seed, "plot", SHARES)
        self.chains = Chains()

    def tell(self, number: int, arrival: Arrival) -> Told:
        random = Random(f"{self.plan.seed}/{number}")
        plot = arrival.phase.plot if arrival.phase else self.plots.card(number)
        kind = arrival.kind or self.orders.kinds.card(number)
        if kind not in KINDS_OF.get(plot, (kind,)):
            plot = "plain"
        chain = self.chains.take(arrival.at) if plot == "repeated" else None
        if plot == "repeated":
            plot = _plot_of(chain)
        order = self.orders.order(number, arrival, plot, chain, random)
        self._remember(order, chain, random)
        events = self._events(order, arrival, plot, random)
        return self._written(order, events)

    def _remember(self, order: Order, chain: Chain | None, random: Random) -> None:
        """One complaint in four may come back, of the same person or of another."""
        if chain is not None:
            self.chains.resume(chain, order.id, order.dispatched_at)
        elif order.may_come_back and chance(random, 0.25):
            at, by = order.dispatched_at, sha256(f"{self.plan.seed}/{order.id}".encode())
            person = by.hexdigest()[:32] if chance(random, 0.5) else ""
            self.chains.begin(
                Chain((order.id,), at, order.matter, order.place, order.slots, person)
            )

    def _events(
        self, order: Order, arrival: Arrival, plot: str, random: Random
    ) -> list[dict[str, Any]]:
        """What has happened up to now. An order whose story is at its end is told again in
        more haste where it would not be by now."""
        now = self.plan.local_now
        for haste in _HASTE:
            story = Story(order, self.plan, random, haste)
            PLOTS[plot](story)
            if arrival.phase is not None:
                return _cut(story.events, now, arrival.phase)
            ends = [e["at"] for e in story.events if e["type"] in ("closed", "returned_upstream")]
            if ends and ends[-1] <= now:
                break
            if plot not in ("upstream", "repeated", "terminated"):
                plot = "plain"
        return [event for event in story.events if event["at"] <= now]

    def _written(self, order: Order, events: list[dict[str, Any]]) -> Told:
        handling: list[str] = []
        for event in events:
            event["at"] = event["at"].isoformat()
            if event["type"] == "assigned":
                handling = [event["lead"], *event["support"]]
        head = order.head(self.plan.center.id, handling)
        case = case_of(order.path, {**head, "events": events})
        return Told(
            path=order.path,
            id=order.id,
            title="" if order.is_sealed else order.title,
            dispatched_at=order.dispatched_at,
            state=timeline(case).state,
            head=case_text(head).removesuffix(_NONE),
            events=tuple(events),
            items=tuple("\n".join([*event_lines(event, 2), ""]) for event in events),
        )


def _plot_of(chain: Chain | None) -> str:
    if chain is None:
        return "plain"
    return "terminated" if chain.fingerprint and len(chain.cases) >= 2 else "repeated"


def _cut(events: list[dict[str, Any]], now: datetime, phase: Phase) -> list[dict[str, Any]]:
    """The story up to now, and before what has not happened in this phase."""
    kept = []
    armed = not phase.after
    for event in events:
        if event["at"] > now or (armed and event["type"] in phase.stop):
            break
        armed = armed or event["type"] == phase.after
        kept.append(event)
    return kept
