"""Who can really open what: every key of every unit is tried on every age text that lies in any
git object, in any file of the repository, and in the key store."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.doors.crashing import ended
from tests.sealing.county import (
    ACCEPTED,
    CENTER,
    HOUSING,
    ID,
    NOW,
    PATH,
    PERSON,
    POLICE,
    TIANCHI,
    UNITS,
    County,
    all_that_opens,
    key_of,
)
from tests.support import at

OTHERS = (HOUSING, TIANCHI, POLICE)
BEGIN = at("2026-10-13T10:00")


class Tale:
    """An order on its way; ``lead`` and ``support`` are kept by a second hand."""

    def __init__(
        self, county: County, *, kind: str, confidential: bool, against: frozenset[str]
    ) -> None:
        self.county, self.against, self.confidential = county, against, confidential
        self.kind = kind
        self.now, self.lead, self.support = BEGIN, "", ()
        self.old_keys: list[Path] = []
        self.stale: set[str] = set()
        """Units whose key is newer than the wraps."""
        self.is_fresh = True
        """Whether who may read changed since the seal was made anew."""
        text = ACCEPTED.replace("kind: complaint", f"kind: {kind}")
        text = text.replace("confidential: false", f"confidential: {str(confidential).lower()}")
        if against:
            text = text.replace("events:", f"against: [{', '.join(sorted(against))}]\nevents:")
        county.put(text)
        self.seal()

    @property
    def has_demand(self) -> bool:
        return self.kind == "report" or self.confidential

    def tick(self) -> str:
        self.now += timedelta(minutes=1)
        return self.now.isoformat()

    def table(self, part: str) -> set[str]:
        """The contract: person: centre and handling units, centre alone where confidential;
        demand: centre and handling units; never a unit that the order is against."""
        handling = {self.lead, *self.support} - {""}
        allowed = {CENTER} if part == "person" and self.confidential else {CENTER, *handling}
        return allowed - self.against

    # --- what happens ---------------------------------------------------------------------

    def add(self, by: str, *words: str) -> None:
        now = self.tick()
        done = self.county.run("add", ID, *words, "--at", now, "--by", by, now=now)
        if done.code and "X030" in done.all:  # an order that goes wrong is made by hand
            lead, support = words[1].partition("=")[2], words[2].partition("=")[2]
            with (self.county.root / PATH).open("a", encoding="utf-8") as file:
                file.write(
                    f"  - {{at: '{now}', by: {by}, type: assigned, lead: {lead}, "
                    f"support: [{support.replace('，', ', ')}], basis: clear}}\n"
                )
        else:
            assert done.code == 0, done

    def assign(self, lead: str, support: tuple[str, ...]) -> None:
        if self.lead:
            self.give_back()
        others = tuple(unit for unit in dict.fromkeys(support) if unit != lead)
        self.add(CENTER, "assigned", f"lead={lead}", f"support={','.join(others)}", "basis=clear")
        self.lead, self.support, self.is_fresh = lead, others, False

    def give_back(self) -> None:
        if not self.lead:
            return
        self.add(
            self.lead,
            "return_requested",
            "reason=不属",
            "legal_basis=职责",
            f"suggested_unit={CENTER}",
        )
        self.add(CENTER, "return_decided", "approved=true", "opinion=同意")
        self.lead, self.support, self.is_fresh = "", (), False

    def seal(self) -> None:
        # With the centre's key, which alone can take a former unit what was sealed before.
        key = ("--identity", str(self.county.key(CENTER)))
        self.county.seal(None, *key, now=self.tick())
        if self.has_demand:
            self.county.well(
                "seal", ID, "--part", "demand", *key, given="反映夜间施工。", now=self.tick()
            )
        self.is_fresh = self.is_fresh and not self.lead

    def reseal(self) -> None:
        self.county.well("reseal", ID, "--identity", str(self.county.key(CENTER)), now=self.tick())
        self.is_fresh = True
        self.stale.clear()

    def rotate(self, unit: str) -> None:
        county = self.county
        old = county.keys / f"{unit}-{len(self.old_keys)}.old"
        county.key(unit).rename(old)
        county.well("keys", "new", unit, "--out", str(county.key(unit)), now=self.tick())
        centre = old if unit == CENTER else county.key(CENTER)
        done = county.run("keys", "rotate", "--identity", str(centre), now=self.tick())
        assert done.code == 0, done
        self.old_keys.append(old)

    def commit(self) -> None:
        self.county.commit(self.tick())

    # --- the law --------------------------------------------------------------------------

    def opened_by(self, key: Path, texts: set[str] | None = None) -> set[str]:
        """The parts that a key opens, in whatever copy; ``secret`` is that of fingerprints."""
        found = all_that_opens(texts or self.county.armored(), key_of(key))
        plain = [text for text in found if not text.startswith(b"AGE-SECRET-KEY-")]
        return {json.loads(t)["part"] if t.startswith(b"{") else "secret" for t in plain}

    def check(self) -> None:
        parts = ("person", "demand") if self.has_demand else ("person",)
        texts = set(self.county.armored())
        for unit in UNITS:
            opens = self.opened_by(self.county.key(unit), texts)
            assert ("secret" in opens) == (unit == CENTER), unit
            for part in parts:
                allowed = unit in self.table(part)
                if self.is_fresh:
                    assert (part in opens) == allowed, (unit, part, opens)
                assert part not in opens or unit not in self.against, (unit, part)
                confidential = part == "person" and self.confidential
                assert part not in opens or not confidential or unit == CENTER, (unit, part)
        for old in self.old_keys:
            assert self.opened_by(old, texts) == set(), old.name


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("assign"), st.sampled_from(OTHERS), st.lists(st.sampled_from(OTHERS), max_size=2)),
        st.tuples(st.just("assign"), st.sampled_from(OTHERS), st.lists(st.sampled_from(OTHERS), max_size=2)),
        st.tuples(st.just("give_back")),
        st.tuples(st.just("seal")),
        st.tuples(st.just("reseal")),
        st.tuples(st.just("reseal")),
        st.tuples(st.just("rotate"), st.sampled_from(UNITS)),
        st.tuples(st.just("commit")),
    ),
    min_size=3, max_size=9,
)  # fmt: skip
KINDS = st.sampled_from(["complaint", "report"])
AGAINST = st.frozensets(st.sampled_from(OTHERS), max_size=2)


def told(
    begun: Path, kind: str, confidential: bool, against: frozenset[str], steps: list[tuple]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(begun, folder, dirs_exist_ok=True)
        tale = Tale(County(Path(folder)), kind=kind, confidential=confidential, against=against)
        tale.check()
        for name, *words in steps:
            getattr(tale, name)(*(tuple(w) if isinstance(w, list) else w for w in words))
        tale.check()
        tale.commit()
        tale.reseal()
        tale.check()
    os.environ["HOTLINE_KEYS"] = ""


def law(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, database=None, derandomize=True,
        suppress_health_check=[*HealthCheck],
    )  # fmt: skip


@law(6)
@given(kind=KINDS, confidential=st.booleans(), against=AGAINST, steps=STEPS)
def test_exactly_those_of_the_table_can_read(
    _begun: Path, kind: str, confidential: bool, against: frozenset[str], steps: list[tuple]
) -> None:
    told(_begun, kind, confidential, against, steps)


@pytest.mark.slow
@law(250)
@given(kind=KINDS, confidential=st.booleans(), against=AGAINST, steps=STEPS)
def test_exactly_those_of_the_table_can_read_in_many_tales(
    _begun: Path, kind: str, confidential: bool, against: frozenset[str], steps: list[tuple]
) -> None:
    told(_begun, kind, confidential, against, steps)


def test_the_search_finds_what_somebody_can_open(county: County) -> None:
    """A control: whoever handled the order opens the old commit until it is sealed anew."""
    tale = Tale(county, kind="complaint", confidential=False, against=frozenset())
    tale.assign(HOUSING, (TIANCHI,))
    tale.reseal()
    tale.commit()
    tale.give_back()
    tale.assign(POLICE, ())
    assert tale.opened_by(county.key(HOUSING)) == {"person"}
    assert tale.opened_by(county.key(POLICE)) == set()
    tale.reseal()
    tale.check()
    assert tale.opened_by(county.key(HOUSING)) == set()


def test_a_centre_that_the_order_is_against_opens_nothing(county: County) -> None:
    county.put(ACCEPTED.replace("events:", f"against: [{CENTER}]\nevents:"))
    done = county.run("seal", ID, given=json.dumps(PERSON))
    assert done.code == 2 and "没有可以看的单位" in done.err
    text = (county.root / PATH).read_text("utf-8")
    county.put(
        f"{text}  - {{at: 2026-10-13T09:50:00+08:00, by: {CENTER}, type: assigned, lead: {HOUSING}, support: [], basis: clear}}\n"
    )
    county.seal()
    assert [county.opens(unit) for unit in UNITS] == [False, True, False, False]


def test_a_rotation_gives_nobody_more(county: County) -> None:
    """Assigned, not resealed yet: the new unit reads only after that."""
    tale = Tale(county, kind="report", confidential=False, against=frozenset({TIANCHI}))
    tale.assign(HOUSING, (POLICE,))
    tale.rotate(POLICE)
    assert not any(tale.opened_by(county.key(unit)) for unit in (HOUSING, POLICE, TIANCHI))
    tale.reseal()
    tale.check()


def test_who_assigns_an_order_to_himself_is_given_no_key(county: County) -> None:
    tale = Tale(county, kind="complaint", confidential=False, against=frozenset())
    tale.assign(HOUSING, ())
    tale.reseal()
    with (county.root / PATH).open("a", encoding="utf-8") as file:
        file.write(
            f"  - {{at: '{tale.tick()}', by: {POLICE}, type: assigned, lead: {POLICE}, support: [], "
            "basis: clear}\n"
        )
    assert "W002" in county.run("check", now=tale.tick()).out
    county.run("reseal", ID, "--identity", str(county.key(CENTER)), now=tale.tick())
    assert not county.opens(POLICE)


CORRECTED = (
    "  - {{at: '{}', by: hotline-center, type: corrected, header: true, "
    "field: petitioner.confidential, value: true, reason: 漏记}}\n"
)


def test_that_somebody_asked_for_secrecy_can_be_recorded_later(county: County) -> None:
    tale = Tale(county, kind="complaint", confidential=False, against=frozenset())
    tale.assign(HOUSING, ())
    tale.reseal()
    now = tale.tick()
    county.add("corrected", "header=true", "field=petitioner.confidential", "value=true", "reason=漏记",
               at=now, by=CENTER, now=now)  # fmt: skip


def test_confidential_by_a_correction(county: County) -> None:
    """Found out later that the petitioner asked for secrecy: those who knew read no more."""
    tale = Tale(county, kind="complaint", confidential=False, against=frozenset())
    tale.assign(HOUSING, ())
    tale.reseal()
    tale.commit()
    assert "person" in tale.opened_by(county.key(HOUSING))
    with (county.root / PATH).open("a", encoding="utf-8") as file:
        file.write(CORRECTED.format(tale.tick()))
    county.well("seal", ID, "--part", "demand", given="反映夜间施工。", now=tale.tick())
    tale.reseal()
    tale.confidential = True
    assert tale.opened_by(county.key(HOUSING)) == {"demand"}
    assert tale.opened_by(county.key(CENTER)) == {"person", "demand", "secret"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_what_a_killed_command_left_in_the_store_opens_nothing_later(
    county: County, tmp_path: Path
) -> None:
    tale = Tale(county, kind="complaint", confidential=False, against=frozenset())
    tale.assign(HOUSING, ())
    tale.commit()
    import_module("hotline.cli.verbs.reseal")
    words = ["reseal", ID, "--identity", str(county.key(CENTER)), "--repo", str(county.root),
             "--now", tale.tick()]  # fmt: skip
    begin = tmp_path / "begin"
    shutil.copytree(county.folder, begin)
    calls = [call for call in ended(tmp_path, words).calls if call.name != "print"]
    for number, call in enumerate(calls):
        if not (call.name in ("replace", "rename") and "store" in call.path):
            continue
        shutil.rmtree(county.folder)
        shutil.copytree(begin, county.folder)
        ended(tmp_path, words, number, "kill")
        county.well(*words[:4], now=tale.tick())
        now = tale.now
        tale.give_back()
        tale.assign(POLICE, ())
        tale.reseal()
        assert tale.opened_by(county.key(HOUSING)) == set(), call
        tale.now, tale.lead = now, HOUSING


def test_a_killed_reseal_is_taken_up_again(county: County, tmp_path: Path) -> None:
    """At every call: what was sealed can be read by the centre, and again gives the table."""
    tale = Tale(county, kind="complaint", confidential=False, against=frozenset())
    tale.assign(HOUSING, ())
    tale.reseal()
    tale.give_back()
    tale.assign(POLICE, ())
    tale.commit()
    import_module("hotline.cli.verbs.reseal")
    words = ["reseal", ID, "--identity", str(county.key(CENTER)), "--repo", str(county.root),
             "--now", tale.tick()]  # fmt: skip
    begin = tmp_path / "begin"
    shutil.copytree(county.folder, begin)
    count = sum(call.name != "print" for call in ended(tmp_path, words).calls)
    assert count > 10
    for number in range(0, count, 9):
        for how in ("kill", "ENOSPC"):
            shutil.rmtree(county.folder)
            shutil.copytree(begin, county.folder)
            crashed = ended(tmp_path, words, number, how)
            assert "Traceback" not in crashed.err and "程序出错" not in crashed.err, (
                number,
                crashed,
            )
            assert county.opens(CENTER), (number, how)
            county.well(*words[:4], now=words[-1])
            assert not county.opens(HOUSING) and county.opens(POLICE), (number, how)
    assert words[-1] < NOW
