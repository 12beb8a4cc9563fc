"""Both dialects for the stand-in's own tests."""

from __future__ import annotations

import pytest

from tests.forges.asking import BOTH, made
from tests.forges.standin import StandIn


@pytest.fixture(params=BOTH)
def forge(request: pytest.FixtureRequest) -> StandIn:
    return made(request.param)
