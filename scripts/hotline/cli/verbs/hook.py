"""``hotline hook``: what git calls before it takes a push or makes a commit."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from hotline.cli.common import add_repo, now_of
from hotline.cli.parser import Parser
from hotline.doors import git
from hotline.doors.fault import Unavailable
from hotline.doors.objects import Objects, is_name
from hotline.values.shown import on_one_line

if TYPE_CHECKING:
    from hotline.cli.pushed import Gate, Verdict

MAX_FILES = 5_000
MOST = 50
"""So many faults are told."""


def configure(parser: Parser) -> None:
    parser.usage = "hotline hook 钩子 [git 的参数…] [--protect 分支] [--max-files 个数]"
    parser.add_argument(
        "hook", metavar="钩子", choices=list(HOOKS), help=f"哪个钩子：{'、'.join(HOOKS)}"
    )
    parser.add_argument("words", metavar="参数", nargs="*", help="git 给钩子的参数，原样写上")
    parser.add_argument(
        "--protect", metavar="分支", action="append", default=[],
        help="受保护的分支，可写多次，默认 main 和服务器的默认分支",
    )  # fmt: skip
    parser.add_argument(
        "--max-files", metavar="个数", type=int, default=MAX_FILES,
        help=f"一次最多改动多少个文件，默认 {MAX_FILES}",
    )  # fmt: skip
    add_repo(parser)
    parser.epilog = (
        "由 git 调用：服务器上是 pre-receive，电脑上是 pre-commit、pre-push（hotline setup 会装好）。"
        "只管这次推送或提交自己带来的错误，以前就有的不拦。结束码 0 接受，其余拒绝。"
    )
    # A script may write its options before what git gives it.
    parser.parse_args = parser.parse_intermixed_args  # type: ignore[method-assign]


def run(args: argparse.Namespace) -> int:
    from hotline.reading.strict_yaml import require_libyaml

    require_libyaml()
    if args.max_files < 1:
        raise Unavailable("--max-files 要写大于 0 的整数")
    return HOOKS[args.hook](args)


# --- a push ----------------------------------------------------------------------------------


def _pre_receive(args: argparse.Namespace) -> int:
    """The server's: the objects lie apart until the hook has accepted them."""
    from hotline.cli.pushed import Push, Remote

    pushes = [Push(old, new, ref) for old, new, ref in _lines(3)]
    with _objects(args, git.quarantine()) as objects:
        gate = _gate(args, objects, objects.main_branch())
        remote = Remote("refs/heads/{}", "--all")
        verdicts = [(push.ref, gate.pushed(push, remote)) for push in pushes]
    return _tell(verdicts, "没有接收这次推送。改好后提交（git commit），再推送。")


def _pre_push(args: argparse.Namespace) -> int:
    """The laptop's: what the server would refuse is told before it is sent."""
    from hotline.cli.pushed import Push, Remote

    pushes = [Push(old, new, ref) for _, new, ref, old in _lines(4)]
    name = args.words[0] if args.words and _PLAIN.fullmatch(args.words[0]) else "origin"
    remote = Remote(
        f"refs/remotes/{name}/{{}}", f"--remotes={name}", {push.ref: push.old for push in pushes}
    )
    with _objects(args, {}) as objects:
        gate = _gate(args, objects)
        verdicts = [(push.ref, gate.pushed(push, remote)) for push in pushes]
    return _tell(verdicts, "没有推送。改好后提交（git commit），再推送。")


def _pre_commit(args: argparse.Namespace) -> int:
    """The laptop's: what is staged, whatever the work tree holds."""
    with _objects(args, git.index()) as objects:
        verdict = _gate(args, objects).staged()
    end = "没有提交。改好后 git add，再 git commit。"
    if any(f" {code} " in line for line in verdict.refused for code in ("A001", "A002")):
        end += "只是改自己还没推送的上一次提交（--amend）的，加 --no-verify。"
    return _tell([("", verdict)], end)


HOOKS: dict[str, Callable[[argparse.Namespace], int]] = {
    "pre-receive": _pre_receive,
    "pre-commit": _pre_commit,
    "pre-push": _pre_push,
}


def _gate(args: argparse.Namespace, objects: Objects, usual: str = "main") -> Gate:
    """``usual`` is protected beside ``main`` where nobody says what is."""
    from hotline.cli.pushed import Gate

    names = args.protect or ["main", usual]
    protected = [name.removeprefix("refs/heads/") for name in names]
    return Gate(objects, now_of(args), protected, args.max_files)


def _objects(args: argparse.Namespace, more: Mapping[str, str]) -> Objects:
    folder = Path(args.repo or ".").absolute()
    if not folder.is_dir():
        raise Unavailable(f"没有文件夹 {folder}")
    objects = Objects(_top(folder), more)
    if not objects.are_there:
        raise Unavailable(f"{folder} 不是 git 仓库")
    return objects


def _top(folder: Path) -> Path:
    """The top of the work tree, or the server's repository itself, which may lie in a folder of
    somebody else's work tree."""
    if (folder / "HEAD").is_file() and (folder / "objects").is_dir():
        return folder
    return next((above for above in (folder, *folder.parents) if (above / ".git").exists()), folder)


def _lines(words: int) -> Iterator[list[str]]:
    """What git writes to a hook's standard input."""
    if sys.stdin.isatty():
        raise Unavailable(_BY_GIT)
    for row in sys.stdin.buffer.read().removesuffix(b"\n").split(b"\n"):
        if not row:
            continue
        found = row.decode("utf-8", "backslashreplace").split(" ")
        names = [word for number, word in enumerate(found) if number in _NAMES[words]]
        if len(found) != words or not all(map(is_name, names)):
            raise Unavailable(_BY_GIT)
        yield found


_BY_GIT = "这个命令由 git 调用，标准输入的格式不对；怎么安装见手册“钩子”一页"
_NAMES = {3: (0, 1), 4: (1, 3)}
"""Which words of a line are names of objects."""
_PLAIN = re.compile(r"[A-Za-z0-9._-]+")


# --- telling -----------------------------------------------------------------------------------


def _tell(verdicts: Iterable[tuple[str, Verdict]], end: str) -> int:
    refused: dict[str, str] = {}
    told: dict[str, str] = {}
    for ref, verdict in verdicts:
        refused |= {line: ref for line in verdict.refused if line not in refused}
        told |= {line: ref for line in verdict.told if line not in told}
    if refused:
        _print([*_some(refused, MOST), f"hotline：{end}"])
        return 1
    if told:
        note = "hotline：照样接收。合并到受保护的分支以前，要改好上面的问题。"
        _print([*_some(told, MOST), note])
    return 0


def _some(lines: dict[str, str], most: int) -> list[str]:
    """As many lines as a person reads, by their ref."""
    found: list[str] = []
    ref = ""
    for text, of in list(lines.items())[:most]:
        if of != ref:
            ref = of
            found.append(f"{on_one_line(of)[:100]}：")
        found.append(f"  {text}" if of else text)
    if len(lines) > most:
        found.append(f"……共 {len(lines)} 处")
    return found


def _print(lines: Iterable[str]) -> None:
    print("\n".join(lines), file=sys.stderr)
