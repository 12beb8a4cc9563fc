"""What the cache gives back is what was written down."""

from __future__ import annotations

from typing import Any

import pytest

from hotline.doors.remembered import trees_as_json, trees_of
from hotline.reading.registry import schema_name
from hotline.reading.strict_yaml import parse
from hotline.values.node import Items, Mapping
from tests.support import ROOT

FILES = {
    path.relative_to(ROOT).as_posix(): path.read_bytes()
    for path in sorted((ROOT / "registry").rglob("*.yaml"))
}
ODD = {
    "scalars": "a: 1\nb: -0.5\nc: true\nd:\ne: ''\nf: '1'\ng: 1e300\nh: 123456789012345678901234567890\n",
    "nested": "- []\n- {}\n- [[{a: [1, {b: c}]}]]\n-\n  - x: {y: [z]}\n    w: 'two\n      lines'\n",
    "in one line": "{a: {b: [c, d]}, e: '🚧', \"f\": [\n g]}",
    "a scalar": "alone",
}


def told(tree: Any) -> Any:
    """A tree with all that it holds: types, values, places."""
    if isinstance(tree, Mapping):
        return "mapping", tree.place, tree.marks, [(key, told(tree[key])) for key in tree]
    if isinstance(tree, Items):
        return "items", tree.place, tree.marks, [told(one) for one in tree]
    return type(tree), tree


def test_the_trees_of_the_registry_come_back_with_their_places() -> None:
    trees = {
        path: parse(blob, max_bytes=len(blob), max_nodes=10**6, floats=True).root
        for path, blob in FILES.items()
        if schema_name(path)
    }
    again = trees_of(trees_as_json(trees))
    assert list(again) == list(trees)
    for path, tree in trees.items():
        assert told(again[path]) == told(tree), path


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_any_tree_comes_back(text: str) -> None:
    tree = parse(text.encode(), floats=True).root
    assert tree is not None
    assert told(trees_of(trees_as_json({"x": tree}))["x"]) == told(tree)
