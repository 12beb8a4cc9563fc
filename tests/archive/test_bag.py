"""A bag as a value: its bytes, and every way in which one may be wrong."""

from __future__ import annotations

import hashlib

import pytest

from hotline.archive.bag import (
    BAGIT,
    INFO,
    MANIFEST,
    TAG_MANIFEST,
    TAGS,
    Fault,
    NotABag,
    bagged,
    faults,
    is_name,
    read_info,
    read_manifest,
)

PAYLOAD = {"A/case.yaml": "工单\n".encode(), "A/index.txt": b"x"}
BAG = bagged(PAYLOAD, [("Source-Organization", "县住建局\n(换行)"), ("Hotline-Cases", "1")])


def _id(value: object) -> str:
    return ascii(value)[:40]


def judged(files: dict[str, bytes]) -> list[Fault]:
    tags = {name: files[name] for name in TAGS if name in files}
    return list(
        faults(tags, {name: hashlib.sha256(blob).hexdigest() for name, blob in files.items()})
    )


def test_a_bag_has_no_fault_and_the_form_of_the_standard() -> None:
    assert judged(BAG) == []
    assert BAG[BAGIT] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    assert BAG[MANIFEST].decode().splitlines() == [
        f"{hashlib.sha256(blob).hexdigest()}  data/{name}" for name, blob in PAYLOAD.items()
    ]
    assert [line.split("  ")[1] for line in BAG[TAG_MANIFEST].decode().splitlines()] == [
        INFO, BAGIT, MANIFEST,
    ]  # fmt: skip
    assert read_info(BAG[INFO]) == {
        "Source-Organization": "县住建局 (换行)", "Hotline-Cases": "1", "Payload-Oxum": "8.2",
    }  # fmt: skip


def test_the_order_in_which_files_are_given_does_not_matter() -> None:
    assert bagged(dict(reversed(PAYLOAD.items())), []) == bagged(PAYLOAD, [])


@pytest.mark.parametrize(
    ("change", "file", "words"),
    [
        ({"data/A/index.txt": b"y"}, "data/A/index.txt", "内容被改动"),
        ({"data/A/index.txt": None}, "data/A/index.txt", "缺少"),
        ({"data/A/more.txt": b""}, "data/A/more.txt", "清单里没有，是多出来的"),
        ({INFO: BAG[INFO] + b"More: 1\n"}, INFO, "内容被改动"),
        ({BAGIT: None}, BAGIT, "缺少"),
        ({MANIFEST: None}, MANIFEST, "缺少"),
        ({TAG_MANIFEST: None}, TAG_MANIFEST, "缺少"),
        ({TAG_MANIFEST: b""}, MANIFEST, "清单里没有，是多出来的"),
        ({TAG_MANIFEST: BAG[TAG_MANIFEST] + b"0" * 64 + b"  more.txt\n"}, "more.txt", "缺少"),
    ],
    ids=_id,
)
def test_each_fault_is_told_once(change: dict[str, bytes | None], file: str, words: str) -> None:
    files = {name: blob for name, blob in {**BAG, **change}.items() if blob is not None}
    found = [fault for fault in judged(files) if fault.file == file]
    assert found == [Fault(file, words)]


@pytest.mark.parametrize(
    "name",
    [
        "", "/etc/passwd", "../x", "data/../../x", "data//x", "data/.x", "data/x/", "./x", "~/x",
        "data/x y", "data/工单", "data/x\\y", "C:/x", "data/x\n", "data/\x00", "data/%0A",
    ],
    ids=_id,
)  # fmt: skip
def test_a_name_that_may_lead_astray_is_none(name: str) -> None:
    assert not is_name(name)
    with pytest.raises(NotABag):
        read_manifest(f"{'0' * 64}  {name}\n".encode())


@pytest.mark.parametrize(
    "blob",
    [
        b"\xff\xfe", "\ufeff".encode() + b"0" * 64 + b"  data/x\n", b"0" * 63 + b"  data/x\n",
        b"0" * 64 + b"  data/x", b"0" * 64 + b"  data/x\r\n", b"\0", b"\n", b"data/x\n",
        (b"0" * 64 + b"  data/x\n") * 2, "工单".encode("gb18030"), "x".encode("utf-16"),
    ],
    ids=_id,
)  # fmt: skip
def test_what_is_no_manifest_is_refused(blob: bytes) -> None:
    with pytest.raises(NotABag):
        read_manifest(blob)


@pytest.mark.parametrize(
    "blob", [b"x\n", b"A: 1\nA: 2\n", b"A: 1\n folded\n", b": x\n", b"\xff\n"], ids=_id
)
def test_what_is_no_description_is_refused(blob: bytes) -> None:
    with pytest.raises(NotABag):
        read_info(blob)
