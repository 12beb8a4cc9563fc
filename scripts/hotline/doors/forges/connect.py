"""A forge of a name, with what the environment says of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping

from hotline.doors.fault import Unavailable
from hotline.doors.forges.dialect import Dialect
from hotline.doors.forges.gitea import Gitea
from hotline.doors.forges.github import GitHub
from hotline.doors.forges.issues import Issues
from hotline.doors.forges.patience import Clock, Patient, SystemClock
from hotline.doors.forges.pulls import Pulls
from hotline.doors.forges.sticky import Sticky
from hotline.doors.forges.tracker import Tracker
from hotline.doors.forges.wire import Https, Place, Wire, place_of
from hotline.escalation.found import Judge
from hotline.escalation.marker import secrets_of

DIALECTS: dict[str, type[Dialect]] = {"github": GitHub, "gitea": Gitea}


def connect(
    name: str,
    environment: Mapping[str, str] | None = None,
    *,
    wire: Wire | None = None,
    clock: Clock | None = None,
) -> Issues:
    """The issues of the repository that the environment names. ``wire`` and ``clock`` stand in
    for the network and for the time that passes while waiting."""
    told = os.environ if environment is None else environment
    place, dialect, patient = _patient(name, told, wire, clock)
    judge = Judge(place.repository, secrets_of(told.get("HOTLINE_MARKER_KEY", "")))
    return Issues(dialect, patient, judge, lambda: secrets.token_hex(4))


def sticky(
    name: str,
    environment: Mapping[str, str] | None = None,
    *,
    wire: Wire | None = None,
    clock: Clock | None = None,
) -> Sticky:
    """The comment on a pull request of the repository that the environment names."""
    told = os.environ if environment is None else environment
    place, dialect, patient = _patient(name, told, wire, clock)
    keys = secrets_of(told.get("HOTLINE_MARKER_KEY", ""))
    return Sticky(Tracker(dialect, patient), place.repository, keys)


def pulls(
    name: str,
    environment: Mapping[str, str] | None = None,
    *,
    wire: Wire | None = None,
    clock: Clock | None = None,
) -> Pulls:
    """The pull requests of the repository that the environment names."""
    told = os.environ if environment is None else environment
    place, dialect, patient = _patient(name, told, wire, clock)
    return Pulls(dialect, patient, place.repository)


def _patient(
    name: str, environment: Mapping[str, str], wire: Wire | None, clock: Clock | None
) -> tuple[Place, Dialect, Patient]:
    place = place_of(environment)
    dialect = DIALECTS[name](place.repository)
    if name == "github" and place.api.endswith("/api/v1"):
        raise Unavailable("GITHUB_API_URL 是 Gitea 的地址（以 /api/v1 结尾），请用 --forge gitea")
    wire = wire or Https(place, dialect.headers(place.token))
    return place, dialect, Patient(wire, clock or SystemClock(), paced=place.has_limits)
