"""What a data repository holds beside its orders: how to look, and what git leaves out."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PRECEDENTS = "registry/precedents.yaml"
_DECIDED_IN = re.compile(rb"(?m)^ +decided_in:.*\n")

GITIGNORE = """\
# 生成的内容，不入库
/site/
/.hotline/
"""

README = """\
# 乐至县12345热线工单（示例）

这是 `hotline demo` 生成的示例仓库：{orders} 件工单，派单日期 {first} 至 {last}。
工单、地点和单位电话均为虚构，不含任何个人信息；密封内容只是占位，没有钥匙可以打开。

## 怎么看

```sh
hotline check          # 检查全部工单：格式、流程、时限
hotline due            # 办理中的工单还剩多少时间
hotline run            # 每日工作：检查、升级提醒、生成网站
hotline site serve     # 在浏览器里看网站
git log                # 每件事是谁、何时记下的
```

示例以 {now} 为“现在”。要回到那一刻看，各命令加 `--now {now}`。

## 有什么

| 位置 | 内容 |
| --- | --- |
| `cases/年/月/编号.yaml` | 一件工单一个文件 |
| `registry/` | 单位名录、事项分类、先例、时限规定、放假安排、知识库 |

改动示例前不必担心弄坏：删掉文件夹，再运行一次 `hotline demo` 即可。
"""


def registry(shipped: Mapping[str, bytes]) -> dict[str, bytes]:
    """The shipped registry; its precedents do not name orders that are not there."""
    files = dict(shipped)
    if _PRECEDENTS in files:
        files[_PRECEDENTS] = _DECIDED_IN.sub(b"", files[_PRECEDENTS])
    return files


def files(
    starter: Mapping[str, bytes], *, orders: int, first: str, last: str, now: str
) -> dict[str, bytes]:
    """The files beside registry and orders; those of the shipped starter come first."""
    readme = README.format(orders=orders, first=first, last=last, now=now)
    own = {"README.md": readme.encode(), ".gitignore": GITIGNORE.encode()}
    return dict(sorted({**starter, **own}.items()))
