"""``hotline keys``: the units' keys, and the store of what they open."""

from __future__ import annotations

import argparse
import io
import os
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from hotline.cli.common import Opened, add_repo, machine_time, open_repository, progress
from hotline.cli.parser import Parser, nearest
from hotline.cli.sealed import Order, add_identity, read_order, sealer_of
from hotline.doors import age, disk
from hotline.doors.fault import Unavailable
from hotline.doors.keystore import digest, is_below
from hotline.doors.lock import locked
from hotline.doors.sealing import Sealer, keys_of
from hotline.procedure.readers import PARTS
from hotline.reading.strict_yaml import parse
from hotline.writing.header import CannotChange
from hotline.writing.unit_key import with_key

UNITS = "registry/units.yaml"
_ACTS: dict[str, str] = {
    "new": "为单位新建密钥：私钥写到文件，公钥写进名录",
    "list": "列出各单位的公钥和密钥库里有什么",
    "rotate": "单位换了密钥以后，按名录重新包裹密钥库里的密钥",
    "verify": "核对密钥库：每一份密封都有密钥，只有应当看的单位打得开",
    "export": "备份密钥库",
}


def configure(parser: Parser) -> None:
    listed = "\n".join(f"  {name:<7} {words}" for name, words in _ACTS.items())
    parser.usage = "hotline keys new 单位 --out 文件 | list | rotate | verify | export --out 文件"
    parser.add_argument("act", choices=[*_ACTS], metavar="做什么", help="、".join(_ACTS))
    parser.add_argument("unit", metavar="单位", nargs="?", help="单位编号，如 housing-bureau")
    parser.add_argument("--out", metavar="文件", help="私钥或备份写到哪里")
    add_identity(parser)
    add_repo(parser)
    parser.epilog = (
        f"{listed}\n密钥库在环境变量 HOTLINE_KEYS 指的文件夹，默认 .hotline/keys，不进 git。"
    )


def run(args: argparse.Namespace) -> int:
    acts: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "new": _new, "list": _list, "rotate": _rotate, "verify": _verify, "export": _export,
    }  # fmt: skip
    return acts[args.act](args)


# --- new ------------------------------------------------------------------------------------


def _new(args: argparse.Namespace) -> int:
    if not args.unit or not args.out:
        raise Unavailable("要写单位和私钥文件：hotline keys new housing-bureau --out 私钥文件")
    opened = open_repository(args)
    unit = _unit(opened, args.unit)
    root, target = opened.repository.root, Path(args.out).absolute()
    if is_below(target, root):
        raise Unavailable(f"{target} 在工单仓库里，私钥会被提交上去；请写到别的地方，如 U 盘")
    pair = age.new_pair()
    with locked(root):
        before = disk.read(root, UNITS, at_most=8 * 1024 * 1024)
        try:
            after = with_key(before, unit, pair.public, lambda blob: parse(blob).root)
        except CannotChange as why:
            raise Unavailable(f"{UNITS} 没有改动：{why}") from None
        _write_secret(target, age.secret_file(pair, unit, opened.now.date().isoformat()))
        disk.write(root / UNITS, after)
    had = opened.rules.registry.units[unit].age
    print(f"私钥已写到 {target}，只有本人能读。丢了打不开密封的内容，给了别人等于交出诉求人信息。")
    print(f"公钥已写进 {UNITS}：请提交并合并（只有管理机构和审批局的人可以改名录）。")
    if had:
        print(
            "这个单位换了密钥：合并以后由管理机构运行 hotline keys rotate --identity 管理机构的私钥。"
        )
    return 0


def _unit(opened: Opened, name: str) -> str:
    units = opened.rules.registry.units
    by_name = {label: unit.id for unit in units.values() for label in (unit.name, unit.label)}
    if name in units or name in by_name:
        return by_name.get(name, name)
    near = nearest(name, units) or by_name.get(nearest(name, by_name) or "")
    raise Unavailable(f"名录里没有单位 {name[:40]}" + (f"，是不是 {near}？" if near else ""))


def _write_secret(target: Path, content: bytes) -> None:
    """A new file that nobody else may read; an old one is never written over."""
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Unavailable(f"{target} 已存在，没有覆盖：里面可能是还要用的私钥") from None
    except OSError as error:
        raise Unavailable(f"写不了 {target}：{disk.reason(error)}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        target.unlink(missing_ok=True)
        raise Unavailable(f"写不了 {target}：{disk.reason(error)}") from error


# --- list -----------------------------------------------------------------------------------


def _list(args: argparse.Namespace) -> int:
    opened = open_repository(args)
    sealer = sealer_of(opened)
    day = sealer.now.date()
    for unit in opened.rules.registry.units.values():
        keys = keys_of(unit, day)
        shown = "、".join(key if key == unit.age else " ".join(key.split()[:1]) for key in keys)
        print(f"{unit.id}（{unit.label}）：{shown or '没有公钥，打不开密封的内容'}")
    print(f"密钥库 {sealer.store.folder}：{len(sealer.store.parts())} 份密钥。")
    return 0


# --- rotate -----------------------------------------------------------------------------------


def _rotate(args: argparse.Namespace) -> int:
    identities = age.identities(args.identity)
    opened = open_repository(args)
    sealer = sealer_of(opened)
    sealer.store.require()
    changed, refused = 0, []
    with locked(opened.repository.root), sealer.store.held():
        if sealer.rotate_fingerprint(identities):
            print("指纹的密钥已按管理机构现在的公钥重新包裹。")
        parts, gone = sealer.store.parts(), sealer.store.destroyed()
        for case, part in progress(parts, len(parts), "重新包裹"):
            try:
                order = read_order(opened, case)
                if order.is_erased or case in gone:
                    raise Unavailable(
                        f"个人信息已删除，密钥却还在；再运行一次 hotline erase {case}"
                    )
                before = sealer.store.read(case, part)
                sealer.narrow(case, part, _allowed(order, part), identities)
                changed += before != sealer.store.read(case, part)
            except Unavailable as why:
                refused.append(f"{case} {part}：{why.in_chinese}")
    for words in refused:
        print(words)
    print(f"密钥库有 {len(parts)} 份密钥，重新包裹了 {changed} 份，没有动 {len(refused)} 份。")
    return 1 if refused else 0


def _allowed(order: Order, part: str) -> tuple[str, ...]:
    """Who may read the part now and is named by its seal: rotating gives nobody more."""
    seal = order.seal(part)
    named = set(seal.to) if seal else set()
    return tuple(unit for unit in order.readers.of(part) if not named or unit in named)


# --- verify -----------------------------------------------------------------------------------


def _verify(args: argparse.Namespace) -> int:
    opened = open_repository(args)
    sealer = sealer_of(opened)
    sealer.store.require()
    given = args.identity or os.environ.get(age.VARIABLE)
    identities = age.identities(args.identity) if given else None
    faults: list[str] = []
    count = 0
    paths = opened.repository.listing.cases
    known: set[str] = set()
    for path in progress(paths, len(paths), "核对"):
        name = Path(path).stem
        known.add(name)
        try:
            order = read_order(opened, name)
        except Unavailable:
            continue  # check tells what is wrong with the file
        for part in PARTS:
            if order.seal(part) is not None:
                count += 1
                faults += [
                    f"{name} {part}：{words}" for words in _wrong(order, part, sealer, identities)
                ]
        if order.is_erased and any(case == name for case, _ in sealer.store.parts()):
            faults.append(f"{name}：已删除个人信息，密钥却还在；再运行一次 hotline erase {name}")
    for case, part in sealer.store.parts():
        if case not in known:
            faults.append(f"{case} {part}：密钥库里有密钥，仓库里没有这件工单")
    for words in faults:
        print(words)
    told = "没有问题" if not faults else f"{len(faults)} 处问题"
    print(f"核对了 {count} 份密封：{told}。")
    if identities is None:
        print("没有给私钥，只核对了名单；加 --identity 可逐份打开核对。")
    return 1 if faults else 0


def _wrong(
    order: Order, part: str, sealer: Sealer, identities: age.Identities | None
) -> Iterator[str]:
    seal = order.seal(part)
    assert seal is not None
    try:
        kept = sealer.store.read(order.id, part)
    except Unavailable as why:
        yield why.in_chinese
        return
    wrap = kept.of(seal.recipient)
    if wrap is None:
        yield "密钥库里没有它的密钥，谁也打不开"
        return
    allowed = set(order.readers.of(part))
    for one in kept.wraps:
        if more := [unit for unit in one.to if unit not in allowed]:
            yield f"{order.names(more)}还打得开，应运行 hotline reseal {order.id}"
    try:
        keys = sealer.recipients(wrap.to)
    except Unavailable as why:
        yield why.in_chinese
        return
    if set(wrap.keys) != set(keys):
        yield "包裹的公钥与名录不同，应运行 hotline keys rotate"
    if len(wrap.keys) != _stanzas(wrap.text):
        yield "包裹的份数与记录不符，可能被人改过；应运行 hotline keys rotate"
    if identities is not None and (identities.public & set(wrap.keys) or not identities.public):
        try:
            sealer.open(order.id, part, seal, identities)
        except Unavailable as why:
            yield why.in_chinese


def _stanzas(text: str) -> int:
    """To how many keys an age file is sealed: lines of its header, but for those that age puts
    in to keep readers from relying on them."""
    import base64
    import binascii

    body = "".join(text.strip().splitlines()[1:-1])
    try:
        head = base64.b64decode(body).partition(b"\n--- ")[0]
    except binascii.Error:
        return 0
    lines = [line for line in head.split(b"\n") if line.startswith(b"-> ")]
    return sum(line.split()[1] in (b"X25519", b"ssh-ed25519", b"ssh-rsa") for line in lines)


# --- export -----------------------------------------------------------------------------------


def _export(args: argparse.Namespace) -> int:
    if not args.out:
        raise Unavailable("要写备份到哪里：hotline keys export --out 密钥库备份.tar")
    opened = open_repository(args)
    store = sealer_of(opened).store
    store.require()
    target = Path(args.out).absolute()
    if target.exists():
        raise Unavailable(f"{target} 已存在，没有覆盖；请换一个文件名")
    root = opened.repository.root
    if is_below(target, root):
        raise Unavailable(f"{target} 在工单仓库里，备份会被提交上去；请写到别的地方")
    with store.held():
        files = [*store.files()]
        disk.write(target, _tar(files))
        target.chmod(0o600)
        now = machine_time().isoformat(timespec="seconds")
        store.log_export({"at": now, "out": str(target), "digest": digest(files)})
    print(f"已备份 {len(files)} 个文件到 {target}（指纹 {digest(files)[:16]}）。")
    print("恢复：停用仓库，把备份解开到密钥库文件夹，再运行 hotline keys verify。")
    print("以后每删除一人的信息，这个备份都要销毁并重做，否则等于没有删除。")
    return 0


def _tar(files: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, blob in files:
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(blob), 0o600
            tar.addfile(info, io.BytesIO(blob))
    return buffer.getvalue()
