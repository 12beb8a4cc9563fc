"""Anchors: a signed note of what history was, kept where nobody who can rewrite it comes.

The note names a commit and what it held. As long as the note is kept elsewhere, history that
no longer holds that commit, or holds another one of the same name, is found out (A007).
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from hotline.audit.history import NOTHING
from hotline.audit.judge import UNITS, Fault
from hotline.audit.rights import KEEPERS, Rights, read_rights
from hotline.doors import disk
from hotline.doors.commits import Repository
from hotline.doors.fault import Unavailable
from hotline.doors.signatures import fingerprint_of
from hotline.rules.declare import load
from hotline.values.finding import Finding
from hotline.values.registry import MemberKey

NAMESPACE = "hotline-anchor"
KIND = "hotline anchor"
_MOST = 64 * 1024
"""Bytes; a note has some hundred."""
_FIELDS = {"commit": str, "tree": str, "commits": int, "cases": int, "digest": str, "made_at": str}
_BROKEN = "{} 不是完整的锚点文件（{}）；请从另一份保存的副本取"


def note(repository: Repository, head: str, made_at: datetime) -> dict[str, Any]:
    """What history is now: the commit, its tree, how many commits and cases, and the SHA-256
    over every case with its path."""
    return {
        "kind": KIND,
        "schema_version": 1,
        "commit": head,
        "tree": repository.ask("rev-parse", f"{head}^{{tree}}").decode().strip(),
        "commits": int(repository.ask("rev-list", "--count", head)),
        **_held(repository, head),
        "made_at": made_at.isoformat(),
    }


def _held(repository: Repository, commit: str) -> dict[str, Any]:
    """The number of cases and their digest: SHA-256 over ``path SHA-256`` lines, sorted."""
    told = hashlib.sha256()
    contents = repository.contents(commit, "cases")
    for path in sorted(contents):
        line = f"{path} {hashlib.sha256(contents[path]).hexdigest()}\n"
        told.update(line.encode("utf-8", "surrogateescape"))
    return {"cases": len(contents), "digest": told.hexdigest()}


def canonical(data: dict[str, Any]) -> bytes:
    """The bytes that are signed: RFC 8785, without the signature itself."""
    import rfc8785

    return rfc8785.dumps({key: value for key, value in data.items() if key != "signature"})


# --- signing ---------------------------------------------------------------------------


def sign(data: dict[str, Any], key: Path) -> dict[str, Any]:
    """``data`` with an OpenSSH signature (``ssh-keygen -Y sign``) by a private key file."""
    if not key.is_file():
        raise Unavailable(f"没有密钥文件 {key}；可用 ssh-keygen -t ed25519 建一个")
    with tempfile.TemporaryDirectory() as folder:
        message = Path(folder) / "note"
        message.write_bytes(canonical(data))
        _keygen("-Y", "sign", "-n", NAMESPACE, "-f", str(key), str(message))
        return data | {"signature": Path(f"{message}.sig").read_text("ascii")}


def _keygen(*arguments: str, stdin: bytes | None = None) -> bytes:
    try:
        done = subprocess.run(
            ["ssh-keygen", *arguments], input=stdin, capture_output=True, check=False,
            stdin=subprocess.DEVNULL if stdin is None else None,
        )  # fmt: skip
    except FileNotFoundError:
        raise Unavailable("没有找到 ssh-keygen，请先安装 OpenSSH 客户端") from None
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise Unavailable(f"ssh-keygen 失败：{''.join(why)[:200]}")
    return done.stdout


def tag(repository: Repository, data: dict[str, Any]) -> str:
    """An annotated tag that holds the note; its name."""
    name = f"anchor/{data['made_at'][:10]}-{data['commit'][:10]}"
    text = json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True)
    seconds = int(datetime.fromisoformat(data["made_at"]).timestamp())
    content = (
        f"object {data['commit']}\ntype commit\ntag {name}\n"
        f"tagger hotline <hotline@localhost> {seconds} +0800\n\n{text}\n"
    )
    made = repository.ask("mktag", stdin=content.encode()).decode().strip()
    repository.ask("update-ref", f"refs/tags/{name}", made)
    return name


# --- comparing ---------------------------------------------------------------------------


def read(file: str) -> dict[str, Any]:
    """The note in a file; Unavailable where it is none or a part is missing."""
    try:
        with Path(file).open("rb") as opened:
            blob = opened.read(_MOST + 1)
    except OSError as error:
        raise Unavailable(f"读不了锚点文件 {file}：{disk.reason(error)}") from error
    return noted(blob, file)


def noted(blob: bytes, file: str) -> dict[str, Any]:
    """As :func:`read`, of bytes; ``file`` is where they come from."""
    try:
        data = json.loads(blob)
    except (ValueError, RecursionError):
        raise Unavailable(_BROKEN.format(file, "不是 JSON")) from None
    if not isinstance(data, dict) or data.get("kind") != KIND or len(blob) > _MOST:
        raise Unavailable(_BROKEN.format(file, "不是锚点"))
    for name, kind in _FIELDS.items():
        if type(data.get(name)) is not kind:
            raise Unavailable(_BROKEN.format(file, f"缺少 {name}"))
    return data


def compare(repository: Repository, head: str, file: str) -> Iterator[Fault]:
    """A007 for all in which history is not what the note says that it was."""
    data = read(file)
    for words in _wrong(repository, head, data):
        rule = load()["A007"]
        finding = Finding(
            "A007", rule.severity, "", f"{words}。{rule.mend}", rule.article,
            subject=f"{data['commit']} {words}",
        )  # fmt: skip
        yield Fault(finding, data["commit"][:40], "")


def beginning(repository: Repository, head: str, file: str) -> str | None:
    """With which commit the line began that the note was made on; None where history holds
    nothing of it."""
    commit = str(read(file)["commit"])
    return repository.beginning(commit) if _is_held(repository, head, commit) else None


def kept(repository: Repository, head: str) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """The anchors that lie in the repository as tags: name, note, and what is wrong with it.

    They help to look back; as proof counts only a note that is kept elsewhere.
    """
    listed = repository.ask("for-each-ref", "--format=%(refname:short)", "refs/tags/anchor/")
    for name in reversed(listed.decode("utf-8", "replace").splitlines()):
        content = repository.ask("cat-file", "tag", f"refs/tags/{name}")
        try:
            data = noted(content.partition(b"\n\n")[2], name)
        except Unavailable:
            continue
        yield name, data, list(_wrong(repository, head, data))


def _wrong(repository: Repository, head: str, data: dict[str, Any]) -> Iterator[str]:
    when = data["made_at"][:16]
    if not _is_held(repository, head, data["commit"]):
        yield f"历史里没有 {when} 锚点所记的提交 {data['commit'][:10]}，历史被重写过"
        return
    now = note(repository, data["commit"], datetime.fromisoformat("2000-01-01T00:00:00+08:00"))
    names = {"tree": "目录", "commits": "提交数", "cases": "工单数", "digest": "工单内容的指纹"}
    for key, name in names.items():
        if now[key] != data[key]:
            yield f"提交 {data['commit'][:10]} 的{name}与 {when} 的锚点不符"
    why = _signature(repository, data)
    if why:
        yield f"{when} 的锚点{why}"


def _is_held(repository: Repository, head: str, commit: str) -> bool:
    if len(commit) != 40 or not set(commit) <= set("0123456789abcdef"):
        return False
    try:
        repository.ask("merge-base", "--is-ancestor", commit, head)
    except Unavailable:
        return False
    return True


def _signature(repository: Repository, data: dict[str, Any]) -> str:
    """What is wrong with the note's signature (Chinese); empty where it is by a key that the
    center or the bureau had in the registry then or has now. A note without one proves as much
    as the place where it is kept."""
    signature = data.get("signature")
    if signature is None:
        return ""
    if not isinstance(signature, str):
        return "签名不对，内容被改过"
    known = [key for rights in _rights(repository, data["commit"]) for key in _of_keepers(rights)]
    fingerprint = _made_by(data, signature)
    if not fingerprint:
        return "签名不对，内容被改过"
    if not any(fingerprint_of(key.ssh) == fingerprint for key in known):
        return "由名录里管理机构和审批局都没有的密钥签名"
    return ""


def _made_by(data: dict[str, Any], signature: str) -> str:
    """The fingerprint of the key that made the signature; empty where it does not fit."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "note.sig"
        path.write_text(signature, "utf-8")
        try:
            told = _keygen(
                "-Y", "check-novalidate", "-n", NAMESPACE, "-s", str(path), stdin=canonical(data)
            ).decode("utf-8", "replace")
        except Unavailable as fault:
            if "没有找到" in str(fault):
                raise
            return ""
    return next((word for word in told.split() if word.startswith("SHA256:")), "")


def _rights(repository: Repository, commit: str) -> Iterator[Rights]:
    for where in (commit, "HEAD"):
        blob = repository.blob_at(repository.resolve(where), UNITS)
        if blob != NOTHING:
            yield read_rights(repository.blob(blob))


def _of_keepers(rights: Rights) -> Iterator[MemberKey]:
    for key in rights.keys:
        if any(rights.roles.get(unit) in KEEPERS for unit in rights.units.get(key.owner, ())):
            yield key
