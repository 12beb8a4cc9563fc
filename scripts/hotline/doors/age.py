"""age: sealing to public keys, opening with secret ones (https://age-encryption.org/v1).

Keys are written as age and OpenSSH write them: ``age1…`` and ``AGE-SECRET-KEY-1…``, or
``ssh-ed25519 …`` and ``ssh-rsa …`` with their private key files.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hotline.doors import disk
from hotline.doors.fault import Unavailable

VARIABLE = "HOTLINE_IDENTITY"
"""The environment variable that names a file with the reader's secret key."""
_MOST = 64 * 1024
"""Bytes that a file of keys may have."""


class Closed(Exception):
    """None of the keys opens this."""


class Pair(NamedTuple):
    """A key pair as it is written: the public part, and the secret one."""

    public: str
    secret: str


class Identities(NamedTuple):
    """Secret keys, and the public parts of those that tell theirs (age's own, not SSH's)."""

    keys: tuple[Any, ...]
    public: frozenset[str]


def new_pair() -> Pair:
    import pyrage

    made = pyrage.x25519.Identity.generate()
    return Pair(str(made.to_public()), str(made))


def is_recipient(key: str) -> bool:
    """Whether something can be sealed to a public key."""
    return _recipient(key) is not None


def _recipient(key: str) -> Any:
    import pyrage

    kind = pyrage.ssh if key.startswith("ssh-") else pyrage.x25519
    try:
        return kind.Recipient.from_str(key.strip())
    except pyrage.RecipientError:
        return None


def sealed(plain: bytes, recipients: Iterable[str]) -> str:
    """``plain`` for all of these public keys, in ASCII armor."""
    import pyrage

    found = [(key, _recipient(key)) for key in dict.fromkeys(recipients)]
    if not found or any(one is None for _, one in found):
        wrong = next((key for key, one in found if one is None), "")
        raise Unavailable(f"公钥不对，不能加密：{wrong[:30]}" if wrong else "没有公钥，不能加密")
    return str(pyrage.encrypt(plain, [one for _, one in found], armored=True).decode())


def opened(text: str, identities: Identities) -> bytes:
    """What was sealed; raises :class:`Closed` where none of the keys opens it, or where it is
    damaged."""
    import pyrage

    try:
        return bytes(pyrage.decrypt(text.encode(), list(identities.keys)))
    except (pyrage.DecryptError, ValueError, UnicodeError) as why:
        raise Closed(str(why)) from None


def identity_of(secret: str) -> Identities:
    import pyrage

    try:
        key = pyrage.x25519.Identity.from_str(secret)
    except pyrage.IdentityError as why:
        raise Closed(str(why)) from None
    return Identities((key,), frozenset({str(key.to_public())}))


def identities(given: str | None) -> Identities:
    """The secret keys in the file that was named, else in that of :data:`VARIABLE`."""
    name = given or os.environ.get(VARIABLE, "")
    if not name:
        raise Unavailable(
            f"要用私钥才能打开：--identity 私钥文件（或设环境变量 {VARIABLE}）；"
            "还没有的，由管理机构运行 hotline keys new 单位编号 --out 私钥文件"
        )
    if "SECRET-KEY" in name.upper() or "PRIVATE KEY" in name.upper():
        raise Unavailable("--identity 要写私钥文件的路径，不是私钥本身；这个私钥已经显示过，请更换")
    try:
        blob = disk.read(Path(name).parent, Path(name).name, at_most=_MOST)
    except Unavailable as why:
        raise Unavailable(f"私钥文件{why}") from None
    found = [*_ssh(blob)] if b"PRIVATE KEY-----" in blob else [*_native(blob)]
    if not found:
        raise Unavailable(f"{name} 里没有私钥：应有一行 AGE-SECRET-KEY-1…，或是 OpenSSH 的私钥文件")
    public = [str(key.to_public()) for key in found if hasattr(key, "to_public")]
    return Identities(tuple(found), frozenset(public))


def _native(blob: bytes) -> Iterable[Any]:
    import pyrage

    for line in blob.decode("utf-8-sig", "replace").splitlines():
        word = line.strip()
        if word.upper().startswith("AGE-SECRET-KEY-1"):
            try:
                yield pyrage.x25519.Identity.from_str(word)
            except pyrage.IdentityError:
                raise Unavailable("私钥不完整或抄错了，请用原来的文件") from None


def _ssh(blob: bytes) -> Iterable[Any]:
    import pyrage

    try:
        yield pyrage.ssh.Identity.from_buffer(blob)
    except (pyrage.IdentityError, ValueError):
        raise Unavailable("这个 SSH 私钥不能用：只支持没有口令的 ed25519 和 rsa 私钥") from None


def secret_file(pair: Pair, unit: str, made_on: str) -> bytes:
    """The file that holds a new secret key, as ``age-keygen`` writes it."""
    lines: Sequence[str] = (
        f"# unit: {unit}", f"# created: {made_on}", f"# public key: {pair.public}", pair.secret,
    )  # fmt: skip
    return ("\n".join(lines) + "\n").encode()
