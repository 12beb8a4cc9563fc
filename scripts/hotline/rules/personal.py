"""P: personal data stay sealed, and readable to those alone who need them (arts. 16, 21 (4))."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from hotline.procedure.readers import PARTS, readers, seals_demand
from hotline.procedure.timeline import Timeline
from hotline.rules.declare import Hit, Inside, also, rule
from hotline.rules.wording import personal
from hotline.values.case import Case
from hotline.values.node import Place, place_of
from hotline.values.registry import Registry

OF_OFFICE = ("handler_phone", "contact_phone")
"""Phones that a letter must name (art. 8; annex 2, notes 6 and 9)."""
_NO_TEXT = frozenset(
    [
        "at",
        "by",
        "type",
        "id",
        "channel",
        "upstream_id",
        "dispatched_at",
        "fingerprint",
        "sealed",
        *OF_OFFICE,
    ]
)
"""Keys whose values are no text of a clerk's, or a number that may stand there."""
Path = tuple[str | int, ...]
_PLACEHOLDER = {"id": "{petitioner.id_number}", "mobile": "{petitioner.phone}"}
_MARKS = re.compile(
    r"(?:绝密|机密|秘密)\s?[★☆]|密\s?级\s?[:：]\s?(?:绝密|机密|秘密)|[【\[（(](?:绝密|机密|秘密)[】\]）)]"
)
"""How a classified document is marked; that a text speaks of secrets marks nothing."""
_PART = {"person": "个人信息", "demand": "诉求内容"}


# --- in clear -----------------------------------------------------------------------------


@rule(
    "P001",
    title="个人信息不得明文写入",
    article="art. 16-1",
    why="工单会被复制到每个单位、每台电脑，写进去的号码收不回来；泄露诉求人信息的，按第二十一条第四项追责。",
    mend="在号码的位置写占位符，号码用 hotline seal 工单编号 --part person 密封；已经推送过的，按手册“个人信息”一页处理。",
    measured="在没有见过这些写法的人做的标注集上：见手册“个人信息”一页。",
    bad="""
demand: 请回电 13812345678，是家里老人用的号码。   # P001
""",
    good="""
demand: 请回电 {petitioner.phone}，是家里老人用的号码。办公室电话 028-23001069。
""",
)
def no_personal_data_in_clear(case: Case, registry: Registry, texts: Texts) -> Iterator[Hit]:
    if not personal.may_hold(texts.joined):
        return
    known = _office_phones(case, registry)
    for path, text in texts.rows:
        for clear in personal.found(text, known):
            instead = _PLACEHOLDER.get(clear.kind, "{party.1} 之类的占位符")
            words = f"{_where(path)}里有{personal.KINDS[clear.kind]}，请换成 {instead}"
            subject = f"{'/'.join(map(str, path))}/{clear.kind}/{clear.start}"
            yield Hit(case.place(*path), words, subject=subject, inside=Inside(text, clear.start))


class Texts:
    """What somebody wrote in a case: all of it in one (``joined``) for a first look, and each
    with its path."""

    __slots__ = ("_data", "joined")

    def __init__(self, data: Any) -> None:
        self._data = data
        found: list[str] = []
        _values(data, found)
        self.joined = personal.JOIN.join(found)

    @property
    def rows(self) -> Iterator[tuple[Path, str]]:
        return _rows((), self._data)


def _values(data: dict[str, Any] | list[Any], found: list[str]) -> None:
    """Adds the texts of :func:`_rows`, without their paths."""
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(value, str):
                if key not in _NO_TEXT:
                    found.append(value)
            elif isinstance(value, _BRANCHES) and key not in _NO_TEXT:
                _values(value, found)
        return
    for value in data:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, _BRANCHES):
            _values(value, found)


_BRANCHES = (dict, list)


def _rows(path: Path, data: Any) -> Iterator[tuple[Path, str]]:
    rows = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in rows:
        if key in _NO_TEXT:
            continue
        if isinstance(value, str):
            yield (*path, key), value
        elif isinstance(value, _BRANCHES):
            yield from _rows((*path, key), value)


def _office_phones(case: Case, registry: Registry) -> Collection[str]:
    """Numbers that a text may name: of the offices, and of handlers who answer for a reply."""
    told = [unit.phone for unit in registry.units.values()]
    for event in case.of("replied"):
        told += [str(event.get(key) or "") for key in OF_OFFICE]
    return {re.sub(r"\D", "", phone) for phone in told} - {""}


def _where(path: tuple[str | int, ...]) -> str:
    """A field as a clerk knows it."""
    if path[0] == "events" and len(path) > 2:
        return f"第 {int(path[1]) + 1} 个事件的 {'.'.join(str(part) for part in path[2:])} "
    return ".".join(map(str, path)) + " "


_OF_NO_TEXT = re.compile(rf"(?:{'|'.join([*OF_OFFICE, 'upstream_id'])})[\"']?\s*:[^,}}\n]*")
_TIME = re.compile(
    "20(?<![0-9]20)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\+08:00(?![0-9])"
)


def _covered(text: str) -> str:
    """A file's text without the numbers that may stand there, of the same length. Most of its
    digits are those of times."""
    for harmless in (_TIME, _OF_NO_TEXT):
        text = harmless.sub(lambda found: "人" * len(found[0]), text)
    return text


_ESCAPED = re.compile(rb"\\\\|\n[ \t]{6,}[0-9]")


def says_more_than_it_shows(blob: bytes) -> bool:
    """Whether YAML may make another text of a file than an editor shows: by an escape, or where
    it joins lines that stand far apart."""
    return _ESCAPED.search(blob) is not None


def in_no_case(blob: bytes, root: Any) -> Iterator[tuple[str, Hit]]:
    """What P001 and P005 find in a file that is no case: what cannot be judged can be read all
    the same. Its keys may be anything, and are not named."""
    text = _covered(blob.decode("utf-8", "replace"))
    lines = set()
    for clear in personal.found(text):
        place = _place(text, clear.start)
        lines.add(place.line)
        yield "P001", _in_file(clear, place)
    texts = Texts(root) if isinstance(root, dict | list) else None
    for path, value in texts.rows if texts and personal.may_hold(texts.joined) else ():
        place = place_of(root, *path)
        if place.line not in lines:
            yield from (("P001", _in_file(clear, place)) for clear in personal.found(value))
    if _is_report(text) and (demand := _DEMAND.search(text)):
        words = "文件还有别的错误，但看得出是举报件或要求保密，诉求内容却是明文"
        yield "P005", Hit(_place(text, demand.start(1)), words, subject="demand")


def _is_report(text: str) -> bool:
    """Whether it looks so; most texts do not even hold the words."""
    return bool(("report" in text or _IS_TRUE.search(text)) and _REPORT.search(text))


_IS_TRUE = re.compile(r"confidential[\"']?\s*:\s*true\b")
_REPORT = re.compile(r"(?:^|[{,]\s*)[\"']?(?:kind[\"']?\s*:\s*[\"']?report\b|confidential[\"']?\s*:\s*true\b)"
                     r"|\bconfidential[\"']?\s*:\s*true\b", re.MULTILINE)  # fmt: skip
_DEMAND = re.compile(r"(?:^|[{,]\s*)[\"']?(demand)[\"']?\s*:\s*(?!\{)\S", re.MULTILINE)


def in_comments(blob: bytes) -> Iterator[Hit]:
    """P001 in the comments of a case's file, which its values do not hold."""
    if b"#" not in blob:
        return
    text = blob.decode("utf-8", "replace")
    for comment in _COMMENT.finditer(text):
        for clear in personal.found(comment[0]):
            yield _in_file(clear, _place(text, comment.start() + clear.start))


_COMMENT = re.compile(r"^[ \t]*#.*$|[ \t]#[ \t\S].*$", re.MULTILINE)


def _place(text: str, at: int) -> Place:
    return Place(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _in_file(clear: personal.Clear, place: Place) -> Hit:
    words = f"文件里有{personal.KINDS[clear.kind]}"
    return Hit(place, words, subject=f"{clear.kind}/{place.line}")


@also("P001")
def no_personal_data_in_knowledge(registry: Registry) -> Iterator[Hit]:
    known = {re.sub(r"\D", "", unit.phone) for unit in registry.units.values()} - {""}
    for entry in registry.knowledge.values():
        for path, text in Texts(entry.data).rows:
            for clear in personal.found(text, known):
                words = f"知识条目的 {'.'.join(map(str, path))} 里有{personal.KINDS[clear.kind]}"
                yield Hit(
                    place_of(entry.data, *path), words, subject=f"{entry.id}/{clear.kind}",
                    path=entry.path, mend="知识库只写办公电话，请删去个人的号码。",
                )  # fmt: skip


@rule(
    "P002",
    title="涉密事项不得进入本系统",
    article="art. 16-2",
    why="涉密事项应按规定通过专门的保密渠道、指定专门的工作人员流转（第十六条第二款）。",
    mend="不要再写、不要推送这个文件；立即报本单位保密工作机构，通过专门的保密渠道流转。",
    bad="""
demand: 随信附上文件一份，密级：机密，请核实。   # P002
""",
    good="""
demand: 反映单位工作人员在微信群里谈论工作秘密，请依法处理。
""",
)
def nothing_classified(case: Case, texts: Texts) -> Iterator[Hit]:
    if "密" not in texts.joined:
        return
    for path, text in texts.rows:
        for mark in _MARKS.finditer(text):
            words = f"{_where(path)}里有密级标志"
            subject = f"{'/'.join(map(str, path))}/{mark.start()}"
            yield Hit(case.place(*path), words, subject=subject, inside=Inside(text, mark.start()))


_CHINESE = "[\u3400-\u9fff]"


@also("P001")
def no_seal_in_clear(case: Case) -> Iterator[Hit]:
    """A seal of Chinese words is none: age writes letters and digits."""
    for part, seal in (case.get("sealed") or {}).items():
        text = seal["text"]
        if (not text.isascii() and re.search(_CHINESE, text)) or (
            not text.startswith("-----BEGIN AGE") and personal.found(text)
        ):
            words = f"密封的{_PART[part]}是明文，没有加密"
            mend = f"删去明文，用 hotline seal {case.id} --part {part} 密封。"
            yield Hit(case.place("sealed", part, "text"), words, subject=f"{part}/text", mend=mend)


# --- sealed ------------------------------------------------------------------------------


@rule(
    "P003",
    title="密封内容只给应当看的单位",
    article="art. 16-1",
    why="诉求人是谁，只有管理机构和承办单位要知道；要求保密的，只有管理机构知道；被反映的单位无论如何不得看到（第二十一条第四项）。",
    mend="由管理机构按现在的承办单位重新密封：hotline reseal 工单编号 --identity 私钥文件。",
    bad="""
sealed:
  person:
    recipient: age1example
    to: [hotline-center, education-bureau]   # P003
    text: x
events:
  - {type: accepted}
  - {type: assigned, lead: housing-bureau, support: [], basis: clear}
""",
    good="""
sealed:
  person:
    recipient: age1example
    to: [hotline-center, housing-bureau]
    text: x
events:
  - {type: accepted}
  - {type: assigned, lead: housing-bureau, support: [], basis: clear}
""",
)
def sealed_for_its_readers(course: Timeline, registry: Registry) -> Iterator[Hit]:
    case = course.case
    sealed = case.get("sealed") or {}
    if not sealed:
        return
    allowed = readers(course, registry)
    against = set(course.header.get("against") or ())
    for part in PARTS:
        seal = sealed.get(part)
        if seal is None or set(seal["to"]) == set(allowed.of(part)):
            continue
        for number, unit in enumerate(seal["to"]):
            if unit in against:
                words = f"{_PART[part]}密封给了被反映的单位 {registry.unit_name(unit)}"
                yield Hit(case.place("sealed", part, "to", number), words, subject=f"{part}/{unit}")
        rest = set(seal["to"]) - against
        if rest != set(allowed.of(part)) - against:
            names = "、".join(registry.unit_name(unit) for unit in allowed.of(part))
            words = f"{_PART[part]}的可读单位（sealed.{part}.to）应是 {names or '空'}"
            yield Hit(case.place("sealed", part, "to"), words, subject=f"{part}/to")


@rule(
    "P004",
    title="已删除个人信息的工单不再有密封内容",
    article="art. 16-1",
    why="删除以后还留着密文或指纹，就是没有删除（个人信息保护法第四十七条）。",
    mend="由管理机构再运行 hotline erase 工单编号 即可。",
    of=("erased",),
    bad="""
sealed:
  person: {recipient: age1example, to: [hotline-center, housing-bureau], text: x}   # P004
events:
  - {type: accepted}
  - {type: assigned, lead: housing-bureau, support: [], basis: clear}
  - {type: signed}
  - {type: contacted}
  - {type: replied}
  - {type: callback, reached: true, process: satisfied, result: satisfied}
  - {type: closed, ground: satisfied}
  - {type: erasure_approved, ground: person_asked, reason: 本人书面申请，已核验身份}
  - {type: erased}
""",
    good="""
- {type: erasure_approved, ground: person_asked, reason: 本人书面申请，已核验身份}
- {type: erased}
""",
)
def nothing_sealed_after_erasing(course: Timeline) -> Iterator[Hit]:
    if not course.of("erased"):
        return
    case = course.case
    for part in PARTS:
        if part in (case.get("sealed") or {}):
            words = f"工单已记删除个人信息，sealed.{part} 却还在"
            yield Hit(case.place("sealed", part), words, subject=part)
    if case.get("petitioner").get("fingerprint"):
        words = "工单已记删除个人信息，petitioner.fingerprint 却还在"
        yield Hit(case.place("petitioner", "fingerprint"), words, subject="fingerprint")


@rule(
    "P005",
    title="举报件和保密件的诉求内容要密封",
    article="art. 16-1",
    why="举报什么，就看得出是谁举报、举报谁；工单每个单位都能打开，明文的诉求内容等于通知了被举报人（第二十一条第四项）。",
    mend="由管理机构运行 hotline seal 工单编号 --part demand，从标准输入给出诉求内容；demand 一项随之去掉。",
    bad="""
kind: report
demand: 反映某项目套取补助资金。   # P005
""",
    good="""
kind: report
demand:
sealed:
  demand: {recipient: age1example, to: [hotline-center], text: x}
""",
)
def demand_is_sealed(course: Timeline) -> Iterator[Hit]:
    case = course.case
    if not seals_demand(course):
        return
    why = "要求保密的工单" if course.is_confidential else "举报件"
    if case.get("demand") is not None:
        yield Hit(case.place("demand"), f"{why}的诉求内容是明文", subject="demand")
    elif "demand" not in (case.get("sealed") or {}) and not course.of("erased"):
        yield Hit(case.place(), f"{why}没有密封的诉求内容（sealed.demand）", subject="sealed")
