"""Pages that do not depend on any order: the measure, the flow chart, rules, glossary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hotline.findings.printers.text import SEVERITIES
from hotline.procedure.clocks import CLOCKS
from hotline.procedure.lifecycle import (
    ANY,
    DONE,
    KINDS,
    OPEN,
    ROLES,
    STATES,
    TABLE,
    URGENCIES,
    EventType,
)
from hotline.procedure.policy import Policy
from hotline.rules.declare import Rule
from hotline.rules.wording.pattern import Pattern
from hotline.values.article import number
from hotline.views.norms import MARKS, Norm

LETTERS = {
    "S": "文件本身",
    "X": "文件之间",
    "W": "流程和权限",
    "D": "时限",
    "R": "答复",
    "P": "个人信息",
    "K": "知识库",
    "E": "督办和追责情形",
    "A": "历史记录",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """What the package itself carries."""

    articles: Sequence[Mapping[str, Any]]
    norms: Sequence[Norm]
    glossary: Sequence[Mapping[str, Any]]
    rules: Mapping[str, Rule] = field(default_factory=dict)
    policy: Policy | None = None
    """The newest, and the hours of a working day: what limits are told by."""
    hours: str = ""


def anchor(article: str) -> str:
    """Where an article stands on the page of the measure; '' where it is no part of it."""
    kind, _, rest = article.partition(" ")
    if kind == "note":
        return f"A2-n{rest}"
    return rest if kind == "art." else ""


# --- the measure -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Carrier:
    """What carries a norm out; ``url`` '' where nothing on the site shows it."""

    kind: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class NormRow:
    id: str
    mark: str
    mark_name: str
    asks: str
    reason: str
    carriers: tuple[Carrier, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the printed text; ``norm`` is the norm that it states, '' for none."""

    text: str
    norm: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    anchors: tuple[str, ...]
    segments: tuple[Segment, ...]
    norms: tuple[NormRow, ...]


@dataclass(frozen=True, slots=True)
class Article:
    id: str
    chapter: str
    number: str
    title: str
    paragraphs: tuple[Paragraph, ...]
    starts_chapter: bool


@dataclass(frozen=True, slots=True)
class Measure:
    articles: tuple[Article, ...]
    counts: tuple[tuple[str, str, int], ...]
    """Mark, its name, how many norms."""
    limits: tuple[LimitRow, ...]
    hours: str


PAGES = {
    "/": "概览", "/board/": "督办看板", "/cases/": "工单", "/units/": "单位", "/ledger/": "台账",
    "/hot/": "热点", "/assessment/": "考评", "/knowledge/": "知识库", "/measure/": "办法",
    "/flow/": "流程图", "/rules/": "规则", "/audit/": "审计",
}  # fmt: skip
"""Pages that norms name, by what people call them. A test holds them against what there is."""


def measure(reference: Reference) -> Measure:
    by_article: dict[str, list[Norm]] = {}
    for norm in reference.norms:
        by_article.setdefault(norm.article.split("-")[0], []).append(norm)
    articles = []
    chapter = ""
    for row in reference.articles:
        norms = by_article.get(str(row["id"]), [])
        paragraphs = tuple(_paragraphs(str(row["id"]), row["text"], norms, reference.rules))
        articles.append(
            Article(
                str(row["id"]), str(row["chapter"]), _number(str(row["id"])), str(row["title"]),
                paragraphs, row["chapter"] != chapter,
            )
        )  # fmt: skip
        chapter = row["chapter"]
    counts = tuple(
        (mark, name, sum(norm.mark == mark for norm in reference.norms))
        for mark, name in MARKS.items()
    )
    limits = tuple(_limits(reference.policy)) if reference.policy else ()
    return Measure(tuple(articles), counts, limits, reference.hours)


class LimitRow(NamedTuple):
    """A limit that the policy sets: of what, how long, how it is counted, by which article."""

    title: str
    limit: str
    counted: str
    article: str


def _limits(policy: Policy) -> Iterator[LimitRow]:
    """Every limit, in the order in which an order meets them."""
    days = "派单次日起数工作日，末日下班时到期"
    if policy.switch("day_count", "next_day_close") == "same_clock":
        days = "数工作日，到期日同一时刻"
    wall = "自派单起，昼夜连续"
    yield _limit(policy, "签收", ("sign",), "自派单起，只数工作时段")
    yield _limit(policy, "退单（权利，过期作废）", ("return",), days)
    for name in ("special", "emergency"):
        yield _limit(policy, f"初步响应：{URGENCIES[name]}", ("first_response", name), wall)
    for name, title in {**KINDS, "special": URGENCIES["special"],
                        "emergency": URGENCIES["emergency"]}.items():  # fmt: skip
        counted = days if name in KINDS else f"{days}；与类型的时限比，先到的算"
        yield _limit(policy, f"答复：{title}", ("reply", name), counted)
    for name, title in KINDS.items():
        row = policy.data["extensions"][name]
        amount = policy.extension_days(name)
        limit = f"{amount}个工作日" if amount else "原则上不延期"
        article = str(row.get("article") or row.get("source", "practice"))
        yield LimitRow(f"延期：{title}", limit, "累计，从原到期日接着数", article)
    yield _limit(policy, "协办意见", ("support",), "答复期限以前")
    yield _limit(policy, "临时办结后报送进展", ("progress",), "从临时办结、上次报送起数工作日")
    yield LimitRow("承诺办结", "承诺的日期", "当日下班时到期", "art. 7-3")
    redo = policy.data["limits"].get("redo", {})
    limit = "与答复相同" if redo.get("as") == "reply" or not redo else policy.limit("redo").text
    yield LimitRow("重办", limit, "退回次日起数工作日", "practice")
    yield LimitRow(
        "甄别", "满意率测算以前", "市平台公布的测算时间；没有公布的，暂按月末", "art. 10"
    )
    yield LimitRow("督办", "督办通知写明的期限", "到时刻为止", "art. 19")


def _limit(policy: Policy, title: str, name: tuple[str, ...], counted: str) -> LimitRow:
    limit = policy.limit(*name)
    return LimitRow(title, limit.text, counted, limit.article)


def _number(article: str) -> str:
    if article.isdigit():
        return f"第{number(int(article))}条"
    return {"F20": "附则", "A1": "附件1", "A2": "附件2"}.get(article, "")


def _paragraphs(
    article: str, texts: Iterable[str], norms: Sequence[Norm], rules: Mapping[str, Rule]
) -> Iterator[Paragraph]:
    """Each printed paragraph with the norms that it states."""
    texts = list(texts)
    placed: list[list[Norm]] = [[] for _ in texts]
    for norm in norms:
        where = next((n for n, text in enumerate(texts) if norm.text in text), len(texts) - 1)
        placed[where].append(norm)
    seen = {article}
    for text, own in zip(texts, placed, strict=True):
        names = [n for n in dict.fromkeys(norm.article for norm in own) if n not in seen]
        seen.update(names)
        rows = tuple(_norm_row(norm, rules) for norm in own)
        yield Paragraph(tuple(names), tuple(_segments(text, own)), rows)


def _segments(text: str, norms: Sequence[Norm]) -> Iterator[Segment]:
    """The text cut where norms are stated; where two overlap the earlier is marked."""
    spots = sorted((text.find(n.text), -len(n.text), n.id, n) for n in norms if n.text in text)
    reached = 0
    for start, _, _, norm in spots:
        if start < reached:
            continue
        if start > reached:
            yield Segment(text[reached:start])
        reached = start + len(norm.text)
        yield Segment(norm.text, norm.id, norm.mark)
    if reached < len(text):
        yield Segment(text[reached:])


def _norm_row(norm: Norm, rules: Mapping[str, Rule]) -> NormRow:
    return NormRow(
        norm.id, norm.mark, MARKS[norm.mark], norm.asks, norm.reason, tuple(_carriers(norm, rules))
    )


def _carriers(norm: Norm, rules: Mapping[str, Rule]) -> Iterator[Carrier]:
    for code in norm.rules:
        yield Carrier("规则", code, f"rules/{code}/" if code in rules else "")
    for name in norm.clocks:
        yield Carrier("时限", CLOCKS.get(name, name))
    for name in norm.events:
        known = TABLE.get(name)
        yield Carrier("事件", known.title if known else name, f"flow/#{name}" if known else "")
    for page in norm.pages:
        url = page.strip("/") + "/" if page != "/" else "./"
        yield Carrier("网页", PAGES.get(page, page), url)
    for verb in norm.verbs:
        yield Carrier("命令", f"hotline {verb}")
    for path in norm.data:
        yield Carrier("数据", path)


# --- the flow chart --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Flow:
    diagram: str
    """Mermaid, without anything that a person wrote into an order."""
    events: tuple[FlowRow, ...]


@dataclass(frozen=True, slots=True)
class FlowRow:
    name: str
    title: str
    who: str
    states: str
    to: str
    article: str
    note: str


_NEEDS = {
    "pending_extension": "有待审核的延期申请",
    "pending_return": "有待审核的退单申请",
    "pending_interim": "有待审核的临时办结申请",
    "callback_before": "已有回访记录",
    "supervision_open": "有本单位开出、尚未销号的督办",
    "erasure_approved": "已有同意删除的决定",
}
_MAIN = ("new", "accepted", "assigned", "handling", "replied", "closed", "archived")
_CONDITIONAL = {"return_decided": "同意退单", "interim_decided": "同意临时办结"}


def flow() -> Flow:
    return Flow(diagram(), tuple(map(_flow_row, TABLE.values())))


def diagram() -> str:
    """The states and what leads from one to the next, from the lifecycle table."""
    edges: dict[tuple[str, str], list[str]] = {}
    for row in TABLE.values():
        for state in sorted(row.states) if row.to else ():
            if state != row.to and row.to is not None:
                words = _CONDITIONAL.get(row.name, row.title)
                edges.setdefault((state, row.to), []).append(words)
    order = {state: n for n, state in enumerate(STATES)}
    lines = ["stateDiagram-v2", "  direction TB"]
    lines += [f'  state "{title}" as {name}' for name, title in STATES.items()]
    lines.append("  [*] --> new : 市平台派单")
    for start, end in sorted(edges, key=lambda edge: (order[edge[0]], order[edge[1]])):
        lines.append(f"  {start} --> {end} : {'、'.join(edges[start, end])}")
    lines += ["  archived --> [*]", "  returned --> [*]"]
    lines += ["  classDef main stroke-width:2px", f"  class {','.join(_MAIN)} main"]
    return "\n".join(lines)


def _flow_row(row: EventType) -> FlowRow:
    notes = [_NEEDS[row.condition]] if row.condition else []
    notes += [row.help] if row.help else []
    return FlowRow(
        row.name, row.title, "、".join(ROLES[who] for who in row.who), _states(row.states),
        STATES[row.to] if row.to else "", row.article, "；".join(notes),
    )  # fmt: skip


def _states(states: frozenset[str]) -> str:
    if states == ANY:
        return "任何状态"
    if states == OPEN:
        return "办结以前"
    if states == DONE:
        return "办结以后"
    return "、".join(title for name, title in STATES.items() if name in states)


# --- rules -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an example; ``is_hit`` where the rule must find it."""

    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class RulePage:
    code: str
    title: str
    severity: str
    severity_name: str
    article: str
    why: str
    mend: str
    bad: tuple[Line, ...]
    good: tuple[Line, ...]
    wordings: tuple[WordingRow, ...]
    measured: str
    headings: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class WordingRow:
    """A kind of wording: texts with what is found in them (each piece, whether found), and
    texts that are fine."""

    propose: str
    breaches: tuple[tuple[tuple[str, bool], ...], ...]
    clean: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleGroup:
    letter: str
    title: str
    rules: tuple[RulePage, ...]


_READ_FIRST = "DRWXPKEAS"
"""What clerks ask about first, first: limits, letters, the course; the form of files last."""


def rule_groups(rules: Mapping[str, Rule]) -> tuple[RuleGroup, ...]:
    there = dict.fromkeys(rule.letter for rule in rules.values())
    letters = sorted(there, key=lambda letter: _READ_FIRST.find(letter) % len(_READ_FIRST))
    return tuple(
        RuleGroup(
            letter, LETTERS.get(letter, letter),
            tuple(rule_page(rule) for rule in rules.values() if rule.letter == letter),
        )
        for letter in letters
    )  # fmt: skip


def rule_page(rule: Rule) -> RulePage:
    return RulePage(
        rule.code, rule.title, rule.severity, SEVERITIES[rule.severity], rule.article, rule.why,
        rule.mend, tuple(_lines(rule.bad)), tuple(_lines(rule.good)),
        tuple(map(_wording, rule.wordings)), rule.measured, rule.headings,
    )  # fmt: skip


def _wording(pattern: Pattern) -> WordingRow:
    return WordingRow(pattern.propose, tuple(map(_pieces, pattern.breaches)), pattern.clean)


def _pieces(breach: str) -> tuple[tuple[str, bool], ...]:
    """A breach by its brackets 【…】, which mark what is found."""
    parts = re.split("[【】]", breach)
    return tuple((part, bool(number % 2)) for number, part in enumerate(parts) if part)


_HIT = re.compile(r"[ \t]*#[ \t]*[A-Z][0-9]{3}.*$")


def _lines(example: str) -> Iterator[Line]:
    for line in example.strip("\n").splitlines():
        text, hits = _HIT.subn("", line)
        yield Line(text, bool(hits))
