"""``hotline comment``: the check's words as one comment on a pull request, kept up to date."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path

from hotline.cli.parser import Parser
from hotline.doors.disk import reason
from hotline.doors.fault import Unavailable
from hotline.findings.printers.markdown import all_is_well, shortened

_TOLD = {
    "written": "已写评论",
    "updated": "已更新评论",
    "same": "评论没有变化",
    "none": "没有问题，也没有旧评论，不用写",
}
MOST = 160_000
"""Bytes. GitHub takes 65,536 characters of a comment, and of text outside of the basic plane
fewer; nothing that a check says is so long but letters."""


def configure(parser: Parser) -> None:
    parser.add_argument(
        "file", nargs="?", default="-", metavar="文件",
        help="hotline check --format markdown 的输出；不写或写 - 时从标准输入读",
    )  # fmt: skip
    parser.add_argument("--pull", type=int, metavar="编号", help="写到哪个合并请求")
    parser.add_argument(
        "--forge", choices=("github", "gitea"), metavar="去处",
        help="github、gitea（Forgejo 相同）；读环境变量 GITHUB_API_URL、GITHUB_REPOSITORY、GITHUB_TOKEN",
    )  # fmt: skip
    parser.add_argument(
        "--at-most", type=int, metavar="字节",
        help="不写到平台，只把要写的内容缩到这么长，打印出来",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    text = _read(args.file)
    well = all_is_well(text)
    if args.at_most is not None:
        print(text if well else shortened(text, args.at_most))
        return 0
    if args.pull is None or args.pull < 1 or args.forge is None:
        raise Unavailable("请写明合并请求的编号和平台，如 --pull 12 --forge gitea")
    from hotline.doors.forges.connect import sticky  # heavy: httpx

    with closing(sticky(args.forge)) as comment:
        done = comment.put(args.pull, well or shortened(text, MOST), is_well=well is not None)
    print(f"{_TOLD[done]}（合并请求 {args.pull}）", file=sys.stderr)
    return 0


def _read(name: str) -> str:
    try:
        blob = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise Unavailable(f"读不了 {name}：{reason(error)}") from error
    text = blob.decode("utf-8", "replace").strip()
    if not text:
        raise Unavailable("没有内容可写；先运行 hotline check --format markdown > 文件")
    return text
