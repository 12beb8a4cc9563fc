"""``hotline merge-driver``: what git calls for a work order that both sides changed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hotline.cli.parser import Parser
from hotline.doors import disk
from hotline.reading.strict_yaml import parse, require_libyaml
from hotline.values.shown import on_one_line
from hotline.writing.merge import CannotMerge, merge


def configure(parser: Parser) -> None:
    parser.usage = "hotline merge-driver 上一版 本方 对方 [路径]"
    parser.add_argument("base", metavar="上一版", help="双方共同的上一版（git 的 %%O）")
    parser.add_argument("ours", metavar="本方", help="本方的文件，结果写在这里（%%A）")
    parser.add_argument("theirs", metavar="对方", help="对方的文件（%%B）")
    parser.add_argument("path", metavar="路径", nargs="?", help="工单文件的路径（%%P）")
    parser.epilog = (
        "由 git 调用，不用自己运行：先运行一次 hotline setup。结束码：0 已合并，1 有冲突。"
    )


def run(args: argparse.Namespace) -> int:
    require_libyaml()
    base, ours, theirs = (Path(name) for name in (args.base, args.ours, args.theirs))
    first, mine, other = (_read(path) for path in (base, ours, theirs))
    try:
        merged = merge(first or None, mine, other, lambda blob: parse(blob).root)
    except CannotMerge as why:
        _leave_to_the_clerk(base, ours, theirs)
        name = on_one_line(args.path or args.ours)
        print(
            f"hotline：{name} 不能自动合并：{why}。\n"
            "请打开这个文件，找到 <<<<<<< 和 >>>>>>> 之间的两种写法，留下对的一种，删去标记行，"
            "两边记的事都要保留；再运行 hotline check 和 git add。放弃这次合并：git merge --abort",
            file=sys.stderr,
        )
        return 1
    disk.write(ours, merged)
    return 0


def _read(path: Path) -> bytes:
    return disk.read(path.parent, path.name)


def _leave_to_the_clerk(base: Path, ours: Path, theirs: Path) -> None:
    from hotline.doors import git

    git.merge_file(ours.absolute(), base.absolute(), theirs.absolute())
