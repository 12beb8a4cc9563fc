"""``hotline setup``: a clone made ready for merging work orders and checking before commits."""

from __future__ import annotations

import argparse

from hotline.cli.common import add_repo, root_of
from hotline.cli.parser import Parser
from hotline.doors.clone import set_up
from hotline.values.shown import on_one_line


def configure(parser: Parser) -> None:
    parser.add_argument("--no-hooks", action="store_true", help="不安装提交前、推送前的钩子")
    add_repo(parser, now=False)
    parser.epilog = (
        "每个克隆运行一次，重复运行无妨。登记合并驱动（只写本仓库的 git 配置），补写 .gitattributes，"
        "安装钩子；别人写的钩子不改。"
    )


def run(args: argparse.Namespace) -> int:
    for said in set_up(root_of(args), hooks=not args.no_hooks):
        print(on_one_line(said))
    return 0
