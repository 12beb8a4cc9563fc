"""The head of an order: what came in, from where, about what, by whom."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple

from hotline.demo.arrivals import Arrival
from hotline.demo.chains import Chain
from hotline.demo.draw import Deck, chance, pick
from hotline.demo.matter import HERE, Matter
from hotline.demo.matters import ELSEWHERE, MATTERS, URGENT
from hotline.demo.places import PLACES, Place
from hotline.demo.plan import Plan
from hotline.demo.seals import placeholder

_OUT_OF_SEASON = 0.06
_KINDS = {"consultation": 50, "help": 60, "suggestion": 10, "complaint": 72, "report": 8}
_CHANNELS = {
    "city_12345": 124, "city_web": 30, "people_daily": 8, "secretary_mailbox": 6,
    "mayor_mailbox": 10, "province_12345": 11, "province_direct": 6, "gov_cn": 3,
    "national_platform": 2,
}  # fmt: skip
_PREFIXES = {
    "city_12345": "ZY", "city_web": "WL", "people_daily": "RMW", "secretary_mailbox": "SJ",
    "mayor_mailbox": "XZ", "province_12345": "SC", "province_direct": "TF", "gov_cn": "GW",
    "national_platform": "GJ",
}  # fmt: skip
_PLATFORMS = ("资阳网", "资阳市民云", "九曲河门户网", "问政四川", "麻辣社区")
_MANNERS = {"confidential": 11, "anonymous": 22, "known": 367}
_URGENCIES = {"special": 16, "emergency": 3, "normal": 381}
_VERBS = {
    "consultation": "咨询",
    "help": "求助",
    "suggestion": "提出建议",
    "complaint": "投诉",
    "report": "举报",
}


@dataclass(frozen=True, slots=True)
class Order:
    """An order as dispatched. ``slots`` fills the texts of its matter."""

    id: str
    channel: str
    upstream_id: str
    dispatched_at: datetime
    kind: str
    urgency: str
    matter: Matter
    place: Place
    slots: dict[str, str]
    lead: str
    support: tuple[str, ...]
    against: tuple[str, ...]
    location: str
    platform: str = ""
    origin: str = ""
    confidential: bool = False
    anonymous: bool = False
    fingerprint: str = ""
    earlier: tuple[str, ...] = ()
    """Earlier orders of the same matter, oldest first."""

    @property
    def path(self) -> str:
        day = self.dispatched_at
        return f"cases/{day.year:04d}/{day.month:02d}/{self.id}.yaml"

    @property
    def title(self) -> str:
        return self.matter.title.format_map(self.slots)

    @property
    def is_sealed(self) -> bool:
        """Reports and confidential orders keep their demand out of sight (arts. 8, 16)."""
        return self.confidential or self.kind == "report"

    @property
    def is_reachable(self) -> bool:
        """Whether the lead may and can talk to the petitioner (art. 7 (2))."""
        return not (self.confidential or self.anonymous)

    @property
    def may_come_back(self) -> bool:
        """A complaint of the county, by somebody who can be told from others."""
        ordinary = self.kind == "complaint" and self.urgency == "normal"
        return ordinary and self.is_reachable and bool(self.place.unit)

    def head(self, center: str, handling: Iterable[str]) -> dict[str, Any]:
        """The header as written; ``handling`` are the units that the order was given to."""
        head: dict[str, Any] = {"id": self.id, "channel": self.channel}
        if self.platform:
            head["platform"] = self.platform
        if self.origin:
            head["origin"] = self.origin
        head |= {
            "upstream_id": self.upstream_id,
            "dispatched_at": self.dispatched_at.isoformat(),
            "kind": self.kind,
            "urgency": self.urgency,
            "category": self.matter.category,
            "title": self.title,
        }
        if not self.is_sealed:
            head["demand"] = self._demand()
        head["location"] = self.location
        petitioner: dict[str, Any] = {
            "confidential": self.confidential,
            "anonymous": self.anonymous,
        }
        if self.fingerprint:
            petitioner["fingerprint"] = self.fingerprint
        head["petitioner"] = petitioner
        if self.is_sealed:
            readers = [center, *(u for u in handling if u not in self.against and u != center)]
            head["sealed"] = {}
            if not self.anonymous:
                person = [center] if self.confidential else readers
                head["sealed"]["person"] = placeholder(self.id, "person", person)
            head["sealed"]["demand"] = placeholder(self.id, "demand", readers)
        if self.against:
            head["against"] = list(self.against)
        return head

    def _demand(self) -> str:
        who = "匿名诉求人" if self.anonymous else "{petitioner.name}"
        how = "来电" if self.channel.endswith("12345") else "留言"
        verb = _VERBS[self.kind]
        problem = self.matter.problem.format_map(self.slots)
        return f"{who}{how}{verb}：{problem}，{self.matter.wish.format_map(self.slots)}。\n"


class _Choice(NamedTuple):
    """Among which matters one is drawn. ``group`` is a kind, or an urgency but normal."""

    group: str
    slow: bool
    national: bool
    month: int


def _group(matter: Matter) -> str:
    return matter.kind if matter.urgency == "normal" else matter.urgency


def _weight(matter: Matter, month: int) -> float:
    in_season = not matter.months or month in matter.months
    return matter.weight * (1 if in_season else _OUT_OF_SEASON)


class Orders:
    """Makes heads, one after another, in the order of time."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.kinds = Deck(plan.seed, "kind", _KINDS)
        self.channels = Deck(plan.seed, "channel", _CHANNELS)
        self.manners = Deck(plan.seed, "manner", _MANNERS)
        self.urgencies = Deck(plan.seed, "urgency", _URGENCIES)
        self._today: Counter[str] = Counter()
        self._choices: dict[_Choice, tuple[list[Matter], list[float]]] = {}

    def order(
        self, number: int, arrival: Arrival, plot: str, chain: Chain | None, random: Random
    ) -> Order:
        """The head of order ``number``; ``chain`` is the matter that it repeats."""
        channel, urgency = self.channels.card(number), self.urgencies.card(number)
        manner = self.manners.card(number)
        kind = arrival.kind or self.kinds.card(number)
        if arrival.phase is not None:
            urgency = arrival.phase.urgency
        elif plot != "plain":
            urgency = "normal"
        if urgency != "normal":
            channel = "city_12345"
        if urgency != "normal" or chain or plot != "plain":
            manner = "known"
        if plot == "upstream" and channel == "national_platform":
            channel = "city_12345"  # the national platform takes nothing back (note 7)
        if chain is not None:
            matter, place, slots = chain.matter, chain.place, chain.slots
        else:
            matter = self._matter(kind, urgency, plot, arrival.at.month, channel, random)
            place = pick(random, PLACES[matter.place])
            slots = self._slots(matter, place, random)
        return Order(
            id=self._id(arrival.at),
            channel=channel,
            upstream_id=self._upstream_id(channel, arrival.at),
            dispatched_at=arrival.at,
            kind=matter.kind,
            urgency=matter.urgency,
            matter=matter,
            place=place,
            slots=slots,
            lead=_unit(matter.lead, place),
            support=tuple(_unit(unit, place) for unit in matter.support),
            against=tuple(_unit(unit, place) for unit in matter.against),
            location=self._location(place),
            platform=pick(random, _PLATFORMS) if channel == "city_web" else "",
            origin="中国政府网" if channel == "province_12345" and chance(random, 0.2) else "",
            confidential=manner == "confidential",
            anonymous=manner == "anonymous",
            fingerprint=chain.fingerprint if chain else "",
            earlier=chain.cases if chain else (),
        )

    # --- numbers ------------------------------------------------------------------------

    def _id(self, at: datetime) -> str:
        day = f"{at:%Y%m%d}"
        if day not in self._today:
            self._today.clear()
        self._today[day] += 1
        return f"LZ-{day}-{self._today[day]:04d}"

    def _upstream_id(self, channel: str, at: datetime) -> str:
        """The city numbers all its counties, so the numbers of one county have gaps."""
        day = f"{at:%Y%m%d}"
        number = self._today[day]
        gap = sha256(f"{day}{number}".encode()).digest()[0] % 9
        return f"{_PREFIXES[channel]}{day}{number * 9 + gap:05d}"

    # --- what it is about ---------------------------------------------------------------

    def _matter(
        self, kind: str, urgency: str, plot: str, month: int, channel: str, random: Random
    ) -> Matter:
        if plot == "upstream":
            return pick(random, ELSEWHERE)
        key = _Choice(
            kind if urgency == "normal" else urgency,
            plot == "interim",
            channel == "national_platform",
            month,
        )
        if key not in self._choices:
            self._choices[key] = self._weighed(key)
        matters, weights = self._choices[key]
        return matters[bisect(weights, random.random() * weights[-1])]

    def _weighed(self, choice: _Choice) -> tuple[list[Matter], list[float]]:
        """The matters of a choice, with their weights of the month summed up."""
        found = [matter for matter in (*MATTERS, *URGENT) if _group(matter) == choice.group]
        if choice.slow:
            found = [matter for matter in found if matter.slow]
        if choice.national:
            found = [matter for matter in found if self._may_sign(matter)]
        return found, list(accumulate(_weight(matter, choice.month) for matter in found))

    def _may_sign(self, matter: Matter) -> bool:
        """Whether every unit of it may sign a letter of the national platform."""
        units = (unit for unit in (matter.lead, *matter.support) if unit != HERE)
        return all(self.plan.registry.units[unit].administrative for unit in units)

    def _slots(self, matter: Matter, place: Place, random: Random) -> dict[str, str]:
        unit = self.plan.registry.units.get(place.unit)
        slots = {"place": place.name, "town": unit.label if unit else place.name}
        for name, choices in matter.details.items():
            slots[name] = pick(random, choices)
        return slots

    def _location(self, place: Place) -> str:
        unit = self.plan.registry.units.get(place.unit)
        town = unit.label if unit else ""
        return place.name if place.name.startswith(town) else f"{town}{place.name}"


def _unit(name: str, place: Place) -> str:
    return place.unit if name == HERE else name
