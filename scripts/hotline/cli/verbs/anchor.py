"""``hotline anchor``: a signed note of what history is now, to be kept elsewhere."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from hotline.cli.common import add_format, add_repo, now_of, root_of
from hotline.cli.parser import Parser
from hotline.doors import anchors, disk
from hotline.doors.commits import Repository
from hotline.doors.fault import Unavailable


def configure(parser: Parser) -> None:
    parser.add_argument(
        "--out", metavar="文件", help="锚点写到哪个文件，要存放在仓库以外；默认显示"
    )
    parser.add_argument(
        "--key", metavar="文件", help="签名的 SSH 私钥，默认取环境变量 HOTLINE_SIGNING_KEY"
    )
    parser.add_argument(
        "--unsigned", action="store_true", help="不签名：能证明多少，全凭保管它的地方"
    )
    parser.add_argument("--tag", action="store_true", help="同时在仓库里留一个标签 anchor/…")
    add_format(parser, "text", "json")
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    root, now = root_of(args), now_of(args)
    key = args.key or os.environ.get("HOTLINE_SIGNING_KEY", "")
    if not key and not args.unsigned:
        raise Unavailable(
            "锚点要签名：--key 私钥文件（公钥登记在名录里管理机构或审批局成员名下）；"
            "暂时没有密钥的，加 --unsigned"
        )
    target = Path(args.out).absolute() if args.out else None
    if target is not None and target.exists():
        raise Unavailable(f"{target} 已存在，锚点不覆盖旧的；请换一个文件名")
    with Repository(root) as repository:
        repository.refuse_incomplete()
        head = repository.resolve("HEAD")
        data = anchors.note(repository, head, now)
        if key:
            data = anchors.sign(data, Path(key))
        name = anchors.tag(repository, data) if args.tag else ""
    text = json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    if target is None:
        print(text, end="")
        return 0
    disk.write(target, text.encode())
    if args.format == "json":
        print(text, end="")
        return 0
    print(f"锚点已写入 {target}：{data['commits']} 个提交，{data['cases']} 件工单。")
    if name:
        print(f"标签：{name}")
    if target.is_relative_to(root):
        print("注意：这个文件在仓库里面。请移到别处保存，否则改历史的人也能改它。")
    print(f"以后核对：hotline audit --anchor {target}")
    return 0
