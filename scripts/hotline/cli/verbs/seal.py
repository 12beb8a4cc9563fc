"""``hotline seal``: what a case must not say in clear, from standard input into its seal."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from hotline.cli.common import add_repo
from hotline.cli.parser import Parser
from hotline.cli.sealed import (
    PART,
    Order,
    add_identity,
    center_event,
    changing,
    put,
    with_seal,
    written,
)
from hotline.doors import age
from hotline.doors.fault import Unavailable
from hotline.doors.sealing import Seal, Sealer
from hotline.procedure.readers import PARTS
from hotline.values.persons import KEYS, MOST, NotAPerson, is_whole, person_of


def configure(parser: Parser) -> None:
    parser.add_argument("id", metavar="工单编号", help="如 LZ-20261013-0007")
    parser.add_argument(
        "--part", choices=PARTS, default="person", metavar="部分",
        help="person（个人信息，默认）或 demand（举报件、保密件的诉求内容）",
    )  # fmt: skip
    add_identity(parser)
    add_repo(parser)
    listed = "\n".join(f"  {key:<10}  {title}" for key, title in KEYS.items())
    parser.epilog = (
        "内容从标准输入读，不写在命令行里，也不经过任何文件：\n"
        "  hotline seal LZ-20261013-0007 < 从别处来的内容\n"
        '  person：一个 JSON 对象，如 {"name": "…", "phone": "…"}；demand：诉求内容本身。\n'
        f"person 可写的项（parties 是列表，依次对应 {{party.1}}、{{party.2}}）：\n{listed}\n"
        "管理机构带上私钥（--identity）时，同时算出指纹，同一人的工单可以对上。"
    )


def run(args: argparse.Namespace) -> int:
    data = _data(args.part, _input())
    identities = age.identities(args.identity) if _has_identity(args) else None
    with changing(args, may_begin=True) as (order, sealer):
        if order.is_erased:
            raise Unavailable(f"{order.id} 的个人信息已经删除，不能再密封")
        to = order.readers.of(args.part)
        if not to:
            raise Unavailable("没有可以看的单位：管理机构和承办单位都在被反映的单位（against）里")
        _try(order, args.part)
        _require_the_key_of_the_center(order, sealer, args.part, to, identities)
        seal = sealer.seal(order.id, args.part, data, to)
        header = _header(order, args.part, seal)
        told = ""
        if args.part == "person":
            told = _add_fingerprint(order, sealer, data, identities, header)
        event = None
        if order.is_committed():
            event = center_event(order, "resealed", to=list(to))
        put(order, written(order, header, event))
        if identities is not None:
            sealer.narrow(order.id, args.part, to, identities)
    print(f"已密封 {order.path} 的{PART[args.part]}，可读：{order.names(to)}。")
    if late := sealer.without_keys(to):
        print(f"还没有登记公钥、暂时打不开的单位：{order.names(late)}（hotline keys new）。")
    if told:
        print(told)
    return 0


def _try(order: Order, part: str) -> None:
    """Raises where the order's file cannot be changed so, before anything is put into the store."""
    header = _header(order, part, Seal("age1", (), "-"))
    petitioner = {**order.data["petitioner"], "fingerprint": "0" * 32}
    written(order, header | {"petitioner": petitioner})


def _require_the_key_of_the_center(
    order: Order, sealer: Sealer, part: str, to: Sequence[str],
    identities: age.Identities | None,
) -> None:  # fmt: skip
    """Seals of before that others can open must be taken from them in the same step."""
    kept = sealer.store.read(order.id, part)
    others = {unit for wrap in kept.wraps for unit in wrap.to}.difference(to)
    if others and identities is None:
        raise Unavailable(
            f"原来的密封 {order.names(sorted(others))} 还打得开，重新密封要用管理机构的私钥："
            "加 --identity 私钥文件"
        )
    if others and identities is not None:
        sealer.narrow(order.id, part, to, identities)


def _has_identity(args: argparse.Namespace) -> bool:
    return bool(args.identity or os.environ.get(age.VARIABLE))


def _header(order: Order, part: str, seal: Seal) -> dict[str, Any]:
    header: dict[str, Any] = {"sealed": with_seal(order, part, seal)}
    if part == "demand" and "demand" in order.data:
        header["demand"] = None
    return header


def _add_fingerprint(
    order: Order, sealer: Sealer, person: dict[str, Any],
    identities: age.Identities | None, header: dict[str, Any],
) -> str:  # fmt: skip
    """Puts the person's fingerprint into the header; what there is to say where it cannot."""
    before = order.data["petitioner"]
    if before.get("anonymous"):
        return ""
    found = sealer.fingerprint(person, identities)
    rest = {key: value for key, value in before.items() if key != "fingerprint"}
    after = {**rest, **({"fingerprint": found} if found else {})}
    if after != before:
        header["petitioner"] = after  # that of another person does not stay
    if found is None:
        return "没有管理机构的私钥（--identity），指纹没有算：同一人的工单暂时对不上。"
    return ""


# --- what was given ----------------------------------------------------------------------


def _input() -> str:
    if sys.stdin.isatty():
        print("请输入要密封的内容，输完按 Ctrl+D：", file=sys.stderr)
    blob = sys.stdin.buffer.read(4 * MOST + 1)
    if len(blob) > 4 * MOST:
        raise Unavailable(f"内容太长，超过 {4 * MOST // 1024} KiB")
    try:
        return blob.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unavailable("标准输入不是 UTF-8 文字") from None


def _data(part: str, text: str) -> Any:
    """What is sealed. Nothing of it is ever repeated in a message."""
    if not text.strip():
        raise Unavailable("标准输入是空的：要密封的内容从那里读，见 hotline seal --help")
    if part == "demand":
        return _demand(text)
    try:
        return person_of(json.loads(text))
    except (ValueError, RecursionError) as why:
        words = str(why) if isinstance(why, NotAPerson) else '不是 JSON，如 {"name": "…"}'
        raise Unavailable(f"标准输入的内容不对，没有密封：{words}") from None


def _demand(text: str) -> str:
    """The text itself; what ``unseal`` prints is understood too."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return text.strip() + "\n" if "\n" in text.strip() else text.strip()
    if not is_whole(json.dumps(given, ensure_ascii=False)):
        raise Unavailable("标准输入的内容不对，没有密封：里面有不完整的字符")
    if isinstance(given, dict) and isinstance(given.get("demand"), str):
        return str(given["demand"])
    return given if isinstance(given, str) else text.strip()
