"""``hotline demo``: a living sample repository with history, dated around now."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hotline.cli.common import RegistryIsBroken, now_of, progress
from hotline.cli.parser import Parser
from hotline.demo import hands, start
from hotline.demo.hands import Commit
from hotline.demo.plan import Plan
from hotline.demo.told import Told, told
from hotline.doors import demo as door
from hotline.doors import package
from hotline.doors.fault import Unavailable
from hotline.procedure.lifecycle import OPEN, STATES
from hotline.reading.registry import read_registry
from hotline.reading.strict_yaml import require_libyaml

MOST = 1_000_000


def configure(parser: Parser) -> None:
    parser.add_argument("folder", metavar="目录", help="新仓库的目录，要不存在或是空的")
    parser.add_argument(
        "--orders", metavar="件数", type=_count, default=200, help="工单件数，默认 200"
    )
    parser.add_argument(
        "--seed", metavar="种子", type=int, default=12345, help="同一种子得到同样的仓库，默认 12345"
    )
    parser.add_argument("--no-history", action="store_true", help="不要历史，只做一次提交")
    parser.add_argument(
        "--now", metavar="时间", help="假定现在是这个时间，如 2026-10-13T09:30:00+08:00"
    )


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MOST:
        raise argparse.ArgumentTypeError(f"件数要在 1 到 {MOST} 之间")
    return number


@dataclass(slots=True)
class Tally:
    """What went through: counted on the way, because nothing is kept."""

    states: Counter[str] = field(default_factory=Counter)
    commits: int = 0
    authors: set[str] = field(default_factory=set)

    def orders(self, orders: Iterable[Told]) -> Iterator[Told]:
        for order in orders:
            self.states[order.state] += 1
            yield order

    def recorded(self, commits: Iterable[Commit]) -> Iterator[Commit]:
        for commit in commits:
            self.commits += 1
            self.authors.add(commit.email)
            yield commit


def run(args: argparse.Namespace) -> int:
    target = Path(args.folder).absolute()
    door.refuse_if_taken(target)
    registry = start.registry(door.shipped_registry())
    plan = _plan(args, registry)
    tally = Tally()
    orders = tally.orders(progress(told(plan), plan.orders, "生成"))
    door.build(target, tally.recorded(_commits(plan, registry, orders, args.no_history)))
    print(_made(args.folder, plan, tally))
    return 0


def _plan(args: argparse.Namespace, registry: dict[str, bytes]) -> Plan:
    require_libyaml()
    texts = {path: blob for path, blob in registry.items() if path.endswith(".yaml")}
    rules, findings = read_registry(texts, lambda name: package.schema(None, name))
    if rules is None:
        raise RegistryIsBroken(findings)
    plan = Plan(rules, args.orders, args.seed, now_of(args))
    if not 2013 <= plan.local_now.year <= 2099:
        raise Unavailable("--now 的年份要在 2013 至 2099 之间")
    return plan


def _commits(
    plan: Plan, registry: dict[str, bytes], orders: Iterator[Told], no_history: bool
) -> Iterator[Commit]:
    rest = start.files(
        door.starter(), orders=plan.orders, first=plan.start.isoformat(),
        last=plan.local_now.date().isoformat(), now=plan.local_now.isoformat(),
    )  # fmt: skip
    if no_history:
        yield hands.snapshot(plan, {**registry, **rest}.items(), orders)
        return
    yield from hands.opening(plan, registry.items(), rest.items())
    yield from hands.commits(plan, orders)


def _made(folder: str, plan: Plan, tally: Tally) -> str:
    still = sum(count for state, count in tally.states.items() if state in OPEN)
    states = "、".join(
        f"{title} {tally.states[state]}" for state, title in STATES.items() if tally.states[state]
    )
    return (
        f"示例仓库已建好：{folder}\n"
        f"  工单 {plan.orders} 件，派单日期 {plan.start} 至 {plan.local_now.date()}，"
        f"未办结 {still} 件\n"
        f"  {states}\n"
        f"  提交 {tally.commits} 次，经手 {len(tally.authors)} 人\n"
        "接下来：\n"
        f"  cd {folder}\n"
        "  hotline check        检查全部工单\n"
        "  hotline run          检查、升级提醒、生成网站\n"
        "  hotline site serve   在浏览器里看"
    )
