"""The entry point: finds the verb, imports it, runs it, and ends with its code."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

from hotline import __version__

VERBS: dict[str, tuple[str, str]] = {
    "check": ("check", "检查工单：格式、流程、时限，告诉您哪里错、怎么改"),
    "due": ("due", "列出办理中工单的时限"),
    "show": ("show", "看一件工单：状态、时限、经过"),
    "clock": ("clock", "算一个时限，并说明怎么算的"),
    "rule": ("rule", "一条规则要求什么、依据哪条、怎么改"),
    "rules": ("rules", "全部规则"),
    "norms": ("norms", "办法逐条由什么落实"),
    "new": ("new", "新建一件工单"),
    "add": ("add", "给工单记一件事：签收、答复、延期……"),
    "reply": ("reply", "把答复变成发给诉求人的信：文字、网页或 Word"),
    "import": ("import_", "从平台导出的表格导入工单"),
    "export": ("export", "导出为表格"),
    "keys": ("keys", "密钥：新建、列出、更换、核对、备份"),
    "seal": ("seal", "密封个人信息、举报内容：从标准输入读，不留明文"),
    "unseal": ("unseal", "打开密封的内容，记录谁、何时、为什么"),
    "reseal": ("reseal", "改派以后重新密封给现在应当看的单位"),
    "erase": ("erase", "执行已批准的删除：销毁密钥，个人信息从此读不出"),
    "audit": ("audit", "审计历史：已记录的有没有被改动、删去，谁改的"),
    "report": ("report", "考评和统计：一个月（季度、年）的及时率、满意率、来件、热点"),
    "archive": ("archive", "为办完的工单立卷，按单位和月份装包；archive verify 核对"),
    "anchor": ("anchor", "锚点：记下历史现在的样子，存放在别处，以后核对"),
    "escalate": ("escalate", "列出并执行升级提醒的计划"),
    "notify": ("notify", "把将到期、已超期和督办情形发给各单位"),
    "comment": ("comment", "把检查结果写成合并请求的一条评论，保持更新"),
    "land": ("land", "把各人的分支逐个合并进来：按事件合并，查过才合"),
    "pulls": ("pulls", "列出贴了标签、等着合并的合并请求（工作流用）"),
    "merge-driver": ("merge_driver", "git 合并同一件工单时调用：按事件合并"),
    "setup": ("setup", "每个克隆运行一次：登记合并驱动，安装钩子"),
    "hook": ("hook", "git 的钩子：推送、提交以前检查（由 git 调用）"),
    "site": ("site", "生成（build）或预览（serve）网站"),
    "run": ("run", "每日工作：检查、升级、生成网站"),
    "demo": ("demo", "建一个带历史的示例仓库"),
}
"""Verb → (its module, one line of help)."""


def usage() -> str:
    width = max(map(len, VERBS))
    listed = "\n".join(f"  {name:<{width}}  {words}" for name, (_, words) in VERBS.items())
    return (
        "用法：hotline 命令 [参数…]\n\n"
        "12345 热线工单：一件工单一个文件，时限、流程、格式随时可查。\n\n"
        f"命令：\n{listed}\n\n"
        "每个命令的说明：hotline 命令 --help\n"
        "通用选项：--repo 目录（仓库）、--now 时间（假定现在是何时）、--version"
    )


def main(argv: list[str] | None = None) -> int:
    """Runs one verb: that of ``argv``, or the one for which this process was started. Exit: 0 well,
    1 findings, 2 wrong use or a fault of the environment."""
    if argv is not None:
        return _run(argv)
    # Most of what a command makes as it starts stays to its end: the collector need not go through
    # it again and again, nor once more when all is done.
    gc.set_threshold(50_000, 20, 100)
    try:
        return _run(sys.argv[1:])
    finally:
        gc.freeze()


def _run(arguments: list[str]) -> int:
    _speak_utf8()
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(usage())
        return 0 if arguments else 2
    if arguments[0] in ("-V", "--version"):
        print(f"hotline {__version__}")
        return 0
    verb = arguments[0]
    if verb not in VERBS:
        hint = _meant(verb, arguments[1:])
        print(
            f"hotline：没有 {verb!r} 这个命令{hint}\n查看全部命令：hotline --help", file=sys.stderr
        )
        return 2
    return _guarded(verb, arguments[1:])


def _meant(word: str, rest: list[str]) -> str:
    """What somebody most likely meant who wrote ``word`` for a verb."""
    from hotline.cli.parser import nearest
    from hotline.procedure.lifecycle import TABLE

    if word.startswith("-"):
        verb = next((r for r in rest if r in VERBS), "命令")
        return f"；选项写在命令后面：hotline {verb} {word} …"
    if word in TABLE:
        return f"，是不是想写 hotline add {rest[0] if rest else '工单编号'} {word}？"
    near = nearest(word, VERBS)
    return f"，是不是想用 {near}？" if near else ""


def _guarded(verb: str, arguments: list[str]) -> int:
    """The one place that catches what nobody expected, and asks for a report."""
    from hotline.doors.fault import Unavailable

    module, words = VERBS[verb]
    try:
        if verb == "check" and all(word and word[0] != "-" for word in arguments or [""]):
            return _check_files(arguments)
        from hotline.cli.parser import Parser

        loaded = import_module(f"hotline.cli.verbs.{module}")
        parser = Parser(prog=f"hotline {verb}", description=words)
        loaded.configure(parser)
        return int(loaded.run(parser.parse_args(arguments)))
    except Unavailable as fault:
        from hotline.values.shown import on_terminal

        # The words may hold what was typed, or what a file holds.
        print(on_terminal(f"hotline：{fault.in_chinese}"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("hotline：已中断", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader (head, less) went away: nothing is wrong, and nothing can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit:
        raise
    except OSError as error:
        return _of_the_machine(error)
    except BaseException as error:
        return _unexpected(error)


def _check_files(words: list[str]) -> int:
    """``check`` of a few files and nothing else: as it was told before, where that holds."""
    from hotline.cli.as_before import told_as_before

    code = told_as_before(words)
    if code is None:
        from hotline.cli.verbs.check import run_plain

        code = run_plain(words)
    return code


def _of_the_machine(error: OSError) -> int:
    """A disk that is full or fails, wherever it was met (the folder of temporary files too)."""
    from hotline.doors.disk import is_of_the_disk, reason
    from hotline.values.shown import on_terminal

    if not is_of_the_disk(error):
        return _unexpected(error)
    where = f"（{error.filename}）" if error.filename else f"（{_temporary()} 或仓库所在的磁盘）"
    words = f"hotline：{reason(error)}{where}，没有做完；处理好以后再运行一次"
    print(on_terminal(words), file=sys.stderr)
    return 2


def _temporary() -> str:
    from tempfile import gettempdir

    return gettempdir()


def _unexpected(error: BaseException) -> int:
    from hotline.reading.strict_yaml import LibyamlIsMissing

    if isinstance(error, LibyamlIsMissing):
        print(f"hotline：{error.in_chinese}", file=sys.stderr)
        return 2
    if os.environ.get("HOTLINE_DEBUG"):
        raise error
    import hashlib
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    where = f"{type(error).__name__} {frames[-1].name}:{frames[-1].lineno}" if frames else "?"
    short = hashlib.sha256(where.encode()).hexdigest()[:8]
    print(
        f"hotline：程序出错（编号 {short}，{where}），工单文件没有改动。\n"
        "请把编号和所用命令告诉维护人员；设置 HOTLINE_DEBUG=1 再运行可看到详情。",
        file=sys.stderr,
    )
    return 2


def _speak_utf8() -> None:
    """Chinese must reach a pipe whole, whatever the locale of the machine."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    raise SystemExit(main())
