"""Looks for words in everything that lies below some folders: inside archives and packed files,
in every form that a program may give to a text on the way."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from tests.sealing.county import objects

_DEEPEST = 6


def inside(folders: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """(place, content) of every file below the folders, of what is packed in them, and of every
    object of every git repository."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not path.is_file():
                if path.name.endswith(".git") and (path / "objects").is_dir():
                    yield from ((f"{path}!", blob) for blob in objects(path))
                continue
            if "objects" in path.parts and {".git"} & set(path.parts):
                continue
            blob = path.read_bytes()
            yield str(path), str(path).encode("utf-8", "surrogateescape")
            yield from unpacked(str(path), blob)


def unpacked(place: str, blob: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """The content, and all that is packed in it, by what it begins with and not by its name."""
    yield place, blob
    if depth > _DEEPEST:
        return
    for name, part in _parts(blob):
        yield f"{place}!{name}", name.encode("utf-8", "surrogateescape")
        yield from unpacked(f"{place}!{name}", part, depth + 1)


def _parts(blob: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        if blob[:2] == b"\x1f\x8b":
            yield "gzip", gzip.decompress(blob)
        elif blob[:3] == b"BZh":
            yield "bz2", bz2.decompress(blob)
        elif blob[:6] == b"\xfd7zXZ\0":
            yield "xz", lzma.decompress(blob)
        elif blob[:4] == b"PK\3\4":
            with zipfile.ZipFile(io.BytesIO(blob)) as packed:
                for name in packed.namelist():
                    yield name, packed.read(name)
        elif blob[257:262] == b"ustar":
            with tarfile.open(fileobj=io.BytesIO(blob)) as packed:
                for member in packed:
                    if member.isfile() and (file := packed.extractfile(member)):
                        yield member.name, file.read()
        elif blob[:1] == b"\x78":
            yield "zlib", zlib.decompress(blob)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError):
        return


def forms(word: str) -> set[bytes]:
    """A word as it may stand in a file."""
    plain = {word.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")}
    found = set(plain)
    for one in plain:
        found |= {one.hex().encode(), one.hex().upper().encode(), one.hex(" ").encode()}
        for shift in range(3):
            packed = base64.b64encode(b"\0" * shift + one)
            begin, left = (shift * 4 + 2) // 3, (len(one) + shift) % 3
            packed = packed.rstrip(b"=")[begin : -1 if left else None]
            found |= {packed, packed.replace(b"+", b"-").replace(b"/", b"_")}
    for code in ("utf-8", "gb18030"):
        full = "".join(f"%{byte:02X}" for byte in word.encode(code))
        found |= {full.encode(), full.lower().encode(), quote(word, encoding=code).encode()}
    found.add(word.encode("unicode_escape"))
    found.add("".join(f"&#{ord(c)};" for c in word).encode())
    found.add("".join(f"&#x{ord(c):x};" for c in word).encode())
    found.add("".join(f"\\u{ord(c):04X}" for c in word).encode())
    wide = word.translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)})
    found |= {wide.encode(), word[::-1].encode()}
    return {form for form in found if len(form) > 5}


class Search:
    """Words that must be nowhere, in all forms; what was searched once is not searched again."""

    def __init__(self, words: Iterable[str]) -> None:
        self._of = {form: word for word in words for form in forms(word)}
        self._seen: dict[bytes, dict[str, bytes]] = {}

    def found(self, where: Iterable[tuple[str, bytes]]) -> list[tuple[str, str]]:
        """(place with what stands around, word) of everything that was found; line breaks in
        base64 hide nothing."""
        told: list[tuple[str, str]] = []
        for place, blob in where:
            name = hashlib.sha256(blob).digest()
            if name not in self._seen:
                self._seen[name] = self._words_in(blob)
            told += [(f"{place}: {around!r}", word) for word, around in self._seen[name].items()]
        return told

    def _words_in(self, blob: bytes) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        joined = blob.translate(None, b"\r\n ") if len(blob) < 1 << 20 else b""
        for form, word in self._of.items():
            for text in (blob, joined):
                at = text.find(form)
                if at >= 0:
                    found.setdefault(word, text[max(0, at - 40) : at + 60])
        return found
