"""A bag (BagIt 1.0, RFC 8493) as a value: its bytes, and what is wrong with one.

Names in our bags are plain ASCII without blanks, so that no system reads them otherwise. A bag
from elsewhere is held to the same: what another program might be led astray by is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

DATA = "data/"
BAGIT, INFO = "bagit.txt", "bag-info.txt"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
TAGS = (BAGIT, INFO, MANIFEST, TAG_MANIFEST)
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_LINE = re.compile(r"([0-9A-Fa-f]{64})[ \t]+(.+)")
_FIELD = re.compile(r"([A-Za-z][A-Za-z-]*): (.*)")
_SUMMED = (BAGIT, INFO, MANIFEST)


class NotABag(ValueError):
    """A tag file that is none of ours; the words are Chinese and name no file."""


class Fault(NamedTuple):
    """A file of a bag ('' for the bag as a whole), and what is wrong with it, in Chinese."""

    file: str
    words: str


def bagged(payload: Mapping[str, bytes], info: Sequence[tuple[str, str]]) -> dict[str, bytes]:
    """Path → content of every file of a bag. ``payload`` has paths from ``data/``; ``info`` are
    the fields of ``bag-info.txt``, to which the sum of bytes and files is added."""
    found = {f"{DATA}{name}": blob for name, blob in sorted(payload.items())}
    oxum = f"{sum(map(len, found.values()))}.{len(found)}"
    fields = [*info, ("Payload-Oxum", oxum)]
    tags = {
        BAGIT: _DECLARATION,
        INFO: "".join(f"{key}: {' '.join(value.split())}\n" for key, value in fields).encode(),
        MANIFEST: _manifest(found),
    }
    return {**found, **tags, TAG_MANIFEST: _manifest(tags)}


def _manifest(files: Mapping[str, bytes]) -> bytes:
    rows = sorted((name, hashlib.sha256(blob).hexdigest()) for name, blob in files.items())
    return "".join(f"{digest}  {name}\n" for name, digest in rows).encode()


def is_name(path: str) -> bool:
    """Whether a file of a bag may be called so."""
    return _NAME.fullmatch(path) is not None


def read_manifest(blob: bytes) -> dict[str, str]:
    """Path → SHA-256, in hexadecimal; :class:`NotABag` for what no manifest of ours says."""
    found: dict[str, str] = {}
    for number, line in enumerate(_lines(blob), 1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise NotABag(f"第 {number} 行不是“SHA-256  文件名”")
        digest, name = match[1].lower(), match[2]
        if not is_name(name):
            raise NotABag(f"第 {number} 行的文件名不可用：{name[:80]}")
        if name in found:
            raise NotABag(f"第 {number} 行重复：{name[:80]}")
        found[name] = digest
    return found


def read_info(blob: bytes) -> dict[str, str]:
    """The fields of ``bag-info.txt``; :class:`NotABag` where one is none, or comes twice."""
    found: dict[str, str] = {}
    for number, line in enumerate(_lines(blob), 1):
        match = _FIELD.fullmatch(line)
        if match is None or match[1] in found:
            raise NotABag(f"第 {number} 行不是“名称: 内容”，或者重复")
        found[match[1]] = match[2]
    return found


def _lines(blob: bytes) -> list[str]:
    try:
        text = blob.decode("utf-8")
    except UnicodeDecodeError:
        raise NotABag("不是 UTF-8") from None
    if "\0" in text or "\r" in text or text.startswith("\ufeff"):
        raise NotABag("含有不该有的字符（NUL、回车或字节序标记）")
    if text and not text.endswith("\n"):
        raise NotABag("最后一行不完整")
    return text.split("\n")[:-1]


def faults(tags: Mapping[str, bytes], hashes: Mapping[str, str]) -> Iterator[Fault]:
    """What is wrong with a bag. ``tags`` are its tag files, ``hashes`` the SHA-256 of every file
    below it by its path."""
    yield from (Fault(name, "缺少") for name in TAGS if name not in tags)
    if BAGIT in tags and tags[BAGIT] != _DECLARATION:
        yield Fault(BAGIT, "不是本程序写的：应为 BagIt 1.0、UTF-8")
    told: dict[str, dict[str, str]] = {}
    for name, read in ((TAG_MANIFEST, read_manifest), (MANIFEST, read_manifest), (INFO, read_info)):
        try:
            if name in tags:
                told[name] = read(tags[name])
        except NotABag as why:
            yield Fault(name, f"读不出：{why}")
    if TAG_MANIFEST in told:
        # A missing tag file was told before.
        summed = {n: d for n, d in told[TAG_MANIFEST].items() if n in hashes or n not in TAGS}
        yield from _compared(summed, {n: d for n, d in hashes.items() if n in _SUMMED})
    if MANIFEST in told:
        payload = {n: d for n, d in hashes.items() if n.startswith(DATA)}
        yield from _compared(told[MANIFEST], payload)


def _compared(told: Mapping[str, str], found: Mapping[str, str]) -> Iterator[Fault]:
    """What a manifest tells of, against what there is."""
    for name in sorted(told.keys() | found.keys()):
        if name not in found:
            yield Fault(name, "缺少")
        elif name not in told:
            yield Fault(name, "清单里没有，是多出来的")
        elif told[name] != found[name]:
            yield Fault(name, "内容被改动")
