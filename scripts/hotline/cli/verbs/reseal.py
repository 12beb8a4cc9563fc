"""``hotline reseal``: seals anew for those who may read now, after an order was reassigned."""

from __future__ import annotations

import argparse

from hotline.cli.common import add_repo
from hotline.cli.parser import Parser
from hotline.cli.sealed import PART, Order, add_identity, center_event, changing, put, written
from hotline.doors import age
from hotline.doors.fault import Unavailable
from hotline.doors.sealing import Seal, Sealer
from hotline.procedure.readers import PARTS


def configure(parser: Parser) -> None:
    parser.add_argument("id", metavar="工单编号", help="如 LZ-20261013-0007")
    add_identity(parser)
    add_repo(parser)
    parser.epilog = (
        "改派、退回、撤回以后，管理机构用自己的私钥重新密封：新的承办单位打得开，"
        "原来的承办单位从此打不开（历史里的旧密文也一样）。"
    )


def run(args: argparse.Namespace) -> int:
    identities = age.identities(args.identity)
    with changing(args) as (order, sealer):
        parts = [part for part in PARTS if order.seal(part) is not None]
        if not parts:
            raise Unavailable(f"{order.id} 没有密封的内容")
        new = {part: _renewed(order, sealer, part, identities) for part in parts}
        if any(new.values()):
            header = {part: (new[part] or order.seal(part)) for part in parts}
            sealed = {part: seal.as_data() for part, seal in header.items() if seal}
            to = list(order.readers.demand)
            event = center_event(order, "resealed", to=to) if order.is_committed() else None
            put(order, written(order, {"sealed": sealed}, event))
        for part in parts:
            sealer.narrow(order.id, part, order.readers.of(part), identities)
    if not any(new.values()):
        print(f"{order.id} 的可读单位没有变化，没有改动。")
        return 0
    for part in parts:
        print(f"{order.id} 的{PART[part]}现在可读：{order.names(order.readers.of(part))}。")
    late = sealer.without_keys(order.readers.demand)
    if late:
        print(f"还没有登记公钥、暂时打不开的单位：{order.names(late)}（hotline keys new）。")
    return 0


def _renewed(order: Order, sealer: Sealer, part: str, identities: age.Identities) -> Seal | None:
    """The part sealed anew; None where its readers are right."""
    seal = order.seal(part)
    to = order.readers.of(part)
    if seal is None or set(seal.to) == set(to):
        return None
    found = sealer.open(order.id, part, seal, identities)
    return sealer.seal(order.id, part, found, to)
