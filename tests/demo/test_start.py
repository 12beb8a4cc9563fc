"""What stands in a new repository beside its orders."""

from __future__ import annotations

from hotline.demo import start


def test_precedents_name_no_order_that_is_not_there() -> None:
    shipped = {
        "registry/precedents.yaml": b"precedents:\n  - id: P-1\n    decided_in: LZ-20260101-0001\n    lead: a\n",
        "registry/units.yaml": b"units: []\n",
    }
    files = start.registry(shipped)
    assert files["registry/precedents.yaml"] == b"precedents:\n  - id: P-1\n    lead: a\n"
    assert files["registry/units.yaml"] == shipped["registry/units.yaml"]


def test_the_starter_comes_along_and_the_readme_is_our_own() -> None:
    starter = {"mkdocs.yml": b"site_name: x\n", "README.md": b"?"}
    files = start.files(
        starter, orders=3, first="2026-10-01", last="2026-10-02", now="2026-10-02T09:00:00+08:00"
    )
    assert set(files) == {"mkdocs.yml", "README.md", ".gitignore"}
    assert "3 件工单".encode() in files["README.md"]
