"""What verbs print about the repository's own orders, whole. Renewed by ``pytest --renew``."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable

import pytest

from tests.support import ROOT

Run = Callable[..., tuple[int, str, str]]
NOW = ("--now", "2026-11-20T17:00:00+08:00")
SHOWN = {
    "support-and-derivation": "LZ-20261013-0007",
    "extension-asked-late": "LZ-20261021-0010",
    "promise-missed": "LZ-20261022-0019",
    "supervised": "LZ-20261103-0021",
}


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A copy of the repository's own orders, without what earlier runs left there."""
    root = tmp_path_factory.mktemp("orders")
    for folder in ("cases", "registry"):
        shutil.copytree(ROOT / folder, root / folder)
    return ("--repo", str(root))


def masked(text: str) -> str:
    """Commits and recording times differ from clone to clone."""
    text = re.sub(r'"commit": "[0-9a-f]{40}"', '"commit": "…"', text)
    text = re.sub(r'"recorded_at": "[^"]+"', '"recorded_at": "…"', text)
    return re.sub(r'"seconds": [0-9.]+', '"seconds": 0', text)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("check.txt", ("check",)),
        ("check.json", ("check", "--format", "json")),
        ("check.md", ("check", "--format", "markdown")),
        ("check.github", ("check", "--format", "github")),
        ("due.txt", ("due", "--within", "1d")),
        ("due-unit.txt", ("due", "--unit", "housing-bureau", "--all")),
        ("due.json", ("due", "--format", "json", "--unit", "tianchi-street")),
        ("due.ics", ("due", "--format", "ics", "--within", "3d")),
        ("escalate.txt", ("escalate",)),
        ("escalate.json", ("escalate", "--format", "json")),
        *[(f"show-{name}.txt", ("show", case)) for name, case in SHOWN.items()],
        ("show.json", ("show", SHOWN["extension-asked-late"], "--format", "json")),
    ],
)
def test_of_the_orders(
    name: str,
    arguments: tuple[str, ...],
    orders: tuple[str, str],
    hotline: Run,
    snapshot: Callable[[str, str], None],
) -> None:
    code, out, err = hotline(*arguments, *NOW, *orders)
    assert (code, err) == (0, "")
    snapshot(name, masked(out))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("rules.txt", ("rules",)),
        ("rule-W010.txt", ("rule", "W010")),
        ("norms-7-3.txt", ("norms", "7-3")),
        ("help.txt", ("--help",)),
        (
            "clock.txt",
            (
                "clock",
                "--from",
                "2026-09-30T16:30:00+08:00",
                "--working-days",
                "7",
                "--repo",
                str(ROOT),
            ),
        ),
        (
            "clock.json",
            (
                "clock",
                "--from",
                "2026-09-30T16:30:00+08:00",
                "--working-hours",
                "5",
                "--format",
                "json",
                "--repo",
                str(ROOT),
            ),
        ),
    ],
)
def test_of_the_rest(
    name: str, arguments: tuple[str, ...], hotline: Run, snapshot: Callable[[str, str], None]
) -> None:
    code, out, err = hotline(*arguments)
    assert (code, err) == (0, "")
    snapshot(name, out)


def test_json_goes_to_standard_output_alone(orders: tuple[str, str], hotline: Run) -> None:
    for arguments in (("check",), ("due",), ("escalate",), ("show", SHOWN["supervised"])):
        _, out, err = hotline(*arguments, "--format", "json", *NOW, *orders)
        assert json.loads(out)["schema_version"] == 1
        assert err == ""


def test_due_ends_1_only_when_asked(orders: tuple[str, str], hotline: Run) -> None:
    assert hotline("due", *NOW, *orders)[0] == 0
    assert hotline("due", "--exit-code", *NOW, *orders)[0] == 1
    assert hotline("due", "--exit-code", "--unit", "county-government", *NOW, *orders)[0] == 0
