"""``hotline pulls``: the pull requests that a workflow is to land, a line each."""

from __future__ import annotations

import argparse
from contextlib import closing

from hotline.cli.parser import Parser


def configure(parser: Parser) -> None:
    parser.add_argument(
        "--forge", choices=("github", "gitea"), required=True, metavar="去处",
        help="github、gitea（Forgejo 相同）；读环境变量 GITHUB_API_URL、GITHUB_REPOSITORY、GITHUB_TOKEN",
    )  # fmt: skip
    parser.add_argument("--base", required=True, metavar="分支", help="合并到哪个分支的请求")
    parser.add_argument(
        "--label", action="append", required=True, metavar="标签", help="带哪个标签的，可写几个"
    )
    parser.epilog = "每行一个：编号 提交。只列本仓库分支发来的、还开着的请求。"


def run(args: argparse.Namespace) -> int:
    from hotline.doors.forges.connect import pulls  # heavy: httpx

    with closing(pulls(args.forge)) as found:
        for pull in found.labelled(args.label, args.base):
            print(pull.number, pull.commit)
    return 0
