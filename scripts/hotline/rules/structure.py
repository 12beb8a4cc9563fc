"""S: the file itself. S001 to S010 are found by the reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hotline.procedure.calendar import Calendar
from hotline.rules.declare import Hit, found_by_reader, rule
from hotline.values.case import Case
from hotline.values.node import START

found_by_reader(
    "S001",
    title="文件读得出：UTF-8 编码、一个 YAML 文档、不超限",
    why="读不出的工单没有时限，等于丢件。上限：256 KiB、2000 个事件、32 层嵌套。",
    mend="用 UTF-8 保存；检查缩进、冒号和引号；附件内容移出工单。",
    bad="upstream_id: [未写完   # S001",
    good="upstream_id: 已写完",
)
found_by_reader(
    "S002",
    title="同一个键不能写两遍",
    why="写两遍时，不同的软件会取不同的那个，一份档案就有了两种读法。",
    mend="留下对的一行，删去另一行。",
    bad="urgency: normal\nurgency: special   # S002",
    good="urgency: normal",
)
found_by_reader(
    "S003",
    title="不用锚点、别名和标签",
    why="它们让一处的内容在别处生效，逐行看的人看不出来。",
    mend="把内容直接写在需要的地方，删去 &、*、! 开头的记号；文字本身以它们开头的，加引号。",
    bad="title: &a 夜间施工噪音   # S003",
    good="title: 夜间施工噪音",
)
found_by_reader(
    "S004",
    title="没有控制字符、双向字符和看不见的字符",
    why="看不见的字符能让文字显示成别的意思，也让查找落空。",
    mend="删去这个位置的字符，重新输入；多半是从网页或聊天软件粘贴带来的。",
    bad='title: "夜间\\u202e施工"   # S004',
    good="title: 夜间施工",
)
found_by_reader(
    "S010",
    title="字段齐全、取值正确",
    why="字段由 schema/case.schema.json 规定；缺一项，时限、答复和统计就少一项依据。",
    mend="照提示改；编辑器里把鼠标停在键上可以看到说明，命令行用 hotline add --help。",
    bad="kind: complain   # S010",
    good="kind: complaint",
)

_PATH = re.compile(r"cases/([0-9]{4})/([0-9]{2})/([^/]+)\.yaml")


@rule(
    "S020",
    title="文件名和文件夹与工单一致",
    why="文件放错了地方，按编号就找不到，时限也没有人管：cases/ 下的每个文件都是一件工单，放在派单年月的文件夹里。",
    mend="改文件名或文件夹：cases/年/月/编号.yaml，年月和编号里的日期都是派单当日（北京时间）。",
    bad="id: LZ-20261012-0007   # S020",
    good="id: LZ-20261013-0007",
)
def path_agrees_with_id(case: Case, path: str, calendar: Calendar) -> Iterator[Hit]:
    day = calendar.local(case.dispatched_at).date()
    iso, name = day.isoformat(), case.id
    if path == f"cases/{iso[:4]}/{iso[5:7]}/{name}.yaml" and name.split("-")[1] == iso.replace(
        "-", ""
    ):
        return
    place = case.place("id")
    found = _PATH.fullmatch(path)
    if case.id.split("-")[1] != day.strftime("%Y%m%d"):
        words = f"编号里的日期 {case.id.split('-')[1]} 与派单日 {day.isoformat()} 不一致"
        yield Hit(place, words, subject="id")
    elif path.rpartition("/")[2] != f"{case.id}.yaml":
        yield Hit(place, f"文件名与编号 {case.id} 不一致", subject="name")
    elif found is None or (found[1], found[2]) != (f"{day.year:04d}", f"{day.month:02d}"):
        words = f"应放在 cases/{day:%Y/%m}/ 文件夹里（派单日 {day.isoformat()}）"
        yield Hit(place, words, subject="folder")


def stray(path: str) -> Hit:
    """A file under ``cases/`` that is no work order file at all."""
    del path  # the message must not repeat a name that may hold anything
    return Hit(START, "cases/ 下只能放工单文件（年/月/编号.yaml），请移走或改名", subject="stray")
