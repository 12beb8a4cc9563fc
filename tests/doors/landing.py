"""A data repository with people's branches, for the tests of landing and of the driver."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.support import ROOT

ID = "LZ-20261013-0007"
PATH = f"cases/2026/10/{ID}.yaml"
NOW = "2026-10-20T09:00:00+08:00"
TEXT = """\
# 一件工单
id: LZ-20261013-0007
channel: city_12345
upstream_id: "ZY202610130099"
dispatched_at: 2026-10-13T09:30:00+08:00
kind: complaint
urgency: normal
category: noise-construction
title: 夜间施工噪音   # 标题
demand: |
  {petitioner.name}反映工地夜间施工。
location: 天池街道
petitioner: {confidential: false, anonymous: false}
events:
  - {at: 2026-10-13T09:40:00+08:00, by: hotline-center, type: accepted}
  # 交办给住建
  - at: 2026-10-13T09:50:00+08:00   # 电话已说
    by: hotline-center
    type: assigned
    lead: housing-bureau
    support: [tianchi-street]
    basis: clear
  - {at: 2026-10-13T10:20:00+08:00, by: housing-bureau, type: signed}
"""
PROGRESS = {
    "a": "  # 甲的注\n  - {at: 2026-10-14T10:00:00+08:00, by: housing-bureau, type: progress, text: 已到现场}\n",
    "b": "  - at: 2026-10-14T09:00:00+08:00\n    by: tianchi-street\n    type: support_opinion\n    text: |\n      已劝止。\n",
    "c": "  - {at: 2026-10-14T09:00:00+08:00, by: hotline-center, type: urged, text: 请抓紧}   # 丙的注\n",
}
USER = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "张三"), ("EMAIL", "zhang@lezhi.example"))
}


def case(number: int, **words: str) -> tuple[str, str]:
    """Another order by its path, with its own numbers."""
    text = TEXT.replace(ID, f"LZ-20261013-{number:04}").replace("130099", f"13{number:04}")
    for old, new in words.items():
        text = text.replace(old, new)
    return f"cases/2026/10/LZ-20261013-{number:04}.yaml", text


class Land:
    """The repository, with its main branch checked out."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(ROOT / "registry", root / "registry")
        (root / "registry" / "precedents.yaml").write_text("precedents: []\n", "utf-8")
        self.git("init", "-q", "-b", "main")
        self.write({PATH: TEXT})
        self.commit("begin")

    def git(self, *arguments: str, ok: bool = True) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env=os.environ | USER, capture_output=True
        )
        assert done.returncode == 0 or not ok, done.stderr.decode()
        return done.stdout.decode().rstrip("\n")

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        for path, text in files.items():
            target = self.root / path
            if text is None:
                target.unlink()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self, message: str = "x") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "--no-verify", "-m", message)
        return self.tip()

    def tip(self, name: str = "HEAD") -> str:
        return self.git("rev-parse", name)

    def branch(
        self, name: str, files: Mapping[str, str | bytes | None], start: str = "main"
    ) -> str:
        """A branch with one commit of these files; main is checked out again."""
        self.git("checkout", "-q", "-b", name, start)
        self.write(files)
        made = self.commit(name)
        self.git("checkout", "-q", "main")
        return made

    def read(self, path: str = PATH, name: str = "HEAD") -> str:
        return self.git("show", f"{name}:{path}") + "\n"

    def is_clean(self) -> bool:
        return self.git("status", "--porcelain") == ""
