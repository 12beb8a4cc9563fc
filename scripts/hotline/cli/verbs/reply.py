"""``hotline reply ID``: the finished letter of a reply, and the opinion sheet beside it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from markupsafe import escape

from hotline.cli.common import Opened, add_repo, open_repository
from hotline.cli.parser import Parser
from hotline.cli.verbs.show import path_of
from hotline.doors import disk
from hotline.doors.fault import Unavailable
from hotline.doors.letters import page, press
from hotline.findings.engine import Engine, Selection
from hotline.findings.printers.text import line
from hotline.findings.subject import Subject
from hotline.procedure.identity import event_id
from hotline.procedure.timeline import Step
from hotline.replies.letter import Letter, letter
from hotline.replies.notices import notices, unfilled
from hotline.replies.paragraphs import Paragraph, as_text, paragraphs_of
from hotline.values import placeholders
from hotline.values.finding import Finding
from hotline.values.persons import filled
from hotline.values.shown import on_terminal

FORMATS = ("text", "html", "docx")
_SUFFIXES = {".txt": "text", ".html": "html", ".htm": "html", ".docx": "docx"}
OF_LETTERS = ("R", "W033", "W035")


def configure(parser: Parser) -> None:
    parser.add_argument("id", metavar="工单编号", help="如 LZ-20261013-0007")
    parser.add_argument(
        "--event", metavar="事件编号", help="哪一份答复，默认最后一份；编号见 hotline show"
    )
    parser.add_argument(
        "--format", choices=FORMATS, metavar="格式",
        help="text（文字）、html（网页）或 docx（Word），默认看 --out 的文件名，否则 text",
    )  # fmt: skip
    parser.add_argument("--out", metavar="文件", help="写到这个文件，如 答复.docx")
    parser.add_argument(
        "--identity", metavar="私钥文件", help="用私钥填入诉求人姓名等；不给的，占位留着"
    )
    add_repo(parser)


def run(args: argparse.Namespace) -> int:
    form = _form(args)
    opened = open_repository(args)
    subject, findings = _judged(opened, args.id)
    step = _chosen(subject, args.id, args.event)
    about = f"{step.event.index}/replied/"
    faults = [f for f in findings if f.subject.startswith(about)]
    errors = sum(fault.severity == "error" for fault in faults)
    finished = letter(subject.course, step, subject.registry, subject.calendar)
    body = press(opened.repository.root)(finished)
    if args.identity:
        _refuse_the_repository(opened, args.out)
        body = placeholders.filled(body, _person(opened, subject, args.identity), _in_a_letter)
    draft = f"草稿：有 {errors} 处不符合规定，改好以前不要发出" if errors else ""
    given = paragraphs_of(body)
    if form == "html":
        content = page(opened.repository.root, finished, body, draft).encode()
    elif form == "docx":
        content = _in_word(opened, finished, given, draft)
    else:
        head = f"【{draft}】\n" if draft else ""
        content = f"{head}{as_text(given)}\n".encode()
    _put(args.out, content, private=bool(args.identity))
    for fault in faults:
        print(line(fault), file=sys.stderr)
    told = [draft] if draft else []
    told += notices(step, finished, subject.registry)
    if not finished.goes_out:
        told.append("这是国家政务服务平台的重办，结果只反馈县热线中心，不发函")
    told += filter(None, [unfilled(paragraph.text for paragraph in given)])
    for words in told:
        print(f"hotline：{words}", file=sys.stderr)
    return 1 if errors else 0


def _refuse_the_repository(opened: Opened, out: str | None) -> None:
    """A letter with names in it must not be committed by accident."""
    from hotline.doors.keystore import is_below

    root = opened.repository.root
    if out and is_below(Path(out), root):
        raise Unavailable(f"信里有个人信息，不能写到工单仓库里（{out}）；请写到别的地方")


def _person(opened: Opened, subject: Subject, identity: str) -> dict[str, str]:
    """What the placeholders stand for; that it was read is written down."""
    from hotline.cli.sealed import opened_part, sealer_of
    from hotline.doors import age

    sealed = (subject.case.get("sealed") or {}).get("person")
    if sealed is None:
        raise Unavailable(f"{subject.case.id} 没有密封的个人信息，不要加 --identity")
    identities = age.identities(identity)
    sealer = sealer_of(opened)
    person = opened_part(sealer, subject.case.id, "person", sealed, identities, "出具答复")
    return filled(person)


def _in_a_letter(text: str) -> str:
    return str(escape(on_terminal(" ".join(text.split()))))


def _form(args: argparse.Namespace) -> str:
    suffix = Path(args.out).suffix.lower() if args.out else ""
    if args.out and suffix not in _SUFFIXES:
        raise Unavailable(f"文件名 {args.out} 要以 .txt、.html 或 .docx 结尾")
    if suffix == ".txt" and Path(args.out).exists():
        # It may well be the text that the reply was written from.
        raise Unavailable(f"已经有文件 {args.out}，没有改动；请换一个文件名")
    if args.out and not Path(args.out).absolute().parent.is_dir():
        raise Unavailable(f"没有文件夹 {Path(args.out).parent}")
    form = str(args.format or _SUFFIXES.get(suffix, "text"))
    if _SUFFIXES.get(suffix, form) != form:
        raise Unavailable(f"--format {form} 与文件名 {args.out} 不一致，请改其中一个")
    if form == "docx" and not args.out and sys.stdout.isatty():
        raise Unavailable(f"Word 文件不能显示在这里，请加 --out {args.id}.docx")
    return form


def _judged(opened: Opened, case: str) -> tuple[Subject, list[Finding]]:
    """The case, and what is wrong with its replies."""
    path = path_of(opened, case)
    blob = next(opened.repository.blobs([path]))[1]
    engine = Engine(
        opened.rules, opened.repository.case_schema, opened.now, Selection(select=OF_LETTERS)
    )
    judged = engine.judge(path, blob)
    if judged.subject is None:
        raise Unavailable(f"工单 {case} 读不出；运行 hotline check {case} 查看原因")
    return judged.subject, judged.findings


def _chosen(subject: Subject, case: str, name: str | None) -> Step:
    """The reply by its event id, the last by default."""
    steps = list(subject.course.of("replied"))
    if not steps:
        raise Unavailable(f"工单 {case} 还没有答复；写答复：hotline add {case} replied …")
    if name is None:
        return steps[-1]
    written = {event.index: event_id(event.data) for event in subject.case.events}
    for step in steps:
        if written[step.event.index] == name.strip().lower():
            return step
    known = "、".join(written[step.event.index] for step in steps)
    raise Unavailable(f"工单 {case} 没有编号为 {name[:20]} 的答复；已有的：{known}")


def _in_word(opened: Opened, finished: Letter, given: list[Paragraph], draft: str) -> bytes:
    from hotline.doors import word

    if word.is_too_long(given):
        raise Unavailable("信太长，不生成 Word 文件；请先把正文压到一千字以内")
    return word.document(opened.repository.root, finished.heading, given, draft)


def _put(out: str | None, content: bytes, *, private: bool) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    disk.deliver(Path(out), content)
    if private and Path(out).is_file():
        Path(out).chmod(0o600)
    print(on_terminal(f"已写到 {out}"), file=sys.stderr)
