"""Real HTTP, and httpx without a socket."""

from __future__ import annotations

import httpx
import pytest

from tests.forges.asking import REPO, opened, scheduled
from tests.forges.descriptions import NotInDescription
from tests.forges.served import served, transport
from tests.forges.standin import StandIn


def test_real_http_round_trip(forge: StandIn) -> None:
    opened(forge, 60)
    seen: list[int] = []
    headers = {"Authorization": "Bearer bot-token"}
    with served(forge, before_answer=seen.append) as url, httpx.Client(headers=headers) as client:
        row = client.post(f"{url}{REPO}/issues", json={"title": "经由网络"}).json()
        assert row["number"] == 61
        size = "per_page" if forge.dialect == "github" else "limit"
        first = client.get(f"{url}{REPO}/issues", params={"state": "all", size: "50"})
        second = client.get(first.links["next"]["url"])
        found = [row["number"] for row in (*first.json(), *second.json())]
        assert found == list(range(61, 0, -1))
    assert seen == [0, 1, 2]


def test_a_cut_is_a_cut_over_http_and_in_process(forge: StandIn) -> None:
    headers = {"Authorization": "Bearer bot-token"}
    for real in (True, False):
        standin = scheduled(forge.dialect, "cut-after")
        with served(standin) as url:
            door = None if real else transport(standin)
            with httpx.Client(transport=door, headers=headers) as client:
                with pytest.raises(httpx.RemoteProtocolError):
                    client.post(f"{url}{REPO}/issues", json={"title": "x"})
                assert len(client.get(f"{url}{REPO}/issues").json()) == 1


def test_an_ill_formed_request_is_raised_where_the_test_sees_it(forge: StandIn) -> None:
    with pytest.raises(NotInDescription), served(forge) as url:
        assert httpx.get(f"{url}{REPO}/issues?nonsense=1").status_code == 599
