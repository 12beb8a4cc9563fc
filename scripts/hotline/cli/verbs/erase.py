"""``hotline erase``: carries out an approved erasure; what was sealed cannot be read any more."""

from __future__ import annotations

import argparse

from hotline.cli.common import add_repo
from hotline.cli.parser import Parser
from hotline.cli.sealed import Order, center_event, changing, put, written
from hotline.doors.fault import Unavailable
from hotline.procedure.lifecycle import DONE, STATES


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
    if course.state not in DONE:
        done = "、".join(STATES[state] for state in STATES if state in DONE)
        raise Unavailable(f"{order.id} 现在“{STATES[course.state]}”，{done}以后才能删除个人信息")
    approved = [step for step in course.of("erasure_approved") if step.allowed]
    registry = order.opened.rules.registry
    if not any(registry.role(step.event.by) == "bureau" for step in approved):
        raise Unavailable(
            f"{order.id} 还没有行政审批局同意删除的决定：hotline add {order.id} erasure_approved "
            "ground=person_asked reason=…"
        )
    if course.final.supervisions:
        raise Unavailable(f"{order.id} 的督办还没有销号（supervision_closed），不能删除个人信息")


def _erased(order: Order) -> bytes:
    """The order's file without anything personal, and the event."""
    petitioner = {k: v for k, v in order.data["petitioner"].items() if k != "fingerprint"}
    header = {"sealed": None, "petitioner": petitioner}
    changes = {key: value for key, value in header.items() if order.data.get(key) != value}
    event = None if order.is_erased else center_event(order, "erased")
    return written(order, changes, event)
