"""Commits: in the order of time, each by a member of the acting unit, nothing too early."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from hotline.demo import hands
from hotline.demo.told import Told
from tests.demo.plans import orders, plan
from tests.support import shipped_rules, strict

PLAN = plan(120)


def test_history_tells_the_orders_event_by_event() -> None:
    units = shipped_rules().registry.units
    seen: dict[str, list[object]] = {}
    latest = datetime.min.replace(tzinfo=PLAN.calendar.zone)
    for commit in hands.commits(PLAN, iter(orders(120))):
        assert latest <= commit.at <= PLAN.local_now
        latest = commit.at
        for path, content in commit.files:
            events = strict(content.decode())["events"]
            before = seen.get(path, [])
            assert events[: len(before)] == before, "nothing is rewritten"
            for event in events[len(before) :]:
                assert commit.email in units[event["by"]].members
                assert commit.name == units[event["by"]].label
                waited = commit.at - datetime.fromisoformat(event["at"])
                assert timedelta() <= waited <= timedelta(hours=9)
            seen[path] = events
    assert seen == {order.path: list(order.events) for order in orders(120)}


def test_the_desk_s_orders_are_closed_and_archived_together() -> None:
    messages = [commit.message for commit in hands.commits(PLAN, iter(orders(120)))]
    assert any(message.startswith("归档 ") for message in messages)
    assert any(message.startswith("办结 ") for message in messages)


def test_the_repository_is_set_up_before_the_first_order() -> None:
    first, second = hands.opening(PLAN, [("registry/units.yaml", b"")], [("README.md", b"")])
    assert first.at < second.at
    assert second.at.date() < PLAN.start
    assert first.email in PLAN.center.members


def test_only_what_is_under_way_is_held() -> None:
    """The stream is read no further than the commit asks."""
    read: list[Told] = []

    def orders_read() -> Iterator[Told]:
        for order in orders(120):
            read.append(order)
            yield order

    stream = hands.commits(PLAN, orders_read())
    for _ in range(50):
        next(stream)
    assert len(read) < 40
