"""Placeholder seals.

The demo holds no personal data, so there is nothing to seal, and age never gives the same
bytes twice, which the demo must. What stands here has the form of a seal (a bech32 key, an
armored age file) and is filled with a digest of the order's id: **nobody's key opens it,
for it encrypts nothing.**
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import shake_256
from typing import Any

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_LINE = 64


def placeholder(case: str, part: str, readers: Iterable[str]) -> dict[str, Any]:
    """What looks like the seal of ``part`` (``person`` or ``demand``) of an order."""
    noise = shake_256(f"demo/{case}/{part}".encode()).digest(400)
    size = 40 + noise[0] % 160
    head = (
        f"age-encryption.org/v1\n-> X25519 {_base64(noise[1:33])}\n{_base64(noise[33:65])}\n"
        f"--- {_base64(noise[65:97])}\n"
    )
    body = b64encode(head.encode() + noise[97 : 97 + 32 + size]).decode()
    lines = [body[n : n + _LINE] for n in range(0, len(body), _LINE)]
    armor = ["-----BEGIN AGE ENCRYPTED FILE-----", *lines, "-----END AGE ENCRYPTED FILE-----"]
    return {
        "recipient": _bech32("age", noise[-32:]),
        "to": list(readers),
        "text": "\n".join(armor) + "\n",
    }


def _base64(data: bytes) -> str:
    return b64encode(data).decode().rstrip("=")


def _bech32(prefix: str, data: bytes) -> str:
    """BIP 173: five bits a letter, and a checksum of six."""
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    values = [int(bits[n : n + 5], 2) for n in range(0, len(bits), 5)]
    spread = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = _polymod([*spread, *values, *[0] * 6]) ^ 1
    values += [(check >> 5 * (5 - n)) & 31 for n in range(6)]
    return f"{prefix}1" + "".join(_BECH32[value] for value in values)


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for n in range(5):
            check ^= _GENERATOR[n] if (top >> n) & 1 else 0
    return check
