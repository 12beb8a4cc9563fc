"""Places inside texts: the character that a finding means, in whatever style it is written."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hotline.reading.inside import place_inside
from hotline.reading.strict_yaml import parse
from hotline.values.node import Place

STYLES = {
    "单行": "text: 经查，张**反映属实\n",
    "多行不加引号": "text: 经查，\n  张**反映\n\n  属实\n",
    "单引号": "text: '经''查''，张**反映属实'\n",
    "双引号": 'text: "\\u7ecf查\\n，\\t张**反映\\\n  属实"\n',
    "双引号里的星号": 'text: "经查，张\\x2a*反映属实"\n',
    "直排": "text: |\n  经查，\n\n  张**反映属实\n",
    "直排带缩进数": "text: |2\n    经查，\n    张**反映属实\n",
    "折叠": "text: >- # 说明\n  经查，\n  张**反映\n  属实\n",
    "回车换行": "text: |\r\n  经查，\r\n  张**反映属实\r\n",
    "带字节序标记": "\ufefftext: |\n  经查，张**反映属实\n",
    "列表里": "- {type: x, text: 经查，张**反映属实}\n",
}


def _text(root: Any) -> tuple[str, Place]:
    node = root[0] if isinstance(root, list) else root
    return node["text"], node.marks["text"][1]


@pytest.mark.parametrize("style", list(STYLES))
def test_a_word_is_found_in_every_style(style: str) -> None:
    blob = STYLES[style].encode()
    value, start = _text(parse(blob).root)
    place = place_inside(blob, start, value, value.index("**"))
    lines = STYLES[style].removeprefix("\ufeff").split("\n")
    rest = lines[place.line - 1][place.column - 1 :]
    assert rest.startswith(("**", "\\x2a*")), (place, rest)


def test_white_space_stands_for_what_follows_it() -> None:
    blob = "text: |\n  甲\n\n  乙\n".encode()
    assert place_inside(blob, Place(1, 7), "甲\n\n乙\n", 1) == Place(4, 3)


@pytest.mark.parametrize("value", ["别的文字", "经查，张三"])
def test_a_text_that_is_not_there_gives_its_start(value: str) -> None:
    """A correction gave it: its characters stand in another event."""
    blob = STYLES["单行"].encode()
    assert place_inside(blob, Place(1, 7), value, len(value) - 1) == Place(1, 7)


TEXTS = st.text(
    st.sampled_from("张三李四甲，。*X某 \n\t'\"\\:#-{}[]&!|>%@`1a—é😀"), min_size=1, max_size=60
).filter(lambda text: bool(text.strip()))


@given(TEXTS, st.sampled_from([None, "'", '"', "|", ">"]), st.data())
def test_every_character_is_found_again(text: str, style: str | None, data: st.DataObject) -> None:
    written = yaml.dump(
        {"before": 1, "text": text}, Dumper=_dumper(style), allow_unicode=True, width=20
    )
    blob = written.encode()
    value, start = _text(parse(blob).root)
    assert value == text
    index = data.draw(st.sampled_from([i for i, c in enumerate(text) if c not in " \t\r\n"]))
    place = place_inside(blob, start, value, index)
    rest = written.split("\n")[place.line - 1][place.column - 1 :]
    assert rest.startswith((text[index], "\\")), (written, place)


def _dumper(style: str | None) -> type[yaml.SafeDumper]:
    class Dumper(yaml.SafeDumper):
        pass

    def represent(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, represent)
    return Dumper
