"""Signatures of commits, verified by git itself against the keys of the registry.

Git is given the keys without their days: it would compare these with the time that a commit
claims for itself. Whether a key was valid is judged by when the commit reached the main line.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from hotline.audit.history import Step
from hotline.audit.judge import Placed, Signature
from hotline.audit.rights import Rights
from hotline.doors.commits import Repository
from hotline.values.registry import MemberKey

_AT_ONCE = 512
"""Commits whose signatures are verified together."""
_KEY = re.compile(r"(?:ssh|ecdsa|sk-ssh|sk-ecdsa)[a-z0-9@.-]* [A-Za-z0-9+/=]+")
_SIGNER = "hotline"


def signed(steps: Iterable[tuple[Step, Rights]], repository: Repository) -> Iterator[Placed]:
    """Each commit with what its signature is worth by the keys that were registered before it."""
    waiting = iter(steps)
    while some := list(islice(waiting, _AT_ONCE)):
        found = _verified(some, repository)
        for step, rights in some:
            state = {"": "none", "ssh": "unknown", "other": "other"}[step.commit.signature]
            yield Placed(step, rights, found.get(step.commit.name, Signature(state)))


def _verified(steps: Sequence[tuple[Step, Rights]], repository: Repository) -> dict[str, Signature]:
    groups: dict[tuple[MemberKey, ...], list[str]] = {}
    for step, rights in steps:
        if step.commit.signature == "ssh":
            groups.setdefault(rights.keys, []).append(step.commit.name)
    found: dict[str, Signature] = {}
    for keys, names in groups.items():
        found |= _by_git(keys, names, repository)
    return found


def _by_git(
    keys: Sequence[MemberKey], names: Sequence[str], repository: Repository
) -> dict[str, Signature]:
    usable = [key for key in keys if _KEY.match(key.ssh.strip())]
    with tempfile.TemporaryDirectory() as folder:
        allowed = Path(folder) / "allowed_signers"
        lines = [f'{_SIGNER} namespaces="git" {_KEY.match(k.ssh.strip())[0]}\n' for k in usable]  # type: ignore[index]
        allowed.write_text("".join(lines), "utf-8")
        told = repository.ask(
            "-c", f"gpg.ssh.allowedSignersFile={allowed}", "-c", "gpg.ssh.revocationFile=",
            "-c", "gpg.minTrustLevel=undefined",
            "log", "--no-walk=unsorted", "--stdin", "--no-decorate", "--no-notes", "--no-mailmap",
            "--no-show-signature", "--encoding=none", "--format=%H %G? %GF",
            stdin="\n".join(names).encode() + b"\n",
        )  # fmt: skip
    found = {}
    for line in told.decode("utf-8", "replace").splitlines():
        name, state, fingerprint = [*line.split(" "), "", ""][:3]
        owners = tuple(key for key in usable if fingerprint_of(key.ssh) == fingerprint)
        if state == "G" and owners:
            found[name] = Signature("good", owners)
        else:
            found[name] = Signature("bad" if state in ("B", "E") and not fingerprint else "unknown")
    return found


def fingerprint_of(ssh: str) -> str:
    """A public key's fingerprint as OpenSSH writes it: ``SHA256:…``; empty for no key."""
    try:
        body = base64.b64decode(ssh.split()[1], validate=True)
    except (IndexError, binascii.Error, ValueError):
        return ""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"
