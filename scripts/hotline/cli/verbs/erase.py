"""``hotline erase``: carries out an approved erasure; what was sealed cannot be read any more."""

from __future__ import annotations

import argparse

from hotline.cli.common import add_repo
from hotline.cli.parser import Parser
from hotline.cli.sealed import Order, center_event, changing, put, written
from hotline.doors.fault import Unavailable
from hotline.doors.sealing import Sealer
from hotline.procedure.lifecycle import DONE, STATES
from hotline.procedure.readers import PARTS


def configure(parser: Parser) -> None:
    parser.add_argument("id", metavar="工单编号", help="如 LZ-20261013-0007")
    parser.add_argument("--identity", metavar="文件", help="不需要：删除只销毁密钥，不打开内容")
    add_repo(parser)
    parser.epilog = (
        "先由行政审批局同意：hotline add 工单编号 erasure_approved ground=person_asked reason=…。\n"
        "密钥库里这一件的密钥全部销毁，工单头的密封内容和指纹去掉，并记一件“删除个人信息”；"
        "从此任何一个旧提交、克隆、备份里的密文都打不开。中途断了，再运行一次即可。"
    )


def run(args: argparse.Namespace) -> int:
    with changing(args) as (order, sealer):
        _require(order)
        store = sealer.store
        held = [part for case, part in store.parts() if case == order.id]
        _require_its_keys(order, sealer)
        blob = _erased(order)
        # First what cannot be undone: were the file first, a killed command would leave an
        # order that says of itself that it is erased while its keys are still there.
        store.destroy(order.id)
        if blob != order.blob:
            put(order, blob)
        exports = store.exports()
    print(f"已删除 {order.id} 的个人信息：销毁密钥 {len(held)} 份，工单头已清空。")
    if exports:
        places = "、".join(dict.fromkeys(row.get("out", "?") for row in exports))
        print(
            f"密钥库的备份里还有它的密钥，请逐个销毁，再重新备份（hotline keys export）：{places}"
        )
    print(f"请提交并合并这个改动：git add {order.path}，git commit。")
    return 0


def _require(order: Order) -> None:
    course = order.subject.course
    if order.is_erased and all(step.allowed for step in course.of("erased")):
        return  # a command that was cut off
    now = order.opened.now
    if any(step.event.at > now for step in course.of("erasure_approved")):
        raise Unavailable("同意删除的时间比现在还晚，请核对电脑的时钟")
    if course.state not in DONE:
        done = "、".join(STATES[state] for state in STATES if state in DONE)
        raise Unavailable(f"{order.id} 现在“{STATES[course.state]}”，{done}以后才能删除个人信息")
    # What was approved is the order as it was closed then.
    again = max((step.event.index for step in course.of("redo_ordered")), default=-1)
    approved = [
        step for step in course.of("erasure_approved") if step.allowed and step.event.index > again
    ]
    registry = order.opened.rules.registry
    if not any(registry.role(step.event.by) == "bureau" for step in approved):
        raise Unavailable(
            f"{order.id} 还没有行政审批局同意删除的决定：hotline add {order.id} erasure_approved "
            "ground=person_asked reason=…"
        )
    if course.final.supervisions:
        raise Unavailable(f"{order.id} 的督办还没有销号（supervision_closed），不能删除个人信息")


def _require_its_keys(order: Order, sealer: Sealer) -> None:
    """Raises where a seal's key is neither here nor known to have been destroyed here: then this
    is most likely another store, and the keys live on elsewhere."""
    store = sealer.store
    if order.id in store.destroyed():
        return
    for part in PARTS:
        seal = order.seal(part)
        if seal is not None and store.read(order.id, part).of(seal.recipient) is None:
            raise Unavailable(
                f"密钥库 {store.folder} 里没有 {order.id} 的密钥，没有删除任何东西：很可能用错了"
                "密钥库（环境变量 HOTLINE_KEYS）。确实丢失的，请先核对备份，再由两人见证处理"
            )


def _erased(order: Order) -> bytes:
    """The order's file without anything personal, and the event."""
    petitioner = {k: v for k, v in order.data["petitioner"].items() if k != "fingerprint"}
    header = {"sealed": None, "petitioner": petitioner}
    changes = {key: value for key, value in header.items() if order.data.get(key) != value}
    event = None if order.is_erased else center_event(order, "erased")
    return written(order, changes, event)
