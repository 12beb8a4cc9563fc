"""R: what annex 2 asks of a letter, and what it bars from one.

A reply that a later one replaced, or that was sent back, has gone out as it is: its faults
stay on record as warnings, and those of the reply in force are errors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from hotline.procedure.lifecycle import SECTIONS, SECTIONS_OF, TEMPLATES
from hotline.procedure.policy import Policy
from hotline.procedure.replying import (
    expected_template,
    has_letter,
    is_in_force,
    is_second_on_national,
    needs_handler,
    printed,
    returns_a_national_order,
    units_of,
)
from hotline.procedure.timeline import Step, Timeline
from hotline.rules.declare import Hit, Inside, parameters, rule
from hotline.rules.wording import attachment, masking, measured, perfunctory, vague
from hotline.rules.wording.pattern import Wording
from hotline.values import placeholders
from hotline.values.case import Event
from hotline.values.filler import is_filler
from hotline.values.finding import Severity
from hotline.values.registry import Registry

MAX_CHARACTERS = 1000
"""Note 4: 1千字. A policy may set another number (``reply_max_chars``)."""
JUDGED = ("findings", "handling", "opinion")
"""The sections that answer, and so can be perfunctory."""
_SHOWN = 20
"""So many characters of a finding's words are quoted."""
MOST = 100
"""So many wordings of a kind are told of the reply in force, and as many of all those before:
a text with more was not written by hand, and each has to be found in the file."""
_PHONE = re.compile("[0-9０-９][0-9０-９()（） 转－—*＊xX×●○-]{3,}")
# A masked digit is one: that it is masked is another rule's to tell.
_DIGIT = re.compile("[0-9０-９*＊xX×●○]")
_PHONE_DIGITS = 5
"""12345 is a phone; fewer digits are none."""
_NAMED = {
    "subject": "反映的问题", "contact_office": "联系科室", "contact_phone": "联系电话",
    "handler": "经办人", "handler_phone": "经办人电话",
}  # fmt: skip
"""Texts of a reply besides its sections."""


_FOLD = "(?<=[一-鿿]) (?=[一-鿿])"
"""The blank of a folded line between two Chinese characters. Compiled with the first finding."""


class Reply(NamedTuple):
    """One reply of a case, with what the rules ask of it over and over."""

    course: Timeline
    step: Step
    event: Event
    is_in_force: bool
    has_letter: bool
    sections: dict[str, str]
    """The sections that are filled in."""
    texts: tuple[tuple[tuple[str | int, ...], str], ...]
    """Every text that a reader of the letter or of its opinion sheet meets, by its path."""
    joined: str
    """All of them in one, for a first look."""

    def hit(
        self, path: tuple[str | int, ...], words: str, mend: str | None = None, about: str = ""
    ) -> Hit:
        """A find at a field of the reply, or at what should hold it."""
        severity: Severity | None = None
        if not self.is_in_force:
            severity = "warning"
            words += "（这份答复已由后来的答复代替或已退回重办，留作记录）"
            mend = "已经发出的答复不要改动，重办时照规定写。"
        subject = f"{self.event.index}/replied/{'/'.join(map(str, path))}/{about}"
        return Hit(self.event.place(*path), words, severity, subject, mend=mend)

    def found(self, path: tuple[str | int, ...], text: str, wording: Wording) -> Hit:
        """A find of words inside a text."""
        quoted = _quoted(text[wording.start : wording.end])
        words = f"{_title(path)}的“{quoted}”{wording.pattern.says}"
        hit = self.hit(path, words, f"{wording.pattern.propose}。", quoted)
        return hit._replace(inside=Inside(text, wording.start))


def replies(course: Timeline) -> tuple[Reply, ...]:
    """The replies of a case."""
    return tuple([_reply(course, step) for step in course.of("replied")])


def _reply(course: Timeline, step: Step) -> Reply:
    event = step.event
    given = event.get("sections").items()
    sections = {name: str(text) for name, text in given if str(text).strip()}
    texts: list[tuple[tuple[str | int, ...], str]] = [
        ((name,), str(text)) for name in _NAMED if (text := event.data.get(name))
    ]
    texts += [(("sections", name), text) for name, text in sections.items()]
    texts += [
        (("legal_basis", number), str(law))
        for number, law in enumerate(event.get("legal_basis") or ())
    ]
    return Reply(
        course, step, event, is_in_force(course, step), has_letter(course, step), sections,
        tuple(texts), "\n".join([text for _, text in texts]),
    )  # fmt: skip


def _letters(replies: Iterable[Reply]) -> list[Reply]:
    """Those alone that send a letter."""
    return [reply for reply in replies if reply.has_letter]


def _quoted(words: str) -> str:
    flat = re.sub(_FOLD, "", " ".join(words.split()))
    return flat if len(flat) <= _SHOWN else f"{flat[:_SHOWN]}……"


def _title(path: tuple[str | int, ...]) -> str:
    """A text of the reply as a clerk knows it."""
    if path[0] == "sections":
        return f"“{SECTIONS[str(path[1])]}”里"
    return f"“{_NAMED.get(str(path[0]), '法律依据')}”里"


def _worded(
    replies: Iterable[Reply], may_find: Callable[[str], bool],
    find: Callable[[str, int], Sequence[Wording]],
) -> Iterable[Hit]:  # fmt: skip
    """The wordings of one kind in all texts of the replies."""
    found = [
        (reply, path, text, wordings)
        for reply in replies
        if may_find(reply.joined)
        for path, text in reply.texts
        if (wordings := find(text, MOST))
    ]
    if not found:
        return ()
    return _most((reply, path, text, w) for reply, path, text, all_ in found for w in all_)


_Found = tuple[Reply, tuple[str | int, ...], str, Wording]


def _most(found: Iterable[_Found]) -> Iterator[Hit]:
    """The first of each reply in force and of the others; the many of a letter that has gone
    must not push out what is about to go."""
    rows = list(found)
    for in_force in (True, False):
        chosen = (row for row in rows if row[0].is_in_force is in_force)
        for reply, path, text, wording in islice(chosen, MOST):
            yield reply.found(path, text, wording)


# --- form ------------------------------------------------------------------------------


@rule(
    "R001",
    title="答复用来件渠道的模板",
    of=("replied",),
    article="art. 8",
    why="承办单位应按省、市要求的格式文本报送；附件2对每个来件渠道各有一个模板。",
    mend="把 template 改成来件渠道的模板，正文各部分照模板填写。",
    bad="""
channel: people_daily
events:
- type: replied
  template: ordinary   # R001
""",
    good="""
channel: city_12345
events:
- type: replied
  template: ordinary
""",
)
def template_is_the_channels(course: Timeline, replies: tuple[Reply, ...]) -> Iterator[Hit]:
    expected = expected_template(course)
    for reply in replies:
        if reply.event.get("letter") == "none" and reply.has_letter:
            words = "只有国家政务服务平台的重办可以不再发函，这里必须按模板答复"
            yield reply.hit(("letter",), words, "删去 letter: none。")
        given = str(reply.event.get("template"))
        if given != expected:
            named = TEMPLATES.get(given, given)
            words = f"模板是“{named}”，这件工单的渠道要用“{TEMPLATES[expected]}”"
            names = dict.fromkeys((*SECTIONS_OF[expected], "communication"))
            wanted = "、".join(f"sections.{name}" for name in names)
            mend = f"写 template: {expected}，正文填 {wanted}。"
            yield reply.hit(("template",), words, mend)


@rule(
    "R002",
    title="模板的各部分都要填写",
    of=("replied",),
    article="art. 8",
    why="模板的每一部分都会印在给诉求人的信里；回复意见须内容清晰明确（附件2注意事项第1条）。",
    mend="在 sections 里补写这一部分。",
    bad="""
- type: replied
  sections:
    findings: ""   # R002
""",
    good="""
- type: replied
  sections:
    findings: 10月13日夜间现场检查，工地23时仍在浇筑，情况属实。
""",
)
def sections_are_filled(course: Timeline, replies: tuple[Reply, ...]) -> Iterator[Hit]:
    expected = expected_template(course)
    for reply in replies:
        if is_filler(about := str(reply.event.get("subject"))) or about.strip() in _NO_SUBJECT:
            words = "没有写明反映的是什么问题"
            yield reply.hit(("subject",), words, "在 subject 里写诉求的事项，如“夜间施工噪音”。")
        written = str(reply.event.get("template"))
        missing = _missing(reply, expected)
        # Under a wrong template the sections of either will do: R001 tells that one fault.
        if written != expected and written in SECTIONS_OF and not _missing(reply, written):
            continue
        for name in missing:
            words = f"“{SECTIONS[name]}”没有填写"
            mend = f"在 sections 里补写 {name}: {_HOW[name]}{_unprinted(reply, expected)}。"
            yield reply.hit(("sections", name), words, mend)


def _unprinted(reply: Reply, template: str) -> str:
    """That what stands under another template's headings is not printed, so that nobody
    loses it who only adds what is missing."""
    others = [n for n in reply.sections if n not in (*SECTIONS_OF[template], "communication")]
    named = "、".join(SECTIONS.get(name, name) for name in others)
    return f"；已写的“{named}”不在这个模板里，信里不印，请并进去" if others else ""


_NO_SUBJECT = frozenset(("问题", "关于", "反映", "诉求", "事项"))
_HOW = {
    "demand": "诉求人要求解决什么",
    "findings": "何时、怎样核实，事实是什么",
    "handling": "怎样处理、处理到哪一步、依据是什么",
    "opinion": "核实的事实和处理的结果",
}


def _missing(reply: Reply, template: str) -> list[str]:
    """Sections of a template that are empty; communication has a rule of its own."""
    given = reply.event.get("sections")
    return [n for n in printed(template) if n != "communication" and is_filler(given.get(n, ""))]


@rule(
    "R003",
    title="正文不超过一千字",
    of=("replied",),
    article="note 4",
    why="平台的答复控制在1千字以内。只数正文各部分的字，模板里的字和空白不算；姓名占位按3字、电话11字、证件号18字计。",
    mend="删去重复的话和过程性的内容，把正文压到一千字以内。",
    bad=f"""
- type: replied
  sections:
    handling: "{"已责令工地夜间停工，" * 100}{"并复查。" * 30}"   # R003
""",
    good="""
- type: replied
  sections:
    handling: 已责令工地22时以后停工，10月14日夜间复查，没有再施工。
""",
)
def letter_is_short(replies: tuple[Reply, ...], policy: Policy | None) -> Iterator[Hit]:
    most = int(policy.switch("reply_max_chars", MAX_CHARACTERS)) if policy else MAX_CHARACTERS
    for reply in _letters(replies):
        # No placeholder counts for more characters than it has, so most letters are told here.
        if sum(map(len, reply.sections.values())) <= most:
            continue
        left = most
        total = sum(map(placeholders.length, reply.sections.values()))
        for name, text in reply.sections.items() if total > most else ():
            length = placeholders.length(text)
            if length > left:
                at = placeholders.index_of(text, left)
                shown = _quoted(placeholders.head(text[at:], 8))
                words = (
                    f"正文共 {total} 字，超过 {most} 字的上限 {total - most} 字，从“{shown}”起超出"
                )
                mend = f"删去重复的话和过程性的内容，把正文压到 {most} 字以内。"
                hit = reply.hit(("sections", name), words, mend)
                yield hit._replace(inside=Inside(text, at))
                break
            left -= length


# --- words -----------------------------------------------------------------------------


@rule(
    "R004",
    title="不用脱敏符号代替内容",
    of=("replied",),
    article="note 2",
    why="反馈给群众的回复是唯一的、确定的，禁止用“***”或脱敏符号代替回复内容。",
    mend="把真实的内容写出来；群众姓名、身份证号码用全称，不要隐藏，写 {petitioner.name} 等占位，发出时自动换成密封的内容。",
    wordings=masking.PATTERNS,
    measured=measured.R004,
    bad="""
- type: replied
  sections:
    demand: 张**反映锦绣花园小区夜间施工   # R004
    handling: 已责令某某公司夜间停工，并立案处理。   # R004
""",
    good="""
- type: replied
  sections:
    demand: "{petitioner.name}反映锦绣花园小区夜间施工"
    findings: 工地围挡上5*8米的公示牌缺失，情况属实。
""",
)
def nothing_is_masked(replies: tuple[Reply, ...]) -> Iterable[Hit]:
    return _worded(replies, masking.may_find, masking.find)


@rule(
    "R005",
    title="不用“某人”“某处”“某物”",
    of=("replied",),
    article="note 5",
    why="信息必须清晰准确，不能使用“某人”“某处”“某物”。",
    mend="写明是谁、在哪里、是什么。",
    wordings=vague.PATTERNS,
    measured=measured.R005,
    bad="""
- type: replied
  sections:
    findings: 经查，某公司在某路段违规占道。   # R005
""",
    good="""
- type: replied
  sections:
    findings: 经查，锦绣花园二期项目部在迎宾大道东段违规占道，某些材料已经清走。
""",
)
def nothing_is_vague(replies: tuple[Reply, ...]) -> Iterable[Hit]:
    return _worded(replies, vague.may_find, vague.find)


@rule(
    "R006",
    title="写明沟通情况",
    of=("replied",),
    article="note 6",
    why="所有回复务必填写沟通情况，不论模板印不印它。",
    mend="在 sections 里补写 communication：何时、用什么方式与诉求人沟通、对方怎么说；没有联系的写明原因，如“诉求人要求信息保密，未联系”。",
    bad="""
- type: replied
  sections:
    communication: ""   # R006
""",
    good="""
- type: replied
  sections:
    communication: 10月14日10时电话告知办理结果，诉求人表示满意。
""",
)
def communication_is_filled(replies: tuple[Reply, ...]) -> Iterator[Hit]:
    for reply in replies:
        if is_filler(reply.event.get("sections").get("communication", "")):
            yield reply.hit(("sections", "communication"), "没有填写沟通情况")


@rule(
    "R007",
    title="匿名件写明科室和电话",
    of=("replied",),
    article="note 6",
    why="匿名留言需写明单位科室及电话，以便网民致电了解。",
    mend="在答复里补写 contact_office（科室）和 contact_phone（电话），信里会印上。",
    bad="""
petitioner: {confidential: false, anonymous: true}
events:
- type: replied   # R007
  contact_office: 建筑业管理股
""",
    good="""
petitioner: {confidential: false, anonymous: true}
events:
- type: replied
  contact_office: 建筑业管理股
  contact_phone: 028-23001234
""",
)
def anonymous_can_ask(course: Timeline, replies: tuple[Reply, ...]) -> Iterator[Hit]:
    for reply in _letters(replies) if course.is_anonymous else ():
        if missing := _unstated(reply, "contact_office", "contact_phone"):
            mend = f"在答复里补写{missing}，信里会印上。"
            yield reply.hit((), f"诉求人匿名，答复没有写明{missing}", mend)


def _unstated(reply: Reply, who: str, phone: str) -> str:
    """Which of the two fields are not filled in, '' where both are."""
    missing = [f"{_NAMED[who]}（{who}）"] if is_filler(reply.event.get(who)) else []
    if not _is_phone(given := reply.event.get(phone)):
        whole = "" if is_filler(given) else "完整的"
        missing.append(f"{whole}{_NAMED[phone]}（{phone}）")
    return "和".join(missing)


def _is_phone(text: object) -> bool:
    runs = _PHONE.findall(text) if isinstance(text, str) else ()
    return any(len(_DIGIT.findall(run)) >= _PHONE_DIGITS for run in runs)


@rule(
    "R008",
    title="不让人去看附件",
    of=("replied",),
    article="note 4",
    why="附件功能仅用于存档，暂不支持回复网民：诉求人看不到附件。",
    mend="把附件的内容编辑成文字，写进正文。",
    wordings=attachment.PATTERNS,
    measured=measured.R008,
    bad="""
- type: replied
  sections:
    handling: 补偿标准详见附件1。   # R008
""",
    good="""
- type: replied
  sections:
    handling: 补偿标准为每平方米120元，依据《资阳市征地补偿办法》附件第二项。
""",
)
def nothing_is_attached(replies: tuple[Reply, ...]) -> Iterable[Hit]:
    return _worded(_letters(replies), attachment.may_find, attachment.find)


# --- who -------------------------------------------------------------------------------


@rule(
    "R009",
    title="写明经办人和电话",
    of=("replied",),
    article="art. 8",
    why="附件2要求“中国政府网”“国家政务服务平台”来件写明经办人姓名和联系电话：前者印在信里，后者写入承办意见。",
    mend="在答复里补写 handler（经办人姓名）和 handler_phone（办公电话）。",
    bad="""
channel: gov_cn
events:
- type: replied   # R009
  template: gov_cn
  handler: 周明
""",
    good="""
channel: gov_cn
events:
- type: replied
  template: gov_cn
  handler: 周明
  handler_phone: 028-23001234
""",
)
def handler_is_named(course: Timeline, replies: tuple[Reply, ...]) -> Iterator[Hit]:
    for reply in _letters(replies) if needs_handler(course) else ():
        if missing := _unstated(reply, "handler", "handler_phone"):
            yield reply.hit((), f"没有写明{missing}", f"在答复里补写{missing}。")


@rule(
    "R010",
    title="一起答复的单位都要列出",
    of=("replied",),
    article="note 3",
    why="几个单位同时回复且内容相同的，在正文中罗列全体回复部门；主办、协办单位缺一不可。",
    mend="在 units 里列出主办单位和全部协办单位，信里会逐一写明。",
    bad="""
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [tianchi-street], basis: clear}
- {type: signed}
- {type: contacted}
- {type: support_opinion, text: 同意主办单位意见}
- {type: replied, units: [housing-bureau]}   # R010
""",
    good="""
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [tianchi-street], basis: clear}
- {type: signed}
- {type: contacted}
- {type: support_opinion, text: 同意主办单位意见}
- {type: replied, units: [housing-bureau, tianchi-street]}
""",
)
def all_units_are_listed(replies: tuple[Reply, ...], registry: Registry) -> Iterator[Hit]:
    for reply in replies:
        before = reply.step.before
        given = units_of(reply.step)
        needed = dict.fromkeys([before.lead, *before.support] if before.lead else ())
        missing = [str(unit) for unit in needed if unit not in given]
        if missing:
            names = "、".join(map(registry.unit_name, missing))
            path = ("units",) if reply.event.get("units") else ()
            mend = f"写 units: [{', '.join(map(str, needed))}]。"
            yield reply.hit(path, f"共同答复的单位里没有{names}", mend, ",".join(missing))


@rule(
    "R011",
    title="国家政务服务平台由行政机关署名",
    of=("replied",),
    article="art. 8",
    why="附件2的国家政务服务平台模板要求承办单位为具有行政职能的政府机构。",
    mend="请热线中心改派：主办、协办都由具有行政职能的主管部门担任，企业、事业单位的情况由主管部门写进答复；确有行政职能的，请热线中心在 registry/units.yaml 里把 administrative 改为 true。",
    bad="""
channel: national_platform
events:
- {type: accepted}
- {type: assigned, lead: power-company, support: [], basis: clear}
- {type: signed}
- {type: contacted}
- {type: replied, template: national_platform, handler: 周明, handler_phone: 028-23001234}   # R011
""",
    good="""
channel: national_platform
events:
- {type: replied, template: national_platform, handler: 周明, handler_phone: 028-23001234}
""",
)
def signatory_is_administrative(
    course: Timeline, replies: tuple[Reply, ...], registry: Registry
) -> Iterator[Hit]:
    if expected_template(course) != "national_platform":
        return
    for reply in _letters(replies):
        listed = bool(reply.event.get("units"))
        for number, name in enumerate(units_of(reply.step)):
            unit = registry.units.get(name)
            if unit is not None and not unit.administrative:
                path: tuple[str | int, ...] = ("units", number) if listed else ()
                words = f"{unit.label}不是具有行政职能的政府机构，不能署名"
                yield reply.hit(path, words, about=name)


# --- the national platform -------------------------------------------------------------


@rule(
    "R012",
    title="国家政务服务平台的件不能退回",
    of=("returned_upstream",),
    article="note 7",
    why="国家政务服务平台无撤单功能，所有办件都需要按照规范办理答复。",
    mend="不要退回平台：受理后交办承办单位办理答复；承办单位不合适的在县内改派。",
    bad="""
channel: national_platform
events:
- {type: accepted}
- {type: returned_upstream, reason: 不属于本县管辖}   # R012
""",
    good="""
channel: national_platform
events:
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [], basis: clear}
""",
)
def national_order_stays(course: Timeline) -> Iterator[Hit]:
    for step in course.of("returned_upstream"):
        if not returns_a_national_order(course, step):
            continue
        subject = f"{step.event.index}/returned_upstream"
        yield Hit(step.event.place(), "国家政务服务平台没有撤单功能，退不回去", subject=subject)


@rule(
    "R013",
    title="国家政务服务平台只答复一次",
    of=("replied",),
    article="note 9",
    why="国家政务服务平台没有二次回复功能，请在事件办结后，反馈具体调查结果。",
    mend="重办的结果只反馈县热线中心，在这个答复里写 letter: none。",
    bad="""
channel: national_platform
events:
- {type: replied, template: national_platform, handler: 周明, handler_phone: 028-23001234}
- {type: redo_ordered, reason: 措施没有落实, cause: poor_handling}
- {type: replied, template: national_platform, handler: 周明, handler_phone: 028-23001234}   # R013
""",
    good="""
channel: national_platform
events:
- {type: replied, template: national_platform, handler: 周明, handler_phone: 028-23001234}
- {type: redo_ordered, reason: 措施没有落实, cause: poor_handling}
- {type: replied, template: national_platform, letter: none}
""",
)
def national_letter_is_the_only_one(course: Timeline, replies: tuple[Reply, ...]) -> Iterator[Hit]:
    for reply in _letters(replies):
        if is_second_on_national(course, reply.step):
            yield reply.hit((), "国家政务服务平台已经收到过答复，不能再发第二封")


# --- substance -------------------------------------------------------------------------


@rule(
    "R014",
    title="不敷衍",
    of=("replied",),
    article="art. 7-6",
    severity="warning",
    why="不得推诿、敷衍、拖延；回复意见须内容清晰明确、实事求是（附件2注意事项第1条）。只说收到、转交、去问别人、正在或已经处理，诉求人什么也没有得到。",
    mend="写明核实到的事实，采取的措施和时间，或不能办理的理由和依据。",
    wordings=perfunctory.PATTERNS,
    measured=measured.R014,
    bad="""
- type: replied
  sections:
    handling: 已转相关部门处理。   # R014
""",
    good="""
- type: replied
  sections:
    handling: 已责令工地22时以后停工，10月14日夜间复查，没有再施工。
""",
)
def reply_has_substance(replies: tuple[Reply, ...]) -> Iterable[Hit]:
    found = [
        (reply, ("sections", name), text, wording)
        for reply in replies
        for name, text in reply.sections.items()
        if name in JUDGED and (wording := _says_nothing(text)) and not is_filler(text)
    ]
    return _most(found) if found else ()


def _says_nothing(text: str) -> Wording | None:
    """The empty talk; a text that points to an attachment is told as that alone (R008)."""
    found = perfunctory.find(text)
    return None if found is None or attachment.find(text, 1) else found


# --- for others ------------------------------------------------------------------------

OF_FORM = {
    "R001": template_is_the_channels, "R002": sections_are_filled, "R003": letter_is_short,
    "R004": nothing_is_masked, "R005": nothing_is_vague, "R006": communication_is_filled,
    "R007": anonymous_can_ask, "R008": nothing_is_attached, "R009": handler_is_named,
    "R010": all_units_are_listed,
}  # fmt: skip


def faults_in_force(
    course: Timeline, replies: tuple[Reply, ...], policy: Policy | None, registry: Registry
) -> list[str]:
    """The codes of R001 to R010 that the answer in force breaks (art. 19-4)."""
    found = (faults_of(course, one, policy, registry) for one in replies if one.is_in_force)
    return next(found, [])


def faults_of(
    course: Timeline, reply: Reply, policy: Policy | None, registry: Registry
) -> list[str]:
    """The codes of R001 to R010 that one reply breaks, in force or not."""
    given = {"course": course, "replies": (reply,), "policy": policy, "registry": registry}
    return [
        code
        for code, check in OF_FORM.items()
        if any(True for _ in check(*[given[n] for n in parameters(check)]))
    ]
