"""``hotline run``: the daily job goes on past bad files, says so, and ends with the site."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import DataRepository
from tests.rules.examples import complete

Run = Callable[..., tuple[int, str, str]]
LATE = "2026-10-30T09:00:00+08:00"
ORDER = complete(
    "- {type: accepted}\n- {type: assigned, lead: housing-bureau, support: [], basis: clear}"
)


def test_all_three_parts_in_one_go(repository: DataRepository, hotline: Run) -> None:
    repository.put(ORDER)
    code, out, _ = hotline("run", "--repo", str(repository.root), "--now", LATE)
    first = repository.root / "site" / "index.html"
    assert code == 0
    for said in ("提醒 D103 答复超期：1 处", "新建 1", "1 件工单", first.resolve().as_uri()):
        assert said in out
    assert first.is_file()
    assert (repository.root / "site" / "cases" / ORDER["id"] / "index.html").is_file()
    issue = repository.root / ".hotline" / "escalation" / f"{ORDER['id']}.md"
    assert "D103" in issue.read_text("utf-8")


def test_a_bad_file_is_named_and_stops_nothing(repository: DataRepository, hotline: Run) -> None:
    path = repository.put(ORDER)
    base = ("run", "--repo", str(repository.root), "--now", LATE)
    hotline(*base)
    other = {**ORDER, "id": "LZ-20261013-0008", "upstream_id": "ZY8"}
    repository.put(other)
    path.write_text("id: [\n", "utf-8")
    code, out, _ = hotline(*base)
    assert code == 1
    assert (
        "S001" in out
        and "有工单读不出" in out
        and f"读不出，没有工单页：{ORDER['id']}" in out.replace("cases/2026/10/", "")
    )
    issue = repository.root / ".hotline" / "escalation" / f"{ORDER['id']}.md"
    assert "state: open" in issue.read_text("utf-8"), "a broken file closes nothing"
    assert (repository.root / "site" / "cases" / "LZ-20261013-0008" / "index.html").is_file()


def test_a_broken_registry_leaves_the_last_site(repository: DataRepository, hotline: Run) -> None:
    repository.put(ORDER)
    base = ("run", "--repo", str(repository.root), "--now", LATE)
    hotline(*base)
    before = (repository.root / "site" / "index.html").read_bytes()
    (repository.root / "registry" / "units.yaml").write_text("units: [\n", "utf-8")
    code, _, err = hotline(*base)
    assert (code, "registry/units.yaml" in err) == (2, True)
    assert (repository.root / "site" / "index.html").read_bytes() == before
